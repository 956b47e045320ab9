"""The commands of the audit trail."""

import click

from grantflow.audit import queries
from grantflow.core.commands import reading
from grantflow.core.refusals import Refused
from grantflow.core.words import _


@click.group()
def audit() -> None:
    """The audit trail (監査証跡)."""


@audit.command()
@click.option("--head", metavar="HASH", help="A hash noted earlier, which must still be in the trail.")
@reading
def verify(head: str | None) -> None:
    """Check the whole trail; exit 1 and name the first bad record if it does not hold."""
    verdict = queries.verify(head)
    if verdict.first_bad is not None:
        raise Refused(
            _(
                "監査証跡の%(position)s番目の記録が壊れています（%(reason)s）。控えから戻し、経緯を調べてください。",
                position=verdict.first_bad,
                reason=_reason(verdict.reason),
            )
        )
    if not verdict.holds:
        raise Refused(
            _(
                "指定されたハッシュは、監査証跡のどこにもありません。記録が差し替えられたおそれがあります。経緯を調べてください。"
            )
        )
    click.echo(_("監査証跡は正常です（%(count)s件）。末尾のハッシュ：%(head)s", count=verdict.count, head=verdict.head))


def _reason(reason: str) -> str:
    return {
        "position": _("番号が続いていません"),
        "previous_hash": _("前の記録とつながっていません"),
        "hash": _("内容が、記録されたときと違います"),
        "head": _("末尾の控えと合いません"),
    }[reason]
