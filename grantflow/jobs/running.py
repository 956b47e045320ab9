"""Doing the jobs that are due, one by one: taken under a lease, done outside any transaction, and ended."""

import logging
import threading

from grantflow.core import clock
from grantflow.core.db import db
from grantflow.core.refusals import Refused, Unavailable
from grantflow.jobs import operations, queries
from grantflow.jobs.handlers import Interrupted, Run, handler_of
from grantflow.jobs.models import Job
from grantflow.jobs.operations import Stopped

log = logging.getLogger(__name__)


def run_due(stop: threading.Event) -> int:
    """Do the jobs that are due until none is left or `stop` is set; returns how many were tried.

    Those that a dead worker left behind are put back first.
    """
    tried = 0
    while not stop.is_set():
        taken = _take()
        if taken is None:
            break
        tried += 1
        _do(taken, stop)
    return tried


def _take() -> Job | None:
    with db.transaction(write=False):
        waits = queries.is_due(clock.now())
    if not waits:
        return None
    with db.transaction(write=True):
        operations.take_up_dropped(clock.now())
    with db.transaction(write=True):
        return operations.take(clock.now())


def _do(job: Job, stop: threading.Event) -> None:
    """Do one job and note how it ended; nothing is noted of one that is no longer ours."""
    try:
        _note(job, stop)
    except Stopped:
        log.info("job %s stopped", job.kind)


def _note(job: Job, stop: threading.Event) -> None:
    reason, message, for_good = "", "", False
    try:
        _work(job, stop)
    except Stopped:
        raise
    except Interrupted:
        with db.transaction(write=True):
            operations.give_back(job.id, job.attempts)
    except Refused as refusal:
        # What will pass is tried again
        reason, message, for_good = "refused", str(refusal), not isinstance(refusal, Unavailable)
    except Exception as error:
        # Whatever a library says of one job, the others are done; its words may quote what a person wrote
        reason = type(error).__name__
        log.warning("job %s failed: %s", job.kind, reason)
    if reason:
        with db.transaction(write=True):
            operations.fail(job.id, job.attempts, reason, message, for_good=for_good)


def _work(job: Job, stop: threading.Event) -> None:
    handler = handler_of(job.kind)
    if handler is None:
        raise LookupError(job.kind)
    run = Run(job.id, job.attempts, job.arguments, job.belongs_to, job.asked_by_id, stop)
    keep = handler.run(run)
    with db.transaction(write=True):
        row = operations.finish(job.id, job.attempts)
        made = keep()
        row.result_file_id, row.result, row.purge_at = made.file_id, dict(made.holds), made.purge_at
