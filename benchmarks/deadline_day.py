"""The last minutes before a deadline, in real time, against a real server: what whoever submits has to wait.

`python -m benchmarks deadline_day` replays them with the usual number of applicants and with several times as many.
"""

import asyncio
import datetime as dt
import http.client
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.arrivals import APPLICANTS, minutes_left
from benchmarks.crowd import READS_SECONDS, Applicant, Crowd
from benchmarks.databases import Environment
from benchmarks.figures import Figure
from benchmarks.processes import fetch, grantflow, run, server, wait_until_it_answers

SEED = 20310430
MINUTES = 5
#: How many times as many come as are expected; only the first has a limit of time.
TIMES = (1, 3, 10)
WORKERS = 2
WARM_UP = 10
#: From when the call is told when it closes until the first of them comes.
LEAD_SECONDS = 20
SUBMIT_P99_SECONDS = 2


def measure(database: str, environment: Environment, times: int, minutes: int = MINUTES) -> Iterator[Figure]:
    """The figures of one replay on an empty database."""
    chance = random.Random(SEED + times)
    arrivals = list(minutes_left(APPLICANTS * times, minutes, chance))
    grantflow(environment, "init")
    prepared = json.loads(_told(environment, "prepare", str(max(APPLICANTS, len(arrivals)))))
    with server(environment, workers=WORKERS) as (_process, port):
        wait_until_it_answers(port, "/readyz")
        for _ in range(WARM_UP):
            fetch(port, "/")
        closes = time.time() + LEAD_SECONDS + READS_SECONDS[1] + minutes * 60
        _told(environment, "closes", dt.datetime.fromtimestamp(closes, dt.UTC).isoformat())
        people = [
            Applicant(each["id"], each["session"], closes - left * 60, random.Random(chance.random()))
            for left, each in zip(arrivals, prepared, strict=False)
        ]
        crowd = Crowd(port, closes)
        asyncio.run(crowd.all(people))
    stored = json.loads(_told(environment, "received"))
    print(told(database, times, people, stored, crowd.largest_delay), file=sys.stderr)
    yield from figures(database, times, people, stored)


def _told(environment: Environment, *arguments: str) -> bytes:
    return run([sys.executable, "-m", "benchmarks.applicants", *arguments], environment).output


def figures(
    database: str, times: int, people: Sequence[Applicant], stored: Sequence[dict[str, Any]]
) -> Iterator[Figure]:
    """What one replay came to; with more applicants than expected nothing may be lost, but may take its time."""
    name = f"deadline day x{times}"
    expected = times == 1
    taken = sorted(answer.seconds for _at, answer in answered(people, http.client.FOUND))
    waits = sorted(row["received_at"] - at for row, at in _first_sent(people, stored))
    yield Figure(f"{name}: submit p99", database, _part(taken, 0.99), "s", SUBMIT_P99_SECONDS if expected else None)
    yield Figure(f"{name}: submit p50", database, _part(taken, 0.5), "s", None)
    yield Figure(f"{name}: submit longest", database, _part(taken, 1), "s", None)
    yield Figure(f"{name}: waited before its time was noted, p99", database, _part(waits, 0.99), "s", None)
    yield Figure(f"{name}: errors", database, len(errors(people)), "answers", 0)
    shed = answered(people, http.client.SERVICE_UNAVAILABLE)
    yield Figure(f"{name}: turned away with a ticket", database, len(shed), "submissions", 0 if expected else None)
    yield Figure(f"{name}: acknowledged", database, sum(each.is_acknowledged for each in people), "proposals", None)
    yield Figure(f"{name}: acknowledged and lost", database, len(lost(people, stored)), "proposals", 0)
    without = [each for each in people if not each.is_acknowledged and not each.tickets]
    with_ticket = sum(not each.is_acknowledged and bool(each.tickets) for each in people)
    yield Figure(f"{name}: left with a ticket alone", database, with_ticket, "applicants", 0 if expected else None)
    yield Figure(f"{name}: neither acknowledged nor a ticket", database, len(without), "applicants", 0)


def answered(people: Sequence[Applicant], status: int) -> list[tuple[float, Any]]:
    """The submissions that were answered with `status`, each with the time at which it was sent."""
    return [(at, answer) for each in people for at, answer in each.submits if answer.status == status]


def errors(people: Sequence[Applicant]) -> list[str]:
    """Answers that nobody should get: none at all, or one that tells neither of a receipt nor of being busy."""
    fine = (http.client.FOUND, http.client.SERVICE_UNAVAILABLE)
    of_submits = [
        f"{answer.status} {answer.text[:40]}"
        for each in people
        for _at, answer in each.submits
        if answer.status not in fine
    ]
    shown = (http.client.OK, http.client.SERVICE_UNAVAILABLE)
    return of_submits + [
        f"page {answer.status} {answer.text[:40]}"
        for each in people
        for answer in each.pages
        if answer.status not in shown
    ]


def lost(people: Sequence[Applicant], stored: Sequence[dict[str, Any]]) -> list[str]:
    """The proposals that were acknowledged and are not stored once, whole and under the number of their receipt."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in stored:
        rows.setdefault(row["id"], []).append(row)
    numbers = Counter(row["number"] for row in stored)
    return [
        each.id
        for each in people
        if each.is_acknowledged
        and not (
            len(found := rows.get(each.id, [])) == 1
            and found[0]["whole"]
            and numbers[found[0]["number"]] == 1
            and each.number in ("", found[0]["number"])
        )
    ]


def _first_sent(
    people: Sequence[Applicant], stored: Sequence[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], float]]:
    sent = {each.id: at for each in people for at, answer in each.submits if answer.status == http.client.FOUND}
    return ((row, sent[row["id"]]) for row in stored if row["id"] in sent)


def _part(found: Sequence[float], part: float) -> float:
    """The value below which that part of the sorted values lies; 0 without any."""
    return round(found[min(len(found) - 1, int(len(found) * part))], 3) if found else 0.0


def told(database: str, times: int, people: Sequence[Applicant], stored: Sequence[dict[str, Any]], delay: float) -> str:
    """What else is worth knowing of a replay, for whoever reads its output."""
    pages = [answer.seconds for each in people for answer in each.pages if answer.status == http.client.OK]
    busy_pages = sum(answer.status == http.client.SERVICE_UNAVAILABLE for each in people for answer in each.pages)
    unread = sum(each.is_acknowledged and not each.number for each in people)
    never = sum(not each.submits for each in people)
    return (
        f"{database} x{times}: {len(people)} applicants, {len(stored)} stored, {never} never came to the button, "
        f"{busy_pages} pages turned away, {unread} receipts not read, "
        f"pages p50 {statistics.median(pages) if pages else 0:.3f} s, "
        f"the clients themselves were late by at most {delay:.3f} s; "
        f"errors: {dict(Counter(errors(people)).most_common(5))}"
    )
