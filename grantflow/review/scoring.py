"""The verbs of a reviewer: answering the question of conflict, filling in a sheet, filing it, opening it again."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grantflow.audit import trail
from grantflow.calls.models import Call, Criterion
from grantflow.calls.operations import fix_criteria
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.text import levelled
from grantflow.core.words import _
from grantflow.permissions import Permission
from grantflow.review import queries
from grantflow.review.models import Assignment, AssignmentStatus, Score, ScoreKind
from grantflow.review.workflow import ASSIGNMENT, scoring_is_open

LONGEST_COMMENT = 2000
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands on one line of a sheet: a grade or the reason for none, and the comment."""

    kind: ScoreKind = ScoreKind.MISSING
    value: int | None = None
    comment: str = ""

    @property
    def choice(self) -> str:
        """What was chosen, as a form spells it: a grade in digits, or the name of the reason; empty when missing."""
        if self.kind is ScoreKind.GRADED:
            return str(self.value)
        return "" if self.kind is ScoreKind.MISSING else self.kind.value


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did: whether a line changed, and on how many there is an answer now."""

    changed: bool
    answered: int


class SavedMeanwhile(Exception):
    """The sheet was saved elsewhere since it was opened, and something else stands there now than what is sent."""


def read_answer(call: Call, choice: str, comment: str) -> Answer:
    """The answer that a form spells; Refused for a grade off the call's scale and for a comment that is too long."""
    text = UNPRINTABLE.sub("", levelled(comment)).strip()
    if len(text) > LONGEST_COMMENT:
        raise Refused(_("講評が%(limit)s文字を超えています。短くしてください。", limit=f"{LONGEST_COMMENT:,}"))
    if choice in (ScoreKind.ABSTAINED, ScoreKind.NOT_APPLICABLE):
        return Answer(ScoreKind(choice), None, text)
    if not choice:
        return Answer(comment=text)
    if choice not in {str(grade) for grade in range(call.scale_min, call.scale_max + 1)}:
        raise Refused(
            _(
                "選んだ評点は、この公募の%(low)s～%(high)sの外です。評点を選び直してください。",
                low=call.scale_min,
                high=call.scale_max,
            )
        )
    return Answer(ScoreKind.GRADED, int(choice), text)


def answers(sheet: Assignment) -> dict[str, Answer]:
    """What stands on the sheet, by the criterion's key; a line that nobody touched is missing."""
    stored = queries.scores_of([sheet])
    return {
        criterion.key: _answer(stored.get((sheet.id, criterion.id))) for criterion in sheet.application.call.criteria
    }


def _answer(score: Score | None) -> Answer:
    return Answer() if score is None else Answer(score.kind, score.value, score.comment)


def gaps(criteria: Sequence[Criterion], given: Mapping[str, Answer]) -> list[Criterion]:
    """The criteria without an answer, in their order."""
    return [each for each in criteria if given.get(each.key, Answer()).kind is ScoreKind.MISSING]


def accept(sheet: Assignment, *, by: Actor) -> None:
    """The reviewer's no to the question of a conflict: the proposal opens before them."""
    ASSIGNMENT.fire("accept", sheet, by=by)
    db.session.flush()


def save(sheet: Assignment, given: Mapping[str, Answer], seen: str, *, by: Actor) -> Saved:
    """Store the lines `given`, by the criterion's key; returns whether anything changed and how far the sheet is.

    `seen` is the version of the sheet that the writer had before their eyes. Raises SavedMeanwhile when it is not
    the stored one and a line would be replaced. Refused for a sheet that is filed, and once the scoring is closed.
    """
    authorize(by, Permission.SHEET_FILL, sheet)
    db.session.refresh(sheet, ("status", "version"), with_for_update=True)
    scoring_is_open(sheet)
    if sheet.status is not AssignmentStatus.ACCEPTED:
        raise Refused(_("この採点表は、もう提出されています。直すときは「採点表を開き直す」を押してください。"))
    call, stored = sheet.application.call, queries.scores_of([sheet])
    rows = {each.key: stored.get((sheet.id, each.id)) for each in call.criteria}
    held = {key: _answer(line) for key, line in rows.items()}
    changes = {key: answer for key, answer in given.items() if key in rows and held[key] != answer}
    answered = len(rows) - len(gaps(call.criteria, held | changes))
    if not changes:
        return Saved(False, answered)
    if seen != str(sheet.version):
        raise SavedMeanwhile
    fix_criteria(call)
    ids = {each.key: each.id for each in call.criteria}
    before = {key: _told(held[key]) for key in changes}
    for key, answer in changes.items():
        row = rows[key]
        if row is None:
            row = Score(assignment_id=sheet.id, criterion_id=ids[key])
            db.session.add(row)
        row.kind, row.value, row.comment = answer.kind, answer.value, answer.comment
    sheet.saved_at = clock.now()
    trail.record(
        "assignments.score", sheet, by=by, before=before, after={key: _told(answer) for key, answer in changes.items()}
    )
    db.session.flush()
    return Saved(True, answered)


def _told(answer: Answer) -> dict[str, str | int | None]:
    grade = answer.value if answer.kind is ScoreKind.GRADED else answer.kind.value
    return {"score": grade, "comment": answer.comment} if answer.comment else {"score": grade}


def file(sheet: Assignment, *, by: Actor) -> None:
    """Hand the sheet in; Refused while a line is missing, which is never taken for 0 (R4.5)."""
    criteria = sheet.application.call.criteria
    given = answers(sheet)
    open_lines = {each.key for each in gaps(criteria, given)}
    grades = {key: _told(answer)["score"] for key, answer in given.items() if key not in open_lines}
    ASSIGNMENT.fire("file", sheet, by=by, grades=grades, criteria=len(criteria))


def reopen(sheet: Assignment, *, by: Actor) -> None:
    """Take a filed sheet back, to change it; its lines stay as they are and count again once it is filed."""
    ASSIGNMENT.fire("reopen", sheet, by=by)
    db.session.flush()
