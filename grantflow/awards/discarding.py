"""Discarding a rehearsal: every row that belongs to its call, in one act; what was done stays in the trail."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, or_, select, update

from grantflow.audit import trail
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import Base, db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.files.models import StoredFile
from grantflow.mail.models import Mail
from grantflow.permissions import Permission
from grantflow.review.operations import hold

#: The columns that may be empty and yet say to which call a row belongs.
BELONGS = "call_id"


def counts(call: Call) -> dict[str, int]:
    """How many rows of each table belong to the call, the call's own row aside; empty tables are left out."""
    found = {
        table.name: db.session.scalar(select(func.count()).select_from(table).where(condition)) or 0
        for table, condition in _belonging(call).items()
        if table is not Call.__table__
    }
    return {name: count for name, count in found.items() if count}


def discard(call: Call, *, by: Actor) -> dict[str, int]:
    """Remove the rehearsal with all that belongs to it; returns how many rows of each table went.

    Refused for a live call. Organisations, people and what was stored on the disk stay.
    """
    if not call.rehearsal:
        raise Refused(_("「%(slug)s」は本番の公募です。破棄できるのは予行だけです。", slug=call.slug))
    authorize(by, Permission.CALL_DISCARD, call)
    hold(call)
    belonging, gone = _belonging(call), counts(call)
    trail.record("calls.discard", call, by=by, slug=call.slug, title=call.title, rows=gone)
    db.session.flush()
    for table, condition in belonging.items():
        if "id" in table.c:
            files = delete(StoredFile).where(StoredFile.belongs_to.in_(select(table.c.id).where(condition)))
            db.session.execute(files, execution_options={"synchronize_session": False})
    for statement in _loosened(belonging):
        db.session.execute(statement)
    for table, condition in reversed(belonging.items()):
        db.session.execute(delete(table).where(condition))
    db.session.expunge_all()
    return gone


def _belonging(call: Call) -> dict[Table, ColumnElement[bool]]:
    """Which rows of which tables belong to the call: those that point at it, or at such a row; parents first.

    It is read from the tables themselves, so that a table that is added later is not forgotten.
    """
    calls = Call.metadata.tables[Call.__tablename__]
    mails = Base.metadata.tables[Mail.__tablename__]  # they name their call by its slug, which is free once it is gone
    found: dict[Table, ColumnElement[bool]] = {calls: calls.c.id == call.id, mails: mails.c.call_slug == call.slug}
    for table in Base.metadata.sorted_tables:
        ways = [way for column, way in _ways(table, found) if not column.nullable or column.name == BELONGS]
        if ways and table not in (calls, mails):
            found[table] = or_(*ways)
    return found


def _loosened(belonging: dict[Table, ColumnElement[bool]]) -> Iterator[Any]:
    """What only mentions a row that goes (a draft copied from the rehearsal) stays, without the mention."""
    for table in Base.metadata.sorted_tables:
        for column, way in _ways(table, belonging):
            if column.nullable and column.name != BELONGS:
                yield update(table).where(way).values({column.name: None})


def _ways(table: Table, found: dict[Table, ColumnElement[bool]]) -> Iterator[tuple[Any, ColumnElement[bool]]]:
    for constraint in table.foreign_key_constraints:
        for element in constraint.elements:
            parent = element.column.table
            if parent in found and parent is not table and element.column.name == "id":
                yield element.parent, element.parent.in_(select(parent.c.id).where(found[parent]))
