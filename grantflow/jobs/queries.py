"""Reading jobs: what is due, whose worker is gone, and what somebody asked for last."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from grantflow.core.db import db
from grantflow.jobs.models import Job, JobState


def is_due(now: dt.datetime) -> bool:
    """Whether a job waits to be done, or one waits for a worker that is gone."""
    found = select(func.count()).select_from(Job).where(_waits(now) | _lapsed(now))
    return bool(db.session.scalar(found))


def due(now: dt.datetime) -> Job | None:
    """The job that has waited longest, locked; one that another worker is just taking is passed over."""
    found = select(Job).where(_waits(now)).order_by(Job.next_at, Job.id)
    return db.session.scalar(found.limit(1).with_for_update(skip_locked=True))


def lapsed(now: dt.datetime) -> Sequence[Job]:
    """The jobs whose worker said nothing until its lease ran out, locked."""
    found = select(Job).where(_lapsed(now)).order_by(Job.lease_until, Job.id)
    return db.session.scalars(found.with_for_update(skip_locked=True)).all()


def held(id: uuid.UUID) -> Job:
    """The job as it is now, kept from being changed by others until the commit."""
    found = select(Job).where(Job.id == id).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def under(key: str) -> Job | None:
    """The job that was asked for under the key and has not ended."""
    return db.session.scalar(select(Job).where(Job.key == key))


def latest(asked_by: uuid.UUID | None, kind: str, belongs_to: uuid.UUID) -> Job | None:
    """What this person asked for last of this kind, about this row."""
    found = select(Job).where(Job.asked_by_id == asked_by, Job.kind == kind, Job.belongs_to == belongs_to)
    return db.session.scalar(found.order_by(Job.created_at.desc(), Job.id).limit(1))


def with_outdated_results(now: dt.datetime) -> Sequence[uuid.UUID]:
    """The jobs whose file has been kept long enough."""
    found = select(Job.id).where(Job.result_file_id.is_not(None), Job.purge_at <= now)
    return db.session.scalars(found.order_by(Job.purge_at, Job.id)).all()


def _waits(now: dt.datetime) -> ColumnElement[bool]:
    return (Job.state == JobState.QUEUED) & (Job.next_at <= now)


def _lapsed(now: dt.datetime) -> ColumnElement[bool]:
    return (Job.state == JobState.RUNNING) & (Job.lease_until < now)
