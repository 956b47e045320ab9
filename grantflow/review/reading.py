"""What a reviewer has before them: their sheets in a call, how far they are, and what they see of the others."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from grantflow.applications.models import Application
from grantflow.calls.models import Call
from grantflow.calls.queries import definition
from grantflow.core.authorization import Actor, visible
from grantflow.core.db import db
from grantflow.permissions import Permission
from grantflow.review import committee
from grantflow.review.models import Assignment, AssignmentStatus, CommitteeStatus, Reviewer, Score, ScoreKind


@dataclass(frozen=True, slots=True)
class OwnSheet:
    """One of a reviewer's sheets: where it stands, of which proposal, and how many lines are answered."""

    id: uuid.UUID
    status: AssignmentStatus
    number: str
    organization: str
    title: str
    answered: int


@dataclass(frozen=True, slots=True)
class Heap:
    """All the sheets of a reviewer in a call that are not struck, in the order of the proposals' numbers."""

    sheets: tuple[OwnSheet, ...]

    @property
    def filed(self) -> int:
        """How many are filed."""
        return sum(sheet.status is AssignmentStatus.SCORED for sheet in self.sheets)

    @property
    def unanswered(self) -> tuple[OwnSheet, ...]:
        """Those that wait for the answer on a conflict."""
        return tuple(sheet for sheet in self.sheets if sheet.status is AssignmentStatus.OFFERED)

    @property
    def unfiled(self) -> tuple[OwnSheet, ...]:
        """Those that are open and not filed."""
        return tuple(sheet for sheet in self.sheets if sheet.status is AssignmentStatus.ACCEPTED)

    def next_after(self, sheet_id: uuid.UUID | None) -> OwnSheet | None:
        """The next sheet without a score after this one, from the first again past the last; None when none is."""
        place = next((place for place, sheet in enumerate(self.sheets) if sheet.id == sheet_id), -1)
        around = self.sheets[place + 1 :] + self.sheets[: max(place, 0)]
        return next((sheet for sheet in around if sheet.status is not AssignmentStatus.SCORED), None)

    def neighbours(self, sheet_id: uuid.UUID) -> tuple[OwnSheet | None, OwnSheet | None]:
        """The sheet before and the one after this one."""
        place = next((place for place, sheet in enumerate(self.sheets) if sheet.id == sheet_id), None)
        if place is None:
            return None, None
        before = self.sheets[place - 1] if place else None
        return before, self.sheets[place + 1] if place + 1 < len(self.sheets) else None


def heap(call: Call, actor: Actor) -> Heap:
    """The sheets of `actor` in the call, struck ones left out."""
    answered = (
        select(func.count())
        .where(Score.assignment_id == Assignment.id, Score.kind != ScoreKind.MISSING)
        .scalar_subquery()
    )
    found = (
        select(
            Assignment.id,
            Assignment.status,
            Application.number,
            Application.organization_name,
            Application.title,
            answered,
        )
        .join(Assignment.application)
        .join(Assignment.reviewer)
        .where(
            Assignment.call_id == call.id,
            Reviewer.user_id == actor.id,
            Assignment.status != AssignmentStatus.RECUSED,
        )
        .order_by(Application.serial, Application.number)
    )
    rows = db.session.execute(visible(found, actor, Permission.SHEET_ANSWER, Assignment))
    return Heap(tuple(OwnSheet(*row) for row in rows))


def sees_others(sheet: Assignment) -> bool:
    """Whether the reviewer may see what the others gave the proposal, as the call's `review.visibility` says."""
    call = sheet.application.call
    match definition(call).review.visibility:
        case "after_own":
            return sheet.status is AssignmentStatus.SCORED
        case "all_after_close":
            return committee.status(call) is CommitteeStatus.LOCKED
        case _:
            return False


def others(sheet: Assignment) -> Sequence[Assignment]:
    """The filed sheets that the others have of the proposal, by reviewer."""
    found = (
        select(Assignment)
        .join(Assignment.reviewer)
        .where(
            Assignment.application_id == sheet.application_id,
            Assignment.id != sheet.id,
            Assignment.status == AssignmentStatus.SCORED,
        )
        .options(contains_eager(Assignment.reviewer).joinedload(Reviewer.user))
        .order_by(Reviewer.label)
    )
    return db.session.scalars(found).all()
