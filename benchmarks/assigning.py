"""How long a proposed assignment takes, and what it reaches: exact for a usual committee, bounded for a large one."""

import random
import time
from collections.abc import Iterator
from fractions import Fraction

from benchmarks.figures import Figure
from grantflow.review.assignment import Draft, Problem, Seat, propose

SIZES = ((200, 24, 30.0), (2_000, 400, 60.0))
REVIEWS = 3

#: How much a shared audience, feature and region weigh, and how many of each there are.
FACETS = ((3, 6), (2, 4), (2, 10))


def measure() -> Iterator[Figure]:
    """Seconds for each size, and by how much the worst case might be better (0 where it is exact)."""
    for proposals, reviewers, goal in SIZES:
        name = f"assignment {proposals:,} x {reviewers} x {REVIEWS}"
        began, spent = time.monotonic(), time.process_time()
        draft = propose(problem(proposals, reviewers))
        seconds, cpu = time.monotonic() - began, time.process_time() - spent
        yield Figure(name, "none", round(seconds, 1), "s", goal, round(cpu, 1))
        yield Figure(f"{name}: gap of the worst case", "none", float(draft.certificate.gap), "fit", _most_gap(draft))


def _most_gap(draft: Draft) -> float | None:
    """An exact answer has none; a large one only states it."""
    return 0.0 if draft.certificate.is_exact else None


def problem(proposals: int, reviewers: int) -> Problem:
    """A committee with a few sought experts, conflicts on a pair in thirty, and loads that leave little room."""
    draw = random.Random(1)
    numbers = [f"BL-{place:04}" for place in range(1, proposals + 1)]
    labels = [f"reviewer-{place:03}" for place in range(1, reviewers + 1)]
    share = proposals * REVIEWS // reviewers
    fit: dict[tuple[str, str], int] = {}
    for worth, kinds in FACETS:
        about = {number: draw.choices(range(kinds), [1 / (1 + kind) for kind in range(kinds)])[0] for number in numbers}
        knows = {label: {kind for kind in range(kinds) if draw.random() < 0.25} for label in labels}
        for number in numbers:
            for label in labels:
                if about[number] in knows[label]:
                    fit[number, label] = fit.get((number, label), 0) + worth
    return Problem(
        needs=dict.fromkeys(numbers, REVIEWS),
        seats=tuple(Seat(label, max(0, share - 3), share + 2) for label in labels),
        fit={pair: Fraction(value) for pair, value in fit.items()},
        apart=frozenset((number, label) for number in numbers for label in labels if draw.random() < 1 / 30),
    )
