"""Reading which files are stored, whether they may be handed out, and whether each still is what its row says."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select

from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.files.models import CopyState, ScanState, StoredFile
from grantflow.files.scanner import scanner
from grantflow.files.storage import place_of, shelf
from grantflow.files.unavailable import told_when_not_read

TO_SCAN = (ScanState.NOT_SCANNED, ScanState.WAITING)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at every stored file found: how many are whole, and the rest by what is wrong with them.

    `missing` and `altered` are rows whose content is not there or is another one, `unreadable` those whose place did
    not let itself be read; `unknown` are contents without a row.
    """

    count: int
    missing: tuple[StoredFile, ...]
    altered: tuple[StoredFile, ...]
    unknown: tuple[str, ...]
    unreadable: tuple[StoredFile, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every row has its content; content without a row (an upload that was undone) harms nobody."""
        return not self.missing and not self.altered and not self.unreadable


def stored_file(id: uuid.UUID, purpose: str, belongs_to: uuid.UUID | None) -> StoredFile | None:
    """The file `id`, if it was kept for this purpose and this row."""
    found = select(StoredFile).where(
        StoredFile.id == id, StoredFile.purpose == purpose, StoredFile.belongs_to == belongs_to
    )
    return db.session.scalar(found)


def of_ids(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, StoredFile]:
    """The files with these ids, by them; one that is not kept any more is left out."""
    return {row.id: row for row in db.session.scalars(select(StoredFile).where(StoredFile.id.in_(ids)))}


def files_for(purpose: str, belongs_to: uuid.UUID, limit: int = 10) -> Sequence[StoredFile]:
    """The files kept for this purpose and this row, the newest first."""
    found = select(StoredFile).where(StoredFile.purpose == purpose, StoredFile.belongs_to == belongs_to)
    return db.session.scalars(found.order_by(StoredFile.kept_at.desc(), StoredFile.id).limit(limit)).all()


def is_told_of(sha256: str) -> bool:
    """Whether any row tells of this content."""
    return bool(db.session.scalar(select(exists().where(StoredFile.sha256 == sha256))))


def content(file: StoredFile) -> bytes:
    """The bytes of the file; Unavailable when they are gone or altered, or cannot be read just now."""
    with told_when_not_read(file.name):
        return shelf.read(file.sha256)


def is_whole(file: StoredFile) -> bool:
    """Whether the content of the file is there, byte for byte; OSError when its place cannot be asked."""
    return shelf.holds(file.sha256, file.size)


def is_released(file: StoredFile) -> bool:
    """Whether the file may be handed out: where there is a scanner, only what it called clean.

    Receiving never waits for this: a scanner that is down locks files, and refuses none.
    """
    if file.scan is ScanState.CLEAN:
        return True
    return file.scan is not ScanState.INFECTED and not scanner.is_configured


def require_released(file: StoredFile) -> None:
    """Refuse, in a sentence, to hand out a file that is not released."""
    if is_released(file):
        return
    if file.scan is ScanState.INFECTED:
        raise Refused(
            _(
                "「%(name)s」からウイルスが見つかったので、開けません。"
                "出した団体に知らせて、別のものに差し替えてもらってください。",
                name=file.name,
            )
        )
    if file.scan is ScanState.FAILED:
        raise Refused(
            _(
                "「%(name)s」はウイルス検査ができていないので、開けません。管理者に知らせてください。",
                name=file.name,
            )
        )
    raise Refused(
        _(
            "「%(name)s」はウイルス検査を待っています。受け取りは済んでいます。少し待ってから、もう一度開いてください。",
            name=file.name,
        )
    )


def for_readers(file: StoredFile) -> StoredFile | None:
    """The copy of the file that readers get, without what it told of its author; None while there is none."""
    return for_all_readers([file]).get(file.id)


def copies_of(file: StoredFile) -> Sequence[StoredFile]:
    """What was made of the file for its readers."""
    return db.session.scalars(select(StoredFile).where(StoredFile.original_id == file.id)).all()


def for_all_readers(files: Sequence[StoredFile]) -> dict[uuid.UUID, StoredFile]:
    """The copies that readers get, by the id of the original; those that may not be handed out are left out."""
    copies = db.session.scalars(select(StoredFile).where(StoredFile.original_id.in_([file.id for file in files])))
    return {copy.original_id: copy for copy in copies if copy.original_id and is_released(copy)}


def waiting_for_scan(now: dt.datetime, limit: int) -> Sequence[uuid.UUID]:
    """The files that a scanner should look at now, the oldest first."""
    found = select(StoredFile.id).where(
        StoredFile.scan.in_(TO_SCAN), or_(StoredFile.scan_at.is_(None), StoredFile.scan_at <= now)
    )
    return db.session.scalars(found.order_by(StoredFile.kept_at, StoredFile.id).limit(limit)).all()


def not_scanned() -> Sequence[StoredFile]:
    """The files of which no scanner said anything, the oldest first."""
    found = select(StoredFile).where(StoredFile.scan.in_((*TO_SCAN, ScanState.FAILED)))
    return db.session.scalars(found.order_by(StoredFile.kept_at, StoredFile.id)).all()


def waiting_for_copy(limit: int) -> Sequence[uuid.UUID]:
    """The files of which a copy for readers should be made now, the oldest first: those that are released."""
    released = StoredFile.scan == ScanState.CLEAN
    if not scanner.is_configured:
        released = StoredFile.scan != ScanState.INFECTED
    found = select(StoredFile.id).where(StoredFile.copying == CopyState.WAITING, released)
    return db.session.scalars(found.order_by(StoredFile.kept_at, StoredFile.id).limit(limit)).all()


def check() -> Verdict:
    """Hold every row against its content, and all content against the rows."""
    rows = db.session.scalars(select(StoredFile).order_by(StoredFile.kept_at, StoredFile.id)).all()
    found: dict[tuple[str, int], str] = {}
    for key in dict.fromkeys((row.sha256, row.size) for row in rows):
        found[key] = _looked_at(*key)
    by_state: dict[str, list[StoredFile]] = {"missing": [], "altered": [], "unreadable": [], "whole": []}
    for row in rows:
        by_state[found[row.sha256, row.size]].append(row)
    known = {place_of(row.sha256) for row in rows}
    unknown = tuple(path for path in shelf.stored() if path not in known)
    return Verdict(
        len(rows),
        tuple(by_state["missing"]),
        tuple(by_state["altered"]),
        unknown,
        tuple(by_state["unreadable"]),
    )


def _looked_at(sha256: str, size: int) -> str:
    try:
        if shelf.holds(sha256, size):
            return "whole"
        return "missing" if shelf.fingerprint(sha256) is None else "altered"
    except OSError:
        return "unreadable"
