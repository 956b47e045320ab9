"""A linear model with two crossed random factors, estimated by REML over numbered levels."""

# The factor with more levels is absorbed: its part of the covariance is diagonal, so only a dense system of the other's
# size is ever solved. `a` is the absorbed factor, `b` the dense one. Variances are held as ratios to the residual one,
# which the likelihood then has in closed form: H = I + ratio_a Za Za' + ratio_b Zb Zb', and the covariance is s2 H.

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

# Read once, when numpy loads. With more threads the last digits would depend on the machine's number of processors,
# and systems of a few hundred reviewers are solved more slowly, since the threads mostly wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

Array = Any  # a numpy array: numpy loads only where it is used, so it cannot be named here

LARGEST_RATIO = 1e6
"""Beyond this the residual is nothing beside the effects, and the sums would lose their digits."""

MOST_STEPS = 200
CLOSE_ENOUGH = 1e-7
SMALL_DESIGN = 500
#: From how many places a small design is climbed.
MOST_TOPS = 8
GRID = (0.01, 0.1, 0.4, 1.0, 2.5, 10.0, 100.0, 1e4, LARGEST_RATIO)
ROWS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Design:
    """Which levels of the two factors meet in which rating, and what was given there."""

    a: Array  # level of the absorbed factor, per rating; ascending
    b: Array  # level of the dense factor, per rating
    y: Array
    counts_a: Array
    counts_b: Array
    positions: Array  # where two dense levels meet in an absorbed one: flat position in the dense square,
    sizes: Array  # how many ratings that absorbed level has,
    times: Array  # and how often this happens


@dataclass(frozen=True, slots=True)
class System:
    """The model solved at one pair of ratios."""

    design: Design
    ratio_a: float
    ratio_b: float
    weights: Array  # ratio_a / (1 + ratio_a n) per absorbed level
    root: Array  # inverse of the Cholesky factor of the dense system
    ones: Array  # H^-1 1
    information: float  # 1' H^-1 1
    mu: float
    residuals: Array  # P y
    squares: float  # y' P y
    likelihood: float

    def effects(self) -> tuple[Array, Array]:
        """The predicted effect of each level of `a` and of `b`."""
        import numpy as np

        return (
            self.ratio_a * np.bincount(self.design.a, self.residuals),
            self.ratio_b * np.bincount(self.design.b, self.residuals),
        )


def design(a: Sequence[int], b: Sequence[int], y: Sequence[float]) -> Design:
    """The ratings `y` at the levels `a` and `b` (0, 1, … without gaps), `a` the factor to absorb."""
    import numpy as np

    order = np.lexsort((np.array(b), np.array(a)))
    first, second = np.array(a)[order], np.array(b)[order]
    counts_a, counts_b = np.bincount(first), np.bincount(second)
    meetings = _meetings(second, counts_a, len(counts_b))
    return Design(first, second, np.array(y, dtype=float)[order], counts_a, counts_b, *meetings)


def _meetings(b: Array, counts_a: Array, width: int) -> tuple[Array, Array, Array]:
    import numpy as np

    starts = np.cumsum(counts_a) - counts_a
    found = []
    for size in np.unique(counts_a):
        levels = b[starts[counts_a == size][:, None] + np.arange(size)]
        if levels.size * size <= 4 * width * width:
            positions = (levels[:, :, None] * width + levels[:, None, :]).ravel()
            times = np.ones(len(positions))
        else:
            # Few dense levels that meet often: counting them as a product is smaller than listing them.
            incidence = np.zeros((len(levels), width))
            incidence[np.arange(len(levels))[:, None], levels] = 1
            square = (incidence.T @ incidence).ravel()
            positions = np.flatnonzero(square)
            times = square[positions]
        found.append((positions, np.full(len(positions), float(size)), times))
    return (
        np.concatenate([positions for positions, _, _ in found]),
        np.concatenate([sizes for _, sizes, _ in found]),
        np.concatenate([times for _, _, times in found]),
    )


