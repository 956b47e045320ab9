"""The real call is data as any other: no code and no template knows its words."""

from pathlib import Path

from tests.architecture.keys import keys_of, places_of


def test_no_word_of_the_real_call_stands_in_the_program(real_call: Path):
    found = places_of(keys_of(real_call / "call.toml"))

    assert found == []
