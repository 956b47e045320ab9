"""A working day is neither a weekend, nor a public holiday, nor one of the days around New Year."""

import datetime as dt

import pytest

from grantflow.core.working_days import is_working_day, working_days_after


@pytest.mark.parametrize(
    ("begins", "count", "ends"),
    [
        ("2031-05-12", 0, "2031-05-12"),  # nothing to wait for
        ("2031-05-12", 3, "2031-05-15"),  # from Monday to Thursday
        ("2031-05-15", 3, "2031-05-20"),  # over a weekend
        ("2031-05-17", 1, "2031-05-19"),  # begun on a Saturday
        ("2031-05-02", 3, "2031-05-09"),  # over the holidays of May, one of them instead of a Sunday
        ("2031-09-12", 2, "2031-09-17"),  # over 敬老の日
        ("2032-09-17", 2, "2032-09-24"),  # 敬老の日, a day between two holidays, 秋分の日
        ("2031-12-26", 1, "2032-01-05"),  # over the year's end
        ("2026-12-28", 3, "2027-01-06"),
        ("2031-02-21", 1, "2031-02-25"),  # 天皇誕生日 on a Sunday gives the Monday
    ],
)
def test_days_are_counted_over_what_is_no_working_day(begins: str, count: int, ends: str) -> None:
    assert working_days_after(dt.date.fromisoformat(begins), count) == dt.date.fromisoformat(ends)


def test_a_year_has_as_many_working_days_as_its_calendar_says() -> None:
    year = [dt.date(2026, 1, 1) + dt.timedelta(days=place) for place in range(365)]

    closed = [day for day in year if not is_working_day(day)]

    # 104 days of weekends, 17 holidays and 4 days around New Year on the other days of the week
    assert len(closed) == 104 + 17 + 4


def test_the_end_of_a_wait_is_a_working_day_and_each_day_more_is_later() -> None:
    for place in range(800):
        day = dt.date(2030, 1, 1) + dt.timedelta(days=place)
        ends = [working_days_after(day, count) for count in range(1, 12)]
        assert all(map(is_working_day, ends))
        assert ends == sorted(set(ends))
