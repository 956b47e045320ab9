"""The words of a call's mails: changed with a specimen at hand, kept whole, and used from then on."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from grantflow.accounts.models import Role, User
from grantflow.audit.models import AuditEvent
from grantflow.calls import letters, mailing, queries
from grantflow.calls.models import Call, CallLetter
from grantflow.core.authorization import NotPermitted
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.mail import letters as usual_letters
from grantflow.mail.catalogue import TEMPLATES
from grantflow.mail.letters import Letter
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, person
from tests.factories.calls import published

Open = Callable[..., Browser]
ROLE = TEMPLATES["calls.role"]
URL = "/calls/river-2031/letters/calls.role"
OWN = {"subject": "【{公募名}】役割のお知らせ", "body": "{氏名} 様\r\n\r\n{役割}です。\r\n{サインインの画面}\r\n"}
TOLD = {"inviter": "堂島 朋子", "role": "審査委員", "address": "https://grants.example.jp/sign-in"}


@pytest.fixture
def call(store: None) -> Call:
    with db.transaction(write=True):
        return published()


@pytest.fixture
def secretariat(call: Call) -> User:
    with db.transaction(write=True):
        return person("officer@example.jp", Role.SECRETARIAT, call, name="早瀬 みのり")


def version(call: Call) -> str:
    with db.transaction(write=False):
        return letters.fingerprint(letters.words(call, ROLE))


def own(call: Call) -> list[tuple[str, str, str]]:
    with db.transaction(write=False):
        return [(row.subject, row.body, row.changed_by) for row in db.session.scalars(select(CallLetter))]


def test_a_mail_is_sent_in_the_words_of_its_call_and_others_stay_as_they_are(
    call: Call, secretariat: User, browser: Open, writing: Callable
) -> None:
    answer = browser(secretariat).post(URL, {**OWN, "version": version(call)})

    with writing():
        other = published(slug='"mountain-2031"', number_prefix='"YM"')
        ours = mailing.send("calls.role", secretariat, call, **TOLD)
        theirs = mailing.send("calls.role", secretariat, other, **TOLD)
    assert (answer.status_code, answer.location) == (302, "/calls/river-2031/letters")
    assert (ours.subject, ours.body) == (
        "【川辺の灯り調査】役割のお知らせ",
        "早瀬 みのり 様\n\n審査委員です。\nhttps://grants.example.jp/sign-in\n",
    )
    assert (ours.call_slug, ours.template) == ("river-2031", "calls.role")
    assert (theirs.subject, theirs.call_slug) == ("役割が付きました", "mountain-2031")


def test_what_changed_stands_in_the_history_of_the_call(call: Call, secretariat: User, browser: Open) -> None:
    officer = browser(secretariat)

    officer.post(URL, {**OWN, "version": version(call)})

    history = officer.text(f"/calls/{call.id}/history")
    assert "メールの文面を変えた" in history
    assert "【{公募名}】役割のお知らせ" in history


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"subject": ""}, "件名を入力してください。"),
        ({"body": " "}, "本文を入力してください。"),
        ({"body": "{団体名}\n{サインインの画面}"}, "「{団体名}」という差し込みはありません。"),
        ({"body": "{役割\n{サインインの画面}"}, "「{役割」が閉じていません。"),
        ({"subject": "役割}"}, "「}」の前に「{」がありません。"),
        ({"body": "{氏名} 様"}, "本文に「{サインインの画面}」がありません。"),
    ],
)
def test_words_that_could_not_be_sent_are_refused_and_stay_in_the_form(
    call: Call, secretariat: User, browser: Open, changed: dict[str, str], sentence: str
) -> None:
    answer = browser(secretariat).post(URL, {**OWN, **changed, "version": version(call)})

    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in text
    assert 'value="【{公募名}】役割のお知らせ"' in text or "subject" in changed
    assert own(call) == []


def test_the_operation_refuses_what_the_form_would(call: Call, writing: Callable) -> None:
    with pytest.raises(Refused, match="サインインの画面"), writing():
        letters.save(call, ROLE, Letter("件名", "{氏名}\n"), by=OPERATOR)


def test_a_specimen_is_made_without_keeping_anything(call: Call, secretariat: User, browser: Open) -> None:
    answer = browser(secretariat).post(URL, {**OWN, "version": version(call), "specimen": "1"})

    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "【川辺の灯り調査】役割のお知らせ" in text
    assert "まだ保存していません" in text
    assert own(call) == []


def test_whoever_saves_second_sees_both_and_can_save_over(call: Call, secretariat: User, browser: Open) -> None:
    officer, seen = browser(secretariat), version(call)
    officer.post(URL, {**OWN, "version": seen})

    late = officer.post(URL, {**OWN, "subject": "別の件名", "version": seen})
    again = officer.post(URL, {**OWN, "subject": "別の件名", "version": version(call)})

    text = late.get_data(as_text=True)
    assert (late.status_code, again.status_code) == (409, 302)
    assert "早瀬 みのりさんが" in text
    assert text.count("【{公募名}】役割のお知らせ") == 1
    assert 'value="別の件名"' in text
    assert [row[0] for row in own(call)] == ["別の件名"]


def test_the_usual_words_can_be_put_back(call: Call, secretariat: User, browser: Open, reading: Callable) -> None:
    officer = browser(secretariat)
    officer.post(URL, {**OWN, "version": version(call)})
    assert len(own(call)) == 1
    usual = usual_letters.usual(ROLE)

    offered = officer.text(f"{URL}?words=usual")
    officer.post(URL, {**usual._asdict(), "version": version(call)})

    assert 'value="役割が付きました"' in offered
    assert "まだ保存していません" in offered
    assert own(call) == []
    with reading():
        events = select(AuditEvent).where(AuditEvent.action == "calls.word_letter")
        assert len(db.session.scalars(events).all()) == 2


def test_saving_what_is_there_changes_nothing(call: Call, secretariat: User, browser: Open) -> None:
    answer = browser(secretariat).post(URL, {**usual_letters.usual(ROLE)._asdict(), "version": version(call)})

    assert (answer.status_code, own(call)) == (302, [])


@pytest.mark.parametrize("key", ["accounts.link", "mail.digest", "calls.unknown"])
def test_only_the_letters_of_a_call_can_be_worded(secretariat: User, browser: Open, key: str) -> None:
    assert browser(secretariat).get(f"/calls/river-2031/letters/{key}").status_code == 404


def test_nobody_else_words_the_letters_of_a_call(call: Call, writing: Callable) -> None:
    with writing():
        other = published(slug='"mountain-2031"', number_prefix='"YM"')
        elsewhere = queries.actor(person("elsewhere@example.jp", Role.SECRETARIAT, other))

    with pytest.raises(NotPermitted), writing():
        letters.save(call, ROLE, Letter("件名", "{サインインの画面}\n"), by=elsewhere)


def test_the_list_names_every_letter_and_who_changed_it(call: Call, secretariat: User, browser: Open) -> None:
    officer = browser(secretariat)
    before = officer.text("/calls/river-2031/letters")
    officer.post(URL, {**OWN, "version": version(call)})

    after = officer.text("/calls/river-2031/letters")

    assert "この公募の文面は0通" in before
    assert "この公募の文面は1通" in after
    assert "早瀬 みのり" in after.partition('id="letters"')[2]


def test_values_that_a_template_does_not_have_are_a_mistake_of_ours(call: Call, writing: Callable) -> None:
    with pytest.raises(TypeError, match=r"^calls\.role is filled with"), writing():
        mailing.send("calls.role", "nobody@example.jp", call, **TOLD)