def solve(design: Design, ratio_a: float, ratio_b: float) -> System:
    """The model at these ratios of the two variances to the residual one."""
    import numpy as np

    total = len(design.y)
    weights = ratio_a / (1 + ratio_a * design.counts_a)
    root, log_determinant = _dense_root(design, ratio_a, ratio_b)
    ones = _apply_inverse(design, weights, root, ratio_b, np.ones(total))
    solved = _apply_inverse(design, weights, root, ratio_b, design.y)
    information = float(ones.sum())
    mu = float(solved.sum()) / information
    residuals = solved - mu * ones
    squares = max(float((design.y - mu) @ residuals), 1e-300)
    log_determinant += float(np.log1p(ratio_a * design.counts_a).sum() + np.log(information))
    likelihood = -0.5 * (log_determinant + (total - 1) * float(np.log(squares)))
    return System(design, ratio_a, ratio_b, weights, root, ones, information, mu, residuals, squares, likelihood)


def _dense_root(design: Design, ratio_a: float, ratio_b: float) -> tuple[Array, float]:
    import numpy as np

    width = len(design.counts_b)
    if ratio_b == 0:
        return np.eye(width), 0.0
    shares = design.times * (-ratio_b * ratio_a / (1 + ratio_a * design.sizes))
    dense = np.bincount(design.positions, weights=shares, minlength=width * width).reshape(width, width)
    dense[np.diag_indices(width)] += 1 + ratio_b * design.counts_b
    lower = np.linalg.cholesky(dense)
    root = np.zeros_like(lower)
    _invert_lower(lower, root)
    return root, 2 * float(np.log(np.diag(lower)).sum())


def _invert_lower(lower: Array, inverse: Array) -> None:
    """Fill `inverse` (zeros) with the inverse of a lower triangle, by halves: almost all of it is matrix products."""
    import numpy as np

    size = len(lower)
    if size <= 64:
        inverse[...] = np.tril(np.linalg.inv(lower))
        return
    half = size // 2
    _invert_lower(lower[:half, :half], inverse[:half, :half])
    _invert_lower(lower[half:, half:], inverse[half:, half:])
    np.matmul(inverse[half:, half:], lower[half:, :half] @ inverse[:half, :half], out=inverse[half:, :half])
    np.negative(inverse[half:, :half], out=inverse[half:, :half])


def _apply_inverse(design: Design, weights: Array, root: Array, ratio_b: float, x: Array) -> Array:
    import numpy as np

    own = x - (weights * np.bincount(design.a, x))[design.a]
    if ratio_b == 0:
        return own
    pulled = (root.T @ (root @ np.bincount(design.b, own)))[design.b]
    pulled -= (weights * np.bincount(design.a, pulled))[design.a]
    return own - ratio_b * pulled


def estimate(design: Design) -> tuple[System, float]:
    """The REML system and its residual variance; a factor that the design cannot tell from another gets the ratio 0.

    Newton steps on the two ratios with the average information, kept inside their bounds.
    """
    import numpy as np

    if np.ptp(design.y) == 0:
        return solve(design, 0.0, 0.0), 0.0
    telling = np.array([len(counts) > 1 and counts.max() > 1 for counts in (design.counts_a, design.counts_b)])
    tops = [_top(system, telling) for system in _beginnings(design, telling)]
    system = max(tops, key=lambda top: top.likelihood)
    return system, system.squares / (len(design.y) - 1)


def _top(system: System, telling: Array) -> System:
    """Where the climb from `system` ends."""
    import numpy as np

    last = 0.0
    for _ in range(MOST_STEPS):
        before = np.array([system.ratio_a, system.ratio_b])
        slope, information, damping = _slope(system)
        moving = telling & ~((before <= 0) & (slope <= 0)) & ~((before >= LARGEST_RATIO) & (slope >= 0))
        if not moving.any():
            break
        system = _climb(system, moving, slope, information, damping)
        reached = np.array([system.ratio_a, system.ratio_b])
        change = float((np.abs(reached - before) / (1e-3 + reached)).max())
        # Each step is about as much smaller than the last one as that was than the one before.
        if change * min(1.0, change / last if last else 1.0) <= CLOSE_ENOUGH:
            break
        last = change
    return system


