"""Every part of the longest form shuts nobody out, on a desk and on a telephone."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

import grantflow
from grantflow.applications import operations, queries
from grantflow.applications.outline import Part
from grantflow.calls import operations as calls
from grantflow.calls.definition import Definition, parse
from grantflow.calls.queries import actor
from grantflow.core import clock
from grantflow.core.db import db
from tests.browser.conftest import Visit
from tests.browser.test_accessible import checked_at_both_widths
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.applications import begun

SAMPLE = Path(grantflow.__file__).parent / "definitions" / "sample.toml"


def open_sample() -> Definition:
    """The sample call, open now."""
    now = clock.now()
    text = SAMPLE.read_text(encoding="utf-8")
    for name, at in (("opens_at", now - dt.timedelta(days=1)), ("closes_at", now + dt.timedelta(days=1))):
        text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {at.isoformat()}", text, count=1)
    return parse(text.encode())


@pytest.mark.browser
def test_every_part_of_the_longest_form_shuts_nobody_out(visit: Visit, writing: Callable) -> None:
    with writing():
        call = calls.publish_new(open_sample(), by=OPERATOR)
        applicant = person("new@example.jp", name="野川 澄")
        db.session.flush()
        draft = begun(call, organization("ほたるの会", applicant), applicant)
        wrong = {"title": "題" * 70, "area_codes": ["131017"]}
        operations.save(draft, Part.PLAN, wrong, seen=0, by=actor(applicant), at=clock.now())
        parts = [asked.part.value for asked in queries.dossier(draft).asked]
    page = visit(applicant, 1280)

    for part in parts:
        page.goto(f"/applications/{draft.id}/edit/{part}")
        expect(page.get_by_role("navigation", name="主なページ")).to_be_visible()
        checked_at_both_widths(page)
    page.goto(f"/applications/{draft.id}/edit")
    checked_at_both_widths(page)

    assert len(parts) == 12
