"""Papers that print well, can be read by programs and by voices, and are the same each time."""

import dataclasses
import io
import os
import re
import subprocess
import sys
import time

import pypdfium2
import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from grantflow.documents.cells import printed_cell, printed_columns
from grantflow.documents.pdf import pdf
from grantflow.documents.values import Column, Paper, Report, Sheet, report_of
from tests.documents.samples import (
    COLUMNS,
    DIFFICULT,
    SENTENCE,
    difficult_sheet,
    letter,
    pages_of,
    report,
    row,
    sheet,
)


def printed_texts(*sheets: Sheet) -> list[str]:
    return [
        "".join(printed_cell(each, row, column))
        for each in sheets
        for row in each.rows
        for column in printed_columns(each)
    ]


def by_pypdf(content: bytes) -> str:
    return "\n".join(pages_of(content))


def by_pdfium(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def fonts_of(content: bytes) -> set[str]:
    pages = PdfReader(io.BytesIO(content)).pages
    return {str(font.get_object()["/BaseFont"]) for page in pages for font in page["/Resources"]["/Font"].values()}


@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
def test_each_cell_comes_out_in_one_piece(read) -> None:
    document = report(rows=12)

    text = read(pdf(document))

    assert [cell for cell in printed_texts(*document.sheets) if cell not in text] == []


@pytest.mark.parametrize("read", [by_pypdf, by_pdfium])
def test_difficult_characters_come_out_to_the_code_point(read) -> None:
    document = difficult_sheet()

    text = read(pdf(document))

    assert [cell for cell in printed_texts(document) if cell not in text] == []


def test_a_character_that_no_font_has_is_still_found_in_the_text() -> None:
    assert "顔😀文字" in by_pypdf(pdf(Sheet("題", (Column("a", "甲"),), (("顔😀文字",),))))


def test_the_same_values_give_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys; from grantflow.documents.pdf import pdf; from tests.documents.samples import *;"
        "sys.stdout.buffer.write(pdf(report(9)) + pdf(difficult_sheet()) + pdf(letter()))"
    )

    contents = [
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."},
        ).stdout
        for seed in ("1", "2")
    ]

    assert contents[0] == contents[1] == pdf(report(9)) + pdf(difficult_sheet()) + pdf(letter())


def test_other_values_give_other_bytes() -> None:
    assert pdf(report(2)) != pdf(report(3))


def test_the_head_is_repeated_and_pages_are_numbered() -> None:
    content = pdf(report_of(sheet(rows=40)))

    pages = pages_of(content)

    assert len(pages) > 3
    assert [page.count("団体名（設立時期）") for page in pages] == [1] * len(pages)
    assert [re.findall(r"\d+ / \d+", page) for page in pages] == [
        [f"{number} / {len(pages)}"] for number in range(1, len(pages) + 1)
    ]


def test_a_row_that_fits_a_page_is_not_split() -> None:
    document = sheet(rows=30)

    pages = pages_of(pdf(document))

    assert [page.count(SENTENCE * 3) for page in pages] == [page.count("試験の会") for page in pages]
    assert sum(page.count(SENTENCE * 3) for page in pages) == 30


def test_a_row_taller_than_a_page_goes_on_over_pages() -> None:
    text = "".join(f"{number}番目の文です。" for number in range(1, 900))
    tall = Sheet("題", (Column("a", "甲", 1), Column("b", "乙", 3)), (("前", "短い"), ("名", text), ("後", "短い")))

    pages = pages_of(pdf(tall))

    assert len(pages) > 1
    cleaned = "".join(re.sub(r"甲 ?乙|\d+ / \d+|題|\s", "", page) for page in pages)
    assert cleaned == f"前短い名{text}後短い"


def test_a_list_without_rows_says_so() -> None:
    assert "該当するものはありません。" in by_pypdf(pdf(Sheet("題", COLUMNS, ())))


def test_the_document_says_its_title_its_language_and_where_things_are() -> None:
    reader = PdfReader(io.BytesIO(pdf(report())))

    catalog = reader.trailer["/Root"]
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("試験調査 採択団体一覧", "試験事務局")
    assert catalog["/Lang"] == "ja"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"] is not None
    assert [entry.title for entry in reader.outline] == ["試験調査 採択団体一覧", "①採択団体一覧", "②採択団体一覧"]


