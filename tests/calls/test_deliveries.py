"""What became of each mail: seen by who runs the call, without the keys, and sent again where it failed."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from grantflow.accounts.models import Role, User
from grantflow.audit.models import AuditEvent
from grantflow.calls import mailing
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.mail import operations, queries
from grantflow.mail.models import Mail, MailState
from tests.browsing import Browser
from tests.counting import statements
from tests.factories.accounts import OPERATOR, person
from tests.factories.calls import published

Open = Callable[..., Browser]
LIST = "/calls/river-2031/mail"
TOLD = {"inviter": "堂島 朋子", "role": "審査委員", "address": "https://grants.example.jp/sign-in"}


@pytest.fixture
def call(store: None) -> Call:
    with db.transaction(write=True):
        return published()


@pytest.fixture
def secretariat(call: Call) -> User:
    with db.transaction(write=True):
        return person("officer@example.jp", Role.SECRETARIAT, call)


@pytest.fixture
def administrator(store: None) -> User:
    with db.transaction(write=True):
        return person("administrator@example.jp", Role.ADMINISTRATOR)


def sent(call: Call | None, number: int = 1, state: MailState = MailState.QUEUED, **more: object) -> Mail:
    with db.transaction(write=True):
        row = mailing.send("calls.role", f"member{number}@example.jp", call, **TOLD, name="早瀬 みのり")
        row.state = state
        for name, value in more.items():
            setattr(row, name, value)
    return row


def digested(call: Call, state: MailState) -> tuple[Mail, Mail]:
    """A mail, and the digest it went into, which stands in `state`."""
    digest = sent(None, state=state, attempts=9, last_error="TimeoutError")
    return sent(call, 2, MailState.IN_DIGEST, digest_id=digest.id), digest


def keyed(call: Call, **more: object) -> Mail:
    with db.transaction(write=True):
        row = mailing.send(
            "calls.invitation",
            "new@example.jp",
            call,
            **TOLD | {"address": "https://grants.example.jp/welcome/secret-key"},
            name="汐見 さよ",
            until=clock.now(),
        )
        for name, value in more.items():
            setattr(row, name, value)
    return row


def again(row: Mail) -> Mail:
    with db.transaction(write=False):
        return db.session.get_one(Mail, row.id)


@pytest.mark.parametrize(
    ("state", "more", "words"),
    [
        (MailState.QUEUED, {}, ["送信待ち", "まもなく送ります"]),
        (MailState.QUEUED, {"attempts": 3, "last_error": "TimeoutError"}, ["もう一度送ります", "3回試しました。次は"]),
        (MailState.SENT, {"attempts": 1, "sent_at": clock.now()}, ["送信済み"]),
        (MailState.FAILED, {"attempts": 33, "last_error": "TimeoutError"}, ["送れませんでした", "33回試しました"]),
        (MailState.HELD, {}, ["送りません"]),
        (MailState.GATHERED, {}, ["まとめて送ります", "次のまとめ："]),
    ],
)
def test_each_state_is_told_in_words(
    call: Call, secretariat: User, browser: Open, state: MailState, more: dict[str, object], words: list[str]
) -> None:
    sent(call, state=state, **more)

    table = browser(secretariat).text(LIST).partition('id="mails"')[2]

    assert [word for word in words if word not in table] == []


def test_a_mail_in_a_digest_fares_as_the_digest_does(call: Call, secretariat: User, browser: Open) -> None:
    row, digest = digested(call, MailState.FAILED)
    officer = browser(secretariat)

    failed = officer.text(f"{LIST}?state=failed")
    page = officer.text(f"{LIST}/{row.id}")
    with db.transaction(write=True):
        db.session.get_one(Mail, digest.id).state = MailState.SENT

    assert "member2@example.jp" in failed
    assert "メールサーバーにつながりませんでした。" in page
    assert "条件に合うメールはありません" in officer.text(f"{LIST}?state=failed")
    assert "まとめの中で送りました" in officer.text(LIST).partition('id="mails"')[2]


def test_the_list_is_narrowed_by_state_and_words_and_says_so(call: Call, secretariat: User, browser: Open) -> None:
    sent(call, 1)
    sent(call, 2, MailState.SENT)
    officer = browser(secretariat)

    by_state = officer.text(f"{LIST}?state=sent").partition('id="mails"')[2]
    by_words = officer.text(f"{LIST}?q=Member1@").partition('id="mails"')[2]

    assert ("member1@" in by_state, "member2@" in by_state) == (False, True)
    assert ("member1@" in by_words, "member2@" in by_words) == (True, False)
    assert "絞り込み中" in officer.text(f"{LIST}?state=sent&q=member")
    assert officer.get(f"{LIST}?state=nothing&page=99").status_code == 200


def test_a_key_is_never_shown(call: Call, secretariat: User, administrator: User, browser: Open) -> None:
    row = keyed(call)

    for who, url in ((secretariat, f"{LIST}/{row.id}"), (administrator, f"/desk/mail/{row.id}")):
        text = browser(who).text(url)
        assert "secret-key" not in text
        assert "本文は出しません" in text


def test_a_failed_mail_is_sent_again_from_the_beginning(call: Call, secretariat: User, browser: Open) -> None:
    row = sent(call, state=MailState.FAILED, attempts=33, last_error="TimeoutError")
    officer = browser(secretariat)

    answer = officer.post(f"{LIST}/{row.id}/again")

    assert answer.location == f"{LIST}/{row.id}"
    assert (again(row).state, again(row).attempts) == (MailState.QUEUED, 0)
    with db.transaction(write=False):
        assert queries.is_due(clock.now())
        actions = db.session.scalars(select(AuditEvent.action).where(AuditEvent.subject_id == str(row.id))).all()
    assert actions == ["mails.send_again"]
    assert officer.post(f"{LIST}/{row.id}/again").status_code == 409


def test_a_mail_of_a_failed_digest_leaves_by_itself(call: Call, writing: Callable) -> None:
    row, _digest = digested(call, MailState.FAILED)

    with writing():
        operations.send_again(row, by=OPERATOR)

    assert (again(row).state, again(row).digest_id) == (MailState.QUEUED, None)


def test_a_forgotten_key_is_not_sent_again(call: Call, secretariat: User, browser: Open, writing: Callable) -> None:
    row = keyed(call, state=MailState.FAILED, body="")

    with pytest.raises(Refused, match="新しいリンクを送ってください"), writing():
        operations.send_again(row, by=OPERATOR)

    assert "「もう一度送る」はまだできません。" in browser(secretariat).text(f"{LIST}/{row.id}")


def test_what_was_told_otherwise_is_minded_no_more(call: Call, secretariat: User, browser: Open) -> None:
    row = sent(call, state=MailState.FAILED)
    officer = browser(secretariat)
    assert "送れなかったメールを確かめる" in officer.text("/desk")

    officer.post(f"{LIST}/{row.id}/aside")

    assert again(row).state is MailState.HELD
    assert "送れなかったメールを確かめる" not in officer.text("/desk")


def test_the_mail_of_another_call_is_not_there(call: Call, secretariat: User, browser: Open, writing: Callable) -> None:
    with writing():
        other = published(slug='"mountain-2031"', number_prefix='"YM"')
    row, none = sent(other, state=MailState.FAILED), sent(None, 2, MailState.FAILED)
    officer = browser(secretariat)

    assert "メールはまだありません" in officer.text(LIST)
    assert [officer.get(f"{LIST}/{each.id}").status_code for each in (row, none)] == [404, 404]
    assert officer.post(f"{LIST}/{row.id}/again").status_code == 404


def test_administrators_see_the_mails_that_are_about_no_call(call: Call, administrator: User, browser: Open) -> None:
    sent(None, 1, MailState.FAILED)
    sent(call, 2, MailState.FAILED)
    page = browser(administrator)

    table = page.text("/desk/mail").partition('id="mails"')[2]

    assert ("member1@" in table, "member2@" in table) == (True, False)
    assert page.text("/desk").count("送れなかったメールを確かめる") == 2


def test_that_addresses_were_read_is_remembered(
    call: Call, secretariat: User, administrator: User, browser: Open
) -> None:
    row = sent(call)
    officer, manager = browser(secretariat), browser(administrator)
    officer.text(LIST)
    officer.text(f"{LIST}/{row.id}")
    manager.text("/desk/mail")

    with db.transaction(write=False):
        found = select(AuditEvent.action, AuditEvent.details).order_by(AuditEvent.position.desc()).limit(3)
        events = [tuple(each) for each in db.session.execute(found)]

    assert events == [
        ("mails.list", '{"rows":0}'),
        ("mails.read", '{"template":"calls.role"}'),
        ("calls.read_mail", '{"rows":1}'),
    ]


def test_a_long_list_asks_no_more_of_the_database_than_a_short_one(
    call: Call, secretariat: User, browser: Open
) -> None:
    officer = browser(secretariat)
    counts = []
    for rows in (1, 60):
        for number in range(rows):
            digested(call, MailState.SENT) if number % 2 else sent(call, number)
        with statements() as asked:
            text = officer.text(LIST)
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert "61件中 1～50件目" in text
