"""Parts that consist of rows, typed on the web: kept in their order, dropped when cleared, refused box by box."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grantflow.accounts.models import User
from grantflow.applications.models import Application
from grantflow.applications.outline import Part
from grantflow.applications.parts.rows import MOST_ROWS
from grantflow.calls import operations as calls
from grantflow.calls.definition import parse
from grantflow.core.db import db
from tests.browsing import Browser
from tests.counting import statements
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.applications import begun
from tests.factories.calls import small_definition
from tests.factories.dossiers import ASKED, PERIOD, asked_call, kept

Writing = Callable[[], AbstractContextManager[Session]]
ONE = {
    "category": "work",
    "item": "会場",
    "unit_price": "４，５００円",
    "quantity": "24回",
    "unit": "",
    "basis": "料金表",
}
STORED = {"category": "work", "item": "会場", "unit_price": 4_500, "quantity": "24", "unit": "回", "basis": "料金表"}


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The call is open."""
    with time_machine.travel("2031-04-10T10:00:00+09:00", tick=False):
        yield


@dataclass
class Desk:
    """A draft, its writer, and the window in which it is written."""

    draft: Application
    writer: User
    window: Browser

    def url(self, part: str) -> str:
        return f"/applications/{self.draft.id}/edit/{part}"

    def typed(self, part: str, *rows: dict[str, str], version: int = 0, to: str = "", **more: str) -> TestResponse:
        """The answer to sending the rows."""
        name = "lines" if part == "budget" else "rows"
        boxes = {f"{name}-{at}-{key}": text for at, row in enumerate(rows) for key, text in row.items()}
        return self.window.post(self.url(part) + to, {"version": str(version), **boxes, **more})

    def kept(self, part: Part) -> dict[str, Any]:
        """What stands in the part."""
        with db.transaction(write=False):
            return kept(self.draft, part)


@pytest.fixture
def desk(writing: Writing, browser: Callable[[User | None], Browser]) -> Desk:
    """A draft in a call that asks for everything in rows."""
    with writing():
        writer = person("writer@example.jp")
        draft = begun(asked_call(), organization("ほたる", writer), writer)
    return Desk(draft, writer, browser(writer))


def values(html: str, name: str) -> list[str]:
    """What stands in the boxes of a column, row by row."""
    return re.findall(rf'name="\w+-\d+-{name}" value="([^"]*)"', html)


def test_rows_are_kept_in_their_order_and_empty_ones_dropped(desk: Desk) -> None:
    empty = dict.fromkeys(ONE, " ")
    answer = desk.typed("budget", empty, {**ONE, "item": "後"}, empty, {**ONE, "item": "先\r\nの行"}, empty)

    assert answer.status_code == 302
    assert desk.kept(Part.BUDGET) == {"lines": [{**STORED, "item": "後"}, {**STORED, "item": "先 の行"}]}


def test_the_amount_asked_for_is_what_the_lines_come_to(desk: Desk) -> None:
    desk.typed("budget", ONE, {**ONE, "quantity": "0.5"})

    with db.transaction(write=False):
        assert db.session.get_one(Application, desk.draft.id).requested_yen == 110_250


def test_a_row_that_is_marked_goes_and_a_cleared_one_too(desk: Desk) -> None:
    desk.typed("budget", ONE, ONE, ONE)
    desk.typed("budget", {**ONE, "drop": "1"}, dict.fromkeys(ONE, ""), {**ONE, "item": "残る"}, version=1)

    assert desk.kept(Part.BUDGET) == {"lines": [{**STORED, "item": "残る"}]}


def test_three_empty_rows_stand_at_the_end_and_five_more_when_asked_for(desk: Desk) -> None:
    usual = desk.window.text(desk.url("budget"))
    answer = desk.typed("budget", ONE, goal="more")
    more = desk.window.text(desk.url("budget") + "?more=1")

    assert values(usual, "quantity") == ["", "", ""]
    assert answer.location == desk.url("budget") + "?more=1#more"
    assert values(more, "quantity") == ["24", *[""] * 8]
    assert values(more, "unit_price")[0] == "4,500"


