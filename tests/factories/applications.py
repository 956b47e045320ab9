"""Proposals for tests, loaded as the secretariat loads them."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

from grantflow.accounts.models import Organization, User
from grantflow.applications import loading, operations, queries
from grantflow.applications.models import Application
from grantflow.applications.outline import Part
from grantflow.calls import queries as calls
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.tables import read_table
from tests.factories.accounts import OPERATOR


def row(place: int = 1, **cells: str) -> dict[str, str]:
    """One row of a file for the small call; `cells` replace what stands in it or add columns."""
    plain = {
        "number": f"KW-{place:04}",
        "tier": "wide",
        "organization": f"任意団体ほたる{place}",
        "title": f"川辺を歩く{place}",
        "requested_yen": str(1_000_000 + place),
    }
    return plain | cells


def csv_of(*rows: dict[str, str]) -> bytes:
    """The rows as a CSV file, with every column that one of them has."""
    columns = list(dict.fromkeys(name for cells in rows for name in cells))
    out = StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def planned(call: Call, content: bytes, name: str = "proposals.csv") -> loading.Plan:
    """What loading the file would do."""
    return loading.plan(call, read_table(content, name, loading.COLUMNS))


def received(call: Call, *rows: dict[str, str], by: Actor = OPERATOR) -> list[Application]:
    """The proposals of `rows` (default: one), loaded and eligible, in the order of their numbers."""
    plan = planned(call, csv_of(*(rows or (row(),))))
    loading.apply(plan, by=by)
    return list(queries.by_number(call).values())


def begun(call: Call, group: Organization, by: User, tier: int = 0) -> Application:
    """A draft that the group began to write now, in the tier at that place; the call must be open."""
    return operations.start(call, call.tiers[tier], group, by=calls.actor(by), at=clock.now())


def saved(draft: Application, by: User, part: Part, content: Mapping[str, Any]) -> None:
    """A part of the draft that was saved for the first time."""
    operations.save(draft, part, content, seen=0, by=calls.actor(by), at=clock.now())
