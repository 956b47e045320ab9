"""Data comes along from every revision to the newest: in the database itself, and out of a backup made there."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, select, table
from sqlalchemy.sql import column

from grantflow import schema
from grantflow.app import MIGRATIONS
from grantflow.backups import archive, restoring
from grantflow.backups.archive import MANIFEST
from grantflow.core.db import db
from tests.backups.forging import members, sealed
from tests.backups.places import contents, trail

REVISIONS = schema.revisions(MIGRATIONS)
NEXT = f"{len(REVISIONS) + 1:03}"
REBUILT = f'''"""Tables that others point at are built anew, whole."""

from alembic import op

revision = "{NEXT}"
down_revision = "{REVISIONS[-1]}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    anew = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    for name in ("users", "calls", "applications"):
        with op.batch_alter_table(name, recreate=anew):
            pass


def downgrade() -> None:
    pass
'''

Columns = dict[str, set[str]]

#: Columns that a later revision took away, all of them text; what they said before stands elsewhere since.
GONE = {"applications": {"plan", "returned_because"}}


@pytest.fixture(scope="session")
def columns_at(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Columns]:
    """The columns of every table as they were at each revision."""
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('revisions') / 'empty.db'}")
    found = {}
    for revision in REVISIONS:
        schema.upgrade(engine, MIGRATIONS, revision)
        inspector = inspect(engine)
        found[revision] = {
            name: {described["name"] for described in inspector.get_columns(name)}
            for name in inspector.get_table_names()
            if name != "alembic_version"
        }
    engine.dispose()
    return found


def aged(content: bytes, revision: str, had: Columns) -> bytes:
    """The backup as a program at `revision` would have made it: without what came later."""
    found = members(content)
    manifest = json.loads(found[MANIFEST])
    older = [_aged_table(found, entry, had[entry["name"]]) for entry in manifest["tables"] if entry["name"] in had]
    if "stored_files" not in had:
        manifest["files"] = []
    manifest |= {"revision": revision, "tables": older}
    wanted = {f"tables/{entry['name']}.jsonl" for entry in older} | {
        f"files/{one['sha256']}" for one in manifest["files"]
    }
    kept = [(name, data) for name, data in found.items() if "/" not in name or name in wanted]
    return sealed([(name, json.dumps(manifest).encode() if name == MANIFEST else data) for name, data in kept])


def _aged_table(found: dict[str, bytes], entry: dict[str, Any], had: set[str]) -> dict[str, Any]:
    member = f"tables/{entry['name']}.jsonl"
    places = [place for place, name in enumerate(entry["columns"]) if name in had]
    gone = sorted(had & GONE.get(entry["name"], set()))
    rows = [
        [*(json.loads(line)[place] for place in places), *("" for _ in gone)] for line in found[member].splitlines()
    ]
    found[member] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    return entry | {
        "columns": {name: kind for name, kind in entry["columns"].items() if name in had} | dict.fromkeys(gone, "text"),
        "bytes": len(found[member]),
        "sha256": hashlib.sha256(found[member]).hexdigest(),
    }


def rows_of(had: Columns) -> dict[str, list[tuple[Any, ...]]]:
    """What stands in these columns, as the database holds it."""
    with db.engine.execution_options(write=False).connect() as connection:
        return {
            name: sorted(
                tuple(map(repr, row))
                for row in connection.execute(select(*map(column, _staying(name, columns))).select_from(table(name)))
            )
            for name, columns in had.items()
        }


def _staying(name: str, columns: set[str]) -> list[str]:
    return sorted(columns - GONE.get(name, set()))


@pytest.fixture
def old(good: bytes, tmp_path: Path, columns_at: dict[str, Columns]) -> Callable[[str], tuple[Path, Columns]]:
    """`old(revision)` is a backup that was made at that revision, and the columns it has."""

    def make(revision: str) -> tuple[Path, Columns]:
        had = columns_at[revision]
        path = tmp_path / f"{revision}.backup"
        path.write_bytes(aged(good, revision, had))
        return path, had

    return make


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_is_upgraded_with_its_data(place, dialect, old, revision):
    path, had = old(revision)
    place(dialect).enter()
    with archive.opened(path) as backup, schema.changing(db.engine) as connection:
        schema.go_up(connection, MIGRATIONS, revision)
        restoring.fill(connection, backup)
    before = rows_of(had)

    schema.upgrade(db.engine, MIGRATIONS)

    assert schema.is_current(db.engine, MIGRATIONS)
    assert rows_of(had) == before
    assert trail().holds


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_backup_of_an_older_revision_is_restored_and_upgraded(place, dialect, old, revision):
    path, had = old(revision)
    place(dialect).enter()

    with archive.opened(path) as backup:
        restoring.restore(backup, MIGRATIONS)
        wanted = backup.manifest.trail

    assert schema.is_current(db.engine, MIGRATIONS)
    assert (trail().count, trail().head) == (wanted.count, wanted.head)
    assert {name: len(rows) for name, rows in rows_of(had).items()} == {
        one.name: one.rows for one in backup.manifest.tables
    }


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The migrations of a later program, which builds tables anew that other tables point at."""
    folder = tmp_path / "newer"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / f"{NEXT}_rebuilt.py").write_text(REBUILT, encoding="utf-8")
    return folder


def test_tables_that_others_point_at_are_built_anew_with_their_rows(place, dialect, good, tmp_path, newer):
    (tmp_path / "good.backup").write_bytes(good)
    place(dialect).enter()
    with archive.opened(tmp_path / "good.backup") as backup:
        restoring.restore(backup, MIGRATIONS)
    before = contents()

    schema.upgrade(db.engine, newer)

    assert contents() == before
    assert schema.is_current(db.engine, newer)
    assert not schema.is_current(db.engine, MIGRATIONS)


def test_a_later_program_restores_what_an_earlier_one_backed_up(place, dialect, good, tmp_path, newer):
    (tmp_path / "good.backup").write_bytes(good)
    place(dialect).enter()

    with archive.opened(tmp_path / "good.backup") as backup:
        restoring.restore(backup, newer)

    assert schema.is_current(db.engine, newer)
    assert trail().holds


def test_after_an_upgrade_the_database_watches_its_references_again(place, newer):
    place("sqlite").enter(prepared=True)

    schema.upgrade(db.engine, newer)

    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_migration_that_leaves_a_row_without_its_other_half_is_undone(place, tmp_path, good, newer):
    (newer / "versions" / f"{NEXT}_rebuilt.py").write_text(
        REBUILT.replace("            pass", '            op.execute("DELETE FROM criteria")'), encoding="utf-8"
    )
    (tmp_path / "good.backup").write_bytes(good)
    place("sqlite").enter()
    with archive.opened(tmp_path / "good.backup") as backup:
        restoring.restore(backup, MIGRATIONS)
    before = contents()

    with pytest.raises(schema.BrokenReference, match=r"^scores$"):
        schema.upgrade(db.engine, newer)

    assert contents() == before
    assert schema.is_current(db.engine, MIGRATIONS)
