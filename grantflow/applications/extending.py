"""Moving the deadline: for all at once, or for one group when a second person confirms it (R3.6)."""

import datetime as dt

from sqlalchemy import select

from grantflow.accounts.models import Organization
from grantflow.applications import deadlines
from grantflow.applications.models import Application
from grantflow.audit import trail
from grantflow.calls.models import Call, CallStatus, Extension, later
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize
from grantflow.core.dates import moment_text
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.permissions import Permission


def extend_for_all(call: Call, closes_at: dt.datetime, reason: str, *, by: Actor) -> Extension:
    """Let everybody write and submit until `closes_at`; it holds at once, and what the call published stays.

    Refused without a reason, for a time that is not later than what holds or is over, and once there are scores.
    """
    authorize(by, Permission.DEADLINE_EXTEND, call)
    _hold(call)
    before = call.deadline
    _refuse_unless_possible(call, before, closes_at, reason)
    now = clock.now()
    row = _row(call, None, before, closes_at, reason, by)
    row.confirmed_by_id, row.confirmed_by, row.confirmed_at = by.id, by.name, now
    call.extended_until = closes_at
    db.session.add(row)
    trail.record(
        "calls.extend", call, by=by, before={"closes_at": before}, after={"closes_at": closes_at}, reason=row.reason
    )
    return row


def propose_for_one(
    call: Call, organization: Organization, closes_at: dt.datetime, reason: str, *, by: Actor
) -> Extension:
    """Ask that one group may write and submit until `closes_at`: nothing changes until somebody else confirms it.

    Refused as `extend_for_all` is, while another one waits for the group, and for a group in conflict with `by`.
    """
    authorize(by, Permission.DEADLINE_EXTEND, call)
    _hold(call)
    for application in deadlines.proposals(call, organization.id):
        authorize(by, Permission.APPLICATION_SCREEN, application)
    before = deadlines.closes_at_for(call, [organization.id])
    _refuse_unless_possible(call, before, closes_at, reason)
    waiting = select(Extension.id).where(
        Extension.call_id == call.id,
        Extension.organization_id == organization.id,
        Extension.confirmed_at.is_(None),
        Extension.dropped_at.is_(None),
    )
    if db.session.scalars(waiting).first():
        raise Refused(_("この団体の延長は、もう1件が確認を待っています。先にそれを確かめるか、取りやめてください。"))
    row = _row(call, organization, before, closes_at, reason, by)
    db.session.add(row)
    trail.record(
        "calls.propose_extension",
        call,
        by=by,
        organization=organization.name,
        before={"closes_at": before},
        after={"closes_at": closes_at},
        reason=row.reason,
    )
    return row


def confirm(extension: Extension, *, by: Actor) -> None:
    """Let the deadline of the group hold, as the second person; refused for whoever asked for it."""
    authorize(by, Permission.DEADLINE_EXTEND, extension)
    call, organization = extension.call, extension.organization
    if organization is None:
        raise Refused(_("すべての団体の延長は、もう効いています。確認はいりません。"))
    _hold(call)
    db.session.refresh(extension, ["confirmed_at", "dropped_at", "version"], with_for_update=True)
    found = [_held(application) for application in deadlines.proposals(call, organization.id)]
    for application in found:
        authorize(by, Permission.APPLICATION_SCREEN, application)
    _refuse_unless_waiting(extension)
    if by.id is None or by.id == extension.set_by_id:
        raise Refused(_("延長を申し出た人は、自分では確かめられません。事務局の別の人に頼んでください。"))
    before = later(call.deadline, deadlines.extended_for(call, [organization.id]))
    _refuse_unless_possible(call, before, extension.closes_at, extension.reason)
    extension.confirmed_by_id, extension.confirmed_by, extension.confirmed_at = by.id, by.name, clock.now()
    trail.record("calls.confirm_extension", call, by=by, organization=organization.name, closes_at=extension.closes_at)
    for application in found:
        application.extended_until = extension.closes_at
        trail.record(
            "applications.extend",
            application,
            by=by,
            before={"closes_at": before},
            after={"closes_at": extension.closes_at},
            reason=extension.reason,
        )


def drop(extension: Extension, *, by: Actor) -> None:
    """Take back what nobody confirmed yet."""
    authorize(by, Permission.DEADLINE_EXTEND, extension)
    _hold(extension.call)
    db.session.refresh(extension, ["confirmed_at", "dropped_at", "version"], with_for_update=True)
    _refuse_unless_waiting(extension)
    extension.dropped_at = clock.now()
    name = extension.organization.name if extension.organization else ""
    trail.record("calls.drop_extension", extension.call, by=by, organization=name, closes_at=extension.closes_at)


def _row(
    call: Call, organization: Organization | None, before: dt.datetime, closes_at: dt.datetime, reason: str, by: Actor
) -> Extension:
    return Extension(
        call_id=call.id,
        call=call,
        organization_id=organization.id if organization else None,
        organization=organization,
        closed_at=before,
        closes_at=closes_at,
        reason=reason.strip(),
        set_by_id=by.id,
        set_by=by.name,
        set_at=clock.now(),
    )


def _refuse_unless_possible(call: Call, before: dt.datetime, closes_at: dt.datetime, reason: str) -> None:
    if not reason.strip():
        raise Refused(_("延ばす理由がありません。団体に見せる理由を書いてください。"))
    if call.status is not CallStatus.PUBLISHED:
        raise Refused(
            _(
                "この公募は「%(state)s」なので、締切を延ばせません。公開中の公募を選んでください。",
                state=call.status.label,
            )
        )
    if call.criteria_in_use:
        raise Refused(_("採点が始まったので、締切を延ばせません。審査の進め方を、所管官庁と相談してください。"))
    if closes_at <= clock.now():
        raise Refused(_("%(at)sは、もう過ぎています。これから来る日時を書いてください。", at=moment_text(closes_at)))
    if closes_at <= before:
        raise Refused(
            _(
                "いまの締切は%(before)sです。締切を早めたり、同じ時刻にしたりはできません。それより後の日時を書いてください。",
                before=moment_text(before),
            )
        )


def _refuse_unless_waiting(extension: Extension) -> None:
    if extension.confirmed_at or extension.dropped_at:
        raise Refused(_("この延長は、もう確認か取りやめが済んでいます。一覧で結果を確かめてください。"))


def _hold(call: Call) -> None:
    """Read the call again and hold it, so that two extensions do not start from the same deadline."""
    held = select(Call).where(Call.id == call.id).with_for_update()
    db.session.scalars(held.execution_options(populate_existing=True)).one()


def _held(application: Application) -> Application:
    held = select(Application).where(Application.id == application.id).with_for_update()
    return db.session.scalars(held.execution_options(populate_existing=True)).one()
