"""The font files: what each can draw, how wide, and the part of it that a PDF carries."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
# What a viewer needs to draw glyphs by number; the tables that only find glyphs stay behind.
CARRIED_AS_IS = ("cvt ", "fpgm", "head", "hhea", "maxp", "prep")
COMPONENTS_FOLLOW, WORDS, OFFSETS, SCALE, TWO_SCALES, MATRIX = 0x20, 0x01, 0x02, 0x08, 0x40, 0x80


# A base glyph's number, and the marks on it: each a glyph's number and how far right, in thousandths of an em.
Mounted = tuple[int, tuple[tuple[int, float], ...]]


class FontMissing(Exception):
    """A font file of the papers is absent; the message names it and says how to get it back."""


@dataclass(frozen=True, slots=True)
class Face:
    """A TrueType file, read once.

    `glyphs` maps a character's number to a glyph's; `variations` maps (character, variation selector) to a glyph.
    `advances` are in font units, `units` to the em. `tables` are the file's tables as they stand.
    """

    name: str
    units: int
    ascent: int
    descent: int
    box: tuple[int, int, int, int]
    glyphs: dict[int, int]
    variations: dict[tuple[int, int], int]
    advances: tuple[int, ...]
    bearings: tuple[int, ...]
    offsets: tuple[int, ...]
    tables: dict[str, bytes]

    def width(self, glyph: int) -> float:
        """The glyph's advance in thousandths of an em."""
        return self.advances[glyph] * 1000 / self.units

    def ink(self, glyph: int) -> tuple[float, float]:
        """Where the glyph's ink begins and ends from its origin, in thousandths of an em; (0, 0) without ink."""
        start, end = self.offsets[glyph], self.offsets[glyph + 1]
        if start == end:
            return 0.0, 0.0
        left, _, right = struct.unpack_from(">3h", self.tables["glyf"], start + 2)
        return left * 1000 / self.units, right * 1000 / self.units


@lru_cache
def face(file: str) -> Face:
    """The font in `file`, one of this package's fonts; FontMissing when it is not there."""
    from fontTools.ttLib import TTFont

    path = FOLDER / file
    if not path.is_file():
        raise FontMissing(
            f"The font {path} is missing; take it from the release or the package that fonts/README.md names."
        )
    with TTFont(str(path), lazy=True) as font:
        metrics = font["hmtx"].metrics
        order = font.getGlyphOrder()
        numbers = font.getReverseGlyphMap()
        head = font["head"]
        return Face(
            name=font["name"].getDebugName(6),
            units=head.unitsPerEm,
            ascent=font["hhea"].ascent,
            descent=font["hhea"].descent,
            box=(head.xMin, head.yMin, head.xMax, head.yMax),
            glyphs={code: numbers[name] for code, name in font.getBestCmap().items()},
            variations=_variations(font["cmap"].tables, numbers),
            advances=tuple(metrics[name][0] for name in order),
            bearings=tuple(metrics[name][1] for name in order),
            offsets=tuple(font["loca"]),
            tables={tag: font.reader[tag] for tag in (*CARRIED_AS_IS, "glyf") if tag in font.reader},
        )


def _variations(tables: list[object], numbers: dict[str, int]) -> dict[tuple[int, int], int]:
    """The glyphs of base + selector where they differ from the base's own."""
    return {
        (base, selector): numbers[name]
        for table in tables
        for selector, pairs in getattr(table, "uvsDict", {}).items()
        for base, name in pairs
        if name is not None
    }


