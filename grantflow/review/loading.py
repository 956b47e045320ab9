"""Scores given outside the web form: the rows of a spreadsheet in, sheets that are finished once complete."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert

from grantflow.applications.models import Application
from grantflow.applications.queries import by_number
from grantflow.audit import trail
from grantflow.calls.models import Call
from grantflow.calls.operations import fix_criteria
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import db
from grantflow.core.problems import Problems
from grantflow.core.refusals import Refused
from grantflow.core.tables import Columns, NotAWholeNumber, Row, Table, whole_number
from grantflow.core.text import snippet
from grantflow.core.words import _
from grantflow.permissions import Permission
from grantflow.review import committee, operations, queries
from grantflow.review.committee import Basis, Panel
from grantflow.review.models import Assignment, AssignmentStatus, Reviewer, Score, ScoreKind
from grantflow.review.queries import FOUND_ELIGIBLE
from grantflow.review.workflow import ASSIGNMENT

COLUMNS = Columns(required=("number", "reviewer", "criterion", "score"), optional=("comment",))
LONGEST_LABEL = 200
SHOWN = 40


@dataclass(slots=True)
class Grade:
    """What the file gives for one criterion; the value is None where its cell is wrong."""

    line: int
    value: int | None
    comment: str


@dataclass(slots=True)
class PlannedSheet:
    """What the file adds to one reviewer's sheet of one proposal, by criterion; `stored` is what it holds already."""

    application: Application
    reviewer: str
    assignment: Assignment | None
    stored: Mapping[str, int | ScoreKind]
    grades: dict[str, Grade]

    @property
    def whole(self) -> dict[str, int | ScoreKind]:
        """What is answered on the sheet once the file is loaded, by criterion."""
        answers: dict[str, int | ScoreKind] = {
            key: answer for key, answer in self.stored.items() if answer is not ScoreKind.MISSING
        }
        return answers | {key: grade.value for key, grade in self.grades.items() if grade.value is not None}


@dataclass(frozen=True, slots=True)
class Plan:
    """What loading a file would do, and all that is wrong with the file. Nothing was written."""

    call: Call
    file: str
    sheets: tuple[PlannedSheet, ...]
    panel: Panel
    basis: Basis
    problems: Problems

    @property
    def score_count(self) -> int:
        """How many scores would be added."""
        return sum(len(sheet.grades) for sheet in self.sheets)

    @property
    def application_count(self) -> int:
        """To how many proposals."""
        return len({sheet.application.id for sheet in self.sheets})

    @property
    def reviewers(self) -> tuple[str, ...]:
        """By whom, as labels."""
        return tuple(dict.fromkeys(sheet.reviewer for sheet in self.sheets))

    @property
    def new_reviewers(self) -> tuple[str, ...]:
        """The labels of those who are not in the call's committee yet."""
        return tuple(label for label in self.reviewers if label not in self.panel.members)


def plan(call: Call, table: Table) -> Plan:
    """What loading `table` into `call` would do; every problem of every row is in the plan's `problems`.

    `reviewer` is the address of an account, or any label.
    """
    basis = committee.basis(call)
    panel = committee.panel(call, {row.cells["reviewer"] for row in table.rows})
    reading = _Reading(call, table.problems, panel, by_number(call))
    if basis.assignments or basis.conflicts:
        reading.remember_what_is_stored()
    for row in table.rows:
        reading.take(row)
    sheets = tuple(sheet for sheet in reading.sheets.values() if sheet.grades)
    return Plan(call, table.file, sheets, panel, basis, table.problems)


