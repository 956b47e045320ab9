"""The costs line by line (経費積算): what each comes to, what they come to together, and the two limits they keep."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from grantflow.applications.outline import Part
from grantflow.applications.parts.amount import amount_gaps
from grantflow.applications.parts.base import Asking, Content, Entry, Gap, Grid, Reading, Rules
from grantflow.applications.parts.rows import Row, cell, lacking
from grantflow.applications.quantities import quantity_text, times
from grantflow.calls.asking import RefusedCost
from grantflow.core.text import search_key, yen
from grantflow.core.words import _

LINES = "lines"


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a budget comes to, in yen: each line, each category that has lines, all of them.

    `indirect` is what stands in the category of indirect costs, `indirect_limit` the most that may (None: no rule).
    """

    amounts: tuple[int, ...]
    subtotals: Mapping[str, int]
    total: int
    indirect: int = 0
    indirect_limit: int | None = None


def amount_of(line: Row) -> int:
    """What one costs times how many, in whole yen; rounded down once for each line (R1.10)."""
    return times(line.get("unit_price") or 0, line.get("quantity") or "")


def reckoned(content: Content, asking: Asking) -> Reckoned:
    """What the lines come to: rounded line by line and then summed, so that their order does not matter (R1.10).

    Indirect costs may be the call's share of all other categories, rounded down (R1.32).
    """
    lines = content.get(LINES, ())
    amounts = tuple(amount_of(line) for line in lines)
    subtotals: dict[str, int] = {}
    for line, amount in zip(lines, amounts, strict=True):
        key = line.get("category", "")
        subtotals[key] = subtotals.get(key, 0) + amount
    total, rule = sum(amounts), asking.says.budget
    if not rule.overhead_category or rule.overhead_ratio is None:
        return Reckoned(amounts, subtotals, total)
    indirect = subtotals.get(rule.overhead_category, 0)
    return Reckoned(amounts, subtotals, total, indirect, math.floor(rule.overhead_ratio * (total - indirect)))


def category_names(asking: Asking) -> dict[str, str]:
    """The categories of the call, by key."""
    return {each.key: each.name for each in asking.says.cost_categories}


def category_text(key: str, names: Mapping[str, str]) -> str:
    """How a category is shown; one that the call no longer has stays to be seen."""
    if not key or key in names:
        return names.get(key, "")
    return _("いまは公募にない費目（%(key)s）", key=key)


def _gaps(content: Content, asking: Asking) -> Iterator[Gap]:
    lines, found = content.get(LINES, ()), reckoned(content, asking)
    if not lines:
        yield Gap(Part.BUDGET, cell(0, "item", LINES), _("経費が1行もありません。1行以上書いてください。"))
        return
    names = category_names(asking)
    needed = (*((("category", _("費目")),) if names else ()), ("item", _("内容")))
    yield from lacking(Part.BUDGET, lines, needed, LINES)
    for place, line in enumerate(lines):
        yield from _line_gaps(place, line, found.amounts[place], names)
    if found.total:
        yield from amount_gaps(Part.BUDGET, cell(0, "unit_price", LINES), found.total, asking)
    if found.indirect_limit is not None and found.indirect > found.indirect_limit:
        yield _indirect_gap(lines, found, asking)


def _line_gaps(place: int, line: Row, amount: int, names: Mapping[str, str]) -> Iterator[Gap]:
    key = line.get("category", "")
    if key and key not in names:
        sentence = _("%(row)s行目の費目は、いまの公募にありません。選び直してください。", row=place + 1)
        yield Gap(Part.BUDGET, cell(place, "category", LINES), sentence, is_wrong=True)
    if not amount:
        sentence = _("%(row)s行目の金額が0円です。単価と数量を書いてください。", row=place + 1)
        yield Gap(Part.BUDGET, cell(place, "unit_price" if not line.get("unit_price") else "quantity", LINES), sentence)