def test_every_font_is_embedded_and_no_other_is_named() -> None:
    names = fonts_of(pdf(report()))

    assert {re.sub(r"^/[A-Z]{6}\+", "", name) for name in names} == {"BIZUDPGothic-Bold", "BIZUDPGothic-Regular"}


def elements(node: DictionaryObject) -> list[DictionaryObject]:
    kids = node.get("/K", [])
    found = [kid.get_object() for kid in kids]
    inner = [kid for kid in found if isinstance(kid, DictionaryObject) and kid.get("/Type") == "/StructElem"]
    return [*inner, *(below for kid in inner for below in elements(kid))]


def test_the_parts_are_tagged_as_what_they_are() -> None:
    root = PdfReader(io.BytesIO(pdf(report(rows=12)))).trailer["/Root"]

    roles = [str(element["/S"]) for element in elements(root["/StructTreeRoot"])]

    assert root["/MarkInfo"]["/Marked"]
    assert {role: roles.count(role) for role in ("/H1", "/H2", "/Table", "/Caption", "/TH", "/TR", "/TD")} == {
        "/H1": 1,
        "/H2": 1,
        "/Table": 2,
        "/Caption": 2,
        "/TH": 12,
        "/TR": 18,
        "/TD": 70,
    }


def test_a_long_footer_and_the_page_number_are_both_there() -> None:
    (page,) = pages_of(pdf(dataclasses.replace(report(1), footer=f"第1版　SHA-256：{'0123456789abcdef' * 4}")))

    assert f"SHA-256：{'0123456789abcdef' * 4}" in page
    assert page.endswith("1 / 1")


def test_a_draft_bears_its_mark_on_every_page() -> None:
    pages = pages_of(pdf(report(rows=20, watermark="案")))

    assert [page.startswith("案") for page in pages] == [True] * len(pages)


def test_a_portrait_report_is_higher_than_wide() -> None:
    page = PdfReader(io.BytesIO(pdf(dataclasses.replace(report(), paper=Paper.PORTRAIT)))).pages[0]

    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)


def test_a_list_of_a_thousand_is_printed_in_seconds() -> None:
    document = Report("題", (Sheet("一覧", COLUMNS, tuple(row(number, sentences=4) for number in range(1000))),))
    began = time.perf_counter()

    pdf(document)

    assert time.perf_counter() - began < 10


def test_a_letter_has_its_parts_in_order() -> None:
    (page,) = pages_of(pdf(letter()))

    parts = [
        "試第12号の3",
        "令和5年7月31日",
        DIFFICULT[2][:2] + "の会",
        "理事長　𠮷野　花子　様",
        "試験事務局長",
        "山田　太郎",
        "（公印省略）",
        "試験調査の採択について（通知）",
        "　下記のとおり決定しましたので、通知します。",
        "記",
        "受付番号　R5M-0031",
        "手続",
        "(1)",
        "契約書の案を送ります。",
        "(2)",
        "以上",
        "試験事務局　審査担当",
    ]
    places, place = [], 0
    for part in parts:
        place = page.find(part, place)
        places.append(place)
    assert -1 not in places


def test_a_long_letter_numbers_its_pages_and_a_short_one_does_not() -> None:
    assert len(pages_of(pdf(letter(60)))) > 1
    assert "1 / 3" in pages_of(pdf(letter(60)))[0]
    assert ["1 / " in page for page in pages_of(pdf(letter(1)))] == [False]


def test_a_letter_without_items_has_no_frame_for_them() -> None:
    (page,) = pages_of(pdf(dataclasses.replace(letter(), items=())))

    assert ("\n記\n" in page, "以上" in page) == (False, False)


def test_an_enclosure_begins_a_page_of_its_own() -> None:
    pages = pages_of(pdf(dataclasses.replace(letter(), enclosures=(sheet(1, title="別紙"),))))

    assert ["別紙" in page for page in pages] == [False, True]
