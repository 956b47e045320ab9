"""What whoever writes a draft is told of its deadline: before it, when it moves, and once it is over (R3.6)."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import or_, select

from grantflow.accounts.group_queries import members
from grantflow.accounts.models import WRITERS, User
from grantflow.applications import completeness, queries
from grantflow.applications.models import Application, ApplicationStatus, Reminder, ReminderKind
from grantflow.audit import trail
from grantflow.calls import queries as calls
from grantflow.calls.leaflet_parts import contact_text
from grantflow.calls.mailing import send
from grantflow.calls.models import Call, CallStatus, later
from grantflow.core import clock
from grantflow.core.authorization import SYSTEM
from grantflow.core.dates import moment_text
from grantflow.core.db import db
from grantflow.core.words import SOURCE, _, speaking

#: How long before the deadline each reminder is due.
BEFORE: Mapping[ReminderKind, dt.timedelta] = {
    ReminderKind.THREE_DAYS: dt.timedelta(hours=72),
    ReminderKind.ONE_DAY: dt.timedelta(hours=24),
}
#: A reminder that nothing could send at its hour is still sent for so long; later it would say what is not true.
STILL = dt.timedelta(hours=12)
#: So long after the deadline those who did not submit are told.
AFTER = dt.timedelta(days=3)
#: How many drafts are told before other work has its turn.
AT_ONCE = 100

LETTERS: Mapping[ReminderKind, str] = {
    ReminderKind.EXTENDED: "applications.extended",
    ReminderKind.THREE_DAYS: "applications.three_days",
    ReminderKind.ONE_DAY: "applications.one_day",
    ReminderKind.OVER: "applications.over",
}


class Due(NamedTuple):
    """A draft whose writers are to be told, of what, and of which deadline."""

    application_id: uuid.UUID
    kind: ReminderKind
    closes_at: dt.datetime


def kinds_due(published: dt.datetime, closes_at: dt.datetime, now: dt.datetime) -> Sequence[ReminderKind]:
    """What is to be told at `now` of a draft whose deadline is `closes_at` and was published as `published`."""
    if closes_at < now:
        return (ReminderKind.OVER,) if now <= closes_at + AFTER else ()
    found = [kind for kind, before in BEFORE.items() if closes_at - before <= now < closes_at - before + STILL]
    return (ReminderKind.EXTENDED, *found) if closes_at > published else found


def due(now: dt.datetime, most: int = AT_ONCE) -> Sequence[Due]:
    """At most `most` of those that were not told yet, in the order of their deadlines."""
    soon = now + max(BEFORE.values())
    rows = db.session.execute(
        select(Application.id, Application.extended_until, Call.closes_at, Call.extended_until)
        .join(Application.call)
        .where(
            Application.status == ApplicationStatus.DRAFT,
            Call.status == CallStatus.PUBLISHED,
            Call.opens_at <= now,
            or_(
                Call.closes_at.between(now - AFTER, soon),
                Call.extended_until >= now - AFTER,
                Application.extended_until >= now - AFTER,
            ),
        )
    )
    found = [
        Due(application_id, kind, closes_at)
        for application_id, for_one, published, for_all in rows
        for closes_at in (later(published, for_all, for_one),)
        for kind in kinds_due(published, closes_at, now)
    ]
    if not found:
        return ()
    told = select(Reminder.application_id, Reminder.kind, Reminder.closes_at).where(
        Reminder.closes_at >= min(each.closes_at for each in found)
    )
    done = {Due(*row) for row in db.session.execute(told)}
    return sorted({each for each in found if each not in done}, key=lambda each: (each.closes_at, str(each)))[:most]


def remind_due(site: str) -> int:
    """Tell those whose hour has come, each in a transaction of its own; returns how many drafts were told of.

    `site` is the address of the installation. Nobody else waits while there is none.
    """
    now = clock.now()
    with db.transaction(write=False):
        found = due(now)
    told = 0
    for each in found:
        with db.transaction(write=True):
            told += tell(each, now, site.rstrip("/"))
    return told


def tell(each: Due, now: dt.datetime, site: str) -> bool:
    """Whether the writers were told: not when another worker was faster, or what was to be told is not so any more."""
    held = select(Application).where(Application.id == each.application_id).with_for_update()
    application = db.session.scalars(held).one()
    still = application.status is ApplicationStatus.DRAFT and application.deadline == each.closes_at
    known = select(Reminder.id).where(
        Reminder.application_id == each.application_id,
        Reminder.kind == each.kind,
        Reminder.closes_at == each.closes_at,
    )
    if not still or db.session.scalars(known).first():
        return False
    db.session.add(Reminder(application_id=application.id, kind=each.kind, closes_at=each.closes_at, sent_at=now))
    to = [row.user for row in members(application.organization) if row.role in WRITERS and row.user.is_active]
    _send(application, each, to, site)
    trail.record(
        "applications.remind", application, by=SYSTEM, kind=each.kind.value, closes_at=each.closes_at, count=len(to)
    )
    return True


def _send(application: Application, each: Due, to: Sequence[User], site: str) -> None:
    call = application.call
    with speaking(SOURCE):
        values: dict[str, str] = {
            "organization": application.organization_name,
            "title": application.title or _("（事業名はまだありません）"),
            "closes_at": _("%(at)s（日本時間）", at=moment_text(each.closes_at)),
            "address": f"{site}/applications/{application.id}/edit",
            "contact": contact_text(calls.definition(call)),
        }
        if each.kind in BEFORE:
            left = len(completeness.missing(queries.dossier(application)))
            values["left"] = _("あと%(count)s件", count=left) if left else _("なし（提出するだけです）")
    for person in to:
        send(LETTERS[each.kind], person, call, **values)