def _indirect_gap(lines: Any, found: Reckoned, asking: Asking) -> Gap:
    key, limit = asking.says.budget.overhead_category, found.indirect_limit or 0
    place = next(place for place, line in enumerate(lines) if line.get("category") == key)
    sentence = _(
        "「%(category)s」が%(over)s多すぎます。ほかの費目の合計%(others)sに対して、%(limit)sまでです。金額を直してください。",
        category=category_names(asking).get(key, key),
        over=yen(found.indirect - limit),
        others=yen(found.total - found.indirect),
        limit=yen(limit),
    )
    return Gap(Part.BUDGET, cell(place, "unit_price", LINES), sentence, is_wrong=True)


def _reading(content: Content, asking: Asking) -> Iterator[Reading]:
    lines, found, names = content.get(LINES, ()), reckoned(content, asking), category_names(asking)
    yield Entry(
        _("申請額"),
        _("%(amount)s（上限 %(cap)s）", amount=yen(found.total), cap=yen(asking.tier.cap_yen)) if lines else "",
    )
    if len(found.subtotals) > 1:
        ordered = [key for key in (*names, *found.subtotals) if key in found.subtotals]
        yield Grid(
            _("費目ごとの合計"),
            (_("費目"), _("合計")),
            tuple(
                (category_text(key, names) or _("費目なし"), yen(found.subtotals[key]))
                for key in dict.fromkeys(ordered)
            ),
            frozenset({1}),
        )
    yield Grid(
        _("経費の内訳"),
        (_("内容"), _("費目"), _("単価"), _("数量"), _("金額"), _("積算の根拠")),
        tuple(_told(line, amount, names) for line, amount in zip(lines, found.amounts, strict=True)),
        frozenset({2, 3, 4}),
        (_("合計"), "", "", "", yen(found.total), "") if lines else (),
    )


def _told(line: Row, amount: int, names: Mapping[str, str]) -> tuple[str, ...]:
    unit_price = line.get("unit_price")
    return (
        line.get("item", ""),
        category_text(line.get("category", ""), names),
        "" if unit_price is None else yen(unit_price),
        f"{quantity_text(line.get('quantity') or '')}{line.get('unit', '')}",
        yen(amount),
        line.get("basis", ""),
    )


def _reflect(content: Content, asking: Asking) -> Mapping[str, Any]:
    """What is asked for is what the lines come to."""
    return {"requested_yen": reckoned(content, asking).total}


def _cautions(content: Content, asking: Asking) -> Iterator[Gap]:
    """The lines that name a cost which the call says is never paid; words do not decide, so nothing is refused (R1.34).

    Each line is told once for each kind of costs, with the word that was found.
    """
    searched = _searched(asking.says.refused_costs)
    for place, line in enumerate(content.get(LINES, ()) if searched else ()):
        said = search_key(f"{line.get('item', '')}\n{line.get('basis', '')}")
        for refused, words in searched:
            word = next((word for word, key in words if key in said), "")
            if word:
                yield Gap(Part.BUDGET, cell(place, "item", LINES), _refused_sentence(place, word, refused))


@lru_cache(maxsize=64)
def _searched(refused: tuple[RefusedCost, ...]) -> tuple[tuple[RefusedCost, tuple[tuple[str, str], ...]], ...]:
    """The words of each kind of costs, and how each is looked for: a call's are the same for every proposal."""
    return tuple((one, tuple((word, search_key(word)) for word in one.words)) for one in refused)


def _refused_sentence(place: int, word: str, refused: RefusedCost) -> str:
    sentence = _(
        "%(row)s行目に「%(word)s」とあります。「%(name)s」は対象になりません。"
        "当たるときは行を消してください。当たらないときは、積算の根拠に理由を書いてください。",
        row=place + 1,
        word=word,
        name=refused.name,
    )
    return f"{sentence}{refused.note}"


RULES = Rules(_gaps, _reading, _reflect, cautions=_cautions)
