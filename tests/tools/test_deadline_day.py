"""The replay of a deadline: applicants come as the law says, and what was acknowledged is found or missed."""

import random
from typing import Any

import pytest

from benchmarks import deadline_day
from benchmarks.arrivals import APPLICANTS, FIRST, left_at, minutes_left, share
from benchmarks.crowd import NUMBER, Answer, Applicant, read

FOUND = Answer(302, {}, "", 0.1)
BUSY = Answer(503, {"retry-after": "10"}, "", 0.01)


def arrivals(times: int = 1) -> list[float]:
    """When everybody comes, in minutes before the deadline."""
    return list(minutes_left(APPLICANTS * times, round(FIRST) + 1, random.Random(1)))


def test_three_of_five_come_in_the_last_hour_and_236_in_the_last_minute() -> None:
    found = arrivals()

    assert len(found) == APPLICANTS
    assert sum(left <= 60 for left in found) == 0.6 * APPLICANTS
    assert sum(left <= 1 for left in found) == 236
    assert sum(left <= 5 for left in found) == 615
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("left", [0.5, 1, 2, 7.5, 60, 600])
def test_as_many_come_between_as_the_rate_says(left: float) -> None:
    step = left / 10_000

    rate = (share(left + step) - share(left - step)) / (2 * step)

    assert rate / (share(0.01) / 0.01) == pytest.approx(1 / max(1, left), rel=1e-3)
    assert left_at(share(left)) == pytest.approx(left)


def test_more_applicants_come_as_often_as_they_are_more() -> None:
    found = list(minutes_left(APPLICANTS * 10, 1, random.Random(1)))

    assert len(found) == 2356
    # In bunches, as people come: some second has far more than its share
    assert max(sum(int(left * 60) == second for left in found) for second in range(60)) > 2356 / 60 + 5


def applicant(id: str, *answers: Answer, number: str = "", tickets: tuple[str, ...] = ()) -> Applicant:
    """Somebody who was answered so."""
    found = Applicant(id, "", 0, random.Random(1), number=number)
    found.submits = [(100.0, answer) for answer in answers]
    found.tickets = list(tickets)
    return found


def kept(id: str, number: str, **changes: Any) -> dict[str, Any]:
    """A stored version."""
    return {"id": id, "number": number, "received_at": 100.25, "version": 1, "whole": True} | changes


def test_what_was_acknowledged_must_be_stored_once_whole_and_under_its_number() -> None:
    people = [applicant(name, FOUND, number=f"A-000{name}") for name in "12345"] + [
        applicant("6", BUSY),
        applicant("7", FOUND),
    ]
    stored = [
        kept("1", "A-0001"),
        kept("2", "A-0009"),
        kept("3", "A-0003", whole=False),
        kept("4", "A-0004"),
        kept("4", "A-0004", version=2),
        kept("7", "A-0007"),
    ]

    assert deadline_day.lost(people, stored) == ["2", "3", "4", "5"]


def test_a_late_or_broken_answer_is_an_error_and_being_turned_away_is_none() -> None:
    people = [
        applicant("1", BUSY, FOUND),
        applicant("2", Answer(422, {}, "late", 1)),
        applicant("3", Answer(0, {}, "x", 1)),
    ]
    people[0].pages = [BUSY, Answer(200, {}, "", 0.1), Answer(500, {}, "broken", 0.1)]

    assert deadline_day.errors(people) == ["422 late", "0 x", "page 500 broken"]


def test_the_figures_of_a_replay_have_goals_only_where_as_many_come_as_expected() -> None:
    people = [applicant("1", FOUND, number="A-0001"), applicant("2", BUSY, tickets=("0123-4567-89ab-cdef",))]

    expected, crowd = (
        {
            figure.name.split(": ")[1]: (figure.value, figure.goal)
            for figure in deadline_day.figures("x", times, people, [kept("1", "A-0001")])
        }
        for times in (1, 10)
    )

    assert expected["submit p99"] == (0.1, 2)
    assert crowd["submit p99"] == (0.1, None)
    assert (expected["turned away with a ticket"], crowd["turned away with a ticket"]) == ((1, 0), (1, None))
    assert expected["acknowledged and lost"] == crowd["acknowledged and lost"] == (0, 0)
    assert crowd["waited before its time was noted, p99"] == (0.25, None)
    assert crowd["left with a ticket alone"] == (1, None)
    assert crowd["neither acknowledged nor a ticket"] == (0, 0)


def test_the_number_of_a_receipt_is_read_from_its_title() -> None:
    found = NUMBER.search("<title>受付票 T-KW-M-10001｜公募2031｜grantflow</title> A-0001")

    assert found is not None
    assert found[1] == "T-KW-M-10001"


@pytest.mark.parametrize(
    ("raw", "status", "text"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", 200, "abcde"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", 0, "torn answer"),
        (b"HTTP/1.1 302 FOUND\r\nLocation: /\r\n\r\n", 302, ""),
        (b"", 0, "no answer"),
    ],
)
def test_an_answer_that_was_cut_off_is_none(raw: bytes, status: int, text: str) -> None:
    found = read(raw, 0.1)

    assert (found.status, found.text) == (status, text)
