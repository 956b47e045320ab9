"""The verbs of jobs: asking, taking with a lease, telling how far it is, ending, and taking up what was dropped."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.jobs import queries
from grantflow.jobs.models import UNFINISHED, Job, JobState

#: A worker that says nothing for so long is taken for dead.
LEASE = dt.timedelta(minutes=2)
#: A job that fails is tried so often, each time after twice the wait.
MOST_ATTEMPTS = 4
FIRST_WAIT = dt.timedelta(seconds=30)
#: So long the file of a job is kept.
KEPT_FOR = dt.timedelta(days=7)


class Stopped(Exception):
    """The job is no longer this worker's: it was cancelled, or its lease ran out and another one took it."""


def ask(
    kind: str,
    arguments: Mapping[str, Any],
    *,
    by: Actor,
    key: str,
    belongs_to: uuid.UUID | None = None,
    total: int = 0,
) -> Job:
    """Ask for work: a new job, or the one that was asked for under this key and has not ended yet."""
    found = queries.under(key)
    if found is not None:
        return found
    now = clock.now()
    row = Job(
        kind=kind,
        arguments=dict(arguments),
        belongs_to=belongs_to,
        key=key,
        total_count=total,
        next_at=now,
        created_at=now,
        asked_by_id=by.id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        # Somebody pressed twice, and the other request was faster
        found = queries.under(key)
        if found is None:
            raise
        return found
    return row


def take(now: dt.datetime) -> Job | None:
    """Take the job that has waited longest, under a lease; None when none waits."""
    row = queries.due(now)
    if row is None:
        return None
    row.state, row.lease_until = JobState.RUNNING, now + LEASE
    row.attempts += 1
    row.done_count = 0
    row.started_at = row.started_at or now
    return row


def report(id: uuid.UUID, attempt: int, done: int, total: int) -> None:
    """Note how far the job is and hold it longer; raises Stopped when it is not this worker's any more."""
    row = _own(id, attempt)
    row.done_count, row.total_count = done, total
    row.lease_until = clock.now() + LEASE


def finish(id: uuid.UUID, attempt: int) -> Job:
    """The job is done, and its row is the caller's to add the file to; raises Stopped when it is not its own."""
    row = _own(id, attempt)
    row.done_count = row.total_count
    _end(row, JobState.DONE)
    return row


def give_back(id: uuid.UUID, attempt: int) -> None:
    """Put the job back into the queue: its worker was told to stop, which is no failure."""
    row = _own(id, attempt)
    row.state, row.lease_until, row.next_at = JobState.QUEUED, None, clock.now()
    row.attempts -= 1


def fail(id: uuid.UUID, attempt: int, reason: str, message: str = "", *, for_good: bool = False) -> None:
    """Note that the job failed: it is tried again later, or not, and then whoever asked is told `message`."""
    _failed(_own(id, attempt), reason, message, for_good=for_good)


def take_up_dropped(now: dt.datetime) -> int:
    """Put back the jobs whose worker died; returns how many. One that kills each of its workers fails in the end."""
    rows = queries.lapsed(now)
    for row in rows:
        _failed(row, "lease ran out", wait=dt.timedelta(0))
    return len(rows)


def cancel(row: Job) -> None:
    """Give the job up; a worker that is at it stops at its next report. Refused when it has ended already."""
    held = queries.held(row.id)
    if held.state is JobState.CANCELLED:
        return
    if held.state not in UNFINISHED:
        raise Refused(_("もう終わっているので、取りやめることはありません。前のページに戻ってください。"))
    _end(held, JobState.CANCELLED)


def forget_result(row: Job) -> None:
    """The file of the job is gone; that there was one stays to be seen."""
    row.result_file_id, row.result = None, {}


def _own(id: uuid.UUID, attempt: int) -> Job:
    """The job, if it still runs and this is the attempt that runs it."""
    row = queries.held(id)
    if row.state is not JobState.RUNNING or row.attempts != attempt:
        raise Stopped
    return row


def _failed(
    row: Job, reason: str, message: str = "", *, for_good: bool = False, wait: dt.timedelta = FIRST_WAIT
) -> None:
    row.last_error = reason
    if for_good or row.attempts >= MOST_ATTEMPTS:
        row.message = message
        _end(row, JobState.FAILED)
        return
    row.state, row.lease_until = JobState.QUEUED, None
    row.next_at = clock.now() + wait * 2 ** (row.attempts - 1)


def _end(row: Job, state: JobState) -> None:
    row.state, row.lease_until, row.key, row.ended_at = state, None, None, clock.now()
