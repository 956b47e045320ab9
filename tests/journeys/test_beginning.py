"""From the page of a call to the first part of a proposal, with an account and a group to be made on the way."""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from grantflow.core import clock
from tests.accounts.test_registering import link_to
from tests.browser.conftest import Visit
from tests.browser.hands import Pointer, labelled
from tests.factories.accounts import PASSWORD
from tests.factories.calls import published

#: So many clicks lead from the call to the first part, beside one mail.
MOST = 7


class Counting(Pointer):
    """A pointer that counts its clicks."""

    clicks = 0

    def press(self, name: str) -> None:
        """Click the button or link."""
        self.clicks += 1
        super().press(name)

    def mark(self, label: str) -> None:
        """Check the box."""
        self.clicks += 1
        super().mark(label)


@pytest.mark.browser
def test_seven_clicks_and_one_mail_lead_from_the_call_to_the_first_part(visit: Visit, writing: Callable) -> None:
    with writing():
        closes_at = clock.now() + dt.timedelta(days=1)
        published(opens_at="2020-04-01T09:00:00+09:00", closes_at=closes_at.isoformat())
    hand = Counting(visit(None, 375, javascript=False))
    hand.page.goto("/calls/river-2031")

    hand.press("応募する")
    hand.press("はじめて応募する")
    hand.write("メールアドレス", "hotaru@example.jp")
    hand.press("確認のメールを送る")
    hand.page.goto(link_to("hotaru@example.jp"))
    hand.write("氏名", "野川 澄")
    hand.write("新しいパスワード", PASSWORD)
    hand.write("新しいパスワード（確認のためもう一度）", PASSWORD)
    hand.press("登録してサインインする")
    hand.write("団体名", "ほたるの会")
    hand.mark("はい、代表者です")
    hand.mark("① 広い枠")
    hand.press("団体を登録して書き始める")

    expect(hand.page.get_by_role("heading", level=1)).to_have_text("団体の概要")
    expect(labelled(hand.page, "団体名")).to_have_value("ほたるの会")
    assert hand.clicks <= MOST
