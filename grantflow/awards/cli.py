"""The commands of the selection: decisions in, the adoption list through its life and out."""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from grantflow.awards import agreeing, discarding, loading, operations, queries, rendering
from grantflow.awards.loading import Plan
from grantflow.awards.models import AdoptionList, Outcome
from grantflow.calls.cli import call as call_commands
from grantflow.calls.cli import call_named
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor, authorize
from grantflow.core.clock import TOKYO
from grantflow.core.commands import BadInput, changing, reading, write_out
from grantflow.core.dates import BadDate, day_text, moment_text, parse_date
from grantflow.core.refusals import Refused
from grantflow.core.tables import read_table
from grantflow.core.words import _
from grantflow.permissions import Permission


@click.group()
def decisions() -> None:
    """What the committee decided."""


@click.group("list")
def list_() -> None:
    """The adoption list: freeze, agree, publish, replay."""


@decisions.command("load")
@click.argument("slug")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
@changing
def load(actor: Actor, slug: str, file: Path, dry_run: bool) -> None:
    """Load decisions from a CSV or XLSX file."""
    call = call_named(slug)
    authorize(actor, Permission.DECISION_MAKE, call)
    plan = loading.plan(call, read_table(file, file.name, loading.COLUMNS))
    for warning in plan.problems.warnings:
        click.echo(str(warning), err=True)
    if plan.problems.errors:
        raise BadInput(plan.problems.errors)
    consequence = loading.consequence(plan)
    if not dry_run:
        loading.apply(plan, by=actor)
    if consequence:
        click.echo(consequence, err=True)
    click.echo(_result(plan, dry_run))


def _result(plan: Plan, dry_run: bool) -> str:
    words: dict[str, Any] = {
        "count": len(plan.choices),
        "adopted": plan.counts[Outcome.ADOPTED],
        "reserve": plan.counts[Outcome.RESERVE],
        "not_adopted": plan.counts[Outcome.NOT_ADOPTED],
        "changed": len(plan.changes),
    }
    if dry_run:
        return _(
            "採否%(count)s件を取り込めます（採択 %(adopted)s、補欠 %(reserve)s、不採択 %(not_adopted)s。"
            "変わるもの %(changed)s）。試しただけで、何も変えていません。",
            **words,
        )
    return _(
        "採否%(count)s件を取り込みました（採択 %(adopted)s、補欠 %(reserve)s、不採択 %(not_adopted)s。"
        "変わったもの %(changed)s）。",
        **words,
    )


@list_.command("freeze")
@click.argument("slug")
@changing
def freeze(actor: Actor, slug: str) -> None:
    """Freeze the adoption list: its content and its hash stand from here on."""
    call = call_named(slug)
    authorize(actor, Permission.LIST_FREEZE, call)
    adoption_list = operations.to_freeze(call, by=actor)
    for warning in operations.freeze(adoption_list, by=actor):
        click.echo(_("ご注意：%(sentence)s", sentence=warning), err=True)
    click.echo(
        _(
            "一覧（第%(number)s版）を確定しました。SHA-256：%(sha256)s",
            number=adoption_list.number,
            sha256=_sha(adoption_list),
        )
    )


def _sha(adoption_list: AdoptionList) -> str:
    return str(adoption_list.sha256)


def _day(_context: click.Context, _parameter: click.Parameter, text: str) -> dt.date:
    try:
        return parse_date(text)
    except BadDate as wrong:
        raise BadInput([_("--on：%(sentence)s", sentence=wrong)]) from wrong


def _line(_context: click.Context, parameter: click.Parameter, text: str) -> str:
    if not text.strip():
        raise BadInput([_("%(option)s が空です。内容を書いてください。", option=parameter.opts[0])])
    return text


