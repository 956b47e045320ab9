"""A mail server that is away for hours, and workers that die: nothing is lost, and a duplicate is known as one."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
import time_machine
from sqlalchemy import select

from config import ROOT, Settings
from grantflow.core import clock
from grantflow.core.db import db
from grantflow.mail import operations, sending, transports
from grantflow.mail.catalogue import TEMPLATES
from grantflow.mail.letters import Letter
from grantflow.mail.models import Mail, MailState
from tests.mail.inbox import Inbox, words

SENDER = "grants@example.jp"
MINUTE = dt.timedelta(minutes=1)
LETTERS = 12
#: A process that takes a mail and dies before or after the server has it, as a power cut ends it.
DYING = """
import os, sys
from grantflow.core.db import db
from grantflow.mail import sending, transports
database, url, moment = sys.argv[1:]
db.connect(database)
post = transports.post(url, "grants@example.jp")
def send(message):
    if moment == "after":
        post.send(message)
    os._exit(9)
sending.send_due(transports.Post(post.sender, send))
"""


def written(writing: Callable, count: int) -> list[str]:
    """So many letters queued, every third of them with a key; returns their Message-IDs."""
    found = []
    for number in range(count):
        template = TEMPLATES["calls.role" if number % 3 else "accounts.link"]
        with writing():
            row = operations.queue(f"member{number}@example.jp", Letter("お知らせ", f"{number}通目です。\n"), template)
        found.append(f"<{row.id}@example.jp>")
    return found


def states(reading: Callable) -> list[MailState]:
    with reading():
        return list(db.session.scalars(select(Mail.state)))


def test_four_hours_without_a_server_lose_nothing_and_all_is_there_an_hour_later(
    writing: Callable, reading: Callable, inbox: Inbox
) -> None:
    post = transports.post(inbox.url, SENDER)
    inbox.go()
    with time_machine.travel(clock.now(), tick=False) as time:
        expected = written(writing, LETTERS // 2)
        for minute in range(240):
            sending.send_due(post)
            time.shift(MINUTE)
            if minute == 120:
                expected += written(writing, LETTERS // 2)
        assert (states(reading), inbox.got) == ([MailState.QUEUED] * LETTERS, [])
        inbox.come()
        for _minute in range(60):
            sending.send_due(post)
            time.shift(MINUTE)

    assert states(reading) == [MailState.SENT] * LETTERS
    assert sorted(inbox.message_ids) == sorted(expected)
    assert sorted(words(content) for content in inbox.got) == sorted(f"{n}通目です。\n" for n in [*range(6), *range(6)])


@pytest.mark.parametrize(("moment", "copies"), [("before", 1), ("after", 2)])
def test_a_worker_that_dies_causes_one_duplicate_at_most_with_the_same_message_id(
    writing: Callable, reading: Callable, inbox: Inbox, settings: Settings, moment: str, copies: int
) -> None:
    [expected] = written(writing, 1)
    command = [sys.executable, "-c", DYING, settings.database_url, inbox.url, moment]
    died = subprocess.run(command, cwd=ROOT, env=dict(os.environ), check=False, timeout=60)
    post = transports.post(inbox.url, SENDER)
    assert died.returncode == 9

    assert sending.send_due(post) == 0
    with time_machine.travel(clock.now() + operations.LEASE + MINUTE):
        assert sending.send_due(post) == 1
        assert sending.send_due(post) == 0

    assert inbox.message_ids == [expected] * copies
    assert states(reading) == [MailState.SENT]
