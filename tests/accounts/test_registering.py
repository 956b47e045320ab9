"""Registering and resetting: a letter to the address decides, and nobody else learns who has an account."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from sqlalchemy import func, select

from grantflow.accounts.models import Registration, SignIn, User
from grantflow.audit import trail
from grantflow.audit.models import AuditEvent
from grantflow.core.db import db
from grantflow.mail.models import Mail
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, PASSWORD, person

Open = Callable[..., Browser]
LINK = re.compile(r"http://\S+?(/(?:register|welcome|consents)/\S+)")
NEW = {"name": "空知 まこと", "new_password": PASSWORD, "repeated": PASSWORD}


@pytest.fixture
def member(store: None) -> User:
    with db.transaction(write=True):
        return person("member@example.jp", name="早瀬 みのり")


def letters(address: str) -> list[Mail]:
    with db.transaction(write=False):
        return list(db.session.scalars(select(Mail).where(Mail.recipient == address).order_by(Mail.queued_at)))


def link_to(address: str) -> str:
    found = LINK.search(letters(address)[-1].body)
    assert found
    return found[1]


def test_an_account_begins_when_its_address_is_confirmed(store: None, browser: Open, reading: Callable) -> None:
    visitor = browser()
    visitor.post("/register?next=/password", {"email": "Sora@Example.jp"})
    with reading():
        before = db.session.scalar(select(func.count()).select_from(User))
    link = link_to("sora@example.jp")
    assert "sora@example.jp" in visitor.text(link)

    answer = visitor.post(link, NEW)

    assert (before, answer.status_code, answer.location) == (0, 302, "/password")
    assert "空知 まこと" in visitor.text("/desk")
    with reading():
        user = db.session.scalars(select(User)).one()
        actions = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)).all()
    assert (user.email, user.name, user.is_active) == ("sora@example.jp", "空知 まこと", True)
    assert actions == ["users.register", "users.sign_in"]
    assert browser().post("/sign-in", {"email": "sora@example.jp", "password": PASSWORD}).location == "/desk"


def test_a_link_registers_once_and_ends_the_others(store: None, browser: Open) -> None:
    visitor = browser()
    visitor.post("/register", {"email": "sora@example.jp"})
    visitor.post("/register", {"email": "sora@example.jp"})
    first, second = (LINK.search(mail.body)[1] for mail in letters("sora@example.jp"))  # type: ignore[index]

    visitor.post(second, NEW)

    assert [browser().get(link).status_code for link in (first, second)] == [410, 410]
    assert browser().post(first, NEW).status_code == 410


def test_a_link_registers_for_a_day(store: None, browser: Open) -> None:
    browser().post("/register", {"email": "sora@example.jp"})
    link = link_to("sora@example.jp")

    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=24, seconds=1), tick=False):
        answer = browser().post(link, NEW)

    assert answer.status_code == 410


def test_addresses_that_were_never_confirmed_are_forgotten(store: None, browser: Open, reading: Callable) -> None:
    browser().post("/register", {"email": "sora@example.jp"})

    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=25), tick=False):
        browser().post("/register", {"email": "umi@example.jp"})

    with reading():
        assert db.session.scalars(select(Registration.email)).all() == ["umi@example.jp"]


def test_who_has_an_account_is_told_so_by_mail_alone(member: User, browser: Open) -> None:
    answer = browser().post("/register", {"email": "member@example.jp"})

    letter = letters("member@example.jp")[-1]
    assert answer.status_code == 200
    assert letter.subject == "このアドレスのアカウントは、もうあります"
    assert "/sign-in" in letter.body
    assert link_to("member@example.jp").startswith("/welcome/")


def test_a_forgotten_password_is_replaced_by_a_link(member: User, browser: Open) -> None:
    elsewhere, visitor, new = browser(member), browser(), "another-good-password"
    visitor.post("/forgot?next=/password", {"email": "member@example.jp"})
    link = link_to("member@example.jp")
    assert "新しいパスワードを決めてください" in visitor.text(link)

    first = visitor.post(link, {"new_password": new, "repeated": new})
    second = visitor.post(link, {"new_password": new, "repeated": new})

    assert (first.location, second.status_code) == ("/sign-in?next=/password", 410)
    assert elsewhere.get("/desk").status_code == 302
    assert visitor.post("/sign-in", {"email": "member@example.jp", "password": new}).location == "/desk"


def test_whoever_forgot_that_there_is_no_account_registers_from_the_letter(store: None, browser: Open) -> None:
    visitor = browser()
    visitor.post("/forgot", {"email": "sora@example.jp"})

    answer = visitor.post(link_to("sora@example.jp"), NEW)

    assert answer.location == "/desk"


def test_a_link_to_register_sets_a_password_once_there_is_an_account(store: None, browser: Open) -> None:
    browser().post("/register", {"email": "sora@example.jp"})
    link = link_to("sora@example.jp")
    with db.transaction(write=True):
        person("sora@example.jp")

    answer = browser().get(link)

    assert answer.location == link.replace("/register/", "/welcome/")
    assert browser().get(answer.location).status_code == 200


@pytest.mark.parametrize("page", ["/register", "/forgot"])
def test_a_stopped_account_is_opened_by_no_letter(member: User, browser: Open, writing: Callable, page: str) -> None:
    browser().post(page, {"email": "member@example.jp"})
    open_before = link_to("member@example.jp")
    with writing():
        user = db.session.get_one(User, member.id)
        user.is_active = False
        trail.record("users.deactivate", user, by=OPERATOR)

    browser().post(page, {"email": "member@example.jp"})

    assert letters("member@example.jp")[-1].subject == "このアドレスのアカウントは止まっています"
    assert browser().post(open_before, NEW).status_code == 410


def test_an_address_gets_three_letters_and_nobody_hears_of_the_fourth(store: None, browser: Open) -> None:
    answers = [browser().post("/register", {"email": "sora@example.jp"}) for _turn in range(4)]

    assert {answer.status_code for answer in answers} == {200}
    assert len({re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True)) for answer in answers}) == 1
    assert len(letters("sora@example.jp")) == 3


def test_an_origin_that_asks_for_many_letters_waits(store: None, browser: Open) -> None:
    visitor = browser()
    for turn in range(30):
        assert visitor.post("/register", {"email": f"p{turn}@example.jp"}).status_code == 200

    refused = visitor.post("/forgot", {"email": "p30@example.jp"})

    assert refused.status_code == 429
    assert letters("p30@example.jp") == []
    assert (
        visitor.post("/forgot", {"email": "p30@example.jp"}, environ_base={"REMOTE_ADDR": "192.0.2.9"}).status_code
        == 200
    )


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "氏名を入力してください"),
        ({"new_password": "short", "repeated": "short"}, "12文字以上"),
        ({"repeated": "correct-horse-batterie"}, "2つの欄のパスワードが違います"),
    ],
)
def test_a_registration_that_lacks_something_is_refused_with_its_reason(
    store: None, browser: Open, reading: Callable, typed: dict[str, str], sentence: str
) -> None:
    visitor = browser()
    visitor.post("/register", {"email": "sora@example.jp"})

    answer = visitor.post(link_to("sora@example.jp"), NEW | typed)

    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    with reading():
        assert db.session.scalars(select(SignIn.id)).all() == []


@pytest.mark.parametrize("address", ["", "nowhere", "a b@example.jp", "a@b@example.jp", "x" * 250 + "@example.jp"])
def test_what_is_no_address_gets_no_letter(store: None, browser: Open, reading: Callable, address: str) -> None:
    answer = browser().post("/register", {"email": address})

    assert answer.status_code == 422
    with reading():
        assert db.session.scalars(select(Mail.id)).all() == []


@pytest.mark.parametrize("goal", ["//evil.example", "https://evil.example/", "/\\evil.example", "http://[", "evil"])
def test_registering_leads_only_to_pages_of_our_own(store: None, browser: Open, goal: str) -> None:
    visitor = browser()
    visitor.post("/register", {"email": "sora@example.jp"}, query_string={"next": goal})

    answer = visitor.post(link_to("sora@example.jp"), NEW)

    assert answer.location == "/desk"
