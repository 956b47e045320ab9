"""Dates as this work writes them: of year, month or day precision, in 和暦, or still undecided."""

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import total_ordering
from typing import NamedTuple

from grantflow.core.clock import TOKYO
from grantflow.core.words import _, language

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


class BadDate(ValueError):
    """A text that is no date; the message is a sentence for the user."""


class Precision(Enum):
    """How much of a date is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


class Era(NamedTuple):
    """年号: its first and its last day (none for the one that runs)."""

    name: str
    letter: str
    starts: dt.date
    ends: dt.date | None


ERAS = (
    Era("令和", "R", dt.date(2019, 5, 1), None),
    Era("平成", "H", dt.date(1989, 1, 8), dt.date(2019, 4, 30)),
    Era("昭和", "S", dt.date(1926, 12, 25), dt.date(1989, 1, 7)),
    Era("大正", "T", dt.date(1912, 7, 30), dt.date(1926, 12, 24)),
    Era("明治", "M", dt.date(1868, 10, 23), dt.date(1912, 7, 29)),
)
GREGORIAN_SINCE = dt.date(1873, 1, 1)


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which the year, the month, or all is known (R5.6); raises `BadDate` when no calendar has it."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.year <= 9999 or (self.month is None and self.day is not None):
            raise BadDate(_("%(year)s年という年は扱えません。1年から9999年までの年を書いてください。", year=self.year))
        if self.month is not None and not 1 <= self.month <= 12:
            raise BadDate(_("%(month)s月という月はありません。1月から12月までで書いてください。", month=self.month))
        if self.month is not None and self.day is not None and not 1 <= self.day <= _days(self.year, self.month):
            raise BadDate(
                _(
                    "%(year)s年%(month)s月に%(day)s日はありません。日付を確かめて書き直してください。",
                    year=self.year,
                    month=self.month,
                    day=self.day,
                )
            )

    @classmethod
    def parse(cls, text: str) -> "PartialDate | None":
        """The date written as 2019, 2019-04 or 2019-04-01, or None for an empty text; anything else is `BadDate`."""
        if text == "":
            return None
        found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", text)
        if not found:
            raise BadDate(
                _(
                    "「%(text)s」は日付として読めません。2019、2019-04、2019-04-01 のいずれかの形で書いてください。",
                    text=text[:40],
                )
            )
        year, month, day = found.groups()
        return cls(int(year), int(month) if month else None, int(day) if day else None)

    @classmethod
    def of(cls, date: dt.date) -> "PartialDate":
        """The whole `date`, of day precision."""
        return cls(date.year, date.month, date.day)

    @property
    def precision(self) -> Precision:
        """How much of it is known."""
        if self.month is None:
            return Precision.YEAR
        return Precision.MONTH if self.day is None else Precision.DAY

    @property
    def earliest(self) -> dt.date:
        """The first day that it can mean."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> dt.date:
        """The last day that it can mean."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or _days(self.year, month))

    def __str__(self) -> str:
        month = "" if self.month is None else f"-{self.month:02}"
        day = "" if self.day is None else f"-{self.day:02}"
        return f"{self.year:04}{month}{day}"

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PartialDate):
            return NotImplemented
        return self._key() < other._key()

    def _key(self) -> tuple[int, int, int]:
        return self.year, self.month or 0, self.day or 0

    def text(self, language: str | None = None) -> str:
        """The date in the words of `language` (default: the one in force), with the precision it has (R7.3)."""
        if _english(language):
            month = "" if self.month is None else f"{MONTHS[self.month - 1]} "
            return ("" if self.day is None else f"{self.day} ") + month + str(self.year)
        return f"{self.year}年" + _month_and_day(self)


class ReadDate(NamedTuple):
    """A day read from a person's spelling, and what is odd about the spelling (a sentence) or None."""

    date: dt.date
    warning: str | None


class ReadPartial(NamedTuple):
    """A date of any precision read from a person's spelling, and what is odd about the spelling or None."""

    date: PartialDate
    warning: str | None


