"""Readers get copies that show the same and tell nothing of their author; originals stay."""

import re
import zipfile
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

from grantflow.core.db import db
from grantflow.files import copying, operations, queries, scanning
from grantflow.files.copies import without_metadata
from grantflow.files.kinds import Kind
from grantflow.files.models import CopyState, ScanState, StoredFile
from grantflow.files.storage import place_of, shelf
from grantflow.files.verdicts import judge
from tests.factories.accounts import OPERATOR
from tests.files.builders import (
    RELS,
    TYPES,
    a_pdf,
    a_picture,
    a_png_chunk,
    an_office_file,
    new_pdf,
    office_members,
    packed,
    relations,
    with_exif,
    written,
)

pytest_plugins = ["tests.files.clamd"]

WHO = "早瀬 みのり"
PURPOSE = "tests.sample"


def a_telling_pdf():
    pdf = new_pdf()
    pdf.docinfo["/Author"] = WHO
    with pdf.open_metadata() as told:
        told["dc:creator"] = [WHO]
    pdf.pages[0].Annots = Array([Dictionary(Subtype=Name.Text, T=WHO, Contents="よい案です", M="D:20260401")])
    photograph = Stream(pdf, a_picture(exif=with_exif()), Type=Name.XObject, Subtype=Name.Image, Width=40, Height=20)
    photograph.Filter = Name.DCTDecode
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=photograph))
    pdf.pages[0].Contents = pdf.make_stream(b"q 40 0 0 20 0 0 cm /Im0 Do Q")
    return written(pdf)


def a_telling_word_file():
    core = f"<cp:coreProperties><dc:creator>{WHO}</dc:creator></cp:coreProperties>".encode()
    comments = (
        f'<w:comments><w:comment w:id="0" w:author="{WHO}" w:initials="早"><w:t>よい案です author="x"</w:t></w:comment>'
    )
    top = (
        f'<?xml version="1.0"?><Relationships xmlns="{RELS}">'
        f'<Relationship Id="r1" Type="{TYPES}/officeDocument" Target="word/document.xml"/>'
        '<Relationship Id="r2" Type="t/thumbnail" Target="docProps/thumbnail.jpeg"/>'
        '<Relationship Id="r3" Type="t/custom" Target="docProps/custom.xml"/></Relationships>'
    )
    more = {
        "docProps/core.xml": core,
        "docProps/app.xml": f"<Properties><Manager>{WHO}</Manager></Properties>".encode(),
        "docProps/custom.xml": f"<Properties>{WHO}</Properties>".encode(),
        "docProps/thumbnail.jpeg": a_picture(),
        "word/comments.xml": comments.encode(),
        "word/people.xml": f'<w15:person w15:author="{WHO}"><w15:info w15:userId="{WHO}"/></w15:person>'.encode(),
        "word/_rels/settings.xml.rels": relations("attachedTemplate", f"file:///C:/Users/{WHO}/t.dotm", external=True),
        "word/media/image1.jpeg": a_picture(exif=with_exif()),
        "word/media/image2.png": a_picture("PNG").replace(
            b"\0\0\0\0IEND", a_png_chunk(b"tEXt", f"Author\0{WHO}".encode()) + b"\0\0\0\0IEND"
        ),
    }
    types = '<Override PartName="/docProps/custom.xml" ContentType="c"/>'
    return packed(office_members("docx", more, types) | {"_rels/.rels": top.encode()})


def a_telling_excel_file():
    more = {
        "xl/workbook.xml": f'<w><x15ac:absPath url="C:\\Users\\{WHO}\\"/><fileSharing userName="{WHO}"/></w>'.encode(),
        "xl/comments1.xml": f"<comments><authors><author>{WHO}</author></authors><t>よい案です</t></comments>".encode(),
        "xl/persons/person.xml": f'<l><person displayName="{WHO}" id="1" userId="{WHO}"/></l>'.encode(),
    }
    return an_office_file("xlsx", more)


TELLING = [
    (Kind.PDF, a_telling_pdf),
    (Kind.DOCX, a_telling_word_file),
    (Kind.XLSX, a_telling_excel_file),
    (Kind.JPEG, lambda: a_picture(exif=with_exif(), comment=WHO.encode())),
    (Kind.PNG, lambda: a_picture("PNG", exif=with_exif())),
]
every_telling_file = pytest.mark.parametrize(("kind", "build"), TELLING, ids=[kind.value for kind, _build in TELLING])
TOLD = re.compile(rb"Exif|MAKER|Producer|Author" + b"|" + WHO.encode() + b"|" + WHO.encode("utf-16-be"))


def told(content):
    """All that a file tells, its parts unpacked."""
    if content.startswith(b"%PDF"):
        with pikepdf.open(BytesIO(content)) as pdf:
            out = BytesIO()
            pdf.save(out, qdf=True, static_id=True, fix_metadata_version=False)
            return out.getvalue()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return b"".join(name.encode() + archive.read(name) for name in archive.namelist())
    return content


