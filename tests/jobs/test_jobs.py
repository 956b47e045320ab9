"""Long work: asked for once, done once, taken up when its worker dies, tried again when it fails, given up."""

import datetime as dt
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
import time_machine

from config import ROOT, Settings
from grantflow.core import clock
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import lazy
from grantflow.files import operations as files
from grantflow.jobs import handlers, operations, queries, running
from grantflow.jobs.handlers import KindOfJob, Result, Run
from grantflow.jobs.models import Job, JobState
from grantflow.jobs.operations import Stopped
from tests.factories.accounts import OPERATOR

MINUTE = dt.timedelta(minutes=1)
ITEMS = 5
#: A worker that tells of two items and then does nothing more, until it is killed.
DYING = """
import sys, time
from grantflow.core.db import db
from grantflow.core.words import lazy
from grantflow.jobs import handlers, running
import threading
def run(job):
    job.progress(2, 5)
    print("two are done", flush=True)
    time.sleep(600)
db.connect(sys.argv[1])
handlers.install([handlers.KindOfJob("counting", lazy("数える"), run, lambda *_: True, lambda _: ("home.desk", {}))])
running.run_due(threading.Event())
"""


def counting(run: Run) -> Callable[[], Result]:
    for place in range(ITEMS):
        run.progress(place, ITEMS)
    return lambda: Result(files.keep(b"counted", "counted.txt", "text/plain", "jobs.result", by=OPERATOR).id)


def installed(run: Callable[[Run], Callable[[], Result]]) -> None:
    handlers.install(
        [KindOfJob("counting", lazy("数える"), run, lambda _actor, _job: True, lambda _job: ("home.desk", {}))]
    )


@pytest.fixture
def asked(writing: Callable) -> Callable[..., uuid.UUID]:
    """`asked()` is the id of a new job of the kind that is installed."""

    def ask(key: str = "count") -> uuid.UUID:
        with writing():
            return operations.ask("counting", {}, by=OPERATOR, key=key, total=ITEMS).id

    return ask


@pytest.fixture
def standing(reading: Callable) -> Callable[[uuid.UUID], Job]:
    """`standing(asked_id)` is the job as it is now."""

    def look(id: uuid.UUID) -> Job:
        with reading():
            return db.session.get_one(Job, id)

    return look


def test_a_job_is_done_and_its_file_is_kept(asked: Callable, standing: Callable) -> None:
    installed(counting)
    asked_id = asked()

    tried = running.run_due(threading.Event())

    job = standing(asked_id)
    assert (tried, job.state, job.done_count, job.total_count, job.attempts) == (1, JobState.DONE, 5, 5, 1)
    assert job.result_file_id is not None
    assert job.purge_at is not None
    assert (job.lease_until, job.key) == (None, None)


def test_asked_twice_it_is_one_job_until_it_ended(asked: Callable) -> None:
    installed(counting)
    first = asked()

    again = asked()
    running.run_due(threading.Event())
    later = asked()

    assert again == first
    assert later != first