@pytest.mark.parametrize(
    ("box", "typed", "sentence"),
    [
        ("unit_price", "たくさん", "「たくさん」は金額として読めません。"),
        ("unit_price", "-5", "0円から10,000,000,000円までの金額を書いてください。"),
        ("quantity", "少し", "「少し」は数量として読めません。1.5 のように0以上の数字で書いてください。"),
        ("item", "会\u200b場", "目に見えない制御文字（U+200B）が含まれています。"),
        ("basis", "長" * 401, "400文字を超えています。短くしてください。"),
    ],
)
def test_a_box_that_cannot_be_kept_is_named_and_what_was_typed_stays(
    desk: Desk, box: str, typed: str, sentence: str
) -> None:
    answer = desk.typed("budget", ONE, {**ONE, box: typed, "unit": "のこる"})
    html = answer.text

    assert answer.status_code == 422
    assert desk.kept(Part.BUDGET) == {}
    assert html.count(sentence) == 2, "above, and at its box"
    assert f'href="#lines-1-{box}"' in html
    assert f'aria-describedby="lines-1-{box}-error"' in html
    assert typed in html
    assert values(html, "unit") == ["", "のこる"]


def test_so_many_rows_and_no_more(desk: Desk) -> None:
    too_many = desk.typed("indicators", *[{"name": "来た人", "target": "3"}] * (MOST_ROWS + 1))
    enough = desk.typed("indicators", *[{"name": "来た人", "target": "3"}] * MOST_ROWS)

    assert too_many.status_code == 422
    assert "201行あります。200行までです。似た行を1つにまとめてください。" in too_many.text
    assert enough.status_code == 302
    assert len(desk.kept(Part.INDICATORS)["rows"]) == MOST_ROWS


def test_what_the_lines_come_to_is_told_while_one_types(desk: Desk) -> None:
    more = ({**ONE, "category": "people", "unit_price": "100,000"}, {}, {**ONE, "category": "indirect"})
    answer = desk.typed("budget", ONE, *more, to="/autosave")

    assert answer.get_json() == {
        "told": "10:00に保存しました",
        "version": 1,
        "figures": {
            "line-0": "108,000円",
            "line-1": "2,400,000円",
            "line-2": "108,000円",
            "category-people": "2,400,000円",
            "category-work": "108,000円",
            "category-indirect": "108,000円",
            "total": "2,616,000円",
            "cap": "上限の2,000,000円を616,000円超えています。",
            "indirect": "「一般管理費」は、ほかの費目の合計から決まり、いまは250,800円までです。"
            "書いたのは108,000円です。",
        },
    }


def test_the_page_shows_the_same_figures_once_it_is_saved(desk: Desk) -> None:
    desk.typed("budget", ONE)
    html = desk.window.text(desk.url("budget"))

    assert '<span data-figure="line-0">108,000円</span>' in html
    assert '<strong data-figure="total">108,000円</strong>' in html
    assert "上限の2,000,000円まで、あと1,892,000円です。" in html
    assert "一般管理費は1割までです。" in html
    assert "謝金や会場の借用料です。" in html


def test_a_box_that_stops_the_saving_is_named_while_one_types(desk: Desk) -> None:
    answer = desk.typed("budget", ONE, {**ONE, "quantity": "少し"}, to="/autosave")

    assert answer.status_code == 422
    assert answer.get_json()["told"] == "まだ保存していません。「2行目 数量」を直してください。"


def test_a_category_that_the_call_gave_up_stays_to_be_seen(desk: Desk, writing: Writing) -> None:
    desk.typed("budget", ONE)
    with writing():
        call = db.session.get_one(Application, desk.draft.id).call
        newer = ASKED.replace('key = "work"', 'key = "new"')
        calls.revise(call, parse(small_definition(newer, closes_at=PERIOD)), by=OPERATOR, reason="費目を改めた")
    desk.window.post(f"/applications/{desk.draft.id}/edit-version")
    html = desk.window.text(desk.url("budget"))
    again = desk.typed("budget", {**ONE, "quantity": "1"}, {**ONE, "category": "never"}, version=1)

    assert '<option value="work" selected>いまは公募にない費目（work）</option>' in html
    assert again.status_code == 302
    assert [line["category"] for line in desk.kept(Part.BUDGET)["lines"]] == ["work", ""]


