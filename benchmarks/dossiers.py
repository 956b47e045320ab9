"""What writing a proposal costs: the pages of its parts, and keeping what is typed."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import grantflow
from benchmarks.processes import Failed
from grantflow.accounts import groups
from grantflow.accounts import operations as accounts
from grantflow.applications import operations, queries
from grantflow.applications.models import Application
from grantflow.applications.outline import Part
from grantflow.calls import operations as calls
from grantflow.calls import queries as call_queries
from grantflow.calls.definition import Definition, parse
from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.db import db
from grantflow.core.incoming import FIELDS

APPLICANT = "writes@example.jp"
SLUG = "dossier-bench"
TEXT = "朝の水やりを当番にし、終わった人から縁側で一緒に朝ごはんを食べます。"
LINES = 60
OPENS, CLOSES = "2020-04-01T09:00:00+09:00", "2099-03-31T17:00:00+09:00"


def long_form() -> Definition:
    """The sample call, whose first tier asks for most, open for as long as one measures."""
    text = (Path(grantflow.__file__).parent / "definitions" / "sample.toml").read_text(encoding="utf-8")
    for name, value in (("slug", f'"{SLUG}"'), ("number_prefix", '"DSB"'), ("opens_at", OPENS), ("closes_at", CLOSES)):
        text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {value}", text, count=1)
    return parse(text.encode())


def begun() -> Application:
    """A draft in its longest tier, its plan written to the end."""
    by = Actor(None, "benchmark", "operator", frozenset({("administrator", None)}))
    with db.transaction(write=True):
        call = calls.publish_new(long_form(), by=by)
        user = accounts.add(APPLICANT, "応募 計測", by=by)
        db.session.flush()
        group = groups.add("任意団体ほたる", representative=True, by=Actor(user.id, user.name, "user"))
        db.session.flush()
        writer = call_queries.actor(user)
        draft = operations.start(call, call.tiers[0], group, by=writer, at=clock.now())
        operations.save(draft, Part.PLAN, plan_of(draft), seen=0, by=writer, at=clock.now())
        operations.save(draft, Part.BUDGET, budget_of(draft), seen=0, by=writer, at=clock.now())
        return draft


def plan_of(draft: Application) -> dict[str, object]:
    """Every question of the plan with an answer of a usual length."""
    answers = {one.key: TEXT * 8 for one in queries.asking(draft).questions(Part.PLAN)}
    places = ["131016", "131024"]
    return {
        "title": TEXT[:20],
        "summary": TEXT * 3,
        "activity_area": "見本市",
        "area_codes": places,
        "answers": answers,
    }


def budget_of(draft: Application) -> dict[str, object]:
    """Many lines, shared out among the categories."""
    categories = [each.key for each in queries.asking(draft).says.cost_categories]
    return {
        "lines": [
            {
                "category": categories[place % len(categories)],
                "item": TEXT[:15],
                "unit_price": 1_250,
                "quantity": "7.25",
                "unit": "時間",
                "basis": TEXT[:20],
            }
            for place in range(LINES)
        ]
    }


class Keeps:
    """What the page of a part sends while one types, each time with another text than before."""

    def __init__(self, post: Callable[..., object], draft: Application) -> None:
        self.post = post
        self.path = f"/applications/{draft.id}/edit/plan/autosave"
        self.version, self.count = 1, 0
        with db.transaction(write=False):
            content = plan_of(db.session.get_one(Application, draft.id))
        answers = content.pop("answers")
        assert isinstance(answers, dict)
        self.sent = {
            **{name: value for name, value in content.items() if isinstance(value, str)},
            **{f"answer-{key}": text for key, text in answers.items()},
            "area_codes": "東京都千代田区、東京都中央区",
        }

    def __call__(self) -> None:
        self.count += 1
        sent = self.sent | {"title": f"{self.count}つ目の題", "version": str(self.version)}
        headers = {"Accept": "application/json"}
        # As the script of the page does
        body = json.dumps(list(sent.items()), ensure_ascii=False)
        answer: object = self.post(self.path, data=body, content_type=FIELDS, headers=headers)
        if getattr(answer, "status_code", 0) != 200:
            raise Failed(f"{self.path}: {answer}")
        self.version = answer.get_json()["version"]  # type: ignore[attr-defined]


def paths(draft: Application) -> dict[str, str]:
    """The pages that are measured, by what they show."""
    whole = f"/applications/{draft.id}/edit"
    return {"form section": f"{whole}/plan", "budget of 60 lines": f"{whole}/budget", "list of parts": whole}
