"""The cells of an XLSX file's first sheet as text, read as a stream so that no file can swell in memory.

The quick reader among the libraries lays a sheet out as one dense block and copies each shared text into each
cell: a file of 5 kB with cells in opposite corners ends the process. Here nothing is kept but one row at a time.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from posixpath import join, normpath
from typing import IO
from xml.parsers import expat

from grantflow.core.cells import DateStyle, date_style, date_text, number_text
from grantflow.core.words import _

MAX_INFLATED = 200_000_000
MAX_RATIO = 200
RATIO_MATTERS_FROM = 50_000_000
MAX_MEMBERS = 2_000
MAX_COLUMNS = 100
MAX_CELLS = 3_000_000
CHUNK = 1 << 16
OLD_CONTAINER = b"\xd0\xcf\x11\xe0"


class UnreadableWorkbook(Exception):
    """No table can be got out of the file; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows as (row number, cells), read while they are asked for."""

    name: str
    rows: Iterator[tuple[int, list[str]]]
    ignored: tuple[str, ...]


def read_workbook(content: bytes) -> Sheet:
    """The first visible sheet of an XLSX file and the names of the other sheets that hold something.

    Raises `UnreadableWorkbook`, also while rows are read, when it is no XLSX file, is locked, or unpacks to too much.
    """
    if content.startswith(OLD_CONTAINER):
        raise UnreadableWorkbook(
            _("パスワード付きか、古い形式（.xls）のファイルです。パスワードを外し、.xlsx で保存してください。")
        )
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OverflowError) as broken:
        raise UnreadableWorkbook(_broken()) from broken
    package = _Package(archive)
    package.refuse_bombs(len(content))
    first, *others = package.sheets()
    rows = package.rows(first.path)
    return Sheet(first.name, rows, tuple(sheet.name for sheet in others if package.has_cells(sheet.path)))


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    path: str


class _Package:
    """The zip archive that an XLSX file is."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.members = set(archive.namelist())
        self.dates_from_1904 = False

    def refuse_bombs(self, packed: int) -> None:
        infos = self.archive.infolist()
        inflated = sum(info.file_size for info in infos)
        swollen = inflated > RATIO_MATTERS_FROM and inflated > packed * MAX_RATIO
        if inflated > MAX_INFLATED or swollen or len(infos) > MAX_MEMBERS:
            raise UnreadableWorkbook(_too_much())
        if any(info.flag_bits & 1 for info in infos):
            raise UnreadableWorkbook(_("パスワードの付いたファイルです。パスワードを外して保存してください。"))
        if "xl/workbook.xml" not in self.members:
            raise UnreadableWorkbook(
                _("Excel（.xlsx）のファイルではありません。表計算ソフトで .xlsx か CSV に保存し直してください。")
            )

    def sheets(self) -> list[_Place]:
        """The visible sheets in the order of their tabs."""
        targets: dict[str, str] = {}
        found: list[_Place] = []

        def relation(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship":
                targets[attributes.get("Id", "")] = normpath(join("/xl", attributes.get("Target", ""))).lstrip("/")

        def sheet(name: str, attributes: dict[str, str]) -> None:
            if name == "workbookPr":
                self.dates_from_1904 = attributes.get("date1904") in ("1", "true")
            if name == "sheet" and attributes.get("state", "visible") == "visible":
                key = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
                found.append(_Place(attributes.get("name", ""), targets.get(key, "")))

        if "xl/_rels/workbook.xml.rels" not in self.members:
            raise UnreadableWorkbook(_broken())
        self._walk("xl/_rels/workbook.xml.rels", relation)
        self._walk("xl/workbook.xml", sheet)
        if not found or any(place.path not in self.members for place in found):
            raise UnreadableWorkbook(_broken())
        return found

    def has_cells(self, path: str) -> bool:
        """Whether any cell of the sheet holds something."""
        before = b""
        for chunk in self._chunks(path):
            if _CONTENT.search(before + chunk):
                return True
            before = chunk[-100:]
        return False

    def rows(self, path: str) -> Iterator[tuple[int, list[str]]]:
        """The rows of the sheet at `path` that hold something."""
        reader = _SheetReader(self._shared_strings(), self._date_styles(), self.dates_from_1904)
        for chunk in self._parse(path, reader):
            yield from chunk

    def _shared_strings(self) -> list[str]:
        strings = _SharedStrings()
        if "xl/sharedStrings.xml" in self.members:
            self._walk("xl/sharedStrings.xml", strings.start, strings.end, strings.data)
        return strings.found

    def _date_styles(self) -> dict[str, DateStyle]:
        """Which cell styles, by their index, show a number as a date."""
        codes: dict[str, str] = {}
        styles: list[DateStyle | None] = []
        inside: list[str] = []

        def start(name: str, attributes: dict[str, str]) -> None:
            inside.append(name)
            if name == "numFmt":
                codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            if inside[-2:] == ["cellXfs", "xf"]:
                number = attributes.get("numFmtId", "0")
                styles.append(date_style(number, codes.get(number, "")))

        if "xl/styles.xml" in self.members:
            self._walk("xl/styles.xml", start, lambda name: inside.pop())
        return {str(index): style for index, style in enumerate(styles) if style}

    def _walk(
        self,
        member: str,
        start: Callable[[str, dict[str, str]], object],
        end: Callable[[str], object] | None = None,
        data: Callable[[str], object] | None = None,
    ) -> None:
        parser = _parser(start, end, data)
        for chunk in self._chunks(member):
            _feed(parser, chunk)
        _feed(parser, b"", True)

    def _parse(self, member: str, reader: "_SheetReader") -> Iterator[list[tuple[int, list[str]]]]:
        parser = _parser(reader.start, reader.end, reader.data)
        for chunk in self._chunks(member):
            _feed(parser, chunk)
            yield reader.taken()
        _feed(parser, b"", True)
        yield reader.taken()

    def _chunks(self, member: str) -> Iterator[bytes]:
        try:
            with self.archive.open(member) as stream:
                yield from _pieces(stream)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as broken:
            raise UnreadableWorkbook(_broken()) from broken


@dataclass(slots=True)
class _SharedStrings:
    """The texts that cells point at, without the furigana that stands beside them."""

    found: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    in_text: bool = False
    in_furigana: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "rPh":
            self.in_furigana = True
        self.in_text = name == "t" and not self.in_furigana

    def data(self, text: str) -> None:
        if self.in_text:
            self.parts.append(text)

    def end(self, name: str) -> None:
        self.in_text = False
        if name == "rPh":
            self.in_furigana = False
        if name == "si":
            self.found.append(_unescaped("".join(self.parts)))
            self.parts.clear()


class _SheetReader:
    """Hears the XML of a sheet and keeps the rows finished since it was last asked."""

    def __init__(self, strings: list[str], dates: dict[str, DateStyle], from_1904: bool) -> None:
        self.strings, self.dates, self.from_1904 = strings, dates, from_1904
        self.rows: list[tuple[int, list[str]]] = []
        self.row: list[str] = []
        self.number = self.cells = self.characters = self.column = 0
        self.kind = self.style = ""
        self.parts: list[str] = []
        self.listening = self.furigana = self.has_value = self.has_formula = False

    def taken(self) -> list[tuple[int, list[str]]]:
        rows, self.rows = self.rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self.column = _column(attributes.get("r", "")) or self.column + 1
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.has_value = self.has_formula = False
        elif name in ("v", "t"):
            self.listening = self.has_value = not self.furigana
        elif name == "f":
            self.has_formula = True
        elif name == "rPh":
            self.furigana = True
        elif name == "row":
            number = attributes.get("r", "")
            self.number = int(number) if re.fullmatch("[0-9]{1,7}", number) else self.number + 1
            self.column = 0

    def data(self, text: str) -> None:
        if self.listening:
            self.parts.append(text)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self.listening = False
        elif name == "rPh":
            self.furigana = False
        elif name == "c":
            self._keep(self._text())
            self.parts.clear()
        elif name == "row":
            if any(self.row):
                self.rows.append((self.number, self.row))
            self.row = []

    def _text(self) -> str:
        text = "".join(self.parts)
        if not self.has_value:
            # A formula nobody has calculated shows nothing; to load it as empty would lose what was meant
            return "#CALC!" if self.has_formula else ""
        if self.kind == "s":
            index = int(text) if re.fullmatch("[0-9]{1,9}", text) else len(self.strings)
            return self.strings[index] if index < len(self.strings) else ""
        if self.kind == "b":
            return "TRUE" if text == "1" else "FALSE"
        if self.kind != "n":
            return _unescaped(text)
        style = self.dates.get(self.style)
        return date_text(text, style, self.from_1904) if style else number_text(text)

    def _keep(self, text: str) -> None:
        if not text:
            return
        self.cells += 1
        self.characters += len(text)
        if self.cells > MAX_CELLS or self.characters > MAX_INFLATED:
            raise UnreadableWorkbook(_too_much())
        if self.column > MAX_COLUMNS:
            raise UnreadableWorkbook(
                _("%(count)d列より右にもセルがあります。不要な列を消して保存し直してください。", count=MAX_COLUMNS)
            )
        self.row.extend([""] * (self.column - 1 - len(self.row)))
        self.row[self.column - 1 :] = [text]


def _parser(
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object] | None,
    data: Callable[[str], object] | None,
) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    # Some programs write every name with a prefix
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    parser.EndElementHandler = (lambda name: end(name.rpartition(":")[2])) if end else None
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_declaration: object) -> None:
    raise UnreadableWorkbook(_broken())


def _feed(parser: expat.XMLParserType, chunk: bytes, last: bool = False) -> None:
    try:
        parser.Parse(chunk, last)
    except expat.ExpatError as broken:
        raise UnreadableWorkbook(_broken()) from broken


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece


_CONTENT = re.compile(rb"<(?:\w+:)?(?:v|is)>")
_REFERENCE = re.compile("([A-Z]{1,3})[0-9]{1,7}")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def _unescaped(text: str) -> str:
    """Excel writes a character that XML cannot hold as _x0007_; half of a surrogate pair stays as written."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: found[0] if found[1][:1] in "dD" else chr(int(found[1], 16)), text)


def _column(reference: str) -> int:
    """The number of the column that a cell's reference names; 0 when it has none."""
    found = _REFERENCE.fullmatch(reference)
    column = 0
    for letter in found[1] if found else "":
        column = column * 26 + ord(letter) - 64
    return column


def _broken() -> str:
    return _("Excel（.xlsx）のファイルとして読めません。壊れていないか確かめ、保存し直してください。")


def _too_much() -> str:
    return _("展開すると大きすぎるファイルです。必要な表だけを新しいファイルに写して保存してください。")
