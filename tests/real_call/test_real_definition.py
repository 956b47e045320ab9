"""The real call's definition, as its file has it."""

import tomllib
from pathlib import Path

import grantflow
from grantflow.calls.definition import parse
from grantflow.calls.printing import canonical, dump

SAMPLE = Path(grantflow.__file__).parent / "definitions" / "sample.toml"


def test_every_key_of_the_real_call_is_taken(real_call: Path) -> None:
    text = (real_call / "call.toml").read_text(encoding="utf-8")

    printed = tomllib.loads(dump(parse(text)))
    written = tomllib.loads(text)

    assert written["approach"][0].pop("needs_added_element") is False
    assert written["review"].pop("min_valid") == 2
    assert printed == written


def test_loading_the_print_of_the_real_call_gives_the_same_call(real_call: Path) -> None:
    definition = parse((real_call / "call.toml").read_bytes())

    assert parse(dump(definition)) == definition
    assert dump(parse(dump(definition))) == dump(definition)
    assert canonical(parse(dump(definition))) == canonical(definition)


def test_the_sample_call_is_worded_as_the_real_one_where_it_must_be(real_call: Path) -> None:
    real, sample = parse((real_call / "call.toml").read_bytes()), parse(SAMPLE.read_bytes())

    assert sample.tiers == real.tiers
    assert sample.eligibility == real.eligibility
    assert sample.approaches == real.approaches
    assert [(c.key, c.group, c.subgroup, c.text) for c in sample.criteria] == [
        (c.key, c.group, c.subgroup, c.text) for c in real.criteria
    ]


def test_the_sample_call_borrows_none_of_the_real_ones_other_words(real_call: Path) -> None:
    real, sample = parse((real_call / "call.toml").read_bytes()).call, parse(SAMPLE.read_bytes()).call

    assert {real.slug, real.title, real.sponsor, real.secretariat, real.purpose, real.note, *real.examples}.isdisjoint(
        {sample.slug, sample.title, sample.sponsor, sample.secretariat, sample.purpose, sample.note, *sample.examples}
    )
