"""Leximin over whole numbers: the worst sum as large as it can be, then the next worst, and so on (methods 6).

Comparing sums in ascending order is counting: at the lowest level at which two assignments differ, the better one has
more proposals at or above it. So each level is one count, maximised while the counts of the levels below stay.

A proposal chooses a recipe: which fits its reviewers have at least. Of the recipes that reach a level only those that
ask for the least are offered. Once recipes are chosen, what is left is a flow, whose corners are whole numbers, so only
the recipes have to be whole. Every number is an integer: no tolerance of the solver decides.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations_with_replacement
from typing import Any

#: No clock stops the solver, or two runs could differ: it gives up after so many branches.
MOST_NODES = 2_000

#: A pair is in or out; what the solver leaves of its rounding is far from half.
HALF_WAY = 0.5

Fits = tuple[tuple[int, int], ...]
Recipe = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The problem in numbers: who may read what with which fit, how many a proposal needs, how many a reviewer reads.

    `fit[i][j]` is None where reviewer j may not read proposal i; `kept` are pairs that must stay; `ties[i][j]` decide
    between assignments that are equal in all else, the smallest sum first.
    """

    fit: Sequence[Sequence[int | None]]
    needs: Sequence[int]
    least: Sequence[int]
    most: Sequence[int]
    kept: frozenset[tuple[int, int]]
    ties: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Solved:
    """The reviewers of each proposal, and how far it is proven to be the best: False where the solver gave up."""

    rows: tuple[tuple[int, ...], ...]
    is_proven: bool


def leximin(grid: Grid, tell: Callable[[], None] = lambda: None) -> Solved:
    """The leximin assignment, among those the one with the most even loads, among those the smallest sum of ties.

    The grid must be satisfiable (see `shortage`). `tell` is called before each step that takes long.
    """
    model = _Model(grid, tell)
    model.raise_floor_for_all()
    model.count_level_by_level()
    model.even_out()
    model.break_ties()
    return Solved(model.rows(), model.is_proven)


@lru_cache(maxsize=4096)
def recipes(fits: Fits, size: int) -> tuple[Recipe, ...]:
    """Every choice of `size` fits, descending, out of `fits`: each with how often it can be had."""
    have = dict(fits)
    chosen = combinations_with_replacement(sorted(have, reverse=True), size)
    return tuple(each for each in chosen if all(count <= have[value] for value, count in Counter(each).items()))


@lru_cache(maxsize=16384)
def frugal(fits: Fits, size: int, levels: tuple[int, ...]) -> tuple[tuple[int, Recipe], ...]:
    """For each of the ascending `levels` (its place), the recipes that reach it, not the next, and ask for least."""
    found: list[tuple[int, Recipe]] = []
    everything = sorted((each for each in recipes(fits, size) if sum(each) >= levels[0]), key=lambda each: sum(each))
    for place, level in enumerate(levels):
        ceiling = levels[place + 1] if place + 1 < len(levels) else None
        kept: list[Recipe] = []
        for each in everything:
            if sum(each) < level or (ceiling is not None and sum(each) >= ceiling):
                continue
            if not any(all(a <= b for a, b in zip(less, each, strict=True)) for less in kept):
                kept.append(each)
        found += [(place, each) for each in kept]
    return tuple(found)


@dataclass(slots=True)
class _Rows:
    """The rows of a linear program as they are written."""

    places: list[tuple[int, int, float]] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)

    def add(self, terms: Sequence[tuple[int, float]], lower: float, upper: float = float("inf")) -> None:
        row = len(self.lower)
        self.places += [(row, column, value) for column, value in terms]
        self.lower.append(lower)
        self.upper.append(upper)


