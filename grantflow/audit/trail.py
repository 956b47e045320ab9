"""Writing the audit trail, and refusing a commit that leaves no event."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.sql.dml import UpdateBase

from grantflow.audit.chain import START, canonical, forge
from grantflow.audit.models import AuditEvent, TrailHead
from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.db import Base, Entity, db

TEXT_WRITE = re.compile(r"^\s*(insert|update|delete|replace|merge|truncate|with)\b", re.IGNORECASE)


class UnauditedWrite(Exception):
    """Rows were written in a transaction that recorded no event."""


class TrailIsAppendOnly(Exception):
    """Somebody tried to change or remove an event."""


def record(action: str, thing: Entity, *, by: Actor, **details: Any) -> None:
    """Record that `by` did `action` (`resource.verb`) to `thing`, in the transaction that does it."""
    record_many(action, [(thing, details)], by=by)


def record_many(action: str, things: Iterable[tuple[Entity, Mapping[str, Any]]], *, by: Actor) -> None:
    """Record `action` once for each thing, with the details of each."""
    at = clock.now().isoformat(timespec="microseconds")
    pending = db.session.info.setdefault("events", [])
    for thing, details in things:
        pending.append(
            {
                "at": at,
                "actor_id": str(by.id or ""),
                "actor_name": by.name,
                "actor_role": by.role,
                "action": action,
                "subject_type": thing.__tablename__,
                "subject_id": str(thing.id),
                "details": canonical(details),
            }
        )


def state() -> str | None:
    """What names the state of all audited rows just now: the hash of the newest event.

    None where no hash names it: before the first event, and in a transaction that has itself changed rows. What is
    read after asking is never older than the state that was named.
    """
    newest = db.session.scalar(select(TrailHead.hash))
    return None if db.session.info.get("written") else newest


@event.listens_for(Session, "before_flush")
def _note_rows(session: Session, *_: object) -> None:
    changed = (row for row in session.dirty if session.is_modified(row))
    for row in (*session.new, *session.deleted, *changed):
        _note(session, type(row))
    if any(isinstance(row, AuditEvent) for row in (*session.new, *session.dirty, *session.deleted)):
        raise TrailIsAppendOnly


@event.listens_for(Session, "do_orm_execute")
def _note_statements(state: ORMExecuteState) -> None:
    statement = state.statement
    if isinstance(statement, UpdateBase):
        model = next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table == statement.table)
        if model is AuditEvent and not state.session.info.get("sealing"):
            raise TrailIsAppendOnly
        _note(state.session, model)
    elif TEXT_WRITE.match(str(getattr(statement, "text", ""))):
        raise UnauditedWrite("a statement written as text; use the tables of the models")


def _note(session: Session, model: type[Base]) -> None:
    if not model.unaudited:
        session.info.setdefault("written", set()).add(model.__name__)


@event.listens_for(Session, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        marks = session.info.setdefault("marks", {})
        marks[transaction] = (len(session.info.get("events", [])), set(session.info.get("written", set())))


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        kept, written = session.info.get("marks", {}).pop(transaction, (0, set()))
        session.info["events"] = session.info.get("events", [])[:kept]
        session.info["written"] = written
    else:
        _clear(session)


def _clear(session: Session) -> None:
    for key in ("events", "written", "marks"):
        session.info.pop(key, None)


@event.listens_for(Session, "before_commit")
def _seal(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    events, written = session.info.get("events", []), session.info.get("written", set())
    if written and not events:
        raise UnauditedWrite(", ".join(sorted(written)))
    if events:
        _append(session, events)
    _clear(session)


def _append(session: Session, events: list[dict[str, Any]]) -> None:
    """Take the next places in the chain under a lock on its head, at the very end, so that it cannot fork."""
    head = session.execute(select(TrailHead.position, TrailHead.hash).with_for_update()).first()
    position, previous = head or (0, START)
    for row in events:
        position += 1
        row |= {"position": position, "previous_hash": previous}
        previous = row["hash"] = forge(row)
    session.info["sealing"] = True
    try:
        session.execute(insert(AuditEvent), events)
        values = {"position": position, "hash": previous}
        write = update(TrailHead) if head else insert(TrailHead).values(id=1)
        session.execute(write.values(values), execution_options={"synchronize_session": False})
    finally:
        session.info["sealing"] = False