def apply(plan: Plan, *, by: Actor) -> None:
    """Store every score of `plan`; a sheet is finished once each criterion has one. One event for each sheet.

    Raises Refused when the plan has errors, or when scores, conflicts or proposals changed since it was made.
    """
    if plan.problems.errors:
        raise Refused(_("ファイルに直すところがあります。すべて直してから、もう一度読み込んでください。"))
    authorize(by, Permission.SCORE_ENTER, plan.call)
    operations.hold(plan.call)
    if committee.basis(plan.call) != plan.basis:
        raise Refused(_("読み込みのあいだに、評点か利益相反か応募の状態が変わりました。もう一度読み込んでください。"))
    fix_criteria(plan.call)
    members = operations.seat(plan.call, plan.panel, plan.reviewers, by=by)
    rows = [sheet.assignment or _new_assignment(plan.call, sheet, members) for sheet in plan.sheets]
    finished, begun = [], []
    for sheet, row in zip(plan.sheets, rows, strict=True):
        grades, before = sheet.whole, row.status.value
        if row.status is AssignmentStatus.OFFERED:
            ASSIGNMENT.move("take_in", row, by=by)
        # A sheet finished before a criterion was added stays finished.
        if row.status is AssignmentStatus.ACCEPTED and len(grades) == len(plan.call.criteria):
            ASSIGNMENT.move("finish", row, by=by, grades=grades, criteria=len(plan.call.criteria))
            finished.append((row, {"before": before, "after": row.status.value, **_given(sheet, plan.file)}))
        else:
            begun.append((row, _given(sheet, plan.file)))
    _store(plan, rows)
    trail.record_many("assignments.finish", finished, by=by)
    trail.record_many("assignments.load", begun, by=by)


def _new_assignment(call: Call, sheet: PlannedSheet, members: Mapping[str, Reviewer]) -> Assignment:
    return Assignment(
        call_id=call.id,
        application_id=sheet.application.id,
        reviewer_id=members[sheet.reviewer].id,
        status=ASSIGNMENT.start,
        version=1,
    )


def _given(sheet: PlannedSheet, file: str) -> dict[str, Any]:
    """What the event keeps of a sheet, so that a later change of a score can be seen."""
    comments = {key: grade.comment for key, grade in sheet.grades.items() if grade.comment}
    return {
        "number": sheet.application.number,
        "reviewer": sheet.reviewer,
        "scores": {key: grade.value for key, grade in sheet.grades.items()},
        **({"comments": comments} if comments else {}),
        "file": file,
    }


def _store(plan: Plan, rows: list[Assignment]) -> None:
    new = [
        {name: getattr(row, name) for name in ("id", "call_id", "application_id", "reviewer_id", "status", "version")}
        for row, sheet in zip(rows, plan.sheets, strict=True)
        if sheet.assignment is None
    ]
    if new:
        db.session.execute(insert(Assignment), new)
    db.session.flush()
    ids = {key: criterion.id for key, criterion in queries.criteria(plan.call).items()}
    scores = [
        {
            "assignment_id": row.id,
            "criterion_id": ids[key],
            "kind": ScoreKind.GRADED,
            "value": grade.value,
            "comment": grade.comment,
        }
        for row, sheet in zip(rows, plan.sheets, strict=True)
        for key, grade in sheet.grades.items()
    ]
    db.session.execute(insert(Score), scores)


class _Unfit(ValueError):
    """A cell cannot be used; the message is a sentence for the user."""


