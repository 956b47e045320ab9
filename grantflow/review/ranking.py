"""The order of a call's proposals by what their reviewers gave, and how sure that order is."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import ceil, floor, lcm, sqrt

from grantflow.review import calibration, intervals
from grantflow.review.calibration import Fit, Rating
from grantflow.review.marks import Edges, Flag, Zone, zone_of

DRAWS = 1000
EQUAL_TO = 1e-9


@dataclass(frozen=True, slots=True)
class Sheet:
    """One reviewer's complete and counted scores of one proposal, as their weighted total Σ w s.

    `weight` is Σ w of the lines that apply; None: all of them do.
    """

    reviewer: str
    total: int
    weight: int | None = None

    def full(self, weight_sum: int) -> int | Fraction:
        """The total as it would be if every line applied: the sheet's mean times `weight_sum` (methods 2)."""
        return self.total if self.weight in (None, weight_sum) else Fraction(self.total * weight_sum, self.weight or 1)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is to be ranked: its counted sheets, and how many reviewers were assigned to it and stood aside."""

    number: str
    tier: str
    sheets: tuple[Sheet, ...]
    assigned: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class TierRule:
    """A tier of the call and the planned number of awards in it."""

    key: str
    expected_awards: int


@dataclass(frozen=True, slots=True)
class Rules:
    """How the call ranks: its scale, its weights and the edges of the border zone (methods 2 and 4)."""

    scale_min: int
    scale_max: int
    weight_sum: int
    min_valid: int
    tiers: tuple[TierRule, ...]
    drop_extremes: bool = False
    pass_ratio: Fraction | None = None
    disagreement: Fraction = Fraction(1, 4)
    border_chance: tuple[float, float] = (0.1, 0.9)
    border_share: tuple[Fraction, Fraction] = (Fraction(80, 100), Fraction(120, 100))


@dataclass(frozen=True, slots=True)
class Model:
    """The model behind the calibrated scores; all but the method null where nothing was scored."""

    method: str
    mu: float | None
    var_application: float | None
    var_reviewer: float | None
    var_residual: float | None


@dataclass(frozen=True, slots=True)
class Severity:
    """How far a reviewer scores above (+) or below (−) the others, in points of the scale, by how many reviews."""

    reviewer: str
    effect: float
    reviews: int
    component: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A proposal in its place; `exact_mean` is what is ranked, `mean` the double nearest to it."""

    number: str
    rank: int | None
    tied: bool
    mean: float | None
    sd: float | None
    reviews: int
    calibrated: float | None
    calibrated_rank: int | None
    rank_low: int | None
    rank_high: int | None
    p_selected: float | None
    zone: Zone
    flags: tuple[str, ...]
    exact_mean: Fraction | None
    assigned: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class TierRanking:
    """The entries of one tier by rank, then number; incomplete ones last."""

    key: str
    expected_awards: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The ranking of a call; `seed` is the SHA-256 of the scores, from which the intervals were drawn."""

    model: Model
    tiers: tuple[TierRanking, ...]
    severities: tuple[Severity, ...]
    components: int
    seed: str


@dataclass(frozen=True, slots=True)
class _Standing:
    """A complete proposal and its place by the mean in its tier."""

    proposal: Proposal
    mean: Fraction
    rank: int
    ties: int


@dataclass(frozen=True, slots=True)
class _Calibrated:
    """A complete proposal's place by the model, among those of its tier and component."""

    score: float
    rank: int
    interval: intervals.Interval
    moved: bool
    component: int


def rank(proposals: Sequence[Proposal], rules: Rules) -> Ranking:
    """The ranking of every tier of `rules`, in their order (R4.5, methods 2–4).

    Means are exact and ranked unrounded; equal ones share a rank (1, 2, 2, 4). The model is fitted to all counted
    sheets of the call, those of incomplete proposals included. Where reviewers connect the proposals in several groups,
    each group has its own model: `calibrated_rank`, the interval and `p_selected` then compare an entry with those of
    its own tier and group, and the group's share of the planned number is its share of the tier's complete proposals.
    `rank` is by the mean and always over the tier. What the scores say nothing about is drawn by lot. Neither the order
    of the input nor an abstention changes anything. Raises ValueError for a proposal of no known tier and for a number,
    or a reviewer of one proposal, that comes twice.
    """
    _check(proposals, rules)
    proposals = sorted(proposals, key=lambda proposal: proposal.number)
    parts = calibration.components(
        [
            Rating(p.number, sheet.reviewer, sheet.total / (sheet.weight or rules.weight_sum))
            for p in proposals
            for sheet in p.sheets
        ]
    )
    fits = [calibration.fit(part) for part in parts]
    seed = _seed(proposals, rules)
    tiers = {tier.key: [p for p in proposals if p.tier == tier.key] for tier in rules.tiers}
    standings = {key: _standings(members, rules) for key, members in tiers.items()}
    calibrated: dict[str, _Calibrated] = {}
    for component, fitted in enumerate(fits, start=1):
        calibrated |= _calibrated(fitted, component, int(seed, 16), standings, rules)
    return Ranking(
        model=_model(fits),
        tiers=tuple(
            TierRanking(tier.key, tier.expected_awards, _entries(tier, tiers[tier.key], standings, calibrated, rules))
            for tier in rules.tiers
        ),
        severities=_severities(parts, fits),
        components=len(fits),
        seed=seed,
    )


