"""Reading organisations: one's own, who acts for one, who was invited."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from grantflow.accounts.models import Invitation, MemberRole, Membership, Organization, User
from grantflow.accounts.passwords import fingerprint
from grantflow.core import clock
from grantflow.core.db import db

#: The roles in an organisation, the strongest first.
BY_STRENGTH = tuple(MemberRole)


def own(user_id: uuid.UUID) -> list[Membership]:
    """What the user is in which organisation, by its name."""
    found = select(Membership).join(Membership.organization).options(joinedload(Membership.organization))
    mine = found.where(Membership.user_id == user_id).order_by(Organization.name_key, Organization.id)
    return list(db.session.scalars(mine))


def members(organization: Organization) -> list[Membership]:
    """Who acts for the organisation, with their accounts: the strongest role first, then by name."""
    found = select(Membership).options(joinedload(Membership.user))
    rows = db.session.scalars(found.where(Membership.organization_id == organization.id))
    return sorted(rows, key=lambda row: (BY_STRENGTH.index(row.role), row.user.name, str(row.id)))


def membership(organization: Organization, user_id: uuid.UUID | None) -> Membership | None:
    """What the user is in the organisation."""
    return db.session.scalar(
        select(Membership).where(Membership.organization_id == organization.id, Membership.user_id == user_id)
    )


def locked(organization: Organization) -> Organization:
    """The organisation, held until the transaction ends: who acts for it changes in one transaction at a time."""
    held = select(Organization.id).where(Organization.id == organization.id).with_for_update()
    db.session.execute(held)
    return organization


def invitations(organization: Organization) -> Sequence[Invitation]:
    """The invitations that still open something, the oldest first."""
    found = select(Invitation).where(
        Invitation.organization_id == organization.id,
        Invitation.ended_at.is_(None),
        Invitation.expires_at > clock.now(),
    )
    return db.session.scalars(found.order_by(Invitation.invited_at, Invitation.id)).all()


def invitation(key: str) -> Invitation | None:
    """The invitation that the single-use `key` opens, if it was not used, not taken back, and has not expired."""
    return db.session.scalar(
        select(Invitation)
        .options(joinedload(Invitation.organization))
        .where(
            Invitation.token_hash == fingerprint(key),
            Invitation.ended_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
    )


def writers_left(rows: Sequence[Membership]) -> list[User]:
    """The people of `rows` who may write and can sign in."""
    from_rows = [row.user for row in rows if row.role is not MemberRole.READER]
    return [user for user in from_rows if user.is_active]
