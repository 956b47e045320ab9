"""Reading accounts."""

import datetime as dt
import enum
import uuid
from collections.abc import Sequence

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import contains_eager

from grantflow.accounts.models import (
    AccessLink,
    CodeKey,
    Membership,
    Organization,
    RecoveryCode,
    Registration,
    SignIn,
    Throttle,
    User,
)
from grantflow.accounts.passwords import fingerprint
from grantflow.core import clock
from grantflow.core.db import db

#: How long a sign-in lasts, and how long it may lie idle.
SIGN_IN_LASTS = dt.timedelta(hours=12)
SIGN_IN_IDLES = dt.timedelta(hours=2)


class Standing(enum.Enum):
    """What there is at an address."""

    UNKNOWN = "unknown"
    ACTIVE = "active"
    STOPPED = "stopped"


def user(email: str) -> User | None:
    """The user with this address, however its letters are cased."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def password_hash(email: str) -> str | None:
    """The hash of the password of the active user with this address, if there is one.

    Read as a value and not as a row, so that a known address takes no longer than an unknown one.
    """
    return db.session.scalar(select(User.password_hash).where(User.email == email.strip().lower(), User.is_active))


def standing(email: str) -> Standing:
    """What there is at this address; one line is read whether or not there is an account."""
    active = func.sum(case((User.is_active, 1), else_=0))
    known, usable = db.session.execute(select(func.count(), active).where(User.email == email.strip().lower())).one()
    return Standing.ACTIVE if usable else Standing.STOPPED if known else Standing.UNKNOWN


def registration(token: str) -> Registration | None:
    """The letter to an address whose link holds `token`, if it is unused and has not expired."""
    return db.session.scalar(
        select(Registration).where(
            Registration.token_hash == fingerprint(token),
            Registration.used_at.is_(None),
            Registration.expires_at > clock.now(),
        )
    )


def sign_in(token: str) -> SignIn | None:
    """The sign-in whose cookie holds `token`, if it has neither ended nor expired and its user is active."""
    now = clock.now()
    values = {"token": fingerprint(token), "began_after": now - SIGN_IN_LASTS, "seen_after": now - SIGN_IN_IDLES}
    return db.session.scalar(_SIGN_IN, values)


#: Asked at every request, and therefore built once.
_SIGN_IN = (
    select(SignIn)
    .join(SignIn.user)
    .options(contains_eager(SignIn.user))
    .where(
        SignIn.token_hash == bindparam("token"),
        SignIn.ended_at.is_(None),
        SignIn.began_at > bindparam("began_after"),
        SignIn.seen_at > bindparam("seen_after"),
        User.is_active,
    )
)


def open_sign_ins(user_id: uuid.UUID) -> list[SignIn]:
    """The sign-ins of a user that still count, the one used last first."""
    now = clock.now()
    found = select(SignIn).where(
        SignIn.user_id == user_id,
        SignIn.ended_at.is_(None),
        SignIn.began_at > now - SIGN_IN_LASTS,
        SignIn.seen_at > now - SIGN_IN_IDLES,
    )
    return list(db.session.scalars(found.order_by(SignIn.seen_at.desc(), SignIn.id)))


def code_key(user: User) -> CodeKey | None:
    """The key of the user's one-time codes, if they set them up."""
    return db.session.scalar(select(CodeKey).where(CodeKey.user_id == user.id))


def recovery_codes_left(user: User) -> int:
    """How many of the user's recovery codes are unused."""
    found = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(found) or 0


def link(token: str) -> AccessLink | None:
    """The single-use link `token`, if it is unused, has not expired, and its user is active."""
    return db.session.scalar(
        select(AccessLink)
        .join(AccessLink.user)
        .where(
            AccessLink.token_hash == fingerprint(token),
            AccessLink.used_at.is_(None),
            AccessLink.expires_at > clock.now(),
            User.is_active,
        )
    )


def organization(name: str) -> Organization | None:
    """The organisation whose name is `name` to the code point."""
    return db.session.scalar(select(Organization).where(Organization.name == name).order_by(Organization.id).limit(1))


def unclaimed_organizations(names: set[str]) -> dict[str, Organization]:
    """Those of `names` that are known and for which nobody acts, by name.

    Whoever registered a name on the web is not handed what a file brings in under it: the name alone proves nothing.
    """
    found: dict[str, Organization] = {}
    wanted = sorted(names)
    unclaimed = select(Organization).where(
        Organization.id.not_in(select(Membership.organization_id)), Organization.merged_into_id.is_(None)
    )
    for start in range(0, len(wanted), 500):
        part = unclaimed.where(Organization.name.in_(wanted[start : start + 500])).order_by(Organization.id)
        for row in db.session.scalars(part):
            found.setdefault(row.name, row)
    return found


def memberships_of(user_id: uuid.UUID) -> Sequence[Membership]:
    """For which organisations the user acts, and as what."""
    return db.session.scalars(select(Membership).where(Membership.user_id == user_id)).all()


def organizations_of(user_id: uuid.UUID) -> Sequence[Organization]:
    """The organisations for which the user acts, by name."""
    found = select(Organization).join(Membership, Membership.organization_id == Organization.id)
    return db.session.scalars(found.where(Membership.user_id == user_id).order_by(Organization.name_key)).all()


def tries(keys: list[str]) -> int:
    """How often the most tried of `keys` was tried in the window that is still running."""
    found = select(Throttle.count).where(
        Throttle.key.in_([fingerprint(key) for key in keys]), Throttle.until > clock.now()
    )
    return max(db.session.scalars(found), default=0)
