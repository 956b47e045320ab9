"""The points of review under their headings, in the order they were published."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from grantflow.calls.definition import Criterion


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with the points that stand right under it, or under a heading of the second level."""

    name: str
    parts: tuple[tuple[str, tuple[Criterion, ...]], ...]


def under_headings(criteria: Sequence[Criterion]) -> tuple[Heading, ...]:
    """The criteria by group and subgroup (empty for none); neighbours of one name stand together."""
    return tuple(
        Heading(name, tuple((sub, tuple(points)) for sub, points in groupby(members, lambda point: point.subgroup)))
        for name, members in groupby(criteria, lambda point: point.group)
    )
