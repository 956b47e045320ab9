"""What saves by itself and what a button saves do not meet as if two people had written."""

from collections.abc import Iterator

import pytest
import time_machine
from playwright.sync_api import expect

from grantflow.core.db import db
from tests.browser.conftest import Visit
from tests.factories.accounts import organization, person
from tests.factories.applications import begun
from tests.factories.calls import published


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The call is open."""
    with time_machine.travel("2031-04-10T10:00:00+09:00"):
        yield


#: The server has the words, and its answer is on the way until `arrive()`.
SLOW = """
const send = window.fetch;
window.fetch = async (...what) => {
  const answer = await send(...what);
  document.documentElement.dataset.sent = "yes";
  await new Promise((go) => { window.arrive = go; });
  return answer;
};
"""


@pytest.mark.browser
def test_a_button_waits_for_the_save_that_is_under_way(visit: Visit, store: None) -> None:
    with db.transaction(write=True):
        writer = person("writer@example.jp", name="野川 澄")
        db.session.flush()
        draft = begun(published(), organization("任意団体ほたる", writer), writer)
    page = visit(writer)
    page.add_init_script(SLOW)
    page.goto(f"/applications/{draft.id}/edit/plan")
    page.get_by_label("事業名").fill("川辺")
    expect(page.locator("html")).to_have_attribute("data-sent", "yes", timeout=10_000)

    page.get_by_label("事業名").fill("川辺の茶の間")
    page.get_by_role("button", name="下書きを保存する").click(no_wait_after=True)
    page.evaluate("arrive()")

    expect(page.get_by_text("下書きを保存しました。")).to_be_visible()
    expect(page.get_by_label("事業名")).to_have_value("川辺の茶の間")
    expect(page.locator("#two-versions")).to_have_count(0)
