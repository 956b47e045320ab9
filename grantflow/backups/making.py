"""Making a backup: every row as it stood at one moment, read back before the file gets its name."""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, collate, select, table
from sqlalchemy import Table as Described
from sqlalchemy.exc import DBAPIError

from grantflow import schema
from grantflow.audit import queries as audit
from grantflow.backups import archive
from grantflow.backups.kinds import KINDS, kind_of
from grantflow.backups.manifest import FORMAT, Damaged, Manifest, Stored, Table, Trail
from grantflow.core import clock
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.files import queries as files
from grantflow.files.models import StoredFile
from grantflow.files.storage import shelf

ROWS_AT_A_TIME = 1000


def make(out: Path) -> tuple[Manifest, str]:
    """Back up the database and the stored files to a new file `out`.

    Returns what it holds and the SHA-256 in its seal. Raises Refused when `out` exists, or when what should be backed
    up is damaged itself, and OSError when the file cannot be written; then nothing is left of it.
    """
    if out.exists():
        raise Refused(_("%(path)s はすでにあります。控えは上書きしません。別の名前を指定してください。", path=out))
    with _beside(out) as unfinished:
        with archive.writing(unfinished) as writer:
            manifest = _fill(writer)
        with archive.opened(unfinished) as backup:
            backup.check()
            if backup.manifest != manifest:
                raise Damaged(_("書いた控えを読み直すと、内容が違いました。ディスクを確かめてください。"))
            sha256 = backup.sha256
        unfinished.rename(out)
    _settle(out.parent)
    return manifest, sha256


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A name in the same folder that nobody takes for a backup; nothing is left there at the end."""
    unfinished = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Have the new name on the disk as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fill(writer: archive.Writer) -> Manifest:
    with db.snapshot() as session:
        verdict = audit.verify()
        if not verdict.holds:
            raise Refused(
                _(
                    "監査証跡が壊れているので、控えを作れません。grantflow audit verify で壊れた記録を確かめ、"
                    "データベースをそのまま別の場所に写して、経緯を調べてください。"
                )
            )
        connection = session.connection()
        revision = schema.stands_at(connection)
        tables = tuple(_add_table(writer, connection, described) for described in schema.METADATA.sorted_tables)
        stored = tuple(_add_files(writer))
    manifest = Manifest(
        format=FORMAT,
        program=version("grantflow"),
        made_at=clock.now().isoformat(timespec="seconds"),
        revision=str(revision),
        trail=Trail(verdict.count, verdict.head),
        tables=tables,
        files=stored,
    )
    writer.finish(manifest)
    return manifest


def _add_table(writer: archive.Writer, connection: Connection, described: Described) -> Table:
    columns = {column.name: kind_of(column).name for column in described.columns}
    return writer.table(described.name, columns, _rows(connection, described, columns))


def _rows(connection: Connection, described: Described, columns: dict[str, str]) -> Iterator[Sequence[Any]]:
    """The rows in the order of their key, which is the same on every database."""
    keys = [
        collate(key, "C") if columns[key.name] == "text" and connection.dialect.name == "postgresql" else key
        for key in described.primary_key
    ]
    wanted = [KINDS[kind].selected(name) for name, kind in columns.items()]
    found = select(*wanted).select_from(table(described.name)).order_by(*keys)
    try:
        with connection.execute(found.execution_options(yield_per=ROWS_AT_A_TIME)) as rows:
            yield from rows
    except DBAPIError as error:
        raise Refused(
            _(
                "表 %(table)s を読めないので、控えを作れません（%(reason)s）。データベースを確かめてください。",
                table=described.name,
                reason=type(error.orig).__name__,
            )
        ) from error


def _add_files(writer: archive.Writer) -> Iterator[Stored]:
    """The content of every stored file that a row tells of, in the order of the hashes."""
    verdict = files.check()
    if not verdict.holds:
        raise Refused(
            _(
                "保存したファイルに、無いものか中身の違うものがあるので、控えを作れません。"
                "grantflow files check で確かめ、前の控えから戻してください。"
            )
        )
    for sha256 in db.session.scalars(select(StoredFile.sha256).distinct().order_by(StoredFile.sha256)).all():
        yield writer.file(sha256, shelf.pieces(sha256))
