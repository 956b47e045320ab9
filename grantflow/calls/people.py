"""Who may come in: inviting people by mail, with a role in a call or in all of them."""

import datetime as dt
from dataclasses import dataclass

from grantflow.accounts import operations as accounts
from grantflow.accounts import queries as account_queries
from grantflow.accounts.models import Role, User
from grantflow.audit import trail
from grantflow.calls import mailing, operations, queries
from grantflow.calls.models import Call
from grantflow.core import clock, words
from grantflow.core.authorization import Actor
from grantflow.core.dates import wareki
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.mail.letters import Value


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is invited to what: the role, in which call (None: in every call), until when, as whose deputy."""

    email: str
    name: str
    role: Role
    call: Call | None
    until: dt.date | None = None
    deputy_for: User | None = None


def invite(invitation: Invitation, *, site: str, by: Actor) -> User:
    """Give the role, to a new account where there is none, and tell the person by mail; `site` is our address.

    Whoever has no password yet gets a single-use link, whose key stands nowhere but in that mail.
    """
    user = account_queries.user(invitation.email)
    if user is None:
        user = accounts.add(invitation.email, invitation.name, by=by)
    if not user.is_active:
        raise Refused(
            _(
                "%(email)s のアカウントは止まっています。使えるように戻すことを、管理者に頼んでください。",
                email=user.email,
            )
        )
    operations.grant(
        user, invitation.role, invitation.call, by=by, until=invitation.until, deputy_for=invitation.deputy_for
    )
    trail.record("users.invite", user, by=by, role=invitation.role.value, call=_slug(invitation.call))
    if user.password_hash is None:
        send_link(user, site=site, by=by, invitation=invitation)
        return user
    mailing.send("calls.role", user, invitation.call, **_told(invitation, by), address=f"{site}/sign-in")
    return user


def send_link(user: User, *, site: str, by: Actor, invitation: Invitation | None = None) -> None:
    """Send `user` a link to set a password; the links sent before stay as they are, each with its own end."""
    if not user.is_active:
        raise Refused(_("%(name)sさんのアカウントは止まっています。先に、使えるように戻してください。", name=user.name))
    address = f"{site}/welcome/{accounts.issue_link(user, by=by)}"
    until = clock.now() + accounts.LINK_LASTS
    if invitation is None:
        mailing.send("accounts.link", user, None, address=address, until=until)
    else:
        mailing.send("calls.invitation", user, invitation.call, **_told(invitation, by), address=address, until=until)


def deactivate(user: User, *, by: Actor) -> None:
    """Let nobody in by this account; refused for the last administrator of every call."""
    _refuse_the_last_administrator(user)
    accounts.deactivate(user, by=by)


def revoke(user: User, role: Role, call: Call | None, *, by: Actor) -> None:
    """Take the role away, at once; whoever stood in for them in it stands in no longer."""
    if role is Role.ADMINISTRATOR and call is None:
        _refuse_the_last_administrator(user)
    for row in queries.deputies(user, role, call):
        operations.revoke(row.user, role, call, by=by)
    operations.revoke(user, role, call, by=by)


def _refuse_the_last_administrator(user: User) -> None:
    if queries.administrators() <= {user.id}:
        raise Refused(_("管理者が1人もいなくなります。先に、ほかの人に管理者の役割を付けてください。"))


def _told(invitation: Invitation, by: Actor) -> dict[str, Value]:
    """Who invites to what, as it stands in a letter."""
    with words.speaking(words.SOURCE):
        role = invitation.role.label
        if invitation.call:
            role += _("（%(call)s）", call=invitation.call.title)
        if invitation.until:
            role += _("、%(day)sまで", day=wareki(invitation.until))
    return {"inviter": by.name, "role": role}


def _slug(call: Call | None) -> str | None:
    return call.slug if call else None
