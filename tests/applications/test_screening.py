"""The secretariat's first screening: what was found, what was looked at, and who learns nothing of either."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from grantflow.accounts.models import Role, User
from grantflow.applications import screened, screening_records
from grantflow.applications.models import Application, ScreeningAnswer, ScreeningVerdict, SeenFinding
from grantflow.applications.screening import parties
from grantflow.applications.screening.finding import Kind
from grantflow.applications.screening_records import AnsweredMeanwhile, Looked
from grantflow.audit.queries import history
from grantflow.calls import queries as calls
from grantflow.calls.models import Call
from grantflow.core.authorization import NotPermitted
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from tests.applications import test_web_proposal as web
from tests.browsing import Browser
from tests.counting import statements
from tests.factories.accounts import OPERATOR, person
from tests.factories.applications import received, row
from tests.factories.calls import published

Writing = Callable[[], AbstractContextManager[Session]]
Browsers = Callable[[User | None], Browser]

ITEMS = """
[[screening_item]]
key = "base"
text = "国内に拠点がある"
note = "住所を見てください。"

[[screening_item]]
key = "readable"
text = "書類が読める"
"""
YES, NO = ScreeningVerdict.YES, ScreeningVerdict.NO
AFTER = "2031-05-01T09:00:00+09:00"
MY_NUMBER = "123456789018"


@pytest.fixture
def office(writing: Writing) -> User:
    """The secretariat of a call with two items and two loaded proposals, one of which shows a number."""
    with writing():
        call = published(ITEMS)
        officer = person("office@example.jp", Role.SECRETARIAT, call, name="事務 当子")
        received(call, row(1, summary=f"番号は{MY_NUMBER}です。"), row(2))
    return officer


def _all() -> list[Application]:
    return list(db.session.scalars(select(Application).order_by(Application.number)))


def _url(place: int = 0) -> str:
    with db.transaction(write=False):
        return f"/applications/{_all()[place].id}/screening"


def _answers() -> dict[str, tuple[str, str, str, int]]:
    with db.transaction(write=False):
        rows = db.session.scalars(select(ScreeningAnswer))
        return {each.item: (each.verdict.value, each.note, each.part, each.version) for each in rows}


def _found(place: int = 0) -> Any:
    with db.transaction(write=False):
        return screened.one_screened(_all()[place])


def _sent(**lines: tuple[str, str, int]) -> dict[str, str]:
    found = {}
    for key, (verdict, note, seen) in lines.items():
        found |= {f"verdict-{key}": verdict, f"note-{key}": note, f"seen-{key}": str(seen)}
    return found


# What was found


def test_what_was_found_stands_beside_the_items_with_its_place(office: User, browser: Browsers) -> None:
    page = browser(office).text(_url())

    assert "マイナンバーの形の数字" in page
    assert "事業計画：概要" in page
    assert f"/applications/{_url().split('/')[2]}#part-plan" in page
    assert "国内に拠点がある" in page
    assert "2件中0件" in page


def test_the_number_itself_stands_on_no_page_of_the_screening_and_in_no_event(office: User, browser: Browsers) -> None:
    window, (found,) = browser(office), _found().open
    window.post(f"{_url()}/findings/{found.key}", {"note": "会社法人等番号でした。"})

    pages = [window.text(_url()), window.text("/calls/river-2031/screening")]

    with db.transaction(write=False):
        told = [str(each.details) for each in history(_all()[0]) if each.action != "applications.load"]
    assert [text for text in (*pages, *told) if MY_NUMBER in text or MY_NUMBER[-4:] in text] == []


def test_what_was_looked_at_is_no_longer_open_until_it_is_taken_back(office: User, browser: Browsers) -> None:
    window, (found,) = browser(office), _found().open
    url = f"{_url()}/findings/{found.key}"

    empty = window.post(url, {"note": " "})
    looked = window.post(url, {"note": "会社法人等番号でした。"})
    page, open_then = window.text(_url()), _found().open
    window.post(f"{url}/again")

    assert (empty.status_code, looked.status_code) == (422, 302)
    assert "何を見て問題がないと分かったかが空です" in empty.text
    assert "会社法人等番号でした。" in page
    assert "事務 当子" in page
    assert open_then == ()
    assert [one.kind for one in _found().open] == [Kind.MY_NUMBER]


def test_a_finding_that_is_gone_is_told_so(office: User, browser: Browsers) -> None:
    answer = browser(office).post(f"{_url()}/findings/unknown", {"note": "見た"})

    assert answer.status_code == 302
    with db.transaction(write=False):
        assert db.session.scalars(select(SeenFinding)).all() == []


# The items


def test_an_answer_is_kept_with_its_note_its_place_and_who_gave_it(office: User, browser: Browsers) -> None:
    window = browser(office)
    sent = _sent(base=("yes", "", 0), readable=("no", "2ページ目が読めない", 0)) | {"part-readable": "plan"}

    answer = window.post(_url(), sent)

    assert answer.status_code == 302
    assert _answers() == {"base": ("yes", "", "", 1), "readable": ("no", "2ページ目が読めない", "plan", 1)}
    page = window.text(_url())
    assert "事務 当子" in page
    assert "2件中2件" in page
    with db.transaction(write=False):
        newest = history(_all()[0])[0]
    assert newest.action == "applications.look_at_form"
    assert newest.details["after"] == {"items": {"base": "はい", "readable": "いいえ"}}
    assert "2ページ目" not in str(newest.details)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (("no", "", 0), "「いいえ」のときは、何がどう違うかを書いてください。"),
        (("", "気になる", 0), "書いたことを残すには"),
        (("perhaps", "", 0), "どれかを選んでください"),
        (("yes", "あ" * 2001, 0), "2,000文字以内"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_item_and_nothing_is_kept(
    office: User, browser: Browsers, line: tuple[str, str, int], sentence: str
) -> None:
    answer = browser(office).post(_url(), _sent(base=line, readable=("yes", "", 0)))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert line[1] in answer.text
    assert _answers() == {}


def test_an_answer_can_be_taken_back(office: User, browser: Browsers) -> None:
    window = browser(office)
    window.post(_url(), _sent(base=("yes", "", 0)))

    window.post(_url(), _sent(base=("", "", 1)))

    assert _answers() == {}


def test_two_who_answer_the_same_item_see_both_answers(office: User, browser: Browsers) -> None:
    first, second = browser(office), browser(office)
    first.post(_url(), _sent(base=("yes", "住所を見た", 0)))

    answer = second.post(_url(), _sent(base=("no", "拠点がない", 0), readable=("yes", "", 0)))

    assert answer.status_code == 409
    assert all(text in answer.text for text in ("住所を見た", "拠点がない"))
    assert _answers() == {"base": ("yes", "住所を見た", "", 1)}
    seen = re.search(r'name="seen-base" value="(\d+)"', answer.text)
    assert seen
    assert seen[1] == "1"


def test_two_who_answer_different_items_do_not_disturb_each_other(office: User, browser: Browsers) -> None:
    first, second = browser(office), browser(office)

    first.post(_url(), _sent(base=("yes", "", 0), readable=("", "", 0)))
    second.post(_url(), _sent(base=("", "", 0), readable=("yes", "", 0)))

    assert {item: each[0] for item, each in _answers().items()} == {"base": "yes", "readable": "yes"}


def test_the_same_answers_again_change_nothing(office: User, browser: Browsers) -> None:
    window = browser(office)
    for seen in (0, 1):
        window.post(_url(), _sent(base=("yes", "", seen)))

    assert _answers() == {"base": ("yes", "", "", 1)}


def test_an_operation_asks_who_it_is(office: User, writing: Writing) -> None:
    with writing():
        stranger = calls.actor(person("stranger@example.jp"))
        application = _all()[0]
        with pytest.raises(NotPermitted):
            screening_records.answer(application, {"base": Looked(YES)}, seen={}, of_version=0, by=stranger)
        with pytest.raises(AnsweredMeanwhile):
            screening_records.answer(
                application, {"base": Looked(NO, "x")}, seen={"base": 3}, of_version=0, by=OPERATOR
            )
        (found,) = screened.one_screened(application).found
        with pytest.raises(Refused, match="空です"):
            screening_records.look(application, found, "", by=OPERATOR)


# What was submitted on a page

arranged = web.arranged


@pytest.fixture
def submitted(arranged: tuple[User, User], browser: Browsers) -> tuple[Application, User, User]:
    """A whole proposal that was submitted, its applicant, and the officer."""
    with time_machine.travel(web.OPEN, tick=False):
        window = browser(arranged[0])
        draft = web.begun(window)
        web.written(window, draft)
        window.post(f"/applications/{draft.id}/confirm")
    return web.only(), *arranged


def test_a_whole_proposal_raises_no_alarm(submitted: tuple[Application, User, User]) -> None:
    of = _found()

    assert (of.found, of.version) == ((), 1)


def test_what_its_group_writes_after_it_was_received_is_not_looked_at(
    submitted: tuple[Application, User, User], writing: Writing
) -> None:
    with writing():
        application = db.session.get_one(Application, submitted[0].id)
        application.title = "【下書き】"
        screening_records.trail.record("applications.write", application, by=OPERATOR)

    assert _found().found == ()


def test_a_draft_is_nobody_elses_to_look_at(arranged: tuple[User, User], browser: Browsers) -> None:
    with time_machine.travel(web.OPEN, tick=False):
        draft = web.begun(browser(arranged[0]))

        assert browser(arranged[1]).get(f"/applications/{draft.id}/screening").status_code == 404


def test_its_group_sees_nothing_of_the_screening(submitted: tuple[Application, User, User], browser: Browsers) -> None:
    application, applicant, officer = submitted
    with time_machine.travel(AFTER, tick=False):
        office = browser(officer)
        key = _found().items[0].key
        office.post(f"/applications/{application.id}/screening", _sent(**{key: ("no", "拠点が見当たらない", 0)}))
        theirs = browser(applicant)
        page = theirs.text(f"/applications/{application.id}")

        assert len(_answers()) == 1
        assert "拠点が見当たらない" not in page
        assert "形式審査の項目" not in page
        assert f"/applications/{application.id}/screening" not in page
        assert theirs.get(f"/applications/{application.id}/screening").status_code == 403
        assert theirs.get("/calls/river-2031/screening").status_code == 403


# The list


def test_the_list_tells_what_is_left_of_each_proposal(office: User, browser: Browsers) -> None:
    window = browser(office)
    window.post(_url(), _sent(base=("no", "拠点がない", 0)))

    page = window.text("/calls/river-2031/screening")

    assert "残り1件（1件中）" in page
    assert "2件中1件" in page
    assert "「いいえ」1件" in page


@pytest.mark.parametrize(
    ("left", "numbers"),
    [
        ("findings", ["KW-0001"]),
        ("items", ["KW-0001", "KW-0002"]),
        ("refused", []),
        ("nothing", []),
        ("", ["KW-0001", "KW-0002"]),
        ("unknown", ["KW-0001", "KW-0002"]),
    ],
)
def test_the_list_is_narrowed_by_what_is_left(office: User, browser: Browsers, left: str, numbers: list[str]) -> None:
    page = browser(office).text(f"/calls/river-2031/screening?left={left}")

    assert re.findall(r">(KW-\d+)</a>", page) == numbers


def test_the_list_is_sorted_and_searched_as_the_others_are(office: User, browser: Browsers) -> None:
    window = browser(office)

    falling = window.text("/calls/river-2031/screening?sort=-number")
    found = window.text("/calls/river-2031/screening?q=KW-0002")

    assert re.findall(r">(KW-\d+)</a>", falling) == ["KW-0002", "KW-0001"]
    assert re.findall(r">(KW-\d+)</a>", found) == ["KW-0002"]


@pytest.mark.parametrize("address", ["/calls/river-2031/screening", "/calls/river-2031/screening?left=items"])
def test_thirty_proposals_cost_no_more_statements_than_one(
    office: User, browser: Browsers, writing: Writing, address: str
) -> None:
    window = browser(office)
    with writing():
        call = db.session.scalars(select(Call)).one()
        other = person("other@example.jp", Role.SECRETARIAT, call)
    window.text(address)
    with statements() as few:
        window.text(address)
    with writing():
        received(db.session.scalars(select(Call)).one(), *(row(place) for place in range(3, 33)))
    window = browser(other)
    window.text(address)
    with statements() as many:
        assert window.text(address).count("KW-00") >= 32

    assert len(many) == len(few)


def test_the_work_for_one_proposal_does_not_grow_with_the_proposals_of_its_group(
    office: User, writing: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing():
        call = db.session.scalars(select(Call)).one()
        received(call, *(row(place, organization="任意団体ほたる") for place in range(3, 63)))
    real, times = parties.place_of, []
    monkeypatch.setattr(parties, "place_of", lambda *given: times.append(1) or real(*given))

    with db.transaction(write=False):
        rows = list(db.session.scalars(select(Application)))
        found = screened.screened(rows[0].call, rows)

    assert len(found) >= 60
    assert len(times) <= 10 * len(found)
