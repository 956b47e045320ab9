"""A proposed assignment: what members know, the draft, applying it whole, and what makes it outdated."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import select

from grantflow.accounts.models import Role, User
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.audit.queries import history
from grantflow.calls.models import Call
from grantflow.calls.queries import actor
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.jobs import running
from grantflow.jobs.models import Job, JobState
from grantflow.review import panel, proposing, queries, scoring
from grantflow.review.assignment import Impossible
from grantflow.review.fit import About, Knows, Weights, in_words, worth
from grantflow.review.models import Assignment, AssignmentStatus
from grantflow.review.proposing import Expertise, Wishes
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, person
from tests.factories.applications import received, row
from tests.factories.calls import published
from tests.factories.review import conflict, member, sheet_of

Writing = Callable[[], AbstractContextManager[Any]]
Browsing = Callable[..., Browser]

PROPOSAL = "/calls/river-2031/panel/proposal"
NOTHING = Knows((), (), ())


def arranged(count: int = 2, members: int = 3) -> tuple[User, list[Application]]:
    """The office, and so many proposals for a committee of members called A, B, C …"""
    call = published()
    office = person("office@example.jp", Role.SECRETARIAT, call)
    db.session.flush()
    applications = received(call, *(row(place) for place in range(1, count + 1)))
    for label in "ABCDEFGH"[:members]:
        panel.seat_by_name(call, label, by=OPERATOR)
    return office, list(applications)


def the_call() -> Call:
    """The small call."""
    return db.session.scalars(select(Call)).one()


def pairs() -> set[tuple[str, str]]:
    """Who reads what, struck sheets left out."""
    found = proposing.sheets(the_call()).items()
    return {pair for pair, sheet in found if sheet.status is not AssignmentStatus.RECUSED}


def describe(label: str, *, least: int = 0, most: int | None = None, is_away: bool = False) -> None:
    """Note the limits of a member."""
    proposing.describe(member(the_call(), label), Expertise(NOTHING, least, most, is_away), by=OPERATOR)


def drawn_up(wishes: Wishes | None = None) -> str:
    """The hash of a draft that was just proposed."""
    return proposing.draw_up(the_call(), wishes or Wishes(), by=OPERATOR).sha256


def test_the_fit_is_what_both_name_weighed_and_in_words() -> None:
    knows = Knows(("若者", "中高年"), ("交流",), ("熊本県",))
    about = About(("若者",), ("相談", "交流"), "熊本県熊本市")

    assert worth(knows, about, Weights(3, 2, 2)) == 7
    assert in_words(knows, about) == ("若者", "交流", "熊本県")


def test_a_member_is_described_and_the_limits_ascend(writing: Writing, browser: Browsing) -> None:
    with writing():
        office, _applications = arranged()
        seat = member(the_call(), "A")
    url = f"/reviewers/{seat.id}/expertise"
    desk = browser(office)

    saved = desk.post(url, {"regions": ["東京都"], "least": "1", "most": "2"})
    wrong = desk.post(url, {"least": "3", "most": "2"})
    unknown = desk.post(url, {"regions": ["月"]})

    assert (saved.status_code, wrong.status_code, unknown.status_code) == (302, 422, 422)
    with writing():
        noted = member(the_call(), "A")
        assert (noted.regions, noted.least_load, noted.most_load) == (["東京都"], 1, 2)
        assert history(noted)[0].action == "reviewers.describe"


def test_a_draft_changes_nothing_until_it_is_applied_as_a_whole(writing: Writing, browser: Browsing) -> None:
    with writing():
        office, _applications = arranged()
    desk = browser(office)

    desk.post(PROPOSAL, {"audience": "3", "feature": "2", "region": "2"})

    with writing():
        draft = proposing.draft_of(the_call())
        assert draft is not None
        sha256, proposed = draft.sha256, proposing.pairs_of(draft)
        assert (pairs(), len(proposed)) == (set(), 4)
    assert sha256 in desk.text(PROPOSAL)
    assert desk.post(f"{PROPOSAL}/apply", {"sha256": sha256}).status_code == 302
    assert desk.post(f"{PROPOSAL}/apply", {"sha256": sha256}).status_code == 422
    with writing():
        assert pairs() == proposed
        assert proposing.draft_of(the_call()) is None


def test_what_was_ticked_is_kept_or_kept_apart(writing: Writing, browser: Browsing) -> None:
    with writing():
        office, _applications = arranged()
        keys = {row.label: str(row.id) for row in queries.reviewers(the_call())}
    desk = browser(office)

    desk.post(
        PROPOSAL,
        {
            "shown": ["KW-0001", "KW-0002"],
            "kept": [f"KW-0001/{keys['A']}", "KW-9999/x"],
            "apart": [f"KW-0002/{keys['A']}"],
        },
    )

    with writing():
        draft = proposing.draft_of(the_call())
        assert draft is not None
        proposed = proposing.pairs_of(draft)
        assert ("KW-0001", "A") in proposed
        assert ("KW-0002", "A") not in proposed
        assert proposing.wishes_of(draft).kept == {("KW-0001", "A")}


def test_what_cannot_be_is_told_with_the_number(writing: Writing, browser: Browsing) -> None:
    with writing():
        office, (first, _second) = arranged()
        conflict(first, "A")
        conflict(first, "B")
    desk = browser(office)

    answer = desk.post(PROPOSAL, {})

    assert answer.status_code == 422
    assert "KW-0001 は担当できる委員が1人で、2人必要です。" in answer.text
    with writing(), pytest.raises(Impossible):
        drawn_up()


def test_a_conflict_declared_since_makes_the_draft_outdated_and_is_named(writing: Writing) -> None:
    with writing():
        _office, (first, _second) = arranged()
        sha256 = drawn_up(Wishes(kept=frozenset({("KW-0001", "A")})))
        conflict(first, "A")

        with pytest.raises(Refused, match="KW-0001 A"):
            proposing.apply(the_call(), sha256, by=OPERATOR)

        assert pairs() == set()


def test_a_proposal_that_is_no_longer_reviewed_makes_the_draft_outdated_and_is_named(writing: Writing) -> None:
    with writing():
        _office, (first, _second) = arranged()
        sha256 = drawn_up()
        db.session.execute(
            Application.__table__.update().where(Application.id == first.id).values(status=ApplicationStatus.WITHDRAWN)
        )
        db.session.expire_all()

        with pytest.raises(Refused, match="KW-0001 は、割当案を作ったあとに"):
            proposing.apply(the_call(), sha256, by=OPERATOR)


def test_limits_or_an_assignment_changed_since_make_the_draft_outdated(writing: Writing) -> None:
    with writing():
        _office, _applications = arranged()
        sha256 = drawn_up()
        describe("A", most=1)

        with pytest.raises(Refused, match="上限、下限が変わりました"):
            proposing.apply(the_call(), sha256, by=OPERATOR)


def test_whoever_drops_out_keeps_what_was_filed_and_the_rest_goes_to_others(writing: Writing) -> None:
    with writing():
        _office, (first, second) = arranged()
        call = the_call()
        reviewer = person("reviewer@example.jp", Role.REVIEWER, call)
        db.session.flush()
        seat = panel.seat(call, reviewer, by=OPERATOR)
        panel.move("confirm", call, by=OPERATOR)
        panel.assign_applications(seat, [first, second], [first, second], by=OPERATOR)
        filed = sheet_of(first, seat.label)
        scoring.accept(filed, by=actor(reviewer))
        filed.status = AssignmentStatus.SCORED
        proposing.describe(seat, Expertise(NOTHING, 0, None, is_away=True), by=OPERATOR)

        proposing.apply(call, drawn_up(), by=OPERATOR)

        assert {number for number, label in pairs() if label == seat.label} == {"KW-0001"}
        assert sorted(number for number, _label in pairs()) == ["KW-0001"] * 2 + ["KW-0002"] * 2


def test_of_two_who_apply_one_does(writing: Writing) -> None:
    with writing():
        arranged()
        sha256 = drawn_up()
    ready, outcomes = threading.Barrier(2), []

    def act() -> None:
        ready.wait()
        try:
            with db.transaction(write=True):
                outcomes.append(proposing.apply(the_call(), sha256, by=OPERATOR))
        except Refused:
            outcomes.append(None)

    threads = [threading.Thread(target=act) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes, key=str) == [(4, 0), None]
    with writing():
        assert db.session.query(Assignment).count() == 4


def test_a_large_committee_is_proposed_by_the_worker(
    writing: Writing, browser: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposing, "MOST_AT_ONCE", 0)
    with writing():
        office, _applications = arranged()
    desk = browser(office)

    answer = desk.post(PROPOSAL, {})
    running.run_due(threading.Event())

    assert "/jobs/" in answer.headers["Location"]
    with writing():
        job = db.session.scalars(select(Job)).one()
        assert (job.state, job.last_error) == (JobState.DONE, "")
        assert proposing.draft_of(the_call()) is not None


def test_the_worker_tells_what_cannot_be(writing: Writing, browser: Browsing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposing, "MOST_AT_ONCE", 0)
    with writing():
        office, _applications = arranged(members=1)

    browser(office).post(PROPOSAL, {})
    running.run_due(threading.Event())

    with writing():
        job = db.session.scalars(select(Job)).one()
        assert job.state is JobState.FAILED
        assert "KW-0001 は担当できる委員が1人で、2人必要です。" in job.message


def test_nobody_but_the_office_proposes_or_describes(writing: Writing, browser: Browsing) -> None:
    with writing():
        arranged()
        call = the_call()
        others = [
            person("auditor@example.jp", Role.AUDITOR, call),
            person("reviewer@example.jp", Role.REVIEWER, call),
            person("sponsor@example.jp", Role.SPONSOR, call),
        ]
        url = f"/reviewers/{member(call, 'A').id}/expertise"

    for other in others:
        desk = browser(other)
        answers = [desk.get(url), desk.get(PROPOSAL), desk.post(PROPOSAL, {}), desk.post(f"{PROPOSAL}/apply", {})]
        assert [answer.status_code for answer in answers] == [403] * 4
