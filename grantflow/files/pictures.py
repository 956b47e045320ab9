"""Whether a picture is whole, not larger than can be shown, and nothing but a picture."""

import re
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.files import office
from grantflow.files.kinds import Kind

#: What a telephone takes at its best is below 50 million; more of them fill the memory of a server.
MOST_PIXELS = 64_000_000
#: Telephones write more pictures, or a film, behind the first; these beginnings belong to neither.
STRANGERS = (b"%PDF-", b"<script", b"<html", b"<?php", b"#!/", b"MZ\x90", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG"}
SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
#: In the data of a scan 0xFF is followed by nothing else than 0x00 or the mark of a restart.
NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
#: Within so many bytes of the start a reader of PDF looks for one, and a stranger behind a picture begins.
HEAD, LOOKED_AT = 1024, 64


def check(content: bytes, kind: Kind) -> tuple[str, ...]:
    """Refuse a picture that is damaged, too large to be shown, or another file as well; returns what to know of it.

    Raises Refused with one sentence.
    """
    _refuse_two_in_one(content, kind)
    with opened(content, kind) as picture:
        if kind is Kind.JPEG:
            # At an eighth of its size: every byte is read all the same
            picture.draft("RGB", (max(1, picture.width // 8), max(1, picture.height // 8)))
        _load(picture)
    return ()


def opened(content: bytes, kind: Kind) -> Any:
    """The picture, of which only the size was read so far; raises Refused for one that is too large or damaged."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(BytesIO(content), formats=(FORMATS[kind],))
    except Image.DecompressionBombError as error:
        raise _too_large(None) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, OverflowError) as error:
        raise damaged() from error
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_large(picture.width * picture.height)
    return picture


def _load(picture: Any) -> None:
    try:
        picture.load()
    except (OSError, ValueError, SyntaxError, MemoryError, OverflowError) as error:
        raise damaged() from error


def _refuse_two_in_one(content: bytes, kind: Kind) -> None:
    behind = content[end_of(content, kind) :].lstrip(b"\x00 \t\r\n")[:LOOKED_AT].lower()
    if b"%PDF-" in content[:HEAD] or any(each.lower() in behind for each in STRANGERS) or office.is_zip(content):
        raise Refused(_("画像の中に、別のファイルが付いています。画像を開いて保存し直したものを選んでください。"))


def end_of(content: bytes, kind: Kind) -> int:
    """Where the (first) picture ends, in bytes from the start; raises Refused when it has no end."""
    if kind is Kind.PNG:
        end = content.find(b"IEND")
        if end < 0:
            raise damaged()
        return end + 8
    for marker, _start, end in segments(content):
        if marker == EOI:
            return end
    raise damaged()


def segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """The segments of a JPEG up to its end: marker, start and end; that of a scan has its data in it.

    Stops where the structure does.
    """
    yield SOI, 0, 2
    at = 2
    while at + 4 <= len(content) or content[at : at + 2] == bytes((0xFF, EOI)):
        if content[at] != 0xFF:
            return
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == EOI:
            yield marker, at, at + 2
            return
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == SOS:
            found = NEXT_MARKER.search(content, end)
            end = found.start() if found else len(content)
        yield marker, at, end
        at = end


def damaged() -> Refused:
    """That a picture cannot be read to its end."""
    return Refused(
        _("画像が壊れているか、途中で切れています。手元で開けることを確かめ、保存し直してから選んでください。")
    )


def _too_large(pixels: int | None) -> Refused:
    if pixels is None:
        return Refused(
            _("画像が大きすぎます。%(most)d万画素までに縮めて、選び直してください。", most=MOST_PIXELS // 10_000)
        )
    return Refused(
        _(
            "画像が大きすぎます（%(count)d万画素）。%(most)d万画素までに縮めて、選び直してください。",
            count=pixels // 10_000,
            most=MOST_PIXELS // 10_000,
        )
    )
