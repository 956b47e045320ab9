"""A browser without a screen: every page it gets must parse, and says who asks."""

from typing import Any

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grantflow.accounts import operations
from grantflow.accounts.models import SecondStep, User
from grantflow.core.authorization import Actor
from grantflow.core.db import db


class CheckingClient(FlaskClient):
    """A client that refuses a page which is no valid HTML."""

    def open(self, *args: Any, **kw: Any) -> TestResponse:
        answer = super().open(*args, **kw)
        if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303, 307, 308):
            html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.get_data(as_text=True))
        return answer


class Browser:
    """One person's browser; `get` and `post` follow nothing."""

    def __init__(self, app: Flask, user: User | None = None) -> None:
        self.client = app.test_client()
        if user is not None:
            with db.transaction(write=True):
                who = Actor(user.id, user.name, "test")
                token = operations.sign_in(user, by=who, second_step=SecondStep.PASSED)
            with self.client.session_transaction() as session:
                session["_user_id"] = token

    def get(self, url: str, **kw: Any) -> TestResponse:
        """The answer to a GET."""
        return self.client.get(url, **kw)

    def post(self, url: str, data: dict[str, Any] | None = None, **kw: Any) -> TestResponse:
        """The answer to a POST of `data`."""
        return self.client.post(url, data=data or {}, **kw)

    def text(self, url: str) -> str:
        """The page at `url`, which must answer 200."""
        answer = self.get(url)
        assert answer.status_code == 200, (url, answer.status_code, answer.get_data(as_text=True)[:2000])
        return answer.get_data(as_text=True)
