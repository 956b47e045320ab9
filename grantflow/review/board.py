"""What one page of a ranking shows: the lines of a tier with its picture, and how severe reviewers are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from grantflow.calls.models import Tier
from grantflow.core.paging import Paging
from grantflow.core.words import _
from grantflow.review.lines import Line, border_ranks, first_beyond, line, only, ranked_count
from grantflow.review.queries import Named
from grantflow.review.ranking import Entry, Rules, Severity, TierRanking

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class TierBoard:
    """A page of a tier's ranking: its lines, the numbers before which a line is drawn, and the picture's edges."""

    tier: Tier
    planned: int
    entries: tuple[Entry, ...]
    lines: tuple[Line, ...]
    ranked: int
    first_beyond: str | None
    first_unranked: str | None
    zone_low: int
    zone_high: int
    paging: Paging
    links: dict[str, Any]


def of_tier(
    tier: Tier,
    standing: TierRanking,
    named: Mapping[str, Named],
    rules: Rules,
    paging: Paging,
    url: Callable[[int], str],
) -> TierBoard:
    """The page `paging` of the tier, of the entries whose proposals are among `named`."""
    entries = only(standing, named)
    shown = entries[paging.offset : paging.offset + paging.size]
    low, high = border_ranks(rules, standing.expected_awards)
    return TierBoard(
        tier=tier,
        planned=standing.expected_awards,
        entries=shown,
        lines=tuple(line(entry, named[entry.number]) for entry in shown),
        ranked=ranked_count(standing),
        first_beyond=first_beyond(entries, standing.expected_awards),
        first_unranked=next((entry.number for entry in entries if entry.rank is None), None),
        zone_low=low,
        zone_high=high,
        paging=paging,
        links=paging.links(url),
    )


@dataclass(frozen=True, slots=True)
class SeverityRow:
    """How far a reviewer scores above or below the others, in words."""

    reviewer: str
    reviews: int
    effect: str
    word: str
    group: int

    @classmethod
    def of(cls, severity: Severity, names: Mapping[str, str]) -> "SeverityRow":
        """The row of one reviewer; two decimals, a severe one with a minus sign."""
        effect = f"{severity.effect:+.2f}".replace("-", "−")
        level = effect in ("+0.00", "−0.00")
        word = _("差なし") if level else _("高め") if severity.effect > 0 else _("低め")
        return cls(
            names.get(severity.reviewer, severity.reviewer),
            severity.reviews,
            "0.00" if level else effect,
            word,
            severity.component,
        )
