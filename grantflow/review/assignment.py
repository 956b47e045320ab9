"""Who should read what: a proposed assignment with the certificate of how good it is (methods 6)."""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from grantflow.review import bounded, leximin
from grantflow.review.leximin import Grid
from grantflow.review.shortage import Shortage, find_shortages

Pair = tuple[str, str]

#: Up to so many pairs of a proposal and a reviewer the answer is exact; beyond, the best worst case with its bound.
MOST_EXACT_PAIRS = 200 * 24
#: So many ways to fill the proposals are the most that the exact search weighs; finely graded fits have more.
MOST_EXACT_RECIPES = 250_000
#: A pair that is not in the present assignment weighs so much more than one that is, where all else is equal.
A_CHANGE = 2**16


@dataclass(frozen=True, slots=True)
class Seat:
    """A reviewer: at least and at most so many proposals."""

    label: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be assigned: the reviewers each proposal needs by number, the seats, and the pairs' fits.

    A pair without a fit has 0. `apart` are pairs that may not be (conflicts, forbidden by hand), `kept` those that must
    be; `present` is the assignment as it is, of which as much as possible stays where all else is equal.
    """

    needs: Mapping[str, int]
    seats: tuple[Seat, ...]
    fit: Mapping[Pair, Fraction] = field(default_factory=dict)
    apart: frozenset[Pair] = frozenset()
    kept: frozenset[Pair] = frozenset()
    present: frozenset[Pair] = frozenset()

    def canonical(self) -> str:
        """The problem as text: the same for any order in which it was given."""
        return json.dumps(
            {
                "needs": dict(sorted(self.needs.items())),
                "seats": sorted([seat.label, seat.least, seat.most] for seat in self.seats),
                "fit": sorted([*pair, str(value)] for pair, value in self.fit.items() if value),
                **{name: sorted(map(list, getattr(self, name))) for name in ("apart", "kept", "present")},
            },
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )

    def digest(self) -> str:
        """The SHA-256 of the canonical text."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Certificate:
    """How good the assignment is.

    `sums` is the objective: each proposal's sum of fit, ascending. `bound` is a worst sum that no assignment passes;
    it is the worst sum itself where the answer is exact. `at_their_best` are proposals that alone could have no more;
    `full` and `at_least` are reviewers whose limits hold the others back.
    """

    is_exact: bool
    sums: tuple[Fraction, ...]
    worst: tuple[str, ...]
    bound: Fraction
    at_their_best: tuple[str, ...]
    full: tuple[str, ...]
    at_least: tuple[str, ...]
    squares: int
    sha256: str

    @property
    def gap(self) -> Fraction:
        """How much better the worst case might be, at most."""
        return self.bound - self.sums[0] if self.sums else Fraction(0)


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed assignment: its pairs by number and label, and its certificate."""

    pairs: tuple[Pair, ...]
    certificate: Certificate

    def as_json(self) -> bytes:
        """The draft as text; the same problem gives the same bytes."""
        return json.dumps(
            {"pairs": self.pairs, "certificate": as_values(self.certificate)},
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        ).encode()


class Impossible(Exception):
    """No assignment meets every condition; `shortages` say which ones contradict each other."""

    def __init__(self, shortages: tuple[Shortage, ...]) -> None:
        super().__init__(str(len(shortages)))
        self.shortages = shortages


def as_values(certificate: Certificate) -> dict[str, Any]:
    """The certificate as plain values, fractions as text."""
    return {
        "is_exact": certificate.is_exact,
        "sums": [str(each) for each in certificate.sums],
        "worst": list(certificate.worst),
        "bound": str(certificate.bound),
        "at_their_best": list(certificate.at_their_best),
        "full": list(certificate.full),
        "at_least": list(certificate.at_least),
        "squares": certificate.squares,
        "sha256": certificate.sha256,
    }


def from_values(values: Mapping[str, Any]) -> Certificate:
    """The certificate that `as_values` wrote down."""
    lists = {name: tuple(values[name]) for name in ("worst", "at_their_best", "full", "at_least")}
    return Certificate(
        is_exact=values["is_exact"],
        sums=tuple(Fraction(each) for each in values["sums"]),
        bound=Fraction(values["bound"]),
        squares=values["squares"],
        sha256=values["sha256"],
        **lists,
    )


def propose(problem: Problem, tell: Callable[[], None] = lambda: None) -> Draft:
    """The leximin assignment, then the most even loads, then the fixed rule of ties (methods 6).

    Raises Impossible with the conditions that contradict each other. The same problem gives the same draft, whatever
    the order of its parts. `tell` is called before each step that takes long.
    """
    shortages = find_shortages(
        problem.needs,
        {seat.label: (seat.least, seat.most) for seat in problem.seats},
        problem.apart,
        problem.kept,
    )
    if shortages:
        raise Impossible(shortages)
    numbers, seats = sorted(problem.needs), sorted(problem.seats, key=lambda seat: seat.label)
    scale = math.lcm(*(value.denominator for value in problem.fit.values()))
    grid = Grid(
        fit=[
            [
                None
                if (number, seat.label) in problem.apart
                else int(problem.fit.get((number, seat.label), Fraction(0)) * scale)
                for seat in seats
            ]
            for number in numbers
        ],
        needs=[problem.needs[number] for number in numbers],
        least=[seat.least for seat in seats],
        most=[seat.most for seat in seats],
        kept=frozenset(
            (numbers.index(number), place)
            for place, seat in enumerate(seats)
            for number, label in problem.kept
            if label == seat.label
        ),
        ties=[[weight(problem, number, seat.label) for seat in seats] for number in numbers],
    )
    if is_small(grid):
        solved = leximin.leximin(grid, tell)
        rows, bound, is_exact = solved.rows, None, solved.is_proven
    else:
        reached = bounded.best_worst(grid, tell)
        rows, bound, is_exact = reached.rows, reached.bound, False
    return _draft(problem, numbers, seats, grid, rows, scale, bound, is_exact)


def weight(problem: Problem, number: str, label: str) -> int:
    """What a pair weighs where all else is equal: the smallest sum wins.

    Two bytes of a hash of the two names, so that no order of input decides, and more for a pair that is a change.
    """
    mark = hashlib.sha256(f"{number}\n{label}".encode()).digest()
    return int.from_bytes(mark[:2]) + (0 if (number, label) in problem.present else A_CHANGE)


def is_small(grid: Grid) -> bool:
    """Whether the exact search can be waited for."""
    if sum(value is not None for line in grid.fit for value in line) > MOST_EXACT_PAIRS:
        return False
    ways = 0
    for line, need in zip(grid.fit, grid.needs, strict=True):
        values = len({value for value in line if value is not None})
        ways += math.comb(values + need - 1, need)
        if ways > MOST_EXACT_RECIPES:
            return False
    return True


def _draft(
    problem: Problem,
    numbers: list[str],
    seats: list[Seat],
    grid: Grid,
    rows: tuple[tuple[int, ...], ...],
    scale: int,
    bound: int | None,
    is_exact: bool,
) -> Draft:
    sums = [sum(grid.fit[i][j] or 0 for j in row) for i, row in enumerate(rows)]
    loads = Counter(j for row in rows for j in row)
    alone = [
        sum(sorted((value for value in line if value is not None), reverse=True)[:need])
        for line, need in zip(grid.fit, grid.needs, strict=True)
    ]
    worst = min(sums, default=0)
    highest = worst if is_exact else (bound if bound is not None else min(alone, default=0))
    certificate = Certificate(
        is_exact=is_exact,
        sums=tuple(Fraction(each, scale) for each in sorted(sums)),
        worst=tuple(number for number, each in zip(numbers, sums, strict=True) if each == worst),
        bound=Fraction(highest, scale),
        at_their_best=tuple(number for number, each, most in zip(numbers, sums, alone, strict=True) if each == most),
        full=tuple(seat.label for j, seat in enumerate(seats) if loads[j] == seat.most),
        at_least=tuple(seat.label for j, seat in enumerate(seats) if seat.least and loads[j] == seat.least),
        squares=sum(load**2 for load in loads.values()),
        sha256=problem.digest(),
    )
    return Draft(
        tuple((number, seats[j].label) for number, row in zip(numbers, rows, strict=True) for j in row), certificate
    )
