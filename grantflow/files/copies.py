"""Copies of files without what they tell of their author: names, places, times, programs."""

import re
import warnings
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from grantflow.files import office, pdfs, pictures
from grantflow.files.kinds import PICTURES, Kind

#: Equal content gives equal copies: every member has one date.
DATE = (1980, 1, 1, 0, 0, 0)
QUALITY = 90
#: Where a PDF says who made it, and with what.
TOLD_BY_A_PDF = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb")
#: Where a remark in a PDF says whose it is, and when it was made.
TOLD_BY_A_REMARK = ("/T", "/CreationDate", "/M")
APP1, APP15, COMMENT = 0xE1, 0xEF, 0xFE
TOLD_BY_A_PNG = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
#: What of a Word, Excel or PowerPoint file goes: its properties, its small picture of itself.
GONE = re.compile(
    r"(?i)^docProps/(?:custom\.xml|thumbnail\..*)$|^customXml/|^xl/printerSettings/|/_rels/people\.xml\.rels$"
)
PROPERTIES = {
    "docProps/core.xml": (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties '
        b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
    ),
    "docProps/app.xml": (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties '
        b'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
    ),
}
#: Tags that name a person in their attributes; text that reads like one is left alone.
_AUTHOR = rb"author|initials|lastModifiedBy|userId|providerId"
_PERSON = _AUTHOR + rb"|displayName|userName|name"
_PATH = rb"url|userName"
_LISTED_AUTHOR = re.compile(rb"(<(?:\w+:)?author\b[^<>]*>)[^<]*(</)")
_ON_A_DISK = re.compile(r"(?i)^(?:file:///)?[a-z]:[/\\].*[/\\]|^file:///.*/")
_PEOPLE = re.compile(r"(?i)^(?:word/people\.xml|xl/persons/.*\.xml|ppt/(?:commentAuthors|authors)\.xml)$")


def without_metadata(content: bytes, kind: Kind) -> bytes:
    """A copy that shows the same and tells nothing of its author; equal content gives an equal copy.

    Raises whatever reading the file raises: it was judged before, and the original stays where no copy can be made.
    """
    if kind is Kind.PDF:
        return _pdf(content)
    if kind in PICTURES:
        return _picture(content, kind)
    return _office(content)


def _pdf(content: bytes) -> bytes:
    import pikepdf

    out = BytesIO()
    with pdfs.opened(content) as pdf, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        for thing in pdf.objects:
            _forget(thing)
            if isinstance(thing, pikepdf.Stream) and thing.get("/Filter") == "/DCTDecode":
                thing.write(without_segments(thing.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)
        for page in pdf.pages:
            for remark in page.obj.get("/Annots", []):
                if isinstance(remark, pikepdf.Dictionary) and remark.get("/Subtype") != "/Widget":
                    _take(remark, TOLD_BY_A_REMARK)
        pdf.remove_unreferenced_resources()
        pdf.save(out, deterministic_id=True, fix_metadata_version=False, encryption=False)
    return out.getvalue()


def _forget(thing: Any) -> None:
    import pikepdf

    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        _take(thing, TOLD_BY_A_PDF)


def _take(thing: Any, names: tuple[str, ...]) -> None:
    for name in names:
        if name in thing:
            del thing[name]


def _picture(content: bytes, kind: Kind) -> bytes:
    from PIL import ImageOps

    out = BytesIO()
    with pictures.opened(content, kind) as found:
        colours = found.info.get("icc_profile")
        picture = ImageOps.exif_transpose(found)
        picture.info = {}
        if kind is Kind.JPEG:
            plain = picture if picture.mode in ("RGB", "L", "CMYK") else picture.convert("RGB")
            plain.save(out, "JPEG", quality=QUALITY, icc_profile=colours, optimize=False)
        else:
            picture.save(out, "PNG", icc_profile=colours)
    return out.getvalue()


def without_segments(jpeg: bytes) -> bytes:
    """A JPEG without what cameras and programs write about it; what it looks like stays, its colours too."""
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, is_whole, rest = [], False, 0
    for marker, start, end in pictures.segments(jpeg):
        if marker != COMMENT and not (APP1 <= marker <= APP15 and not _is_needed(jpeg, marker, start)):
            kept.append(jpeg[start:end])
        is_whole, rest = marker == pictures.EOI, end
    return b"".join(kept) + (b"" if is_whole else jpeg[rest:])


def _is_needed(jpeg: bytes, marker: int, start: int) -> bool:
    """Whether a segment says how the colours are meant."""
    words = jpeg[start + 4 : start + 16]
    return (marker == 0xE2 and words.startswith(b"ICC_PROFILE")) or (marker == 0xEE and words.startswith(b"Adobe"))


def without_chunks(png: bytes) -> bytes:
    """A PNG without its words and dates."""
    at, kept = 8, [png[:8]]
    while at + 8 <= len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] not in TOLD_BY_A_PNG:
            kept.append(png[at:end])
        at = end
    return b"".join(kept)


