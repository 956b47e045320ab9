"""Files are handed in with a proposal: at once, each by itself, within limits, until the deadline, and for whom."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grantflow.accounts import operations as accounts
from grantflow.accounts.models import MemberRole, Role, User
from grantflow.applications import attaching, completeness, dossier_archive, queries, submissions
from grantflow.applications.attachment_files import file_for
from grantflow.applications.models import Application, Attachment, LateAttempt
from grantflow.applications.outline import Part, parts
from grantflow.audit.queries import history
from grantflow.calls import queries as calls
from grantflow.calls.definition import BadDefinition, parse
from grantflow.calls.models import Call
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.files import copying, operations, scanning
from grantflow.files import queries as files
from grantflow.files.kinds import Kind
from grantflow.files.limits import MEGABYTE, Limits
from grantflow.files.models import StoredFile
from grantflow.files.storage import shelf
from tests.applications import test_dossier_papers as papers
from tests.applications import test_web_proposal as web
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.applications import begun, received, row
from tests.factories.attachments import DOCUMENTS, attached, pdf, put_in
from tests.factories.calls import published, small_definition
from tests.factories.review import conflict, given
from tests.files.builders import EICAR, a_picture, with_exif
from tests.files.clamd import Clamd, running
from tests.files.clamd import clamd as clamd
from tests.files.corpus import CASES

Writing = Callable[[], AbstractContextManager[Session]]
Browsers = Callable[[User | None], Browser]
People = dict[str, User]

OPEN = "2031-04-10T10:00:00+09:00"
AFTER = "2031-04-30T17:00:00.000001+09:00"
SCRIPT = {"X-Requested-With": "fetch", "Accept": "application/json"}


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    """The call is open."""
    with time_machine.travel(OPEN, tick=False) as moved:
        yield moved


@pytest.fixture
def arranged(writing: Writing) -> tuple[Application, People]:
    """A draft, those of its group, somebody else, and the secretariat."""
    with writing():
        call = published(web.AUDIENCE, web.LIMITS, DOCUMENTS)
        people = {who: person(f"{who}@example.jp") for who in ("writer", "reader", "stranger")}
        people["secretariat"] = person("secretariat@example.jp", Role.SECRETARIAT, call)
        db.session.flush()
        group = organization("任意団体ほたる", people["writer"])
        group.legal_form = "任意団体"
        accounts.join(people["reader"], group, by=OPERATOR, role=MemberRole.READER)
        organization("任意団体たにし", people["stranger"])
        draft = begun(call, group, people["writer"])
    return draft, people


def sent(
    window: Browser, draft: Application, *these: tuple[bytes, str], to: str = "rules", **more: Any
) -> TestResponse:
    """The answer to a request with these files."""
    data = {"files": [(BytesIO(content), name) for content, name in these]}
    answer = window.post(f"/applications/{draft.id}/documents/{to}/files", data, **more)
    answer.request.environ["wsgi.input"].close()
    return answer


def there(draft: Application) -> list[tuple[str, str]]:
    """What is there: the key of the document and the name of the file."""
    with db.transaction(write=False):
        rows = queries.attachments(db.session.get_one(Application, draft.id))
        return [(each.document, each.file.name) for each in rows]


def first(draft: Application) -> Attachment:
    """The first file of the proposal."""
    with db.transaction(write=False):
        found = queries.attachments(db.session.get_one(Application, draft.id))[0]
        db.session.expunge_all()
        return found


def gaps(draft: Application) -> list[str]:
    """What the proposal lacks in its files."""
    with db.transaction(write=False):
        found = completeness.missing(queries.dossier(db.session.get_one(Application, draft.id)))
    return [gap.sentence for gap in found if gap.part is Part.DOCUMENTS]


def page_of(draft: Application) -> str:
    """The page of the files."""
    return f"/applications/{draft.id}/edit/documents"


def contents() -> set[str]:
    """The hash of every content that is stored."""
    return {key.rpartition("/")[2] for key in shelf.stored()}


def completed(window: Browser, draft: Application) -> None:
    """The proposal lacks nothing but its files."""
    web.written(window, draft)


# What a call asks


def test_the_part_of_the_files_stands_before_what_is_confirmed():
    says = parse(small_definition(DOCUMENTS))

    found = [asked.part for asked in parts(says, "wide")]

    assert found == [Part.GROUP, Part.PLAN, Part.AMOUNT, Part.DOCUMENTS, Part.CONFIRMATIONS]


def test_a_call_puts_the_files_where_it_lists_them():
    listed = "\n\n".join(f'[[section]]\nkey = "{key}"' for key in ("documents", "plan", "amount"))

    found = parts(parse(small_definition(DOCUMENTS, listed)), "wide")

    assert [asked.part for asked in found] == [Part.DOCUMENTS, Part.PLAN, Part.AMOUNT]


def test_a_tier_that_asks_for_no_file_has_no_part_for_them():
    says = parse(small_definition('[[document]]\nkey = "d"\nname = "定款"\ntiers = ["wide"]'))

    assert [Part.DOCUMENTS in {asked.part for asked in parts(says, tier)} for tier in ("wide", "near")] == [True, False]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("files = 0", "document[1].files"),
        ("files = 21", "document[1].files"),
        ("valid_months = 0", "document[1].valid_months"),
        ("upload = false\nvalid_months = 3", "document[1].valid_months"),
        ('upload = "yes"', "document[1].upload"),
    ],
)
def test_what_a_call_may_not_ask_is_told_by_its_key(line, path):
    with pytest.raises(BadDefinition) as caught:
        parse(small_definition(f'[[document]]\nkey = "d"\nname = "定款"\n{line}'))

    assert [problem.path for problem in caught.value.problems] == [path]


# Handing in


def test_files_are_kept_at_once_and_shown(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window = browser(people["writer"])

    answer = sent(window, draft, (pdf(), "規約.pdf"), (a_picture(), "名簿.jpg"))

    assert answer.status_code == 302
    assert there(draft) == [("rules", "規約.pdf"), ("rules", "名簿.jpg")]
    shown = window.text(page_of(draft))
    assert "規約.pdf" in shown
    assert "いま預かっているのは2件" in shown
    assert gaps(draft) == []


def test_of_several_files_the_good_ones_stay_and_each_other_is_named(arranged, browser: Browsers) -> None:
    draft, people = arranged

    answer = sent(browser(people["writer"]), draft, (b"", "空.pdf"), (pdf(), "規約.pdf"), (b"MZ\x90", "表.exe"))

    assert answer.status_code == 422
    assert "「空.pdf」：ファイルが空（0バイト）です。" in answer.text
    assert "プログラムのファイルは受け取れません" in answer.text
    assert there(draft) == [("rules", "規約.pdf")]


def test_a_script_is_told_of_each_file(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window = browser(people["writer"])

    good = sent(window, draft, (pdf(), "計画.docx"), headers=SCRIPT)
    again = sent(window, draft, (pdf(), "同じ.pdf"), headers=SCRIPT)
    bad = sent(window, draft, (b"", "空.pdf"), headers=SCRIPT)

    assert (good.status_code, good.json["refused"], good.json["closed"]) == (200, [], False)
    assert good.json["told"] == [
        "「計画.pdf」を預かりました。 中身は PDF でした。名前を「計画.pdf」に変えて受け取ります。"
    ]
    assert again.json["told"] == ["「同じ.pdf」と同じファイルが、この書類にもうあります。重ねては預かりません。"]
    assert bad.status_code == 422
    assert there(draft) == [("rules", "計画.pdf")]


def test_the_same_file_may_stand_for_another_document(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window = browser(people["writer"])

    sent(window, draft, (pdf(), "一式.pdf"))
    sent(window, draft, (pdf(), "一式.pdf"), to="record")

    assert there(draft) == [("rules", "一式.pdf"), ("record", "一式.pdf")]


def test_nothing_chosen_is_told(arranged, browser: Browsers) -> None:
    draft, people = arranged

    answer = browser(people["writer"]).post(
        f"/applications/{draft.id}/documents/rules/files", {"files": (BytesIO(), "")}
    )

    assert answer.status_code == 422
    assert "ファイルが選ばれていません" in answer.text


@pytest.mark.parametrize("key", ["officers", "nothing", "rules/../record"])
def test_only_what_is_asked_for_is_taken(arranged, browser: Browsers, key: str) -> None:
    draft, people = arranged

    answer = sent(browser(people["writer"]), draft, (pdf(), "規約.pdf"), to=key)

    assert answer.status_code == 404
    assert there(draft) == []


def test_a_hostile_name_is_made_safe_and_leaves_no_header(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window = browser(people["writer"])

    sent(window, draft, (pdf(), "..\\..\\\u202e<b>規約.exe"))
    answer = window.get(f"/applications/{draft.id}/files/{first(draft).file_id}")

    assert there(draft) == [("rules", "_b_規約_exe.pdf")]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize("case", [case for case in CASES if not isinstance(case[3], Kind)], ids=lambda case: case[0])
def test_what_is_not_fit_is_refused_and_leaves_nothing(arranged, browser: Browsers, case) -> None:
    draft, people = arranged

    answer = sent(browser(people["writer"]), draft, (case[2](), case[1]), headers=SCRIPT)

    assert (answer.status_code, there(draft), contents()) == (422, [], set())
    assert case[3] in answer.json["refused"][0]


# Limits


def test_the_limits_are_those_that_are_enforced(arranged, browser: Browsers) -> None:
    draft, people = arranged
    shown = browser(people["writer"]).text(page_of(draft))

    for sentence in (*Limits().sentences(), "1回に送れるのは、合わせて20MBまで", "この書類は2件まで"):
        assert sentence in shown


def test_a_document_has_at_most_as_many_files_as_the_call_says(arranged, browser: Browsers) -> None:
    draft, people = arranged

    answer = sent(browser(people["writer"]), draft, *((pdf(each), f"{each}.pdf") for each in (1, 2, 3)))

    assert answer.status_code == 422
    assert "「定款または規約」は2件までです。" in answer.text
    assert there(draft) == [("rules", "1.pdf"), ("rules", "2.pdf")]
    assert len(contents()) == 2


def test_the_whole_proposal_has_a_quota(arranged, browser: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    sent(window, draft, (pdf(), "規約.pdf"))
    monkeypatch.setattr(attaching, "LIMITS", Limits(files=1))

    too_many = sent(window, draft, (pdf(2), "会報.pdf"), to="record", headers=SCRIPT)
    monkeypatch.setattr(attaching, "LIMITS", Limits(whole=len(pdf()) + 1))
    too_large = sent(window, draft, (pdf(2), "会報.pdf"), to="record", headers=SCRIPT)

    assert "ファイルは1件までです" in too_many.json["refused"][0]
    assert "ファイルは合わせて" in too_large.json["refused"][0]
    assert there(draft) == [("rules", "規約.pdf")]


def test_what_is_sent_at_once_is_limited_as_it_is_shown(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    half = pdf().ljust(10 * MEGABYTE)

    fits = sent(window, draft, (half, "一.pdf"), (pdf(2).ljust(10 * MEGABYTE), "二.pdf"))
    over = sent(
        window, draft, (half, "三.pdf"), (pdf(3).ljust(10 * MEGABYTE), "四.pdf"), (pdf(), "五.pdf"), to="record"
    )
    beyond = sent(window, draft, *((half, f"{each}.pdf") for each in range(3)), to="record")

    assert (fits.status_code, over.status_code, beyond.status_code) == (302, 422, 413)
    assert "1回に送れるのは、30件、合わせて20MBまでです。" in over.text
    assert "1回に送れるのは合わせて20MBまでです。前に保存したものは、そのまま残っています。" in beyond.text
    assert there(draft) == [("rules", "一.pdf"), ("rules", "二.pdf")]


# Taking away, and the day of issue


def test_a_file_that_is_taken_away_is_gone(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    sent(window, draft, (pdf(), "規約.pdf"))
    copying.copy_due()
    gone = first(draft)

    answer = window.post(f"/applications/{draft.id}/documents/files/{gone.id}/remove")

    assert answer.location == page_of(draft)
    assert (there(draft), contents(), gaps(draft)) == (
        [],
        set(),
        ["「定款または規約」がありません。ファイルを出してください。"],
    )
    assert window.get(f"/applications/{draft.id}/files/{gone.file_id}").status_code == 404


def test_content_that_another_proposal_has_as_well_stays(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    sent(window, draft, (pdf(), "規約.pdf"))
    sent(window, draft, (pdf(), "規約.pdf"), to="record")

    window.post(f"/applications/{draft.id}/documents/files/{first(draft).id}/remove")

    assert there(draft) == [("record", "規約.pdf")]
    assert len(contents()) == 1


def test_content_that_was_swept_meanwhile_is_asked_for_again(arranged, writing: Writing) -> None:
    draft, people = arranged
    taken = operations.take_in(pdf(), "規約.pdf")
    shelf.remove(taken.sha256)

    with writing(), pytest.raises(Refused, match="もう一度選んでください"):
        attaching.attach(
            db.session.merge(draft),
            "rules",
            taken,
            by=calls.actor(people["writer"]),
            at=dt.datetime.fromisoformat(OPEN),
        )


def test_a_paper_that_grows_old_needs_its_day_and_must_be_fresh(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    sent(window, draft, (pdf(), "規約.pdf"))
    sent(window, draft, (pdf(2), "登記.pdf"), to="register")
    url = f"/applications/{draft.id}/documents/files/{last(draft).id}/issued"
    assert gaps(draft) == ["「登記.pdf」の発行日が空です。書類に書かれている発行日を書いてください。"]

    answers = {}
    for typed in ("令和13年1月29日", "2031-01-30", "2031-04-11", "いつか"):
        answers[typed] = (window.post(url, {"issued_on": typed}).status_code, gaps(draft))

    assert answers == {
        "令和13年1月29日": (
            302,
            ["「登記.pdf」は古いものです。令和13年1月30日以後に発行されたものに替えてください。"],
        ),
        "2031-01-30": (302, []),
        "2031-04-11": (422, []),
        "いつか": (422, []),
    }


def last(draft: Application) -> Attachment:
    """The file that was attached last."""
    with db.transaction(write=False):
        found = max(queries.attachments(db.session.get_one(Application, draft.id)), key=lambda each: each.position)
        db.session.expunge_all()
        return found


# Until the deadline


@pytest.mark.parametrize("act", ["add", "remove", "issued"])
def test_what_comes_too_late_leaves_a_ticket_and_changes_nothing(
    arranged, browser: Browsers, now: time_machine.Traveller, act: str
) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    sent(window, draft, (pdf(), "規約.pdf"))
    row = first(draft)
    window.post(f"/applications/{draft.id}/documents/files/{row.id}/issued", {"issued_on": "2031-04-01"})
    now.move_to(AFTER)
    window = browser(people["writer"])

    if act == "add":
        answer = sent(window, draft, (pdf(2), "遅れた.pdf"), headers=SCRIPT)
    else:
        answer = window.post(f"/applications/{draft.id}/documents/files/{row.id}/{act}", {"issued_on": "2031-04-02"})

    with db.transaction(write=False):
        tickets = [ticket.act for ticket in db.session.scalars(select(LateAttempt))]
    assert answer.status_code in (409, 422)
    assert "控え番号は" in (answer.text if act != "add" else answer.json["refused"][0])
    assert tickets == [{"add": "attachments.add", "remove": "attachments.remove", "issued": "attachments.date"}[act]]
    assert there(draft) == [("rules", "規約.pdf")]
    assert len(contents()) == 1


def test_after_the_deadline_files_are_read_only_and_can_be_had(
    arranged, browser: Browsers, now: time_machine.Traveller
) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    sent(window, draft, (pdf(), "規約.pdf"))
    now.move_to(AFTER)
    window = browser(people["writer"])

    shown = window.text(page_of(draft))

    assert 'type="file"' not in shown
    assert "外す" not in shown
    assert window.get(f"/applications/{draft.id}/files/{first(draft).file_id}").data == pdf()


# Submitting


def test_a_proposal_is_submitted_with_its_files(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    completed(window, draft)
    refused = window.post(f"/applications/{draft.id}/confirm")
    sent(window, draft, (pdf(), "規約.pdf"))

    answer = window.post(f"/applications/{draft.id}/confirm")

    assert (refused.status_code, answer.status_code) == (422, 302)
    assert "「定款または規約」がありません。" in refused.text
    [file] = received_files(draft)
    assert file == {
        "document": "rules",
        "file": str(first(draft).file_id),
        "name": "規約.pdf",
        "sha256": first(draft).file.sha256,
        "size": len(pdf()),
        "media_type": "application/pdf",
        "issued_on": "",
    }


def received_files(draft: Application) -> list[dict[str, Any]]:
    """The files of the version that counts."""
    with db.transaction(write=False):
        row = submissions.last(db.session.get_one(Application, draft.id))
        return list(row.contents["documents"]["files"]) if row else []


@pytest.fixture
def submitted(arranged, browser: Browsers) -> tuple[Application, People]:
    """The proposal, submitted with one file."""
    draft, people = arranged
    window = browser(people["writer"])
    completed(window, draft)
    sent(window, draft, (pdf(), "規約.pdf"))
    assert window.post(f"/applications/{draft.id}/confirm").status_code == 302
    return draft, people


def test_what_is_changed_after_submitting_waits_until_it_is_submitted_again(submitted, browser: Browsers) -> None:
    draft, people = submitted
    window, office = browser(people["writer"]), browser(people["secretariat"])
    sent(window, draft, (pdf(2), "新しい.pdf"))
    old = first(draft)
    window.post(f"/applications/{draft.id}/documents/files/{old.id}/remove")

    assert there(draft) == [("rules", "新しい.pdf")]
    assert "まだ出し直していません" in window.text(page_of(draft))
    for reader in (window, office):
        shown = reader.text(f"/applications/{draft.id}")
        assert ("規約.pdf" in shown, "新しい.pdf" in shown) == (True, False)
    assert office.get(f"/applications/{draft.id}/files/{old.file_id}").data == pdf()
    assert office.get(f"/applications/{draft.id}/files/{first(draft).file_id}").status_code == 404

    window.post(f"/applications/{draft.id}/confirm")

    assert [each["name"] for each in received_files(draft)] == ["新しい.pdf"]
    assert "まだ出し直していません" not in window.text(page_of(draft))
    assert "新しい.pdf" in office.text(f"/applications/{draft.id}")
    assert office.get(f"/applications/{draft.id}/files/{old.file_id}").data == pdf()


def test_changes_that_were_never_submitted_are_told_of_after_the_deadline(
    submitted, browser: Browsers, now: time_machine.Traveller
) -> None:
    draft, people = submitted
    sent(browser(people["writer"]), draft, (pdf(2), "新しい.pdf"))
    now.move_to(AFTER)
    window = browser(people["writer"])

    assert "直した内容は、出し直されていません" in window.text(page_of(draft))


def test_a_needed_file_that_was_taken_away_keeps_the_proposal_from_being_submitted_again(
    submitted, browser: Browsers
) -> None:
    draft, people = submitted
    window = browser(people["writer"])
    window.post(f"/applications/{draft.id}/documents/files/{first(draft).id}/remove")

    answer = window.post(f"/applications/{draft.id}/confirm")

    assert answer.status_code == 422
    assert [each["name"] for each in received_files(draft)] == ["規約.pdf"]


# Who may


@pytest.mark.parametrize(
    ("who", "page", "had"),
    [("writer", 200, 200), ("reader", 403, 200), ("stranger", 403, 403), ("secretariat", 403, 403), (None, 302, 302)],
)
def test_a_draft_is_nobody_elses(arranged, browser: Browsers, who: str | None, page: int, had: int) -> None:
    draft, people = arranged
    sent(browser(people["writer"]), draft, (pdf(), "規約.pdf"))
    window, row = browser(people[who] if who else None), first(draft)

    statuses = [
        window.get(page_of(draft)).status_code,
        window.get(f"/applications/{draft.id}/files/{row.file_id}").status_code,
    ]

    assert statuses == [page, had]
    if who != "writer":
        assert sent(window, draft, (pdf(2), "他人.pdf")).status_code == 403
        assert window.post(f"/applications/{draft.id}/documents/files/{row.id}/remove").status_code == 403
    assert there(draft) == [("rules", "規約.pdf")]
    assert len(contents()) == 1


def test_a_member_who_left_gets_nothing(arranged, browser: Browsers, writing: Writing) -> None:
    draft, people = arranged
    sent(browser(people["writer"]), draft, (pdf(), "規約.pdf"))
    window, url = browser(people["reader"]), f"/applications/{draft.id}/files/{first(draft).file_id}"
    before = window.get(url).status_code
    with writing():
        left(people["reader"])

    assert (before, window.get(url).status_code) == (200, 403)


def left(user: User) -> None:
    """The person is in no group any more."""
    for membership in db.session.scalars(select(web.Membership).where(web.Membership.user_id == user.id)):
        db.session.delete(membership)
    accounts.trail.record("tests.left", user, by=OPERATOR)


def test_a_file_of_another_proposal_or_purpose_is_not_there(submitted, browser: Browsers, writing: Writing) -> None:
    draft, people = submitted
    with writing():
        foreign = operations.keep(b"x", "x.pdf", "application/pdf", "tests.sample", by=OPERATOR, belongs_to=draft.id)

    answer = browser(people["writer"]).get(f"/applications/{draft.id}/files/{foreign.id}")

    assert answer.status_code == 404


def test_that_the_office_had_a_file_is_remembered(submitted, browser: Browsers) -> None:
    draft, people = submitted
    url = f"/applications/{draft.id}/files/{first(draft).file_id}"

    browser(people["writer"]).get(url)
    browser(people["secretariat"]).get(url)

    with db.transaction(write=False):
        told = [(event.action, event.actor_name) for event in history(draft)]
    assert [each for each in told if each[0] == "attachments.hand_out"] == [
        ("attachments.hand_out", people["secretariat"].name)
    ]


# The committee


@pytest.fixture
def reviewed(writing: Writing) -> tuple[Application, User, Attachment]:
    """A proposal with a photograph, and a reviewer who reads it."""
    with writing():
        call = published(DOCUMENTS)
        user = person("reviewer@example.jp", Role.REVIEWER, call)
        db.session.flush()
        [application] = received(call, row(1))
        given(call, {("KW-0001", "reviewer@example.jp"): (5, 5)})
        attachment = put_in(application, a_picture(exif=with_exif()), "活動の写真.jpg", "record")
    return application, user, attachment


def test_a_reviewer_gets_the_copy_that_tells_nothing_of_its_author(reviewed, browser: Browsers) -> None:
    application, user, attachment = reviewed
    window, url = browser(user), f"/applications/{application.id}/files/{attachment.file_id}"
    early = window.get(url)
    copying.copy_due()

    answer = window.get(url)

    assert (early.status_code, answer.status_code) == (409, 200)
    assert "審査用の写しを作っています" in early.text
    with db.transaction(write=False):
        original = files.content(db.session.get_one(StoredFile, attachment.file_id))
    assert (b"MAKER" in original, b"MAKER" in answer.data) == (True, False)
    assert "活動の写真.jpg" in window.text(f"/applications/{application.id}")


def test_a_file_that_cannot_be_copied_is_not_handed_to_the_committee(reviewed, writing: Writing) -> None:
    application, user, attachment = reviewed
    with writing():
        operations.note_no_copy(db.session.get_one(StoredFile, attachment.file_id), "tests")

        with pytest.raises(Refused, match="写しを作れませんでした"):
            file_for(db.session.get_one(Application, application.id), attachment.file_id, calls.actor(user))


def test_a_reviewer_in_conflict_gets_nothing(reviewed, browser: Browsers, writing: Writing) -> None:
    application, user, attachment = reviewed
    copying.copy_due()
    with writing():
        conflict(db.session.get_one(Application, application.id), "reviewer@example.jp")

    answer = browser(user).get(f"/applications/{application.id}/files/{attachment.file_id}")

    assert answer.status_code == 403


# The scanner


def test_a_file_is_locked_until_it_was_scanned(arranged, browser: Browsers, clamd: Clamd) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    sent(window, draft, (pdf(), "規約.pdf"))
    url = f"/applications/{draft.id}/files/{first(draft).file_id}"
    locked, told = window.get(url), window.text(page_of(draft))

    scanning.scan_due()

    assert locked.status_code == 409
    assert "ウイルス検査を待っています。" in locked.text
    assert "ウイルス検査を待っています" in told
    assert window.get(url).data == pdf()
    assert "ウイルスは見つかりませんでした" in window.text(page_of(draft))


def test_a_scanner_that_is_down_keeps_nobody_from_submitting(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    completed(window, draft)
    with running() as clamd:
        clamd.close()
        sent(window, draft, (pdf(), "規約.pdf"))
        scanning.scan_due()

        answer = window.post(f"/applications/{draft.id}/confirm")

    assert answer.status_code == 302
    assert [each["name"] for each in received_files(draft)] == ["規約.pdf"]


def test_an_infected_file_must_be_replaced(arranged, browser: Browsers, clamd: Clamd) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    completed(window, draft)
    sent(window, draft, (pdf() + EICAR, "規約.pdf"))
    scanning.scan_due()

    answer = window.post(f"/applications/{draft.id}/confirm")

    assert answer.status_code == 422
    assert gaps(draft) == ["「規約.pdf」からウイルスが見つかりました。このファイルを外し、別のものを出してください。"]
    assert "ウイルスが見つかりました" in window.text(page_of(draft))


# Where else files stand


def test_the_task_list_tells_what_is_missing(arranged, browser: Browsers) -> None:
    draft, people = arranged
    window, url = browser(people["writer"]), f"/applications/{draft.id}/edit"
    before = re.sub(r"<[^>]+>|\s+", " ", window.text(url))
    sent(window, draft, (pdf(), "規約.pdf"))

    after = re.sub(r"<[^>]+>|\s+", " ", window.text(url))

    assert re.search(r"提出書類\s+未着手", before)
    assert re.search(r"提出書類\s+完了", after)


def test_a_version_that_was_received_shows_its_files(submitted, browser: Browsers) -> None:
    draft, people = submitted

    shown = browser(people["reader"]).text(f"/applications/{draft.id}/versions/1")

    assert f'href="/applications/{draft.id}/files/{first(draft).file_id}"' in shown


def test_a_file_for_a_tier_that_asks_for_it_no_more_stays_until_it_is_taken_away(
    arranged, browser: Browsers, writing: Writing
) -> None:
    draft, people = arranged
    with writing():
        row = attached(db.session.merge(draft), calls.actor(people["writer"]))
        row.document = "older"
        attaching.trail.record("tests.moved", draft, by=OPERATOR)
    window = browser(people["writer"])

    shown = window.text(page_of(draft))

    assert "いまの枠では求めていない書類" in shown
    assert window.post(f"/applications/{draft.id}/documents/files/{first(draft).id}/remove").status_code == 302
    assert there(draft) == []


def test_no_event_tells_of_a_person(arranged, browser: Browsers) -> None:
    draft, people = arranged
    sent(browser(people["writer"]), draft, (pdf(), "早瀬みのりの戸籍.pdf"))

    with db.transaction(write=False):
        events = [event for event in history(draft) if event.action == "attachments.add"]

    assert [sorted(event.details) for event in events] == [["document", "file", "sha256", "size"]]


def test_the_archive_of_all_proposals_has_the_originals_in_a_folder(reviewed, writing: Writing) -> None:
    application, _user, attachment = reviewed
    with writing():
        call = db.session.get_one(Call, application.call_id)
        office = person("office@example.jp", Role.SECRETARIAT, call)
        put_in(db.session.get_one(Application, application.id), pdf(), "会報.pdf", "record")
        db.session.flush()
        job = dossier_archive.ask(call, by=calls.actor(office))

    found = papers.entries(papers.done(job))

    with db.transaction(write=False):
        photo = files.content(db.session.get_one(StoredFile, attachment.file_id))
    folder = "KW-0001_任意団体ほたる1"
    assert {name: content for name, content in found.items() if "/" in name} == {
        f"{folder}/01-活動の写真.jpg": photo,
        f"{folder}/02-会報.pdf": pdf(),
    }


def test_a_file_that_is_locked_leaves_a_word_in_the_archive(reviewed, writing: Writing, clamd: Clamd) -> None:
    application, _user, _attachment = reviewed
    with writing():
        call = db.session.get_one(Call, application.call_id)
        office = person("office@example.jp", Role.SECRETARIAT, call)
        db.session.flush()
        job = dossier_archive.ask(call, by=calls.actor(office))

    found = papers.entries(papers.done(job))

    told = found["KW-0001_任意団体ほたる1/01-活動の写真.jpg.txt"].decode()
    assert "ウイルス検査を待っています" in told
