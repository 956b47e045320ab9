"""Reading what the first screening has of proposals (形式審査): a fixed number of statements, however many they are."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from grantflow.accounts.models import Organization
from grantflow.applications.dossier import Dossier, Saved, from_columns
from grantflow.applications.models import (
    Application,
    ApplicationStatus,
    Attachment,
    ScreeningAnswer,
    ScreeningVerdict,
    Section,
    SeenFinding,
    Submission,
)
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking
from grantflow.applications.queries import asking
from grantflow.applications.screening.around import Applicant, Applicants, Around, FileState
from grantflow.applications.screening.checklist import items
from grantflow.applications.screening.checks import findings
from grantflow.applications.screening.finding import Finding
from grantflow.applications.screening.places import files_of
from grantflow.applications.submissions import dossier_of
from grantflow.calls.asking import ScreeningItem
from grantflow.calls.models import Call, Tier
from grantflow.core.db import db
from grantflow.files.models import StoredFile

#: So many values are looked for in one statement.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Screened:
    """One proposal as it was received last, what was found in it, and what the secretariat has seen so far.

    `version` is that of what was received; 0 for one that came by a load.
    """

    application: Application
    dossier: Dossier
    version: int
    found: tuple[Finding, ...]
    seen: Mapping[str, SeenFinding]
    items: tuple[ScreeningItem, ...]
    answers: Mapping[str, ScreeningAnswer]

    @property
    def open(self) -> tuple[Finding, ...]:
        """What was found and not looked at yet."""
        return tuple(one for one in self.found if one.key not in self.seen)

    @property
    def answered(self) -> int:
        """How many items were answered."""
        return sum(one.key in self.answers for one in self.items)

    @property
    def refused(self) -> int:
        """How many items were answered with a no."""
        return sum(
            one.key in self.answers and self.answers[one.key].verdict is ScreeningVerdict.NO for one in self.items
        )

    @property
    def is_through(self) -> bool:
        """Whether nothing is left to look at."""
        return not self.open and self.answered == len(self.items)


def screened(call: Call, applications: Sequence[Application]) -> list[Screened]:
    """The proposals of the call, each with what its screening has, in the order given."""
    ids = [row.id for row in applications]
    received = _received(ids)
    dossiers = {row.id: _dossier(row, received.get(row.id)) for row in applications}
    applicants, numbers = _applicants(call), _corporate_numbers(applications)
    files = _files(dossiers.values())
    elsewhere = _elsewhere(call, dossiers.values())
    seen, answers = _by_application(SeenFinding, ids), _by_application(ScreeningAnswer, ids)
    found = []
    for row in applications:
        dossier, version = dossiers[row.id], received.get(row.id)
        around = Around(_applicant(row, dossier, numbers), applicants, files, elsewhere.of(row, dossier))
        found.append(
            Screened(
                row,
                dossier,
                version.version if version else 0,
                findings(dossier, around),
                {one.finding: one for one in seen[row.id]},
                items(dossier.asking.says, dossier.asking.tier.key),
                {one.item: one for one in answers[row.id]},
            )
        )
    return found


def one_screened(application: Application) -> Screened:
    """One proposal with what its screening has."""
    return screened(application.call, [application])[0]


def of_ids(ids: Sequence[uuid.UUID]) -> list[Application]:
    """The proposals of these ids, in this order, with their tiers."""
    found = select(Application).options(joinedload(Application.tier)).where(Application.id.in_(ids))
    rows = {row.id: row for row in db.session.scalars(found)}
    return [rows[one] for one in ids if one in rows]


def answer_of(application: Application, item: str) -> ScreeningAnswer | None:
    """What was answered to an item, as it is now."""
    found = select(ScreeningAnswer).where(
        ScreeningAnswer.application_id == application.id, ScreeningAnswer.item == item
    )
    return db.session.scalar(found.execution_options(populate_existing=True))


def seen_finding(application: Application, key: str) -> SeenFinding | None:
    """That what is known by this key was looked at."""
    return db.session.scalar(
        select(SeenFinding).where(SeenFinding.application_id == application.id, SeenFinding.finding == key)
    )


def _received(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Submission]:
    """The version that counts, of each proposal that was submitted on a page."""
    found: dict[uuid.UUID, Submission] = {}
    for part in _parts(ids):
        newest = (
            select(Submission.application_id, func.max(Submission.version).label("version"))
            .where(Submission.application_id.in_(part))
            .group_by(Submission.application_id)
            .subquery()
        )
        rows = select(Submission).join(
            newest,
            (newest.c.application_id == Submission.application_id) & (newest.c.version == Submission.version),
        )
        found.update((row.application_id, row) for row in db.session.scalars(rows))
    return found


def _dossier(application: Application, received: Submission | None) -> Dossier:
    if received is None:
        return Dossier(application, asking(application), from_columns(application))
    whole = dossier_of(received)
    saves = {part: Saved(received.version, received.received_at, received.submitted_by) for part in whole.contents}
    asked = Asking(whole.asking.says, whole.asking.tier, received.requested_yen)
    return Dossier(application, asked, whole.contents, saves)


def _applicant(application: Application, dossier: Dossier, numbers: Mapping[uuid.UUID, str]) -> Applicant:
    number = "" if dossier.saves else numbers[application.organization_id]
    return Applicant.of(application, dossier.asking.tier.key, dossier.content(Part.GROUP), number)


def _corporate_numbers(applications: Sequence[Application]) -> dict[uuid.UUID, str]:
    """What the records of the groups say, by the id of the record."""
    found: dict[uuid.UUID, str] = {}
    for part in _parts({row.organization_id for row in applications}):
        rows = select(Organization.id, Organization.corporate_number).where(Organization.id.in_(part))
        found.update((key, number) for key, number in db.session.execute(rows))
    return found


def _applicants(call: Call) -> Applicants:
    """Who stands behind the received proposals of the call, but for those that were withdrawn."""
    found = (
        select(
            Application.id,
            Application.number,
            Application.organization_id,
            Application.organization_name,
            Tier.key,
            Organization.corporate_number,
            Section.content,
        )
        .join(Application.tier)
        .join(Application.organization)
        .outerjoin(Section, (Section.application_id == Application.id) & (Section.key == Part.GROUP.value))
        .where(
            Application.call_id == call.id,
            Application.number.is_not(None),
            Application.status != ApplicationStatus.WITHDRAWN,
        )
        .order_by(Application.serial, Application.number)
    )
    return Applicants(_behind(*row) for row in db.session.execute(found))


def _behind(
    key: uuid.UUID,
    number: str,
    organization_id: uuid.UUID,
    name: str,
    tier: str,
    corporate_number: str,
    group: dict[str, Any] | None,
) -> Applicant:
    row = Application(id=key, number=number, organization_id=organization_id, organization_name=name)
    return Applicant.of(row, tier, group or {}, "" if group else corporate_number)


def _files(dossiers: Iterable[Dossier]) -> dict[str, FileState]:
    ids = [uuid.UUID(str(one["file"])) for dossier in dossiers for one in files_of(dossier)]
    found: dict[str, FileState] = {}
    for part in _parts(ids):
        rows = select(StoredFile.id, StoredFile.scan, StoredFile.copying).where(StoredFile.id.in_(part))
        found.update((str(key), FileState(scan, copying)) for key, scan, copying in db.session.execute(rows))
    return found


class Elsewhere:
    """Which groups' proposals have a file of a SHA-256."""

    def __init__(self) -> None:
        self._rows: defaultdict[str, list[tuple[uuid.UUID, str]]] = defaultdict(list)

    def add(self, sha256: str, organization_id: uuid.UUID, number: str) -> None:
        """Note that this group's proposal has it."""
        self._rows[sha256].append((organization_id, number))

    def of(self, application: Application, dossier: Dossier) -> dict[str, tuple[str, ...]]:
        """The receipt numbers of other groups' proposals that have a file of the dossier, by its SHA-256."""
        own = application.organization_id
        found = {
            sha256: tuple(
                dict.fromkeys(number for organization_id, number in self._rows[sha256] if organization_id != own)
            )
            for sha256 in {str(one["sha256"]) for one in files_of(dossier)} & self._rows.keys()
        }
        return {sha256: numbers for sha256, numbers in found.items() if numbers}


