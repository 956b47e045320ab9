"""The databases that are measured, each empty at first, as the environment of the programs that use it."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from tests.postgres import postgresql_url

NAME = "grantflow_bench_{}"

Environment = Mapping[str, str]


def _environment(folder: Path, url: str = "") -> Environment:
    others = {name: value for name, value in os.environ.items() if not name.startswith("GRANTFLOW_")}
    return others | {
        "GRANTFLOW_DATA_DIR": str(folder),
        "GRANTFLOW_DATABASE_URL": url,
        "GRANTFLOW_SECRET_KEY": "measuring needs no secret, but a server does",
    }


@contextmanager
def sqlite(folder: Path) -> Iterator[Environment]:
    """An embedded database in `folder`, which is removed afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield _environment(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql(folder: Path) -> Iterator[Environment]:
    """A database named after the folder on the PostgreSQL of TEST_DATABASE_URL, else on one that runs only for this."""
    name = NAME.format(folder.name.lower())
    with sqlite(folder), postgresql_url() as server:
        _execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
        try:
            yield _environment(folder, make_url(server).set(database=name).render_as_string(hide_password=False))
        finally:
            _execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _execute(server: str, *statements: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


DATABASES: dict[str, Callable[[Path], AbstractContextManager[Environment]]] = {
    "sqlite": sqlite,
    "postgresql": postgresql,
}
