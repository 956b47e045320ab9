"""The pages of the review: the ranking of a call, the sheets of a proposal, one sheet."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.applications.models import Application
from grantflow.audit import trail
from grantflow.calls.exports import exported
from grantflow.calls.models import Call
from grantflow.core.authorization import permits
from grantflow.core.paging import Paging
from grantflow.core.web import Page, actor, attempt, page, remember, say, subject
from grantflow.core.words import _
from grantflow.documents.writing import Form, write
from grantflow.permissions import Permission
from grantflow.review import board, documents, operations, queries
from grantflow.review.board import SeverityRow, TierBoard
from grantflow.review.forms import DeclareForm, LiftForm
from grantflow.review.lines import line, only
from grantflow.review.operations import Shift
from grantflow.review.queries import Named
from grantflow.review.ranking import Ranking
from grantflow.review.sheets import filled, name_of
from grantflow.review.spelling import as_json, denominator, rounded_mean

bp = Blueprint("review", __name__)


@bp.get("/calls/<slug>/ranking")
@subject(Call, Permission.RANKING_READ, key="slug")
def ranking(call: Call) -> Page:
    """The ranking of each tier as a table and as a picture, and how severe each reviewer is."""
    found, named = queries.ranking(call), queries.named(call, actor())
    return page(
        "review/ranking.html",
        call=call,
        ranking=found,
        tiers=_tiers(call, found, named),
        severities=_severities(call, found),
        progress=queries.progress(call),
        guide=documents.guide(),
    )


def _tiers(call: Call, found: Ranking, named: Mapping[str, Named]) -> list[TierBoard]:
    rules = queries.rules(call)
    boards = []
    for place, (tier, standing) in enumerate(zip(call.tiers, found.tiers, strict=True), start=1):
        paging = Paging.of(request.args.get(f"page{place}"), len(only(standing, named)), board.AT_ONCE)
        boards.append(
            board.of_tier(tier, standing, named, rules, paging, _turner(call, f"page{place}", f"tier-{place}"))
        )
    return boards


def _severities(call: Call, found: Ranking) -> dict[str, Any]:
    names = {row.label: name_of(row) for row in queries.reviewers(call)}
    paging = Paging.of(request.args.get("reviewers"), len(found.severities))
    rows = [
        SeverityRow.of(severity, names) for severity in found.severities[paging.offset : paging.offset + paging.size]
    ]
    return {"rows": rows, "paging": paging, "links": paging.links(_turner(call, "reviewers", "severity"))}


def _turner(call: Call, name: str, anchor: str) -> Callable[[int], str]:
    """What gives the address of a page of one list, the other lists staying where they are."""
    lists = [*(f"page{place}" for place in range(1, len(call.tiers) + 1)), "reviewers"]
    kept: dict[str, Any] = {key: request.args[key] for key in lists if key in request.args and key != name}

    def turned(number: int) -> str:
        return url_for(".ranking", slug=call.slug, _anchor=anchor, **(kept | {name: number}))

    return turned


@bp.get("/calls/<slug>/ranking.<any(csv, xlsx, json):extension>")
@subject(Call, Permission.RANKING_READ, key="slug")
def ranking_file(call: Call, extension: str) -> Response:
    """The ranking as a file: what its page shows, every entry of it."""
    found, named = queries.ranking(call), queries.named(call, actor())
    name = f"{call.file_stem}-ranking.{extension}"
    rows = sum(entry.number in named for tier in found.tiers for entry in tier.entries)
    if extension == "json":
        content = json.dumps(as_json(documents.narrowed(found, named), call.slug), ensure_ascii=False).encode()
        return exported(call, content, name, "application/json", rows=rows)
    form = Form(extension)
    return exported(call, write(documents.ranking_report(call, found, named), form), name, form.media_type, rows=rows)


@bp.get("/applications/<uuid:id>/sheets")
@subject(Application, Permission.REVIEW_READ)
def application_sheets(application: Application) -> Page:
    """What each reviewer gave a proposal, the mean with its denominator, and the conflicts of interest."""
    reader = actor()
    remember(lambda: trail.record("applications.read", application, by=reader, reviews=True))
    return _sheets_page(application, DeclareForm(formdata=None), LiftForm(formdata=None))


def _sheets_page(application: Application, declare: DeclareForm, lift: LiftForm) -> Page:
    call = application.call
    conflicts = queries.conflicts_of(application)
    standing = [conflict for conflict in conflicts if conflict.lifted_at is None]
    apart = {conflict.reviewer_id for conflict in standing}
    declare.offer([row for row in queries.reviewers(call) if row.id not in apart])
    lift.offer(standing)
    assignments = queries.assignments_of(application)
    return page(
        "review/application_sheets.html",
        call=call,
        application=application,
        sheets=filled(assignments, call.criteria, queries.scores_of(assignments)),
        entry=line(
            queries.entry_of(application), Named(application.id, application.organization_name, application.title)
        ),
        conflicts=[(conflict, name_of(conflict.reviewer)) for conflict in conflicts],
        standing=standing,
        declare=declare,
        lift=lift,
    )


@bp.post("/applications/<uuid:id>/conflicts")
@subject(Application, Permission.CONFLICT_DECLARE)
def declare_conflict(application: Application) -> Page | ResponseReturnValue:
    """Record a conflict of interest: the proposal closes to the reviewer at once."""
    form, known = DeclareForm(), {str(row.id): row for row in queries.reviewers(application.call)}
    form.offer(list(known.values()))
    shifts: list[Shift] = []
    if form.validate_on_submit() and attempt(
        form,
        lambda: shifts.append(
            operations.declare_conflict(application, known[form.reviewer.data], str(form.reason.data), by=actor())
        ),
    ):
        say(
            _("%(reviewer)s の利益相反を記録しました。", reviewer=name_of(known[form.reviewer.data])) + _told(shifts[0])
        )
        return _back_to(application)
    return _sheets_page(application, form, LiftForm(formdata=None))


@bp.post("/applications/<uuid:id>/conflicts/lift")
@subject(Application, Permission.CONFLICT_DECLARE)
def lift_conflict(application: Application) -> Page | ResponseReturnValue:
    """Lift a conflict of interest: the proposal opens to the reviewer again."""
    form, known = LiftForm(), {str(row.id): row for row in queries.conflicts_of(application)}
    form.offer(list(known.values()))
    shifts: list[Shift] = []
    if form.validate_on_submit() and attempt(
        form,
        lambda: shifts.append(operations.lift_conflict(known[form.conflict.data], str(form.reason.data), by=actor())),
    ):
        whose = known[form.conflict.data].reviewer
        say(_("%(reviewer)s の利益相反の記録を取り消しました。", reviewer=name_of(whose)) + _told(shifts[0]))
        return _back_to(application)
    return _sheets_page(application, DeclareForm(formdata=None), form)


def _back_to(application: Application) -> ResponseReturnValue:
    """To the proposal's sheets; to the ranking where somebody just closed the proposal to themselves."""
    if permits(actor(), Permission.REVIEW_READ, application):
        return redirect(url_for(".application_sheets", id=application.id))
    return redirect(url_for(".ranking", slug=application.call.slug))


def _told(shift: Shift) -> str:
    before, after = (
        _("なし")
        if entry.exact_mean is None
        else _("%(mean)s（%(denominator)s）", mean=rounded_mean(entry.exact_mean), denominator=denominator(entry))
        for entry in (shift.before, shift.after)
    )
    if before == after:
        return _("平均は変わりません：%(mean)s。", mean=after)
    return _("平均は %(before)s から %(after)s に変わりました。", before=before, after=after)
