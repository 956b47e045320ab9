"""The real call's proposals and the synthetic scores: every mean as computed by hand, and the numbers of the file."""

import csv
import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grantflow.applications import loading as applications
from grantflow.calls.definition import parse
from grantflow.calls.models import Call
from grantflow.calls.operations import publish_new
from grantflow.core.db import db
from grantflow.core.tables import Table, read_table
from grantflow.review import loading, queries
from grantflow.review.ranking import Ranking
from grantflow.review.spelling import as_json
from tests.factories.accounts import OPERATOR

Writing = Callable[[], AbstractContextManager[Any]]


def table(folder: Path, name: str, columns: Any) -> Table:
    """A file of the real call."""
    return read_table(folder / name, name, columns)


def loaded(folder: Path) -> Call:
    """The real call with its proposals and the synthetic scores."""
    call = publish_new(parse((folder / "call.toml").read_bytes()), by=OPERATOR)
    applications.apply(applications.plan(call, table(folder, "applications.csv", applications.COLUMNS)), by=OPERATOR)
    db.session.flush()
    loading.apply(loading.plan(call, table(folder, "scores-synthetic.csv", loading.COLUMNS)), by=OPERATOR)
    db.session.flush()
    return call


@pytest.fixture
def rankings(writing: Writing, real_call: Path) -> Ranking:
    """The ranking of the real call."""
    with writing():
        return queries.ranking(loaded(real_call))


def means_by_hand(folder: Path) -> dict[str, Fraction]:
    """The mean of each proposal, straight from the file: every criterion has the same weight."""
    sheets: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    with (folder / "scores-synthetic.csv").open(encoding="utf-8-sig", newline="") as lines:
        for line in csv.DictReader(lines):
            sheets[line["number"]][line["reviewer"]].append(int(line["score"]))
    return {
        number: Fraction(sum(map(sum, given.values())), sum(map(len, given.values())))
        for number, given in sheets.items()
    }


def test_every_mean_is_that_of_the_file(rankings: Ranking, real_call: Path) -> None:
    found = {entry.number: entry.exact_mean for tier in rankings.tiers for entry in tier.entries}

    assert found == means_by_hand(real_call)
    assert len(found) == 72


def test_ranks_follow_the_means_within_each_tier(rankings: Ranking) -> None:
    for tier in rankings.tiers:
        means = [entry.exact_mean or Fraction(0) for entry in tier.entries]
        assert means == sorted(means, reverse=True)
        assert [entry.rank for entry in tier.entries] == [1 + sum(other > mean for other in means) for mean in means]
        assert [entry.tied for entry in tier.entries] == [means.count(mean) > 1 for mean in means]


def test_all_sheets_of_three_reviewers_count_and_are_connected(rankings: Ranking) -> None:
    entries = [entry for tier in rankings.tiers for entry in tier.entries]

    assert {(entry.reviews, entry.assigned, entry.conflicts) for entry in entries} == {(3, 3, 0)}
    assert rankings.components == 1
    assert [len(tier.entries) for tier in rankings.tiers] == [60, 12]


def test_chances_add_up_to_the_planned_number_or_to_all(rankings: Ranking) -> None:
    for tier in rankings.tiers:
        chances = sum(entry.p_selected or 0 for entry in tier.entries)
        assert chances == pytest.approx(min(tier.expected_awards, len(tier.entries)))


def test_the_order_of_the_file_changes_nothing(rankings: Ranking, writing: Writing, real_call: Path) -> None:
    straight = json.dumps(as_json(rankings, ""))
    text = (real_call / "call.toml").read_text("utf-8").replace('slug = "', 'slug = "again-', 1)
    with writing():
        call = publish_new(parse(text), by=OPERATOR)
        proposals = table(real_call, "applications.csv", applications.COLUMNS)
        applications.apply(applications.plan(call, proposals), by=OPERATOR)
        db.session.flush()
        scores = table(real_call, "scores-synthetic.csv", loading.COLUMNS)
        turned = Table(scores.file, tuple(reversed(scores.rows)), scores.problems)
        loading.apply(loading.plan(call, turned), by=OPERATOR)
        db.session.flush()

        assert json.dumps(as_json(queries.ranking(call), "")) == straight


def test_a_load_says_how_much_there_is(writing: Writing, real_call: Path) -> None:
    with writing():
        call = publish_new(parse((real_call / "call.toml").read_bytes()), by=OPERATOR)
        proposals = table(real_call, "applications.csv", applications.COLUMNS)
        applications.apply(applications.plan(call, proposals), by=OPERATOR)
        db.session.flush()

        plan = loading.plan(call, table(real_call, "scores-synthetic.csv", loading.COLUMNS))

    assert (plan.score_count, plan.application_count, len(plan.sheets)) == (2376, 72, 216)
    assert plan.problems.errors == ()
