"""What the lists of a ranking contain: for spreadsheets, and for a terminal."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from unicodedata import east_asian_width

from grantflow.calls.models import Call, Tier
from grantflow.core.words import _
from grantflow.documents.values import Cell, Column, Kind, Report, Sheet, Spelled
from grantflow.review.lines import line, only
from grantflow.review.marks import flag_label
from grantflow.review.queries import Named
from grantflow.review.ranking import Entry, Ranking, TierRanking

WIDEST = 36
GAP = "  "


def ranking_report(call: Call, ranking: Ranking, named: Mapping[str, Named]) -> Report:
    """The ranking as one list per tier: the entries whose proposals are among `named`, one per row.

    Columns are added at the end only: people's spreadsheets count on their order.
    """
    tiers = {tier.key: tier for tier in call.tiers}
    return Report(
        title=_("%(call)s　審査の順位", call=call.marked_title),
        sheets=tuple(_sheet(tiers[found.key], found, named) for found in ranking.tiers),
        notes=(guide(),),
        key_column="tier",
    )


def guide() -> str:
    """What the planned number is, and what it is not."""
    return _("採択予定数は目安です。線の上か下かだけで採否は決まりません。採否は審査委員会が決めます。")


def _sheet(tier: Tier, found: TierRanking, named: Mapping[str, Named]) -> Sheet:
    return Sheet(
        title=_(
            "%(label)s　%(name)s（採択予定数 %(planned)s件）",
            label=tier.label,
            name=tier.name,
            planned=found.expected_awards,
        ),
        columns=_columns(),
        rows=tuple(_row(entry, named[entry.number]) for entry in only(found, named)),
        key=tier.key,
    )


def _columns() -> tuple[Column, ...]:
    number = Kind.NUMBER
    return (
        Column("rank", _("順位"), 0.5, number),
        Column("tied", _("同順位"), 0.5),
        Column("number", _("受付番号"), 1.0),
        Column("organization", _("団体"), 2.0),
        Column("title", _("事業名"), 2.5),
        Column("mean", _("平均"), 0.6, number, decimals=2),
        Column("sd", _("標準偏差"), 0.6, number, decimals=2),
        Column("reviews", _("有効"), 0.5, number),
        Column("assigned", _("割当"), 0.5, number),
        Column("conflicts", _("利益相反"), 0.5, number),
        Column("calibrated", _("調整後"), 0.6, number, decimals=2),
        Column("calibrated_rank", _("調整後の順位"), 0.6, number),
        Column("rank_low", _("順位の幅（上）"), 0.6, number),
        Column("rank_high", _("順位の幅（下）"), 0.6, number),
        Column("p_selected", _("採択見込み"), 0.6, number, decimals=3),
        Column("zone", _("区分"), 0.8),
        Column("flags", _("印"), 1.5),
    )


def _row(entry: Entry, named: Named) -> tuple[Cell, ...]:
    return (
        entry.rank,
        Spelled("true", _("同順位")) if entry.tied else Spelled("false", ""),
        entry.number,
        named.organization,
        named.title,
        entry.mean,
        entry.sd,
        entry.reviews,
        entry.assigned,
        entry.conflicts,
        None if entry.calibrated is None else round(entry.calibrated, 10),
        entry.calibrated_rank,
        entry.rank_low,
        entry.rank_high,
        entry.p_selected,
        Spelled(entry.zone.value, str(entry.zone.label)),
        Spelled(";".join(entry.flags), _("、").join(flag_label(flag) for flag in entry.flags)),
    )


def narrowed(ranking: Ranking, named: Mapping[str, Named]) -> Ranking:
    """The ranking with the entries whose proposals are among `named`; places stay those among all."""
    return replace(ranking, tiers=tuple(replace(tier, entries=only(tier, named)) for tier in ranking.tiers))


def as_text(call: Call, ranking: Ranking, named: Mapping[str, Named]) -> str:
    """The ranking for a terminal: columns aligned as wide characters show, one table per tier, lines ending with LF."""
    tiers = {tier.key: tier for tier in call.tiers}
    blocks = [[*_terminal_table(tiers[found.key], found, named)] for found in ranking.tiers]
    return "\n\n".join("\n".join(block) for block in [*blocks, [guide()]]) + "\n"


def _terminal_table(tier: Tier, found: TierRanking, named: Mapping[str, Named]) -> Iterator[str]:
    yield _(
        "%(label)s %(name)s（採択予定数 %(planned)s件）",
        label=tier.label,
        name=tier.name,
        planned=found.expected_awards,
    )
    rows = [_terminal_head(), *(_terminal_row(entry, named[entry.number]) for entry in only(found, named))]
    if len(rows) == 1:
        yield _("審査の対象となる応募がありません。")
        return
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield GAP.join(_padded(text, width) for text, width in zip(row, widths, strict=True)).rstrip()


def _terminal_head() -> tuple[str, ...]:
    return (
        *(_("順位"), _("受付番号"), _("団体"), _("平均"), _("有効/割当"), _("調整後")),
        *(_("順位の幅"), _("採択見込み"), _("区分"), _("印")),
    )


def _terminal_row(entry: Entry, named: Named) -> tuple[str, ...]:
    found = line(entry, named)
    aside = _("（利益相反%(count)s）", count=entry.conflicts) if entry.conflicts else ""
    return (
        found.rank,
        entry.number,
        _cut(" ".join(named.organization.split())),
        found.mean,
        f"{entry.reviews}/{entry.assigned}{aside}",
        found.calibrated,
        found.interval,
        found.chance,
        str(entry.zone.label),
        _("、").join(found.flags),
    )


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _cut(text: str) -> str:
    if _width(text) <= WIDEST:
        return text
    kept = ""
    for character in text:
        if _width(kept + character) > WIDEST - 2:
            break
        kept += character
    return kept + "…"
