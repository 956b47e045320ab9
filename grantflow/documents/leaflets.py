"""The leaflet on paper: headings, paragraphs, points, lists, and frames to write in by hand."""

from collections.abc import Iterable
from itertools import groupby

from grantflow.documents.flow import Flow, Margins, baseline, number_pages
from grantflow.documents.fonts import Typeface
from grantflow.documents.grid import Grid
from grantflow.documents.pages import A4, Book
from grantflow.documents.typesetting import Align, Style, typeset, width_of
from grantflow.documents.values import Block, Headline, Leaflet, Line, Points, Room, Sheet, Words

MARGINS = Margins(left=51, right=51, top=51, bottom=54)
ABOVE = Style(Typeface.GOTHIC, 9.5, 16)
TITLE = Style(Typeface.BOLD, 16, 24)
HEADING = Style(Typeface.BOLD, 12.5, 20)
TEXT = Style(Typeface.GOTHIC, 10.5, 18, Align.JUSTIFY)
STRONG = Style(Typeface.BOLD, 10.5, 18)
HINT = Style(Typeface.GOTHIC, 9, 14)
EM = TEXT.size
#: One line of handwriting, and the edges of a frame.
WRITING = 20.0
THIN, THICK = 0.3, 0.8
LINE_GRAY, EDGE_GRAY = 0.82, 0.35
BEFORE_HEADING, BETWEEN = 16.0, 7.0
BOX, POINT = "□", "・"
#: A frame is cut at a page's end only where so many of its lines stand on either side.
FEWEST_LINES = 4
#: A heading takes this much of what it heads along to its page.
COMPANY = 7 * TEXT.leading


def leaflet_pdf(leaflet: Leaflet) -> bytes:
    """The leaflet as a PDF, the same bytes for an equal leaflet."""
    book = Book(A4, leaflet.title, leaflet.author, leaflet.watermark)
    flow = Flow(book, MARGINS)
    print_leaflet(flow, leaflet)
    number_pages(flow, leaflet.footer)
    return book.content()


def print_leaflet(flow: Flow, leaflet: Leaflet) -> None:
    """Its title and what stands under it; the feet of the pages are put below when all pages are there."""
    book = flow.book
    if leaflet.above:
        flow.paragraph(book.root.add("P"), leaflet.above, ABOVE)
    book.bookmark(leaflet.title, flow.y)
    flow.paragraph(book.root.add("H1"), leaflet.title, TITLE)
    print_blocks(flow, leaflet.blocks)


def print_blocks(flow: Flow, blocks_of: Iterable[Block]) -> None:
    """What stands under a title, in its order."""
    for kind, found in groupby(blocks_of, type):
        blocks = list(found)
        if kind is Line:
            _lines(flow, [block for block in blocks if isinstance(block, Line)])
            continue
        for block in blocks:
            _print(flow, block)


def _print(flow: Flow, block: Block) -> None:
    root = flow.book.root
    match block:
        case Headline():
            flow.skip(BEFORE_HEADING)
            flow.need(HEADING.leading + COMPANY)
            flow.book.bookmark(block.text, flow.y)
            flow.paragraph(root.add("H2"), block.text, HEADING)
            with flow.book.aside():
                flow.book.rule((flow.left, flow.y), (flow.right, flow.y), THICK, EDGE_GRAY)
            flow.y += 4
        case Words():
            flow.skip(BETWEEN / 2)
            flow.paragraph(root.add("P"), block.text, STRONG if block.strong else TEXT)
        case Points():
            _points(flow, block)
        case Room():
            _room(flow, block)
        case Sheet():
            flow.skip(BETWEEN)
            Grid(flow, block, root).print()


def _lines(flow: Flow, lines: list[Line]) -> None:
    """Labels and their texts, the texts one below the other."""
    flow.skip(BETWEEN)
    ends = [width_of(typeset(line.label, STRONG, 10_000)[0].clusters, STRONG.size) for line in lines]
    column = max(ends) + 1.5 * EM
    for line in lines:
        flow.need(TEXT.leading)
        node = flow.book.root.add("P")
        with flow.book.marked(node, line.label):
            label = typeset(line.label, STRONG, 10_000)
            flow.book.block(flow.left, baseline(flow.y, STRONG), label, STRONG.size, STRONG.leading)
        flow.paragraph(node, line.text, TEXT, column)


def _points(flow: Flow, points: Points) -> None:
    flow.skip(BETWEEN)
    _label(flow, points.label, points.note, TEXT.leading)
    node = flow.book.root.add("L")
    sign = BOX if points.boxes else POINT
    for item in points.items:
        element = node.add("LI")
        flow.need(TEXT.leading)
        top = flow.y
        flow.lines(element.add("Lbl"), typeset(sign, TEXT, EM * 2), TEXT, flow.left)
        flow.y = top
        flow.paragraph(element.add("LBody"), item, TEXT, EM * 1.5)


def _label(flow: Flow, label: str, note: str, company: float) -> None:
    """What a thing is called and what is said of it, on one page with `company` of it."""
    lines = len(typeset(label, STRONG, flow.width)) if label else 0
    hints = len(typeset(note, HINT, flow.width)) if note else 0
    flow.need(min(lines * STRONG.leading + hints * HINT.leading + company, flow.page_height))
    if label:
        flow.paragraph(flow.book.root.add("P"), label, STRONG)
    if note:
        flow.paragraph(flow.book.root.add("P"), note, HINT)


def _room(flow: Flow, room: Room) -> None:
    """A frame of lines; one that does not fit goes on over pages."""
    flow.skip(BETWEEN)
    left = room.lines
    _label(flow, room.label, room.note, min(left, FEWEST_LINES) * WRITING + 4)
    flow.y += 3
    while left > 0:
        fitting = min(left, max(1, int((flow.room + 0.01) / WRITING)))
        if 0 < left - fitting < FEWEST_LINES < fitting:
            fitting -= FEWEST_LINES
        _frame(flow, fitting)
        left -= fitting
        if left:
            flow.turn_page()


def _frame(flow: Flow, lines: int) -> None:
    top, bottom = flow.y, flow.y + lines * WRITING
    with flow.book.aside():
        for line in range(1, lines):
            y = top + line * WRITING
            flow.book.rule((flow.left, y), (flow.right, y), THIN, LINE_GRAY)
        corners = ((flow.left, top), (flow.right, top), (flow.right, bottom), (flow.left, bottom))
        for start, end in zip(corners, (*corners[1:], corners[0]), strict=True):
            flow.book.rule(start, end, THICK, EDGE_GRAY)
    flow.y = bottom
