"""The pages of the review: what they show, to whom, in how many statements, and what their forms answer."""

import csv
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import select

from grantflow.accounts.models import Role, User
from grantflow.applications.models import Application
from grantflow.audit.queries import history
from grantflow.calls.models import Call
from grantflow.core.db import db
from grantflow.review import queries
from tests.browsing import Browser
from tests.counting import statements
from tests.factories.accounts import person
from tests.factories.applications import received, row
from tests.factories.calls import published
from tests.factories.review import conflict, given, member, sheet_of

Writing = Callable[[], AbstractContextManager[Any]]
Browsing = Callable[..., Browser]
RANKING = "/calls/river-2031/ranking"


@pytest.fixture
def office(writing: Writing) -> User:
    """Somebody of the secretariat of the small call."""
    with writing():
        call = published()
        return person("office@example.jp", Role.SECRETARIAT, call, name="事務局 花子")


def reviewed(count: int, *reviewers: str) -> list[Application]:
    """So many proposals of the small call, each with a complete sheet of every reviewer."""
    call = db.session.scalars(select(Call)).one()
    rows = received(call, *(row(place) for place in range(1, count + 1)))
    given(
        call,
        {
            (application.number or "", who): (1 + (place + turn) % 5, 1 + place % 5)
            for place, application in enumerate(rows)
            for turn, who in enumerate(reviewers)
        },
    )
    return rows


def test_the_page_says_that_there_are_no_scores_yet_and_how_they_come(
    writing: Writing, office: User, browser: Browsing
) -> None:
    text = browser(office).text(RANKING)

    assert "順位はまだありません" in text
    assert "/calls/river-2031/load/scores" in text


def test_the_table_shows_the_denominator_and_the_picture_its_entries(
    writing: Writing, office: User, browser: Browsing
) -> None:
    with writing():
        first, *_rest = reviewed(4, "委員あ", "委員い", "委員う")
        conflict(first, "委員う")

    text = browser(office).text(RANKING)

    assert "有効2名／割当3名・利益相反1名" in text
    assert "有効3名／割当3名" in text
    assert "採択予定数は目安です" in text
    assert "採択予定数 2件の目安" in text
    assert text.count('<svg role="img"') == 1
    assert "審査の対象となる応募がありません" in text
    assert "審査委員ごとの付け方" in text
    assert f"/applications/{first.id}/sheets" in text


def test_an_entry_without_enough_reviews_stands_below_the_others_without_a_rank(
    writing: Writing, office: User, browser: Browsing
) -> None:
    with writing():
        first, *_rest = reviewed(3, "委員あ", "委員い")
        conflict(first, "委員い")

    text = browser(office).text(RANKING)

    assert "順位なし" in text
    assert "有効な評点が2名に足りないため" in text


def test_a_reviewer_with_an_account_is_shown_by_name(writing: Writing, office: User, browser: Browsing) -> None:
    with writing():
        person("reviewer@example.jp", Role.REVIEWER, None, name="審査 次郎")
        db.session.flush()
        reviewed(3, "reviewer@example.jp", "委員い")

    text = browser(office).text(RANKING)

    assert "審査 次郎" in text
    assert "reviewer@example.jp" not in text


def test_a_long_tier_is_shown_in_pages_of_a_hundred(writing: Writing, office: User, browser: Browsing) -> None:
    with writing():
        reviewed(101, "委員あ", "委員い")

    first, second = browser(office).text(RANKING), browser(office).text(f"{RANKING}?page1=2")

    assert "101件中 1～100件目" in first
    assert "101件中 101～101件目" in second
    assert f"{RANKING}?page1=2#tier-1" in first


def test_an_address_with_other_words_in_it_changes_nothing(writing: Writing, office: User, browser: Browsing) -> None:
    with writing():
        reviewed(101, "委員あ", "委員い")

    text = browser(office).text(f"{RANKING}?slug=x&_external=1&_anchor=y&page1=99&page2=z")

    assert "101件中 101～101件目" in text


