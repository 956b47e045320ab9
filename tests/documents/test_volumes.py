"""A book: everything bound under one numbering, and one file that cannot be bound never spoils it."""

import hashlib
import io

import pikepdf
import pytest
from PIL import Image
from pypdf import PdfReader

from grantflow.documents.pages import A4
from grantflow.documents.pdf import pdf
from grantflow.documents.values import Enclosure, Headline, Leaflet, Line, Volume, Words
from grantflow.files.storage import shelf
from tests.files import builders

LEAFLET = Leaflet(
    "応募書類", (Headline("事業計画"), Words("居場所をつくります。")), footer="R5M-0001　第1版", author="事務局"
)
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"


@pytest.fixture(autouse=True)
def _shelf(tmp_path):
    before = shelf._place
    shelf.open((tmp_path / "files").as_uri())
    yield
    shelf._place = before


def enclosed(content: bytes, media_type: str, name: str, *, stored: bool = True, instead: str = "") -> Enclosure:
    sha256 = shelf.put(content) if stored else hashlib.sha256(content).hexdigest()
    lines = (Line("ファイル名", name), Line("SHA-256", sha256))
    return Enclosure("添付1　定款", name, sha256, media_type, lines, "綴じられませんでした。", instead)


def a_written_pdf(*texts: str, rotate: int = 0, size: tuple[float, float] = (400, 300)) -> bytes:
    """A PDF with a page for each text."""
    out = pikepdf.new()
    for text in texts:
        page = out.add_blank_page(page_size=size)
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.obj.Contents = out.make_stream(f"BT /F1 20 Tf 40 40 Td ({text}) Tj ET".encode())
        if rotate:
            page.obj.Rotate = rotate
    return builders.written(out)


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_everything_is_bound_in_its_order_under_one_numbering():
    files = (
        enclosed(a_written_pdf("first page", "second page"), PDF, "会則.pdf"),
        enclosed(builders.a_picture("JPEG"), JPEG, "写真.jpg"),
        enclosed(b"words", "application/msword", "計画.docx", instead="別に渡します。"),
    )

    content = pdf(Volume(LEAFLET, files, "添付ファイル"))

    told = pages_of(content)
    assert len(told) == 5
    assert "居場所をつくります。" in told[0]
    assert "first page" in told[1]
    assert "second page" in told[2]
    assert all("会則.pdf" in page for page in told[1:3])
    assert "写真.jpg" in told[3]
    assert "別に渡します。" in told[4]
    assert files[2].sha256 in told[4]
    for number, page in enumerate(told, 1):
        assert f"{number} / 5" in page
        assert "R5M-0001　第1版" in page


def test_its_outline_leads_to_every_part_and_every_file():
    volume = Volume(LEAFLET, (enclosed(a_written_pdf("a"), PDF, "会則.pdf"),), "添付ファイル")

    reader = PdfReader(io.BytesIO(pdf(volume)))

    assert [each.title for each in reader.outline if not isinstance(each, list)] == [
        "応募書類",
        "事業計画",
        "添付ファイル",
    ]
    (below,) = [each for each in reader.outline if isinstance(each, list)]
    assert [each.title for each in below] == ["添付1　定款　会則.pdf"]
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.trailer["/Root"]["/Lang"]) == ("応募書類", "ja")
    roles = [each.get_object()["/S"] for each in reader.trailer["/Root"]["/StructTreeRoot"]["/K"][0].get_object()["/K"]]
    assert roles == ["/H1", "/H2", "/P", "/H2", "/Figure"]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.4 and nothing more", PDF),
        (a_written_pdf("cut")[:100], PDF),
        (b"\xff\xd8\xff not a picture", JPEG),
        (builders.a_picture("PNG")[:40], PNG),
        (b"words", "text/plain"),
        (b"", PDF),
    ],
)
def test_what_cannot_be_bound_has_a_page_that_names_it(content, media_type):
    good = enclosed(a_written_pdf("good"), PDF, "よい.pdf")
    bad = enclosed(content, media_type, "わるい.pdf")

    told = pages_of(pdf(Volume(LEAFLET, (bad, good), "添付ファイル")))

    assert len(told) == 3
    assert "わるい.pdf" in told[1]
    assert "綴じられませんでした。" in told[1]
    assert bad.sha256 in told[1]
    assert "good" in told[2]


def test_a_file_that_is_gone_has_a_page_that_names_it():
    gone = enclosed(a_written_pdf("never stored"), PDF, "ない.pdf", stored=False)

    told = pages_of(pdf(Volume(LEAFLET, (gone,), "添付ファイル")))

    assert len(told) == 2
    assert "ない.pdf" in told[1]
    assert "綴じられませんでした。" in told[1]


def test_the_same_files_give_the_same_bytes():
    files = (
        enclosed(a_written_pdf("a", "b"), PDF, "会則.pdf"),
        enclosed(builders.a_picture("PNG"), PNG, "図.png"),
    )

    assert pdf(Volume(LEAFLET, files, "添付")) == pdf(Volume(LEAFLET, files, "添付"))


@pytest.mark.parametrize(
    ("rotate", "size", "is_wide"), [(0, (400, 300), True), (90, (400, 300), False), (0, (300, 400), False)]
)
def test_a_page_keeps_its_bearing(rotate, size, is_wide):
    bound = enclosed(a_written_pdf("turned", rotate=rotate, size=size), PDF, "横.pdf")

    page = PdfReader(io.BytesIO(pdf(Volume(LEAFLET, (bound,), "添付")))).pages[1]

    assert (float(page.mediabox.width) > float(page.mediabox.height)) is is_wide
    assert sorted((round(float(page.mediabox.width)), round(float(page.mediabox.height)))) == [
        round(each) for each in A4
    ]


def test_what_was_typed_into_a_form_is_on_the_page():
    form = pikepdf.open(io.BytesIO(a_written_pdf("form")))
    look = form.make_stream(b"BT /F1 12 Tf 2 4 Td (typed answer) Tj ET")
    look.Type, look.Subtype, look.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, pikepdf.Array([0, 0, 200, 20])
    look.Resources = form.pages[0].obj.Resources
    box = form.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T=pikepdf.String("name"),
            V=pikepdf.String("typed answer"),
            F=4,
            Rect=pikepdf.Array([40, 100, 240, 120]),
            AP=pikepdf.Dictionary(N=look),
        )
    )
    form.pages[0].obj.Annots = pikepdf.Array([box])
    form.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([box]))

    told = pages_of(pdf(Volume(LEAFLET, (enclosed(builders.written(form), PDF, "様式.pdf"),), "添付")))

    assert "typed answer" in told[1]


def test_a_large_transparent_picture_is_printed_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (5000, 100), (0, 0, 0, 0)).save(out, "PNG")

    content = pdf(Volume(LEAFLET, (enclosed(out.getvalue(), PNG, "図.png"),), "添付"))

    (picture,) = PdfReader(io.BytesIO(content)).pages[1].images
    assert picture.image is not None
    assert picture.image.width <= 3508
    assert picture.image.convert("L").getextrema() == (255, 255)
