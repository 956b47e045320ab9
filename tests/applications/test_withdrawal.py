"""A group takes its proposal back until the result is out, and puts away what it did not submit."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from sqlalchemy import select

from grantflow.accounts.models import MemberRole, Membership, User
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.calls.models import Call, CallStatus
from grantflow.core.db import db
from grantflow.mail.models import Mail
from tests.applications import test_web_proposal as web
from tests.browsing import Browser

Browsers = Callable[[User | None], Browser]
BEFORE, AFTER = "2031-04-20T10:00:00+09:00", "2031-05-20T10:00:00+09:00"
REASON = "会場を借りられなくなったため。"

arranged = web.arranged


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The call is open."""
    with time_machine.travel("2031-04-10T10:00:00+09:00", tick=False):
        yield


@pytest.fixture
def submitted(arranged, browser: Browsers) -> Application:
    """A proposal that was submitted in time."""
    return web.submitted(arranged, browser)


@pytest.mark.parametrize("at", [BEFORE, AFTER])
def test_the_representative_withdraws_with_a_reason(
    arranged, browser: Browsers, submitted: Application, at: str
) -> None:
    url = f"/applications/{submitted.id}"
    with time_machine.travel(at, tick=False):
        window = browser(arranged[0])
        offered = window.text(url)
        without = window.post(f"{url}/moves/withdraw", {"reason": ""})
        answer = window.post(f"{url}/moves/withdraw", {"reason": REASON})
        again = window.post(f"{url}/moves/withdraw", {"reason": REASON})

    found = web.only()
    with db.transaction(write=False):
        mails = db.session.scalars(select(Mail).where(Mail.template == "applications.withdrawn")).all()
    assert "この応募を取り下げる" in offered
    assert [without.status_code, answer.status_code, again.status_code] == [422, 302, 422]
    assert (found.status, found.number) == (ApplicationStatus.WITHDRAWN, "KW-0001")
    assert sorted(mail.recipient for mail in mails) == ["applicant@example.jp", "nogawa@example.jp"]
    assert all(REASON in mail.body for mail in mails)


def test_after_the_result_it_is_the_secretariat_that_withdraws(
    arranged, browser: Browsers, submitted: Application
) -> None:
    with db.engine.begin() as connection:
        connection.execute(Call.__table__.update().values(status=CallStatus.DECIDED))
    url = f"/applications/{submitted.id}"

    offered = browser(arranged[0]).text(url)
    refused = browser(arranged[0]).post(f"{url}/moves/withdraw", {"reason": REASON})
    before = web.only().status
    done = browser(arranged[1]).post(f"{url}/moves/withdraw", {"reason": REASON})

    assert "この応募を取り下げる" not in offered
    assert (refused.status_code, before) == (422, ApplicationStatus.SUBMITTED)
    assert "結果が公表されたので、画面からは取り下げられません。" in refused.text
    assert (done.status_code, web.only().status) == (302, ApplicationStatus.WITHDRAWN)


def test_who_only_writes_does_not_withdraw(arranged, browser: Browsers, submitted: Application) -> None:
    with db.engine.begin() as connection:
        connection.execute(Membership.__table__.update().values(role=MemberRole.EDITOR))

    answer = browser(arranged[0]).post(f"/applications/{submitted.id}/moves/withdraw", {"reason": REASON})

    assert answer.status_code == 403


def test_a_draft_is_put_away_and_stays_readable(arranged, browser: Browsers) -> None:
    window = browser(arranged[0])
    draft = web.begun(window)
    web.saved(window, draft, "plan")
    asked = window.text(f"/applications/{draft.id}/moves/put_away")
    answer = window.post(f"/applications/{draft.id}/moves/put_away", {"reason": ""})

    found = web.only()
    with db.transaction(write=False):
        mails = db.session.scalars(select(Mail)).all()
    assert "書いた内容は読めるまま残り、" in asked
    assert answer.status_code == 302
    assert (found.status, found.number) == (ApplicationStatus.WITHDRAWN, None)
    assert "川辺の茶の間" in window.text(f"/applications/{draft.id}")
    assert web.saved(window, draft, "plan", title="また書く").status_code == 422
    assert mails == []
    assert web.actions(draft)[0] == "applications.put_away"
