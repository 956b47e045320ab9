"""A mail server for each test."""

from collections.abc import Iterator

import pytest

from tests.mail.inbox import Inbox


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    found = Inbox()
    found.come()
    yield found
    found.go()
