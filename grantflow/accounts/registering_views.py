"""Registering, and asking for a link to set another password: pages that never tell who has an account."""

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts import passwords, queries, registering
from grantflow.accounts.forms import AskForLetterForm, ForgotForm, RegisterForm
from grantflow.accounts.models import Registration, SecondStep
from grantflow.accounts.views import TOO_MANY, come_in, place_asked_for
from grantflow.core.incoming import is_own_path
from grantflow.core.refusals import Refused
from grantflow.core.web import Page, actor, attempt, page, public, say
from grantflow.core.words import _

bp = Blueprint("registering", __name__)

OVER = 410


@bp.route("/register", methods=["GET", "POST"])
@public
def ask() -> Page | ResponseReturnValue:
    """Ask for a link with which one registers."""
    if actor().is_authenticated and request.method != "POST":
        return redirect(place_asked_for())
    return _ask(AskForLetterForm(), "accounts/register.html", forgot=False)


@bp.route("/forgot", methods=["GET", "POST"])
@public
def forgot() -> Page:
    """Ask for a link with which one sets another password."""
    return _ask(ForgotForm(), "accounts/forgot.html", forgot=True)


def _ask(form: AskForLetterForm, template: str, *, forgot: bool) -> Page:
    if not form.validate_on_submit():
        return page(template, form=form)
    try:
        registering.refuse_too_many(request.remote_addr or "")
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return page(template, form=form).with_status(TOO_MANY)
    email, goal = str(form.email.data), request.args.get("next", "")
    registering.ask(email, goal if is_own_path(goal) else "", forgot=forgot, site=str(current_app.config["PUBLIC_URL"]))
    return page("accounts/letter_sent.html", email=email, forgot=forgot)


@bp.route("/register/<key>", methods=["GET", "POST"])
@public
def finish(key: str) -> Page | ResponseReturnValue:
    """Name and password of whoever opened the link in the letter; the account begins now, and with it the sign-in."""
    form = RegisterForm()
    password_hash = passwords.hashed(str(form.new_password.data)) if form.validate_on_submit() else None
    asked = queries.registration(key)
    if asked is None:
        return page("accounts/link_is_over.html", status=OVER)
    if queries.user(asked.email) is not None:
        # Another letter to the same address was used first
        return redirect(url_for("accounts.welcome", key=key))
    if password_hash is None or not attempt(form, lambda: _finish(asked, form, password_hash)):
        return page("accounts/register_name.html", form=form, email=asked.email)
    say(_("登録しました。次からは、メールアドレスとパスワードでサインインしてください。"))
    return redirect(asked.goal or url_for("home.desk"))


def _finish(asked: Registration, form: RegisterForm, password_hash: str) -> None:
    come_in(registering.finish(asked, str(form.name.data), password_hash), SecondStep.NOT_ASKED)
