"""Restoring a backup: everything is looked at first, then written in one transaction and proved before it is kept."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, column, delete, func, insert, inspect, select, table, update
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from grantflow import schema
from grantflow.audit import queries as audit
from grantflow.audit.chain import START
from grantflow.audit.models import TrailHead
from grantflow.backups.archive import Backup
from grantflow.backups.kinds import KINDS
from grantflow.backups.manifest import Damaged, Manifest, Table
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.files import queries as files
from grantflow.files.storage import shelf

ROWS_AT_A_TIME = 1000


def restore(backup: Backup, migrations: Path) -> None:
    """Write everything in `backup` into the empty place at hand, and bring it to the newest revision.

    Raises Damaged when the backup does not hold what it should, and Refused when the place is not empty; then the
    place is as it was.
    """
    manifest = backup.manifest
    if manifest.revision not in schema.revisions(migrations):
        raise Damaged(
            _(
                "この控えのデータベースの版（%(revision)s）を、この grantflow は知りません。"
                "控えを作った grantflow %(program)s か、それより新しいものを入れてから戻してください。",
                revision=manifest.revision,
                program=manifest.program,
            )
        )
    backup.check()
    if next(shelf.stored(), None) is not None:
        raise _not_empty()
    with _no_trace_of_failure(), _in_words(), schema.changing(db.engine) as connection:
        _make_room(connection, migrations)
        schema.go_up(connection, migrations, manifest.revision)
        _refuse_other_columns(connection, manifest)
        fill(connection, backup)
        schema.go_up(connection, migrations)
        for stored in manifest.files:
            shelf.put(b"".join(backup.content(stored)))
        _prove(connection, manifest)


@contextmanager
def _no_trace_of_failure() -> Iterator[None]:
    """Take away what a restore that fails has made: stored files, and an embedded database that was not there."""
    name = db.engine.url.database if db.engine.dialect.name == "sqlite" else None
    path = Path(name) if name and not Path(name).exists() else None
    sweep = shelf.sweeper()
    try:
        yield
    except BaseException:
        with suppress(OSError):
            sweep()
        if path is not None:
            db.disconnect()
            for left in ("", "-wal", "-shm", ".gate"):
                Path(f"{path}{left}").unlink(missing_ok=True)
        raise


@contextmanager
def _in_words() -> Iterator[None]:
    """Say in a sentence what the database or the disk did not accept."""
    try:
        yield
    except schema.BrokenReference as broken:
        raise _not_accepted(str(broken), "FOREIGN KEY") from broken
    except (OperationalError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else type(error.orig).__name__
        raise Refused(
            _(
                "ここに書けないので、何も戻していません（%(reason)s）。データベースへの接続と、"
                "ディスクの空き容量を確かめてください。",
                reason=reason,
            )
        ) from error


def _not_accepted(table: str, reason: str) -> Damaged:
    return Damaged(
        _(
            "表 %(table)s の中身を、データベースが受け付けません（%(reason)s）。別の控えを使ってください。",
            table=table,
            reason=reason,
        )
    )


def _not_empty() -> Refused:
    return Refused(
        _(
            "ここにはすでにデータがあります。控えは空の場所にだけ戻せます。"
            "GRANTFLOW_DATA_DIR と GRANTFLOW_DATABASE_URL に、別の空の場所を指定してください。"
        )
    )


def _make_room(connection: Connection, migrations: Path) -> None:
    """Have no table at all; those of a database that was only prepared, and never used, are taken away."""
    found = set(inspect(connection).get_table_names()) - {schema.STANDS_AT.name}
    if found - set(schema.METADATA.tables):
        raise _not_empty()
    for name in found - {TrailHead.__tablename__}:
        if connection.scalar(select(func.count()).select_from(table(name))):
            raise _not_empty()
    if TrailHead.__tablename__ in found:
        heads = connection.execute(select(TrailHead.position, TrailHead.hash)).all()
        if [tuple(head) for head in heads] not in ([], [(0, START)]):
            raise _not_empty()
    if found:
        schema.go_down(connection, migrations)


def _refuse_other_columns(connection: Connection, manifest: Manifest) -> None:
    """Refuse a backup whose tables are not those of the revision that it names."""
    inspector = inspect(connection)
    there = {
        name: {described["name"] for described in inspector.get_columns(name)}
        for name in inspector.get_table_names()
        if name != schema.STANDS_AT.name
    }
    if there != {one.name: set(one.columns) for one in manifest.tables}:
        raise Damaged(
            _(
                "控えの表が、データベースの版（%(revision)s）のものと違います。別の控えを使ってください。",
                revision=manifest.revision,
            )
        )


def fill(connection: Connection, backup: Backup) -> None:
    """Write every row of `backup` into its tables, in place of whatever is there; Damaged when one is not accepted."""
    for one in reversed(backup.manifest.tables):
        connection.execute(delete(table(one.name)))
    for one in backup.manifest.tables:
        try:
            _insert(connection, one, backup)
        except (DataError, IntegrityError) as error:
            raise _not_accepted(one.name, type(error.orig).__name__) from error


def _insert(connection: Connection, one: Table, backup: Backup) -> None:
    target = table(one.name, *(column(name, KINDS[kind].type) for name, kind in one.columns.items()))
    own = _own_references(one)
    waiting: dict[str, list[dict[str, Any]]] = {name: [] for name in own}
    rows = backup.rows(one)
    while some := list(islice(rows, ROWS_AT_A_TIME)):
        values = [dict(zip(one.columns, row, strict=True)) for row in some]
        for name in own:
            # A row of the same table may come later: it is pointed at when all of them are there
            waiting[name] += [{"row": row["id"], "other": row[name]} for row in values if row[name] is not None]
            values = [row | {name: None} for row in values]
        connection.execute(insert(target), values)
    for name, found in waiting.items():
        if found:
            pointing = update(target).where(target.c.id == bindparam("row")).values({name: bindparam("other")})
            connection.execute(pointing, found)


def _own_references(one: Table) -> list[str]:
    """The columns of a table that point at rows of the same table."""
    described = schema.METADATA.tables.get(one.name)
    keys = described.foreign_keys if described is not None else ()
    return sorted(key.parent.name for key in keys if key.column.table is described and key.parent.name in one.columns)


def _prove(connection: Connection, manifest: Manifest) -> None:
    """Refuse what does not hold once it is in place: the audit trail, and the stored files against their rows."""
    with db.on(connection):
        verdict = audit.verify()
        if not verdict.holds or (verdict.count, verdict.head) != (manifest.trail.count, manifest.trail.head):
            raise Damaged(
                _(
                    "戻した監査証跡が、控えに記された末尾（%(head)s）につながりません。別の控えを使ってください。",
                    head=manifest.trail.head,
                )
            )
        if not files.check().holds:
            raise Damaged(_("控えに、記録にあるファイルの中身がありません。別の控えを使ってください。"))
