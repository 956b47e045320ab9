"""The lives of a sheet and of a committee, as tables."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from grantflow.calls.models import Call
from grantflow.calls.operations import fix_criteria
from grantflow.core.authorization import Actor
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _, lazy
from grantflow.permissions import Permission
from grantflow.review.models import Assignment, AssignmentStatus, Committee, CommitteeStatus, Reviewer, Score
from grantflow.workflow import Transition, Workflow


def scoring_is_open(sheet: Assignment) -> None:
    """Refuse a change by the reviewer once scoring is closed, and while a confirmed committee was opened again."""
    status = db.session.scalar(select(Committee.status).where(Committee.call_id == sheet.call_id))
    if status is CommitteeStatus.LOCKED:
        raise Refused(_("採点は締め切られました。直すところがあれば、事務局に伝えてください。"))
    if status is CommitteeStatus.OPEN:
        raise Refused(
            _(
                "事務局が審査委員会の構成を見直しているため、いまは採点を受け付けていません。再開の連絡を待ってください。"
            )
        )


def has_every_grade(
    _sheet: Assignment, _by: Actor, *, grades: Mapping[str, Any], criteria: int, **_details: Any
) -> None:
    """Refuse a sheet with a missing line: it is incomplete, never 0 (R4.5)."""
    if len(grades) < criteria:
        raise Refused(
            _(
                "評点のない審査項目が%(missing)s個あります。すべての項目に評点を付けてください。",
                missing=criteria - len(grades),
            )
        )


def says_why(_thing: Any, _by: Actor, *, reason: str = "", **_details: Any) -> None:
    """Refuse a move nobody gave a reason for: whoever reads the history must learn it."""
    if not reason.strip():
        raise Refused(_("理由が空です。後から読む人に分かるように、理由を書いてください。"))


def has_members(committee: Committee) -> None:
    """Refuse a committee in which nobody sits."""
    if db.session.scalar(select(Reviewer.id).where(Reviewer.call_id == committee.call_id).limit(1)) is None:
        raise Refused(_("審査委員会に委員がいません。先に委員を加えてください。"))


def fixes_the_criteria(committee: Committee, _by: Actor, **_details: Any) -> None:
    """Where scores exist, criteria, weights and grades stay as they are from here on."""
    scored = select(Score.criterion_id).join(Assignment, Assignment.id == Score.assignment_id)
    call = db.session.get_one(Call, committee.call_id)
    if db.session.scalar(scored.where(Assignment.call_id == call.id).limit(1)) is not None:
        fix_criteria(call)


def frees_the_criteria(committee: Committee, _by: Actor, **_details: Any) -> None:
    """A committee that is opened again allows a version with other criteria; the scores stay as they were."""
    db.session.get_one(Call, committee.call_id).criteria_in_use = False


STATUS = AssignmentStatus

ASSIGNMENT = Workflow(
    "assignment",
    STATUS.OFFERED,
    [
        Transition(
            "accept",
            frozenset({STATUS.OFFERED}),
            STATUS.ACCEPTED,
            Permission.SHEET_ANSWER,
            guards=(scoring_is_open,),
            label=lazy("利益相反はないと答える"),
        ),
        Transition(
            "take_in",
            frozenset({STATUS.OFFERED}),
            STATUS.ACCEPTED,
            Permission.SCORE_ENTER,
            label=lazy("評点を取り込む"),
        ),
        Transition(
            "stand_aside",
            frozenset({STATUS.OFFERED, STATUS.ACCEPTED, STATUS.SCORED}),
            STATUS.RECUSED,
            Permission.SHEET_ANSWER,
            effects=(says_why,),
            label=lazy("利益相反があると答える"),
        ),
        Transition(
            "file",
            frozenset({STATUS.ACCEPTED}),
            STATUS.SCORED,
            Permission.SHEET_FILL,
            guards=(scoring_is_open,),
            effects=(has_every_grade,),
            label=lazy("採点表を提出する"),
        ),
        Transition(
            "reopen",
            frozenset({STATUS.SCORED}),
            STATUS.ACCEPTED,
            Permission.SHEET_FILL,
            guards=(scoring_is_open,),
            label=lazy("提出した採点表を開き直す"),
        ),
        Transition(
            "finish",
            frozenset({STATUS.ACCEPTED}),
            STATUS.SCORED,
            Permission.SCORE_ENTER,
            effects=(has_every_grade,),
            label=lazy("採点を終える"),
        ),
        Transition(
            "recuse",
            frozenset({STATUS.OFFERED, STATUS.ACCEPTED, STATUS.SCORED}),
            STATUS.RECUSED,
            Permission.CONFLICT_DECLARE,
            effects=(says_why,),
            label=lazy("利益相反により審査から外す"),
            ask_reason=True,
        ),
        Transition(
            "restore",
            frozenset({STATUS.RECUSED}),
            STATUS.ACCEPTED,
            Permission.CONFLICT_DECLARE,
            effects=(says_why,),
            label=lazy("審査に戻す"),
            ask_reason=True,
        ),
    ],
)

PANEL = CommitteeStatus

COMMITTEE = Workflow(
    "committee",
    PANEL.OPEN,
    [
        Transition(
            "confirm",
            frozenset({PANEL.OPEN}),
            PANEL.CONFIRMED,
            Permission.PANEL_MANAGE,
            guards=(has_members,),
            effects=(fixes_the_criteria,),
            label=lazy("審査委員会の構成を確定する"),
        ),
        Transition(
            "lock",
            frozenset({PANEL.CONFIRMED}),
            PANEL.LOCKED,
            Permission.PANEL_MANAGE,
            label=lazy("採点を締め切る"),
        ),
        Transition(
            "resume",
            frozenset({PANEL.LOCKED}),
            PANEL.CONFIRMED,
            Permission.PANEL_MANAGE,
            effects=(says_why,),
            label=lazy("採点を再開する"),
            ask_reason=True,
        ),
        Transition(
            "reopen",
            frozenset({PANEL.CONFIRMED, PANEL.LOCKED}),
            PANEL.OPEN,
            Permission.PANEL_MANAGE,
            effects=(says_why, frees_the_criteria),
            label=lazy("審査委員会の構成を開き直す"),
            ask_reason=True,
        ),
    ],
)
