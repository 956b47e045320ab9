"""Signing in: throttled, ended at any time, and silent about who has an account."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from sqlalchemy import select

from grantflow.accounts import operations, passwords
from grantflow.accounts.models import AccessLink, Role, SignIn, Throttle, User
from grantflow.core.db import db
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, PASSWORD, person

Open = Callable[..., Browser]


@pytest.fixture
def officer(store: None) -> User:
    with db.transaction(write=True):
        return person("officer@example.jp", Role.REVIEWER, name="早瀬 みのり")


def enter(browser: Browser, email: str, password: str, **kw: object) -> object:
    return browser.post("/sign-in", {"email": email, "password": password}, **kw)


def test_the_right_password_opens_the_desk(officer: User, browser: Open) -> None:
    visitor = browser()

    answer = enter(visitor, "Officer@Example.jp", PASSWORD)

    assert (answer.status_code, answer.location) == (302, "/desk")
    assert "早瀬 みのり" in visitor.text("/desk")


def test_a_wrong_password_and_a_strange_address_get_the_same_answer(officer: User, browser: Open) -> None:
    def answer(email: str) -> tuple[int, str, list[str]]:
        got = enter(browser(), email, "wrong-password-here")
        names = sorted(name for name, _value in got.headers)
        body = got.get_data(as_text=True).replace(email, "EMAIL")
        return got.status_code, re.sub(r'name="csrf_token" value="[^"]*"', "", body), names

    assert answer("officer@example.jp") == answer("nobody1@example.jp")
    assert answer("officer@example.jp")[0] == 422


def test_a_strange_address_takes_as_long_as_a_known_one(officer: User) -> None:
    assert passwords.matches(None, PASSWORD) is False
    assert passwords.matches("no hash at all", PASSWORD) is False
    assert passwords.matches(officer.password_hash, PASSWORD) is True


def test_what_was_typed_stays_but_the_password_does_not(officer: User, browser: Open) -> None:
    page = enter(browser(), "officer@example.jp", "wrong-password-here").get_data(as_text=True)

    assert 'value="officer@example.jp"' in page
    assert "wrong-password-here" not in page


def test_after_ten_failures_even_the_right_password_waits(officer: User, browser: Open) -> None:
    visitor = browser()
    for _turn in range(10):
        assert enter(visitor, "officer@example.jp", "wrong-password-here").status_code == 422

    refused = enter(visitor, "officer@example.jp", PASSWORD)

    assert refused.status_code == 429
    assert "15分ほど待ってから" in refused.get_data(as_text=True)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=16), tick=False):
        assert enter(visitor, "officer@example.jp", PASSWORD).status_code == 302


def test_a_throttle_keeps_no_address(officer: User, browser: Open, reading: Callable) -> None:
    enter(browser(), "officer@example.jp", "wrong-password-here")

    with reading():
        keys = db.session.scalars(select(Throttle.key)).all()

    assert len(keys) == 2
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in keys)


@pytest.mark.parametrize("goal", ["//evil.example", "https://evil.example/", "/\\evil.example", "evil", ""])
def test_signing_in_leads_only_to_pages_of_our_own(officer: User, browser: Open, goal: str) -> None:
    answer = browser().post(
        "/sign-in", {"email": "officer@example.jp", "password": PASSWORD}, query_string={"next": goal}
    )

    assert answer.location == "/desk"


def test_signing_in_leads_back_to_where_one_was_going(officer: User, browser: Open) -> None:
    visitor = browser()
    sent = visitor.get("/password").location

    answer = visitor.post(sent, {"email": "officer@example.jp", "password": PASSWORD})

    assert (sent, answer.location) == ("/sign-in?next=/password", "/password")


def test_signing_out_ends_the_sign_in_itself(officer: User, browser: Open) -> None:
    person_s = browser(officer)
    cookie = person_s.client.get_cookie("session")
    assert person_s.get("/desk").status_code == 200

    person_s.post("/sign-out")

    thief = browser()
    assert cookie is not None
    thief.client.set_cookie("session", cookie.value)
    assert thief.get("/desk").status_code == 302


@pytest.mark.parametrize("hours", [2.1, 12.1])
def test_a_sign_in_ends_by_itself(officer: User, browser: Open, hours: float) -> None:
    one = browser(officer)
    start = dt.datetime.now(dt.UTC)
    step = 1.9
    with time_machine.travel(start, tick=False) as clock:
        while step < hours and hours > 3:
            clock.move_to(start + dt.timedelta(hours=step))
            assert one.get("/desk").status_code == 200
            step += 1.9

        clock.move_to(start + dt.timedelta(hours=hours))

        assert one.get("/desk").status_code == 302


def test_a_deactivated_person_is_out_at_the_next_request(officer: User, browser: Open, writing: Callable) -> None:
    one = browser(officer)
    assert one.get("/desk").status_code == 200

    with writing():
        user = db.session.get_one(User, officer.id)
        user.is_active = False
        operations.trail.record("users.deactivate", user, by=OPERATOR)

    assert one.get("/desk").status_code == 302
    assert enter(browser(), "officer@example.jp", PASSWORD).status_code == 422


def test_changing_the_password_signs_other_browsers_out(officer: User, browser: Open) -> None:
    here, elsewhere = browser(officer), browser(officer)
    new = "another-good-password"

    answer = here.post("/password", {"current": PASSWORD, "new_password": new, "repeated": new})

    assert answer.location == "/desk"
    assert (here.get("/desk").status_code, elsewhere.get("/desk").status_code) == (200, 302)
    assert enter(browser(), "officer@example.jp", new).status_code == 302


@pytest.mark.parametrize(
    ("current", "new", "repeated", "sentence"),
    [
        ("wrong-password-here", "another-good-password", "another-good-password", "いまのパスワードが違います"),
        (PASSWORD, "short", "short", "12文字以上"),
        (PASSWORD, "another-good-password", "another-good-passwort", "2つの欄のパスワードが違います"),
        (PASSWORD, "", "", "新しいパスワードを入力してください"),
    ],
)
def test_a_bad_change_of_password_is_refused_with_its_reason(
    officer: User, browser: Open, current: str, new: str, repeated: str, sentence: str
) -> None:
    answer = browser(officer).post("/password", {"current": current, "new_password": new, "repeated": repeated})

    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_a_link_sets_the_password_once(store: None, browser: Open, writing: Callable, reading: Callable) -> None:
    with writing():
        key = operations.issue_link(operations.add("new@example.jp", "新しい人", by=OPERATOR), by=OPERATOR)
    visitor = browser()
    assert "新しい人" in visitor.text(f"/welcome/{key}")

    first = visitor.post(f"/welcome/{key}", {"new_password": PASSWORD, "repeated": PASSWORD})
    second = visitor.post(f"/welcome/{key}", {"new_password": PASSWORD, "repeated": PASSWORD})

    assert (first.location, second.status_code) == ("/sign-in", 410)
    assert enter(visitor, "new@example.jp", PASSWORD).status_code == 302
    with reading():
        assert key not in {link.token_hash for link in db.session.scalars(select(AccessLink))}


def test_a_link_ends_after_seven_days(store: None, browser: Open, writing: Callable) -> None:
    with writing():
        key = operations.issue_link(operations.add("new@example.jp", "新しい人", by=OPERATOR), by=OPERATOR)

    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=7, minutes=1), tick=False):
        assert browser().get(f"/welcome/{key}").status_code == 410


def test_two_people_cannot_have_one_address(store: None, writing: Callable) -> None:
    with writing():
        person("one@example.jp")

    with pytest.raises(operations.Refused, match=r"one@example\.jp"), writing():
        person("ONE@example.jp")


def test_a_cookie_holds_no_more_than_the_key_of_a_sign_in(officer: User, browser: Open, reading: Callable) -> None:
    one = browser()
    enter(one, "officer@example.jp", PASSWORD)

    with one.client.session_transaction() as session:
        token = session["_user_id"]

    with reading():
        assert token not in str([row.token_hash for row in db.session.scalars(select(SignIn))])
    assert str(officer.id) not in token


def test_every_answer_forbids_framing_sniffing_and_foreign_scripts(store: None, browser: Open) -> None:
    headers = browser().get("/sign-in").headers

    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
