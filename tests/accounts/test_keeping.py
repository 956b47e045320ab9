"""Nothing typed is lost: a form that comes after its sender's sign-in had ended is kept until it is saved."""

import datetime as dt
import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import html5lib
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse
from wtforms import PasswordField

from grantflow.accounts import codes, keeping, second_step
from grantflow.accounts.keeping import MOST_BYTES, Kept
from grantflow.accounts.models import Role, User
from grantflow.core import clock
from grantflow.core.db import db
from grantflow.core.forms import BaseForm
from grantflow.schema import METADATA
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, PASSWORD, person

Open = Callable[..., Browser]
NAME = "空知\u3000まこと <b>&\"'"
TYPED = {"name": NAME, "note": "一行目\r\n\r\n三行目", "tick": ["a", "b"]}


@pytest.fixture
def member(store: None) -> User:
    with db.transaction(write=True):
        return person("member@example.jp", name="早瀬 みのり")


@pytest.fixture
def officer(store: None) -> User:
    with db.transaction(write=True):
        return person("officer@example.jp", Role.SECRETARIAT, name="堂島 朋子")


def form_to(answer: TestResponse, action: str) -> MultiDict[str, str]:
    """What a browser would send of the form to `action`: its boxes, new lines as the web sends them."""
    page = html5lib.parse(answer.get_data(as_text=True), namespaceHTMLElements=False)
    form = next(form for form in page.iter("form") if form.get("action") == action)
    boxes = [(box.get("name"), box.get("value") or "") for box in form.iter("input") if box.get("name")]
    return MultiDict((name, "\r\n".join(value.splitlines())) for name, value in boxes)


def signing_in(answer: TestResponse, email: str, password: str = PASSWORD) -> MultiDict[str, str]:
    """The form on the page `answer`, filled in by somebody who signs in again."""
    form = form_to(answer, "/sign-in")
    form["email"], form["password"] = email, password
    return form


def sent_late(browser: Browser, url: str = "/account", **kw: Any) -> TestResponse:
    """The answer to a form that comes three hours after the last one."""
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=3), tick=False):
        return browser.post(url, TYPED, **kw)


def name_of(user: User) -> str:
    with db.transaction(write=False):
        return db.session.get_one(User, user.id).name


def test_what_was_typed_is_saved_after_signing_in_again(member: User, browser: Open) -> None:
    one = browser(member)
    late = sent_late(one)
    assert late.status_code == 403
    assert "入力した内容はこのページに残っています" in late.get_data(as_text=True)
    again = signing_in(late, "member@example.jp")

    resumed = one.post("/sign-in", again)
    sent = form_to(resumed, "/account")
    saved = one.post("/account", sent)

    assert resumed.status_code == 200
    assert "続きを保存する" in resumed.get_data(as_text=True)
    assert sent.to_dict(flat=False) == {"csrf_token": sent.getlist("csrf_token"), "name": [NAME]} | {
        "note": [TYPED["note"]],
        "tick": ["a", "b"],
    }
    assert saved.location == "/account"
    assert name_of(member) == NAME.strip()


def test_nothing_is_stored_before_somebody_signs_in(member: User, browser: Open, reading: Callable) -> None:
    one = browser(member)

    sent_late(one)

    with reading():
        rows = [str(db.session.execute(select(table)).all()) for table in METADATA.sorted_tables]
    assert [row for row in rows if "空知" in row or "一行目" in row] == []


def test_a_wrong_password_loses_nothing(member: User, browser: Open) -> None:
    one = browser(member)
    again = signing_in(sent_late(one), "member@example.jp", "wrong-password-here")

    refused = one.post("/sign-in", again)

    assert refused.status_code == 422
    assert form_to(refused, "/sign-in").getlist("kept:name") == [NAME]


def test_what_was_typed_waits_for_the_one_time_code_too(
    officer: User, browser: Open, writing: Callable, app: Flask
) -> None:
    key = codes.new_key()
    with writing():
        second_step.adopt(db.session.get_one(User, officer.id), key, by=OPERATOR)
    one = browser(officer)
    again = signing_in(sent_late(one), "officer@example.jp")

    asked = one.post("/sign-in", again)
    given = form_to(asked, "/sign-in/code?next=/desk")
    given["code"] = "1"
    wrong = one.post("/sign-in/code", given)
    given = form_to(wrong, "/sign-in/code?next=/desk")
    given["code"] = codes.code_at(key, clock.now())
    resumed = one.post("/sign-in/code", given)
    saved = one.post("/account", form_to(resumed, "/account"))

    assert "堂島 朋子" not in asked.get_data(as_text=True)
    assert [asked.status_code, wrong.status_code, resumed.status_code, saved.status_code] == [200, 422, 200, 302]
    assert name_of(officer) == NAME.strip()


def test_what_was_typed_waits_while_codes_are_set_up(officer: User, browser: Open) -> None:
    one = browser()
    one.post("/sign-in", {"email": "officer@example.jp", "password": PASSWORD})

    asked = one.post("/account", TYPED)
    setting_up = form_to(asked, "/sign-in/code/new?next=/desk")
    key = second_step.offered(officer, setting_up["sealed"])
    setting_up["code"] = codes.code_at(key, clock.now())
    shown = one.post("/sign-in/code/new", setting_up)
    saved = one.post("/account", form_to(shown, "/account"))

    assert [asked.status_code, shown.status_code, saved.status_code] == [403, 200, 302]
    assert name_of(officer) == NAME.strip()


