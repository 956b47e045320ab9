"""The committee: who joins it, who reads what, what its confirmation fixes and its reopening frees, and the files."""

import csv
from collections.abc import Callable
from contextlib import AbstractContextManager
from hashlib import sha256
from io import BytesIO, StringIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from grantflow.accounts.models import Role, User
from grantflow.applications.models import Application
from grantflow.audit.queries import history
from grantflow.calls import operations as calls
from grantflow.calls.definition import parse
from grantflow.calls.models import Call
from grantflow.calls.queries import actor
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.review import committee, lines, loading, panel, queries, scoring
from grantflow.review.models import AssignmentStatus, CommitteeStatus, Score, ScoreKind
from grantflow.review.scoring import Answer
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, person
from tests.factories.applications import received, row
from tests.factories.calls import published, small_definition
from tests.factories.review import conflict, given, member, planned, sheet_of

Writing = Callable[[], AbstractContextManager[Any]]
Browsing = Callable[..., Browser]

PANEL = "/calls/river-2031/panel"
WHY = "利益相反が続き、人数が足りないため。"


def arranged(count: int = 2) -> tuple[User, User, list[Application]]:
    """The office, somebody with the role of a reviewer, and so many proposals of the small call."""
    call = published()
    office = person("office@example.jp", Role.SECRETARIAT, call)
    reviewer = person("reviewer@example.jp", Role.REVIEWER, call, name="審査 次郎")
    db.session.flush()
    return office, reviewer, received(call, *(row(place) for place in range(1, count + 1)))


def the_call() -> Call:
    """The small call."""
    return db.session.scalars(select(Call)).one()


def test_members_join_by_account_or_by_name_and_leave_while_they_have_nothing(
    writing: Writing, browser: Browsing
) -> None:
    with writing():
        office, reviewer, _applications = arranged()
    desk = browser(office)

    desk.post(f"{PANEL}/members", {"user": str(reviewer.id), "name": ""})
    desk.post(f"{PANEL}/members", {"user": "", "name": " 委員　い "})
    twice = desk.post(f"{PANEL}/members", {"user": "", "name": "委員 い"})
    nobody = desk.post(f"{PANEL}/members", {"user": "", "name": ""})

    assert (twice.status_code, nobody.status_code) == (422, 422)
    with writing():
        labels = [(row.label, row.user_id) for row in queries.reviewers(the_call())]
        assert labels == [("reviewer@example.jp", reviewer.id), ("委員 い", None)]
        leaving = member(the_call(), "委員 い")
    assert desk.post(f"/reviewers/{leaving.id}/unseat").status_code == 302
    with writing():
        assert [row.label for row in queries.reviewers(the_call())] == ["reviewer@example.jp"]


def test_somebody_without_the_role_does_not_join(writing: Writing) -> None:
    with writing():
        office, _reviewer, _applications = arranged()

        with pytest.raises(Refused, match="役割がありません"):
            panel.seat(the_call(), office, by=OPERATOR)


def test_a_proposal_is_given_to_members_and_taken_away_again(writing: Writing, browser: Browsing) -> None:
    with writing():
        office, reviewer, (first, _second) = arranged()
        seat = panel.seat(the_call(), reviewer, by=OPERATOR)
        other = panel.seat_by_name(the_call(), "委員い", by=OPERATOR)
    desk = browser(office)
    url = f"/applications/{first.id}/reviewers"

    desk.post(url, {"reviewer": [str(seat.id), str(other.id)]})
    with writing():
        both = [(row.reviewer.label, row.status) for row in queries.assignments_of(first)]
    desk.post(url, {"reviewer": [str(other.id)]})

    assert both == [("reviewer@example.jp", AssignmentStatus.OFFERED), ("委員い", AssignmentStatus.OFFERED)]
    with writing():
        assert [row.reviewer.label for row in queries.assignments_of(first)] == ["委員い"]
        assert [load.given for load in committee.loads(the_call())] == [0, 1]
    assert "1／2名" in desk.text(PANEL)
    assert "KW-0001" in desk.text(f"{PANEL}?short=1")


