"""A book of a leaflet and the files that belong to it: bound page by page, under one numbering and one outline."""

from io import BytesIO

from grantflow.documents.embedding import utf16
from grantflow.documents.flow import Flow, Margins, baseline, number_pages
from grantflow.documents.fonts import Typeface
from grantflow.documents.leaflets import HEADING, MARGINS, print_blocks, print_leaflet
from grantflow.documents.leaves import Leaf, NotBound, leaves
from grantflow.documents.pages import A4, Book
from grantflow.documents.tagging import Node
from grantflow.documents.typesetting import Style, typeset
from grantflow.documents.values import Enclosure, Volume, Words

#: Where a bound page lies on its paper: below the line that says whose page it is, above the foot.
AROUND = Margins(left=28, right=28, top=46, bottom=52)
ABOVE = Style(Typeface.GOTHIC, 8.5, 14)
ABOVE_HEIGHT = 24.0
THIN, EDGE_GRAY = 0.4, 0.7


def volume_pdf(volume: Volume) -> bytes:
    """The book as a PDF, the same bytes for equal values and files.

    A file that cannot be bound has a page in its place that says what it is: one of them never spoils the book.
    """
    leaflet = volume.leaflet
    book = Book(A4, leaflet.title, leaflet.author, leaflet.watermark)
    flow = Flow(book, MARGINS)
    print_leaflet(flow, leaflet)
    drawn: list[tuple[int, str, Leaf]] = []
    for place, enclosure in enumerate(volume.enclosures):
        pages = _leaves(enclosure)
        book.begin_page(_paper(pages[0]) if pages else None)
        if place == 0:
            book.bookmark(volume.heading, 0)
        book.bookmark(f"{enclosure.title}　{enclosure.name}", 0, level=1)
        if not pages:
            _instead(flow, enclosure)
        for number, leaf in enumerate(pages, 1):
            if number > 1:
                book.begin_page(_paper(leaf))
            name = f"Bound{len(drawn) + 1}"
            _bound(book, leaf, name, enclosure, number, len(pages))
            drawn.append((book.page_count - 1, name, leaf))
    number_pages(flow, leaflet.footer)
    return _with(book.content(), drawn) if drawn else book.content()


def _leaves(enclosure: Enclosure) -> tuple[Leaf, ...]:
    if enclosure.instead:
        return ()
    try:
        return leaves(enclosure.sha256, enclosure.media_type)
    except NotBound:
        return ()


def _paper(leaf: Leaf) -> tuple[float, float]:
    """A4, turned where the page is wider than high."""
    return (A4[1], A4[0]) if leaf.box[2] > leaf.box[3] else A4


def _instead(flow: Flow, enclosure: Enclosure) -> None:
    flow.y = flow.margins.top
    flow.paragraph(flow.book.root.add("H2"), f"{enclosure.title}　{enclosure.name}", HEADING)
    print_blocks(flow, (Words(enclosure.instead or enclosure.unreadable, strong=True), *enclosure.lines))


def _bound(book: Book, leaf: Leaf, name: str, enclosure: Enclosure, number: int, count: int) -> None:
    """One page of a file, as large as its paper allows, in a thin frame, under a line that says whose it is."""
    told = f"{enclosure.title}　{enclosure.name}（{number} / {count}）"
    node = book.root.add("H2" if number == 1 else "P")
    width = book.width - AROUND.left - AROUND.right
    with book.marked(node, told):
        lines = typeset(told, ABOVE, width)[:1]
        book.block(AROUND.left, baseline(ABOVE_HEIGHT, ABOVE), lines, ABOVE.size, ABOVE.leading)
    height = book.height - AROUND.top - AROUND.bottom
    left, bottom, wide, high = leaf.box
    scale = min(width / wide, height / high)
    x = AROUND.left + (width - wide * scale) / 2
    y = AROUND.bottom + (height - high * scale)
    edges = (x, y, x + wide * scale, y + high * scale)
    box = " ".join(f"{edge:.2f}" for edge in edges)
    figure = Node("Figure", f" /Alt <{utf16(told)}> /A << /O /Layout /Placement /Block /BBox [{box}] >>")
    book.root.kids.append(figure)
    with book.marked(figure):
        book.foreign(name, (scale, 0, 0, scale, x - left * scale, y - bottom * scale))
    _frame(book, edges)


def _frame(book: Book, edges: tuple[float, float, float, float]) -> None:
    left, right = edges[0], edges[2]
    top, bottom = book.height - edges[3], book.height - edges[1]
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    with book.aside():
        for start, end in zip(corners, (*corners[1:], corners[0]), strict=True):
            book.rule(start, end, THIN, EDGE_GRAY)


def _with(content: bytes, drawn: list[tuple[int, str, Leaf]]) -> bytes:
    """The book with what its pages draw."""
    import pikepdf

    out = BytesIO()
    with pikepdf.open(BytesIO(content)) as pdf:
        for page, name, leaf in drawn:
            resources = pdf.pages[page].obj.Resources
            # ReportLab gives pages one dictionary of resources in common
            own = pikepdf.Dictionary({key: value for key, value in resources.items() if key != "/XObject"})
            own.XObject = pikepdf.Dictionary({f"/{name}": pdf.copy_foreign(leaf.drawn)})
            pdf.pages[page].obj.Resources = own
        pdf.save(out, deterministic_id=True)
    return out.getvalue()
