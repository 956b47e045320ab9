"""Who acts for an organisation: inviting colleagues, what each may do, handing over, leaving (R3.4)."""

import datetime as dt

from grantflow.accounts import group_queries as queries
from grantflow.accounts import passwords
from grantflow.accounts.models import WRITERS, Invitation, MemberRole, Membership, Organization, User
from grantflow.audit import trail
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize
from grantflow.core.dates import moment_text
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.mail import operations as mail
from grantflow.permissions import Permission

INVITATION_LASTS = dt.timedelta(days=7)
MOST_INVITATIONS = 20

_ROLE = MemberRole


def manageable(role: MemberRole, *, headless: bool) -> frozenset[MemberRole]:
    """The roles that somebody of `role` may change and take away.

    `headless`: the organisation has no representative who can sign in; then whoever writes keeps it going.
    """
    if role is _ROLE.REPRESENTATIVE:
        return frozenset(_ROLE)
    if role is _ROLE.DELEGATE or (role is _ROLE.EDITOR and headless):
        return frozenset({_ROLE.EDITOR, _ROLE.READER})
    return frozenset()


def invitable(role: MemberRole, *, headless: bool) -> frozenset[MemberRole]:
    """The roles to which somebody of `role` may invite: only a representative makes another, or a delegate.

    Where there is none, whoever writes may invite the first.
    """
    if role not in WRITERS:
        return frozenset()
    writer = frozenset({_ROLE.EDITOR, _ROLE.READER}) | ({_ROLE.REPRESENTATIVE} if headless else frozenset())
    return manageable(role, headless=headless) | writer


def is_headless(rows: list[Membership]) -> bool:
    """Whether nobody among `rows` is a representative who can sign in."""
    return not any(row.role is _ROLE.REPRESENTATIVE and row.user.is_active for row in rows)


