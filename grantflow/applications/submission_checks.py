"""Whether every version that was received still is what its manifest and the trail say, file by file (R3.5)."""

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from grantflow.applications import submissions
from grantflow.applications.declared import Declared, declared_in
from grantflow.applications.models import Application, Submission
from grantflow.audit.models import AuditEvent
from grantflow.core.db import db
from grantflow.core.words import _
from grantflow.files import queries as stored
from grantflow.files.models import StoredFile
from grantflow.files.storage import shelf

#: The event that a version leaves; its details name the version and its hash.
RECEIVED = "applications.receive"
AT_ONCE = 200


@dataclass
class Looked:
    """What a look at every version found: how many there are, and a sentence for each difference."""

    count: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def check() -> Looked:
    """Hold every version against its manifest, the files that it names, their content, and the trail."""
    found, told, contents = Looked(), _told(), _Contents()
    rows = select(Submission).order_by(Submission.number, Submission.application_id, Submission.version)
    for row in db.session.scalars(rows.execution_options(yield_per=AT_ONCE)):
        found.count += 1
        found.faults += [_sentence(row, fault) for fault in _faults(row, told, contents)]
    for (application, version), _digest in sorted(told.items()):
        number = db.session.scalar(select(Application.number).where(Application.id == uuid.UUID(application)))
        found.faults.append(
            _(
                "%(number)s 第%(version)s版：受け付けた記録があるのに、版がありません。控えから戻してください。",
                number=number or application,
                version=version,
            )
        )
    found.faults += list(_without_their_last())
    return found


class _Contents:
    """What is stored under each hash: read once, however many versions name it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], str] = {}

    def fault(self, sha256: str, size: int) -> str:
        """What is wrong with the content; empty where it is there, byte for byte."""
        if (sha256, size) not in self._known:
            self._known[sha256, size] = self._looked_at(sha256, size)
        return self._known[sha256, size]

    def _looked_at(self, sha256: str, size: int) -> str:
        try:
            if shelf.holds(sha256, size):
                return ""
            gone = shelf.fingerprint(sha256) is None
        except (OSError, ValueError):
            return _("中身を読めません")
        return _("中身がありません") if gone else _("中身が違います")


def _told() -> dict[tuple[str, int], str]:
    """What the trail says of every version: the hash of the whole, by proposal and version."""
    found = select(AuditEvent.subject_id, AuditEvent.details).where(AuditEvent.action == RECEIVED)
    told = {}
    for subject, details in db.session.execute(found):
        said = json.loads(details)
        told[subject, int(said["version"])] = str(said["whole"])
    return told


def _sentence(row: Submission, fault: str) -> str:
    return _(
        "%(number)s 第%(version)s版：%(fault)s。控えから戻してください。",
        number=row.number,
        version=row.version,
        fault=fault,
    )


def _faults(row: Submission, told: dict[tuple[str, int], str], contents: _Contents) -> Iterator[str]:
    whole = told.pop((str(row.application_id), row.version), None)
    if whole is not None and whole != submissions.seal_of(row):
        yield _("全体の指紋が、受け付けたときの記録と違います")
    if row.application.number != row.number:
        yield _("受付番号が応募と違います")
    try:
        made, files = submissions.manifest_of(row.contents), declared_in(row.contents)
    except (KeyError, TypeError, AttributeError):
        yield _("内容を読めません")
        return
    yield from _differing(row.manifest, made)
    rows = stored.of_ids([uuid.UUID(file.file) for file in files])
    for file in files:
        yield from _of_file(file, rows.get(uuid.UUID(file.file)), contents)


def _differing(kept: Mapping[str, str], made: Mapping[str, str]) -> Iterator[str]:
    for key in sorted({*kept, *made}):
        if key not in made:
            yield _("「%(key)s」が一覧にあるのに、内容にありません", key=key)
        elif key not in kept:
            yield _("「%(key)s」が内容にあるのに、一覧にありません", key=key)
        elif kept[key] != made[key]:
            yield _("「%(key)s」の内容が、指紋と違います", key=key)


def _of_file(file: Declared, row: StoredFile | None, contents: _Contents) -> Iterator[str]:
    if row is None:
        yield _("「%(name)s」（%(key)s）の記録がありません", name=file.name, key=file.key)
        return
    if (row.sha256, row.size, row.name, row.media_type) != (file.sha256, file.size, file.name, file.media_type):
        yield _("「%(name)s」（%(key)s）の記録が、出したときと違います", name=file.name, key=file.key)
    if fault := contents.fault(file.sha256, file.size):
        yield _("「%(name)s」（%(key)s）の%(fault)s", name=file.name, key=file.key, fault=fault)


def _without_their_last() -> Iterator[str]:
    """Proposals whose columns say something else than the version that counts."""
    newest = select(Submission.application_id, Submission.version).order_by(Submission.version)
    last = {application: version for application, version in db.session.execute(newest)}  # noqa: C416 - rows, not pairs
    rows = (
        select(Application, Submission)
        .join(Submission, Submission.application_id == Application.id)
        .order_by(Application.number)
    )
    for application, row in db.session.execute(rows.execution_options(yield_per=AT_ONCE)):
        if last[application.id] == row.version and application.requested_yen != row.requested_yen:
            yield _sentence(row, _("申請額が、審査する内容と違います"))
