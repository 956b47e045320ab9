"""Costs from a spreadsheet: a file of the lines as they are, and lines taken in once they were looked at."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.applications import budget_sheet, operations, queries
from grantflow.applications.budget_sheet import Found
from grantflow.applications.budget_sheet_forms import BudgetSheetForm, fingerprint
from grantflow.applications.dossier import Dossier
from grantflow.applications.models import Application
from grantflow.applications.operations import Outdated
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Grid
from grantflow.applications.parts.budget import LINES, reckoned
from grantflow.applications.parts.registry import RULES
from grantflow.applications.parts.rows import MOST_ROWS
from grantflow.applications.submissions import HELD
from grantflow.applications.timeliness import in_time
from grantflow.applications.workflow import closed_to_its_group
from grantflow.core import clock
from grantflow.core.text import number, yen
from grantflow.core.web import Page, actor, download, page, received_at, say, subject
from grantflow.core.words import _
from grantflow.documents.writing import Form, write
from grantflow.permissions import Permission

bp = Blueprint("budget_sheet", __name__)

CONFLICT, UNPROCESSABLE = 409, 422


@bp.get("/applications/<uuid:id>/edit/budget.xlsx")
@subject(Application, Permission.APPLICATION_WRITE)
def file(application: Application) -> Response:
    """The lines as they are, with room for more, to be filled in and sent back."""
    dossier = _dossier(application)
    title = _("%(call)s 経費積算", call=application.call.marked_title)
    report = budget_sheet.report_of(title, dossier.content(Part.BUDGET), dossier.asking)
    name = f"{application.call.file_stem}-budget.{Form.XLSX.extension}"
    return download(write(report, Form.XLSX), name, Form.XLSX.media_type)


@bp.route("/applications/<uuid:id>/edit/budget/load", methods=["GET", "POST"])
@subject(Application, Permission.APPLICATION_WRITE)
def load(application: Application) -> Page | ResponseReturnValue:
    """Look at a table of costs, and take it in as it was shown."""
    dossier, form = _dossier(application), BudgetSheetForm()
    if request.method == "GET" or not form.validate():
        return _page(dossier, form)
    form.take_file()
    if form.errors:
        return _page(dossier, form).with_status(UNPROCESSABLE)
    found = budget_sheet.read(str(form.pasted.data or ""), dossier.asking)
    _refuse_too_many(form, dossier, found)
    if request.form.get("goal") != "apply" or found.problems.errors:
        return _page(dossier, form, found).with_status(UNPROCESSABLE if found.problems.errors else 200)
    version = dossier.saved(Part.BUDGET).version
    if form.shown.data != fingerprint(found.lines, version):
        return _page(dossier, form, found, is_other=True).with_status(CONFLICT)
    try:
        if in_time(application, form, lambda: _save(application, _lines(dossier, form, found), version)):
            return redirect(_after(application, len(found.lines)))
    except Outdated:
        return _page(_dossier(application), form, found, is_other=True).with_status(CONFLICT)
    return _page(dossier, form, found)


def _dossier(application: Application) -> Dossier:
    dossier = queries.dossier(application)
    return dossier if any(asked.part is Part.BUDGET for asked in dossier.asked) else abort(404)


def _there(dossier: Dossier) -> list[dict[str, Any]]:
    return list(dossier.content(Part.BUDGET).get(LINES, ()))


def _lines(dossier: Dossier, form: BudgetSheetForm, found: Found) -> list[dict[str, Any]]:
    return [*([] if form.is_to_replace else _there(dossier)), *found.lines]


def _refuse_too_many(form: BudgetSheetForm, dossier: Dossier, found: Found) -> None:
    count = len(_lines(dossier, form, found))
    if count > MOST_ROWS:
        sentence = _(
            "合わせて%(count)s行になります。%(most)s行までです。似た行を1つにまとめてください。",
            count=count,
            most=MOST_ROWS,
        )
        found.problems.error(None, None, sentence)


def _save(application: Application, lines: list[dict[str, Any]], version: int) -> None:
    operations.save(application, Part.BUDGET, {LINES: lines}, seen=version, by=actor(), at=received_at())


def _after(application: Application, count: int) -> str:
    if application.status in HELD:
        say(_("経費%(count)s行を読み込みました。まだ出し直していません。", count=number(count)))
    else:
        say(_("経費%(count)s行を読み込んで、下書きに保存しました。まだ提出していません。", count=number(count)))
    return url_for("dossier.section", id=application.id, part=Part.BUDGET.value)


def _page(dossier: Dossier, form: BudgetSheetForm, found: Found | None = None, *, is_other: bool = False) -> Page:
    """`is_other`: what would be taken in is not what was shown."""
    there, asking = _there(dossier), dossier.asking
    grid = None
    if found is not None:
        form.shown.data = fingerprint(found.lines, dossier.saved(Part.BUDGET).version)
        form.offer(*_ways(there, list(found.lines), dossier))
        reading = RULES[Part.BUDGET].reading({LINES: found.lines}, asking)
        grid = next(one for one in reversed(list(reading)) if isinstance(one, Grid))
    return page(
        "applications/budget_sheet.html",
        call=dossier.application.call,
        application=dossier.application,
        asked=next(asked for asked in dossier.asked if asked.part is Part.BUDGET),
        form=form,
        found=found,
        grid=grid,
        there=there,
        is_other=is_other,
        closed=closed_to_its_group(dossier.application, clock.now()),
    )


def _ways(there: list[dict[str, Any]], new: list[dict[str, Any]], dossier: Dossier) -> tuple[str, str]:
    """What adding and what replacing come to."""
    both, alone = (yen(reckoned({LINES: lines}, dossier.asking).total) for lines in (there + new, new))
    return (
        _(
            "いまの%(old)s行を残し、後ろに加える（合わせて%(count)s行、%(total)s）",
            old=len(there),
            count=len(there) + len(new),
            total=both,
        ),
        _("いまの%(old)s行を消し、入れ替える（%(count)s行、%(total)s）", old=len(there), count=len(new), total=alone),
    )
