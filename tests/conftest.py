"""What every test stands on: a real database that is fresh each time, and browsers that check what they get."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from config import Settings
from grantflow import schema
from grantflow.accounts.models import User
from grantflow.app import MIGRATIONS, create_app
from grantflow.core.authorization import install
from grantflow.core.db import db
from grantflow.core.sealing import sealing
from grantflow.files.storage import shelf
from grantflow.handlers import HANDLERS
from grantflow.jobs import handlers
from grantflow.policy import POLICY
from tests.browsing import Browser, CheckingClient
from tests.postgres import postgresql_url
from tests.ui import gallery

# The same examples in every run: what a search finds by chance is kept as an example of its own.
# How long one takes says nothing on a machine that runs other tests beside it.
hypothesis.settings.register_profile("the same each time", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "the same each time"))

# Their fixtures assert as tests do, whichever module asks for them first
pytest.register_assert_rewrite("tests.files.buckets", "tests.files.clamd")

REAL_CALL = os.environ.get("GRANTFLOW_REAL_CALL", "")
collect_ignore = [] if REAL_CALL else ["real_call"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="where the rows are kept")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test in a real browser is tried a second time: a busy machine is no fault; the last line counts both tries."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """With GRANTFLOW_TEST_NO_SKIP=1 a skipped test is a failed one."""
    outcome: Any = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("GRANTFLOW_TEST_NO_SKIP") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped, and no skip is allowed here: {report.longrepr}"


@pytest.fixture(scope="session")
def dialect(pytestconfig: pytest.Config) -> str:
    """The database under test: sqlite or postgresql."""
    return str(pytestconfig.getoption("--database"))


@pytest.fixture(scope="session")
def settings(dialect: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Settings]:
    """Settings of a worker of its own."""
    folder = tmp_path_factory.mktemp("grantflow")
    if dialect == "sqlite":
        yield Settings(folder, f"sqlite:///{folder / 'grantflow.db'}", "s" * 32)
        return
    with postgresql_url() as server:
        name = f"grantflow_{worker_id}"
        _run(
            server,
            f"DROP DATABASE IF EXISTS {name}",
            f"CREATE DATABASE {name}",
            f"ALTER DATABASE {name} SET synchronous_commit = off",
        )
        yield Settings(folder, make_url(server).set(database=name).render_as_string(hide_password=False), "s" * 32)
        db.disconnect()
        _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of the process that runs the test."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def _run(server: str, *statements: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def fresh(settings: Settings, dialect: str) -> Callable[[], None]:
    """What makes the database empty again, its schema in place."""
    db.connect(settings.database_url)
    schema.upgrade(db.engine, MIGRATIONS)
    if dialect == "sqlite":
        path = Path(str(make_url(settings.database_url).database))
        db.disconnect()
        template = path.with_suffix(".template")
        with create_engine(settings.database_url).connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(path, template)

        def renew() -> None:
            db.disconnect()
            for left in path.parent.glob(path.name + "-*"):
                left.unlink()
            shutil.copy(template, path)

        return renew

    tables = [table.name for table in reversed(schema.METADATA.sorted_tables) if table.name != "trail_heads"]
    statements = "; ".join(
        [*(f"DELETE FROM {name}" for name in tables), "UPDATE trail_heads SET position = 0, hash = repeat('0', 64)"]
    )

    def empty() -> None:
        with db.engine.begin() as connection:
            connection.exec_driver_sql(statements)

    return empty


@pytest.fixture
def store(fresh: Callable[[], None], settings: Settings) -> Iterator[None]:
    """A database of one's own: real transactions, really committed, forgotten after the test."""
    install(POLICY)
    handlers.install(HANDLERS)
    sealing.use(settings.secret_key)
    shelf.open(settings.stored_files)
    yield
    fresh()
    shutil.rmtree(settings.data_dir / "files", ignore_errors=True)


@pytest.fixture
def writing(store: None) -> Callable[[], AbstractContextManager[Session]]:
    """`with writing(): …` is one transaction that is committed."""
    return lambda: db.transaction(write=True)


@pytest.fixture
def reading(store: None) -> Callable[[], AbstractContextManager[Session]]:
    """`with reading(): …` is one transaction that cannot write."""
    return lambda: db.transaction(write=False)


@pytest.fixture(scope="session")
def application(settings: Settings, fresh: Callable[[], None]) -> Flask:
    """The web application, once for every test of this process."""
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = CheckingClient
    return app


@pytest.fixture
def app(application: Flask, store: None) -> Flask:
    """The web application on an empty database."""
    return application


@pytest.fixture
def browser(app: Flask) -> Callable[[User | None], Browser]:
    """`browser(user)` is a browser in which that person is signed in; `browser(None)` is a visitor's."""
    return lambda user=None: Browser(app, user)


@pytest.fixture
def real_call() -> Path:
    """The folder of the real call."""
    return Path(REAL_CALL)


@pytest.fixture(scope="session")
def launched() -> Iterator[Chromium]:
    """Chromium, once for every test of this process."""
    found = gallery.find_chromium()
    if found is None:
        pytest.skip("no Chromium was found; add one with: apt-get install chromium")
    with gallery.launched(found) as browser:
        yield browser
