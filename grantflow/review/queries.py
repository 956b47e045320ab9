"""Reading reviews, and ranking what they say."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, select
from sqlalchemy.orm import joinedload

from grantflow.applications.models import Application
from grantflow.applications.workflow import DECIDABLE
from grantflow.audit import trail
from grantflow.calls.models import Call, Criterion, Tier
from grantflow.calls.queries import definition
from grantflow.core.authorization import Actor, visible
from grantflow.core.db import db
from grantflow.permissions import Permission
from grantflow.review import ranking as rankings
from grantflow.review.models import (
    OPENED,
    Assignment,
    AssignmentStatus,
    Conflict,
    Reviewer,
    Score,
    ScoreKind,
)
from grantflow.review.ranking import Entry, Proposal, Ranking, Rules, Sheet, TierRule

#: The newest rankings are remembered by what they were computed from.
REMEMBERED = 8

#: The lines with which a sheet is whole: a missing or an abstained one leaves it out of the mean.
COUNTED = (ScoreKind.GRADED, ScoreKind.NOT_APPLICABLE)

#: The states of proposals that were found eligible, whatever was decided since.
FOUND_ELIGIBLE = DECIDABLE


@dataclass(frozen=True, slots=True)
class Named:
    """What a ranking's page says of a proposal beside its place."""

    id: uuid.UUID
    organization: str
    title: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the review of a call has come: sheets given out (struck ones apart), finished ones, and struck ones."""

    given: int
    finished: int
    struck: int


def assigned_to(user_id: uuid.UUID) -> Select[uuid.UUID]:
    """The ids of the applications that the user scores, the question of a conflict of interest answered (R4.2)."""
    return (
        select(Assignment.application_id)
        .join(Assignment.reviewer)
        .where(Reviewer.user_id == user_id, Assignment.status.in_(OPENED))
    )


def seats_of(user_id: uuid.UUID) -> Select[uuid.UUID]:
    """The ids of the calls in whose committee the user sits."""
    return select(Reviewer.call_id).where(Reviewer.user_id == user_id)


def is_seated(user_id: uuid.UUID, call: Call | None) -> bool:
    """Whether the user sits in the committee of the call; without a call, in any."""
    seats = seats_of(user_id)
    found = seats if call is None else seats.where(Reviewer.call_id == call.id)
    return bool(db.session.scalar(select(found.exists())))


def conflicted_for(user_id: uuid.UUID) -> Select[uuid.UUID]:
    """The ids of the applications with which the user has a conflict of interest that was not lifted (R4.2)."""
    return (
        select(Conflict.application_id)
        .join(Conflict.reviewer)
        .where(Reviewer.user_id == user_id, Conflict.lifted_at.is_(None))
    )


def is_among(application_id: uuid.UUID, ids: Select[uuid.UUID]) -> bool:
    """Whether the application is one of those that `ids` selects."""
    return bool(db.session.scalar(select(exists().where(Application.id == application_id, Application.id.in_(ids)))))


def ranking(call: Call) -> Ranking:
    """The ranking of every proposal of the call that was found eligible, whatever was decided since (methods 2–4).

    A sheet counts when it is finished, no line of it is missing or abstained from, one at least is a grade, and its
    reviewer has no conflict with the proposal (R4.2); lines that are not applicable are no part of its mean. The same
    scores give the same ranking without computing it again, and are not even read again as long as nothing at all was
    recorded since.
    """
    state = trail.state()
    return _rank(_proposals(call), rules(call)) if state is None else _ranking_at(state, call.id)


@lru_cache(maxsize=REMEMBERED)
def _ranking_at(_state: str, call_id: uuid.UUID) -> Ranking:
    call = db.session.get_one(Call, call_id)
    return _rank(_proposals(call), rules(call))


def entry_of(application: Application) -> Entry:
    """The proposal's mean and its denominator, exactly as in the ranking; its place and chances mean nothing here."""
    found = _proposals(application.call, Application.id == application.id)
    alone = Proposal(application.number or "", application.tier.key, (), 0, 0)
    tiers = rankings.rank(found or (alone,), rules(application.call)).tiers
    return next(entry for tier in tiers for entry in tier.entries)