@every_telling_file
def test_a_copy_tells_nothing_of_its_author(kind, build):
    original = build()

    copy = without_metadata(original, kind)

    assert TOLD.search(told(original))
    assert TOLD.findall(told(copy)) == []


@every_telling_file
def test_equal_content_gives_equal_copies(kind, build):
    original = build()

    assert without_metadata(original, kind) == without_metadata(original, kind)


@every_telling_file
def test_a_copy_is_a_file_of_its_kind_that_would_be_taken_in(kind, build):
    verdict = judge(without_metadata(build(), kind), "a")

    assert (verdict.kind, verdict.refusal) == (kind, None)


def test_a_photograph_stands_as_its_telephone_held_it():
    copy = without_metadata(a_picture(exif=with_exif()), Kind.JPEG)

    with Image.open(BytesIO(copy)) as picture:
        left_out = (picture.getexif().get_ifd(0x8825), dict(picture.getexif()))
        top, bottom = picture.getpixel((10, 5)), picture.getpixel((10, 35))
        assert picture.size == (20, 40)
    assert left_out == ({}, {})
    assert (top[0] > 150, bottom[2] > 150) == (True, True)


def test_remarks_stay_and_lose_only_their_authors():
    word = told(without_metadata(a_telling_word_file(), Kind.DOCX)).decode(errors="replace")
    excel = told(without_metadata(a_telling_excel_file(), Kind.XLSX)).decode(errors="replace")

    assert '<w:comment w:id="0" w:author="" w:initials=""><w:t>よい案です author="x"</w:t>' in word
    assert "<author></author></authors><t>よい案です</t>" in excel


def test_nothing_points_at_what_is_gone():
    with zipfile.ZipFile(BytesIO(without_metadata(a_telling_word_file(), Kind.DOCX))) as archive:
        names, top = archive.namelist(), archive.read("_rels/.rels").decode()
        types, settings = (
            archive.read("[Content_Types].xml").decode(),
            archive.read("word/_rels/settings.xml.rels").decode(),
        )

    assert ("docProps/custom.xml" in names, "thumbnail" in top, "custom" in top + types) == (False, False, False)
    assert "word/document.xml" in top
    assert 'Target="t.dotm"' in settings


def test_a_restricted_pdf_gives_a_copy_that_can_be_bound_with_others():
    original = a_pdf(encryption=pikepdf.Encryption(user="", owner="own"))

    with pikepdf.open(BytesIO(without_metadata(original, Kind.PDF))) as copy:
        assert (copy.is_encrypted, len(copy.pages)) == (False, 1)


def taken(writing, content, name="写真.jpg"):
    found = operations.take_in(content, name)
    with writing():
        return operations.keep_taken(found, PURPOSE, by=OPERATOR)


def copy_of(reading, row):
    with reading():
        return db.session.get_one(StoredFile, row.id), queries.for_readers(row)


def test_the_worker_makes_the_copy_and_the_original_stays(writing, reading):
    original = a_picture(exif=with_exif())
    row = taken(writing, original)
    before = copy_of(reading, row)

    copying.copy_due()

    row, copy = copy_of(reading, row)
    assert (before[0].copying, before[1], row.copying) == (CopyState.WAITING, None, CopyState.MADE)
    assert (copy.name, copy.media_type, copy.original_id) == ("写真.jpg", "image/jpeg", row.id)
    assert shelf.read(row.sha256) == original
    assert shelf.read(copy.sha256) == without_metadata(original, Kind.JPEG)
    assert copying.copy_due() == 0


def test_a_copy_waits_for_the_scanner(writing, reading, clamd):
    row = taken(writing, a_picture())

    before = copying.copy_due()
    scanning.scan_due()
    after = copying.copy_due()

    assert (before, after) == (0, 1)
    assert copy_of(reading, row)[1].scan is ScanState.CLEAN


def test_a_file_that_cannot_be_copied_is_noted_and_the_next_one_is_copied(writing, reading):
    gone, there = taken(writing, a_picture()), taken(writing, a_pdf(), "計画.pdf")
    shelf.place.path(place_of(gone.sha256)).unlink()

    copying.copy_due()

    assert copy_of(reading, gone)[0].copying is CopyState.FAILED
    assert copy_of(reading, there)[1].name == "計画.pdf"


def test_copies_of_many_files_are_found_at_once(writing, reading):
    rows = [taken(writing, a_pdf(pages=number)) for number in (1, 2, 3)]
    copying.copy_due()

    with reading():
        found = queries.for_all_readers(rows)

    assert {each: copy.original_id for each, copy in found.items()} == {row.id: row.id for row in rows}
