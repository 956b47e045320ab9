"""The real call lists no parts and has no self-check: its form is the usual one."""

import io
from pathlib import Path

from pypdf import PdfReader

from grantflow.applications.blank_form import blank_form
from grantflow.applications.outline import USUAL, Part
from grantflow.calls import operations
from grantflow.calls.definition import parse
from tests.factories.accounts import OPERATOR


def test_the_real_call_asks_for_the_usual_parts_in_each_tier(real_call: Path) -> None:
    says = parse((real_call / "call.toml").read_bytes())

    found = [blank_form(says, tier) for tier in says.tiers]

    assert [tuple(part.part for part in parts) for parts in found] == [USUAL] * len(says.tiers)
    assert [part.name for part in found[0]] == [str(part.label) for part in USUAL]


def test_the_real_calls_form_is_read_and_printed_for_each_tier(real_call: Path, writing, browser) -> None:
    says = parse((real_call / "call.toml").read_bytes())
    with writing():
        operations.publish_new(says, by=OPERATOR)
    url = f"/calls/{says.call.slug}/form"

    for tier in says.tiers:
        page = browser(None).text(f"{url}?tier={tier.key}")
        paper = browser(None).get(f"{url}.pdf?tier={tier.key}")
        text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(paper.get_data())).pages).replace("\n", "")

        told = [tier.name, *says.eligibility.requirements, *says.audience.groups, str(Part.AMOUNT.label)]
        assert [each for each in told if each not in page] == []
        assert [each for each in told if each not in text] == []


def test_the_real_call_has_no_self_check(real_call: Path, writing, browser) -> None:
    says = parse((real_call / "call.toml").read_bytes())
    with writing():
        operations.publish_new(says, by=OPERATOR)

    assert browser(None).get(f"/calls/{says.call.slug}/check").status_code == 404
    assert f"/calls/{says.call.slug}/check" not in browser(None).text(f"/calls/{says.call.slug}")