def rules(call: Call) -> Rules:
    """How the call ranks, as its newest version says."""
    review = definition(call).review
    zone = review.border_zone
    return Rules(
        scale_min=call.scale_min,
        scale_max=call.scale_max,
        weight_sum=sum(criterion.weight for criterion in call.criteria),
        min_valid=call.min_valid,
        tiers=tuple(TierRule(tier.key, tier.expected_awards) for tier in call.tiers),
        drop_extremes=review.drop_extremes,
        pass_ratio=review.pass_ratio,
        border_chance=(float(zone.chance_above), float(zone.chance_below)),
        border_share=(Fraction(zone.rank_from), Fraction(zone.rank_to)),
    )


@lru_cache(maxsize=REMEMBERED)
def _rank(proposals: tuple[Proposal, ...], by_rules: Rules) -> Ranking:
    return rankings.rank(proposals, by_rules)


def _proposals(call: Call, *only: ColumnElement[bool]) -> tuple[Proposal, ...]:
    """What is ranked, in the order of numbers: the sheets that count come from one statement over the scores."""
    sheets: dict[str | None, list[Sheet]] = {}
    weights = _applicable_weights(call, *only)
    for number, reviewer, total in db.session.execute(_counted(call, *only)):
        if total is not None:
            sheets.setdefault(number, []).append(Sheet(reviewer, int(total), weights.get((number, reviewer))))
    return tuple(
        Proposal(number, tier, tuple(sorted(sheets.get(number, ()), key=_by_reviewer)), assigned, conflicts)
        for number, tier, assigned, conflicts in db.session.execute(_denominators(call, *only))
    )


def _by_reviewer(sheet: Sheet) -> str:
    return sheet.reviewer


