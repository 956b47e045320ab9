"""Whether a Word, Excel or PowerPoint file is whole, what it says it is, and without programs or other files in it."""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO

from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.files.kinds import Kind

MEGABYTE = 1024 * 1024
MOST_MEMBERS = 5000
LARGEST_INSIDE = 300 * MEGABYTE
PIECE = MEGABYTE
LONGEST_COMMENT = 1024
#: Within so many bytes of the start a reader of PDF looks for one.
HEAD = 1024
CONTENT_TYPES = "[Content_Types].xml"
#: The part that makes a file of a kind what it is, as its table of contents tells it.
MAIN_PARTS = {
    b"wordprocessingml.document.main+xml": Kind.DOCX,
    b"spreadsheetml.sheet.main+xml": Kind.XLSX,
    b"presentationml.presentation.main+xml": Kind.PPTX,
}
#: The same in a file that can hold programs, or that is a pattern for others.
MACROS = re.compile(rb"(?i)macroEnabled|vbaProject|ms-office\.activeX|ms-excel\.(?:macrosheet|intlmacrosheet)")
PATTERNS = re.compile(rb"(?i)(?:template|slideshow|addin)\.main\+xml")
PROGRAMS = re.compile(r"(?i)(?:^|/)(?:vba(?:Project|Data)[^/]*|activeX/.*|macrosheets/.*)$")
RUNNABLE = re.compile(r"(?i)\.(?:exe|dll|com|scr|bat|cmd|msi|js|jse|vbs|vbe|wsf|ps1|hta|jar|lnk|sh|class|swf)$")
OLE = re.compile(r"(?i)(?:^|/)(?:embeddings/.*\.bin|oleObject[^/]*\.bin)$")
#: Charts carry their figures as a workbook of their own, which is read the same way.
ENCLOSED = re.compile(r"(?i)(?:^|/)embeddings/[^/]*\.(?:docx|xlsx|pptx)$")
UNSAFE_NAME = re.compile(r"^/|^[A-Za-z]:|\\|(?:^|/)\.\.(?:/|$)|[\x00-\x1f]")
DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
DYNAMIC = re.compile(rb"<[^<>]*instrText[^<>]*>\s*DDE(?:AUTO)?\b|<[\w.]*:?ddeLink\b")
RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>")
TARGET = re.compile(rb"""\bTarget\s*=\s*["']([^"']*)["']""")
ELSEWHERE = re.compile(rb"""\bTargetMode\s*=\s*["']External["']""")
#: What a file fetches by itself when it is opened; a link that somebody must click is none.
FETCHES = (b"attachedTemplate", b"frame", b"image", b"oleObject", b"subDocument", b"video", b"audio", b"media")
REMOTE = re.compile(rb"(?i)^(?!file:///[a-z]:|file:///[^/\\])(?:[a-z][a-z0-9+.-]+:|\\\\|//)")
ARCHIVES = (b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b\x08", b"MZ", b"\xd0\xcf\x11\xe0")
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def check(content: bytes) -> tuple[Kind, tuple[str, ...]]:
    """The kind of an Office file, and what to know of it; raises Refused with one sentence for one that is not fit."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _checked(archive, content, depth=0)
    except UNREADABLE as error:
        raise _damaged() from error


def is_zip(content: bytes) -> bool:
    """Whether `content`, whatever it begins with, can be opened as a ZIP that holds something."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return bool(archive.infolist())
    except UNREADABLE:
        return False


def _checked(archive: zipfile.ZipFile, content: bytes, depth: int) -> tuple[Kind, tuple[str, ...]]:
    members = archive.infolist()
    _refuse_odd_container(archive, content, members)
    kind = _kind(archive, members)
    _refuse_odd_members(members)
    warnings: list[str] = []
    for member, whole in _unpacked(archive, members):
        if member.filename.lower().endswith((".xml", ".rels", ".vml")):
            _refuse_what_acts(whole)
        elif whole.startswith(ARCHIVES):
            _look_into(member.filename, whole, depth)
        if member.filename.lower().endswith(".rels"):
            _refuse_what_fetches(whole)
    if any(member.filename.startswith("xl/externalLinks/") for member in members):
        warnings.append(_("ほかのブックの値を参照している Excel です。数字が最新かどうか確かめてください。"))
    return kind, tuple(warnings)


def _refuse_odd_container(archive: zipfile.ZipFile, content: bytes, members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & 0x1 for member in members):
        raise Refused(_("ファイルにパスワードが掛かっています。パスワードを外して保存し直したものを選んでください。"))
    end = content.rfind(b"PK\x05\x06")
    if len(content) - end - 22 != len(archive.comment) or len(archive.comment) > LONGEST_COMMENT:
        raise _two_in_one()
    if b"%PDF-" in content[:HEAD]:
        raise _two_in_one()
    if not content.startswith(b"PK\x03\x04") or min((each.header_offset for each in members), default=0) != 0:
        raise _two_in_one()
    if (
        len(members) > MOST_MEMBERS
        or sum(member.file_size for member in members) > LARGEST_INSIDE
        or sum(member.compress_size for member in members) > len(content)
    ):
        raise _swells()


def _kind(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> Kind:
    names = [member.filename for member in members]
    if CONTENT_TYPES not in names:
        if "mimetype" in names:
            raise Refused(
                _(
                    "この形式（OpenDocument など）は受け取れません。"
                    "PDF か、Word・Excel・PowerPoint の形式で保存し直してください。"
                )
            )
        raise Refused(
            _("ZIP などにまとめたファイルは受け取れません。中のファイルを取り出して、1つずつ選んでください。")
        )
    with archive.open(CONTENT_TYPES) as file:
        types = file.read(PIECE)
    if MACROS.search(types):
        raise _has_macros()
    if PATTERNS.search(types):
        raise Refused(_("ひな型やスライドショーの形式です。ふつうの文書の形式（.docx など）で保存し直してください。"))
    found = [kind for mark, kind in MAIN_PARTS.items() if mark in types]
    if len(found) != 1:
        raise _damaged()
    return found[0]


def _refuse_odd_members(members: Iterable[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for member in members:
        name = member.filename
        # zipfile has put / for \ where it reads the name, and cut it at a NUL: what was written tells the trick
        if UNSAFE_NAME.search(name) or UNSAFE_NAME.search(member.orig_filename) or (member.external_attr >> 28) == 0xA:
            raise _odd()
        if name.casefold() in seen:
            raise _odd()
        seen.add(name.casefold())
        if PROGRAMS.search(name):
            raise _has_macros()
        if OLE.search(name) or RUNNABLE.search(name):
            raise _encloses()


def _unpacked(archive: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo]) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    """Every member whole, one at a time; never more of one than it says it has."""
    for member in members:
        with archive.open(member) as file:
            whole = file.read(member.file_size + 1)
        if len(whole) != member.file_size:
            raise _damaged()
        yield member, whole


def _refuse_what_acts(xml: bytes) -> None:
    # A declaration in UTF-16 is the same to a reader of XML
    plain = xml.replace(b"\x00", b"") if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in xml[:4] else xml
    if DECLARES.search(plain):
        raise _odd()
    if DYNAMIC.search(plain):
        raise Refused(
            _("ほかのプログラムを呼び出す命令（DDE）が入っています。PDF に変えるか、取り除いて保存し直してください。")
        )


def _refuse_what_fetches(relationships: bytes) -> None:
    for found in RELATIONSHIP.findall(relationships):
        if not ELSEWHERE.search(found):
            continue
        target = TARGET.search(found)
        is_remote = target is None or REMOTE.search(target[1].strip()) is not None
        if is_remote and any(b"/" + kind in found for kind in FETCHES):
            raise Refused(
                _(
                    "開くと外部のファイルを読み込む設定が入っています。"
                    "PDF に変えるか、読み込むものを文書の中に入れて保存し直してください。"
                )
            )


def _look_into(name: str, whole: bytes, depth: int) -> None:
    """Refuse what is packed inside, but for one level of workbooks and the like that charts bring."""
    if depth > 0 or not ENCLOSED.search(name) or not whole.startswith(b"PK"):
        raise _encloses()
    with zipfile.ZipFile(BytesIO(whole)) as inner:
        _checked(inner, whole, depth + 1)


def _damaged() -> Refused:
    return Refused(
        _("ファイルが壊れているか、途中で切れています。手元で開けることを確かめ、保存し直してから選んでください。")
    )


def _two_in_one() -> Refused:
    return Refused(_("ファイルの前か後ろに、別のデータが付いています。元の文書を保存し直して、選び直してください。"))


def _swells() -> Refused:
    return Refused(_("ファイルを開くと大きくなりすぎます。PDF に変えるか、中の画像や表を小さくしてください。"))


def _odd() -> Refused:
    return Refused(_("ファイルの中身が、文書としてふつうではありません。PDF に変えて選び直してください。"))


def _has_macros() -> Refused:
    return Refused(
        _("マクロの入ったファイルは受け取れません。マクロのない形式（.docx、.xlsx、.pptx）で保存し直してください。")
    )


def _encloses() -> Refused:
    return Refused(
        _("文書の中に、別のファイルが埋め込まれています。取り出して、1つずつ別のファイルとして選んでください。")
    )
