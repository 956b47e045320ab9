"""Builds the fallback font from Debian's fonts-noto-cjk: what the BIZ UD fonts lack, as TrueType outlines.

Usage: python tools/build_fallback_font.py [COLLECTION] (needs fonttools; takes about a minute).
Equal input and an equal version of fonttools give equal bytes.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, newTable

FONTS = Path(__file__).parent.parent / "grantflow" / "documents" / "fonts"
COLLECTION = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
PRIMARY = FONTS / "BIZUDPGothic-Regular.ttf"
FALLBACK = FONTS / "NotoSansJP-fallback.ttf"
JAPANESE = "Noto Sans CJK JP"
# In units of a 1,000-unit em: below what 1,200 dpi shows at 12 points, and a third smaller than exact.
TOLERANCE = 1.5
UNUSED_TABLES = ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]


def is_wanted(code: int) -> bool:
    """Whether a paper may need the character: all but the Hangul syllables outside KS X 1001."""
    if not 0xAC00 <= code < 0xD7B0:
        return True
    try:
        chr(code).encode("euc_kr")
    except UnicodeEncodeError:
        return False
    return True


def japanese_font(collection: Path) -> TTFont:
    """The Japanese member of the collection."""
    fonts = TTCollection(str(collection), lazy=True).fonts
    return next(font for font in fonts if font["name"].getDebugName(4) == JAPANESE)


def reduce_to(font: TTFont, codes: Iterable[int]) -> None:
    """Keep the glyphs of `codes` and .notdef only."""
    options = Options(layout_features=[], hinting=False, desubroutinize=True, glyph_names=False, notdef_outline=True)
    options.name_IDs = ["*"]
    options.drop_tables += UNUSED_TABLES
    options.recalc_timestamp = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def quadratic_outlines(font: TTFont) -> dict[str, Any]:
    """Every glyph's outline as TrueType curves, by glyph name."""
    drawn = font.getGlyphSet()
    outlines: dict[str, Any] = {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(None)
        drawn[name].draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
        outlines[name] = pen.glyph()
    return outlines


def make_truetype(font: TTFont) -> None:
    """Replace the PostScript outlines by TrueType ones."""
    outlines = quadratic_outlines(font)
    glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = font.getGlyphOrder(), outlines
    font["loca"], font["glyf"] = newTable("loca"), glyf
    maximum = font["maxp"]
    maximum.tableVersion = 0x00010000
    # The counts of points and contours are worked out on saving; those of instructions stay at nothing.
    for field in ("maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements"):
        setattr(maximum, field, 0)
    for field in ("maxSizeOfInstructions", "maxComponentElements", "maxPoints", "maxContours"):
        setattr(maximum, field, 0)
    for field in ("maxCompositePoints", "maxCompositeContours", "maxComponentDepth"):
        setattr(maximum, field, 0)
    maximum.maxZones = 1
    metrics = font["hmtx"].metrics
    for name, outline in outlines.items():
        metrics[name] = (metrics[name][0], getattr(outline, "xMin", 0))
    font["post"].formatType = 3.0
    del font["CFF "]
    font.sfntVersion = "\x00\x01\x00\x00"


def build(collection: Path, target: Path) -> None:
    """Write the fallback font to `target`."""
    font = japanese_font(collection)
    font.recalcTimestamp = False
    present = set(TTFont(str(PRIMARY), lazy=True).getBestCmap())
    lacking = set(font.getBestCmap()) - present
    reduce_to(font, sorted(filter(is_wanted, lacking)))
    make_truetype(font)
    font.save(str(target))


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else COLLECTION, FALLBACK)
