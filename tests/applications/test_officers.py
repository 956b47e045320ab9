"""The officers of a group: written by its writers, read by who checks officers, sealed, forgotten on the day."""

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select
from sqlalchemy.orm import Session

from grantflow import worker
from grantflow.accounts import operations as accounts
from grantflow.accounts.models import MemberRole, Role, User
from grantflow.applications import completeness, officer_lists, operations, queries, submissions
from grantflow.applications.models import Application, OfficerList
from grantflow.applications.officers import Officer, opened, purge_date, sealed
from grantflow.applications.outline import Part
from grantflow.audit import trail
from grantflow.audit.models import AuditEvent
from grantflow.calls import queries as calls
from grantflow.core import clock
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.calls import published

Writing = Callable[[], AbstractContextManager[Session]]
Browsers = Callable[[User | None], Browser]

OPEN = "2031-04-10T10:00:00+09:00"
ASKED = '[[section]]\nkey = "amount"\n\n[[section]]\nkey = "officers"\n\n[officers]\nleast = 2'
SAWA = {"name": "沢 ひびき", "kana": "さわ ひびき", "born": "昭和45年3月9日", "sex": "woman", "post": "代表"}
MORI = {"name": "森 蓮", "kana": "ﾓﾘ ﾚﾝ", "born": "1980-11-30", "sex": "man", "post": "監事"}
KEPT = [
    Officer("沢 ひびき", "サワ ヒビキ", "1970-03-09", "woman", "代表"),
    Officer("森 蓮", "モリ レン", "1980-11-30", "man", "監事"),
]


class Arranged(NamedTuple):
    """A draft, and everybody who may or may not open its list of officers."""

    draft: Application
    people: dict[str, User]


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    """The call is open."""
    with time_machine.travel(OPEN, tick=False) as moved:
        yield moved


@pytest.fixture
def arranged(writing: Writing) -> Arranged:
    with writing():
        call = published(ASKED)
        people = {
            who: person(f"{who}@example.jp", role, call)
            for who, role in (
                ("checker", Role.OFFICER_CHECKER),
                ("secretariat", Role.SECRETARIAT),
                ("reviewer", Role.REVIEWER),
                ("sponsor", Role.SPONSOR),
                ("auditor", Role.AUDITOR),
            )
        }
        people["administrator"] = person("administrator@example.jp", Role.ADMINISTRATOR)
        people["elsewhere"] = person(
            "elsewhere@example.jp", Role.OFFICER_CHECKER, published(slug='"sky-2031"', number_prefix='"SO"')
        )
        for who in ("writer", "reader", "stranger"):
            people[who] = person(f"{who}@example.jp")
        db.session.flush()
        group = organization("任意団体ほたる", people["writer"])
        accounts.join(people["reader"], group, by=OPERATOR, role=MemberRole.READER)
        db.session.flush()
        draft = operations.start(call, call.tiers[0], group, by=calls.actor(people["writer"]), at=clock.now())
    return Arranged(draft, people)


def typed(*officers: dict[str, str], version: int = 0, **more: str) -> dict[str, str]:
    """The form as it is sent."""
    cells = {f"rows-{place}-{name}": text for place, one in enumerate(officers) for name, text in one.items()}
    return {"version": str(version), **cells, **more}


def edit(arranged: Arranged) -> str:
    return f"/applications/{arranged.draft.id}/edit/officers"


def stored() -> OfficerList:
    with db.transaction(write=False):
        return db.session.scalars(select(OfficerList)).one()


def events() -> list[AuditEvent]:
    with db.transaction(write=False):
        return list(db.session.scalars(select(AuditEvent).order_by(AuditEvent.position)))


def submitted(arranged: Arranged, window: Browser) -> None:
    """The list is written and the proposal has a number."""
    window.post(edit(arranged), typed(SAWA, MORI))
    window.post(f"/applications/{arranged.draft.id}/edit/amount", {"version": "0", "requested_yen": "100000"})
    assert window.post(f"/applications/{arranged.draft.id}/confirm").status_code == 302


def test_a_list_is_sealed_and_shown_to_its_writers(arranged: Arranged, browser: Browsers) -> None:
    window = browser(arranged.people["writer"])

    answer = window.post(edit(arranged), typed(SAWA, MORI))
    html = window.text(edit(arranged))

    row = stored()
    assert answer.location == f"/applications/{arranged.draft.id}/edit"
    assert list(opened(arranged.draft.id, row.sealed)) == KEPT
    assert (row.officer_count, row.purge_on, row.version) == (2, dt.date(2032, 4, 30), 1)
    assert "沢" not in row.sealed
    assert "サワ ヒビキ" in html
    assert "昭和45年3月9日" in html
    assert "令和14年4月30日に消します" in html


