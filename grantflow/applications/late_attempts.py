"""What is left of an act that came after the deadline: a ticket with its time, never what was sent (R3.6)."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import joinedload

from grantflow.applications.models import Application, LateAttempt
from grantflow.audit import trail
from grantflow.calls.models import Call
from grantflow.core.db import db
from grantflow.core.refusals import Attempted
from grantflow.core.words import Lazy, _, lazy

#: What was tried, by the page that was tried; a page that is not named here writes a part of the proposal.
ACTS: dict[str, Lazy] = {
    "applications.confirm": lazy("提出する"),
    "applications.start": lazy("応募を書き始める"),
    "applications.start_with_group": lazy("団体を登録して応募を書き始める"),
    "dossier.tier": lazy("枠を変える"),
    "dossier.version": lazy("新しい版の設問に切り替える"),
    "dossier.autosave": lazy("書きかけの自動保存"),
    "officers.autosave": lazy("書きかけの自動保存"),
    "proxies.act": lazy("代理で提出する"),
    "proxies.begin": lazy("代理で応募を書き始める"),
    "consents.answer": lazy("連携先が承諾に答える"),
    "attachments.add": lazy("書類のファイルを出す"),
    "attachments.date": lazy("書類の発行日を書く"),
    "attachments.remove": lazy("書類のファイルを外す"),
}
WRITES = lazy("書いた内容を保存する")

#: Pages that send by themselves what is typed: however often, they leave one ticket.
BY_THEMSELVES = frozenset({"dossier.autosave", "officers.autosave"})


def label_of(act: str) -> str:
    """What was tried, in words."""
    return str(ACTS.get(act, WRITES))


def ticket_for(application: Application) -> Callable[[Attempted], str]:
    """What writes down an attempt on the proposal, which may be one that is not stored, and tells its number."""
    stored = application.id if inspect(application).persistent else None
    call_id, name = application.call_id, application.organization_name

    def leave(tried: Attempted) -> str:
        row = _known(stored, tried) or _add(stored, call_id, name, tried)
        return _(
            "控え番号は%(ticket)sです。事務局に連絡するときに知らせてください。",
            ticket=row.ticket,
        )

    return leave


def _known(application_id: uuid.UUID | None, tried: Attempted) -> LateAttempt | None:
    if application_id is None or tried.act not in BY_THEMSELVES:
        return None
    found = select(LateAttempt).where(
        LateAttempt.application_id == application_id,
        LateAttempt.user_id == tried.by.id,
        LateAttempt.act == tried.act,
    )
    return db.session.scalars(found.order_by(LateAttempt.received_at)).first()


def _add(application_id: uuid.UUID | None, call_id: uuid.UUID, name: str, tried: Attempted) -> LateAttempt:
    row = LateAttempt(
        call_id=call_id,
        application_id=application_id,
        organization_name=name,
        user_id=tried.by.id,
        user_name=tried.by.name,
        received_at=tried.at,
        act=tried.act,
        size=tried.size,
        queued_ms=None if tried.queued_ms is None else round(tried.queued_ms),
    )
    db.session.add(row)
    about = db.session.get_one(Application, application_id) if application_id else db.session.get_one(Call, call_id)
    action = "applications.late" if application_id else "calls.late"
    trail.record(action, about, by=tried.by, received_at=tried.at, page=tried.act, ticket=row.ticket)
    return row


def attempts(call: Call) -> Sequence[LateAttempt]:
    """What came too late for the call, in the order of its arrival."""
    found = select(LateAttempt).options(joinedload(LateAttempt.application)).where(LateAttempt.call_id == call.id)
    return db.session.scalars(found.order_by(LateAttempt.received_at, LateAttempt.id)).all()


class OfGroup(NamedTuple):
    """The attempts of one group: how many, the first and the last, and the number of its proposal if it has one."""

    name: str
    times: int
    first: dt.datetime
    last: dt.datetime
    number: str


def by_group(rows: Sequence[LateAttempt]) -> list[OfGroup]:
    """The attempts of each proposal, or of each name where none was begun; the first to come first."""
    groups: dict[object, list[LateAttempt]] = {}
    for row in rows:
        groups.setdefault(row.application_id or row.organization_name, []).append(row)
    return [
        OfGroup(
            each[0].organization_name,
            len(each),
            each[0].received_at,
            each[-1].received_at,
            (each[0].application.number if each[0].application else None) or "",
        )
        for each in groups.values()
    ]


def count_since(call: Call, since: dt.datetime) -> int:
    """How many attempts came too late for the call since then."""
    found = select(func.count()).where(LateAttempt.call_id == call.id, LateAttempt.received_at >= since)
    return db.session.scalar(found) or 0
