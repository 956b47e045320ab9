"""Reads a table that somebody made with a spreadsheet, and says everything that is wrong with it."""

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from grantflow.core.characters import CONTROLS, FORBIDDEN, INVISIBLE, JOINER, LOST, PRIVATE, forbidden_in
from grantflow.core.problems import Problems
from grantflow.core.words import _
from grantflow.core.workbook import OLD_CONTAINER, UnreadableWorkbook, read_workbook

MAX_FILE_BYTES = 100_000_000
MAX_CELL_CHARACTERS = 20_000
MAX_DIGITS = 15
CONTAINERS = (b"PK\x03\x04", b"PK\x05\x06", OLD_CONTAINER)
NOTHING_BAD: frozenset[str] = frozenset()
FAILED_FORMULA = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")

# The library's own limit would end the reading at the first long cell, without its column's name
csv.field_size_limit(MAX_FILE_BYTES)


class NotAWholeNumber(ValueError):
    """A cell that should hold an integer does not; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file: those it must have, with no cell empty, and those it may have; in any order."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """All of them."""
        return self.required + self.optional


class Row(NamedTuple):
    """One row: its line in the file (in XLSX the row number), its cells, and which of them have an error already."""

    line: int
    cells: dict[str, str]
    bad: frozenset[str] = NOTHING_BAD


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file and what is wrong with it; a row whose cells do not fit the header is told and left out."""

    file: str
    rows: tuple[Row, ...]
    problems: Problems


def read_table(source: Path | bytes, filename: str, columns: Columns) -> Table:
    """The rows of a CSV (UTF-8 or CP932, any line end) or of an XLSX file's first sheet.

    `filename` is what problems call the file. Bad content never raises: it is in the table's `problems`, all of it.
    Each row has every known column; one that the file leaves out is "".
    """
    problems = Problems(filename)
    try:
        rows = _Reading(columns, problems).rows(_records(_content(source), problems))
    except _Unreadable as refusal:
        problems.error(refusal.line, None, str(refusal))
        rows = []
    except UnreadableWorkbook as refusal:
        problems.error(None, None, str(refusal))
        rows = []
    return Table(filename, tuple(rows), problems)


def whole_number(cell: str) -> int:
    """The integer that the cell writes in ASCII digits, with a minus sign where negative; else `NotAWholeNumber`."""
    if not re.fullmatch("-?[0-9]+", cell):
        raise NotAWholeNumber(
            _("「%(text)s」は整数ではありません。半角の数字だけで、2000000 のように書いてください。", text=cell[:40])
        )
    if len(cell) > MAX_DIGITS:
        raise NotAWholeNumber(
            _("数字が%(count)d桁を超えています。桁数を確かめて書き直してください。", count=MAX_DIGITS)
        )
    return int(cell)


class _Unreadable(Exception):
    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence)
        self.line = line


_Record = tuple[int, list[str]]


class _Records(NamedTuple):
    """Lines with their cells; whether a cell may hold what it must not; whether a row may leave out its last cells."""

    records: Iterator[_Record]
    suspicious: bool
    pads: bool


