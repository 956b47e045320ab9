"""Whether what was acknowledged is there, whatever dies meanwhile: `python -m benchmarks.faults [--count N …]`.

Many people submit proposals with files to the real server, each until a receipt is in their hands, while its worker
processes are killed. Afterwards every receipt is held against what is stored: none may be lost, doubled or incomplete.
"""

import argparse
import asyncio
import http.client
import itertools
import json
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.crowd import BOX, NUMBER, Answer, Applicant, Crowd
from benchmarks.databases import DATABASES, Environment
from benchmarks.processes import Failed, fetch, grantflow, run, server, wait_until_it_answers
from config import ROOT, Settings
from grantflow.app import create_app
from grantflow.applications import submissions
from grantflow.applications.models import Submission
from grantflow.core.db import db

COUNT, CLIENTS, KILLS, WORKERS = 3000, 32, 25, 3
SEED = 20310430
#: A hash as a receipt prints it: eight groups of eight digits.
HASH = re.compile(r"<code[^>]*>\s*([0-9a-f]{8}(?: [0-9a-f]{8}){7})\s*</code>")
#: Who got no answer comes again after this; who was told when comes again then, at most so many times.
AGAIN_SECONDS = 0.2
MOST_TRIES = 200
FOLDER = ROOT / "var" / "bench"