def test_nothing_of_an_officer_stands_in_the_trail_the_search_or_the_proposal(
    arranged: Arranged, browser: Browsers, reading: Writing
) -> None:
    window = browser(arranged.people["writer"])

    submitted(arranged, window)
    pages = [window.text(f"/applications/{arranged.draft.id}{path}") for path in ("", "/receipt", "/edit")]
    office = browser(arranged.people["secretariat"])
    pages.append(office.text(f"/applications/{arranged.draft.id}"))
    pages.append(office.text(f"/applications/{arranged.draft.id}/history"))
    pages.append(office.get("/calls/river-2031/applications.csv").get_data(as_text=True))

    with reading():
        application = db.session.get_one(Application, arranged.draft.id)
        dossier = queries.dossier(application)
        assert dossier.content(Part.OFFICERS) == {"count": 2, "unfinished": 0}
        assert "沢" not in application.search_text
    assert "2人" in pages[0]
    for secret in ("沢 ひびき", "サワ", "1970-03-09", "昭和45年3月9日", "森 蓮"):
        assert [page for page in pages if secret in page] == []
        assert [event.action for event in events() if secret in event.details] == []


@pytest.mark.parametrize(
    ("who", "writes", "reads", "lists"),
    [
        ("writer", 200, 403, 403),
        ("reader", 403, 403, 403),
        ("stranger", 403, 403, 403),
        ("secretariat", 403, 403, 403),
        ("reviewer", 403, 403, 403),
        ("sponsor", 403, 403, 403),
        ("auditor", 403, 403, 403),
        ("administrator", 403, 403, 403),
        ("elsewhere", 403, 403, 403),
        ("checker", 403, 200, 200),
    ],
)
def test_only_who_writes_and_who_checks_officers_opens_the_list(
    arranged: Arranged, browser: Browsers, who: str, writes: int, reads: int, lists: int
) -> None:
    submitted(arranged, browser(arranged.people["writer"]))
    window = browser(arranged.people[who])

    paths = (edit(arranged), f"/applications/{arranged.draft.id}/officers", "/calls/river-2031/officers")
    found = tuple(window.get(path).status_code for path in paths)
    exported = window.post("/calls/river-2031/officers", {"format": "csv", "reason": "確認のため"}).status_code

    assert (*found, exported) == (writes, reads, lists, lists)


def test_a_draft_is_not_read_before_it_is_submitted(arranged: Arranged, browser: Browsers) -> None:
    browser(arranged.people["writer"]).post(edit(arranged), typed(SAWA))
    checker = browser(arranged.people["checker"])

    answer = checker.get(f"/applications/{arranged.draft.id}/officers")
    listed = checker.text("/calls/river-2031/officers")

    assert answer.status_code == 403
    assert "役員名簿はまだありません" in listed


def test_reading_and_taking_a_file_are_remembered_with_the_count_and_the_reason(
    arranged: Arranged, browser: Browsers
) -> None:
    submitted(arranged, browser(arranged.people["writer"]))
    checker = browser(arranged.people["checker"])

    html = checker.text(f"/applications/{arranged.draft.id}/officers")
    answer = checker.post("/calls/river-2031/officers", {"format": "csv", "reason": " 警察署に照会する "})
    book = checker.post("/calls/river-2031/officers", {"format": "xlsx", "reason": "控え"})

    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    taken = [event for event in events() if event.action in ("officers.read", "officers.export")]
    assert "サワ ヒビキ" in html
    assert [list(row.values()) for row in rows] == [
        ["KW-0001", "任意団体ほたる", "沢 ひびき", "サワ ヒビキ", "1970-03-09", "woman", "代表"],
        ["KW-0001", "任意団体ほたる", "森 蓮", "モリ レン", "1980-11-30", "man", "監事"],
    ]
    assert answer.headers["X-Row-Count"] == "2"
    assert book.data.startswith(b"PK")
    assert [(event.action, "警察署に照会する" in event.details) for event in taken] == [
        ("officers.read", False),
        ("officers.export", True),
        ("officers.export", False),
    ]


