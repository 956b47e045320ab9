"""A list on paper: its head on every page, a row cut only where it is taller than a page."""

from dataclasses import dataclass

from grantflow.documents.cells import Heading, PrintedColumn, headings, printed_cell, printed_columns
from grantflow.documents.flow import NOTE, Flow, baseline
from grantflow.documents.fonts import Typeface
from grantflow.documents.tagging import Node
from grantflow.documents.typesetting import Align, Style, TextLine, typeset
from grantflow.documents.values import Kind, Row, Sheet

CAPTION = Style(Typeface.BOLD, 11, 18)
BODY = Style(Typeface.GOTHIC, 8.5, 13)
HEAD = Style(Typeface.BOLD, 8, 12)
ALIGNMENTS = {Kind.NUMBER: Align.RIGHT, Kind.YEN: Align.RIGHT}
PADDING = 5.0
HEAD_PADDING = 3.5
HEAD_GROUND = 0.93
THIN, THICK = 0.4, 0.8
GRID_GRAY, EDGE_GRAY = 0.68, 0.35
# A row too tall for a page is begun on this one only where some lines of it fit.
FEWEST_LINES = 4
EMPTY = "該当するものはありません。"


@dataclass(frozen=True, slots=True)
class Strip:
    """A column's place on the paper."""

    column: PrintedColumn
    x: float
    width: float

    @property
    def room(self) -> float:
        """The width its text has."""
        return self.width - 2 * PADDING


@dataclass(frozen=True, slots=True)
class SetCell:
    """A cell's lines and how they are set; an aside begins on a line of its own, in the text it just goes on."""

    lines: list[TextLine]
    style: Style


