"""Fields of the pages on which a call is written: what people type, and the value of TOML that it stands for."""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import Field
from wtforms.widgets import TextArea, TextInput

from grantflow.core.clock import TOKYO
from grantflow.core.dates import BadDate, Due, PartialDate, Precision, parse_date, read_partial, wareki
from grantflow.core.text import BadAmount, levelled, parse_yen, yen_figure
from grantflow.core.words import _

MOMENT = re.compile(r"(.+?)[\s　T]*([0-9]{1,2})[:：時](?:([0-9]{1,2})分?(?:[:：]?([0-9]{1,2})秒?)?)?")
ANCHOR = re.compile(r"([0-9]+)[\s　]*[:：=＝点]?[\s　]*(.+)")
PARTS = {"上旬": "early", "中旬": "middle", "下旬": "late"}
CONTRACT = "contract"


class TypedField(Field):
    """One line; `read` turns what was typed into the value of TOML, `shown` the value into what is typed.

    Nothing typed is None. A value that the definition cannot hold yet is shown as it stands.
    """

    widget: Any = TextInput()

    def read(self, typed: str) -> Any:
        """The value; ValueError with a sentence for the user when there is none."""
        return typed

    def shown(self, value: Any) -> str:
        """What is typed for `value`."""
        return str(value)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed."""
        typed = clean(str(valuelist[0])) if valuelist else ""
        self.data = None
        if typed:
            self.data = self.read(typed)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.shown(self.data)


class LineValue(TypedField):
    """A text of one line."""


class ProseValue(TypedField):
    """A text that may have several lines; line ends are those of TOML."""

    widget = TextArea()


class LinesValue(ProseValue):
    """A list of short texts, one a line."""

    def read(self, typed: str) -> list[str]:
        """The texts."""
        return [line.strip() for line in typed.split("\n") if line.strip()]

    def shown(self, value: Any) -> str:
        """A line for each text."""
        return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


class AnchorsValue(ProseValue):
    """What grades stand for, a line each: `5 目的が明らかで、裏付けがある`."""

    def read(self, typed: str) -> dict[str, str]:
        """The words by grade."""
        found = {}
        for line in filter(None, map(str.strip, typed.split("\n"))):
            match = ANCHOR.fullmatch(line)
            if match is None:
                raise ValueError(
                    _("「%(line)s」の始めに点がありません。「5 言葉」の形で、1行に1つずつ書いてください。", line=line)
                )
            found[str(int(match[1]))] = match[2]
        return found

    def shown(self, value: Any) -> str:
        """A line for each grade."""
        if not isinstance(value, Mapping):
            return str(value)
        return "\n".join(f"{grade} {words}" for grade, words in value.items())


class WholeValue(TypedField):
    """A whole number."""

    def read(self, typed: str) -> int:
        """The number; full-width digits and commas are understood."""
        try:
            return parse_yen(typed)
        except BadAmount as problem:
            raise ValueError(_("整数として読めません。2 のように数字だけで書いてください。")) from problem


class AmountValue(TypedField):
    """An amount in whole yen."""

    def read(self, typed: str) -> int:
        """The amount (R5.8)."""
        try:
            return parse_yen(typed)
        except BadAmount as problem:
            raise ValueError(str(problem)) from problem

    def shown(self, value: Any) -> str:
        """The amount with commas."""
        return yen_figure(value) if isinstance(value, int) else str(value)


class RatioValue(TypedField):
    """A share of the whole, `0.6`."""

    def read(self, typed: str) -> Decimal:
        """The share as it is written."""
        try:
            ratio = Decimal(typed)
        except InvalidOperation as problem:
            raise ValueError(_("割合として読めません。60パーセントは 0.6 と書いてください。")) from problem
        if not ratio.is_finite():
            raise ValueError(_("割合として読めません。60パーセントは 0.6 と書いてください。"))
        return ratio


class DayValue(TypedField):
    """A day, in 和暦 or as 2026-04-01 (R5.6)."""

    def read(self, typed: str) -> Any:
        """The day."""
        return _day(typed)

    def shown(self, value: Any) -> str:
        """The day in 和暦."""
        return wareki(value, "ja") if isinstance(value, dt.date) else str(value)


class StartValue(DayValue):
    """A day, or the day of the contract."""

    def read(self, typed: str) -> Any:
        """The day, or the word of TOML for the day of the contract."""
        return CONTRACT if typed in (CONTRACT, str(_("契約締結日")), "契約締結日") else _day(typed)

    def shown(self, value: Any) -> str:
        """The day in 和暦, or 契約締結日."""
        return _("契約締結日") if value == CONTRACT else super().shown(value)


class MomentValue(TypedField):
    """A day with its time in Tokyo: `令和8年4月20日 10:00`."""

    def read(self, typed: str) -> dt.datetime:
        """The instant."""
        found = MOMENT.fullmatch(typed)
        if found is None:
            raise ValueError(_("日付の後に時刻がありません。「令和8年4月20日 10:00」のように書いてください。"))
        hour, minute, second = (int(part or 0) for part in found.groups()[1:])
        if hour > 23 or minute > 59 or second > 59:
            raise ValueError(_("時刻は0:00から23:59までです。翌日の0:00になる締切は、翌日の日付で書いてください。"))
        return dt.datetime.combine(_day(found[1]), dt.time(hour, minute, second), TOKYO)

    def shown(self, value: Any) -> str:
        """The day in 和暦 and the time in Tokyo."""
        if not isinstance(value, dt.datetime):
            return str(value)
        here = value.astimezone(TOKYO) if value.tzinfo else value
        return f"{wareki(here.date(), 'ja')} {here:%H:%M:%S}".removesuffix(":00")


class MonthValue(TypedField):
    """A month, `令和8年7月`."""

    def read(self, typed: str) -> str:
        """The month as TOML writes it, `2026-07`."""
        month = _partial(typed)
        if month.precision is not Precision.MONTH:
            raise ValueError(_("年と月だけを書いてください。「令和8年7月」のように書きます。"))
        return str(month)

    def shown(self, value: Any) -> str:
        """The month as people write it."""
        return _spoken(str(value))


class DueValue(TypedField):
    """When something is due, with the precision that is known: `令和9年1月下旬`, `2026年8月～9月`, `時期未定`."""

    def read(self, typed: str) -> str:
        """The time as TOML writes it."""
        try:
            return str(Due.parse(typed))
        except BadDate:
            pass
        if typed in ("未定", "時期未定"):
            return "undecided"
        begin, *end = re.split(r"[～〜~/]|から", typed.removesuffix("まで"))
        first = _due_point(begin)
        if not end:
            return first
        second = end[0].strip()
        year = re.match(r".*?年", begin)
        return f"{first}/{_due_point(second if '年' in second or not year else year[0] + second)}"

    def shown(self, value: Any) -> str:
        """The time as people write it."""
        try:
            return Due.parse(str(value)).text("ja")
        except BadDate:
            return str(value)


def clean(typed: str) -> str:
    """What was typed, without spaces at its ends and with the line ends of TOML."""
    return levelled(typed).strip()


def _due_point(typed: str) -> str:
    for words, part in PARTS.items():
        if typed.strip().endswith(words):
            return f"{_partial(typed.strip().removesuffix(words))} {part}"
    return str(_partial(typed.strip()))


def _partial(typed: str) -> PartialDate:
    try:
        return read_partial(typed).date
    except BadDate as problem:
        raise ValueError(str(problem)) from problem


def _day(typed: str) -> dt.date:
    try:
        return parse_date(typed)
    except BadDate as problem:
        raise ValueError(str(problem)) from problem


def _spoken(text: str) -> str:
    try:
        found = PartialDate.parse(text)
    except BadDate:
        return text
    return found.text("ja") if found else ""
