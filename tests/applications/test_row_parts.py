"""Schedule, indicators and partners: what they lack, how they read, and that money shared is part of what is asked."""

import pytest

from grantflow.applications.parts import consortium, indicators, schedule
from grantflow.applications.parts.base import Content, Gap, Grid, Rules
from tests.factories.dossiers import asking

ASKING = asking(1_000_000)
MONTHS = ("2031-06", "2031-07", "2031-08", "2031-09", "2031-10", "2031-11", "2031-12", "2032-01", "2032-02")


def gaps(rules: Rules, *rows: dict[str, object]) -> list[tuple[str, str, bool]]:
    """What the rows lack: field, sentence, whether it is wrong."""
    content: Content = {"rows": list(rows)}
    return [(gap.field, gap.sentence, gap.is_wrong) for gap in rules.gaps(content, ASKING)]


def drawn(*rows: dict[str, str]) -> Grid:
    """The schedule of those rows."""
    (found,) = schedule.RULES.reading({"rows": list(rows)}, ASKING)
    assert isinstance(found, Grid)
    return found


def step(begins: str, ends: str, what: str = "茶の間をひらく") -> dict[str, str]:
    """One row of a schedule."""
    return {"what": what, "begins": begins, "ends": ends, "who": "世話人"}


def test_the_months_are_those_of_the_project() -> None:
    assert schedule.months(ASKING.says) == MONTHS


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2031-04-30T17:00:00+09:00", "2031-05", "2032-03"),
        ("2031-04-30T17:00:00+09:00\nproject_start = 2031-07-15\nproject_end = 2031-07-20", "2031-07", "2031-07"),
        ('2031-04-30T17:00:00+09:00\ncontract_month = "2032-05"', "2032-05", "2032-05"),
        ("2031-12-10T17:00:00+09:00\nproject_end = 2099-12-31", "2032-01", "2036-12"),
    ],
)
def test_what_the_call_leaves_open_is_taken_from_its_deadline_and_fiscal_year(
    period: str, first: str, last: str
) -> None:
    found = schedule.months(asking(closes_at=period).says)

    assert (found[0], found[-1]) == (first, last)


def test_a_schedule_lies_inside_the_project_and_ends_after_it_begins() -> None:
    assert gaps(schedule.RULES, step("2031-06", "2032-02"), step("2031-06", "2031-06")) == []
    assert gaps(schedule.RULES) == [
        ("rows-0-what", "スケジュールが1行もありません。いつ何をするか、1行以上書いてください。", False)
    ]
    assert gaps(schedule.RULES, step("2031-05", "2032-02"), step("2031-08", "2031-07"), step("", "", what=" ")) == [
        ("rows-2-what", "3行目のすることが空です。書いてください。", False),
        ("rows-2-begins", "3行目の始める月が空です。書いてください。", False),
        ("rows-2-ends", "3行目の終える月が空です。書いてください。", False),
        (
            "rows-0-begins",
            "1行目の2031年5月は、事業の期間（2031年6月から2032年2月まで）の外です。月を選び直してください。",
            True,
        ),
        ("rows-1-ends", "2行目は、終える月が始める月より前です。どちらかを選び直してください。", True),
    ]


def test_a_schedule_is_drawn_where_its_months_are_known() -> None:
    found = drawn(step("2031-06", "2031-08"), step("2031-05", "2031-08"), step("2031-09", "2031-08"), step("", ""))

    assert found.months == MONTHS
    assert found.spans == ((0, 2), None, None, None)
    assert found.rows[0] == ("茶の間をひらく", "2031年6月", "2031年8月", "世話人")


def test_nothing_is_drawn_of_nothing() -> None:
    assert (drawn().months, drawn().spans) == ((), ())


def test_an_indicator_has_a_name_and_a_target() -> None:
    assert gaps(indicators.RULES, {"name": "来た人", "target": "600"}) == []
    assert gaps(indicators.RULES) == [
        ("rows-0-name", "成果の指標が1つもありません。何をどう測るか、1つ以上書いてください。", False)
    ]
    assert gaps(indicators.RULES, {"name": "来た人", "unit": "人"}, {"target": "3"}) == [
        ("rows-0-target", "1行目の目標が空です。書いてください。", False),
        ("rows-1-name", "2行目の指標が空です。書いてください。", False),
    ]


def test_nobody_needs_a_partner() -> None:
    assert gaps(consortium.RULES) == []


def test_partners_share_no_more_than_is_asked_for() -> None:
    one, other = ({"name": "みなと", "role": "送迎", "share_yen": share} for share in (600_000, 400_000))

    assert gaps(consortium.RULES, one, other) == []
    assert gaps(consortium.RULES, one, {**other, "share_yen": 400_001}) == [
        (
            "rows-0-share_yen",
            "分ける額の合計1,000,001円が、申請額の1,000,000円を1円超えています。金額を直してください。",
            True,
        )
    ]


def test_shares_wait_until_an_amount_is_asked_for() -> None:
    content = {
        "rows": [{"name": "みなと", "role": "送迎", "share_yen": 5}, {"name": "おか", "role": "", "share_yen": None}]
    }

    found: list[Gap] = list(consortium.RULES.gaps(content, asking(0)))

    assert [gap.sentence for gap in found] == ["2行目の受け持つことが空です。書いてください。"]


def test_partners_read_with_what_they_get_together() -> None:
    (found,) = consortium.RULES.reading({"rows": [{"name": "みなと", "role": "送迎", "share_yen": 5}]}, ASKING)

    assert isinstance(found, Grid)
    assert (found.rows, found.total) == ((("みなと", "送迎", "", "5円"),), ("合計", "", "", "5円"))
