"""What is done without anybody asking: timers that each run every few seconds, in the server or beside it."""

import logging
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config import Settings
from grantflow.applications import busy_tickets, officer_lists, reminding
from grantflow.awards import agreeing, queries
from grantflow.core import clock
from grantflow.core.authorization import SYSTEM
from grantflow.core.db import db
from grantflow.files import copying, scanning
from grantflow.files import queries as files
from grantflow.files.models import StoredFile
from grantflow.files.operations import discard
from grantflow.files.storage import shelf
from grantflow.jobs import operations as jobs
from grantflow.jobs import queries as queries_of_jobs
from grantflow.jobs import running
from grantflow.mail import digests, sending, transports

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timer:
    """Work that is looked for every few seconds; `run` opens its own transactions."""

    name: str
    seconds: int
    run: Callable[[], object]


def timers(settings: Settings) -> Sequence[Timer]:
    """Every timer of this installation."""
    post = transports.post(settings.outgoing_mail, settings.sender)
    return (
        Timer("mail", 5, lambda: sending.send_due(post)),
        Timer("digests", 60, digests.bind_due),
        Timer("publication", 10, publish_lists),
        Timer("tickets", 10, busy_tickets.take_in),
        Timer("scans", 5, scanning.scan_due),
        Timer("copies", 5, copying.copy_due),
        Timer("reminders", 60, lambda: reminding.remind_due(settings.public_url)),
        Timer("officers", 600, purge_officers),
        Timer("results", 600, purge_results),
    )


def long_work(stop: threading.Event) -> Sequence[Timer]:
    """What may take minutes, and is looked for in a thread of its own so that no mail waits for it."""
    return (Timer("jobs", 2, lambda: running.run_due(stop)),)


def publish_lists() -> None:
    """Publish the lists whose time has come; nobody else waits while there is none."""
    now = clock.now()
    with db.transaction(write=False):
        due = bool(queries.due(now))
    if due:
        with db.transaction(write=True):
            agreeing.publish_due(now)


def purge_officers() -> None:
    """Purge the lists of officers whose day has come; nobody else waits while there is none (R3.3)."""
    now = clock.now()
    with db.transaction(write=False):
        due = bool(officer_lists.due(now.astimezone(clock.TOKYO).date()))
    if due:
        with db.transaction(write=True):
            officer_lists.purge_due(now)


def purge_results() -> None:
    """Take away the files of jobs that were kept long enough: first the rows, then the content."""
    now = clock.now()
    with db.transaction(write=False):
        outdated = queries_of_jobs.with_outdated_results(now)
    for each in outdated:
        with db.transaction(write=True):
            sha256 = _forget(each)
        with db.transaction(write=False):
            is_told_of = files.is_told_of(sha256) if sha256 else True
        if sha256 and not is_told_of:
            shelf.remove(sha256)


def _forget(id: uuid.UUID) -> str:
    """Keep the file of a job no longer; returns the hash of its content, "" when another worker was faster."""
    job = queries_of_jobs.held(id)
    row = db.session.get(StoredFile, job.result_file_id) if job.result_file_id else None
    jobs.forget_result(job)
    if row is None:
        return ""
    discard(row, by=SYSTEM)
    return row.sha256


def work(found: Sequence[Timer], stop: threading.Event) -> None:
    """Run the timers in turn until `stop` is set; one that fails is told in the log and tried again at its time."""
    waits = {timer.name: 0 for timer in found}
    while not stop.is_set():
        for timer in found:
            if waits[timer.name] <= 0:
                run(timer)
                waits[timer.name] = timer.seconds
        pause = min(waits.values())
        stop.wait(pause)
        waits = {name: left - pause for name, left in waits.items()}


def run(timer: Timer) -> None:
    """Run one timer once; what goes wrong is logged by its kind alone, since its words may hold an address."""
    try:
        timer.run()
    except Exception as error:
        log.error("timer %s failed: %s", timer.name, type(error).__name__)


def start(settings: Settings) -> threading.Event:
    """Work beside the requests of this process, in threads that end with it; returns what stops them."""
    stop = threading.Event()
    threading.Thread(target=work, args=(timers(settings), stop), name="worker", daemon=True).start()
    start_long_work(stop)
    return stop


def start_long_work(stop: threading.Event) -> threading.Thread:
    """Do long work in a thread that ends with the process; what it was at is taken up by the next one."""
    thread = threading.Thread(target=work, args=(long_work(stop), stop), name="long work", daemon=True)
    thread.start()
    return thread