def _check(proposals: Sequence[Proposal], rules: Rules) -> None:
    known = {tier.key for tier in rules.tiers}
    if len({proposal.number for proposal in proposals}) < len(proposals):
        raise ValueError("a number comes twice")
    for proposal in proposals:
        if proposal.tier not in known:
            raise ValueError(f"{proposal.number} is in a tier that the rules do not know")
        if len({sheet.reviewer for sheet in proposal.sheets}) < len(proposal.sheets):
            raise ValueError(f"{proposal.number} has two sheets of one reviewer")


def _seed(proposals: Sequence[Proposal], rules: Rules) -> str:
    # Only what the model reads: a planned number that moves must move the line, not the draws.
    scores = [[p.number, p.tier, sorted(map(_seeded, p.sheets))] for p in proposals]
    canonical = json.dumps({"scores": scores, "weight_sum": rules.weight_sum}, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def _seeded(sheet: Sheet) -> list[str | int]:
    return [sheet.reviewer, sheet.total, *([] if sheet.weight is None else [sheet.weight])]


def _standings(members: Sequence[Proposal], rules: Rules) -> list[_Standing]:
    """The complete ones of a tier, best first, equal ones by number."""
    complete = [(_mean(p, rules), p) for p in members if len(p.sheets) >= max(rules.min_valid, 1)]
    # Over one denominator the means are whole numbers, which sort many times faster than fractions.
    common = lcm(*{mean.denominator for mean, _proposal in complete})
    complete.sort(key=lambda pair: pair[0].numerator * (common // pair[0].denominator), reverse=True)
    shared = intervals.shared_ranks([mean for mean, _proposal in complete])
    return [_Standing(p, mean, *place) for (mean, p), place in zip(complete, shared, strict=True)]


def _mean(proposal: Proposal, rules: Rules) -> Fraction:
    totals = [sheet.full(rules.weight_sum) for sheet in proposal.sheets]
    return (trimmed_mean(totals) if rules.drop_extremes else _plain_mean(totals)) / rules.weight_sum


def _plain_mean(totals: Sequence[int | Fraction]) -> Fraction:
    return Fraction(sum(totals), len(totals))


def _calibrated(
    fitted: Fit, component: int, seed: int, standings: dict[str, list[_Standing]], rules: Rules
) -> dict[str, _Calibrated]:
    rows = {number: row for row, number in enumerate(fitted.applications)}
    draws = (
        fitted.draws(DRAWS, [seed, component])
        if fitted.variances.application > 0
        else intervals.lots(len(rows), DRAWS, [seed, component])
    )
    found: dict[str, _Calibrated] = {}
    for tier in rules.tiers:
        group = [standing for standing in standings[tier.key] if standing.proposal.number in rows]
        if group:
            share = Fraction(tier.expected_awards * len(group), len(standings[tier.key]))
            seats = share.numerator if share.denominator == 1 else share
            chances = intervals.rank_intervals(draws[[rows[s.proposal.number] for s in group]], seats)
            found |= _compare(group, chances, fitted, component, seats)
    return found


def _compare(
    group: list[_Standing], chances: list[intervals.Interval], fitted: Fit, component: int, seats: Fraction | int
) -> dict[str, _Calibrated]:
    scores = [fitted.mu + fitted.applications[standing.proposal.number] for standing in group]
    order = sorted(range(len(group)), key=lambda index: -scores[index])
    by_score = dict(zip(order, intervals.shared_ranks([scores[index] for index in order], EQUAL_TO), strict=True))
    by_mean = intervals.shared_ranks([standing.mean for standing in group])
    return {
        standing.proposal.number: _Calibrated(
            score=scores[index],
            rank=by_score[index][0],
            interval=chances[index],
            moved=intervals.side(*by_score[index], seats) * intervals.side(*by_mean[index], seats) < 0,
            component=component,
        )
        for index, standing in enumerate(group)
    }


def _entries(
    tier: TierRule,
    members: Sequence[Proposal],
    standings: dict[str, list[_Standing]],
    calibrated: dict[str, _Calibrated],
    rules: Rules,
) -> tuple[Entry, ...]:
    edges = _edges(tier, rules)
    ranked = [_ranked(standing, calibrated[standing.proposal.number], edges, rules) for standing in standings[tier.key]]
    placed = {entry.number for entry in ranked}
    return tuple(ranked + [_unranked(proposal, rules) for proposal in members if proposal.number not in placed])


def _edges(tier: TierRule, rules: Rules) -> Edges:
    nearest, farthest = rules.border_share
    line = None if rules.pass_ratio is None else pass_line(rules.pass_ratio, rules.weight_sum, rules.scale_max)
    return Edges(
        planned=tier.expected_awards,
        first_border_rank=ceil(nearest * tier.expected_awards),
        last_border_rank=floor(farthest * tier.expected_awards),
        border_chance=rules.border_chance,
        disagreement=float(rules.disagreement * (rules.scale_max - rules.scale_min)),
        floor=None if line is None else line / rules.weight_sum,
    )


def _ranked(standing: _Standing, place: _Calibrated, edges: Edges, rules: Rules) -> Entry:
    proposal, interval = standing.proposal, place.interval
    sd = _sd(proposal, rules)
    return Entry(
        number=proposal.number,
        rank=standing.rank,
        tied=standing.ties > 1,
        mean=float(standing.mean),
        sd=sd,
        reviews=len(proposal.sheets),
        calibrated=place.score,
        calibrated_rank=place.rank,
        rank_low=interval.low,
        rank_high=interval.high,
        p_selected=interval.chance,
        zone=zone_of(standing.rank, interval.chance, edges),
        flags=_flags(standing, place, sd, edges),
        exact_mean=standing.mean,
        assigned=proposal.assigned,
        conflicts=proposal.conflicts,
    )


def _unranked(proposal: Proposal, rules: Rules) -> Entry:
    mean = _mean(proposal, rules) if proposal.sheets else None
    return Entry(
        number=proposal.number,
        rank=None,
        tied=False,
        mean=None if mean is None else float(mean),
        sd=_sd(proposal, rules),
        reviews=len(proposal.sheets),
        calibrated=None,
        calibrated_rank=None,
        rank_low=None,
        rank_high=None,
        p_selected=None,
        zone=Zone.INCOMPLETE,
        flags=(),
        exact_mean=mean,
        assigned=proposal.assigned,
        conflicts=proposal.conflicts,
    )


def _sd(proposal: Proposal, rules: Rules) -> float | None:
    """Sample standard deviation of the reviewers' means; the sums stay whole numbers up to the root."""
    count, totals = len(proposal.sheets), [sheet.full(rules.weight_sum) for sheet in proposal.sheets]
    if count < 2:
        return None
    return sqrt((count * sum(total * total for total in totals) - sum(totals) ** 2) / (count * (count - 1))) / (
        rules.weight_sum
    )


def _flags(standing: _Standing, place: _Calibrated, sd: float | None, edges: Edges) -> tuple[str, ...]:
    flags: list[str] = []
    if place.component > 1:
        flags.append(f"{Flag.COMPONENT}:{place.component}")
    if sd is not None and sd >= edges.disagreement:
        flags.append(Flag.DISAGREEMENT.value)
    if place.moved:
        flags.append(Flag.MOVED.value)
    if standing.ties > 1 and intervals.side(standing.rank, standing.ties, edges.planned) == 0:
        flags.append(Flag.TIE_AT_LINE.value)
    if edges.floor is not None and standing.mean < edges.floor:
        flags.append(Flag.BELOW_FLOOR.value)
    return tuple(flags)


def _model(fits: Sequence[Fit]) -> Model:
    if not fits:
        return Model("REML", None, None, None, None)
    largest = fits[0]
    variances = largest.variances
    return Model(largest.method, largest.mu, variances.application, variances.reviewer, variances.residual)


def _severities(parts: Sequence[Sequence[Rating]], fits: Sequence[Fit]) -> tuple[Severity, ...]:
    found = []
    for component, (part, fitted) in enumerate(zip(parts, fits, strict=True), start=1):
        reviews = Counter(rating.reviewer for rating in part)
        found += [Severity(name, effect, reviews[name], component) for name, effect in fitted.reviewers.items()]
    return tuple(sorted(found, key=lambda severity: severity.reviewer))


def trimmed_mean(totals: Sequence[int | Fraction]) -> Fraction:
    """The mean without one highest and one lowest total; with fewer than three, of all (methods 2, an option)."""
    return _plain_mean(sorted(totals)[1:-1] if len(totals) > 2 else totals)


def pass_line(ratio: Fraction, weight_sum: int, scale_max: int) -> Fraction:
    """The total below which a proposal is 要審議: `ratio` of the greatest possible one (methods 2, an option)."""
    return ratio * weight_sum * scale_max
