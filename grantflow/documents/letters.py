"""The official letter on paper (R7.1): number and date, addressee, sender, subject, text, 記 … 以上, contact."""

from collections.abc import Sequence

from grantflow.core.dates import wareki
from grantflow.documents.cells import PAPER
from grantflow.documents.flow import Flow, Margins, number_pages
from grantflow.documents.fonts import Typeface
from grantflow.documents.grid import Grid
from grantflow.documents.pages import A4, Book
from grantflow.documents.tagging import Node
from grantflow.documents.typesetting import Align, Style, typeset, width_of
from grantflow.documents.values import Item, Letter

MARGINS = Margins(left=71, right=71, top=71, bottom=64)
TEXT = Style(Typeface.MINCHO, 10.5, 18, Align.JUSTIFY)
FLUSH = Style(Typeface.MINCHO, 10.5, 18)
CENTRED = Style(Typeface.MINCHO, 10.5, 18, Align.CENTRE)
ENDING = Style(Typeface.MINCHO, 10.5, 18, Align.RIGHT)
SMALL = Style(Typeface.MINCHO, 9.5, 16)
SUBJECT = Style(Typeface.MINCHO, 12, 20, Align.CENTRE)
NO_SEAL = "（公印省略）"
ITEMS_BEGIN, ITEMS_END = "記", "以上"
CONTACT = "（担当）"
EM = TEXT.size
KATAKANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"


def letter_pdf(letter: Letter) -> bytes:
    """The letter as a PDF, the same bytes for an equal letter."""
    author = letter.sender[0] if letter.sender else ""
    book = Book(A4, letter.subject, author, letter.watermark)
    flow = Flow(book, MARGINS)
    book.bookmark(letter.subject, flow.y)
    _opening(flow, letter)
    _body(flow, letter)
    _contact(flow, letter.contact)
    for sheet in letter.enclosures:
        flow.turn_page()
        Grid(flow, sheet, book.root).print()
    if book.page_count > 1:
        number_pages(flow, "")
    return book.content()


def _opening(flow: Flow, letter: Letter) -> None:
    above = [letter.number, wareki(letter.date, PAPER)] if letter.number else [wareki(letter.date, PAPER)]
    for line in above:
        flow.paragraph(flow.book.root.add("P"), line, ENDING)
    flow.y += TEXT.leading
    for line in letter.addressee:
        flow.paragraph(flow.book.root.add("P"), line, FLUSH, EM)
    flow.y += TEXT.leading
    _at_right(flow, [*letter.sender, *([NO_SEAL] if letter.seal_omitted else [])], EM)
    flow.y += 1.5 * TEXT.leading
    flow.paragraph(flow.book.root.add("H1"), letter.subject, SUBJECT)
    flow.y += TEXT.leading


def _at_right(flow: Flow, lines: Sequence[str], indent: float) -> None:
    """Lines that begin at one place, the longest of them ending `indent` short of the right edge."""
    drawn = [typeset(line, FLUSH, flow.width * 0.6) for line in lines]
    widest = max((width_of(line.clusters, FLUSH.size) for set_lines in drawn for line in set_lines), default=0.0)
    for set_lines in drawn:
        flow.lines(flow.book.root.add("P"), set_lines, FLUSH, flow.right - indent - widest)


def _body(flow: Flow, letter: Letter) -> None:
    root = flow.book.root
    for paragraph in letter.paragraphs:
        flow.paragraph(root.add("P"), f"\u3000{paragraph}", TEXT)
    if not letter.items:
        return
    flow.y += TEXT.leading * 0.5
    flow.need(TEXT.leading * 4)
    flow.paragraph(root.add("P"), ITEMS_BEGIN, CENTRED)
    flow.y += TEXT.leading * 0.5
    _items(flow, root.add("L"), letter.items, 0)
    flow.paragraph(root.add("P"), ITEMS_END, ENDING)


def _items(flow: Flow, node: Node, items: Sequence[Item], level: int) -> None:
    for position, item in enumerate(items):
        sign = _sign(position, level)
        words = "\u3000".join(part for part in (item.label, item.text) if part)
        element = node.add("LI")
        indent = EM * (level + 1)
        hang = EM * (2 if level == 0 else 2.5)
        flow.need(TEXT.leading)
        top = flow.y
        flow.lines(element.add("Lbl"), typeset(sign, FLUSH, hang), FLUSH, flow.left + indent)
        flow.y = top
        flow.paragraph(element.add("LBody"), words, TEXT, indent + hang)
        if item.items:
            _items(flow, element.add("L"), item.items, level + 1)


def _sign(position: int, level: int) -> str:
    """The item's number: 1, then (1), then ア, then (ア), one level below the other (R7.1)."""
    count = str(position + 1)
    letter = KATAKANA[position % len(KATAKANA)]
    return (count, f"({count})", letter, f"({letter})")[min(level, 3)]


def _contact(flow: Flow, lines: Sequence[str]) -> None:
    if not lines:
        return
    drawn = [typeset(text, SMALL, flow.width / 2) for text in (CONTACT, *lines)]
    widest = max(width_of(line.clusters, SMALL.size) for set_lines in drawn for line in set_lines)
    height = sum(map(len, drawn)) * SMALL.leading
    flow.skip(2 * TEXT.leading)
    flow.need(height)
    # At the foot of the page, where the text leaves room for it.
    flow.y = max(flow.y, flow.y + flow.room - height)
    for set_lines in drawn:
        flow.lines(flow.book.root.add("P"), set_lines, SMALL, flow.right - widest)
