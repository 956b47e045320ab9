"""Reading decisions and adoption lists."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from grantflow.applications.models import Application, ApplicationStatus
from grantflow.awards.models import AdoptionList, AgreementLetter, Decision, ListStatus
from grantflow.calls.models import Call, CallVersion, Criterion
from grantflow.core.authorization import Actor, visible
from grantflow.core.db import db
from grantflow.permissions import Permission
from grantflow.review.models import Assignment, Conflict, Reviewer, Score

#: The proposals on which the committee decides.
DECIDABLE = (
    ApplicationStatus.ELIGIBLE,
    ApplicationStatus.ADOPTED,
    ApplicationStatus.RESERVE,
    ApplicationStatus.NOT_ADOPTED,
)
AT_ONCE = 500


def lists(call: Call) -> Sequence[AdoptionList]:
    """The versions of the call's adoption list, the newest first."""
    return db.session.scalars(_lists(call)).all()


def newest(call: Call) -> AdoptionList | None:
    """The newest version of the call's adoption list, whatever its state."""
    return db.session.scalar(_lists(call).limit(1))


def published(call: Call) -> AdoptionList | None:
    """The newest published version of the call's adoption list."""
    return db.session.scalar(_lists(call).where(AdoptionList.status == ListStatus.PUBLISHED).limit(1))


def newest_frozen(call: Call) -> AdoptionList | None:
    """The newest version that was frozen and has not lapsed."""
    return db.session.scalar(_lists(call).where(AdoptionList.content.is_not(None)).limit(1))


def _lists(call: Call) -> Select[AdoptionList]:
    return select(AdoptionList).where(AdoptionList.call_id == call.id).order_by(AdoptionList.number.desc())


def letter(adoption_list: AdoptionList) -> AgreementLetter | None:
    """The sponsor's letter about the list as it is frozen now: recorded, and confirmed or not."""
    found = select(AgreementLetter).where(
        AgreementLetter.adoption_list_id == adoption_list.id, AgreementLetter.dropped_at.is_(None)
    )
    return db.session.scalar(found.order_by(AgreementLetter.recorded_at.desc()).limit(1))


def due(now: dt.datetime) -> Sequence[AdoptionList]:
    """The lists that are to be published by `now`, the earliest first."""
    found = select(AdoptionList).where(AdoptionList.status == ListStatus.AGREED, AdoptionList.publish_at <= now)
    return db.session.scalars(found.order_by(AdoptionList.publish_at)).all()


def received(call: Call) -> dict[uuid.UUID, int]:
    """How many proposals have a number, by tier: ineligible and withdrawn ones count."""
    found = (
        select(Application.tier_id, func.count())
        .where(Application.call_id == call.id, Application.number.is_not(None))
        .group_by(Application.tier_id)
    )
    return {tier: count for tier, count in db.session.execute(found)}  # noqa: C416 - a row is no pair to the type checker


def adopted(call: Call) -> Sequence[Application]:
    """The proposals that stand as adopted."""
    found = select(Application).where(Application.call_id == call.id, Application.status == ApplicationStatus.ADOPTED)
    return db.session.scalars(found).all()


def undecided(call: Call) -> Sequence[str]:
    """The numbers of the eligible proposals on which nothing was decided, in their order."""
    found = select(Application.number).where(
        Application.call_id == call.id, Application.status == ApplicationStatus.ELIGIBLE
    )
    return [str(number) for number in db.session.scalars(found.order_by(Application.serial, Application.number))]


def unscreened(call: Call) -> Sequence[str]:
    """The numbers of the proposals that were submitted, or given back, and not screened, in their order."""
    found = select(Application.number).where(
        Application.call_id == call.id,
        Application.status.in_((ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED)),
    )
    return [str(number) for number in db.session.scalars(found.order_by(Application.serial, Application.number))]


def applications(call: Call) -> dict[str, Application]:
    """Every proposal of the call that has a number, by number."""
    found = select(Application).where(Application.call_id == call.id, Application.number.is_not(None))
    return {str(row.number): row for row in db.session.scalars(found)}


def decisions(applications: Iterable[Application]) -> dict[uuid.UUID, Decision]:
    """The decisions on these proposals, by the proposal's id."""
    ids = [row.id for row in applications]
    found: dict[uuid.UUID, Decision] = {}
    for start in range(0, len(ids), AT_ONCE):
        part = select(Decision).where(Decision.application_id.in_(ids[start : start + AT_ONCE]))
        found |= {row.application_id: row for row in db.session.scalars(part)}
    return found


