"""The pages of the first screening (形式審査): what was found in a proposal beside what the secretariat looks at."""

from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.applications import queries, screened, screening_records
from grantflow.applications.forms import ListQuery
from grantflow.applications.models import Application, ApplicationStatus, ScreeningVerdict
from grantflow.applications.queries import Sort
from grantflow.applications.screened import Screened
from grantflow.applications.screening.finding import Finding
from grantflow.applications.screening_forms import (
    ChecklistForm,
    Left,
    Line,
    SeenForm,
    compared,
    lines,
    typed,
    versions_sent,
)
from grantflow.applications.screening_records import AnsweredMeanwhile
from grantflow.applications.workflow import APPLICATION
from grantflow.calls.models import Call
from grantflow.core.paging import Paging
from grantflow.core.web import Page, actor, attempt, page, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission

bp = Blueprint("screening", __name__)

CONFLICT, UNPROCESSABLE = 409, 422
#: The orders in which the list can stand.
SORTS = (Sort.NUMBER, Sort.ORGANIZATION, Sort.TIER)


@bp.get("/calls/<slug>/screening")
@subject(Call, Permission.APPLICATION_SCREEN, key="slug")
def index(call: Call) -> Page:
    """Every received proposal: how much was found and not looked at, how many items are answered, where it stands."""
    query = ListQuery.of(request.args, [tier.key for tier in call.tiers], with_status=True)
    asked = request.args.get("left", "")
    left = Left(asked) if asked in set(Left) else Left.ALL
    counts = queries.counts(call, actor())
    rows, paging = _page_of(call, query, left)
    arguments = query.arguments | ({"left": left.value} if left.value else {})
    return page(
        "applications/screenings.html",
        call=call,
        rows=rows,
        counts=counts,
        waiting=counts.of(None, ApplicationStatus.SUBMITTED),
        query=query,
        left=left,
        left_choices=[(each.value, each.label) for each in Left],
        chips=_chips(call, query, left, arguments),
        sort_urls={sort.value: _url(call, arguments | {"sort": query.order_by(sort)}) for sort in SORTS},
        orders={sort.value: query.sorted_by(sort) for sort in SORTS},
        tier_choices=[(tier.key, tier.name) for tier in call.tiers],
        status_choices=[(state.value, state.label) for state in ApplicationStatus if state is not APPLICATION.start],
        links=paging.links(lambda number: _url(call, arguments | {"page": str(number)})),
        paging=paging,
    )


def _page_of(call: Call, query: ListQuery, left: Left) -> tuple[list[Screened], Paging]:
    """One page of the list; what is narrowed by what is left to look at has to be looked through whole."""
    if left is Left.ALL:
        listed, paging = queries.page_of(
            call, actor(), query.filters, query.sort, falling=query.falling, page=query.page
        )
        return screened.screened(call, screened.of_ids([row.id for row in listed])), paging
    whole = queries.all_of(call, actor(), query.filters, query.sort, falling=query.falling)
    rows = [row for row in screened.screened(call, whole) if left.holds(row)]
    paging = Paging.of(query.page, len(rows))
    return rows[paging.offset : paging.offset + paging.size], paging


def _url(call: Call, arguments: dict[str, str]) -> str:
    values: dict[str, Any] = {"slug": call.slug, **arguments}
    return url_for(".index", **values)


def _chips(call: Call, query: ListQuery, left: Left, asked: dict[str, str]) -> list[dict[str, str]]:
    """What narrows the list, each with the address that takes it away."""
    tiers = {tier.key: tier.name for tier in call.tiers}
    words = {
        "q": _("「%(words)s」を含む", words=query.filters.text),
        "tier": tiers.get(query.filters.tier, ""),
        "status": query.filters.status.label if query.filters.status else "",
        "left": left.label,
    }
    return [
        {"label": words[name], "remove_url": _url(call, {each: asked[each] for each in asked if each != name})}
        for name in words
        if name in asked
    ]


