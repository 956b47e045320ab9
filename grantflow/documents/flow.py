"""The area of a page that text and lists flow through, from page to page."""

from dataclasses import dataclass

from grantflow.documents.fonts import Typeface, clusters
from grantflow.documents.pages import Book
from grantflow.documents.tagging import Node
from grantflow.documents.typesetting import Style, TextLine, typeset, width_of

NOTE = Style(Typeface.GOTHIC, 8, 12.5)
FOOT = Style(Typeface.GOTHIC, 8, 12)
# How far above the lower edge of the paper the page number stands.
FOOT_HEIGHT = 24.0
# What a footer leaves free for the page number.
FOOT_GAP = 70.0
# From the top of a line to its baseline, as a part of the size.
BASELINE = 0.86


@dataclass(frozen=True, slots=True)
class Margins:
    """The paper's empty edges, in points."""

    left: float
    right: float
    top: float
    bottom: float


class Flow:
    """Where on the book's current page the next thing goes; `y` counts down from the top."""

    def __init__(self, book: Book, margins: Margins) -> None:
        self.book, self.margins = book, margins
        self.y = margins.top
        book.begin_page()

    @property
    def left(self) -> float:
        """Where the area begins."""
        return self.margins.left

    @property
    def right(self) -> float:
        """Where the area ends."""
        return self.book.width - self.margins.right

    @property
    def width(self) -> float:
        """The width of the area."""
        return self.right - self.left

    @property
    def page_height(self) -> float:
        """The height of the whole area."""
        return self.book.height - self.margins.top - self.margins.bottom

    @property
    def room(self) -> float:
        """The height that is left on this page."""
        return self.book.height - self.margins.bottom - self.y

    def turn_page(self) -> None:
        """Go on at the top of a new page."""
        self.book.begin_page()
        self.y = self.margins.top

    def need(self, height: float) -> None:
        """Turn the page unless `height` is left, or nothing has been put on this one yet."""
        if height > self.room + 0.01 and self.y > self.margins.top:
            self.turn_page()

    def skip(self, height: float) -> None:
        """Leave `height` empty; at the top of a page nothing is left empty."""
        if self.y > self.margins.top:
            self.y += height

    def paragraph(self, node: Node, text: str, style: Style, indent: float = 0.0) -> None:
        """Text across the area, from `indent` on; lines that do not fit go to the next page."""
        waiting = typeset(text, style, self.width - indent)
        while waiting:
            self.need(style.leading)
            fitting = max(1, int((self.room + 0.01) / style.leading))
            self.lines(node, waiting[:fitting], style, self.left + indent)
            waiting = waiting[fitting:]

    def lines(self, node: Node, lines: list[TextLine], style: Style, x: float) -> None:
        """Set lines at `x`, all on this page, as one piece of text."""
        with self.book.marked(node, "".join(line.text for line in lines)):
            self.book.block(x, baseline(self.y, style), lines, style.size, style.leading)
        self.y += len(lines) * style.leading


def baseline(top: float, style: Style) -> float:
    """The baseline of the first line of a block that begins at `top`."""
    return top + (style.leading - style.size) / 2 + style.size * BASELINE


def number_pages(flow: Flow, footer: str) -> None:
    """Put 「1 / 5」 at the foot of every page: in the middle, or at the right where there is a footer, on its left."""
    book = flow.book
    for page in range(book.page_count):
        book.turn_to(page)
        height = book.height - FOOT_HEIGHT
        lines = typeset(footer, FOOT, flow.width - FOOT_GAP)
        number = clusters(f"{page + 1} / {book.page_count}", FOOT.typeface)
        width = width_of(number, FOOT.size)
        with book.aside():
            if footer:
                book.block(flow.left, height - (len(lines) - 1) * FOOT.leading, lines, FOOT.size, FOOT.leading)
            book.text(flow.right - width if footer else (book.width - width) / 2, height, number, FOOT.size)