def program(font: Face, used: set[int], mounted: Sequence[Mounted]) -> bytes:
    """A TrueType program that draws the `used` glyphs under their own numbers; `mounted` ones follow the last one."""
    count = len(font.advances)
    parts = {number for base, marks in mounted for number in (base, *(mark for mark, _ in marks))}
    kept = _with_components(font, {number for number in used if number < count} | parts | {0})
    outlines = [_outline(font, glyph) if glyph in kept else b"" for glyph in range(count)]
    outlines += [_mounted_outline(font, base, marks) for base, marks in mounted]
    metrics = [(font.advances[glyph], font.bearings[glyph]) if glyph in kept else (0, 0) for glyph in range(count)]
    metrics += [(font.advances[base], font.bearings[base]) for base, _ in mounted]
    padded = [outline + bytes(-len(outline) % 4) for outline in outlines]
    places = [0, *accumulate(len(outline) for outline in padded)]
    tables = {tag: font.tables[tag] for tag in CARRIED_AS_IS if tag in font.tables}
    tables["glyf"] = b"".join(padded)
    tables["hmtx"] = b"".join(struct.pack(">Hh", *metric) for metric in metrics)
    tables["loca"] = struct.pack(f">{len(places)}L", *places)
    tables["head"] = _patched(tables["head"], 50, 1)
    tables["hhea"] = _patched(tables["hhea"], 34, len(metrics))
    tables["maxp"] = _with_room_for_marks(_patched(tables["maxp"], 4, len(metrics)))
    return _file_of(tables)


def _patched(table: bytes, place: int, value: int) -> bytes:
    return table[:place] + struct.pack(">H", value) + table[place + 2 :]


def _with_room_for_marks(maximum: bytes) -> bytes:
    """The table maxp with limits that glyphs put together here keep to: twice the points, one level deeper."""
    for place, factor, more in ((6, 1, 0), (8, 1, 0), (10, 3, 400), (12, 3, 40), (28, 1, 4), (30, 1, 1)):
        (value,) = struct.unpack_from(">H", maximum, place)
        maximum = _patched(maximum, place, min(0xFFFF, value * factor + more))
    return maximum


def _mounted_outline(font: Face, base: int, marks: Sequence[tuple[int, float]]) -> bytes:
    """A composite outline: the base, and each mark moved right."""
    placed = [(base, 0), *((mark, round(shift * font.units / 1000)) for mark, shift in marks)]
    outline = struct.pack(">h4h", -1, *font.box)
    for position, (glyph, shift) in enumerate(placed, start=1):
        more = COMPONENTS_FOLLOW if position < len(placed) else 0
        outline += struct.pack(">HHhh", WORDS | OFFSETS | more, glyph, shift, 0)
    return outline


def _outline(font: Face, glyph: int) -> bytes:
    return font.tables["glyf"][font.offsets[glyph] : font.offsets[glyph + 1]]


def _with_components(font: Face, used: set[int]) -> set[int]:
    kept: set[int] = set()
    waiting = set(used)
    while waiting:
        glyph = waiting.pop()
        kept.add(glyph)
        waiting |= set(_components(_outline(font, glyph))) - kept
    return kept


def _components(outline: bytes) -> list[int]:
    """The glyphs a composite outline is put together from (OpenType, table glyf)."""
    if not outline or struct.unpack_from(">h", outline)[0] >= 0:
        return []
    found, place, flags = [], 10, COMPONENTS_FOLLOW
    while flags & COMPONENTS_FOLLOW:
        flags, glyph = struct.unpack_from(">HH", outline, place)
        found.append(glyph)
        place += 4 + (4 if flags & WORDS else 2)
        place += 2 if flags & SCALE else 4 if flags & TWO_SCALES else 8 if flags & MATRIX else 0
    return found


def _file_of(tables: dict[str, bytes]) -> bytes:
    """The tables as one TrueType file, with its directory."""
    count = len(tables)
    power = count.bit_length() - 1
    directory = struct.pack(">LHHHH", 0x00010000, count, 16 << power, power, count * 16 - (16 << power))
    body, place = bytearray(), 12 + 16 * count
    for tag in sorted(tables):
        content = tables[tag]
        padded = content + bytes(-len(content) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}L", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4sLLL", tag.encode("ascii"), checksum, place + len(body), len(content))
        body += padded
    return directory + bytes(body)
