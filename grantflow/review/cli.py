"""The commands of reviews: loading scores, and printing the ranking."""

import json
from pathlib import Path

import click

from grantflow.calls.cli import call_named
from grantflow.core.authorization import Actor
from grantflow.core.commands import BadInput, changing, reading, write_out
from grantflow.core.tables import Table, read_table
from grantflow.core.words import _
from grantflow.documents.writing import Form, write
from grantflow.review import documents, loading, queries
from grantflow.review.loading import Plan
from grantflow.review.spelling import as_json


def _table(_context: click.Context, _parameter: click.Parameter, path: Path) -> Table:
    """Read before the transaction begins, so that nobody waits for a file."""
    return read_table(path, path.name, loading.COLUMNS)


@click.group()
def scores() -> None:
    """Scores given outside the web form."""


@scores.command("load")
@click.argument("slug")
@click.argument("table", metavar="FILE", type=click.Path(path_type=Path), callback=_table)
@click.option("--dry-run", is_flag=True, help="Say what would be loaded and change nothing.")
@changing
def load(actor: Actor, slug: str, table: Table, dry_run: bool) -> None:
    """Load scores from a CSV or XLSX file; unknown reviewers are added without a sign-in."""
    plan = loading.plan(call_named(slug), table)
    for warning in plan.problems.warnings:
        click.echo(str(warning), err=True)
    if plan.problems.errors:
        raise BadInput(plan.problems.errors)
    if not dry_run:
        loading.apply(plan, by=actor)
    click.echo(_result(plan, dry_run))


def _result(plan: Plan, dry_run: bool) -> str:
    words = {
        "count": plan.score_count,
        "applications": plan.application_count,
        "reviewers": len(plan.reviewers),
        "new": len(plan.new_reviewers),
    }
    if dry_run:
        return _(
            "評点%(count)s件を取り込めます"
            "（応募 %(applications)s件、審査委員 %(reviewers)s名、うち新しい委員 %(new)s名）。"
            "試しただけで、何も変えていません。",
            **words,
        )
    return _(
        "評点%(count)s件を取り込みました"
        "（応募 %(applications)s件、審査委員 %(reviewers)s名、うち新しい委員 %(new)s名）。",
        **words,
    )


@click.command("ranking")
@click.argument("slug")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "xlsx"]), default="table", show_default=True
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to write (default: standard output)."
)
@reading
def ranking(slug: str, form: str, out: Path | None) -> None:
    """Print the ranking of every tier of a call."""
    call = call_named(slug)
    found = queries.ranking(call)
    if form == "json":
        content = json.dumps(as_json(found, call.slug), ensure_ascii=False) + "\n"
        write_out(content.encode(), out)
        return
    names = queries.named(call)
    if form == "table":
        write_out(documents.as_text(call, found, names).encode(), out)
    else:
        write_out(write(documents.ranking_report(call, found, names), Form(form)), out)