def test_a_page_of_proposals_is_given_to_a_member_and_the_others_are_left_alone(
    writing: Writing, browser: Browsing
) -> None:
    with writing():
        office, reviewer, (first, second, third) = arranged(3)
        seat = panel.seat(the_call(), reviewer, by=OPERATOR)
        panel.assign_reviewers(third, [seat], by=OPERATOR)
    desk = browser(office)

    answer = desk.post(
        f"/reviewers/{seat.id}/applications",
        {"shown": [str(first.id), str(second.id), "x"], "application": [str(second.id), str(third.id)]},
    )

    assert answer.status_code == 302
    with writing():
        held = {row.application.number for row in queries.assignments_to(member(the_call(), seat.label))}
        assert held == {"KW-0002", "KW-0003"}


def test_who_is_in_conflict_is_not_given_the_proposal(writing: Writing, browser: Browsing) -> None:
    with writing():
        office, reviewer, (first, _second) = arranged()
        seat = panel.seat(the_call(), reviewer, by=OPERATOR)
        conflict(first, seat.label)
    desk = browser(office)

    answer = desk.post(f"/applications/{first.id}/reviewers", {"reviewer": [str(seat.id)]})

    assert answer.status_code == 422
    assert "利益相反が記録されているため" in answer.get_data(as_text=True)
    assert "disabled" in desk.text(f"/applications/{first.id}/reviewers")


def test_a_sheet_with_something_on_it_is_not_taken_away(writing: Writing) -> None:
    with writing():
        _office, reviewer, (first, _second) = arranged()
        seat = panel.seat(the_call(), reviewer, by=OPERATOR)
        panel.assign_reviewers(first, [seat], by=OPERATOR)
        sheet = sheet_of(first, seat.label)
        scoring.accept(sheet, by=actor(reviewer))
        db.session.flush()
        scoring.save(sheet, {"body": Answer(comment="読みました")}, str(sheet.version), by=actor(reviewer))

        with pytest.raises(Refused, match="この割当は外せません"):
            panel.assign_reviewers(first, [], by=OPERATOR)


def test_a_struck_sheet_stays_whatever_is_chosen(writing: Writing) -> None:
    with writing():
        _office, reviewer, (first, _second) = arranged()
        seat = panel.seat(the_call(), reviewer, by=OPERATOR)
        panel.assign_reviewers(first, [seat], by=OPERATOR)
        conflict(first, seat.label)

        assert panel.assign_reviewers(first, [], by=OPERATOR) == (0, 0)
        assert sheet_of(first, seat.label).status is AssignmentStatus.RECUSED


def test_a_committee_without_members_is_not_confirmed(writing: Writing, browser: Browsing) -> None:
    with writing():
        office, _reviewer, _applications = arranged()

    answer = browser(office).post(f"{PANEL}/confirm")

    assert answer.status_code == 422
    assert "委員がいません" in answer.get_data(as_text=True)


def test_after_the_confirmation_an_unknown_reviewer_is_a_problem_of_the_file_and_nobody_joins(
    writing: Writing, browser: Browsing
) -> None:
    with writing():
        office, reviewer, _applications = arranged()
        panel.seat_by_name(the_call(), "委員い", by=OPERATOR)
    desk = browser(office)

    confirmed = desk.post(f"{PANEL}/confirm")

    assert confirmed.status_code == 302
    assert desk.post(f"{PANEL}/members", {"user": str(reviewer.id), "name": ""}).status_code == 422
    with writing():
        call = the_call()
        plan = planned(
            call,
            ("KW-0001", "委員い", "body", 3),
            ("KW-0001", "委員ろ", "body", 3),
            ("KW-0001", "reviewer@example.jp", "body", 3),
        )
        assert [(problem.line, problem.column) for problem in plan.problems.errors] == [
            (3, "reviewer"),
            (4, "reviewer"),
        ]
        given(call, {("KW-0001", "委員い"): (3, 4)})


def test_a_plan_made_before_the_confirmation_is_refused_after_it(writing: Writing) -> None:
    with writing():
        arranged()
        panel.seat_by_name(the_call(), "委員い", by=OPERATOR)
        plan = planned(the_call(), ("KW-0001", "委員ろ", "body", 3))
        panel.move("confirm", the_call(), by=OPERATOR)

        with pytest.raises(Refused):
            loading.apply(plan, by=OPERATOR)


