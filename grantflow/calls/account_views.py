"""Every account, for administrators: finding one, its roles, signing it out, stopping it, resetting its codes."""

import uuid
from collections.abc import Callable

from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts import operations as accounts
from grantflow.accounts import queries as account_queries
from grantflow.accounts import second_step
from grantflow.accounts.models import User
from grantflow.audit import trail
from grantflow.calls import people, queries
from grantflow.calls.models import CallRole
from grantflow.calls.people_forms import InviteAnywhereForm
from grantflow.calls.people_views import deputy_choices, invitation, roles_to_give, told_invited
from grantflow.core import clock
from grantflow.core.db import db
from grantflow.core.paging import Paging
from grantflow.core.web import Page, actor, attempt, page, remember, say, subject
from grantflow.core.words import Lazy, _, lazy
from grantflow.mail import queries as mail
from grantflow.permissions import Permission

bp = Blueprint("everybody", __name__)

#: What an administrator may do to an account, and what is said when it was done.
ACTS: dict[str, tuple[Callable[[User], None], Lazy]] = {
    "link": (
        lambda user: people.send_link(user, site=current_app.config["PUBLIC_URL"], by=actor()),
        lazy("%(name)sさんに、パスワードを決めるリンクを送ります。"),
    ),
    "sign-out": (
        lambda user: accounts.sign_out_elsewhere(user, by=actor()),
        lazy("%(name)sさんを、すべての端末でサインアウトしました。"),
    ),
    "reset-codes": (
        lambda user: second_step.reset(user, by=actor()),
        lazy("%(name)sさんのワンタイムコードの設定を消しました。本人にメールで知らせます。"),
    ),
    "deactivate": (
        lambda user: people.deactivate(user, by=actor()),
        lazy("%(name)sさんのアカウントを止めました。記録の名前は残ります。"),
    ),
    "reactivate": (
        lambda user: accounts.reactivate(user, by=actor()),
        lazy("%(name)sさんのアカウントを、また使えるようにしました。"),
    ),
}


@bp.get("/people")
@subject(None, Permission.PEOPLE_ADMINISTER)
def index() -> Page:
    """Every account, searched, in pages; that addresses were read is remembered."""
    return _everybody(_form())


@bp.post("/people")
@subject(None, Permission.PEOPLE_ADMINISTER)
def invite() -> Page | ResponseReturnValue:
    """Invite somebody to a role in a call, or in all of them."""
    form = _form()
    if form.validate_on_submit() and attempt(form, lambda: _invited(form)):
        told_invited(form)
        return redirect(url_for(".index"))
    return _everybody(form)


@bp.get("/people/<uuid:id>")
@subject(User, Permission.PEOPLE_ADMINISTER)
def show(user: User) -> Page:
    """One account: roles, sign-ins, codes, the last mail."""
    remember(lambda: trail.record("users.read", user, by=actor()))
    return page(
        "calls/person.html",
        person=user,
        roles=queries.roles_ever(user.id),
        sign_ins=account_queries.open_sign_ins(user.id),
        code_key=account_queries.code_key(user),
        mail=mail.newest([user.email]).get(user.email),
        today=clock.today(),
    )


@bp.post("/people/<uuid:id>/<any('link', 'sign-out', 'reset-codes', 'deactivate', 'reactivate'):act>")
@subject(User, Permission.PEOPLE_ADMINISTER)
def act(user: User, act: str) -> ResponseReturnValue:
    """Do one of the acts to an account."""
    do, done = ACTS[act]
    do(user)
    say(done % {"name": user.name})
    return redirect(url_for(".show", id=user.id))


@bp.post("/people/<uuid:id>/roles/<uuid:role>/revoke")
@subject(User, Permission.PEOPLE_ADMINISTER)
def revoke(user: User, role: uuid.UUID) -> ResponseReturnValue:
    """Take a role away, at once."""
    row = db.session.get(CallRole, role)
    if row is None or row.user_id != user.id:
        abort(404)
    label = row.role.label
    people.revoke(user, row.role, row.call, by=actor())
    say(_("%(name)sさんから「%(role)s」の役割を外しました。次の操作から効きます。", name=user.name, role=label))
    return redirect(url_for(".show", id=user.id))


def _form() -> InviteAnywhereForm:
    form = InviteAnywhereForm()
    calls = queries.calls(actor(), Permission.PEOPLE_MANAGE)
    form.call.choices = [("", _("すべての公募")), *((call.slug, call.title) for call in calls)]
    form.role.choices = [(role.value, role.label) for role in roles_to_give(None)]
    form.deputy_for.choices = deputy_choices(queries.people(None))
    return form


def _invited(form: InviteAnywhereForm) -> None:
    call = queries.call(str(form.call.data)) if form.call.data else None
    people.invite(invitation(form, call), site=current_app.config["PUBLIC_URL"], by=actor())


def _everybody(form: InviteAnywhereForm) -> Page:
    text = request.args.get("q", "").strip()[:100]
    paging = Paging.of(request.args.get("page"), queries.count_accounts(text))
    rows = queries.accounts(text, offset=paging.offset, limit=paging.size)
    if request.method == "GET":
        remember(lambda: _note_reading(len(rows)))
    return page(
        "calls/everybody.html",
        form=form,
        rows=rows,
        roles=queries.roles_by_user([row.id for row in rows]),
        today=clock.today(),
        text=text,
        paging=paging,
        links=paging.links(lambda number: url_for(".index", q=text or None, page=number)),
    )


def _note_reading(count: int) -> None:
    """The event stands with the reader's own account: a list has no row of its own."""
    trail.record("users.list", db.session.get_one(User, actor().id), by=actor(), rows=count)
