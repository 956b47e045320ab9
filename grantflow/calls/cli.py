"""The commands of calls: check, load, dump, archive; and adding people, whose roles are the call's."""

import sys
from pathlib import Path
from typing import Any

import click

from config import Settings
from grantflow.accounts import operations as accounts
from grantflow.accounts import passwords, second_step
from grantflow.accounts import queries as account_queries
from grantflow.accounts.models import Role, User
from grantflow.calls import operations, queries
from grantflow.calls.definition import BadDefinition, Definition, parse
from grantflow.calls.models import Call
from grantflow.calls.operations import Loaded
from grantflow.core.authorization import Actor, authorize
from grantflow.core.commands import BadInput, changing, read_bytes, reading, write_out
from grantflow.core.dates import fiscal_year_label, moment_text
from grantflow.core.identifiers import is_email
from grantflow.core.text import yen
from grantflow.core.words import _
from grantflow.permissions import Permission


def call_named(slug: str) -> Call:
    """The call `slug`; BadInput names the known ones when there is none."""
    found = queries.call(slug)
    if found is None:
        known = _("、").join(queries.slugs()) or _("まだ1つもありません")
        raise BadInput(
            [_("「%(slug)s」という公募はありません。次から選んでください：%(known)s", slug=slug, known=known)]
        )
    return found


def _definition(_context: click.Context, _parameter: click.Parameter, path: Path) -> Definition:
    """Read before the transaction begins, so that nobody waits for a file."""
    try:
        return parse(read_bytes(path), str(path))
    except BadDefinition as bad:
        raise BadInput(bad.problems) from bad


@click.group()
def call() -> None:
    """Calls: check, load, dump, archive."""


@click.group()
def users() -> None:
    """People and their roles."""


definition_file = click.argument(
    "definition", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), callback=_definition
)


@call.command("check")
@definition_file
def check(definition: Definition) -> None:
    """Read a call definition and name the key path (or the line) of every error."""
    for line in summary(definition):
        click.echo(line)


def summary(definition: Definition) -> list[str]:
    """A definition in a few lines: what it is, when, which tiers, how it is reviewed."""
    what, schedule, review = definition.call, definition.schedule, definition.review
    until = _("%(start)s から %(end)s まで", start=moment_text(schedule.opens_at), end=moment_text(schedule.closes_at))
    lines = [
        _("%(slug)s：公募の定義として読めました。", slug=what.slug),
        _("　事業：%(title)s（%(year)s）", title=what.title, year=fiscal_year_label(what.fiscal_year)),
        _("　委託元：%(sponsor)s　事務局：%(secretariat)s", sponsor=what.sponsor, secretariat=what.secretariat),
        _("　受付：%(until)s", until=until),
    ]
    for tier in definition.tiers:
        lines.append(
            _(
                "　枠 %(label)s（%(key)s）：上限%(cap)s、%(count)s件程度",
                label=tier.label,
                key=tier.key,
                cap=yen(tier.cap_yen),
                count=tier.expected_awards,
            )
        )
    lines.append(
        _(
            "　審査：%(criteria)s項目、%(low)s～%(high)s点、重みの合計%(weights)s、1件につき%(reviewers)s人",
            criteria=len(definition.criteria),
            low=review.scale_min,
            high=review.scale_max,
            weights=definition.weight_sum,
            reviewers=review.reviewers_per_application,
        )
    )
    return lines


@call.command("load")
@definition_file
@click.option("--revise", is_flag=True, help="Make it the next version of the call with this slug.")
@click.option("--reason", default="", help="Why the call is revised; kept with the version.")
@click.option("--rehearsal", is_flag=True, help="Publish it as a rehearsal: marked, counted nowhere, discarded whole.")
@changing
def load(actor: Actor, definition: Definition, revise: bool, reason: str, rehearsal: bool) -> None:
    """Load a call definition and publish it."""
    if revise and not reason.strip():
        raise BadInput([_("--revise には --reason が必要です。何をなぜ改めるかを書いてください。")])
    if reason and not revise:
        raise BadInput([_("--reason は --revise と一緒に使います。新しい版にするなら --revise を加えてください。")])
    for line in told(operations.load(definition, by=actor, revise=revise, reason=reason, rehearsal=rehearsal)):
        click.echo(line)


