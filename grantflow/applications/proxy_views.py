"""The pages of proxy entry: the secretariat types for a group, asks it to confirm, and submits; the group confirms."""

from collections.abc import Callable
from typing import Any
from unicodedata import normalize

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts.models import Organization, User
from grantflow.applications import completeness, proxied, proxies, queries
from grantflow.applications.models import Application, ProxyEntry
from grantflow.applications.proxies import Outcome
from grantflow.applications.proxy_forms import (
    ActForm,
    BeginForm,
    CodeForm,
    ConfirmForm,
    LookForm,
    SignedForm,
    Way,
)
from grantflow.applications.proxy_paper import grouped, letter
from grantflow.applications.timeliness import handed_in
from grantflow.applications.workflow import closed_to_its_group
from grantflow.calls.exports import File
from grantflow.calls.mailing import send
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.dates import moment_text
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.web import Page, actor, attempt, download, page, public, received_at, say, subject
from grantflow.core.words import _
from grantflow.documents.writing import Form, write
from grantflow.files import queries as files
from grantflow.permissions import Permission

bp = Blueprint("proxies", __name__)

UNPROCESSABLE = 422


@bp.get("/calls/<slug>/proxies")
@subject(Call, Permission.APPLICATION_ENTER, key="slug")
def index(call: Call) -> Page:
    """What was typed for groups, and where each stands."""
    return page(
        "applications/proxies.html",
        call=call,
        rows=proxied.entries(call, actor()),
        closed=not call.is_open(clock.now()),
    )


@bp.route("/calls/<slug>/proxies/new", methods=["GET", "POST"])
@subject(Call, Permission.APPLICATION_ENTER, key="slug")
def begin(call: Call) -> Page | ResponseReturnValue:
    """Look for the group, or register it, and begin to type for it."""
    words = request.args.get("q", "").strip()[:200]
    found = list(proxied.organizations_like(words))
    form = BeginForm.of(call, found)
    begun: list[Application] = []
    if form.validate_on_submit() and attempt(form, lambda: begun.append(_begin(call, form, found))):
        say(_("団体「%(name)s」の応募を、代理で入力します。", name=begun[0].organization.name))
        return redirect(url_for("dossier.index", id=begun[0].id))
    return page("applications/proxy_begin.html", call=call, words=words, found=found, form=form)


def _begin(call: Call, form: BeginForm, found: list[Organization]) -> Application:
    tier = next(tier for tier in call.tiers if tier.key == form.tier.data)
    chosen = next((row for row in found if str(row.id) == form.organization.data), None)
    group = chosen or proxies.new_group(call, str(form.name.data), by=actor())
    return proxies.begin(call, tier, group, form.came, by=actor(), at=received_at())


@bp.get("/applications/<uuid:id>/proxy")
@subject(Application, Permission.PROXY_MANAGE)
def show(application: Application) -> Page:
    """Whether the group confirmed what was typed, how it is asked, and the button that submits it."""
    return _show_page(application)


def _show_page(application: Application, code: str = "", **forms: Any) -> Page:
    entry, dossier = _entry(application), queries.dossier(application)
    unsent: dict[str, Any] = {"code_form": CodeForm(formdata=None), "signed_form": SignedForm(formdata=None)}
    return page(
        "applications/proxy.html",
        call=application.call,
        application=application,
        entry=entry,
        gaps=completeness.missing(dossier),
        reference=grouped(proxied.reference_of(application)),
        code=grouped(code) if code else "",
        same_person=entry.file is not None and actor().id in (entry.file.kept_by_id, entry.entered_by_id),
        waits=application.status in proxies.WAITING,
        closed=closed_to_its_group(application, clock.now()),
        address=_address(application),
        **unsent | forms,
    )


def _entry(application: Application) -> ProxyEntry:
    return proxied.proxy_entry(application) or abort(404)


def _address(application: Application) -> str:
    base = str(current_app.config["PUBLIC_URL"]).rstrip("/")
    return base + url_for(".confirm", reference=proxied.reference_of(application))


@bp.post("/applications/<uuid:id>/proxy/code")
@subject(Application, Permission.PROXY_MANAGE)
def issue(application: Application) -> Page:
    """Give out a code: on the page, in a letter to print, or by mail."""
    form, entry, codes = CodeForm(), _entry(application), list[str]()
    if not (form.validate_on_submit() and attempt(form, lambda: codes.append(proxies.issue_code(entry, by=actor())))):
        return _show_page(application, code_form=form)
    code = codes[0]
    if form.way.data == Way.LETTER:
        paper = letter(entry, queries.dossier(application), code, _address(application))
        name = f"{application.call.file_stem}-{proxied.reference_of(application)}.pdf"
        return File("", make=lambda: write(paper, Form.PDF), filename=name, media_type=Form.PDF.media_type, rows=1)
    if form.way.data == Way.MAIL:
        _mail(entry, str(form.email.data).lower(), code)
        return _show_page(application, sent_to=str(form.email.data).lower())
    return _show_page(application, code)