def test_a_file_without_a_reason_is_refused_and_not_remembered(arranged: Arranged, browser: Browsers) -> None:
    submitted(arranged, browser(arranged.people["writer"]))

    answer = browser(arranged.people["checker"]).post("/calls/river-2031/officers", {"format": "csv", "reason": " "})

    assert answer.status_code == 422
    assert "理由を入力してください。" in answer.text
    assert "officers.export" not in {event.action for event in events()}


@pytest.mark.parametrize(
    ("cell", "text", "sentence"),
    [
        ("kana", "沢", "フリガナに「沢」は使えません。カタカナ、英数字、中黒（・）で書いてください。"),
        (
            "born",
            "きのう",
            "「きのう」は日付として読めません。",
        ),
        ("born", "昭和45年", "「昭和45年」には日がありません。年、月、日をすべて書いてください。"),
        ("born", "2031-04-11", "生年月日が令和13年4月11日になっています。確かめて書き直してください。"),
        (
            "post",
            "代表 1234 5678 9018",
            "マイナンバー（個人番号）に見える12桁の数字があります。役員の確認には使わないので、書かないでください。数字を消してください。",
        ),
    ],
)
def test_what_cannot_be_kept_is_told_at_its_box(
    arranged: Arranged, browser: Browsers, cell: str, text: str, sentence: str
) -> None:
    answer = browser(arranged.people["writer"]).post(edit(arranged), typed({**SAWA, cell: text}))

    assert answer.status_code == 422
    assert answer.text.count(sentence) == 2
    assert text in answer.text
    with db.transaction(write=False):
        assert db.session.scalars(select(OfficerList)).all() == []


def test_a_list_with_an_empty_box_is_kept_and_is_not_complete(
    arranged: Arranged, browser: Browsers, reading: Writing
) -> None:
    window = browser(arranged.people["writer"])

    answer = window.post(f"{edit(arranged)}/autosave", typed(SAWA, {**MORI, "born": ""}))

    assert answer.json == {"told": "10:00に保存しました", "version": 1, "figures": {}}
    with reading():
        gaps = completeness.missing(queries.dossier(db.session.get_one(Application, arranged.draft.id)))
    assert [gap.sentence for gap in gaps if gap.part is Part.OFFICERS] == [
        "役員のうち1人に空の欄があります。氏名、氏名カナ、生年月日、性別、役職をすべて書いてください。"
    ]


def test_the_second_of_two_windows_gets_both_lists(arranged: Arranged, browser: Browsers) -> None:
    first, second = browser(arranged.people["writer"]), browser(arranged.people["writer"])
    first.post(edit(arranged), typed(SAWA))

    quiet = second.post(f"{edit(arranged)}/autosave", typed(MORI))
    answer = second.post(edit(arranged), typed(MORI))
    again = second.post(edit(arranged), typed(MORI, version=1))

    assert (quiet.status_code, answer.status_code, again.status_code) == (409, 409, 302)
    assert "サワ ヒビキ" in answer.text
    assert "モリ レン" in answer.text
    assert opened(arranged.draft.id, stored().sealed) == (KEPT[1],)


def test_fewer_officers_than_usual_are_worth_a_second_look_and_no_more(arranged: Arranged, browser: Browsers) -> None:
    window = browser(arranged.people["writer"])
    window.post(edit(arranged), typed(SAWA))

    html = window.text(edit(arranged))

    assert "役員は2人以上いることが多いようです。" in html


def test_a_list_is_forgotten_on_its_day_and_the_count_stays(
    arranged: Arranged, browser: Browsers, now: time_machine.Traveller
) -> None:
    submitted(arranged, browser(arranged.people["writer"]))
    now.move_to("2032-04-29T23:59:59+09:00")
    worker.purge_officers()
    before = stored().sealed != ""

    now.move_to("2032-04-30T00:00:00+09:00")
    worker.purge_officers()
    worker.purge_officers()

    row = stored()
    assert before
    assert (row.sealed, row.officer_count, row.purged_at) == ("", 2, clock.now())
    assert [event.action for event in events()].count("officers.purge") == 1
    html = browser(arranged.people["checker"]).text(f"/applications/{arranged.draft.id}/officers")
    assert "名簿は期限が来たので消しました。役員は2人でした。" in html