@bp.route("/applications/<uuid:id>/screening", methods=["GET", "POST"])
@subject(Application, Permission.APPLICATION_SCREEN)
def show(application: Application) -> Page | ResponseReturnValue:
    """What was found in the proposal, and the items that the secretariat answers."""
    of, form = _screened(application), ChecklistForm()
    if not form.is_submitted():
        return _show(of, form, lines(of))
    shown = typed(of, request.form)
    if not form.validate() or any(line.problem for line in shown):
        return _show(of, form, shown).with_status(UNPROCESSABLE)
    changed: list[int] = []
    try:
        if not attempt(form, lambda: changed.append(_answer(of, shown))):
            return _show(of, form, shown)
    except AnsweredMeanwhile as meanwhile:
        return _show(of, form, shown, two_versions=compared(shown, meanwhile.items)).with_status(CONFLICT)
    say(_("%(number)s：形式審査の項目を%(count)s件保存しました。", number=application.number, count=changed[0]))
    return redirect(url_for(".show", id=application.id))


def _screened(application: Application) -> Screened:
    """What was received of the proposal; one that its group only writes is nobody else's to look at."""
    if application.number is None:
        abort(404)
    return screened.one_screened(application)


def _answer(of: Screened, shown: list[Line]) -> int:
    return screening_records.answer(
        of.application,
        {line.item.key: line.looked for line in shown},
        seen=versions_sent(of, request.form),
        of_version=of.version,
        by=actor(),
    )


def _show(of: Screened, form: ChecklistForm, shown: list[Line], **more: Any) -> Page:
    application = of.application
    return page(
        "applications/screening.html",
        call=application.call,
        application=application,
        of=of,
        form=form,
        lines=shown,
        verdicts=list(ScreeningVerdict),
        parts=[("", _("選ばない")), *((one.part.value, one.name) for one in of.dossier.told)],
        moves=[
            move
            for move in APPLICATION.available(application, actor())
            if move.name in ("find_eligible", "find_ineligible") and not APPLICATION.obstacles(move.name, application)
        ],
        obstacles=list(
            dict.fromkeys(
                each for name in ("find_eligible", "return") for each in APPLICATION.obstacles(name, application)
            )
        )
        if application.status is ApplicationStatus.SUBMITTED
        else [],
        **{"seen_form": SeenForm(formdata=None), "wrong": "", **more},
    )


@bp.post("/applications/<uuid:id>/screening/findings/<finding>")
@subject(Application, Permission.APPLICATION_SCREEN)
def look(application: Application, finding: str) -> Page | ResponseReturnValue:
    """Note that somebody looked at what was found, and why it is no problem."""
    of, form = _screened(application), SeenForm()
    known = _known(of, finding)
    if known is None:
        return _changed(application)
    if form.validate_on_submit() and attempt(
        form, lambda: screening_records.look(application, known, str(form.note.data or ""), by=actor())
    ):
        say(_("「%(kind)s」を、見て問題がないと記録しました。", kind=known.kind.label))
        return redirect(url_for(".show", id=application.id, _anchor="findings"))
    return _show(of, ChecklistForm(formdata=None), lines(of), seen_form=form, wrong=finding).with_status(UNPROCESSABLE)


@bp.post("/applications/<uuid:id>/screening/findings/<finding>/again")
@subject(Application, Permission.APPLICATION_SCREEN)
def look_again(application: Application, finding: str) -> ResponseReturnValue:
    """Take back that what was found was looked at."""
    known = _known(_screened(application), finding)
    if known is None:
        return _changed(application)
    screening_records.look_again(application, known, by=actor())
    say(_("「%(kind)s」を、まだ見ていないことに戻しました。", kind=known.kind.label))
    return redirect(url_for(".show", id=application.id, _anchor="findings"))


def _known(of: Screened, key: str) -> Finding | None:
    return next((one for one in of.found if one.key == key), None)


def _changed(application: Application) -> ResponseReturnValue:
    say(_("応募の内容が変わり、その指摘はなくなりました。いまの指摘を確かめてください。"), "warning")
    return redirect(url_for(".show", id=application.id))
