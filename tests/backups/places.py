"""A place: where an installation keeps its rows and its files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import create_engine, inspect, select
from sqlalchemy.engine import make_url

from config import Settings
from grantflow import schema
from grantflow.app import MIGRATIONS
from grantflow.audit import queries as audit
from grantflow.backups import making
from grantflow.backups.cli import backup, restore
from grantflow.core import logs
from grantflow.core.authorization import install
from grantflow.core.commands import CommandLine, run
from grantflow.core.db import db
from grantflow.files.storage import shelf
from grantflow.policy import POLICY

GROUP = click.Group(commands=[backup, restore])


def a_database(dialect: str, under_test: str, name: str, folder: Path) -> str:
    """The address of an empty database, in `folder` or beside the one under test."""
    if dialect == "sqlite":
        return f"sqlite:///{folder / 'grantflow.db'}"
    _on_the_server(under_test, f"CREATE DATABASE {name}")
    return make_url(under_test).set(database=name).render_as_string(hide_password=False)


def _on_the_server(url: str, statement: str) -> None:
    engine = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@dataclass(frozen=True)
class Place:
    """A folder of its own and a database of its own."""

    folder: Path
    url: str

    def enter(self, *, prepared: bool = False) -> None:
        """Be here from now on; `prepared` creates the tables, as `grantflow init` does."""
        install(POLICY)
        db.connect(self.url)
        shelf.open(Settings(self.folder, self.url, "").stored_files)
        if prepared:
            schema.upgrade(db.engine, MIGRATIONS)

    def remove(self) -> None:
        """Drop what the folder does not hold."""
        db.disconnect()
        if not self.url.startswith("sqlite"):
            _on_the_server(self.url, f"DROP DATABASE {make_url(self.url).database} WITH (FORCE)")

    def back_up(self, out: Path) -> bytes:
        """Back up whatever is here; returns the file's bytes."""
        making.make(out)
        return out.read_bytes()

    def is_untouched(self) -> bool:
        """Whether there is neither a table nor a file."""
        if self.url.startswith("sqlite"):
            return list(self.folder.iterdir()) == []
        engine = create_engine(self.url)
        tables = inspect(engine).get_table_names()
        engine.dispose()
        return tables == [] and list(self.folder.iterdir()) == []


def contents() -> dict[str, Any]:
    """Every row of the place we are in, table by table, and the content of every stored file by its path."""
    with db.transaction(write=False) as session:
        connection = session.connection()
        rows: dict[str, Any] = {
            table.name: sorted(tuple(map(repr, row)) for row in connection.execute(select(table)))
            for table in schema.METADATA.sorted_tables
        }
    return rows | {"files": {path: b"".join(shelf.place.pieces(path)) for path in shelf.stored()}}


def trail() -> audit.Verdict:
    """What a look at the whole audit trail finds."""
    with db.transaction(write=False):
        return audit.verify()


def grantflow(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Run a command, the log on standard error too; returns its exit status, standard output and standard error."""
    capsys.readouterr()
    logs.configure()
    status = run(GROUP, CommandLine(lambda _email: None), [str(word) for word in words])
    printed = capsys.readouterr()
    return status, printed.out, printed.err