class Grid:
    """A sheet being printed into a flow."""

    def __init__(self, flow: Flow, sheet: Sheet, parent: Node) -> None:
        self.flow, self.sheet = flow, sheet
        self.columns = printed_columns(sheet)
        self.strips = _strips(self.columns, flow.left, flow.width)
        self.headings = headings(self.columns)
        self.table = parent.add("Table")
        self._top = flow.y

    def print(self) -> None:
        """Print caption, head, rows and notes."""
        rows = [self._set_row(row) for row in self.sheet.rows]
        first = _height(rows[0]) if rows else BODY.leading + 2 * PADDING
        self.flow.need(min(CAPTION.leading + 4 + self._head_height() + first, self.flow.page_height))
        self.flow.book.bookmark(self.sheet.title, self.flow.y)
        self._caption()
        self._head(self.table.add("THead"))
        body = self.table.add("TBody")
        for row in rows:
            self._print_row(body.add("TR"), row)
        self._close()
        if not rows:
            self._empty_row(body.add("TR"))
        self._notes()

    def _caption(self) -> None:
        self.flow.paragraph(self.table.add("Caption"), self.sheet.title, CAPTION)
        self.flow.y += 4

    def _notes(self) -> None:
        self.flow.y += 4
        for note in self.sheet.notes:
            self.flow.paragraph(self.table.add("P"), note, NOTE)

    def _set_row(self, row: Row) -> list[SetCell]:
        return [_set_cell(printed_cell(self.sheet, row, strip.column), strip) for strip in self.strips]

    def _print_row(self, node: Node, row: list[SetCell]) -> None:
        cells = [node.add("TD") for _ in row]
        height = _height(row)
        if height > self._body_height():
            self._print_tall_row(cells, row)
            return
        if height > self.flow.room + 0.01:
            self._turn_page()
        self._print_lines(cells, row)

    def _print_tall_row(self, nodes: list[Node], row: list[SetCell]) -> None:
        while any(cell.lines for cell in row):
            fitting = int((self.flow.room - 2 * PADDING + 0.01) / BODY.leading)
            if fitting < min(FEWEST_LINES, max(len(cell.lines) for cell in row)):
                self._turn_page()
                continue
            self._print_lines(nodes, [SetCell(cell.lines[:fitting], cell.style) for cell in row])
            row = [SetCell(cell.lines[fitting:], cell.style) for cell in row]

    def _print_lines(self, nodes: list[Node], row: list[SetCell]) -> None:
        flow, top = self.flow, self.flow.y
        for node, cell, strip in zip(nodes, row, self.strips, strict=True):
            text = "".join(line.text for line in cell.lines)
            if text:
                with flow.book.marked(node, text):
                    y = baseline(top + PADDING, cell.style)
                    flow.book.block(strip.x + PADDING, y, cell.lines, cell.style.size, cell.style.leading)
        flow.y = top + _height(row)
        self._line(flow.y, THIN, GRID_GRAY)

    def _empty_row(self, node: Node) -> None:
        flow = self.flow
        cell = SetCell(typeset(EMPTY, BODY, flow.width - 2 * PADDING), BODY)
        with flow.book.marked(node.add("TD", _span(columns=len(self.columns))), EMPTY):
            flow.book.block(flow.left + PADDING, baseline(flow.y + PADDING, BODY), cell.lines, BODY.size, BODY.leading)
        flow.y += _height([cell])
        self._line(flow.y, THICK, EDGE_GRAY)

    def _turn_page(self) -> None:
        self._close()
        self.flow.turn_page()
        self._head(None)

    def _close(self) -> None:
        """Draw what runs along the whole of this page's part: the lines between columns and the lower edge."""
        flow = self.flow
        upper = self._top + (self._upper_height() if any(heading.is_group for heading in self.headings) else 0)
        inner = {column for heading in self.headings for column in heading.columns[1:]}
        with flow.book.aside():
            for strip in self.strips[1:]:
                top = upper if strip.column in inner else self._top
                flow.book.rule((strip.x, top), (strip.x, flow.y), THIN, GRID_GRAY)
        self._line(flow.y, THICK, EDGE_GRAY)

    def _head_height(self) -> float:
        return self._upper_height() + self._lower_height()

    def _body_height(self) -> float:
        return self.flow.page_height - self._head_height()

    def _upper_height(self) -> float:
        groups = [heading for heading in self.headings if heading.is_group]
        if not groups:
            return 0.0
        most = max(len(typeset(heading.label, HEAD, self._width(heading) - 2 * PADDING)) for heading in groups)
        return most * HEAD.leading + 2 * HEAD_PADDING

    def _lower_height(self) -> float:
        most = max(len(_label(strip).lines) for strip in self.strips)
        return most * HEAD.leading + 2 * HEAD_PADDING

    def _width(self, heading: Heading) -> float:
        return sum(strip.width for strip in self.strips if strip.column in heading.columns)

    def _head(self, node: Node | None) -> None:
        """Draw the head; on the pages after the first (`node` is None) it is a repetition."""
        flow = self.flow
        self._top = top = flow.y
        upper, height = self._upper_height(), self._head_height()
        with flow.book.aside():
            flow.book.area(flow.left, top, flow.width, height, HEAD_GROUND)
        rows = [node.add("TR") for _ in range(2 if upper else 1)] if node else [None]
        strips = {strip.column: strip for strip in self.strips}
        for heading in self.headings:
            own = [strips[column] for column in heading.columns]
            if heading.is_group:
                self._group(rows[0], heading, own, top, upper)
            for strip in own:
                within = (top + upper, height - upper) if heading.is_group else (top, height)
                row = rows[-1 if heading.is_group else 0]
                attributes = _span(rows=2) if upper and not heading.is_group else _span()
                self._heading(row, attributes, _label(strip).lines, strip.x + PADDING, within)
        flow.y = top + height
        self._line(top, THICK, EDGE_GRAY)
        self._line(flow.y, THICK, EDGE_GRAY)

    def _group(self, row: Node | None, heading: Heading, own: list[Strip], top: float, height: float) -> None:
        style = Style(HEAD.typeface, HEAD.size, HEAD.leading, Align.CENTRE)
        lines = typeset(heading.label, style, self._width(heading) - 2 * PADDING)
        self._heading(row, _span(columns=len(own)), lines, own[0].x + PADDING, (top, height))
        with self.flow.book.aside():
            right = own[-1].x + own[-1].width
            self.flow.book.rule((own[0].x, top + height), (right, top + height), THIN, GRID_GRAY)

    def _heading(
        self, row: Node | None, attributes: str, lines: list[TextLine], x: float, within: tuple[float, float]
    ) -> None:
        book, (top, height) = self.flow.book, within
        y = baseline(top + (height - len(lines) * HEAD.leading) / 2, HEAD)
        text = "".join(line.text for line in lines)
        with book.marked(row.add("TH", attributes), text) if row else book.aside(text):
            book.block(x, y, lines, HEAD.size, HEAD.leading)

    def _line(self, y: float, thickness: float, gray: float) -> None:
        with self.flow.book.aside():
            self.flow.book.rule((self.flow.left, y), (self.flow.right, y), thickness, gray)


def _strips(columns: tuple[PrintedColumn, ...], left: float, width: float) -> tuple[Strip, ...]:
    unit = width / sum(column.share for column in columns)
    strips, x = [], left
    for column in columns:
        strips.append(Strip(column, x, column.share * unit))
        x += column.share * unit
    return tuple(strips)


def _style(strip: Strip, style: Style, otherwise: Align) -> Style:
    return Style(style.typeface, style.size, style.leading, ALIGNMENTS.get(strip.column.kind, otherwise))


def _set_cell(parts: tuple[str, ...], strip: Strip) -> SetCell:
    style = _style(strip, BODY, Align.JUSTIFY)
    written = [part for part in parts if part] or [""]
    return SetCell([line for part in written for line in typeset(part, style, strip.room)], style)


def _label(strip: Strip) -> SetCell:
    style = _style(strip, HEAD, Align.LEFT)
    return SetCell(typeset(strip.column.label, style, strip.room), style)


def _height(row: list[SetCell]) -> float:
    return max(len(cell.lines) for cell in row) * BODY.leading + 2 * PADDING


def _span(rows: int = 1, columns: int = 1) -> str:
    """The attributes of a heading (or of a cell over all columns): what it heads and how far it reaches."""
    reach = (f" /RowSpan {rows}" if rows > 1 else "") + (f" /ColSpan {columns}" if columns > 1 else "")
    return f" /A << /O /Table /Scope /Column{reach} >>"