def _climb(system: System, moving: Array, slope: Array, information: Array, damping: Array) -> System:
    """The next system up: a Newton step, damped towards the gradient until it is not less likely than the one held."""
    import numpy as np

    point = np.array([system.ratio_a, system.ratio_b])
    for power in range(-9, 16, 2):
        curvature = (information + 10.0**power * np.diag(damping))[np.ix_(moving, moving)]
        step = np.zeros(2)
        try:
            step[moving] = np.linalg.solve(curvature, slope[moving])
        except np.linalg.LinAlgError:  # flat in some direction: only more damping says how far to go
            continue
        # The information is an average: far from the top it can ask for far too much.
        target = np.clip(point + step, 0.0, np.minimum(LARGEST_RATIO, 10 * point + 1))
        trial = solve(system.design, *target.tolist())
        if trial.likelihood >= system.likelihood - 1e-13 * abs(system.likelihood):
            return trial
    return system


def _beginnings(design: Design, telling: Array) -> list[System]:
    """Where to climb from: a small design can have several tops, so there the best of a coarse grid are all tried."""
    guess = (telling * _start(design)).tolist()
    if len(design.y) > SMALL_DESIGN:
        return [solve(design, *guess)]
    ratios = [(0.0, *GRID) if tells else (0.0,) for tells in telling]
    grid = [[ratio_a, ratio_b] for ratio_a in ratios[0] for ratio_b in ratios[1]]
    systems = [solve(design, *start) for start in [guess, *grid]]
    return sorted(systems, key=lambda system: -system.likelihood)[:MOST_TOPS]


def _start(design: Design) -> Array:
    """Ratios to begin with: Henderson's first method, that is sums of squares set equal to their expectations."""
    import numpy as np

    total = len(design.y)
    y = design.y - design.y.mean()
    of_a = float((np.bincount(design.a, y) ** 2 / design.counts_a).sum())
    of_b = float((np.bincount(design.b, y) ** 2 / design.counts_b).sum())
    levels_a, levels_b = len(design.counts_a), len(design.counts_b)
    expected = np.array([[total, total, total], [total, levels_a, levels_a], [levels_b, total, levels_b]], dtype=float)
    expected -= [(design.counts_a**2).sum() / total, (design.counts_b**2).sum() / total, 1.0]
    guess = np.linalg.lstsq(expected, np.array([float(y @ y), of_a, of_b]), rcond=None)[0]
    return np.clip(guess[:2] / max(guess[2], 0.05 * float(np.var(y))), 0.01, 100.0)


def _slope(system: System) -> tuple[Array, Array, Array]:
    """Gradient and average information of the likelihood in the two ratios (residual profiled out), and their scale."""
    import numpy as np

    design = system.design
    sums = [np.bincount(index, system.residuals) for index in (design.a, design.b)]
    carried = [found[index] for found, index in zip(sums, (design.a, design.b), strict=True)]
    projected = []
    for vector in carried:
        solved = _apply_inverse(design, system.weights, system.root, system.ratio_b, vector)
        projected.append(solved - system.ones * ((system.ones @ vector) / system.information))
    fitted = np.array([found @ found for found in sums])
    crossed = np.array([[left @ right for right in projected] for left in carried])
    scale = (len(design.y) - 1) / system.squares
    information = 0.5 * scale * (crossed - np.outer(fitted, fitted) / system.squares)
    slope = 0.5 * (scale * fitted - _traces(system))
    return slope, (information + information.T) / 2, 0.5 * scale * np.diag(crossed) + 1e-300


