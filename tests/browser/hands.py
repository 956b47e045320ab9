"""Two ways to use a page: by keys alone, and by a pointer; both know its controls by their names."""

import re
from typing import Protocol

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TookTooLong

#: How long the system's own window may take on a busy machine, and how often it is asked for.
PATIENCE_MS = 10_000
TRIES = 12
#: More presses than any page has places to stop at.
FARTHEST = 400


class Hand(Protocol):
    """Somebody at a page, who waits until the next one is there."""

    page: Page

    def press(self, name: str) -> None:
        """Press the button or follow the link called `name`, and wait for the page that answers."""

    def follow(self, words: str) -> None:
        """Follow the link in which `words` stand among others, and wait for the page that answers."""

    def write(self, label: str, text: str, group: str = "") -> None:
        """Replace what stands in the box called `label`: in the group called `group`, or the first on the page."""

    def mark(self, label: str) -> None:
        """Choose the round or square box called `label`."""

    def choose(self, label: str, value: str, group: str = "") -> None:
        """Choose the option of that value in the list called `label`: in the group, or the first on the page."""

    def attach(self, label: str, name: str, content: bytes) -> None:
        """Hand a file to the box called `label`."""


def pressable(page: Page, name: str) -> Locator:
    """The first button or link of that name that is seen."""
    found = page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("link", name=name, exact=True))
    return found.filter(visible=True).first


def link_with(page: Page, words: str) -> Locator:
    """The first link in which the words stand."""
    return page.get_by_role("link").filter(has_text=words).filter(visible=True).first


def labelled(page: Page, label: str, group: str = "") -> Locator:
    """The first control with that label, on the page or in the group of that name."""
    controls = page.locator("input, select, textarea")
    place = page.get_by_role("group", name=group, exact=True) if group else page
    return place.get_by_label(re.compile(f"^{re.escape(label)}")).and_(controls).filter(visible=True).first


class Keyboard:
    """Keys alone: Tab until the control has the focus, then what its kind asks for."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, name: str) -> None:
        """Enter on the button or link."""
        self._enter(pressable(self.page, name))

    def follow(self, words: str) -> None:
        """Enter on the link."""
        self._enter(link_with(self.page, words))

    def write(self, label: str, text: str, group: str = "") -> None:
        """Select all that stands there, and type."""
        self._reach(labelled(self.page, label, group))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def mark(self, label: str) -> None:
        """Space on a square box; arrows through the round ones, where Tab stops once for all."""
        box = labelled(self.page, label)
        if box.get_attribute("type") == "checkbox":
            self._reach(box)
        else:
            self._reach(self.page.locator(f"input[type=radio][name='{box.get_attribute('name')}']"))
            self._until(box, "ArrowDown", 20)
        if not box.is_checked():
            self.page.keyboard.press("Space")

    def choose(self, label: str, value: str, group: str = "") -> None:
        """Arrows down the list until the option is the chosen one."""
        box = labelled(self.page, label, group)
        self._reach(box)
        self.page.keyboard.press("Home")
        for _ in range(FARTHEST):
            if box.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{label} has no option {value}")

    def attach(self, label: str, name: str, content: bytes) -> None:
        """Space opens the system's own window, in which the file is picked."""
        for _ in range(TRIES):
            self._reach(labelled(self.page, label))
            try:
                with self.page.expect_file_chooser(timeout=PATIENCE_MS) as opened:
                    self.page.keyboard.press("Space")
            except TookTooLong:
                continue  # the browser was not yet listened to when the window opened
            opened.value.set_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
            return
        raise AssertionError(f"no window opened for {label}")

    def digit(self, label: str, key: str) -> None:
        """A figure key on the first of the round boxes in the group called `label`."""
        group = self.page.get_by_role("group", name=label)
        self._reach(group.locator("input[type=radio]"))
        self.page.keyboard.press(key)

    def _enter(self, wanted: Locator) -> None:
        self._reach(wanted)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def _reach(self, wanted: Locator) -> None:
        wanted.first.wait_for()
        self._until(wanted, "Tab", FARTHEST)

    def _until(self, wanted: Locator, key: str, most: int) -> None:
        found = wanted.element_handles()
        for _ in range(most):
            if found and found[0].evaluate("(_one, all) => all.includes(document.activeElement)", found):
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{key} never leads to {wanted}")


class Pointer:
    """A pointer, with which a page is used that runs no script."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, name: str) -> None:
        """Click the button or link."""
        with self.page.expect_navigation():
            pressable(self.page, name).click()

    def follow(self, words: str) -> None:
        """Click the link."""
        with self.page.expect_navigation():
            link_with(self.page, words).click()

    def write(self, label: str, text: str, group: str = "") -> None:
        """Fill the box."""
        labelled(self.page, label, group).fill(text)

    def mark(self, label: str) -> None:
        """Check the box."""
        labelled(self.page, label).check()

    def choose(self, label: str, value: str, group: str = "") -> None:
        """Select the option."""
        labelled(self.page, label, group).select_option(value)

    def attach(self, label: str, name: str, content: bytes) -> None:
        """Set the file."""
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        labelled(self.page, label).set_input_files(file)  # type: ignore[arg-type]
