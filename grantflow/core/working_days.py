"""Working days (営業日) in Japan: neither a weekend, nor a public holiday, nor the days around New Year."""

import datetime as dt

import jpholiday

SATURDAY = 5
#: Offices are closed from 29 December to 3 January (行政機関の休日に関する法律), which are no public holidays.
YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})


def is_working_day(day: dt.date) -> bool:
    """Whether offices work on that day."""
    return day.weekday() < SATURDAY and (day.month, day.day) not in YEAR_END and not jpholiday.is_holiday(day)


def working_days_after(day: dt.date, count: int) -> dt.date:
    """The working day on which `count` of them have passed; the day on which one begins is not counted (民法140条)."""
    found = day
    while count > 0:
        found += dt.timedelta(days=1)
        count -= is_working_day(found)
    return found
