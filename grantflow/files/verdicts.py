"""What a file is by its content, and whether it can be taken in; a name is believed in nothing."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from grantflow.core.refusals import Refused
from grantflow.core.words import _, lazy
from grantflow.files import names, office, pdfs, pictures
from grantflow.files.kinds import ALL, Kind, in_words, named
from grantflow.files.limits import LIMITS, Limits

PDF_HEAD = 1024
OLD_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: How the name of a part is written in the old container: what is in one that a password locks.
LOCKED = "EncryptedPackage".encode("utf-16-le")

_AS_PICTURE = lazy("この形式の画像は受け取れません。JPEG か PNG で保存し直して、選び直してください。")
_AS_DOCUMENT = lazy("この形式のファイルは受け取れません。PDF で保存し直して、選び直してください。")
_PROGRAM = lazy("プログラムのファイルは受け取れません。書類や写真を選んでください。")
_WEB_PAGE = lazy("ウェブページや SVG などのファイルは受け取れません。印刷の画面から「PDF として保存」してください。")
_PACKED = lazy("まとめたファイル（圧縮ファイル）は受け取れません。中のファイルを取り出して、1つずつ選んでください。")
_FILM = lazy("動画や音声は受け取れません。載せた場所の URL を書いた書類を、PDF で出してください。")

_HEIC = lazy("HEIC 形式の写真は受け取れません。写真のアプリで JPEG に書き出して、選び直してください。")

_EXECUTED = rb"MZ|\x7fELF|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|L\x00\x00\x00\x01\x14\x02\x00|#!"
_PLAYED = rb"....ftyp|ID3|\xff[\xfb\xf3\xf2]|RIFF....(?:AVI |WAVE)|OggS|\x1aE\xdf\xa3"
_SHOWN_BY_BROWSERS = rb"\s*(?:<\?xml|<!doctype|<html|<svg|<script|<head|<body|<!--|<\?php|mime-version)"
#: How files of kinds that are not taken begin, and what is said of them.
OTHERS = tuple(
    (re.compile(beginning, re.DOTALL | re.IGNORECASE if beginning is _SHOWN_BY_BROWSERS else re.DOTALL), sentence)
    for beginning, sentence in (
        (_EXECUTED, _PROGRAM),
        (rb"GIF8|BM|II\*\x00|MM\x00\*|RIFF....WEBP|8BPS", _AS_PICTURE),
        (rb"....ftyp(?:heic|heix|hevc|heim|heis|mif1|msf1|avif)", _HEIC),
        (_PLAYED, _FILM),
        (rb"7z\xbc\xaf\x27\x1c|Rar!|\x1f\x8b|BZh|\xfd7zXZ|PK\x05\x06|..-lh", _PACKED),
        (_SHOWN_BY_BROWSERS, _WEB_PAGE),
        (rb"\{\\rtf|%!PS|\xc5\xd0\xd3\xc6", _AS_DOCUMENT),
    )
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file is, and whether it is taken: not when there is a `refusal`, a sentence that ends with what to do.

    A file that is refused has no kind.
    `name` is the one to show and to save under; `warnings` are sentences for whoever handed it in.
    """

    kind: Kind | None
    name: str
    refusal: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def media_type(self) -> str:
        """What it is called on the web; for a file that is no kind of ours, bytes."""
        return self.kind.media_type if self.kind else "application/octet-stream"

    @property
    def extension(self) -> str:
        """The end that its name should have; "" for a file that is no kind of ours."""
        return self.kind.extension if self.kind else ""


def judge(content: bytes, name: str, kinds: Collection[Kind] = ALL, limits: Limits = LIMITS) -> Verdict:
    """What the file is by its content, and whether it can be taken in where these kinds are (R3.7).

    Takes from a millisecond to some seconds, and no more memory than the limits of each kind.
    """
    try:
        _refuse_size(content, limits)
        kind, warnings = _looked_at(content)
        if kind not in kinds:
            raise Refused(
                _(
                    "ここで受け取れるのは %(kinds)s です。その形式で保存し直して、選び直してください。",
                    kinds=in_words(kinds),
                )
            )
    except Refused as refusal:
        return Verdict(None, names.safe(name), str(refusal))
    shown = names.safe(name, kind)
    return Verdict(kind, shown, None, (*_about_the_name(name, shown, kind), *warnings))


def _refuse_size(content: bytes, limits: Limits) -> None:
    if not content:
        raise Refused(_("ファイルが空（0バイト）です。中身のあるファイルを選んでください。"))
    too_large = limits.refusal_of_one(len(content))
    if too_large:
        raise Refused(too_large)


def _looked_at(content: bytes) -> tuple[Kind, tuple[str, ...]]:
    """The kind of a file that is fit, and what to know of it; raises Refused for any other, with what to do."""
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG, pictures.check(content, Kind.JPEG)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG, pictures.check(content, Kind.PNG)
    if content.startswith(b"PK\x03\x04"):
        return office.check(content)
    for beginning, sentence in OTHERS:
        if beginning.match(content):
            raise Refused(str(sentence))
    if pdfs.START in content[:PDF_HEAD]:
        return Kind.PDF, pdfs.check(content)
    if content.startswith(OLD_CONTAINER):
        if LOCKED in content:
            raise Refused(
                _("ファイルにパスワードが掛かっています。パスワードを外して保存し直したものを選んでください。")
            )
        raise Refused(
            _(
                "古い形式（.doc、.xls、.ppt など）は受け取れません。"
                "PDF か、いまの形式（.docx、.xlsx、.pptx）で保存し直してください。"
            )
        )
    raise Refused(
        _(
            "使える形式のファイルではないか、壊れています。%(kinds)s のどれかで保存し直して、選び直してください。",
            kinds=in_words(),
        )
    )


def _about_the_name(name: str, shown: str, kind: Kind) -> tuple[str, ...]:
    extension = names.divided(name.strip())[1]
    if named(extension) is kind:
        return ()
    return (
        _(
            "中身は %(kind)s でした。名前を「%(name)s」に変えて受け取ります。",
            kind=kind.label,
            name=shown,
        ),
    )
