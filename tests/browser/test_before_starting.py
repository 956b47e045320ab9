"""Somebody with a telephone and no JavaScript finds out whether they may apply, and what they will have to write."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, press
from tests.browser.test_accessible import checked
from tests.factories.calls import SELF_CHECK, published

QUESTION = SELF_CHECK.replace('key = "where"\ntext = "どこで灯しますか"', 'key = "when"\ntext = "いつ灯しますか"')


@pytest.mark.browser
def test_the_self_check_from_the_calls_page_to_the_questions(visit: Visit, writing) -> None:
    with writing():
        published(QUESTION.split("\n\n")[0], SELF_CHECK)
    page = visit(None, 375, javascript=False)
    page.goto("/calls/river-2031")
    press(page.get_by_role("link", name="応募できるか確かめる"))
    page.get_by_role("group", name="どこで灯しますか").get_by_label("川辺").check()
    press(page.get_by_role("button", name="結果を見る"))
    expect(page.locator(".error-summary a")).to_have_text("いつ灯しますか：答えを1つ選んでください。")
    expect(page.get_by_role("group", name="どこで灯しますか").get_by_label("川辺")).to_be_checked()

    page.get_by_role("group", name="いつ灯しますか").get_by_label("海辺").check()
    press(page.get_by_role("button", name="結果を見る"))

    expect(page.get_by_text("近い枠に応募できます。")).to_be_visible()
    expect(page.get_by_role("link", name="この結果のメモ")).to_be_visible()
    press(page.get_by_role("link", name="質問をすべて見る"))
    expect(page.get_by_role("heading", level=1)).to_have_text("応募で書くこと")
    expect(page.get_by_role("heading", name="② 近い枠")).to_be_visible()


@pytest.mark.browser
def test_what_is_missing_in_a_self_check_shuts_nobody_out(visit: Visit, writing) -> None:
    with writing():
        published(SELF_CHECK)
    page = visit(None, 375)

    page.goto("/calls/river-2031/check/result")
    expect(page.locator(".error-summary")).to_be_focused()
    checked(page)
    page.goto("/calls/river-2031/check/result?where=sea")

    expect(page.get_by_role("heading", name="何が変われば応募できるか")).to_be_visible()
    checked(page)
