"""One's own account: name, password, mail, one-time codes, and where one is signed in."""

import uuid

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts import operations, queries
from grantflow.accounts.forms import NameForm, PaceForm
from grantflow.accounts.models import MailPace, SignIn, User
from grantflow.accounts.passwords import fingerprint
from grantflow.core.db import db
from grantflow.core.web import Page, actor, page, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission

bp = Blueprint("account", __name__)


@bp.route("/account", methods=["GET", "POST"])
@subject(None, Permission.ACCOUNT_MANAGE)
def show() -> Page | ResponseReturnValue:
    """One's own page; a POST changes the name."""
    user = db.session.get_one(User, actor().id)
    form = NameForm(obj=user)
    if form.validate_on_submit():
        operations.rename(user, str(form.name.data), by=actor())
        say(_("氏名を変えました。"))
        return redirect(url_for(".show"))
    return _show(user, form, PaceForm(formdata=None, data={"pace": user.mail_pace.value}))


@bp.post("/account/mail")
@subject(None, Permission.ACCOUNT_MANAGE)
def choose_pace() -> Page | ResponseReturnValue:
    """Choose how often one wants to hear."""
    user = db.session.get_one(User, actor().id)
    form = PaceForm()
    if form.validate_on_submit():
        operations.choose_pace(user, MailPace(form.pace.data), by=actor())
        say(_("お知らせの届け方を変えました。"))
        return redirect(url_for(".show"))
    return _show(user, NameForm(formdata=None, obj=user), form)


def _show(user: User, form: NameForm, pace: PaceForm) -> Page:
    sign_ins = queries.open_sign_ins(user.id)
    here = next((row.id for row in sign_ins if row.token_hash == fingerprint(actor().token)), None)
    return page(
        "accounts/show.html",
        form=form,
        pace=pace,
        user=user,
        sign_ins=sign_ins,
        here=here,
        code_key=queries.code_key(user),
        recovery_codes=queries.recovery_codes_left(user),
    )


@bp.post("/account/sign-ins/end")
@subject(None, Permission.ACCOUNT_MANAGE)
def end_others() -> ResponseReturnValue:
    """End every sign-in but this one."""
    operations.sign_out_elsewhere(db.session.get_one(User, actor().id), by=actor())
    say(_("この端末のほかは、すべてサインアウトしました。"))
    return redirect(url_for(".show"))


@bp.post("/account/sign-ins/<uuid:id>/end")
@subject(None, Permission.ACCOUNT_MANAGE)
def end_one(id: uuid.UUID) -> ResponseReturnValue:
    """End one sign-in of one's own."""
    found = db.session.get(SignIn, id)
    if found is None or found.user_id != actor().id:
        abort(404)
    operations.end_one(found, by=actor())
    say(_("その端末をサインアウトしました。"))
    return redirect(url_for(".show"))
