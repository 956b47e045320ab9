"""Corrections (補正): which one runs, what it opened, and what it leaves closed to its group (R3.8)."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased, contains_eager

from grantflow.applications import queries
from grantflow.applications.correctable import changed, is_open, names_of, opened_in, touches
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Content
from grantflow.applications.screening_models import Correction
from grantflow.calls import queries as calls
from grantflow.calls.asking import CorrectionRule
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor, visible
from grantflow.core.clock import TOKYO
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.core.working_days import working_days_after
from grantflow.permissions import Permission


def rule(call: Call) -> CorrectionRule:
    """What the newest version of the call says of corrections."""
    return calls.definition_of(call.id, call.definition_version).correction


def rounds(application: Application) -> Sequence[Correction]:
    """Every correction of the proposal, the first one first, as they are now."""
    found = select(Correction).where(Correction.application_id == application.id).order_by(Correction.round)
    return db.session.scalars(found.execution_options(populate_existing=True)).all()


def last(application: Application) -> Correction | None:
    """The last correction of the proposal, answered or not."""
    found = select(Correction).where(Correction.application_id == application.id).order_by(Correction.round.desc())
    return db.session.scalars(found.limit(1)).first()


def running(application: Application) -> Correction | None:
    """The correction that the group works on just now."""
    return last(application) if application.status is ApplicationStatus.RETURNED else None


def open_fields(application: Application) -> frozenset[str] | None:
    """What the group may change just now; None for a proposal that was not given back: it may change all of it."""
    found = running(application)
    return frozenset(found.fields) if found else None


def due_after(call: Call, begins: dt.datetime, working_days: int) -> dt.datetime:
    """The end of so many working days after the day of `begins`, at the time of day at which the call closed."""
    closes = call.closes_at.astimezone(TOKYO)
    day = working_days_after(begins.astimezone(TOKYO).date(), working_days)
    return dt.datetime.combine(day, closes.time(), TOKYO)


def refuse_unopened(application: Application, part: Part, before: Content, after: Content) -> None:
    """Refuse a change to a field that was not opened, with its label (R3.8)."""
    opened = open_fields(application)
    if opened is None or is_open(opened, part):
        return
    closed = [name for name in changed(before, after) if not is_open(opened, part, name)]
    if closed:
        names = names_of(queries.dossier(application))
        whole = names.get(part.value) or str(part.label)
        labels = [names.get(f"{part.value}.{name}", whole) for name in closed]
        raise Refused(_not_opened(labels))


def refuse_unopened_part(application: Application, part: Part, field: str = "") -> None:
    """Refuse any change in a part, or in one field of it, that was not opened (R3.8)."""
    opened = open_fields(application)
    if opened is not None and not is_open(opened, part, field):
        names = names_of(queries.dossier(application))
        name = names.get(f"{part.value}.{field}") or names.get(part.value) or str(part.label)
        raise Refused(_not_opened([name]))


def refuse_while_corrected(application: Application) -> None:
    """Refuse what no correction opens: another tier, other questions (R3.8)."""
    if running(application) is not None:
        raise Refused(_("補正のあいだは、枠と設問の版を変えられません。事務局が開いた欄だけを直してください。"))


def _not_opened(labels: Iterable[str]) -> str:
    return _(
        "「%(fields)s」は、今回の補正で直せる欄ではありません。何も保存していません。"
        "元の内容に戻してから、もう一度保存してください。直す必要があるときは、事務局に連絡してください。",
        fields=_("」「").join(dict.fromkeys(labels)),
    )


@dataclass(frozen=True, slots=True)
class Mending:
    """What a group is to mend just now, as its pages show it: the correction, what fields are called, the time left."""

    row: Correction
    names: Mapping[str, str]
    left: str

    def opens(self, part: Part) -> bool:
        """Whether anything in the part is open."""
        return touches(self.row.fields, part)

    def opens_all(self, part: Part) -> bool:
        """Whether the part is open as a whole."""
        return is_open(self.row.fields, part)

    def fields(self, part: Part) -> frozenset[str]:
        """The fields of the part that are open, by their names inside it."""
        return opened_in(self.row.fields, part)

    def told(self, part: Part) -> list[tuple[str, str]]:
        """What to mend in the part, by what the field is called."""
        return [
            (self.names.get(name, name), what)
            for name, what in self.row.fields.items()
            if name.partition(".")[0] == part.value
        ]


def mending(application: Application, now: dt.datetime) -> Mending | None:
    """What the group is to mend just now; None for a proposal that was not given back."""
    found = running(application)
    if found is None:
        return None
    days = (found.due_at.astimezone(TOKYO).date() - now.astimezone(TOKYO).date()).days
    left = _("期限まであと%(days)s日", days=days) if days > 0 else _("期限は今日です")
    if now > found.due_at:
        left = _("期限を過ぎました")
    return Mending(found, names_of(queries.dossier(application)), left)


def closed_sentence(application: Application, part: Part) -> str:
    """Why nothing in the part can be changed just now; empty where something can."""
    if not is_closed_part(application, part):
        return ""
    return _("この部分は、今回の補正で直せるところではありません。読むことはできます。")


def is_closed_part(application: Application, part: Part) -> bool:
    """Whether nothing in the part is open just now."""
    opened = open_fields(application)
    return opened is not None and not touches(opened, part)


def of_call(call: Call, actor: Actor) -> Sequence[Correction]:
    """The last correction of every proposal of the call that `actor` may screen; what is due soonest comes first."""
    other = aliased(Correction)
    newer = select(other.id).where(other.application_id == Correction.application_id, other.round > Correction.round)
    found = (
        select(Correction)
        .join(Correction.application)
        .options(contains_eager(Correction.application))
        .where(Application.call_id == call.id, ~newer.exists())
        .order_by(Correction.due_at, *queries.BY_NUMBER)
    )
    return db.session.scalars(visible(found, actor, Permission.APPLICATION_SCREEN, Application)).all()


def answered(rows: Iterable[Correction]) -> list[Correction]:
    """Those that were answered and wait for the secretariat."""
    return [row for row in rows if row.answered_at and row.application.status is ApplicationStatus.SUBMITTED]


def overdue(rows: Iterable[Correction], now: dt.datetime) -> list[Correction]:
    """Those that were not answered in time, and wait for the secretariat."""
    return [row for row in rows if row.application.status is ApplicationStatus.RETURNED and row.due_at < now]
