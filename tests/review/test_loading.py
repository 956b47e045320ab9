"""Scores from a spreadsheet: what is stored, what is refused with which sentence, and that nothing is half-loaded."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import func, select

from grantflow.accounts.models import Role
from grantflow.applications.workflow import APPLICATION
from grantflow.audit.models import AuditEvent
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor, NotPermitted
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.review import loading, operations, queries
from grantflow.review.models import Assignment, AssignmentStatus, Reviewer, Score
from tests.factories.accounts import OPERATOR, person
from tests.factories.applications import received, row
from tests.factories.calls import published
from tests.factories.review import conflict, given, member, planned, sheet, sheet_of

Writing = Callable[[], AbstractContextManager[Any]]


def errors(call: Call, *lines: Any, **options: Any) -> list[str]:
    """What is wrong with a file of these lines."""
    return [str(problem) for problem in planned(call, *lines, **options).problems.errors]


def count(model: Any) -> int:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_scores_are_stored_on_sheets_that_are_finished_once_complete(writing: Writing) -> None:
    with writing():
        call = published()
        first, second = received(call, row(1), row(2))
        given(call, {("KW-0001", "委員あ"): (5, 4), ("KW-0001", "委員い"): (3,), ("KW-0002", "委員あ"): (2, 1)})

        stored = queries.grades(call)
        sheets = {(each.application_id, label): each for each, label in queries.assignments(call)}

    assert {key: (each.status, stored[each.id]) for key, each in sheets.items()} == {
        (first.id, "委員あ"): (AssignmentStatus.SCORED, {"body": 5, "aim": 4}),
        (first.id, "委員い"): (AssignmentStatus.ACCEPTED, {"body": 3}),
        (second.id, "委員あ"): (AssignmentStatus.SCORED, {"body": 2, "aim": 1}),
    }


def test_a_later_file_completes_a_sheet(writing: Writing) -> None:
    with writing():
        call = published()
        (application,) = received(call)
        given(call, {("KW-0001", "委員あ"): (5,)})

        loading.apply(planned(call, ("KW-0001", "委員あ", "aim", 4)), by=OPERATOR)
        db.session.flush()

        assert sheet_of(application, "委員あ").status is AssignmentStatus.SCORED
        assert queries.grades(call) == {sheet_of(application, "委員あ").id: {"body": 5, "aim": 4}}


def test_a_comment_is_kept_as_written(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)
        header = ("comment", "score", "criterion", "reviewer", "number")

        plan = planned(call, ("連携先が　明らか", 5, "body", "委員あ", "KW-0001"), header=header)
        loading.apply(plan, by=OPERATOR)

        assert db.session.scalars(select(Score.comment)).all() == ["連携先が　明らか"]


def test_there_is_one_event_for_each_sheet_with_its_scores(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)
        given(call, {("KW-0001", "委員あ"): (5, 4), ("KW-0001", "委員い"): (3,)})

    with writing():
        events = db.session.execute(
            select(AuditEvent.action, AuditEvent.details)
            .where(AuditEvent.subject_type == "assignments")
            .order_by(AuditEvent.position)
        ).all()

    assert [action for action, _details in events] == ["assignments.finish", "assignments.load"]
    assert '"scores":{"aim":4,"body":5}' in events[0].details
    assert '"number":"KW-0001"' in events[0].details
    assert '"scores":{"body":3}' in events[1].details


def test_criteria_are_fixed_from_the_first_score_on(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)
        before = call.criteria_in_use

        given(call, {("KW-0001", "委員あ"): (5, 4)})

        assert (before, call.criteria_in_use) == (False, True)


def test_an_address_of_an_account_ties_the_reviewer_to_it(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)
        user = person("reviewer@example.jp", Role.REVIEWER, call)
        db.session.flush()

        plan = given(call, {("KW-0001", "Reviewer@Example.jp"): (5, 4)})

        assert plan.problems.warnings == ()
        assert [(each.label, each.user_id) for each in queries.reviewers(call)] == [("reviewer@example.jp", user.id)]


def test_an_account_without_the_role_is_told_once_and_tied(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)
        user = person("someone@example.jp")
        db.session.flush()

        plan = given(call, {("KW-0001", "someone@example.jp"): (5, 4)})

        assert [str(problem) for problem in plan.problems.warnings] == [
            "scores.csv:2: reviewer: someone@example.jp のアカウントには、この公募の「審査委員」の役割がありません。"
            "本人であることを確かめて、管理者に役割を付けてもらってください。"
        ]
        assert member(call, "someone@example.jp").user_id == user.id


def test_a_label_that_becomes_the_address_of_an_account_is_tied_by_the_next_load(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)
        given(call, {("KW-0001", "later@example.jp"): (5,)})
        user = person("later@example.jp", Role.REVIEWER, call)
        db.session.flush()

        loading.apply(planned(call, ("KW-0001", "later@example.jp", "aim", 4)), by=OPERATOR)
        db.session.flush()

        assert [(each.label, each.user_id) for each in queries.reviewers(call)] == [("later@example.jp", user.id)]


def test_a_label_stays_what_it_is_and_gives_no_sign_in(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)

        given(call, {("KW-0001", "委員　あ"): (5, 4)})

        assert [(each.label, each.user_id) for each in queries.reviewers(call)] == [("委員　あ", None)]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            ("KW-9999", "委員あ", "body", 3),
            "number: 受付番号「KW-9999」の応募はこの公募にありません。番号を確かめて直してください。",
        ),
        (
            ("KW-0001", "委員あ", "soul", 3),
            "criterion: 「soul」という審査項目はこの公募にありません。body、aim のどれかを書いてください。",
        ),
        (
            ("KW-0001", "委員あ", "body", 6),
            "score: 評点6は、この公募の1～5の外です。範囲の中の整数に直してください。",
        ),
        (
            ("KW-0001", "委員あ", "body", 0),
            "score: 評点0は、この公募の1～5の外です。範囲の中の整数に直してください。",
        ),
        (
            ("KW-0001", "委員あ", "body", "４"),
            "score: 「４」は評点として読めません。1～5の整数を、半角の数字で書いてください。",
        ),
        (
            ("KW-0001", "委員あ", "body", "3.5"),
            "score: 「3.5」は評点として読めません。1～5の整数を、半角の数字で書いてください。",
        ),
        (
            ("KW-0001", " 委員あ", "body", 3),
            "reviewer: 審査委員の名前の前後に空白があります。取り除いてください。",
        ),
        (
            ("KW-0001", "あ" * 201, "body", 3),
            "reviewer: 審査委員の名前が200文字を超えています。短くしてください。",
        ),
    ],
)
def test_a_wrong_cell_is_named_with_its_line_and_column(writing: Writing, line: Any, sentence: str) -> None:
    with writing():
        call = published()
        received(call)

        assert errors(call, ("KW-0001", "委員い", "body", 3), line) == [f"scores.csv:3: {sentence}"]


def test_every_bad_row_is_told_not_only_the_first(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)

        found = errors(call, ("KW-1", "委員あ", "soul", 9), ("KW-1", "委員あ", "soul", 9))

    assert [problem.split(": ")[:2] for problem in found] == [
        ["scores.csv:2", "number"],
        ["scores.csv:2", "criterion"],
        ["scores.csv:2", "score"],
        ["scores.csv:3", "number"],
        ["scores.csv:3", "criterion"],
        ["scores.csv:3", "score"],
    ]


def test_a_score_twice_in_the_file_names_the_first_line(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)

        found = errors(
            call,
            ("KW-0001", "委員あ", "body", 3),
            ("KW-0001", "委員あ", "aim", 3),
            ("KW-0001", "委員あ", "body", 3),
        )

    assert found == [
        "scores.csv:4: score: 同じ応募・委員・審査項目の評点が2行目にもあります。正しい方だけを残してください。"
    ]


def test_two_spellings_of_one_account_are_one_reviewer(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)
        person("reviewer@example.jp", Role.REVIEWER, call)
        db.session.flush()

        found = errors(
            call, ("KW-0001", "reviewer@example.jp", "body", 3), ("KW-0001", "REVIEWER@example.jp", "body", 4)
        )

    assert found == [
        "scores.csv:3: score: 同じ応募・委員・審査項目の評点が2行目にもあります。正しい方だけを残してください。"
    ]


def test_a_score_already_stored_is_an_error_even_when_equal(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)
        given(call, {("KW-0001", "委員あ"): (3, 3)})

        found = errors(call, ("KW-0001", "委員あ", "body", 3))

    assert found == [
        "scores.csv:2: score: KW-0001 の body に 委員あ が付けた評点はもうあります。この行を消してください。"
    ]


@pytest.mark.parametrize(("move", "word"), [("find_ineligible", "対象外"), ("withdraw", "取下げ")])
def test_a_proposal_that_is_not_reviewed_takes_no_scores(writing: Writing, move: str, word: str) -> None:
    with writing():
        call = published()
        (application,) = received(call)
        APPLICATION.fire(move, application, by=OPERATOR, reason="要件に合わないため。")

        found = errors(call, ("KW-0001", "委員あ", "body", 3))

    assert found == [
        f"scores.csv:2: number: 受付番号 KW-0001 は審査の対象ではありません（{word}）。この行を消してください。"
    ]


def test_a_decided_proposal_still_takes_scores(writing: Writing) -> None:
    with writing():
        call = published()
        (application,) = received(call)
        APPLICATION.fire("adopt", application, by=OPERATOR)

        assert errors(call, ("KW-0001", "委員あ", "body", 3)) == []


def test_a_reviewer_in_conflict_gives_no_score(writing: Writing) -> None:
    with writing():
        call = published()
        one, other = received(call, row(1), row(2))
        given(call, {("KW-0001", "委員あ"): (3,), ("KW-0002", "委員い"): (3, 3)})
        conflict(one, "委員あ")
        conflict(other, "委員あ")
        db.session.flush()

        found = errors(call, ("KW-0001", "委員あ", "aim", 3), ("KW-0002", "委員あ", "aim", 3))

    sentence = "reviewer: 委員あ には、この応募との利益相反が記録されています。この行を消してください。"
    assert found == [f"scores.csv:2: {sentence}", f"scores.csv:3: {sentence}"]


def test_a_plan_with_errors_is_not_applied(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)
        plan = planned(call, *sheet(call, "KW-0001", "委員あ", 3, 3), ("KW-9999", "委員あ", "body", 3))

        with pytest.raises(Refused, match="ファイルに直すところがあります"):
            loading.apply(plan, by=OPERATOR)

        assert (count(Score), count(Assignment), count(Reviewer)) == (0, 0, 0)


def test_planning_writes_nothing(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)

        plan = planned(call, *sheet(call, "KW-0001", "委員あ", 3, 3))

        assert (plan.score_count, plan.application_count, plan.new_reviewers) == (2, 1, ("委員あ",))
        assert (count(Score), count(Assignment), count(Reviewer)) == (0, 0, 0)


def test_a_plan_made_before_something_changed_is_refused(writing: Writing) -> None:
    with writing():
        call = published()
        received(call, row(1), row(2))
        given(call, {("KW-0001", "委員あ"): (3, 3)})
        plan = planned(call, *sheet(call, "KW-0001", "委員い", 3, 3))
        given(call, {("KW-0002", "委員あ"): (3, 3)})

        with pytest.raises(Refused, match="もう一度読み込んでください"):
            loading.apply(plan, by=OPERATOR)


def test_only_the_office_loads_scores(writing: Writing) -> None:
    with writing():
        call = published()
        received(call)
        plan = planned(call, *sheet(call, "KW-0001", "委員あ", 3, 3))
        reviewer = Actor(None, "審査 次郎", "reviewer", frozenset({("reviewer", call.id)}))

        with pytest.raises(NotPermitted):
            loading.apply(plan, by=reviewer)


def test_a_lifted_conflict_lets_the_reviewer_score_again(writing: Writing) -> None:
    with writing():
        call = published()
        (application,) = received(call)
        given(call, {("KW-0001", "委員あ"): (3,)})
        conflict(application, "委員あ")
        (declared,) = queries.conflicts_of(application)
        operations.lift_conflict(declared, "別の団体と取り違えていたため。", by=OPERATOR)
        db.session.flush()

        loading.apply(planned(call, ("KW-0001", "委員あ", "aim", 4)), by=OPERATOR)
        db.session.flush()

        assert sheet_of(application, "委員あ").status is AssignmentStatus.SCORED
