"""The commands of applications."""

from pathlib import Path

import click

from grantflow.applications import busy_tickets, loading, submission_checks
from grantflow.applications.loading import Plan
from grantflow.calls.cli import call_named
from grantflow.core.authorization import Actor
from grantflow.core.commands import BadInput, changing, reading
from grantflow.core.dates import moment_text
from grantflow.core.refusals import Refused
from grantflow.core.tables import Table, read_table
from grantflow.core.words import _
from grantflow.files.cli import files, stored_faults


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


@applications.command("ticket")
@click.argument("number")
@reading
def ticket(number: str) -> None:
    """Say what the ticket of somebody who was turned away in a crowd proves: whose it is, and when it came."""
    row = busy_tickets.with_number(number)
    if row is None:
        raise BadInput(
            [
                _(
                    "控え番号 %(number)s の記録はありません。16桁を確かめてください。"
                    "混み合った直後は、1分ほど待ってから、もう一度実行してください。",
                    number=number,
                )
            ]
        )
    application = row.application
    received = application.received_at
    for label, value in (
        (_("控え番号"), busy_tickets.number_of(row.mark)),
        (_("届いた時刻"), moment_text(row.received_at, exact=True)),
        (_("公募"), application.call.slug),
        (_("団体"), application.organization_name),
        (_("しようとしたこと"), busy_tickets.label_of(row.act)),
        (_("そのあとの受付"), moment_text(received, exact=True) if received else _("受け付けていません")),
    ):
        click.echo(f"{label}\t{value}")


@files.command("check")
@reading
def check_files() -> None:
    """Hold every stored file against its row, and every proposal that was received against its manifest and files.

    Exits with 1 and names whatever is missing, altered or cannot be read.
    """
    count, faults = stored_faults()
    received = submission_checks.check()
    if faults or received.faults:
        raise Refused("\n".join([*faults, *received.faults]))
    click.echo(_("保存したファイルは正常です（%(count)s件）。", count=count))
    click.echo(_("受け付けた応募の版は、すべて受け付けたときのままです（%(count)s件）。", count=received.count))


def _result(plan: Plan, dry_run: bool) -> str:
    words = {
        "count": len(plan.proposals),
        "tiers": _("、").join(f"{tier.label} {count}" for tier, count in plan.per_tier),
        "new": len(plan.new_organizations),
    }
    if dry_run:
        return _("応募%(count)s件を取り込めます（%(tiers)s、新しい団体 %(new)s）。何も変えていません。", **words)
    return _("応募%(count)s件を取り込みました（%(tiers)s、新しい団体 %(new)s）。", **words)
