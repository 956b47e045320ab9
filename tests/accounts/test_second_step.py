"""The second step: asked of whom it must be, used up, throttled, and no sign-in before it."""

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
import time_machine
from sqlalchemy import select

from grantflow.accounts import codes, second_step
from grantflow.accounts.models import CodeKey, RecoveryCode, Role, User
from grantflow.audit.models import AuditEvent
from grantflow.calls import operations as calls
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.sealing import Sealing, sealing
from grantflow.mail.models import Mail
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, PASSWORD, person

Open = Callable[..., Browser]
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = dt.datetime(2031, 4, 1, 12, 0, 10, tzinfo=dt.UTC)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as found:
        yield found


@pytest.fixture
def officer(app: object, clock: object) -> User:
    with db.transaction(write=True):
        user = person("officer@example.jp", Role.SECRETARIAT)
        second_step.adopt(user, KEY, by=OPERATOR)
    return user


def password_given(browser: Browser, email: str = "officer@example.jp") -> object:
    return browser.post("/sign-in", {"email": email, "password": PASSWORD})


def code(seconds: int = 0) -> str:
    return codes.code_at(KEY, NOON + dt.timedelta(seconds=seconds))


def actions(reading: Callable) -> list[str]:
    with reading():
        return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)))


def test_a_code_is_that_of_the_standard() -> None:
    key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    at = dt.datetime.fromtimestamp(1_111_111_109, dt.UTC)

    assert codes.code_at(key, at) == "081804"


