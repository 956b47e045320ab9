"""The sponsor sees how many proposals each tier has and nothing else, until a list is frozen for its agreement."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from grantflow.applications import queries
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.applications.workflow import APPLICATION
from grantflow.awards import loading as decisions
from grantflow.awards import operations as awards
from grantflow.awards.models import AdoptionList
from grantflow.calls import queries as calls
from grantflow.core.authorization import permits, visible
from grantflow.core.db import db
from grantflow.permissions import Permission as P
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR
from tests.policy.test_routes import ADDRESSES, EVERY_STATE
from tests.policy.world import World, _table, arranged

#: What names a proposal of the world: its number, its group, its title.
NAMES = ("KW-0001", "KW-0002", "任意団体ほたる", "川辺を歩く")


def drafted(world: World) -> None:
    """Decisions are made and their list is begun, not frozen."""
    with db.transaction(write=True) as session:
        call = session.get_one(type(world.call), world.call.id)
        rows = [("KW-0001", "adopted"), ("KW-0002", "not_adopted")]
        decisions.apply(decisions.plan(call, _table(decisions.COLUMNS, *rows)), by=OPERATOR)  # type: ignore[arg-type]
        session.flush()
        world.adoption_list = awards.to_freeze(call, by=OPERATOR)


@pytest.mark.parametrize("decided", [False, True])
def test_no_page_file_or_search_names_a_proposal_before_the_freeze(
    app: Flask, browser: Callable[..., Browser], decided: bool
) -> None:
    world = arranged("undecided")
    if decided:
        drafted(world)
    window = browser(world.people["sponsor"])
    opened, named = [], []
    for case in [*EVERY_STATE, "GET awards.index", "GET awards.result", "GET awards.result_file"]:
        method, endpoint = case.split()
        if method != "GET" or (endpoint in ("awards.file", "awards.letter") and not decided):
            continue
        values = ADDRESSES.get(endpoint, lambda world: {"slug": world.call.slug})(world)
        with app.test_request_context():
            if None in values.values():
                continue
            url = app.url_for(endpoint, **values)
        for asked in (url, f"{url}?q=ほたる" if "?" not in url else url):
            answer = window.client.get(asked)
            if answer.status_code == 200:
                opened.append(endpoint)
                named += [(asked, name) for name in NAMES if name in answer.get_data().decode("utf-8", "replace")]

    assert "home.desk" in opened
    assert not {
        each for each in opened if each.startswith(("applications.index", "review.", "awards.", "submissions."))
    }
    # A search says again what was searched for, on the pages that anybody may open
    assert [each for each in named if "?q=" not in each[0] or each[1] != "任意団体ほたる"] == []


@pytest.mark.parametrize("decided", [False, True])
def test_lists_counts_and_exports_are_empty_for_the_sponsor(app: Flask, decided: bool) -> None:
    world = arranged("undecided")
    if decided:
        drafted(world)
    with db.transaction(write=False) as session:
        call = session.get_one(type(world.call), world.call.id)
        sponsor = calls.actor(world.people["sponsor"])  # type: ignore[arg-type]
        for permission in (P.APPLICATION_READ, P.SUBMISSION_READ, P.DECISION_READ, P.REVIEW_READ, P.HISTORY_READ):
            shown = visible(select(Application.id), sponsor, permission, Application)
            assert session.scalars(shown).all() == [], permission
        assert session.scalars(visible(select(AdoptionList.id), sponsor, P.LIST_READ, AdoptionList)).all() == []
        assert queries.counts(call, sponsor).total == 0
        assert queries.all_of(call, sponsor, queries.Filters(text="ほたる")) == []
        for permission in (P.APPLICATION_LIST, P.APPLICATION_EXPORT, P.REVIEW_EXPORT, P.LIST_READ, P.LIST_AGREE):
            assert not permits(sponsor, permission, call), permission


def test_the_desk_counts_each_tier_without_drafts(app: Flask, browser: Callable[..., Browser]) -> None:
    world = arranged("undecided")
    with db.transaction(write=True) as session:
        row = session.get_one(Application, world.another.id)
        APPLICATION.fire("withdraw", row, by=OPERATOR, reason="会場を借りられないため。")
    page = browser(world.people["sponsor"]).text("/desk")

    assert row.status is ApplicationStatus.WITHDRAWN
    assert "枠ごとの応募の件数" in page
    cells = page[page.index("枠ごとの応募の件数") :].split("</table>")[0]
    numbers = [part.split("<")[0] for part in cells.split("<span>")[1:]]
    assert numbers == ["① 広い枠", "2", "1", "② 近い枠", "0", "0"]


def test_the_frozen_list_is_shown_to_agree_to(app: Flask, browser: Callable[..., Browser]) -> None:
    world = arranged("frozen")
    page = browser(world.people["sponsor"]).text(f"/calls/{world.call.slug}/list")

    assert "任意団体ほたる1" in page
