"""The command line: every context's commands under one name, and the servers."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Sequence

import click

from config import ROOT, BadSetting, Settings
from grantflow import schema, worker
from grantflow.accounts import queries as accounts
from grantflow.accounts import second_step
from grantflow.applications.busy_tickets import tickets
from grantflow.applications.cli import applications
from grantflow.audit.cli import audit
from grantflow.awards.cli import adoption_list, decisions, list_
from grantflow.backups.cli import backup, restore
from grantflow.calls import queries as calls
from grantflow.calls.cli import call, users
from grantflow.core import clock, logs
from grantflow.core.admission import THREADS
from grantflow.core.authorization import Actor, install
from grantflow.core.commands import WRONG_INPUT, BadInput, CommandLine, run
from grantflow.core.db import db
from grantflow.core.sealing import sealing
from grantflow.core.words import _
from grantflow.demo.stage import build, introduction, own_secret
from grantflow.files.cli import files
from grantflow.files.scanner import scanner
from grantflow.files.storage import shelf
from grantflow.handlers import HANDLERS
from grantflow.jobs import handlers
from grantflow.policy import POLICY
from grantflow.review.cli import ranking, scores

MIGRATIONS = ROOT / "migrations"

#: A command keeps nearly all that it makes and ends soon: looking for garbage as often as a server does
#: finds none, and takes a third of a large load's time.
RARELY = (100_000, 50, 50)

#: How long a worker that is told to stop waits for what it is at to be given back.
GIVING_BACK_SECONDS = 10

#: How `--help` groups the commands, in the order of a call's life.
SECTIONS = (
    ("Setting up", ("init", "users", "demo", "serve", "worker")),
    ("A call", ("call", "applications", "scores", "ranking", "decisions", "list", "adoption-list")),
    ("Proof", ("audit", "files", "backup", "restore")),
)


class Grouped(click.Group):
    """A group whose help shows its commands by what they are for."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each section with its commands."""
        for title, names in SECTIONS:
            found = [(name, self.commands[name]) for name in names if name in self.commands]
            with formatter.section(title):
                formatter.write_dl([(name, command.get_short_help_str(80)) for name, command in found])


@click.group(cls=Grouped)
@click.pass_context
def grantflow(ctx: click.Context) -> None:
    """Run a public call for model projects, from the published call to the settled yen."""
    install(POLICY)
    handlers.install(HANDLERS)
    if ctx.invoked_subcommand in ("init", "demo", "serve", "worker"):
        return
    settings = Settings.from_environment()
    db.connect(settings.database_url)
    shelf.open(settings.stored_files)
    scanner.use(settings.clamd_url)
    sealing.use(settings.secret_key)
    if ctx.invoked_subcommand != "restore" and not schema.is_current(db.engine, MIGRATIONS):
        raise BadInput([_("データベースの準備ができていません。先に grantflow init を実行してください。")])


@grantflow.command()
def init() -> None:
    """Create or upgrade the database and the data folder; safe to repeat."""
    settings = Settings.from_environment()
    db.connect(settings.database_url)
    schema.upgrade(db.engine, MIGRATIONS)
    click.echo(_("準備ができました。データは %(folder)s にあります。", folder=settings.data_dir))


@grantflow.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Start the production server."""
    Settings.from_environment().require_secret()
    start_server(host, port, workers)


@grantflow.command("worker")
def work() -> None:
    """Send mail and do what is due at a set time, until stopped (by default the server does this itself)."""
    settings = Settings.from_environment().require_secret()
    logs.configure()
    db.connect(settings.database_url)
    if not schema.is_current(db.engine, MIGRATIONS):
        raise BadInput([_("データベースの準備ができていません。先に grantflow init を実行してください。")])
    sealing.use(settings.secret_key)
    tickets.use(settings.tickets)
    shelf.open(settings.stored_files)
    scanner.use(settings.clamd_url)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stop.set())
    long_work = worker.start_long_work(stop)
    worker.work(worker.timers(settings), stop)
    long_work.join(GIVING_BACK_SECONDS)


@grantflow.command()
@click.option("--no-serve", is_flag=True, help="Stop before serving.")
@click.option("--fresh", is_flag=True, help="Build it again even if it is there.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--code", "code_of", metavar="EMAIL", help="Only print the one-time code that EMAIL needs just now.")
def demo(no_serve: bool, fresh: bool, port: int, code_of: str | None) -> None:
    """Build the sample call, take it through its whole life, and serve it."""
    settings = Settings.from_environment()
    secret = settings.secret_key or own_secret(settings.data_dir / "demo")
    sealing.use(secret)
    db.connect(settings.database_url)
    shelf.open(settings.stored_files)
    if code_of:
        click.echo(_code_just_now(code_of))
        return
    build(MIGRATIONS, settings.data_dir / "demo" / "out", click.echo, fresh=fresh)
    address = f"http://127.0.0.1:{port}"
    for line in introduction(address, settings.outgoing_mail):
        click.echo(line)
    if not no_serve:
        os.environ.setdefault("GRANTFLOW_SECRET_KEY", secret)
        os.environ.setdefault("GRANTFLOW_PUBLIC_URL", address)
        start_server("127.0.0.1", port, 1)


def _code_just_now(email: str) -> str:
    """The code that an application with the key of `email` shows now: for a demo without a telephone."""
    if not schema.is_current(db.engine, MIGRATIONS):
        raise BadInput([_("見本がまだありません。先に grantflow demo --no-serve を実行してください。")])
    with db.open(write=False):
        user = accounts.user(email)
        if user is None:
            raise BadInput([_("%(email)s というアカウントはありません。アドレスを確かめてください。", email=email)])
        return second_step.current(user, clock.now())


def start_server(host: str, port: int, workers: int) -> None:
    """Become the server; does not return."""
    arguments = ["--bind", f"{host}:{port}", "--workers", str(workers), "--worker-class", "gthread"]
    arguments += ["--threads", str(THREADS)]
    program = [sys.executable, "-m", "gunicorn", "--chdir", str(ROOT), "--no-control-socket", *arguments, "wsgi:app"]
    sys.stdout.flush()
    db.disconnect()
    os.execv(sys.executable, program)  # noqa: S606 - our own interpreter, our own arguments


def _identify(email: str) -> Actor | None:
    with db.open(write=False):
        user = accounts.user(email)
        return calls.actor(user) if user and user.is_active else None


for command in (
    call,
    users,
    applications,
    scores,
    ranking,
    decisions,
    list_,
    adoption_list,
    audit,
    files,
    backup,
    restore,
):
    grantflow.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script."""
    gc.set_threshold(*RARELY)
    try:
        status = run(grantflow, CommandLine(_identify), arguments)
    except BadSetting as wrong:
        click.echo(str(wrong), err=True)
        status = WRONG_INPUT
    finally:
        db.disconnect()
    sys.exit(status)
