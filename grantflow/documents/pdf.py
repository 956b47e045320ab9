"""Values to PDF: lists, reports, letters and leaflets, tagged, bookmarked, the same bytes for equal values."""

from collections.abc import Sequence

from grantflow.documents.flow import NOTE, Flow, Margins, baseline, number_pages
from grantflow.documents.fonts import Typeface
from grantflow.documents.grid import Grid
from grantflow.documents.leaflets import leaflet_pdf
from grantflow.documents.letters import letter_pdf
from grantflow.documents.pages import A4, Book
from grantflow.documents.tagging import Node
from grantflow.documents.typesetting import Align, Style, typeset, width_of
from grantflow.documents.values import Leaflet, Letter, Line, Paper, Report, Sheet, Volume, report_of
from grantflow.documents.volumes import volume_pdf

MARGINS = Margins(left=42, right=42, top=44, bottom=46)
TITLE = Style(Typeface.BOLD, 16, 26, Align.CENTRE)
HEADING = Style(Typeface.BOLD, 11, 18)
LABEL = Style(Typeface.GOTHIC, 9.5, 16)
TEXT = Style(Typeface.GOTHIC, 9.5, 16, Align.JUSTIFY)
BETWEEN = 16.0


def pdf(document: Report | Sheet | Letter | Leaflet | Volume) -> bytes:
    """The document as a tagged PDF; equal values give equal bytes, with one version of the libraries."""
    if isinstance(document, Letter):
        return letter_pdf(document)
    if isinstance(document, Leaflet):
        return leaflet_pdf(document)
    if isinstance(document, Volume):
        return volume_pdf(document)
    return _report_pdf(report_of(document) if isinstance(document, Sheet) else document)


def _report_pdf(report: Report) -> bytes:
    size = A4 if report.paper is Paper.PORTRAIT else (A4[1], A4[0])
    book = Book(size, report.title, report.author, report.watermark)
    flow = Flow(book, MARGINS)
    if report.head or len(report.sheets) != 1 or report.sheets[0].title != report.title:
        _title(flow, report.title)
    _head(flow, report)
    for sheet in report.sheets:
        flow.skip(BETWEEN)
        Grid(flow, sheet, book.root).print()
    flow.skip(BETWEEN)
    for note in report.notes:
        flow.paragraph(book.root.add("P"), note, NOTE)
    number_pages(flow, report.footer)
    return book.content()


def _title(flow: Flow, title: str) -> None:
    flow.book.bookmark(title, flow.y)
    flow.paragraph(flow.book.root.add("H1"), title, TITLE)
    flow.y += 4


def _head(flow: Flow, report: Report) -> None:
    if report.heading:
        flow.skip(4)
        flow.paragraph(flow.book.root.add("H2"), f"【{report.heading}】", HEADING)
        flow.y += 2
    column = _column_of(report.head)
    for line in report.head:
        _line(flow, flow.book.root.add("P"), line, column)


def _column_of(lines: Sequence[Line]) -> float:
    """Where the texts begin, so that they stand one below the other."""
    ends = [_indent(line) + width_of(typeset(line.label, LABEL, 10_000)[0].clusters, LABEL.size) for line in lines]
    return max(ends, default=0.0) + 2 * LABEL.size


def _indent(line: Line) -> float:
    return LABEL.size * (1 + line.level)


def _line(flow: Flow, node: Node, line: Line, column: float) -> None:
    flow.need(LABEL.leading)
    label = typeset(line.label, LABEL, 10_000)
    with flow.book.marked(node, line.label):
        y = baseline(flow.y, LABEL)
        flow.book.block(flow.left + _indent(line), y, label, LABEL.size, LABEL.leading)
    flow.paragraph(node, line.text, TEXT, column)
