"""The log tells what the program did and never who asked, with which words, or by which secret address."""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from config import Settings
from grantflow.accounts import operations
from grantflow.accounts.models import Role, User
from grantflow.core import logs
from grantflow.core.db import db
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, PASSWORD, person

Open = Callable[..., Browser]


@pytest.fixture
def officer(store: None) -> User:
    with db.transaction(write=True):
        return person("officer@example.jp", Role.SECRETARIAT, name="早瀬 みのり")


@pytest.fixture
def broken(app: Flask) -> Iterator[Flask]:
    """The application as it answers outside tests, with a table that has gone."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    _rename("calls", "gone")
    yield app
    _rename("gone", "calls")
    app.config["PROPAGATE_EXCEPTIONS"] = None


def _rename(old: str, new: str) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """What was logged since the last look."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_request_is_one_line(browser: Open, capsys):
    visitor = browser()
    capsys.readouterr()

    answer = visitor.get("/help?secret=word", headers={"Cookie": "other=thing"})

    (line,) = lines(capsys)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+09:00", line.pop("at"))
    assert line.pop("ms") >= 0
    assert line == {
        "level": "info",
        "event": "request",
        "method": "GET",
        "endpoint": "home.help",
        "status": 200,
        "request": answer.headers["X-Request-ID"],
    }


def test_an_address_that_leads_nowhere_is_not_told(browser: Open, capsys):
    visitor = browser()
    capsys.readouterr()

    visitor.get("/officer@example.jp")

    (line,) = lines(capsys)
    assert (line["endpoint"], line["status"]) == (None, 404)
    assert "officer" not in json.dumps(line)


def test_signing_in_a_welcome_link_and_a_refused_form_leave_nothing_of_anybody(officer: User, browser: Open, capsys):
    with db.transaction(write=True):
        key = operations.issue_link(officer, by=OPERATOR)
    visitor = browser()
    capsys.readouterr()

    visitor.post("/sign-in?next=/desk", {"email": "officer@example.jp", "password": "wrong-password"})
    visitor.post("/sign-in", {"email": "officer@example.jp", "password": PASSWORD})
    visitor.get(f"/welcome/{key}")
    visitor.post(f"/welcome/{key}", {"new_password": "short", "again": "other"})
    visitor.get("/desk")

    written = capsys.readouterr().err
    cookie = str(visitor.client.get_cookie("session"))
    found = [json.loads(line)["endpoint"] for line in written.splitlines()]
    assert found == ["accounts.begin", "accounts.begin", "accounts.welcome", "accounts.welcome", "home.desk"]
    for private in (
        "officer",
        "example.jp",
        "password",
        PASSWORD,
        key,
        "早瀬",
        "みのり",
        "next",
        str(officer.id),
        cookie,
    ):
        assert private not in written
    assert "\\u" not in written


def test_an_error_is_told_by_its_kind_and_its_number_stands_on_the_page(broken: Flask, capsys):
    visitor = Browser(broken)
    capsys.readouterr()

    answer = visitor.get("/?email=officer@example.jp")

    failed, request = lines(capsys)
    reference = answer.headers["X-Request-ID"]
    assert answer.status_code == 500
    assert f"この番号を知らせてください：{reference}" in answer.get_data(as_text=True)
    assert (failed["event"], failed["level"], failed["request"]) == ("failed", "error", reference)
    assert (request["status"], request["request"]) == (500, reference)
    assert failed["error"][0]["kind"].startswith("sqlalchemy.exc.")
    assert any(re.fullmatch(r"grantflow\.home\.views:\d+ front", passed) for passed in failed["error"][0]["passed"])
    assert "SELECT" not in json.dumps(failed)
    assert "officer" not in json.dumps(failed)


def test_without_its_database_the_program_still_says_what_to_do(
    officer: User, browser: Open, app: Flask, settings, capsys
):
    member = browser(officer)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    db.connect(f"sqlite:///{settings.data_dir / 'nowhere' / 'none.db'}")

    answer = member.get("/desk")

    db.connect(settings.database_url)
    app.config["PROPAGATE_EXCEPTIONS"] = None
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    assert answer.get_data(as_text=True) == (
        "いまは表示できません。少し待ってから、もう一度行ってください。"
        f"問い合わせのときは、この番号を知らせてください：{answer.headers['X-Request-ID']}"
    )
    assert [line["event"] for line in lines(capsys)] == ["failed", "failed", "request"]


def test_of_a_library_only_the_place_that_spoke_is_told(application: Flask, capsys):
    capsys.readouterr()

    logging.getLogger("library").error("no mailbox for %s", "officer@example.jp")
    logging.getLogger("library").error("Error handling request /welcome/secret")

    told = lines(capsys)
    assert [line["event"] for line in told] == ["library", "library"]
    assert [line["where"].split(":")[0] for line in told] == ["library", "library"]
    assert "officer" not in json.dumps(told)
    assert "secret" not in json.dumps(told)


def test_an_error_and_what_was_behind_it_are_told_without_their_words():
    def inner() -> None:
        raise ValueError("officer@example.jp")

    try:
        try:
            inner()
        except ValueError as error:
            raise LookupError("早瀬") from error
    except LookupError as error:
        told = logs.described(error)

    assert [one["kind"] for one in told] == ["builtins.LookupError", "builtins.ValueError"]
    assert told[1]["passed"][-1].endswith("inner")
    assert "officer" not in json.dumps(told)


def test_the_database_never_shows_what_was_bound(store: None, settings: Settings):
    assert db.engine.hide_parameters


@pytest.mark.parametrize(
    ("header", "waited"),
    [
        ("t=1700000000.250", 750.0),
        ("1700000000250", 750.0),
        ("t=1700000000250000", 750.0),
        ("1700000002", 0.0),
        ("1500000000", None),
        ("", None),
        ("t=soon", None),
        ("t=1700000000.250, t=1700000000.500", None),
    ],
)
def test_what_waited_before_us_is_measured_where_a_web_server_says_when_it_came(header: str, waited: float | None):
    assert logs.queued_ms(header, 1_700_000_001.0) == waited


def test_the_wait_stands_in_the_line_of_the_request(browser: Open, capsys):
    visitor = browser()
    capsys.readouterr()

    visitor.get("/help", headers={"X-Request-Start": f"t={time.time() - 2:.3f}"})

    (line,) = lines(capsys)
    assert 2000 <= line["queued_ms"] < 60_000
