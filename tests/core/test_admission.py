"""Places to work in: so many at once, so many waiting, what is urgent first, and nobody for long."""

import threading
import time
from collections.abc import Callable

from grantflow.core.admission import ONE_IN, Admission


def waiting(places: Admission, order: list[str], name: str, *, urgent: bool) -> threading.Thread:
    """Somebody who waits for a place, notes that it was had, and leaves it again."""

    def come() -> None:
        assert places.enter(urgent=urgent)
        order.append(name)
        places.leave()

    thread = threading.Thread(target=come)
    thread.start()
    return thread


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, for five seconds at most."""
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.001)


def queued(places: Admission) -> int:
    """How many wait."""
    return sum(map(len, places._waiting.values()))


def test_whoever_finds_no_place_and_a_full_room_is_told_at_once():
    places = Admission(at_once=1, urgent=0, others=0)

    assert places.enter(urgent=True)
    assert not places.enter(urgent=True)
    places.leave()
    assert places.enter(urgent=False)


def test_nobody_waits_longer_than_said_and_the_place_goes_to_who_is_still_there():
    places = Admission(at_once=1)
    places.enter(urgent=False)

    began = time.monotonic()
    had = places.enter(urgent=True, seconds=0.05)

    assert (had, queued(places)) == (False, 0)
    assert time.monotonic() - began < 2
    places.leave()
    assert places.enter(urgent=False, seconds=0)


def test_what_is_urgent_comes_first_and_the_rest_is_not_forgotten():
    places, order, threads = Admission(at_once=1), [], []
    places.enter(urgent=False)
    for place, (name, urgent) in enumerate(
        [*((f"page {n}", False) for n in (1, 2)), *((f"submit {n}", True) for n in range(1, 6))]
    ):
        threads.append(waiting(places, order, name, urgent=urgent))
        until(lambda count=place + 1: queued(places) == count)

    places.leave()
    for thread in threads:
        thread.join(5)

    assert order == ["submit 1", "submit 2", "submit 3", "page 1", "submit 4", "submit 5", "page 2"]
    assert order.index("page 1") == ONE_IN - 1


def test_the_rooms_are_apart():
    places = Admission(at_once=1, urgent=1, others=1)
    places.enter(urgent=False)
    order: list[str] = []
    thread = waiting(places, order, "page", urgent=False)
    until(lambda: queued(places) == 1)

    refused = places.enter(urgent=False, seconds=5)
    other = waiting(places, order, "submit", urgent=True)
    until(lambda: queued(places) == 2)
    places.leave()
    thread.join(5)
    other.join(5)

    assert (refused, order) == (False, ["submit", "page"])
