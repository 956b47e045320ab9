"""Text set in lines of a given width, flush or justified, ready to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from grantflow.documents.breaking import Span, break_lines
from grantflow.documents.fonts import Cluster, Typeface, clusters

# A line that lacks more than this many characters' width is left ragged rather than torn apart.
WIDEST_GAP = 2.0


class Align(Enum):
    """Where lines shorter than the width stand; JUSTIFY widens all but a paragraph's last."""

    LEFT = "left"
    RIGHT = "right"
    CENTRE = "centre"
    JUSTIFY = "justify"


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a block: what it shows, how far right it stands, the space after each character (both in points)."""

    clusters: tuple[Cluster, ...]
    indent: float = 0.0
    spacing: float = 0.0
    feed: bool = False

    @property
    def text(self) -> str:
        """What is written in the line, with the line feed after it where there was one."""
        return "".join(cluster.text for cluster in self.clusters) + ("\n" if self.feed else "")


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set: face, size and leading in points, alignment."""

    typeface: Typeface
    size: float
    leading: float
    align: Align = Align.LEFT


def typeset(text: str, style: Style, width: float) -> list[TextLine]:
    """The lines of `text` within `width` points; each line feed begins a new one, and there is at least one."""
    *earlier, last = (_paragraph(paragraph, style, width) for paragraph in text.split("\n"))
    ended = [line for lines in earlier for line in (*lines[:-1], replace(lines[-1], feed=True))]
    return ended + last


def width_of(line: Sequence[Cluster], size: float) -> float:
    """The line's width in points when drawn at `size`."""
    return sum(cluster.advance for cluster in line) * size / 1000


def _paragraph(text: str, style: Style, width: float) -> list[TextLine]:
    drawn = clusters(text, style.typeface)
    spans = break_lines(
        [cluster.text for cluster in drawn],
        [cluster.advance for cluster in drawn],
        width * 1000 / style.size,
    )
    return [_line(drawn, span, style, width) for span in spans]


def _line(drawn: Sequence[Cluster], span: Span, style: Style, width: float) -> TextLine:
    line = tuple(drawn[span.start : span.end])
    slack = width - span.width * style.size / 1000
    if style.align is Align.RIGHT:
        return TextLine(line, indent=slack)
    if style.align is Align.CENTRE:
        return TextLine(line, indent=slack / 2)
    gaps = _gaps(line, span)
    if style.align is Align.JUSTIFY and span.end < len(drawn) and gaps and 0 < slack <= WIDEST_GAP * style.size:
        return TextLine(line, spacing=slack / gaps)
    return TextLine(line)


def _gaps(line: Sequence[Cluster], span: Span) -> int:
    """How many gaps lie within the line's width: those before spaces and a stop beyond it do not."""
    reached, gaps = 0.0, -1
    for cluster in line:
        reached += cluster.advance
        if reached > span.width + 0.001:
            break
        gaps += 1
    return max(gaps, 0)