def _content(source: Path | bytes) -> bytes:
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > MAX_FILE_BYTES:
            raise _Unreadable(
                _("ファイルが%(limit)dMBを超えています。分けて読み込んでください。", limit=MAX_FILE_BYTES // 1_000_000)
            )
        content = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise _Unreadable(
            _("ファイルを開けません。場所と名前、読み取りの権限を確かめてください（%(why)s）。", why=error.strerror)
        ) from error
    if not content:
        raise _Unreadable(_("ファイルが空です（0バイト）。見出しと行のあるファイルを選んでください。"))
    return content


def _records(content: bytes, problems: Problems) -> _Records:
    if content.startswith(CONTAINERS) or problems.file.lower().endswith(".xlsx"):
        sheet = read_workbook(content)
        if sheet.ignored:
            problems.warning(
                None,
                None,
                _(
                    "最初のシート「%(first)s」だけを読みました。他のシート（%(others)s）は読んでいません。",
                    first=sheet.name,
                    others=_("、").join(sheet.ignored),
                ),
            )
        return _Records(sheet.rows, True, True)
    text = decoded(content)
    return _Records(_csv_records(text, problems), _is_suspicious(text), False)


_BAD = re.compile(f"{FORBIDDEN.pattern}|{FAILED_FORMULA.pattern}")
_SUSPICIOUS = re.compile(
    f"[{CONTROLS}{INVISIBLE}{JOINER}{PRIVATE}{LOST}]".replace("\x00-\x1f", "\x00-\x09\x0b\x0c\x0e-\x1f")
)


def _is_suspicious(text: str) -> bool:
    """Whether any cell of a CSV file may hold a forbidden character: a cheap look that saves one at each row."""
    # Only between quotes can a line end stand inside a cell
    return '"' in text or bool(_SUSPICIOUS.search(text)) or ("#" in text and bool(FAILED_FORMULA.search(text)))


def decoded(content: bytes) -> str:
    """The text of a CSV file: UTF-8, else CP932; raises with a sentence for UTF-16 and for what is neither."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or content[:200].count(0) > 20:
        raise _Unreadable(_("文字コードがUTF-16です。CSV（UTF-8）で保存し直してください。"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        broken = error
    if not _is_mostly_utf8(content):
        try:
            return content.decode("cp932")
        except UnicodeDecodeError as error:
            broken = error
    line = _lines_before(broken.object[: broken.start]) + 1
    raise _Unreadable(
        _("UTF-8でもシフトJIS（CP932）でもない文字があります。CSV（UTF-8）で保存し直してください。"), line
    )


def _is_mostly_utf8(content: bytes) -> bool:
    """Whether a file that is not quite UTF-8 was meant to be: CP932 would turn all its text into other characters."""
    if content.startswith(codecs.BOM_UTF8):
        return True
    text = content.decode("utf-8", errors="replace")
    return text.count("\ufffd") * 2 < sum(map(len, re.findall("[^\x00-\x7f\ufffd]+", text)))


def _lines_before(content: bytes) -> int:
    return len(re.findall(rb"\r\n|\r|\n", content))


def _csv_records(text: str, problems: Problems) -> Iterator[_Record]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    line, done = 1, False
    while not done:
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
            done = True
        except csv.Error as error:
            problems.error(line, None, _quotes_sentence(str(error)))
            line = reader.line_num + 1


def _quotes_sentence(error: str) -> str:
    if "unexpected end" in error:
        return _('この行から始まる引用符「"」が閉じられていません。閉じる「"」を書いてください。')
    return _(
        '引用符「"」の使い方が正しくありません。セルの中の「"」は「""」と二つ重ね、セル全体を「"」で囲んでください。'
    )


@dataclass(slots=True)
class _Reading:
    """One pass over the records: the header, then each row against it."""

    columns: Columns
    problems: Problems
    header: list[str] = field(default_factory=list)
    suspicious: bool = True

    def rows(self, source: _Records) -> list[Row]:
        records = (record for record in source.records if any(record[1]))
        first = next(records, None)
        if first is None:
            if not self.problems.errors:
                self.problems.error(None, None, _("見出しの行がありません。1行目に列の名前を書いてください。"))
            return []
        line, self.header = first
        self.suspicious = source.suspicious
        if not self._header_is_good(line):
            # The rows are still read, for what is wrong with the file as such
            for _record in records:
                pass
            return []
        rows = list(self._good_rows(records, source.pads))
        if not rows and not self.problems.errors:
            self.problems.error(None, None, _("見出しの下に行がありません。1件以上の行を書いてください。"))
        return rows

    def _header_is_good(self, line: int) -> bool:
        header, known = self.header, self.columns.known
        before = len(self.problems)
        for position, name in enumerate(header, 1):
            if name not in known:
                shown = name[:40] if name.isprintable() else ""
                self.problems.error(line, shown or None, self._unknown(name, position))
            elif name in header[: position - 1]:
                self.problems.error(line, name, _("同じ名前の列が二つ以上あります。一つだけ残してください。"))
        for name in self.columns.required:
            if name not in header and not self._is_one_cell():
                self.problems.error(line, name, _("必要な列がありません。列を足して値を書いてください。"))
        return len(self.problems) == before

    def _is_one_cell(self) -> bool:
        return len(self.header) == 1 and re.search("[\t;]", self.header[0]) is not None

    def _unknown(self, name: str, position: int) -> str:
        if not name.strip():
            return _("%(position)d列目の名前が空です。名前を書くか、その列を消してください。", position=position)
        if self._is_one_cell():
            return _("列がコンマで区切られていません。コンマ区切りのCSVで保存し直してください。")
        if invisible := forbidden_in(name):
            return invisible
        plain = normalize("NFKC", name[:100]).strip().casefold()
        near = get_close_matches(plain, self.columns.known, 1)
        if near:
            return _(
                "知らない列です。「%(near)s」ではありませんか。名前を直すか、その列を消してください。", near=near[0]
            )
        return _("知らない列です。使える列は %(known)s です。", known=", ".join(self.columns.known))

    def _good_rows(self, records: Iterable[_Record], pads: bool) -> Iterator[Row]:
        header, width = self.header, len(self.header)
        required = [header.index(name) for name in self.columns.required]
        absent = dict.fromkeys((name for name in self.columns.optional if name not in header), "")
        for line, cells in records:
            if pads and len(cells) < width:
                cells.extend([""] * (width - len(cells)))
            if len(cells) != width:
                self.problems.error(line, None, _ragged(width, len(cells)))
                continue
            bad = NOTHING_BAD
            if self._may_be_bad(cells, required):
                bad = frozenset(self._bad_cells(line, cells))
            row = dict(zip(header, cells, strict=True))
            yield Row(line, row | absent if absent else row, bad)

    def _may_be_bad(self, cells: list[str], required: list[int]) -> bool:
        if max(map(len, cells)) > MAX_CELL_CHARACTERS or (self.suspicious and _BAD.search(" ".join(cells))):
            return True
        return not all(cells[index].strip() for index in required)

    def _bad_cells(self, line: int, cells: list[str]) -> Iterator[str]:
        for name, cell in zip(self.header, cells, strict=True):
            sentence = _fault(cell) or self._emptiness(name, cell)
            if sentence:
                self.problems.error(line, name, sentence)
                yield name

    def _emptiness(self, name: str, cell: str) -> str | None:
        if cell.strip() or name not in self.columns.required:
            return None
        return _("空です。この列は必ず書いてください。")


def _fault(cell: str) -> str | None:
    if len(cell) > MAX_CELL_CHARACTERS:
        return _(
            "%(count)d文字あります。%(limit)d文字までに短くしてください。", count=len(cell), limit=MAX_CELL_CHARACTERS
        )
    if FAILED_FORMULA.fullmatch(cell):
        return _("式の結果が「%(text)s」で、値になっていません。値に直して保存してください。", text=cell)
    return forbidden_in(cell)


def _ragged(expected: int, found: int) -> str:
    return _(
        "見出しは%(expected)d列ですが、この行は%(found)d列です。コンマの数と引用符を確かめてください。",
        expected=expected,
        found=found,
    )