def test_another_person_is_refused_as_ever(member: User, officer: User, browser: Open) -> None:
    with db.transaction(write=True):
        person("stranger@example.jp")
    one = browser(officer)
    again = signing_in(sent_late(one, "/desk/calls/new"), "stranger@example.jp")

    resumed = one.post("/sign-in", again)
    refused = one.post("/desk/calls/new", form_to(resumed, "/desk/calls/new"))

    assert refused.status_code == 403
    assert "権限がありません" in refused.get_data(as_text=True)


def test_a_secret_is_never_carried(member: User, browser: Open) -> None:
    secrets = {"current": "old-secret-password", "new_password": "new-secret-password", "csrf_token": "token"}
    one = browser(member)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=3), tick=False):
        answer = one.post("/password", secrets | {"note": "灯り"})

    page = answer.get_data(as_text=True)
    assert [word for word in secrets.values() if f'"{word}"' in page] == []
    assert form_to(answer, "/sign-in").getlist("kept:note") == ["灯り"]


def test_every_box_for_a_password_is_known_as_a_secret(application: Flask) -> None:
    def forms(kind: type) -> set[type]:
        return {kind}.union(*(forms(each) for each in kind.__subclasses__()))

    boxes = {
        name
        for form in forms(BaseForm)
        for name in dir(form)
        if getattr(getattr(form, name), "field_class", None) is PasswordField
    }

    assert boxes == {"password", "current", "new_password", "repeated"}
    assert boxes <= keeping.SECRETS


def test_files_must_be_chosen_again(member: User, browser: Open) -> None:
    one = browser(member)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=3), tick=False):
        late = one.post("/account", {"name": "空知", "file": (BytesIO(b"%PDF-1.7"), "規約.pdf")})
    again = signing_in(late, "member@example.jp")

    resumed = one.post("/sign-in", again)

    assert "元のページでもう一度選んでください" in late.get_data(as_text=True)
    assert "元のページでもう一度選んでください" in resumed.get_data(as_text=True)


def test_what_is_too_long_to_carry_is_there_to_copy(member: User, browser: Open) -> None:
    long = "灯" * (MOST_BYTES // 3 + 1)
    one = browser(member)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=3), tick=False):
        answer = one.post("/account", data={"name": long}, content_type="multipart/form-data")

    page = html5lib.parse(answer.get_data(as_text=True), namespaceHTMLElements=False)
    assert [box.text for box in page.iter("textarea")] == [long]
    assert "kept:name" not in form_to(answer, "/sign-in")


def test_a_long_text_that_fits_comes_through(member: User, browser: Open) -> None:
    long = "灯" * (MOST_BYTES // 3 - 10)
    one = browser(member)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=3), tick=False):
        late = one.post("/account", data={"note": long}, content_type="multipart/form-data")
    again = signing_in(late, "member@example.jp")

    resumed = one.post("/sign-in", again, content_type="multipart/form-data")

    assert form_to(resumed, "/account")["note"] == long


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_form_from_another_site_is_neither_shown_nor_carried(
    member: User, browser: Open, headers: dict[str, str]
) -> None:
    answer = sent_late(browser(member), headers=headers)

    assert answer.status_code == 403
    assert "空知" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["//evil.example/x", "https://evil.example/x", "/\\evil.example", "javascript:x", ""])
def test_nothing_is_carried_to_another_site(member: User, browser: Open, path: str) -> None:
    answer = browser().post(
        "/sign-in", {"email": "member@example.jp", "password": PASSWORD, "kept_path": path, "kept:name": "空知"}
    )

    assert (answer.status_code, answer.location) == (302, "/desk")


@pytest.mark.parametrize("headers", [{"X-Requested-With": "fetch"}, {"Accept": "application/json"}])
def test_a_script_is_told_in_a_sentence(member: User, browser: Open, headers: dict[str, str]) -> None:
    answer = sent_late(browser(member), headers=headers)

    assert (answer.status_code, answer.mimetype) == (401, "application/json")
    assert "サインインが切れています" in json.loads(answer.get_data())["message"]


def test_a_form_without_its_token_is_kept_when_nobody_is_signed_in(
    member: User, browser: Open, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    one = browser()
    late = one.post("/account", TYPED)
    again = signing_in(late, "member@example.jp")

    resumed = one.post("/sign-in", again)
    saved = one.post("/account", form_to(resumed, "/account"))

    assert [late.status_code, resumed.status_code, saved.status_code] == [403, 200, 302]
    assert name_of(member) == NAME.strip()


def test_a_form_without_its_token_is_only_confirmed_by_who_is_signed_in(
    member: User, browser: Open, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    one = browser(member)
    refused = one.post("/account", TYPED)
    before = name_of(member)

    saved = one.post("/account", form_to(refused, "/account"))

    assert (refused.status_code, before, saved.status_code) == (400, "早瀬 みのり", 302)
    assert name_of(member) == NAME.strip()


def test_keys_and_versions_are_carried_and_not_shown() -> None:
    key = "0f8fad5b-d9cb-469f-a165-70867728950e"

    kept = Kept("/x", (("version", "3"), ("organization", key), ("title", "灯り"), ("empty", " ")))

    assert kept.texts == ["灯り"]
