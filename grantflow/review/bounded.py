"""The best worst case of a large committee: reached by flows, with a bound that no assignment can pass (methods 6)."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grantflow.review.flows import Ask, spread
from grantflow.review.leximin import Fits, Grid, Recipe, frugal, recipes

#: How often the proposals that went short try another recipe, at one level.
MOST_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Bounded:
    """The reviewers of each proposal, the worst sum they reach, and the sum above which no worst case can be."""

    rows: tuple[tuple[int, ...], ...]
    worst: int
    bound: int


def best_worst(grid: Grid, tell: Callable[[], None] = lambda: None) -> Bounded:
    """The best worst case that flows reach from above, and then more for whoever can have it.

    The bound is exact: at a higher level some proposals would, together, need more reviewers of a fit than there are.
    The grid must be satisfiable (see `shortage`). `tell` is called before each step that takes long.
    """
    search = _Search(grid, tell)
    reachable = [level for level in search.levels if level <= min(search.alone)]
    bound = search.highest_not_refuted(reachable)
    worst, rows = reachable[0], None
    for level in reversed([level for level in reachable if level <= bound]):
        rows = search.attempt([level] * len(grid.needs))
        if rows is not None:
            worst = level
            break
    if rows is None:
        rows = search.anything()
    rows = search.raised(rows, worst)
    return Bounded(rows, min(search.sums(rows), default=0), bound)


class _Search:
    def __init__(self, grid: Grid, tell: Callable[[], None]) -> None:
        self.grid = grid
        self.tell = tell
        self.able = [tuple(j for j, value in enumerate(line) if value is not None) for line in grid.fit]
        self.kept = [frozenset(j for j in self.able[i] if (i, j) in grid.kept) for i in range(len(grid.needs))]
        self.fits: list[Fits] = [
            tuple(sorted((v, min(c, need)) for v, c in Counter(self._fit(i, j) for j in self.able[i]).items()))
            for i, need in enumerate(grid.needs)
        ]
        self.sums_of = [
            sorted({sum(each) for each in recipes(fits, need) if self._holds_kept(i, each)})
            for i, (fits, need) in enumerate(zip(self.fits, grid.needs, strict=True))
        ]
        self.alone = [sums[-1] for sums in self.sums_of]
        self.levels = sorted(set().union(*self.sums_of))

    def _fit(self, i: int, j: int) -> int:
        return self.grid.fit[i][j] or 0

    def _holds_kept(self, i: int, recipe: Recipe) -> bool:
        """Whether the reviewers that must stay have a place in the recipe, each at a fit it has."""
        left = list(recipe)
        for value in sorted((self._fit(i, j) for j in self.kept[i]), reverse=True):
            places = [each for each in left if each <= value]
            if not places:
                return False
            left.remove(max(places))
        return True

    def sums(self, rows: Sequence[Sequence[int]]) -> list[int]:
        return [sum(self._fit(i, j) for j in row) for i, row in enumerate(rows)]

    def highest_not_refuted(self, levels: Sequence[int]) -> int:
        low, high = 0, len(levels) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if self._is_refuted(levels[middle]):
                high = middle - 1
            else:
                low = middle
        return levels[low]

    def _is_refuted(self, level: int) -> bool:
        """Whether, for some fit, all proposals at `level` would need more reviewers of that fit than may be had."""
        offered = [
            [each for _p, each in frugal(fits, need, (min(level, alone),))]
            for fits, need, alone in zip(self.fits, self.grid.needs, self.alone, strict=True)
        ]
        for value in sorted({value for fits in self.fits for value, _count in fits})[1:]:
            self.tell()
            asks = [
                Ask(
                    min(sum(each >= value for each in recipe) for recipe in mine),
                    tuple(j for j in self.able[i] if self._fit(i, j) >= value),
                )
                for i, mine in enumerate(offered)
            ]
            if not spread(asks, [0] * len(self.grid.most), self.grid.most).is_whole:
                return True
        return False

    def attempt(self, targets: Sequence[int]) -> tuple[tuple[int, ...], ...] | None:
        """Reviewers with which each proposal reaches its target, if a few rounds of recipes find them."""
        offered = [
            [each for _p, each in frugal(fits, need, (min(target, alone),)) if self._holds_kept(i, each)]
            for i, (fits, need, alone, target) in enumerate(
                zip(self.fits, self.grid.needs, self.alone, targets, strict=True)
            )
        ]
        if not all(offered):
            return None
        turns = [0] * len(offered)
        for _round in range(MOST_ROUNDS):
            rows, short = self._filled([mine[turn % len(mine)] for mine, turn in zip(offered, turns, strict=True)])
            if not short:
                return rows
            for i in short:
                turns[i] += 1
        return None

    def _filled(self, chosen: Sequence[Recipe]) -> tuple[tuple[tuple[int, ...], ...], list[int]]:
        self.tell()
        asks, owners = [], []
        loads = Counter(j for kept in self.kept for j in kept)
        for i, recipe in enumerate(chosen):
            counts = Counter(recipe)
            for value in sorted((self._fit(i, j) for j in self.kept[i]), reverse=True):
                counts[max(each for each, left in counts.items() if left and each <= value)] -= 1
            steps = sorted(counts)
            for place, value in enumerate(steps):
                ceiling = steps[place + 1] if place + 1 < len(steps) else None
                among = tuple(
                    j
                    for j in self.able[i]
                    if j not in self.kept[i]
                    and self._fit(i, j) >= value
                    and (ceiling is None or self._fit(i, j) < ceiling)
                )
                asks.append(Ask(counts[value], among))
                owners.append(i)
        flow = spread(
            asks,
            [max(0, least - loads[j]) for j, least in enumerate(self.grid.least)],
            [most - loads[j] for j, most in enumerate(self.grid.most)],
        )
        rows = [set(kept) for kept in self.kept]
        short = []
        for owner, ask, given in zip(owners, asks, flow.given, strict=True):
            rows[owner] |= set(given)
            if len(given) < ask.count:
                short.append(owner)
        unmet = sorted(set(short)) or ([] if flow.is_whole else list(range(len(chosen))))
        return tuple(tuple(sorted(row)) for row in rows), unmet

    def anything(self) -> tuple[tuple[int, ...], ...]:
        """Some assignment: the grid is satisfiable, so one flow over all that may be read finds it."""
        loads = Counter(j for kept in self.kept for j in kept)
        asks = [
            Ask(need - len(self.kept[i]), tuple(j for j in self.able[i] if j not in self.kept[i]))
            for i, need in enumerate(self.grid.needs)
        ]
        flow = spread(
            asks,
            [max(0, least - loads[j]) for j, least in enumerate(self.grid.least)],
            [most - loads[j] for j, most in enumerate(self.grid.most)],
        )
        return tuple(tuple(sorted({*kept, *given})) for kept, given in zip(self.kept, flow.given, strict=True))

    def raised(self, rows: tuple[tuple[int, ...], ...], worst: int) -> tuple[tuple[int, ...], ...]:
        """More for whoever can have it, as long as everybody reaches the higher level that they could have alone."""
        for level in (each for each in self.levels if each > worst):
            higher = self.attempt([min(level, alone) for alone in self.alone])
            if higher is None:
                return rows
            rows = higher
        return rows
