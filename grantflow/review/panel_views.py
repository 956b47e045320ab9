"""The pages of a committee: its members, who reads what, its confirmation, and the files that committees need."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.applications.models import Application
from grantflow.calls.exports import exported
from grantflow.calls.models import Call
from grantflow.calls.queries import definition
from grantflow.core.db import db
from grantflow.core.paging import Paging
from grantflow.core.refusals import Refused
from grantflow.core.web import Page, actor, attempt, page, say, subject
from grantflow.core.words import _
from grantflow.documents.values import Report, Sheet
from grantflow.documents.writing import Form, write
from grantflow.permissions import Permission
from grantflow.review import committee, exports, panel, queries
from grantflow.review.models import Reviewer
from grantflow.review.panel_forms import CONSEQUENCES, CommitteeForm, SeatForm
from grantflow.review.sheets import name_of
from grantflow.review.workflow import COMMITTEE

bp = Blueprint("panel", __name__)


@bp.get("/calls/<slug>/panel")
@subject(Call, Permission.PANEL_MANAGE, key="slug")
def show(call: Call) -> Page:
    """The committee of a call: its members and their load, by how many each proposal is read, what comes next."""
    return _panel(call)


def _panel(call: Call, **forms: Any) -> Page:
    seat_form = forms.pop("seat_form", None) or SeatForm(formdata=None)
    seat_form.offer(committee.unseated(call))
    wanted, short = definition(call).review.reviewers_per_application, "short" in request.args
    rows = committee.covered(call, actor())
    too_few = [row for row in rows if row.readers < wanted]
    listed = too_few if short else rows
    paging = Paging.of(request.args.get("page"), len(listed))
    chosen: dict[str, Any] = {"short": 1} if short else {}
    return page(
        "review/panel.html",
        call=call,
        committee=committee.status(call),
        loads=committee.loads(call),
        rows=listed[paging.offset : paging.offset + paging.size],
        count=len(rows),
        too_few=len(too_few),
        short=short,
        wanted=wanted,
        paging=paging,
        links=paging.links(lambda number: url_for(".show", slug=call.slug, page=number, _anchor="proposals", **chosen)),
        moves=COMMITTEE.available(panel.committee_of(call), actor()),
        consequences=CONSEQUENCES,
        progress=queries.progress(call),
        seat_form=seat_form,
        **{"move_form": CommitteeForm(formdata=None), "asked": "", **forms},
    )


@bp.post("/calls/<slug>/panel/members")
@subject(Call, Permission.PANEL_MANAGE, key="slug")
def seat(call: Call) -> Page | ResponseReturnValue:
    """Take a member into the committee."""
    form, known = SeatForm(), {str(user.id): user for user in committee.unseated(call)}
    form.offer(list(known.values()))

    def act() -> None:
        if form.user.data:
            panel.seat(call, known[form.user.data], by=actor())
        else:
            panel.seat_by_name(call, form.name.data or "", by=actor())

    if form.validate_on_submit() and attempt(form, act):
        say(_("審査委員会に委員を加えました。"))
        return redirect(url_for(".show", slug=call.slug))
    return _panel(call, seat_form=form)


@bp.post("/reviewers/<uuid:id>/unseat")
@subject(Reviewer, Permission.PANEL_MANAGE)
def unseat(reviewer: Reviewer) -> ResponseReturnValue:
    """Take a member out of the committee who was given nothing."""
    call, name = db.session.get_one(Call, reviewer.call_id), name_of(reviewer)
    panel.unseat(reviewer, by=actor())
    say(_("%(name)s を審査委員会から外しました。", name=name))
    return redirect(url_for(".show", slug=call.slug))


@bp.post(f"/calls/<slug>/panel/<any({', '.join(CONSEQUENCES)}):name>")
@subject(Call, Permission.PANEL_MANAGE, key="slug")
def move(call: Call, name: str) -> Page | ResponseReturnValue:
    """Confirm the committee, close the scoring, or take either back with a reason."""
    form = CommitteeForm()
    if form.validate_on_submit() and attempt(
        form, lambda: panel.move(name, call, by=actor(), reason=form.reason.data or "")
    ):
        say(_("審査委員会の状態を「%(state)s」にしました。", state=committee.status(call).label))
        return redirect(url_for(".show", slug=call.slug))
    return _panel(call, move_form=form, asked=name)


@bp.route("/applications/<uuid:id>/reviewers", methods=["GET", "POST"])
@subject(Application, Permission.PANEL_MANAGE)
def of_application(application: Application) -> Page | ResponseReturnValue:
    """Who reads a proposal."""
    call, refusal = application.call, ""
    loads = committee.loads(call)
    held = {row.reviewer_id: row for row in queries.assignments_of(application)}
    chosen = {str(key) for key in held}
    if request.method == "POST":
        chosen = set(request.form.getlist("reviewer"))
        wanted = [load.reviewer for load in loads if str(load.reviewer.id) in chosen]
        try:
            with db.session.begin_nested():
                added, gone = panel.assign_reviewers(application, wanted, by=actor())
            say(_changed(added, gone))
            return redirect(url_for(".show", slug=call.slug))
        except Refused as problem:
            refusal = str(problem)
    answer = page(
        "review/assign_reviewers.html",
        call=call,
        application=application,
        loads=loads,
        held=held,
        chosen=chosen,
        struck={label for id_, label in committee.struck_pairs(call) if id_ == application.id},
        wanted=definition(call).review.reviewers_per_application,
        refusal=refusal,
    )
    return answer.with_status(422) if refusal else answer


@bp.route("/reviewers/<uuid:id>/applications", methods=["GET", "POST"])
@subject(Reviewer, Permission.PANEL_MANAGE)
def of_reviewer(reviewer: Reviewer) -> Page | ResponseReturnValue:
    """What a member reads: the proposals of the call, page by page."""
    call, refusal = db.session.get_one(Call, reviewer.call_id), ""
    wanted = definition(call).review.reviewers_per_application
    rows = committee.covered(call, actor())
    paging = Paging.of(request.args.get("page"), len(rows))
    held = {row.application_id: row for row in queries.assignments_to(reviewer)}
    chosen = {str(key) for key in held}
    if request.method == "POST":
        chosen = set(request.form.getlist("application"))
        try:
            with db.session.begin_nested():
                shown = committee.to_review(call, actor(), _ids(request.form.getlist("shown")))
                picked = [row for row in shown if str(row.id) in chosen]
                added, gone = panel.assign_applications(reviewer, shown, picked, by=actor())
            say(_changed(added, gone))
            return redirect(url_for(".of_reviewer", id=reviewer.id, page=paging.number))
        except Refused as problem:
            refusal = str(problem)
    answer = page(
        "review/assign_applications.html",
        call=call,
        reviewer=reviewer,
        name=name_of(reviewer),
        rows=rows[paging.offset : paging.offset + paging.size],
        count=len(rows),
        held=held,
        chosen=chosen,
        struck={id_ for id_, label in committee.struck_pairs(call) if label == reviewer.label},
        wanted=wanted,
        given=sum(row.status.value != "recused" for row in held.values()),
        links=paging.links(lambda number: url_for(".of_reviewer", id=reviewer.id, page=number)),
        paging=paging,
        refusal=refusal,
    )
    return answer.with_status(422) if refusal else answer


def _ids(texts: Sequence[str]) -> set[uuid.UUID]:
    found = set()
    for text in texts[:1000]:
        try:
            found.add(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _changed(added: int, gone: int) -> str:
    if not added and not gone:
        return _("割当は変わっていません。")
    return _("割当を%(added)s件加え、%(gone)s件外しました。", added=added, gone=gone)


@bp.get("/calls/<slug>/scores.<any(csv, xlsx):extension>")
@subject(Call, Permission.REVIEW_EXPORT, key="slug")
def scores_file(call: Call, extension: str) -> Response:
    """A row for each proposal, reviewer and criterion; the workbook's second sheet is the summary."""
    rows, summary = exports.lines(call, actor()), exports.summary(call, actor())
    report = exports.report(call, rows) if extension == "csv" else exports.report(call, rows, summary)
    return _file(call, report, f"{call.slug}-scores", Form(extension), len(rows.rows))


@bp.get("/calls/<slug>/scores-summary.csv")
@subject(Call, Permission.REVIEW_EXPORT, key="slug")
def summary_file(call: Call) -> Response:
    """A row for each proposal: its place and mean as the ranking shows them, by how many it was read."""
    summary = exports.summary(call, actor())
    return _file(call, exports.report(call, summary), f"{call.slug}-scores-summary", Form.CSV, len(summary.rows))


def _file(call: Call, report: Report | Sheet, name: str, form: Form, rows: int) -> Response:
    return exported(call, write(report, form), f"{name}.{form.extension}", form.media_type, rows=rows)
