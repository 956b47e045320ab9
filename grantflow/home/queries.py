"""What waits for somebody: counted from the rows, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from grantflow.accounts.models import MEMBER, Role
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.awards.models import AdoptionList, Decision
from grantflow.awards.queries import newest, published
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor, visible
from grantflow.core.db import db
from grantflow.permissions import Permission
from grantflow.review.models import Assignment, AssignmentStatus
from grantflow.review.reading import Heap, heap

NUMBERED = Application.number.is_not(None)
IN_REVIEW = (
    ApplicationStatus.ELIGIBLE,
    ApplicationStatus.ADOPTED,
    ApplicationStatus.RESERVE,
    ApplicationStatus.NOT_ADOPTED,
)


@dataclass(frozen=True)
class Progress:
    """How far a call has come: numbers of proposals, of finished and given sheets, of decisions, and its lists."""

    received: int
    unscreened: int
    in_review: int
    sheets: int
    scored: int
    decided: int
    adopted: int
    newest: AdoptionList | None
    published: AdoptionList | None

    @property
    def undecided(self) -> int:
        """Proposals in review without a decision."""
        return self.in_review - self.decided


def progress(call: Call) -> Progress:
    """How far `call` has come."""
    by_status = _counts(
        select(Application.status, func.count())
        .where(Application.call_id == call.id, NUMBERED)
        .group_by(Application.status)
    )
    sheets = _counts(
        select(Assignment.status, func.count())
        .where(Assignment.call_id == call.id, Assignment.status != AssignmentStatus.RECUSED)
        .group_by(Assignment.status)
    )
    decided = select(func.count()).select_from(Decision).join(Decision.application)
    return Progress(
        received=sum(by_status.values()),
        unscreened=by_status.get(ApplicationStatus.SUBMITTED, 0),
        in_review=sum(by_status.get(status, 0) for status in IN_REVIEW),
        sheets=sum(sheets.values()),
        scored=sheets.get(AssignmentStatus.SCORED, 0),
        decided=db.session.scalar(decided.where(Application.call_id == call.id, Application.status.in_(IN_REVIEW)))
        or 0,
        adopted=by_status.get(ApplicationStatus.ADOPTED, 0),
        newest=newest(call),
        published=published(call),
    )


def _counts(statement: Select[Any, int]) -> dict[Any, int]:
    return {row[0]: row[1] for row in db.session.execute(statement)}


def calls_of(actor: Actor, role: Role) -> Sequence[Call]:
    """The calls in which `actor` has `role`, the latest first; archived ones are left out by their state."""
    scopes = actor.scopes(role)
    found = select(Call).order_by(Call.opens_at.desc(), Call.slug)
    return db.session.scalars(found if scopes is None else found.where(Call.id.in_(scopes))).all()


def heaps_of(actor: Actor) -> Sequence[tuple[Call, Heap]]:
    """The calls in whose committee `actor` sits and has sheets, the latest first, each with these."""
    seats = visible(select(Call), actor, Permission.SHEET_LIST, Call).order_by(Call.opens_at.desc(), Call.slug)
    heaps = [(call, heap(call, actor)) for call in db.session.scalars(seats)]
    return [(call, sheets) for call, sheets in heaps if sheets.sheets]


def applications_of(actor: Actor) -> Sequence[tuple[Application, Call]]:
    """The proposals of the organisations for which `actor` acts."""
    found = (
        select(Application, Call)
        .join(Application.call)
        .where(Application.organization_id.in_(actor.scopes(MEMBER) or ()))
        .order_by(Call.opens_at.desc(), Application.serial, Application.number)
    )
    return db.session.execute(visible(found, actor, Permission.APPLICATION_READ, Application)).all()


def open_calls(actor: Actor) -> Sequence[Call]:
    """Every call that `actor` may see, the latest first."""
    return db.session.scalars(
        visible(select(Call), actor, Permission.CALL_READ, Call).order_by(Call.opens_at.desc(), Call.slug)
    ).all()


def results(calls: Sequence[Call]) -> dict[object, AdoptionList]:
    """The published list of each of `calls` that has one, by the call's id; the newest version counts."""
    found = (
        select(AdoptionList)
        .where(AdoptionList.call_id.in_([call.id for call in calls]), AdoptionList.published_at.is_not(None))
        .order_by(AdoptionList.number)
    )
    return {row.call_id: row for row in db.session.scalars(found)}
