"""Places: a database and a folder of stored files, empty at first, that a test moves between."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import Settings
from grantflow.core.db import db
from grantflow.files.storage import shelf
from tests.backups.filling import everything
from tests.backups.places import Place, a_database

ROUTES = {
    "sqlite": [("sqlite", "sqlite")],
    "postgresql": [("postgresql", "postgresql"), ("postgresql", "sqlite"), ("sqlite", "postgresql")],
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a route runs on every one that the database under test has."""
    if "route" in metafunc.fixturenames:
        routes = ROUTES[metafunc.config.getoption("--database")]
        metafunc.parametrize("route", routes, ids=[" to ".join(route) for route in routes])


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Iterator[Callable[[str], Place]]:
    """`place(dialect)` is a new place with nothing in it; `enter()` is to go there."""
    made = []

    def make(dialect: str) -> Place:
        name = f"place_{uuid.uuid4().hex}"
        folder = tmp_path / name
        folder.mkdir()
        made.append(Place(folder, a_database(dialect, settings.database_url, name, folder)))
        return made[-1]

    yield make
    for one in made:
        one.remove()
    db.connect(settings.database_url)
    shelf.open(settings.stored_files)


@pytest.fixture(scope="session")
def untouched(dialect: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One empty place for all the tests that must leave it so."""
    name = f"untouched_{uuid.uuid4().hex}"
    folder = tmp_path_factory.mktemp(name)
    one = Place(folder, a_database(dialect, settings.database_url, name, folder))
    yield one
    one.remove()


@pytest.fixture
def there(untouched: Place, settings: Settings) -> Iterator[Place]:
    """We are in the place that stays empty."""
    untouched.enter()
    yield untouched
    db.connect(settings.database_url)
    shelf.open(settings.stored_files)


@pytest.fixture(scope="session")
def good(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of an embedded place with something in every table."""
    folder = tmp_path_factory.mktemp("backed-up")
    there = Place(folder, f"sqlite:///{folder / 'grantflow.db'}")
    there.enter(prepared=True)
    everything()
    there.back_up(folder / "good.backup")
    db.connect(settings.database_url)
    shelf.open(settings.stored_files)
    return (folder / "good.backup").read_bytes()