def test_the_pages_take_as_many_statements_for_many_rows_as_for_one(
    writing: Writing, office: User, browser: Browsing
) -> None:
    reader = browser(office)
    with writing():
        (application,) = reviewed(1, "委員あ")
    pages = [RANKING, f"/applications/{application.id}/sheets"]
    few = []
    for page in pages:
        with statements() as sent:
            reader.text(page)
        few.append(len(sent))
    with writing():
        call = db.session.get_one(Application, application.id).call
        received(call, *(row(place) for place in range(2, 32)))
        given(call, {(f"KW-{place:04}", f"委員{who}"): (3, 4) for place in range(2, 32) for who in range(4)})
        given(call, {("KW-0001", f"委員{who}"): (3, 4) for who in range(4)})

    for page, before in zip(pages, few, strict=True):
        with statements() as sent:
            reader.text(page)
        assert len(sent) == before, page


def test_the_files_hold_what_the_page_shows(writing: Writing, office: User, browser: Browsing) -> None:
    with writing():
        reviewed(3, "委員あ", "委員い")
    reader = browser(office)

    table = list(csv.DictReader(StringIO(reader.get(f"{RANKING}.csv").get_data().decode("utf-8-sig"))))
    whole = json.loads(reader.get(f"{RANKING}.json").get_data())
    workbook = reader.get(f"{RANKING}.xlsx")

    assert [(line["tier"], line["number"], line["rank"]) for line in table] == [
        ("wide", entry["number"], str(entry["rank"])) for entry in whole["tiers"][0]["entries"]
    ]
    assert [float(line["mean"]) for line in table] == [entry["mean"] for entry in whole["tiers"][0]["entries"]]
    assert workbook.get_data().startswith(b"PK")
    assert workbook.headers["Content-Disposition"] == "attachment; filename=river-2031-ranking.xlsx"


def test_the_sheets_of_a_proposal_stand_side_by_side_and_struck_ones_are_marked(
    writing: Writing, office: User, browser: Browsing
) -> None:
    with writing():
        first, *_rest = reviewed(1, "委員あ", "委員い")
        conflict(first, "委員い", "昨年まで理事であったため。")
        struck = sheet_of(first, "委員い")

    text = browser(office).text(f"/applications/{first.id}/sheets")

    assert "<s>" in text
    assert "昨年まで理事であったため。" in text
    assert "審査から外れている" in text
    assert f"/sheets/{struck.id}" in text
    assert "線で消した評点は、利益相反のため平均に入れていません" in text


def test_the_auditor_reads_the_sheets_and_is_offered_no_form(writing: Writing, office: User, browser: Browsing) -> None:
    with writing():
        auditor = person("auditor@example.jp", Role.AUDITOR)
        first, *_rest = reviewed(1, "委員あ")

    text = browser(auditor).text(f"/applications/{first.id}/sheets")

    assert "採点表" in text
    assert "利益相反を記録する" not in text


def test_declaring_a_conflict_on_the_page_tells_what_became_of_the_mean(
    writing: Writing, office: User, browser: Browsing
) -> None:
    with writing():
        first, *_rest = reviewed(1, "委員あ", "委員い")
        reviewer = member(first.call, "委員い")
    reader = browser(office)

    answer = reader.post(
        f"/applications/{first.id}/conflicts", {"reviewer": str(reviewer.id), "reason": "昨年まで理事であったため。"}
    )

    assert (answer.status_code, answer.location) == (302, f"/applications/{first.id}/sheets")
    text = reader.text(f"/applications/{first.id}/sheets")
    assert (
        "委員い の利益相反を記録しました。平均は 1.17（有効2名／割当2名） から "
        "1.00（有効1名／割当2名・利益相反1名） に変わりました。"
    ) in text


