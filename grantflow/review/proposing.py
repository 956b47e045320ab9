"""The verbs of a proposed assignment: what members know, proposing it, and applying it all or nothing (methods 6)."""

import math
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction

from sqlalchemy import select

from grantflow.applications.models import Application
from grantflow.audit import trail
from grantflow.calls.models import Call
from grantflow.calls.queries import definition
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.permissions import Permission
from grantflow.review import committee, panel, queries
from grantflow.review.assignment import Certificate, Draft, Pair, Problem, Seat, as_values, from_values, propose
from grantflow.review.fit import About, Knows, Weights, worth
from grantflow.review.models import Assignment, AssignmentDraft, AssignmentStatus, CommitteeStatus, Reviewer
from grantflow.review.operations import hold
from grantflow.review.queries import FOUND_ELIGIBLE
from grantflow.review.sheets import name_of

#: Up to so many pairs of a proposal and a member a proposal is computed while its page is waited for (2 seconds).
MOST_AT_ONCE = 800
#: Without a limit of their own, members read so much of an equal share at most.
MOST_OF_A_SHARE = Fraction(5, 4)
#: So many numbers are named in a refusal; the rest is counted.
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the secretariat asked for: pairs to keep, pairs to keep apart, and the weights of the fit."""

    kept: frozenset[Pair] = frozenset()
    apart: frozenset[Pair] = frozenset()
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True, slots=True)
class Expertise:
    """What a member knows best, how much they read, and whether they dropped out."""

    knows: Knows
    least: int
    most: int | None
    is_away: bool


def describe(reviewer: Reviewer, found: Expertise, *, by: Actor) -> None:
    """Note what the member knows best and how much they read; refused where the least is more than the most."""
    authorize(by, Permission.PANEL_MANAGE, reviewer)
    if found.most is not None and found.least > found.most:
        raise Refused(_("下限が上限より大きくなっています。どちらかを直してください。"))
    reviewer.audiences, reviewer.features = list(found.knows.audiences), list(found.knows.features)
    reviewer.regions = list(found.knows.regions)
    reviewer.least_load, reviewer.most_load, reviewer.is_away = found.least, found.most, found.is_away
    trail.record(
        "reviewers.describe",
        reviewer,
        by=by,
        label=reviewer.label,
        **asdict(found.knows),
        least=found.least,
        most=found.most,
        is_away=found.is_away,
    )


def knows(reviewer: Reviewer) -> Knows:
    """What the member knows best."""
    return Knows(tuple(reviewer.audiences), tuple(reviewer.features), tuple(reviewer.regions))


def about(application: Application) -> About:
    """What the proposal is about."""
    return About(tuple(application.audience), tuple(application.features), application.activity_area)


def to_assign(call: Call) -> Sequence[Application]:
    """Every proposal of the call that is to be reviewed, by number."""
    found = select(Application).where(Application.call_id == call.id, Application.status.in_(FOUND_ELIGIBLE))
    return db.session.scalars(found.order_by(Application.serial, Application.number)).all()


def sheets(call: Call) -> dict[Pair, Assignment]:
    """Every sheet of the call by number and label, struck ones too."""
    numbered = select(Application.id, Application.number).where(Application.call_id == call.id)
    numbers = dict(db.session.execute(numbered).all())
    return {(str(numbers[sheet.application_id]), label): sheet for sheet, label in queries.assignments(call)}


def problem(call: Call, wishes: Wishes) -> Problem:
    """What is to be assigned as the call stands now.

    Whatever a member opened stays with them; of who dropped out only what was filed does. A struck sheet and a conflict
    keep a pair apart (R4.2).
    """
    wanted = definition(call).review.reviewers_per_application
    applications, members, held = to_assign(call), queries.reviewers(call), sheets(call)
    numbers = {str(row.number): row for row in applications}
    by_id = {row.id: number for number, row in numbers.items()}
    standing = {pair: sheet for pair, sheet in held.items() if sheet.status is not AssignmentStatus.RECUSED}
    struck = {(by_id[id_], label) for id_, label in committee.struck_pairs(call) if id_ in by_id}
    struck |= {pair for pair, sheet in held.items() if sheet.status is AssignmentStatus.RECUSED}
    away = {row.label for row in members if row.is_away}
    fixed = {pair for pair, sheet in standing.items() if _stays(sheet, is_away=pair[1] in away)}
    fixed = {pair for pair in fixed if pair[0] in numbers}
    kept = fixed | {pair for pair in wishes.kept if pair[0] in numbers and pair[1] not in away}
    apart = struck | set(wishes.apart) | {(number, label) for number in numbers for label in away}
    per_proposal = {number: sum(pair[0] == number for pair in fixed) for number in numbers}
    per_member = {row.label: sum(pair[1] == row.label for pair in fixed) for row in members}
    needs = {number: max(wanted, per_proposal[number]) for number in numbers}
    share = math.ceil(sum(needs.values()) * MOST_OF_A_SHARE / max(1, len(members) - len(away)))
    return Problem(
        needs=needs,
        seats=tuple(_seat(row, share, per_member[row.label]) for row in members),
        fit={
            (number, row.label): Fraction(worth(knows(row), about(application), wishes.weights))
            for number, application in numbers.items()
            for row in members
        },
        apart=frozenset(pair for pair in apart if pair[0] in numbers and pair not in fixed),
        kept=frozenset(kept),
        present=frozenset(pair for pair in standing if pair[0] in numbers),
    )


def _stays(sheet: Assignment, *, is_away: bool) -> bool:
    if is_away:
        return sheet.status is AssignmentStatus.SCORED
    return sheet.status in {AssignmentStatus.ACCEPTED, AssignmentStatus.SCORED}


def _seat(row: Reviewer, share: int, fixed: int) -> Seat:
    if row.is_away:
        return Seat(row.label, 0, fixed)
    return Seat(row.label, row.least_load, max(share if row.most_load is None else row.most_load, fixed))


def is_quick(found: Problem) -> bool:
    """Whether it can be computed while its page is waited for."""
    return len(found.needs) * len(found.seats) <= MOST_AT_ONCE


def draft_of(call: Call) -> AssignmentDraft | None:
    """The assignment that was proposed last and not applied."""
    return db.session.scalar(select(AssignmentDraft).where(AssignmentDraft.call_id == call.id))


def wishes_of(row: AssignmentDraft | None) -> Wishes:
    """What the draft was asked with."""
    if row is None:
        return Wishes()
    content = row.content
    return Wishes(_pairs(content["kept"]), _pairs(content["apart"]), Weights(**content["weights"]))


def pairs_of(row: AssignmentDraft) -> frozenset[Pair]:
    """Who reads what in the draft, by number and label."""
    return _pairs(row.content["pairs"])


def certificate_of(row: AssignmentDraft) -> Certificate:
    """How good the draft is."""
    return from_values(row.content["certificate"])


def _pairs(rows: Collection[Sequence[str]]) -> frozenset[Pair]:
    return frozenset((str(number), str(label)) for number, label in rows)


def draw_up(call: Call, wishes: Wishes, *, by: Actor) -> AssignmentDraft:
    """Propose an assignment at once and keep it as the draft; Impossible with the contradiction."""
    authorize(by, Permission.PANEL_MANAGE, call)
    return keep(call, wishes, propose(problem(call, wishes)), by=by)


def keep(call: Call, wishes: Wishes, found: Draft, *, by: Actor) -> AssignmentDraft:
    """Keep what was proposed as the draft of the call, in place of the one before."""
    authorize(by, Permission.PANEL_MANAGE, call)
    hold(call)
    row = draft_of(call) or AssignmentDraft(call_id=call.id, version=1)
    row.content = {
        "pairs": [list(pair) for pair in found.pairs],
        "certificate": as_values(found.certificate),
        "kept": sorted(map(list, wishes.kept)),
        "apart": sorted(map(list, wishes.apart)),
        "weights": asdict(wishes.weights),
    }
    row.sha256, row.proposed_at = found.certificate.sha256, clock.now()
    db.session.add(row)
    db.session.flush()
    trail.record("assignment_drafts.propose", row, by=by, call=call.slug, sha256=row.sha256, pairs=len(found.pairs))
    return row


@dataclass(frozen=True, slots=True)
class Changes:
    """What applying a draft would do to the assignment as it is."""

    added: frozenset[Pair]
    removed: frozenset[Pair]


def changes(call: Call, row: AssignmentDraft) -> Changes:
    """The pairs that the draft adds to the assignment as it is, and those it takes away."""
    proposed = pairs_of(row)
    present = {pair for pair, sheet in sheets(call).items() if sheet.status is not AssignmentStatus.RECUSED}
    numbers = {str(each.number) for each in to_assign(call)}
    return Changes(frozenset(proposed - present), frozenset(p for p in present - proposed if p[0] in numbers))


def apply(call: Call, sha256: str, *, by: Actor) -> tuple[int, int]:
    """Make the draft the assignment, all or nothing; returns how many sheets were added and taken away.

    `sha256` is of the draft that was looked at. Refused, with names, when something it rests on has changed since.
    """
    authorize(by, Permission.PANEL_MANAGE, call)
    hold(call)
    row = draft_of(call)
    if row is None or row.sha256 != sha256:
        raise Refused(_("割当案は、見ているあいだに新しくなったか、反映されました。画面を開き直してください。"))
    if committee.status(call) is CommitteeStatus.LOCKED:
        raise Refused(_("採点は締め切られています。割当を変えるときは、理由を添えて採点を再開してください。"))
    _refuse_outdated(call, row)
    found, held = changes(call, row), sheets(call)
    numbers = {str(each.number): each for each in to_assign(call)}
    members = {each.label: each for each in queries.reviewers(call)}
    counts = panel.change(
        call,
        [(numbers[number], members[label]) for number, label in sorted(found.added)],
        [held[pair] for pair in sorted(found.removed)],
        by=by,
    )
    trail.record("assignment_drafts.apply", row, by=by, call=call.slug, added=counts[0], removed=counts[1])
    db.session.delete(row)
    return counts


def _refuse_outdated(call: Call, row: AssignmentDraft) -> None:
    now = problem(call, wishes_of(row))
    if now.digest() == row.sha256:
        return
    names = {each.label: name_of(each) for each in queries.reviewers(call)}
    proposed = pairs_of(row)
    gone = sorted({number for number, _label in proposed} - set(now.needs))
    if gone:
        raise Refused(
            _(
                "%(numbers)s は、割当案を作ったあとに審査の対象ではなくなりました。割当案を作り直してください。",
                numbers=_named(gone),
            )
        )
    apart = sorted(proposed & now.apart)
    if apart:
        raise Refused(
            _(
                "割当案を作ったあとに、担当できなくなった組があります（%(pairs)s）。割当案を作り直してください。",
                pairs=_named([f"{number} {names.get(label, label)}" for number, label in apart]),
            )
        )
    new = sorted(set(now.needs) - {number for number, _label in proposed})
    if new:
        raise Refused(_("%(numbers)s が割当案にありません。割当案を作り直してください。", numbers=_named(new)))
    raise Refused(_("割当案を作ったあとに、割当か、委員の専門、上限、下限が変わりました。割当案を作り直してください。"))


def _named(names: Sequence[str]) -> str:
    shown = "、".join(names[:MOST_NAMED])
    return (
        shown
        if len(names) <= MOST_NAMED
        else _("%(names)s ほか%(count)s件", names=shown, count=len(names) - MOST_NAMED)
    )
