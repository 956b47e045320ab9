"""The entries of a ranking in a reader's words, and where the line at the planned number falls among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

from grantflow.core.words import _
from grantflow.review.marks import Zone, flag_label
from grantflow.review.queries import Named
from grantflow.review.ranking import Entry, Rules, TierRanking
from grantflow.review.spelling import denominator, rounded_mean


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it is read; empty texts where an entry without a rank has nothing to say."""

    named: Named
    entry: Entry
    rank: str
    mean: str
    denominator: str
    calibrated: str
    interval: str
    chance: str
    flags: tuple[str, ...]


def line(entry: Entry, named: Named) -> Line:
    """The entry in words: two decimals, half up; the denominator is always said (methods 2)."""
    return Line(
        named=named,
        entry=entry,
        rank=_rank(entry),
        mean="" if entry.exact_mean is None else rounded_mean(entry.exact_mean),
        denominator=denominator(entry),
        calibrated="" if entry.calibrated is None else f"{entry.calibrated:.2f}",
        interval=_interval(entry),
        chance="" if entry.p_selected is None else chance(entry.p_selected),
        flags=tuple(flag_label(flag) for flag in entry.flags),
    )


def _rank(entry: Entry) -> str:
    if entry.rank is None:
        return _("順位なし")
    return _("%(rank)s（同順位）", rank=entry.rank) if entry.tied else str(entry.rank)


def _interval(entry: Entry) -> str:
    if entry.rank_low is None:
        return ""
    if entry.rank_low == entry.rank_high:
        return str(entry.rank_low)
    return _("%(low)s～%(high)s", low=entry.rank_low, high=entry.rank_high)


def chance(share: float) -> str:
    """A chance in whole per cent; one that is not certain is never shown as 0 or 100."""
    if 0 < share < 0.01:
        return _("1%未満")
    if 0.99 < share < 1:
        return _("99%超")
    return f"{floor(share * 100 + 0.5)}%"


def only(tier: TierRanking, named: Mapping[str, Named]) -> tuple[Entry, ...]:
    """The entries of the tier whose proposals are among `named`, in their order."""
    return tuple(entry for entry in tier.entries if entry.number in named)


def first_beyond(entries: Sequence[Entry], planned: int) -> str | None:
    """The number of the first entry beyond the planned number, before which its line is drawn; None without one.

    Nothing stands beyond a line that has nothing before it, and an entry without a rank is on neither side.
    """
    for entry in entries:
        if entry.rank is None:
            return None
        if entry.rank > planned:
            return entry.number
    return None


def border_ranks(rules: Rules, planned: int) -> tuple[int, int]:
    """The first and the last rank of the border zone around the planned number (methods 4)."""
    nearest, farthest = rules.border_share
    return max(1, ceil(nearest * planned)), floor(farthest * planned)


def ranked_count(tier: TierRanking) -> int:
    """How many entries of the tier have a rank."""
    return sum(entry.zone is not Zone.INCOMPLETE for entry in tier.entries)
