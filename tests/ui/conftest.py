"""What the tests of the interface share: Jinja as templates meet it, and the browser where there is one."""

import jinja2
import pytest

from tests.ui import gallery


@pytest.fixture
def env() -> jinja2.Environment:
    return gallery.environment()


@pytest.fixture
def macro(env):
    """macro("button", "button")(…) → the HTML of one macro."""

    def find(file: str, name: str):
        return getattr(env.get_template(f"components/{file}.html").module, name)

    return find