def decisions_of(call: Call) -> dict[str, Decision]:
    """The decisions on proposals that are still decidable, by receipt number."""
    found = (
        select(Application.number, Decision)
        .join(Decision, Decision.application_id == Application.id)
        .where(Application.call_id == call.id, Application.status.in_(DECIDABLE))
    )
    return {str(number): decision for number, decision in db.session.execute(found)}


def definition_text(call: Call) -> str:
    """The definition in force, as it was stored."""
    found = select(CallVersion.definition).where(
        CallVersion.call_id == call.id, CallVersion.number == call.definition_version
    )
    return db.session.scalars(found).one()


def raw_rows(call: Call) -> Mapping[str, Iterable[Sequence[Any]]]:
    """The rows that a list rests on, by what they are; no ids and no times of the database."""
    number = Application.number
    here = Application.call_id == call.id
    statements: dict[str, Any] = {
        "applications": select(
            number,
            Application.status.in_(DECIDABLE),
            Application.organization_name,
            Application.founded,
            Application.title,
            Application.summary,
            Application.activity_area,
            Application.requested_yen,
        ).where(here, number.is_not(None)),
        "conflicts": select(number, Reviewer.label, Conflict.reason, Conflict.lifted_at.is_(None))
        .join(Conflict.application)
        .join(Conflict.reviewer)
        .where(here),
        "scores": select(
            number, Reviewer.label, Criterion.key, Score.value, Score.comment, Assignment.status, Score.kind
        )
        .join(Assignment, Assignment.id == Score.assignment_id)
        .join(Application, Application.id == Assignment.application_id)
        .join(Reviewer, Reviewer.id == Assignment.reviewer_id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(here),
        "decisions": select(number, Decision.outcome, Decision.reason, Decision.amount_yen, Decision.condition)
        .join(Decision.application)
        .where(here),
    }
    rows = {name: [tuple(row) for row in db.session.execute(found)] for name, found in statements.items()}
    return rows | {"scores": [_with_its_answer(*row) for row in rows["scores"]]}


def _with_its_answer(*row: Any) -> tuple[Any, ...]:
    """A row of scores whose grade, where there is none, is the reason for it; others are as they always were."""
    number, label, key, value, comment, status, kind = row
    return number, label, key, kind if value is None else value, comment, status


def numbers_to_decide(actor: Actor, tier_id: uuid.UUID) -> Sequence[str]:
    """The numbers of a tier's proposals that `actor` may see and the committee decides on, in their order."""
    found = select(Application.number).where(Application.tier_id == tier_id, Application.status.in_(DECIDABLE))
    seen = visible(found, actor, Permission.APPLICATION_READ, Application)
    return [str(number) for number in db.session.scalars(seen.order_by(Application.serial, Application.number))]


def numbered(actor: Actor, call: Call, numbers: Sequence[str]) -> dict[str, Application]:
    """Those of the proposals `numbers` that `actor` may see and the committee decides on, by number."""
    found = select(Application).where(
        Application.call_id == call.id, Application.number.in_(numbers), Application.status.in_(DECIDABLE)
    )
    seen = visible(found, actor, Permission.APPLICATION_READ, Application)
    return {str(row.number): row for row in db.session.scalars(seen)}


def totals(actor: Actor, tier_id: uuid.UUID) -> dict[ApplicationStatus, tuple[int, int]]:
    """By state: how many proposals of the tier stand so, and what they were granted or else ask for, in yen."""
    amount = func.coalesce(Decision.amount_yen, Application.requested_yen)
    found = (
        select(Application.status, func.count(), func.sum(amount))
        .outerjoin(Decision, Decision.application_id == Application.id)
        .where(Application.tier_id == tier_id, Application.status.in_(DECIDABLE))
        .group_by(Application.status)
    )
    seen = visible(found, actor, Permission.APPLICATION_READ, Application)
    return {status: (count, int(sum_yen)) for status, count, sum_yen in db.session.execute(seen)}


def to_decide(actor: Actor, call: Call, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Application]:
    """Those of the proposals `ids` that `actor` may see and the committee decides on, by id, in their order."""
    found = select(Application).where(
        Application.call_id == call.id, Application.id.in_(ids), Application.status.in_(DECIDABLE)
    )
    seen = visible(found, actor, Permission.APPLICATION_READ, Application)
    return {row.id: row for row in db.session.scalars(seen.order_by(Application.serial, Application.number))}
