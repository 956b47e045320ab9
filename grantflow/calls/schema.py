"""Reads tables of TOML into frozen dataclasses and gathers every problem on the way, not only the first."""

import dataclasses
import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from grantflow.core.characters import forbidden_in
from grantflow.core.words import _

T = TypeVar("T")

YEARS = range(1990, 2200)


class Wrong(Exception):
    """One value cannot be taken; the message says why and what to do."""


class Missing:
    """Stands for a value that is absent or was refused, where None could be a value."""


MISSING = Missing()


@dataclasses.dataclass(frozen=True, slots=True)
class DefinitionProblem:
    """One thing to mend: its key path (lists count from 1: `tier[2].cap_yen`), or its line for a syntax error."""

    path: str
    sentence: str
    line: int | None = None
    file: str = ""

    def __str__(self) -> str:
        place = [part for part in (self.file, str(self.line or "")) if part]
        return ": ".join(part for part in (":".join(place), self.path, self.sentence) if part)


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """A condition between the keys of one table; tried when every key in `needs` could be read.

    `find` gives pairs of key path inside the table and sentence.
    """

    needs: tuple[str, ...]
    find: Callable[[Any], Iterable[tuple[str, str]]]


Check = Callable[[Any], None]


def entry(
    *checks: Check,
    name: str = "",
    unique: bool = False,
    default: Any = dataclasses.MISSING,
    factory: Any = dataclasses.MISSING,
) -> Any:
    """A field read from the TOML key `name` (default: the field's own name).

    Each check raises Wrong. `unique` refuses two tables of a list with the same `key`.
    """
    metadata = {"checks": checks, "name": name, "unique": unique}
    if factory is not dataclasses.MISSING:
        return dataclasses.field(default_factory=factory, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """What the walker knows of one field: its TOML key, its type without `| None`, and its checks."""

    field: str
    name: str
    hint: Any
    required: bool
    unique: bool
    checks: tuple[Check, ...]


def columns(table: type) -> tuple[Column, ...]:
    """The keys of a table in the order they are printed."""
    if table not in _columns:
        _columns[table] = _columns_of(table)
    return _columns[table]


_columns: dict[type, tuple[Column, ...]] = {}


def _columns_of(table: Any) -> tuple[Column, ...]:
    hints = get_type_hints(table)
    return tuple(
        Column(
            field=field.name,
            name=field.metadata.get("name") or field.name,
            hint=_without_none(hints[field.name]),
            required=field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
            unique=field.metadata.get("unique", False),
            checks=field.metadata.get("checks", ()),
        )
        for field in dataclasses.fields(table)
    )


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not NoneType]
        return kinds[0] if len(kinds) == 1 else tuple(kinds)
    return hint


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like `word`; empty when nothing is known."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.0)), "")


def read(table: type[T], raw: Mapping[str, Any]) -> tuple[T | None, list[DefinitionProblem]]:
    """`raw` as an instance of the dataclass `table`, or None, with all problems in the order of the keys."""
    problems: list[DefinitionProblem] = []
    value = _Walk(problems).table(table, raw, "")
    return (None if isinstance(value, Missing) else value), problems


