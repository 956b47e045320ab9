"""The real call's files become its published list: 47 of 72, in five formats, spelled to the code point."""

import csv
import io
import json
import re

import html5lib
import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from grantflow.applications import loading as proposals
from grantflow.awards import loading, operations, rendering
from grantflow.calls.definition import parse
from grantflow.calls.operations import publish_new
from grantflow.core.tables import read_table
from grantflow.review import loading as scores
from tests.factories import awards
from tests.factories.accounts import OPERATOR


@pytest.fixture
def lines(real_call):
    """What was published, as the report prints it."""
    text = (real_call / "adopted.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def written(real_call, writing):
    """The five files of the published list, and what the freeze warned of."""
    with writing():
        call = publish_new(parse((real_call / "call.toml").read_bytes()), by=OPERATOR)
        for module, name in (
            (proposals, "applications.csv"),
            (scores, "scores-synthetic.csv"),
            (loading, "decisions.csv"),
        ):
            module.apply(module.plan(call, read_table(real_call / name, name, module.COLUMNS)), by=OPERATOR)
        found = awards.newest(call)
        warnings = operations.freeze(found, by=OPERATOR)
        awards.agree(found)
        operations.publish(found, by=OPERATOR)
        files = {extension: rendering.file(found, extension) for extension in rendering.FORMATS}
        differences = operations.replay(found)
    return files | {"warnings": warnings, "differences": differences}


def expected(lines, *names):
    return [tuple(line[name] for name in names) for line in lines]


def test_nothing_differs_from_what_was_published_and_from_a_replay(written):
    assert written["warnings"] == []
    assert written["differences"] == []


def test_the_json_equals_what_was_published(written, lines):
    shown = json.loads(written["json"])

    entries = [(tier["key"], entry) for tier in shown["tiers"] for entry in tier["entries"]]
    assert shown["counts"] == {
        "total": {"applications": 72, "adopted": 47},
        "municipal": {"applications": 60, "adopted": 35},
        "school_district": {"applications": 12, "adopted": 12},
    }
    assert (shown["opened"], shown["closed"], shown["version"]) == ("2023-04-27", "2023-05-26", 1)
    assert [
        (key, str(one["no"]), one["organization"], one["founded"] or "", one["founded_text"], one["title"])
        for key, one in entries
    ] == expected(lines, "tier", "no", "organization", "founded", "founded_as_printed", "title")
    assert [(one["summary"], one["activity_area"]) for _key, one in entries] == expected(
        lines, "summary", "activity_area"
    )


def test_the_csv_equals_what_was_published(written, lines):
    rows = csv.DictReader(io.StringIO(written["csv"].decode("utf-8-sig")))

    names = ("tier", "no", "organization", "founded", "title", "summary", "activity_area")
    assert expected(rows, *names) == expected(lines, *names)


def test_the_workbook_equals_what_was_published(written, lines):
    book = CalamineWorkbook.from_filelike(io.BytesIO(written["xlsx"]))
    rows = [tuple(map(str, row)) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]

    texts = {cell for row in rows for cell in row}
    for line in lines:
        assert {line["organization"], line["founded_as_printed"], line["title"], line["summary"]} <= texts


def test_the_page_equals_what_was_published(written, lines):
    page = html5lib.parse(written["html"].decode(), namespaceHTMLElements=False)
    rows = [row for table in page.iter("table") for row in table.find("tbody").iter("tr")]

    assert len(rows) == len(lines)
    for row, line in zip(rows, lines, strict=True):
        text = "\n".join(row.itertext())
        for name in ("organization", "founded_as_printed", "title", "summary", "activity_area"):
            assert line[name] in text.replace("\n", "") or line[name] in text


def test_the_pdf_gives_each_text_in_one_piece(written, lines):
    document = pypdfium2.PdfDocument(written["pdf"])
    pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    document.close()
    text = "\n".join(pages)

    assert [line["organization"] for line in lines if line["organization"] not in text] == []
    assert [line["title"] for line in lines if line["title"] not in text] == []
    assert [line["founded_as_printed"] for line in lines if line["founded_as_printed"] not in text] == []
    assert [line["summary"] for line in lines if line["summary"] not in text] == []
    assert "47件（72件）" in text


def test_nobody_who_was_not_adopted_is_in_any_file(written):
    for extension in ("csv", "json", "html"):
        assert re.findall("非公表", written[extension].decode()) == []
