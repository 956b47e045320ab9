"""The mixed model of the scores: published numbers, a dense oracle, and designs that say little."""

from collections.abc import Sequence
from math import isfinite

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grantflow.review.calibration import Fit, Rating, Variances, components, expected_ranks, fit

SCORES = {
    "A": {"R1": 5, "R2": 4, "R4": 2},
    "B": {"R1": 4, "R2": 4, "R3": 5},
    "C": {"R2": 3, "R3": 4, "R4": 2},
    "D": {"R1": 3, "R3": 3, "R4": 1},
    "E": {"R1": 4, "R2": 3, "R3": 4},
    "F": {"R2": 2, "R3": 3, "R4": 2},
}
EIGHTEEN = [Rating(a, r, float(value)) for a, given_ in SCORES.items() for r, value in given_.items()]
GIVEN = Variances(1.2782303448777643, 0.2400098787580176, 1.2683656892796749)


def incidence(ratings: Sequence[Rating]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    applications = sorted({rating.application for rating in ratings})
    reviewers = sorted({rating.reviewer for rating in ratings})
    zp = np.array([[float(rating.application == name) for name in applications] for rating in ratings])
    zr = np.array([[float(rating.reviewer == name) for name in reviewers] for rating in ratings])
    return zp, zr, np.array([rating.value for rating in ratings])


def dense(ratings: Sequence[Rating], v: Variances) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """mu, p, r and PEV by the formulas of methods 3 as they are written."""
    zp, zr, y = incidence(ratings)
    inverse = np.linalg.inv(v.application * zp @ zp.T + v.reviewer * zr @ zr.T + v.residual * np.eye(len(y)))
    ones = np.ones(len(y))
    mu = ones @ inverse @ y / (ones @ inverse @ ones)
    q = inverse - np.outer(inverse @ ones, inverse @ ones) / (ones @ inverse @ ones)
    p = v.application * zp.T @ inverse @ (y - mu)
    r = v.reviewer * zr.T @ inverse @ (y - mu)
    return mu, p, r, v.application * np.eye(zp.shape[1]) - v.application**2 * zp.T @ q @ zp


def dense_likelihood(ratings: Sequence[Rating], v: Variances) -> float:
    zp, zr, y = incidence(ratings)
    covariance = v.application * zp @ zp.T + v.reviewer * zr @ zr.T + v.residual * np.eye(len(y))
    inverse, ones = np.linalg.inv(covariance), np.ones(len(y))
    information = ones @ inverse @ ones
    centred = y - ones @ inverse @ y / information
    return float(-0.5 * (np.linalg.slogdet(covariance)[1] + np.log(information) + centred @ inverse @ centred))


def estimates(fitted: Fit) -> list[float]:
    return [fitted.mu, *fitted.applications.values(), *fitted.reviewers.values()]


@st.composite
def panels(draw: st.DrawFn) -> list[Rating]:
    applications, reviewers = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    pairs = [(f"a{i}", f"r{j}") for i in range(applications) for j in range(reviewers)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, min_size=1))
    return [Rating(a, r, float(draw(st.integers(1, 5)))) for a, r in chosen]


def test_given_variances_give_the_published_estimates() -> None:
    fitted = fit(EIGHTEEN, GIVEN)

    assert fitted.method == "given"
    assert round(fitted.mu, 6) == 3.207771
    assert {name: round(effect, 4) for name, effect in fitted.applications.items()} == {
        "A": 0.4274,
        "B": 0.7135,
        "C": -0.0890,
        "D": -0.6745,
        "E": 0.2125,
        "F": -0.5899,
    }
    assert {name: round(effect, 4) for name, effect in fitted.reviewers.items()} == {
        "R1": 0.2682,
        "R2": -0.0694,
        "R3": 0.3295,
        "R4": -0.5283,
    }
    assert np.sqrt(np.diag(fitted.pev())).round(4).tolist() == [0.6968, 0.6952, 0.6952, 0.6968, 0.6952, 0.6952]


def test_reml_gives_the_published_variances() -> None:
    fitted = fit(EIGHTEEN)

    assert fitted.method == "REML"
    assert round(fitted.variances.application, 3) == 0.393
    assert round(fitted.variances.reviewer, 3) == 0.822
    assert round(fitted.variances.residual, 3) == 0.214
    assert round(fitted.mu, 3) == 3.191


def test_expected_ranks_are_the_published_ones_and_add_up() -> None:
    ranks = expected_ranks(fit(EIGHTEEN, GIVEN))

    assert {name: round(rank, 3) for name, rank in ranks.items()} == {
        "A": 2.485,
        "B": 1.883,
        "C": 3.723,
        "D": 5.042,
        "E": 2.991,
        "F": 4.876,
    }
    assert round(sum(ranks.values()), 9) == 21


def test_draws_reach_the_published_chances_of_the_first_three_places() -> None:
    draws = fit(EIGHTEEN, GIVEN).draws(100_000, 1)

    places = np.argsort(np.argsort(-draws, axis=0), axis=0)
    chances = (places < 3).mean(axis=1)

    assert np.abs(chances - [0.786, 0.902, 0.415, 0.106, 0.657, 0.133]).max() <= 0.01


