"""Partners agree to be named: by a link that works once, or by a letter; what changes afterwards is asked again."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from grantflow.accounts import operations as accounts
from grantflow.accounts.models import MemberRole, Role, User
from grantflow.applications import completeness, queries
from grantflow.applications.models import Application, Consent, ConsentState
from grantflow.applications.outline import Part
from grantflow.applications.signed_papers import signed_paper
from grantflow.audit import trail
from grantflow.audit.queries import history
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.mail.models import Mail
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.applications import begun, saved
from tests.factories.calls import published
from tests.files.builders import a_pdf

Writing = Callable[[], AbstractContextManager[Session]]
Browsers = Callable[[User | None], Browser]

OPEN = "2031-04-10T10:00:00+09:00"
ASKED = "\n\n".join(f'[[section]]\nkey = "{key}"' for key in ("group", "plan", "amount", "consents"))
HALL = {"partner": "川辺自治会", "part": "毎週の会場を貸す。", "email": "hall@example.jp"}
YES = {"answer": "yes", "title": "会長", "name": "岸 あおい"}
GROUP = {"name": "任意団体ほたる", "contact_name": "野川 澄", "contact_phone": "03-5253-2111"}
PDF = a_pdf()


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    """The call is open."""
    with time_machine.travel(OPEN, tick=False) as moved:
        yield moved


@pytest.fixture
def arranged(writing: Writing) -> tuple[Application, dict[str, User]]:
    """A draft, its writer and reader, and the secretariat."""
    with writing():
        call = published(ASKED)
        people = {who: person(f"{who}@example.jp") for who in ("writer", "reader", "stranger")}
        people["secretariat"] = person("secretariat@example.jp", Role.SECRETARIAT, call)
        db.session.flush()
        group = organization("任意団体ほたる", people["writer"])
        accounts.join(people["reader"], group, by=OPERATOR, role=MemberRole.READER)
        draft = begun(call, group, people["writer"])
        saved(draft, people["writer"], Part.PLAN, {"title": "川辺の茶の間"})
        saved(
            draft,
            people["writer"],
            Part.GROUP,
            {"name": "任意団体ほたる", "contact_name": "野川 澄", "contact_phone": "03-5253-2111"},
        )
    return draft, people


def only() -> Consent:
    with db.transaction(write=False):
        return db.session.scalars(select(Consent)).one()


def link() -> str:
    """The path in the mail that was sent last."""
    with db.transaction(write=False):
        asked = select(Mail).where(Mail.template == "applications.consent")
        mail = db.session.scalars(asked.order_by(Mail.queued_at.desc(), Mail.id)).first()
    found = re.search(r"http://\S+?(/consents/\S+)", mail.body if mail else "")
    assert found, mail
    return found[1]


def seen(html: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', html)
    assert found, html
    return found[1]


def added(window: Browser, draft: Application, **changes: str) -> None:
    answer = window.post(f"/applications/{draft.id}/edit/consents", HALL | changes)
    assert answer.status_code == 302, answer.text


def state(window: Browser, draft: Application) -> str:
    return window.text(f"/applications/{draft.id}/edit/consents")


def gaps(draft: Application) -> list[str]:
    with db.transaction(write=False):
        found = completeness.missing(queries.dossier(db.session.get_one(Application, draft.id)))
        return [gap.sentence for gap in found if gap.part is Part.CONSENTS and gap.is_wrong]


def test_a_partner_reads_what_it_is_asked_and_agrees_once(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window, visitor = browser(people["writer"]), browser(None)
    added(window, draft)

    path = link()
    html = visitor.text(path)
    answer = visitor.post(path, YES | {"seen": seen(html)})
    again = [visitor.get(path).status_code, visitor.post(path, YES | {"seen": seen(html)}).status_code]

    row = only()
    for words in ("任意団体ほたる", "川辺の茶の間", "川辺自治会", "毎週の会場を貸す。"):
        assert words in html
    assert "川辺自治会が承諾したことを、任意団体ほたるに伝えました。" in answer.text
    assert again == [410, 410]
    assert (row.state, row.answered_by, row.token_hash) == (ConsentState.GIVEN, "会長 岸 あおい", None)
    assert "会長 岸 あおいさんが承諾しました。" in state(window, draft)
    with db.transaction(write=False):
        events = history(draft)
    assert [event.action for event in events][:3] == ["consents.give", "consents.ask", "consents.add"]
    assert "岸 あおい" not in str([event.details for event in events])


def test_the_mail_says_whom_to_ask_back_and_for_how_long(arranged, browser: Browsers, reading: Writing) -> None:
    draft, people = arranged

    added(browser(people["writer"]), draft)

    with reading():
        mail = db.session.scalars(select(Mail)).one()
    assert (mail.recipient, mail.subject) == ("hall@example.jp", "連携の承諾をお願いします（任意団体ほたる）")
    assert "任意団体ほたる\n野川 澄\n03-5253-2111" in mail.body
    assert "令和13年5月10日（土）10:00まで使えます" in mail.body


def test_who_refuses_is_a_gap_until_taken_out(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window, visitor = browser(people["writer"]), browser(None)
    added(window, draft)
    before = gaps(draft)
    path = link()

    visitor.post(path, {"answer": "no", "name": "岸 あおい", "seen": seen(visitor.text(path))})
    refused = gaps(draft)
    window.post(f"/applications/{draft.id}/consents/{only().id}/take_back")

    assert before == []
    assert refused == ["川辺自治会は承諾しないと答えました。話し合って頼み直すか、連携先から外してください。"]
    assert gaps(draft) == []
    assert only().state is ConsentState.TAKEN_BACK
    assert "連携先はまだありません" in state(window, draft)


def test_a_changed_part_is_asked_again(arranged, browser: Browsers, now: time_machine.Traveller) -> None:
    draft, people = arranged
    window, visitor = browser(people["writer"]), browser(None)
    added(window, draft)
    path = link()
    visitor.post(path, YES | {"seen": seen(visitor.text(path))})
    page = f"/applications/{draft.id}/consents/{only().id}"

    same = window.post(page, HALL | {"email": "new@example.jp"})
    kept = only().state
    window.post(page, HALL | {"part": "会場と机を貸す。"})
    html = state(window, draft)
    now.shift(60)
    window.post(f"{page}/ask")

    assert same.status_code == 302
    assert kept is ConsentState.GIVEN
    assert "もう一度頼んでください" in html
    assert "答えをもらったあとに内容を書き直したので、前の答えは使えません。" in html
    assert "会場と机を貸す。" in visitor.text(link())


def test_words_that_changed_under_the_partner_are_shown_before_it_agrees(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window, visitor = browser(people["writer"]), browser(None)
    added(window, draft)
    path = link()
    old = seen(visitor.text(path))
    window.post(f"/applications/{draft.id}/consents/{only().id}", HALL | {"part": "会場と机を貸す。"})

    answer = visitor.post(path, YES | {"seen": old})
    then = visitor.post(path, YES | {"seen": seen(answer.text)})

    assert answer.status_code == 409
    assert "この画面を開いたあとに、団体が内容を書き直しました。" in answer.text
    assert "会場と机を貸す。" in answer.text
    assert (then.status_code, only().state) == (200, ConsentState.GIVEN)


@pytest.mark.parametrize("what", ["resent", "taken back", "withdrawn", "expired", "closed", "letter"])
def test_a_link_dies(arranged, browser: Browsers, now: time_machine.Traveller, writing: Writing, what: str) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    added(window, draft)
    path, page = link(), f"/applications/{draft.id}/consents/{only().id}"
    before = browser(None).get(path).status_code

    if what == "resent":
        window.post(f"{page}/ask")
    elif what == "taken back":
        window.post(f"{page}/take_back")
    elif what == "letter":
        window.post(f"{page}/letter", {"file": (BytesIO(PDF), "letter.pdf")})
    elif what == "withdrawn":
        with writing():
            found = db.session.get_one(Application, draft.id)
            found.number, found.status = "KW-0001", "withdrawn"
            trail.record("applications.withdraw", found, by=OPERATOR)
    elif what == "expired":
        now.move_to("2031-05-10T10:00:01+09:00")
    else:
        now.move_to("2031-04-30T17:00:01+09:00")

    assert (before, browser(None).get(path).status_code) == (200, 410)


def test_a_letter_is_kept_and_leaves_as_a_file_for_writers_and_the_office(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    added(window, draft, email="")
    page = f"/applications/{draft.id}/consents/{only().id}/letter"

    window.post(page, {"file": (BytesIO(PDF), "承諾書.pdf")})
    answer = window.get(page)
    others = [browser(people[who]).get(page).status_code for who in ("reader", "stranger", "secretariat")]

    assert (only().state, answer.data) == (ConsentState.LETTER, PDF)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert others == [403, 403, 403]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "0バイト"),
        (b"MZ\x90\x00", "プログラム"),
    ],
)
def test_what_is_no_letter_is_refused(arranged, browser: Browsers, content: bytes, sentence: str) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    added(window, draft, email="")

    answer = window.post(
        f"/applications/{draft.id}/consents/{only().id}/letter", {"file": (BytesIO(content), "letter.pdf")}
    )

    assert answer.status_code == 422
    assert sentence in answer.text
    assert only().state is ConsentState.ASKED


def test_a_letter_has_at_most_ten_megabytes() -> None:
    most = PDF.ljust(10 * 1024 * 1024)

    assert signed_paper(most, "letter.pdf").media_type == "application/pdf"
    with pytest.raises(Refused, match="10MBまで"):
        signed_paper(most + b" ", "letter.pdf")


def test_a_partner_is_named_once(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    added(window, draft)

    answer = window.post(f"/applications/{draft.id}/edit/consents", HALL)

    assert answer.status_code == 422
    assert "川辺自治会は、もう連携先にあります。" in answer.text


def test_waiting_partners_are_shown_on_the_last_page_and_hold_nobody_up(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    added(window, draft)

    html = window.text(f"/applications/{draft.id}/confirm")

    assert "返事待ち" in html
    assert gaps(draft) == []


def test_an_answer_needs_a_choice_and_a_name(arranged, browser: Browsers) -> None:
    draft, people = arranged
    added(browser(people["writer"]), draft)
    visitor, path = browser(None), link()

    answer = visitor.post(path, {"title": "会長", "seen": seen(visitor.text(path))})

    assert answer.status_code == 422
    assert "承諾するかどうかを選んでください。" in answer.text
    assert "氏名を入力してください。" in answer.text
    assert only().state is ConsentState.ASKED


@pytest.mark.parametrize(("given", "told"), [("yes", "返事：承諾する"), ("no", "返事：承諾しない")])
def test_the_group_is_told_what_its_partner_answered(arranged, browser: Browsers, given: str, told: str) -> None:
    draft, people = arranged
    visitor = browser(None)
    added(browser(people["writer"]), draft)
    path = link()

    visitor.post(path, YES | {"answer": given, "seen": seen(visitor.text(path))})

    with db.transaction(write=False):
        (mail,) = db.session.scalars(select(Mail).where(Mail.template == "applications.consent_answered"))
    assert mail.recipient == "writer@example.jp"
    assert mail.subject == "川辺自治会から、連携の承諾についての返事が届きました"
    assert told in mail.body
    assert f"/applications/{draft.id}/edit/consents" in mail.body
    assert "岸 あおい" not in mail.body
