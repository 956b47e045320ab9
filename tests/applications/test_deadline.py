"""The deadline: one clock, to the microsecond, in whatever zone the process runs; what comes after it is a ticket."""

import datetime as dt
import io
import os
import time
from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask, g
from sqlalchemy import select

from grantflow.accounts.models import User
from grantflow.applications.models import Application, ApplicationStatus, LateAttempt
from grantflow.audit import trail
from grantflow.audit.queries import history
from grantflow.calls.models import Call
from grantflow.core.db import db
from tests.applications import test_web_proposal as web
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR

Browsers = Callable[[User | None], Browser]
OPEN = "2031-04-10T10:00:00+09:00"
CLOSES = "2031-04-30T17:00:00+09:00"
AFTER = "2031-04-30T17:00:00.000001+09:00"
MICROSECOND = dt.timedelta(microseconds=1)
SECOND = dt.timedelta(seconds=1)

#: Where a call opens and closes, an instant, and whether it is in time: the small call's, one that ends with the
#: Japanese year, one that ends on a leap day, one whose end lies in the hour that New York has twice.
WINDOWS = {
    "small": ("2031-04-01T09:00:00+09:00", CLOSES),
    "year": ("2031-12-01T00:00:00+09:00", "2031-12-31T23:59:59.999999+09:00"),
    "leap": ("2032-02-01T00:00:00+09:00", "2032-02-29T00:00:00+09:00"),
    "twice": ("2031-10-01T00:00:00+09:00", "2031-11-02T15:30:00+09:00"),
}
CASES = [
    (window, edge, step, window_is_open)
    for window in WINDOWS
    for edge, step, window_is_open in (
        ("opens", -MICROSECOND, False),
        ("opens", dt.timedelta(0), True),
        ("closes", dt.timedelta(0), True),
        ("closes", MICROSECOND, False),
    )
]
ZONES = ("UTC", "Asia/Tokyo", "America/New_York")

arranged = web.arranged


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The zone in which the process believes to run."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    os.environ.pop("TZ", None)
    time.tzset()


@pytest.fixture
def now() -> Iterator[None]:
    """The small call is open."""
    with time_machine.travel(OPEN, tick=False):
        yield


def test_there_are_sixteen_boundaries() -> None:
    assert len(CASES) == 16


def test_sixteen_boundaries_agree_in_every_zone(arranged, zone: str) -> None:
    found = {}
    for window, edge, step, _open in CASES:
        opens, closes = map(dt.datetime.fromisoformat, WINDOWS[window])
        with db.transaction(write=True) as session:
            call = session.scalars(select(Call)).one()
            call.opens_at, call.closes_at = opens, closes
            trail.record("calls.revise", call, by=OPERATOR)
        at = {"opens": opens, "closes": closes}[edge] + step
        with db.transaction(write=False) as session:
            stored = session.scalars(select(Call)).one()
            found[window, edge, step] = stored.is_open(at.astimezone(dt.UTC))

    assert found == {(window, edge, step): is_open for window, edge, step, is_open in CASES}


@pytest.mark.parametrize(("at", "status"), [(CLOSES, ApplicationStatus.SUBMITTED), (AFTER, ApplicationStatus.DRAFT)])
def test_the_last_microsecond_counts_in_every_zone(
    arranged, browser: Browsers, zone: str, now: None, at: str, status: ApplicationStatus
) -> None:
    window = browser(arranged[0])
    draft = web.begun(window)
    web.written(window, draft)
    with time_machine.travel(at, tick=False):
        browser(arranged[0]).post(f"/applications/{draft.id}/confirm")

    assert web.only().status is status


def tickets() -> list[LateAttempt]:
    """What came too late, in its order."""
    with db.transaction(write=False):
        return list(db.session.scalars(select(LateAttempt).order_by(LateAttempt.received_at)))


def test_a_late_attempt_leaves_a_ticket_and_nothing_that_was_sent(arranged, browser: Browsers, now: None) -> None:
    window = browser(arranged[0])
    draft = web.begun(window)
    with time_machine.travel(AFTER, tick=False):
        late = browser(arranged[0])
        answer = web.saved(late, draft, "plan", title="遅れた題")
        page = browser(arranged[1]).text("/calls/river-2031/late")

    (row,) = tickets()
    assert answer.status_code == 422
    assert f"控え番号は{row.ticket}です。" in answer.text
    assert (row.act, row.received_at.isoformat(), row.user_name, row.application_id) == (
        "dossier.section",
        AFTER,
        "野川",
        draft.id,
    )
    assert row.size > 100
    assert web.actions(draft)[0] == "applications.late"
    assert row.ticket in page
    assert "令和13年4月30日（水）17:00:00.000001" in page
    assert "遅れた題" not in page


