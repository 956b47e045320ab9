"""A workbook that opens with what was written, and prints."""

import datetime as dt
import io
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from grantflow.core.dates import PartialDate
from grantflow.core.refusals import Refused
from grantflow.documents.values import Column, Kind, Report, Sheet, report_of
from grantflow.documents.workbooks import xlsx
from tests.documents.samples import report, sheet

KINDS = (
    Column("text", "文字"),
    Column("number", "数", kind=Kind.NUMBER, decimals=1),
    Column("yen", "円", kind=Kind.YEN),
    Column("date", "日", kind=Kind.DATE),
    Column("founded", "設立"),
)


def read(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def part(content: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode("utf-8")


def test_values_keep_their_kinds() -> None:
    rows = (("=1+1", 1.5, -34_808, dt.date(2023, 5, 26), PartialDate(2019)), (None, 2, 0, None, "http://a.example"))

    content = xlsx(Sheet("題", KINDS, rows))

    assert read(content) == {
        "題": [
            ["文字", "数", "円", "日", "設立"],
            ["=1+1", 1.5, -34_808.0, dt.date(2023, 5, 26), "2019年"],
            ["", 2.0, 0.0, "", "http://a.example"],
        ]
    }


def test_nothing_is_a_formula_or_a_link() -> None:
    content = xlsx(Sheet("題", KINDS[:1], (("=1+1",), ("http://a.example",), ("@x",))))

    page = part(content, "xl/worksheets/sheet1.xml")
    assert ("<f>" in page, "<hyperlink" in page) == (False, False)


def test_a_report_opens_with_its_block_and_has_a_worksheet_per_list() -> None:
    pages = read(xlsx(report(rows=1)))

    assert list(pages) == ["公募状況", "①採択団体一覧", "②採択団体一覧"]
    assert pages["公募状況"][2:5] == [["【公募状況】", ""], ["公募期間", "令和5年5月26日から"], ["うち①", "2件（3件）"]]
    assert pages["①採択団体一覧"][:3] == [
        ["①採択団体一覧", "", "", "", "", ""],
        ["＃", "団体名（設立時期）", "", "取組概要", "", "上限額"],
        ["", "団体名", "設立時期", "事業名", "概要", ""],
    ]
    assert pages["①採択団体一覧"][3][:4] == [1.0, "試験の会1", "2008年3月", "取組1"]


def test_it_prints_in_landscape_with_its_head_on_each_page() -> None:
    content = xlsx(report())

    page, book = part(content, "xl/worksheets/sheet2.xml"), part(content, "xl/workbook.xml")
    assert 'orientation="landscape"' in page
    assert 'paperSize="9"' in page
    assert "$2:$3" in book


def test_equal_values_give_equal_bytes() -> None:
    assert xlsx(report()) == xlsx(report())
    assert "2000-01-01T00:00:00Z" in part(xlsx(report()), "docProps/core.xml")


def test_worksheets_get_names_that_a_workbook_allows() -> None:
    titles = ("[a]:*?/\\b", "長" * 40, "長" * 40, "'", "Ａb")
    lists = tuple(sheet(1, title=title) for title in titles)

    names = list(read(xlsx(Report("題", lists))))

    assert names == ["a      b", "長" * 31, f"{'長' * 28}（2）", "一覧", "Ａb"]


def test_a_cell_too_long_for_a_workbook_is_refused() -> None:
    with pytest.raises(Refused, match="32,767文字"):
        xlsx(report_of(Sheet("題", KINDS[:1], (("あ" * 32_768,),))))
