"""Ranks, intervals, zones and flags of a call's proposals."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from statistics import stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grantflow.core.words import speaking
from grantflow.review.intervals import Interval, rank_intervals, shared_ranks
from grantflow.review.marks import FLAG_LABELS, ZONE_LABELS, Flag, Zone, flag_label
from grantflow.review.ranking import (
    Entry,
    Model,
    Proposal,
    Ranking,
    Rules,
    Sheet,
    TierRule,
    pass_line,
    rank,
    trimmed_mean,
)
from grantflow.review.spelling import as_json, denominator, rounded_mean

ONE_TIER = Rules(scale_min=1, scale_max=5, weight_sum=1, min_valid=1, tiers=(TierRule("t", 3),))
EIGHTEEN = {
    "A": {"R1": 5, "R2": 4, "R4": 2},
    "B": {"R1": 4, "R2": 4, "R3": 5},
    "C": {"R2": 3, "R3": 4, "R4": 2},
    "D": {"R1": 3, "R3": 3, "R4": 1},
    "E": {"R1": 4, "R2": 3, "R3": 4},
    "F": {"R2": 2, "R3": 3, "R4": 2},
}


def proposal(number: str, totals: Mapping[str, int], tier: str = "t", conflicts: int = 0) -> Proposal:
    sheets = tuple(Sheet(reviewer, total) for reviewer, total in totals.items())
    return Proposal(number, tier, sheets, len(sheets) + conflicts, conflicts)


def panel(scores: Mapping[str, Mapping[str, int]]) -> list[Proposal]:
    return [proposal(number, totals) for number, totals in scores.items()]


def entries(ranking: Ranking) -> dict[str, Entry]:
    return {entry.number: entry for tier in ranking.tiers for entry in tier.entries}


@st.composite
def calls(draw: st.DrawFn) -> list[Proposal]:
    found = []
    for index in range(draw(st.integers(1, 7))):
        reviewers = draw(st.lists(st.sampled_from(["r1", "r2", "r3", "r4", "r5"]), unique=True, max_size=4))
        totals = {reviewer: draw(st.integers(3, 15)) for reviewer in reviewers}
        found.append(proposal(f"P-{index}", totals, draw(st.sampled_from(["t", "u"]))))
    return found


THREE_POINTS = Rules(1, 5, 3, 2, (TierRule("t", 2), TierRule("u", 1)))


def test_a_line_that_does_not_apply_leaves_the_numerator_and_the_denominator() -> None:
    rules = replace(ONE_TIER, weight_sum=13)
    sheets = (Sheet("a", 39), Sheet("b", 40, weight=10), Sheet("c", 26), Sheet("d", 52))

    entry = entries(rank([Proposal("P", "t", sheets, 4, 0)], rules))["P"]
    trimmed = entries(rank([Proposal("P", "t", sheets, 4, 0)], replace(rules, drop_extremes=True)))["P"]

    assert entry.exact_mean == Fraction(3 + 4 + 2 + 4, 4)
    assert entry.sd == pytest.approx(stdev([3, 4, 2, 4]))
    assert trimmed.exact_mean == Fraction(3 + 4, 2)


def test_a_sheet_on_which_every_line_applies_is_the_same_with_its_weight_and_without() -> None:
    rules = replace(ONE_TIER, weight_sum=13)
    plain = {name: {"a": 20 + at, "b": 30 - at} for at, name in enumerate("PQRS")}
    spelled = [
        Proposal(name, "t", tuple(Sheet(reviewer, total, 13) for reviewer, total in totals.items()), 2, 0)
        for name, totals in plain.items()
    ]

    one, other = entries(rank(panel(plain), rules)), entries(rank(spelled, rules))

    assert [(e.exact_mean, e.rank, e.sd, e.calibrated) for e in one.values()] == [
        (e.exact_mean, e.rank, e.sd, e.calibrated) for e in other.values()
    ]


def test_the_worked_totals_have_the_worked_mean() -> None:
    totals = {"a": 49, "b": 53, "c": 41, "d": 54, "e": 35}
    rules = replace(ONE_TIER, weight_sum=13)

    whole = entries(rank([proposal("P", totals)], rules))["P"]
    without_d = entries(rank([proposal("P", {k: v for k, v in totals.items() if k != "d"}, conflicts=1)], rules))["P"]
    trimmed = entries(rank([proposal("P", totals)], replace(rules, drop_extremes=True)))["P"]

    assert whole.exact_mean == Fraction("46.4") / 13
    assert without_d.exact_mean == Fraction("44.5") / 13
    assert trimmed.exact_mean == Fraction(143, 3) / 13
    assert whole.mean == 232 / 65
    assert trimmed_mean([49, 53, 41, 54, 35]) == Fraction(143, 3)
    assert trimmed_mean([3, 4]) == Fraction(7, 2)
    assert pass_line(Fraction(60, 100), 13, 5) == 39


def test_a_mean_under_the_pass_line_asks_for_deliberation_and_keeps_its_rank() -> None:
    rules = replace(ONE_TIER, weight_sum=13, pass_ratio=Fraction(60, 100))

    found = entries(rank([proposal("at", {"a": 38, "b": 40}), proposal("under", {"a": 38, "b": 39})], rules))

    assert (found["at"].rank, Flag.BELOW_FLOOR in found["at"].flags) == (1, False)
    assert (found["under"].rank, Flag.BELOW_FLOOR in found["under"].flags) == (2, True)


def test_the_published_panel_is_ranked_by_mean_and_by_calibrated_score() -> None:
    ranking = rank(panel(EIGHTEEN), ONE_TIER)

    assert [(entry.number, entry.rank, entry.tied) for entry in ranking.tiers[0].entries] == [
        ("B", 1, False),
        ("A", 2, True),
        ("E", 2, True),
        ("C", 4, False),
        ("D", 5, True),
        ("F", 5, True),
    ]
    found = entries(ranking)
    assert (found["A"].exact_mean, found["A"].mean) == (Fraction(11, 3), 11 / 3)
    assert found["B"].sd == pytest.approx(1 / 3**0.5)
    assert found["B"].calibrated_rank == 1
    assert ranking.model.method == "REML"
    assert ranking.model.mu == pytest.approx(3.191, abs=5e-4)
    assert ranking.model.var_reviewer == pytest.approx(0.822, abs=5e-4)
    assert [(severity.reviewer, severity.reviews) for severity in ranking.severities] == [
        ("R1", 4),
        ("R2", 5),
        ("R3", 5),
        ("R4", 4),
    ]
    assert min(ranking.severities, key=lambda severity: severity.effect).reviewer == "R4"


def test_the_chances_add_up_to_the_planned_number_and_the_intervals_hold_the_calibrated_rank() -> None:
    found = entries(rank(panel(EIGHTEEN), ONE_TIER)).values()

    assert sum(entry.p_selected or 0 for entry in found) == pytest.approx(3)
    assert all((e.rank_low or 0) <= (e.calibrated_rank or 0) <= (e.rank_high or 0) for e in found)


def test_equal_means_share_a_rank_and_the_next_is_skipped() -> None:
    scores = {"a": {"r": 5}, "b": {"r": 4}, "c": {"r": 4}, "d": {"r": 3}}

    ranking = rank(panel(scores), ONE_TIER)

    assert [(entry.rank, entry.tied) for entry in ranking.tiers[0].entries] == [
        (1, False),
        (2, True),
        (2, True),
        (4, False),
    ]


def test_means_that_print_alike_are_ranked_unrounded() -> None:
    thirds = proposal("thirds", {"a": 2000, "b": 2000, "c": 2001})
    halves = proposal("halves", {"a": 2000, "b": 2000, "c": 2000})

    found = entries(rank([halves, thirds], replace(ONE_TIER, weight_sum=1000)))

    assert [found[name].rank for name in ("thirds", "halves")] == [1, 2]
    assert {rounded_mean(found[name].exact_mean or Fraction(0)) for name in found} == {"2.00"}


def test_scores_within_a_billionth_share_a_calibrated_rank() -> None:
    assert shared_ranks([3.0, 3.0 - 9e-10, 3.0 - 1.8e-9, 1.0], 1e-9) == [(1, 2), (1, 2), (3, 1), (4, 1)]


def test_incomplete_proposals_come_last_with_their_mean() -> None:
    rules = replace(ONE_TIER, min_valid=2)

    ranking = rank(
        [proposal("z", {}), proposal("few", {"r": 5}), *panel({"x": {"r": 2, "s": 3}, "y": {"r": 4, "s": 4}})], rules
    )

    assert [entry.number for entry in ranking.tiers[0].entries] == ["y", "x", "few", "z"]
    few, none = ranking.tiers[0].entries[2:]
    nothing = (None, None, None, None, None, Zone.INCOMPLETE)
    assert (few.rank, few.calibrated, few.rank_low, few.rank_high, few.p_selected, few.zone) == nothing
    assert (few.mean, few.exact_mean, few.sd, few.reviews) == (5.0, Fraction(5), None, 1)
    assert (none.mean, none.exact_mean, none.sd, none.reviews) == (None, None, None, 0)


def test_a_call_without_scores_has_no_model() -> None:
    ranking = rank([proposal("a", {})], ONE_TIER)

    assert ranking.model == Model("REML", None, None, None, None)
    assert ranking.severities == ()
    assert [entry.zone for entry in ranking.tiers[0].entries] == [Zone.INCOMPLETE]


def test_tiers_without_proposals_are_kept_in_the_order_of_the_rules() -> None:
    ranking = rank([proposal("a", {"r": 3}, "u")], THREE_POINTS)

    assert [(tier.key, len(tier.entries)) for tier in ranking.tiers] == [("t", 0), ("u", 1)]


def test_a_plan_larger_than_the_tier_takes_everybody() -> None:
    found = entries(rank(panel(EIGHTEEN), replace(ONE_TIER, tiers=(TierRule("t", 40),))))

    assert {(entry.p_selected, entry.zone) for entry in found.values()} == {(1.0, Zone.CLEAR_IN)}


def test_the_border_holds_unsure_chances_and_ranks_near_the_planned_number() -> None:
    scores = {f"P{i:02}": dict.fromkeys(("r", "s", "t"), 1000 - 10 * i) for i in range(20)}
    rules = replace(ONE_TIER, scale_max=1000, tiers=(TierRule("t", 10),))

    found = rank(panel(scores), rules).tiers[0].entries

    zones = [entry.zone for entry in found]
    assert zones == [Zone.CLEAR_IN] * 7 + [Zone.BORDER] * 5 + [Zone.CLEAR_OUT] * 8
    assert [entry.p_selected for entry in found] == [1.0] * 10 + [0.0] * 10


def test_a_tie_across_the_planned_number_is_flagged_and_one_beside_it_is_not() -> None:
    scores = {"a": {"r": 5}, "b": {"r": 5}, "c": {"r": 4}, "d": {"r": 4}, "e": {"r": 3}}

    found = entries(rank(panel(scores), ONE_TIER))

    assert [number for number, entry in found.items() if Flag.TIE_AT_LINE in entry.flags] == ["c", "d"]


def test_reviewers_far_apart_are_flagged_from_a_quarter_of_the_scale() -> None:
    found = entries(rank(panel({"wide": {"a": 2, "b": 3, "c": 4}, "close": {"a": 3, "b": 3, "c": 4}}), ONE_TIER))

    assert found["wide"].sd == 1.0
    assert Flag.DISAGREEMENT in found["wide"].flags
    assert Flag.DISAGREEMENT not in found["close"].flags


def test_a_proposal_judged_only_by_the_severe_is_flagged_when_calibration_carries_it_over_the_line() -> None:
    scores = {f"easy{i}": {"kind1": 70 + i, "kind2": 71 + i, "both": 60 + i} for i in range(4)}
    scores |= {f"hard{i}": {"harsh1": 40 + 9 * i, "harsh2": 41 + 9 * i, "both": 56 + 9 * i} for i in range(4)}
    rules = replace(ONE_TIER, scale_max=100, tiers=(TierRule("t", 4),))

    found = entries(rank(panel(scores), rules))

    assert (found["hard1"].rank or 0) > 4
    assert (found["hard1"].calibrated_rank or 5) <= 4
    assert Flag.MOVED in found["hard1"].flags
    assert Flag.MOVED not in found["hard0"].flags


def test_scores_that_say_nothing_leave_the_chance_to_lot() -> None:
    scores = {f"P{i}": {"r": 3, "s": 3} for i in range(6)}

    ranking = rank(panel(scores), ONE_TIER)

    for entry in ranking.tiers[0].entries:
        assert (entry.rank, entry.calibrated, entry.calibrated_rank) == (1, 3.0, 1)
        assert (entry.rank_low, entry.rank_high) == (1, 6)
        assert entry.p_selected == pytest.approx(0.5, abs=0.06)
        assert entry.flags == (Flag.TIE_AT_LINE,)


def test_groups_without_a_common_reviewer_are_compared_inside_only() -> None:
    first = {f"a{i}": {"r1": 5 - i, "r2": 4 - i} for i in range(4)}
    second = {f"b{i}": {"s1": 3 - i, "s2": 4 - i} for i in range(2)}

    ranking = rank(panel(first | second), replace(ONE_TIER, weight_sum=1, scale_min=0))

    found = entries(ranking)
    assert ranking.components == 2
    assert [found[name].calibrated_rank for name in ("a0", "a1", "a2", "a3", "b0", "b1")] == [1, 2, 3, 4, 1, 2]
    assert max(found[name].rank_high or 0 for name in ("b0", "b1")) == 2
    assert sum(found[name].p_selected or 0 for name in first) == pytest.approx(2)
    assert sum(found[name].p_selected or 0 for name in second) == pytest.approx(1)
    assert {name for name in found if "component:2" in found[name].flags} == {"b0", "b1"}
    alone = rank(panel(first), replace(ONE_TIER, scale_min=0))
    assert ranking.model == alone.model


def test_a_proposal_that_nothing_connects_gets_its_share_of_the_planned_number() -> None:
    scores = {f"a{i}": {"r1": 5 - i, "r2": 4 - i} for i in range(4)} | {"lone": {"s": 5}}
    rules = replace(ONE_TIER, scale_min=0, tiers=(TierRule("t", 2),))

    lone = entries(rank(panel(scores), rules))["lone"]

    assert (lone.calibrated, lone.calibrated_rank, lone.rank_low, lone.rank_high) == (5.0, 1, 1, 1)
    assert (lone.p_selected, lone.zone, lone.flags) == (0.4, Zone.BORDER, ("component:2",))


@settings(max_examples=30, deadline=None)
@given(calls(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_no_byte(proposals: list[Proposal], shuffler: object) -> None:
    other = [replace(p, sheets=p.sheets[::-1]) for p in proposals]
    shuffler.shuffle(other)  # type: ignore[attr-defined]

    first, second = rank(proposals, THREE_POINTS), rank(other, THREE_POINTS)

    assert first == second
    assert json.dumps(as_json(first, "call")) == json.dumps(as_json(second, "call"))


@settings(max_examples=20, deadline=None)
@given(calls())
def test_an_abstention_changes_only_the_counts_beside_the_mean(proposals: list[Proposal]) -> None:
    more = [replace(p, assigned=p.assigned + 1, conflicts=p.conflicts + 1) for p in proposals]

    before, after = rank(proposals, THREE_POINTS), rank(more, THREE_POINTS)

    assert as_json(before, "call") == as_json(after, "call")


@settings(max_examples=20, deadline=None)
@given(calls(), st.integers(3, 15))
def test_one_more_review_changes_no_other_mean(proposals: list[Proposal], total: int) -> None:
    target = proposals[0]
    more = [replace(target, sheets=(*target.sheets, Sheet("another", total))), *proposals[1:]]

    before, after = entries(rank(proposals, THREE_POINTS)), entries(rank(more, THREE_POINTS))

    others = [p.number for p in proposals[1:]]
    assert [before[name].exact_mean for name in others] == [after[name].exact_mean for name in others]


@settings(max_examples=30, deadline=None)
@given(calls())
def test_ranks_agree_with_the_means_and_intervals_lie_within_the_tier(proposals: list[Proposal]) -> None:
    ranking = rank(proposals, THREE_POINTS)

    assert sorted(entries(ranking)) == sorted(p.number for p in proposals)
    for tier in ranking.tiers:
        complete = [entry for entry in tier.entries if entry.rank is not None]
        means = [entry.exact_mean or Fraction(0) for entry in complete]
        assert [e.rank for e in complete] == [1 + sum(other > mean for other in means) for mean in means]
        assert [e.tied for e in complete] == [means.count(mean) > 1 for mean in means]
        assert all(1 <= (e.rank_low or 0) <= (e.rank_high or 0) <= len(complete) for e in complete)
        planned = min(tier.expected_awards, len(complete))
        assert sum(e.p_selected or 0 for e in complete) == pytest.approx(planned)


def test_the_json_has_the_documented_keys_in_their_order() -> None:
    found = as_json(rank(panel(EIGHTEEN), ONE_TIER), "some-call")

    assert list(found) == ["call", "model", "tiers"]
    model, tiers = found["model"], found["tiers"]
    assert isinstance(model, dict)
    assert isinstance(tiers, list)
    assert list(model) == ["method", "mu", "var_application", "var_reviewer", "var_residual"]
    assert list(tiers[0]) == ["key", "entries"]
    assert " ".join(tiers[0]["entries"][0]) == (
        "number rank tied mean sd reviews calibrated calibrated_rank rank_low rank_high p_selected zone flags"
    )
    assert json.loads(json.dumps(found)) == found


def test_intervals_are_quantiles_of_the_drawn_ranks() -> None:
    draws = [[float(1000 * (column % 20 != 0)) for column in range(1000)], [500.0] * 1000]

    found = rank_intervals(as_matrix(draws), Fraction(1))

    assert found == [Interval(1, 1, 0.95), Interval(1, 2, 0.05)]


def test_a_broken_seat_counts_by_its_fraction() -> None:
    draws = [[3.0] * 10, [2.0] * 10, [1.0] * 10]

    found = rank_intervals(as_matrix(draws), Fraction(3, 2))

    assert found == [Interval(1, 1, 1.0), Interval(2, 2, 0.5), Interval(3, 3, 0.0)]


def as_matrix(rows: Sequence[Sequence[float]]) -> object:
    import numpy as np

    return np.array(rows)


@pytest.mark.parametrize(
    ("mean", "shown"),
    [
        (Fraction(17, 4), "4.25"),
        (Fraction(4245, 1000), "4.25"),
        (Fraction(1005, 1000), "1.01"),
        (Fraction(11, 3), "3.67"),
        (Fraction(1999, 1000), "2.00"),
        (Fraction(0), "0.00"),
    ],
)
def test_a_mean_is_shown_to_two_decimals_half_up(mean: Fraction, shown: str) -> None:
    assert rounded_mean(mean) == shown


def test_the_denominator_is_told_beside_the_mean() -> None:
    found = entries(rank([proposal("one", {"a": 3, "b": 4, "c": 5}, conflicts=1), proposal("two", {"a": 3})], ONE_TIER))

    with speaking("ja"):
        assert denominator(found["one"]) == "有効3名／割当4名・利益相反1名"
        assert denominator(found["two"]) == "有効1名／割当1名"


def test_every_zone_and_flag_has_its_words() -> None:
    assert set(ZONE_LABELS) == set(Zone)
    assert set(FLAG_LABELS) == set(Flag)
    with speaking("ja"):
        assert str(Zone.BORDER.label) == "境界"
        assert flag_label("moved") == "調整すると予定数の線をまたぐ"
        assert flag_label("component:2") == "別の審査グループ（2）"


@pytest.mark.parametrize(
    ("proposals", "why"),
    [
        ([proposal("a", {}), proposal("a", {})], "twice"),
        ([proposal("a", {}, "elsewhere")], "tier"),
        ([Proposal("a", "t", (Sheet("r", 1), Sheet("r", 2)), 2, 0)], "two sheets"),
    ],
    ids=["a number twice", "an unknown tier", "two sheets of one reviewer"],
)
def test_input_that_contradicts_itself_is_refused(proposals: list[Proposal], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        rank(proposals, ONE_TIER)
