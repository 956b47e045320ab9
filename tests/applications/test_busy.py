"""Being turned away while too many come at once: the page, the ticket in a file, and its way into the database."""

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from config import Settings
from grantflow.accounts import operations as accounts
from grantflow.accounts.models import User
from grantflow.applications import busy_tickets, busy_views
from grantflow.applications.busy_tickets import Ticket, TicketFile, number_of, tickets
from grantflow.applications.cli import applications
from grantflow.applications.models import Application, ApplicationStatus, BusyTicket
from grantflow.audit import trail
from grantflow.core.admission import Admission
from grantflow.core.commands import CommandLine, run
from grantflow.core.db import db
from grantflow.core.sealing import sealing
from grantflow.core.web import public
from tests.applications import test_web_proposal as web
from tests.browsing import Browser
from tests.counting import statements
from tests.factories.accounts import OPERATOR

Browsers = Callable[[User | None], Browser]
IN_TIME = "2031-04-30T16:59:59.123456+09:00"
SHOWN = "令和13年4月30日（水）16:59:59.123456"

arranged = web.arranged


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The small call is open, for less than a second more."""
    with time_machine.travel(IN_TIME, tick=False):
        yield


@pytest.fixture(autouse=True)
def folder(settings: Settings) -> Iterator[Path]:
    """Where tickets are kept, empty at first."""
    tickets.use(settings.tickets)
    yield settings.tickets
    shutil.rmtree(settings.tickets, ignore_errors=True)


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody finds a place."""
    monkeypatch.setattr(busy_views, "admission", Admission(at_once=0, urgent=0, others=0))


@pytest.fixture
def draft(arranged, browser: Browsers):
    """A whole draft of the applicant."""
    window = browser(arranged[0])
    found = web.begun(window)
    web.written(window, found)
    return found


def stored() -> list[BusyTicket]:
    """The tickets that the database has."""
    with db.transaction(write=False):
        return list(db.session.scalars(select(BusyTicket).order_by(BusyTicket.received_at, BusyTicket.act)))


def lines(folder: Path) -> list[str]:
    """What stands in the files."""
    return [line for path in sorted(folder.glob("*.log")) for line in path.read_text().splitlines() if line]


def test_a_submission_in_a_crowd_gets_the_time_and_a_ticket(
    arranged, draft, browser: Browsers, folder: Path, crowded: None
):
    answer = browser(arranged[0]).post(f"/applications/{draft.id}/confirm", {"key": "k1"})

    (line,) = lines(folder)
    (ticket,) = (found for _path, _place, some in TicketFile.unread(tickets) for found in some)
    assert answer.status_code == 503
    assert 10 <= int(answer.headers["Retry-After"]) <= 15
    assert answer.headers["Cache-Control"] == "no-store"
    assert "まだ受け付けていません" in answer.text
    assert SHOWN in answer.text
    assert number_of(ticket.mark) in answer.text
    assert "締切を延ばすかどうかは、事務局が記録を見て決めます。" in answer.text
    assert '<input type="hidden" name="key" value="k1">' in answer.text
    assert (ticket.application, ticket.act, ticket.at) == (str(draft.id), "applications.confirm", IN_TIME)
    assert web.only().status is ApplicationStatus.DRAFT
    for private in ("野川", "applicant@example.jp", "ほたる", "川辺", "k1"):
        assert private not in line


def test_it_asks_the_database_nothing(arranged, draft, browser: Browsers, settings: Settings, crowded: None):
    window = browser(arranged[0])
    db.connect(f"sqlite:///{settings.data_dir / 'nowhere' / 'none.db'}")

    answer = window.post(f"/applications/{draft.id}/confirm", {"key": "k1"})

    db.connect(settings.database_url)
    assert answer.status_code == 503
    assert "送ろうとした記録を残しました" in answer.text


