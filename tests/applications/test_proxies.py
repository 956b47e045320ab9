"""The secretariat types for a group that phoned or posted paper: marked, confirmed by the group, then submitted."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from grantflow.accounts.models import MemberRole, Membership, Role, User
from grantflow.applications.models import Application, ApplicationStatus, ProxyEntry
from grantflow.applications.proxied import reference_of
from grantflow.audit.queries import history
from grantflow.core.db import db
from grantflow.documents.writing import Form
from grantflow.mail.models import Mail
from tests.browsing import Browser
from tests.factories.accounts import organization, person
from tests.factories.calls import published
from tests.files.builders import a_pdf

Writing = Callable[[], AbstractContextManager[Session]]
Browsers = Callable[[User | None], Browser]

OPEN = "2031-04-10T10:00:00+09:00"
ASKED = '[[section]]\nkey = "amount"'
CAME = {"tier": "wide", "came_by": "post", "came_on": "令和13年4月9日", "note": "受付印 4月9日"}
CONFIRMS = {"agreeing": "1", "title": "会長", "name": "岸 あおい", "agrees": "y"}
PDF = a_pdf()


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    """The call is open."""
    with time_machine.travel(OPEN, tick=False) as moved:
        yield moved


@pytest.fixture
def people(writing: Writing) -> dict[str, User]:
    """The secretariat of the call and others."""
    with writing():
        call = published(ASKED)
        found = {who: person(f"{who}@example.jp", Role.SECRETARIAT, call) for who in ("typist", "second")}
        found["auditor"] = person("auditor@example.jp", Role.AUDITOR, call)
        found["reviewer"] = person("reviewer@example.jp", Role.REVIEWER, call)
        found["stranger"] = person("stranger@example.jp")
        found["elsewhere"] = person(
            "elsewhere@example.jp", Role.SECRETARIAT, published(slug='"sky-2031"', number_prefix='"SO"')
        )
    return found


def only() -> Application:
    with db.transaction(write=False):
        return db.session.scalars(select(Application)).one()


def entry() -> ProxyEntry:
    with db.transaction(write=False):
        return db.session.scalars(select(ProxyEntry)).one()


def begun(window: Browser) -> Application:
    """A draft that the secretariat began for a new group."""
    answer = window.post("/calls/river-2031/proxies/new", CAME | {"organization": "new", "name": "川辺の会"})
    assert answer.status_code == 302, answer.text
    return only()


def written(window: Browser) -> Application:
    """The same with all that is asked."""
    draft = begun(window)
    answer = window.post(f"/applications/{draft.id}/edit/amount", {"version": "0", "requested_yen": "100000"})
    assert answer.status_code == 302, answer.text
    return draft


def issued(window: Browser, draft: Application) -> str:
    """A code that was shown on the page."""
    answer = window.post(f"/applications/{draft.id}/proxy/code", {"way": "telephone"})
    found = re.search(r'class="large">([0-9]{4}-[0-9]{4})<', answer.text)
    assert found, answer.text
    return found[1]


def typed(draft: Application, code: str, **more: str) -> dict[str, str]:
    return {"reference": reference_of(draft), "code": code, **more}


def wrong(code: str) -> str:
    """Another code."""
    return ("1" if code[0] == "0" else "0") + code[1:]


def actions(draft: Application) -> list[str]:
    with db.transaction(write=False):
        return [event.action for event in history(draft)][::-1]


def test_a_proposal_is_typed_confirmed_by_a_code_and_submitted(people, browser: Browsers) -> None:
    window, group = browser(people["typist"]), browser(None)
    draft = written(window)
    code = issued(window, draft)

    read = group.post("/proxy", typed(draft, code))
    done = group.post("/proxy", typed(draft, code, **CONFIRMS))
    again = group.post("/proxy", typed(draft, code, **CONFIRMS))
    window.post(f"/applications/{draft.id}/proxy/submit")

    found, row = only(), entry()
    assert "川辺の会" in read.text
    assert "100,000円" in read.text
    assert (done.status_code, again.status_code) == (200, 422)
    assert (found.status, found.number) == (ApplicationStatus.SUBMITTED, "KW-0001")
    assert (row.came_by, row.confirmed_by, row.confirmed_with) == (
        "郵送 令和13年4月9日（水） 受付印 4月9日",
        "会長 岸 あおい",
        "code",
    )
    assert actions(draft) == [
        "applications.begin_for",
        "applications.write",
        "applications.issue_code",
        "applications.confirm_entry",
        "applications.submit",
        "applications.receive",
    ]
    past = window.text(f"/applications/{draft.id}/history")
    assert "団体に代わって応募を書き始めた" in past
    assert "会長 岸 あおい" in past


def test_nothing_is_submitted_before_the_group_confirmed(people, browser: Browsers) -> None:
    window = browser(people["typist"])
    draft = written(window)

    answers = [window.post(f"/applications/{draft.id}{path}") for path in ("/confirm", "/proxy/submit")]

    assert [answer.status_code for answer in answers] == [422, 422]
    for answer in answers:
        assert "代理で入力した応募を、団体がまだ確かめていません。" in answer.text
    assert only().status is ApplicationStatus.DRAFT


def test_what_is_typed_is_marked_wherever_it_is_shown(people, browser: Browsers) -> None:
    window = browser(people["typist"])
    draft = written(window)
    pages = [window.text(f"/applications/{draft.id}{path}") for path in ("", "/edit", "/edit/amount", "/confirm")]
    pages.append(window.text("/calls/river-2031/proxies"))
    browser(None).post("/proxy", typed(draft, issued(window, draft), **CONFIRMS))
    window.post(f"/applications/{draft.id}/proxy/submit")

    pages.append(window.text("/calls/river-2031/applications"))
    exported = window.get("/calls/river-2031/applications.csv").get_data(as_text=True)

    assert ["代理入力" in page for page in pages] == [True] * 6
    assert exported.rstrip().endswith(",submitted,yes")


def test_a_code_is_refused_while_something_is_missing(people, browser: Browsers) -> None:
    window = browser(people["typist"])
    draft = begun(window)

    answer = window.post(f"/applications/{draft.id}/proxy/code", {"way": "telephone"})

    assert answer.status_code == 422
    assert "足りないところが1件あります。" in answer.text
    assert entry().code_hash == ""


def test_a_code_can_be_tried_ten_times(people, browser: Browsers) -> None:
    window, group = browser(people["typist"]), browser(None)
    draft = written(window)
    code = issued(window, draft)

    tries = [group.post("/proxy", typed(draft, wrong(code))) for _try in range(10)]
    right = group.post("/proxy", typed(draft, code))
    renewed = group.post("/proxy", typed(draft, issued(window, draft)))

    assert {"照会番号か確認コードが合いません。" in answer.text for answer in tries} == {True}
    assert "このコードはもう使えません。" in right.text
    assert renewed.status_code == 200
    assert actions(draft).count("applications.fail_code") == 10


def test_an_unknown_number_and_a_wrong_code_are_answered_alike(people, browser: Browsers) -> None:
    window, group = browser(people["typist"]), browser(None)
    draft = written(window)
    code = issued(window, draft)

    answers = [
        group.post("/proxy", {"reference": "00000000", "code": "1234-5678"}).text,
        group.post("/proxy", {"reference": reference_of(draft), "code": wrong(code)}).text,
    ]

    alike = {re.sub(r'value="[^"]*"', "", text) for text in answers}
    assert len(alike) == 1


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [("2031-04-24T10:00:00+09:00", "このコードはもう使えません。"), ("2031-04-24T09:59:59+09:00", "確かめた人")],
)
def test_a_code_lasts_fourteen_days(
    people, browser: Browsers, now: time_machine.Traveller, moment: str, sentence: str
) -> None:
    window = browser(people["typist"])
    draft = written(window)
    code = issued(window, draft)

    now.move_to(moment)
    answer = browser(None).post("/proxy", typed(draft, code))

    assert sentence in answer.text


def test_what_was_rewritten_after_the_code_is_not_confirmed_by_it(
    people, browser: Browsers, now: time_machine.Traveller
) -> None:
    window = browser(people["typist"])
    draft = written(window)
    code = issued(window, draft)

    now.shift(60)
    window.post(f"/applications/{draft.id}/edit/amount", {"version": "1", "requested_yen": "200000"})
    answer = browser(None).post("/proxy", typed(draft, code, **CONFIRMS))

    assert "コードを出したあとに内容が書き直されました。" in answer.text
    assert entry().confirmed_at is None


def test_a_signed_paper_is_confirmed_by_a_second_person(people, browser: Browsers) -> None:
    window = browser(people["typist"])
    draft = written(window)
    page = f"/applications/{draft.id}/proxy"
    window.post(f"{page}/signed", {"file": (BytesIO(PDF), "signed.pdf")})

    own = window.post(f"{page}/agree")
    other = browser(people["second"]).post(f"{page}/agree")

    assert own.status_code == 422
    assert "事務局のほかの人に頼んでください。" in own.text
    assert other.status_code == 302
    assert (entry().confirmed_by, entry().confirmed_with) == ("second", "paper")
    assert window.get(f"{page}/signed").data == PDF


def test_what_was_confirmed_is_written_again_only_after_the_confirmation_is_taken_back(
    people, browser: Browsers
) -> None:
    window = browser(people["typist"])
    draft = written(window)
    browser(None).post("/proxy", typed(draft, issued(window, draft), **CONFIRMS))
    edit = f"/applications/{draft.id}/edit/amount"

    before = window.post(edit, {"version": "1", "requested_yen": "200000"}).status_code
    window.post(f"/applications/{draft.id}/proxy/reopen")
    after = window.post(edit, {"version": "1", "requested_yen": "200000"}).status_code

    assert (before, after) == (403, 302)
    assert entry().confirmed_at is None


def test_the_letter_says_all_that_was_typed_and_the_mail_says_the_code(
    people, browser: Browsers, reading: Writing
) -> None:
    window = browser(people["typist"])
    draft = written(window)

    paper = window.post(f"/applications/{draft.id}/proxy/code", {"way": "letter"})
    window.post(f"/applications/{draft.id}/proxy/code", {"way": "mail", "email": "kawabe@example.jp"})

    with reading():
        mail = db.session.scalars(select(Mail)).one()
    code = re.search(r"確認コード：([0-9-]+)", mail.body)
    assert (paper.mimetype, paper.data[:5]) == (Form.PDF.media_type, b"%PDF-")
    assert code
    assert browser(None).post("/proxy", typed(draft, code[1])).status_code == 200


def test_the_group_comes_to_act_for_itself_with_the_code(people, browser: Browsers, reading: Writing) -> None:
    window, member = browser(people["typist"]), browser(people["stranger"])
    draft = written(window)
    code = issued(window, draft)

    before = member.get(f"/applications/{draft.id}").status_code
    member.post("/proxy", typed(draft, code, **CONFIRMS, claims="y"))
    after = member.get(f"/applications/{draft.id}/edit").status_code

    with reading():
        rows = db.session.scalars(select(Membership)).all()
    assert (before, after) == (403, 200)
    assert [(row.user_id, row.role) for row in rows] == [(people["stranger"].id, MemberRole.REPRESENTATIVE)]


def test_a_group_that_has_its_people_is_not_taken_over_by_a_code(
    people, browser: Browsers, writing: Writing, reading: Writing
) -> None:
    with writing():
        owner = person("owner@example.jp")
        db.session.flush()
        group = organization("川辺の会", owner)
    window = browser(people["typist"])
    window.post("/calls/river-2031/proxies/new?q=川辺", CAME | {"organization": str(group.id)})
    draft = only()
    window.post(f"/applications/{draft.id}/edit/amount", {"version": "0", "requested_yen": "100000"})

    browser(people["stranger"]).post("/proxy", typed(draft, issued(window, draft), **CONFIRMS, claims="y"))

    with reading():
        assert [row.user_id for row in db.session.scalars(select(Membership))] == [owner.id]


def test_the_group_confirms_by_submitting_itself(people, browser: Browsers, writing: Writing) -> None:
    with writing():
        owner = person("owner@example.jp", name="岸 あおい")
        db.session.flush()
        group = organization("川辺の会", owner)
    window = browser(people["typist"])
    window.post("/calls/river-2031/proxies/new?q=川辺", CAME | {"organization": str(group.id)})
    draft = only()
    window.post(f"/applications/{draft.id}/edit/amount", {"version": "0", "requested_yen": "100000"})

    browser(owner).post(f"/applications/{draft.id}/confirm")

    assert only().status is ApplicationStatus.SUBMITTED
    assert (entry().confirmed_by, entry().confirmed_with) == ("岸 あおい", "account")


@pytest.mark.parametrize("who", ["auditor", "reviewer", "stranger", "elsewhere"])
def test_nobody_else_sees_or_writes_what_is_being_typed(people, browser: Browsers, who: str) -> None:
    draft = written(browser(people["typist"]))
    window = browser(people[who])

    paths = ("", "/edit", "/edit/amount", "/confirm", "/proxy", "/proxy/signed")
    found = {window.get(f"/applications/{draft.id}{path}").status_code for path in paths}

    assert found == {403}


def test_the_secretariat_writes_nothing_on_a_proposal_of_a_group_itself(
    people, browser: Browsers, writing: Writing
) -> None:
    with writing():
        owner = person("owner@example.jp")
        db.session.flush()
        group = organization("川辺の会", owner)
    browser(owner).post("/calls/river-2031/apply", {"organization": str(group.id), "tier": "wide"})
    draft, window = only(), browser(people["typist"])

    paths = ("", "/edit", "/edit/amount", "/confirm", "/proxy")
    found = {window.get(f"/applications/{draft.id}{path}").status_code for path in paths}

    assert found == {403}


def test_after_the_deadline_nothing_is_begun_nor_submitted(
    people, browser: Browsers, now: time_machine.Traveller
) -> None:
    window = browser(people["typist"])
    draft = written(window)
    browser(None).post("/proxy", typed(draft, issued(window, draft), **CONFIRMS))

    now.move_to("2031-04-30T17:00:00.000001+09:00")
    window = browser(people["typist"])
    late = window.post(f"/applications/{draft.id}/proxy/submit")
    begin = window.post("/calls/river-2031/proxies/new", CAME | {"organization": "new", "name": "山の会"})

    assert (late.status_code, begin.status_code) == (422, 422)
    assert "に締め切りました。" in late.text
    assert only().status is ApplicationStatus.DRAFT
    assert actions(draft)[-1] == "applications.late"


@pytest.mark.parametrize(("words", "count"), [("川辺", 1), ("7000012050002", 1), ("山", 0), ("%", 0)])
def test_a_group_is_found_by_its_name_or_number(
    people, browser: Browsers, writing: Writing, words: str, count: int
) -> None:
    with writing():
        row = organization("川辺の会")
        row.corporate_number = "7000012050002"

    html = browser(people["typist"]).get("/calls/river-2031/proxies/new", query_string={"q": words}).text

    assert f"「{words}」で{count}団体が見つかりました。" in html


def test_whoever_types_for_a_group_is_not_offered_its_profile(writing: Writing, browser: Browsers) -> None:
    with writing():
        typist = person("typist@example.jp", Role.SECRETARIAT, published())
    window = browser(typist)
    draft = begun(window)
    url = f"/applications/{draft.id}/edit/group"

    answer = window.post(url, {"version": "0", "name": "川辺の会", "write_back": "y"})

    assert answer.status_code == 302, answer.text
    assert "団体の登録内容にも反映する" not in window.text(url)


def test_the_desk_tells_what_waits_for_a_group(people, browser: Browsers) -> None:
    window = browser(people["second"])
    before = window.text("/desk")
    draft = written(browser(people["typist"]))
    waits = window.text("/desk")
    code = issued(window, draft)
    browser(None).post("/proxy", typed(draft, code) | CONFIRMS)
    after = window.text("/desk")

    assert ["代理で入力した応募を、団体に確かめてもらう" in page for page in (before, waits, after)] == [
        False,
        True,
        False,
    ]
    assert "1件が団体の確認を待っています" in waits
    assert "代理で入力した応募を、団体に確かめてもらう" not in browser(people["elsewhere"]).text("/desk")
