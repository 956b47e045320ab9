"""The people of a call: who has which role, inviting them, taking a role away."""

import uuid
from collections.abc import Sequence

from flask import Blueprint, abort, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts.models import Role, User
from grantflow.audit import trail
from grantflow.calls import people, queries
from grantflow.calls.models import Call, CallRole
from grantflow.calls.people_forms import InviteForm
from grantflow.core import clock
from grantflow.core.authorization import permits
from grantflow.core.db import db
from grantflow.core.web import Page, actor, attempt, page, remember, say, subject
from grantflow.core.words import _
from grantflow.mail import queries as mail
from grantflow.permissions import Permission

bp = Blueprint("people", __name__)


@bp.get("/calls/<slug>/people")
@subject(Call, Permission.PEOPLE_MANAGE, key="slug")
def index(call: Call) -> Page:
    """Who has which role in the call; that addresses were read is remembered."""
    rows = queries.people(call)
    remember(lambda: trail.record("calls.read_people", call, by=actor(), rows=len(rows)))
    return _people(call, rows, _form(call, rows))


@bp.post("/calls/<slug>/people")
@subject(Call, Permission.PEOPLE_MANAGE, key="slug")
def invite(call: Call) -> Page | ResponseReturnValue:
    """Invite somebody to a role of the call."""
    rows = queries.people(call)
    form = _form(call, rows)
    if form.validate_on_submit() and attempt(form, lambda: _invited(form, call)):
        told_invited(form)
        return redirect(url_for(".index", slug=call.slug))
    return _people(call, rows, form)


@bp.post("/calls/<slug>/people/<uuid:role>/revoke")
@subject(Call, Permission.PEOPLE_MANAGE, key="slug")
def revoke(call: Call, role: uuid.UUID) -> ResponseReturnValue:
    """Take a role of the call away, at once."""
    row = db.session.get(CallRole, role)
    if row is None or row.call_id != call.id:
        abort(404)
    name, label = row.user.name, row.role.label
    people.revoke(row.user, row.role, call, by=actor())
    say(_("%(name)sさんから「%(role)s」の役割を外しました。次の操作から効きます。", name=name, role=label))
    return redirect(url_for(".index", slug=call.slug))


@bp.post("/calls/<slug>/people/<uuid:user>/link")
@subject(Call, Permission.PEOPLE_MANAGE, key="slug")
def send_link(call: Call, user: uuid.UUID) -> ResponseReturnValue:
    """Send somebody of the call a new link to set a password."""
    row = db.session.get(User, user)
    if row is None or not queries.is_of(row, call):
        abort(404)
    people.send_link(row, site=current_app.config["PUBLIC_URL"], by=actor())
    say(_("%(name)sさんに、パスワードを決めるリンクを送ります。", name=row.name))
    return redirect(url_for(".index", slug=call.slug))


def roles_to_give(call: Call | None) -> list[Role]:
    """The roles that whoever asks may give in the call, or in every call."""
    call_id = call.id if call else None
    return [role for role in Role if permits(actor(), Permission.ROLE_GRANT, CallRole(role=role, call_id=call_id))]


def deputy_choices(rows: Sequence[CallRole]) -> list[tuple[str, str]]:
    """Whom somebody may stand in for: those of the rows who are no deputies themselves."""
    principals = {str(row.user_id): row.user.name for row in rows if row.deputy_for_id is None}
    return [("", _("代理ではない")), *principals.items()]


def told_invited(form: InviteForm) -> None:
    """Say on the next page that the invitation leaves."""
    say(_("%(email)s に招待のメールを送ります。", email=form.email.data))


def invitation(form: InviteForm, call: Call | None) -> people.Invitation:
    """What was typed, as an invitation to the call or to all of them."""
    principal = db.session.get(User, uuid.UUID(form.deputy_for.data)) if form.deputy_for.data else None
    return people.Invitation(
        email=str(form.email.data),
        name=str(form.name.data),
        role=Role(form.role.data),
        call=call,
        until=form.until.data,
        deputy_for=principal,
    )


def _form(call: Call, rows: Sequence[CallRole]) -> InviteForm:
    form = InviteForm()
    form.role.choices = [(role.value, role.label) for role in roles_to_give(call)]
    form.deputy_for.choices = deputy_choices(rows)
    return form


def _invited(form: InviteForm, call: Call) -> None:
    people.invite(invitation(form, call), site=current_app.config["PUBLIC_URL"], by=actor())


def _people(call: Call, rows: Sequence[CallRole], form: InviteForm) -> Page:
    return page(
        "calls/people.html",
        call=call,
        rows=rows,
        form=form,
        today=clock.today(),
        mails=mail.newest(row.user.email for row in rows),
        mine={role.value for role in roles_to_give(call)},
    )
