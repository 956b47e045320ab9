"""Whether a PDF is one that everybody can open, that is whole, and that does nothing but be read."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.files import office

MEGABYTE = 1024 * 1024
#: What the streams of one document may come to when they are unpacked, each and together.
LARGEST_STREAM = 64 * MEGABYTE
ALL_STREAMS = 300 * MEGABYTE
#: Text is wrapped once or twice; a chain of packings is how a bomb is folded.
MOST_FILTERS = 3
MOST_PAGES = 1000
MOST_OBJECTS = 300_000
MOST_PIXELS = 300_000_000
#: Some programs write a few bytes before and after the document.
SLACK = 1024
START = b"%PDF-"
END = b"%%EOF"

SCRIPTS = frozenset({"/JavaScript", "/JS", "/XFA", "/SubmitForm", "/ImportData"})
STARTS_PROGRAMS = frozenset({"/Launch"})
ENCLOSES = frozenset({"/EmbeddedFiles", "/EF", "/EmbeddedFile"})
PLAYS = frozenset({"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"})
#: Filters whose result is not unpacked here: pictures, which are counted by their pixels.
PICTURES = frozenset({"/DCTDecode", "/JPXDecode", "/JBIG2Decode", "/CCITTFaxDecode", "/DCT", "/CCF"})


def check(content: bytes) -> tuple[str, ...]:
    """Refuse a PDF that is locked, damaged, swells, or acts; returns what to know of one that is fine.

    Raises Refused with one sentence: what is wrong, and what to do.
    """
    _refuse_other_things_around(content)
    with opened(content) as pdf:
        try:
            pages = len(pdf.pages)
            _refuse_too_much(pdf, pages)
            for thing in _things(pdf):
                _refuse_what_acts(thing)
            _refuse_what_swells(pdf)
        except _broken() as error:
            raise _damaged() from error
        warnings = []
        if pdf.is_encrypted:
            warnings.append(_("印刷や編集の制限が付いた PDF です。審査では、そのまま読みます。"))
        return tuple(warnings)


def opened(content: bytes) -> Any:
    """The document, under the limits that keep it from swelling; raises Refused for one that is locked or damaged.

    A table of contents that is off by some bytes is mended, as every reader does; the end must be there.
    """
    import pikepdf

    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=LARGEST_STREAM,
        run_length_max_memory=LARGEST_STREAM,
        png_max_memory=LARGEST_STREAM,
        tiff_max_memory=LARGEST_STREAM,
        max_stream_filters=MOST_FILTERS,
        doc_max_warnings=1000,
    )
    try:
        return pikepdf.open(BytesIO(content))
    except pikepdf.PasswordError as error:
        raise Refused(
            _("PDF にパスワードが掛かっていて、開けません。パスワードを外して保存し直したものを選んでください。")
        ) from error
    except _broken() as error:
        raise _damaged() from error


def _broken() -> tuple[type[Exception], ...]:
    import pikepdf

    return (pikepdf.PdfError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, IndexError, MemoryError)


def _damaged() -> Refused:
    return Refused(
        _(
            "PDF が壊れているか、途中で切れています。"
            "手元で開けることを確かめ、開けなければ作り直してから選んでください。"
        )
    )


def _refuse_other_things_around(content: bytes) -> None:
    if content.find(START) > 0 and content[: content.find(START)].strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise _two_in_one()
    end = content.rfind(END)
    if end < 0 or b"startxref" not in content[:end]:
        raise _damaged()
    if len(content[end + len(END) :].strip(b"\x00 \t\r\n")) > SLACK or office.is_zip(content):
        raise _two_in_one()


def _two_in_one() -> Refused:
    return Refused(_("PDF の前か後ろに、別のデータが付いています。元の書類から PDF を作り直して、選び直してください。"))


def _refuse_too_much(pdf: Any, pages: int) -> None:
    if pages > MOST_PAGES:
        raise Refused(
            _(
                "PDF のページが多すぎます（%(count)dページ）。%(most)dページまでに分けてください。",
                count=pages,
                most=MOST_PAGES,
            )
        )
    if len(pdf.objects) > MOST_OBJECTS:
        raise _swells()


def _things(pdf: Any) -> Iterator[Any]:
    """Every dictionary of the document, the ones inside others as well, whether or not anything points at it."""
    import pikepdf

    waiting = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Object)]
    waiting.append(pdf.trailer)
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, pikepdf.Array):
            inside = list(thing)
        elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            yield thing
            inside = [value for _key, value in thing.items()]
        else:
            continue
        waiting.extend(
            value for value in inside if isinstance(value, pikepdf.Array | pikepdf.Dictionary) and not value.is_indirect
        )


def _refuse_what_acts(thing: Any) -> None:
    keys = set(thing.keys())
    said = {str(thing.get(key)) for key in ("/S", "/Subtype", "/Type") if key in keys}
    found = keys | said
    if found & SCRIPTS:
        raise Refused(
            _(
                "PDF にプログラム（JavaScript など）が入っています。"
                "印刷の画面から「PDF として保存」したものを選んでください。"
            )
        )
    if found & STARTS_PROGRAMS:
        raise Refused(
            _(
                "PDF に、ほかのプログラムを始める命令が入っています。"
                "印刷の画面から「PDF として保存」したものを選んでください。"
            )
        )
    if found & ENCLOSES:
        raise Refused(
            _("PDF の中に、別のファイルが埋め込まれています。取り出して、1つずつ別のファイルとして選んでください。")
        )
    if said & PLAYS:
        raise Refused(
            _("PDF に動画や音声が埋め込まれています。取り除くか、印刷の画面から「PDF として保存」してください。")
        )
    if "/Width" in keys and "/Height" in keys and int(thing.Width) * int(thing.Height) > MOST_PIXELS:
        raise _swells()


def _refuse_what_swells(pdf: Any) -> None:
    """Unpack every stream once, none of them kept: what does not unpack is damaged, what never ends is a bomb."""
    import pikepdf

    total = 0
    for thing in pdf.objects:
        if not isinstance(thing, pikepdf.Stream):
            continue
        filters = _filters(thing)
        if len(filters) > MOST_FILTERS:
            raise _swells()
        if not filters or any(each in PICTURES for each in filters):
            continue
        try:
            total += len(thing.read_bytes())
        except pikepdf.PdfError as error:
            if "limit" in str(error) or "memory" in str(error):
                raise _swells() from error
            raise
        if total > ALL_STREAMS:
            raise _swells()


def _filters(stream: Any) -> list[str]:
    import pikepdf

    found = stream.get("/Filter")
    if found is None:
        return []
    return [str(each) for each in found] if isinstance(found, pikepdf.Array) else [str(found)]


def _swells() -> Refused:
    return Refused(
        _("PDF を開くと大きくなりすぎます。画像を小さくするか、印刷の画面から「PDF として保存」し直してください。")
    )