def _elsewhere(call: Call, dossiers: Iterable[Dossier]) -> Elsewhere:
    found = Elsewhere()
    hashes = list(dict.fromkeys(str(one["sha256"]) for dossier in dossiers for one in files_of(dossier)))
    for part in _parts(hashes):
        rows = (
            select(StoredFile.sha256, Application.organization_id, Application.number)
            .select_from(Attachment)
            .join(Attachment.file)
            .join(Attachment.application)
            .where(
                StoredFile.sha256.in_(part),
                Application.call_id == call.id,
                Application.number.is_not(None),
                Application.status != ApplicationStatus.WITHDRAWN,
            )
            .order_by(Application.serial, Application.number)
        )
        for sha256, organization_id, number in db.session.execute(rows):
            found.add(sha256, organization_id, number or "")
    return found


def _by_application(model: Any, ids: Sequence[uuid.UUID]) -> defaultdict[uuid.UUID, list[Any]]:
    found: defaultdict[uuid.UUID, list[Any]] = defaultdict(list)
    for part in _parts(ids):
        rows = select(model).where(model.application_id.in_(part)).execution_options(populate_existing=True)
        for row in db.session.scalars(rows):
            found[row.application_id].append(row)
    return found


def _parts(values: Collection[Any]) -> Iterable[list[Any]]:
    """The values in parts that fit into one statement each."""
    listed = list(values)
    return [listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE)]
