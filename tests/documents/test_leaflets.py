"""A leaflet: what is read in it, what is ticked, and room that is as large as was asked for."""

import io
import re
from itertools import groupby

import pypdfium2
import pytest
from pypdf import PdfReader

from grantflow.documents.leaflets import FEWEST_LINES, MARGINS, WRITING
from grantflow.documents.pages import A4
from grantflow.documents.pdf import pdf
from grantflow.documents.values import Column, Headline, Leaflet, Line, Points, Room, Sheet, Words
from grantflow.documents.writing import Form, write
from tests.documents.samples import DIFFICULT, pages_of

SHEET = Sheet("表", (Column("a", "甲"), Column("b", "乙")), (("子", "丑"),))
BLOCKS = (
    Headline("はじめに"),
    Words("読むところです。"),
    Words("見落とさないでください。", strong=True),
    Line("日付", "令和8年5月17日"),
    Line("長い見出し", "値"),
    Points(("一つ目", "二つ目\n続き"), boxes=True, label="印を付ける", note="すべてに"),
    Room("ねらい", "400文字まで", 5),
    SHEET,
)
LEAFLET = Leaflet("試しの紙", BLOCKS, above="試験調査", footer="試験事務局", author="試験事務局")
PAGE_LINES = int((A4[1] - MARGINS.top - MARGINS.bottom) / WRITING)


def frames_of(content: bytes) -> list[int]:
    """How many lines of writing the frames of each page have: rules from edge to edge, less a frame's two."""
    counts = []
    for page in pypdfium2.PdfDocument(content):
        across = [each.get_bounds() for each in page.get_objects() if each.type == 2]
        wide = [b for b in across if b[2] - b[0] > 400]
        counts.append(len(wide) - 1 if wide else 0)
    return counts


def test_everything_is_read_in_its_order():
    text = "".join(pages_of(pdf(LEAFLET)))

    told = [
        *("試験調査", "試しの紙", "はじめに", "読むところです。", "見落とさないでください。", "日付", "令和8年5月17日"),
        *("長い見出し", "印を付ける", "すべてに", "□", "一つ目", "二つ目", "続き", "ねらい", "400文字まで", "表", "子"),
    ]
    places = [text.find(each) for each in told]
    assert -1 not in places
    assert places == sorted(places)


def test_the_same_values_give_the_same_bytes():
    assert pdf(LEAFLET) == pdf(LEAFLET)
    assert pdf(LEAFLET) != pdf(Leaflet("試しの紙", BLOCKS[:-1]))


def test_its_title_language_headings_and_lists_are_marked():
    reader = PdfReader(io.BytesIO(pdf(LEAFLET)))

    root = reader.trailer["/Root"]["/StructTreeRoot"]["/K"][0]
    roles = [kid["/S"] for kid in (each.get_object() for each in root.get_object()["/K"])]
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.trailer["/Root"]["/Lang"]) == ("試しの紙", "ja")
    assert [entry.title for entry in reader.outline] == ["試しの紙", "はじめに", "表"]
    assert roles == ["/P", "/H1", "/H2", "/P", "/P", "/P", "/P", "/P", "/P", "/L", "/P", "/P", "/Table"]


@pytest.mark.parametrize("lines", [1, 5, PAGE_LINES - 3])
def test_a_frame_has_the_lines_that_were_asked_for(lines):
    content = pdf(Leaflet("題", (Room("ねらい", "", lines),)))

    assert frames_of(content) == [lines]


@pytest.mark.parametrize("lines", range(PAGE_LINES - 2, PAGE_LINES + 4))
def test_a_frame_that_does_not_fit_goes_on_with_no_scrap_on_either_page(lines):
    content = pdf(Leaflet("題", (Room("ねらい", "", lines),)))

    counts = frames_of(content)

    assert sum(counts) == lines
    assert [count for count in counts if count < FEWEST_LINES] == []


def test_a_heading_never_stands_alone_at_the_foot_of_a_page():
    for lines in range(1, PAGE_LINES):
        content = pdf(Leaflet("題", (Room("前", "", lines), Headline("後の部分"), Points(("項目です",), label="印"))))

        pages = pages_of(content)

        assert [page for page in pages if "後の部分" in page and "項目です" not in page] == [], lines


def lefts_of(content: bytes) -> list[int]:
    """Where each line of the first page begins, in points; the last one is the page's number."""
    drawn = (
        pypdfium2.PdfDocument(content)[0].render(scale=1).to_pil().convert("L").point(lambda gray: 255 * (gray < 128))
    )
    inked = [drawn.crop((0, y, drawn.width, y + 1)).getbbox() for y in range(drawn.height)]
    lines = [list(found) for is_inked, found in groupby(inked, bool) if is_inked]
    return [min(box[0] for box in line if box) for line in lines]


def test_what_follows_an_empty_line_begins_where_every_line_begins():
    content = pdf(Leaflet("題", (Words("国の一行目です。\n\n国の次の行です。"), Words("国の段落です。"))))

    _title, *lines, _number = lefts_of(content)

    assert len(lines) == 3
    assert max(lines) - min(lines) <= 1


def test_pages_are_numbered_beside_the_footer():
    pages = pages_of(pdf(Leaflet("題", (Room("長い", "", 60),), footer="試験事務局")))

    assert [re.findall(r"\d / \d", page) for page in pages] == [["1 / 2"], ["2 / 2"]]
    assert ["試験事務局" in page for page in pages] == [True, True]


def test_difficult_characters_come_out_to_the_code_point():
    text = "".join(pages_of(pdf(Leaflet("題", (Points(DIFFICULT, boxes=True),)))))

    assert [each for each in DIFFICULT if each not in text] == []


@pytest.mark.parametrize("form", [form for form in Form if form is not Form.PDF])
def test_a_leaflet_is_written_as_pdf_only(form):
    with pytest.raises(ValueError, match="PDF only"):
        write(LEAFLET, form)
