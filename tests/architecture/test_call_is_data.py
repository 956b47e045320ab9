"""A call is data: no code and no template knows a call, nor a tier, criterion or cost category of one."""

from pathlib import Path

import pytest

from tests.architecture.keys import keys_of, places_of
from tests.architecture.sources import PACKAGE, ROOT

CALLS = [*sorted((PACKAGE / "definitions").glob("*.toml")), *sorted((ROOT / "tests" / "data").glob("*-call.toml"))]


@pytest.mark.parametrize("definition", CALLS, ids=lambda path: path.name)
def test_no_word_of_a_call_stands_in_the_program(definition: Path):
    found = places_of(keys_of(definition))

    assert found == []


def test_the_search_finds_a_word_that_does_stand_in_the_program():
    found = places_of({"create_app"})

    assert [place for place in found if place.startswith("grantflow/app.py:")] != []
