"""Fonts inside a PDF: only the glyphs used, and for each the exact text it stands for.

ReportLab's own TrueType fonts write wrong text for characters beyond the BMP, know no variation sequences, and give
two characters with one shape one meaning. Here each pair of glyph and text has a code of its own (a CID), so that
⼈ and 人, 葛 and 葛 with a selector, come out of the PDF as they went in.
"""

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from grantflow.documents.breaking import LAST_OF_BMP
from grantflow.documents.faces import Face, Mounted, face, program
from grantflow.documents.fonts import Cluster

# ReportLab's name for the dictionary of fonts that every page refers to.
FONTS = "BasicFonts"
SYMBOLIC = 4
PROGRAM = "Program"


class CarriedFont:
    """One font of one document: which glyphs it draws, under which codes, meaning what."""

    def __init__(self, file: str, name: str) -> None:
        self.face: Face = face(file)
        self.name = name
        self._codes: dict[Cluster, str] = {}
        self._mounted: list[Mounted] = []
        self._numbers: list[int] = []

    def shown(self, line: Sequence[Cluster]) -> str:
        """The operator that shows the clusters, all of this font."""
        return f"<{''.join([self._codes.get(cluster) or self._code(cluster) for cluster in line])}> Tj"

    def _code(self, cluster: Cluster) -> str:
        """The cluster's code in this document, as four hexadecimal digits."""
        number = cluster.number
        if cluster.marks:
            self._mounted.append((cluster.number, cluster.marks))
            number = len(self.face.advances) + len(self._mounted) - 1
        self._numbers.append(number)
        code = self._codes[cluster] = f"{len(self._numbers):04X}"
        return code

    def addObjects(self, document: Any) -> None:  # noqa: N802 - ReportLab calls it by this name when it saves
        """Put the font into ReportLab's `document`."""
        carried = program(self.face, set(self._numbers), self._mounted)
        tag = "".join(chr(ord("A") + byte % 26) for byte in hashlib.sha256(carried).digest()[:6])
        base = f"{tag}+{self.face.name}"
        descriptor = self._add(document, "Descriptor", self._descriptor(base, self._stream(document, PROGRAM, carried)))
        glyph_map = b"".join(number.to_bytes(2, "big") for number in [0, *self._numbers])
        widths = " ".join(f"{cluster.advance:.5g}" for cluster in self._codes)
        descendant = self._add(
            document,
            "Descendant",
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{base} /FontDescriptor {descriptor} "
            f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/CIDToGIDMap {self._stream(document, 'Map', glyph_map)} /DW 1000 /W [1 [{widths}]] >>",
        )
        meaning = self._stream(document, "Meaning", _meaning([cluster.text for cluster in self._codes]).encode("ascii"))
        font = self._add(
            document,
            "Font",
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{base} /Encoding /Identity-H "
            f"/DescendantFonts [{descendant}] /ToUnicode {meaning} >>",
        )
        document.idToObject[FONTS].dict[self.name] = font

    def _descriptor(self, base: str, file: str) -> str:
        scale = 1000 / self.face.units
        box = " ".join(f"{edge * scale:.0f}" for edge in self.face.box)
        ascent, descent = self.face.ascent * scale, self.face.descent * scale
        return (
            f"<< /Type /FontDescriptor /FontName /{base} /Flags {SYMBOLIC} /FontBBox [{box}] /ItalicAngle 0 "
            f"/Ascent {ascent:.0f} /Descent {descent:.0f} /CapHeight {ascent:.0f} /StemV 80 /FontFile2 {file} >>"
        )

    def _stream(self, document: Any, part: str, content: bytes) -> str:
        packed = zlib.compress(content, 9)
        unpacked = f" /Length1 {len(content)}" if part == PROGRAM else ""
        head = f"<< /Filter /FlateDecode /Length {len(packed)}{unpacked} >>\nstream\n"
        return self._add(document, part, head.encode("ascii") + packed + b"\nendstream")

    def _add(self, document: Any, part: str, content: str | bytes) -> str:
        return add_object(document, f"{self.name}{part}", content)


def add_object(document: Any, name: str, content: str | bytes) -> str:
    """Add (or replace) a PDF object by its name in ReportLab's `document`; returns the reference to it."""
    if name not in document.idToObject:
        document.Reference(b"", name)
    document.idToObject[name] = content.encode("ascii") if isinstance(content, str) else content
    number, _ = document.idToObjectNumberAndVersion[name]
    return f"{number} 0 R"


def _meaning(texts: Sequence[str]) -> str:
    """The ToUnicode map: code → text in UTF-16, which is also what reaches beyond the BMP (ISO 32000, 9.10.3)."""
    lines = [f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>" for code, text in enumerate(texts, start=1)]
    blocks = [lines[place : place + 100] for place in range(0, len(lines), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    )


def runs(line: Sequence[Cluster]) -> list[tuple[str, list[Cluster]]]:
    """The line cut where the font changes: (file, clusters)."""
    found: list[tuple[str, list[Cluster]]] = []
    for cluster in line:
        if not found or found[-1][0] != cluster.file:
            found.append((cluster.file, []))
        found[-1][1].append(cluster)
    return found


def actual_text(text: str) -> str:
    """The property that says what a stretch of drawn text reads as."""
    return f"/ActualText <{utf16(text)}>"


def utf16(text: str) -> str:
    """A text as a PDF writes it between < and >."""
    return f"FEFF{text.encode('utf-16-be').hex().upper()}"


class Pieces:
    """Marks inside a block of text that holds characters beyond the BMP, for PDFium's sake.

    PDFium (Chrome) drops such characters from an ActualText, and takes the innermost one it finds. So each stretch
    without them gets its own text, and they get an empty one, at which PDFium reads the codes themselves.
    """

    def __init__(self, drawn: Sequence[Cluster]) -> None:
        stretches = [(far, "".join(c.text for c in part)) for far, part in groupby(drawn, _reaches_beyond)]
        self._texts = [text if not far else "" for far, text in stretches]
        self._needed = any(far for far, _ in stretches)
        self._open: bool | None = None

    def shown(self, font: CarriedFont, run: Sequence[Cluster]) -> Iterator[str]:
        """The operators that show the next clusters of the block, all of one font."""
        if not self._needed:
            yield font.shown(run)
            return
        for far, part in groupby(run, _reaches_beyond):
            if far is not self._open:
                yield f"{self.close()} /Piece << {actual_text(self._texts.pop(0))} >> BDC"
                self._open = far
            yield font.shown(list(part))

    def close(self) -> str:
        """The operator that ends the last mark, if there is one."""
        was_open, self._open = self._open is not None, None
        return "EMC" if was_open else ""


def _reaches_beyond(cluster: Cluster) -> bool:
    return any(char > LAST_OF_BMP for char in cluster.text)
