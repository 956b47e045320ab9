"""The database: one base class, one session and one transaction per request or command."""

import datetime as dt
import enum
import fcntl
import logging
import os
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Engine, MetaData, String, create_engine, event, insert
from sqlalchemy import Enum as EnumColumn
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import LargeBinary, TypeDecorator

from grantflow.core.clock import TOKYO
from grantflow.core.dates import PartialDate

BUSY_TIMEOUT_MS = 30_000


class Instant(TypeDecorator[dt.datetime]):
    """A moment: aware going in, stored in UTC, aware in Asia/Tokyo coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        at = value.astimezone(dt.UTC)
        return at.replace(tzinfo=None) if dialect.name == "sqlite" else at

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).astimezone(TOKYO)


class PartialDateColumn(TypeDecorator[PartialDate]):
    """A date of year, month or day precision, stored as it is written: 2019, 2019-04 or 2019-04-01."""

    impl = String(10)
    cache_ok = True

    def process_bind_param(self, value: PartialDate | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> PartialDate | None:
        return None if value is None else PartialDate.parse(value)


class stored_bytes(GenericFunction[bytes]):  # noqa: N801 - it reads as an SQL function
    """The very bytes of a text or number column, also where they are no longer valid text."""

    type = LargeBinary()
    inherit_cache = True


@compiles(stored_bytes)
def _stored_bytes(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kw)} AS BLOB)"


@compiles(stored_bytes, "postgresql")
def _stored_bytes_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"convert_to(CAST({compiler.process(element.clauses, **kw)} AS TEXT), 'UTF8')"


def code_points(length: int | None = None) -> String:
    """A text column whose order is that of code points on every database, whatever its locale."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


Yen = Annotated[int, mapped_column(BigInteger)]


class Base(DeclarativeBase):
    """What every table shares: names of constraints that can be predicted, and the types of columns."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - read once by SQLAlchemy
        dt.datetime: Instant(),
        PartialDate: PartialDateColumn(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        enum.StrEnum: EnumColumn(
            enum.StrEnum, native_enum=False, length=40, values_callable=lambda members: [m.value for m in members]
        ),
    }

    #: True on a model whose rows need no event in the audit trail (throttles, sign-ins, the trail itself).
    unaudited = False


class Entity(Base):
    """A row with an identity of its own, known before it is stored."""

    __abstract__ = True

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4, sort_order=-1)

    def __init__(self, **values: Any) -> None:
        values.setdefault("id", uuid.uuid4())
        super().__init__(**values)


class Gate:
    """One writer at a time in an embedded database: a lock on a file, fair enough where SQLite's own waiting is not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mine = threading.local()

    def enter(self) -> int:
        """Wait for the gate; returns the key that `leave` takes back."""
        if getattr(self._mine, "held", False):
            raise RuntimeError("this thread is already writing: a second write transaction would wait for the first")
        key = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(key, fcntl.LOCK_EX)
        self._mine.held = True
        return key

    def leave(self, key: int) -> None:
        """Let the next writer in."""
        self._mine.held = False
        os.close(key)


class SeenSession(Session):
    """A session without the ways around its own events, which the audit trail listens to."""

    def bulk_save_objects(self, *_args: Any, **_kw: Any) -> None:
        """Refused: rows written so are seen by no listener; use `session.execute(insert(Model), rows)`."""
        raise NotImplementedError("use session.execute(insert(Model), rows)")

    bulk_insert_mappings = bulk_save_objects
    bulk_update_mappings = bulk_save_objects


class Database:
    """The engine, and the session of whoever is being served just now."""

    def __init__(self) -> None:
        self.engine: Engine
        self._reader: Engine
        self._writer: Engine
        self._session: ContextVar[Session | None] = ContextVar("session", default=None)

    def connect(self, url: str) -> None:
        """Use the database at `url` from now on."""
        self.disconnect()
        if make_url(url).get_backend_name() == "sqlite":
            self.engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, hide_parameters=True)
            _tame_sqlite(self.engine, Gate(Path(f"{make_url(url).database}.gate")))
        else:
            self.engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
            # The driver warns on standard error of what it raises anyway, beside our own sentence
            logging.getLogger("psycopg").setLevel(logging.ERROR)
        self._writer = self.engine.execution_options(write=True)
        self._reader = self.engine.execution_options(write=False, postgresql_readonly=True)

    def disconnect(self) -> None:
        """Close every connection, so that an embedded database is one whole file again."""
        if hasattr(self, "engine"):
            self.engine.dispose()

    @property
    def session(self) -> Session:
        """The session of the request or command at hand."""
        session = self._session.get()
        if session is None:
            raise LookupError("no transaction is open")
        return session

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[Session]:
        """Open a transaction: committed when the block ends, undone when it raises; it can write only if `write`."""
        with self.open(write=write) as session:
            yield session
            session.commit()

    def open(self, *, write: bool) -> AbstractContextManager[Session]:
        """A session whose transaction somebody else commits; it is undone when nobody did."""
        return self._serving(self._writer if write else self._reader)

    def on(self, connection: Connection) -> AbstractContextManager[Session]:
        """A session in the transaction that is open on `connection`; it neither commits it nor undoes it."""
        return self._serving(connection)

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that sees the database as it is at its first statement, however long it reads; it cannot write."""
        with self.open(write=False) as session:
            if self.engine.dialect.name != "sqlite":
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    @contextmanager
    def _serving(self, bind: Engine | Connection) -> Iterator[Session]:
        session = SeenSession(bind, expire_on_commit=False, autoflush=True)
        token = self._session.set(session)
        try:
            yield session
        finally:
            self._session.reset(token)
            session.close()

    def settle(self) -> None:
        """Commit what the view wrote; what is read from here on is read in a transaction that cannot write."""
        self.session.commit()
        self.session.bind = self._reader

    def rest(self) -> None:
        """Let go of a transaction in which nothing was written yet; the next statement begins another one.

        Nobody waits for what is done in between: reading files, hashing.
        """
        self.session.rollback()

    def undo(self) -> None:
        """Forget what the view wrote; what is read from here on is read in a transaction that cannot write."""
        self.session.rollback()
        self.session.bind = self._reader


def _tame_sqlite(engine: Engine, gate: Gate) -> None:
    """Make SQLite open transactions when told, one writer at a time, and refuse a write in a reader's."""

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("write", True)
        if write:
            connection.info["gate"] = gate.enter()
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if write else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    @event.listens_for(engine, "checkin")
    def leave(_connection: Any, record: ConnectionPoolEntry) -> None:
        key = record.info.pop("gate", None)
        if key is not None:
            gate.leave(key)


db = Database()


def insert_all(rows: Sequence[Entity]) -> None:
    """Store new rows of one model that were not added to the session, in one statement.

    For loads of thousands: a row costs a fraction of what the session's own unit of work spends on it.
    """
    if rows:
        names = type(rows[0]).__mapper__.column_attrs.keys()
        values = [{name: vars(row)[name] for name in names if name in vars(row)} for row in rows]
        # Else a row with an empty column begins a statement of its own, and half of all rows do.
        db.session.execute(insert(type(rows[0])), values, execution_options={"render_nulls": True})