def test_criteria_change_only_while_a_committee_is_opened_again_and_scores_stay(
    writing: Writing, browser: Browsing
) -> None:
    heavier = parse(small_definition().replace("weight = 2", "weight = 3"))
    with writing():
        office, _reviewer, _applications = arranged()
        call = the_call()
        given(call, {("KW-0001", "委員い"): (2, 4), ("KW-0001", "委員ろ"): (2, 4)})
        panel.move("confirm", call, by=OPERATOR)
        with pytest.raises(Refused, match="審査項目、重み"):
            calls.revise(call, heavier, reason="重みを改める。", by=OPERATOR)
    desk = browser(office)
    bare = desk.post(f"{PANEL}/reopen", {"reason": " "})
    reopened = desk.post(f"{PANEL}/reopen", {"reason": WHY})

    assert (bare.status_code, reopened.status_code) == (422, 302)
    with writing():
        call = the_call()
        calls.revise(call, heavier, reason="重みを改める。", by=OPERATOR)
        db.session.flush()
        assert sorted(db.session.scalars(select(Score.value))) == [2, 2, 4, 4]
        assert (
            queries.entry_of(db.session.scalars(select(Application).where(Application.number == "KW-0001")).one()).mean
            == 3.5
        )
        panel.move("confirm", call, by=OPERATOR)
        assert call.criteria_in_use
        assert history(panel.committee_of(call))[0].details["reason"] == WHY


def test_nobody_scores_while_the_committee_is_opened_again(writing: Writing) -> None:
    with writing():
        _office, reviewer, (first, _second) = arranged()
        call = the_call()
        seat = panel.seat(call, reviewer, by=OPERATOR)
        panel.assign_reviewers(first, [seat], by=OPERATOR)
        panel.move("confirm", call, by=OPERATOR)
        panel.move("reopen", call, by=OPERATOR, reason=WHY)

        with pytest.raises(Refused, match="構成を見直しているため"):
            scoring.accept(sheet_of(first, seat.label), by=actor(reviewer))


def test_closing_and_resuming(writing: Writing, browser: Browsing) -> None:
    with writing():
        office, _reviewer, (first, _second) = arranged()
        seat = panel.seat_by_name(the_call(), "委員い", by=OPERATOR)
    desk = browser(office)

    early = desk.post(f"{PANEL}/lock")
    desk.post(f"{PANEL}/confirm")
    desk.post(f"{PANEL}/lock")
    given_out = desk.post(f"/applications/{first.id}/reviewers", {"reviewer": [str(seat.id)]})
    desk.post(f"{PANEL}/resume", {"reason": WHY})

    assert (early.status_code, given_out.status_code) == (422, 422)
    with writing():
        assert committee.status(the_call()) is CommitteeStatus.CONFIRMED


def test_scores_loaded_onto_an_offered_sheet_take_it_in(writing: Writing) -> None:
    with writing():
        _office, reviewer, (first, _second) = arranged()
        seat = panel.seat(the_call(), reviewer, by=OPERATOR)
        panel.assign_reviewers(first, [seat], by=OPERATOR)

        given(the_call(), {("KW-0001", "reviewer@example.jp"): (3, 4)})

        assert sheet_of(first, seat.label).status is AssignmentStatus.SCORED


def _scored() -> tuple[User, list[Application]]:
    """Three proposals: one scored by two, one with every kind of a line, one with a struck sheet."""
    office, reviewer, (first, second, third) = arranged(3)
    call = the_call()
    seat = panel.seat(call, reviewer, by=OPERATOR)
    panel.assign_applications(seat, [second], [second], by=OPERATOR)
    sheet = sheet_of(second, seat.label)
    scoring.accept(sheet, by=actor(reviewer))
    db.session.flush()
    scoring.save(
        sheet,
        {"body": Answer(ScoreKind.ABSTAINED, None, "専門外です。\n二行目")},
        str(sheet.version),
        by=actor(reviewer),
    )
    given(
        call,
        {
            ("KW-0001", "委員い"): (2, 4), ("KW-0001", "委員ろ"): (5, 5), ("KW-0002", "委員い"): (1, 2),
            ("KW-0003", "委員い"): (5, 5), ("KW-0003", "委員ろ"): (2, 2), ("KW-0003", "委員は"): (3, 1),
        },
    )  # fmt: skip
    conflict(third, "委員い")
    return office, [first, second, third]


