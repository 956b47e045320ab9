"""Files are received as they were handed in, or the proposal is not: read once more, named, bound and checked."""

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from unicodedata import normalize

import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import delete, select, update

from grantflow.accounts.models import Role, User
from grantflow.applications import queries, submission_checks
from grantflow.applications.declared import declared_in
from grantflow.applications.dossier_book import dossier_book
from grantflow.applications.models import Application, ApplicationStatus, Attachment, Submission
from grantflow.core.db import db
from grantflow.files import copying
from grantflow.files.models import StoredFile
from grantflow.files.storage import place_of, shelf
from grantflow.mail.models import Mail
from tests.applications import test_web_proposal as web
from tests.browsing import Browser
from tests.documents.test_volumes import a_written_pdf
from tests.factories.accounts import organization, person
from tests.factories.attachments import DOCUMENTS
from tests.factories.calls import published
from tests.files.builders import a_picture, an_office_file
from tests.files.failing import FailsAt

Browsers = Callable[[User | None], Browser]
OPEN = "2031-04-10T10:00:00+09:00"
RULES = a_written_pdf("article one", "article two")
FILES = (
    ("rules", RULES, "会則.pdf"),
    ("record", a_picture("JPEG"), "写真.jpg"),
    ("record", an_office_file(), "報告.docx"),
)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The call is open."""
    with time_machine.travel(OPEN, tick=False):
        yield


@pytest.fixture
def arranged(writing) -> tuple[User, User]:
    """An applicant whose organisation may apply, and the secretariat's officer, around a call that asks for files."""
    with writing():
        call = published(web.AUDIENCE, web.LIMITS, DOCUMENTS)
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        applicant = person("applicant@example.jp", name="野川")
        db.session.flush()
        organization("任意団体ほたる", applicant).legal_form = "任意団体"
    return applicant, officer


def handed_in(window: Browser, draft: Application) -> None:
    """Each file of the proposal is attached."""
    for document, content, name in FILES:
        data: dict[str, Any] = {"files": [(io.BytesIO(content), name)]}
        window.post(f"/applications/{draft.id}/documents/{document}/files", data)


@pytest.fixture
def draft(arranged, browser: Browsers) -> Application:
    """A draft with three files that lacks nothing."""
    window = browser(arranged[0])
    row = web.begun(window)
    web.written(window, row)
    handed_in(window, row)
    return row


@pytest.fixture
def one(arranged, browser: Browsers, draft: Application) -> Application:
    """It was submitted."""
    answer = browser(arranged[0]).post(f"/applications/{draft.id}/confirm")
    assert answer.status_code == 302, answer.text
    return web.only()


def received() -> list[Submission]:
    """Every version."""
    with db.transaction(write=False):
        return list(db.session.scalars(select(Submission).order_by(Submission.version)))


def lying(content: bytes):
    """Where the content lies."""
    return shelf.place.path(place_of(hashlib.sha256(content).hexdigest()))


def text_of(content: bytes) -> str:
    """All that a PDF says, without its line ends."""
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\n", "")


def test_every_file_stands_in_the_manifest_the_receipt_the_mail_and_the_record(
    arranged, browser: Browsers, one: Application
) -> None:
    window = browser(arranged[0])
    (row,) = received()
    page = window.text(f"/applications/{one.id}/receipt").replace(" ", "")
    paper = text_of(window.get(f"/applications/{one.id}/versions/1/receipt.pdf").get_data()).replace(" ", "")
    record = json.loads(window.get(f"/applications/{one.id}/versions/1/record.json").get_data())
    with db.transaction(write=False):
        mail = db.session.scalars(select(Mail).where(Mail.template == "applications.received")).first()
        assert mail is not None
        body = mail.body

    assert [key for key in row.manifest if "/" in key] == [
        "documents/01-rules",
        "documents/02-record",
        "documents/03-record",
    ]
    for key, (_document, content, name) in zip(sorted(record["files"]), FILES, strict=True):
        sha256 = hashlib.sha256(content).hexdigest()
        assert row.manifest[key] == record["sha256"][key] == sha256
        assert (record["files"][key]["name"], record["files"][key]["size"]) == (name, len(content))
        for told in (page, paper, body):
            assert sha256 in told
            assert name in told


def test_the_book_has_every_answer_and_every_file(arranged, browser: Browsers, one: Application) -> None:
    content = browser(arranged[0]).get(f"/applications/{one.id}/dossier.pdf").get_data()

    told, pages = text_of(content), PdfReader(io.BytesIO(content)).pages
    for part in web.WHOLE.values():
        for answer in part.values():
            for line in "\r\n".join([answer] if isinstance(answer, str) else answer).split("\r\n"):
                assert normalize("NFKC", line).strip().replace(",", "") in told.replace(",", ""), line
    assert "article one" in told
    assert "article two" in told
    for _document, file, name in FILES:
        assert name in told
        assert file is RULES or hashlib.sha256(file).hexdigest()[:8] in told
    for number, page in enumerate(pages, 1):
        foot = page.extract_text().replace("\n", "")
        assert f"{number} / {len(pages)}" in foot
        assert "KW-0001" in foot
        assert "第1版" in foot
        assert "10:00:00.000000" in foot
    again = browser(arranged[0]).get(f"/applications/{one.id}/dossier.pdf").get_data()
    assert again == content


