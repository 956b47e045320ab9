"""What does the work of each kind: handlers that the contexts above offer, installed as the program starts."""

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.db import db
from grantflow.core.words import Lazy
from grantflow.jobs import operations
from grantflow.jobs.models import Job

#: How often at most a run tells how far it is.
PAUSE_SECONDS = 0.5


class Interrupted(Exception):
    """The worker was told to stop while it was at a job."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a job made: the id of its file, what the file holds, and when both are purged."""

    file_id: uuid.UUID
    holds: Mapping[str, Any] = field(default_factory=dict)
    purge_at: dt.datetime = field(default_factory=lambda: clock.now() + operations.KEPT_FOR)


@dataclass(slots=True)
class Run:
    """One attempt at a job, as its handler sees it."""

    id: uuid.UUID
    attempt: int
    arguments: Mapping[str, Any]
    belongs_to: uuid.UUID | None
    asked_by_id: uuid.UUID | None
    stop: threading.Event = field(default_factory=threading.Event)
    _told_at: float = 0.0

    def progress(self, done: int, total: int) -> None:
        """Tell how far it is, in a short transaction of its own; raises Stopped or Interrupted when it should end."""
        if self.stop.is_set():
            raise Interrupted
        now = time.monotonic()
        if done < total and now - self._told_at < PAUSE_SECONDS:
            return
        self._told_at = now
        with db.transaction(write=True):
            operations.report(self.id, self.attempt, done, total)


@dataclass(frozen=True, slots=True)
class KindOfJob:
    """How jobs of one kind are called, done and handed out.

    `run` works outside any transaction and returns what keeps its result: that is called in the transaction in which
    the job ends. `may_have` says whether somebody may have the result now, asked again each time it is handed out.
    `came_from` is the endpoint, and its values, of the page on which the job is asked for.
    """

    kind: str
    name: Lazy
    run: Callable[[Run], Callable[[], Result]]
    may_have: Callable[[Actor, Job], bool]
    came_from: Callable[[Job], tuple[str, dict[str, Any]]]


_handlers: dict[str, KindOfJob] = {}


def install(handlers: Iterable[KindOfJob]) -> None:
    """Make these the handlers that do the jobs of this program."""
    _handlers.clear()
    _handlers.update({handler.kind: handler for handler in handlers})


def handler_of(kind: str) -> KindOfJob | None:
    """What does jobs of this kind; None for a kind that this program knows no more."""
    return _handlers.get(kind)
