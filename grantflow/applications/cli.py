"""The commands of applications."""

from pathlib import Path

import click

from grantflow.applications import loading
from grantflow.applications.loading import Plan
from grantflow.calls.cli import call_named
from grantflow.core.authorization import Actor
from grantflow.core.commands import BadInput, changing
from grantflow.core.tables import Table, read_table
from grantflow.core.words import _


@click.group()
def applications() -> None:
    """Proposals that came outside the web form."""


def _table(_context: click.Context, _parameter: click.Parameter, path: Path) -> Table:
    """Read before the transaction begins, so that nobody waits for a file."""
    return read_table(path, str(path), loading.COLUMNS)


@applications.command("load")
@click.argument("slug")
@click.argument("table", metavar="FILE", type=click.Path(path_type=Path), callback=_table)
@click.option("--dry-run", is_flag=True, help="Say what would be loaded and change nothing.")
@changing
def load(actor: Actor, slug: str, table: Table, dry_run: bool) -> None:
    """Load proposals from a CSV or XLSX file."""
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
        "count": len(plan.proposals),
        "tiers": _("、").join(f"{tier.label} {count}" for tier, count in plan.per_tier),
        "new": len(plan.new_organizations),
    }
    if dry_run:
        return _("応募%(count)s件を取り込めます（%(tiers)s、新しい団体 %(new)s）。何も変えていません。", **words)
    return _("応募%(count)s件を取り込みました（%(tiers)s、新しい団体 %(new)s）。", **words)