def test_what_the_page_sends_again_is_received_once_there_is_a_place(arranged, draft, browser: Browsers):
    window, places = browser(arranged[0]), busy_views.admission
    busy_views.admission = Admission(at_once=0, urgent=0, others=0)
    try:
        refused = window.post(f"/applications/{draft.id}/confirm", {"key": "k1"})
    finally:
        busy_views.admission = places
    received = window.post(f"/applications/{draft.id}/confirm", {"key": "k1"})

    assert (refused.status_code, received.status_code) == (503, 302)
    assert web.only().status is ApplicationStatus.SUBMITTED


def test_after_the_deadline_a_ticket_does_not_count_as_received(
    arranged, draft, browser: Browsers, crowded: None, monkeypatch: pytest.MonkeyPatch
):
    window = browser(arranged[0])
    window.post(f"/applications/{draft.id}/confirm", {"key": "k1"})
    monkeypatch.setattr(busy_views, "admission", Admission())
    with time_machine.travel("2031-04-30T17:00:09+09:00", tick=False):
        late = browser(arranged[0]).post(f"/applications/{draft.id}/confirm", {"key": "k1"})

    assert late.status_code == 422
    assert web.only().status is ApplicationStatus.DRAFT


def test_a_part_that_could_not_be_saved_comes_back_with_what_was_typed(
    arranged, draft, browser: Browsers, folder: Path, crowded: None
):
    typed = {"version": "1", **web.WHOLE["plan"], "title": "混雑の日の題"}

    answer = browser(arranged[0]).post(f"/applications/{draft.id}/edit/plan", typed)

    assert answer.status_code == 503
    assert "まだ保存していません" in answer.text
    assert '<input type="hidden" name="title" value="混雑の日の題">' in answer.text
    assert "混雑の日の題" not in "".join(lines(folder))
    assert len(lines(folder)) == 1


def test_whoever_cannot_even_open_the_page_that_submits_gets_a_ticket_too(
    arranged, draft, browser: Browsers, folder: Path, crowded: None
):
    answer = browser(arranged[0]).get(f"/applications/{draft.id}/confirm")
    busy_tickets.take_in()

    (row,) = stored()
    assert answer.status_code == 503
    assert "もう一度開く" in answer.text
    assert number_of(row.mark) in answer.text
    assert busy_tickets.label_of(row.act) == "提出の画面を開く"


def test_pages_scripts_and_passwords_leave_no_ticket(arranged, draft, browser: Browsers, folder: Path, crowded: None):
    window = browser(arranged[0])
    page = window.get(f"/applications/{draft.id}")
    script = window.post(
        f"/applications/{draft.id}/edit/plan/autosave", {"version": "1"}, headers={"Accept": "application/json"}
    )
    password = browser(None).post("/sign-in", {"email": "applicant@example.jp", "password": "a secret of mine"})
    visitor = browser(None).post(f"/applications/{draft.id}/confirm", {"key": "k1"})

    assert [answer.status_code for answer in (page, script, password, visitor)] == [503] * 4
    assert "もう一度開く" in page.text
    assert "もう一度保存してください" in script.get_json()["message"]
    assert "a secret of mine" not in password.text
    assert "記録を残せませんでした" in visitor.text
    assert lines(folder) == []


def test_what_tells_whether_the_server_lives_waits_for_nobody(browser: Browsers, crowded: None):
    assert browser(None).get("/healthz").status_code == 200
    assert browser(None).get("/static/css/base.css").status_code == 200


def test_whatever_the_answer_is_its_place_is_free_again(
    arranged, draft, browser: Browsers, monkeypatch: pytest.MonkeyPatch, app: Flask
):
    monkeypatch.setattr(busy_views, "admission", Admission(at_once=1, urgent=0, others=0))
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "home.help", public(lambda: 1 / 0))
    window = browser(arranged[0])
    answers = [
        window.get("/nowhere"),
        window.get("/calls/river-2031/ranking"),
        window.get("/help"),
        window.post("/calls/river-2031/apply", {}),
        window.post(f"/applications/{draft.id}/confirm", {"key": "k1"}),
        window.get(f"/applications/{draft.id}/receipt"),
    ]

    assert [answer.status_code for answer in answers] == [404, 403, 500, 422, 302, 200]


