"""Reading applications: lists, counts and searches, each narrowed to what its reader may see."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import contains_eager, joinedload

from grantflow.accounts.models import MEMBER, Organization
from grantflow.applications.dossier import Dossier, Saved, from_columns
from grantflow.applications.models import (
    Application,
    ApplicationStatus,
    Attachment,
    Consent,
    ConsentState,
    OfficerList,
    Section,
    Submission,
)
from grantflow.applications.officers import unfinished
from grantflow.applications.outline import Part, parts
from grantflow.applications.parts.base import Asking, Content
from grantflow.applications.parts.documents import FILES
from grantflow.applications.parts.registry import RULES
from grantflow.applications.proxied import proxied_applications, proxy_entry
from grantflow.applications.searching import ESCAPE, patterns
from grantflow.calls import queries as calls
from grantflow.calls.definition import Definition
from grantflow.calls.models import Call, Tier
from grantflow.core.authorization import Actor, visible
from grantflow.core.db import db
from grantflow.core.paging import Paging
from grantflow.files.models import ScanState
from grantflow.permissions import Permission

#: The parts whose content stands in tables of their own.
OF_THEIR_OWN = frozenset({Part.OFFICERS, Part.CONSENTS, Part.DOCUMENTS})

#: The order of receipt numbers: by the number they end with, then as text.
BY_NUMBER = (Application.serial, Application.number)


class Sort(StrEnum):
    """What a list of proposals can be ordered by."""

    NUMBER = "number"
    ORGANIZATION = "organization"
    TIER = "tier"
    AMOUNT = "amount"


ORDERS: dict[Sort, ColumnElement[Any]] = {
    Sort.ORGANIZATION: Organization.name_key.expression,
    Sort.TIER: Tier.position.expression,
    Sort.AMOUNT: Application.requested_yen.expression,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list: words, the key of a tier, a state."""

    text: str = ""
    tier: str = ""
    status: ApplicationStatus | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One proposal in a list."""

    id: uuid.UUID
    number: str | None
    organization: str
    title: str
    tier: str
    requested_yen: int
    status: ApplicationStatus
    proxied: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How many proposals of a call have a number, by tier (its key) and state; those withdrawn or ineligible too."""

    cells: dict[tuple[str, ApplicationStatus], int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.cells.values())

    def of(self, tier: str | None = None, *statuses: ApplicationStatus) -> int:
        """Those of `tier` (None: of every tier) in one of `statuses` (none given: in any)."""
        return sum(
            count
            for (key, status), count in self.cells.items()
            if tier in (None, key) and (not statuses or status in statuses)
        )


def asked_by(application: Application) -> Definition:
    """What the call asked when the proposal was begun: a later version changes nothing under the writer's hands."""
    return calls.definition_of(application.call_id, application.definition_version)


def question_texts(application: Application) -> dict[str, str]:
    """The texts of the questions by their keys: of the version that the proposal is asked by, and of the newest."""
    newest = calls.definition_of(application.call_id, application.call.definition_version)
    return {one.key: one.text for says in (newest, asked_by(application)) for one in says.questions}


def asking(application: Application) -> Asking:
    """What the call asks of the proposal, in its tier, and the amount it asks for."""
    # A tier that came later is asked what the newest version asks, which names every tier of its call
    for version in (application.definition_version, application.call.definition_version):
        says = calls.definition_of(application.call_id, version)
        for tier in says.tiers:
            if tier.key == application.tier.key:
                return Asking(says, tier, application.requested_yen)
    raise LookupError("the newest definition names every tier of its call")


def sections(application: Application) -> dict[Part, Section]:
    """The parts of the proposal that were saved."""
    found = select(Section).where(Section.application_id == application.id).execution_options(populate_existing=True)
    return {Part(row.key): row for row in db.session.scalars(found)}


def section(application: Application, part: Part) -> Section | None:
    """One part of the proposal, if it was saved: as it is now, also where this session read it before."""
    return db.session.scalar(
        _SECTION, {"application": application.id, "key": part.value}, execution_options={"populate_existing": True}
    )


#: Asked whenever something that was typed is kept, and therefore built once.
_SECTION = select(Section).where(Section.application_id == bindparam("application"), Section.key == bindparam("key"))


def dossier(application: Application) -> Dossier:
    """The proposal with all its parts; what came by a load stands in the parts that its columns fill."""
    rows = sections(application)
    asked = asking(application)
    contents = from_columns(application) | {part: row.content for part, row in rows.items()}
    saves = {part: Saved(row.version, row.saved_at, row.saved_by) for part, row in rows.items()}
    of_their_own = {one.part for one in parts(asked.says, asked.tier.key)} & OF_THEIR_OWN
    if Part.OFFICERS in of_their_own and (officers := officer_list(application)):
        left = unfinished(application.id, officers.sealed)
        contents[Part.OFFICERS] = {"count": officers.officer_count, "unfinished": left}
        saves[Part.OFFICERS] = Saved(officers.version, officers.saved_at, officers.saved_by)
    if Part.CONSENTS in of_their_own:
        rows_of = [
            {"partner": row.partner, "part": row.part, "state": row.state.value, **_letter(row)}
            for row in consents(application)
        ]
        contents[Part.CONSENTS] = {"rows": rows_of}
    if Part.DOCUMENTS in of_their_own and (attached := attachments(application)):
        contents[Part.DOCUMENTS] = {FILES: [_told_of(row) for row in attached]}
        latest = max(attached, key=lambda row: row.attached_at)
        saves[Part.DOCUMENTS] = Saved(len(attached), latest.attached_at, latest.attached_by)
    asked = replace(asked, requested_yen=requested(contents, asked))
    return Dossier(application, asked, contents, saves, proxy_entry(application))