@list_.command("agree")
@click.argument("slug")
@click.option("--reference", required=True, callback=_line, help="The number of the sponsor's letter.")
@click.option("--on", required=True, callback=_day, metavar="DATE", help="The date on the letter.")
@click.option("--by", "official", required=True, callback=_line, metavar="NAME", help="The sponsor's official.")
@changing
def agree(actor: Actor, slug: str, reference: str, on: dt.date, official: str) -> None:
    """Record the sponsor's agreement to the frozen list."""
    call = call_named(slug)
    authorize(actor, Permission.LIST_AGREE, call)
    adoption_list = _to_move(call)
    operations.agree(adoption_list, reference, on, official, by=actor)
    click.echo(
        _(
            "一覧（第%(number)s版）への合意を記録しました（%(reference)s、%(on)s、%(official)s）。",
            number=adoption_list.number,
            reference=reference,
            on=day_text(on),
            official=official,
        )
    )


def _moment(_context: click.Context, _parameter: click.Parameter, text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as wrong:
        sentence = _("--at：「%(text)s」は日時ではありません。2026-06-23T14:00 の形で書いてください。", text=text[:40])
        raise BadInput([sentence]) from wrong
    return at if at.tzinfo else at.replace(tzinfo=TOKYO)


@list_.command("publish")
@click.argument("slug")
@click.option("--at", callback=_moment, metavar="TIME", help="Publish by itself at this time (default: now).")
@changing
def publish(actor: Actor, slug: str, at: dt.datetime | None) -> None:
    """Publish the list that was agreed to."""
    call = call_named(slug)
    authorize(actor, Permission.LIST_PUBLISH, call)
    adoption_list = _to_move(call)
    if at is not None:
        agreeing.schedule(adoption_list, at, by=actor)
        click.echo(_("一覧（第%(number)s版）を%(at)sに公表します。", number=adoption_list.number, at=moment_text(at)))
        return
    operations.publish(adoption_list, by=actor)
    click.echo(
        _(
            "一覧（第%(number)s版）を公表しました。SHA-256：%(sha256)s",
            number=adoption_list.number,
            sha256=_sha(adoption_list),
        )
    )


@call_commands.command("discard")
@click.argument("slug")
@changing
def discard(actor: Actor, slug: str) -> None:
    """Discard a rehearsal with all that belongs to it; the trail stays."""
    call = call_named(slug)
    gone = discarding.discard(call, by=actor)
    click.echo(_("%(slug)s：予行を破棄しました（%(count)s行）。", slug=slug, count=sum(gone.values())))


def _to_move(call: Call) -> AdoptionList:
    newest = queries.newest(call)
    if newest is None:
        raise Refused(_("この公募には、まだ一覧がありません。採否を取り込み、list freeze で確定してください。"))
    return newest


@list_.command("replay")
@click.argument("slug")
@reading
def replay(slug: str) -> None:
    """Rebuild the frozen list from the raw reviews and decisions, and compare."""
    call = call_named(slug)
    adoption_list = queries.newest_frozen(call) or _to_move(call)
    found = operations.replay(adoption_list)
    if found:
        raise Refused("\n".join(found))
    click.echo(
        _(
            "一致しました（第%(number)s版、SHA-256：%(sha256)s）。",
            number=adoption_list.number,
            sha256=_sha(adoption_list),
        )
    )


@click.command("adoption-list")
@click.argument("slug")
@click.option("--format", "extension", type=click.Choice(list(rendering.FORMATS)), required=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--draft", is_flag=True, help="The newest version of all, published or not.")
@reading
def adoption_list(slug: str, extension: str, out: Path, draft: bool) -> None:
    """Write the newest published adoption list to a file."""
    call = call_named(slug)
    found = queries.newest(call) if draft else queries.published(call)
    if found is None and draft:
        raise Refused(_("この公募には、まだ一覧がありません。先に採否を取り込んでください。"))
    if found is None:
        raise Refused(
            _("公表した一覧がまだありません。一覧を公表してから実行するか、案でよければ --draft を付けてください。")
        )
    write_out(rendering.file(found, extension), out)