def read_partial(text: str) -> ReadPartial:
    """The date in any spelling that R5.6 accepts, 西暦 or 和暦, as precise as it was written; else `BadDate`."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    found = _SPELLING.fullmatch(plain)
    if not found:
        raise BadDate(
            _(
                "「%(text)s」は日付として読めません。2024-02-10 または 令和6年2月10日 のように書いてください。",
                text=text[:40],
            )
        )
    era = _ERA_OF.get((found["era"] or "").upper())
    month, day = found["month"], found["day"]
    written = 1 if found["year"] == "元" else int(found["year"])
    if (era is None) != (len(found["year"]) == 4):
        raise BadDate(_("「%(text)s」の年が分かりません。西暦4桁か、年号を付けて書いてください。", text=text[:40]))
    year = written if era is None else era.starts.year + written - 1
    if era is not None and written == 0:
        raise BadDate(_("%(era)s0年はありません。最初の年は元年と書いてください。", era=era.name))
    date = PartialDate(year, int(month) if month else None, int(day) if day else None)
    return ReadPartial(date, _checked_against(era, date))


def read_date(text: str) -> ReadDate:
    """The day in any spelling that R5.6 accepts and a warning where one is due; `BadDate` when it is no whole day."""
    partial, warning = read_partial(text)
    if partial.precision is not Precision.DAY:
        raise BadDate(_("「%(text)s」には日がありません。年、月、日をすべて書いてください。", text=text[:40]))
    return ReadDate(partial.earliest, warning)


def parse_date(text: str) -> dt.date:
    """The day in any spelling that R5.6 accepts; `BadDate` otherwise."""
    return read_date(text).date


_SPELLING = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|[令平昭大明]|[RHSTMrhstm])?(?P<year>[0-9]{1,4}|元)"
    r"(?:年|[-./](?=[0-9])|$)"
    r"(?:(?P<month>[0-9]{1,2})(?:月|[-./](?=[0-9])|$)(?:(?P<day>[0-9]{1,2})日?)?)?"
)
_ERA_OF = {spelling: era for era in ERAS for spelling in (era.name, era.name[0], era.letter)}


def _checked_against(era: Era | None, date: PartialDate) -> str | None:
    if era is None:
        return None
    if date.latest < era.starts:
        raise BadDate(
            _(
                "%(date)sは%(era)sの始まり（%(start)s）より前です。年号か年を直してください。",
                date=date.text(),
                era=era.name,
                start=PartialDate.of(era.starts).text(),
            )
        )
    if era.ends is not None and date.earliest > era.ends:
        return _("%(era)sが終わった後の日付です。%(date)sとして扱います。", era=era.name, date=date.text())
    if date.earliest < GREGORIAN_SINCE:
        return _("明治5年以前の日付です。太陽暦の%(date)sとして扱います。", date=date.text())
    return None


def wareki(date: dt.date, language: str | None = None) -> str:
    """`date` as 令和6年2月10日, the first year as 元年 (R5.6), before 明治 as 西暦; in English as 10 February 2024."""
    if _english(language):
        return PartialDate.of(date).text(language)
    return f"{_year_text(date)}{date.month}月{date.day}日"


def day_text(date: dt.date, language: str | None = None) -> str:
    """`date` with its weekday: 令和5年5月26日（金）, in English 26 May 2023 (Fri)."""
    if _english(language):
        return f"{wareki(date, language)} ({WEEKDAYS['en'][date.weekday()]})"
    return f"{wareki(date, language)}（{WEEKDAYS['ja'][date.weekday()]}）"


def moment_text(moment: dt.datetime, language: str | None = None, *, exact: bool = False) -> str:
    """An instant in Tokyo, to the minute or the microsecond: 令和5年5月26日（金）17:00; `ValueError` without a zone."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs its zone")
    local = moment.astimezone(TOKYO)
    gap = " " if _english(language) else ""
    return f"{day_text(local.date(), language)}{gap}{local.hour}:{local.minute:02}" + (
        f":{local:%S.%f}" if exact else ""
    )


def when_text(moment: dt.datetime, now: dt.datetime) -> str:
    """The hour and minute of a moment of today, the whole moment of any other day."""
    return f"{moment:%H:%M}" if moment.date() == now.date() else moment_text(moment)


def fiscal_year(date: dt.date) -> int:
    """The year in which the 会計年度 of `date` begins, 1 April to 31 March (R5.7)."""
    return date.year if date.month >= 4 else date.year - 1


def fiscal_year_label(year: int, language: str | None = None) -> str:
    """The name of the 会計年度 that begins in `year`: 令和5年度; 2019 is 令和元年度 as a whole (R5.7)."""
    if _english(language):
        return f"FY{year}"
    # 1 April 2019 was still 平成31年, but the year is called by the era that followed in May
    first = dt.date(year, 5 if year == 2019 else 4, 1)
    return f"{_year_text(first)}度"


class Part(Enum):
    """旬: a third of a month, by its first and last day."""

    EARLY = ("early", "上旬", 1, 10)
    MIDDLE = ("middle", "中旬", 11, 20)
    LATE = ("late", "下旬", 21, 31)


