"""From text to glyphs: the right font for each character, variation sequences, what no font has."""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from grantflow.documents.faces import face

FALLBACK = "NotoSansJP-fallback.ttf"
GETA = "〓"
# Characters that belong to the one before them: combining marks and variation selectors.
JOINED = (
    "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef"
)
HAS_JOINED = re.compile(f"[{JOINED}]")
CLUSTER = re.compile(f".[{JOINED}]*", re.DOTALL)
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
VOICING = "\u3099\u309a"
# Proportional fonts narrow the full-width space; papers indent by one whole character with it (R7.1).
FULL_SPACE, WHOLE_EM = "\u3000", 1000.0
# How far from the right edge of its kana a voicing mark's ink ends, in thousandths of an em.
VOICING_GAP = 20


class Typeface(Enum):
    """The faces of the papers, by their files."""

    GOTHIC = "BIZUDPGothic-Regular.ttf"
    BOLD = "BIZUDPGothic-Bold.ttf"
    MINCHO = "BIZUDPMincho-Regular.ttf"


@dataclass(frozen=True, slots=True)
class Cluster:
    """What the reader sees as one character. `text` is what was written, to the code point.

    It is glyph `number` of the font in `file`, with `marks` (glyph, how far right) mounted on it; `advance` and the
    marks' places are in thousandths of an em.
    """

    text: str
    file: str
    number: int
    advance: float
    marks: tuple[tuple[int, float], ...] = ()


def clusters(text: str, typeface: Typeface) -> list[Cluster]:
    """`text` as drawn in `typeface`; joined, the clusters' texts are `text` to the code point."""
    parts = CLUSTER.findall(text) if HAS_JOINED.search(text) else text
    return [_cluster(part, typeface) for part in parts]


def uncovered(text: str) -> str:
    """The characters of `text` that the papers cannot show, each once, as they come; most are printed as 〓."""
    lacking: dict[str, None] = {}
    for part in CLUSTER.findall(text):
        visible = [char for char in part if not _is_silent(char)]
        placed = _placed(part, visible, Typeface.GOTHIC) if visible else None
        if visible and placed is None:
            lacking |= dict.fromkeys(char for char in visible if not _homes(char, Typeface.GOTHIC))
    return "".join(lacking)


def _is_silent(char: str) -> bool:
    """Whether the character has no shape of its own: controls, joiners, variation selectors."""
    return unicodedata.category(char) in ("Cc", "Cf") or bool(SELECTORS.match(char))


def _homes(char: str, typeface: Typeface) -> list[str]:
    """The files that have the character, the one to prefer first."""
    return [file for file in (typeface.value, FALLBACK) if ord(char) in face(file).glyphs]


@lru_cache(maxsize=65536)
def _cluster(text: str, typeface: Typeface) -> Cluster:
    visible = [char for char in text if not _is_silent(char)]
    if not visible:
        file, space = typeface.value, face(typeface.value).glyphs[ord(" ")]
        return Cluster(text, file, space, face(file).width(space) if text == "\t" else 0.0)
    return _placed(text, visible, typeface) or _geta(text, typeface)


def _placed(text: str, visible: list[str], typeface: Typeface) -> Cluster | None:
    """The cluster drawn in the first font that can; None where none can."""
    for file in (typeface.value, FALLBACK):
        number = _single_glyph(text, visible, file)
        if number is not None:
            return Cluster(text, file, number, WHOLE_EM if text == FULL_SPACE else face(file).width(number))
    for file in _homes(visible[0], typeface):
        if len(visible) > 1 and all(file in _homes(char, typeface) for char in visible):
            return _mounted(text, visible, file)
    apart = list(unicodedata.normalize("NFD", "".join(visible)))
    return _placed(text, apart, typeface) if apart != visible and len(visible) == 1 else None


def _single_glyph(text: str, visible: list[str], file: str) -> int | None:
    """The one glyph of the font that shows the whole cluster: varied, plain or composed."""
    font = face(file)
    for selector in SELECTORS.findall(text):
        varied = font.variations.get((ord(visible[0]), ord(selector)))
        if varied is not None:
            return varied
    # Composition only where there is something to compose: NFC of U+FA19 alone would be another character.
    whole = visible[0] if len(visible) == 1 else unicodedata.normalize("NFC", "".join(visible))
    return font.glyphs.get(ord(whole)) if len(whole) == 1 else None


def _mounted(text: str, visible: list[str], file: str) -> Cluster:
    """The base with its marks: voicing marks at its upper right, others over its middle."""
    font = face(file)
    number = font.glyphs[ord(visible[0])]
    advance = font.width(number)
    marks = []
    for char in visible[1:]:
        mark = font.glyphs[ord(char)]
        left, right = font.ink(mark)
        marks.append((mark, advance - VOICING_GAP - right if char in VOICING else (advance - left - right) / 2))
    return Cluster(text, file, number, advance, tuple(marks))


def _geta(text: str, typeface: Typeface) -> Cluster:
    file = typeface.value
    number = face(file).glyphs[ord(GETA)]
    return Cluster(text, file, number, face(file).width(number))