def requested(contents: Mapping[Part, Content], asked: Asking) -> int:
    """The amount that the parts of a proposal ask for: that of the budget, where the call asks for one."""
    amount = asked.requested_yen
    for part in (Part.AMOUNT, Part.BUDGET):
        if part in contents:
            amount = RULES[part].reflect(contents[part], asked).get("requested_yen", amount)
    return amount


def _letter(row: Consent) -> dict[str, Any]:
    """The letter of a partner as the part of the consents says it; nothing for a consent without one."""
    file = row.file
    if file is None:
        return {}
    return {
        "file": str(file.id),
        "name": file.name,
        "sha256": file.sha256,
        "size": file.size,
        "media_type": file.media_type,
    }


def _told_of(row: Attachment) -> dict[str, Any]:
    """An attachment as the part of the files says it; what else is found of it later is no part of a version."""
    file = row.file
    infected = {"infected": True} if file.scan is ScanState.INFECTED else {}
    return {
        "document": row.document,
        "file": str(file.id),
        "name": file.name,
        "sha256": file.sha256,
        "size": file.size,
        "media_type": file.media_type,
        "issued_on": str(row.issued_on or ""),
        **infected,
    }


def last_received(application: Application) -> Submission | None:
    """The version that counts; None for a proposal that was not submitted on a page (R3.9)."""
    found = select(Submission).where(Submission.application_id == application.id)
    return db.session.scalars(found.order_by(Submission.version.desc()).limit(1)).first()


def handed_in(application: Application) -> Dossier:
    """The proposal as whoever reads it for others sees it: as it was received last, files and all (R3.9).

    What its group wrote or attached since, and did not hand in, is nobody else's to read. A draft, and what came
    without a version, is read as it stands.
    """
    now = dossier(application)
    row = last_received(application)
    if row is None:
        return now
    contents = {Part(key): content for key, content in row.contents.items()}
    return Dossier(application, asked_then(row), contents, now.saves, now.proxy)


def asked_then(row: Submission) -> Asking:
    """What the call asked when a version was received."""
    application = row.application
    for version in (row.definition_version, application.call.definition_version):
        says = calls.definition_of(application.call_id, version)
        for tier in says.tiers:
            if tier.key == row.tier_key:
                return Asking(says, tier, row.requested_yen)
    raise LookupError("the newest definition names every tier of its call")


def attachments(application: Application) -> Sequence[Attachment]:
    """The files of the proposal as its group arranged them: by the documents of the call, then in their order."""
    found = select(Attachment).where(Attachment.application_id == application.id).order_by(Attachment.position)
    rows = db.session.scalars(found.execution_options(populate_existing=True)).all()
    order = [one.key for one in asking(application).says.documents] if rows else []
    return sorted(rows, key=lambda row: order.index(row.document) if row.document in order else len(order))


def only(application: Application, part: Part, row: Section | None) -> Dossier:
    """The proposal with one of its written parts alone, kept in `row`: all that is needed to keep what is typed."""
    contents = {part: row.content if row else from_columns(application).get(part, {})}
    saves = {part: Saved(row.version, row.saved_at, row.saved_by)} if row else {}
    return Dossier(application, asking(application), contents, saves)


def officer_list(application: Application) -> OfficerList | None:
    """The officers of the proposal, still sealed (R3.3)."""
    return db.session.scalar(select(OfficerList).where(OfficerList.application_id == application.id))


def consents(application: Application) -> Sequence[Consent]:
    """Whom the group asked to agree to be named, the first asked first; none for what was taken back."""
    found = select(Consent).where(Consent.application_id == application.id, Consent.state != ConsentState.TAKEN_BACK)
    return db.session.scalars(found.order_by(Consent.asked_at, Consent.id)).all()


def numbers(call: Call) -> set[str]:
    """Every receipt number of the call."""
    found = select(Application.number).where(Application.call_id == call.id, Application.number.is_not(None))
    return {number for number in db.session.scalars(found) if number is not None}


def by_number(call: Call) -> dict[str, Application]:
    """Every proposal of the call that has a number, by it, in the order of receipt numbers, with its tier."""
    found = (
        select(Application)
        .join(Application.tier)
        .options(contains_eager(Application.tier))
        .where(Application.call_id == call.id, Application.number.is_not(None))
        .order_by(*BY_NUMBER)
    )
    return {row.number: row for row in db.session.scalars(found) if row.number is not None}


