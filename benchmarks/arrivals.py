"""When applicants come on the last day: ever more of them as the deadline nears, as calls report it.

The rate at `left` minutes before the deadline is in proportion to 1 / max(1, left): it doubles as the time halves, and
stays level in the last minute. With 60 % of all in the last hour this leaves nearly 12 % for the last minute.
"""

import math
import random
from collections.abc import Iterator

APPLICANTS = 2_000
IN_THE_LAST_HOUR = 0.6
HOUR = 60.0

#: What the rate adds up to over the last hour, in units of the last minute.
_LAST_HOUR = 1 + math.log(HOUR)
_ALL = _LAST_HOUR / IN_THE_LAST_HOUR
#: How many minutes before the deadline the first one comes: about thirty hours.
FIRST = math.exp(_ALL - 1)


def share(left: float) -> float:
    """Which part of all applicants comes in the last `left` minutes."""
    return (left if left <= 1 else 1 + math.log(min(left, FIRST))) / _ALL


def left_at(part: float) -> float:
    """How many minutes before the deadline it is when only `part` of all are still to come."""
    units = part * _ALL
    return units if units <= 1 else math.exp(units - 1)


def minutes_left(applicants: float, minutes: int, chance: random.Random) -> Iterator[float]:
    """When the applicants of the last `minutes` come, in minutes before the deadline, the first to come first.

    How many come in each minute follows from the law; when they do within it is left to chance, so that they come in
    bunches as people do.
    """
    for minute in range(minutes, 0, -1):
        nearer, farther = share(minute - 1), share(minute)
        count = round(applicants * farther) - round(applicants * nearer)
        yield from sorted((left_at(chance.uniform(nearer, farther)) for _ in range(count)), reverse=True)
