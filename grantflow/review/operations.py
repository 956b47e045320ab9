"""The verbs of reviews that are not a move: seating the committee, declaring and lifting a conflict of interest."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from grantflow.applications.models import Application
from grantflow.audit import trail
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.permissions import Permission
from grantflow.review import queries
from grantflow.review.committee import Panel
from grantflow.review.models import Assignment, AssignmentStatus, Conflict, ConflictKind, Reviewer, ScoreKind
from grantflow.review.ranking import Entry
from grantflow.review.spelling import rounded_mean
from grantflow.review.workflow import ASSIGNMENT, says_why


@dataclass(frozen=True, slots=True)
class Shift:
    """What a conflict, or its lifting, did to a proposal's mean."""

    before: Entry
    after: Entry


def hold(call: Call) -> None:
    """Keep others from changing what a ranking of the call rests on, until the commit."""
    db.session.execute(select(Call.id).where(Call.id == call.id).with_for_update())


def seat(call: Call, panel: Panel, labels: Iterable[str], *, by: Actor) -> dict[str, Reviewer]:
    """The members of the committee by label, those of `labels` who are new added, each tied to the account it names.

    Somebody without an account is known by the label alone and cannot sign in.
    """
    members = dict(panel.members)
    for label in labels:
        account = panel.account(label)
        row = members.get(label)
        if row is None:
            row = members[label] = Reviewer(call_id=call.id, label=label, user_id=account.id if account else None)
            db.session.add(row)
            trail.record("reviewers.add", row, by=by, label=label, account=str(row.user_id or ""))
        elif account is not None and row.user_id is None:
            row.user_id = account.id
            trail.record("reviewers.link", row, by=by, label=label, account=str(account.id))
    db.session.flush()
    return members


def declare_conflict(application: Application, reviewer: Reviewer, reason: str, *, by: Actor) -> Shift:
    """Close the proposal to the reviewer at once and strike their sheet: it is kept and no longer counted (R4.2).

    Returns the mean before and after. Refused without a reason, for a reviewer of another call, and when the conflict
    stands already.
    """
    authorize(by, Permission.CONFLICT_DECLARE, application)
    hold(application.call)
    if reviewer.call_id != application.call_id:
        raise Refused(_("この審査委員は、別の公募の委員です。この公募の委員から選んでください。"))
    if queries.conflict(application, reviewer):
        raise Refused(
            _("%(reviewer)s の利益相反は、もう記録されています。画面を開き直してください。", reviewer=reviewer.label)
        )
    before = queries.entry_of(application)
    sheet = queries.assignment(application, reviewer)
    if sheet is None:
        says_why(Assignment(), by, reason=reason)
    elif sheet.status is not AssignmentStatus.RECUSED:
        ASSIGNMENT.fire("recuse", sheet, by=by, reason=reason.strip())
    return _closed(application, reviewer, None, reason, before, by)


def stand_aside(sheet: Assignment, kind: ConflictKind, words: str, *, by: Actor) -> Shift:
    """The reviewer's own yes to the question of a conflict, before the proposal opened or later (R4.1, R4.2).

    The proposal closes to them at once and the sheet is struck. Returns the mean before and after. Refused without
    words.
    """
    application = sheet.application
    authorize(by, Permission.SHEET_ANSWER, sheet)
    hold(application.call)
    before = queries.entry_of(application)
    ASSIGNMENT.fire("stand_aside", sheet, by=by, reason=words.strip(), kind=kind.value)
    return _closed(application, sheet.reviewer, kind, words, before, by)


def _closed(
    application: Application, reviewer: Reviewer, kind: ConflictKind | None, reason: str, before: Entry, by: Actor
) -> Shift:
    db.session.add(
        Conflict(
            application_id=application.id,
            reviewer_id=reviewer.id,
            kind=kind,
            reason=reason.strip(),
            declared_at=clock.now(),
        )
    )
    return _recorded("applications.declare_conflict", application, reviewer, reason, before, by)


def lift_conflict(conflict: Conflict, reason: str, *, by: Actor) -> Shift:
    """Open the proposal to the reviewer again and count their sheet if it is complete; the conflict stays on record.

    Returns the mean before and after. Refused without a reason, and when the conflict was lifted already.
    """
    application, reviewer = conflict.application, conflict.reviewer
    authorize(by, Permission.CONFLICT_DECLARE, application)
    hold(application.call)
    if conflict.lifted_at is not None:
        raise Refused(_("この利益相反の記録は、もう取り消されています。画面を開き直してください。"))
    before = queries.entry_of(application)
    sheet = queries.assignment(application, reviewer)
    says_why(sheet or Assignment(), by, reason=reason)
    conflict.lifted_at = clock.now()
    if sheet is not None and sheet.status is AssignmentStatus.RECUSED:
        ASSIGNMENT.fire("restore", sheet, by=by, reason=reason.strip())
        _finish_if_complete(application.call, sheet, by)
    return _recorded("applications.lift_conflict", application, reviewer, reason, before, by)


def _finish_if_complete(call: Call, sheet: Assignment, by: Actor) -> None:
    stored = queries.scores_of([sheet])
    grades = {
        criterion.key: stored[sheet.id, criterion.id].value
        for criterion in call.criteria
        if (sheet.id, criterion.id) in stored and stored[sheet.id, criterion.id].kind is not ScoreKind.MISSING
    }
    if len(grades) == len(call.criteria):
        ASSIGNMENT.fire("finish", sheet, by=by, grades=grades, criteria=len(call.criteria))


def _recorded(
    action: str, application: Application, reviewer: Reviewer, reason: str, before: Entry, by: Actor
) -> Shift:
    db.session.flush()
    shift = Shift(before, queries.entry_of(application))
    trail.record(
        action,
        application,
        by=by,
        reviewer=reviewer.label,
        reason=reason.strip(),
        before=_figures(shift.before),
        after=_figures(shift.after),
    )
    return shift


def _figures(entry: Entry) -> dict[str, Any]:
    mean = None if entry.exact_mean is None else rounded_mean(entry.exact_mean)
    return {"mean": mean, "reviews": entry.reviews, "assigned": entry.assigned, "conflicts": entry.conflicts}
