"""What is written after a proposal was submitted waits until it is handed in again; till then the version counts."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from sqlalchemy import select

from grantflow.accounts.models import User
from grantflow.applications import completeness, operations, queries, submissions
from grantflow.applications.models import Application, Submission
from grantflow.applications.outline import Part
from grantflow.core.db import db
from grantflow.mail.models import Mail
from tests.applications import test_web_proposal as web
from tests.browsing import Browser

Browsers = Callable[[User | None], Browser]
OPEN = "2031-04-10T10:00:00+09:00"
AFTER = "2031-04-30T17:00:01+09:00"

arranged = web.arranged


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The call is open."""
    with time_machine.travel(OPEN, tick=False):
        yield


@pytest.fixture
def one(arranged, browser: Browsers) -> Application:
    """A proposal that was submitted in time."""
    return web.submitted(arranged, browser)


def receipts() -> list[Mail]:
    """The receipts that were sent."""
    with db.transaction(write=False):
        return list(db.session.scalars(select(Mail).where(Mail.template == "applications.received")))


def versions() -> int:
    """How many versions were received."""
    with db.transaction(write=False):
        return len(list(db.session.scalars(select(Submission))))


def test_several_saves_are_one_version_and_one_receipt(arranged, browser: Browsers, one: Application) -> None:
    window, before = browser(arranged[0]), len(receipts())
    for part in web.WHOLE:
        web.saved(window, one, part)
    web.saved(window, one, "plan", title="川辺の食卓")
    web.saved(window, one, "amount", requested_yen="900,000")
    waiting = (versions(), len(receipts()))
    window.post(f"/applications/{one.id}/confirm")

    assert waiting == (1, before)
    assert versions() == 2
    assert len(receipts()) == 2 * before


def test_whoever_reads_sees_the_version_until_it_is_handed_in_again(
    arranged, browser: Browsers, one: Application
) -> None:
    window, officer = browser(arranged[0]), browser(arranged[1])
    web.saved(window, one, "plan", title="川辺の食卓")
    web.saved(window, one, "amount", requested_yen="900,000")
    paths = (f"/applications/{one.id}", "/calls/river-2031/applications", f"/applications/{one.id}/versions/1")
    before = [officer.text(path) for path in paths]
    own = window.text(f"/applications/{one.id}")
    window.post(f"/applications/{one.id}/confirm")
    after = [officer.text(path) for path in paths[:2]]

    assert [("川辺の茶の間" in text, "川辺の食卓" in text) for text in before] == [(True, False)] * 3
    assert [("川辺の茶の間" in text, "川辺の食卓" in text) for text in after] == [(False, True)] * 2
    assert "まだ出し直していません" in own
    assert "いま有効なのは第1版です。" in own
    assert "まだ出し直していません" not in before[0]
    assert "900,000" in after[0]


@pytest.mark.parametrize("path", ["", "/edit", "/edit/plan", "/confirm", "/receipt"])
def test_every_page_of_the_group_says_what_waits(arranged, browser: Browsers, one: Application, path: str) -> None:
    window = browser(arranged[0])
    before = window.text(f"/applications/{one.id}{path}")
    web.saved(window, one, "plan", title="川辺の食卓")
    waiting = window.text(f"/applications/{one.id}{path}")
    web.saved(window, one, "plan")
    back = window.text(f"/applications/{one.id}{path}")

    assert ["まだ出し直していません</" in text for text in (before, waiting, back)] == [False, True, False]


def test_the_confirm_page_shows_what_would_be_handed_in(arranged, browser: Browsers, one: Application) -> None:
    window = browser(arranged[0])
    web.saved(window, one, "plan", title="川辺の食卓")
    web.saved(window, one, "amount", requested_yen="900,000")

    page = window.text(f"/applications/{one.id}/confirm")

    assert "川辺の食卓" in page
    assert "900,000" in page
    assert "この内容で出し直す" in page
    assert "押印は要りません（押印省略）。" in page


def test_at_the_deadline_the_last_version_that_was_received_counts(
    arranged, browser: Browsers, one: Application
) -> None:
    window, officer = browser(arranged[0]), browser(arranged[1])
    web.saved(window, one, "plan", title="川辺の食卓")
    with time_machine.travel(AFTER, tick=False):
        window, officer = browser(arranged[0]), browser(arranged[1])
        refused = window.post(f"/applications/{one.id}/confirm")
        own, read = window.text(f"/applications/{one.id}"), officer.text(f"/applications/{one.id}")
        paper = window.get(f"/applications/{one.id}/dossier.pdf").get_data()

    assert refused.status_code == 422
    assert "直した内容は、出し直されていません" in own
    assert "審査するのは第1版です。" in own
    assert "川辺の食卓" not in read
    assert web.only().title == "川辺の茶の間"
    assert paper.startswith(b"%PDF")


def test_what_was_not_handed_in_is_laid_aside(arranged, browser: Browsers, one: Application) -> None:
    web.saved(browser(arranged[0]), one, "plan", title="川辺の食卓")
    with db.open(write=True):
        row = db.session.get_one(Application, one.id)
        waits = submissions.waiting(row)
        operations.lay_aside(row)
        title = queries.dossier(row).content(Part.PLAN)["title"]
        still = submissions.waiting(row)

    assert waits is not None
    assert title == "川辺の茶の間"
    assert still is None


def test_an_amount_that_waits_is_held_against_the_cap_when_it_is_handed_in(
    arranged, browser: Browsers, one: Application
) -> None:
    window = browser(arranged[0])
    web.saved(window, one, "amount", requested_yen="2,000,001")
    answer = window.post(f"/applications/{one.id}/confirm")

    assert answer.status_code == 422
    assert versions() == 1
    with db.transaction(write=False):
        row = db.session.get_one(Application, one.id)
        assert completeness.missing(queries.handed_in(row)) == ()