def invite(organization: Organization, email: str, role: MemberRole, *, site: str, by: Actor) -> Invitation:
    """Send a single-use link to `email`, by which somebody comes to act for the organisation; `site` is our address.

    The key stands nowhere but in that mail. An earlier invitation to the same address is over.
    """
    authorize(by, Permission.ORGANIZATION_WRITE, organization)
    rows = queries.members(queries.locked(organization))
    if role not in invitable(_role_of(by, rows), headless=is_headless(rows)):
        raise Refused(_("「%(role)s」として招けるのは、代表者だけです。代表者に頼んでください。", role=role.label))
    address = email.strip().lower()
    _refuse_a_member(address, rows)
    waiting = queries.invitations(organization)
    for earlier in waiting:
        if earlier.email == address:
            earlier.ended_at = clock.now()
    if sum(each.email != address for each in waiting) >= MOST_INVITATIONS:
        raise Refused(
            _(
                "返事を待っている招待が%(count)s件あります。要らない招待を取り消してから、招いてください。",
                count=MOST_INVITATIONS,
            )
        )
    key, now = passwords.new_key(), clock.now()
    row = Invitation(
        organization_id=organization.id,
        email=address,
        role=role,
        token_hash=passwords.fingerprint(key),
        invited_by_id=by.id,
        invited_by=by.name,
        invited_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    db.session.add(row)
    trail.record("organizations.invite", organization, by=by, role=role.value)
    mail.send(
        "accounts.invitation",
        address,
        organization=organization.name,
        inviter=by.name,
        role=str(role.label),
        address=f"{site}/invitations/{key}",
        until=moment_text(row.expires_at),
    )
    return row


def withdraw(invitation: Invitation, *, by: Actor) -> None:
    """Let the invitation open nothing any more."""
    authorize(by, Permission.ORGANIZATION_WRITE, invitation.organization)
    if invitation.ended_at is not None:
        raise Refused(_("この招待は、もう使われたか取り消されています。"))
    invitation.ended_at = clock.now()
    trail.record("organizations.withdraw_invitation", invitation.organization, by=by, role=invitation.role.value)


def accept(invitation: Invitation, user: User, *, by: Actor) -> Membership:
    """Let `user` act for the organisation as the invitation says; who does already keeps the stronger role.

    The address that was written to need not be that of the account; the event says whether it is.
    """
    organization = queries.locked(invitation.organization)
    invitation.ended_at = clock.now()
    row = queries.membership(organization, user.id)
    if row is None:
        row = Membership(user_id=user.id, organization_id=organization.id, role=invitation.role)
        db.session.add(row)
    else:
        row.role = min(row.role, invitation.role, key=queries.BY_STRENGTH.index)
    trail.record(
        "organizations.accept_invitation",
        organization,
        by=by,
        user=str(user.id),
        role=row.role.value,
        same_address=invitation.email == user.email,
    )
    return row


def change_role(membership: Membership, role: MemberRole, *, by: Actor) -> None:
    """Make somebody something else in the organisation, from their next request on."""
    organization, rows = _managed(membership, by)
    mine = manageable(_role_of(by, rows), headless=is_headless(rows))
    if membership.role not in mine or role not in mine:
        raise Refused(_("この役割は代表者だけが変えられます。代表者に頼んでください。"))
    before = membership.role
    if role is before:
        return
    membership.role = role
    _refuse_nobody_left(rows, before)
    trail.record(
        "organizations.change_role",
        organization,
        by=by,
        user=str(membership.user_id),
        before={"role": before.value},
        after={"role": role.value},
    )


def remove(membership: Membership, *, by: Actor) -> None:
    """Take somebody out of the organisation: from their next request on they see nothing of it."""
    organization, rows = _managed(membership, by)
    if membership.role not in manageable(_role_of(by, rows), headless=is_headless(rows)):
        raise Refused(_("「%(role)s」を外せるのは代表者だけです。代表者に頼んでください。", role=membership.role.label))
    _take_out(membership, rows)
    trail.record(
        "organizations.remove_member", organization, by=by, user=str(membership.user_id), role=membership.role.value
    )


def leave(organization: Organization, *, by: Actor) -> None:
    """Act for the organisation no longer; refused for the last one who can write, and for its last representative."""
    authorize(by, Permission.ORGANIZATION_READ, organization)
    rows = queries.members(queries.locked(organization))
    row = next(row for row in rows if row.user_id == by.id)
    _take_out(row, rows)
    trail.record("organizations.leave", organization, by=by, role=row.role.value)


def hand_over(organization: Organization, to: Membership, stay_as: MemberRole | None, *, site: str, by: Actor) -> None:
    """Make `to` the representative in the place of `by`, who stays as something else or leaves (None).

    The new one is told by mail; `site` is our address.
    """
    authorize(by, Permission.ORGANIZATION_WRITE, organization)
    rows = queries.members(queries.locked(organization))
    mine = next((row for row in rows if row.user_id == by.id and row.role is _ROLE.REPRESENTATIVE), None)
    if mine is None:
        raise Refused(_("引き継げるのは代表者だけです。代表者に頼んでください。"))
    if to not in rows or to is mine or not to.user.is_active:
        raise Refused(_("次の代表者を、この団体の人から選んでください。いないときは、先に招いてください。"))
    to.role = _ROLE.REPRESENTATIVE
    if stay_as is None:
        db.session.delete(mine)
    else:
        mine.role = stay_as
    trail.record(
        "organizations.hand_over",
        organization,
        by=by,
        user=str(to.user_id),
        stays_as=stay_as.value if stay_as else "",
    )
    mail.send(
        "accounts.handed_over",
        to.user.email,
        name=to.user.name,
        organization=organization.name,
        by=by.name,
        sign_in=f"{site}/sign-in",
    )


def _managed(membership: Membership, by: Actor) -> tuple[Organization, list[Membership]]:
    organization = membership.organization
    authorize(by, Permission.ORGANIZATION_WRITE, organization)
    return organization, queries.members(queries.locked(organization))


def _role_of(by: Actor, rows: list[Membership]) -> MemberRole:
    return next((row.role for row in rows if row.user_id == by.id), _ROLE.READER)


def _take_out(membership: Membership, rows: list[Membership]) -> None:
    _refuse_nobody_left([row for row in rows if row is not membership], membership.role)
    db.session.delete(membership)


def _refuse_a_member(address: str, rows: list[Membership]) -> None:
    if any(row.user.email == address for row in rows):
        raise Refused(_("この人は、もう団体に入っています。役割を変えるときは、上の表で選んでください。"))


def _refuse_nobody_left(rows: list[Membership], lost: MemberRole) -> None:
    """Refuse when those of `rows` cannot write, or have no representative because one was `lost`."""
    if not queries.writers_left(rows):
        raise Refused(
            _(
                "この団体で書ける人が1人もいなくなります。"
                "先に、ほかの人を招いて入ってもらうか、ほかの人を「書く人」にしてください。"
            )
        )
    if lost is _ROLE.REPRESENTATIVE and is_headless(rows):
        raise Refused(_("代表者がいなくなります。先に「代表者を引き継ぐ」で、次の代表者を決めてください。"))
