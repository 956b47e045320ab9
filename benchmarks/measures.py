"""What is measured on one database, in the order of a call's life."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.data import Files, Size
from benchmarks.databases import Environment
from benchmarks.figures import Figure
from benchmarks.pages import OFFICE
from benchmarks.processes import Spent, fetch, grantflow, resident_mb, run, server, wait_until_it_answers

READINGS = 3
SETTLING_SECONDS = 1


def measure(
    database: str, environment: Environment, folder: Path, large: tuple[Size, Files], small: tuple[Size, Files]
) -> Iterator[Figure]:
    """Every figure of one database, each as soon as it is known."""
    _prepare(environment, large[1], small[1])
    yield from _loads(database, environment, large, small)
    yield from _ranking(database, environment, large[0])
    yield from _pages(database, environment, large[0], small[0])
    yield from _papers(database, environment, folder, *large)
    yield from _serving(database, environment, large[0])


def _prepare(environment: Environment, *calls: Files) -> None:
    grantflow(environment, "init")
    for files in calls:
        grantflow(environment, "call", "load", str(files.call))
    grantflow(environment, "users", "add", OFFICE, "--name", "事務局", "--role", "secretariat")


def _loads(
    database: str, environment: Environment, large: tuple[Size, Files], small: tuple[Size, Files]
) -> Iterator[Figure]:
    for size, files in (small, large):
        applications = grantflow(environment, "applications", "load", size.slug, str(files.applications))
        scores = grantflow(environment, "scores", "load", size.slug, str(files.scores))
    yield _wall(f"load {size.proposals:,} proposals", database, 5, applications)
    yield _wall(f"load {size.scores:,} scores", database, 15, scores)


def _ranking(database: str, environment: Environment, size: Size) -> Iterator[Figure]:
    spent = _best(environment, "ranking", size.slug, "--format", "json")
    yield _wall(f"rank {size.proposals:,} proposals", database, 2, spent)
    yield Figure(f"rank {size.proposals:,} proposals, memory", database, round(spent.peak_mb, 1), "MB", 1024)


def _pages(database: str, environment: Environment, large: Size, small: Size) -> Iterator[Figure]:
    asked = run([sys.executable, "-m", "benchmarks.pages", large.slug, small.slug], environment)
    costs: dict[str, Any] = json.loads(asked.output)
    for page, goal in (("proposals", 30), ("proposal", 30), ("ranking", 100)):
        of_large, of_small = costs[page]["large"], costs[page]["small"]
        name = f"{page} page of {large.proposals:,}"
        yield Figure(name, database, round(of_large["cpu_ms"], 1), "ms CPU", goal)
        told = f"{name} (as many as of {small.proposals})"
        yield Figure(told, database, of_large["statements"], "statements", of_small["statements"])
    for name, goal in (
        ("scoring page", 30),
        ("save of a score", 15),
        ("form section", 20),
        ("budget of 60 lines", 30),
        ("autosave", 10),
        ("list of parts", 30),
        ("sign-in page", 5),
    ):
        yield Figure(name, database, round(costs[name]["large"]["cpu_ms"], 1), "ms CPU", goal)


def _papers(database: str, environment: Environment, folder: Path, size: Size, files: Files) -> Iterator[Figure]:
    decided = grantflow(environment, "decisions", "load", size.slug, str(files.decisions))
    yield _wall(f"load {size.proposals:,} decisions", database, 5, decided)
    frozen = grantflow(environment, "list", "freeze", size.slug)
    yield _wall(f"freeze a list of {size.adopted:,}", database, 5, frozen)
    paper = folder / "adoption-list.pdf"
    written = _best(environment, "adoption-list", size.slug, "--format", "pdf", "--draft", "--out", str(paper))
    yield _wall(f"list of {size.adopted:,} as PDF", database, 10, written)


def _serving(database: str, environment: Environment, size: Size) -> Iterator[Figure]:
    times, memory = [], []
    for _ in range(READINGS):
        began = time.perf_counter()
        with server(environment) as (process, port):
            wait_until_it_answers(port, "/healthz")
            times.append(time.perf_counter() - began)
            wait_until_it_answers(port, "/")
            fetch(port, f"/calls/{size.slug}")
            time.sleep(SETTLING_SECONDS)
            memory.append(resident_mb(process))
    yield Figure("application start", database, round(min(times), 2), "s", 3)
    yield Figure("idle worker", database, round(max(memory), 1), "MB", 150)


def _best(environment: Environment, *arguments: str) -> Spent:
    """The quickest of a few runs: what disturbs a run only ever makes it longer."""
    return min((grantflow(environment, *arguments) for _ in range(READINGS)), key=lambda spent: spent.wall_seconds)


def _wall(name: str, database: str, goal: float, spent: Spent) -> Figure:
    return Figure(name, database, round(spent.wall_seconds, 2), "s", goal, round(spent.cpu_seconds, 2))
