"""The kinds of columns that a backup knows: how each stands in JSON, so that every database gives the same lines."""

import base64
import datetime as dt
import math
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    Float,
    Integer,
    LargeBinary,
    String,
    Text,
    Uuid,
    cast,
    column,
)
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

from grantflow.core.db import Instant


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of column: the type that reads and binds it, and its values as JSON and back.

    `decode` raises ValueError for what `encode` never writes, so that a value has one spelling only.
    """

    name: str
    type: TypeEngine[Any]
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]

    def selected(self, name: str) -> ColumnElement[Any]:
        """The column `name`, as it is read."""
        return cast(column(name), Text()).label(name) if self.name == "json" else column(name, self.type)


def _same(value: Any) -> Any:
    return value


def _boolean(value: Any) -> Any:
    if type(value) is not bool:
        raise ValueError("neither true nor false")
    return value


def _integer(value: Any) -> Any:
    if type(value) is not int or not -(1 << 63) <= value < 1 << 63:
        raise ValueError("not a whole number that a database holds")
    return value


def _text(value: Any) -> Any:
    if type(value) is not str:
        raise ValueError("not text")
    value.encode()  # a half of a surrogate pair is no character, and no database holds it
    return value


def _spelled(encode: Callable[[Any], str], read: Callable[[str], Any]) -> Callable[[Any], Any]:
    """What reads text and accepts it only as `encode` would have written it."""

    def decode(value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError("not text")
        found = read(value)
        if encode(found) != value:
            raise ValueError("another spelling")
        return found

    return decode


def _utc(value: dt.datetime) -> str:
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _aware(text: str) -> dt.datetime:
    found = dt.datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("no time zone")
    return found


def _iso(value: dt.date) -> str:
    return value.isoformat()


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _finite(value: Any) -> Any:
    if type(value) is not float or not math.isfinite(value):
        raise ValueError("not a number")
    return value


#: JSON is taken as the very text that is stored, and bound without a type, so that no writer can respell it.
KINDS = {
    kind.name: kind
    for kind in (
        Kind("text", Text(), _same, _text),
        Kind("integer", BigInteger(), _same, _integer),
        Kind("boolean", Boolean(), _same, _boolean),
        Kind("number", Float(), _same, _finite),
        Kind("uuid", Uuid(), str, _spelled(str, uuid.UUID)),
        Kind("instant", Instant(), _utc, _spelled(_utc, _aware)),
        Kind("date", Date(), _iso, _spelled(_iso, dt.date.fromisoformat)),
        Kind("bytes", LargeBinary(), _base64, _spelled(_base64, lambda text: base64.b64decode(text, validate=True))),
        Kind("json", NullType(), _same, _text),
    )
}

#: The first that fits counts.
OF_TYPES: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (Uuid, "uuid"),
    (Boolean, "boolean"),
    (String, "text"),
    (Integer, "integer"),
    (Float, "number"),
    (Date, "date"),
    (JSON, "json"),
    (LargeBinary, "bytes"),
)


def kind_of(described: Column[Any]) -> Kind:
    """The kind of a column of the models; LookupError for a type that backups were not taught."""
    found: TypeEngine[Any] = described.type
    while isinstance(found, TypeDecorator):
        if isinstance(found, Instant):
            return KINDS["instant"]
        found = found.impl_instance
    for type_, name in OF_TYPES:
        if isinstance(found, type_):
            return KINDS[name]
    raise LookupError(f"a backup knows no kind for {described.table}.{described.name}: {described.type!r}")
