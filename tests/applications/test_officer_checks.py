"""What was answered about officers is recorded for many at once, and seen by two roles alone (R3.3)."""

from collections.abc import Callable

import pytest
import time_machine
from sqlalchemy import select

from grantflow.accounts.models import Role, User
from grantflow.applications import checking, officer_checks
from grantflow.applications.models import Application
from grantflow.applications.screening_models import CheckResult, OfficerCheck
from grantflow.applications.workflow import APPLICATION
from grantflow.audit.chain import canonical
from grantflow.audit.models import AuditEvent
from grantflow.calls import queries as calls
from grantflow.core.authorization import SYSTEM
from grantflow.core.db import db
from tests.browsing import Browser
from tests.factories.accounts import person
from tests.factories.applications import received, row
from tests.factories.calls import published, revised

Browsers = Callable[[User | None], Browser]
URL = "/calls/river-2031/officers/results"
OFFICERS = '[[section]]\nkey = "amount"\n\n[[section]]\nkey = "officers"'
LETTER = {"on": "令和13年6月9日", "reference": "架空警第12号"}


@pytest.fixture(autouse=True)
def now():
    """The call is over."""
    with time_machine.travel("2031-06-10T10:00:00+09:00", tick=False):
        yield


@pytest.fixture
def people(writing) -> dict[str, User]:
    """Everybody who may or may not see a result, around three received proposals."""
    with writing():
        call = published(OFFICERS)
        received(call, row(1), row(2), row(3))
        return {
            "checker": person("checker@example.jp", Role.OFFICER_CHECKER, call),
            "other": person("other@example.jp", Role.OFFICER_CHECKER, call),
            "secretariat": person("secretariat@example.jp", Role.SECRETARIAT, call),
            **{
                role.value: person(f"{role.value}@example.jp", role, call)
                for role in (Role.REVIEWER, Role.SPONSOR, Role.AUDITOR, Role.APPLICANT)
            },
            "administrator": person("administrator@example.jp", Role.ADMINISTRATOR),
        }


def proposals() -> list[Application]:
    with db.transaction(write=False):
        return list(db.session.scalars(select(Application).order_by(Application.number)))


def typed(*results: str, seen: int = 0, **more: str) -> dict[str, str]:
    """The form as it is sent, a result for each proposal."""
    rows = proposals()
    found = {f"seen-{one.id}": str(seen) for one in rows}
    found |= {f"result-{one.id}": result for one, result in zip(rows, results, strict=True)}
    return {**found, **LETTER, **more}


def results() -> list[tuple[int, str, str]]:
    with db.transaction(write=False):
        rows = db.session.scalars(select(OfficerCheck).join(OfficerCheck.application).order_by(Application.number))
        return sorted((one.number, one.result.value, one.reference) for one in rows)


def test_results_are_shown_before_they_are_recorded(people, browser: Browsers) -> None:
    page = browser(people["checker"]).post(f"{URL}/check", typed("no_match", "needs_talk", "")).text

    assert "まだ何も記録していません" in page
    assert "該当なし" in page
    assert "協議が必要" in page
    assert results() == []


def test_all_results_are_recorded_with_the_letter(people, browser: Browsers) -> None:
    answer = browser(people["checker"]).post(URL, typed("no_match", "needs_talk", "unanswered"))

    assert answer.status_code == 302
    assert results() == [(1, "needs_talk", "架空警第12号"), (1, "no_match", "架空警第12号"), (1, "unanswered", "")]


