"""Stored files as leaves of a book: each page of a PDF, or a picture, as one thing that can be drawn anywhere."""

import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from grantflow.files import pdfs, pictures
from grantflow.files.copies import without_metadata
from grantflow.files.kinds import PICTURES, Kind, kind_of
from grantflow.files.storage import NotStored, shelf

#: What a picture is printed with at most, along its longer side: 300 dots per inch on A4.
MOST_DOTS = 3508
QUALITY = 90


class NotBound(Exception):
    """The content cannot be bound; the message is the kind of failure."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page to be drawn: what is drawn, and the box it fills: left, bottom, width and height in points.

    `source` is the document it comes from, which must last until it is drawn.
    """

    source: Any
    drawn: Any
    box: tuple[float, float, float, float]


def leaves(sha256: str, media_type: str) -> tuple[Leaf, ...]:
    """The pages of a stored file; raises NotBound for one that is gone, damaged, or of a kind without pages."""
    kind = kind_of(media_type)
    if kind is not Kind.PDF and kind not in PICTURES:
        raise NotBound("kind")
    try:
        content = shelf.read(sha256)
        found = _leaves_of(content if kind is Kind.PDF else _on_a_page(content, kind))
    except (NotStored, OSError) as error:
        raise NotBound(type(error).__name__) from error
    except Exception as error:
        # Whatever a library says of one file, the book is made
        raise NotBound(type(error).__name__) from error
    if not found:
        raise NotBound("no pages")
    return found


def _leaves_of(content: bytes) -> tuple[Leaf, ...]:
    import pikepdf

    settled = BytesIO()
    with pdfs.opened(content) as pdf, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # What was typed into a form, and every remark that is printed, becomes part of the page
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("print")
        for page in pdf.pages:
            page.contents_coalesce()
        # Whatever is wrong with the file shows now, and not when the book is finished
        pdf.save(settled, deterministic_id=True, encryption=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    source = pdfs.opened(settled.getvalue())
    return tuple(_leaf(source, source.make_indirect(page.as_form_xobject())) for page in source.pages)


def _leaf(source: Any, drawn: Any) -> Leaf:
    left, bottom, right, top = (float(each) for each in drawn.BBox)
    a, b, c, d, e, f = (float(each) for each in drawn.get("/Matrix", (1, 0, 0, 1, 0, 0)))
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (left, right) for y in (bottom, top)]
    across, up = zip(*corners, strict=True)
    width, height = max(across) - min(across), max(up) - min(up)
    if width <= 0 or height <= 0:
        raise NotBound("no area")
    return Leaf(source, drawn, (min(across), min(up), width, height))


def _on_a_page(content: bytes, kind: Kind) -> bytes:
    """A PDF of one page that is the picture, upright, with white where it is transparent."""
    from PIL import Image, ImageOps

    out = BytesIO()
    with pictures.opened(content, kind) as found:
        found.load()
        upright = ImageOps.exif_transpose(found)
        if upright.mode in ("RGBA", "LA", "PA", "P"):
            seen = upright.convert("RGBA")
            upright = Image.new("RGB", seen.size, "white")
            upright.paste(seen, mask=seen.getchannel("A"))
        plain = upright if upright.mode in ("RGB", "L") else upright.convert("RGB")
        plain.thumbnail((MOST_DOTS, MOST_DOTS))
        plain.info = {}
        plain.save(out, "PDF", resolution=300, quality=QUALITY)
    return without_metadata(out.getvalue(), Kind.PDF)