def told(loaded: Loaded) -> list[str]:
    """What became of a loaded definition, and each change of a new version on a line of its own."""
    head = _(
        "%(slug)s：%(outcome)s（第%(version)s版）。",
        slug=loaded.call.slug,
        outcome=loaded.outcome.label,
        version=loaded.call.definition_version,
    )
    return [head, *(f"  {change.path}: {change.before} → {change.after}" for change in loaded.changes)]


@call.command("dump")
@click.argument("slug")
@reading
def dump(slug: str) -> None:
    """Print the newest version of a call as TOML; loading the print gives the same call."""
    write_out(queries.printed(call_named(slug)).encode(), None)


@call.command("archive")
@click.argument("slug")
@changing
def archive(actor: Actor, slug: str) -> None:
    """Put a call away whose work is over."""
    operations.archive(call_named(slug), by=actor)
    click.echo(_("%(slug)s：保管しました。", slug=slug))


def _password_hash(_context: click.Context, _parameter: click.Parameter, asked: bool) -> str | None:
    """Hash before the transaction begins, so that nobody waits for it."""
    if not asked:
        return None
    password = sys.stdin.readline().rstrip("\r\n")
    if not passwords.SHORTEST <= len(password) <= passwords.LONGEST:
        raise BadInput(
            [
                _(
                    "パスワードは%(shortest)s文字以上%(longest)s文字以内にしてください。",
                    shortest=passwords.SHORTEST,
                    longest=passwords.LONGEST,
                )
            ]
        )
    return passwords.hashed(password)


def _address(_context: click.Context, _parameter: click.Parameter, email: str) -> str:
    if len(email) > 254 or not is_email(email.strip()):
        raise BadInput(
            [_("「%(email)s」はメールアドレスではありません。name@example.jp の形で書いてください。", email=email)]
        )
    return email.strip().lower()


@users.command("add")
@click.argument("address", metavar="EMAIL", callback=_address)
@click.option("--name", required=True, help="The name that others see.")
@click.option("--role", "role_name", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--call", "slug", help="The call in which the role is held (default: every call).")
@click.option("--password-stdin", "password_hash", is_flag=True, callback=_password_hash, help="One line of stdin.")
@changing
def add_user(actor: Actor, address: str, name: str, role_name: str, slug: str | None, password_hash: Any) -> None:
    """Add a person with a role; without a password, print a single-use link to set one."""
    if not name.strip():
        raise BadInput([_("--name が空です。画面に出る名前を書いてください。")])
    within = call_named(slug) if slug else None
    user = account_queries.user(address)
    known = user is not None
    if user is not None and password_hash:
        raise BadInput(
            [_("%(email)s のアカウントは、もうあります。パスワードは本人が画面から変えてください。", email=address)]
        )
    user = user or accounts.add(address, name, by=actor, password_hash=password_hash)
    role = Role(role_name)
    operations.grant(user, role, within, by=actor)
    where = within.slug if within else _("すべての公募")
    click.echo(
        _("%(email)s（%(name)s）：%(role)s、%(where)s", email=address, name=user.name, role=role.label, where=where)
    )
    if not known and not password_hash:
        click.echo(_link(user, actor))


@users.command("reset-codes")
@click.argument("address", metavar="EMAIL", callback=_address)
@changing
def reset_codes(actor: Actor, address: str) -> None:
    """Forget the one-time codes of a person who lost them; they set them up anew at the next sign-in."""
    user = account_queries.user(address)
    if user is None:
        raise BadInput([_("%(email)s というアカウントはありません。アドレスを確かめてください。", email=address)])
    authorize(actor, Permission.PEOPLE_ADMINISTER, user)
    second_step.reset(user, by=actor)
    click.echo(_("%(email)s：ワンタイムコードの設定を消しました。", email=address))


def _link(user: User, actor: Actor) -> str:
    key = accounts.issue_link(user, by=actor)
    return f"{Settings.from_environment().public_url}/welcome/{key}"
