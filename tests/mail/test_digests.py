"""The daily digest: one mail for each person at six in the evening, whole or not at all."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from sqlalchemy import select

from grantflow.accounts import operations as accounts
from grantflow.accounts.models import MailPace, User
from grantflow.calls import mailing
from grantflow.calls.models import Call
from grantflow.core.clock import TOKYO
from grantflow.core.db import db
from grantflow.mail import digests, operations, queries, sending, transports
from grantflow.mail.catalogue import TEMPLATES
from grantflow.mail.letters import Letter
from grantflow.mail.models import Mail, MailState
from tests.factories.accounts import OPERATOR, person
from tests.factories.calls import published
from tests.mail.inbox import Inbox, words

NOON = dt.datetime(2031, 4, 8, 12, 0, tzinfo=TOKYO)
SIX = dt.datetime(2031, 4, 8, 18, 0, tzinfo=TOKYO)
DAY = dt.timedelta(days=1)
TOLD = {"inviter": "堂島 朋子", "role": "審査委員", "address": "https://grants.example.jp/sign-in"}


@pytest.fixture
def reader(writing: Callable) -> User:
    """Somebody who wants one mail a day."""
    with writing():
        user = person("reader@example.jp", name="早瀬 みのり")
        accounts.choose_pace(user, MailPace.DAILY, by=OPERATOR)
    return user


def told(writing: Callable, to: User | str, at: dt.datetime, call: Call | None = None, **more: str) -> Mail:
    with time_machine.travel(at, tick=False), writing():
        return mailing.send("calls.role", to, call, **TOLD | more)


def bound(at: dt.datetime) -> int:
    with time_machine.travel(at, tick=False):
        return digests.bind_due()


def rows(reading: Callable) -> list[tuple[str, str, str]]:
    with reading():
        found = db.session.scalars(select(Mail).order_by(Mail.queued_at, Mail.template))
        return [(row.template, row.recipient, row.state.value) for row in found]


def test_what_comes_in_a_day_leaves_in_one_mail_at_six(
    writing: Callable, reading: Callable, reader: User, inbox: Inbox
) -> None:
    told(writing, reader, NOON, role="審査委員（川辺の灯り調査）")
    told(writing, reader, NOON + dt.timedelta(hours=1), role="監査（川辺の灯り調査）")
    post = transports.post(inbox.url, "grants@example.jp")
    assert bound(SIX - dt.timedelta(seconds=1)) == 0

    assert bound(SIX) == 1
    with time_machine.travel(SIX, tick=False):
        sent = sending.send_due(post)

    with reading():
        digest = db.session.scalars(select(Mail).where(Mail.template == "mail.digest")).one()
        inside = db.session.scalars(select(Mail).where(Mail.digest_id == digest.id)).all()
    text = words(inbox.got[0])
    assert (sent, digest.subject) == (1, "お知らせ2件をまとめました")
    assert [row.state for row in inside] == [MailState.IN_DIGEST] * 2
    assert 0 < text.index("1. 役割が付きました") < text.index("審査委員（川辺") < text.index("監査（川辺")
    assert bound(SIX + DAY) == 0


def test_each_person_gets_a_digest_of_their_own_and_nothing_of_the_next_day(
    writing: Callable, reading: Callable, reader: User
) -> None:
    with writing():
        other = person("other@example.jp")
        accounts.choose_pace(other, MailPace.DAILY, by=OPERATOR)
    for user, at in ((reader, NOON), (other, NOON), (reader, SIX)):
        told(writing, user, at)

    made = bound(SIX + dt.timedelta(minutes=1))

    assert made == 2
    assert rows(reading).count(("calls.role", "reader@example.jp", "gathered")) == 1
    assert bound(SIX + DAY) == 1


def test_a_digest_that_was_interrupted_is_made_whole_later(writing: Callable, reading: Callable, reader: User) -> None:
    told(writing, reader, NOON)
    before = rows(reading)

    with pytest.raises(ZeroDivisionError), time_machine.travel(SIX, tick=False), writing():
        digests.bind("reader@example.jp", SIX)
        _ = 1 / 0

    assert rows(reading) == before
    assert (bound(SIX + DAY), bound(SIX + DAY)) == (1, 0)


def test_two_workers_at_once_make_one_digest_for_each_person(writing: Callable, reading: Callable) -> None:
    addresses = [f"reader{number}@example.jp" for number in range(6)]
    for address in addresses:
        with writing():
            user = person(address)
            accounts.choose_pace(user, MailPace.DAILY, by=OPERATOR)
        for _letter in range(2):
            told(writing, user, NOON)

    with time_machine.travel(SIX, tick=False), ThreadPoolExecutor(2) as workers:
        made = sum(workers.map(lambda _worker: digests.bind_due(), range(2)))

    found = rows(reading)
    assert made == len(addresses)
    assert sorted(row[1] for row in found if row[0] == "mail.digest") == addresses
    assert [row[2] for row in found if row[0] == "calls.role"] == ["in_digest"] * 12


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("accounts.link", {"address": "https://grants.example.jp/welcome/x", "until": SIX}),
        ("accounts.codes_reset", {"at": NOON}),
    ],
)
def test_keys_and_warnings_never_wait(
    writing: Callable, reader: User, template: str, values: dict[str, dt.datetime | str]
) -> None:
    with writing():
        row = mailing.send(template, reader, None, **values)

    assert row.state is MailState.QUEUED


def test_a_formal_notice_never_waits(writing: Callable, reader: User) -> None:
    formal = dataclasses.replace(TEMPLATES["calls.role"], is_formal=True)

    with writing():
        row = operations.queue(reader.email, Letter("通知", "通知します。\n"), formal, waits=True)

    assert (row.state, row.is_formal) == (MailState.QUEUED, True)


def test_whoever_wants_mail_at_once_and_an_address_without_a_person_do_not_wait(writing: Callable) -> None:
    with writing():
        user = person("prompt@example.jp")

    assert told(writing, user, NOON).state is MailState.QUEUED
    assert told(writing, "nobody@example.jp", NOON, name="だれか").state is MailState.QUEUED


def test_the_mail_of_a_rehearsal_is_held_whatever_the_pace(writing: Callable, reader: User) -> None:
    with writing():
        call = published()
        call.rehearsal = True

    assert told(writing, reader, NOON, call).state is MailState.HELD


def test_choosing_to_hear_at_once_lets_go_what_waited(writing: Callable, reading: Callable, reader: User) -> None:
    told(writing, reader, NOON)

    with time_machine.travel(NOON + dt.timedelta(minutes=5), tick=False), writing():
        accounts.choose_pace(db.session.get_one(User, reader.id), MailPace.AT_ONCE, by=OPERATOR)

    assert rows(reading) == [("calls.role", "reader@example.jp", "queued")]
    with reading():
        assert queries.is_due(NOON + dt.timedelta(minutes=5))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOON, SIX),
        (SIX - dt.timedelta(microseconds=1), SIX),
        (SIX, SIX + DAY),
        (dt.datetime(2031, 4, 8, 20, 0, tzinfo=dt.UTC), SIX + DAY),
    ],
)
def test_digests_leave_at_six_in_tokyo(now: dt.datetime, expected: dt.datetime) -> None:
    assert operations.digest_after(now) == expected