class _Model:
    """The growing program: what was settled at one step is a row of the next."""

    def __init__(self, grid: Grid, tell: Callable[[], None]) -> None:
        self.grid = grid
        self.tell = tell
        self.pairs = [
            (i, j, value) for i, line in enumerate(grid.fit) for j, value in enumerate(line) if value is not None
        ]
        self.of_proposal: list[list[int]] = [[] for _ in grid.needs]
        self.of_reviewer: list[list[int]] = [[] for _ in grid.least]
        for column, (i, j, _value) in enumerate(self.pairs):
            self.of_proposal[i].append(column)
            self.of_reviewer[j].append(column)
        self.fits: list[Fits] = [
            tuple(sorted((value, min(count, need)) for value, count in Counter(self._fits(i)).items()))
            for i, need in enumerate(grid.needs)
        ]
        self.sums_of = [
            sorted({sum(each) for each in recipes(fits, need)})
            for fits, need in zip(self.fits, grid.needs, strict=True)
        ]
        self.levels = sorted(set().union(*self.sums_of)) if self.sums_of else []
        self.floors = [sums[0] for sums in self.sums_of]
        self.settled = 0
        self.counted: list[tuple[int, int]] = []
        self.squares: int | None = None
        self.chosen: frozenset[int] = frozenset()
        self.is_proven = True

    def _fits(self, i: int) -> list[int]:
        return [self.pairs[column][2] for column in self.of_proposal[i]]

    def rows(self) -> tuple[tuple[int, ...], ...]:
        return tuple(
            tuple(self.pairs[column][1] for column in columns if column in self.chosen) for columns in self.of_proposal
        )

    def sums(self) -> list[int]:
        return [
            sum(self.pairs[column][2] for column in columns if column in self.chosen) for columns in self.of_proposal
        ]

    def _floors_at(self, level: int) -> list[int]:
        """The least sums with which each proposal is at `level`, or at the best it could have alone."""
        return [min(each for each in sums if each >= min(level, sums[-1])) for sums in self.sums_of]

    def raise_floor_for_all(self) -> None:
        """The highest level that each proposal reaches, or else has the best it could have alone; found by halving."""
        low, high = 0, len(self.levels) - 1
        if not self._solve(self.floors):
            raise AssertionError("the grid cannot be satisfied")
        while low < high:
            middle = (low + high + 1) // 2
            if self._solve(self._floors_at(self.levels[middle])):
                low = middle
            else:
                high = middle - 1
        if self.levels:
            self.floors, self.settled = self._floors_at(self.levels[low]), low

    def count_level_by_level(self) -> None:
        """How many proposals reach each higher level at most, those below kept."""
        for level in self.levels[self.settled + 1 :]:
            able = sum(sums[-1] >= level for sums in self.sums_of)
            limit = min(able, self.counted[-1][1]) if self.counted else able
            have = sum(each >= level for each in self.sums())
            if have < limit:
                self._solve(self.floors, level)
                have = sum(each >= level for each in self.sums())
            if not have:
                break
            self.counted.append((level, have))

    def even_out(self) -> None:
        """The most even loads that leave every count: the smallest sum of their squares."""
        count, seats = sum(self.grid.needs), len(self.grid.least)
        share, over = divmod(count, seats) if seats else (0, 0)
        if self._squares() > over * (share + 1) ** 2 + (seats - over) * share**2:
            self._solve(self.floors, even=True)
        self.squares = self._squares()

    def _squares(self) -> int:
        return sum(sum(column in self.chosen for column in columns) ** 2 for columns in self.of_reviewer)

    def break_ties(self) -> None:
        """The one assignment that the fixed rule names among those that are left."""
        self._solve(self.floors, ties=True)

    def _solve(
        self, floors: Sequence[int], level: int | None = None, *, even: bool = False, ties: bool = False
    ) -> bool:
        """Solve with them at or above `floors`: count those at `level`, even the loads, break ties, or find one.

        Returns whether there is a solution; then it is the chosen one.
        """
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_matrix

        self.tell()
        levels = [each for each, _count in self.counted] + ([] if level is None else [level])
        rows, columns = _Rows(), len(self.pairs)
        reaching: list[list[int]] = [[] for _ in levels]
        for i, need in enumerate(self.grid.needs):
            rows.add([(column, 1) for column in self.of_proposal[i]], need, need)
            columns = self._recipes_of(i, floors[i], levels, columns, rows, reaching)
        whole = columns
        costs: dict[int, float] = {}
        loads: list[tuple[int, float]] = []
        for j, mine in enumerate(self.of_reviewer):
            terms = [(column, 1.0) for column in mine]
            if even or self.squares is not None:
                units = [(columns + place, -1.0) for place in range(min(self.grid.most[j], len(mine)))]
                loads += [(column, 2.0 * place + 1) for place, (column, _one) in enumerate(units)]
                rows.add(terms + units, 0, 0)
                columns += len(units)
            rows.add(terms, self.grid.least[j], self.grid.most[j])
        for (each, count), reached in zip(self.counted, reaching, strict=False):
            rows.add([(column, 1) for column in reached], count - sum(floor >= each for floor in floors))
        if level is not None:
            costs = dict.fromkeys(reaching[-1], -1.0)
        elif even:
            costs = dict(loads)
        elif ties:
            if self.squares is not None:
                rows.add(loads, 0, self.squares)
            costs = {column: float(self.grid.ties[i][j]) for column, (i, j, _value) in enumerate(self.pairs)}
        objective, lower = np.zeros(columns), np.zeros(columns)
        for column, cost in costs.items():
            objective[column] = cost
        lower[[column for column, (i, j, _value) in enumerate(self.pairs) if (i, j) in self.grid.kept]] = 1
        at, across, values = zip(*rows.places, strict=True)
        matrix = csr_matrix((values, (at, across)), shape=(len(rows.lower), columns))
        for all_whole in (False, True) if not (even or ties) else (True,):
            integrality = np.zeros(columns)
            integrality[0 if all_whole else len(self.pairs) : whole] = 1
            found: Any = milp(
                objective,
                constraints=LinearConstraint(matrix, rows.lower, rows.upper),
                integrality=integrality,
                bounds=Bounds(lower, 1),
                options={"mip_rel_gap": 0, "node_limit": MOST_NODES},
            )
            if found.x is None:
                break
            pairs = found.x[: len(self.pairs)]
            # A corner is whole; should the solver answer with a point between two corners, it is asked for a corner
            if np.abs(pairs - np.round(pairs)).max(initial=0) < 1e-4:
                break
        self.is_proven = self.is_proven and found.status in {0, 2}
        if found.x is None:
            return False
        self.chosen = frozenset(np.flatnonzero(found.x[: len(self.pairs)] > HALF_WAY).tolist())
        return True

    def _recipes_of(
        self, i: int, floor: int, levels: Sequence[int], columns: int, rows: _Rows, reaching: list[list[int]]
    ) -> int:
        """Let proposal i choose one recipe; returns the number of columns after it."""
        mine = (floor, *(level for level in levels if floor < level <= self.sums_of[i][-1]))
        if mine == (self.sums_of[i][0],):
            return columns
        offered = frugal(self.fits[i], self.grid.needs[i], mine)
        chosen = range(columns, columns + len(offered))
        rows.add([(column, 1) for column in chosen], 1, 1)
        for value, _count in self.fits[i][1:]:
            asked = [
                (column, -float(sum(each >= value for each in recipe)))
                for column, (_place, recipe) in zip(chosen, offered, strict=True)
            ]
            held = [(column, 1.0) for column in self.of_proposal[i] if self.pairs[column][2] >= value]
            rows.add(held + [(column, amount) for column, amount in asked if amount], 0)
        for place, level in enumerate(levels):
            reaching[place] += [
                column for column, (at, _r) in zip(chosen, offered, strict=True) if mine[at] >= level > floor
            ]
        return columns + len(offered)
