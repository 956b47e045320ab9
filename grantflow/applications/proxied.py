"""Reading which proposals the secretariat typed for their groups (代理入力)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from grantflow.accounts.models import Membership, Organization
from grantflow.applications.models import Application, ApplicationStatus, ProxyEntry
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor, visible
from grantflow.core.db import db
from grantflow.core.identifiers import BadIdentifier, parse_corporate_number
from grantflow.core.text import search_key
from grantflow.permissions import Permission

#: How many groups a search offers.
OFFERED = 20


def proxied_applications() -> Select[uuid.UUID]:
    """The proposals that the secretariat typed."""
    return select(ProxyEntry.application_id)


def unconfirmed_applications() -> Select[uuid.UUID]:
    """Those of them that their groups did not confirm yet."""
    return proxied_applications().where(ProxyEntry.confirmed_at.is_(None))


def proxied_among(call: Call) -> set[uuid.UUID]:
    """The proposals of the call that the secretariat typed."""
    found = proxied_applications().join(ProxyEntry.application).where(Application.call_id == call.id)
    return set(db.session.scalars(found))


def is_proxied(application_id: uuid.UUID, *, only_unconfirmed: bool = False) -> bool:
    """Whether the secretariat typed the proposal, and its group did not confirm it where that is asked."""
    found = exists().where(ProxyEntry.application_id == application_id)
    if only_unconfirmed:
        found = found.where(ProxyEntry.confirmed_at.is_(None))
    return bool(db.session.scalar(select(found)))


def proxy_entry(application: Application) -> ProxyEntry | None:
    """What is known of the typing of a proposal that the secretariat typed."""
    return db.session.scalar(
        select(ProxyEntry).options(joinedload(ProxyEntry.file)).where(ProxyEntry.application_id == application.id)
    )


def has_members(organization_id: uuid.UUID) -> bool:
    """Whether anybody acts for the organisation."""
    return bool(db.session.scalar(select(exists().where(Membership.organization_id == organization_id))))


def entries(call: Call, actor: Actor) -> Sequence[ProxyEntry]:
    """Every proposal of the call that was typed for its group and that `actor` may read, the latest first."""
    found = (
        select(ProxyEntry)
        .join(ProxyEntry.application)
        .options(contains_eager(ProxyEntry.application).joinedload(Application.tier))
        .where(Application.call_id == call.id)
        .order_by(ProxyEntry.entered_at.desc(), ProxyEntry.id)
    )
    return db.session.scalars(visible(found, actor, Permission.APPLICATION_READ, Application)).all()


def waiting_for_groups(call: Call, actor: Actor) -> int:
    """How many drafts of the call, of those that `actor` may read, were typed for groups that did not confirm them."""
    found = (
        select(func.count())
        .select_from(ProxyEntry)
        .join(ProxyEntry.application)
        .where(
            Application.call_id == call.id,
            Application.status.in_((ApplicationStatus.DRAFT, ApplicationStatus.RETURNED)),
            ProxyEntry.confirmed_at.is_(None),
        )
    )
    return db.session.scalar(visible(found, actor, Permission.APPLICATION_READ, Application)) or 0


def entry_of(reference: str) -> ProxyEntry | None:
    """The entry that waits for a code, of the proposal whose id begins with the 8 hexadecimal digits `reference`."""
    try:
        first, last = uuid.UUID(reference + "0" * 24), uuid.UUID(reference + "f" * 24)
    except ValueError:
        return None
    found = (
        select(ProxyEntry)
        .join(ProxyEntry.application)
        .options(contains_eager(ProxyEntry.application))
        .where(Application.id.between(first, last), ProxyEntry.code_hash != "", ProxyEntry.confirmed_at.is_(None))
        .order_by(ProxyEntry.code_expires_at.desc(), ProxyEntry.id)
    )
    return db.session.scalars(found).first()


def reference_of(application: Application) -> str:
    """By what a group names its proposal on the telephone or from a letter: the first 8 digits of its id."""
    return application.id.hex[:8]


def organizations_like(words: str) -> Sequence[Organization]:
    """The groups whose name holds `words`, or whose 法人番号 it is; none for no words."""
    key = search_key(words)
    if not key:
        return []
    found = select(Organization).where(Organization.merged_into_id.is_(None)).limit(OFFERED)
    try:
        number = parse_corporate_number(words)
    except BadIdentifier:
        escaped = key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found = found.where(Organization.name_key.like(f"%{escaped}%", escape="\\"))
    else:
        found = found.where(Organization.corporate_number == number)
    return db.session.scalars(found.order_by(Organization.name_key, Organization.id)).all()
