"""`python -m benchmarks`: measure on both databases, print a table, and write var/bench/results.json."""

import itertools
import os
import signal
import sys
from collections.abc import Iterator, Sequence

import click

from benchmarks import assigning, data, deadline_day
from benchmarks.databases import DATABASES
from benchmarks.figures import Figure, as_json, as_table
from benchmarks.measures import measure
from benchmarks.processes import Failed
from config import ROOT

FOLDER = ROOT / "var" / "bench"
FULL, QUICK, FEW = 5_000, 500, 10


@click.command()
@click.argument("only", required=False, type=click.Choice(["assignment", "deadline_day"]))
@click.option("--quick", is_flag=True, help=f"{QUICK} proposals instead of {FULL:,}, and the last minute alone.")
@click.option("--database", type=click.Choice(list(DATABASES)), help="Only this one (default: both).")
@click.option("--times", type=int, multiple=True, help="The deadline day with so many times the applicants.")
@click.option("--minutes", type=click.IntRange(1, 60), help="The deadline day's last minutes (default: 5).")
def main(only: str | None, quick: bool, database: str | None, times: tuple[int, ...], minutes: int | None) -> None:
    """Measure how fast and how small grantflow is; a missed goal is told and is no failure."""
    # A stopped run leaves nothing running either: what is open is closed on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    FOLDER.mkdir(parents=True, exist_ok=True)
    names = [database] if database else list(DATABASES)
    replays = times or ((1,) if quick else deadline_day.TIMES)
    last = minutes or (1 if quick else deadline_day.MINUTES)
    found: list[Figure] = []
    before = _load()
    for figure in itertools.chain(
        () if only else _of_large_calls(names, quick=quick),
        () if only == "deadline_day" or quick else assigning.measure(),
        () if only == "assignment" else _of_deadline_days(names, replays, last),
    ):
        found.append(figure)
        click.echo(f"{figure.database}: {figure.name}: {figure.value:g} {figure.unit}", err=True)
    results = FOLDER / (f"{only}.json" if only else "results.json")
    results.write_text(as_json(found), encoding="utf-8")
    click.echo(as_table(found))
    click.echo(f"load of the machine: {before} before, {_load()} after, on {os.cpu_count()} processors")


def _of_large_calls(names: Sequence[str], *, quick: bool) -> Iterator[Figure]:
    large = data.Size("bench-large", "BL", QUICK if quick else FULL)
    small = data.Size("bench-small", "BS", FEW)
    calls = [(size, data.write(size, FOLDER)) for size in (large, small)]
    for name in names:
        with DATABASES[name](FOLDER / name) as environment:
            yield from measure(name, environment, FOLDER, calls[0], calls[1])


def _of_deadline_days(names: Sequence[str], replays: Sequence[int], minutes: int) -> Iterator[Figure]:
    for name in names:
        for times in replays:
            with DATABASES[name](FOLDER / name) as environment:
                yield from deadline_day.measure(name, environment, times, minutes)


def _load() -> str:
    # Seconds that far exceed the CPU's, on a machine that others keep busy, say little of the program.
    return f"{os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        sys.exit(str(failed))
