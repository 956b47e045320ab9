"""Reading calls, and who has which role in them."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    bindparam,
    false,
    func,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import joinedload

from grantflow.accounts.models import CONFIRMER, CONFIRMERS, MEMBER, WRITER, WRITERS, Membership, Role, User
from grantflow.calls.definition import Definition, parse
from grantflow.calls.models import Call, CallDraft, CallRole, CallVersion, Extension
from grantflow.core import clock
from grantflow.core.authorization import Actor, visible
from grantflow.core.db import db
from grantflow.permissions import Permission

#: Whose name an act is done in when somebody has several roles.
BY_WEIGHT = (
    Role.ADMINISTRATOR,
    Role.SECRETARIAT,
    Role.SPONSOR,
    Role.AUDITOR,
    Role.OFFICER_CHECKER,
    Role.REVIEWER,
    Role.APPLICANT,
)


def call(slug: str) -> Call | None:
    """The call `slug`."""
    return db.session.scalar(select(Call).where(Call.slug == slug))


def calls(actor: Actor, permission: Permission) -> Sequence[Call]:
    """The calls to which `actor` may do `permission`, the latest first."""
    found = visible(select(Call), actor, permission, Call)
    return db.session.scalars(found.order_by(Call.opens_at.desc(), Call.slug)).all()


def versions(call: Call) -> Sequence[CallVersion]:
    """The versions of the call's definition, the newest first."""
    found = select(CallVersion).where(CallVersion.call_id == call.id)
    return db.session.scalars(found.order_by(CallVersion.number.desc())).all()


def version(call: Call, number: int) -> CallVersion | None:
    """The version `number` of the call's definition."""
    return db.session.scalar(select(CallVersion).where(CallVersion.call_id == call.id, CallVersion.number == number))


def extensions_for_all(call: Call) -> Sequence[Extension]:
    """How often the deadline was extended for all, the first extension first (R3.6)."""
    found = select(Extension).where(Extension.call_id == call.id, Extension.organization_id.is_(None))
    return db.session.scalars(found.order_by(Extension.set_at, Extension.id)).all()


def draft_of(call: Call) -> CallDraft | None:
    """The draft of the call's next version."""
    return db.session.scalar(select(CallDraft).where(CallDraft.call_id == call.id))


def drafts(actor: Actor) -> Sequence[CallDraft]:
    """The drafts on which `actor` may work, the one changed last first."""
    found = visible(select(CallDraft), actor, Permission.DRAFT_EDIT, CallDraft).options(joinedload(CallDraft.call))
    return db.session.scalars(found.order_by(CallDraft.changed_at.desc(), CallDraft.id)).all()


def printed(call: Call) -> str:
    """The newest version as TOML; loading it gives the same call."""
    found = select(CallVersion.definition).where(
        CallVersion.call_id == call.id, CallVersion.number == call.definition_version
    )
    return db.session.scalars(found).one()


def definition(call: Call) -> Definition:
    """What the call says, in its newest version."""
    return read(printed(call))


@lru_cache(maxsize=64)
def definition_of(call_id: uuid.UUID, number: int) -> Definition:
    """What a call says in one of its versions: it never changes, so that those read lately are remembered."""
    found = select(CallVersion.definition).where(CallVersion.call_id == call_id, CallVersion.number == number)
    return read(db.session.scalars(found).one())


@lru_cache(maxsize=64)
def read(text: str) -> Definition:
    """The definition that a stored text holds; texts read lately are remembered."""
    return parse(text)


def slugs() -> Sequence[str]:
    """The slugs of all calls, in their order."""
    return db.session.scalars(select(Call.slug).order_by(Call.slug)).all()


def roles(user_id: uuid.UUID) -> Sequence[CallRole]:
    """The roles that a user has today, in every call; those whose last day is over do not count."""
    found = select(CallRole).where(CallRole.user_id == user_id, counting())
    return db.session.scalars(found).all()


def counting() -> ColumnElement[bool]:
    """Which roles count today: those without a last day, or before its end."""
    return CallRole.until.is_(None) | (CallRole.until >= clock.today())


def roles_ever(user_id: uuid.UUID) -> Sequence[CallRole]:
    """The roles of a user with their calls, those that are over too."""
    return _ordered(db.session.scalars(_whole_roles().where(CallRole.user_id == user_id)))


