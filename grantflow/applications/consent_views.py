"""The pages of partners' consent: the group's list, each partner, its letter, and the partner's own page."""

import uuid

from flask import Blueprint, Response, abort, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from grantflow.applications import consenting, corrections, queries
from grantflow.applications.consent_forms import AnswerForm, LetterForm, PartnerForm
from grantflow.applications.models import Application, Consent
from grantflow.applications.outline import Part
from grantflow.applications.timeliness import in_time
from grantflow.applications.workflow import closed_to_its_group
from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.refusals import Refused
from grantflow.core.web import Page, actor, attempt, download, page, public, received_at, say, subject
from grantflow.core.words import _
from grantflow.files import queries as files
from grantflow.permissions import Permission

bp = Blueprint("consents", __name__)

OVER, CONFLICT = 410, 409


@bp.route("/applications/<uuid:id>/edit/consents", methods=["GET", "POST"])
@subject(Application, Permission.APPLICATION_WRITE)
def edit(application: Application) -> Page | ResponseReturnValue:
    """Whom the group asked to agree, what each answered, and one more partner."""
    dossier, form = queries.dossier(application), PartnerForm()
    asked = next((each for each in dossier.asked if each.part is Part.CONSENTS), None) or abort(404)
    if form.validate_on_submit() and in_time(application, form, lambda: _add(form, application)):
        return redirect(url_for(".edit", id=application.id))
    rows = queries.consents(application)
    return page(
        "applications/consents.html",
        call=application.call,
        application=application,
        dossier=dossier,
        asked=asked,
        rows=rows,
        again={row.id for row in rows if consenting.must_be_asked_again(row)},
        linked={row.id for row in rows if consenting.waits_for_link(row)},
        form=form,
        closed=closed_to_its_group(application, clock.now()) or corrections.closed_sentence(application, Part.CONSENTS),
        mending=corrections.mending(application, clock.now()),
    )


def _add(form: PartnerForm, application: Application) -> None:
    row = consenting.add(application, *_typed(form), by=actor(), at=received_at())
    if row.email:
        _ask(row)
        say(_("%(partner)sに、承諾を頼むメールを送りました。", partner=row.partner))
    else:
        say(_("%(partner)sを加えました。承諾書のファイルを出してください。", partner=row.partner))


def _typed(form: PartnerForm) -> tuple[str, str, str]:
    return str(form.partner.data), form.part.kept, str(form.email.data or "").lower()


def _ask(row: Consent) -> None:
    link = str(current_app.config["PUBLIC_URL"]).rstrip("/") + url_for(".answer", key="KEY")
    consenting.ask(row, link=link, by=actor(), at=received_at())


def _of(application: Application, consent: uuid.UUID) -> Consent:
    return next((row for row in queries.consents(application) if row.id == consent), None) or abort(404)


@bp.route("/applications/<uuid:id>/consents/<uuid:consent>", methods=["GET", "POST"])
@subject(Application, Permission.APPLICATION_WRITE)
def show(application: Application, consent: uuid.UUID) -> Page | ResponseReturnValue:
    """One partner: what it is asked, and what can be done while it has not answered."""
    row = _of(application, consent)
    form = PartnerForm(data={"partner": row.partner, "part": row.part, "email": row.email})
    if form.validate_on_submit() and in_time(application, form, lambda: _rewrite(form, row)):
        return redirect(url_for(".edit", id=application.id))
    return _show_page(row, form, LetterForm(formdata=None))


def _rewrite(form: PartnerForm, row: Consent) -> None:
    if consenting.rewrite(row, *_typed(form), by=actor(), at=received_at()):
        say(_("%(partner)sの内容を書き直しました。もう一度、承諾を頼んでください。", partner=row.partner), "warning")
    else:
        say(_("%(partner)sの内容を保存しました。", partner=row.partner))


def _show_page(row: Consent, form: PartnerForm, letter: LetterForm) -> Page:
    return page(
        "applications/consent.html",
        call=row.application.call,
        application=row.application,
        consent=row,
        again=consenting.must_be_asked_again(row),
        linked=consenting.waits_for_link(row),
        form=form,
        letter=letter,
        closed=closed_to_its_group(row.application, clock.now())
        or corrections.closed_sentence(row.application, Part.CONSENTS),
        mending=corrections.mending(row.application, clock.now()),
    )


@bp.post("/applications/<uuid:id>/consents/<uuid:consent>/<any(ask, take_back):what>")
@subject(Application, Permission.APPLICATION_WRITE)
def act(application: Application, consent: uuid.UUID, what: str) -> ResponseReturnValue:
    """Ask the partner once more, or name it no longer."""
    row = _of(application, consent)
    if what == "ask":
        _ask(row)
        say(_("%(partner)sに、承諾を頼むメールを送りました。前のリンクは使えません。", partner=row.partner))
    else:
        consenting.take_back(row, by=actor(), at=received_at())
        say(_("%(partner)sを連携先から外しました。送ったリンクは使えません。", partner=row.partner))
    return redirect(url_for(".edit", id=application.id))


@bp.post("/applications/<uuid:id>/consents/<uuid:consent>/letter")
@subject(Application, Permission.APPLICATION_WRITE)
def hand_in(application: Application, consent: uuid.UUID) -> Page | ResponseReturnValue:
    """Take in the letter of a partner that agreed on paper."""
    row, letter = _of(application, consent), LetterForm()
    if letter.validate_on_submit():
        try:
            paper = letter.paper
        except Refused as refusal:
            letter.form_errors.append(str(refusal))
        else:
            if in_time(
                application,
                letter,
                lambda: consenting.hand_in(row, paper, by=actor(), at=received_at()),
            ):
                say(_("%(partner)sの承諾書を預かりました。", partner=row.partner))
                return redirect(url_for(".edit", id=application.id))
    filled = PartnerForm(formdata=None, data={"partner": row.partner, "part": row.part, "email": row.email})
    return _show_page(row, filled, letter)


@bp.get("/applications/<uuid:id>/consents/<uuid:consent>/letter")
@subject(Application, Permission.CONSENT_READ)
def letter(application: Application, consent: uuid.UUID) -> Response:
    """The letter of a partner, as it was handed in, to be saved."""
    file = _of(application, consent).file or abort(404)
    return download(files.content(file), file.name, file.media_type)


@bp.route("/consents/<key>", methods=["GET", "POST"])
@public
def answer(key: str) -> Page | ResponseReturnValue:
    """The partner's page: which group asks for what, and the answer; the link works once."""
    row = consenting.asked_by_key(key, clock.now())
    if row is None:
        return page("applications/consent_is_over.html", status=OVER)
    form = AnswerForm()
    if form.validate_on_submit():
        if attempt(form, lambda: _answer(form, row)):
            return page(
                "applications/consent_answered.html",
                partner=row.partner,
                organization=row.application.organization_name,
                agrees=form.answer.data == "yes",
            )
        form.seen.data = consenting.shown(row)
        return _answer_page(row, form).with_status(CONFLICT)
    form.seen.data = form.seen.data or consenting.shown(row)
    return _answer_page(row, form)


def _answer(form: AnswerForm, row: Consent) -> None:
    consenting.answer(
        row,
        agrees=form.answer.data == "yes",
        title=str(form.title.data or ""),
        name=str(form.name.data),
        seen=str(form.seen.data),
        page=url_for(".edit", id=row.application_id, _external=True),
        by=Actor(None, row.partner, "partner"),
    )


def _answer_page(row: Consent, form: AnswerForm) -> Page:
    return page("applications/consent_answer.html", call=row.application.call, consent=row, form=form)
