"""The verbs of officer lists (役員名簿): saving, reading as whoever checks them, and purging on the day (R3.3)."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from grantflow.applications import corrections, queries, submissions
from grantflow.applications.models import Application, OfficerList
from grantflow.applications.officers import Officer, opened, purge_date, sealed
from grantflow.applications.operations import COLUMNS, Outdated
from grantflow.applications.outline import Part
from grantflow.applications.workflow import refuse_closed
from grantflow.audit import trail
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.authorization import SYSTEM, Actor, authorize, visible
from grantflow.core.clock import TOKYO
from grantflow.core.db import db
from grantflow.permissions import Permission


def officers_of(application: Application) -> tuple[Officer, ...]:
    """The officers as they were saved last; the caller has asked whether they may be seen."""
    row = queries.officer_list(application)
    return opened(application.id, row.sealed) if row else ()


def kept_until(application: Application) -> dt.date:
    """The day on which the list is purged: the call's years after its closing (R3.3)."""
    years = queries.asked_by(application).officers.rejected_years
    return purge_date(application.deadline.astimezone(TOKYO).date(), years)


def save(
    application: Application, officers: Sequence[Officer], *, seen: int, by: Actor, at: dt.datetime
) -> OfficerList:
    """Seal `officers` as the list; raises Outdated when the version `seen` is not the last one (R3.3, R3.6).

    The event says how many there are, and nothing of who they are.
    """
    authorize(by, Permission.OFFICERS_WRITE, application)
    refuse_closed(application, at)
    db.session.refresh(application, COLUMNS, with_for_update=True)
    refuse_closed(application, at)
    row = queries.officer_list(application)
    before = opened(application.id, row.sealed) if row else ()
    if (row.version if row else 0) != seen and before != tuple(officers):
        raise Outdated
    if row is not None and before == tuple(officers):
        return row
    corrections.refuse_unopened_part(application, Part.OFFICERS)
    if row is None:
        # It comes after the proposal was received, without one
        row = OfficerList(application_id=application.id, received_count=0 if submissions.last(application) else None)
    row.sealed, row.officer_count = sealed(application.id, officers), len(officers)
    row.saved_at, row.saved_by = clock.now(), by.name
    row.purge_on, row.purged_at = kept_until(application), None
    db.session.add(row)
    trail.record("officers.write", application, by=by, count=len(officers))
    db.session.flush()
    return row


def readable(call: Call, actor: Actor) -> Sequence[OfficerList]:
    """The lists of the call that `actor` may open, in the order of receipt numbers, with their proposals."""
    found = (
        select(OfficerList)
        .join(OfficerList.application)
        .options(contains_eager(OfficerList.application).joinedload(Application.tier))
        .where(Application.call_id == call.id)
        .order_by(*queries.BY_NUMBER)
    )
    return db.session.scalars(visible(found, actor, Permission.OFFICERS_READ, Application)).all()


def note_read(application_id: uuid.UUID, count: int, *, by: Actor) -> None:
    """Remember that somebody looked at the officers of a proposal."""
    trail.record("officers.read", db.session.get_one(Application, application_id), by=by, count=count)


def note_export(call_id: uuid.UUID, reason: str, *, lists: int, count: int, by: Actor) -> None:
    """Remember that the lists of a call left as a file, how many, and why."""
    trail.record(
        "officers.export", db.session.get_one(Call, call_id), by=by, lists=lists, count=count, reason=reason.strip()
    )


def due(today: dt.date) -> Sequence[OfficerList]:
    """The lists whose day has come."""
    found = select(OfficerList).where(OfficerList.purge_on <= today, OfficerList.purged_at.is_(None))
    return db.session.scalars(found.order_by(OfficerList.purge_on, OfficerList.id)).all()


def purge_due(now: dt.datetime) -> int:
    """Forget every list whose day has come; how many there were stays (R3.3). Returns the number of lists."""
    rows = due(now.astimezone(TOKYO).date())
    for row in rows:
        row.sealed, row.received, row.purged_at = "", "", now
        trail.record("officers.purge", row.application, by=SYSTEM, count=row.count_that_counts)
    return len(rows)