@pytest.mark.parametrize("reviewers", [4, 12])
def test_draws_have_the_mean_and_the_covariance_of_the_errors(reviewers: int) -> None:
    wide = [Rating(f"a{i}", f"r{(2 * i + j) % reviewers}", float(1 + (i * j) % 5)) for i in range(6) for j in range(3)]
    fitted = fit(wide, GIVEN)

    draws = fitted.draws(200_000, 7)

    assert np.abs(draws.mean(axis=1) - list(fitted.applications.values())).max() < 0.01
    assert np.abs(np.cov(draws) - fitted.pev()).max() < 0.02


def test_z_scores_reverse_two_proposals_that_the_model_keeps_in_order() -> None:
    by_reviewer = {name: [r.value for r in EIGHTEEN if r.reviewer == name] for name in ("R1", "R2", "R3", "R4")}
    z = {
        name: np.mean([(v - np.mean(by_reviewer[r])) / np.std(by_reviewer[r], ddof=1) for r, v in SCORES[name].items()])
        for name in SCORES
    }
    fitted = fit(EIGHTEEN)

    assert z["A"] > z["B"]
    assert z["C"] > z["E"]
    assert fitted.applications["B"] > fitted.applications["A"]
    assert fitted.applications["E"] > fitted.applications["C"]


@settings(max_examples=80, deadline=None)
@given(panels(), st.floats(0, 3), st.floats(0, 3), st.floats(0.05, 3))
def test_any_design_agrees_with_the_dense_formulas(ratings: list[Rating], p: float, r: float, e: float) -> None:
    variances = Variances(p, r, e)
    mu, of_applications, of_reviewers, pev = dense(ratings, variances)

    fitted = fit(ratings, variances)

    assert np.abs(np.array(estimates(fitted)) - [mu, *of_applications, *of_reviewers]).max() < 1e-8
    assert np.abs(fitted.pev() - pev).max() < 1e-8


#: Two tops of nearly the same height, one of them where no effect is told from chance.
TWO_TOPS = [
    Rating("A2", "R0", 5.0),
    Rating("A0", "R0", 3.0),
    Rating("A1", "R0", 1.0),
    Rating("A0", "R1", 1.0),
    Rating("A0", "R2", 3.0),
    Rating("A1", "R1", 3.0),
]


@settings(max_examples=40, deadline=None)
@given(panels())
@example(TWO_TOPS)
def test_no_other_variances_are_likelier_than_those_of_reml(ratings: list[Rating]) -> None:
    found = fit(ratings).variances
    spread = float(np.var([rating.value for rating in ratings]))
    assert all(isfinite(value) and value >= 0 for value in (found.application, found.reviewer, found.residual))

    # Where the residual vanishes the likelihood has no top to compare with.
    if found.residual > 1e-3 * spread:
        best = dense_likelihood(ratings, found)
        shares = [0.0, 0.1, 0.3, 1.0, 3.0]
        others = [Variances(p * spread, r * spread, e * spread) for p in shares for r in shares for e in shares[1:]]
        assert all(dense_likelihood(ratings, other) <= best + 1e-6 for other in others)


