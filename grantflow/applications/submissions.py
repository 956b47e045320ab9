"""The versions of a proposal as they were received: kept whole, named by hashes, read and compared (R3.5, R3.9)."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select

from grantflow.applications import queries
from grantflow.applications.declared import Declared, declared_in
from grantflow.applications.dossier import Dossier
from grantflow.applications.models import Application, ApplicationStatus, Submission
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Entry, Reading
from grantflow.applications.parts.documents import FILES, INFECTED
from grantflow.audit.chain import canonical
from grantflow.core.authorization import Actor
from grantflow.core.db import db
from grantflow.core.words import _

#: Where what its group saves waits until it is handed in again.
HELD = frozenset({ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED})


def of_key(application: Application, key: str) -> Submission | None:
    """What was received with the key; None for none."""
    if not key:
        return None
    return db.session.scalar(
        select(Submission).where(Submission.application_id == application.id, Submission.key == key)
    )


def versions(application: Application) -> Sequence[Submission]:
    """Every version that was received, the first one first."""
    found = select(Submission).where(Submission.application_id == application.id)
    return db.session.scalars(found.order_by(Submission.version)).all()


def version(application: Application, number: int) -> Submission | None:
    """The version of that number."""
    return db.session.scalar(
        select(Submission).where(Submission.application_id == application.id, Submission.version == number)
    )


def last(application: Application) -> Submission | None:
    """The version that counts; None for a proposal that was not submitted on a page."""
    return queries.last_received(application)


def waiting(application: Application) -> Submission | None:
    """The version that counts while the group has written or attached something since that it did not hand in.

    None where nothing waits, or where nothing can be handed in any more.
    """
    row = last(application) if application.status in HELD else None
    return None if row is None or is_as(row, application, contents_of(application)) else row


def version_of(
    application: Application, contents: dict[str, Any], *, key: str, by: Actor, at: dt.datetime
) -> Submission:
    """The proposal with its `contents` as its next version, not stored yet; it has its number already."""
    before = last(application)
    return Submission(
        application_id=application.id,
        version=before.version + 1 if before else 1,
        key=key,
        number=application.number or "",
        received_at=at,
        submitted_by=by.name,
        definition_version=application.definition_version,
        tier_key=application.tier.key,
        requested_yen=application.requested_yen,
        contents=contents,
        manifest=manifest_of(contents),
    )


def is_as(row: Submission, application: Application, contents: Mapping[str, Any]) -> bool:
    """Whether the version says what the proposal says now, with its `contents`."""
    return (
        row.tier_key == application.tier.key
        and row.definition_version == application.definition_version
        and manifest_of(_bare(row.contents)) == manifest_of(_bare(contents))
    )


def _bare(contents: Mapping[str, Any]) -> dict[str, Any]:
    """The parts without what a scanner found of a file: that is no word of the group."""
    files = contents.get(Part.DOCUMENTS.value)
    if not files:
        return dict(contents)
    rows = [{name: value for name, value in row.items() if name != INFECTED} for row in files.get(FILES, ())]
    return {**contents, Part.DOCUMENTS.value: {FILES: rows}}


def contents_of(application: Application) -> dict[str, Any]:
    """What the proposal says now, by part; of the officers their number and the hash of the sealed list."""
    dossier = queries.dossier(application)
    contents: dict[str, Any] = {asked.part.value: dict(dossier.content(asked.part)) for asked in dossier.asked}
    if Part.OFFICERS.value in contents and (officers := queries.officer_list(application)):
        contents[Part.OFFICERS.value] |= {"sealed": hashlib.sha256(officers.sealed.encode()).hexdigest()}
    return contents


def declared(application: Application) -> tuple[Declared, ...]:
    """Every file of the proposal as it stands."""
    return declared_in(contents_of(application))


def manifest_of(contents: Mapping[str, Any]) -> dict[str, str]:
    """Each part and each file with its SHA-256 in hexadecimal digits.

    That of a part is taken of its JSON in one writing, as UTF-8; that of a file is taken of its bytes.
    """
    parts = {part: hashlib.sha256(canonical(content).encode()).hexdigest() for part, content in contents.items()}
    return parts | {file.key: file.sha256 for file in declared_in(contents)}


def seal_of(row: Submission) -> str:
    """The SHA-256 of the whole version: of the lines `hash  part` of its manifest, sorted by part."""
    lines = "".join(f"{digest}  {part}\n" for part, digest in sorted(row.manifest.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def is_whole(row: Submission) -> bool:
    """Whether what is kept of the version is what its manifest names."""
    return row.manifest == manifest_of(row.contents)


def dossier_of(row: Submission) -> Dossier:
    """The version as a proposal that can be read, as the call asked it then."""
    contents = {Part(key): content for key, content in row.contents.items()}
    return Dossier(row.application, queries.asked_then(row), contents)


class Difference(NamedTuple):
    """One line of a part that reads otherwise in two versions."""

    part: str
    label: str
    before: str
    after: str


def differences(older: Submission, newer: Submission) -> list[Difference]:
    """What reads otherwise in the newer of two versions, part by part."""
    found: list[Difference] = []
    if older.tier_key != newer.tier_key:
        names = [dossier_of(row).asking.tier.name for row in (older, newer)]
        found.append(Difference(_("枠"), _("枠"), *names))
    first, second = dossier_of(older), dossier_of(newer)
    names_of = {asked.part: asked.name for dossier in (first, second) for asked in dossier.asked}
    for part, name in names_of.items():
        if older.manifest.get(part.value) != newer.manifest.get(part.value):
            lines = _side_by_side(first.reading(part), second.reading(part))
            found += [Difference(name, label, *texts) for label, texts in lines.items() if texts[0] != texts[1]] or [
                Difference(name, name, _("前の内容"), _("変えた内容（ここには示しません）"))
            ]
    return found


def _side_by_side(first: Sequence[Reading], second: Sequence[Reading]) -> dict[str, list[str]]:
    both: dict[str, list[str]] = {}
    for place, lines in enumerate((first, second)):
        for one in lines:
            both.setdefault(one.label, ["", ""])[place] = as_text(one)
    return both


def as_text(one: Reading) -> str:
    """What a part says under one label, as text."""
    if isinstance(one, Entry):
        return one.text
    return "\n".join(_("、").join(cell for cell in row if cell) for row in one.rows)
