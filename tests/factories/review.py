"""Scores and conflicts for tests, made as the secretariat makes them."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from grantflow.applications.models import Application
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor
from grantflow.core.db import db
from grantflow.core.tables import read_table
from grantflow.review import loading, operations, queries
from grantflow.review.loading import Plan
from grantflow.review.models import Assignment, Reviewer
from grantflow.review.operations import Shift
from tests.factories.accounts import OPERATOR

Line = Sequence[object]


def scores_file(*lines: Line, header: Sequence[str] = ("number", "reviewer", "criterion", "score")) -> bytes:
    """The lines as a CSV file of scores."""
    out = StringIO()
    csv.writer(out).writerows([header, *lines])
    return out.getvalue().encode()


def sheet(call: Call, number: str, reviewer: str, *grades: int) -> list[Line]:
    """The lines of one sheet: a grade for each criterion of the call, in its order; fewer leave the last ones out."""
    return [(number, reviewer, each.key, grade) for each, grade in zip(call.criteria, grades, strict=False)]


def planned(call: Call, *lines: Line, **options: Sequence[str]) -> Plan:
    """What loading the lines would do."""
    return loading.plan(call, read_table(scores_file(*lines, **options), "scores.csv", loading.COLUMNS))


def given(call: Call, sheets: Mapping[tuple[str, str], Sequence[int]], *, by: Actor = OPERATOR) -> Plan:
    """The sheets loaded: grades in the order of the criteria, by number and reviewer."""
    lines = [line for (number, reviewer), grades in sheets.items() for line in sheet(call, number, reviewer, *grades)]
    plan = planned(call, *lines)
    loading.apply(plan, by=by)
    db.session.flush()
    return plan


def member(call: Call, label: str) -> Reviewer:
    """The member of the call's committee who is called `label`."""
    return next(row for row in queries.reviewers(call) if row.label == label)


def sheet_of(application: Application, label: str) -> Assignment:
    """The sheet that a reviewer has of a proposal."""
    found = queries.assignment(application, member(application.call, label))
    assert found is not None
    return found


def conflict(
    application: Application, label: str, reason: str = "以前の役員であるため。", *, by: Actor = OPERATOR
) -> Shift:
    """A conflict between the proposal and the reviewer, declared."""
    return operations.declare_conflict(application, member(application.call, label), reason, by=by)
