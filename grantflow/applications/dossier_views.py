"""The pages on which a group writes its proposal: the list of its parts, each part, its tier and its version."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.applications import completeness, corrections, deadlines, operations, queries, submissions
from grantflow.applications.dossier import Dossier, Saved
from grantflow.applications.forms import FollowForm, TierForm
from grantflow.applications.models import Application, ApplicationStatus, Section
from grantflow.applications.operations import Outdated
from grantflow.applications.outline import Asked, Part
from grantflow.applications.parts.registry import RULES
from grantflow.applications.section_forms.base import SectionForm
from grantflow.applications.section_forms.registry import FORMS
from grantflow.applications.submissions import as_text
from grantflow.applications.timeliness import (
    handed_in,
    in_time,
    only_for_confirmers,
    saved_words,
    why_not_in_time,
)
from grantflow.applications.workflow import closed_to_its_group
from grantflow.calls.history import differences_in_words
from grantflow.calls.models import Tier
from grantflow.calls.queries import definition
from grantflow.calls.timeline import countdown
from grantflow.core import clock
from grantflow.core.dates import when_text
from grantflow.core.refusals import Refused
from grantflow.core.web import Page, actor, page, received_at, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission

bp = Blueprint("dossier", __name__)

CONFLICT, UNPROCESSABLE = 409, 422


@bp.get("/applications/<uuid:id>/edit")
@subject(Application, Permission.APPLICATION_WRITE)
def index(application: Application) -> Page:
    """The parts of the proposal, where each stands, and what is left to do."""
    dossier = queries.dossier(application)
    return page(
        "applications/dossier.html",
        call=application.call,
        application=application,
        dossier=dossier,
        progress={asked.part: dossier.progress(asked.part) for asked in dossier.asked},
        gaps=completeness.missing(dossier),
        saved_when=_when(dossier.last_saved),
        left=countdown(application.call.opens_at, application.deadline, clock.now()),
        closed=_closed(application),
        extensions=deadlines.told(application),
        mending=corrections.mending(application, clock.now()),
        waiting=submissions.waiting(application),
    )


@bp.route("/applications/<uuid:id>/edit/<part>", methods=["GET", "POST"])
@subject(Application, Permission.APPLICATION_WRITE)
def section(application: Application, part: str) -> Page | ResponseReturnValue:
    """Write one part; of a proposal that is submitted already it waits until the whole is handed in again (R3.9)."""
    dossier = queries.dossier(application)
    asked = _asked(dossier, part)
    form = FORMS[asked.part].of(dossier)
    if request.method == "POST" and form.validate():
        try:
            if in_time(application, form, lambda: _save(application, form, by_button=True)):
                for note in form.notes:
                    say(note, "warning")
                return redirect(_after(application, dossier, asked.part))
        except Outdated:
            stored = queries.dossier(application)
            lines = _compared(stored, asked.part, form)
            return _section_page(stored, asked, form, two_versions=lines).with_status(CONFLICT)
    return _section_page(dossier, asked, form)


@bp.post("/applications/<uuid:id>/edit/<part>/autosave")
@subject(Application, Permission.APPLICATION_WRITE, held=True, beside=(Application.call, Application.tier))
def autosave(application: Application, part: str) -> Response | ResponseReturnValue:
    """Keep what was typed so far in one part of a draft; says when, or what stands in the way."""
    known = Part(part) if part in FORMS else abort(404)
    row = queries.section(application, known)
    dossier = queries.only(application, known, row)
    form = FORMS[_asked(dossier, part).part].of(dossier)
    if not form.validate():
        # A table tells which of its boxes is wrong
        wrong = next(box for field in form if field.errors for box in getattr(field, "wrong", ()) or (field,))
        return _told(_("まだ保存していません。「%(field)s」を直してください。", field=wrong.label.text), UNPROCESSABLE)
    rows: list[Section] = []
    try:
        if refusal := why_not_in_time(application, lambda: rows.append(_save(application, form, read=row))):
            return _told(refusal, UNPROCESSABLE)
    except Outdated:
        sentence = _("ほかの人が同じところを保存しました。「保存する」を押すと、2つを並べて見比べられます。")
        return _told(sentence, CONFLICT)
    told = _("%(time)sに保存しました", time=when_text(rows[0].saved_at, clock.now()))
    return jsonify(told=told, version=rows[0].version, figures=dict(form.figures))


def _closed(application: Application, part: Part | None = None) -> str:
    """Why whoever asks may not write now, or not in that part; empty where they may."""
    sentence = closed_to_its_group(application, clock.now())
    return sentence or (corrections.closed_sentence(application, part) if part else "")


def _when(saved: Saved) -> str:
    return when_text(saved.at, clock.now()) if saved.at else ""


def _told(sentence: str, status: int) -> ResponseReturnValue:
    return jsonify(told=sentence), status


def _asked(dossier: Dossier, part: str) -> Asked:
    # Officers and consents have pages of their own at the same addresses
    found = next((asked for asked in dossier.asked if asked.part == part and asked.part in FORMS), None)
    return found or abort(404)


def _save(
    application: Application, form: SectionForm, *, by_button: bool = False, read: Section | None = None
) -> Section:
    seen = request.form.get("version", type=int, default=0)
    row = operations.save(application, form.part, form.content, seen=seen, by=actor(), at=received_at(), read=read)
    if by_button:
        form.afterwards(application, by=actor())
    return row


def _after(application: Application, dossier: Dossier, part: Part) -> str:
    """Where one goes after a save: on to the next part, or back to the same one, with room for more lines."""
    goal = request.form.get("goal", "")
    values: dict[str, Any] = {"id": application.id, "part": part.value}
    if goal == "more":
        return url_for(".section", **values, more=1, _anchor="more")
    say(saved_words(application))
    if goal == "stay":
        return url_for(".section", **values)
    following = _following(dossier, part)
    return (
        url_for(".section", id=application.id, part=following.value)
        if following
        else url_for(".index", id=application.id)
    )


def _following(dossier: Dossier, part: Part) -> Part | None:
    order = [asked.part for asked in dossier.asked]
    return next(iter(order[order.index(part) + 1 :]), None)


def _section_page(dossier: Dossier, asked: Asked, form: SectionForm, **more: Any) -> Page:
    application = dossier.application
    return page(
        "applications/section.html",
        call=application.call,
        application=application,
        asked=asked,
        form=form,
        dossier=dossier,
        saved=dossier.saved(asked.part),
        saved_when=_when(dossier.saved(asked.part)),
        progress=dossier.progress(asked.part),
        gaps=dossier.gaps(asked.part),
        following=_following(dossier, asked.part),
        closed=_closed(application, asked.part),
        mending=corrections.mending(application, clock.now()),
        waiting=submissions.waiting(application),
        **more,
    )


def _compared(stored: Dossier, part: Part, form: SectionForm) -> list[dict[str, str]]:
    """What is stored and what was typed, one line for each thing that the part says."""
    typed = RULES[part].reading(form.content, stored.asking)
    both = {one.label: [as_text(one), ""] for one in stored.reading(part)}
    for one in typed:
        both.setdefault(one.label, ["", ""])[1] = as_text(one)
    return [{"label": label, "stored": texts[0], "typed": texts[1]} for label, texts in both.items()]


@bp.route("/applications/<uuid:id>/edit-tier", methods=["GET", "POST"])
@subject(Application, Permission.APPLICATION_WRITE)
def tier(application: Application) -> Page | ResponseReturnValue:
    """Apply to another tier; what was written stays."""
    form = TierForm.of(application)
    if form.validate_on_submit():
        chosen = next(tier for tier in application.call.tiers if tier.key == form.tier.data)
        if _chosen(application, form, chosen):
            say(_("応募する枠を「%(tier)s」にしました。", tier=chosen.name))
            return redirect(url_for(".index", id=application.id))
    return page("applications/tier.html", call=application.call, application=application, form=form)


def _chosen(application: Application, form: TierForm, chosen: Tier) -> bool:
    """Whether the tier is another one now; what is submitted already is handed in with it, whole or not at all."""

    def choose() -> None:
        if sentence := only_for_confirmers(application):
            raise Refused(sentence)
        operations.choose_tier(application, chosen, by=actor(), at=received_at())

    if application.status is ApplicationStatus.SUBMITTED:
        return handed_in(application, form, first=choose)
    return in_time(application, form, choose)


@bp.route("/applications/<uuid:id>/edit-version", methods=["GET", "POST"])
@subject(Application, Permission.APPLICATION_WRITE)
def version(application: Application) -> Page | ResponseReturnValue:
    """What the call changed since the proposal was begun; one may go on by either version."""
    form = FollowForm()
    if form.validate_on_submit() and in_time(
        application, form, lambda: operations.follow_version(application, by=actor(), at=received_at())
    ):
        say(_("新しい版の設問に切り替えました。足りないところがないか、確かめてください。"))
        return redirect(url_for(".index", id=application.id))
    return page(
        "applications/version.html",
        call=application.call,
        application=application,
        form=form,
        differences=differences_in_words(queries.asked_by(application), definition(application.call)),
    )
