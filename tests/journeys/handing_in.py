"""Files on their way from a window to the place of their document."""

from collections.abc import Iterable

from playwright.sync_api import Page, expect

from tests.browser.conftest import press
from tests.browser.test_handing_in_files import region


def arrived(page: Page, document: str, names: Iterable[str], *, scripts: bool) -> None:
    """What was chosen for the document is kept there: by itself where scripts run, else once its button is pressed."""
    place = region(page, document)
    if not scripts:
        press(place.get_by_role("button", name="選んだファイルを出す"))
    for name in names:
        expect(place.get_by_role("link", name=name)).to_be_visible()