@pytest.mark.parametrize(("seconds", "passes"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_telephone_s_clock_may_be_off_by_one_step(
    officer: User, browser: Open, clock: time_machine.Traveller, seconds: int, passes: bool
) -> None:
    one = browser()
    password_given(one)

    answer = one.post("/sign-in/code", {"code": code(seconds)})

    assert answer.status_code == (302 if passes else 422)
    assert (one.get("/desk").status_code == 200) is passes


def test_between_password_and_code_nothing_is_open(officer: User, browser: Open) -> None:
    one = browser()

    asked = password_given(one).location

    assert asked == "/sign-in/code?next=/desk"
    assert [one.get(url).location for url in ("/desk", "/account", "/password")] == [
        f"/sign-in/code?next={url}" for url in ("/desk", "/account", "/password")
    ]
    refused = one.post("/account/sign-ins/end")
    assert (refused.status_code, "コードを入力すると、続きを保存できます" in refused.get_data(as_text=True)) == (
        403,
        True,
    )
    assert one.get("/healthz").status_code == 200


def test_the_token_known_before_the_code_opens_nothing_after_it(officer: User, browser: Open) -> None:
    one, thief = browser(), browser()
    password_given(one)
    thief.client.set_cookie("session", one.client.get_cookie("session").value)

    one.post("/sign-in/code", {"code": code()})

    assert (one.get("/desk").status_code, thief.get("/desk").location) == (200, "/sign-in?next=/desk")


def test_the_code_leads_to_where_one_was_going(officer: User, browser: Open) -> None:
    one = browser()
    sent = one.post("/sign-in?next=/account", {"email": "officer@example.jp", "password": PASSWORD}).location

    assert sent == "/sign-in/code?next=/account"
    assert one.post(sent, {"code": code()}).location == "/account"
    assert one.get("/sign-in/code?next=/account").location == "/account"


def test_a_code_counts_once_and_none_before_it_either(
    officer: User, browser: Open, clock: time_machine.Traveller
) -> None:
    first, second = browser(), browser()
    password_given(first)
    password_given(second)
    assert first.post("/sign-in/code", {"code": code()}).status_code == 302

    again = second.post("/sign-in/code", {"code": code()})
    older = second.post("/sign-in/code", {"code": code(-30)})
    clock.shift(30)
    later = second.post("/sign-in/code", {"code": code(30)})

    assert (again.status_code, older.status_code, later.status_code) == (422, 422, 302)
    assert "もう使われています" in again.get_data(as_text=True)


def test_failures_are_recorded_and_throttled(officer: User, browser: Open, reading: Callable) -> None:
    one = browser()
    password_given(one)
    for _turn in range(10):
        assert one.post("/sign-in/code", {"code": "000000"}).status_code == 422

    refused = one.post("/sign-in/code", {"code": code()})

    assert refused.status_code == 429
    assert "15分ほど待ってから" in refused.get_data(as_text=True)
    assert actions(reading)[-11:] == ["users.give_password", *["users.fail_code"] * 10]


def test_a_recovery_code_stands_in_once(officer: User, browser: Open, writing: Callable, reading: Callable) -> None:
    with writing():
        shown = second_step.renew_recovery_codes(officer, by=OPERATOR)
    first, second = browser(), browser()
    password_given(first)
    password_given(second)

    passed = first.post("/sign-in/code", {"code": f" {shown[3].upper()} "})
    again = second.post("/sign-in/code", {"code": shown[3]})

    assert (passed.status_code, again.status_code) == (302, 422)
    assert "あと9個" in first.text("/desk")
    assert "あと9個" in first.text("/account")
    with reading():
        kept = list(db.session.scalars(select(RecoveryCode.code_hash)))
    assert len(set(shown)) == 10
    assert {re.fullmatch(r"[0-9a-f]{64}", row) is None for row in kept} == {False}


def test_whose_role_needs_codes_sets_them_up_before_anything_else(app: object, clock: object, browser: Open) -> None:
    with db.transaction(write=True):
        person("new@example.jp", Role.AUDITOR)
    one = browser()

    assert password_given(one, "new@example.jp").location == "/desk"
    assert one.get("/desk").location == "/sign-in/code?next=/desk"
    assert one.get("/sign-in/code?next=/desk").location == "/sign-in/code/new?next=/desk"
    form = one.text("/sign-in/code/new?next=/desk")
    sealed = re.search(r'name="sealed" value="([^"]+)"', form)[1]
    key = re.search(r"<code>([^<]+)</code>", form)[1].replace(" ", "")
    wrong = one.post("/sign-in/code/new?next=/desk", {"sealed": sealed, "code": "000000"})
    right = one.post("/sign-in/code/new?next=/desk", {"sealed": sealed, "code": codes.code_at(key, NOON)})

    assert (wrong.status_code, sealed in wrong.get_data(as_text=True)) == (422, True)
    assert len(re.findall(r"<li><code>[\w-]{14}</code>", right.get_data(as_text=True))) == 10
    assert one.get("/desk").status_code == 200


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.APPLICANT])
def test_whose_role_needs_none_signs_in_by_password(app: object, browser: Open, role: Role) -> None:
    with db.transaction(write=True):
        person("one@example.jp", role)
    one = browser()

    password_given(one, "one@example.jp")

    assert one.get("/desk").status_code == 200


def test_a_role_gained_later_asks_for_codes_at_the_next_request(app: object, browser: Open, writing: Callable) -> None:
    with writing():
        user = person("one@example.jp", Role.REVIEWER)
    one = browser()
    password_given(one, "one@example.jp")
    assert one.get("/desk").status_code == 200

    with writing():
        calls.grant(user, Role.SPONSOR, None, by=OPERATOR)

    assert one.get("/desk").location == "/sign-in/code?next=/desk"


def test_setting_up_ends_the_sign_ins_made_by_password_alone(app: object, clock: object, browser: Open) -> None:
    with db.transaction(write=True):
        person("one@example.jp", Role.REVIEWER)
    here, elsewhere = browser(), browser()
    password_given(here, "one@example.jp")
    password_given(elsewhere, "one@example.jp")
    form = here.text("/sign-in/code/new?next=/account")
    sealed = re.search(r'name="sealed" value="([^"]+)"', form)[1]
    key = re.search(r"<code>([^<]+)</code>", form)[1].replace(" ", "")

    here.post("/sign-in/code/new", {"sealed": sealed, "code": codes.code_at(key, NOON)})

    assert (here.get("/desk").status_code, elsewhere.get("/desk").location) == (200, "/sign-in?next=/desk")
    assert password_given(elsewhere, "one@example.jp").location == "/sign-in/code?next=/desk"