def _office(content: bytes) -> bytes:
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as archive,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as copy,
    ):
        for member in archive.infolist():
            if member.is_dir() or GONE.search(member.filename):
                continue
            entry = zipfile.ZipInfo(member.filename, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            copy.writestr(entry, _part(member.filename, archive.read(member)))
    return out.getvalue()


def _part(name: str, whole: bytes) -> bytes:
    if name in PROPERTIES:
        return PROPERTIES[name]
    lower = name.lower()
    for ending, change in PARTS.items():
        if lower.endswith(ending):
            whole = change(name, whole)
    return whole


def _words(name: str, xml: bytes) -> bytes:
    if _PEOPLE.match(name):
        return _emptied(xml, _PERSON)
    if name.startswith("word/"):
        return _emptied(xml, _AUTHOR)
    if name.startswith("xl/"):
        xml = _emptied(xml, _PATH, rb"(?:absPath|fileSharing)\b")
        return _LISTED_AUTHOR.sub(rb"\1\2", xml) if "comments" in name.lower() else xml
    return xml


@cache
def _patterns(names: bytes, tag: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    prefix = rb"<(?:[\w.]+:)?" + tag if tag else rb"<"
    return (
        re.compile(prefix + rb"[^<>]*[\s:](?:" + names + rb")\s*=[^<>]*>"),
        re.compile(rb"(?<=[\s:])((?:" + names + rb")\s*=\s*)(?:\"[^\"]*\"|'[^']*')"),
    )


def _emptied(xml: bytes, names: bytes, tag: bytes = b"") -> bytes:
    """The part with these attributes empty, of every tag or of those whose name begins so."""
    tags, attribute = _patterns(names, tag)
    return tags.sub(lambda found: attribute.sub(rb'\1""', found[0]), xml)


def _relations(name: str, xml: bytes) -> bytes:
    """The list of relationships without those that lead to what is gone, and without the folders of somebody's disk."""
    folder = name.rpartition("_rels/")[0]

    def is_gone(one: ElementTree.Element) -> bool:
        target = one.get("Target", "")
        if one.get("TargetMode") == "External":
            one.set("Target", _ON_A_DISK.sub("", target) or target)
            return False
        return bool(GONE.search(_target(folder, target)))

    return _without(xml, "http://schemas.openxmlformats.org/package/2006/relationships", is_gone)


def _target(folder: str, target: str) -> str:
    """The member that a relationship leads to."""
    steps: list[str] = [] if target.startswith("/") else [step for step in folder.split("/") if step]
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def _types(_name: str, xml: bytes) -> bytes:
    """The table of contents without what is gone."""
    return _without(
        xml,
        "http://schemas.openxmlformats.org/package/2006/content-types",
        lambda one: bool(GONE.search(one.get("PartName", "").lstrip("/"))),
    )


def _without(xml: bytes, space: str, is_gone: Callable[[ElementTree.Element], bool]) -> bytes:
    # A list with a declaration was refused when the file was judged
    root = ElementTree.fromstring(xml)  # noqa: S314
    for one in list(root):
        if is_gone(one):
            root.remove(one)
    ElementTree.register_namespace("", space)
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _enclosed(name: str, whole: bytes) -> bytes:
    return _office(whole) if office.ENCLOSED.search(name) else whole


#: What is changed in a part of an Office file, by the end of its name.
PARTS: dict[str, Callable[[str, bytes], bytes]] = {
    ".xml": _words,
    ".rels": _relations,
    office.CONTENT_TYPES.lower(): _types,
    **dict.fromkeys((".jpg", ".jpeg"), lambda _name, whole: without_segments(whole)),
    ".png": lambda _name, whole: without_chunks(whole) if whole.startswith(b"\x89PNG") else whole,
    **dict.fromkeys((".docx", ".xlsx", ".pptx"), _enclosed),
}