def test_a_sealed_list_opens_for_no_other_proposal(arranged: Arranged, writing: Writing) -> None:
    with writing():
        other = operations.start(
            arranged.draft.call,
            arranged.draft.tier,
            arranged.draft.organization,
            by=calls.actor(arranged.people["writer"]),
            at=clock.now(),
        )
        text = sealed(arranged.draft.id, KEPT)

        with pytest.raises(Refused):
            opened(other.id, text)


def test_the_list_of_lists_asks_the_same_number_of_questions_however_long_it_is(
    arranged: Arranged, browser: Browsers, reading: Writing
) -> None:
    submitted(arranged, browser(arranged.people["writer"]))

    with reading():
        rows = officer_lists.readable(arranged.draft.call, calls.actor(arranged.people["checker"]))

        assert [(row.application.number, row.application.tier.label, row.officer_count) for row in rows] == [
            ("KW-0001", "①", 2)
        ]


@given(some.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31)), some.integers(1, 10))
def test_a_list_is_kept_to_the_same_day_years_later_or_the_last_of_its_month(closes: dt.date, years: int) -> None:
    day = purge_date(closes, years)

    assert (day.year, day.month) == (closes.year + years, closes.month)
    assert day.day == closes.day or (closes.month, closes.day, day.day) == (2, 29, 28)


def test_who_checks_officers_finds_the_lists_on_the_desk(arranged: Arranged, browser: Browsers) -> None:
    submitted(arranged, browser(arranged.people["writer"]))

    html = browser(arranged.people["checker"]).text("/desk")

    assert "役員名簿を確かめる" in html
    assert "役員名簿の確認担当" in html


def test_who_checks_reads_the_list_that_was_handed_in_and_not_what_was_written_since(
    arranged: Arranged, browser: Browsers
) -> None:
    window, checker = browser(arranged.people["writer"]), browser(arranged.people["checker"])
    submitted(arranged, window)
    page, call = f"/applications/{arranged.draft.id}/officers", "/calls/river-2031/officers"
    file = {"reason": "反社会的勢力の確認のため", "format": "csv"}
    row = stored()

    answer = window.post(edit(arranged), typed(SAWA, version=row.version))
    before = [checker.text(page), checker.text(call), checker.post(call, file).text]
    own = window.text(edit(arranged))
    window.post(f"/applications/{arranged.draft.id}/confirm", {"key": "b" * 32})
    after = [checker.text(page), checker.post(call, file).text]

    assert (answer.status_code, stored().officer_count, row.version) == (302, 1, 1)
    assert "森 蓮" not in own
    assert ["森 蓮" in text for text in (before[0], before[2], *after)] == [True, True, False, False]
    assert "2人" in before[1]
    with db.transaction(write=False):
        versions = submissions.versions(db.session.get_one(Application, arranged.draft.id))
        received = [each.contents["officers"] for each in versions]
    assert [one["count"] for one in received] == [2, 1]
    assert received[1]["sealed"] == hashlib.sha256(stored().received.encode()).hexdigest()


def test_officers_that_were_not_handed_in_are_laid_aside(
    arranged: Arranged, browser: Browsers, writing: Writing
) -> None:
    window = browser(arranged.people["writer"])
    submitted(arranged, window)
    window.post(edit(arranged), typed(SAWA, version=1))

    with writing():
        application = db.session.get_one(Application, arranged.draft.id)
        waited = submissions.waiting(application) is not None
        operations.lay_aside(application)
        trail.record("tests.lay_aside", application, by=OPERATOR)
    with db.transaction(write=False):
        waits = submissions.waiting(db.session.get_one(Application, arranged.draft.id)) is not None

    assert (waited, waits, stored().officer_count) == (True, False, 2)
    assert list(opened(arranged.draft.id, stored().sealed)) == KEPT


def test_a_list_that_came_after_the_receipt_is_nobody_elses_and_is_purged_whole(
    arranged: Arranged, browser: Browsers, now: time_machine.Traveller
) -> None:
    window, checker = browser(arranged.people["writer"]), browser(arranged.people["checker"])
    submitted(arranged, window)
    with db.engine.begin() as connection:
        connection.execute(OfficerList.__table__.delete())
    window.post(edit(arranged), typed(SAWA))

    page = checker.text(f"/applications/{arranged.draft.id}/officers")
    window.post(f"/applications/{arranged.draft.id}/confirm", {"key": "c" * 32})
    now.move_to("2040-01-01T00:00:00+09:00")
    worker.purge_officers()

    assert "沢 ひびき" not in page
    assert (stored().sealed, stored().received, stored().received_count) == ("", "", 1)
