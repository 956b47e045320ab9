"""The pages of a reviewer: their sheets in a call, the answer on a conflict of interest, the scoring page."""

from typing import Any

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.applications.models import Application
from grantflow.applications.queries import handed_in
from grantflow.audit import trail
from grantflow.calls.models import Call
from grantflow.calls.queries import definition
from grantflow.core import clock
from grantflow.core.authorization import permits
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.web import Page, actor, attempt, page, remember, say, subject, wants_json
from grantflow.core.words import _
from grantflow.permissions import Permission
from grantflow.review import committee, operations, queries, reading, scoring, scoring_forms
from grantflow.review.models import OPENED, Assignment, AssignmentStatus, CommitteeStatus, ConflictKind
from grantflow.review.scoring import SavedMeanwhile
from grantflow.review.scoring_forms import YES, ConflictForm, Typed
from grantflow.review.sheets import filled

bp = Blueprint("scoring", __name__)

CONFLICT, UNPROCESSABLE = 409, 422


@bp.get("/calls/<slug>/sheets")
@subject(Call, Permission.SHEET_LIST, key="slug")
def index(call: Call) -> Page:
    """The proposals that a reviewer was given in the call, and what each waits for."""
    return page(
        "review/own_sheets.html",
        call=call,
        heap=reading.heap(call, actor()),
        committee=committee.status(call),
        due=definition(call).schedule.scores_due_at,
    )


@bp.get("/sheets/<uuid:id>")
@subject(Assignment, Permission.SHEET_READ)
def sheet(assignment: Assignment) -> Page:
    """One reviewer's sheet of one proposal: their own to be filled in, for others to be read."""
    if not permits(actor(), Permission.SHEET_ANSWER, assignment):
        return _to_read(assignment)
    if assignment.status not in OPENED:
        return _question(assignment, ConflictForm(formdata=None))
    _remember_reading(assignment.application)
    return _own(assignment)


def _remember_reading(application: Application) -> None:
    reader = actor()
    remember(lambda: trail.record("applications.read", application, by=reader))


def _to_read(assignment: Assignment) -> Page:
    application, reader = assignment.application, actor()
    remember(lambda: trail.record("assignments.read", assignment, by=reader))
    return page(
        "review/sheet.html",
        call=application.call,
        application=application,
        sheet=filled([assignment], application.call.criteria, queries.scores_of([assignment]))[0],
    )


def _question(assignment: Assignment, form: ConflictForm) -> Page:
    """Whether there is a conflict: before the answer only the title and the group are shown."""
    return page(
        "review/question.html",
        call=assignment.application.call,
        application=assignment.application,
        sheet=assignment,
        heap=reading.heap(assignment.application.call, actor()),
        kinds=list(ConflictKind),
        form=form,
    )


@bp.post("/sheets/<uuid:id>/answer")
@subject(Assignment, Permission.SHEET_ANSWER)
def answer(assignment: Assignment) -> Page | ResponseReturnValue:
    """Answer the question of a conflict: no opens the proposal, yes closes it at once, also later on."""
    form = ConflictForm()
    call = assignment.application.call
    if form.validate_on_submit() and attempt(form, lambda: _answer(assignment, form)):
        if form.answer.data == YES:
            say(_("利益相反を記録しました。この応募は見られなくなりました。"))
            return redirect(url_for(".index", slug=call.slug))
        return redirect(url_for(".sheet", id=assignment.id))
    if assignment.status in OPENED:
        return _own(assignment, conflict_form=form)
    return _question(assignment, form)


def _answer(assignment: Assignment, form: ConflictForm) -> None:
    if form.answer.data == YES:
        operations.stand_aside(assignment, ConflictKind(form.kind.data), str(form.words.data), by=actor())
    else:
        scoring.accept(assignment, by=actor())


@bp.post("/sheets/<uuid:id>/scores")
@subject(Assignment, Permission.SHEET_FILL)
def save(assignment: Assignment) -> Page | ResponseReturnValue:
    """Store what was typed: one line at a time from the page's own module, or the whole sheet from its form."""
    call = assignment.application.call
    sent = scoring_forms.typed(call, request.form)
    seen, goal = request.form.get("version", ""), request.form.get("goal", "")
    try:
        with db.session.begin_nested():
            saved = scoring.save(assignment, sent.answers, seen, by=actor())
    except Refused as refusal:
        return _not_saved(assignment, sent, str(refusal), UNPROCESSABLE)
    except SavedMeanwhile:
        return _not_saved(assignment, sent, "", CONFLICT)
    if sent.problems:
        return _not_saved(assignment, sent, next(iter(sent.problems.values())), UNPROCESSABLE)
    if wants_json():
        return jsonify(_state(assignment, saved.answered))
    if goal == "file":
        return _filed(assignment)
    say(_told())
    return redirect(_after(assignment, goal))


