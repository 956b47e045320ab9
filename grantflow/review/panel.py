"""The verbs of a committee: who sits in it, who reads what, and when it is confirmed, closed, opened again."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from grantflow.accounts.models import User
from grantflow.applications.models import Application
from grantflow.audit import trail
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.permissions import Permission
from grantflow.review import committee, queries
from grantflow.review.committee import Panel
from grantflow.review.models import Assignment, AssignmentStatus, Committee, CommitteeStatus, Reviewer, Score
from grantflow.review.operations import hold
from grantflow.review.queries import FOUND_ELIGIBLE
from grantflow.review.sheets import name_of
from grantflow.review.workflow import ASSIGNMENT, COMMITTEE

LONGEST_LABEL = 200


def committee_of(call: Call) -> Committee:
    """The committee of the call; a new one that is not stored where nobody confirmed it yet."""
    found = db.session.scalar(select(Committee).where(Committee.call_id == call.id))
    return found or Committee(call_id=call.id, status=COMMITTEE.start, version=1)


def move(name: str, call: Call, *, by: Actor, reason: str = "") -> None:
    """Take the committee of the call along `name`: confirm, lock, resume or reopen.

    A confirmed committee takes in no new member; a locked one takes no scores from its members; one that is opened
    again allows a version of the call with other criteria, and keeps the scores as they were.
    """
    hold(call)
    row = committee_of(call)
    if row not in db.session:
        db.session.add(row)
        db.session.flush()
    words = {"reason": reason.strip()} if COMMITTEE.transitions[name].ask_reason else {}
    COMMITTEE.fire(name, row, by=by, call=call.slug, **words)


def seat(call: Call, user: User, *, by: Actor) -> Reviewer:
    """Take somebody with the role of a reviewer into the committee; refused once it is confirmed."""
    panel = _open_panel(call, user.email, by)
    if user.id not in panel.with_the_role:
        raise Refused(
            _("%(name)s には、この公募の「審査委員」の役割がありません。先に役割を付けてください。", name=user.name)
        )
    label = panel.label_of(user.email)
    if label in panel.members and panel.members[label].user_id == user.id:
        raise Refused(_("%(name)s は、もう審査委員会の委員です。", name=user.name))
    return _seated(panel.members.get(label), call, label, user, by)


def seat_by_name(call: Call, label: str, *, by: Actor) -> Reviewer:
    """Take somebody without an account into the committee, known by name; refused once it is confirmed."""
    name = " ".join(label.split())
    if not name or len(name) > LONGEST_LABEL:
        raise Refused(_("委員の呼び名を、%(limit)s文字以内で書いてください。", limit=LONGEST_LABEL))
    panel = _open_panel(call, name, by)
    if name in panel.members:
        raise Refused(_("「%(name)s」という委員は、もういます。別の呼び名にしてください。", name=name))
    if panel.account(name) is not None:
        raise Refused(_("「%(name)s」はアカウントの電子メールです。上の欄から選んで加えてください。", name=name))
    return _seated(None, call, name, None, by)


def _open_panel(call: Call, cell: str, by: Actor) -> Panel:
    authorize(by, Permission.PANEL_MANAGE, call)
    hold(call)
    if committee.status(call) is not CommitteeStatus.OPEN:
        raise Refused(_("審査委員会の構成は確定しています。委員を変えるときは、理由を添えて開き直してください。"))
    return committee.panel(call, {cell})


def _seated(row: Reviewer | None, call: Call, label: str, user: User | None, by: Actor) -> Reviewer:
    verb = "reviewers.add" if row is None else "reviewers.link"
    if row is None:
        row = Reviewer(call_id=call.id, label=label)
        db.session.add(row)
    row.user_id = user.id if user else None
    trail.record(verb, row, by=by, label=label, account=str(row.user_id or ""))
    db.session.flush()
    return row


def unseat(reviewer: Reviewer, *, by: Actor) -> None:
    """Take a member out who was given nothing; refused once the committee is confirmed."""
    authorize(by, Permission.PANEL_MANAGE, reviewer)
    call = db.session.get_one(Call, reviewer.call_id)
    _open_panel(call, reviewer.label, by)
    if queries.has_anything(reviewer):
        raise Refused(
            _(
                "%(name)s には割り当てた応募か利益相反の記録があるため、外せません。割当を外してから外してください。",
                name=name_of(reviewer),
            )
        )
    trail.record("reviewers.remove", reviewer, by=by, label=reviewer.label)
    db.session.delete(reviewer)


def assign_reviewers(application: Application, chosen: Sequence[Reviewer], *, by: Actor) -> tuple[int, int]:
    """Let exactly `chosen` and whoever is struck read the proposal; returns how many were added and taken away.

    Refused for somebody in conflict with it, and where a sheet that would go has something on it.
    """
    held = {row.reviewer_id: row for row in queries.assignments_of(application)}
    wanted = {reviewer.id for reviewer in chosen}
    add = [(application, reviewer) for reviewer in chosen if reviewer.id not in held]
    return change(application.call, add, [row for key, row in held.items() if key not in wanted], by=by)


def assign_applications(
    reviewer: Reviewer, shown: Iterable[Application], chosen: Sequence[Application], *, by: Actor
) -> tuple[int, int]:
    """Let the reviewer read exactly `chosen` of the proposals `shown`; returns how many were added and taken away."""
    call = db.session.get_one(Call, reviewer.call_id)
    listed = {application.id for application in shown}
    held = {row.application_id: row for row in queries.assignments_to(reviewer) if row.application_id in listed}
    wanted = {application.id for application in chosen}
    add = [(application, reviewer) for application in chosen if application.id not in held]
    return change(call, add, [row for key, row in held.items() if key not in wanted], by=by)


def change(
    call: Call, add: Sequence[tuple[Application, Reviewer]], leave: Sequence[Assignment], *, by: Actor
) -> tuple[int, int]:
    """Add and take away sheets of the call, all or none; returns how many were added and taken away.

    Refused once scoring is closed, for a pair in conflict, a proposal that is not reviewed, and a sheet that would go
    with something on it.
    """
    authorize(by, Permission.PANEL_MANAGE, call)
    hold(call)
    if committee.status(call) is CommitteeStatus.LOCKED:
        raise Refused(_("採点は締め切られています。割当を変えるときは、理由を添えて採点を再開してください。"))
    going = [row for row in leave if row.status is not AssignmentStatus.RECUSED]
    _refuse_what_would_be_lost(going)
    struck = committee.struck_pairs(call)
    for application, reviewer in add:
        if (application.id, reviewer.label) in struck:
            raise Refused(
                _(
                    "%(name)s には %(number)s との利益相反が記録されているため、割り当てられません。",
                    name=name_of(reviewer),
                    number=application.number,
                )
            )
        if application.status not in FOUND_ELIGIBLE:
            raise Refused(_("%(number)s は審査の対象ではないため、割り当てられません。", number=application.number))
    for application, reviewer in add:
        _give(call, application, reviewer, by)
    for row in going:
        trail.record("assignments.remove", row, by=by, number=row.application.number, reviewer=row.reviewer.label)
        db.session.delete(row)
    db.session.flush()
    return len(add), len(going)


def _give(call: Call, application: Application, reviewer: Reviewer, by: Actor) -> None:
    row = Assignment(
        call_id=call.id, application_id=application.id, reviewer_id=reviewer.id, status=ASSIGNMENT.start, version=1
    )
    db.session.add(row)
    trail.record("assignments.offer", row, by=by, number=application.number, reviewer=reviewer.label)


def _refuse_what_would_be_lost(going: Sequence[Assignment]) -> None:
    if not going:
        return
    touched = select(Score.assignment_id, func.count()).where(Score.assignment_id.in_([row.id for row in going]))
    written = dict(db.session.execute(touched.group_by(Score.assignment_id)).all())
    for row in going:
        if written.get(row.id):
            raise Refused(
                _(
                    "%(name)s が %(number)s に付けた評点があるため、この割当は外せません。",
                    name=name_of(row.reviewer),
                    number=row.application.number,
                )
            )
