"""Costs in lines: exact decimals, rounded down line by line, summed, and held against both limits of the call."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Content, Entry, Grid
from grantflow.applications.parts.budget import RULES, reckoned
from grantflow.applications.quantities import BadQuantity, Quantity, parse_quantity, quantity_text, times
from tests.factories.dossiers import ASKED, asking

ASKING = asking()
LINES = some.lists(
    some.fixed_dictionaries(
        {
            "category": some.sampled_from(["people", "work", "indirect", ""]),
            "unit_price": some.integers(0, 10**10),
            "quantity": some.decimals(0, 999_999, places=4, allow_nan=False).map(str),
        }
    ),
    max_size=30,
)


def line(category: str = "work", unit_price: int | None = 1_000, quantity: str = "1", **more: str) -> dict[str, Any]:
    """One line of a budget."""
    plain = {"category": category, "item": "会場", "unit_price": unit_price, "quantity": quantity, "unit": "回"}
    return {**plain, "basis": "", **more}


def budget(*lines: dict[str, Any]) -> Content:
    """A budget of those lines."""
    return {"lines": list(lines)}


def sentences(content: Content, said: Any = ASKING) -> list[str]:
    """What the budget lacks."""
    return [gap.sentence for gap in RULES.gaps(content, said)]


@pytest.mark.parametrize(
    ("unit_price", "quantity", "amount"),
    [
        (2_413, "7.25", 17_494),
        (1_250, "7.25", 9_062),
        (1_999, "0.5", 999),
        (3, "0.3333", 0),
        (10**10, "999999.9999", 9_999_999_999_000_000),
        (100, "1.1", 110),
        (70, "4.35", 304),
        (1_000, "", 0),
    ],
)
def test_what_is_less_than_a_yen_is_cut_off_in_each_line(unit_price: int, quantity: str, amount: int) -> None:
    assert times(unit_price, quantity) == amount


@pytest.mark.parametrize(
    ("typed", "number", "unit"),
    [
        ("１．５", "1.5", ""),
        ("1,200", "1200", ""),
        ("3回", "3", "回"),
        ("2.50 人月", "2.5", "人月"),
        (".5", "0.5", ""),
        ("007", "7", ""),
        ("0", "0", ""),
        ("1.0", "1", ""),
    ],
)
def test_a_quantity_is_read_as_people_write_it(typed: str, number: str, unit: str) -> None:
    assert parse_quantity(typed) == Quantity(number, unit)


@pytest.mark.parametrize("typed", ["", "回", "-1", "1.2.3", "1,20", "1e5", "½", "3x2", "1234567", "1.23456", "一"])
def test_a_quantity_that_cannot_be_read_is_refused_in_a_sentence(typed: str) -> None:
    with pytest.raises(BadQuantity, match=r"。$"):
        parse_quantity(typed)


def test_a_quantity_is_shown_with_commas_and_its_own_decimals() -> None:
    assert [quantity_text(each) for each in ("", "1200.5", "0.25", "3")] == ["", "1,200.5", "0.25", "3"]


@given(LINES, some.randoms())
def test_the_total_is_the_sum_of_the_lines_in_whatever_order(lines: list[dict[str, Any]], chance: Any) -> None:
    mixed = list(lines)
    chance.shuffle(mixed)

    found, other = reckoned(budget(*lines), ASKING), reckoned(budget(*mixed), ASKING)

    exact = [Fraction(each["quantity"]) * each["unit_price"] for each in lines]
    assert found.total == sum(each.numerator // each.denominator for each in exact)
    assert found.total == sum(found.amounts) == sum(found.subtotals.values())
    assert (other.total, dict(other.subtotals), other.indirect_limit) == (
        found.total,
        dict(found.subtotals),
        found.indirect_limit,
    )


@pytest.mark.parametrize(("ratio", "limit"), [("0.1", 123_456), ("0.0873", 107_777), ("1.0", 1_234_567)])
def test_indirect_costs_may_be_a_share_of_the_others_rounded_down(ratio: str, limit: int) -> None:
    said = asking(asked=ASKED.replace("overhead_ratio = 0.1", f"overhead_ratio = {ratio}"))
    lines = (line(unit_price=1_234_567), line("indirect", 200_000))

    assert reckoned(budget(*lines), said).indirect_limit == limit


def test_indirect_costs_over_their_share_are_told_with_the_highest_amount_there_may_be() -> None:
    lines = (line("people", 500_000), line("work", 400_009), line("indirect", 90_001))

    assert sentences(budget(*lines)) == [
        "「一般管理費」が1円多すぎます。ほかの費目の合計900,009円に対して、90,000円までです。金額を直してください。"
    ]
    assert sentences(budget(*lines[:2], line("indirect", 90_000))) == []


def test_a_call_without_the_rule_asks_for_no_share() -> None:
    said = asking(asked=ASKED[: ASKED.index("[budget]")] + ASKED[ASKED.index("[[section]]") :])

    assert sentences(budget(line("indirect", 100)), said) == []


def test_a_total_over_the_cap_is_wrong_by_the_same_words_as_an_amount() -> None:
    (gap,) = RULES.gaps(budget(line(unit_price=1_000_000), line(unit_price=1_000_001)), ASKING)

    assert gap.is_wrong
    assert gap.sentence == "申請額が上限の2,000,000円を1円超えています。金額を直してください。"
    assert sentences(budget(line(unit_price=2_000_000))) == []


def test_what_a_line_lacks_is_told_with_its_number() -> None:
    lines = (line(), line(""), line(item=" "), line(unit_price=None), line(quantity=""), line("old"))

    assert [(gap.field, gap.sentence, gap.is_wrong) for gap in RULES.gaps(budget(*lines), ASKING)] == [
        ("lines-1-category", "2行目の費目が空です。書いてください。", False),
        ("lines-2-item", "3行目の内容が空です。書いてください。", False),
        ("lines-3-unit_price", "4行目の金額が0円です。単価と数量を書いてください。", False),
        ("lines-4-quantity", "5行目の金額が0円です。単価と数量を書いてください。", False),
        ("lines-5-category", "6行目の費目は、いまの公募にありません。選び直してください。", True),
    ]


def test_a_budget_without_lines_lacks_them() -> None:
    assert sentences({}) == ["経費が1行もありません。1行以上書いてください。"]


def test_a_budget_reads_with_its_sums_in_the_order_of_the_call() -> None:
    lines = (line("work", 4_500, "24"), line("people", 1_250, "7.25", unit="時間"), line("old", 10))

    amount, sums, whole = RULES.reading(budget(*lines), ASKING)

    assert amount == Entry("申請額", "117,072円（上限 2,000,000円）")
    assert isinstance(sums, Grid)
    assert sums.rows == (
        ("人件費", "9,062円"),
        ("事業費", "108,000円"),
        ("いまは公募にない費目（old）", "10円"),
    )
    assert isinstance(whole, Grid)
    assert whole.rows[1] == ("会場", "人件費", "1,250円", "7.25時間", "9,062円", "")
    assert whole.total == ("合計", "", "", "", "117,072円", "")


def test_what_is_asked_for_is_the_total() -> None:
    assert RULES.reflect(budget(line(unit_price=10), line(unit_price=5, quantity="2")), ASKING) == {"requested_yen": 20}
    assert {gap.part for gap in RULES.gaps({}, ASKING)} == {Part.BUDGET}


REFUSED = """
[[refused_cost]]
key = "party"
name = "懇親会の費用"
words = ["懇親会", "ビール"]
note = "活動の中の茶菓は書けます。"
"""


@pytest.mark.parametrize(
    ("item", "basis", "word"),
    [("懇親会の料理", "", "懇親会"), ("飲み物", "ﾋﾞｰﾙ 20本", "ビール"), ("懇 親 会", "", "懇親会"), ("会場", "", None)],
)
def test_a_line_that_names_what_is_never_paid_is_told_and_not_refused(item: str, basis: str, word: str | None) -> None:
    said, content = asking(asked=ASKED + REFUSED), budget(line(), line(item=item, basis=basis))

    told = [(one.field, one.sentence) for one in RULES.cautions(content, said)]

    assert sentences(content, said) == sentences(content)
    assert told == (
        [
            (
                "lines-1-item",
                f"2行目に「{word}」とあります。「懇親会の費用」は対象になりません。当たるときは行を消してください。"
                "当たらないときは、積算の根拠に理由を書いてください。活動の中の茶菓は書けます。",
            )
        ]
        if word
        else []
    )


def test_a_call_that_names_nothing_tells_of_nothing() -> None:
    assert list(RULES.cautions(budget(line(item="懇親会の料理")), ASKING)) == []
