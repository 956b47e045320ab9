"""A call that asks for costs, a schedule, indicators and partners, and what stands in a part of a draft."""

from typing import Any

from grantflow.applications import queries
from grantflow.applications.models import Application
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking
from grantflow.calls.definition import parse
from grantflow.calls.models import Call
from tests.factories.calls import published, small_definition

ASKED = """
[[cost_category]]
key = "people"
name = "人件費"

[[cost_category]]
key = "work"
name = "事業費"
note = "謝金や会場の借用料です。"

[[cost_category]]
key = "indirect"
name = "一般管理費"

[budget]
overhead_category = "indirect"
overhead_ratio = 0.1
note = "一般管理費は1割までです。"

[[section]]
key = "schedule"

[[section]]
key = "indicators"

[[section]]
key = "consortium"

[[section]]
key = "budget"
"""
PERIOD = """2031-04-30T17:00:00+09:00
contract_month = "2031-06"
project_start = "contract"
project_end = 2032-02-10"""


def asking(requested_yen: int = 0, *, asked: str = ASKED, closes_at: str = PERIOD) -> Asking:
    """What that call asks in its wide tier, up to 2,000,000 yen from June 2031 to February 2032."""
    says = parse(small_definition(asked, closes_at=closes_at))
    return Asking(says, says.tiers[0], requested_yen)


def asked_call(asked: str = ASKED, **changes: str) -> Call:
    """That call, published."""
    return published(asked, **{"closes_at": PERIOD} | changes)


def kept(draft: Application, part: Part) -> dict[str, Any]:
    """What stands in a part of the draft; asked in a transaction."""
    row = queries.section(draft, part)
    return dict(row.content) if row else {}
