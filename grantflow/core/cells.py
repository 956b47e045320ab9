"""What a spreadsheet shows for a stored number."""

import datetime as dt
import re
from enum import Enum


class DateStyle(Enum):
    """How much of a date a cell shows."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MOMENT = "moment"
    TIME = "time"


# Formats that a file names by number only, as a Japanese Excel understands them
_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 27, 28, 29, 30, 31, 35, 36, 50, 51, 53, 54, 56, 57, 58), DateStyle.DAY),
    **dict.fromkeys((17, 34, 52, 55), DateStyle.MONTH),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 46, 47), DateStyle.TIME),
    22: DateStyle.MOMENT,
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
_EPOCH, _EPOCH_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # noqa: DTZ001 - a cell has no zone


def date_style(number: str, code: str) -> DateStyle | None:
    """How the cell format of this number or code shows dates; None when it shows a plain number."""
    if not code:
        return _BUILT_IN.get(int(number)) if number.isascii() and number.isdigit() else None
    bare = _LITERAL.sub("", code.split(";")[0]).lower()
    if "general" in bare:
        return None
    timed, day, year = "h" in bare or "s" in bare, "d" in bare, "y" in bare or "e" in bare
    if timed:
        return DateStyle.MOMENT if day or year else DateStyle.TIME
    if day:
        return DateStyle.DAY
    if year and not any(digit in bare for digit in "0#?"):
        return DateStyle.MONTH if "m" in bare else DateStyle.YEAR
    return None


def date_text(value: str, style: DateStyle, from_1904: bool = False) -> str:
    """A stored day number as ISO text with the precision that the cell shows; any other value as `number_text`."""
    try:
        serial = float(value)
        # Excel counts a 29 February 1900 that never was
        shift = 1 if serial < 60 and not from_1904 and style is not DateStyle.TIME else 0
        moment = (_EPOCH_1904 if from_1904 else _EPOCH) + dt.timedelta(seconds=round((serial + shift) * 86400))
    except (ValueError, OverflowError):
        return number_text(value)
    match style:
        case DateStyle.YEAR:
            return f"{moment.year:04}"
        case DateStyle.MONTH:
            return f"{moment.year:04}-{moment.month:02}"
        case DateStyle.DAY:
            return moment.date().isoformat()
        case DateStyle.MOMENT:
            return f"{moment.date().isoformat()} {moment:%H:%M}"
        case DateStyle.TIME:
            return f"{moment:%H:%M}"


def number_text(value: str) -> str:
    """A stored number without the `.0` or exponent that some programs write: `2000000.0` and `2E6` give `2000000`."""
    if value.isascii() and value.isdigit():
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
