"""The results of checking officers (反社会的勢力の確認), as they are known: the last one of each proposal (R3.3)."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from grantflow.applications import queries
from grantflow.applications.models import Application
from grantflow.applications.outline import Part, parts
from grantflow.applications.screening_models import CheckResult, OfficerCheck
from grantflow.calls import queries as calls
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor, visible
from grantflow.core.db import db
from grantflow.permissions import Permission


def last(application: Application) -> OfficerCheck | None:
    """The result that counts; None where none was recorded."""
    found = select(OfficerCheck).where(OfficerCheck.application_id == application.id)
    return db.session.scalars(found.order_by(OfficerCheck.number.desc()).limit(1)).first()


def is_unanswered(found: OfficerCheck | None) -> bool:
    """Whether no answer is known yet."""
    return found is None or found.result is CheckResult.UNANSWERED


def wants_officers(application: Application) -> bool:
    """Whether the call asks the proposal for its officers."""
    asked = queries.asking(application)
    return any(one.part is Part.OFFICERS for one in parts(asked.says, asked.tier.key))


def holds_up(application: Application, stage: str) -> bool:
    """Whether the call wants the officers checked before that stage, and they are not, or not without a match."""
    call = application.call
    if calls.definition_of(call.id, call.definition_version).officers.check_before != stage:
        return False
    found = last(application)
    return wants_officers(application) and (found is None or found.result is not CheckResult.NO_MATCH)


def rows(call: Call, actor: Actor, permission: Permission) -> Sequence[Application]:
    """The received proposals of the call for which `actor` has the permission, in the order of their numbers."""
    found = (
        select(Application)
        .where(Application.call_id == call.id, Application.number.is_not(None))
        .order_by(*queries.BY_NUMBER)
    )
    return db.session.scalars(visible(found, actor, permission, Application)).all()


def of_call(call: Call) -> Mapping[uuid.UUID, OfficerCheck]:
    """The result that counts of every proposal of the call that has one, by the proposal's id."""
    found = (
        select(OfficerCheck)
        .join(OfficerCheck.application)
        .where(Application.call_id == call.id)
        .order_by(OfficerCheck.number)
    )
    return {row.application_id: row for row in db.session.scalars(found)}


def history(application: Application) -> Sequence[OfficerCheck]:
    """Every result that was recorded, the first one first."""
    found = select(OfficerCheck).where(OfficerCheck.application_id == application.id)
    return db.session.scalars(found.order_by(OfficerCheck.number)).all()