def test_two_that_ask_at_once_ask_for_one_job(asked: Callable) -> None:
    found, gate = [], threading.Barrier(2)

    def ask() -> None:
        gate.wait()
        found.append(asked())

    both = [threading.Thread(target=ask) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert len(found) == 2
    assert len(set(found)) == 1


def test_a_job_whose_worker_was_killed_is_done_by_the_next_one(
    asked: Callable, standing: Callable, settings: Settings
) -> None:
    asked_id = asked()
    dying = subprocess.Popen(
        [sys.executable, "-c", DYING, settings.database_url], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert dying.stdout is not None
    assert dying.stdout.readline() == "two are done\n"
    half = standing(asked_id)
    dying.kill()
    dying.communicate()
    installed(counting)

    at_once = running.run_due(threading.Event())
    with time_machine.travel(clock.now() + operations.LEASE + MINUTE, tick=True):
        later = running.run_due(threading.Event())

    job = standing(asked_id)
    assert (half.state, half.done_count, half.attempts) == (JobState.RUNNING, 2, 1)
    assert (at_once, later) == (0, 1)
    assert (job.state, job.done_count, job.attempts) == (JobState.DONE, 5, 2)


def test_a_job_that_kills_every_worker_fails_in_the_end(asked: Callable, standing: Callable, writing: Callable) -> None:
    asked_id = asked()
    now = clock.now()

    for _ in range(operations.MOST_ATTEMPTS):
        now += 2 * operations.LEASE
        with time_machine.travel(now, tick=False), writing():
            operations.take_up_dropped(now)
        with time_machine.travel(now, tick=False), writing():
            assert operations.take(now) is not None
    now += 2 * operations.LEASE
    with time_machine.travel(now, tick=False), writing():
        operations.take_up_dropped(now)

    job = standing(asked_id)
    assert (job.state, job.attempts, job.last_error) == (JobState.FAILED, 4, "lease ran out")


def test_a_job_that_fails_is_tried_again_each_time_later(asked: Callable, standing: Callable) -> None:
    def failing(_run: Run) -> Callable[[], Result]:
        raise RuntimeError("岸 あおいの書類")

    installed(failing)
    asked_id, now, waits = asked(), clock.now() + MINUTE, []

    for _ in range(operations.MOST_ATTEMPTS):
        with time_machine.travel(now, tick=False):
            assert running.run_due(threading.Event()) == 1
        job = standing(asked_id)
        waits.append((job.next_at - now).total_seconds())
        now = job.next_at

    assert waits[:3] == [30, 60, 120]
    assert (job.state, job.last_error, job.message) == (JobState.FAILED, "RuntimeError", "")


def test_a_refusal_ends_a_job_and_says_why(asked: Callable, standing: Callable) -> None:
    def refusing(_run: Run) -> Callable[[], Result]:
        raise Refused("応募がありません。")

    installed(refusing)
    asked_id = asked()

    running.run_due(threading.Event())

    job = standing(asked_id)
    assert (job.state, job.attempts, job.message) == (JobState.FAILED, 1, "応募がありません。")


def test_a_job_that_was_cancelled_stops_and_keeps_no_file(
    asked: Callable, standing: Callable, writing: Callable, reading: Callable
) -> None:
    kept = []

    def cancelled(run: Run) -> Callable[[], Result]:
        with writing():
            operations.cancel(db.session.get_one(Job, run.id))
        return lambda: kept.append(run.id)  # type: ignore[func-returns-value, return-value]

    installed(cancelled)
    asked_id = asked()

    running.run_due(threading.Event())

    job = standing(asked_id)
    assert (job.state, job.result_file_id, kept) == (JobState.CANCELLED, None, [])


def test_a_worker_that_is_told_to_stop_gives_its_job_back(asked: Callable, standing: Callable) -> None:
    stop = threading.Event()

    def stopped(run: Run) -> Callable[[], Result]:
        stop.set()
        return counting(run)

    installed(stopped)
    asked_id = asked()

    running.run_due(stop)

    job = standing(asked_id)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)


def test_what_has_ended_cannot_be_given_up(asked: Callable, writing: Callable) -> None:
    installed(counting)
    asked_id = asked()
    running.run_due(threading.Event())

    with writing(), pytest.raises(Refused, match="もう終わっている"):
        operations.cancel(db.session.get_one(Job, asked_id))


def test_a_worker_that_slept_through_its_lease_changes_nothing_more(
    asked: Callable, standing: Callable, writing: Callable
) -> None:
    asked_id = asked()
    with writing():
        slow = operations.take(clock.now())
    assert slow is not None
    later = clock.now() + 2 * operations.LEASE
    with writing():
        operations.take_up_dropped(later)
    with writing():
        assert operations.take(later) is not None

    with writing(), pytest.raises(Stopped):
        operations.report(asked_id, 1, 5, 5)

    assert standing(asked_id).done_count == 0


def test_the_newest_job_of_somebody_about_a_row_is_found(writing: Callable, reading: Callable) -> None:
    call, now = uuid.uuid4(), clock.now()
    asker = replace(OPERATOR, id=uuid.uuid4())
    for minute, key in enumerate(("first", "second")):
        with time_machine.travel(now + minute * MINUTE), writing():
            newest = operations.ask("counting", {}, by=asker, key=key, belongs_to=call).id

    with reading():
        found = queries.latest(asker.id, "counting", call)
        of_others = queries.latest(OPERATOR.id, "counting", call)

    assert found is not None
    assert (found.id, of_others) == (newest, None)
