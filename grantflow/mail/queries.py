"""Reading the outbox."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import aliased

from grantflow.core.db import db
from grantflow.mail.models import Mail, MailState

_Digest = aliased(Mail, name="digests")
#: What became of a mail: that of the digest it went into, until that was sent.
_STATE: ColumnElement[MailState] = case(
    (and_(Mail.state == MailState.IN_DIGEST, _Digest.state != MailState.SENT), _Digest.state), else_=Mail.state
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail, the digest it went into, and what became of both."""

    mail: Mail
    digest: Mail | None
    state: MailState

    @property
    def travelling(self) -> Mail:
        """What is really sent: the digest where there is one."""
        return self.digest or self.mail


def newest(addresses: Iterable[str]) -> dict[str, Mail]:
    """The last mail to each of `addresses` that was ever written to."""
    wanted = sorted(set(addresses))
    found = select(Mail).where(Mail.recipient.in_(wanted)).order_by(Mail.queued_at, Mail.id)
    return {row.recipient: row for row in db.session.scalars(found)}


def is_due(now: dt.datetime) -> bool:
    """Whether a mail waits to be sent."""
    found = select(func.count()).where(Mail.state == MailState.QUEUED, Mail.next_at <= now)
    return bool(db.session.scalar(found))


def due(now: dt.datetime) -> Mail | None:
    """The mail that has waited longest, locked; one that another worker holds is passed over."""
    found = select(Mail).where(Mail.state == MailState.QUEUED, Mail.next_at <= now).order_by(Mail.next_at, Mail.id)
    return db.session.scalar(found.limit(1).with_for_update(skip_locked=True))


def gathered_for(now: dt.datetime) -> Sequence[str]:
    """The addresses for which a digest is due."""
    found = select(Mail.recipient).where(Mail.state == MailState.GATHERED, Mail.next_at <= now)
    return db.session.scalars(found.distinct().order_by(Mail.recipient)).all()


def gathered(address: str, now: dt.datetime) -> Sequence[Mail]:
    """What goes into the digest to `address`, the oldest first, locked; nothing where another worker was faster."""
    found = select(Mail).where(Mail.recipient == address, Mail.state == MailState.GATHERED, Mail.next_at <= now)
    return db.session.scalars(found.order_by(Mail.queued_at, Mail.id).with_for_update()).all()


def held(id: uuid.UUID) -> Mail:
    """The mail as it is now, kept from being changed by others until the commit."""
    found = select(Mail).where(Mail.id == id).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def state_of(row: Mail) -> MailState:
    """What became of a mail, that of its digest included."""
    return delivery(row).state


def delivery(row: Mail) -> Delivery:
    """A mail with what became of it."""
    return next(iter(_deliveries(_with_digests().where(Mail.id == row.id))))


def deliveries(call_slug: str, state: MailState | None, text: str, *, offset: int, limit: int) -> Sequence[Delivery]:
    """The mails about the call (empty: about none), the newest first; `text` is part of an address or a subject."""
    found = _narrowed(_with_digests(), call_slug, state, text).order_by(Mail.queued_at.desc(), Mail.id)
    return _deliveries(found.offset(offset).limit(limit))


def count_deliveries(call_slug: str, state: MailState | None = None, text: str = "") -> int:
    """How many mails `deliveries` goes through."""
    found = select(func.count(Mail.id)).outerjoin(_Digest, Mail.digest_id == _Digest.id)
    return db.session.scalar(_narrowed(found, call_slug, state, text)) or 0


def failures(slugs: Iterable[str]) -> dict[str, int]:
    """How many mails about each of the calls could not be sent; calls without such a mail are left out."""
    found = (
        select(Mail.call_slug, func.count())
        .outerjoin(_Digest, Mail.digest_id == _Digest.id)
        .where(Mail.call_slug.in_(sorted(set(slugs))), _STATE == MailState.FAILED)
        .group_by(Mail.call_slug)
    )
    return {row[0]: row[1] for row in db.session.execute(found)}


def _with_digests() -> Select[Mail, Mail | None, MailState]:
    return select(Mail, _Digest, _STATE).outerjoin(_Digest, Mail.digest_id == _Digest.id)


def _deliveries(found: Select[Mail, Mail | None, MailState]) -> Sequence[Delivery]:
    return [Delivery(mail, digest, MailState(state)) for mail, digest, state in db.session.execute(found)]


def _narrowed(found: Any, call_slug: str, state: MailState | None, text: str) -> Any:
    found = found.where(Mail.call_slug == call_slug)
    if state is not None:
        found = found.where(state == _STATE)
    if text:
        like = Mail.recipient.contains(text.lower(), autoescape=True) | Mail.subject.contains(text, autoescape=True)
        found = found.where(like)
    return found
