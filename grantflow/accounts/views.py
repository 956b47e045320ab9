"""Signing in and out, and passwords."""

from dataclasses import replace

from flask import Blueprint, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from grantflow.accounts import keeping, operations, passwords, queries, registering
from grantflow.accounts.browsers import browser_words
from grantflow.accounts.forms import ChangePasswordForm, CodeForm, NewPasswordForm, SignInForm
from grantflow.accounts.keeping import Kept
from grantflow.accounts.models import Registration, SecondStep, User
from grantflow.core.authorization import VISITOR, Actor
from grantflow.core.db import db
from grantflow.core.incoming import is_own_path
from grantflow.core.refusals import Refused
from grantflow.core.web import Page, actor, attempt, page, public, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission

bp = Blueprint("accounts", __name__)

TOO_MANY = 429


@bp.get("/sign-in")
@public
def sign_in() -> Page:
    """The form to sign in."""
    return page("accounts/sign_in.html", form=SignInForm(), kept=None)


@bp.post("/sign-in")
@public
def begin() -> Page | ResponseReturnValue:
    """Sign in; the answer never tells whether an address has an account."""
    form, kept = SignInForm(), keeping.carried(request.form)
    if not form.validate_on_submit():
        return page("accounts/sign_in.html", form=form, kept=kept)
    email, password = str(form.email.data), str(form.password.data)
    keys = [f"email:{email.lower()}", f"from:{request.remote_addr}"]
    with db.open(write=False):
        password_hash = queries.password_hash(email)
        try:
            operations.refuse_too_many(keys)
        except Refused as refusal:
            form.form_errors.append(str(refusal))
            return page("accounts/sign_in.html", form=form, kept=kept).with_status(TOO_MANY)
    if not passwords.matches(password_hash, password):
        operations.count_try(keys)
        form.form_errors.append(_("メールアドレスかパスワードが違います。もう一度確かめて入力してください。"))
        return page("accounts/sign_in.html", form=form, kept=kept)
    return _admit(email, kept)


def _admit(email: str, kept: Kept | None) -> Page | ResponseReturnValue:
    user = queries.user(email) or abort(403)
    waits = queries.code_key(user) is not None
    goal = place_asked_for()
    come_in(user, SecondStep.WAITS if waits else SecondStep.NOT_ASKED)
    if kept:
        return page("accounts/code.html", form=CodeForm(formdata=None), goal=goal, kept=kept) if waits else resume(kept)
    return redirect(url_for("codes.give", next=goal) if waits else goal)


def come_in(user: User, second_step: SecondStep) -> None:
    """Begin a sign-in of `user` in this browser, with nothing left of what was in it before."""
    who = Actor(user.id, user.name, "user")
    token = operations.sign_in(
        user,
        by=who,
        second_step=second_step,
        origin=request.remote_addr or "",
        browser=browser_words(request.user_agent.string),
    )
    session.clear()
    # The token of forms was made for what was just cleared
    g.pop("csrf_token", None)
    waits = second_step is SecondStep.WAITS
    login_user(replace(VISITOR if waits else who, token=token), force=True)


def resume(kept: Kept, status: int = 200) -> Page:
    """The page from which what was kept is sent again to where it was going."""
    return page("accounts/resume.html", kept=kept, status=status)


def place_asked_for() -> str:
    """Where somebody was going when we asked who they are; only ever a path of our own."""
    asked = request.args.get("next", "")
    return asked if is_own_path(asked) else url_for("home.desk")


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this browser's sign-in."""
    if actor().token:
        operations.sign_out(actor().token, by=actor())
    logout_user()
    session.clear()
    say(_("サインアウトしました。"))
    return redirect(url_for("home.front"))


@bp.route("/password", methods=["GET", "POST"])
@subject(None, Permission.PASSWORD_CHANGE)
def change_password() -> Page | ResponseReturnValue:
    """Change one's own password; other browsers are signed out."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return page("accounts/change_password.html", form=form)
    with db.open(write=False):
        password_hash = db.session.get_one(User, actor().id).password_hash
    if not passwords.matches(password_hash, str(form.current.data)):
        form.current.errors = (_("いまのパスワードが違います。もう一度入力してください。"),)
        return page("accounts/change_password.html", form=form)
    new = passwords.hashed(str(form.new_password.data))
    operations.set_password(db.session.get_one(User, actor().id), new, by=actor())
    say(_("パスワードを変えました。ほかの端末はサインアウトしました。"))
    return redirect(url_for("home.desk"))


@bp.route("/welcome/<key>", methods=["GET", "POST"])
@public
def welcome(key: str) -> Page | ResponseReturnValue:
    """Set a password by a single-use link: the first one, or another for one that was forgotten."""
    form = NewPasswordForm()
    password_hash = passwords.hashed(str(form.new_password.data)) if form.validate_on_submit() else None
    link, asked = queries.link(key), queries.registration(key)
    user = link.user if link else _owner(asked)
    if user is None:
        return page("accounts/link_is_over.html", status=410)
    if password_hash is None or not attempt(form, lambda: _set_password(key, user, password_hash)):
        return page("accounts/welcome.html", form=form, person=user.name, first=user.password_hash is None)
    say(_("パスワードを決めました。メールアドレスとパスワードでサインインしてください。"))
    return redirect(url_for(".sign_in", next=(asked.goal or None) if asked else None))


def _owner(asked: Registration | None) -> User | None:
    user = queries.user(asked.email) if asked else None
    return user if user and user.is_active else None


def _set_password(key: str, user: User, password_hash: str) -> None:
    link, asked = queries.link(key), queries.registration(key)
    if link:
        operations.use_link(link, password_hash)
    elif asked:
        registering.reset(asked, user, password_hash)
