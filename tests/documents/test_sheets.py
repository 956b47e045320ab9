"""What a spreadsheet gets is what was written, and nothing runs."""

import csv as comma_separated
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantflow.documents.sheets import RUNS, csv, csv_cp932, guarded, lost_in_cp932
from grantflow.documents.values import Column, Kind, Report, Sheet, Spelled
from tests.documents.samples import report, sheet

ONE = (Column("a", "甲"),)


def test_the_csv_is_utf8_with_bom_and_crlf_and_headed_by_keys() -> None:
    content = csv(Sheet("題", (Column("name", "名"), Column("n", "数", kind=Kind.NUMBER)), (("𠮷,野", 3), (None, -4))))

    assert content == '\ufeffname,n\r\n"𠮷,野",3\r\n,-4\r\n'.encode()


def test_a_report_is_one_csv_with_the_lists_keys_first() -> None:
    text = csv(report(rows=1)).decode("utf-8-sig")

    rows = list(comma_separated.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["tier", "no", "organization", "founded", "title", "summary", "cap"]
    assert [row[:4] for row in rows[1:]] == [
        ["first", "1", "試験の会1", "2008-03"],
        ["second", "1", "試験の会1", "2008-03"],
        ["second", "2", "試験の会2", "2008-03"],
    ]


def test_a_value_with_two_spellings_is_written_for_programs() -> None:
    assert csv(Sheet("題", ONE, ((Spelled("adopted", "採択"),),))) == "\ufeffa\r\nadopted\r\n".encode()


def test_lists_of_different_columns_do_not_share_a_csv() -> None:
    mixed = Report("題", (sheet(1), Sheet("他", ONE, (), "other")), key_column="tier")

    with pytest.raises(ValueError, match="same columns"):
        csv(mixed)


@pytest.mark.parametrize("start", RUNS)
def test_a_cell_that_a_spreadsheet_would_run_is_guarded(start: str) -> None:
    assert guarded(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("cell", [-5, -0.5, 0, "'=1", "a=1", "", "漢字", " =1"])
def test_other_cells_stay_as_they_are(cell: str | int | float) -> None:
    assert guarded(cell) == cell


@given(st.lists(st.text(st.characters(blacklist_categories=("Cs",)), max_size=20), min_size=1, max_size=5))
def test_what_is_written_is_read_back_but_for_the_guard(texts: list[str]) -> None:
    text = csv(Sheet("題", ONE, tuple((cell,) for cell in texts))).decode("utf-8-sig")

    rows = list(comma_separated.reader(io.StringIO(text, newline="")))
    assert [row[0] if row else "" for row in rows[1:]] == [guarded(cell) for cell in texts]


def test_cp932_says_what_it_loses_and_prints_a_geta() -> None:
    written = csv_cp932(Sheet("題", ONE, (("髙﨑𠮷葛\U000e0100",), ("𠮷〜～",))))

    assert written.lost == "𠮷\U000e0100〜"
    assert written.content == "a\r\n髙﨑〓葛〓\r\n〓～～\r\n".encode("cp932")


def test_cp932_loses_nothing_of_a_plain_list() -> None:
    assert csv_cp932(sheet()).lost == ""
    assert lost_in_cp932("①㈱髙﨑ｱＡ") == ""
