"""Ranks: how they are shared, on which side of the planned number they lie, and how sure they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from grantflow.review.mixed_model import Array

LOW, HIGH = Fraction(5, 100), Fraction(95, 100)
DRAWS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Interval:
    """The 5 % and 95 % ranks of an entry, and its chance of lying within the planned number."""

    low: int
    high: int
    chance: float


def shared_ranks(values: Sequence[float] | Sequence[Fraction], tolerance: float = 0.0) -> list[tuple[int, int]]:
    """Of values from the greatest down: the rank of each and how many share it, ranks as 1, 2, 2, 4 (R4.5).

    A value shares the rank of the first one of its row that it is not more than `tolerance` below.
    """
    rows: list[list[Fraction | float]] = []
    for value in values:
        if rows and (value == rows[-1][0] or (tolerance and rows[-1][0] - value <= tolerance)):
            rows[-1].append(value)
        else:
            rows.append([value])
    places, rank = [], 1
    for row in rows:
        places += [(rank, len(row))] * len(row)
        rank += len(row)
    return places


def side(rank: int, ties: int, seats: Fraction | int) -> int:
    """1 for wholly within the seats, -1 for wholly outside, 0 where the tie or a broken seat leaves it open."""
    return int(rank + ties - 1 <= seats) - int(rank - 1 >= seats)


def lots(rows: int, count: int, seed: Sequence[int]) -> Array:
    """Draws that prefer nobody: what to rank when the scores say nothing about the order."""
    import numpy as np

    return np.random.default_rng(seed).random((rows, count))


def rank_intervals(draws: Array, seats: Fraction | int) -> list[Interval]:
    """One interval per row of `draws`, the largest value of a column being its rank 1 (methods 4).

    A quantile is the smallest rank that at least that share of the draws reach. `seats` is the planned number; where it
    is a fraction, the entry on the broken seat counts as within by that fraction, so that the chances add up to it.
    """
    import numpy as np

    rows, count = draws.shape
    ranks = np.empty((rows, count), dtype=np.int32)
    in_order = np.arange(1, rows + 1, dtype=np.int32)[None, :]
    # A few draws at a time: sorting then stays in the processor's cache.
    for first in range(0, count, DRAWS_AT_ONCE):
        columns = slice(first, first + DRAWS_AT_ONCE)
        order = np.argsort(np.negative(draws[:, columns].T, order="C"), axis=1)
        found = np.empty(order.shape, dtype=np.int32)
        np.put_along_axis(found, order, in_order, axis=1)
        ranks[:, columns] = found.T
    whole = floor(seats)
    chances = np.count_nonzero(ranks <= whole, axis=1) / count
    if seats > whole:
        chances += float(seats - whole) * np.count_nonzero(ranks == whole + 1, axis=1) / count
    low, high = ceil(LOW * count) - 1, ceil(HIGH * count) - 1
    ranks.partition((low, high), axis=1)
    return [
        Interval(*found)
        for found in zip(ranks[:, low].tolist(), ranks[:, high].tolist(), chances.tolist(), strict=True)
    ]
