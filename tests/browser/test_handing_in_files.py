"""Files go on their way as soon as they are chosen: several at once, by button, by dragging and by keyboard."""

import base64
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from playwright.sync_api import FilePayload, Locator, Page, expect

from grantflow.accounts.models import User
from grantflow.applications import queries
from grantflow.applications.models import Application
from grantflow.core.db import db
from tests.browser.conftest import Visit
from tests.browser.hands import Keyboard
from tests.factories.accounts import organization, person
from tests.factories.applications import begun
from tests.factories.attachments import DOCUMENTS, pdf
from tests.factories.calls import published

pytestmark = pytest.mark.browser

#: Puts files on a place as a hand would that lets go of them.
DROP = """
([place, files]) => {
  const data = new DataTransfer();
  for (const [name, content] of files) {
    data.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name));
  }
  for (const type of ["dragover", "drop"]) {
    place.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}
"""


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    """The call is open."""
    with time_machine.travel("2031-04-30T16:00:00+09:00") as moved:
        yield moved


@pytest.fixture
def draft(store: None) -> tuple[Application, User]:
    """A draft of a call that asks for files, and its writer."""
    with db.transaction(write=True):
        writer = person("writer@example.jp", name="野川 澄")
        db.session.flush()
        return begun(published(DOCUMENTS), organization("任意団体ほたる", writer), writer), writer


def opened(visit: Visit, draft: tuple[Application, User], **how: Any) -> Page:
    """The page of the files."""
    page = visit(draft[1], **how)
    page.goto(f"/applications/{draft[0].id}/edit/documents")
    return page


def region(page: Page, name: str) -> Locator:
    """What belongs to one document."""
    return page.get_by_role("region", name=name)


def a_file(name: str, content: bytes) -> FilePayload:
    """A file as somebody chooses it."""
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def there(draft: tuple[Application, User]) -> list[str]:
    """The names of the files that are kept."""
    with db.transaction(write=False):
        return [row.file.name for row in queries.attachments(db.session.get_one(Application, draft[0].id))]


@pytest.mark.parametrize("width", [1280, 375])
def test_several_files_are_kept_at_once_and_the_refused_one_is_named(visit: Visit, draft, width: int) -> None:
    page = opened(visit, draft, width=width)
    rules = region(page, "定款または規約")

    rules.get_by_label("ファイルを選ぶ").set_input_files(
        [a_file("規約.pdf", pdf()), a_file("空.pdf", b""), a_file("名簿.pdf", pdf(2))]
    )

    expect(rules.get_by_role("status")).to_have_text(
        "2件を預かりました。1件は預かれませんでした。理由を読んで、選び直してください。"
    )
    expect(rules.get_by_role("link", name="名簿.pdf")).to_be_visible()
    expect(
        rules.get_by_text("「空.pdf」：ファイルが空（0バイト）です。中身のあるファイルを選んでください。")
    ).to_be_visible()
    expect(page.get_by_text("いま預かっているのは2件")).to_be_visible()
    expect(page.get_by_role("button", name="選んだファイルを出す").first).to_be_hidden()
    assert there(draft) == ["規約.pdf", "名簿.pdf"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_file_is_dropped_on_its_document_and_nowhere_else(visit: Visit, draft) -> None:
    page = opened(visit, draft)
    record = region(page, "活動の記録")
    content = base64.b64encode(pdf()).decode()

    for place in (page.locator("h1"), record.locator("[data-drop-here]")):
        page.evaluate(DROP, [place.element_handle(), [["会報.pdf", content]]])

    expect(record.get_by_role("link", name="会報.pdf")).to_be_visible()
    assert there(draft) == ["会報.pdf"]
    assert page.url.endswith("/edit/documents")


def test_a_keyboard_is_enough(visit: Visit, draft) -> None:
    page = opened(visit, draft)

    Keyboard(page).attach("「定款または規約」のファイルを選ぶ", "規約.pdf", pdf())

    expect(region(page, "定款または規約").get_by_role("link", name="規約.pdf")).to_be_visible()
    away = page.get_by_role("button", name=re.compile("外す.*規約"))
    away.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("「規約.pdf」を外しました。")).to_be_visible()
    assert there(draft) == []


def test_the_same_file_twice_is_kept_once_and_said_so(visit: Visit, draft) -> None:
    page = opened(visit, draft)
    rules = region(page, "定款または規約")

    for _time in range(2):
        rules.get_by_label("ファイルを選ぶ").set_input_files([a_file("規約.pdf", pdf())])
        expect(rules.get_by_role("status")).to_have_text("1件を預かりました。")

    expect(rules.get_by_text("「規約.pdf」と同じファイルが、この書類にもうあります。")).to_be_visible()
    assert there(draft) == ["規約.pdf"]


def test_a_file_that_did_not_arrive_is_sent_again(visit: Visit, draft) -> None:
    page = opened(visit, draft)
    rules = region(page, "定款または規約")
    page.context.set_offline(True)
    rules.get_by_label("ファイルを選ぶ").set_input_files([a_file("規約.pdf", pdf())])
    expect(rules.get_by_text("送れませんでした。")).to_be_visible()
    page.context.set_offline(False)

    rules.get_by_role("button", name="もう一度送る").click()

    expect(rules.get_by_role("link", name="規約.pdf")).to_be_visible()
    assert there(draft) == ["規約.pdf"]


def test_what_comes_after_the_deadline_is_not_sent_any_more(visit: Visit, draft, now: time_machine.Traveller) -> None:
    page = opened(visit, draft)
    rules = region(page, "定款または規約")
    now.move_to("2031-04-30T17:00:01+09:00")

    rules.get_by_label("ファイルを選ぶ").set_input_files([a_file("規約.pdf", pdf()), a_file("名簿.pdf", pdf(2))])

    expect(rules.get_by_text("控え番号は")).to_be_visible()
    expect(rules.get_by_text("締切を過ぎたので、送りませんでした。")).to_be_visible()
    assert there(draft) == []


def test_without_javascript_a_button_sends_what_was_chosen(visit: Visit, draft) -> None:
    page = opened(visit, draft, width=375, javascript=False)
    rules = region(page, "定款または規約")
    rules.get_by_label("ファイルを選ぶ").set_input_files([a_file("規約.pdf", pdf()), a_file("空.pdf", b"")])

    with page.expect_navigation():
        rules.get_by_role("button", name="選んだファイルを出す").click()

    expect(rules.get_by_role("link", name="規約.pdf")).to_be_visible()
    expect(rules.get_by_text("「空.pdf」：ファイルが空（0バイト）です。")).to_be_visible()
    assert there(draft) == ["規約.pdf"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
