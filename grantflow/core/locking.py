"""Rows that a transaction holds against everybody else, and what was answered about them since it does."""

from collections.abc import Hashable

from sqlalchemy import event, inspect
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from grantflow.core.db import Entity, db

_HELD, _ANSWERS = "held", "answers"


def lock(row: Entity) -> bool:
    """Hold the row until the transaction ends, its columns read as they are now.

    False where this transaction holds it already: then nothing of it changed since, and nothing is read.
    """
    if is_held(row):
        return False
    db.session.refresh(row, inspect(type(row)).column_attrs.keys(), with_for_update=True)
    note_held(row)
    return True


def note_held(row: Entity) -> None:
    """Note that the row was read under a lock that lasts as long as the transaction."""
    db.session.info.setdefault(_HELD, set()).add(row)


def is_held(row: Entity) -> bool:
    """Whether this transaction holds the row."""
    return row in db.session.info.get(_HELD, ())


def answers_about(row: Entity) -> dict[Hashable, bool] | None:
    """What was answered about a row that is held: it stays so until something is written.

    None where each question must be asked anew: the row is not held, or something was changed and not written yet.
    """
    session = db.session
    if not is_held(row) or session.new or session.deleted or session.dirty:
        return None
    found: dict[Hashable, bool] = session.info.setdefault(_ANSWERS, {}).setdefault(row, {})
    return found


@event.listens_for(Session, "after_flush")
def _forget_answers(session: Session, *_: object) -> None:
    session.info.pop(_ANSWERS, None)


@event.listens_for(Session, "do_orm_execute")
def _forget_at_statements(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info.pop(_ANSWERS, None)


# A savepoint that is undone gives back the locks that were taken within it
@event.listens_for(Session, "after_soft_rollback")
def _forget_locks(session: Session, *_: object) -> None:
    session.info.pop(_HELD, None)
    session.info.pop(_ANSWERS, None)


@event.listens_for(Session, "after_transaction_end")
def _end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        _forget_locks(session)
