"""The ranking as it is read from the rows: which sheets count, which proposals are in it, what never changes it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

from grantflow.applications.workflow import APPLICATION
from grantflow.calls.models import Call
from grantflow.core.db import db
from grantflow.review import queries
from grantflow.review.marks import Zone
from grantflow.review.ranking import Entry
from grantflow.review.spelling import as_json
from tests.counting import statements
from tests.factories.accounts import OPERATOR
from tests.factories.applications import received, row
from tests.factories.calls import published
from tests.factories.review import conflict, given, sheet_of

Writing = Callable[[], AbstractContextManager[Any]]


def entries(call: Call) -> dict[str, Entry]:
    """Every entry of the call's ranking, by number."""
    return {entry.number: entry for tier in queries.ranking(call).tiers for entry in tier.entries}


def test_totals_are_weighted_and_exact(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)
        given(call, {("KW-0001", "委員あ"): (5, 4), ("KW-0001", "委員い"): (4, 4), ("KW-0001", "委員う"): (3, 5)})

        # weights 1 and 2: totals 13, 12 and 13 of 15
        assert entries(call)["KW-0001"].exact_mean == Fraction(38, 9)


def test_a_sheet_with_a_missing_grade_is_not_counted(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)
        given(call, {("KW-0001", "委員あ"): (5, 5), ("KW-0001", "委員い"): (1,)})

        entry = entries(call)["KW-0001"]

    assert (entry.exact_mean, entry.reviews, entry.assigned, entry.conflicts) == (Fraction(5), 1, 2, 0)
    assert (entry.zone, entry.rank) == (Zone.INCOMPLETE, None)


def test_every_proposal_found_eligible_is_ranked_whatever_was_decided_since(writing: Writing) -> None:
    with writing():
        call = published()
        rows = received(call, *(row(place) for place in range(1, 7)))
        given(
            call, {(f"KW-000{place}", reviewer): (3, 3) for place in range(1, 7) for reviewer in ("委員あ", "委員い")}
        )
        for application, move in zip(
            rows, ("adopt", "reserve", "not_adopt", "find_ineligible", "withdraw"), strict=False
        ):
            APPLICATION.fire(move, application, by=OPERATOR, reason="決定による。")
        db.session.flush()

        assert sorted(entries(call)) == ["KW-0001", "KW-0002", "KW-0003", "KW-0006"]


def test_a_decision_changes_nothing_in_the_ranking(writing: Writing) -> None:
    with writing():
        call = published()
        first, _second = received(call, row(1), row(2))
        given(call, {(f"KW-000{place}", who): (place, 5) for place in (1, 2) for who in ("委員あ", "委員い")})
        before = as_json(queries.ranking(call), call.slug)

        APPLICATION.fire("adopt", first, by=OPERATOR)
        db.session.flush()

        assert as_json(queries.ranking(call), call.slug) == before


def test_the_order_of_the_rows_of_the_files_changes_nothing(writing: Writing) -> None:
    sheets = {
        (f"KW-000{place}", who): (1 + (place * 3 + len(who)) % 5, 1 + place % 5)
        for place in (1, 2, 3)
        for who in ("委員あ", "委員いい", "委員ううう")
    }
    with writing():
        one = published()
        received(one, row(1), row(2), row(3))
        given(one, sheets)
        other = published(slug='"mountain-2031"')
        received(other, row(3), row(1), row(2))
        for key in reversed(list(sheets)):
            given(other, {key: sheets[key]})

        assert as_json(queries.ranking(one), "") == as_json(queries.ranking(other), "")


def test_one_proposals_mean_is_that_of_the_ranking(writing: Writing) -> None:
    with writing():
        call = published()
        rows = received(call, row(1), row(2, tier="near", requested_yen="400000"), row(3))
        given(call, {("KW-0001", "委員あ"): (5, 4), ("KW-0001", "委員い"): (3, 4), ("KW-0002", "委員あ"): (2, 2)})
        conflict(rows[0], "委員い")

        whole = entries(call)
        alone = {application.number: queries.entry_of(application) for application in rows}

    facts = [(entry.exact_mean, entry.reviews, entry.assigned, entry.conflicts) for entry in whole.values()]
    assert [(e.exact_mean, e.reviews, e.assigned, e.conflicts) for e in map(alone.get, whole)] == facts
    assert alone["KW-0003"].exact_mean is None


def test_the_ranking_takes_as_many_statements_for_many_proposals_as_for_one(writing: Writing) -> None:
    def sent_for(count: int, slug: str) -> int:
        with writing():
            call = published(slug=f'"{slug}"')
            received(call, *(row(place) for place in range(1, count + 1)))
            given(call, {(f"KW-{place:04}", "委員あ"): (3, 3) for place in range(1, count + 1)})
            with statements() as sent:
                queries.ranking(call)
            return len(sent)

    assert sent_for(1, "one") == sent_for(30, "thirty")


def test_sheets_are_counted_by_state(writing: Writing) -> None:
    with writing():
        call = published()
        first, _second = received(call, row(1), row(2))
        given(call, {("KW-0001", "委員あ"): (5, 5), ("KW-0001", "委員い"): (1,), ("KW-0002", "委員あ"): (2, 2)})
        conflict(first, "委員あ")
        db.session.flush()

        assert sheet_of(first, "委員あ").status.value == "recused"
        assert queries.progress(call) == queries.Progress(given=2, finished=1, struck=1)
