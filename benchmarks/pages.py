"""What a page costs: `python -m benchmarks.pages LARGE SMALL` asks for pages of both calls and prints JSON."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event, select

from benchmarks import dossiers
from benchmarks.processes import Failed
from config import Settings
from grantflow.accounts import operations, queries
from grantflow.accounts.models import Role, SecondStep
from grantflow.app import create_app
from grantflow.applications.models import Application
from grantflow.calls import operations as calls
from grantflow.calls import queries as call_queries
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor
from grantflow.core.db import db
from grantflow.review import panel, scoring
from grantflow.review import queries as review

OFFICE = "office@example.jp"
WARM_UP = 10
REQUESTS = 60
REVIEWER = "scores@example.jp"
SHEETS = 12


class Reader:
    """Somebody's browser, or without an address a visitor's, which counts what its requests cost."""

    def __init__(self, app: Flask, email: str | None = OFFICE) -> None:
        self.client = app.test_client()
        self.statements = 0
        event.listen(db.engine, "before_cursor_execute", self._count)
        if email is not None:
            self._sign_in(email)

    def _sign_in(self, email: str) -> None:
        with db.transaction(write=True):
            user = queries.user(email)
            if user is None:
                raise Failed(f"{email} has no account")
            token = operations.sign_in(user, by=Actor(user.id, user.name, "user"), second_step=SecondStep.PASSED)
        with self.client.session_transaction() as session:
            session["_user_id"] = token

    def _count(self, *_: object) -> None:
        self.statements += 1

    def get(self, path: str) -> None:
        """Ask for `path`, which must be answered with 200."""
        status = self.client.get(path).status_code
        if status != 200:
            raise Failed(f"{path}: {status}")

    def cost(self, path: str) -> dict[str, float]:
        """Of the warm page at `path`: the median milliseconds of CPU and of wall clock, and the statements it sends."""
        return self.cost_of(lambda: self.get(path))

    def cost_of(self, act: Callable[[], None]) -> dict[str, float]:
        """The same of anything that is asked again and again."""
        for _ in range(WARM_UP):
            act()
        cpu, wall = [], []
        self.statements = 0
        for _ in range(REQUESTS):
            began = time.process_time(), time.perf_counter()
            act()
            cpu.append(time.process_time() - began[0])
            wall.append(time.perf_counter() - began[1])
        return {
            "cpu_ms": 1000 * statistics.median(cpu),
            "wall_ms": 1000 * statistics.median(wall),
            "statements": self.statements / REQUESTS,
        }


def paths(slug: str) -> dict[str, str]:
    """The addresses of the measured pages of a call, by what they show; the proposal is the one in the middle."""
    of_call = select(Application.id).join(Application.call).where(Call.slug == slug)
    with db.transaction(write=False):
        found = db.session.scalars(of_call.order_by(Application.serial)).all()
    return {
        "proposals": f"/calls/{slug}/applications",
        "proposal": f"/applications/{found[len(found) // 2]}",
        "ranking": f"/calls/{slug}/ranking",
    }


class Saves:
    """Saves of one line of a sheet, each with another grade than the one before."""

    def __init__(self, reader: Reader, path: str, criterion: str) -> None:
        self.reader = reader
        self.path = path
        self.criterion = criterion
        self.version = "1"
        self.grade = 0

    def __call__(self) -> None:
        self.grade = self.grade % 5 + 1
        sent = {"version": self.version, f"value-{self.criterion}": str(self.grade)}
        answer = self.reader.client.post(self.path, data=sent, headers={"Accept": "application/json"})
        if answer.status_code != 200:
            raise Failed(f"{self.path}: {answer.status_code}")
        self.version = str(answer.get_json()["version"])


def opened_sheet(slug: str) -> tuple[str, str, int]:
    """A reviewer seated in the call with an opened sheet of its first proposals: its id, a criterion, its version."""
    by = Actor(None, "benchmark", "operator", frozenset({("administrator", None)}))
    with db.transaction(write=True):
        call = db.session.scalars(select(Call).where(Call.slug == slug)).one()
        user = operations.add(REVIEWER, "審査 計測", by=by)
        db.session.flush()
        calls.grant(user, Role.REVIEWER, call, by=by)
        db.session.flush()
        seat = panel.seat(call, user, by=by)
        of_call = select(Application).where(Application.call_id == call.id).order_by(Application.serial)
        given = db.session.scalars(of_call.limit(SHEETS)).all()
        panel.assign_applications(seat, given, given, by=by)
        sheet = review.assignment(given[0], seat)
        if sheet is None:
            raise Failed("no sheet was given out")
        scoring.accept(sheet, by=call_queries.actor(user))
        return str(sheet.id), call.criteria[0].key, sheet.version


def scoring_costs(app: Flask, slug: str) -> dict[str, dict[str, float]]:
    """What the scoring page costs, and the save of one line of it."""
    sheet, criterion, version = opened_sheet(slug)
    reviewer = Reader(app, REVIEWER)
    saves = Saves(reviewer, f"/sheets/{sheet}/scores", criterion)
    saves.version = str(version)
    return {"scoring page": reviewer.cost(f"/sheets/{sheet}"), "save of a score": reviewer.cost_of(saves)}


def dossier_costs(app: Flask) -> dict[str, dict[str, float]]:
    """What the pages cost on which a proposal is written, and keeping what is typed there."""
    draft = dossiers.begun()
    writer = Reader(app, dossiers.APPLICANT)
    keeps = dossiers.Keeps(writer.client.post, draft)
    pages = {name: writer.cost(path) for name, path in dossiers.paths(draft).items()}
    return pages | {"autosave": writer.cost_of(keeps)}


def main(large: str, small: str) -> None:
    """Print, per page, what it costs in the call `large` and in the call `small`."""
    app = create_app(Settings.from_environment())
    app.config["WTF_CSRF_ENABLED"] = False
    reader = Reader(app)
    there, here = paths(large), paths(small)
    costs: dict[str, Any] = {
        name: {"large": reader.cost(there[name]), "small": reader.cost(here[name])} for name in there
    }
    costs |= {name: {"large": cost} for name, cost in scoring_costs(app, large).items()}
    costs |= {name: {"large": cost} for name, cost in dossier_costs(app).items()}
    costs["sign-in page"] = {"large": Reader(app, None).cost("/sign-in")}
    print(json.dumps(costs))


if __name__ == "__main__":
    main(*sys.argv[1:])
