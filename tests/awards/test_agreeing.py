"""The sponsor's letter, recorded by one and confirmed by another; two persons; publication at a set time."""

import datetime as dt
import threading
from io import BytesIO

import pytest
import time_machine

from grantflow import worker
from grantflow.accounts.models import Role
from grantflow.audit import queries as audit
from grantflow.awards import agreeing, operations, queries
from grantflow.awards.models import ListStatus
from grantflow.calls.queries import actor as actor_of
from grantflow.calls.queries import call as call_by_slug
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from tests.factories import awards
from tests.factories.accounts import OPERATOR, person
from tests.factories.applications import received, row
from tests.factories.calls import published

SLUG = "river-2031"
TWO = "[decision]\ntwo_persons = true"
NOW = "2031-06-20T10:00:00+09:00"
AT = dt.datetime.fromisoformat("2031-06-23T14:00:00+09:00")
ALONE = "一覧を確定した人は、合意の記録と公表を行えません。2人で確かめる決まりです。別の人が行ってください。"
PDF = b"%PDF-1.7 letter"


@pytest.fixture(autouse=True)
def now():
    """The day on which everything happens."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def people(writing):
    """Two officers and the sponsor of a call that asks for two persons, its list frozen by the first."""
    with writing():
        call = published(TWO)
        found = {
            "first": person("first@example.jp", Role.SECRETARIAT, call),
            "second": person("second@example.jp", Role.SECRETARIAT, call),
            "sponsor": person("sponsor@example.jp", Role.SPONSOR, call),
        }
        received(call, row(1), row(2))
        db.session.flush()
        awards.decided(call, "number,decision\nKW-0001,adopted\nKW-0002,not_adopted\n")
    with writing():
        operations.freeze(newest(), by=actor_of(found["first"]))
    return found


def newest():
    return awards.newest(call_by_slug(SLUG))


def status():
    with db.transaction(write=False):
        return newest().status


def letter(**changes):
    """What the form of the letter sends."""
    scan = (BytesIO(PDF), "letter.pdf")
    return {"reference": "架空第7号", "on": "令和13年6月19日", "official": "架空 花子", "scan": scan} | changes


def address(path=""):
    with db.transaction(write=False):
        return f"/lists/{newest().id}{path}"


def agreed(people, writing):
    """The list, agreed to by the sponsor."""
    with writing():
        operations.agree(newest(), "架空第7号", dt.date(2031, 6, 19), "架空 花子", by=actor_of(people["sponsor"]))


def test_a_recorded_letter_counts_only_once_another_confirmed_it(people, browser, reading):
    first, second = browser(people["first"]), browser(people["second"])

    recorded = first.post(address("/agree"), letter())
    between = status()
    again = first.post(address("/letter/confirm"))
    page = second.text(f"/calls/{SLUG}/list")
    scan = second.get(address("/letter"))
    confirmed = second.post(address("/letter/confirm"))

    assert (recorded.status_code, between, again.status_code) == (302, ListStatus.FROZEN, 422)
    assert "記録した人と別の人が確かめる決まりです。" in again.text
    assert "架空第7号" in page
    assert scan.data == PDF
    assert (confirmed.status_code, status()) == (302, ListStatus.AGREED)
    with reading():
        assert queries.letter(newest()).confirmed_by_id == people["second"].id
        assert newest().agreement_reference == "架空第7号"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"scan": (BytesIO(b""), "")}, "文書の写しが選ばれていないか、空です。"),
        ({"scan": (BytesIO(b"MZ\x90"), "letter.pdf")}, "PDF、JPEG、PNG ではありません。"),
        ({"reference": ""}, "合意の文書番号を入力してください。"),
    ],
)
def test_an_unfinished_letter_is_not_recorded(people, browser, reading, changes, sentence):
    answer = browser(people["second"]).post(address("/agree"), letter(**changes))

    assert answer.status_code == 422
    assert sentence in answer.text
    with reading():
        assert queries.letter(newest()) is None


def test_a_letter_recorded_wrongly_is_taken_back(people, browser, reading):
    second = browser(people["second"])
    second.post(address("/agree"), letter())

    answer = second.post(address("/letter/drop"))

    assert answer.status_code == 302
    with reading():
        assert queries.letter(newest()) is None
        assert [event.action for event in audit.history(newest())][:2] == [
            "adoption_lists.drop_letter",
            "adoption_lists.record_letter",
        ]


def test_a_letter_lapses_with_the_list_it_is_about(people, browser, writing):
    browser(people["second"]).post(address("/agree"), letter())

    with writing():
        operations.lapse(newest(), "採択を改めるため。", by=actor_of(people["first"]))

    with db.transaction(write=False):
        assert queries.letter(newest()) is None


def test_who_froze_neither_confirms_a_letter_nor_publishes(people, browser, writing):
    browser(people["second"]).post(address("/agree"), letter())
    first = browser(people["first"])

    confirmed = first.post(address("/letter/confirm"))
    browser(people["second"]).post(address("/letter/drop"))
    agreed(people, writing)
    published_ = first.post(address("/publish"))
    scheduled = first.post(address("/schedule"), {"day": "2031-06-23", "time": "14:00"})

    for answer in (confirmed, published_, scheduled):
        assert (answer.status_code, ALONE in answer.text) == (422, True)
    assert status() is ListStatus.AGREED


def test_the_list_is_published_at_the_time_that_was_set(people, browser, writing):
    agreed(people, writing)
    second = browser(people["second"])

    answer = second.post(address("/schedule"), {"day": "令和13年6月23日", "time": "14:00"})
    page = second.text(f"/calls/{SLUG}/list")
    worker.publish_lists()
    before = status()
    with time_machine.travel(AT, tick=False):
        worker.publish_lists()

    assert answer.status_code == 302
    assert "令和13年6月23日（月）14:00" in page
    assert (before, status()) == (ListStatus.AGREED, ListStatus.PUBLISHED)
    with db.transaction(write=False):
        event = audit.history(newest())[0]
        assert (event.action, event.actor_role) == ("adoption_lists.publish", "system")
        assert newest().published_at == AT


def test_a_time_that_is_over_is_refused(people, browser, writing):
    agreed(people, writing)

    answer = browser(people["second"]).post(address("/schedule"), {"day": "2031-06-20", "time": "10:00"})

    assert answer.status_code == 422
    assert "令和13年6月20日（金）10:00はもう過ぎています。" in answer.text
    assert 'value="2031-06-20"' in answer.text


def test_a_set_time_is_taken_back(people, browser, writing):
    agreed(people, writing)
    second = browser(people["second"])
    second.post(address("/schedule"), {"day": "2031-06-23", "time": "14:00"})

    answer = second.post(address("/schedule/cancel"))
    with time_machine.travel(AT, tick=False):
        worker.publish_lists()

    assert answer.status_code == 302
    assert status() is ListStatus.AGREED


def test_a_list_that_changed_meanwhile_loses_its_time_and_says_why(people, writing):
    agreed(people, writing)
    with writing():
        agreeing.schedule(newest(), AT, by=actor_of(people["second"]))
    with writing():
        one = next(iter(queries.adopted(call_by_slug(SLUG))))
        from_before = one.summary
        one.summary = from_before + "（直し）"
        operations.trail.record("applications.write", one, by=OPERATOR)

    with time_machine.travel(AT, tick=False):
        worker.publish_lists()

    with db.transaction(write=False):
        assert (newest().status, newest().publish_at) == (ListStatus.AGREED, None)
        event = audit.history(newest())[0]
        assert event.action == "adoption_lists.cancel_schedule"
        assert "確定した後に、採択の内容が変わりました。" in event.details["reason"]


def test_without_two_persons_one_may_do_everything_but_confirm_their_own_letter(writing):
    with writing():
        call = published()
        officer = person("first@example.jp", Role.SECRETARIAT, call)
        received(call, row(1))
        db.session.flush()
        awards.decided(call, "number,decision\nKW-0001,adopted\n")
        operations.freeze(newest(), by=actor_of(officer))
        found = agreeing.record_letter(newest(), "第7号", dt.date(2031, 6, 19), "架空 花子", by=actor_of(officer))

        with pytest.raises(Refused, match="記録した人と別の人が確かめる決まりです。"):
            agreeing.confirm_letter(found, by=actor_of(officer))

        agreeing.drop_letter(found, by=actor_of(officer))
        operations.agree(newest(), "第7号", dt.date(2031, 6, 19), "架空 花子", by=actor_of(officer))
        operations.publish(newest(), by=actor_of(officer))
    assert status() is ListStatus.PUBLISHED


def test_the_page_of_a_draft_says_what_a_freeze_would_do(people, browser, writing):
    with writing():
        operations.lapse(newest(), "直すため。", by=actor_of(people["first"]))

    page = browser(people["second"]).text(f"/calls/{SLUG}/list")

    assert "応募2件のうち1件の採択を確定します。" in page
    assert "確定した人は、合意の記録と公表を行えなくなります。" in page


def test_the_worker_looks_for_lists_that_are_due(people, writing, settings):
    agreed(people, writing)
    with writing():
        agreeing.schedule(newest(), AT, by=actor_of(people["second"]))
    timer = next(timer for timer in worker.timers(settings) if timer.name == "publication")

    with time_machine.travel(AT, tick=False):
        thread = threading.Thread(target=worker.run, args=(timer,))
        thread.start()
        thread.join()

    assert status() is ListStatus.PUBLISHED
