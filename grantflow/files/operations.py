"""The verbs of files: taking one in, keeping it, and noting what became of it."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from grantflow.audit import trail
from grantflow.core import clock
from grantflow.core.authorization import SYSTEM, Actor
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.files import names
from grantflow.files.kinds import ALL, Kind
from grantflow.files.limits import LIMITS, Limits
from grantflow.files.models import CopyState, ScanState, StoredFile
from grantflow.files.queries import TO_SCAN
from grantflow.files.scanner import scanner
from grantflow.files.storage import shelf
from grantflow.files.unavailable import told_when_not_kept
from grantflow.files.verdicts import judge

LONGEST_NAME = 255
READERS_COPY = "files.readers_copy"
#: A content that the scanner cannot be asked about is tried so often, each time after twice the wait.
MOST_TRIES = 8
FIRST_WAIT = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was judged and whose content is stored, while no row tells of it yet.

    `warnings` are sentences for whoever handed it in.
    """

    sha256: str
    size: int
    kind: Kind
    name: str
    raw_name: str
    warnings: tuple[str, ...]


def take_in(content: bytes, name: str, kinds: Collection[Kind] = ALL, limits: Limits = LIMITS) -> Taken:
    """Judge a file and store its content; Refused, in a sentence, when it is not fit (R3.7), Unavailable for a while.

    Asks the database nothing, so that nobody waits meanwhile: it belongs before a transaction's first statement.
    """
    verdict = judge(content, name, kinds, limits)
    if verdict.refusal or verdict.kind is None:
        raise Refused(verdict.refusal)
    with told_when_not_kept(verdict.name):
        sha256 = shelf.put(content)
    return Taken(sha256, len(content), verdict.kind, verdict.name, names.raw(name), verdict.warnings)


def keep_taken(taken: Taken, purpose: str, *, by: Actor, belongs_to: uuid.UUID | None = None) -> StoredFile:
    """Keep a file that was taken in: its row and its event with the transaction.

    The scan and the readers' copy follow: the worker makes them.
    """
    return _kept(
        StoredFile(
            sha256=taken.sha256,
            size=taken.size,
            name=taken.name,
            raw_name=taken.raw_name,
            media_type=taken.kind.media_type,
            copying=CopyState.WAITING,
        ),
        purpose,
        by=by,
        belongs_to=belongs_to,
    )


def keep(
    content: bytes,
    name: str,
    media_type: str,
    purpose: str,
    *,
    by: Actor,
    belongs_to: uuid.UUID | None = None,
) -> StoredFile:
    """Keep a file that nobody has to judge: its content at once, its row and its event with the transaction.

    `purpose` is `context.what` (`scores.load`), `belongs_to` the id of the row it was handed in for; whoever serves it
    asks for both again. When the transaction is undone the content stays, unknown to any row and harmless. Unavailable
    where it cannot be stored just now.
    """
    shown = "".join(filter(str.isprintable, name))[-LONGEST_NAME:]
    with told_when_not_kept(shown):
        sha256 = shelf.put(content)
    return _kept(
        StoredFile(
            sha256=sha256,
            size=len(content),
            name=shown,
            raw_name=names.raw(name),
            media_type=media_type[:120],
        ),
        purpose,
        by=by,
        belongs_to=belongs_to,
    )


def _kept(row: StoredFile, purpose: str, *, by: Actor, belongs_to: uuid.UUID | None) -> StoredFile:
    row.purpose, row.belongs_to = purpose, belongs_to
    row.kept_by_id, row.kept_by, row.kept_at = by.id, by.name, clock.now()
    row.scan = ScanState.WAITING if scanner.is_configured else ScanState.NOT_SCANNED
    db.session.add(row)
    trail.record(
        "files.keep",
        row,
        by=by,
        name=row.name,
        sha256=row.sha256,
        size=row.size,
        purpose=purpose,
        belongs_to=str(belongs_to or ""),
    )
    return row


def note_scan(row: StoredFile, finding: str) -> None:
    """Note what the scanner said: the name of what it found, "" for nothing."""
    row.scan = ScanState.INFECTED if finding else ScanState.CLEAN
    row.finding, row.scanned_at, row.scan_at = finding, clock.now(), None
    trail.record("files.scan", row, by=SYSTEM, outcome=row.scan, finding=finding, sha256=row.sha256)


def note_no_scan(row: StoredFile, reason: str) -> None:
    """Note that the scanner said nothing of use; it is asked again later, and at last no more."""
    row.scan_tries += 1
    for_good = row.scan_tries >= MOST_TRIES
    row.scan = ScanState.FAILED if for_good else ScanState.WAITING
    row.scan_at = None if for_good else clock.now() + FIRST_WAIT * 2 ** (row.scan_tries - 1)
    trail.record("files.scan", row, by=SYSTEM, outcome=row.scan, reason=reason, tries=row.scan_tries)


def scan_again(row: StoredFile, *, by: Actor) -> None:
    """Have a file looked at again of which the scanner said nothing of use."""
    if row.scan not in (*TO_SCAN, ScanState.FAILED):
        return
    row.scan, row.scan_tries, row.scan_at = ScanState.WAITING, 0, None
    trail.record("files.scan_again", row, by=by)


def note_copy(row: StoredFile, content_hash: str, size: int) -> StoredFile:
    """Note the copy for readers, whose content is stored; returns its row."""
    copy = StoredFile(
        sha256=content_hash,
        size=size,
        name=row.name,
        raw_name=row.name,
        media_type=row.media_type,
        purpose=READERS_COPY,
        belongs_to=row.belongs_to,
        kept_by_id=None,
        kept_by=SYSTEM.name,
        kept_at=clock.now(),
        # It holds nothing that the original does not
        scan=row.scan,
        scanned_at=row.scanned_at,
        original_id=row.id,
    )
    row.copying = CopyState.MADE
    db.session.add(copy)
    trail.record("files.copy", row, by=SYSTEM, outcome=row.copying, copy=str(copy.id), sha256=content_hash, size=size)
    return copy


def note_no_copy(row: StoredFile, reason: str) -> None:
    """Note that no copy could be made of a file; the original stays as it is."""
    row.copying = CopyState.FAILED
    trail.record("files.copy", row, by=SYSTEM, outcome=row.copying, reason=reason)


def discard(row: StoredFile, *, by: Actor) -> None:
    """Keep the file no longer; that it was there stays in the trail.

    The content is taken away afterwards (`shelf.remove`), once the transaction is over and no other row tells of it.
    """
    trail.record("files.discard", row, by=by, name=row.name, sha256=row.sha256, purpose=row.purpose)
    db.session.delete(row)
