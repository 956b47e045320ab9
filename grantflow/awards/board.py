"""What the page of decisions shows: a tier's proposals by rank, what stands decided, and the totals."""

from collections.abc import Mapping
from dataclasses import dataclass

from grantflow.applications.models import Application, ApplicationStatus
from grantflow.awards import queries
from grantflow.awards.models import Outcome
from grantflow.calls.models import Call, Tier
from grantflow.core.authorization import Actor
from grantflow.core.paging import Paging
from grantflow.core.words import _
from grantflow.review.ranking import Entry, Ranking
from grantflow.review.spelling import denominator, rounded_mean

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One proposal: what is decided on it, and where the scores put it when the reader may know."""

    application: Application
    outcome: Outcome | None
    entry: Entry | None

    @property
    def mean(self) -> str:
        """The mean and by how many reviewers it is carried."""
        if self.entry is None or self.entry.exact_mean is None:
            return ""
        return _(
            "%(mean)s（%(denominator)s）", mean=rounded_mean(self.entry.exact_mean), denominator=denominator(self.entry)
        )

    @property
    def zone(self) -> str:
        """Where the proposal lies around the planned number."""
        return str(self.entry.zone.label) if self.entry else ""


@dataclass(frozen=True, slots=True)
class Totals:
    """A tier's decisions in figures; the planned ones are a guide and no limit (R0.2)."""

    adopted: int
    reserve: int
    not_adopted: int
    undecided: int
    adopted_yen: int
    planned: int
    planned_yen: int

    @property
    def count(self) -> int:
        """How many proposals there are to decide on."""
        return self.adopted + self.reserve + self.not_adopted + self.undecided


@dataclass(frozen=True, slots=True)
class Board:
    """One page of one tier."""

    tier: Tier
    lines: tuple[Line, ...]
    paging: Paging
    totals: dict[str, Totals]


def outcome_of(application: Application) -> Outcome | None:
    """What stands decided on the proposal."""
    return None if application.status is ApplicationStatus.ELIGIBLE else Outcome(application.status.value)


def board(call: Call, tier: Tier, actor: Actor, asked: str | None, ranking: Ranking | None) -> Board:
    """The page `asked` of the tier; by rank where a ranking is given, else by receipt number."""
    entries = _entries(tier, ranking)
    places = {number: place for place, number in enumerate(entries)}
    numbers = sorted(queries.numbers_to_decide(actor, tier.id), key=lambda number: places.get(number, len(places)))
    paging = Paging.of(asked, len(numbers), PER_PAGE)
    shown = numbers[paging.offset : paging.offset + paging.size]
    found = queries.numbered(actor, call, shown)
    lines = tuple(
        Line(found[number], outcome_of(found[number]), entries.get(number)) for number in shown if number in found
    )
    return Board(tier, lines, paging, {each.key: totals(actor, each) for each in call.tiers})


def _entries(tier: Tier, ranking: Ranking | None) -> Mapping[str, Entry]:
    for ranked in ranking.tiers if ranking else ():
        if ranked.key == tier.key:
            return {entry.number: entry for entry in ranked.entries}
    return {}


def totals(actor: Actor, tier: Tier) -> Totals:
    """The figures of a tier, over the proposals that `actor` may see."""
    found = queries.totals(actor, tier.id)

    def count(status: ApplicationStatus) -> int:
        return found.get(status, (0, 0))[0]

    return Totals(
        adopted=count(ApplicationStatus.ADOPTED),
        reserve=count(ApplicationStatus.RESERVE),
        not_adopted=count(ApplicationStatus.NOT_ADOPTED),
        undecided=count(ApplicationStatus.ELIGIBLE),
        adopted_yen=found.get(ApplicationStatus.ADOPTED, (0, 0))[1],
        planned=tier.expected_awards,
        planned_yen=tier.expected_awards * tier.cap_yen,
    )
