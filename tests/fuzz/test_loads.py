"""Whatever a file holds, a load either says what is wrong with it or does what it said it would."""

import random
import time
from typing import Any

import pytest

from grantflow.applications.uploads import LOAD as APPLICATIONS
from grantflow.audit import queries as audit
from grantflow.awards.uploads import LOAD as DECISIONS
from grantflow.calls.definition import BadDefinition, parse
from grantflow.calls.models import Call
from grantflow.calls.uploads import Load
from grantflow.core.db import db
from grantflow.core.tables import read_table
from grantflow.review.uploads import LOAD as SCORES
from tests.factories.accounts import OPERATOR
from tests.factories.calls import FILES
from tests.fuzz import files
from tests.fuzz.words import SECONDS, inputs
from tests.policy.world import arranged

#: A sound row of each kind, in the order of its columns.
ROWS = {
    "applications": [
        "KW-0005",
        "wide",
        "川の会",
        "灯り",
        "1000",
        "任意団体",
        "2019-04",
        "概要",
        "架空市",
        "子ども",
        "川",
    ],
    "scores": ["KW-0001", "新しい委員", "body", "3", "よい"],
    "decisions": ["KW-0002", "adopted", "理由", "1000", "条件"],
}
SAMPLE = FILES.parent.parent / "grantflow" / "definitions" / "sample.toml"


@pytest.mark.parametrize("load", [APPLICATIONS, SCORES, DECISIONS], ids=lambda load: load.kind)
def test_every_table_is_taken_in_or_refused_in_words(store: None, dialect: str, load: Load) -> None:
    world = arranged("undecided")
    columns = [*load.columns.required, *load.columns.optional]
    known = [*columns, *ROWS[load.kind], "KW-0001", "near", "aim", "reviewer@example.jp"]
    taken = 0

    for number in inputs(dialect):
        chance = random.Random(f"{load.kind} {number}")
        content = files.table(chance, columns, ROWS[load.kind], known)
        began = time.monotonic()
        with db.open(write=True) as session:
            plan: Any = load.plan(session.get_one(Call, world.call.id), read_table(content, "表.csv", load.columns))
            assert all(str(problem) for problem in plan.problems), number
            if not plan.problems.errors:
                taken += 1
                assert load.effects(plan).sentence, number
                load.apply(plan, by=OPERATOR)
                # Undone, so that the next file meets the same world
                session.flush()
        assert time.monotonic() - began < SECONDS, number

    assert 0 < taken < len(inputs(dialect))
    with db.transaction(write=False):
        assert audit.verify().holds


def test_every_definition_is_read_or_refused_with_its_places(dialect: str) -> None:
    paths = (SAMPLE, FILES / "second-call.toml", FILES / "one-tier-call.toml")
    texts = [path.read_text("utf-8") for path in paths]
    read, refused = 0, list[str]()

    for number in inputs(dialect):
        chance = random.Random(f"definition {number}")
        content = files.definition(chance, chance.choice(texts), ["slug", "[call]", "[[tier]]", "[a.b]", "x = 1"])
        began = time.monotonic()
        try:
            parse(content, "公募.toml")
            read += 1
        except BadDefinition as refusal:
            refused.append(str(refusal))
        assert time.monotonic() - began < SECONDS, number

    assert 0 < read < len(inputs(dialect))
    assert all(refused)
