"""The files that committees need: every line of every sheet, and the summary whose figures are those of the ranking."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from grantflow.accounts.models import User
from grantflow.applications.models import Application
from grantflow.calls.models import Call, Criterion, Tier
from grantflow.core.authorization import Actor, visible
from grantflow.core.db import db
from grantflow.core.words import _
from grantflow.documents.values import Cell, Column, Kind, Report, Sheet, Spelled
from grantflow.permissions import Permission
from grantflow.review import queries
from grantflow.review.lines import only
from grantflow.review.models import Assignment, AssignmentStatus, Reviewer, Score, ScoreKind
from grantflow.review.spelling import rounded_mean


def report(call: Call, *sheets: Sheet) -> Report:
    """The sheets as one document; how many rows each has is said in its notes."""
    return Report(
        title=_("%(call)s　採点", call=call.title),
        sheets=sheets,
        notes=tuple(_("%(title)s：%(count)s行", title=sheet.title, count=len(sheet.rows)) for sheet in sheets),
    )


def lines(call: Call, actor: Actor) -> Sheet:
    """A row for each proposal, reviewer and criterion, of the proposals whose review `actor` may read.

    A line without a grade says why: missing, abstained, not applicable, or struck for a conflict of interest; none of
    them is 0 (methods 2).
    """
    text, number = Kind.TEXT, Kind.NUMBER
    columns = (
        Column("number", _("受付番号")),
        Column("tier", _("枠")),
        Column("organization", _("団体"), 2.0),
        Column("title", _("事業名"), 2.5),
        Column("reviewer", _("審査委員"), 1.5),
        Column("sheet", _("採点表の状態"), 1.0, text),
        Column("criterion", _("審査項目のキー")),
        Column("criterion_text", _("審査項目"), 3.0),
        Column("weight", _("重み"), 0.5, number),
        Column("score", _("評点"), 0.5, number),
        Column("status", _("評点の状態"), 0.8),
        Column("comment", _("講評"), 3.0),
    )
    return Sheet(_("評点の一覧"), columns, tuple(_rows(call, actor)), key="lines")


def _rows(call: Call, actor: Actor) -> Iterator[tuple[Cell, ...]]:
    found = (
        select(
            Application.number,
            Tier.label,
            Application.organization_name,
            Application.title,
            Reviewer.label,
            User.name,
            Assignment.status,
            Criterion.key,
            Criterion.text,
            Criterion.weight,
            Score.value,
            Score.kind,
            Score.comment,
        )
        .select_from(Assignment)
        .join(Assignment.application)
        .join(Application.tier)
        .join(Assignment.reviewer)
        .outerjoin(Reviewer.user)
        .join(Criterion, Criterion.call_id == Assignment.call_id)
        .outerjoin(Score, (Score.assignment_id == Assignment.id) & (Score.criterion_id == Criterion.id))
        .where(Assignment.call_id == call.id)
        .order_by(Application.serial, Application.number, Reviewer.label, Criterion.position)
    )
    for row in db.session.execute(visible(found, actor, Permission.REVIEW_READ, Application)):
        yield _row(*tuple(row))


def _row(*cells: Any) -> tuple[Cell, ...]:
    number, tier, group, title, label, name, state, *line = cells
    key, text, weight, value, kind, comment = line
    status = kind or ScoreKind.MISSING
    spelled = Spelled(status.value, str(status.label))
    if state is AssignmentStatus.RECUSED:
        spelled = Spelled("conflicted", _("利益相反"))
    sheet = Spelled(state.value, str(state.label))
    return (number, tier, group, title, name or label, sheet, key, text, weight, value, spelled, comment or "")


def summary(call: Call, actor: Actor) -> Sheet:
    """A row for each proposal of the ranking that `actor` may read, and a last one with the totals.

    Place, mean and denominator are those of the ranking, with the same two decimals.
    """
    number = Kind.NUMBER
    columns = (
        Column("tier", _("枠")),
        Column("rank", _("順位"), 0.5, number),
        Column("number", _("受付番号")),
        Column("organization", _("団体"), 2.0),
        Column("title", _("事業名"), 2.5),
        Column("mean", _("平均"), 0.6, number, decimals=2),
        Column("reviews", _("有効"), 0.5, number),
        Column("assigned", _("割当"), 0.5, number),
        Column("conflicts", _("利益相反"), 0.5, number),
    )
    named, rows, totals = queries.named(call, actor), list[tuple[Cell, ...]](), [0, 0, 0]
    labels = {tier.key: tier.label for tier in call.tiers}
    for tier in queries.ranking(call).tiers:
        for entry in only(tier, named):
            told = named[entry.number]
            mean = None if entry.exact_mean is None else float(rounded_mean(entry.exact_mean))
            counts = (entry.reviews, entry.assigned, entry.conflicts)
            totals = [total + count for total, count in zip(totals, counts, strict=True)]
            rows.append((labels[tier.key], entry.rank, entry.number, told.organization, told.title, mean, *counts))
    return Sheet(
        _("応募ごとの集計"),
        columns,
        (*rows, (_("計"), None, _("%(count)s件", count=len(rows)), "", "", None, *totals)),
        key="summary",
    )
