"""Where decisions depart from the order of the scores, and what a replay compares."""

import json

import pytest

from grantflow.awards import record
from grantflow.awards.models import Outcome
from grantflow.awards.record import Deviation, Judgement
from grantflow.review.ranking import Proposal, Ranking, Rules, Sheet, TierRule, rank

RULES = Rules(scale_min=1, scale_max=5, weight_sum=1, min_valid=2, tiers=(TierRule("wide", 1),))


def ranking(**totals: tuple[int, ...]) -> Ranking:
    proposals = [
        Proposal(number, "wide", tuple(Sheet(f"R{place}", total) for place, total in enumerate(given)), len(given), 0)
        for number, given in totals.items()
    ]
    return rank(proposals, RULES)


def judged(adopted: str, among: str, reason: str = "") -> dict[str, Judgement]:
    outcomes = {number: Outcome.ADOPTED if number in adopted else Outcome.NOT_ADOPTED for number in among}
    return {number: Judgement(outcome, reason) for number, outcome in outcomes.items()}


@pytest.mark.parametrize("adopted", ["", "A", "AB", "ABC"])
def test_the_first_in_order_are_no_exception_however_many(adopted):
    found = record.deviations(ranking(A=(5, 5), B=(4, 4), C=(3, 3)), judged(adopted, "ABC"))

    assert found == []


def test_one_above_and_one_below_the_line_are_told_with_their_reasons():
    found = record.deviations(ranking(A=(5, 5), B=(4, 4), C=(3, 3)), judged("AC", "ABC", "理由"))

    assert found == [
        Deviation("not_adopted_above_line", "wide", "B", "理由"),
        Deviation("adopted_below_line", "wide", "C", "理由"),
    ]


def test_of_equal_ones_across_the_line_any_may_be_adopted():
    equal = ranking(A=(5, 5), B=(4, 4), C=(4, 4))

    assert record.deviations(equal, judged("AB", "ABC")) == record.deviations(equal, judged("AC", "ABC")) == []


def test_an_adopted_one_without_a_rank_is_an_exception():
    found = record.deviations(ranking(A=(5, 5), B=(4,)), judged("AB", "AB"))

    assert found == [Deviation("adopted_unranked", "wide", "B", "")]


def test_without_scores_there_is_no_order_to_depart_from():
    assert record.deviations(ranking(A=(), B=()), judged("B", "AB")) == []


def test_the_hash_of_rows_does_not_depend_on_their_order():
    rows = [("K-1", 2, None), ("K-2", 1, "講評")]

    assert record.rows_hash(rows) == record.rows_hash(rows[::-1])
    assert record.rows_hash(rows) != record.rows_hash([("K-1", 2, None), ("K-2", 1, "講")])


def test_a_replay_compares_all_but_libraries_and_names():
    kept = record.record("定義", {"scores": "a", "decisions": "b"}, ranking(A=(5, 5)), [], "river", "事務 花子")
    same = kept | {"libraries": {}, "approved_by": ""}
    other = kept | {"inputs": {"scores": "x", "decisions": "b"}}

    assert record.disagreements(json.dumps(kept), json.dumps(same)) == []
    assert record.disagreements(json.dumps(kept), json.dumps(other)) == [
        "もとの行（応募、採点、利益相反、採否）が、確定したときと違います。",
        "違う入力：scores",
    ]
