"""What every command shares: one transaction, who acts, and exit statuses that a script can rely on."""

import getpass
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from grantflow.core.authorization import Actor, NotPermitted
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _

REFUSED, WRONG_INPUT = 1, 2


class BadInput(Exception):
    """The input or the arguments are wrong: one line for each thing that is."""

    def __init__(self, lines: Iterable[object]) -> None:
        self.lines = [str(line) for line in lines]
        super().__init__("\n".join(self.lines))


@dataclass(frozen=True)
class CommandLine:
    """What the commands of the contexts are given: how an address becomes an actor."""

    identify: Callable[[str], Actor | None]

    def actor(self, email: str | None) -> Actor:
        """Who acts: the account of `--as`, or the operator, allowed as an administrator."""
        if email is None:
            return Actor(None, f"operator ({getpass.getuser()})", "operator", frozenset({("administrator", None)}))
        found = self.identify(email)
        if found is None:
            raise BadInput(
                [_("--as：%(email)s というアカウントはありません。アドレスを確かめてください。", email=email)]
            )
        return found


def changing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run `command(actor, …)` in one transaction that does all or nothing, and add the option `--as`."""

    @wraps(command)
    @click.option("--as", "email", metavar="EMAIL", help="The account that acts (default: the operator).")
    @click.pass_obj
    def run(line: CommandLine, /, email: str | None, **options: Any) -> Any:
        with db.transaction(write=True):
            return command(line.actor(email), **options)

    return run


def reading(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run `command(…)` in a transaction that can write nothing."""

    @wraps(command)
    def run(**options: Any) -> Any:
        with db.transaction(write=False):
            return command(**options)

    return run


def read_bytes(path: Path) -> bytes:
    """The content of a file that was named on the command line."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(
            [_("%(path)s を読めません（%(reason)s）。場所と名前を確かめてください。", path=path, reason=error.strerror)]
        ) from error


def write_out(content: bytes, out: Path | None) -> None:
    """Write `content` to the file `out`, or to standard output."""
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise BadInput(
            [_("%(path)s に書けません（%(reason)s）。場所と名前を確かめてください。", path=out, reason=error.strerror)]
        ) from error


def run(group: click.Group, line: CommandLine, arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit status (0 done, 1 refused by a rule, 2 wrong input)."""
    try:
        group.main(args=arguments, prog_name=group.name, standalone_mode=False, obj=line)
    except BadInput as wrong:
        return _complain(wrong.lines, WRONG_INPUT)
    except Refused as refusal:
        return _complain([str(refusal)], REFUSED)
    except NotPermitted:
        return _complain([_("この操作の権限がありません。--as のアカウントの役割を確かめてください。")], REFUSED)
    except click.ClickException as error:
        error.show()
        return WRONG_INPUT
    except click.exceptions.Abort:
        return _complain([_("中止しました。何も変更していません。")], REFUSED)
    return 0


def _complain(lines: list[str], status: int) -> int:
    for line in lines:
        click.echo(line, err=True)
    return status
