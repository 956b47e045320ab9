"""The municipalities of Japan by code and name (全国地方公共団体コード, R5.3), as they were on `as_of()`."""

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from grantflow.core.dates import wareki
from grantflow.core.identifiers import BadIdentifier, parse_municipality_code
from grantflow.core.text import search_key
from grantflow.core.words import _

FILE = Path(__file__).with_name("municipalities.tsv")
_MOST_NAMED = 4


class Place(NamedTuple):
    """A prefecture (its `name` is empty), a municipality, or a ward of a designated city."""

    code: str
    prefecture: str
    name: str

    @property
    def label(self) -> str:
        """The name with its prefecture: 東京都千代田区."""
        return self.prefecture + self.name


class ReadPlace(NamedTuple):
    """A code, and a sentence where the table does not know it."""

    code: str
    warning: str | None = None


def place(code: str) -> Place | None:
    """What the six digits name; None when the table has no such code."""
    return _table().get(code)


def label(code: str) -> str:
    """The name of the place with its prefecture; the code itself when the table does not know it."""
    found = place(code)
    return found.label if found else code


def prefectures() -> tuple[Place, ...]:
    """The 47 prefectures, in the order of their codes."""
    return tuple(each for each in _table().values() if not each.name)


def within(prefecture: str) -> tuple[Place, ...]:
    """The municipalities and wards of a prefecture, by its name or by any code of it, in the order of their codes."""
    return tuple(
        each for each in _table().values() if each.name and prefecture[:2] in (each.code[:2], each.prefecture[:2])
    )


def read_place(text: str) -> ReadPlace:
    """The code that somebody wrote, or that of the place they named (千代田区, 東京都千代田区); else `BadIdentifier`.

    A code that the table does not know but whose check digit holds is a warning, for codes change with mergers.
    """
    if not any(character.isdigit() for character in text):
        return ReadPlace(_named(text).code)
    code = parse_municipality_code(text)
    if place(code):
        return ReadPlace(code)
    return ReadPlace(
        code,
        _(
            "コード%(code)sは、%(day)s現在の一覧にありません。合併などで変わっていないか確かめてください。",
            code=code,
            day=wareki(as_of()),
        ),
    )


def _named(text: str) -> Place:
    found = _by_name().get(_key(text), ())
    if len(found) == 1:
        return found[0]
    if not found:
        raise BadIdentifier(
            _(
                "「%(text)s」という市区町村は一覧にありません。「東京都千代田区」のように都道府県から書くか、6桁のコードを書いてください。",
                text=text[:40],
            )
        )
    raise BadIdentifier(
        _(
            "「%(text)s」は%(count)sか所あります（%(places)sなど）。都道府県から書いてください。",
            text=text[:40],
            count=len(found),
            places=_("、").join(each.label for each in found[:_MOST_NAMED]),
        )
    )


def _key(text: str) -> str:
    return "".join(search_key(text).split()).replace("ヶ", "ケ").replace("ヵ", "カ")


@lru_cache(maxsize=1)
def _table() -> dict[str, Place]:
    rows = (line.split("\t") for line in _lines()[1:])
    return {code: Place(code, prefecture, name) for code, prefecture, name in rows}


@lru_cache(maxsize=1)
def as_of() -> dt.date:
    """The day of the table."""
    return dt.date.fromisoformat(_lines()[0].removeprefix("# "))


def _lines() -> list[str]:
    return FILE.read_text(encoding="utf-8").splitlines()


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[Place, ...]]:
    """The places by each way of naming them: with prefecture and 郡, without either of them."""
    found: dict[str, tuple[Place, ...]] = {}
    for each in _table().values():
        short = (
            each.name[each.name.find("郡") + 1 :] if each.name[-1:] in "町村" and "郡" in each.name[1:-2] else each.name
        )
        for name in {_key(part) for part in (each.label, each.name, each.prefecture + short, short) if part}:
            found[name] = (*found.get(name, ()), each)
    return found
