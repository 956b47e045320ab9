"""The verbs of applications that are not a move."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import inspect, update

from grantflow.accounts import groups
from grantflow.accounts.models import MEMBER, WRITER, Organization
from grantflow.applications import corrections, deadlines, queries, receipts, submissions
from grantflow.applications.declared import declared_in
from grantflow.applications.models import Application, ApplicationStatus, Attachment, OfficerList, Section, Submission
from grantflow.applications.outline import Part
from grantflow.applications.parts.documents import FILES
from grantflow.applications.parts.registry import RULES
from grantflow.applications.searching import search_text
from grantflow.applications.workflow import APPLICATION, refuse_closed
from grantflow.audit import trail
from grantflow.calls.models import Call, Tier
from grantflow.calls.numbering import serial_of
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import db
from grantflow.core.locking import lock
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.permissions import Permission


def enter(call: Call, tier: Tier, organization: Organization, number: str, **facts: Any) -> Application:
    """A proposal that came on paper, as a draft with its `number`; the caller moves it and records the event.

    `facts` are the columns of what the proposal says. The organisation's name stays as the proposal spells it (R5.9).
    """
    row = received(call, tier, organization, number, **facts)
    db.session.add(row)
    return row


def received(call: Call, tier: Tier, organization: Organization, number: str, **facts: Any) -> Application:
    """A proposal as `enter` makes it, for a load that stores many at once: not stored yet."""
    name = facts.pop("organization_name", organization.name)
    area = facts.get("activity_area", "")
    return Application(
        call_id=call.id,
        call=call,
        tier_id=tier.id,
        tier=tier,
        organization_id=organization.id,
        organization=organization,
        organization_name=name,
        status=APPLICATION.start,
        number=number,
        serial=serial_of(number),
        search_text=search_text((number, name, facts.get("title", ""), area)),
        **facts,
    )


def draft(call: Call, tier: Tier, organization: Organization) -> Application:
    """A draft of the organisation, not stored yet; the caller has asked who may begin one, and records the event."""
    return Application(
        call_id=call.id,
        call=call,
        tier_id=tier.id,
        tier=tier,
        organization_id=organization.id,
        organization=organization,
        definition_version=call.definition_version,
        organization_name=organization.name,
        legal_form=organization.legal_form,
        founded=organization.founded,
        status=APPLICATION.start,
        extended_until=deadlines.extended_for(call, [organization.id]),
        search_text=search_text((organization.name,)),
    )


def start(call: Call, tier: Tier, organization: Organization, *, by: Actor, at: dt.datetime) -> Application:
    """A draft that the organisation writes on the web; refused for whoever does not act for it, and out of time (R3.6).

    Name, legal form and founding date stay as the organisation's profile spells them now (R5.9). What is asked is
    what the call says now, whatever a later version says.
    """
    row = draft(call, tier, organization)
    authorize(by, Permission.APPLICATION_START, call)
    authorize(by, Permission.APPLICATION_WRITE, row)
    refuse_closed(row, at)
    db.session.add(row)
    trail.record("applications.start", row, by=by, tier=tier.key, organization=organization.name)
    return row


def start_with_group(
    call: Call, tier: Tier, name: str, *, representative: bool, by: Actor, at: dt.datetime
) -> Application:
    """A draft of a group that is registered with it, for which `by` acts from now on; refused out of time (R3.6)."""
    authorize(by, Permission.APPLICATION_START, call)
    group = groups.add(name, representative=representative, by=by)
    founder = replace(by, grants=by.grants | {(MEMBER, group.id), (WRITER, group.id)})
    return start(call, tier, group, by=founder, at=at)


#: What is read again under the lock: its call and tier stay with the row.
COLUMNS = [each.key for each in inspect(Application).column_attrs]


class Outdated(Exception):
    """The part was saved by somebody else since it was shown; nothing was written."""


def save(
    application: Application,
    part: Part,
    content: Mapping[str, Any],
    *,
    seen: int,
    by: Actor,
    at: dt.datetime,
    read: Section | None = None,
) -> Section:
    """Keep `content` as what stands in a part; raises Outdated when the version `seen` is not the last one.

    `read` is the part as this transaction read it since it holds the application; else it is read here.
    Refused when the group may not write at `at` (R3.6). Of a draft, what the lists show of the part is copied into the
    columns of the application; of what was submitted the columns say what was received last, until it is submitted
    again (R3.9). The event keeps what changed, as it was and as it is, and of what tells of a person only that it
    changed.
    """
    authorize(by, Permission.APPLICATION_WRITE, application)
    refuse_closed(application, at)
    if lock(application):
        refuse_closed(application, at)  # it may have been decided on while this waited for its turn
        read = None
    row = read or queries.section(application, part)
    before = dict(row.content) if row else {}
    corrections.refuse_unopened(application, part, before, content)
    if (row.version if row else 0) != seen and before != content:
        raise Outdated
    if row is not None and before == content:
        return row
    if row is None:
        row = Section(application_id=application.id, key=part.value)
        db.session.add(row)
    row.content, row.saved_at, row.saved_by = dict(content), clock.now(), by.name
    if application.status not in submissions.HELD:
        _reflect(application, part, content)
    # What was never written and what is empty are the same
    changed = sorted(name for name in {*before, *content} if (before.get(name) or "") != (content.get(name) or ""))
    private = [name for name in changed if name in RULES[part].private]
    told = [name for name in changed if name not in private]
    trail.record(
        "applications.write",
        application,
        by=by,
        part=part.value,
        before={name: _part_of(before[name], content.get(name)) for name in told if name in before},
        after={name: _part_of(content[name], before.get(name)) for name in told if name in content},
        **({"fields": private} if private else {}),
    )
    db.session.flush()
    return row


def _part_of(value: Any, other: Any) -> Any:
    """`value`; of answers only those that `other` does not have as well."""
    if isinstance(value, dict) and isinstance(other, dict):
        return {key: each for key, each in value.items() if other.get(key) != each}
    return value


def _reflect(application: Application, part: Part, content: Mapping[str, Any]) -> None:
    for name, value in RULES[part].reflect(content, queries.asking(application)).items():
        setattr(application, name, value)
    _search_by(application)


def _search_by(application: Application) -> None:
    application.search_text = search_text(
        (application.number or "", application.organization_name, application.title, application.activity_area)
    )


def choose_tier(application: Application, tier: Tier, *, by: Actor, at: dt.datetime) -> None:
    """Apply to another tier of the call; what was written stays, whatever the tier asks for (R3.6)."""
    authorize(by, Permission.APPLICATION_WRITE, application)
    refuse_closed(application, at)
    corrections.refuse_while_corrected(application)
    before = application.tier.key
    if before == tier.key:
        return
    application.tier, application.tier_id = tier, tier.id
    trail.record("applications.choose_tier", application, by=by, before={"tier": before}, after={"tier": tier.key})


def follow_version(application: Application, *, by: Actor, at: dt.datetime) -> None:
    """Be asked what the newest version of the call asks; what was written stays (R3.6)."""
    authorize(by, Permission.APPLICATION_WRITE, application)
    refuse_closed(application, at)
    corrections.refuse_while_corrected(application)
    before, application.definition_version = application.definition_version, application.call.definition_version
    trail.record(
        "applications.follow_version",
        application,
        by=by,
        before={"version": before},
        after={"version": application.definition_version},
    )


def submit(
    application: Application, *, by: Actor, at: dt.datetime, key: str = "", checked: Collection[str] = ()
) -> Submission:
    """Receive the proposal as it stands; `at` is when the last byte of the request was there (R3.5, R3.6).

    Exactly once per `key`: who comes again with it, at whatever time, gets what was received then. A proposal that
    was received and did not change since stays the version that it is. `checked` are the SHA-256 of the files that
    were read just before (`grantflow.applications.rechecking`): with any other file it is refused.
    """
    authorize(by, Permission.APPLICATION_READ, application)
    db.session.refresh(application, COLUMNS, with_for_update=True)
    done = submissions.of_key(application, key)
    if done is not None:
        return done
    refuse_closed(application, at)
    last, contents = submissions.last(application), submissions.contents_of(application)
    is_received = application.status is ApplicationStatus.SUBMITTED
    if last is not None and is_received and submissions.is_as(last, application, contents):
        return last
    if not {file.sha256 for file in declared_in(contents)} <= set(checked):
        raise Refused(
            _("確かめているあいだに、提出するファイルが変わりました。いまの内容を見直して、もう一度提出してください。")
        )
    _tell_of_all(application)
    APPLICATION.fire("submit", application, by=by, received_at=at)
    row = submissions.version_of(application, contents, key=key or uuid.uuid4().hex, by=by, at=at)
    db.session.add(row)
    _receive_officers(application)
    trail.record(
        "applications.receive",
        application,
        by=by,
        version=row.version,
        whole=submissions.seal_of(row),
        number=row.number,
    )
    db.session.flush()
    receipts.send_receipts(row, by=by)
    return row


def _receive_officers(application: Application) -> None:
    """Keep the officers as they are handed in; what a page saw of the list stays the version that it saw."""
    db.session.execute(
        update(OfficerList)
        .where(OfficerList.application_id == application.id)
        .values(received=OfficerList.sealed, received_count=OfficerList.officer_count)
    )


def _tell_of_all(application: Application) -> None:
    """Copy what the lists show of every written part into the columns: from here on it is what was received."""
    for part, row in queries.sections(application).items():
        _reflect(application, part, row.content)


def lay_aside(application: Application) -> None:
    """Put what was received last in place of what its group wrote and attached since, and did not hand in (R3.9).

    The trail keeps both, and of officers that they were written. Consents stay as they are: they say what others
    answered.
    """
    row = submissions.last(application)
    if row is None:
        return
    for part, section in queries.sections(application).items():
        if part.value in row.contents:
            section.content = row.contents[part.value]
    application.definition_version = row.definition_version
    _lay_files_aside(application, row)
    _lay_officers_aside(application)
    db.session.flush()


def _lay_officers_aside(application: Application) -> None:
    officers = queries.officer_list(application)
    if officers is None or officers.received_count is None or officers.purged_at is not None:
        return
    if officers.received:
        officers.sealed, officers.officer_count = officers.received, officers.received_count
    else:
        db.session.delete(officers)


def _lay_files_aside(application: Application, row: Submission) -> None:
    there = {str(each.file_id): each for each in queries.attachments(application)}
    files = row.contents.get(Part.DOCUMENTS.value, {}).get(FILES, ())
    for file, attachment in there.items():
        if file not in {one["file"] for one in files}:
            db.session.delete(attachment)
    db.session.flush()
    for position, one in enumerate(files, 1):
        issued_on = dt.date.fromisoformat(one["issued_on"]) if one["issued_on"] else None
        if one["file"] in there:
            there[one["file"]].issued_on, there[one["file"]].position = issued_on, position
            continue
        db.session.add(
            Attachment(
                application_id=application.id,
                document=one["document"],
                file_id=uuid.UUID(one["file"]),
                position=position,
                issued_on=issued_on,
                attached_at=row.received_at,
                attached_by=row.submitted_by,
            )
        )