def _counted(call: Call, *only: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Per proposal and reviewer the weighted total of a sheet that counts; null where a line is open or abstained."""
    total = (
        select(_weighted_total(call))
        .where(Score.assignment_id == Assignment.id, Score.kind.in_(COUNTED))
        .having(func.count() == len(call.criteria))
        .scalar_subquery()
    )
    return (
        select(Application.number, Reviewer.label, total)
        .select_from(Assignment)
        .join(Assignment.application)
        .join(Assignment.reviewer)
        .where(Assignment.call_id == call.id, Assignment.status == AssignmentStatus.SCORED, ~_is_in_conflict(), *only)
    )


def _applicable_weights(call: Call, *only: ColumnElement[bool]) -> dict[tuple[str | None, str], int]:
    """Σ of the weights that apply, of the sheets on which a line does not; they are few."""
    weights = {criterion.id: criterion.weight for criterion in call.criteria}
    found = (
        select(Application.number, Reviewer.label, Score.criterion_id)
        .select_from(Score)
        .join(Assignment, Assignment.id == Score.assignment_id)
        .join(Assignment.application)
        .join(Assignment.reviewer)
        .where(Assignment.call_id == call.id, Score.kind == ScoreKind.NOT_APPLICABLE, *only)
    )
    left: dict[tuple[str | None, str], int] = {}
    for number, reviewer, criterion_id in db.session.execute(found):
        left[number, reviewer] = left.get((number, reviewer), sum(weights.values())) - weights[criterion_id]
    return left


def _weighted_total(call: Call) -> ColumnElement[int]:
    heavier = {criterion.id: criterion.weight for criterion in call.criteria if criterion.weight != 1}
    if not heavier:
        return func.sum(Score.value * 1)
    return func.sum(Score.value * case(heavier, value=Score.criterion_id, else_=1))


def _denominators(call: Call, *only: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Each proposal found eligible: how many reviewers were given it, and how many of them stood aside."""
    given = select(func.count()).select_from(Assignment).where(Assignment.application_id == Application.id)
    return (
        select(Application.number, Tier.key, given.scalar_subquery(), given.where(_stood_aside()).scalar_subquery())
        .join(Application.tier)
        .where(Application.call_id == call.id, Application.status.in_(FOUND_ELIGIBLE), *only)
        .order_by(Application.serial, Application.number)
    )


def _stood_aside() -> ColumnElement[bool]:
    return (Assignment.status == AssignmentStatus.RECUSED) | _is_in_conflict()


def _is_in_conflict() -> ColumnElement[bool]:
    return exists().where(
        Conflict.application_id == Assignment.application_id,
        Conflict.reviewer_id == Assignment.reviewer_id,
        Conflict.lifted_at.is_(None),
    )


def named(call: Call, actor: Actor | None = None) -> dict[str, Named]:
    """The proposals found eligible, by number; with `actor`, those that `actor` may read."""
    found = select(Application.number, Application.id, Application.organization_name, Application.title).where(
        Application.call_id == call.id, Application.status.in_(FOUND_ELIGIBLE)
    )
    if actor is not None:
        found = visible(found, actor, Permission.APPLICATION_READ, Application)
    return {number or "": Named(row_id, name, title) for number, row_id, name, title in db.session.execute(found)}


def progress(call: Call) -> Progress:
    """How far the review of the call has come."""
    found = select(Assignment.status, func.count()).where(Assignment.call_id == call.id).group_by(Assignment.status)
    count = dict(db.session.execute(found).all())
    struck, finished = count.get(AssignmentStatus.RECUSED, 0), count.get(AssignmentStatus.SCORED, 0)
    return Progress(sum(count.values()) - struck, finished, struck)


def reviewers(call: Call) -> Sequence[Reviewer]:
    """The committee of the call, by label, each with its account where it has one."""
    found = select(Reviewer).where(Reviewer.call_id == call.id).options(joinedload(Reviewer.user))
    return db.session.scalars(found.order_by(Reviewer.label)).all()


def assignments(call: Call) -> Sequence[tuple[Assignment, str]]:
    """Every sheet of the call with the label of its reviewer, struck ones too."""
    found = select(Assignment, Reviewer.label).join(Assignment.reviewer).where(Assignment.call_id == call.id)
    return db.session.execute(found).all()


def grades(call: Call) -> dict[uuid.UUID, dict[str, int | ScoreKind]]:
    """What stands on every sheet of the call, by sheet and the criterion's key: a grade, or why there is none."""
    keys = {criterion.id: criterion.key for criterion in call.criteria}
    found: dict[uuid.UUID, dict[str, int | ScoreKind]] = {}
    stored = select(Score.assignment_id, Score.criterion_id, Score.value, Score.kind)
    for assignment_id, criterion_id, value, kind in db.session.execute(stored.where(Score.criterion_id.in_(keys))):
        found.setdefault(assignment_id, {})[keys[criterion_id]] = kind if value is None else value
    return found


def assignments_of(application: Application) -> Sequence[Assignment]:
    """The sheets of the proposal, struck ones too, by reviewer."""
    found = (
        select(Assignment)
        .join(Assignment.reviewer)
        .where(Assignment.application_id == application.id)
        .options(joinedload(Assignment.reviewer).joinedload(Reviewer.user))
    )
    return db.session.scalars(found.order_by(Reviewer.label)).all()


def assignments_to(reviewer: Reviewer) -> Sequence[Assignment]:
    """The sheets of the reviewer, struck ones too, each with its proposal."""
    found = select(Assignment).where(Assignment.reviewer_id == reviewer.id)
    return db.session.scalars(found.options(joinedload(Assignment.application))).all()


def has_anything(reviewer: Reviewer) -> bool:
    """Whether the reviewer was given a proposal, or has a conflict on record, a lifted one too."""
    given = select(Assignment.id).where(Assignment.reviewer_id == reviewer.id)
    declared = select(Conflict.id).where(Conflict.reviewer_id == reviewer.id)
    return bool(db.session.scalar(select(given.exists() | declared.exists())))


def assignment(application: Application, reviewer: Reviewer) -> Assignment | None:
    """The reviewer's sheet of the proposal, if they were given it."""
    found = select(Assignment).where(Assignment.application_id == application.id, Assignment.reviewer_id == reviewer.id)
    return db.session.scalar(found)


def scores_of(assignments: Sequence[Assignment]) -> dict[tuple[uuid.UUID, uuid.UUID], Score]:
    """Every grade on the sheets, by sheet and criterion."""
    found = select(Score).where(Score.assignment_id.in_([sheet.id for sheet in assignments]))
    return {(score.assignment_id, score.criterion_id): score for score in db.session.scalars(found)}


def conflicts_of(application: Application) -> Sequence[Conflict]:
    """The conflicts of interest with the proposal, lifted ones too, in the order they were declared."""
    found = select(Conflict).where(Conflict.application_id == application.id).options(joinedload(Conflict.reviewer))
    return db.session.scalars(found.order_by(Conflict.declared_at, Conflict.id)).all()


def conflict(application: Application, reviewer: Reviewer) -> Conflict | None:
    """The reviewer's conflict with the proposal that was not lifted."""
    found = select(Conflict).where(
        Conflict.application_id == application.id,
        Conflict.reviewer_id == reviewer.id,
        Conflict.lifted_at.is_(None),
    )
    return db.session.scalar(found)


def criteria(call: Call) -> dict[str, Criterion]:
    """The points of review of the call, by key, in its order."""
    return {criterion.key: criterion for criterion in call.criteria}
