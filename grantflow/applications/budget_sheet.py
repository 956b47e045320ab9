"""Costs in a spreadsheet: pasted or sent as a file they become lines of the budget, and the lines become a file."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any
from unicodedata import normalize

from grantflow.applications.parts.base import Asking, Content
from grantflow.applications.parts.budget import LINES, amount_of, category_names, category_text, reckoned
from grantflow.applications.parts.rows import MOST_ROWS, one_line, some_yen
from grantflow.applications.quantities import parse_quantity
from grantflow.core.problems import Problems
from grantflow.core.text import snippet, yen
from grantflow.core.words import _
from grantflow.core.workbook import read_workbook
from grantflow.documents.values import Column, Kind, Paper, Report, Sheet

#: So many empty rows stand under the lines of the file, and so far down a file or a pasted table is looked at.
EMPTY_ROWS, DEEPEST = 20, 1_000
#: The columns in the order in which they are taken where no headings stand above them.
ORDER = ("category", "item", "unit_price", "quantity", "unit", "amount", "basis")
#: What people write above a column, as `_plain` levels it.
HEADINGS = {
    "category": ("費目", "経費区分", "区分", "科目", "category"),
    "item": ("内容", "品名", "品目", "項目", "摘要", "item"),
    "unit_price": ("単価", "unitprice"),
    "quantity": ("数量", "員数", "回数", "quantity"),
    "unit": ("単位", "unit"),
    "amount": ("金額", "amount"),
    "basis": ("積算の根拠", "積算根拠", "根拠", "備考", "basis"),
}
SUMS = ("合計", "総計", "小計", "計", "総合計", "経費合計", "total")

Record = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Found:
    """The lines that were read, as the content of a budget has them, and what is wrong or odd, by line."""

    lines: tuple[dict[str, Any], ...]
    problems: Problems


def as_text(content: bytes) -> str:
    """The first sheet of an XLSX file as it would be pasted: one row a line, so that its lines keep their numbers.

    Raises `UnreadableWorkbook`.
    """
    out: list[str] = []
    for number, cells in read_workbook(content).rows:
        if number > DEEPEST:
            break
        out += [""] * (number - 1 - len(out))
        row = StringIO()
        csv.writer(row, delimiter="\t", lineterminator="").writerow(" ".join(cell.split()) for cell in cells)
        out.append(row.getvalue())
    return "\n".join(out)


def read(text: str, asking: Asking) -> Found:
    """The lines of a pasted table; a row that cannot be read is told with its number, and none is left out unsaid."""
    reading = _Reading(asking, Problems(_("表")))
    lines = tuple(reading.lines(_records(text, reading.problems)))
    if not lines and not reading.problems.errors:
        reading.problems.error(
            None, None, _("読み取れる行がありません。費目、内容、単価、数量の順に並んだ表を貼り付けてください。")
        )
    return Found(lines, reading.problems)


def _records(text: str, problems: Problems) -> Iterator[Record]:
    """The rows in which something stands. A cell with line ends in it is quoted, as spreadsheets do."""
    reader = csv.reader(StringIO(text, newline=""), delimiter="\t", strict=True)
    line = 1
    try:
        for cells in reader:
            told = [" ".join(cell.split()) for cell in cells]
            if any(told):
                yield line, told
            line = reader.line_num + 1
    except csv.Error:
        sentence = _('この行から始まる引用符「"」が閉じられていないか、続きがあります。「"」を取り除いてください。')
        problems.error(line, None, sentence)


def _plain(cell: str) -> str:
    """A heading without widths, spaces and what stands in brackets."""
    return re.sub(r"\(.*?\)|\s", "", normalize("NFKC", cell)).casefold()


@dataclass(slots=True)
class _Reading:
    asking: Asking
    problems: Problems
    places: Mapping[str, int] = field(default_factory=dict)
    #: The category of the line above: a spreadsheet with merged cells names it once.
    above: str = ""

    def lines(self, records: Iterable[Record]) -> Iterator[dict[str, Any]]:
        """The lines that could be read."""
        count = 0
        for number, cells in self._below_the_headings(list(records)):
            if number > DEEPEST or count >= MOST_ROWS:
                sentence = _("ここから下は読みませんでした。%(most)s行までに分けてください。", most=MOST_ROWS)
                self.problems.error(number, None, sentence)
                return
            line = self._line(number, cells)
            if line is not None:
                count += 1
                yield line

    def _below_the_headings(self, records: list[Record]) -> list[Record]:
        known = {each: name for name, words in HEADINGS.items() for each in (*words, *self._own_words(name))}
        for place, (_number, cells) in enumerate(records[:10]):
            found = {known[_plain(cell)]: at for at, cell in reversed(list(enumerate(cells))) if _plain(cell) in known}
            if len(found) > 1:
                self.places = found
                return records[place + 1 :]
        wide = max((len(cells) for _number, cells in records), default=0)
        order = ORDER if wide >= len(ORDER) else tuple(name for name in ORDER if name != "amount")
        self.places = {name: at for at, name in enumerate(order)}
        return records

    def _own_words(self, name: str) -> Iterator[str]:
        yield from (_plain(column.label) for column in columns() if column.key == name)

    def _line(self, number: int, cells: Sequence[str]) -> dict[str, Any] | None:
        texts = {name: cells[at] if at < len(cells) else "" for name, at in self.places.items()}
        if self._is_a_sum(number, texts):
            return None
        before = len(self.problems.errors)
        line = {
            "category": self._category(number, texts.get("category", "")),
            **{name: self._read(number, name, one_line, texts.get(name, "")) for name in ("item", "unit", "basis")},
            "unit_price": self._read(number, "unit_price", some_yen, texts.get("unit_price", "")),
        }
        told = texts.get("quantity", "")
        quantity = self._read(number, "quantity", parse_quantity, told) if told else None
        line["quantity"] = quantity.number if quantity else ""
        line["unit"] = line["unit"] or (quantity.unit if quantity else "")
        self._compare(number, line, texts.get("amount", ""))
        return line if len(self.problems.errors) == before else None

    def _is_a_sum(self, number: int, texts: Mapping[str, str]) -> bool:
        if texts.get("unit_price") or not any(_plain(texts.get(name, "")) in SUMS for name in ("category", "item")):
            return False
        self.problems.warning(number, None, _("合計の行なので、読み飛ばしました。合計は自動で計算します。"))
        return True

    def _category(self, number: int, told: str) -> str:
        names = category_names(self.asking)
        if not told:
            if self.above:
                said = category_text(self.above, names)
                sentence = _("費目が空なので、上の行と同じ「%(category)s」にしました。", category=said)
                self.problems.warning(number, _("費目"), sentence)
            return self.above
        known = {_plain(word): key for key, name in names.items() for word in (key, name)}
        key = known.get(_plain(told))
        if key is None:
            sentence = _(
                "「%(told)s」という費目はこの公募にありません。%(known)s のどれかを書いてください。",
                told=snippet(told, 40),
                known=_("、").join(names.values()),
            )
            self.problems.error(number, _("費目"), sentence)
            return ""
        self.above = key
        return key

    def _read(self, number: int, name: str, read: Any, told: str) -> Any:
        try:
            return read(told)
        except ValueError as problem:
            self.problems.error(number, next(each.label for each in columns() if each.key == name), str(problem))
            return None

    def _compare(self, number: int, line: dict[str, Any], told: str) -> None:
        """Hold the amount in the table against ours; alone it is one piece for that much."""
        amount = self._read(number, "amount", some_yen, told)
        if amount is None:
            return
        if line["unit_price"] is None and not line["quantity"]:
            line["unit_price"], line["quantity"], line["unit"] = amount, "1", line["unit"] or _("式")
        elif amount != amount_of(line):
            sentence = _(
                "%(told)sと書いてありますが、単価と数量からは%(amount)sになります。単価と数量の方を使います。",
                told=yen(amount),
                amount=yen(amount_of(line)),
            )
            self.problems.warning(number, _("金額"), sentence)


def columns() -> tuple[Column, ...]:
    """The columns of the file."""
    return (
        Column("category", _("費目"), 1.2),
        Column("item", _("内容"), 2.4),
        Column("unit_price", _("単価（円）"), kind=Kind.NUMBER),
        Column("quantity", _("数量"), 0.7),
        Column("unit", _("単位"), 0.6),
        Column("amount", _("金額（円）"), kind=Kind.NUMBER),
        Column("basis", _("積算の根拠"), 2.4),
    )


def report_of(title: str, content: Content, asking: Asking) -> Report:
    """The lines as a file that can be filled in further and read back, with the categories on a sheet of their own."""
    names, lines = category_names(asking), content.get(LINES, ())
    rows = tuple(
        (
            category_text(line.get("category", ""), names),
            line.get("item", ""),
            line.get("unit_price"),
            line.get("quantity") or "",
            line.get("unit", ""),
            amount or None,
            line.get("basis", ""),
        )
        for line, amount in zip(lines, reckoned(content, asking).amounts, strict=True)
    )
    notes = (_("金額の列は、読み込むときに単価と数量から計算し直します。"), asking.says.budget.note)
    listed = tuple((each.name, each.note) for each in asking.says.cost_categories)
    return Report(
        title,
        sheets=(
            Sheet(_("経費積算"), columns(), rows + ((None,) * len(ORDER),) * EMPTY_ROWS),
            Sheet(
                _("費目の一覧"),
                (Column("category", _("費目"), 1), Column("note", _("説明"), 3)),
                listed or (("", ""),),
                notes=tuple(note for note in notes if note),
            ),
        ),
        paper=Paper.LANDSCAPE,
    )