def test_the_file_has_a_row_for_each_line_with_its_comment_and_its_state(writing: Writing, browser: Browsing) -> None:
    with writing():
        office, _applications = _scored()

    answer = browser(office).get("/calls/river-2031/scores.csv")

    rows = list(csv.DictReader(StringIO(answer.get_data().decode("utf-8-sig"))))
    told = {(row["number"], row["reviewer"], row["criterion"]): (row["score"], row["status"]) for row in rows}
    assert len(rows) == 7 * 2
    assert told["KW-0001", "委員い", "aim"] == ("4", "graded")
    assert told["KW-0002", "審査 次郎", "body"] == ("", "abstained")
    assert told["KW-0002", "審査 次郎", "aim"] == ("", "missing")
    assert told["KW-0003", "委員い", "aim"] == ("5", "conflicted")
    assert "専門外です。\n二行目" in {row["comment"] for row in rows}
    assert answer.headers["X-Content-SHA256"] == sha256(answer.get_data()).hexdigest()
    assert answer.headers["X-Row-Count"] == "14"


def test_the_summary_says_what_the_screen_says(writing: Writing, browser: Browsing) -> None:
    with writing():
        office, _applications = _scored()
    desk = browser(office)

    table = list(
        csv.DictReader(StringIO(desk.get("/calls/river-2031/scores-summary.csv").get_data().decode("utf-8-sig")))
    )
    workbook = CalamineWorkbook.from_filelike(BytesIO(desk.get("/calls/river-2031/scores.xlsx").get_data()))

    screen = desk.text("/calls/river-2031/ranking")
    with writing():
        ranking = queries.ranking(the_call())
        shown = [
            (line.entry.number, line.mean, str(line.entry.reviews), str(line.entry.assigned), str(line.entry.conflicts))
            for tier in ranking.tiers
            for line in (lines.line(entry, queries.named(the_call())[entry.number]) for entry in tier.entries)
        ]
    listed = [
        (row["number"], f"{float(row['mean']):.2f}", row["reviews"], row["assigned"], row["conflicts"])
        for row in table[:-1]
    ]
    assert listed == shown
    assert all(mean in screen for _number, mean, *_counts in listed)
    assert (table[-1]["reviews"], table[-1]["assigned"], table[-1]["conflicts"]) == ("5", "7", "1")
    assert workbook.sheet_names[1:] == ["評点の一覧", "応募ごとの集計"]


def test_who_exported_what_is_remembered_with_its_rows_and_hash(writing: Writing, browser: Browsing) -> None:
    with writing():
        office, _applications = _scored()

    answer = browser(office).get("/calls/river-2031/scores.xlsx")

    with writing():
        newest = history(the_call())[0]
        assert newest.action == "calls.export"
        assert newest.details == {
            "file": "river-2031-scores.xlsx",
            "rows": 14,
            "sha256": sha256(answer.get_data()).hexdigest(),
        }


def test_the_office_in_conflict_does_not_export_the_proposal(writing: Writing, browser: Browsing) -> None:
    with writing():
        office, (first, *_others) = _scored()
        given(the_call(), {("KW-0002", "office@example.jp"): (3, 3)})
        conflict(first, "office@example.jp")
    desk = browser(office)

    for file in ("scores.csv", "scores-summary.csv"):
        assert b"KW-0001" not in desk.get(f"/calls/river-2031/{file}").get_data()
    assert "KW-0001" not in desk.text(PANEL)
    assert desk.get(f"/applications/{first.id}/reviewers").status_code == 403


def test_a_reviewer_reads_neither_the_committee_nor_its_files(writing: Writing, browser: Browsing) -> None:
    with writing():
        _scored()
        reviewer = queries.reviewers(the_call())[0].user
    reader = browser(reviewer)

    urls = [
        PANEL,
        "/calls/river-2031/scores.csv",
        "/calls/river-2031/scores.xlsx",
        "/calls/river-2031/scores-summary.csv",
    ]

    assert [reader.get(url).status_code for url in urls] == [403] * 4
