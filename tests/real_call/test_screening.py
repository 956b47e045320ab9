"""The 72 proposals of the real call came by a load: nothing is found missing in them that they never had."""

from pathlib import Path

from grantflow.applications import loading, queries, screened
from grantflow.applications.screening import checklist
from grantflow.calls.definition import parse
from grantflow.calls.operations import publish_new
from grantflow.core.tables import read_table
from tests.factories.accounts import OPERATOR


def test_the_first_screening_finds_nothing_in_the_72_loaded_proposals(real_call: Path, writing) -> None:
    with writing():
        call = publish_new(parse((real_call / "call.toml").read_bytes()), by=OPERATOR)
        name = "applications.csv"
        loading.apply(loading.plan(call, read_table(real_call / name, name, loading.COLUMNS)), by=OPERATOR)
        rows = screened.screened(call, list(queries.by_number(call).values()))

        found = {row.application.number: [(one.kind, one.place.words) for one in row.found] for row in rows}

    assert len(found) == 72
    assert {number: each for number, each in found.items() if each} == {}


def test_the_items_of_the_real_call_follow_from_what_it_asks(real_call: Path) -> None:
    says = parse((real_call / "call.toml").read_bytes())

    found = [[one.key for one in checklist.items(says, tier.key)] for tier in says.tiers]

    assert found[0][:3] == ["requirement-1", "requirement-2", "requirement-3"]
    assert {"contact", "amounts", "privacy"} <= set(found[0])
