"""Invented scores for the sample call: merit, severity of the reviewer and chance, the same for the same seed."""

import random
from collections.abc import Sequence
from typing import NamedTuple

from grantflow.calls.definition import Definition

# In steps of a 5-grade scale; about what panels of three show.
SPREAD_OF_MERIT = 0.75
SPREAD_OF_SEVERITY = 0.35
SPREAD_OF_TASTE = 0.3
SPREAD_OF_CHANCE = 0.6
USUAL_GRADE = 0.56


class Panelist(NamedTuple):
    """審査委員 of the sample call."""

    email: str
    name: str


class ScoreRow(NamedTuple):
    """One line of a score file, in the columns of `scores load`."""

    number: str
    reviewer: str
    criterion: str
    score: int


PANEL = (
    Panelist("reviewer1@example.jp", "汐見 さよ"),
    Panelist("reviewer2@example.jp", "梶原 冬馬"),
    Panelist("reviewer3@example.jp", "苗代 ちづる"),
    Panelist("reviewer4@example.jp", "都築 航平"),
    Panelist("reviewer5@example.jp", "朝比奈 るり"),
    Panelist("reviewer6@example.jp", "渡瀬 研造"),
    Panelist("reviewer7@example.jp", "小鷹 まひろ"),
    Panelist("reviewer8@example.jp", "柚木谷 樹"),
)


def scores(definition: Definition, numbers: Sequence[str], reviewers: Sequence[str], seed: int) -> list[ScoreRow]:
    """A complete set of scores on the call's scale: every proposal by as many reviewers as the call asks for.

    The load is even to one proposal. The order of `numbers` and `reviewers` matters; no clock and no system state does.
    """
    chance = random.Random(seed)
    severity = {reviewer: SPREAD_OF_SEVERITY * _bell(chance) for reviewer in reviewers}
    load = dict.fromkeys(reviewers, 0)
    rows = []
    for number in numbers:
        merit = SPREAD_OF_MERIT * _bell(chance)
        taste = {criterion.key: SPREAD_OF_TASTE * _bell(chance) for criterion in definition.criteria}
        for reviewer in _least_loaded(load, definition.review.reviewers_per_application, chance):
            load[reviewer] += 1
            for criterion in definition.criteria:
                steps = merit + taste[criterion.key] - severity[reviewer] + SPREAD_OF_CHANCE * _bell(chance)
                rows.append(ScoreRow(number, reviewer, criterion.key, _grade(definition, steps)))
    return rows


def _least_loaded(load: dict[str, int], count: int, chance: random.Random) -> list[str]:
    lots = {reviewer: chance.random() for reviewer in load}
    chosen = sorted(load, key=lambda reviewer: (load[reviewer], lots[reviewer]))[:count]
    return [reviewer for reviewer in load if reviewer in chosen]


def _grade(definition: Definition, steps: float) -> int:
    least, most = definition.review.scale_min, definition.review.scale_max
    width = most - least
    return min(most, max(least, least + round(width * (USUAL_GRADE + steps / 4))))


def _bell(chance: random.Random) -> float:
    # A sum of uniforms, since the library's own normal draws may change with its version.
    return sum(chance.random() for _ in range(12)) - 6
