"""The zones and flags a ranking marks its entries with, and the words for them."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from grantflow.core.words import Lazy, _, lazy


class Zone(StrEnum):
    """Where an entry lies around the planned number of its tier (methods 4)."""

    CLEAR_IN = "clear_in"
    BORDER = "border"
    CLEAR_OUT = "clear_out"
    INCOMPLETE = "incomplete"

    @property
    def label(self) -> Lazy:
        """The words for it."""
        return ZONE_LABELS[self]


class Flag(StrEnum):
    """What a person should look at before trusting an entry's place."""

    COMPONENT = "component"
    """No reviewer connects it with the largest group, even through others; written with its group: `component:2`."""
    DISAGREEMENT = "disagreement"
    """The standard deviation of its reviewers' means is at least a set share of the scale's width."""
    MOVED = "moved"
    """By the calibrated score it lies on the other side of the planned number than by the mean."""
    TIE_AT_LINE = "tie_at_line"
    """It is one of several equal entries of which only some fit within the planned number."""
    BELOW_FLOOR = "below_floor"
    """Its mean lies under the call's pass line: 要審議, never a silent drop (methods 2)."""


ZONE_LABELS: dict[Zone, Lazy] = {
    Zone.CLEAR_IN: lazy("予定数の内"),
    Zone.BORDER: lazy("境界"),
    Zone.CLEAR_OUT: lazy("予定数の外"),
    Zone.INCOMPLETE: lazy("評点不足"),
}

FLAG_LABELS: dict[Flag, Lazy] = {
    Flag.COMPONENT: lazy("別の審査グループ"),
    Flag.DISAGREEMENT: lazy("評点のばらつきが大きい"),
    Flag.MOVED: lazy("調整すると予定数の線をまたぐ"),
    Flag.TIE_AT_LINE: lazy("予定数の線上で同点"),
    Flag.BELOW_FLOOR: lazy("基準点未満のため要審議"),
}


def flag_label(flag: str) -> str:
    """The words for a flag as an entry carries it, with the number of the group where it has one."""
    kind, _colon, number = flag.partition(":")
    label = str(FLAG_LABELS[Flag(kind)])
    return _("%(label)s（%(number)s）", label=label, number=number) if number else label


@dataclass(frozen=True, slots=True)
class Edges:
    """What the marks of one tier's entries are measured against."""

    planned: int
    first_border_rank: int
    last_border_rank: int
    border_chance: tuple[float, float]
    disagreement: float
    floor: Fraction | None


def zone_of(rank: int, chance: float, edges: Edges) -> Zone:
    """In which zone an entry of that rank and chance of selection lies (methods 4)."""
    low, high = edges.border_chance
    if low < chance < high or edges.first_border_rank <= rank <= edges.last_border_rank:
        return Zone.BORDER
    return Zone.CLEAR_IN if chance >= high else Zone.CLEAR_OUT