def test_who_waits_for_a_code_cannot_set_up_another_key(officer: User, browser: Open, reading: Callable) -> None:
    one = browser()
    password_given(one)

    assert one.get("/sign-in/code/new?next=/desk").location == "/desk"
    other = second_step.offer(officer)
    answer = one.post("/sign-in/code/new", {"sealed": other, "code": code()})

    assert answer.location == "/sign-in/code?next=/desk"
    with reading():
        assert len(db.session.scalars(select(CodeKey)).all()) == 1


def test_a_key_offered_to_one_is_of_no_use_to_another(officer: User, writing: Callable) -> None:
    with writing():
        other = person("other@example.jp")

    with pytest.raises(Refused, match="鍵を開けません"):
        second_step.offered(other, second_step.offer(officer))


def test_a_reset_signs_out_tells_by_mail_and_leads_to_a_new_set_up(
    officer: User, browser: Open, writing: Callable, reading: Callable
) -> None:
    one = browser(officer)
    assert one.get("/desk").status_code == 200

    with writing():
        second_step.reset(db.session.get_one(User, officer.id), by=OPERATOR)

    assert one.get("/desk").status_code == 302
    password_given(one)
    assert one.get("/sign-in/code").location == "/sign-in/code/new?next=/desk"
    with reading():
        sent = db.session.scalars(select(Mail)).one()
        assert (sent.recipient, sent.subject) == ("officer@example.jp", "ワンタイムコードの設定を消しました")


def test_one_s_own_removal_needs_a_code_and_leads_to_a_new_set_up(officer: User, browser: Open) -> None:
    one, elsewhere = browser(officer), browser(officer)

    refused = one.post("/account/codes/remove", {"code": "000000"})
    done = one.post("/account/codes/remove", {"code": code()})

    assert (refused.status_code, done.location) == (422, "/account")
    assert one.get("/account").location == "/sign-in/code?next=/account"
    assert elsewhere.get("/account").location == "/sign-in?next=/account"


def test_new_recovery_codes_need_a_code(officer: User, browser: Open, reading: Callable) -> None:
    one = browser(officer)

    refused = one.post("/account/recovery-codes", {"code": "000000"})
    done = one.post("/account/recovery-codes", {"code": code()})

    assert (refused.status_code, done.status_code) == (422, 200)
    assert len(re.findall(r"<li><code>", done.get_data(as_text=True))) == 10


def test_the_key_is_stored_sealed(officer: User, reading: Callable) -> None:
    with reading():
        row = db.session.scalars(select(CodeKey)).one()

    assert KEY not in row.sealed
    assert sealing.open(row.sealed, f"codes of {officer.id}") == KEY


def test_another_secret_opens_nothing_and_says_so() -> None:
    ours, theirs = Sealing(), Sealing()
    ours.use("a" * 32)
    theirs.use("b" * 32)
    sealed = ours.seal("text", "purpose")

    assert ours.open(sealed, "purpose") == "text"
    for seal, text, purpose in ((theirs, sealed, "purpose"), (ours, sealed, "another"), (ours, sealed[:-4], "purpose")):
        with pytest.raises(Refused, match="GRANTFLOW_SECRET_KEY"):
            seal.open(text, purpose)


def test_without_a_secret_nothing_is_sealed() -> None:
    with pytest.raises(Refused, match="決まっていない"):
        Sealing().seal("text", "purpose")


def test_a_secret_that_changed_is_said_on_the_page(officer: User, browser: Open) -> None:
    one = browser()
    password_given(one)
    sealing.use("another secret " * 3)

    answer = one.post("/sign-in/code", {"code": code()})

    sealing.use("s" * 32)
    assert answer.status_code == 429
    assert "GRANTFLOW_SECRET_KEY" in answer.get_data(as_text=True)
