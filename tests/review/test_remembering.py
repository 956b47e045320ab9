"""A ranking that is remembered is never an old one."""

import csv
from collections.abc import Callable
from io import StringIO

from grantflow.calls.models import Call
from grantflow.calls.queries import call as call_by_slug
from grantflow.core.tables import read_table
from grantflow.review import loading, queries
from tests.counting import statements
from tests.factories.accounts import OPERATOR, organization
from tests.factories.applications import received, row
from tests.factories.calls import published


def score(call: Call, number: str, reviewer: str, grade: int) -> None:
    """Load the same grade for every criterion of one sheet."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(["number", "reviewer", "criterion", "score"])
    writer.writerows([number, reviewer, criterion.key, grade] for criterion in call.criteria)
    table = read_table(out.getvalue().encode(), "scores.csv", loading.COLUMNS)
    loading.apply(loading.plan(call, table), by=OPERATOR)


def means(slug: str) -> dict[str, float | None]:
    """The mean of each proposal as the ranking has it."""
    call = call_by_slug(slug)
    assert call is not None
    return {entry.number: entry.mean for tier in queries.ranking(call).tiers for entry in tier.entries}


def scored(writing: Callable) -> str:
    """The slug of a small call with two proposals, each scored by one reviewer."""
    with writing():
        call = published()
        received(call, row(1), row(2))
        score(call, "KW-0001", "委員あ", 4)
        score(call, "KW-0002", "委員あ", 2)
        return call.slug


def test_scores_that_came_since_are_in_the_ranking(writing: Callable, reading: Callable) -> None:
    slug = scored(writing)
    with reading():
        before = means(slug)
    with writing():
        score(call_by_slug(slug), "KW-0001", "委員い", 5)

    with reading():
        after = means(slug)

    assert before == {"KW-0001": 4.0, "KW-0002": 2.0}
    assert after == {"KW-0001": 4.5, "KW-0002": 2.0}


def test_scores_that_are_not_yet_committed_are_in_the_ranking_of_their_own_transaction_only(
    writing: Callable, reading: Callable
) -> None:
    slug = scored(writing)
    with reading():
        before = means(slug)

    try:
        with writing():
            score(call_by_slug(slug), "KW-0001", "委員い", 5)
            inside = means(slug)
            raise InterruptedError
    except InterruptedError:
        pass
    with reading():
        after = means(slug)

    assert inside == {"KW-0001": 4.5, "KW-0002": 2.0}
    assert before == after == {"KW-0001": 4.0, "KW-0002": 2.0}


def test_an_event_of_something_else_changes_nothing_in_the_ranking(writing: Callable, reading: Callable) -> None:
    slug = scored(writing)
    with reading():
        before = means(slug)
    with writing():
        organization("任意団体すずむし")

    with reading():
        after = means(slug)

    assert before == after


def test_a_ranking_on_which_nothing_was_recorded_since_is_not_read_again(writing: Callable, reading: Callable) -> None:
    slug = scored(writing)
    with reading():
        means(slug)

    with reading(), statements() as sent:
        means(slug)

    assert [sql for sql in sent if "FROM scores" in sql] == []
