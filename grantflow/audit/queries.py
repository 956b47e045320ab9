"""Reading the audit trail, and proving it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from grantflow.audit.chain import HASHED, START, forge, link
from grantflow.audit.models import AuditEvent, TrailHead
from grantflow.core.db import Entity, db, stored_bytes


@dataclass(frozen=True)
class Past:
    """One event, as a person reads it; `intact` is whether it still has the hash it was stored with."""

    position: int
    at: str
    actor_name: str
    actor_role: str
    action: str
    details: dict[str, Any]
    hash: str
    intact: bool


@dataclass(frozen=True)
class Verdict:
    """Whether the whole trail is as it was written: how many events, the hash of the last, the first that is not."""

    count: int
    head: str
    first_bad: int | None
    reason: str

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.reason == ""


def history(thing: Entity, *, offset: int = 0, limit: int = 50) -> list[Past]:
    """The events of `thing`, newest first."""
    found = (
        select(AuditEvent)
        .where(AuditEvent.subject_type == thing.__tablename__, AuditEvent.subject_id == str(thing.id))
        .order_by(AuditEvent.position.desc())
    )
    return [_past(row) for row in db.session.scalars(found.offset(offset).limit(limit))]


def count(thing: Entity) -> int:
    """How many events `thing` has."""
    found = select(func.count()).where(
        AuditEvent.subject_type == thing.__tablename__, AuditEvent.subject_id == str(thing.id)
    )
    return db.session.scalar(found) or 0


def _past(row: AuditEvent) -> Past:
    intact = forge({name: getattr(row, name) for name in HASHED}) == row.hash
    return Past(
        position=row.position,
        at=row.at,
        actor_name=row.actor_name,
        actor_role=row.actor_role,
        action=row.action,
        details=json.loads(row.details),
        hash=row.hash,
        intact=intact,
    )


def verify(head: str | None = None) -> Verdict:
    """Recompute the whole chain from the stored bytes, and look for `head` in it when one is given."""
    columns = [stored_bytes(getattr(AuditEvent, name)) for name in (*HASHED, "hash")]
    stored = select(*columns).order_by(AuditEvent.position).execution_options(yield_per=1000)
    previous, expected, seen = START, 0, head is None
    with db.session.execute(stored) as rows:
        for row in rows:
            expected += 1
            reason = _fault(row, expected, previous)
            if reason:
                return Verdict(expected - 1, previous, expected, reason)
            previous = bytes(row[-1]).decode()
            seen = seen or previous == head
    return _against_the_head(expected, previous, seen)


def _fault(row: Sequence[Any], position: int, previous: str) -> str:
    columns = [b"" if column is None else bytes(column) for column in row]
    if columns[0] != str(position).encode():
        return "position"
    if columns[HASHED.index("previous_hash")] != previous.encode():
        return "previous_hash"
    if link(columns[:-1]).encode() != columns[-1]:
        return "hash"
    return ""


def _against_the_head(count: int, last: str, seen: bool) -> Verdict:
    end = db.session.scalars(select(TrailHead)).first()
    kept = (end.position, end.hash) if end else (0, START)
    if kept != (count, last):
        return Verdict(count, last, count + 1, "head")
    return Verdict(count, last, None, "" if seen else "missing")
