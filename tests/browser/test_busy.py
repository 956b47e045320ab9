"""Being turned away in a crowd, in a real browser, at both widths, and with nothing lost."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import expect

from config import Settings
from grantflow.applications import busy_views
from grantflow.applications.busy_tickets import tickets
from grantflow.core import clock
from grantflow.core.admission import Admission
from grantflow.core.db import db
from tests.applications import test_web_proposal as web
from tests.browser.conftest import Visit, answered, press
from tests.browser.test_accessible import checked_at_both_widths
from tests.browsing import Browser
from tests.factories.accounts import organization, person
from tests.factories.calls import published

NOBODY = {"at_once": 0, "urgent": 0, "others": 0}


@pytest.fixture(autouse=True)
def folder(settings: Settings) -> Iterator[None]:
    """Tickets are kept in the data folder, and forgotten."""
    tickets.use(settings.tickets)
    yield
    shutil.rmtree(settings.tickets, ignore_errors=True)


@pytest.mark.browser
def test_a_crowd_is_told_of_and_what_was_sent_is_sent_again(
    app: Flask, visit: Visit, writing: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing():
        closes_at = clock.now() + dt.timedelta(days=1)
        published(web.AUDIENCE, web.LIMITS, opens_at="2020-04-01T09:00:00+09:00", closes_at=closes_at.isoformat())
        applicant = person("applicant@example.jp", name="野川")
        db.session.flush()
        organization("任意団体ほたる", applicant).legal_form = "任意団体"
    window = Browser(app, applicant)
    draft = web.begun(window)
    web.written(window, draft)
    page = visit(applicant, 375)

    page.goto(f"/applications/{draft.id}/edit/plan")
    page.get_by_label("事業名").fill("混雑の日の題")
    monkeypatch.setattr(busy_views, "admission", Admission(**NOBODY))
    with answered(page, 503):
        press(page.get_by_role("button", name="保存して次へ"))
    expect(page.get_by_role("heading", name="混み合っていて、まだ保存していません")).to_be_visible()
    checked_at_both_widths(page)
    monkeypatch.setattr(busy_views, "admission", Admission())
    press(page.get_by_role("button", name="もう一度送る"))

    monkeypatch.setattr(busy_views, "admission", Admission(**NOBODY))
    with answered(page, 503):
        page.goto(f"/applications/{draft.id}/confirm")
    expect(page.get_by_role("heading", name="いま混み合っています")).to_be_visible()
    checked_at_both_widths(page)
    monkeypatch.setattr(busy_views, "admission", Admission())
    press(page.get_by_role("link", name="もう一度開く"))
    expect(page.get_by_text("混雑の日の題")).to_be_visible()
    monkeypatch.setattr(busy_views, "admission", Admission(**NOBODY))
    with answered(page, 503):
        press(page.get_by_role("button", name="この内容で提出する"))
    expect(page.get_by_role("heading", name="混み合っていて、まだ受け付けていません")).to_be_visible()
    expect(page.get_by_text("控え番号", exact=True)).to_be_visible()
    checked_at_both_widths(page)
    monkeypatch.setattr(busy_views, "admission", Admission())
    press(page.get_by_role("button", name="もう一度提出する"))

    expect(page.get_by_role("heading", name="受付票 KW-0001")).to_be_visible()