def _mail(entry: ProxyEntry, email: str, code: str) -> None:
    application = entry.application
    assert entry.code_expires_at
    send(
        "applications.proxy_code",
        email,
        application.call,
        organization=application.organization_name,
        reference=grouped(proxied.reference_of(application)),
        code=grouped(code),
        address=_address(application),
        until=moment_text(entry.code_expires_at, "ja"),
    )


@bp.post("/applications/<uuid:id>/proxy/signed")
@subject(Application, Permission.PROXY_MANAGE)
def hand_in(application: Application) -> Page | ResponseReturnValue:
    """Take in the paper that the group signed."""
    form, entry = SignedForm(), _entry(application)
    if form.validate_on_submit():
        try:
            paper = form.paper
        except Refused as refusal:
            form.form_errors.append(str(refusal))
        else:
            if attempt(form, lambda: proxies.hand_in(entry, paper, by=actor())):
                say(_("署名のある紙を預かりました。事務局のほかの人が、内容と見比べて確かめます。"))
                return redirect(url_for(".show", id=application.id))
    return _show_page(application, signed_form=form)


@bp.get("/applications/<uuid:id>/proxy/signed")
@subject(Application, Permission.PROXY_MANAGE)
def signed(application: Application) -> Response:
    """The paper that the group signed, to be saved."""
    file = _entry(application).file or abort(404)
    return download(files.content(file), file.name, file.media_type)


@bp.post("/applications/<uuid:id>/proxy/<any(agree, reopen, submit):what>")
@subject(Application, Permission.PROXY_MANAGE)
def act(application: Application, what: str) -> Page | ResponseReturnValue:
    """Confirm by the signed paper, write once more, or submit for the group (R3.6)."""
    form, entry = ActForm(), _entry(application)
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "agree": (lambda: proxies.confirm_by_paper(entry, by=actor()), _("団体が確かめたことを記録しました。")),
        "reopen": (lambda: proxies.reopen(entry, by=actor()), _("書き直せるようにしました。")),
        "submit": (lambda: None, _("団体に代わって応募を提出しました。")),
    }
    do, told = acts[what]
    done = handed_in(application, form) if what == "submit" else attempt(form, do)
    if not done:
        return _show_page(application, act_form=form).with_status(UNPROCESSABLE)
    say(told)
    return redirect(url_for(".show", id=application.id))


@bp.route("/proxy", methods=["GET", "POST"], defaults={"reference": ""})
@bp.route("/proxy/<reference>", methods=["GET", "POST"])
@public
def confirm(reference: str) -> Page:
    """The group's page: by its number and code it reads what was typed for it, and confirms it."""
    look = LookForm(data={"reference": grouped(reference[:8]) if reference else ""})
    if not look.validate_on_submit():
        return page("applications/proxy_look.html", form=look)
    number, code = (_plain(str(field.data)) for field in (look.reference, look.code))
    entry = proxied.entry_of(number)
    outcome = proxies.look_at(entry, code)
    if entry is None or outcome is not Outcome.RIGHT:
        look.form_errors.append(_refused(outcome))
        return page("applications/proxy_look.html", form=look).with_status(UNPROCESSABLE)
    form = ConfirmForm(formdata=request.form if "agreeing" in request.form else None)
    form.reference.data, form.code.data = number, code
    if "agreeing" in request.form and form.validate():
        person = actor().id if form.claims.data else None
        proxies.confirm_by_code(
            entry,
            str(form.title.data or ""),
            str(form.name.data),
            claimed_by=db.session.get(User, person) if person else None,
        )
        return page("applications/proxy_confirmed.html", call=entry.application.call, application=entry.application)
    return page(
        "applications/proxy_confirm.html",
        call=entry.application.call,
        application=entry.application,
        entry=entry,
        dossier=queries.dossier(entry.application),
        form=form,
        may_claim=actor().is_authenticated and not proxied.has_members(entry.application.organization_id),
    )


def _plain(text: str) -> str:
    return normalize("NFKC", text).replace("-", "").replace(" ", "").lower()


def _refused(outcome: Outcome) -> str:
    if outcome is Outcome.OVER:
        return _("このコードはもう使えません。事務局に連絡して、新しいコードをもらってください。")
    if outcome is Outcome.CHANGED:
        return _("コードを出したあとに内容が書き直されました。事務局に連絡して、新しいコードをもらってください。")
    return _("照会番号か確認コードが合いません。手紙やメールを見て、もう一度入力してください。")