def test_a_list_is_pasted_by_receipt_number(people, browser: Browsers) -> None:
    lines = "KW-0001\t該当なし\n\nKW-0003，協議が必要，電話で確かめる\n"
    page = browser(people["checker"]).post(f"{URL}/check", typed("", "", "", paste=lines)).text

    assert "KW-0001" in page
    assert "KW-0002" not in page
    assert "電話で確かめる" in page


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("KW-0009,該当なし", "1行目：受付番号「KW-0009」の応募がありません。"),
        ("KW-0001,たぶん", "1行目：結果「たぶん」は読めません。"),
        ("KW-0001", "1行目：結果「」は読めません。"),
        ("KW-0001,該当なし\nKW-0001,協議が必要", "2行目：受付番号「KW-0001」が2回あります。"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(people, browser: Browsers, line: str, sentence: str) -> None:
    answer = browser(people["checker"]).post(f"{URL}/check", typed("", "", "", paste=line))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert line.split("\n")[0] in answer.text


@pytest.mark.parametrize(
    ("letter", "sentence"),
    [
        ({"on": "", "reference": "架空警第12号"}, "回答の文書の日付と番号を書いてください。"),
        ({"on": "令和13年6月9日", "reference": ""}, "回答の文書の日付と番号を書いてください。"),
        ({"on": "令和13年6月11日", "reference": "架空警第12号"}, "今日より後です"),
    ],
)
def test_an_answer_has_its_letter(people, browser: Browsers, letter: dict[str, str], sentence: str) -> None:
    answer = browser(people["checker"]).post(URL, typed("no_match", "", "") | letter)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert results() == []


@pytest.mark.parametrize("first", ["checker", "other"])
def test_a_result_recorded_meanwhile_stops_all(people, browser: Browsers, first: str) -> None:
    second = "other" if first == "checker" else "checker"
    drafts = {first: typed("no_match", "", ""), second: typed("needs_talk", "no_match", "")}

    codes = [browser(people[who]).post(URL, drafts[who]) for who in (first, second)]

    assert [answer.status_code for answer in codes] == [302, 422]
    assert "ほかの人がKW-0001の結果を記録しました。1件も記録していません。" in codes[1].text
    assert results() == [(1, "no_match", "架空警第12号")]


def test_an_earlier_result_stays_known(people, browser: Browsers) -> None:
    window = browser(people["checker"])
    window.post(URL, typed("unanswered", "", ""))
    window.post(URL, typed("no_match", "", "", seen=1))

    with db.transaction(write=False):
        first = db.session.get_one(Application, proposals()[0].id)
        told = [(one.number, one.result) for one in officer_checks.history(first)]
        last = officer_checks.last(first)
    assert told == [(1, CheckResult.UNANSWERED), (2, CheckResult.NO_MATCH)]
    assert last.result is CheckResult.NO_MATCH


def test_two_roles_see_results_and_nobody_else(people, browser: Browsers) -> None:
    browser(people["checker"]).post(URL, typed("needs_talk", "", ""))
    allowed = {"checker", "other", "secretariat"}

    codes = {who: browser(user).get(URL).status_code for who, user in people.items()}
    pages = [browser(people["secretariat"]).text(URL)]
    pages += [
        browser(people[who]).get(f"/applications/{proposals()[0].id}{path}").text
        for who in ("secretariat", "auditor")
        for path in ("", "/sheets")
    ]
    writes = {
        who: browser(user).post(URL, typed("no_match", "", "", seen=1)).status_code for who, user in people.items()
    }

    assert {who for who, code in codes.items() if code == 200} == allowed
    assert {who for who, code in writes.items() if code != 403} == {"checker", "other"}
    assert ["協議が必要" in page for page in pages] == [True, *[False] * 4]
    assert "回答の一覧を貼り付ける" not in pages[0]


def test_the_trail_says_that_a_result_was_recorded_and_not_which(people, browser: Browsers) -> None:
    browser(people["checker"]).post(URL, typed("needs_talk", "no_match", ""))

    with db.transaction(write=False):
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "officers.record_check")).all()
    assert len(events) == 2
    assert all("needs_talk" not in canonical(one.details) and "12号" not in canonical(one.details) for one in events)


@pytest.mark.parametrize(
    ("stage", "result", "stops"),
    [
        ("", None, False),
        ("contract", None, False),
        ("eligible", None, True),
        ("eligible", CheckResult.UNANSWERED, True),
        ("eligible", CheckResult.NEEDS_TALK, True),
        ("eligible", CheckResult.NO_MATCH, False),
    ],
)
def test_a_call_may_want_the_check_first(writing, stage: str, result: CheckResult | None, stops: bool) -> None:
    with writing():
        call = published(OFFICERS)
        (one,) = received(call, row(1))
        if stage:
            revised(call, OFFICERS + f'\n\n[officers]\ncheck_before = "{stage}"')
        APPLICATION.fire("find_ineligible", one, by=SYSTEM, reason="確かめるため。")
        db.session.flush()
        if result:
            letter = checking.Letter(one.call.opens_at.date(), "架空警第12号")
            by = person("checker@example.jp", Role.OFFICER_CHECKER, call)
            db.session.flush()
            checking.record(call, [checking.Answer(one, result)], letter, by=calls.actor(by))
        refusals = APPLICATION.obstacles("find_eligible", one)

    assert bool(refusals) is stops
    assert all("役員の確認が済んでいません。" in each and "協議" not in each for each in refusals)