@dataclass(slots=True)
class _Reading:
    """One pass over the rows of a file, with what the rows are held against.

    What a cell means is found once for each spelling: the same few come back in every row.
    """

    call: Call
    problems: Problems
    panel: Panel
    applications: Mapping[str, Application]
    struck: set[tuple[uuid.UUID, str]] = field(default_factory=set)
    sheets: dict[tuple[uuid.UUID, str], PlannedSheet] = field(default_factory=dict)
    known: dict[tuple[str, str], tuple[Any, str]] = field(default_factory=dict)

    def remember_what_is_stored(self) -> None:
        """Hold the rows against the sheets that exist, and against the conflicts."""
        self.struck = committee.struck_pairs(self.call)
        by_id = {application.id: application for application in self.applications.values()}
        stored = queries.grades(self.call)
        for row, label in queries.assignments(self.call):
            if row.status is AssignmentStatus.RECUSED:
                self.struck.add((row.application_id, label))
            self.sheets[row.application_id, label] = PlannedSheet(
                by_id[row.application_id], label, row, stored.get(row.id, {}), {}
            )

    def take(self, row: Row) -> None:
        """Add the score of `row` to its sheet, or say what is wrong with it."""
        application, label, criterion, value = (self._meaning(row, column) for column in COLUMNS.required)
        if application is None or label is None or criterion is None:
            return
        pair = (application.id, label)
        if pair in self.struck:
            self.problems.error(
                row.line,
                "reviewer",
                _(
                    "%(reviewer)s には、この応募との利益相反が記録されています。この行を消してください。",
                    reviewer=snippet(label, SHOWN),
                ),
            )
            return
        sheet = self.sheets.get(pair)
        if sheet is None:
            sheet = self.sheets[pair] = PlannedSheet(application, label, None, {}, {})
        self._grade(sheet, criterion, Grade(row.line, value, row.cells["comment"]))

    def _grade(self, sheet: PlannedSheet, criterion: str, grade: Grade) -> None:
        if criterion in sheet.stored:
            self.problems.error(
                grade.line,
                "score",
                _(
                    "%(number)s の %(criterion)s に %(reviewer)s が付けた評点はもうあります。この行を消してください。",
                    number=sheet.application.number,
                    criterion=criterion,
                    reviewer=snippet(sheet.reviewer, SHOWN),
                ),
            )
        elif criterion in sheet.grades:
            self.problems.error(
                grade.line,
                "score",
                _(
                    "同じ応募・委員・審査項目の評点が%(line)s行目にもあります。正しい方だけを残してください。",
                    line=sheet.grades[criterion].line,
                ),
            )
        else:
            sheet.grades[criterion] = grade

    def _meaning(self, row: Row, column: str) -> Any:
        """What the cell stands for; None when it is wrong, and then its problem is told."""
        if column in row.bad:
            return None
        cell = row.cells[column]
        if (column, cell) not in self.known:
            self.known[column, cell] = self._judged(row.line, column, cell)
        value, sentence = self.known[column, cell]
        if sentence:
            self.problems.error(row.line, column, sentence)
        return value

    def _judged(self, line: int, column: str, cell: str) -> tuple[Any, str]:
        try:
            match column:
                case "number":
                    return self._application(cell), ""
                case "reviewer":
                    return self._reviewer(line, cell), ""
                case "criterion":
                    return self._criterion(cell), ""
                case _:
                    return self._score(cell), ""
        except _Unfit as problem:
            return None, str(problem)

    def _application(self, cell: str) -> Application:
        found = self.applications.get(cell)
        if found is None:
            raise _Unfit(
                _(
                    "受付番号「%(number)s」の応募はこの公募にありません。番号を確かめて直してください。",
                    number=snippet(cell, SHOWN),
                )
            )
        if found.status not in FOUND_ELIGIBLE:
            raise _Unfit(
                _(
                    "受付番号 %(number)s は審査の対象ではありません（%(status)s）。この行を消してください。",
                    number=cell,
                    status=found.status.label,
                )
            )
        return found

    def _reviewer(self, line: int, cell: str) -> str:
        if cell != cell.strip():
            raise _Unfit(_("審査委員の名前の前後に空白があります。取り除いてください。"))
        if len(cell) > LONGEST_LABEL:
            raise _Unfit(_("審査委員の名前が%(limit)s文字を超えています。短くしてください。", limit=LONGEST_LABEL))
        if self.panel.is_account_without_the_role(cell):
            self.problems.warning(
                line,
                "reviewer",
                _(
                    "%(email)s のアカウントには、この公募の「審査委員」の役割がありません。"
                    "本人であることを確かめて、管理者に役割を付けてもらってください。",
                    email=snippet(cell, SHOWN),
                ),
            )
        label = self.panel.label_of(cell)
        if self.panel.is_confirmed and label not in self.panel.members:
            raise _Unfit(
                _(
                    "「%(reviewer)s」は、構成を確定した審査委員会にいません。名前を確かめて直すか、"
                    "審査委員会の構成を開き直して加えてください。",
                    reviewer=snippet(cell, SHOWN),
                )
            )
        return label

    def _criterion(self, cell: str) -> str:
        known = queries.criteria(self.call)
        if cell not in known:
            raise _Unfit(
                _(
                    "「%(key)s」という審査項目はこの公募にありません。%(known)s のどれかを書いてください。",
                    key=snippet(cell, SHOWN),
                    known=_("、").join(known),
                )
            )
        return cell

    def _score(self, cell: str) -> int:
        try:
            value = whole_number(cell)
        except NotAWholeNumber as problem:
            raise _Unfit(
                _(
                    "「%(text)s」は評点として読めません。%(low)s～%(high)sの整数を、半角の数字で書いてください。",
                    text=snippet(cell, SHOWN),
                    low=self.call.scale_min,
                    high=self.call.scale_max,
                )
            ) from problem
        if not self.call.scale_min <= value <= self.call.scale_max:
            raise _Unfit(
                _(
                    "評点%(value)sは、この公募の%(low)s～%(high)sの外です。範囲の中の整数に直してください。",
                    value=value,
                    low=self.call.scale_min,
                    high=self.call.scale_max,
                )
            )
        return value
