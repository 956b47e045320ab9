"""The migrations lead to what the models say, on the database under test, up and down again."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, Table, create_engine, inspect, text
from sqlalchemy.engine import make_url

from config import Settings
from grantflow import schema
from grantflow.app import MIGRATIONS

TABLES = schema.METADATA.sorted_tables


@contextmanager
def _database(dialect: str, settings: Settings, folder: Path) -> Iterator[Engine]:
    if dialect == "sqlite":
        engine = create_engine(f"sqlite:///{folder / 'empty.db'}")
        yield engine
        engine.dispose()
        return
    server = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
    name = f"empty_{uuid.uuid4().hex}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = create_engine(make_url(settings.database_url).set(database=name))
    yield engine
    engine.dispose()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    server.dispose()


@pytest.fixture
def empty(dialect: str, settings: Settings, tmp_path: Path) -> Iterator[Engine]:
    """A database of one's own with nothing in it."""
    with _database(dialect, settings, tmp_path) as engine:
        yield engine


@pytest.fixture(scope="module")
def migrated(dialect: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A migrated database that is only looked at."""
    with _database(dialect, settings, tmp_path_factory.mktemp("migrated")) as engine:
        schema.upgrade(engine, MIGRATIONS)
        yield engine


def _tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_there_is_one_newest_revision():
    scripts = ScriptDirectory.from_config(schema.configuration(MIGRATIONS))

    assert len(scripts.get_heads()) == 1


def test_revisions_are_numbered_in_their_order_and_named_for_what_they_do():
    scripts = ScriptDirectory.from_config(schema.configuration(MIGRATIONS))
    order = [script.revision for script in scripts.walk_revisions()][::-1]

    files = sorted(path.stem for path in (MIGRATIONS / "versions").glob("*.py"))

    assert order == [f"{number:03}" for number in range(1, len(order) + 1)]
    assert [name.split("_")[0] for name in files] == order


def test_the_migrated_database_is_what_the_models_say(empty):
    schema.upgrade(empty, MIGRATIONS)

    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        differences = compare_metadata(context, schema.METADATA)
    assert differences == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_checks_of_a_table_are_migrated_as_well(migrated, table: Table):
    named = {check["name"] for check in inspect(migrated).get_check_constraints(table.name)}

    assert named == {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}


def test_upgrading_twice_changes_nothing(empty):
    schema.upgrade(empty, MIGRATIONS)
    schema.upgrade(empty, MIGRATIONS)

    assert _tables(empty) == {table.name for table in TABLES}
    assert schema.is_current(empty, MIGRATIONS)


def test_going_down_removes_everything_and_up_again_brings_it_back(empty):
    schema.upgrade(empty, MIGRATIONS)
    schema.downgrade(empty, MIGRATIONS)
    left = _tables(empty)
    schema.upgrade(empty, MIGRATIONS)

    assert left == set()
    assert _tables(empty) == {table.name for table in TABLES}


def test_an_empty_database_is_behind(empty):
    assert not schema.is_current(empty, MIGRATIONS)