def test_a_balanced_design_gives_the_variances_of_the_analysis_of_variance() -> None:
    table = np.array([[4.0, 3, 5, 4], [2, 1, 3, 1], [5, 3, 5, 5], [3, 3, 4, 2], [1, 1, 2, 2]])
    rows, columns = table.shape
    grand = table.mean()
    ms_rows = columns * ((table.mean(axis=1) - grand) ** 2).sum() / (rows - 1)
    ms_columns = rows * ((table.mean(axis=0) - grand) ** 2).sum() / (columns - 1)
    left = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + grand
    ms_left = (left**2).sum() / ((rows - 1) * (columns - 1))

    found = fit([Rating(f"a{i}", f"r{j}", table[i, j]) for i in range(rows) for j in range(columns)]).variances

    assert found.application == pytest.approx((ms_rows - ms_left) / columns, rel=1e-6)
    assert found.reviewer == pytest.approx((ms_columns - ms_left) / rows, rel=1e-6)
    assert found.residual == pytest.approx(ms_left, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(panels(), st.randoms(use_true_random=False))
def test_the_order_of_the_ratings_changes_no_byte(ratings: list[Rating], shuffler: object) -> None:
    other = list(ratings)
    shuffler.shuffle(other)  # type: ignore[attr-defined]

    first, second = fit(ratings), fit(other)

    assert (estimates(first), first.variances) == (estimates(second), second.variances)
    assert first.draws(20, 3).tobytes() == second.draws(20, 3).tobytes()
    assert components(ratings) == components(other)


@pytest.mark.parametrize(
    "ratings",
    [
        [Rating("a", "r", 3.0)],
        [Rating("a", "r", 3.0), Rating("a", "s", 5.0)],
        [Rating("a", "r", 3.0), Rating("b", "r", 5.0)],
        [Rating("a", "r", 3.0), Rating("b", "s", 5.0)],
        [Rating(f"a{i}", f"r{i}{j}", 1.0 + (i + j) % 5) for i in range(4) for j in range(3)],
    ],
    ids=["one rating", "one proposal", "one reviewer", "one each", "every review by another reviewer"],
)
def test_designs_that_say_little_give_finite_numbers(ratings: list[Rating]) -> None:
    fitted = fit(ratings)

    draws = fitted.draws(50, 1)

    assert all(isfinite(value) for value in estimates(fitted))
    assert np.isfinite(draws).all()
    assert np.isfinite(fitted.pev()).all()


def test_one_review_of_each_proposal_says_nothing_that_a_residual_does_not_say() -> None:
    fitted = fit([Rating("a", "r", 3.0), Rating("b", "r", 5.0)])

    assert fitted.variances == Variances(0.0, 0.0, 2.0)
    assert estimates(fitted) == [4.0, 0.0, 0.0, 0.0]


def test_equal_ratings_leave_nothing_to_vary() -> None:
    fitted = fit([Rating(a, r, 4.0) for a in "abc" for r in "rs"])

    assert fitted.variances == Variances(0.0, 0.0, 0.0)
    assert estimates(fitted) == [4.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert fitted.draws(5, 1).tolist() == [[0.0] * 5] * 3


def test_reviewers_who_agree_exactly_leave_the_means_as_they_are() -> None:
    fitted = fit([Rating(a, r, value) for a, value in (("a", 1.0), ("b", 3.0), ("c", 5.0)) for r in "rst"])

    assert [round(fitted.mu + effect, 4) for effect in fitted.applications.values()] == [1.0, 3.0, 5.0]


def test_more_reviewers_than_proposals_agree_with_the_dense_formulas() -> None:
    ratings = [Rating(f"a{i % 3}", f"r{i}", float(1 + i % 5)) for i in range(9)]
    ratings += [Rating("a1", "r0", 4.0), Rating("a2", "r0", 2.0)]
    mu, of_applications, of_reviewers, _pev = dense(ratings, GIVEN)

    fitted = fit(ratings, GIVEN)

    reviewers = sorted({rating.reviewer for rating in ratings})
    assert list(fitted.reviewers) == reviewers
    assert np.abs(np.array(estimates(fitted)) - [mu, *of_applications, *of_reviewers]).max() < 1e-8


def test_a_large_design_meets_the_variances_it_was_made_with() -> None:
    generator = np.random.default_rng(5)
    worth, severity = generator.normal(0, 0.6, 1500), generator.normal(0, 0.4, 300)
    ratings = [
        Rating(f"a{i:04}", f"r{j:03}", float(3 + worth[i] + severity[j] + generator.normal(0, 0.5)))
        for i in range(1500)
        for j in generator.choice(300, 3, replace=False)
    ]

    found = fit(ratings).variances

    assert found.application == pytest.approx(0.36, abs=0.04)
    assert found.reviewer == pytest.approx(0.16, abs=0.04)
    assert found.residual == pytest.approx(0.25, abs=0.02)


def test_calibration_finds_the_best_at_least_as_often_as_the_raw_mean() -> None:
    generator, by_model, by_mean = np.random.default_rng(11), 0, 0
    for _draw in range(200):
        worth, severity = generator.normal(0, 0.6, 60), generator.normal(0, 0.5, 12)
        ratings = [
            Rating(f"a{i:02}", f"r{j:02}", float(3 + worth[i] + severity[j] + generator.normal(0, 0.6)))
            for i in range(60)
            for j in generator.choice(12, 3, replace=False)
        ]
        means = [np.mean([rating.value for rating in ratings[3 * i : 3 * i + 3]]) for i in range(60)]
        calibrated = list(fit(ratings).applications.values())
        true_top = set(np.argsort(-worth)[:20].tolist())
        by_model += len(true_top & set(np.argsort(-np.array(calibrated))[:20].tolist()))
        by_mean += len(true_top & set(np.argsort(-np.array(means))[:20].tolist()))

    assert by_model >= by_mean


def test_components_come_largest_first_then_by_name() -> None:
    lone, pair, other = Rating("a", "r1", 1.0), Rating("b", "r2", 2.0), Rating("c", "r2", 3.0)
    later = [Rating("d", "r3", 1.0), Rating("d", "r4", 1.0), Rating("e", "r4", 1.0)]

    found = components([*reversed(later), other, lone, pair])

    assert found == ((pair, other), tuple(later), (lone,))


def test_nothing_rated_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        fit([])


def test_a_pair_rated_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="once"):
        fit([Rating("a", "r", 3.0), Rating("a", "r", 3.0)])


def test_given_effects_without_a_residual_are_refused() -> None:
    with pytest.raises(ValueError, match="residual"):
        fit([Rating("a", "r", 3.0), Rating("b", "r", 4.0)], Variances(1.0, 0.0, 0.0))
