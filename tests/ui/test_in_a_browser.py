"""The gallery in a real browser: nothing that shuts anybody out, nothing that overflows, nothing too small to touch."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.ui import gallery

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDTHS = (1280, 375)

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_in_the_gallery(launched, width):
    with gallery.browser_page(launched, gallery.rendered(), width) as page:
        found = Axe().run(page, options=RULES)

    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_in_an_error_page(launched, width):
    with gallery.browser_page(launched, gallery.rendered("errors/stale.html"), width) as page:
        found = Axe().run(page, options=RULES)

    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [1280, 768, 375, 320])
def test_no_page_is_wider_than_its_window(launched, width):
    with gallery.browser_page(launched, gallery.rendered(), width) as page:
        needed = page.evaluate("document.documentElement.scrollWidth")

    assert needed == width


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_pressed_is_at_least_44_pixels_high(launched, width):
    with gallery.browser_page(launched, gallery.rendered(), width) as page:
        small = page.eval_on_selector_all(
            ".button, .input, .choice, .places a, .chip, .pagination a, .downloads a, .waiting a, .site-footer a",
            "found => found.filter(e => e.getBoundingClientRect().height < 44).map(e => e.textContent.trim())",
        )

    assert small == []


def test_the_focus_goes_to_the_error_summary_without_a_script(launched):
    with gallery.browser_page(launched, gallery.rendered(), 1280) as page:
        focused = page.evaluate("document.activeElement.className")

    assert focused == "error-summary"


def test_the_first_tab_stop_of_a_page_skips_to_the_content(launched):
    with gallery.browser_page(launched, gallery.rendered("errors/404.html"), 1280) as page:
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.getAttribute('href')")
        seen = page.evaluate("document.activeElement.getBoundingClientRect().top")

    assert (focused, seen) == ("#main", 8)


def test_paper_shows_the_content_alone(launched):
    with gallery.browser_page(launched, gallery.rendered(), 1280) as page:
        page.emulate_media(media="print")
        shown = page.eval_on_selector_all(
            "nav, .page .button, .site-footer, .search", "found => found.filter(e => e.checkVisibility()).length"
        )
        head = page.eval_on_selector("#proposals thead", "e => getComputedStyle(e).display")

    assert (shown, head) == (0, "table-header-group")
