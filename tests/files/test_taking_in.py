"""Taking a file in: judged and stored before any row tells of it, and all differences from its row are found later."""

import uuid

import pytest
from sqlalchemy import func, select, update

from grantflow.audit import trail
from grantflow.core.db import db
from grantflow.core.refusals import Refused, Unavailable
from grantflow.files import operations, queries
from grantflow.files.kinds import Kind
from grantflow.files.limits import Limits
from grantflow.files.models import CopyState, ScanState, StoredFile
from grantflow.files.storage import place_of, shelf
from tests.factories.accounts import OPERATOR
from tests.files.builders import a_pdf
from tests.files.failing import FailsAt

PURPOSE = "tests.sample"


def count():
    with db.transaction(write=False):
        return db.session.scalar(select(func.count(StoredFile.id)))


def test_a_file_is_stored_before_any_row_and_kept_as_it_was_judged(writing, store):
    taken = operations.take_in(a_pdf(), "計画.docx")
    before, lies_there = count(), list(shelf.stored())

    with writing():
        row = operations.keep_taken(taken, PURPOSE, by=OPERATOR, belongs_to=uuid.UUID(int=7))

    assert (before, lies_there, count()) == (0, [place_of(taken.sha256)], 1)
    assert (row.name, row.raw_name, row.media_type, row.size) == (
        "計画.pdf",
        "計画.docx",
        "application/pdf",
        len(a_pdf()),
    )
    assert (row.scan, row.copying) == (ScanState.NOT_SCANNED, CopyState.WAITING)
    assert taken.warnings == ("中身は PDF でした。名前を「計画.pdf」に変えて受け取ります。",)


@pytest.mark.parametrize(
    ("content", "kinds", "limits"),
    [(b"", tuple(Kind), Limits()), (a_pdf(), (Kind.PNG,), Limits()), (a_pdf(), tuple(Kind), Limits(largest_file=10))],
)
def test_nothing_is_stored_of_what_is_refused(store, content, kinds, limits):
    with pytest.raises(Refused, match=r"ください。$"):
        operations.take_in(content, "計画.pdf", kinds, limits)

    assert list(shelf.stored()) == []


@pytest.mark.parametrize("onwards", [False, True])
@pytest.mark.parametrize("fails_at", range(1, 6))
def test_storage_that_fails_at_any_call_leaves_no_row_without_its_content(writing, store, fails_at, onwards):
    whole = shelf.place
    shelf.use(FailsAt(whole, fails_at, onwards=onwards))

    try:
        taken = operations.take_in(a_pdf(), "計画.pdf")
        with writing():
            operations.keep_taken(taken, PURPOSE, by=OPERATOR)
        acknowledged = 1
    except Unavailable:
        acknowledged = 0

    shelf.use(whole)
    with db.transaction(write=False):
        verdict = queries.check()
    assert (verdict.count, verdict.holds) == (acknowledged, True)
    assert (fails_at > 3) == bool(acknowledged)


def test_storage_that_cannot_be_asked_is_not_a_file_that_is_missing(writing, store):
    with writing():
        row = operations.keep(b"words", "計画.pdf", "application/pdf", PURPOSE, by=OPERATOR)
    whole = shelf.place
    shelf.use(FailsAt(whole, 1))

    with db.transaction(write=False):
        verdict = queries.check()

    shelf.use(whole)
    assert (verdict.missing, [found.id for found in verdict.unreadable], verdict.holds) == ((), [row.id], False)


def test_fifty_of_fifty_planted_differences_are_found(writing, store):
    with writing():
        rows = [
            operations.keep(f"content {number}".encode(), f"{number}.pdf", "application/pdf", PURPOSE, by=OPERATOR)
            for number in range(60)
        ]
    gone, changed, cut, longer, retold = (rows[start : start + 10] for start in range(0, 50, 10))
    strangers = {f"ff/ff/{'f' * 60}{number:04x}" for number in range(5)} | {f"loose-{number}" for number in range(5)}
    for row in gone:
        shelf.place.path(place_of(row.sha256)).unlink()
    for row in changed:
        shelf.place.replace(place_of(row.sha256), b"CONTENT " + row.name.encode())
    for row in cut:
        shelf.place.replace(place_of(row.sha256), b"cont")
    for row in longer:
        shelf.place.replace(place_of(row.sha256), b"content and more of it")
    with writing():
        db.session.execute(update(StoredFile).where(StoredFile.id.in_([row.id for row in retold])).values(size=1))
        trail.record("tests.plant", retold[0], by=OPERATOR)
    for key in strangers:
        shelf.place.create(key, b"nobody's")

    with db.transaction(write=False):
        verdict = queries.check()

    assert {row.id for row in verdict.missing} == {row.id for row in gone}
    assert {row.id for row in verdict.altered} == {row.id for row in (*changed, *cut, *longer, *retold)}
    assert set(verdict.unknown) == strangers
    assert (verdict.count, verdict.unreadable, verdict.holds) == (60, (), False)


def test_a_whole_file_is_known_as_one_byte_for_byte(writing, store):
    with writing():
        row = operations.keep(b"words", "計画.pdf", "application/pdf", PURPOSE, by=OPERATOR)
    before = queries.is_whole(row)
    shelf.place.replace(place_of(row.sha256), b"wards")

    assert (before, queries.is_whole(row)) == (True, False)
