"""Mail: queued with what it tells of, sent one by one, tried again, and silent about addresses where it fails."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from config import BadSetting, Settings
from grantflow import worker
from grantflow.core import clock
from grantflow.core.db import db
from grantflow.mail import operations, queries, sending, transports
from grantflow.mail.catalogue import TEMPLATES, Template
from grantflow.mail.letters import Letter
from grantflow.mail.models import Mail, MailState
from tests.mail.inbox import Inbox, read, words

LETTER = Letter("役割が付きました", "早瀬 みのり 様\n\n髙﨑𠮷の件です。\n")
SENDER = "grants@example.jp"
PLAIN, KEYED = TEMPLATES["calls.role"], TEMPLATES["accounts.link"]


def queued(writing: Callable, template: Template = PLAIN, **more: bool) -> Mail:
    with writing():
        return operations.queue("member@example.jp", LETTER, template, **more)


def stored(reading: Callable) -> Mail:
    with reading():
        return db.session.scalars(select(Mail)).one()


def test_a_mail_arrives_as_it_was_written(writing: Callable, reading: Callable, inbox: Inbox) -> None:
    row = queued(writing)

    tried = sending.send_due(transports.post(inbox.url, SENDER))

    got = read(inbox.got[0])
    assert tried == 1
    assert (got["To"], got["Subject"], got["Message-ID"]) == (
        "member@example.jp",
        "役割が付きました",
        f"<{row.id}@example.jp>",
    )
    assert words(inbox.got[0]) == LETTER.body
    assert (stored(reading).state, stored(reading).attempts) == (MailState.SENT, 1)
    assert sending.send_due(transports.post(inbox.url, SENDER)) == 0


def test_a_mail_whose_transaction_fails_was_never_written(writing: Callable, reading: Callable) -> None:
    with pytest.raises(ZeroDivisionError), writing():
        operations.queue("member@example.jp", LETTER, PLAIN)
        _ = 1 / 0

    with reading():
        assert queries.newest(["member@example.jp"]) == {}


def test_a_server_that_is_away_is_tried_again_later_and_later(writing: Callable, reading: Callable) -> None:
    queued(writing)
    post = transports.post("smtp://127.0.0.1:1", SENDER)
    pauses = []
    with time_machine.travel(clock.now(), tick=False) as time:
        while stored(reading).state is MailState.QUEUED:
            time.move_to(max(clock.now(), stored(reading).next_at))
            sending.send_due(post)
            pauses.append(stored(reading).next_at - clock.now())

    assert pauses[:-1] == list(operations.PAUSES)
    assert (stored(reading).state, stored(reading).last_error) == (MailState.FAILED, "ConnectionRefusedError")


def test_the_same_mail_keeps_its_message_id(writing: Callable, reading: Callable, inbox: Inbox) -> None:
    queued(writing)
    inbox.answer = "451 try later"
    sending.send_due(transports.post(inbox.url, SENDER))
    assert stored(reading).last_error == "SMTPRecipientsRefused 451"
    inbox.answer = "250 OK"

    with time_machine.travel(clock.now() + dt.timedelta(minutes=2)):
        sending.send_due(transports.post(inbox.url, SENDER))

    assert read(inbox.got[0])["Message-ID"] == f"<{stored(reading).id}@example.jp>"


def test_an_address_that_is_refused_for_good_is_not_tried_again(
    writing: Callable, reading: Callable, inbox: Inbox
) -> None:
    queued(writing, KEYED)
    inbox.answer = "550 <member@example.jp> unknown"

    sending.send_due(transports.post(inbox.url, SENDER))

    row = stored(reading)
    assert (row.state, row.last_error, row.body) == (MailState.FAILED, "SMTPRecipientsRefused 550", "")


def test_a_key_is_forgotten_once_its_mail_was_sent(writing: Callable, reading: Callable, inbox: Inbox) -> None:
    queued(writing, KEYED)

    sending.send_due(transports.post(inbox.url, SENDER))

    assert stored(reading).body == ""
    assert words(inbox.got[0]) == LETTER.body


def test_a_mail_that_is_held_never_leaves(writing: Callable, reading: Callable, inbox: Inbox) -> None:
    queued(writing, held=True)

    assert sending.send_due(transports.post(inbox.url, SENDER)) == 0

    assert (stored(reading).state, inbox.got) == (MailState.HELD, [])


def test_a_mail_that_somebody_else_took_is_left_until_they_must_have_failed(writing: Callable) -> None:
    queued(writing)
    now = clock.now()
    with writing():
        assert operations.take(now) is not None

    with writing():
        assert operations.take(now + operations.LEASE - dt.timedelta(seconds=1)) is None
    with writing():
        assert operations.take(now + operations.LEASE) is not None


def test_without_a_server_a_mail_is_a_file_that_only_we_can_read(writing: Callable, tmp_path: Path) -> None:
    row = queued(writing)

    sending.send_due(transports.post((tmp_path / "mail").as_uri(), SENDER))

    file = tmp_path / "mail" / f"{row.id}.eml"
    assert words(file.read_bytes()) == LETTER.body
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_timer_that_fails_is_told_by_its_kind_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ValueError("member@example.jp")

    worker.run(worker.Timer("mail", 5, fail))

    assert caplog.messages == ["timer mail failed: ValueError"]


def test_the_worker_sends_what_is_due_until_it_is_stopped(
    writing: Callable, reading: Callable, settings: Settings
) -> None:
    queued(writing)

    stop = worker.start(settings)
    for _turn in range(100):
        if stored(reading).state is MailState.SENT:
            break
        stop.wait(0.05)
    stop.set()

    assert stored(reading).state is MailState.SENT


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GRANTFLOW_MAIL_URL", "http://mail.example.jp"),
        ("GRANTFLOW_MAIL_URL", "smtp://"),
        ("GRANTFLOW_MAIL_URL", "smtp://mail.example.jp:99999"),
        ("GRANTFLOW_MAIL_URL", "file:mail"),
        ("GRANTFLOW_MAIL_FROM", "nobody"),
        ("GRANTFLOW_MAIL_FROM", "a@b\r\nBcc: c@d"),
        ("GRANTFLOW_WORKER", "perhaps"),
    ],
)
def test_a_malformed_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"^{name}: "):
        Settings.from_environment({"GRANTFLOW_DATA_DIR": str(tmp_path), name: value})


def test_the_settings_of_mail_have_defaults(tmp_path: Path) -> None:
    found = Settings.from_environment({"GRANTFLOW_DATA_DIR": str(tmp_path)})

    assert (found.outgoing_mail, found.sender, found.worker) == (
        (tmp_path / "mail").as_uri(),
        "grantflow@127.0.0.1",
        True,
    )


def test_a_server_that_is_away_is_asked_once_a_turn(writing: Callable, reading: Callable) -> None:
    with writing():
        for number in range(3):
            operations.queue(f"member{number}@example.jp", LETTER, PLAIN)

    tried = sending.send_due(transports.post("smtp://127.0.0.1:1", SENDER))

    with reading():
        attempts = sorted(db.session.scalars(select(Mail.attempts)))
    assert (tried, attempts) == (1, [0, 0, 1])


def test_a_mail_that_is_refused_keeps_no_other_waiting(writing: Callable, inbox: Inbox) -> None:
    with writing():
        for number in range(3):
            operations.queue(f"member{number}@example.jp", LETTER, PLAIN)
    inbox.answer = "550 unknown"

    tried = sending.send_due(transports.post(inbox.url, SENDER))

    assert tried == 3
