"""The list of contents of a backup: what it was made of and by, and how each part of it is recognised."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from grantflow.backups.kinds import KINDS
from grantflow.core.words import _

#: Raised when a program that knows only the old form could read the new one wrongly.
FORMAT = 1

HASH = re.compile(r"[0-9a-f]{64}")
TABLE = re.compile(r"[a-z][a-z0-9_]{0,62}")


class Damaged(Exception):
    """The file is no backup that can be restored; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table: one JSON list on each line, its values in the order of `columns` (name and kind)."""

    name: str
    columns: dict[str, str]
    rows: int
    bytes: int
    sha256: str

    @property
    def member(self) -> str:
        """Where its lines stand in the file."""
        return f"tables/{self.name}.jsonl"


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored file, known by the hash of its content."""

    sha256: str
    bytes: int

    @property
    def member(self) -> str:
        """Where its content stands in the file."""
        return f"files/{self.sha256}"


@dataclass(frozen=True, slots=True)
class Trail:
    """How long the audit trail is, and its last hash."""

    count: int
    head: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `revision` is that of the database, `program` the version that made it."""

    format: int
    program: str
    made_at: str
    revision: str
    trail: Trail
    tables: tuple[Table, ...]
    files: tuple[Stored, ...]

    @property
    def parts(self) -> tuple[Table | Stored, ...]:
        """The tables, each after those it points at, and the stored files."""
        return (*self.tables, *self.files)

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables)

    def written(self) -> bytes:
        """The manifest as JSON; equal ones give equal bytes."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n").encode()


def read(content: bytes) -> Manifest:
    """The manifest that `content` holds; Damaged when it is none, or of another format."""
    try:
        found = json.loads(content)
        if _is(found, dict) and found.get("format") != FORMAT:
            raise Damaged(
                _(
                    "控えの形式は%(found)sですが、この grantflow が読めるのは%(known)sです。"
                    "控えを作ったときと同じか、それより新しい grantflow で戻してください。",
                    found=found.get("format"),
                    known=FORMAT,
                )
            )
        return _manifest(found)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Damaged(_("控えの目録を読めません。別の控えを使ってください。")) from error


def _is(value: Any, wanted: type) -> bool:
    return type(value) is wanted


def _take(found: Any, **wanted: type) -> dict[str, Any]:
    """`found`, if it has the wanted keys with values of their types, and no other."""
    if not _is(found, dict) or found.keys() != wanted.keys():
        raise ValueError("other keys")
    if not all(_is(found[key], type_) for key, type_ in wanted.items()):
        raise ValueError("other types")
    if any(_is(value, int) and value < 0 for value in found.values()):
        raise ValueError("less than nothing")
    return dict(found)


def _matching(pattern: re.Pattern[str], text: str) -> None:
    if not pattern.fullmatch(text):
        raise ValueError("not a name or hash that we write")


def _manifest(found: Any) -> Manifest:
    taken = _take(found, format=int, program=str, made_at=str, revision=str, trail=dict, tables=list, files=list)
    trail = Trail(**_take(taken["trail"], count=int, head=str))
    _matching(HASH, trail.head)
    tables = tuple(_table(one) for one in taken["tables"])
    files = tuple(_stored(one) for one in taken["files"])
    manifest = Manifest(**taken | {"trail": trail, "tables": tables, "files": files})
    if len({part.member for part in manifest.parts}) != len(manifest.parts):
        raise ValueError("a part twice")
    return manifest


def _table(found: Mapping[str, Any]) -> Table:
    table = Table(**_take(found, name=str, columns=dict, rows=int, bytes=int, sha256=str))
    _matching(TABLE, table.name)
    _matching(HASH, table.sha256)
    for name, kind in table.columns.items():
        _matching(TABLE, name)
        if kind not in KINDS:
            raise ValueError("an unknown kind")
    return table


def _stored(found: Mapping[str, Any]) -> Stored:
    stored = Stored(**_take(found, sha256=str, bytes=int))
    _matching(HASH, stored.sha256)
    return stored
