"""Reminders of a deadline: to whom, when, once each, and moved with the deadline."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
import time_machine
from sqlalchemy import select

from grantflow.accounts.models import MailPace, MemberRole, Organization, User
from grantflow.applications import reminding
from grantflow.applications.models import Application, Reminder, ReminderKind
from grantflow.applications.reminding import kinds_due
from grantflow.audit import trail
from grantflow.core.db import db
from grantflow.mail.models import Mail, MailState
from tests.applications import test_extensions as extensions
from tests.applications import test_web_proposal as web
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, person

Browsers = Callable[[User | None], Browser]
SITE = "https://grants.example.jp"
CLOSES = extensions.CLOSES
MICROSECOND = dt.timedelta(microseconds=1)
HOUR = dt.timedelta(hours=1)
KIND = ReminderKind

arranged, now, second = web.arranged, extensions.now, extensions.second


@pytest.fixture
def draft(arranged, browser: Browsers, now: None) -> Application:
    """A draft whose plan was written."""
    window = browser(arranged[0])
    found = web.begun(window)
    web.saved(window, found, "plan")
    return found


def reminded(at: dt.datetime) -> int:
    """How many drafts were told of at that time."""
    with time_machine.travel(at, tick=False):
        return reminding.remind_due(SITE)


def letters() -> list[tuple[str, str]]:
    """What was sent of deadlines, and to whom, in its order."""
    kinds = set(reminding.LETTERS.values())
    with db.transaction(write=False):
        rows = db.session.scalars(select(Mail).order_by(Mail.queued_at, Mail.template, Mail.recipient))
        return [(row.template, row.recipient) for row in rows if row.template in kinds]


@pytest.mark.parametrize(
    ("before", "kinds"),
    [
        (72 * HOUR + MICROSECOND, []),
        (72 * HOUR, [KIND.THREE_DAYS]),
        (60 * HOUR, []),
        (24 * HOUR + MICROSECOND, []),
        (24 * HOUR, [KIND.ONE_DAY]),
        (12 * HOUR, []),
        (0 * HOUR, []),
        (-MICROSECOND, [KIND.OVER]),
        (-72 * HOUR, [KIND.OVER]),
        (-72 * HOUR - MICROSECOND, []),
    ],
)
def test_each_reminder_has_its_hour(before: dt.timedelta, kinds: list[ReminderKind]) -> None:
    assert list(kinds_due(CLOSES, CLOSES, CLOSES - before)) == kinds


def test_who_writes_is_told_three_days_and_one_day_before_and_once_it_is_over(draft: Application) -> None:
    told = [reminded(CLOSES - 72 * HOUR), reminded(CLOSES - 24 * HOUR), reminded(CLOSES), reminded(CLOSES + HOUR)]
    again = [reminded(CLOSES - 71 * HOUR), reminded(CLOSES - 23 * HOUR), reminded(CLOSES + 2 * HOUR)]
    with db.transaction(write=False):
        bodies = {row.template: row.body for row in db.session.scalars(select(Mail))}

    assert told == [1, 1, 0, 1]
    assert again == [0, 0, 0]
    assert letters() == [(f"applications.{kind}", "applicant@example.jp") for kind in ("three_days", "one_day", "over")]
    assert "令和13年4月30日（水）17:00（日本時間）" in bodies["applications.one_day"]
    assert f"{SITE}/applications/{draft.id}/edit" in bodies["applications.one_day"]
    assert "川辺の茶の間" in bodies["applications.three_days"]
    assert "あと" in bodies["applications.three_days"]
    assert "提出されていない" in bodies["applications.over"]
    assert web.actions(draft)[:3] == ["applications.remind"] * 3


def test_only_who_can_write_is_told_and_nobody_waits_for_a_digest(draft: Application, writing) -> None:
    with writing() as session:
        group = session.scalars(select(Organization)).one()
        for role in (MemberRole.EDITOR, MemberRole.READER):
            one = person(f"{role.value}@example.jp", name=role.value)
            one.mail_pace = MailPace.DAILY
            session.flush()
            session.add(web.Membership(user_id=one.id, organization_id=group.id, role=role))
    reminded(CLOSES - 24 * HOUR)

    assert [to for _template, to in letters()] == ["applicant@example.jp", "editor@example.jp"]
    with db.transaction(write=False):
        assert {row.state for row in db.session.scalars(select(Mail))} == {MailState.QUEUED}


def test_what_was_submitted_needs_no_reminder(arranged, draft: Application, browser: Browsers) -> None:
    window = browser(arranged[0])
    for part in web.WHOLE:
        if part != "plan":
            web.saved(window, draft, part)
    window.post(f"/applications/{draft.id}/confirm")

    assert [reminded(CLOSES - 24 * HOUR), reminded(CLOSES + HOUR)] == [0, 0]


def test_an_extension_moves_the_reminders(arranged, draft: Application, browser: Browsers) -> None:
    moved = extensions.MOVED
    with time_machine.travel(CLOSES - 2 * HOUR, tick=False):
        extensions.extended(browser, arranged[1])
    told = [
        reminded(CLOSES - HOUR),  # of the extension, and that a day is left
        reminded(CLOSES + HOUR),
        reminded(moved),
        reminded(moved + MICROSECOND),
    ]

    assert told == [2, 0, 0, 1]
    assert [template for template, _to in letters()] == [
        "applications.extended",
        "applications.one_day",
        "applications.over",
    ]
    with db.transaction(write=False):
        assert {row.closes_at for row in db.session.scalars(select(Reminder))} == {moved}


def test_a_draft_that_was_told_it_is_over_is_told_that_it_may_go_on(
    arranged, draft: Application, browser: Browsers, second: User
) -> None:
    reminded(CLOSES + HOUR)
    with time_machine.travel(CLOSES + 2 * HOUR, tick=False):
        extensions.proposed(browser, arranged[1])
        waiting = reminded(CLOSES + 2 * HOUR)
        extensions.confirmed(browser, second)
    reminded(CLOSES + 3 * HOUR)
    reminded(extensions.MOVED + HOUR)

    assert waiting == 0
    assert [template for template, _to in letters()] == [
        "applications.over",
        "applications.extended",
        "applications.one_day",
        "applications.over",
    ]


def test_two_workers_tell_once(draft: Application) -> None:
    with time_machine.travel(CLOSES - 24 * HOUR, tick=False):
        with db.transaction(write=False):
            found = reminding.due(CLOSES - 24 * HOUR)
        ready, told = threading.Barrier(2), []

        def work() -> None:
            ready.wait()
            for each in found:
                with db.transaction(write=True):
                    told.append(reminding.tell(each, CLOSES - 24 * HOUR, SITE))

        workers = [threading.Thread(target=work) for _ in range(2)]
        for each in workers:
            each.start()
        for each in workers:
            each.join()

    assert sorted(told) == [False, True]
    assert len(letters()) == 1


def test_a_rehearsal_sends_nothing(arranged, draft: Application, writing) -> None:
    with writing() as session:
        call = extensions.the_call()
        call.rehearsal = True
        trail.record("calls.revise", call, by=OPERATOR)
        session.flush()
    reminded(CLOSES - 24 * HOUR)

    with db.transaction(write=False):
        assert {row.state for row in db.session.scalars(select(Mail))} == {MailState.HELD}
