"""The second step of signing in: giving a one-time code, setting codes up, and new recovery codes."""

from flask import Blueprint, abort, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user

from grantflow.accounts import codes, keeping, operations, queries, second_step
from grantflow.accounts.forms import BeginCodesForm, CodeForm, SignInForm
from grantflow.accounts.keeping import Kept
from grantflow.accounts.models import SecondStep, SignIn, User
from grantflow.accounts.views import TOO_MANY, place_asked_for, resume
from grantflow.core.authorization import Actor
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.web import Page, actor, attempt, page, public, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission

bp = Blueprint("codes", __name__)

FORBIDDEN = 403


@bp.get("/sign-in/code")
@public
def give() -> Page | ResponseReturnValue:
    """The form for the code, after the password."""
    found = _sign_in()
    if actor().is_authenticated:
        return redirect(place_asked_for())
    if queries.code_key(found.user) is None:
        return redirect(url_for(".set_up", next=place_asked_for()))
    return page("accounts/code.html", form=CodeForm(), goal=place_asked_for(), kept=None)


@bp.post("/sign-in/code")
@public
def check() -> Page | ResponseReturnValue:
    """Let the sign-in count when its code passes."""
    found, form, kept = _sign_in(), CodeForm(), keeping.carried(request.form)
    if actor().is_authenticated:
        return resume(kept) if kept else redirect(place_asked_for())
    means = _checked(form, found.user) if form.validate_on_submit() else None
    if means is None:
        answer = page("accounts/code.html", form=form, goal=place_asked_for(), kept=kept)
        return answer.with_status(TOO_MANY) if form.too_many else answer
    person = Actor(found.user.id, found.user.name, "user")
    token = second_step.pass_on(found, means, by=person)
    login_user(Actor(found.user.id, found.user.name, "user", token=token))
    if means is second_step.Means.RECOVERY:
        left = queries.recovery_codes_left(found.user)
        say(_("リカバリーコードを1つ使いました。使えるものは、あと%(left)s個です。", left=left), "warning")
    return resume(kept) if kept else redirect(place_asked_for())


def _checked(form: CodeForm, user: User) -> second_step.Means | None:
    """By what the second step was passed; a failure is counted, recorded and said on the form."""
    keys = [f"code:{user.id}"]
    try:
        operations.refuse_too_many(keys)
        means = second_step.check(user, str(form.code.data))
    except Refused as refusal:
        form.too_many = True
        form.form_errors.append(str(refusal))
        return None
    if means is None:
        operations.count_try(keys)
        second_step.note_failure(user, by=Actor(user.id, user.name, "user"))
        form.code.errors = [
            _("コードが違うか、もう使われています。アプリの数字が次に変わるのを待って、出た6桁を入力してください。")
        ]
    return means


@bp.get("/sign-in/code/new")
@public
def set_up() -> Page | ResponseReturnValue:
    """The picture of a new key, for an application that shows codes."""
    found = _sign_in()
    if queries.code_key(found.user) is not None:
        return redirect(place_asked_for())
    return setting_up(found.user, BeginCodesForm(sealed=second_step.offer(found.user)))


@bp.post("/sign-in/code/new")
@public
def begin() -> Page | ResponseReturnValue:
    """Take the new key into use, and show the recovery codes this once."""
    found, form, kept = _sign_in(), BeginCodesForm(), keeping.carried(request.form)
    user = found.user
    if found.second_step is SecondStep.WAITS:
        return redirect(url_for(".give", next=place_asked_for()))
    shown: list[str] = []
    by = Actor(user.id, user.name, "user", token=actor().token)
    if form.validate_on_submit() and attempt(form, lambda: shown.extend(_begun(user, form, by))):
        second_step.settle(found)
        return page("accounts/recovery_codes.html", codes=shown, goal=place_asked_for(), fresh=True, kept=kept)
    return setting_up(user, form, kept)


def _begun(user: User, form: BeginCodesForm, by: Actor) -> list[str]:
    keys = [f"code:{user.id}"]
    operations.refuse_too_many(keys)
    key = second_step.offered(user, str(form.sealed.data))
    return second_step.begin(user, key, str(form.code.data), by=by)


def setting_up(user: User, form: BeginCodesForm, kept: Kept | None = None) -> Page:
    """The picture of the key that the form holds, or of a new one where it holds none."""
    try:
        key = second_step.offered(user, str(form.sealed.data))
    except Refused:
        form.sealed.data = second_step.offer(user)
        key = second_step.offered(user, str(form.sealed.data))
    return page(
        "accounts/set_up_codes.html",
        form=form,
        key=[key[start : start + 4] for start in range(0, len(key), 4)],
        picture=codes.picture(codes.address(key, user.email)),
        goal=place_asked_for(),
        kept=kept,
    )


@bp.post("/account/recovery-codes")
@subject(None, Permission.ACCOUNT_MANAGE)
def renew() -> Page:
    """Ten new recovery codes, for whoever gives a code."""
    form, user = CodeForm(), db.session.get_one(User, actor().id)
    if not form.validate_on_submit() or _checked(form, user) is None:
        return page("accounts/renew_recovery_codes.html", form=form)
    found = second_step.renew_recovery_codes(user, by=actor())
    return page("accounts/recovery_codes.html", codes=found, goal=url_for("account.show"), fresh=False, kept=None)


@bp.get("/account/recovery-codes")
@subject(None, Permission.ACCOUNT_MANAGE)
def ask_to_renew() -> Page:
    """The form for new recovery codes."""
    return page("accounts/renew_recovery_codes.html", form=CodeForm())


@bp.route("/account/codes/remove", methods=["GET", "POST"])
@subject(None, Permission.ACCOUNT_MANAGE)
def remove() -> Page | ResponseReturnValue:
    """Forget one's own codes, to set them up on another telephone; whose role needs them is led to that at once."""
    form, user = CodeForm(), db.session.get_one(User, actor().id)
    if not form.validate_on_submit() or _checked(form, user) is None:
        return page("accounts/remove_codes.html", form=form)
    second_step.remove(user, by=actor())
    say(_("ワンタイムコードの設定を消しました。"))
    return redirect(url_for("account.show"))


def _sign_in() -> SignIn:
    """The sign-in at hand, whether it counts already or not; whoever has none is sent to the password first."""
    found = queries.sign_in(actor().token) if actor().token else None
    if found is None:
        session.pop("_user_id", None)
        kept = keeping.carried(request.form)
        if kept:
            again = page("accounts/sign_in.html", form=SignInForm(formdata=None), kept=kept, status=FORBIDDEN)
            abort(again.render())
        abort(make_response(redirect(url_for("accounts.sign_in", next=place_asked_for()))))
    return found
