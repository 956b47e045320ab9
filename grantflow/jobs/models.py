"""Jobs: what somebody asked for that takes longer than a page may."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grantflow.core.db import Entity
from grantflow.core.words import Labelled, lazy


class JobState(Labelled):
    """Where a job stands."""

    QUEUED = "queued", lazy("順番を待っています")
    RUNNING = "running", lazy("作っています")
    DONE = "done", lazy("できました")
    FAILED = "failed", lazy("できませんでした")
    CANCELLED = "cancelled", lazy("取りやめました")


UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class Job(Entity):
    """Work that was asked for and outlives the request (作業): its row is its place in the queue and its progress.

    Who asked, what it is about and the file it makes stand higher in the ladder, so they are known by value.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("0 <= done_count AND done_count <= total_count", name="no_more_is_done_than_there_is"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="a_lease_is_held_while_it_runs"),
        CheckConstraint("result_file_id IS NULL OR state = 'done'", name="only_what_is_done_has_a_file"),
        Index("ix_jobs_due", "state", "next_at"),
        Index("ix_jobs_asked", "asked_by_id", "kind", "belongs_to"),
    )
    unaudited = True

    kind: Mapped[str] = mapped_column(String(80))
    #: Ids and plain choices, never what a person wrote.
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    belongs_to: Mapped[uuid.UUID | None]
    #: Asked twice under one key it is one job, until it ended; empty from then on.
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    done_count: Mapped[int] = mapped_column(default=0)
    total_count: Mapped[int] = mapped_column(default=0)
    #: What whoever asked should know of a failure; a sentence that says what to do.
    message: Mapped[str] = mapped_column(Text, default="")
    #: What kind of failure, for the operator; never the words of an error, which may quote what a person wrote.
    last_error: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    result_file_id: Mapped[uuid.UUID | None]
    #: What the file holds, as its handler needs it to say who may still have it.
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    purge_at: Mapped[dt.datetime | None]
    asked_by_id: Mapped[uuid.UUID | None]
    created_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
