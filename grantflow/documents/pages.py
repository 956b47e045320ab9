"""Pages of a PDF in the making: text, rules and grounds, each marked with what it is."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from grantflow.documents.embedding import CarriedFont, Pieces, actual_text, runs
from grantflow.documents.fonts import Cluster, Typeface, clusters
from grantflow.documents.tagging import Node, write_structure
from grantflow.documents.typesetting import TextLine, width_of

A4 = (595.28, 841.89)
INK = 0.1
WATERMARK = 0.94


class Book:
    """A document that grows page by page; lengths are in points, heights counted down from the page's top."""

    def __init__(self, size: tuple[float, float], title: str, author: str = "", watermark: str = "") -> None:
        self.size = size
        self.title, self.author, self.watermark = title, author, watermark
        self.root = Node("Document")
        self._pages: list[list[str]] = []
        self._sizes: list[tuple[float, float]] = []
        self._marks: list[list[Node]] = []
        self._current = -1
        self._fonts: dict[str, CarriedFont] = {}
        self._outline: list[tuple[int, str, float, int]] = []

    @property
    def width(self) -> float:
        """The width of this page."""
        return self._sizes[self._current][0] if self._sizes else self.size[0]

    @property
    def height(self) -> float:
        """The height of this page."""
        return self._sizes[self._current][1] if self._sizes else self.size[1]

    @property
    def page_count(self) -> int:
        """How many pages there are by now."""
        return len(self._pages)

    def begin_page(self, size: tuple[float, float] | None = None) -> None:
        """Begin the next page, on its watermark; it has the document's size where none is given."""
        self._pages.append([f"{INK:g} g"])
        self._sizes.append(size or self.size)
        self._marks.append([])
        self._current = len(self._pages) - 1
        if self.watermark:
            self._draw_watermark()

    def turn_to(self, page: int) -> None:
        """Draw on `page`, counted from 0, from now: for what is known only when all pages are there."""
        self._current = page

    def bookmark(self, title: str, y: float, level: int = 0) -> None:
        """An entry of the outline that leads to height `y` of this page; one of level 1 stands below the last of 0."""
        self._outline.append((self._current, title, self.height - y, level))

    @contextmanager
    def marked(self, node: Node, actual: str = "") -> Iterator[None]:
        """What is drawn in the block belongs to `node`; `actual` is its text in one piece, whatever its lines."""
        marks = self._marks[self._current]
        node.kids.append((self._current, len(marks)))
        self._draw(f"/{node.role} << /MCID {len(marks)} >> BDC")
        marks.append(node)
        # Poppler takes the text from a Span only.
        if actual:
            self._draw(f"/Span << {actual_text(actual)} >> BDC")
        yield
        self._draw("EMC EMC" if actual else "EMC")

    @contextmanager
    def aside(self, actual: str = "") -> Iterator[None]:
        """What is drawn in the block is decoration or repetition: nothing to read aloud."""
        self._draw("/Artifact BMC")
        if actual:
            self._draw(f"/Span << {actual_text(actual)} >> BDC")
        yield
        self._draw("EMC EMC" if actual else "EMC")

    def text(self, x: float, y: float, line: Sequence[Cluster], size: float) -> None:
        """One line whose baseline begins at (x, y)."""
        self.block(x, y, [TextLine(tuple(line))], size, 0.0)

    def block(self, x: float, y: float, lines: Sequence[TextLine], size: float, leading: float) -> None:
        """Lines one below the other; the first one's baseline begins at (x, y).

        Later lines are reached by moving back and sinking (TJ, Ts), not by setting a new position: programs that
        read text in drawing order then find no line ends inside the block.
        """
        operators = [f"BT 1 0 0 1 {x:.2f} {self.height - y:.2f} Tm"]
        pieces = Pieces([cluster for line in lines for cluster in line.clusters])
        pen = 0.0
        for row, line in enumerate(lines):
            if not line.clusters:
                # Nothing is shown in an empty line, so the pen stays where the last one left it
                continue
            move = f"[{(pen - line.indent) * 1000 / size:.1f}] TJ" if abs(pen - line.indent) > 0.001 else ""
            # The move itself must not be widened, so the spacing is set after it.
            start = [f"{-row * leading:.2f} Ts 0 Tc" if row else "", move, f"{line.spacing:.3f} Tc"]
            for file, run in runs(line.clusters):
                font = self._font(file)
                operators += [f"/{font.name} {size:g} Tf", *filter(None, start), *pieces.shown(font, run)]
                start = []
            pen = line.indent + width_of(line.clusters, size) + line.spacing * len(line.clusters)
        self._draw(" ".join(operators) + f" {pieces.close()} 0 Tc 0 Ts ET")

    def area(self, x: float, y: float, width: float, height: float, gray: float) -> None:
        """A filled area whose upper left corner is (x, y); `gray` goes from 0 (black) to 1."""
        self._draw(f"{gray:g} g {x:.2f} {self.height - y - height:.2f} {width:.2f} {height:.2f} re f {INK:g} g")

    def rule(self, start: tuple[float, float], end: tuple[float, float], thickness: float, gray: float) -> None:
        """A straight line between two points."""
        (x, y), (right, bottom) = start, end
        self._draw(
            f"{thickness:g} w {gray:g} G {x:.2f} {self.height - y:.2f} m {right:.2f} {self.height - bottom:.2f} l S"
        )

    def foreign(self, name: str, matrix: tuple[float, ...]) -> None:
        """Draw what will be among this page's resources as `name` once it is finished, moved by `matrix`."""
        self._draw(f"q {' '.join(f'{number:.4f}' for number in matrix)} cm /{name} Do Q")

    def content(self) -> bytes:
        """The finished file."""
        out = io.BytesIO()
        canvas = self._canvas(out)
        entries = iter([*self._outline, (self.page_count, "", 0.0, 0)])
        page_of_entry, title, top, level = next(entries)
        for page, operators in enumerate(self._pages):
            canvas.setPageSize(self._sizes[page])
            canvas.addLiteral("\n".join(operators))
            while page_of_entry == page:
                key = f"{page}-{top:.2f}-{title}"
                canvas.bookmarkPage(key, fit="XYZ", left=0, top=top, zoom=0)
                canvas.addOutlineEntry(title, key, level)
                page_of_entry, title, top, level = next(entries)
            canvas.showPage()
        document = canvas._doc
        document.delayedFonts.extend(self._fonts.values())
        write_structure(document, self.root, self._marks)
        canvas.save()
        return out.getvalue()

    def _canvas(self, out: io.BytesIO) -> Any:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfgen.canvas import Canvas

        pdfmetrics.registerFont(_NoFont)
        canvas = Canvas(
            out,
            pagesize=self.size,
            pageCompression=1,
            invariant=1,
            pdfVersion=(1, 7),
            lang="ja",
            initialFontName=_NoFont.fontName,
        )
        canvas.setTitle(self.title)
        canvas.setAuthor(self.author)
        canvas.setSubject("")
        canvas.setCreator("grantflow")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        return canvas

    def _draw(self, operators: str) -> None:
        self._pages[self._current].append(operators)

    def _font(self, file: str) -> CarriedFont:
        if file not in self._fonts:
            self._fonts[file] = CarriedFont(file, f"F{len(self._fonts) + 1}")
        return self._fonts[file]

    def _draw_watermark(self) -> None:
        line = clusters(self.watermark, Typeface.BOLD)
        size = min(self.height * 0.5, self.width * 700 / max(1.0, sum(cluster.advance for cluster in line)))
        with self.aside():
            self._draw(f"{WATERMARK:g} g")
            self.text((self.width - width_of(line, size)) / 2, self.height / 2 + size * 0.36, line, size)
            self._draw(f"{INK:g} g")


class _NoFont:
    """Stands where ReportLab wants a font to begin a page with, so that no unembedded Helvetica gets in."""

    fontName = name = "grantflow-none"  # noqa: N815
    _dynamicFont = True  # noqa: N815
    _multiByte = False  # noqa: N815
    face: Any = None


_NoFont.face = _NoFont
