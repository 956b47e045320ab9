"""Everything of a proposal in one book (応募書類一式): its forms, then every file that was handed in with it."""

import uuid
from collections.abc import Iterable, Iterator

from grantflow.applications.declared import Declared, declared_in
from grantflow.applications.dossier import Dossier
from grantflow.applications.dossier_paper import dossier_paper
from grantflow.applications.models import Submission
from grantflow.calls.models import Call
from grantflow.core.text import number as figures
from grantflow.core.words import SOURCE, _, speaking
from grantflow.documents.values import Enclosure, Line, Volume
from grantflow.files import queries as stored
from grantflow.files.kinds import PICTURES, Kind, kind_of
from grantflow.files.limits import in_megabytes
from grantflow.files.models import ScanState, StoredFile

#: So many digits of a hash stand together, that it can be read out and compared.
TOGETHER = 8


def dossier_book(
    call: Call, dossier: Dossier, *, contacts: bool, for_readers: bool, row: Submission | None = None
) -> Volume:
    """The proposal as one book, always in Japanese; equal proposals and files give equal books (R3.1, R3.5).

    `row` is the version that `dossier` is, where it was received. `for_readers` binds the copies without metadata in
    place of the files as they came. What cannot be bound has a page in its place that says what it is.
    """
    contents = {part.value: content for part, content in dossier.contents.items()}
    files = declared_in({asked.part.value: contents.get(asked.part.value, {}) for asked in dossier.asked})
    with speaking(SOURCE):
        enclosures = tuple(_enclosed(files, dossier, for_readers=for_readers))
        return Volume(
            dossier_paper(call, dossier, contacts=contacts, row=row),
            enclosures,
            _("添付ファイル（%(count)s件）", count=len(enclosures)),
        )


def _enclosed(files: Iterable[Declared], dossier: Dossier, *, for_readers: bool) -> Iterator[Enclosure]:
    listed = list(files)
    rows = stored.of_ids([uuid.UUID(file.file) for file in listed])
    copies = stored.for_all_readers(list(rows.values())) if for_readers else {}
    for place, file in enumerate(listed, 1):
        original = rows.get(uuid.UUID(file.file))
        bound = copies.get(original.id) if original and for_readers else original
        title = _("添付%(place)s　%(what)s", place=place, what=file.title(dossier.asking.says))
        yield Enclosure(
            title=title,
            name=file.name,
            sha256=bound.sha256 if bound else file.sha256,
            media_type=file.media_type,
            lines=tuple(_lines(file, dossier)),
            unreadable=_("このファイルは読み取れないので、綴じていません。ファイルのまま、別に渡します。"),
            instead=_instead(file, original, bound),
        )


def _lines(file: Declared, dossier: Dossier) -> Iterator[Line]:
    kind = kind_of(file.media_type)
    yield Line(_("書類"), file.title(dossier.asking.says))
    yield Line(_("ファイル名"), file.name)
    yield Line(_("種類"), str(kind.label) if kind else file.media_type)
    yield Line(_("大きさ"), _("%(size)s（%(bytes)sバイト）", size=in_megabytes(file.size), bytes=figures(file.size)))
    digest = file.sha256
    yield Line(_("SHA-256"), " ".join(digest[at : at + TOGETHER] for at in range(0, len(digest), TOGETHER)))


def _instead(file: Declared, original: StoredFile | None, bound: StoredFile | None) -> str:
    """Why the file is not bound; empty where it is."""
    if original is not None and original.scan is ScanState.INFECTED:
        return _("ウイルスが見つかったので、綴じていません。")
    if original is not None and not stored.is_released(original):
        return _("ウイルス検査が済んでいないので、まだ綴じていません。")
    kind = kind_of(file.media_type)
    if kind is not Kind.PDF and kind not in PICTURES:
        return _("この種類のファイルは綴じられません。ファイルのまま、別に渡します。")
    if original is not None and bound is None:
        return _("審査用の写しがまだないので、綴じていません。")
    return ""
