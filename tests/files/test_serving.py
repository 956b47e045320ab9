"""A file is handed out as something that is saved: never run, never shown, never half of another."""

import hashlib
from urllib.parse import unquote

import pytest

from grantflow.core.db import db
from grantflow.core.refusals import Refused, Unavailable
from grantflow.files import operations
from grantflow.files.models import ScanState
from grantflow.files.serving import disposition, handed_out
from grantflow.files.storage import NotStored, place_of, shelf
from tests.factories.accounts import OPERATOR
from tests.files.builders import a_pdf
from tests.files.corpus import CASES, NAMES

LONG = bytes(range(256)) * 12_000


@pytest.fixture
def served(app, writing):
    """`served(content, name)` is the answer with that file."""

    def serve(content=b"words", name="計画.pdf", **values):
        with writing():
            row = operations.keep(content, name, "application/pdf", "tests.sample", by=OPERATOR)
            for key, value in values.items():
                setattr(row, key, value)
        with app.test_request_context(), db.transaction(write=False):
            return handed_out(row)

    return serve


def test_a_file_is_saved_and_never_run_or_shown(served):
    answer = served()

    assert answer.get_data() == b"words"
    assert {
        name: answer.headers[name]
        for name in ("Content-Type", "Content-Length", "X-Content-Type-Options", "Content-Disposition", "Cache-Control")
    } == {
        "Content-Type": "application/pdf",
        "Content-Length": "5",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E8%A8%88%E7%94%BB.pdf",
        "Cache-Control": "private, no-store",
    }
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "sandbox", "frame-ancestors 'none'"} <= set(policy)


def test_a_long_file_comes_in_pieces(served):
    answer = served(LONG)

    pieces = list(answer.iter_encoded())

    assert len(pieces) > 1
    assert b"".join(pieces) == LONG


def test_a_file_that_is_gone_is_told_before_anything_is_sent(served):
    with pytest.raises(Unavailable):
        served(sha256=hashlib.sha256(b"gone").hexdigest())


def test_a_file_that_was_altered_is_broken_off_before_its_end(served):
    sha256 = shelf.put(LONG)
    shelf.place.replace(place_of(sha256), LONG[:-1] + b"?")
    answer = served(sha256=sha256, size=len(LONG))
    got = b""

    with pytest.raises(NotStored):
        for piece in answer.iter_encoded():
            got += piece

    assert len(got) < int(answer.headers["Content-Length"])


def test_a_file_that_is_not_released_is_not_handed_out(served):
    with pytest.raises(Refused, match="ウイルス"):
        served(scan=ScanState.INFECTED, finding="Eicar-Test-Signature")


@pytest.mark.parametrize(
    "name", [came for came, _shown in NAMES] + [case[1] for case in CASES] + ['a"; x="\r\nX: y.pdf']
)
def test_no_name_gets_out_of_its_header(name):
    header = disposition(name)

    assert header.isascii()
    assert header.isprintable()
    assert header.startswith('attachment; filename="')
    assert header.count('"') == 2
    plain, _semicolon, spelled = header.removeprefix('attachment; filename="').partition("\"; filename*=UTF-8''")
    assert not set(plain + unquote(spelled)) & set('/\\"\r\n')


def test_a_file_that_was_taken_in_is_served_under_its_safe_name(app, writing):
    taken = operations.take_in(a_pdf(), "../計画.html.exe")
    with writing():
        row = operations.keep_taken(taken, "tests.sample", by=OPERATOR)

    with app.test_request_context():
        answer = handed_out(row)

    assert (row.name, row.raw_name) == ("計画_html_exe.pdf", "../計画.html.exe")
    assert unquote(answer.headers["Content-Disposition"].rpartition("''")[2]) == "計画_html_exe.pdf"
