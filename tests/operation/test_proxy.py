"""Behind a web server with TLS everybody has their own address; without one nobody can invent theirs."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from config import Settings
from grantflow.app import create_app
from tests.browsing import Browser
from tests.factories.accounts import PASSWORD

TOO_MANY = 429


@pytest.fixture
def behind(store: None, settings: Settings) -> Flask:
    """The application as it runs for an address with https."""
    made = create_app(replace(settings, public_url="https://grants.example.jp"))
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return made


def told(by: str, scheme: str = "https") -> dict[str, str]:
    """What the web server before the program says of a request."""
    return {"X-Forwarded-For": by, "X-Forwarded-Proto": scheme}


def knock(browser: Browser, number: int, by: str) -> int:
    """A failed sign-in; returns the status."""
    form = {"email": f"nobody{number}@example.jp", "password": PASSWORD}
    return browser.post("/sign-in", form, headers=told(by)).status_code


def test_who_tries_too_often_shuts_out_nobody_else(behind: Flask):
    visitor = Browser(behind)
    for number in range(10):
        knock(visitor, number, "192.0.2.1")

    mine, others = knock(visitor, 10, "192.0.2.1"), knock(visitor, 11, "192.0.2.2")

    assert (mine, others) == (TOO_MANY, 422)


def test_a_request_that_came_by_tls_is_answered_so(behind: Flask):
    visitor = Browser(behind)

    secure, plain = (visitor.get("/", headers=told("192.0.2.1", scheme)).headers for scheme in ("https", "http"))

    assert "Strict-Transport-Security" in secure
    assert "Strict-Transport-Security" not in plain


def test_without_a_proxy_what_is_said_of_an_asker_is_not_believed(browser: Callable[..., Browser]):
    visitor = browser()
    for number in range(10):
        knock(visitor, number, f"192.0.2.{number}")

    assert knock(visitor, 10, "192.0.2.99") == TOO_MANY
