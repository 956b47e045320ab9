"""The deadline moved for all and for one: what holds, who is told, who must confirm, and every boundary again."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from sqlalchemy import select

from grantflow.accounts.models import Organization, Role, User
from grantflow.applications import deadlines, extending
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.applications.workflow import APPLICATION
from grantflow.audit import trail
from grantflow.calls import queries as calls
from grantflow.calls.models import Call, Extension
from grantflow.core.authorization import NotPermitted
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from tests.applications import test_web_proposal as web
from tests.applications.test_deadline import MICROSECOND, WINDOWS, zone
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, organization, person

Browsers = Callable[[User | None], Browser]
CLOSES = dt.datetime.fromisoformat(web.CLOSES)
MOVED = dt.datetime.fromisoformat("2031-05-01T12:00:00+09:00")
TYPED = "令和13年5月1日 12:00"
PUBLIC = "/calls/river-2031"

arranged = web.arranged
assert zone


@pytest.fixture
def now() -> Iterator[None]:
    """The small call is open."""
    with time_machine.travel(web.OPEN, tick=False):
        yield


@pytest.fixture
def second(arranged, writing) -> User:
    """Another person of the secretariat."""
    with writing() as session:
        return person("second@example.jp", Role.SECRETARIAT, session.scalars(select(Call)).one(), name="二人目")


def the_call() -> Call:
    """The one call there is, in the transaction at hand."""
    return db.session.scalars(select(Call)).one()


def extended(browser: Browsers, officer: User, **typed: str):
    """The answer to moving the deadline for all."""
    return browser(officer).post(f"{PUBLIC}/deadline/all", {"closes_at": TYPED, "reason": "障害のため。"} | typed)


def proposed(browser: Browsers, officer: User, **typed: str):
    """The answer to asking for a later deadline of the group."""
    with db.transaction(write=False):
        group = db.session.scalars(select(Organization).order_by(Organization.name)).first()
        words = {"organization": str(group.id), "closes_at": TYPED, "reason": "停電のため。"}
    return browser(officer).post(f"{PUBLIC}/deadline/one?q=ほたる", words | typed)


def confirmed(browser: Browsers, officer: User, act: str = "confirm"):
    """The answer to confirming the one extension there is."""
    with db.transaction(write=False):
        row = db.session.scalars(select(Extension)).one()
    return browser(officer).post(f"/extensions/{row.id}/{act}")


@pytest.mark.parametrize("whose", ["all", "one"])
def test_sixteen_boundaries_of_a_moved_deadline_agree_in_every_zone(
    writing, arranged, second: User, zone: str, whose: str
) -> None:
    """Both ends of every window count, also where the end was moved by a day and a microsecond."""
    moved = dt.timedelta(days=1, microseconds=1)
    with writing() as session:
        call = the_call()
        group = session.scalars(select(Organization)).one()
        row = Application(
            call=call, tier=call.tiers[0], organization=group, organization_name=group.name, definition_version=1
        )
        session.add(row)
        trail.record("applications.start", row, by=OPERATOR)
    found, expected = {}, {}
    for window, (opens, closes) in WINDOWS.items():
        opens_at, closes_at = map(dt.datetime.fromisoformat, (opens, closes))
        with time_machine.travel(opens_at, tick=False), writing() as session:
            call, row = the_call(), session.scalars(select(Application)).one()
            call.opens_at, call.closes_at, call.extended_until, row.extended_until = opens_at, closes_at, None, None
            for old in session.scalars(select(Extension)):
                session.delete(old)
            session.flush()
            if whose == "all":
                extending.extend_for_all(call, closes_at + moved, "障害のため。", by=OPERATOR)
            else:
                asked = extending.propose_for_one(
                    call, row.organization, closes_at + moved, "停電のため。", by=OPERATOR
                )
                session.flush()
                extending.confirm(asked, by=calls.actor(second))
        with db.transaction(write=False) as session:
            stored = session.scalars(select(Application)).one()
            for edge, at, is_open in (
                ("opens", opens_at - MICROSECOND, False),
                ("opens", opens_at, True),
                ("closes", closes_at + moved, True),
                ("closes", closes_at + moved + MICROSECOND, False),
            ):
                found[window, edge, at] = stored.is_open(at.astimezone(dt.UTC))
                expected[window, edge, at] = is_open
            assert stored.call.closes_at == closes_at
            assert stored.call.is_open(closes_at + moved) is (whose == "all")

    assert len(found) == 16
    assert found == expected


def test_the_new_deadline_is_shown_with_the_old_one_and_the_reason(arranged, browser: Browsers, now: None) -> None:
    answer = extended(browser, arranged[1])
    page = browser(None).text(PUBLIC)
    text = browser(None).text(f"{PUBLIC}/definition.toml")

    assert answer.location == f"{PUBLIC}/deadline"
    assert "締切を令和13年5月1日（木）12:00まで延ばしました" in page
    assert "障害のため。" in page
    assert "もとの締切：" in page
    assert "令和13年4月30日（水）17:00" in page
    assert "closes_at = 2031-04-30T17:00:00+09:00" in text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"closes_at": "令和13年4月30日 17:00"}, "締切を早めたり、同じ時刻にしたりはできません。"),
        ({"closes_at": "令和13年4月29日 17:00"}, "締切を早めたり、同じ時刻にしたりはできません。"),
        ({"closes_at": "令和13年4月1日 17:00"}, "もう過ぎています。"),
        ({"closes_at": "来週"}, "日付の後に時刻がありません。"),
        ({"closes_at": ""}, "新しい締切を入力してください。"),
        ({"reason": " "}, "延ばす理由を入力してください。"),
    ],
)
def test_what_is_no_extension_is_refused_in_a_sentence(
    arranged, browser: Browsers, now: None, typed: dict[str, str], sentence: str
) -> None:
    answers = [extended(browser, arranged[1], **typed), proposed(browser, arranged[1], **typed)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all(sentence in answer.text for answer in answers)
    with db.transaction(write=False):
        assert db.session.scalars(select(Extension)).all() == []


def test_drafts_can_be_written_again_after_an_extension(arranged, browser: Browsers, now: None) -> None:
    draft = web.begun(browser(arranged[0]))
    with time_machine.travel(CLOSES + dt.timedelta(hours=1), tick=False):
        refused = web.saved(browser(arranged[0]), draft, "plan")
        extended(browser, arranged[1])
        window = browser(arranged[0])
        web.written(window, draft)
        page = window.text(f"/applications/{draft.id}/edit")
    with time_machine.travel(MOVED, tick=False):
        browser(arranged[0]).post(f"/applications/{draft.id}/confirm")

    assert refused.status_code == 422
    assert "締切を令和13年5月1日（木）12:00まで延ばしました" in page
    assert web.only().status is ApplicationStatus.SUBMITTED


def test_nothing_is_screened_before_the_moved_deadline(arranged, browser: Browsers, now: None, writing) -> None:
    window = browser(arranged[0])
    draft = web.begun(window)
    web.written(window, draft)
    window.post(f"/applications/{draft.id}/confirm")
    extended(browser, arranged[1])
    with time_machine.travel(MOVED, tick=False), db.transaction(write=False):
        row = db.session.get_one(Application, draft.id)
        obstacles = APPLICATION.obstacles("find_eligible", row)
    with time_machine.travel(MOVED + MICROSECOND, tick=False), db.transaction(write=False):
        row = db.session.get_one(Application, draft.id)
        later = APPLICATION.obstacles("find_eligible", row)

    assert len(obstacles) == 1
    assert "令和13年5月1日（木）12:00" in obstacles[0]
    assert later == []


def test_one_group_waits_for_the_second_person(arranged, browser: Browsers, now: None, second: User) -> None:
    draft = web.begun(browser(arranged[0]))
    asked = proposed(browser, arranged[1])
    alone = confirmed(browser, arranged[1])
    before = web.only().extended_until
    desk = browser(second).text("/desk")
    done = confirmed(browser, second)
    again = confirmed(browser, second)
    public, mine = browser(None).text(PUBLIC), browser(arranged[0]).text(f"/applications/{draft.id}/edit")

    assert asked.location == f"{PUBLIC}/deadline"
    assert alone.status_code == 422
    assert "自分では確かめられません。" in alone.text
    assert before is None
    assert "締切の延長を確かめる" in desk
    assert done.status_code == 302
    assert again.status_code == 422
    assert web.only().extended_until == MOVED
    assert "延ばしました" not in public
    assert "12:00" not in public
    assert "この団体の締切を令和13年5月1日（木）12:00まで延ばしました" in mine
    assert "停電のため。" in mine


def test_a_second_request_for_a_group_waits_its_turn(arranged, browser: Browsers, now: None) -> None:
    proposed(browser, arranged[1])
    again = proposed(browser, arranged[1], closes_at="令和13年5月2日 12:00")
    dropped = confirmed(browser, arranged[1], "drop")
    anew = proposed(browser, arranged[1], closes_at="令和13年5月2日 12:00")

    assert again.status_code == 422
    assert dropped.status_code == 302
    assert anew.status_code == 302


def test_a_group_with_more_time_may_begin_late_and_no_other(
    arranged, browser: Browsers, now: None, second: User, writing
) -> None:
    with writing():
        other = person("other@example.jp", name="別の人")
        organization("灯りの会", other)
    proposed(browser, arranged[1])
    confirmed(browser, second)
    with time_machine.travel(MOVED, tick=False):
        theirs = browser(other).text(f"{PUBLIC}/apply")
        draft = web.begun(browser(arranged[0]))
        web.written(browser(arranged[0]), draft)
        answer = browser(arranged[0]).post(f"/applications/{draft.id}/confirm")
    with time_machine.travel(MOVED + MICROSECOND, tick=False):
        late = browser(arranged[0]).post(f"/applications/{draft.id}/edit-tier", {"tier": "near"})

    assert "いまは応募できません" in theirs
    assert answer.status_code == 302
    assert late.status_code == 422
    assert web.only().status is ApplicationStatus.SUBMITTED


def test_rows_and_columns_say_the_same(arranged, browser: Browsers, now: None, second: User) -> None:
    web.begun(browser(arranged[0]))
    extended(browser, arranged[1])
    with db.transaction(write=True):
        call = the_call()
        group = db.session.scalars(select(Organization)).one()
        asked = extending.propose_for_one(
            call, group, MOVED + dt.timedelta(hours=1), "停電のため。", by=calls.actor(arranged[1])
        )
        db.session.flush()
        extending.confirm(asked, by=calls.actor(second))
    with db.transaction(write=False):
        row = db.session.scalars(select(Application)).one()
        rows = deadlines.told(row)

        assert [each.closes_at for each in rows] == [row.call.extended_until, row.extended_until]
        assert [each.closed_at for each in rows] == [CLOSES, MOVED]
        assert deadlines.closes_at(row) == MOVED + dt.timedelta(hours=1)
        assert deadlines.closes_at_of_call(row.call) == MOVED


def test_an_applicant_moves_no_deadline(arranged, now: None, writing) -> None:
    with writing(), pytest.raises(NotPermitted):
        extending.extend_for_all(the_call(), MOVED, "障害のため。", by=calls.actor(arranged[0]))


def test_the_operator_confirms_nothing(arranged, now: None, writing) -> None:
    with writing() as session:
        group = session.scalars(select(Organization)).one()
        asked = extending.propose_for_one(the_call(), group, MOVED, "停電のため。", by=calls.actor(arranged[1]))
        session.flush()
        with pytest.raises(Refused):
            extending.confirm(asked, by=OPERATOR)
