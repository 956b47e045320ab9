"""What is taken away is gone at the next request of an open session: on every page, of every file, for every form."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grantflow.accounts import group_people
from grantflow.accounts import operations as accounts
from grantflow.accounts.models import MemberRole, Membership, Role, User
from grantflow.calls import operations as calls
from grantflow.calls.models import Call, CallRole
from grantflow.calls.queries import actor as acting
from grantflow.core.db import db
from grantflow.review import operations as review
from grantflow.review.models import Reviewer
from tests.applications.test_web_proposal import WHOLE, saved
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.applications import begun
from tests.policy.test_routes import ADDRESSES, BY_STATE, EVERY_STATE, _got_in
from tests.policy.world import WHO, World, arranged

Writing = Callable[[], AbstractContextManager[Session]]
TABLE = EVERY_STATE | {case: rows.get("published", rows[""]) for case, rows in BY_STATE.items()}
#: Work stays with whoever asked for it; what it made is judged anew when it is handed out.
OWN = {"GET jobs.show", "GET jobs.file", "POST jobs.cancel"}
HOLDERS = ("reviewer", "secretariat", "sponsor", "auditor", "administrator")


def open_to(who: str) -> set[str]:
    """The cases in which that column of the table has an answer."""
    return {case for case, marks in TABLE.items() if marks.split()[WHO.index(who)] == "o"}


def got_in(app: Flask, browser: Browser, world: World, cases: set[str]) -> set[str]:
    """Those of `cases` that are answered; what changes nothing is asked first."""
    found = set()
    for case in sorted(cases):
        method, endpoint = case.split()
        values: dict[str, Any] = ADDRESSES.get(endpoint, lambda world: {"slug": world.call.slug})(world)
        with app.test_request_context():
            url = app.url_for(endpoint, **values)
        if _got_in(browser, method, url):
            found.add(case)
    return found


def pages(cases: set[str]) -> set[str]:
    """The cases that only read."""
    return {case for case in cases if case.startswith("GET ")}


def someone(world: World, who: str) -> User:
    """The person of that column."""
    user = world.people[who]
    assert user is not None
    return user


@pytest.mark.parametrize("who", HOLDERS)
def test_a_role_that_is_removed_opens_nothing_any_more(
    app: Flask, browser: Callable[..., Browser], writing: Writing, who: str
) -> None:
    world = arranged("published")
    lost = open_to(who) - open_to("stranger") - OWN
    session = browser(someone(world, who))
    assert got_in(app, session, world, pages(lost)) == pages(lost)
    with writing():
        person("other@example.jp", Role.ADMINISTRATOR)
        user = db.session.get_one(User, someone(world, who).id)
        for row in db.session.scalars(select(CallRole).where(CallRole.user_id == user.id)).all():
            calls.revoke(user, row.role, db.session.get(Call, row.call_id) if row.call_id else None, by=OPERATOR)

    assert got_in(app, session, world, lost) == set()
    assert session.get("/desk").status_code == 200


@pytest.mark.parametrize("who", ["member", *HOLDERS])
def test_an_account_that_is_stopped_is_a_visitor_s(
    app: Flask, browser: Callable[..., Browser], writing: Writing, who: str
) -> None:
    world = arranged("published")
    lost = open_to(who) - open_to("visitor")
    session = browser(someone(world, who))
    assert got_in(app, session, world, pages(lost)) == pages(lost)
    with writing():
        accounts.deactivate(db.session.get_one(User, someone(world, who).id), by=OPERATOR)

    assert got_in(app, session, world, lost) == set()


def test_a_conflict_that_is_declared_closes_the_proposal_and_its_sheet(
    app: Flask, browser: Callable[..., Browser], writing: Writing
) -> None:
    world = arranged("published")
    lost = open_to("reviewer") - open_to("conflicted")
    session = browser(someone(world, "reviewer"))
    assert "GET applications.show" in lost
    assert got_in(app, session, world, pages(lost)) == pages(lost)
    with writing():
        reviewer = db.session.get_one(Reviewer, world.sheet.reviewer_id)
        review.declare_conflict(db.session.merge(world.theirs), reviewer, "以前の役員であるため。", by=OPERATOR)

    assert got_in(app, session, world, lost) == set()


WHILE_OPEN = "2031-04-10T10:00:00+09:00"
OUTSIDE = ("visitor", "reviewer", "conflicted", "sponsor", "elsewhere")
#: Some of the pages that there must be.
PAGES = {"GET dossier.section", "GET officers.edit", "GET budget_sheet.file", "GET consents.edit", "GET groups.show"}
#: What who only writes is not offered.
FOR_CONFIRMERS = {"GET applications.move"}
READING = {"GET applications.show", "GET groups.show", "GET group_people.index"}


def written_in_time(browser: Callable[..., Browser], state: str) -> tuple[World, User, Membership]:
    """A world in which a group's proposal is a draft or submitted, its representative, and a colleague who writes."""
    world = arranged("undecided")
    with db.transaction(write=True):
        first, second = person("first@example.jp"), person("second@example.jp")
        db.session.flush()
        group = organization("縁側の会", first)
        colleague = accounts.join(second, group, by=OPERATOR, role=MemberRole.EDITOR)
        draft = begun(db.session.get_one(Call, world.call.id), group, first)
    world = replace(world, theirs=draft, people=world.people | {"member": second})
    if state == "submitted":
        window = browser(first)
        for part in WHOLE.keys() - {"targets"}:
            assert saved(window, draft, part).status_code == 302
        assert window.post(f"/applications/{draft.id}/confirm").location.endswith("/receipt")
    return world, first, colleague


