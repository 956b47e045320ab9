"""The pages of officer checks: the results, for whoever checks officers and the secretariat, and their recording."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.applications import checking, officer_checks
from grantflow.applications.officer_check_forms import (
    ChecksForm,
    LetterForm,
    RecordForm,
    Row,
    fill,
    rows_now,
    rows_sent,
)
from grantflow.applications.screening_models import CheckResult
from grantflow.calls import queries as calls
from grantflow.calls.models import Call
from grantflow.core.authorization import permits
from grantflow.core.web import Page, actor, attempt, page, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission

bp = Blueprint("officer_checks", __name__)

UNPROCESSABLE = 422


@bp.get("/calls/<slug>/officers/results")
@subject(Call, Permission.CHECK_LIST, key="slug")
def index(call: Call) -> Page:
    """What was answered about the officers of each proposal; whoever checks them records it here."""
    records = permits(actor(), Permission.OFFICERS_LIST, call)
    permission = Permission.CHECK_RECORD if records else Permission.CHECK_READ
    rows = rows_now(officer_checks.rows(call, actor(), permission), officer_checks.of_call(call))
    return _page(call, ChecksForm(formdata=None), rows, records=records)


def _page(call: Call, form: LetterForm, rows: list[Row], *, records: bool = True) -> Page:
    shown = page(
        "applications/officer_checks.html",
        call=call,
        form=form,
        rows=rows,
        records=records,
        choices=[("", _("選ばない")), *((each.value, each.label) for each in CheckResult)],
        before=calls.definition_of(call.id, call.definition_version).officers.check_before,
    )
    return shown.with_status(UNPROCESSABLE) if any(row.problem for row in rows) else shown


def _sent(call: Call) -> list[Row]:
    applications = officer_checks.rows(call, actor(), Permission.CHECK_RECORD)
    return rows_sent(applications, officer_checks.of_call(call), request.form)


@bp.post("/calls/<slug>/officers/results/check")
@subject(Call, Permission.OFFICERS_LIST, key="slug")
def check(call: Call) -> Page | ResponseReturnValue:
    """Show what would be recorded; nothing is written."""
    form, rows = ChecksForm(), _sent(call)
    problem = fill(rows, str(form.paste.data or ""))
    valid = form.validate_on_submit()
    if problem:
        form.paste.errors = [*form.paste.errors, *problem.split("\n")]
    if problem or not valid or any(row.problem for row in rows):
        return _page(call, form, rows)
    found = checking.changes(call, [one for row in rows if (one := row.answer)])
    if not found:
        say(_("変わる結果はありません。結果を選び直すか、回答の一覧を貼り付けてください。"), "info")
        return redirect(url_for(".index", slug=call.slug))
    again = RecordForm(formdata=None, data={"on": form.on.data, "reference": form.reference.data})
    return _effects(call, again, rows)


def _effects(call: Call, form: RecordForm, rows: list[Row]) -> Page:
    chosen = [one for row in rows if (one := row.answer)]
    changed = {one.application.id for one in checking.changes(call, chosen)}
    return page(
        "applications/officer_checks_effects.html",
        call=call,
        form=form,
        rows=[row for row in rows if row.application.id in changed],
        labels={each.value: each.label for each in CheckResult},
    )


@bp.post("/calls/<slug>/officers/results")
@subject(Call, Permission.OFFICERS_LIST, key="slug")
def record(call: Call) -> Page | ResponseReturnValue:
    """Record all that was shown; a result that somebody else recorded meanwhile stops it."""
    form, rows = RecordForm(), _sent(call)
    answers = [one for row in rows if (one := row.answer) and not row.problem]
    counts: list[int] = []
    if form.validate_on_submit() and attempt(
        form, lambda: counts.append(checking.record(call, answers, form.letter, by=actor()))
    ):
        say(_("%(count)s件の結果を記録しました。", count=counts[0]))
        return redirect(url_for(".index", slug=call.slug))
    return _effects(call, form, rows)
