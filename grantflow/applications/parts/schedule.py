"""What is done when, and by whom (実施スケジュール), by months of the project."""

import datetime as dt
from collections.abc import Iterator

from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking, Content, Gap, Grid, Reading, Rules, nothing
from grantflow.applications.parts.rows import Row, cell, lacking, rows_of
from grantflow.calls.definition import Definition
from grantflow.core.dates import PartialDate
from grantflow.core.words import _

#: A project of more months than this is drawn by its first and last ones only, and offered so many to choose from.
MOST_MONTHS = 60


def months(says: Definition) -> tuple[str, ...]:
    """The months of the project as the call sets them, 2026-07 to 2027-02.

    Where the call names no beginning, it is the month of the contract, else the one after the deadline; where it
    names no end, it is the end of the fiscal year.
    """
    first, last = _first(says), _last(says)
    found: list[str] = []
    while first <= last and len(found) < MOST_MONTHS:
        found.append(f"{first // 12:04}-{first % 12 + 1:02}")
        first += 1
    return tuple(found)


def _first(says: Definition) -> int:
    told = says.schedule
    if isinstance(told.project_start, dt.date):
        return _counted(told.project_start)
    if told.contract_month:
        year, month = told.contract_month.split("-")
        return int(year) * 12 + int(month) - 1
    return _counted(told.closes_at.date()) + 1


def _last(says: Definition) -> int:
    end = says.schedule.project_end or dt.date(says.call.fiscal_year + 1, 3, 31)
    return max(_counted(end), _first(says))


def _counted(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def month_text(month: str) -> str:
    """A month in words; nothing for nothing."""
    found = PartialDate.parse(month) if month else None
    return found.text() if found else ""


def _gaps(content: Content, asking: Asking) -> Iterator[Gap]:
    rows = rows_of(content)
    if not rows:
        yield Gap(
            Part.SCHEDULE, cell(0, "what"), _("スケジュールが1行もありません。いつ何をするか、1行以上書いてください。")
        )
    needed = (("what", _("すること")), ("begins", _("始める月")), ("ends", _("終える月")))
    yield from lacking(Part.SCHEDULE, rows, needed)
    offered = months(asking.says)
    for place, row in enumerate(rows):
        yield from _period_gaps(place, row, offered)


def _period_gaps(place: int, row: Row, offered: tuple[str, ...]) -> Iterator[Gap]:
    begins, ends = row.get("begins", ""), row.get("ends", "")
    for name, month in (("begins", begins), ("ends", ends)):
        if month and month not in offered:
            sentence = _(
                "%(row)s行目の%(month)sは、事業の期間（%(first)sから%(last)sまで）の外です。月を選び直してください。",
                row=place + 1,
                month=month_text(month),
                first=month_text(offered[0]),
                last=month_text(offered[-1]),
            )
            yield Gap(Part.SCHEDULE, cell(place, name), sentence, is_wrong=True)
    if begins and ends and ends < begins:
        sentence = _(
            "%(row)s行目は、終える月が始める月より前です。どちらかを選び直してください。",
            row=place + 1,
        )
        yield Gap(Part.SCHEDULE, cell(place, "ends"), sentence, is_wrong=True)


def _reading(content: Content, asking: Asking) -> Iterator[Reading]:
    rows, offered = rows_of(content), months(asking.says)
    yield Grid(
        _("実施スケジュール"),
        (_("すること"), _("始める月"), _("終える月"), _("担当")),
        tuple(
            (
                row.get("what", ""),
                month_text(row.get("begins", "")),
                month_text(row.get("ends", "")),
                row.get("who", ""),
            )
            for row in rows
        ),
        months=offered if rows else (),
        spans=tuple(_span(row, offered) for row in rows),
    )


def _span(row: Row, offered: tuple[str, ...]) -> tuple[int, int] | None:
    begins, ends = row.get("begins", ""), row.get("ends", "")
    if begins not in offered or ends not in offered or ends < begins:
        return None
    return offered.index(begins), offered.index(ends)


RULES = Rules(_gaps, _reading, nothing)
