"""Files as people hand them in, and the material of worse ones; built here, so that none lies in the checkout."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pikepdf
from PIL import Image

CONTENT_TYPES = "[Content_Types].xml"
MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#: The text that every scanner knows as harmless, in two pieces, so that no scanner stops at this file.
EICAR = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").encode()


def new_pdf(pages: int = 1) -> pikepdf.Pdf:
    """A document with some empty pages."""
    pdf = pikepdf.new()
    for _page in range(pages):
        pdf.add_blank_page(page_size=(200, 200))
    return pdf


def written(pdf: pikepdf.Pdf, **how: Any) -> bytes:
    """The document as a file."""
    out = BytesIO()
    pdf.save(out, **how)
    return out.getvalue()


def a_pdf(root: Mapping[str, Any] | None = None, pages: int = 1, **how: Any) -> bytes:
    """A PDF with these entries in its catalog."""
    pdf = new_pdf(pages)
    for name, value in (root or {}).items():
        pdf.Root[name] = value
    return written(pdf, **how)


def packed(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    """A ZIP of these members, their names as they are given."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as archive:
        archive.comment = comment
        for name, content in members.items():
            entry = zipfile.ZipInfo("x", (2026, 4, 1, 9, 0, 0))
            entry.filename = name
            archive.writestr(entry, content, method, compresslevel=1)
    return out.getvalue()


def office_members(kind: str = "docx", more: Mapping[str, bytes] | None = None, types: str = "") -> dict[str, bytes]:
    """The members of an Office file of this kind, with `more` of them and more content types."""
    main, content_type = MAIN[kind]
    listed = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.{content_type}"/>'
        f"{types}</Types>"
    )
    found = {CONTENT_TYPES: listed.encode(), "_rels/.rels": relations("officeDocument", main)}
    return found | {main: b'<?xml version="1.0"?><document>words</document>'} | dict(more or {})


def an_office_file(kind: str = "docx", more: Mapping[str, bytes] | None = None, types: str = "", **how: Any) -> bytes:
    """A small Office file."""
    return packed(office_members(kind, more, types), **how)


def relations(what: str, target: str, external: bool = False) -> bytes:
    """A list of relationships with one in it."""
    mode = ' TargetMode="External"' if external else ""
    one = f'<Relationship Id="r1" Type="{TYPES}/{what}" Target="{target}"{mode}/>'
    return f'<?xml version="1.0"?><Relationships xmlns="{RELS}">{one}</Relationships>'.encode()


def a_picture(form: str = "JPEG", size: tuple[int, int] = (40, 20), **how: Any) -> bytes:
    """A picture with something to see: red on its left, blue on its right."""
    picture = Image.new("RGB", size, (200, 30, 30))
    picture.paste((30, 30, 200), (size[0] // 2, 0, *size))
    out = BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def a_png_chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def a_huge_png(side: int) -> bytes:
    """A PNG that says it is `side` pixels wide and high, in few bytes."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    data = zlib.compress(bytes(side // 8 + 1) * 16)
    chunks = a_png_chunk(b"IHDR", header) + a_png_chunk(b"IDAT", data) + a_png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def with_exif() -> Image.Exif:
    """What a telephone writes about a photograph: its maker, where it was, and that it must be turned."""
    exif = Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x0112] = "MAKER", "早瀬 みのり", 6
    exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 41.0, 22.0), 3: "E", 4: (139.0, 41.0, 30.0)})
    return exif


def old_container(text: str) -> bytes:
    """The beginning of a file of Office as it was before 2007, with the name of a part."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + text.encode("utf-16-le") + bytes(512)
