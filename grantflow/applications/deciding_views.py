"""The pages on which the first screening is decided for many proposals: a draft, its effects, and all or nothing."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.applications import deciding
from grantflow.applications.deciding import Verdict
from grantflow.applications.deciding_forms import ApplyForm, DecideForm, Line, lines_of, sent_ids
from grantflow.calls.models import Call
from grantflow.core.web import Page, actor, attempt, page, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission

bp = Blueprint("deciding", __name__)


@bp.get("/calls/<slug>/screening/decide")
@subject(Call, Permission.ELIGIBILITY_DECIDE, key="slug")
def index(call: Call) -> Page:
    """What is proposed for every proposal that waits: eligible where the screening left nothing open."""
    rows = deciding.waiting(call, actor())
    ready = deciding.looked_through(rows)
    lines = [Line(row, Verdict.ELIGIBLE.value if row.id in ready else "", seen=row.version) for row in rows]
    return _page(call, DecideForm(formdata=None), lines)


def _page(call: Call, form: DecideForm, lines: list[Line]) -> Page:
    wrong = any(line.problem for line in lines)
    shown = page(
        "applications/decide.html",
        call=call,
        form=form,
        lines=lines,
        choices=[("", _("まだ決めない")), *((each.value, each.label) for each in Verdict)],
        overdue={line.application.id for line in lines if deciding.is_overdue(line.application)},
    )
    return shown.with_status(422) if wrong else shown


@bp.post("/calls/<slug>/screening/decide/check")
@subject(Call, Permission.ELIGIBILITY_DECIDE, key="slug")
def check(call: Call) -> Page | ResponseReturnValue:
    """Show what would become of each proposal, and whom it tells; nothing is written."""
    form = DecideForm()
    lines = lines_of(list(deciding.known(call, sent_ids(request.form), actor()).values()), request.form)
    if not form.validate_on_submit() or any(line.problem for line in lines):
        return _page(call, form, lines)
    if not any(line.verdict for line in lines):
        say(_("決める応募がありません。1件以上で「審査対象とする」か「対象外とする」を選んでください。"), "info")
        return redirect(url_for(".index", slug=call.slug))
    return _effects(call, ApplyForm(formdata=None), lines)


def _effects(call: Call, form: ApplyForm, lines: list[Line]) -> Page:
    decided = [one for line in lines if (one := line.decided)]
    found = deciding.effects(decided, by=actor())
    return page(
        "applications/decide_effects.html",
        call=call,
        form=form,
        effects=found,
        left=len(lines) - len(decided),
        lines=lines,
        stopped=sum(bool(each.obstacles) for each in found),
        counts={each: sum(one.verdict is each for one in decided) for each in Verdict},
    )


@bp.post("/calls/<slug>/screening/decide")
@subject(Call, Permission.ELIGIBILITY_DECIDE, key="slug")
def apply(call: Call) -> Page | ResponseReturnValue:
    """Decide on all of them in one transaction; a proposal that changed since the draft stops it."""
    form = ApplyForm()
    lines = lines_of(list(deciding.known(call, sent_ids(request.form), actor()).values()), request.form)
    if any(line.problem for line in lines):
        return _page(call, DecideForm(formdata=None), lines)
    decided = [one for line in lines if (one := line.decided)]
    if form.validate_on_submit() and attempt(form, lambda: deciding.apply(call, decided, by=actor())):
        say(_("%(count)s件を決めました。", count=len(decided)))
        return redirect(url_for("applications.index", slug=call.slug))
    return _effects(call, form, lines)