def test_a_ticket_says_how_long_the_web_server_had_it(arranged, browser: Browsers, now: None) -> None:
    draft = web.begun(browser(arranged[0]))
    with time_machine.travel(AFTER, tick=False):
        at = dt.datetime.fromisoformat(AFTER).timestamp() - 1.25
        window = browser(arranged[0])
        window.client.post(f"/applications/{draft.id}/confirm", headers={"X-Request-Start": f"t={at:.3f}"})
        window.client.post(f"/applications/{draft.id}/confirm")
        page = browser(arranged[1]).text("/calls/river-2031/late")

    assert sorted(row.queued_ms or 0 for row in tickets()) == [0, 1250]
    assert "そのうちWebサーバーで待った時間：1,250ミリ秒" in page


def test_a_draft_that_lacks_something_is_refused_as_late(arranged, browser: Browsers, now: None) -> None:
    draft = web.begun(browser(arranged[0]))
    with time_machine.travel(AFTER, tick=False):
        answer = browser(arranged[0]).post(f"/applications/{draft.id}/confirm")

    assert "受け付けられません。" in answer.text
    assert [row.act for row in tickets()] == ["applications.confirm"]


def test_what_sends_by_itself_leaves_one_ticket(arranged, browser: Browsers, now: None) -> None:
    draft = web.begun(browser(arranged[0]))
    with time_machine.travel(AFTER, tick=False):
        window = browser(arranged[0])
        typed = {"version": "0", **web.WHOLE["plan"]}
        told = [window.post(f"/applications/{draft.id}/edit/plan/autosave", typed) for _ in range(3)]

    (row,) = tickets()
    assert [answer.status_code for answer in told] == [422] * 3
    assert all(row.ticket in answer.json["told"] for answer in told)


def test_who_begins_too_late_leaves_a_ticket_of_the_call(arranged, browser: Browsers) -> None:
    with time_machine.travel(AFTER, tick=False):
        answer = browser(arranged[0]).post("/calls/river-2031/apply/group", web.NEW)

    (row,) = tickets()
    with db.transaction(write=False):
        (latest, *_rest) = history(db.session.scalars(select(Call)).one())
        assert db.session.scalars(select(Application)).all() == []
    assert answer.status_code == 422
    assert (row.application_id, row.organization_name, row.act) == (
        None,
        "任意団体ほたる",
        "applications.start_with_group",
    )
    assert latest.action == "calls.late"


def test_the_office_finds_it_on_its_desk(arranged, browser: Browsers, now: None) -> None:
    draft = web.begun(browser(arranged[0]))
    with time_machine.travel(AFTER, tick=False):
        officer = browser(arranged[1])
        before = officer.text("/desk")
        browser(arranged[0]).post(f"/applications/{draft.id}/confirm")
        after = officer.text("/desk")

    assert "締切の後に届いたものを確かめる" not in before
    assert "締切の後に届いたものを確かめる" in after
    assert "1件を断りました。" in after


class Slow(io.BytesIO):
    """A body whose second half comes after `wait`."""

    def __init__(self, content: bytes, wait: Callable[[], None]) -> None:
        super().__init__(content)
        self.half, self.wait = len(content) // 2, wait

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() < self.half:
            return super().read(self.half if size is None or size < 0 else min(size, self.half))
        self.wait()
        return super().read(size)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


@pytest.mark.parametrize("kind", ["form", "file", "other"])
def test_the_clock_is_read_when_the_whole_request_was_read(app: Flask, kind: str) -> None:
    """A body that takes its time is late, though its first byte was not."""
    bodies = {
        "form": (b"note=" + b"x" * 64, "application/x-www-form-urlencoded"),
        "file": (
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        "other": (b"{}" * 32, "application/json"),
    }
    content, media_type = bodies[kind]
    with time_machine.travel(CLOSES, tick=False) as traveller:
        body = Slow(content, lambda: traveller.move_to(dt.datetime.fromisoformat(AFTER), tick=False))
        with app.test_request_context(
            "/speak", method="POST", input_stream=body, content_length=len(content), content_type=media_type
        ):
            app.preprocess_request()
            read = g.received_at

    assert read.isoformat() == AFTER
