"""A real browser on a real server, both on this machine."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page
from werkzeug.serving import make_server

from grantflow.accounts import operations
from grantflow.accounts.models import SecondStep, User
from grantflow.core.authorization import Actor
from grantflow.core.db import db

Visit = Callable[..., Page]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application is served for the length of a test."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = False  # closing waits for every answer, so that none outlives its test
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def visit(app: Flask, address: str, launched: Chromium) -> Iterator[Visit]:
    """`visit(user, width=…)` is a new window in which that person is signed in; without a user, a visitor's."""
    opened = []

    def open_window(user: User | None = None, width: int = 1280, javascript: bool = True) -> Page:
        context = launched.new_context(
            base_url=address, viewport={"width": width, "height": 900}, locale="ja-JP", java_script_enabled=javascript
        )
        opened.append(context)
        if user is not None:
            context.add_cookies([{"name": "session", "value": _cookie(app, user), "url": address}])
        return context.new_page()

    yield open_window
    for context in opened:
        context.close()


def _cookie(app: Flask, user: User) -> str:
    with db.transaction(write=True):
        token = operations.sign_in(user, by=Actor(user.id, user.name, "test"), second_step=SecondStep.PASSED)
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(serializer.dumps({"_user_id": token}))


@contextmanager
def answered(page: Page, status: int) -> Iterator[None]:
    """The next page of the window must answer with `status`."""
    with page.expect_response(lambda answer: answer.request.is_navigation_request()) as got:
        yield
    assert got.value.status == status, (got.value.url, got.value.status)


def press(wanted: Locator) -> None:
    """Click the link or button and wait for the page that answers: the page before it may hold the next one's words."""
    with wanted.page.expect_navigation():
        wanted.click()
