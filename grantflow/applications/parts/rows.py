"""What the parts that consist of rows share: how a cell is read, and which cells a row lacks, told with its number."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Content, Gap
from grantflow.core.text import parse_yen, problems_in_line, yen
from grantflow.core.words import _

#: How many rows a part may have, how long a text in one may be, and how much money may stand in one.
MOST_ROWS, LONGEST_CELL, MOST_YEN = 200, 400, 10**10

Row = Mapping[str, Any]


def one_line(text: str) -> str:
    """A line of text as it was typed; ValueError with a sentence where it cannot be kept (R5.9)."""
    for problem in problems_in_line(text):
        raise ValueError(problem.sentence)
    if len(text) > LONGEST_CELL:
        raise ValueError(_("%(limit)s文字を超えています。短くしてください。", limit=LONGEST_CELL))
    return text


def some_yen(text: str) -> int | None:
    """An amount of at least nothing, in yen; None where nothing was typed; ValueError with a sentence (R5.8)."""
    if not text:
        return None
    amount = parse_yen(text)
    if not 0 <= amount <= MOST_YEN:
        raise ValueError(_("0円から%(most)sまでの金額を書いてください。", most=yen(MOST_YEN)))
    return amount


def rows_of(content: Content) -> Sequence[Row]:
    """The rows that stand in a part."""
    found: Sequence[Row] = content.get("rows", ())
    return found


def cell(place: int, name: str, rows: str = "rows") -> str:
    """The field that holds a cell of the row at `place`, counted from 0."""
    return f"{rows}-{place}-{name}"


def lacking(
    part: Part, rows: Sequence[Row], needed: Sequence[tuple[str, str]], name_of_rows: str = "rows"
) -> Iterator[Gap]:
    """A gap for every cell that is needed and empty; `needed` are names of fields, and how people call them (R3.1)."""
    for place, row in enumerate(rows):
        for name, label in needed:
            if not str(row.get(name) or "").strip():
                sentence = _("%(row)s行目の%(name)sが空です。書いてください。", row=place + 1, name=label)
                yield Gap(part, cell(place, name, name_of_rows), sentence)
