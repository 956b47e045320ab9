"""Lists as an XLSX workbook, ready to print, with constant bytes for equal values."""

import datetime as dt
import io
import re
from typing import Any

from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.documents.cells import shown
from grantflow.documents.values import Cell, Column, Kind, Paper, Report, Row, Sheet, report_of

FONT = {"font_name": "BIZ UDPGothic", "font_size": 10, "valign": "top"}
BOXED = {**FONT, "border": 1, "border_color": "#a0a0a0", "text_wrap": True}
HEADED = {**BOXED, "bold": True, "bg_color": "#ededed", "valign": "vcenter"}
NUMBERS = {
    Kind.YEN: '#,##0"円";"△"#,##0"円"',
    Kind.DATE: '[$-411]ggge"年"m"月"d"日"',
}
# A workbook has a date of its own; a constant one, so that equal values give equal bytes.
MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the format knows no zones
A4 = 9
CHARACTERS_ACROSS = {Paper.LANDSCAPE: 135, Paper.PORTRAIT: 92}
ASIDE_WIDTH = 13
LONGEST_CELL = 32_767
LONGEST_NAME = 31
# The first day an Excel date can mean without the doubled day of 1900.
FIRST_DATE = dt.date(1900, 3, 1)


def xlsx(document: Report | Sheet) -> bytes:
    """The lists as a workbook: a worksheet for the opening block (if any) and one per list.

    Raises Refused for a cell longer than a workbook can hold.
    """
    from xlsxwriter import Workbook

    report = report_of(document) if isinstance(document, Sheet) else document
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": report.title, "author": report.author, "created": MADE})
    names = _names(report)
    if report.head or report.notes:
        _opening(book, book.add_worksheet(names.pop(0)), report)
    for name, sheet in zip(names, report.sheets, strict=True):
        _List(book, book.add_worksheet(name), report, sheet).write()
    book.close()
    return out.getvalue()


def _names(report: Report) -> list[str]:
    """Names for the worksheets: allowed, short enough and all different."""
    wanted = [report.heading or "概要"] if report.head or report.notes else []
    names: list[str] = []
    for title in [*wanted, *(sheet.title for sheet in report.sheets)]:
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip(" '")[:LONGEST_NAME] or "一覧"
        name, count = plain, 1
        while name.casefold() in (taken.casefold() for taken in names):
            count += 1
            name = f"{plain[: LONGEST_NAME - len(str(count)) - 2]}（{count}）"
        names.append(name)
    return names


def _set_up(page: Any, report: Report) -> None:
    page.set_paper(A4)
    if report.paper is Paper.LANDSCAPE:
        page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
    mark = f"&R{_escaped(report.watermark)}" if report.watermark else ""
    page.set_header(f"&C{_escaped(report.title)}{mark}")
    page.set_footer(f"&L{_escaped(report.footer)}&C&P / &N")


def _escaped(text: str) -> str:
    """Text for a page's header, where & would begin a code; cut to what the header can hold."""
    return text.replace("&", "&&")[:80]


def _opening(book: Any, page: Any, report: Report) -> None:
    _set_up(page, report)
    page.set_column(0, 0, 36)
    page.set_column(1, 1, 90)
    plain, bold = book.add_format(FONT), book.add_format({**FONT, "bold": True})
    page.write_string(0, 0, report.title, book.add_format({**FONT, "bold": True, "font_size": 14}))
    row = 2
    if report.heading:
        page.write_string(row, 0, f"【{report.heading}】", bold)
        row += 1
    for line in report.head:
        page.write_string(row, 0, line.label, book.add_format({**FONT, "indent": line.level}))
        page.write_string(row, 1, line.text, book.add_format({**FONT, "text_wrap": True}))
        row += 1
    for note in report.notes:
        row += 1
        page.write_string(row, 0, note, plain)


