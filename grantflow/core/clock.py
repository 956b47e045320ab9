"""The time in Asia/Tokyo, read in one place so that a test can stop it."""

import datetime as dt
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def now() -> dt.datetime:
    """The instant, to the microsecond, as an aware datetime in Asia/Tokyo."""
    return dt.datetime.now(TOKYO)


def today() -> dt.date:
    """The date in Asia/Tokyo."""
    return now().date()