class _Walk:
    """One pass over the tables; what is wrong goes to `problems` and the pass goes on."""

    def __init__(self, problems: list[DefinitionProblem]) -> None:
        self.problems = problems

    def report(self, path: str, sentence: str) -> Missing:
        self.problems.append(DefinitionProblem(path, sentence))
        return MISSING

    def table(self, table: type[T], raw: Any, path: str) -> T | Missing:
        if not isinstance(raw, Mapping):
            return self.report(path, _("表ではありません。キーと値を並べた表として書いてください。"))
        count = len(self.problems)
        self._unknown_keys(table, raw, path)
        values = {column.field: self._field(column, raw, path) for column in columns(table)}
        read = {name: value for name, value in values.items() if not isinstance(value, Missing)}
        complete = all(column.field in read for column in columns(table) if column.required)
        known = _with_defaults(table, read) if complete else read
        refused = {column.field for column in columns(table) if column.name in raw} - read.keys()
        self._rules(table, {name: known[name] for name in known.keys() - refused}, path)
        if len(self.problems) > count:
            return MISSING
        return table(**read)

    def _unknown_keys(self, table: type, raw: Mapping[str, Any], path: str) -> None:
        known = [column.name for column in columns(table)]
        for name in raw:
            if name not in known:
                self.report(
                    joined(path, name),
                    _(
                        "「%(key)s」というキーはありません。「%(nearest)s」のことであれば、そう書き直してください。",
                        key=name,
                        nearest=nearest(name, known),
                    ),
                )

    def _field(self, column: Column, raw: Mapping[str, Any], path: str) -> Any:
        here = joined(path, column.name)
        if column.name in raw:
            return self._value(column, column.hint, raw[column.name], here)
        if not column.required:
            return MISSING
        if dataclasses.is_dataclass(column.hint) and isinstance(column.hint, type):
            # An absent table is told key by key, so that the writer sees all that it must hold.
            return self.table(column.hint, {}, here)
        if get_origin(column.hint) is tuple and dataclasses.is_dataclass(get_args(column.hint)[0]):
            return self.report(here, _("必須の表がありません。[[%(key)s]] を一つ以上書いてください。", key=column.name))
        return self.report(here, _("必須の項目がありません。「%(key)s」を書き足してください。", key=column.name))

    def _value(self, column: Column, hint: Any, raw: Any, path: str) -> Any:
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            return self.table(hint, raw, path)
        count = len(self.problems)
        if get_origin(hint) is tuple:
            value = self._list(column, get_args(hint)[0], raw, path)
        elif get_origin(hint) is not None:
            value = self._mapping(get_args(hint), raw, path)
        else:
            value = self._scalar(hint, raw, path)
        if len(self.problems) > count:
            return MISSING
        return self._checked(column.checks, value, path)

    def _list(self, column: Column, hint: Any, raw: Any, path: str) -> Any:
        if not isinstance(raw, list):
            return self.report(path, _("並びではありません。[ ] で囲んだ並びとして書いてください。"))
        if column.required and not raw:
            return self.report(path, _("一つもありません。少なくとも一つ書いてください。"))
        if column.unique:
            self._unique_keys(raw, path)
        inside = dataclasses.replace(column, checks=())
        return tuple(self._value(inside, hint, item, f"{path}[{place}]") for place, item in enumerate(raw, 1))

    def _unique_keys(self, raw: list[Any], path: str) -> None:
        seen: dict[str, str] = {}
        for place, item in enumerate(raw, 1):
            name = item.get("key") if isinstance(item, Mapping) else None
            if not isinstance(name, str):
                continue
            first = seen.setdefault(name, f"{path}[{place}].key")
            if first != f"{path}[{place}].key":
                self.report(
                    f"{path}[{place}].key",
                    _("「%(key)s」は%(first)sと同じです。別のキーにしてください。", key=name, first=first),
                )

    def _mapping(self, hints: tuple[Any, ...], raw: Any, path: str) -> Any:
        if not isinstance(raw, Mapping):
            return self.report(path, _("表ではありません。キーと値を並べた表として書いてください。"))
        read = {}
        for name, item in raw.items():
            here = joined(path, name)
            if hints[0] is int and not re.fullmatch(r"[0-9]{1,6}", name):
                self.report(here, _("キーが数ではありません。0以上の整数で書いてください。"))
                continue
            read[hints[0](name)] = self._scalar(hints[1], item, here)
        return read

    def _scalar(self, hint: Any, raw: Any, path: str) -> Any:
        try:
            for kind in hint[:-1] if isinstance(hint, tuple) else ():
                if isinstance(raw, kind):
                    return READERS[kind](raw)
            return READERS[hint[-1] if isinstance(hint, tuple) else hint](raw)
        except Wrong as wrong:
            return self.report(path, str(wrong))

    def _checked(self, checks: tuple[Check, ...], value: Any, path: str) -> Any:
        for check in checks:
            try:
                check(value)
            except Wrong as wrong:
                return self.report(path, str(wrong))
        return value

    def _rules(self, table: type, values: Mapping[str, Any], path: str) -> None:
        conditions: tuple[Rule, ...] = getattr(table, "conditions", ())
        for rule in conditions:
            if all(name in values for name in rule.needs):
                for where, sentence in rule.find(SimpleNamespace(**values)):
                    self.report(joined(path, where, raw=True), sentence)


def _with_defaults(table: type, values: Mapping[str, Any]) -> dict[str, Any]:
    instance = table(**values)
    return {column.field: getattr(instance, column.field) for column in columns(table)}


def joined(path: str, name: str, raw: bool = False) -> str:
    """`name` below `path`; a name that TOML would quote is quoted, unless it is a path itself (`raw`)."""
    shown = name if raw or re.fullmatch(r"[\w-]+", name) else '"' + name.replace('"', '\\"') + '"'
    return f"{path}.{shown}" if path else shown


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Wrong(_('文字列ではありません。"…" のように引用符で囲んで書いてください。'))
    if not raw.strip():
        raise Wrong(_("空です。内容を書くか、書かなくてよい項目であればこの行を消してください。"))
    # Prose may have several lines; a name is held to one by its own check.
    for line in raw.split("\n"):
        if sentence := forbidden_in(line):
            raise Wrong(sentence)
    return raw


def _whole(raw: Any) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise Wrong(_("整数ではありません。引用符や小数点を付けずに、2000000 のように書いてください。"))
    return raw


def _flag(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise Wrong(_("true でも false でもありません。引用符を付けずに、どちらかを書いてください。"))
    return raw


def _instant(raw: Any) -> dt.datetime:
    if not isinstance(raw, dt.datetime):
        raise Wrong(_("日時ではありません。引用符を付けずに、2026-05-29T17:00:00+09:00 のように書いてください。"))
    if raw.tzinfo is None:
        raise Wrong(_("時差がない日時です。終わりに +09:00 のような時差を付けてください。"))
    _year_is_sensible(raw)
    return raw


def _day(raw: Any) -> dt.date:
    if not isinstance(raw, dt.date) or isinstance(raw, dt.datetime):
        raise Wrong(_("日付ではありません。引用符や時刻を付けずに、2026-05-29 のように書いてください。"))
    _year_is_sensible(raw)
    return raw


def _year_is_sensible(day: dt.date) -> None:
    if day.year not in YEARS:
        raise Wrong(_("%(year)s年になっています。西暦の年を確かめてください。", year=day.year))


def _ratio(raw: Any) -> Fraction:
    """An exact ratio: 0.6 as it is written, never its binary neighbour, or "43/85"."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return Fraction(raw)
    if isinstance(raw, Decimal) and raw.is_finite() and abs(raw.adjusted()) <= 9:
        exact = Fraction(raw)
        if (exact * 10**9).denominator == 1:
            return exact
    if isinstance(raw, str) and re.fullmatch(r"[0-9]{1,9}/[1-9][0-9]{0,8}", raw):
        return Fraction(raw)
    raise Wrong(_('割合ではありません。小数点以下9桁までの 0.6 か、"43/85" のように書いてください。'))


READERS: Mapping[Any, Callable[[Any], Any]] = {
    str: _text,
    int: _whole,
    bool: _flag,
    dt.datetime: _instant,
    dt.date: _day,
    Fraction: _ratio,
}
