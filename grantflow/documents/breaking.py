"""Where a line of Japanese may end: 禁則 at both ends, hanging 、。, whole words and numbers."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

# JIS X 4051: closing brackets, hyphens, marks that divide, middle dots, stops, iteration marks, the long-vowel
# mark, small kana; with their half-width and ASCII forms, and units that stay with their number.
CANNOT_START = frozenset(
    "’”）〕］｝〉》」』】〙〗〟｠»)]}｣"
    "‐〜゠–～"
    "！？‼⁇⁈⁉!?"
    "・：；･:;"
    "。．、，｡､.,"
    "々〻ヽヾゝゞーｰﾞﾟ\u3099\u309a"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｬｭｮｯ"
    "%％‰℃°′″"
)
# Opening brackets, and signs that stay with the number after them.
CANNOT_END = frozenset("‘“（〔［｛〈《「『【〘〖〝｟«([{｢¥￥$＄£￡€#＃№@＠〒")
HANGING = frozenset("、。，．､｡")
UNSPLIT = frozenset("…‥—―〳〴〵")
# Spaces at a line's end take no room, so that the next line begins with a letter.
SPACES = frozenset(" \u00a0\t")
NO_BREAK = frozenset("\u00a0\u2060\ufeff")
LATIN_END = 0x250
# A character beyond is kept from both ends: PDFium finds a line end around it there, whatever the file says.
LAST_OF_BMP = "\ufffc"


@dataclass(frozen=True, slots=True)
class Span:
    """A line: its characters [start, end), and their width without the spaces and the stop that may hang."""

    start: int
    end: int
    width: float


def break_lines(text: Sequence[str], widths: Sequence[float], limit: float) -> list[Span]:
    """The lines of `text` (one character or cluster each, no line feeds) within `limit`; joined they are `text`.

    `widths` and `limit` are in one unit. No line begins with CANNOT_START or ends with CANNOT_END, and no word or
    number is cut, as long as the line holds a place that allows it; a stop or comma may hang beyond the limit.
    """
    total = [0.0, *accumulate(widths)]
    lines: list[Span] = []
    start = 0
    while start < len(text):
        end = _end_of_line(text, total, start, limit)
        lines.append(Span(start, end, _visible_width(text, total, start, end, limit)))
        start = end
    return lines or [Span(0, 0, 0.0)]


def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two neighbours, if another place can be had in their stead."""
    if before[-1] > LAST_OF_BMP or after[-1] > LAST_OF_BMP:
        return False
    return obeys_kinsoku(before, after) and not (_is_word(before, after) and _is_word(after, ""))


def obeys_kinsoku(before: str, after: str) -> bool:
    """Whether the two ends that a break would make are allowed, be it within a word or not."""
    last, first = before[0], after[0]
    if first in SPACES or first in NO_BREAK or last in NO_BREAK:
        return False
    if last == " ":
        return True
    return not (first in CANNOT_START or last in CANNOT_END or (last in UNSPLIT and last == first))


def _is_word(char: str, after: str) -> bool:
    """Whether the character is part of a Latin word or a number; a hyphen or slash is only before a digit."""
    first = char[0]
    if first in "-/":
        return after[:1].isascii() and after[:1].isdigit()
    return (first.isascii() and first > " ") or (ord(first) < LATIN_END and first.isalpha())


def _end_of_line(text: Sequence[str], total: Sequence[float], start: int, limit: float) -> int:
    # A thousandth forgives what adding up floats loses.
    fits = bisect_right(total, total[start] + limit + 0.001, lo=start + 1) - 1
    fits = max(fits, start + 1)
    if fits >= len(text):
        return len(text)
    end = fits + 1 if text[fits][0] in HANGING else fits
    end = _after_spaces(text, end)
    if end >= len(text):
        return len(text)
    for rule in (may_break, obeys_kinsoku):
        for place in range(end, start, -1):
            if rule(text[place - 1], text[place]):
                return place
    return fits


def _after_spaces(text: Sequence[str], place: int) -> int:
    while place < len(text) and text[place][0] in SPACES:
        place += 1
    return place


def _visible_width(text: Sequence[str], total: Sequence[float], start: int, end: int, limit: float) -> float:
    while end > start + 1 and text[end - 1][0] in SPACES:
        end -= 1
    if end > start + 1 and text[end - 1][0] in HANGING and total[end] - total[start] > limit + 0.001:
        end -= 1
    return total[end] - total[start]