def counts(call: Call, actor: Actor | None = None) -> Counts:
    """How many proposals of the call have a number; with `actor`, of those that `actor` may read."""
    found = (
        select(Application.tier_id, Application.status, func.count())
        .where(Application.call_id == call.id, Application.number.is_not(None))
        .group_by(Application.tier_id, Application.status)
    )
    if actor is not None:
        found = visible(found, actor, Permission.APPLICATION_READ, Application)
    keys = {tier.id: tier.key for tier in call.tiers}
    return Counts({(keys[tier_id], status): count for tier_id, status, count in db.session.execute(found)})


def page_of(
    call: Call,
    actor: Actor,
    filters: Filters,
    sort: Sort = Sort.NUMBER,
    *,
    falling: bool = False,
    page: str | None = None,
    among: Counts | None = None,
) -> tuple[list[Listed], Paging]:
    """The proposals on one page of those that `actor` may read, and its place; two statements, however many rows.

    `among` is what `counts(call, actor)` gave: it spares counting again what only tier and state narrow.
    """
    paging = Paging.of(page, _total(call, actor, filters, among))
    found = _ordered(_readable(_listed(), call, actor, filters), sort, falling)
    part = found.offset(paging.offset).limit(paging.size)
    return [Listed(*row) for row in db.session.execute(part)], paging


def _total(call: Call, actor: Actor, filters: Filters, among: Counts | None) -> int:
    if among is not None and not filters.text:
        return among.of(filters.tier or None, *([filters.status] if filters.status else []))
    counted = select(func.count()).select_from(Application)
    return db.session.scalar(_readable(counted, call, actor, filters)) or 0


def all_of(
    call: Call, actor: Actor, filters: Filters, sort: Sort = Sort.NUMBER, *, falling: bool = False
) -> Sequence[Application]:
    """Every proposal that the pages of `page_of` show, whole, with its tier."""
    whole = select(Application).join(Application.tier).options(contains_eager(Application.tier))
    found = _readable(whole, call, actor, filters)
    return db.session.scalars(_ordered(found, sort, falling)).all()


def ids_of(call: Call, actor: Actor) -> Sequence[uuid.UUID]:
    """The proposals of the call that have a number and that `actor` may read, in the order of their numbers."""
    return db.session.scalars(_readable(select(Application.id), call, actor, Filters()).order_by(*BY_NUMBER)).all()


def of_member(actor: Actor) -> Sequence[Application]:
    """The proposals of the organisations for which `actor` acts, each with its call and tier; the latest call first."""
    found = (
        select(Application)
        .join(Application.call)
        .options(contains_eager(Application.call), joinedload(Application.tier))
        .where(Application.organization_id.in_(actor.scopes(MEMBER) or ()))
        .order_by(Call.opens_at.desc(), *BY_NUMBER)
    )
    return db.session.scalars(visible(found, actor, Permission.APPLICATION_READ, Application)).all()


def begun(call: Call, actor: Actor) -> Sequence[Application]:
    """What the organisations for which `actor` acts have written or submitted in the call, the first begun first."""
    found = select(Application).options(joinedload(Application.tier)).where(Application.call_id == call.id)
    theirs = found.where(Application.organization_id.in_(actor.scopes(MEMBER) or ()))
    return db.session.scalars(
        visible(theirs, actor, Permission.APPLICATION_READ, Application).order_by(*BY_NUMBER, Application.id)
    ).all()


def _listed() -> Select[*tuple[Any, ...]]:
    return select(
        Application.id,
        Application.number,
        Application.organization_name,
        Application.title,
        Tier.label,
        Application.requested_yen,
        Application.status,
        Application.id.in_(proxied_applications()),
    ).join(Application.tier)


def _readable(found: Any, call: Call, actor: Actor, filters: Filters) -> Any:
    return visible(found.where(*_conditions(call, filters)), actor, Permission.APPLICATION_READ, Application)


def _conditions(call: Call, filters: Filters) -> list[ColumnElement[bool]]:
    conditions = [Application.call_id == call.id, Application.number.is_not(None)]
    if filters.tier:
        tier = select(Tier.id).where(Tier.call_id == call.id, Tier.key == filters.tier)
        conditions.append(Application.tier_id == tier.scalar_subquery())
    if filters.status:
        conditions.append(Application.status == filters.status)
    conditions += [Application.search_text.like(pattern, escape=ESCAPE) for pattern in patterns(filters.text)]
    return conditions


def _ordered(found: Any, sort: Sort, falling: bool) -> Any:
    """In the order asked for; equal ones in that of their numbers."""
    if sort is Sort.NUMBER:
        return found.order_by(*([column.desc() for column in BY_NUMBER] if falling else BY_NUMBER))
    if sort is Sort.ORGANIZATION:
        found = found.join(Application.organization)
    return found.order_by(ORDERS[sort].desc() if falling else ORDERS[sort], *BY_NUMBER)
