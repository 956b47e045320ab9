"""Deciding on many proposals in one go (形式審査の結果): what each would become, and all of it or nothing (R3.7)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from grantflow.applications import corrections, notices, queries
from grantflow.applications.models import Application, ApplicationStatus, ScreeningAnswer, ScreeningVerdict
from grantflow.applications.screening.checklist import items
from grantflow.applications.workflow import APPLICATION
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize, visible
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import Labelled, _, lazy
from grantflow.permissions import Permission

STATUS = ApplicationStatus


class Verdict(Labelled):
    """What the first screening comes to; its value is the transition."""

    ELIGIBLE = "find_eligible", lazy("審査対象とする")
    INELIGIBLE = "find_ineligible", lazy("対象外とする")


@dataclass(frozen=True, slots=True)
class Decided:
    """What is proposed for one proposal, as it was when the draft was made (`seen` is its version)."""

    application: Application
    verdict: Verdict
    reason: str
    seen: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What would become of one proposal: what stands in the way, and whether anybody is told."""

    decided: Decided
    obstacles: tuple[str, ...]
    tells: bool


def waiting(call: Call, actor: Actor) -> Sequence[Application]:
    """The proposals that wait for a decision, in the order of their numbers: received, or not mended in time."""
    found = (
        select(Application)
        .options(joinedload(Application.tier))
        .where(Application.call_id == call.id, Application.status.in_((STATUS.SUBMITTED, STATUS.RETURNED)))
        .order_by(*queries.BY_NUMBER)
    )
    rows = db.session.scalars(visible(found, actor, Permission.APPLICATION_SCREEN, Application)).all()
    return [row for row in rows if row.status is STATUS.SUBMITTED or is_overdue(row)]


def is_overdue(application: Application) -> bool:
    """Whether the group did not mend the proposal in time: it can only be found ineligible, or get more time."""
    running = corrections.running(application)
    return running is not None and running.due_at < clock.now()


def looked_through(rows: Sequence[Application]) -> set[uuid.UUID]:
    """The proposals of which the secretariat answered every item of the screening, and none with a no."""
    found = select(ScreeningAnswer).where(ScreeningAnswer.application_id.in_([row.id for row in rows]))
    answers: dict[uuid.UUID, dict[str, ScreeningVerdict]] = {}
    for one in db.session.scalars(found):
        answers.setdefault(one.application_id, {})[one.item] = one.verdict
    return {row.id for row in rows if row.status is STATUS.SUBMITTED and _is_through(row, answers.get(row.id, {}))}


def _is_through(application: Application, answers: Mapping[str, ScreeningVerdict]) -> bool:
    asked = queries.asking(application)
    wanted = {one.key for one in items(asked.says, asked.tier.key)}
    return bool(answers) and wanted <= set(answers) and ScreeningVerdict.NO not in answers.values()


def effects(decided: Sequence[Decided], *, by: Actor) -> list[Effect]:
    """What would become of each; nothing is written."""
    return [Effect(one, tuple(_obstacles(one)), _tells(one, by)) for one in decided]


def _obstacles(one: Decided) -> list[str]:
    if one.application.version != one.seen:
        return [_("案を作ったあとに、この応募が変わりました。応募を確かめ、案を作り直してください。")]
    move = APPLICATION.transitions[one.verdict.value]
    if one.application.status not in move.source:
        return [
            _(
                "いまの状態は「%(state)s」なので、「%(move)s」はできません。",
                state=one.application.status.label,
                move=str(one.verdict.label),
            )
        ]
    if one.verdict is Verdict.INELIGIBLE and not one.reason.strip():
        return [_("理由が空です。団体に知らせる理由を書いてください。")]
    return APPLICATION.obstacles(move.name, one.application)


def _tells(one: Decided, by: Actor) -> bool:
    return one.verdict is Verdict.INELIGIBLE and notices.is_told(one.application, by)


def apply(call: Call, decided: Sequence[Decided], *, by: Actor) -> None:
    """Decide on all of them, or on none: refused with every proposal that changed or cannot become that."""
    authorize(by, Permission.ELIGIBILITY_DECIDE, call)
    ids = sorted(one.application.id for one in decided)
    locked = select(Application).where(Application.id.in_(ids)).order_by(Application.id).with_for_update()
    db.session.scalars(locked.execution_options(populate_existing=True)).all()
    for one in decided:
        authorize(by, Permission.APPLICATION_SCREEN, one.application)
    wrong = [(one.application.number, _obstacles(one)) for one in decided]
    if found := [f"{number}{_('：')}{sentence}" for number, sentences in wrong for sentence in sentences]:
        raise Refused("\n".join([_("1件も変えていません。次の応募を直してください。"), *found]))
    for one in decided:
        APPLICATION.fire(one.verdict.value, one.application, by=by, reason=one.reason.strip())
        db.session.flush()


def known(call: Call, ids: Sequence[uuid.UUID], actor: Actor) -> Mapping[uuid.UUID, Application]:
    """The proposals of those ids that `actor` may decide on."""
    found = (
        select(Application)
        .options(joinedload(Application.tier))
        .where(Application.call_id == call.id, Application.id.in_(ids))
        .order_by(*queries.BY_NUMBER)
    )
    rows = db.session.scalars(visible(found, actor, Permission.APPLICATION_SCREEN, Application))
    return {row.id: row for row in rows}
