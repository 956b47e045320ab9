"""Calls for tests: a small one of two tiers, and the files in tests/data."""

from pathlib import Path

from grantflow.calls import operations
from grantflow.calls.definition import parse
from grantflow.calls.models import Call
from tests.factories.accounts import OPERATOR

FILES = Path(__file__).parent.parent / "data"

SMALL = """
[call]
slug = "river-2031"
title = "川辺の灯り調査"
fiscal_year = 2031
sponsor = "架空庁"
secretariat = "架空研究所"
number_prefix = "KW"
timezone = "Asia/Tokyo"

[schedule]
opens_at = 2031-04-01T09:00:00+09:00
closes_at = 2031-04-30T17:00:00+09:00

[[tier]]
key = "wide"
label = "①"
name = "広い枠"
list_title = "広い取組"
cap_yen = 2_000_000
expected_awards = 2

[[tier]]
key = "near"
label = "②"
name = "近い枠"
list_title = "近い取組"
cap_yen = 500_000
expected_awards = 1

[eligibility]
legal_forms = ["任意団体", "学校法人"]
requirements = ["国内に拠点があること。"]

[review]
reviewers_per_application = 2
scale_min = 1
scale_max = 5

[[criterion]]
key = "body"
group = "体制"
text = "担い手がいるか"

[[criterion]]
key = "aim"
group = "内容"
text = "目的が明らかか"
weight = 2
"""

#: A self-check of one question for the small call, to be one of its `more` tables.
SELF_CHECK = """
[[self_check.question]]
key = "where"
text = "どこで灯しますか"
answers = [{ key = "river", text = "川辺" }, { key = "sea", text = "海辺" }]

[[self_check.outcome]]
when = { where = "river" }
verdict = "yes"
tier = "near"
text = "近い枠に応募できます。"

[[self_check.outcome]]
verdict = "no"
text = "海辺では応募できません。"
change = "川辺で灯すなら、応募できます。"
""".strip()


def small_definition(*more: str, **changes: str) -> str:
    """The small call as TOML: `more` tables follow it; each change is the new right-hand side of that key.

    A key that occurs twice (`key`, `name`, …) is changed where it occurs first.
    """
    lines = SMALL.strip().split("\n")
    for key, value in changes.items():
        place = next(number for number, line in enumerate(lines) if line.startswith(f"{key} = "))
        lines[place] = f"{key} = {value}"
    return "\n\n".join(["\n".join(lines), *more]) + "\n"


def published(*more: str, **changes: str) -> Call:
    """The small call, published; arguments as for `small_definition`."""
    return operations.publish_new(parse(small_definition(*more, **changes)), by=OPERATOR)


def published_file(name: str) -> Call:
    """The call of a file in tests/data, published: `second-call.toml`, `one-tier-call.toml`."""
    return operations.publish_new(parse((FILES / name).read_bytes()), by=OPERATOR)


def revised(call: Call, *more: str, **changes: str) -> Call:
    """The next version of the small call: its dates stay, everything else is as these arguments say."""
    dates = {name: getattr(call, name).isoformat() for name in ("opens_at", "closes_at")}
    operations.revise(call, parse(small_definition(*more, **dates, **changes)), reason="改めるため。", by=OPERATOR)
    return call
