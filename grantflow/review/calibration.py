"""How severe each reviewer is, and what a proposal is worth beside that: a mixed model of the scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erf, sqrt
from operator import attrgetter

from grantflow.review import mixed_model
from grantflow.review.mixed_model import Array


@dataclass(frozen=True, slots=True)
class Rating:
    """What one reviewer gave one application, on the call's scale."""

    application: str
    reviewer: str
    value: float


BY_NAMES = attrgetter("application", "reviewer")


@dataclass(frozen=True, slots=True)
class Variances:
    """The three variances of the model, in squared points of the scale."""

    application: float
    reviewer: float
    residual: float


@dataclass(frozen=True, slots=True)
class Fit:
    """One fitted model: estimates by name, names ascending; `method` is `REML`, or `given` when the variances were.

    An application's effect is what it is worth above `mu`; a reviewer's is how far above others they score (severe
    reviewers are below 0).
    """

    method: str
    mu: float
    variances: Variances
    applications: dict[str, float]
    reviewers: dict[str, float]
    _system: mixed_model.System
    _applications_absorbed: bool

    def draws(self, count: int, seed: int | Sequence[int]) -> Array:
        """Draws from N(p̂, PEV): a row per application in the order of `applications`, `count` columns (methods 4)."""
        import numpy as np

        generator = np.random.default_rng(seed)
        mu, dense = mixed_model.draw_dense(self._system, self.variances.residual, count, generator)
        if not self._applications_absorbed:
            return dense
        return mixed_model.draw_absorbed(self._system, self.variances.residual, mu, dense, generator)

    def pev(self) -> Array:
        """Covariance of the errors of p̂, row and column per application (methods 3); dense, for one panel's pages."""
        of_absorbed, of_dense = mixed_model.error_covariances(self._system, self.variances.residual)
        return of_absorbed if self._applications_absorbed else of_dense


def fit(ratings: Sequence[Rating], variances: Variances | None = None) -> Fit:
    """The model `y = mu + p + r + e` of `ratings`, with REML variances or with those given (methods 3).

    The order of the ratings changes nothing. An effect that the ratings cannot tell from another (one review for each
    application, one reviewer in all) gets the variance 0, and so do all three when every rating is equal. Raises
    ValueError without ratings, for a pair rated twice and for given effects without a residual variance.
    """
    if not ratings:
        raise ValueError("a model needs at least one rating")
    ratings = sorted(ratings, key=BY_NAMES)
    applications = {name: level for level, name in enumerate(sorted({rating.application for rating in ratings}))}
    reviewers = {name: level for level, name in enumerate(sorted({rating.reviewer for rating in ratings}))}
    if len({(rating.application, rating.reviewer) for rating in ratings}) < len(ratings):
        raise ValueError("a reviewer rates an application once")
    levels = (
        [applications[rating.application] for rating in ratings],
        [reviewers[rating.reviewer] for rating in ratings],
    )
    absorbed = len(applications) >= len(reviewers)
    design = mixed_model.design(*(levels if absorbed else levels[::-1]), [rating.value for rating in ratings])
    if variances is None:
        system, residual = mixed_model.estimate(design)
        ratios = (system.ratio_a, system.ratio_b) if absorbed else (system.ratio_b, system.ratio_a)
        method, variances = "REML", Variances(ratios[0] * residual, ratios[1] * residual, residual)
    else:
        method, system = "given", _solve_given(design, variances, absorbed)
    effects = system.effects() if absorbed else system.effects()[::-1]
    return Fit(
        method=method,
        mu=system.mu,
        variances=variances,
        applications=dict(zip(applications, effects[0].tolist(), strict=True)),
        reviewers=dict(zip(reviewers, effects[1].tolist(), strict=True)),
        _system=system,
        _applications_absorbed=absorbed,
    )


def _solve_given(design: mixed_model.Design, variances: Variances, absorbed: bool) -> mixed_model.System:
    effects = (variances.application, variances.reviewer) if absorbed else (variances.reviewer, variances.application)
    if effects == (0, 0):
        return mixed_model.solve(design, 0.0, 0.0)
    if variances.residual <= 0:
        raise ValueError("effects that vary need a residual variance above 0")
    return mixed_model.solve(design, effects[0] / variances.residual, effects[1] / variances.residual)


def components(ratings: Sequence[Rating]) -> tuple[tuple[Rating, ...], ...]:
    """The ratings of each connected part: most applications first, then smallest name; each sorted (methods 3)."""
    leaders: dict[str, str] = {}

    def leader(reviewer: str) -> str:
        top = leaders.setdefault(reviewer, reviewer)
        while leaders[top] != top:
            leaders[top] = top = leaders[leaders[top]]
        return top

    first: dict[str, str] = {}
    for rating in ratings:
        leaders[leader(rating.reviewer)] = leader(first.setdefault(rating.application, rating.reviewer))
    parts: dict[str, list[Rating]] = {}
    for rating in sorted(ratings, key=BY_NAMES):
        parts.setdefault(leader(rating.reviewer), []).append(rating)
    return tuple(tuple(part) for part in sorted(parts.values(), key=_by_size))


def _by_size(part: list[Rating]) -> tuple[int, str]:
    return -len({rating.application for rating in part}), part[0].application


def expected_ranks(fitted: Fit) -> dict[str, float]:
    """The expected rank of each application, 1 the best; they add up to n(n+1)/2 (methods 4)."""
    names, effects, errors = list(fitted.applications), list(fitted.applications.values()), fitted.pev().tolist()
    ranks = dict.fromkeys(names, 1.0)
    for i, name in enumerate(names):
        for j in range(i):
            spread = sqrt(max(errors[i][i] + errors[j][j] - 2 * errors[i][j], 0.0))
            beaten = _chance_above(effects[j] - effects[i], spread)
            ranks[name] += beaten
            ranks[names[j]] += 1 - beaten
    return ranks


def _chance_above(ahead: float, spread: float) -> float:
    if spread == 0:
        return 0.5 + 0.5 * ((ahead > 0) - (ahead < 0))
    return 0.5 * (1 + erf(ahead / spread / sqrt(2)))
