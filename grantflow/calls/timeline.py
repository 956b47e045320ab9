"""A call in time: whether it is open and for how long, and its dates in order, as a reader needs them."""

import datetime as dt
from dataclasses import dataclass, replace
from enum import Enum

from grantflow.calls.definition import Definition, Schedule
from grantflow.core.clock import TOKYO
from grantflow.core.dates import Due, moment_text, wareki
from grantflow.core.words import _


class Window(Enum):
    """Where a moment stands to the time in which proposals are received."""

    AHEAD = "ahead"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Countdown:
    """Whether proposals are received at a moment, and the whole days in Tokyo until that changes."""

    window: Window
    days: int
    until: dt.datetime

    @property
    def text(self) -> str:
        """The countdown in words."""
        if self.window is Window.OVER:
            return _("受付は終わりました")
        if self.window is Window.AHEAD:
            return _("受付開始まであと%(days)s日", days=self.days) if self.days else _("受付は今日始まります")
        return _("締切まであと%(days)s日", days=self.days) if self.days else _("締切は今日です")


@dataclass(frozen=True, slots=True)
class Step:
    """One date of a call; `state` is past, next or ahead."""

    when: str
    what: str
    state: str
    note: str
    last: dt.datetime | None


def countdown(opens_at: dt.datetime, closes_at: dt.datetime, now: dt.datetime) -> Countdown:
    """How long until proposals are received, or no longer; both ends of the window count as open (R3.6)."""
    if now < opens_at:
        return Countdown(Window.AHEAD, _days(now, opens_at), opens_at)
    if now <= closes_at:
        return Countdown(Window.OPEN, _days(now, closes_at), closes_at)
    return Countdown(Window.OVER, 0, closes_at)


def steps(definition: Definition, now: dt.datetime, closes_at: dt.datetime) -> tuple[Step, ...]:
    """The dates of a call in their order, the undecided last; the first that is not over is the next one (R0.3).

    `closes_at` is the deadline that holds, which may be later than the published one (R3.6).
    """
    schedule = definition.schedule
    found = [
        _moment(schedule.opens_at, _("公募の受付開始")),
        _moment(closes_at, _("公募の締切"), _("この時刻までに届いたものを受け付けます。")),
        *(_due(Due.parse(milestone.due), milestone.name) for milestone in definition.milestones),
    ]
    if schedule.contract_month:
        found.append(_due(Due.parse(schedule.contract_month), _("委託契約の締結")))
    if schedule.project_end:
        found.append(_due(Due.parse(schedule.project_end.isoformat()), _("事業期間の終わり"), _period(schedule)))
    ordered = sorted(found, key=lambda step: (step.last is None, step.last or now))
    upcoming = next((step for step in ordered if step.last and step.last >= now), None)
    return tuple(replace(step, state=_state(step, upcoming, now)) for step in ordered)


def _state(step: Step, upcoming: Step | None, now: dt.datetime) -> str:
    if step is upcoming:
        return "next"
    return "past" if step.last and step.last < now else "ahead"


def _period(schedule: Schedule) -> str:
    start = schedule.project_start
    if isinstance(start, dt.date):
        return _("%(start)sからこの日までに実施します。", start=wareki(start))
    return _("契約締結日からこの日までに実施します。") if start else ""


def _moment(at: dt.datetime, what: str, note: str = "") -> Step:
    return Step(moment_text(at), what, "", note, at)


def _due(due: Due, what: str, note: str = "") -> Step:
    last = dt.datetime.combine(due.latest, dt.time.max, TOKYO) if due.latest else None
    return Step(due.text(), what, "", note, last)


def _days(now: dt.datetime, until: dt.datetime) -> int:
    return (until.astimezone(TOKYO).date() - now.astimezone(TOKYO).date()).days