def _told() -> str:
    return _("%(time)s に保存しました。", time=clock.now().strftime("%H:%M"))


def _state(assignment: Assignment, answered: int) -> dict[str, Any]:
    every = len(assignment.application.call.criteria)
    return {
        "version": assignment.version,
        "told": _told(),
        "answered": _("%(all)s項目中%(done)s項目", all=every, done=answered),
    }


def _not_saved(assignment: Assignment, sent: Typed, sentence: str, status: int) -> Page | ResponseReturnValue:
    if wants_json():
        return jsonify({"told": sentence or _saved_elsewhere()}), status
    if assignment.status is not AssignmentStatus.ACCEPTED or status == UNPROCESSABLE:
        return _own(assignment, sent=sent, refusals=[sentence]).with_status(status)
    stored = scoring.answers(assignment)
    return _own(
        assignment, sent=sent, two_versions=scoring_forms.both(assignment.application.call, stored, sent)
    ).with_status(status)


def _saved_elsewhere() -> str:
    return _("別の画面で先に保存されています。「保存する」を押すと、両方を見比べられます。")


def _after(assignment: Assignment, goal: str) -> str:
    if goal == "next":
        call = assignment.application.call
        following = reading.heap(call, actor()).next_after(assignment.id)
        return url_for(".sheet", id=following.id) if following else url_for(".index", slug=call.slug)
    return url_for(".sheet", id=assignment.id)


def _filed(assignment: Assignment) -> Page | ResponseReturnValue:
    """Hand the sheet in, or list its gaps."""
    criteria = assignment.application.call.criteria
    missing = scoring.gaps(criteria, scoring.answers(assignment))
    if missing:
        return _own(assignment, missing=missing).with_status(UNPROCESSABLE)
    try:
        with db.session.begin_nested():
            scoring.file(assignment, by=actor())
    except Refused as refusal:
        return _own(assignment, refusals=[str(refusal)]).with_status(UNPROCESSABLE)
    say(_("%(number)s の採点表を提出しました。", number=assignment.application.number))
    return redirect(url_for(".sheet", id=assignment.id))


@bp.post("/sheets/<uuid:id>/reopen")
@subject(Assignment, Permission.SHEET_FILL)
def reopen(assignment: Assignment) -> ResponseReturnValue:
    """Take one's own filed sheet back, to change it, as long as scoring is not closed."""
    scoring.reopen(assignment, by=actor())
    say(_("採点表を開き直しました。直したら、もう一度提出してください。"))
    return redirect(url_for(".sheet", id=assignment.id))


def _own(assignment: Assignment, *, sent: Typed | None = None, **more: Any) -> Page:
    application = assignment.application
    call, stored = application.call, scoring.answers(assignment)
    says = definition(call)
    heap = reading.heap(call, actor())
    anchors = {criterion.key: criterion.anchors for criterion in says.criteria}
    shown = scoring_forms.lines(call, stored, anchors, sent)
    before, after = heap.neighbours(assignment.id)
    return page(
        "review/scoring.html",
        dossier=handed_in(application),
        call=call,
        application=application,
        sheet=assignment,
        is_filed=assignment.status is AssignmentStatus.SCORED,
        locked=committee.status(call) is CommitteeStatus.LOCKED,
        groups=scoring_forms.grouped(shown),
        grades=range(call.scale_min, call.scale_max + 1),
        spelled=scoring_forms.spelled,
        answered=len(shown) - len(scoring.gaps(call.criteria, stored)),
        heap=heap,
        before=before,
        after=after,
        due=says.schedule.scores_due_at,
        **_others(assignment),
        **{"conflict_form": ConflictForm(formdata=None), **more},
    )


def _others(assignment: Assignment) -> dict[str, Any]:
    if not reading.sees_others(assignment):
        return {"others": (), "entry": None}
    sheets = reading.others(assignment)
    return {
        "others": filled(sheets, assignment.application.call.criteria, queries.scores_of(sheets)),
        "entry": queries.entry_of(assignment.application),
    }
