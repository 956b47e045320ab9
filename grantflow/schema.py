"""The schema of the database: where it stands, and bringing it up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, column, inspect, select, table

from grantflow.accounts import models as accounts
from grantflow.applications import models as applications
from grantflow.applications import screening_models as screening
from grantflow.audit import models as audit
from grantflow.awards import models as awards
from grantflow.calls import models as calls
from grantflow.core.db import Base
from grantflow.files import models as files
from grantflow.jobs import models as jobs
from grantflow.mail import models as mail
from grantflow.review import models as review

#: Every module with tables, so that whoever imports the schema knows them all.
MODELS = (accounts, applications, audit, awards, calls, files, jobs, mail, review, screening)

METADATA = Base.metadata

#: Where Alembic notes the revision that the database stands at.
STANDS_AT = table("alembic_version", column("version_num"))


def configuration(migrations: Path) -> Any:
    """Alembic's configuration for the revisions in `migrations`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


class BrokenReference(Exception):
    """A migration left a row that points at one which is not there; the message names the row's table."""


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """One transaction in which tables can be made anew, committed at the end; raises BrokenReference.

    SQLite changes a table by dropping it and building it again, rows and all, which its foreign keys would forbid:
    they rest meanwhile, and every reference is looked at before the commit.
    """
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        driver = connection.connection.driver_connection
        assert driver is not None
        (watching,) = driver.execute("PRAGMA foreign_keys").fetchone()
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if broken is not None:
                    raise BrokenReference(broken[0])
        finally:
            driver.execute(f"PRAGMA foreign_keys={watching}")


def upgrade(engine: Engine, migrations: Path, revision: str = "head") -> None:
    """Bring the database up to `revision`, in one transaction; safe to repeat."""
    with changing(engine) as connection:
        go_up(connection, migrations, revision)


def downgrade(engine: Engine, migrations: Path, revision: str = "base") -> None:
    """Take the database back to `revision`, in one transaction."""
    with changing(engine) as connection:
        go_down(connection, migrations, revision)


def go_up(connection: Connection, migrations: Path, revision: str = "head") -> None:
    """Bring the database up to `revision` in the transaction of `connection`, which `changing` opened."""
    from alembic import command

    config = configuration(migrations)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def go_down(connection: Connection, migrations: Path, revision: str = "base") -> None:
    """Take the database back to `revision` in the transaction of `connection`, which `changing` opened."""
    from alembic import command

    config = configuration(migrations)
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


def revisions(migrations: Path) -> list[str]:
    """Every revision in `migrations`, the oldest first: they are numbered in the names of their files."""
    return sorted(path.name.partition("_")[0] for path in (migrations / "versions").glob("*_*.py"))


def stands_at(connection: Connection) -> str | None:
    """The revision of the database; None where there is none yet."""
    if not inspect(connection).has_table(STANDS_AT.name):
        return None
    return connection.scalars(select(STANDS_AT.c.version_num)).one_or_none()


def is_current(engine: Engine, migrations: Path) -> bool:
    """Whether the database stands at the newest revision.

    Asked by every command and every worker as it starts: without Alembic, which takes longer to load than most
    commands to run, and without waiting for whoever is writing.
    """
    with engine.execution_options(write=False).connect() as connection:
        return stands_at(connection) == revisions(migrations)[-1]
