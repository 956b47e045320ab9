"""Counting what is asked of the database, to prove that a page asks no more for many rows than for one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from grantflow.core.db import db


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that are sent to the database in the block, in a list that grows with them."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