def test_readers_get_the_copies_that_tell_nothing_of_their_author(
    arranged, browser: Browsers, one: Application
) -> None:
    url = f"/applications/{one.id}/dossier.pdf"
    with db.transaction(write=False):
        row = db.session.get_one(Application, one.id)
        before = dossier_book(row.call, queries.handed_in(row), contacts=False, for_readers=True)
    copying.copy_due()
    with db.transaction(write=False):
        row = db.session.get_one(Application, one.id)
        after = dossier_book(row.call, queries.handed_in(row), contacts=False, for_readers=True)
        originals = dossier_book(row.call, queries.handed_in(row), contacts=True, for_readers=False)

    assert before.enclosures[0].instead == "審査用の写しがまだないので、綴じていません。"
    assert [bool(each.instead) for each in after.enclosures] == [False, False, True]
    assert after.enclosures[0].sha256 != originals.enclosures[0].sha256
    assert browser(arranged[1]).get(url).status_code == 200


def test_the_confirm_page_names_every_file_and_leads_to_it(arranged, browser: Browsers, draft: Application) -> None:
    window = browser(arranged[0])

    page = window.text(f"/applications/{draft.id}/confirm")

    for _document, _content, name in FILES:
        assert name in page
    with db.transaction(write=False):
        ids = [row.file_id for row in queries.attachments(db.session.get_one(Application, draft.id))]
    assert all(f"/applications/{draft.id}/files/{each}" in page for each in ids)
    assert [window.get(f"/applications/{draft.id}/files/{each}").get_data() for each in ids] == [
        content for _document, content, _name in FILES
    ]


@pytest.mark.parametrize("harm", ["changed", "cut", "gone"])
def test_a_file_that_is_not_what_was_handed_in_stops_the_submission(
    arranged, browser: Browsers, draft: Application, harm: str
) -> None:
    path = lying(RULES)
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(RULES[:-1] if harm == "cut" else RULES[:-1] + b"!")
    window = browser(arranged[0])
    answer = window.post(f"/applications/{draft.id}/confirm")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(RULES)
    again = window.post(f"/applications/{draft.id}/confirm")

    assert answer.status_code == 422
    assert "預かった「会則.pdf」が、出したときの内容と違います。" in answer.text
    assert "写真.jpg」が" not in answer.text
    assert again.status_code == 302
    assert [row.version for row in received()] == [1]


def test_a_receipt_is_given_again_whatever_became_of_a_file(arranged, browser: Browsers, draft: Application) -> None:
    window, key = browser(arranged[0]), "a" * 32
    first = window.post(f"/applications/{draft.id}/confirm", {"key": key})
    lying(RULES).unlink()
    second = window.post(f"/applications/{draft.id}/confirm", {"key": key})

    assert (first.location, second.location) == (f"/applications/{draft.id}/receipt",) * 2
    assert len(received()) == 1


def test_a_file_that_came_while_the_others_were_read_is_not_received_unread(
    arranged, browser: Browsers, draft: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = browser(arranged[0])
    holds = shelf.holds

    def slowly(sha256: str, size: int) -> bool:
        monkeypatch.setattr(shelf, "holds", holds)
        data = {"files": [(io.BytesIO(a_written_pdf("later")), "あとから.pdf")]}
        browser(arranged[0]).post(f"/applications/{draft.id}/documents/rules/files", data)
        return holds(sha256, size)

    monkeypatch.setattr(shelf, "holds", slowly)
    answer = window.post(f"/applications/{draft.id}/confirm")

    assert answer.status_code == 422
    assert "提出するファイルが変わりました。" in answer.text
    assert received() == []


def whole() -> bool:
    """Whether all that was received is what its manifest says."""
    with db.transaction(write=False):
        return submission_checks.check().holds


def test_storage_that_fails_at_any_call_lets_nothing_half_be_received(
    arranged, browser: Browsers, draft: Application
) -> None:
    window, place = browser(arranged[0]), shelf.place
    counting = FailsAt(place, 0)
    calls, outcomes = None, []
    for nth in range(1, 100):
        counting = FailsAt(place, nth)
        shelf.use(counting)
        answer = window.post(f"/applications/{draft.id}/confirm")
        shelf.use(place)
        with db.transaction(write=False):
            row = db.session.get_one(Application, draft.id)
            is_in = row.status is ApplicationStatus.SUBMITTED
        assert (answer.status_code, is_in) in {(302, True), (422, False)}
        assert len(received()) == is_in
        assert whole()
        outcomes.append(is_in)
        if is_in:
            calls = nth
            break

    assert calls is not None
    assert outcomes == [False] * len(FILES) + [True]


@pytest.mark.parametrize("onwards", [False, True])
def test_storage_that_fails_at_any_call_from_the_first_file_on(arranged, browser: Browsers, onwards: bool) -> None:
    window, place = browser(arranged[0]), shelf.place
    submitted, nth = [], 0
    while True:
        nth += 1
        draft = web.only() if nth > 1 else web.begun(window)
        if nth == 1:
            web.written(window, draft)
        with db.transaction(write=False):
            before = db.session.get_one(Application, draft.id).status
        failing = FailsAt(place, nth, onwards=onwards)
        shelf.use(failing)
        try:
            with suppress(OSError):
                handed_in(window, draft)
            answer = window.post(f"/applications/{draft.id}/confirm")
        finally:
            shelf.use(place)
        rows = received()
        assert whole()
        if before is ApplicationStatus.DRAFT and answer.status_code == 302:
            named = {one.name for one in declared_in(rows[0].contents)}
            submitted.append(nth)
            assert "会則.pdf" in named
        if failing.calls < nth:
            break
        started_again(draft)

    assert nth > 10


def started_again(draft: Application) -> None:
    """The draft is as it was before a file was handed in and before it was submitted."""
    with db.engine.begin() as connection:
        connection.execute(delete(Submission))
        connection.execute(delete(Attachment))
        connection.execute(delete(StoredFile))
        connection.execute(update(Application).values(status="draft", number=None, received_at=None))
        connection.exec_driver_sql("DELETE FROM audit_events WHERE action = 'applications.receive'")
    for key in list(shelf.stored()):
        shelf.place.remove(key)
