"""The commands of stored files."""

import click

from grantflow.core.authorization import Actor
from grantflow.core.commands import changing
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.files import operations, queries
from grantflow.files.models import StoredFile
from grantflow.files.scanner import scanner


@click.group()
def files() -> None:
    """Stored files."""


def stored_faults() -> tuple[int, list[str]]:
    """How many files are kept, and a sentence for each that is missing, altered or cannot be read.

    What no row tells of is named on standard error: it harms nobody.
    """
    verdict = queries.check()
    for path in verdict.unknown:
        click.echo(
            _(
                "%(path)s：どの記録からも指されていません。取り消されたアップロードの残りで、害はありません。",
                path=path,
            ),
            err=True,
        )
    return verdict.count, [
        *_told(_("ありません。控えから戻してください"), verdict.missing),
        *_told(_("中身が違います。控えから戻してください"), verdict.altered),
        *_told(_("読めません。置き場所につながるか、権限があるかを確かめてください"), verdict.unreadable),
    ]


@files.command()
@changing
def scan(actor: Actor) -> None:
    """Have the scanner look again at every file of which it said nothing yet; the worker asks it."""
    if not scanner.is_configured:
        raise Refused(_("ウイルス検査が設定されていません。GRANTFLOW_CLAMD_URL に clamd の場所を設定してください。"))
    rows = queries.not_scanned()
    for row in rows:
        operations.scan_again(row, by=actor)
    click.echo(_("%(count)d件を、もう一度検査します。", count=len(rows)))


def _told(what: str, rows: tuple[StoredFile, ...]) -> list[str]:
    return [
        _("%(name)s（SHA-256：%(sha256)s）：%(what)s。", name=row.name, sha256=row.sha256, what=what) for row in rows
    ]
