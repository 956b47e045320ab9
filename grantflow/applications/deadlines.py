"""Until when a group may write and submit, extensions included: what every refusal and countdown asks (R3.6)."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from grantflow.applications.models import Application
from grantflow.calls.models import Call, Extension, later
from grantflow.core.authorization import Actor, visible
from grantflow.core.db import db
from grantflow.permissions import Permission


def closes_at_of_call(call: Call) -> dt.datetime:
    """The deadline that holds for everybody."""
    return call.deadline


def closes_at(application: Application) -> dt.datetime:
    """The deadline that holds for the group of the proposal."""
    return application.deadline


def extended_for(call: Call, organization_ids: Iterable[uuid.UUID]) -> dt.datetime | None:
    """The latest deadline that was confirmed for one of these groups alone; None where there is none."""
    found = select(func.max(Extension.closes_at)).where(
        Extension.call_id == call.id,
        Extension.organization_id.in_(list(organization_ids)),
        Extension.confirmed_at.is_not(None),
    )
    return db.session.scalar(found)


def closes_at_for(call: Call, organization_ids: Iterable[uuid.UUID]) -> dt.datetime:
    """The deadline that holds for the luckiest of these groups, which need not have begun a proposal."""
    return later(call.deadline, extended_for(call, organization_ids))


def told(application: Application) -> Sequence[Extension]:
    """How the deadline of the proposal was extended, for all and for its group, the first extension first."""
    found = select(Extension).where(
        Extension.call_id == application.call_id,
        Extension.organization_id.is_(None) | (Extension.organization_id == application.organization_id),
        Extension.confirmed_at.is_not(None),
    )
    return db.session.scalars(found.order_by(Extension.confirmed_at, Extension.closes_at)).all()


def for_one(call: Call, actor: Actor) -> Sequence[Extension]:
    """The extensions for one group, waiting ones too, the newest first; none for a group in conflict with `actor`."""
    mine = select(Application.organization_id).where(Application.call_id == call.id)
    seen = visible(mine, actor, Permission.APPLICATION_SCREEN, Application)
    found = (
        select(Extension)
        .options(joinedload(Extension.organization))
        .where(
            Extension.call_id == call.id,
            Extension.organization_id.is_not(None),
            Extension.organization_id.in_(seen) | Extension.organization_id.not_in(mine),
        )
    )
    return db.session.scalars(found.order_by(Extension.set_at.desc(), Extension.id)).all()


def waiting_for(call: Call, actor: Actor) -> Sequence[Extension]:
    """The extensions for one group that `actor` can confirm as the second person."""
    return [
        row
        for row in for_one(call, actor)
        if row.confirmed_at is None and row.dropped_at is None and row.set_by_id != actor.id
    ]


def proposals(call: Call, organization_id: uuid.UUID) -> Sequence[Application]:
    """What the group began or submitted in the call."""
    found = select(Application).where(Application.call_id == call.id, Application.organization_id == organization_id)
    return db.session.scalars(found.order_by(Application.id)).all()
