"""Costs from a spreadsheet: read as people keep them, shown before anything is changed, and never half taken in."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grantflow.accounts import operations as accounts
from grantflow.accounts.models import MemberRole, User
from grantflow.applications import budget_sheet
from grantflow.applications.models import Application
from grantflow.applications.outline import Part
from grantflow.applications.parts.rows import MOST_ROWS
from grantflow.core.db import db
from grantflow.documents.workbooks import xlsx
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.applications import begun, saved
from tests.factories.dossiers import ASKED, asked_call, asking, kept

Writing = Callable[[], AbstractContextManager[Session]]
ASKING = asking()
STORED = {"category": "work", "item": "会場", "unit_price": 4_500, "quantity": "24", "unit": "回", "basis": "料金表"}
OTHER = {"category": "people", "item": "世話人", "unit_price": 1_250, "quantity": "7.25", "unit": "時間", "basis": ""}
PASTED = "人件費\t世話人\t1,250\t7.25\t時間\t\n"


def read(text: str, said: Any = ASKING) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """The lines of a pasted table, its errors, and what is odd in it."""
    found = budget_sheet.read(text, said)
    told = [[str(problem) for problem in some] for some in (found.problems.errors, found.problems.warnings)]
    return list(found.lines), told[0], told[1]


def table(*rows: tuple[str, ...]) -> str:
    """Rows as a spreadsheet copies them."""
    return "\n".join("\t".join(row) for row in rows)


def test_cells_in_our_order_need_no_headings() -> None:
    assert read(PASTED + "work\t会場\t￥４，５００\t24回\t\t料金表") == ([OTHER, STORED], [], [])


def test_seven_columns_without_headings_have_the_amount_before_the_basis() -> None:
    assert read(table(("事業費", "会場", "4500", "24", "回", "108,000円", "料金表"))) == ([STORED], [], [])


def test_headings_may_stand_in_any_order_below_a_title() -> None:
    text = table(
        ("令和13年度 収支予算",),
        (),
        ("備考", "数 量", "単価（円）", "品名", "担当", "費目", "単位"),
        ("料金表", "24", "4500", "会場", "世話人", "事業費", "回"),
    )

    assert read(text) == ([STORED], [], [])


def test_a_merged_category_holds_for_the_lines_below_it() -> None:
    lines, errors, warnings = read(
        table(("事業費", "会場", "4500", "24", "回", "料金表"), ("", "茶", "100", "30", "", ""))
    )

    assert [line["category"] for line in lines] == ["work", "work"]
    assert (errors, warnings) == ([], ["表:2: 費目: 費目が空なので、上の行と同じ「事業費」にしました。"])


def test_sums_are_passed_over_and_said_so() -> None:
    lines, errors, warnings = read(PASTED + "小 計\t\t\t\t\t\n\n\t合計\t\t\t\t")

    assert (lines, errors) == ([OTHER], [])
    assert warnings == [f"表:{line}: 合計の行なので、読み飛ばしました。合計は自動で計算します。" for line in (2, 4)]


def test_an_amount_alone_is_one_piece_and_one_that_differs_is_told() -> None:
    text = table(
        ("費目", "内容", "単価", "数量", "金額"),
        ("事業費", "旗", "", "", "8000"),
        ("事業費", "茶", "100", "30", "3,100"),
    )
    lines, errors, warnings = read(text)

    assert [(line["unit_price"], line["quantity"], line["unit"]) for line in lines] == [
        (8000, "1", "式"),
        (100, "30", ""),
    ]
    assert errors == []
    assert warnings == [
        "表:3: 金額: 3,100円と書いてありますが、単価と数量からは3,000円になります。単価と数量の方を使います。"
    ]


def test_everything_that_cannot_be_read_is_told_with_its_line_and_column() -> None:
    text = PASTED + table(
        ("謝金", "講師", "三万", "少し", "回", "長" * 401), ("事業費", "会\u200b場", "1", "1", "", "")
    )
    lines, errors, _warnings = read(text)

    assert lines == [OTHER]
    assert [error.split("。")[0] for error in errors] == [
        "表:2: 費目: 「謝金」という費目はこの公募にありません",
        "表:2: 積算の根拠: 400文字を超えています",
        "表:2: 単価（円）: 「三万」は金額として読めません",
        "表:2: 数量: 「少し」は数量として読めません",
        "表:3: 内容: 目に見えない制御文字（U+200B）が含まれています",
    ]
    assert "人件費、事業費、一般管理費 のどれかを書いてください。" in errors[0]


@pytest.mark.parametrize("text", ["", " \n\t\t\n", "費目\t内容\t単価\t数量", "合計\t\t\t"])
def test_a_table_without_lines_is_refused(text: str) -> None:
    lines, errors, _warnings = read(text)

    assert lines == []
    assert errors == ["表: 読み取れる行がありません。費目、内容、単価、数量の順に並んだ表を貼り付けてください。"]


def test_a_quote_that_is_never_closed_swallows_nothing_unsaid() -> None:
    lines, errors, _warnings = read(PASTED + '事業費\t"会場\t1\t1\n事業費\t茶\t1\t1')

    assert lines == [OTHER]
    assert errors[0].startswith("表:2: この行から始まる引用符")


def test_a_cell_with_line_ends_is_one_line_and_the_next_keeps_its_number() -> None:
    lines, errors, _warnings = read('事業費\t"会場\nと控室"\t1\t1\n謝金\t茶\t1\t1')

    assert [line["item"] for line in lines] == ["会場 と控室"]
    assert errors[0].startswith("表:3: 費目: ")


def test_more_lines_than_a_budget_has_are_refused() -> None:
    lines, errors, _warnings = read(PASTED * (MOST_ROWS + 1))

    assert len(lines) == MOST_ROWS
    assert errors == ["表:201: ここから下は読みませんでした。200行までに分けてください。"]


def test_the_file_of_a_budget_reads_back_as_the_same_lines() -> None:
    hostile = {**STORED, "item": '=cmd|"/c calc"!A1', "unit_price": 5, "quantity": "1.5"}
    lines = [STORED, OTHER, hostile, {**STORED, "unit_price": None, "quantity": ""}]
    report = budget_sheet.report_of("経費", {"lines": lines}, ASKING)

    assert read(budget_sheet.as_text(xlsx(report))) == (lines, [], [])


def test_a_number_that_a_spreadsheet_stores_is_read() -> None:
    report = budget_sheet.report_of("経費", {"lines": [{**STORED, "quantity": "0.25"}]}, ASKING)

    assert read(budget_sheet.as_text(xlsx(report)))[0] == [{**STORED, "quantity": "0.25"}]


@dataclass
class Desk:
    """A draft with one line in its budget, and the window in which more are taken in."""

    draft: Application
    writer: User
    window: Browser

    @property
    def url(self) -> str:
        return f"/applications/{self.draft.id}/edit/budget/load"

    def looked_at(self, **sent: Any) -> TestResponse:
        """The answer to a table, before it is taken in."""
        return self.window.post(self.url, {"goal": "look", **sent})

    def taken_in(self, shown: TestResponse, **sent: Any) -> TestResponse:
        """The answer to taking in what was shown."""
        found = re.search(r'name="shown"[^>]* value="([0-9a-f]{64})"', shown.text)
        assert found is not None
        return self.window.post(self.url, {"goal": "apply", "shown": found[1], **sent})

    def lines(self) -> list[dict[str, Any]]:
        """The lines of the budget."""
        with db.transaction(write=False):
            return list(kept(self.draft, Part.BUDGET)["lines"])


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    """The call is open."""
    with time_machine.travel("2031-04-10T10:00:00+09:00", tick=False) as clock:
        yield clock


@pytest.fixture
def desk(now: object, writing: Writing, browser: Callable[[User | None], Browser]) -> Desk:
    """A draft with one line in its budget."""
    with writing():
        writer = person("writer@example.jp")
        draft = begun(asked_call(), organization("ほたる", writer), writer)
        db.session.flush()
        saved(draft, writer, Part.BUDGET, {"lines": [STORED]})
    return Desk(draft, writer, browser(writer))


def test_nothing_is_changed_by_looking(desk: Desk) -> None:
    answer = desk.looked_at(pasted=PASTED)

    assert answer.status_code == 200
    assert "いまの1行を残し、後ろに加える（合わせて2行、117,062円）" in answer.text
    assert "いまの1行を消し、入れ替える（1行、9,062円）" in answer.text
    assert "7.25時間" in answer.text
    assert desk.lines() == [STORED]


@pytest.mark.parametrize(("how", "lines"), [("add", [STORED, OTHER]), ("replace", [OTHER])])
def test_what_was_shown_is_added_or_put_in_place(desk: Desk, how: str, lines: list[dict[str, Any]]) -> None:
    answer = desk.taken_in(desk.looked_at(pasted=PASTED), pasted=PASTED, how=how)

    assert answer.location == f"/applications/{desk.draft.id}/edit/budget"
    assert desk.lines() == lines
    assert "経費1行を読み込んで、下書きに保存しました。まだ提出していません。" in desk.window.text(answer.location)


def test_a_table_with_something_wrong_is_not_taken_in_and_stays_in_its_box(desk: Desk) -> None:
    wrong = PASTED + "謝金\t講師\t30000\t6"
    looked, sent = desk.looked_at(pasted=wrong), desk.window.post(desk.url, {"goal": "apply", "pasted": wrong})

    for answer in (looked, sent):
        assert answer.status_code == 422
        assert "2行目 費目：「謝金」という費目はこの公募にありません。" in answer.text
        assert "謝金\t講師\t30000\t6" in answer.text
        assert "この内容で保存する" not in answer.text
    assert desk.lines() == [STORED]


def test_a_table_that_was_changed_after_it_was_shown_is_shown_again(desk: Desk) -> None:
    answer = desk.taken_in(desk.looked_at(pasted=PASTED), pasted=PASTED.replace("1,250", "9,999"))

    assert answer.status_code == 409
    assert "前に表示した内容から変わったので、まだ保存していません。" in answer.text
    assert desk.lines() == [STORED]


def test_a_budget_that_somebody_saved_meanwhile_is_shown_again(desk: Desk) -> None:
    looked = desk.looked_at(pasted=PASTED)
    desk.window.post(f"/applications/{desk.draft.id}/edit/budget", {"version": "1", "lines-0-item": "ほかの人"})
    answer = desk.taken_in(looked, pasted=PASTED)

    assert answer.status_code == 409
    assert [line["item"] for line in desk.lines()] == ["ほかの人"]


def test_the_file_goes_out_and_comes_back(desk: Desk) -> None:
    file = desk.window.get(f"/applications/{desk.draft.id}/edit/budget.xlsx")
    looked = desk.looked_at(file=(BytesIO(file.data), "経費.xlsx"), pasted="")

    assert file.headers["Content-Disposition"] == "attachment; filename=river-2031-budget.xlsx"
    assert looked.status_code == 200
    assert re.search('<input checked [^>]*value="replace"', looked.text)
    assert "事業費\t会場\t4500\t24\t回\t108000\t料金表" in looked.text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"pasted": PASTED, "file": (BytesIO(b"x"), "a.xlsx")}, "貼り付けた表とファイルの両方があります。"),
        ({"pasted": "", "file": (BytesIO(b"%PDF-1.7"), "a.xlsx")}, "xlsx"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_at_its_field(desk: Desk, sent: dict[str, Any], sentence: str) -> None:
    answer = desk.looked_at(**sent)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'id="file-error"' in answer.text


def test_lines_that_would_be_too_many_together_are_refused(desk: Desk) -> None:
    answer = desk.looked_at(pasted=PASTED * MOST_ROWS)

    assert answer.status_code == 422
    assert "合わせて201行になります。200行までです。" in answer.text


def test_what_comes_too_late_is_not_taken_in(desk: Desk, now: time_machine.Traveller, browser: Any) -> None:
    looked = desk.looked_at(pasted=PASTED)
    now.move_to("2031-04-30T17:00:01+09:00")
    late = Desk(desk.draft, desk.writer, browser(desk.writer))
    answer = late.taken_in(looked, pasted=PASTED)

    assert answer.status_code == 422
    assert desk.lines() == [STORED]


def test_a_call_that_asks_for_no_lines_takes_none_in(desk: Desk, writing: Writing) -> None:
    with writing():
        call = asked_call(ASKED.replace('key = "budget"', 'key = "amount"'), slug='"hill-2031"', number_prefix='"HL"')
        draft = begun(call, organization("あかり", desk.writer), desk.writer)
    for path in ("budget.xlsx", "budget/load"):
        assert desk.window.get(f"/applications/{draft.id}/edit/{path}").status_code == 404


def test_what_is_read_in_for_a_submitted_proposal_waits_until_it_is_handed_in(
    desk: Desk, writing: Writing, browser: Any
) -> None:
    with writing():
        row = db.session.get_one(Application, desk.draft.id)
        steps = [{"what": "ひらく", "begins": "2031-07", "ends": "2031-07", "who": ""}]
        saved(row, desk.writer, Part.SCHEDULE, {"rows": steps})
        saved(row, desk.writer, Part.INDICATORS, {"rows": [{"name": "来た人", "target": "3"}]})
        editor = person("editor@example.jp")
        db.session.flush()
        accounts.join(editor, row.organization, by=OPERATOR, role=MemberRole.EDITOR)
    desk.window.post(f"/applications/{desk.draft.id}/confirm")
    theirs = Desk(desk.draft, editor, browser(editor))
    answer = theirs.taken_in(theirs.looked_at(pasted=PASTED), pasted=PASTED)

    assert answer.location == f"/applications/{desk.draft.id}/edit/budget"
    assert "まだ出し直していません" in theirs.window.text(answer.location)
    assert desk.lines() == [STORED, OTHER]
