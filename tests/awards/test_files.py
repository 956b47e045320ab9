"""The list as files: the same bytes for the same content, each text whole, nobody who was not adopted."""

import csv
import io
import json

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from grantflow.awards import rendering
from grantflow.calls.queries import call as call_by_slug
from tests.factories import awards

SLUG = "harbour-lights-2031"
NOT_ADOPTED = ("無人島の灯台の太陽電池", "路地の街路灯に人感式", "門前の大提灯", "釣り桟橋に足元灯", "和紙の傘")


def pdf_text(content):
    document = pypdfium2.PdfDocument(content)
    texts = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    document.close()
    return "\n".join(texts)


@pytest.fixture
def written(writing):
    """Every format of the published list."""
    with writing():
        awards.harbour(scored=True)
        found = awards.published(call_by_slug(SLUG))
        return {extension: rendering.file(found, extension) for extension in rendering.FORMATS}


def test_equal_content_gives_equal_bytes(written, fresh, writing):
    fresh()
    rendering._drawn.cache_clear()
    with writing():
        awards.harbour(scored=True)
        found = awards.published(call_by_slug(SLUG))
        again = {extension: rendering.file(found, extension) for extension in rendering.FORMATS}

    assert again == written


def test_csv_has_the_documented_columns(written):
    rows = list(csv.reader(io.StringIO(written["csv"].decode("utf-8-sig"))))

    assert rows[0] == ["tier", "no", "organization", "founded", "title", "summary", "activity_area"]
    assert rows[1:] == [
        ["lighthouse", "1", "株式会社ななつ星灯器", "1958-04-01", "岬の灯台の回転台を直す", "", "架空県岬町"],
        ["pier-lamp", "1", "合同会社しおさい電設", "2011-07", "第一桟橋の灯具を交換する", "", "架空県汐見町"],
        ["pier-lamp", "2", "株式会社うみほたる工務", "1999-12", "渡船場の桟橋灯の配線を直す", "", "架空県沖島村"],
        ["street", "1", "合同会社まちあかり", "2019", "坂道の街路灯の支柱を替える", "", "架空県坂上市"],
        ["street", "2", "株式会社ななつ星灯器", "1958-04-01", "海岸通りの街路灯を塗り直す", "", "架空県岬町"],
        ["street", "3", "合同会社しおさい電設", "2011-07", "駅前の街路灯の安定器を替える", "", "架空県汐見町"],
        ["lantern", "1", "個人事業さくら提灯", "", "祭り提灯四十張りの張り替え", "", "架空県岬町"],
    ]


def test_the_pdf_gives_each_name_and_title_in_one_piece(written):
    text = pdf_text(written["pdf"])

    for tier in json.loads(written["json"])["tiers"]:
        for entry in tier["entries"]:
            assert entry["organization"] in text
            assert entry["title"] in text


def test_the_hash_stands_at_the_foot_of_paper_and_page(written):
    sha256 = json.loads(written["json"])["sha256"]

    assert sha256 in pdf_text(written["pdf"])
    assert sha256 in written["html"].decode()


def test_the_figures_of_the_call_stand_above_the_tables(written):
    text, html = pdf_text(written["pdf"]), written["html"].decode()

    for words in ("【公募状況】", "採択件数（応募件数）", "7件（12件）", "うちⅢ 街路灯", "3件（5件）"):
        assert words in text
        assert words in html


def test_no_format_tells_who_was_not_adopted_nor_a_rank(written):
    shown = {
        "pdf": pdf_text(written["pdf"]),
        "xlsx": "\n".join(
            str(cell)
            for sheet in CalamineWorkbook.from_filelike(io.BytesIO(written["xlsx"])).sheet_names
            for row in CalamineWorkbook.from_filelike(io.BytesIO(written["xlsx"])).get_sheet_by_name(sheet).to_python()
            for cell in row
        ),
        **{extension: written[extension].decode() for extension in ("csv", "json", "html")},
    }

    for text in shown.values():
        assert "岬の灯台の回転台を直す" in text
        assert [title for title in NOT_ADOPTED if title in text] == []
        assert [word for word in ("rank", "順位", "評点", "reserve", "補欠", "不採択") if word in text] == []


def test_what_is_not_public_bears_a_mark(writing):
    with writing():
        awards.harbour()
        call = call_by_slug(SLUG)
        draft = awards.decided(call)
        before = rendering.file(draft, "html").decode()
        awards.frozen(call)
        frozen = rendering.file(draft, "html").decode()

    assert '<p class="draft">案</p>' in before
    assert '<p class="draft">案</p>' in frozen
    assert "SHA-256" not in before


def test_the_published_file_bears_none(written):
    assert 'class="draft"' not in written["html"].decode()
