"""The page that stands alone is valid, says what its parts are, and runs nothing."""

import dataclasses

import html5lib
import pytest

from grantflow.documents.values import Column, Letter, Sheet
from grantflow.documents.web_page import html
from grantflow.documents.writing import Form, write
from tests.documents.samples import letter, report, sheet


def test_the_page_is_valid_html() -> None:
    parser = html5lib.HTMLParser(strict=True)

    tree = parser.parse(html(report()).decode("utf-8"))

    assert tree.get("lang") == "ja"


def test_headings_have_scopes_and_groups() -> None:
    page = html(sheet()).decode("utf-8")

    assert '<th scope="colgroup" colspan="2">取組概要</th>' in page
    assert '<th scope="col" rowspan="2">団体名（設立時期）</th>' in page
    assert page.count('<th scope="row">') == 3
    assert '<caption id="title-1">①採択団体一覧</caption>' in page


def test_what_people_wrote_is_escaped() -> None:
    page = html(Sheet("<b>題</b>", (Column("a", "<i>"),), (("<script>x</script>&",),))).decode("utf-8")

    assert tuple(tag for tag in ("<script", "<b>", "<i>") if tag not in page) == ("<script", "<b>", "<i>")
    assert "&lt;script&gt;x&lt;/script&gt;&amp;" in page


def test_line_feeds_are_kept() -> None:
    assert "一行<br>二行" in html(Sheet("題", (Column("a", "甲"),), (("一行\n二行",),))).decode("utf-8")


def test_a_draft_says_so_and_an_empty_list_too() -> None:
    page = html(dataclasses.replace(report(rows=0), watermark="案")).decode("utf-8")

    assert '<p class="draft">案</p>' in page
    assert "該当するものはありません。" in page


def test_nothing_comes_from_elsewhere_or_stands_in_an_attribute() -> None:
    page = html(report()).decode("utf-8")

    assert [word for word in ("http", "<script", "<link", "<img", " style=", "@import", "url(") if word in page] == []


@pytest.mark.parametrize("form", Form)
def test_every_form_is_written_the_same_twice(form: Form) -> None:
    assert write(report(), form) == write(report(), form)


def test_a_letter_is_written_as_pdf_only() -> None:
    paper: Letter = letter()

    assert write(paper, Form.PDF).startswith(b"%PDF")
    with pytest.raises(ValueError, match="PDF only"):
        write(paper, Form.XLSX)