def test_a_ticket_that_cannot_be_kept_is_not_promised(
    arranged, draft, browser: Browsers, folder: Path, crowded: None, tmp_path: Path
):
    (tmp_path / "file").write_text("")
    tickets.use(tmp_path / "file" / "tickets")

    answer = browser(arranged[0]).post(f"/applications/{draft.id}/confirm", {"key": "k1"})

    assert answer.status_code == 503
    assert "記録を残せませんでした" in answer.text
    assert SHOWN in answer.text


def test_tickets_are_taken_in_once_and_the_secretariat_sees_them(
    arranged, draft, browser: Browsers, folder: Path, crowded: None, monkeypatch: pytest.MonkeyPatch
):
    window = browser(arranged[0])
    for key in ("k1", "k2"):
        window.post(f"/applications/{draft.id}/confirm", {"key": key})
        window.post(f"/applications/{draft.id}/edit/plan", {"version": "1"})
    counts = [busy_tickets.take_in(), busy_tickets.take_in()]
    tickets.use(folder)  # a process that begins anew reads everything again
    counts.append(busy_tickets.take_in())
    monkeypatch.setattr(busy_views, "admission", Admission())
    page = browser(arranged[1]).text("/calls/river-2031/late")

    rows = stored()
    assert counts == [len(rows), 0, 0]
    assert {(row.act, row.user_name, row.received_at.isoformat()) for row in rows} == {
        ("applications.confirm", "野川", IN_TIME),
        ("dossier.section", "野川", IN_TIME),
    }
    assert all(number_of(row.mark) in page for row in rows)
    assert "受け付けていません" in page
    assert web.actions(draft)[0] == "applications.busy"


def test_a_ticket_is_found_by_its_number_however_it_is_written(
    arranged, draft, browser: Browsers, crowded: None, capfd: pytest.CaptureFixture[str]
):
    browser(arranged[0]).post(f"/applications/{draft.id}/confirm", {"key": "k1"})
    busy_tickets.take_in()
    (row,) = stored()
    number = number_of(row.mark)
    with db.transaction(write=False):
        found = {
            written: busy_tickets.with_number(written) is not None
            for written in (number, number.upper(), number.replace("-", " "), number[:-1], "0" * 16, "%" * 16)
        }

    status = run(applications, CommandLine(lambda _email: None), ["ticket", number])
    told = capfd.readouterr().out
    unknown = run(applications, CommandLine(lambda _email: None), ["ticket", "0000"])

    assert list(found.values()) == [True, True, True, False, False, False]
    assert (status, unknown) == (0, 2)
    assert SHOWN in told
    assert "任意団体ほたる" in told
    assert "受け付けていません" in told


def test_another_process_takes_no_tickets_in_meanwhile(arranged, draft, browser: Browsers, folder: Path, crowded: None):
    browser(arranged[0]).post(f"/applications/{draft.id}/confirm", {"key": "k1"})
    with tickets.alone() as mine:
        meanwhile = busy_tickets.take_in()

    assert (mine, meanwhile, busy_tickets.take_in()) == (True, 0, 1)


def test_torn_altered_and_invented_lines_are_passed_over(
    arranged, draft, browser: Browsers, folder: Path, crowded: None
):
    window = browser(arranged[0])
    window.post(f"/applications/{draft.id}/confirm", {"key": "k1"})
    (path,) = folder.glob("*.log")
    whole = path.read_text()
    altered = whole.replace("16:59:59.123456", "16:59:58.123456")
    path.write_text(f'{altered}[1]\n{{"mark": 1}}\n\x00\n{{"application": "torn')
    with time_machine.travel("2031-04-30T16:59:59.654321+09:00", tick=False):
        window.post(f"/applications/{draft.id}/confirm", {"key": "k2"})

    count = busy_tickets.take_in()

    assert count == 1
    assert [row.received_at.isoformat() for row in stored()] == ["2031-04-30T16:59:59.654321+09:00"]


