"""The record of what a list rested on, so that the decision can be replayed (methods 10)."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from platform import python_version
from typing import Any

from grantflow.awards.listing import canonical, fingerprint
from grantflow.awards.models import Outcome
from grantflow.core.words import _
from grantflow.review.ranking import Ranking, TierRanking
from grantflow.review.spelling import as_json

BELOW = "adopted_below_line"
ABOVE = "not_adopted_above_line"
UNRANKED = "adopted_unranked"
LIBRARIES = ("grantflow", "numpy", "scipy")

#: What a replay must find again; the libraries and the names of persons may differ.
REPLAYED = ("definition_sha256", "inputs", "ranking", "exceptions")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the committee decided on one proposal, and the reason it gave."""

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Deviation:
    """A decision other than the order of the scores would give; `number` is the proposal's."""

    kind: str
    tier: str
    number: str
    reason: str

    @property
    def words(self) -> str:
        """What deviates, for a person."""
        return {
            BELOW: _("評点の順では採択の件数に入らない応募を採択"),
            ABOVE: _("評点の順では採択の件数に入る応募を採択していない"),
            UNRANKED: _("評点がそろわず順位のない応募を採択"),
        }[self.kind]


def deviations(ranking: Ranking, judgements: Mapping[str, Judgement]) -> list[Deviation]:
    """Where the decisions depart from the order of the means, tier by tier, in that order.

    The line is drawn after as many proposals as the committee adopted in the tier: the planned number is a guide and
    no line. Of equal proposals that lie across it, either outcome agrees with the order.
    """
    return [found for tier in ranking.tiers for found in _deviations(tier, judgements)]


def _deviations(tier: TierRanking, judgements: Mapping[str, Judgement]) -> Iterable[Deviation]:
    ranks = Counter(entry.rank for entry in tier.entries if entry.rank is not None)
    if not ranks:
        return
    line = sum(1 for e in tier.entries if e.number in judgements and judgements[e.number].outcome is Outcome.ADOPTED)
    for entry in tier.entries:
        judgement = judgements.get(entry.number)
        if judgement is None:
            continue
        kind = _kind(judgement.outcome is Outcome.ADOPTED, entry.rank, ranks, line)
        if kind:
            yield Deviation(kind, tier.key, entry.number, judgement.reason)


def _kind(adopted: bool, rank: int | None, sharing: Mapping[int, int], line: int) -> str:
    if rank is None:
        return UNRANKED if adopted else ""
    if adopted and rank > line:
        return BELOW
    # The last place that the proposals of this rank share
    return ABOVE if not adopted and rank + sharing[rank] - 1 <= line else ""


def rows_hash(rows: Iterable[Sequence[Any]]) -> str:
    """The SHA-256 of rows, whatever their order."""
    return fingerprint("\n".join(sorted(canonical([_plain(cell) for cell in row]) for row in rows)))


def _plain(cell: Any) -> Any:
    return cell if isinstance(cell, str | int | bool) or cell is None else str(cell)


def record(
    definition: str, inputs: Mapping[str, str], ranking: Ranking, found: Sequence[Deviation], slug: str, by: str
) -> dict[str, Any]:
    """What the list rested on: hashes of the inputs, the model, the order, the exceptions from it, the libraries."""
    return {
        "definition_sha256": fingerprint(definition),
        "inputs": dict(inputs),
        "ranking": as_json(ranking, slug) | {"seed": ranking.seed, "seed_source": "sha256 of the scores"},
        "exceptions": [
            {"kind": one.kind, "tier": one.tier, "number": one.number, "reason": one.reason} for one in found
        ],
        "libraries": {"python": python_version(), **{name: version(name) for name in LIBRARIES}},
        "approved_by": by,
    }


def disagreements(kept: str, rebuilt: str) -> list[str]:
    """A sentence for each part of the record that a replay did not find again."""
    before, after = json.loads(kept), json.loads(rebuilt)
    words = {
        "definition_sha256": _("公募の定義が、確定したときと違います。"),
        "inputs": _("もとの行（応募、採点、利益相反、採否）が、確定したときと違います。"),
        "ranking": _("評点から計算した順位が、確定したときと違います。"),
        "exceptions": _("評点の順と違う決定の内訳が、確定したときと違います。"),
    }
    found = [words[part] for part in REPLAYED if before[part] != after[part]]
    changed = sorted(name for name in after["inputs"] if before["inputs"].get(name) != after["inputs"][name])
    return found + [_("違う入力：%(names)s", names=", ".join(changed))] * bool(changed)