def naming_them(app: Flask, world: World) -> set[str]:
    """The cases whose address names the proposal or its group."""
    keys, found = (str(world.theirs.id), str(world.theirs.organization_id)), set()
    for case in TABLE:
        endpoint = case.split()[1]
        values: dict[str, Any] = ADDRESSES.get(endpoint, lambda world: {"slug": world.call.slug})(world)
        if any(str(value) in keys for value in values.values()):
            found.add(case)
    return found


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_nobody_from_outside_sees_a_proposal_or_its_group_before_the_deadline(
    app: Flask, browser: Callable[..., Browser], state: str
) -> None:
    with time_machine.travel(WHILE_OPEN):
        world, first, _colleague = written_in_time(browser, state)
        outside = {who: world.people[who] for who in OUTSIDE} | {"another group's": person_of_another_group(world)}
        cases = naming_them(app, world)
        theirs = pages(cases) & open_to("member")
        assert got_in(app, browser(first), world, theirs) == theirs >= PAGES

        got = {who: got_in(app, browser(user), world, cases) for who, user in outside.items()}

        assert {who: found for who, found in got.items() if found} == {}


def person_of_another_group(world: World) -> User:
    """Somebody who writes a proposal of their own in the same call."""
    with db.transaction(write=True):
        user = db.session.get_one(User, someone(world, "stranger").id)
        begun(db.session.get_one(Call, world.call.id), organization("水辺の会", user), user)
        return user


def test_who_is_taken_out_of_a_group_sees_nothing_of_it_at_once(app: Flask, browser: Callable[..., Browser]) -> None:
    with time_machine.travel(WHILE_OPEN):
        world, first, colleague = written_in_time(browser, "draft")
        cases = naming_them(app, world)
        session = browser(someone(world, "member"))
        assert got_in(app, session, world, pages(cases)) == pages(cases) & open_to("member") - FOR_CONFIRMERS
        with db.transaction(write=True):
            by = acting(db.session.get_one(User, first.id))
            group_people.remove(db.session.get_one(Membership, colleague.id), by=by)

        assert got_in(app, session, world, cases) == set()
        assert session.get("/desk").status_code == 200
        assert "縁側の会" not in session.text("/desk") + session.text("/groups") + session.text(
            "/calls/river-2031/apply"
        )


def test_who_may_only_read_from_now_on_writes_nothing_any_more(app: Flask, browser: Callable[..., Browser]) -> None:
    with time_machine.travel(WHILE_OPEN):
        world, first, colleague = written_in_time(browser, "draft")
        cases = naming_them(app, world)
        session = browser(someone(world, "member"))
        assert "POST dossier.section" in cases & open_to("member")
        with db.transaction(write=True):
            by = acting(db.session.get_one(User, first.id))
            group_people.change_role(db.session.get_one(Membership, colleague.id), MemberRole.READER, by=by)

        still = got_in(app, session, world, cases - {"POST group_people.leave"})

        assert {case for case in still if case.startswith("POST ")} == set()
        assert still >= READING
