"""`python -m benchmarks`: measure on both databases, print a table, and write var/bench/results.json."""

import os
import signal
import sys

import click

from benchmarks import data
from benchmarks.databases import DATABASES
from benchmarks.figures import Figure, as_json, as_table
from benchmarks.measures import measure
from benchmarks.processes import Failed
from config import ROOT

FOLDER = ROOT / "var" / "bench"
FULL, QUICK, FEW = 5_000, 500, 10


@click.command()
@click.option("--quick", is_flag=True, help=f"{QUICK} proposals instead of {FULL:,}.")
@click.option("--database", type=click.Choice(list(DATABASES)), help="Only this one (default: both).")
def main(quick: bool, database: str | None) -> None:
    """Measure how fast and how small grantflow is; a missed goal is told and is no failure."""
    # A stopped run leaves nothing running either: what is open is closed on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    FOLDER.mkdir(parents=True, exist_ok=True)
    large = data.Size("bench-large", "BL", QUICK if quick else FULL)
    small = data.Size("bench-small", "BS", FEW)
    calls = [(size, data.write(size, FOLDER)) for size in (large, small)]
    found: list[Figure] = []
    before = _load()
    for name in [database] if database else DATABASES:
        with DATABASES[name](FOLDER / name) as environment:
            for figure in measure(name, environment, FOLDER, calls[0], calls[1]):
                found.append(figure)
                click.echo(f"{figure.database}: {figure.name}: {figure.value:g} {figure.unit}", err=True)
    (FOLDER / "results.json").write_text(as_json(found), encoding="utf-8")
    click.echo(as_table(found))
    click.echo(f"load of the machine: {before} before, {_load()} after, on {os.cpu_count()} processors")


def _load() -> str:
    # Seconds that far exceed the CPU's, on a machine that others keep busy, say little of the program.
    return f"{os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        sys.exit(str(failed))