def _traces(system: System) -> Array:
    """tr(P Za Za') and tr(P Zb Zb')."""
    import numpy as np

    design = system.design
    kept, diagonal = 1 / (1 + system.ratio_a * design.counts_a), np.einsum("ij,ij->j", system.root, system.root)
    met = np.empty(len(kept))
    columns = np.ascontiguousarray(system.root.T)
    for rows, ratings, starts in _blocks(design):
        sums = np.add.reduceat(columns[design.b[ratings]], starts, axis=0)
        met[rows] = np.einsum("ij,ij->i", sums, sums)
    of_a = (design.counts_a * kept).sum() - system.ratio_b * (met * kept**2).sum()
    of_b = (design.counts_b * diagonal).sum() - (met * system.weights).sum()
    means = [(np.bincount(index, system.ones) ** 2).sum() for index in (design.a, design.b)]
    return np.array([of_a, of_b]) - np.array(means) / system.information


def _blocks(design: Design) -> Iterator[tuple[slice, slice, Array]]:
    """A few absorbed levels at a time, so that what they gather stays in the processor's cache.

    Of each block: its levels, its ratings, and where in these each level starts.
    """
    import numpy as np

    ends = np.cumsum(design.counts_a)
    starts = ends - design.counts_a
    for first in range(0, len(ends), ROWS_AT_ONCE):
        rows = slice(first, min(first + ROWS_AT_ONCE, len(ends)))
        begin, end = int(starts[first]), int(ends[rows.stop - 1])
        yield rows, slice(begin, end), starts[rows] - begin


def _pull(system: System) -> Array:
    """By how much the effects of `b` fall when mu rises by one."""
    import numpy as np

    design = system.design
    ones = np.bincount(design.b, 1 - (design.counts_a * system.weights)[design.a])
    return system.ratio_b * (system.root.T @ (system.root @ ones))


def error_covariances(system: System, residual: float) -> tuple[Array, Array]:
    """The covariance of the prediction errors of the effects of `a` and of `b`; dense in both, for small designs."""
    import numpy as np

    design, pull = system.design, _pull(system)
    of_b = system.ratio_b * (system.root.T @ system.root) + np.outer(pull, pull) / system.information
    joint = np.block(
        [
            [np.array([[1.0]]) / system.information, -pull[None, :] / system.information],
            [-pull[:, None] / system.information, of_b],
        ]
    )
    spread = np.zeros((len(design.counts_a), len(pull) + 1))
    spread[:, 0] = design.counts_a * system.weights
    spread[design.a, 1 + design.b] = system.weights[design.a]
    of_a = np.diag(system.weights) + spread @ joint @ spread.T
    return residual * of_a, residual * of_b


def draw_dense(system: System, residual: float, count: int, generator: Any) -> tuple[Array, Array]:
    """`count` joint draws of mu (one each) and of the effects of `b` (a row per level), given the ratings."""
    import numpy as np

    shift = generator.standard_normal(count) * sqrt(residual / system.information)
    b = np.zeros((len(system.design.counts_b), count))
    if system.ratio_b > 0 and residual > 0:
        np.matmul(system.root.T, generator.standard_normal(b.shape), out=b)
        b *= sqrt(residual * system.ratio_b)
        b += system.effects()[1][:, None]
        b -= np.outer(_pull(system), shift)
    return system.mu + shift, b


def draw_absorbed(system: System, residual: float, mu: Array, b: Array, generator: Any) -> Array:
    """Draws of the effects of `a` (a row per level) that belong to these draws of mu and `b`."""
    import numpy as np

    design = system.design
    drawn = generator.standard_normal((len(design.counts_a), len(mu)))
    drawn *= np.sqrt(residual * system.weights)[:, None]
    totals = np.bincount(design.a, design.y)
    for rows, ratings, starts in _blocks(design):
        expected = np.add.reduceat(b[design.b[ratings]], starts, axis=0)
        expected += np.outer(design.counts_a[rows], mu)
        drawn[rows] += system.weights[rows, None] * (totals[rows, None] - expected)
    return drawn