def test_whoever_names_a_strangers_proposal_leaves_nothing(
    arranged, draft, browser: Browsers, folder: Path, crowded: None
):
    browser(arranged[1]).post(f"/applications/{draft.id}/confirm", {"key": "k1"})

    assert len(lines(folder)) == 1
    assert busy_tickets.take_in() == 0
    assert stored() == []


def test_a_sign_in_that_had_ended_leaves_nothing(arranged, draft, browser: Browsers, folder: Path, crowded: None):
    window = browser(arranged[0])
    with db.transaction(write=True):
        user = db.session.get_one(User, arranged[0].id)
        accounts.set_password(user, "another hash", by=OPERATOR)
    window.post(f"/applications/{draft.id}/confirm", {"key": "k1"})

    assert len(lines(folder)) == 1
    assert busy_tickets.take_in() == 0


def test_the_list_asks_no_more_for_thirty_tickets_than_for_one(arranged, draft, browser: Browsers):
    counts = []
    for begin, end in ((0, 1), (1, 30)):
        with db.transaction(write=True) as session:
            for number in range(begin, end):
                session.add(
                    BusyTicket(
                        application_id=draft.id,
                        user_id=arranged[0].id,
                        user_name="野川",
                        received_at=dt.datetime.fromisoformat(IN_TIME),
                        act="applications.confirm",
                        size=number,
                        mark=f"{number:064x}",
                    )
                )
            trail.record("applications.busy", session.get_one(Application, draft.id), by=OPERATOR)
        window = browser(arranged[1])
        window.text("/calls/river-2031/late")
        with statements() as sent:
            window.text("/calls/river-2031/late")
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_a_mark_is_of_this_server_and_of_every_word(settings: Settings):
    ticket = Ticket("a", "applications.confirm", IN_TIME, 10, "b")
    mark = ticket.mark
    others = {
        Ticket("c", "applications.confirm", IN_TIME, 10, "b").mark,
        Ticket("a", "dossier.section", IN_TIME, 10, "b").mark,
        Ticket("a", "applications.confirm", SHOWN, 10, "b").mark,
        Ticket("a", "applications.confirm", IN_TIME, 11, "b").mark,
        Ticket("a", "applications.confirm", IN_TIME, 10, "c").mark,
    }
    sealing.use("another secret of another server")
    others.add(ticket.mark)
    sealing.use(settings.secret_key)

    assert len(others) == 6
    assert mark not in others
    assert ticket.mark == mark


KILLED = """
import sys
from pathlib import Path
from grantflow.applications.busy_tickets import Ticket, tickets
from grantflow.core.sealing import sealing
from grantflow.core.web import public
sealing.use("s" * 32)
tickets.use(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    ticket = Ticket(str(number), "applications.confirm", "2031-04-30T16:59:59+09:00", number, "b")
    print(tickets.append(ticket), flush=True)
"""


def test_every_ticket_that_was_told_survives_a_killed_process(tmp_path: Path):
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        numbers = [process.stdout.readline().strip() for _ in range(200)]
        os.kill(process.pid, signal.SIGKILL)
        numbers += [line.strip() for line in process.stdout if line.endswith("\n")]

    kept = TicketFile()
    kept.use(tmp_path)
    found = {number_of(ticket.mark) for _path, _place, some in kept.unread() for ticket in some}

    assert len(numbers) >= 200
    assert set(numbers) <= found


def test_a_day_has_its_file_by_the_clock_of_the_call(tmp_path: Path):
    kept = TicketFile()
    kept.use(tmp_path / "tickets")
    at = dt.datetime.fromisoformat("2031-04-30T15:30:00+00:00")

    kept.append(Ticket("a", "applications.confirm", at.isoformat(), 1, "b"))

    (path,) = (tmp_path / "tickets").glob("*.log")
    assert path.name == "2031-05-01.log"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
