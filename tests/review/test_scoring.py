"""A reviewer's own work: the question of conflict, the four kinds of a line, gaps, two windows, a late conflict."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import select

from grantflow.accounts.models import Role, User
from grantflow.applications.models import Application
from grantflow.audit import trail
from grantflow.audit.queries import history
from grantflow.calls.models import Call, CallRole
from grantflow.calls.queries import actor
from grantflow.core.authorization import NotPermitted
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.review import panel, queries, reading, scoring
from grantflow.review.models import Assignment, AssignmentStatus, Conflict, ConflictKind, Score, ScoreKind
from grantflow.review.scoring import Answer, Saved, SavedMeanwhile
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, person
from tests.factories.applications import received, row
from tests.factories.calls import published
from tests.factories.review import given, member, sheet_of

Writing = Callable[[], AbstractContextManager[Any]]
Browsing = Callable[..., Browser]

JSON = {"Accept": "application/json"}


def offered(count: int = 2, *more: str, **changes: str) -> tuple[User, list[Application]]:
    """A reviewer with an account who was given so many proposals and answered nothing yet."""
    call = published(*more, **changes)
    user = person("reviewer@example.jp", Role.REVIEWER, call, name="審査 次郎")
    db.session.flush()
    applications = received(call, *(row(place) for place in range(1, count + 1)))
    seat = panel.seat(call, user, by=OPERATOR)
    panel.assign_applications(seat, applications, applications, by=OPERATOR)
    return user, applications


def own(application: Application) -> Assignment:
    """The sheet of the reviewer with the account."""
    return sheet_of(application, "reviewer@example.jp")


def opened(count: int = 2, *more: str, **changes: str) -> tuple[User, list[Assignment]]:
    """The same, every question of conflict answered with no."""
    user, applications = offered(count, *more, **changes)
    sheets = [own(application) for application in applications]
    for sheet in sheets:
        scoring.accept(sheet, by=actor(user))
    db.session.flush()
    return user, sheets


def changed_by_hand(application: Application) -> None:
    """An event for the change that a test makes by hand."""
    trail.record("applications.write", application, by=OPERATOR)


def graded(body: int, aim: int) -> dict[str, Answer]:
    """A grade for each criterion of the small call."""
    return {"body": Answer(ScoreKind.GRADED, body), "aim": Answer(ScoreKind.GRADED, aim)}


def typed(sheet: Assignment, **lines: str) -> dict[str, str]:
    """What the form of the page sends: `body="4"`, `body_comment="…"`."""
    sent = {"version": str(sheet.version)}
    for name, value in lines.items():
        key, _sep, part = name.partition("_")
        sent[f"{'comment' if part else 'value'}-{key}"] = value
    return sent


def test_before_the_answer_only_the_title_and_the_group_are_shown(writing: Writing, browser: Browsing) -> None:
    with writing():
        user, (first, _second) = offered(2)
        first.summary = "灯りを手渡す計画の中身"
        sheet = own(first)
        changed_by_hand(first)
    reader = browser(user)

    page = reader.text(f"/sheets/{sheet.id}")

    assert "任意団体ほたる1" in page
    assert "川辺を歩く1" in page
    assert "灯りを手渡す計画の中身" not in page
    assert reader.get(f"/applications/{first.id}").status_code == 403
    assert reader.post(f"/sheets/{sheet.id}/scores", typed(sheet, body="4")).status_code == 403


def test_a_no_opens_the_proposal_and_a_second_answer_is_refused(writing: Writing, browser: Browsing) -> None:
    with writing():
        user, (first, _second) = offered(2)
        sheet = own(first)
    reader = browser(user)

    done = reader.post(f"/sheets/{sheet.id}/answer", {"answer": "no"})
    again = reader.post(f"/sheets/{sheet.id}/answer", {"answer": "no"})

    assert (done.status_code, done.location) == (302, f"/sheets/{sheet.id}")
    assert again.status_code == 422
    assert reader.get(f"/applications/{first.id}").status_code == 200
    assert "担い手がいるか" in reader.text(f"/sheets/{sheet.id}")


def test_an_answer_without_a_choice_or_a_yes_without_its_words_comes_back(writing: Writing, browser: Browsing) -> None:
    with writing():
        user, (first, _second) = offered(2)
        sheet = own(first)
    reader = browser(user)

    nothing = reader.post(f"/sheets/{sheet.id}/answer", {})
    bare = reader.post(f"/sheets/{sheet.id}/answer", {"answer": "yes", "kind": "", "words": "知り合い"})

    assert (nothing.status_code, bare.status_code) == (422, 422)
    assert "利益相反があるかないかを選んでください。" in nothing.get_data(as_text=True)
    assert "どのような関係かを選んでください。" in bare.get_data(as_text=True)
    assert "知り合い" in bare.get_data(as_text=True)


def test_a_yes_closes_the_proposal_and_keeps_the_kind_and_the_words(writing: Writing, browser: Browsing) -> None:
    with writing():
        user, (first, _second) = offered(2)
        sheet = own(first)
    reader = browser(user)

    done = reader.post(
        f"/sheets/{sheet.id}/answer", {"answer": "yes", "kind": "member", "words": "2029年まで理事でした。"}
    )

    assert (done.status_code, done.location) == (302, "/calls/river-2031/sheets")
    assert reader.get(f"/sheets/{sheet.id}").status_code == 403
    assert "KW-0001" not in reader.text("/calls/river-2031/sheets")
    with writing():
        declared = db.session.scalars(select(Conflict)).one()
        assert (declared.kind, declared.reason) == (ConflictKind.MEMBER, "2029年まで理事でした。")
        assert db.session.get_one(Assignment, sheet.id).status is AssignmentStatus.RECUSED


def test_a_late_conflict_is_refused_everything_at_the_next_request_and_is_no_part_of_the_mean(
    writing: Writing, browser: Browsing
) -> None:
    with writing():
        user, (sheet, _other) = opened(2)
        scoring.save(sheet, graded(5, 5), str(sheet.version), by=actor(user))
        scoring.file(sheet, by=actor(user))
        given(sheet.application.call, {("KW-0001", "委員い"): (3, 3)})
    reader = browser(user)
    before = reader.get(f"/sheets/{sheet.id}").status_code

    reader.post(f"/sheets/{sheet.id}/answer", {"answer": "yes", "kind": "rival", "words": "競合に助言しました。"})

    assert before == 200
    assert reader.get(f"/sheets/{sheet.id}").status_code == 403
    assert reader.get(f"/applications/{sheet.application_id}").status_code == 403
    assert reader.post(f"/sheets/{sheet.id}/scores", typed(sheet, body="1")).status_code == 403
    assert reader.post(f"/sheets/{sheet.id}/reopen").status_code == 403
    with writing():
        entry = queries.entry_of(db.session.get_one(Application, sheet.application_id))
        assert (entry.mean, entry.reviews, entry.assigned, entry.conflicts) == (3.0, 1, 2, 1)
        assert db.session.scalars(select(Score.value).where(Score.assignment_id == sheet.id)).all() == [5, 5]


def test_whose_role_was_taken_away_is_refused_at_the_next_request(writing: Writing, browser: Browsing) -> None:
    with writing():
        user, (sheet, _other) = opened(2)
    reader = browser(user)
    before = reader.get(f"/sheets/{sheet.id}").status_code
    with writing():
        db.session.delete(db.session.scalars(select(CallRole).where(CallRole.user_id == user.id)).one())
        changed_by_hand(db.session.get_one(Application, sheet.application_id))

    assert before == 200
    assert reader.get(f"/sheets/{sheet.id}").status_code == 403
    assert reader.get("/calls/river-2031/sheets").status_code == 403
    assert reader.post(f"/sheets/{sheet.id}/scores", typed(sheet, body="4")).status_code == 403
    assert reader.get(f"/applications/{sheet.application_id}").status_code == 403


def test_a_line_is_saved_as_it_is_answered_and_says_when(writing: Writing, browser: Browsing) -> None:
    with writing():
        user, (sheet, _other) = opened(2)
    reader = browser(user)

    answer = reader.post(f"/sheets/{sheet.id}/scores", typed(sheet, body="4", body_comment="よい\x00"), headers=JSON)

    said = json.loads(answer.get_data())
    assert (answer.status_code, said["version"], said["answered"]) == (200, sheet.version + 1, "2項目中1項目")
    assert said["told"].endswith("に保存しました。")
    with writing():
        stored = scoring.answers(db.session.get_one(Assignment, sheet.id))
        assert stored == {"body": Answer(ScoreKind.GRADED, 4, "よい"), "aim": Answer()}


def test_a_line_that_says_what_is_stored_changes_nothing_and_leaves_no_event(writing: Writing) -> None:
    with writing():
        user, (sheet, _other) = opened(2)
        scoring.save(sheet, graded(4, 4), str(sheet.version), by=actor(user))
        db.session.flush()
        events = len(history(sheet))

        saved = scoring.save(sheet, graded(4, 4), "1", by=actor(user))

        assert saved == Saved(changed=False, answered=2)
        assert len(history(sheet)) == events


def test_the_event_of_a_change_tells_both_grades(writing: Writing) -> None:
    with writing():
        user, (sheet, _other) = opened(2)
        scoring.save(sheet, {"body": Answer(ScoreKind.GRADED, 4)}, str(sheet.version), by=actor(user))
        scoring.save(sheet, {"body": Answer(ScoreKind.ABSTAINED, None, "専門外")}, str(sheet.version), by=actor(user))

    with writing():
        newest = history(db.session.get_one(Assignment, sheet.id))[0]
        assert newest.details == {
            "before": {"body": {"score": 4}},
            "after": {"body": {"score": "abstained", "comment": "専門外"}},
        }


@pytest.mark.parametrize("wrong", ["0", "6", "4.5", "四", "conflicted", "missing", "graded"])
def test_a_grade_off_the_scale_comes_back_and_the_other_lines_are_kept(
    writing: Writing, browser: Browsing, wrong: str
) -> None:
    with writing():
        user, (sheet, _other) = opened(2)

    answer = browser(user).post(
        f"/sheets/{sheet.id}/scores", typed(sheet, body=wrong, body_comment="書いた講評", aim="3")
    )

    assert answer.status_code == 422
    assert "1～5の外です" in answer.get_data(as_text=True)
    assert "書いた講評" in answer.get_data(as_text=True)
    with writing():
        assert scoring.answers(db.session.get_one(Assignment, sheet.id))["aim"].value == 3


def test_the_second_of_two_windows_gets_both_versions_and_loses_nothing(writing: Writing, browser: Browsing) -> None:
    with writing():
        user, (sheet, _other) = opened(2)
    first, second = browser(user), browser(user)
    seen = typed(sheet, body="2", body_comment="二つ目の窓", aim="5")
    first.post(f"/sheets/{sheet.id}/scores", typed(sheet, body="4", body_comment="一つ目の窓"))

    alone = second.post(f"/sheets/{sheet.id}/scores", seen, headers=JSON)
    page = second.post(f"/sheets/{sheet.id}/scores", seen)

    text = page.get_data(as_text=True)
    assert (alone.status_code, page.status_code) == (409, 409)
    assert "一つ目の窓" in text
    assert "二つ目の窓" in text
    assert f'name="version" value="{sheet.version + 1}"' in text
    with writing():
        stored = scoring.answers(db.session.get_one(Assignment, sheet.id))
        assert stored == {"body": Answer(ScoreKind.GRADED, 4, "一つ目の窓"), "aim": Answer()}
    again = second.post(f"/sheets/{sheet.id}/scores", seen | {"version": str(sheet.version + 1)})
    assert again.status_code == 302


def test_a_save_on_an_older_version_is_told_apart_in_the_rules(writing: Writing) -> None:
    with writing():
        user, (sheet, _other) = opened(2)
        seen = str(sheet.version)
        scoring.save(sheet, graded(4, 4), seen, by=actor(user))

        with pytest.raises(SavedMeanwhile):
            scoring.save(sheet, graded(1, 1), seen, by=actor(user))


def test_a_sheet_with_a_gap_is_not_filed_and_the_gaps_are_listed(writing: Writing, browser: Browsing) -> None:
    with writing():
        user, (sheet, _other) = opened(2)
    reader = browser(user)

    answer = reader.post(
        f"/sheets/{sheet.id}/scores", typed(sheet, body="4", aim="", aim_comment="迷う") | {"goal": "file"}
    )

    assert answer.status_code == 422
    assert "未採点の項目が1個あります" in answer.get_data(as_text=True)
    with writing():
        stored = db.session.get_one(Assignment, sheet.id)
        assert stored.status is AssignmentStatus.ACCEPTED
        assert scoring.answers(stored)["aim"] == Answer(ScoreKind.MISSING, None, "迷う")
        with pytest.raises(Refused):
            scoring.file(stored, by=actor(user))


def test_a_whole_sheet_is_filed_opened_again_and_filed_again(writing: Writing, browser: Browsing) -> None:
    with writing():
        user, (sheet, _other) = opened(2)
    reader = browser(user)

    filed = reader.post(f"/sheets/{sheet.id}/scores", typed(sheet, body="4", aim="not_applicable") | {"goal": "file"})

    assert filed.status_code == 302
    assert "この採点表は提出済みです" in reader.text(f"/sheets/{sheet.id}")
    closed = reader.post(f"/sheets/{sheet.id}/scores", typed(sheet, body="1"))
    assert closed.status_code == 422
    assert reader.post(f"/sheets/{sheet.id}/reopen").status_code == 302
    with writing():
        assert db.session.get_one(Assignment, sheet.id).status is AssignmentStatus.ACCEPTED


def test_next_leads_to_the_next_sheet_without_a_score_and_past_the_last_to_the_first(
    writing: Writing, browser: Browsing
) -> None:
    with writing():
        user, (first, second, third) = opened(3)
        scoring.save(second, graded(3, 3), str(second.version), by=actor(user))
        scoring.file(second, by=actor(user))
    reader = browser(user)

    onwards = reader.post(f"/sheets/{first.id}/scores", typed(first, body="4") | {"goal": "next"})
    around = reader.post(f"/sheets/{third.id}/scores", typed(third, body="4") | {"goal": "next"})

    assert onwards.location == f"/sheets/{third.id}"
    assert around.location == f"/sheets/{first.id}"
    assert "3件中1件" in reader.text(f"/sheets/{first.id}")


def test_the_four_kinds_of_a_line_and_none_of_them_is_0(writing: Writing) -> None:
    with writing():
        user, (sheet, _other) = opened(2)
        call, application = sheet.application.call, sheet.application
        given(call, {("KW-0001", "委員い"): (3, 3)})
        mean = queries.entry_of(application)

        scoring.save(sheet, graded(5, 5) | {"aim": Answer(ScoreKind.ABSTAINED)}, str(sheet.version), by=actor(user))
        scoring.file(sheet, by=actor(user))
        db.session.flush()
        abstained = queries.entry_of(application)
        scoring.reopen(sheet, by=actor(user))
        db.session.flush()
        scoring.save(sheet, {"aim": Answer(ScoreKind.NOT_APPLICABLE)}, str(sheet.version), by=actor(user))
        scoring.file(sheet, by=actor(user))
        db.session.flush()
        partly = queries.entry_of(application)

    # The small call weighs `aim` twice: a sheet with `body` alone has the mean of `body`.
    assert (mean.exact_mean, mean.reviews) == (3, 1)
    assert (abstained.exact_mean, abstained.reviews, abstained.assigned) == (3, 1, 2)
    assert (partly.exact_mean, partly.reviews) == (4, 2)


def test_a_sheet_on_which_nothing_applies_is_filed_and_not_counted(writing: Writing) -> None:
    with writing():
        user, (sheet, _other) = opened(2)
        nothing = {key: Answer(ScoreKind.NOT_APPLICABLE) for key in ("body", "aim")}
        scoring.save(sheet, nothing, str(sheet.version), by=actor(user))
        scoring.file(sheet, by=actor(user))
        db.session.flush()

        entry = queries.entry_of(sheet.application)

        assert (entry.exact_mean, entry.reviews, entry.assigned) == (None, 0, 1)


@pytest.mark.parametrize(
    ("visibility", "own_filed", "locked", "seen"),
    [
        ("own", True, True, False),
        ("after_own", False, False, False),
        ("after_own", True, False, True),
        ("all_after_close", True, False, False),
        ("all_after_close", True, True, True),
    ],
)
def test_what_the_others_gave_is_seen_as_the_call_says(
    writing: Writing, browser: Browsing, visibility: str, own_filed: bool, locked: bool, seen: bool
) -> None:
    with writing():
        user, (sheet, _other) = opened(2, scale_max=f'5\nvisibility = "{visibility}"')
        call = sheet.application.call
        given(call, {("KW-0001", "委員い"): (3, 3)})
        scoring.save(sheet, graded(5, 5), str(sheet.version), by=actor(user))
        if own_filed:
            scoring.file(sheet, by=actor(user))
        if locked:
            panel.move("confirm", call, by=OPERATOR)
            panel.move("lock", call, by=OPERATOR)

    text = browser(user).text(f"/sheets/{sheet.id}")

    assert ("委員い" in text) == seen


def test_once_scoring_is_closed_nothing_is_saved_filed_or_opened_again(writing: Writing, browser: Browsing) -> None:
    with writing():
        user, (sheet, other) = opened(2)
        call = sheet.application.call
        scoring.save(sheet, graded(5, 5), str(sheet.version), by=actor(user))
        scoring.file(sheet, by=actor(user))
        panel.move("confirm", call, by=OPERATOR)
        panel.move("lock", call, by=OPERATOR)
    reader = browser(user)

    saved = reader.post(f"/sheets/{other.id}/scores", typed(other, body="4"))
    taken_back = reader.post(f"/sheets/{sheet.id}/reopen")

    assert (saved.status_code, taken_back.status_code) == (422, 409)
    assert "採点は締め切られました" in saved.get_data(as_text=True)
    assert "採点は締め切られました" in reader.text("/calls/river-2031/sheets")


def test_nobody_saves_or_answers_on_the_sheet_of_another(writing: Writing) -> None:
    with writing():
        user, (first, second) = offered(2)
        sheet = own(first)
        scoring.accept(sheet, by=actor(user))
        stranger = person("other@example.jp", Role.REVIEWER, sheet.application.call)
        db.session.flush()

        with pytest.raises(NotPermitted):
            scoring.save(sheet, graded(5, 5), str(sheet.version), by=actor(stranger))
        with pytest.raises(NotPermitted):
            scoring.accept(own(second), by=actor(stranger))


def test_the_desk_says_what_waits_and_how_far_it_is(writing: Writing, browser: Browsing) -> None:
    with writing():
        user, applications = offered(
            3, closes_at="2031-04-30T17:00:00+09:00\nscores_due_at = 2031-06-01T17:00:00+09:00"
        )
        scoring.accept(own(applications[0]), by=actor(user))

    text = browser(user).text("/desk")

    assert "応募ごとに利益相反の有無を答える（2件）" in text
    assert "応募を採点する（3件中0件を提出）" in text
    assert "令和13年6月1日" in text


def test_the_heap_is_read_in_as_many_statements_for_many_sheets_as_for_one(writing: Writing) -> None:
    with writing():
        user, _sheets = opened(3)
        call = db.session.scalars(select(Call)).one()

        heap = reading.heap(call, actor(user))

        assert [sheet.number for sheet in heap.sheets] == ["KW-0001", "KW-0002", "KW-0003"]
        assert member(call, "reviewer@example.jp").user_id == user.id
