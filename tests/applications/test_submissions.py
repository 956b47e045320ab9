"""A proposal is received exactly once, every version is kept as it was, and the receipt proves it."""

import hashlib
import io
import json
import os
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from grantflow.accounts.models import Role, User
from grantflow.applications import queries, submissions
from grantflow.applications.models import Application, LateAttempt, Submission
from grantflow.core.db import db
from grantflow.mail.models import Mail
from tests.applications import test_web_proposal as web
from tests.browsing import Browser
from tests.factories.accounts import person

Browsers = Callable[[User | None], Browser]
OPEN = "2031-04-10T10:00:00+09:00"
LATER = "2031-04-10T11:00:00.000250+09:00"
AFTER = "2031-04-30T17:00:00.000001+09:00"

#: How many keys are submitted, each how often at once; the numbers of the acceptance run are 100 and 20.
KEYS, TIMES = (int(number) for number in os.environ.get("GRANTFLOW_ONCE", "4x5").split("x"))

#: How many different proposals are submitted at one instant.
AT_ONCE = 6

arranged = web.arranged


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The call is open."""
    with time_machine.travel(OPEN, tick=False):
        yield


@pytest.fixture
def draft(arranged, browser: Browsers) -> Application:
    """A draft that lacks nothing."""
    window = browser(arranged[0])
    row = web.begun(window)
    web.written(window, row)
    return row


def received() -> list[Submission]:
    """Every version, the first one first."""
    with db.transaction(write=False):
        return list(db.session.scalars(select(Submission).order_by(Submission.version)))


def key_of(page: str) -> str:
    """The key that the page was given."""
    found = re.search(r'name="key" type="hidden" value="([0-9a-f]{32})"', page)
    assert found
    return found[1]


def test_a_second_click_is_the_same_receipt(arranged, browser: Browsers, draft: Application) -> None:
    window, url = browser(arranged[0]), f"/applications/{draft.id}/confirm"
    key = key_of(window.text(url))

    answers = [window.post(url, {"key": key}) for _ in range(2)]

    assert [answer.location for answer in answers] == [f"/applications/{draft.id}/receipt"] * 2
    assert [(row.version, row.number, row.key) for row in received()] == [(1, "KW-0001", key)]
    assert web.actions(draft).count("applications.submit") == 1


def test_an_answer_that_got_lost_is_asked_for_again_after_the_deadline(
    arranged, browser: Browsers, draft: Application
) -> None:
    url = f"/applications/{draft.id}/confirm"
    browser(arranged[0]).post(url, {"key": "a" * 32})
    with time_machine.travel(AFTER, tick=False):
        again = browser(arranged[0]).post(url, {"key": "a" * 32})
        other = browser(arranged[0]).post(url, {"key": "b" * 32})

    with db.transaction(write=False):
        late = db.session.scalars(select(LateAttempt.act)).all()
    assert (again.status_code, again.location) == (302, f"/applications/{draft.id}/receipt")
    assert (other.status_code, late) == (422, ["applications.confirm"])
    assert [row.version for row in received()] == [1]


def test_two_tabs_that_say_the_same_are_one_version(arranged, browser: Browsers, draft: Application) -> None:
    window, url = browser(arranged[0]), f"/applications/{draft.id}/confirm"
    keys = [key_of(window.text(url)) for _ in range(2)]

    answers = [window.post(url, {"key": key}).status_code for key in keys]

    assert answers == [302, 302]
    assert [row.key for row in received()] == keys[:1]


def test_what_replaces_it_is_a_version_of_its_own_and_the_first_stays(
    arranged, browser: Browsers, draft: Application
) -> None:
    window, officer = browser(arranged[0]), browser(arranged[1])
    window.post(f"/applications/{draft.id}/confirm")
    with time_machine.travel(LATER, tick=False):
        web.saved(window, draft, "plan", title="川辺の食卓")
        window.post(f"/applications/{draft.id}/confirm")

    rows = received()
    told = officer.text(f"/applications/{draft.id}/versions/2/changes/1")
    assert [(row.version, row.number, row.received_at.isoformat()) for row in rows] == [
        (1, "KW-0001", OPEN),
        (2, "KW-0001", LATER),
    ]
    assert [row.contents["plan"]["title"] for row in rows] == ["川辺の茶の間", "川辺の食卓"]
    assert [row.manifest for row in rows] == [submissions.manifest_of(row.contents) for row in rows]
    assert {part for part in rows[0].manifest if rows[0].manifest[part] != rows[1].manifest[part]} == {"plan"}
    assert "川辺の茶の間" in officer.text(f"/applications/{draft.id}/versions/1")
    assert "川辺の茶の間" in told
    assert "川辺の食卓" in told
    assert "1か所が違います" in told


def test_nobody_else_reads_a_version(arranged, browser: Browsers, draft: Application) -> None:
    browser(arranged[0]).post(f"/applications/{draft.id}/confirm")
    with db.transaction(write=True):
        stranger = person("stranger@example.jp", Role.APPLICANT)

    for path in ("", "/1", "/1/receipt.pdf", "/1/record.json"):
        assert browser(stranger).get(f"/applications/{draft.id}/versions{path}").status_code == 403
    assert browser(arranged[0]).get(f"/applications/{draft.id}/versions/2").status_code == 404


def test_the_record_and_the_paper_say_the_same_hashes(arranged, browser: Browsers, draft: Application) -> None:
    window = browser(arranged[0])
    window.post(f"/applications/{draft.id}/confirm")

    record = json.loads(window.get(f"/applications/{draft.id}/versions/1/record.json").data)
    pdf = window.get(f"/applications/{draft.id}/versions/1/receipt.pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.data)).pages)

    own = {part: hashlib.sha256(words.encode()).hexdigest() for part, words in record["parts"].items()}
    lines = "".join(f"{own[part]}  {part}\n" for part in sorted(own))
    assert own == record["sha256"]
    assert hashlib.sha256(lines.encode()).hexdigest() == record["whole"]
    assert "KW-0001" in text
    assert "10:00:00.000000" in text
    for digest in (*own.values(), record["whole"]):
        assert digest in re.sub(r"\s", "", text)


def test_what_was_changed_behind_its_back_is_told(arranged, browser: Browsers, draft: Application) -> None:
    window = browser(arranged[0])
    window.post(f"/applications/{draft.id}/confirm")
    before = window.text(f"/applications/{draft.id}/versions/1")
    changed = {**received()[0].contents, "amount": {"requested_yen": 2_000_000}}
    with db.engine.begin() as connection:
        connection.execute(Submission.__table__.update().values(contents=changed))

    after = window.text(f"/applications/{draft.id}/versions/1")

    assert "受け付けたときの指紋と同じです。" in before
    assert "受け付けたときの指紋と違います。" in after


def test_the_receipt_is_mailed_to_each_address_once(arranged, browser: Browsers, draft: Application) -> None:
    browser(arranged[0]).post(f"/applications/{draft.id}/confirm", {"key": "c" * 32})
    browser(arranged[0]).post(f"/applications/{draft.id}/confirm", {"key": "c" * 32})

    with db.transaction(write=False):
        rows = db.session.scalars(select(Mail).where(Mail.template == "applications.received")).all()
    (version,) = received()
    assert sorted(row.recipient for row in rows) == ["applicant@example.jp", "nogawa@example.jp"]
    assert rows[0].subject == "応募を受け付けました（受付番号 KW-0001）"
    assert submissions.seal_of(version) in rows[0].body
    assert "令和13年4月10日（木）10:00:00.000000（日本時間）" in rows[0].body


def test_many_at_once_are_one_submission_each(app: Flask, draft: Application, arranged) -> None:
    windows = [Browser(app, arranged[0]) for _ in range(TIMES)]
    drafts = [draft, *(another(windows[0]) for _ in range(KEYS - 1))]

    def submit(task: tuple[int, Application]) -> tuple[str, int, str | None]:
        place, one = task
        answer = windows[place].post(f"/applications/{one.id}/confirm", {"key": one.id.hex})
        return one.id.hex, answer.status_code, answer.location

    with ThreadPoolExecutor(TIMES) as workers:
        answers = list(workers.map(submit, [(place, one) for one in drafts for place in range(TIMES)]))

    rows = received()
    assert set(answers) == {(one.id.hex, 302, f"/applications/{one.id}/receipt") for one in drafts}
    assert sorted((row.application_id, row.version) for row in rows) == sorted((one.id, 1) for one in drafts)
    assert sorted(row.number for row in rows) == [f"KW-{place:04}" for place in range(1, KEYS + 1)]


def test_different_proposals_of_a_call_at_one_instant_are_all_received(
    app: Flask, draft: Application, arranged
) -> None:
    drafts = [draft, *(another(Browser(app, arranged[0])) for _ in range(AT_ONCE - 1))]
    with db.engine.begin() as connection:
        # What the lists show is behind what was written: each submission writes its proposal twice, and PostgreSQL
        # then holds the call for it, which all of them need for their numbers
        connection.execute(Application.__table__.update().values(title="", search_text=""))
    together = threading.Barrier(AT_ONCE, timeout=60)

    def submit(one: Application) -> tuple[int, str | None]:
        window = Browser(app, arranged[0])
        together.wait()
        answer = window.post(f"/applications/{one.id}/confirm", {"key": one.id.hex})
        return answer.status_code, answer.location

    with ThreadPoolExecutor(AT_ONCE) as workers:
        answers = list(workers.map(submit, drafts))

    rows = received()
    assert answers == [(302, f"/applications/{one.id}/receipt") for one in drafts]
    assert sorted(row.application_id for row in rows) == sorted(one.id for one in drafts)
    assert sorted(row.number for row in rows) == [f"KW-{place:04}" for place in range(1, AT_ONCE + 1)]


def another(window: Browser) -> Application:
    """One more draft of the group that lacks nothing."""
    with db.transaction(write=False):
        group = db.session.scalars(select(Application.organization_id)).first()
    url = window.post("/calls/river-2031/apply", {"organization": str(group), "tier": "wide"}).location
    for part, typed in web.WHOLE.items():
        window.post(url.replace("/group", f"/{part}"), {"version": "0", **typed})
    with db.transaction(write=False):
        return db.session.get_one(Application, uuid.UUID(url.split("/")[2]))


def test_submitting_reads_the_proposal_once_for_the_rule_and_once_for_the_version(
    arranged, browser: Browsers, draft: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, times = queries.dossier, []
    monkeypatch.setattr(queries, "dossier", lambda application: times.append(1) or read(application))

    answer = browser(arranged[0]).post(f"/applications/{draft.id}/confirm")

    # One more looks for files before the transaction
    assert (answer.status_code, len(times)) == (302, 3)