@dataclass(frozen=True, slots=True)
class Point:
    """One end of a `Due`: a date of some precision, or a third of a month."""

    date: PartialDate
    part: Part | None = None

    @property
    def earliest(self) -> dt.date:
        """The first day that it can mean."""
        return self.date.earliest.replace(day=self.part.value[2]) if self.part else self.date.earliest

    @property
    def latest(self) -> dt.date:
        """The last day that it can mean."""
        last = self.date.latest
        return last.replace(day=min(self.part.value[3], last.day)) if self.part else last

    def __str__(self) -> str:
        return f"{self.date} {self.part.value[0]}" if self.part else str(self.date)

    def words(self, english: bool) -> tuple[str, str]:
        """The year and what follows or precedes it, as printed."""
        date = self.date
        if english:
            month = MONTHS[date.month - 1] if date.month else ""
            before = self.part.value[0] if self.part else ("" if date.day is None else str(date.day))
            return str(date.year), f"{before} {month}".strip()
        year = f"{date.year}年" if date.month is None else _year_text(date.earliest)
        return year, _month_and_day(date) + (self.part.value[1] if self.part else "")


@dataclass(frozen=True, slots=True)
class Due:
    """When a milestone falls due: a day, a month, a third of one, a span of these, or undecided (R0.3)."""

    begin: Point | None = None
    end: Point | None = None

    @classmethod
    def parse(cls, text: str) -> "Due":
        """The value of a call definition, such as `2024-01-31`, `2024-02 early`, `2023-08/2023-09` or `undecided`."""
        if text == "undecided":
            return cls()
        first, *rest = (_point(part, text) for part in text.split("/"))
        if len(rest) > 1:
            raise _bad_due(text)
        last = rest[0] if rest else first
        if last.latest < first.earliest:
            raise BadDate(_("「%(text)s」は終わりが始まりより前です。順序を直してください。", text=text[:40]))
        return cls(first, last)

    @property
    def is_undecided(self) -> bool:
        """No time has been given yet."""
        return self.begin is None

    @property
    def earliest(self) -> dt.date | None:
        """The first day that it can mean; None while undecided."""
        return self.begin.earliest if self.begin else None

    @property
    def latest(self) -> dt.date | None:
        """The last day that it can mean; None while undecided."""
        return self.end.latest if self.end else None

    @property
    def sort_key(self) -> tuple[dt.date, dt.date]:
        """By the last day, then the first; the undecided come last."""
        return self.latest or dt.date.max, self.earliest or dt.date.max

    def __str__(self) -> str:
        if self.begin is None:
            return "undecided"
        return str(self.begin) if self.begin == self.end else f"{self.begin}/{self.end}"

    def text(self, language: str | None = None) -> str:
        """令和6年1月31日, 令和6年2月上旬, 令和5年8月～9月, 時期未定; in English likewise."""
        english = _english(language)
        if self.begin is None or self.end is None:
            return "to be decided" if english else "時期未定"
        (year, begin), (end_year, end) = self.begin.words(english), self.end.words(english)
        if english:
            until = f"{end} {end_year}".strip()
            since = begin if begin and year == end_year else f"{begin} {year}".strip()
            return until if self.begin == self.end else f"{since} – {until}"
        since, until = year + begin, end if end and year == end_year else end_year + end
        return since if self.begin == self.end else f"{since}～{until}"


def _point(text: str, whole: str) -> Point:
    found = re.fullmatch(r"([0-9-]+)(?: (early|middle|late))?", text)
    if not found:
        raise _bad_due(whole)
    try:
        date = PartialDate.parse(found[1])
    except BadDate as bad:
        raise _bad_due(whole, str(bad)) from bad
    part = next((part for part in Part if part.value[0] == found[2]), None)
    if date is None or (part and date.precision is not Precision.MONTH):
        raise _bad_due(whole)
    return Point(date, part)


def _bad_due(text: str, why: str = "") -> BadDate:
    shapes = "2024-01-31, 2024-02, 2024-02 early, 2023-08/2023-09, undecided"
    return BadDate(
        _(
            "「%(text)s」は時期として読めません。%(why)s次のいずれかの形で書いてください: %(shapes)s",
            text=text[:40],
            why=why,
            shapes=shapes,
        )
    )


def _english(chosen: str | None) -> bool:
    return (chosen or language()) == "en"


def _days(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _month_and_day(date: PartialDate) -> str:
    return ("" if date.month is None else f"{date.month}月") + ("" if date.day is None else f"{date.day}日")


def _year_text(date: dt.date) -> str:
    era = next((era for era in ERAS if date >= era.starts), None)
    if era is None:
        return f"{date.year}年"
    year = date.year - era.starts.year + 1
    return f"{era.name}{'元' if year == 1 else year}年"