def test_a_conflict_without_its_reason_keeps_what_was_chosen(writing: Writing, office: User, browser: Browsing) -> None:
    with writing():
        first, *_rest = reviewed(1, "委員あ", "委員い")
        reviewer = member(first.call, "委員い")

    answer = browser(office).post(f"/applications/{first.id}/conflicts", {"reviewer": str(reviewer.id), "reason": ""})

    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "理由を入力してください。" in text
    assert f'<option selected value="{reviewer.id}">' in text


def test_a_conflict_that_stands_already_is_refused_on_the_form(
    writing: Writing, office: User, browser: Browsing
) -> None:
    with writing():
        first, *_rest = reviewed(1, "委員あ", "委員い")
        conflict(first, "委員い")
        reviewer = member(first.call, "委員い")

    answer = browser(office).post(
        f"/applications/{first.id}/conflicts", {"reviewer": str(reviewer.id), "reason": "もう一度。"}
    )

    assert answer.status_code == 422
    assert "委員い の利益相反は、もう記録されています。" in answer.get_data(as_text=True)


def test_lifting_a_conflict_on_the_page(writing: Writing, office: User, browser: Browsing) -> None:
    with writing():
        first, *_rest = reviewed(1, "委員あ", "委員い")
        conflict(first, "委員い")
        (declared,) = queries.conflicts_of(first)
    reader = browser(office)
    url = f"/applications/{first.id}/conflicts/lift"

    refused = reader.post(url, {"conflict": str(declared.id), "reason": ""})
    done = reader.post(url, {"conflict": str(declared.id), "reason": "同姓の別人であったため。"})
    again = reader.post(url, {"conflict": str(declared.id), "reason": "同姓の別人であったため。"})

    assert (refused.status_code, done.status_code, again.status_code) == (422, 302, 422)
    assert "もう取り消されています" in again.get_data(as_text=True)
    assert "取り消した" in reader.text(f"/applications/{first.id}/sheets")


def test_who_closes_a_proposal_to_themselves_is_taken_to_the_ranking(
    writing: Writing, office: User, browser: Browsing
) -> None:
    with writing():
        first, *_rest = reviewed(1, "office@example.jp", "委員い")
        reviewer = member(first.call, "office@example.jp")

    answer = browser(office).post(
        f"/applications/{first.id}/conflicts", {"reviewer": str(reviewer.id), "reason": "理事であるため。"}
    )

    assert (answer.status_code, answer.location) == (302, RANKING)


def test_a_reviewer_reads_their_own_sheet_and_no_other(writing: Writing, office: User, browser: Browsing) -> None:
    with writing():
        user = person("reviewer@example.jp", Role.REVIEWER, name="審査 次郎")
        db.session.flush()
        first, *_rest = reviewed(1, "reviewer@example.jp", "委員い")
        own, other = sheet_of(first, "reviewer@example.jp"), sheet_of(first, "委員い")
    reader = browser(user)

    text = reader.text(f"/sheets/{own.id}")

    assert "KW-0001 の採点" in text
    assert "任意団体ほたる1" in text
    assert reader.get(f"/sheets/{other.id}").status_code == 403
    assert reader.get(f"/applications/{first.id}/sheets").status_code == 403
    assert reader.get(RANKING).status_code == 403


def test_the_office_reads_every_sheet(writing: Writing, office: User, browser: Browsing) -> None:
    with writing():
        first, *_rest = reviewed(1, "委員あ")
        sheet = sheet_of(first, "委員あ")

    text = browser(office).text(f"/sheets/{sheet.id}")

    assert "担い手がいるか" in text
    assert "1点から5点まで" in text


def test_reading_the_reviews_of_a_proposal_is_remembered(writing: Writing, office: User, browser: Browsing) -> None:
    with writing():
        (application,) = reviewed(1, "審査 一")

    browser(office).text(f"/applications/{application.id}/sheets")

    with db.transaction(write=False):
        latest = history(application)[0]
        assert (latest.action, latest.actor_name, latest.details["reviews"]) == (
            "applications.read",
            "事務局 花子",
            True,
        )
