"""Two people at one thing: the second sees both versions side by side, and nothing of either is lost."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import html5lib
import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grantflow.accounts.models import Role
from grantflow.applications import queries as applications
from grantflow.awards import queries as awards
from grantflow.calls import queries as calls
from grantflow.core.db import db
from grantflow.review import scoring
from grantflow.review.models import Assignment
from tests.browsing import Browser
from tests.factories.accounts import person
from tests.policy.world import World, arranged

Writing = Callable[[], AbstractContextManager[Session]]
Open = Callable[..., Browser]
MARKS = ("radio", "checkbox")


@pytest.fixture
def world(app: object) -> World:
    """A call with two proposals, scored, undecided."""
    return arranged("undecided")


@pytest.fixture
def offices(world: World, writing: Writing, browser: Open) -> tuple[Browser, Browser]:
    """Two of the secretariat."""
    with writing():
        second = person("second@example.jp", Role.SECRETARIAT, world.call)
    return browser(world.people["secretariat"]), browser(second)


def page_of(answer: TestResponse) -> Any:
    """The main part of the page."""
    return html5lib.parse(answer.get_data(as_text=True), namespaceHTMLElements=False).find(".//main")


def sent_by(answer: TestResponse) -> dict[str, str]:
    """What the boxes of the page would send."""
    found = {}
    for box in page_of(answer).iter():
        name = box.get("name")
        if box.tag == "textarea":
            found[name] = "".join(box.itertext()).removeprefix("\n")
        elif box.tag == "select":
            chosen = [option for option in box.iter("option") if option.get("selected") is not None]
            found[name] = chosen[0].get("value") if chosen else ""
        elif (
            box.tag == "input"
            and name
            and (box.get("type") not in ("radio", "checkbox") or box.get("checked") is not None)
        ):
            found[name] = box.get("value") or ""
    return found


def side_by_side(answer: TestResponse) -> list[list[str]]:
    """The rows of the table that shows both versions, where they differ."""
    (table,) = [each for each in page_of(answer).iter("table") if each.get("id") == "two-versions"]
    rows = [[re.sub(r"\s+", " ", "".join(cell.itertext())).strip() for cell in row] for row in table.iter("tr")]
    return [cells[:3] for cells in rows if cells[-1] == "違います"]


def test_two_at_one_draft_of_a_call(offices: tuple[Browser, Browser], world: World) -> None:
    first, second = offices
    url = f"/drafts/{world.draft.id}/basics"  # type: ignore[union-attr]
    seen = [sent_by(each.get(url)) for each in offices]
    title = next(name for name, value in seen[0].items() if value == "川辺の灯り調査")
    assert first.post(url, seen[0] | {title: "川辺の調査"}).status_code == 302

    late = second.post(url, seen[1] | {title: "川べりの調査"})

    assert late.status_code == 409
    assert [row[1:] for row in side_by_side(late)] == [["川辺の調査", "川べりの調査"]]
    assert sent_by(late)[title] == "川べりの調査"
    assert second.post(url, sent_by(late)).status_code == 302
    assert sent_by(first.get(url))[title] == "川べりの調査"


def test_two_windows_on_one_sheet(world: World, browser: Open, writing: Writing) -> None:
    reader = browser(world.people["reviewer"])
    with writing():
        sheet = db.session.get_one(Assignment, world.sheet.id)
        scoring.reopen(sheet, by=calls.actor(world.people["reviewer"]))  # type: ignore[arg-type]
    url = f"/sheets/{world.sheet.id}"
    seen = [sent_by(reader.get(url)) for _ in range(2)]
    assert reader.post(f"{url}/scores", seen[0] | {"value-body": "2", "goal": "stay"}).status_code == 302

    late = reader.post(f"{url}/scores", seen[1] | {"value-body": "5", "comment-aim": "明らか。", "goal": "stay"})

    assert late.status_code == 409
    assert [row[1:] for row in side_by_side(late)] == [["2点", "5点"], ["4点", "4点 明らか。"]]
    typed = sent_by(late)
    assert (typed["value-body"], typed["comment-aim"]) == ("5", "明らか。")
    assert reader.post(f"{url}/scores", typed | {"goal": "stay"}).status_code == 302
    assert sent_by(reader.get(url))["value-body"] == "5"


def test_two_at_one_decision(offices: tuple[Browser, Browser], world: World, reading: Writing) -> None:
    first, second = offices
    url, theirs = "/calls/river-2031/decisions", str(world.theirs.id)
    confirms = [
        sent_by(each.post(f"{url}/check", sent_by(each.get(url)) | {f"outcome-{theirs}": chosen}))
        for each, chosen in ((first, "adopted"), (second, "reserve"))
    ]
    assert first.post(url, confirms[0] | {f"{theirs}-condition": "計画を出すこと。"}).status_code == 302

    late = second.post(url, confirms[1] | {f"{theirs}-reason": "予算のため。"})

    assert late.status_code == 409
    assert side_by_side(late) == [["KW-0001", "採択 採択の条件：計画を出すこと。", "補欠 理由：予算のため。"]]
    typed = sent_by(late)
    assert typed[f"{theirs}-reason"] == "予算のため。"
    with reading():
        assert applications.by_number(world.call)["KW-0001"].status == "adopted"
    assert second.post(url, typed).status_code == 302
    with reading():
        decided = awards.decisions_of(world.call)["KW-0001"]
        assert (decided.outcome, decided.reason) == ("reserve", "予算のため。")