def test_whoever_saves_second_sees_both_budgets(desk: Desk) -> None:
    desk.typed("budget", ONE)
    answer = desk.typed("budget", {**ONE, "item": "二つ目の窓"})

    assert answer.status_code == 409
    assert "二つ目の窓、事業費、4,500円、24回、108,000円、料金表" in answer.text
    assert desk.kept(Part.BUDGET)["lines"][0]["item"] == "会場"


def test_a_schedule_is_drawn_once_it_is_saved(desk: Desk) -> None:
    before = desk.window.text(desk.url("schedule"))
    desk.typed("schedule", {"what": "ひらく", "begins": "2031-07", "ends": "2031-09", "who": "世話人"})
    after, shown = (desk.window.text(url) for url in (desk.url("schedule"), f"/applications/{desk.draft.id}"))

    assert "<svg role" not in before
    for html in (after, shown):
        assert "<desc" in html
        assert "ひらく：2031年7月から2031年9月まで" in html
        assert 'x="11.111%"' in html
        assert 'width="33.333%"' in html
    assert "2031年7月" in shown


def test_a_month_that_is_not_offered_is_none(desk: Desk) -> None:
    desk.typed("schedule", {"what": "ひらく", "begins": "2099-01", "ends": "2031-07", "who": ""})

    assert desk.kept(Part.SCHEDULE) == {"rows": [{"what": "ひらく", "begins": "", "ends": "2031-07", "who": ""}]}


@pytest.mark.parametrize(
    ("typed", "status", "stored"),
    [("", 302, ""), ("７０００－０１２０５０００２", 302, "7000012050002"), ("123", 422, None)],
)
def test_a_partner_may_have_a_number_whose_check_digit_holds(
    desk: Desk, typed: str, status: int, stored: str | None
) -> None:
    row = {"name": "みなと", "role": "送迎", "corporate_number": typed, "share_yen": "5"}
    answer = desk.typed("consortium", row)

    assert answer.status_code == status
    rows = desk.kept(Part.CONSORTIUM).get("rows", [])
    assert [each["corporate_number"] for each in rows] == ([] if stored is None else [stored])


def test_money_shared_beyond_what_is_asked_for_is_told_on_the_list_of_parts(desk: Desk) -> None:
    desk.typed("budget", ONE)
    desk.typed("consortium", {"name": "みなと", "role": "送迎", "share_yen": "108,001"})

    assert "分ける額の合計108,001円が、申請額の108,000円を1円超えています。" in desk.window.text(
        f"/applications/{desk.draft.id}/edit"
    )


@pytest.mark.parametrize(
    "spoilt",
    [
        {"lines-99999-item": "番号が長い"},
        {"lines-x-item": "番号でない"},
        {"lines-٣-item": "よその数字"},
        {"lines--item": ""},
        {"lines-0-other": "知らない箱"},
        {"lines-0": "箱がない"},
    ],
)
def test_boxes_that_no_page_of_ours_has_are_passed_over(desk: Desk, spoilt: dict[str, str]) -> None:
    answer = desk.typed("budget", **spoilt)

    assert answer.status_code == 302
    assert desk.kept(Part.BUDGET).get("lines", []) == []


def test_sixty_lines_stand_on_one_page_without_a_query_for_each(desk: Desk) -> None:
    def queries() -> int:
        with statements() as found:
            desk.window.text(desk.url("budget"))
        return len(found)

    desk.typed("budget", ONE)
    few = queries()
    desk.typed("budget", *[ONE] * 60, version=1)

    assert queries() == few
    assert len(values(desk.window.text(desk.url("budget")), "quantity")) == 63
