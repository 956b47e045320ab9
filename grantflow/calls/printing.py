"""A call definition written out again: as TOML, as canonical JSON, and compared with another version."""

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from grantflow.calls.definition import Definition
from grantflow.calls.schema import columns, joined

WIDTH = 100


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """One key that differs between two versions; None where the key is absent. Keyed tables go by key, not place."""

    path: str
    before: Any
    after: Any


def dump(definition: Definition) -> str:
    """The definition as TOML that `parse` reads back as the same; keys at their default are not printed."""
    return dump_raw(table(definition))


def dump_raw(raw: Mapping[str, Any]) -> str:
    """Any tables of TOML, as `tomllib` reads them with Decimal for floats, as text that it reads back as the same."""
    alone = {name: value for name, value in raw.items() if not isinstance(value, dict) and not _is_tables(value)}
    parts = ["".join(f"{_key(name)} = {_value(value)}\n" for name, value in alone.items())] if alone else []
    for name, value in raw.items():
        if name in alone:
            continue
        if isinstance(value, list):
            parts += [_part(f"[[{_key(name)}]]", item) for item in value]
            continue
        below = {inner: rows for inner, rows in value.items() if _is_tables(rows) and any(map(_is_deep, rows))}
        parts.append(_part(f"[{_key(name)}]", {inner: value[inner] for inner in value if inner not in below}))
        parts += [_part(f"[[{_key(name)}.{_key(inner)}]]", row) for inner, rows in below.items() for row in rows]
    return "\n".join(parts)


def _part(head: str, content: Mapping[str, Any]) -> str:
    return "\n".join([head, *(f"{_key(name)} = {_value(value)}" for name, value in content.items())]) + "\n"


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _is_deep(row: Mapping[str, Any]) -> bool:
    """Whether a row holds tables of its own: then it is read more easily under a head than inside a line."""
    return any(isinstance(value, dict) or _is_tables(value) for value in row.values())


def canonical(definition: Definition) -> str:
    """The content as JSON with sorted keys: two definitions are equal exactly when these texts are."""
    return json.dumps(
        table(definition), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_canonical_value
    )


def differences(old: Definition, new: Definition) -> tuple[Change, ...]:
    """What a new version changes, in the order of the print; values are plain JSON."""
    before, after = (dict(_leaves(table(definition), "")) for definition in (old, new))
    paths = [*before, *(path for path in after if path not in before)]
    return tuple(
        Change(path, before.get(path), after.get(path)) for path in paths if before.get(path) != after.get(path)
    )


def table(value: Any) -> dict[str, Any]:
    """A dataclass as a table of TOML keys, without the keys that are at their default."""
    required = {column.field: getattr(value, column.field) for column in columns(type(value)) if column.required}
    bare = type(value)(**required)
    return {
        column.name: _plain(getattr(value, column.field))
        for column in columns(type(value))
        if column.required or getattr(value, column.field) != getattr(bare, column.field)
    }


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return table(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    return value


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_value(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list):
        return _list(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:_}" if value >= 10_000 else str(value)
    if isinstance(value, Fraction):
        return _ratio(value)
    if isinstance(value, Decimal):
        return str(value).lower().replace("infinity", "inf")
    return str(value.isoformat())


def _list(items: list[Any]) -> str:
    printed = [_value(item) for item in items]
    if sum(map(len, printed)) <= WIDTH and not any(isinstance(item, dict) for item in items):
        return f"[{', '.join(printed)}]"
    return "[\n" + "".join(f"  {item},\n" for item in printed) + "]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _ratio(value: Fraction) -> str:
    """A decimal where it ends within nine places, else the quotient as text."""
    scaled = value * 10**9
    if scaled.denominator != 1:
        return f'"{value.numerator}/{value.denominator}"'
    whole, rest = divmod(scaled.numerator, 10**9)
    return f"{whole}.{rest:09d}".rstrip("0") + ("0" if not rest else "")


def _canonical_value(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return str(value)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, joined(path, name))
    elif isinstance(value, list) and value and all(isinstance(item, dict) and "key" in item for item in value):
        yield path, [item["key"] for item in value]
        for item in value:
            yield from _leaves({name: inner for name, inner in item.items() if name != "key"}, f"{path}[{item['key']}]")
    elif _is_tables(value):
        for place, item in enumerate(value, 1):
            yield from _leaves(item, f"{path}[{place}]")
    else:
        yield path, value if isinstance(value, str | int | bool | list) else _canonical_value(value)
