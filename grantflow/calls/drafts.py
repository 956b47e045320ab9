"""A definition on its way: the tables of its TOML, changed key by key, looked through, and copied for the next year."""

import calendar
import copy
import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from grantflow.calls.definition import BadDefinition, Definition, parse
from grantflow.calls.models import CallDraft
from grantflow.calls.printing import dump_raw, table
from grantflow.calls.schema import DefinitionProblem
from grantflow.core.dates import BadDate, Due
from grantflow.core.words import _

Raw = dict[str, Any]
Path = tuple[str, ...]

EMPTY: Raw = {"call": {"timezone": "Asia/Tokyo"}}


def read_raw(text: str) -> Raw:
    """The tables of a stored draft."""
    return tomllib.loads(text, parse_float=Decimal)


def write_raw(raw: Mapping[str, Any]) -> str:
    """The tables as the text that is stored."""
    return dump_raw(raw)


def raw_of(definition: Definition) -> Raw:
    """The tables of a whole definition."""
    return read_raw(dump_raw(table(definition)))


def title_of(draft: CallDraft) -> str:
    """What a draft's call is called so far."""
    found = value_at(read_raw(draft.definition), ("call", "title"))
    return found if isinstance(found, str) and found.strip() and found.isprintable() else _("名前のない公募")


def looked_through(text: str | bytes) -> tuple[Definition | None, tuple[DefinitionProblem, ...]]:
    """The definition that the text holds, or everything that it still lacks."""
    try:
        return parse(text), ()
    except BadDefinition as bad:
        return None, bad.problems


def is_well_formed(problems: Sequence[DefinitionProblem]) -> bool:
    """Whether the text could be read as TOML at all, whatever its keys lack: then a draft can be made of it."""
    return all(problem.line is None and problem.path for problem in problems)


def value_at(raw: Mapping[str, Any], path: Path) -> Any:
    """The value at a path of keys; None where there is none."""
    found: Any = raw
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def with_value(raw: Raw, path: Path, value: Any) -> Raw:
    """`raw` with another value at a path of keys; None takes the key away, and a table that it was the last of."""
    key, rest = path[0], path[1:]
    changed = dict(raw)
    if rest:
        inner = raw.get(key)
        value = with_value(inner if isinstance(inner, dict) else {}, rest, value) or None
    if value is None:
        changed.pop(key, None)
    else:
        changed[key] = value
    return changed


def rows_at(raw: Mapping[str, Any], path: Path) -> list[Any]:
    """The list at a path of keys; empty where there is none."""
    found = value_at(raw, path)
    return found if isinstance(found, list) else []


def next_year(definition: Definition, *, with_dates: bool) -> Raw:
    """The tables of last year's call for the next one: its dates a year later or none, and no published results.

    The name in addresses counts on with its year, so that both calls can stand side by side.
    """
    raw = copy.deepcopy(raw_of(definition))
    raw.pop("published_result", None)
    call = raw["call"]
    year = definition.call.fiscal_year
    call["fiscal_year"] = year + 1
    call["slug"] = _next_name(definition.call.slug, year)
    if with_dates:
        raw["schedule"] = {key: _later(value) for key, value in raw["schedule"].items()}
        raw["milestone"] = [{**row, "due": _later_due(row["due"])} for row in raw.get("milestone", [])]
    else:
        raw.pop("schedule")
        raw["milestone"] = [{**row, "due": "undecided"} for row in raw.get("milestone", [])]
    return raw if raw["milestone"] else with_value(raw, ("milestone",), None)


def _next_name(slug: str, year: int) -> str:
    if str(year) in slug:
        return slug.replace(str(year), str(year + 1))
    return f"{slug[:58].rstrip('-_')}-{year + 1}"


def _later(value: Any) -> Any:
    """A year later: instants, days and months; the last of February stays the last."""
    if isinstance(value, dt.date):
        last = calendar.monthrange(value.year + 1, value.month)[1]
        return value.replace(year=value.year + 1, day=min(value.day, last))
    return _count_on(value) if isinstance(value, str) else value


def _later_due(due: str) -> str:
    later = _count_on(due)
    try:
        Due.parse(later)
    except BadDate:
        return "undecided"
    return later


def _count_on(text: str) -> str:
    return re.sub(r"\b[0-9]{4}(?=-)", lambda year: str(int(year[0]) + 1), text)


def free_key(taken: Iterator[str] | Sequence[str], stem: str) -> str:
    """A key that no other row has: the stem and the next number."""
    known = set(taken)
    number = next(place for place in range(1, len(known) + 2) if f"{stem}{place}" not in known)
    return f"{stem}{number}"
