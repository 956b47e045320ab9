"""Dates of part of a day's precision, 和暦, fiscal years and vague milestones."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantflow.core.clock import TOKYO
from grantflow.core.dates import (
    BadDate,
    Due,
    PartialDate,
    Precision,
    day_text,
    fiscal_year,
    fiscal_year_label,
    moment_text,
    parse_date,
    read_date,
    read_partial,
    wareki,
)
from grantflow.core.words import speaking

D = dt.date


@pytest.mark.parametrize(
    ("source", "date", "printed", "english"),
    [
        ("2019", PartialDate(2019), "2019年", "2019"),
        ("2008-03", PartialDate(2008, 3), "2008年3月", "March 2008"),
        ("2020-07-01", PartialDate(2020, 7, 1), "2020年7月1日", "1 July 2020"),
    ],
)
def test_a_founding_date_keeps_and_prints_its_precision(
    source: str, date: PartialDate, printed: str, english: str
) -> None:
    parsed = PartialDate.parse(source)

    assert parsed == date
    assert (str(parsed), date.text(), date.text("en")) == (source, printed, english)


def test_an_empty_founding_date_is_none() -> None:
    assert PartialDate.parse("") is None


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("2019-13", "13月という月はありません。1月から12月までで書いてください。"),
        ("2019-00", "0月という月はありません。1月から12月までで書いてください。"),
        ("2019-02-30", "2019年2月に30日はありません。日付を確かめて書き直してください。"),
        ("2023-02-29", "2023年2月に29日はありません。日付を確かめて書き直してください。"),
        ("0000", "0年という年は扱えません。1年から9999年までの年を書いてください。"),
        *(
            (
                text,
                f"「{text}」は日付として読めません。2019、2019-04、2019-04-01 のいずれかの形で書いてください。",
            )
            for text in (
                "2019-4",
                " 2019",
                "２０１９",
                "2019/04",
                "令和元年",
                "2019-04-01T00:00",
                "20190401",
                "19",
                "2019-",
            )
        ),
    ],
)
def test_a_founding_date_that_is_none_says_so(source: str, sentence: str) -> None:
    with pytest.raises(BadDate) as refusal:
        PartialDate.parse(source)

    assert str(refusal.value) == sentence


def test_partial_dates_sort_by_what_is_known() -> None:
    dates = [PartialDate.parse(text) for text in ("2019-04-01", "2020", "2019-04", "2018-12-31", "2019")]

    ordered = sorted(date for date in dates if date)

    assert [str(date) for date in ordered] == ["2018-12-31", "2019", "2019-04", "2019-04-01", "2020"]


def test_a_partial_date_knows_its_first_and_last_day_and_its_precision() -> None:
    year, month, day = PartialDate(2024), PartialDate(2024, 2), PartialDate.of(D(2024, 2, 10))

    assert (year.earliest, year.latest, year.precision) == (D(2024, 1, 1), D(2024, 12, 31), Precision.YEAR)
    assert (month.earliest, month.latest, month.precision) == (D(2024, 2, 1), D(2024, 2, 29), Precision.MONTH)
    assert (day.earliest, day.latest, day.precision) == (D(2024, 2, 10), D(2024, 2, 10), Precision.DAY)


def test_a_day_without_a_month_is_refused() -> None:
    with pytest.raises(BadDate):
        PartialDate(2024, None, 1)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024-02-10", D(2024, 2, 10)),
        ("2024/2/10", D(2024, 2, 10)),
        ("2024.2.10", D(2024, 2, 10)),
        ("2024年2月10日", D(2024, 2, 10)),
        ("令和6年2月10日", D(2024, 2, 10)),
        ("令和元年5月1日", D(2019, 5, 1)),
        ("令和1年5月1日", D(2019, 5, 1)),
        ("令和元/5/1", D(2019, 5, 1)),
        ("R5.4.27", D(2023, 4, 27)),
        ("r5-4-27", D(2023, 4, 27)),
        ("㋿６年２月１０日", D(2024, 2, 10)),
        ("令和 6 年 2 月 10 日", D(2024, 2, 10)),
        ("２０２４　年２月10日", D(2024, 2, 10)),
        ("㍻元年1月8日", D(1989, 1, 8)),
        ("平成31年4月30日", D(2019, 4, 30)),
        ("昭和64年1月7日", D(1989, 1, 7)),
        ("昭和元年12月25日", D(1926, 12, 25)),
        ("大正元年7月30日", D(1912, 7, 30)),
        ("明治6年1月1日", D(1873, 1, 1)),
    ],
)
def test_every_usual_spelling_of_a_day_is_read(text: str, date: dt.date) -> None:
    assert read_date(text) == (date, None)
    assert parse_date(text) == date


@pytest.mark.parametrize(
    ("text", "date", "warning"),
    [
        ("平成31年5月1日", D(2019, 5, 1), "平成が終わった後の日付です。2019年5月1日として扱います。"),
        ("昭和64年1月8日", D(1989, 1, 8), "昭和が終わった後の日付です。1989年1月8日として扱います。"),
        ("S100.4.1", D(2025, 4, 1), "昭和が終わった後の日付です。2025年4月1日として扱います。"),
        ("明治元年10月23日", D(1868, 10, 23), "明治5年以前の日付です。太陽暦の1868年10月23日として扱います。"),
    ],
)
def test_an_era_past_its_end_is_accepted_with_a_warning(text: str, date: dt.date, warning: str) -> None:
    assert read_date(text) == (date, warning)


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("令和元年4月30日", "2019年4月30日は令和の始まり（2019年5月1日）より前です。"),
        ("平成元年1月7日", "1989年1月7日は平成の始まり（1989年1月8日）より前です。"),
        ("明治元年10月22日", "1868年10月22日は明治の始まり（1868年10月23日）より前です。"),
        ("令和6年2月30日", "2024年2月に30日はありません。"),
        ("令和6年13月1日", "13月という月はありません。"),
        ("令和0年1月1日", "令和0年はありません。"),
        ("令和2024年1月1日", "「令和2024年1月1日」の年が分かりません。"),
        ("元年5月1日", "「元年5月1日」の年が分かりません。"),
        ("24/2/10", "「24/2/10」の年が分かりません。"),
        ("令和6年2月", "「令和6年2月」には日がありません。"),
        ("令和6年210日", "「令和6年210日」は日付として読めません。"),
        ("2024-02-", "「2024-02-」は日付として読めません。"),
        ("", "「」は日付として読めません。"),
        ("来週", "「来週」は日付として読めません。"),
    ],
)
def test_what_is_no_day_is_refused(text: str, beginning: str) -> None:
    with pytest.raises(BadDate) as refusal:
        read_date(text)

    assert str(refusal.value).startswith(beginning)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2019年", "2019"),
        ("2008年 3月", "2008-03"),
        ("2020 年 7 月 1日", "2020-07-01"),
        ("平成20年3月", "2008-03"),
        ("R5", "2023"),
    ],
)
def test_printed_founding_dates_are_read_with_their_precision(text: str, iso: str) -> None:
    assert str(read_partial(text).date) == iso


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (D(2024, 2, 10), "令和6年2月10日"),
        (D(2019, 5, 1), "令和元年5月1日"),
        (D(2019, 4, 30), "平成31年4月30日"),
        (D(1989, 1, 8), "平成元年1月8日"),
        (D(1989, 1, 7), "昭和64年1月7日"),
        (D(1926, 12, 24), "大正15年12月24日"),
        (D(1912, 7, 29), "明治45年7月29日"),
        (D(1868, 10, 22), "1868年10月22日"),
    ],
)
def test_wareki_changes_on_the_first_day_of_an_era(date: dt.date, text: str) -> None:
    assert wareki(date) == text


@given(st.dates(D(1873, 1, 1), D(2200, 12, 31)))
def test_wareki_is_read_back(date: dt.date) -> None:
    assert read_date(wareki(date)) == (date, None)


@given(st.dates(D(1, 1, 1)), st.sampled_from([4, 7, 10]))
def test_a_partial_date_is_read_back(date: dt.date, length: int) -> None:
    source = date.isoformat()[:length]

    parsed = PartialDate.parse(source)

    assert str(parsed) == source


@pytest.mark.parametrize(
    ("date", "year", "label"),
    [
        (D(2024, 2, 10), 2023, "令和5年度"),
        (D(2024, 3, 31), 2023, "令和5年度"),
        (D(2024, 4, 1), 2024, "令和6年度"),
        (D(2019, 4, 1), 2019, "令和元年度"),
        (D(2019, 3, 31), 2018, "平成30年度"),
        (D(2020, 4, 1), 2020, "令和2年度"),
        (D(1989, 4, 1), 1989, "平成元年度"),
    ],
)
def test_a_fiscal_year_begins_in_april_and_2019_is_the_first_of_reiwa(date: dt.date, year: int, label: str) -> None:
    assert fiscal_year(date) == year
    assert fiscal_year_label(year) == label


def test_a_moment_is_printed_in_tokyo_with_its_weekday() -> None:
    closing = dt.datetime(2023, 5, 26, 17, 0, tzinfo=TOKYO)

    assert moment_text(closing) == "令和5年5月26日（金）17:00"
    assert moment_text(closing.astimezone(dt.UTC)) == "令和5年5月26日（金）17:00"
    assert moment_text(dt.datetime(2023, 5, 26, 0, 5, tzinfo=dt.UTC)) == "令和5年5月26日（金）9:05"


def test_a_moment_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="zone"):
        moment_text(dt.datetime(2023, 5, 26, 17, 0))  # noqa: DTZ001 - what is refused


def test_dates_speak_the_language_in_force_unless_told_otherwise() -> None:
    closing = dt.datetime(2023, 5, 26, 17, 0, tzinfo=TOKYO)

    with speaking("en"):
        printed = [
            moment_text(closing),
            day_text(closing.date()),
            wareki(closing.date()),
            fiscal_year_label(2019),
            PartialDate(2008, 3).text(),
            Due.parse("2023-08/2023-09").text(),
            moment_text(closing, "ja"),
            PartialDate(2008, 3).text("ja"),
        ]

    assert printed == [
        "26 May 2023 (Fri) 17:00",
        "26 May 2023 (Fri)",
        "26 May 2023",
        "FY2019",
        "March 2008",
        "August – September 2023",
        "令和5年5月26日（金）17:00",
        "2008年3月",
    ]


@pytest.mark.parametrize(
    ("source", "text", "english", "earliest", "latest"),
    [
        ("2024-01-31", "令和6年1月31日", "31 January 2024", D(2024, 1, 31), D(2024, 1, 31)),
        ("2024-02", "令和6年2月", "February 2024", D(2024, 2, 1), D(2024, 2, 29)),
        ("2024-02 early", "令和6年2月上旬", "early February 2024", D(2024, 2, 1), D(2024, 2, 10)),
        ("2024-02 middle", "令和6年2月中旬", "middle February 2024", D(2024, 2, 11), D(2024, 2, 20)),
        ("2024-02 late", "令和6年2月下旬", "late February 2024", D(2024, 2, 21), D(2024, 2, 29)),
        ("2023-08/2023-09", "令和5年8月～9月", "August – September 2023", D(2023, 8, 1), D(2023, 9, 30)),
        ("2023-12/2024-01", "令和5年12月～令和6年1月", "December 2023 – January 2024", D(2023, 12, 1), D(2024, 1, 31)),
        ("2019-04/2019-05", "平成31年4月～令和元年5月", "April – May 2019", D(2019, 4, 1), D(2019, 5, 31)),
        ("2023", "2023年", "2023", D(2023, 1, 1), D(2023, 12, 31)),
        ("undecided", "時期未定", "to be decided", None, None),
    ],
)
def test_a_milestone_may_be_vague(
    source: str, text: str, english: str, earliest: dt.date | None, latest: dt.date | None
) -> None:
    due = Due.parse(source)

    assert (due.text(), due.text("en"), due.earliest, due.latest, str(due)) == (text, english, earliest, latest, source)


def test_milestones_sort_by_their_last_day_with_the_undecided_at_the_end() -> None:
    sources = ["undecided", "2024-02", "2024-02 early", "2023-08/2023-09", "2024-01-31"]

    ordered = sorted(map(Due.parse, sources), key=lambda due: due.sort_key)

    assert [str(due) for due in ordered] == ["2023-08/2023-09", "2024-01-31", "2024-02 early", "2024-02", "undecided"]
    assert [due.is_undecided for due in ordered] == [False, False, False, False, True]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "soon",
        "2024-13",
        "2024-02 soon",
        "2024-02-01 early",
        "2024 early",
        "2024-01/2024-02/2024-03",
        "2024-02/",
        "-",
    ],
)
def test_a_milestone_of_no_known_shape_is_refused(source: str) -> None:
    with pytest.raises(BadDate) as refusal:
        Due.parse(source)

    assert str(refusal.value).startswith(f"「{source}」は時期として読めません。")


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadDate) as refusal:
        Due.parse("2024-02/2024-01")

    assert str(refusal.value) == "「2024-02/2024-01」は終わりが始まりより前です。順序を直してください。"
