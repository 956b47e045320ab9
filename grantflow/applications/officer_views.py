"""The pages of officer lists: where the group writes its own, and where whoever checks officers reads them."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.applications import corrections, officer_lists, queries
from grantflow.applications.dossier import Dossier
from grantflow.applications.models import Application, OfficerList
from grantflow.applications.officer_documents import sheet_of
from grantflow.applications.officer_forms import OfficersFileForm, OfficersForm
from grantflow.applications.officers import Officer, Sex, opened
from grantflow.applications.operations import Outdated
from grantflow.applications.outline import Asked, Part
from grantflow.applications.submissions import HELD
from grantflow.applications.timeliness import in_time, saved_words
from grantflow.applications.workflow import closed_to_its_group
from grantflow.calls.exports import File
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.dates import parse_date, wareki, when_text
from grantflow.core.web import Page, actor, page, received_at, remember, say, subject
from grantflow.core.words import _
from grantflow.documents.writing import Form, write
from grantflow.permissions import Permission

bp = Blueprint("officers", __name__)

CONFLICT, UNPROCESSABLE = 409, 422


@bp.route("/applications/<uuid:id>/edit/officers", methods=["GET", "POST"])
@subject(Application, Permission.OFFICERS_WRITE)
def edit(application: Application) -> Page | ResponseReturnValue:
    """Write the list of officers, one part of the proposal."""
    dossier = queries.dossier(application)
    asked = _asked(dossier)
    form = OfficersForm.with_officers(dossier, officer_lists.officers_of(application))
    if request.method == "POST" and form.validate():
        try:
            if in_time(application, form, lambda: _save(application, form)):
                return redirect(_after(application))
        except Outdated:
            lines = _compared(officer_lists.officers_of(application), form.officers)
            return _edit_page(dossier, asked, form, two_versions=lines).with_status(CONFLICT)
    return _edit_page(dossier, asked, form)


def _edit_page(
    dossier: Dossier, asked: Asked, form: OfficersForm, two_versions: list[dict[str, str]] | None = None
) -> Page:
    application, rule = dossier.application, dossier.asking.says.officers
    row = queries.officer_list(application)
    return page(
        "applications/officers.html",
        call=application.call,
        application=application,
        dossier=dossier,
        asked=asked,
        notes=[note for note in (asked.note, rule.note) if note],
        form=form,
        few=rule.least if row and 0 < row.officer_count < rule.least else 0,
        row=row,
        purge_on=row.purge_on if row else officer_lists.kept_until(application),
        two_versions=two_versions,
        closed=closed_to_its_group(application, clock.now()) or corrections.closed_sentence(application, Part.OFFICERS),
        mending=corrections.mending(application, clock.now()),
    )


def _asked(dossier: Dossier) -> Asked:
    """The part as the call asks for it; 404 where it does not."""
    return next((asked for asked in dossier.asked if asked.part is Part.OFFICERS), None) or abort(404)


def _save(application: Application, form: OfficersForm) -> None:
    seen = request.form.get("version", type=int, default=0)
    officer_lists.save(application, form.officers, seen=seen, by=actor(), at=received_at())


def _after(application: Application) -> str:
    if request.form.get("goal") == "more":
        return url_for(".edit", id=application.id, more=1)
    say(saved_words(application) if application.status in HELD else _("役員名簿を保存しました。まだ提出していません。"))
    if request.form.get("goal") == "stay":
        return url_for(".edit", id=application.id)
    return url_for("dossier.index", id=application.id)


@bp.post("/applications/<uuid:id>/edit/officers/autosave")
@subject(Application, Permission.OFFICERS_WRITE)
def autosave(application: Application) -> Response | ResponseReturnValue:
    """Keep what was typed so far; says when, or what stands in the way."""
    dossier = queries.dossier(application)
    _asked(dossier)
    form = OfficersForm.with_officers(dossier, ())
    if not form.validate():
        wrong = form.table.wrong
        where = wrong[0].label.text if wrong else form.table.label.text
        return _told(_("まだ保存していません。「%(field)s」を直してください。", field=where), UNPROCESSABLE)
    try:
        if not in_time(application, form, lambda: _save(application, form)):
            return _told(" ".join(map(str, form.form_errors)), UNPROCESSABLE)
    except Outdated:
        sentence = _("ほかの人が同じところを保存しました。「保存する」を押すと、2つを並べて見比べられます。")
        return _told(sentence, CONFLICT)
    row = queries.officer_list(application)
    assert row is not None
    told = _("%(time)sに保存しました", time=when_text(row.saved_at, clock.now()))
    return jsonify(told=told, version=row.version, figures={})


def _told(sentence: str, status: int) -> ResponseReturnValue:
    return jsonify(told=sentence), status


def _compared(stored: Sequence[Officer], typed: Sequence[Officer]) -> list[dict[str, str]]:
    """What is stored and what was typed, one line for each place in the list."""
    places = range(max(len(stored), len(typed)))
    return [
        {
            "label": _("%(place)s人目", place=place + 1),
            "stored": as_line(stored[place]) if place < len(stored) else "",
            "typed": as_line(typed[place]) if place < len(typed) else "",
        }
        for place in places
    ]


def as_line(one: Officer) -> str:
    """An officer in one line."""
    born = wareki(parse_date(one.born)) if one.born else ""
    sex = Sex(one.sex).label if one.sex else ""
    return _("、").join(part for part in (one.name, one.kana, born, sex, one.post) if part)


@bp.get("/calls/<slug>/officers")
@subject(Call, Permission.OFFICERS_LIST, key="slug")
def index(call: Call) -> Page:
    """Which proposals have a list of officers, how many there are, and until when they are kept."""
    return _index_page(call, OfficersFileForm.offered())


def _index_page(call: Call, form: OfficersFileForm) -> Page:
    return page("applications/officer_lists.html", call=call, rows=officer_lists.readable(call, actor()), form=form)


@bp.post("/calls/<slug>/officers")
@subject(Call, Permission.OFFICERS_LIST, key="slug")
def export(call: Call) -> Page:
    """Every list of the call that is still kept, as received last, in one file; why it left and who has it is kept."""
    form = OfficersFileForm.offered()
    if not form.validate_on_submit():
        return _index_page(call, form)
    rows = [row for row in officer_lists.readable(call, actor()) if row.sealed_that_counts]
    sheet, kind = sheet_of(call, [(row.application, _officers(row)) for row in rows]), Form(form.format.data)
    officer_lists.note_export(call.id, str(form.reason.data), lists=len(rows), count=len(sheet.rows), by=actor())
    name = f"{call.file_stem}-officers.{kind.extension}"
    return File("", make=lambda: write(sheet, kind), filename=name, media_type=kind.media_type, rows=len(sheet.rows))


@bp.get("/applications/<uuid:id>/officers")
@subject(Application, Permission.OFFICERS_READ)
def show(application: Application) -> Page:
    """The officers of one proposal as received last, for whoever checks them; that they were read is remembered."""
    row = queries.officer_list(application)
    officers = _officers(row) if row else ()
    if officers:
        reader = actor()
        remember(lambda: officer_lists.note_read(application.id, len(officers), by=reader))
    return page(
        "applications/officer_list.html",
        call=application.call,
        application=application,
        row=row,
        officers=[(one, wareki(parse_date(one.born)) if one.born else "", _sex(one)) for one in officers],
    )


def _sex(one: Officer) -> str:
    return Sex(one.sex).label if one.sex else ""


def _officers(row: OfficerList) -> tuple[Officer, ...]:
    return opened(row.application_id, row.sealed_that_counts)