def people(call: Call | None) -> Sequence[CallRole]:
    """Who has which role in the call and in every call (None: only the latter), those that are over too."""
    everywhere = CallRole.call_id.is_(None)
    within = everywhere if call is None else everywhere | (CallRole.call_id == call.id)
    return _ordered(db.session.scalars(_whole_roles().where(within)))


def _whole_roles() -> Select[CallRole]:
    return select(CallRole).options(
        joinedload(CallRole.user), joinedload(CallRole.deputy_for), joinedload(CallRole.call)
    )


def _ordered(rows: Iterable[CallRole]) -> Sequence[CallRole]:
    return sorted(rows, key=lambda row: (BY_WEIGHT.index(row.role), row.user.name, str(row.id)))


def deputies(user: User, role: Role, call: Call | None) -> Sequence[CallRole]:
    """Who stands in for `user` in the role."""
    found = _whole_roles().where(
        CallRole.deputy_for_id == user.id,
        CallRole.role == role,
        CallRole.call_id == call.id if call else CallRole.call_id.is_(None),
    )
    return db.session.scalars(found).all()


def administrators() -> set[uuid.UUID]:
    """The ids of those who are administrators of every call today and can sign in."""
    found = select(CallRole.user_id).join(CallRole.user)
    wanted = found.where(CallRole.role == Role.ADMINISTRATOR, CallRole.call_id.is_(None), counting(), User.is_active)
    return set(db.session.scalars(wanted))


def is_of(user: User, call: Call) -> bool:
    """Whether the user has, or had, a role in the call itself."""
    found = select(func.count()).where(CallRole.user_id == user.id, CallRole.call_id == call.id)
    return bool(db.session.scalar(found))


def count_accounts(text: str) -> int:
    """How many accounts have `text` in their name or address."""
    return db.session.scalar(select(func.count(User.id)).where(_like(text))) or 0


def accounts(text: str, *, offset: int, limit: int) -> Sequence[User]:
    """The accounts with `text` in their name or address, by name."""
    found = select(User).where(_like(text)).order_by(User.name, User.email)
    return db.session.scalars(found.offset(offset).limit(limit)).all()


def _like(text: str) -> ColumnElement[bool]:
    return User.name.contains(text, autoescape=True) | User.email.contains(text.lower(), autoescape=True)


def roles_by_user(user_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[CallRole]]:
    """The roles of each of the users with their calls, those that are over too."""
    found: dict[uuid.UUID, list[CallRole]] = {}
    for row in _ordered(db.session.scalars(_whole_roles().where(CallRole.user_id.in_(list(user_ids))))):
        found.setdefault(row.user_id, []).append(row)
    return found


def has_role(user_id: uuid.UUID, role: Role, call: Call) -> bool:
    """Whether the user has `role` in the call, or in every call."""
    return any(row.role == role and row.call_id in (None, call.id) for row in roles(user_id))


def actor(user: User, token: str = "") -> Actor:
    """The user as somebody who acts, with all that is granted to them."""
    held: set[tuple[str, uuid.UUID | None]] = set()
    belongs: set[tuple[str, uuid.UUID | None]] = set()
    for is_role, name, scope in db.session.execute(_GRANTED, {"user": user.id, "today": clock.today()}):
        if is_role:
            held.add((name, scope))
        else:
            belongs.update((grant, scope) for grant in _belonging(name))
    names = {name for name, _ in held}
    role = next((str(role) for role in BY_WEIGHT if role in names), Role.APPLICANT if belongs else "user")
    return Actor(
        id=user.id,
        name=user.name,
        role=str(role),
        grants=frozenset(held | belongs),
        token=token,
    )


def _belonging(role: str) -> Iterator[str]:
    """What somebody is who has `role` in a group: a member, and perhaps a writer and one who confirms (R3.4)."""
    yield MEMBER
    if role in WRITERS:
        yield WRITER
    if role in CONFIRMERS:
        yield CONFIRMER


#: Asked at every request, and therefore built once: the roles in calls that count today, and those in groups.
_GRANTED: CompoundSelect[bool, str, uuid.UUID | None] = union_all(
    select(true().label("is_role"), type_coerce(CallRole.role, String).label("role"), CallRole.call_id).where(
        CallRole.user_id == bindparam("user"), CallRole.until.is_(None) | (CallRole.until >= bindparam("today"))
    ),
    select(false(), type_coerce(Membership.role, String), Membership.organization_id).where(
        Membership.user_id == bindparam("user")
    ),
)