class _List:
    """One list on its worksheet."""

    def __init__(self, book: Any, page: Any, report: Report, sheet: Sheet) -> None:
        self.book, self.page, self.report, self.sheet = book, page, report, sheet
        self.headed = book.add_format(HEADED)
        self.formats = [book.add_format(_format(column)) for column in sheet.columns]

    def write(self) -> None:
        """Write caption, head, rows and notes, and set up the printing."""
        top = self._caption()
        first = self._head(top)
        for number, row in enumerate(self.sheet.rows, start=first):
            self._row(number, row)
        plain = self.book.add_format(FONT)
        for number, note in enumerate(self.sheet.notes, start=first + len(self.sheet.rows) + 1):
            self.page.write_string(number, 0, note, plain)
        _set_up(self.page, self.report)
        self.page.repeat_rows(top, first - 1)
        self.page.freeze_panes(first, 0)
        self._widths()

    def _caption(self) -> int:
        """Write the list's title unless the page's header shows it as the report's; returns the next row."""
        if self.sheet.title == self.report.title and len(self.report.sheets) == 1:
            return 0
        self.page.write_string(0, 0, self.sheet.title, self.book.add_format({**FONT, "bold": True, "font_size": 12}))
        return 1

    def _head(self, top: int) -> int:
        """Write the head, in two rows where columns stand in groups; returns the first row below."""
        columns = self.sheet.columns
        groups = _groups(columns)
        if all(len(places) == 1 and not columns[places[0]].group for places in groups):
            for place, column in enumerate(columns):
                self.page.write_string(top, place, column.label, self.headed)
            return top + 1
        for places in groups:
            first = columns[places[0]]
            if len(places) == 1 and not first.group:
                self.page.merge_range(top, places[0], top + 1, places[0], "", self.headed)
                self.page.write_string(top, places[0], first.label, self.headed)
                continue
            self._group(top, places)
        return top + 2

    def _group(self, top: int, places: list[int]) -> None:
        first, *others = (self.sheet.columns[place] for place in places)
        label = first.group or first.label + "".join(f"（{column.label}）" for column in others)
        if len(places) > 1:
            self.page.merge_range(top, places[0], top, places[-1], "", self.headed)
        self.page.write_string(top, places[0], label, self.headed)
        for place in places:
            self.page.write_string(top + 1, place, self.sheet.columns[place].label, self.headed)

    def _row(self, number: int, row: Row) -> None:
        for place, (cell, column) in enumerate(zip(row, self.sheet.columns, strict=True)):
            self._cell(number, place, cell, column)

    def _cell(self, number: int, place: int, cell: Cell, column: Column) -> None:
        look = self.formats[place]
        if isinstance(cell, int | float):
            self.page.write_number(number, place, cell, look)
        elif isinstance(cell, dt.date) and column.kind is Kind.DATE and cell >= FIRST_DATE:
            self.page.write_datetime(number, place, cell, look)
        elif text := shown(cell, column):
            if len(text) > LONGEST_CELL:
                raise Refused(
                    _(
                        "%(column)sの文字数が%(limit)s文字を超えているため、XLSXには書き出せません。CSVで書き出してください。",
                        column=column.label,
                        limit=f"{LONGEST_CELL:,}",
                    )
                )
            self.page.write_string(number, place, text, look)
        else:
            self.page.write_blank(number, place, None, look)

    def _widths(self) -> None:
        across = CHARACTERS_ACROSS[self.report.paper]
        total = sum(column.share for column in self.sheet.columns if not column.aside)
        for place, column in enumerate(self.sheet.columns):
            width = ASIDE_WIDTH if column.aside else max(5.0, across * column.share / total)
            self.page.set_column(place, place, round(width, 1))


def _groups(columns: tuple[Column, ...]) -> list[list[int]]:
    """The places of the columns, those under one heading together: of one group, or a column and its asides."""
    groups: list[list[int]] = []
    for place, column in enumerate(columns):
        before = columns[groups[-1][0]] if groups else None
        if before is not None and (column.aside or (column.group and column.group == before.group)):
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _format(column: Column) -> dict[str, object]:
    if column.kind is Kind.NUMBER:
        places = f".{'0' * column.decimals}" if column.decimals else ""
        return {**BOXED, "num_format": f'#,##0{places};"△"#,##0{places}'}
    return {**BOXED, "num_format": NUMBERS[column.kind]} if column.kind in NUMBERS else BOXED