@dataclass
class Run:
    """What a run was like: the receipts by proposal, how often somebody had to come again, and who was killed."""

    receipts: dict[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    again: Counter[str] = field(default_factory=Counter)
    killed: int = 0
    given_up: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Stubborn(Crowd):
    """People who come again with the same page until their receipt is in their hands."""

    def __init__(self, port: int, run_: Run) -> None:
        super().__init__(port, float("inf"))
        self.run = run_

    async def everybody(self, people: Sequence[Applicant], clients: int) -> None:
        """Let `clients` of them come at a time, until all are done."""
        waiting = iter(people)
        await asyncio.gather(*(self._client(waiting) for _ in range(clients)))

    async def _client(self, waiting: Iterator[Applicant]) -> None:
        for person in waiting:
            await self._until_received(person)

    async def _until_received(self, person: Applicant) -> None:
        page = f"/applications/{person.id}/confirm"
        shown = await self._asked(person, "GET", page, http.client.OK)
        boxes = {name: unescape(value) for name, value in BOX.findall(shown.text)} if shown else {}
        if len(boxes) < 2 or not await self._asked(person, "POST", page, http.client.FOUND, boxes):
            self.run.given_up.append(person.id)
            return
        receipt = await self._asked(person, "GET", f"/applications/{person.id}/receipt", http.client.OK)
        found = NUMBER.search(receipt.text) if receipt else None
        if receipt is None or found is None:
            self.run.given_up.append(person.id)
            return
        hashes = frozenset(each.replace(" ", "") for each in HASH.findall(receipt.text))
        self.run.receipts[person.id] = (found[1], hashes)

    async def _asked(
        self, person: Applicant, method: str, path: str, wanted: int, form: Mapping[str, str] | None = None
    ) -> Answer | None:
        """The answer that was wanted, asked for again while there is none, or one that says to come again."""
        for _ in range(MOST_TRIES):
            answer = await self._ask(person, method, path, form)
            if answer.status == wanted:
                return answer
            self.run.again[f"{method} {answer.status or answer.text}"] += 1
            if 0 < answer.status < http.client.INTERNAL_SERVER_ERROR:
                return None
            told = answer.headers.get("retry-after", "")
            await asyncio.sleep(int(told) if told.isdigit() else AGAIN_SECONDS)
        return None


async def _killing(master: int, run_: Run, count: int, kills: int, chance: random.Random) -> None:
    """Kill a worker whenever another part of the receipts was given."""
    for number in range(1, kills + 1):
        while len(run_.receipts) < number * count // (kills + 1):
            await asyncio.sleep(0.01)
        while not (workers := _children(master)):
            await asyncio.sleep(0.01)
        with suppress(ProcessLookupError):
            os.kill(chance.choice(workers), signal.SIGKILL)
            run_.killed += 1


def _children(process: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


async def _both(crowd: Stubborn, people: Sequence[Applicant], clients: int, killing: Any) -> None:
    killer = asyncio.create_task(killing)
    await crowd.everybody(people, clients)
    killer.cancel()
    with suppress(asyncio.CancelledError):
        await killer


def submitted(environment: Environment, count: int, clients: int, kills: int, workers: int = WORKERS) -> Run:
    """Have `count` proposals submitted to the server on an empty database while workers are killed."""
    grantflow(environment, "init")
    prepared = json.loads(
        run([sys.executable, "-m", "benchmarks.applicants", "prepare", str(count)], environment).output
    )
    chance, done = random.Random(SEED), Run()
    people = [Applicant(each["id"], each["session"], 0.0, chance) for each in prepared]
    with server(environment, workers=workers) as (master, port):
        wait_until_it_answers(port, "/readyz")
        fetch(port, "/")
        began = time.perf_counter()
        crowd = Stubborn(port, done)
        asyncio.run(_both(crowd, people, clients, _killing(master, done, count, kills, chance)))
        done.seconds = time.perf_counter() - began
    return done


def stored() -> list[dict[str, Any]]:
    """Every stored version: its proposal and number, every hash of it, whether it is whole."""
    with db.transaction(write=False):
        return [
            {
                "id": str(row.application_id),
                "number": row.number,
                "version": row.version,
                "hashes": [*row.manifest.values(), submissions.seal_of(row)],
                "files": sum("/" in key for key in row.manifest),
                "whole": submissions.is_whole(row),
            }
            for row in db.session.scalars(select(Submission).order_by(Submission.number))
        ]


def differences(done: Run, rows: Sequence[Mapping[str, Any]], count: int) -> list[str]:
    """A sentence for each proposal that is lost, doubled or incomplete; none where all is well."""
    found = [f"{each}: nobody got a receipt" for each in done.given_up]
    by_proposal = {key: list(group) for key, group in itertools.groupby(sorted(rows, key=_of), key=_of)}
    for proposal, (number, hashes) in done.receipts.items():
        versions = by_proposal.pop(proposal, [])
        if len(versions) != 1:
            found.append(f"{number}: {len(versions)} versions are stored")
        elif versions[0]["number"] != number:
            found.append(f"{number}: stored as {versions[0]['number']}")
        elif not versions[0]["whole"] or not versions[0]["files"]:
            found.append(f"{number}: not whole")
        elif hashes != set(versions[0]["hashes"]):
            found.append(f"{number}: the receipt has other hashes")
    found += [f"{proposal}: stored without a receipt" for proposal in by_proposal]
    numbers = sorted(row["number"] for row in rows)
    twice = [number for number, times in Counter(numbers).items() if times > 1]
    found += [f"{number}: given twice" for number in twice]
    last = max((int(number.rpartition("-")[2]) for number in numbers), default=0)
    if len(numbers) != count or last != count:
        found.append(f"{len(numbers)} numbers up to {last}, where {count} were asked for")
    return found


def _of(row: Mapping[str, Any]) -> str:
    return str(row["id"])


def compared(environment: Environment, done: Run, count: int) -> list[str]:
    """What differs between the receipts and what is stored, the commands that prove files and trail included."""
    rows = json.loads(run([sys.executable, "-m", "benchmarks.faults", "--stored"], environment).output)
    found = differences(done, rows, count)
    for command in (("files", "check"), ("audit", "verify")):
        try:
            grantflow(environment, *command)
        except Failed as failure:
            found.append(str(failure))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it on each database and print what came of it; 1 where anything is lost, doubled or incomplete."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--database", choices=[*DATABASES], action="append")
    parser.add_argument("--stored", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.stored:
        create_app(Settings.from_environment())
        print(json.dumps(stored()))
        return 0
    wrong = 0
    for name in asked.database or DATABASES:
        with DATABASES[name](FOLDER / f"faults_{name}") as environment:
            done = submitted(environment, asked.count, asked.clients, asked.kills, asked.workers)
            found = compared(environment, done, asked.count)
        wrong += len(found)
        print(
            f"{name}: {len(done.receipts)} of {asked.count} acknowledged to {asked.clients} clients in "
            f"{done.seconds:.0f} s, {done.killed} workers killed, came again: {dict(done.again)}; "
            f"lost, doubled or incomplete: {len(found)}"
        )
        for sentence in found[:20]:
            print(f"  {sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
