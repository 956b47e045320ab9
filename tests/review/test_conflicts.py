"""A conflict of interest: the sheet is struck and kept, and the proposal is gone for that person at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

import pytest

from grantflow.accounts.models import Role, User
from grantflow.applications.models import Application
from grantflow.audit.queries import history
from grantflow.calls.queries import actor
from grantflow.core.authorization import NotPermitted
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.review import operations, queries
from grantflow.review.models import AssignmentStatus
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, person
from tests.factories.applications import received, row
from tests.factories.calls import published
from tests.factories.review import conflict, given, member, sheet_of

Writing = Callable[[], AbstractContextManager[Any]]
OWN = "/calls/river-2031/sheets"
SHEETS = {
    ("KW-0001", "reviewer@example.jp"): (5, 5),
    ("KW-0001", "委員い"): (3, 3),
    ("KW-0001", "委員う"): (1, 4),
    ("KW-0002", "reviewer@example.jp"): (2, 2),
}


def reviewed() -> tuple[User, Application, Application]:
    """A reviewer with an account, and two proposals of which they scored both."""
    call = published()
    user = person("reviewer@example.jp", Role.REVIEWER, call)
    db.session.flush()
    first, second = received(call, row(1), row(2))
    given(call, SHEETS)
    return user, first, second


def test_a_conflict_strikes_the_sheet_and_keeps_its_scores(writing: Writing) -> None:
    with writing():
        _user, first, _second = reviewed()

        shift = conflict(first, "reviewer@example.jp")

        sheet = sheet_of(first, "reviewer@example.jp")
        assert sheet.status is AssignmentStatus.RECUSED
        assert queries.grades(first.call)[sheet.id] == {"body": 5, "aim": 5}
        assert (shift.before.exact_mean, shift.before.reviews) == (Fraction(11, 3), 3)
        assert (shift.after.exact_mean, shift.after.reviews) == (Fraction(3), 2)
        assert (shift.after.assigned, shift.after.conflicts) == (3, 1)


def test_the_event_tells_the_mean_before_and_after(writing: Writing) -> None:
    with writing():
        _user, first, _second = reviewed()
        conflict(first, "reviewer@example.jp", " 昨年まで役員であったため。 ")

    with writing():
        newest = history(db.session.get_one(Application, first.id))[0]

    assert newest.action == "applications.declare_conflict"
    assert newest.details == {
        "reviewer": "reviewer@example.jp",
        "reason": "昨年まで役員であったため。",
        "before": {"mean": "3.67", "reviews": 3, "assigned": 3, "conflicts": 0},
        "after": {"mean": "3.00", "reviews": 2, "assigned": 3, "conflicts": 1},
    }


def test_lifting_a_conflict_counts_a_complete_sheet_again_and_keeps_the_record(writing: Writing) -> None:
    with writing():
        _user, first, _second = reviewed()
        conflict(first, "reviewer@example.jp")
        (declared,) = queries.conflicts_of(first)

        shift = operations.lift_conflict(declared, "同姓の別人であったため。", by=OPERATOR)

        assert sheet_of(first, "reviewer@example.jp").status is AssignmentStatus.SCORED
        assert shift.after.exact_mean == Fraction(11, 3)
        assert [each.lifted_at is not None for each in queries.conflicts_of(first)] == [True]


def test_lifting_a_conflict_leaves_an_incomplete_sheet_open(writing: Writing) -> None:
    with writing():
        call = published()
        (application,) = received(call)
        given(call, {("KW-0001", "委員あ"): (4,)})
        conflict(application, "委員あ")
        (declared,) = queries.conflicts_of(application)

        operations.lift_conflict(declared, "同姓の別人であったため。", by=OPERATOR)

        assert sheet_of(application, "委員あ").status is AssignmentStatus.ACCEPTED


def test_a_reviewer_who_was_not_given_the_proposal_can_be_in_conflict_and_is_no_part_of_its_denominator(
    writing: Writing,
) -> None:
    with writing():
        _user, _first, second = reviewed()

        shift = conflict(second, "委員い")

        assert (shift.after.assigned, shift.after.conflicts) == (1, 0)


def test_what_cannot_be_declared_or_lifted_says_why(writing: Writing) -> None:
    with writing():
        _user, first, second = reviewed()
        other_call = published(slug='"mountain-2031"', number_prefix='"YM"')
        received(other_call, row(1, number="YM-0001"))
        given(other_call, {("YM-0001", "委員え"): (4, 4)})

        with pytest.raises(Refused, match="理由が空です"):
            conflict(first, "委員い", "  ")
        with pytest.raises(Refused, match="理由が空です"):
            conflict(second, "委員い", "")
        with pytest.raises(Refused, match="別の公募の委員です"):
            operations.declare_conflict(first, member(other_call, "委員え"), "役員であるため。", by=OPERATOR)
        conflict(first, "委員い")
        with pytest.raises(Refused, match="委員い の利益相反は、もう記録されています"):
            conflict(first, "委員い")
        (declared,) = queries.conflicts_of(first)
        with pytest.raises(Refused, match="理由が空です"):
            operations.lift_conflict(declared, "", by=OPERATOR)
        operations.lift_conflict(declared, "別人であったため。", by=OPERATOR)
        with pytest.raises(Refused, match="もう取り消されています"):
            operations.lift_conflict(declared, "別人であったため。", by=OPERATOR)


def test_nobody_lifts_their_own_conflict(writing: Writing) -> None:
    with writing():
        call = published()
        user = person("both@example.jp", Role.SECRETARIAT, call)
        db.session.flush()
        (application,) = received(call)
        given(call, {("KW-0001", "both@example.jp"): (4, 4)})
        conflict(application, "both@example.jp", by=actor(user))
        (declared,) = queries.conflicts_of(application)

        with pytest.raises(NotPermitted):
            operations.lift_conflict(declared, "気が変わったため。", by=actor(user))


def test_the_proposal_is_gone_for_the_reviewer_at_the_next_request(
    writing: Writing, browser: Callable[..., Browser]
) -> None:
    with writing():
        user, first, second = reviewed()
        struck, kept = sheet_of(first, "reviewer@example.jp"), sheet_of(second, "reviewer@example.jp")
    reader = browser(user)
    before = [reader.get(f"/applications/{first.id}").status_code, reader.get(f"/sheets/{struck.id}").status_code]
    listed_before = reader.text(OWN)

    with writing():
        conflict(db.session.get_one(Application, first.id), "reviewer@example.jp")

    assert before == [200, 200]
    assert f"/sheets/{struck.id}" in listed_before
    assert reader.get(f"/applications/{first.id}").status_code == 403
    assert reader.get(f"/sheets/{struck.id}").status_code == 403
    assert f"/sheets/{struck.id}" not in reader.text(OWN)
    assert f"/sheets/{kept.id}" in reader.text(OWN)
    assert f'href="{OWN}"' in reader.text("/desk")
    assert reader.get(f"/applications/{second.id}").status_code == 200


def test_the_proposal_is_gone_from_lists_searches_and_exports_of_somebody_who_also_works_in_the_office(
    writing: Writing, browser: Callable[..., Browser]
) -> None:
    with writing():
        call = published()
        user = person("both@example.jp", Role.SECRETARIAT, call)
        db.session.flush()
        first, _second = received(call, row(1), row(2))
        given(
            call, {("KW-0001", "both@example.jp"): (5, 5), ("KW-0001", "委員い"): (4, 4), ("KW-0002", "委員い"): (2, 2)}
        )
        conflict(first, "both@example.jp")
    reader = browser(user)

    assert reader.get(f"/applications/{first.id}/sheets").status_code == 403
    assert reader.post(f"/applications/{first.id}/conflicts/lift").status_code == 403
    for url in (
        "/calls/river-2031/ranking",
        "/calls/river-2031/ranking.csv",
        "/calls/river-2031/ranking.json",
        "/calls/river-2031/applications",
        "/calls/river-2031/applications?q=KW-0001",
        "/calls/river-2031/applications.csv",
    ):
        answer = reader.get(url)
        assert answer.status_code == 200
        assert str(first.id) not in answer.get_data(as_text=True)
        assert "任意団体ほたる1" not in answer.get_data(as_text=True)
    assert "KW-0002" in reader.text("/calls/river-2031/ranking")
    assert "KW-0001" not in reader.text("/calls/river-2031/ranking")
