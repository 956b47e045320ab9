"""The life of an adoption list: frozen, agreed, published, undone by a change, replayed."""

import datetime as dt
import json

import pytest
import time_machine
from sqlalchemy import update

from grantflow.accounts.models import Role
from grantflow.applications import queries as applications
from grantflow.applications.workflow import APPLICATION
from grantflow.audit import queries as audit
from grantflow.audit import trail
from grantflow.awards import documents, listing, operations, queries
from grantflow.awards.models import ListStatus
from grantflow.awards.workflow import LIST
from grantflow.calls.definition import parse
from grantflow.calls.models import CallStatus
from grantflow.calls.operations import publish_new
from grantflow.calls.queries import actor as actor_of
from grantflow.calls.queries import call as call_by_slug
from grantflow.core.authorization import NotPermitted
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.review.models import Score
from tests.factories import awards
from tests.factories.accounts import OPERATOR, person
from tests.factories.applications import received, row
from tests.factories.calls import small_definition

SLUG = "harbour-lights-2031"
TWO = "[decision]\ntwo_persons = true"


@pytest.fixture
def harbour(writing):
    """The harbour call with its scores, stored; `harbour()` reads it in the transaction at hand."""
    with writing():
        awards.harbour(scored=True)
    return lambda: call_by_slug(SLUG)


def actions(adoption_list):
    return [event.action for event in audit.history(adoption_list)]


def withdraw(call, number):
    APPLICATION.fire("withdraw", applications.by_number(call)[number], by=OPERATOR, reason="辞退の申し出による。")


@time_machine.travel("2031-03-20T10:00:00+09:00", tick=False)
def test_a_list_is_frozen_agreed_and_published(harbour, writing, reading):
    with writing():
        awards.frozen(harbour())
    with writing():
        awards.agree(awards.newest(harbour()))
    with writing():
        operations.publish(awards.newest(harbour()), by=OPERATOR)

    with reading():
        found = awards.newest(harbour())
        told, call_status = actions(found), harbour().status
    at = dt.datetime.fromisoformat("2031-03-20T10:00:00+09:00")
    assert (found.status, found.frozen_at, found.published_at) == (ListStatus.PUBLISHED, at, at)
    assert (found.agreement_reference, found.agreement_on) == ("架港第12号", awards.LETTER_DATE)
    assert found.agreement_sha256 == found.sha256 == listing.fingerprint(found.content)
    assert call_status is CallStatus.DECIDED
    assert told == ["adoption_lists.publish", "adoption_lists.agree", "adoption_lists.freeze", "adoption_lists.open"]


def test_the_frozen_content_tells_the_counts(harbour, writing):
    with writing():
        content = documents.content(awards.frozen(harbour()))

    assert content["counts"] == {
        "total": {"applications": 12, "adopted": 7},
        "lighthouse": {"applications": 2, "adopted": 1},
        "pier-lamp": {"applications": 3, "adopted": 2},
        "street": {"applications": 5, "adopted": 3},
        "lantern": {"applications": 2, "adopted": 1},
    }
    assert [entry["number"] for entry in content["tiers"][2]["entries"]] == ["KOU31-0003", "KOU31-0004", "KOU31-0010"]


def test_the_hashes_of_content_and_record_stand_in_the_trail(harbour, writing, reading):
    with writing():
        awards.frozen(harbour())

    with reading():
        found = awards.newest(harbour())
        event = audit.history(found)[0]
    assert event.details["sha256"] == found.sha256
    assert event.details["record_sha256"] == listing.fingerprint(found.record)


def test_the_record_tells_what_the_list_rested_on(harbour, writing):
    with writing():
        record = json.loads(awards.frozen(harbour()).record)

    assert sorted(record["inputs"]) == ["applications", "conflicts", "decisions", "scores"]
    assert record["ranking"]["tiers"][2]["entries"][0]["number"] == "KOU31-0003"
    assert {
        "kind": "not_adopted_above_line",
        "tier": "lighthouse",
        "number": "KOU31-0006",
        "reason": "作業船の手配が示されていない。",
    } in record["exceptions"]
    assert sorted(record["libraries"]) == ["grantflow", "numpy", "python", "scipy"]
    assert record["approved_by"] == OPERATOR.name


def test_a_proposal_without_a_decision_stands_in_the_way_of_a_freeze(harbour, writing):
    with writing():
        adoption_list = awards.decided(harbour(), "number,decision\nKOU31-0001,adopted\n")

        with pytest.raises(Refused) as refusal:
            operations.freeze(adoption_list, by=OPERATOR)

    assert str(refusal.value) == (
        "審査対象の応募のうち11件の採否が決まっていません"
        "（KOU31-0002、KOU31-0003、KOU31-0004、KOU31-0005、KOU31-0006 ほか）。すべて決めてから確定してください。"
    )


def test_a_call_without_proposals_has_no_list_to_freeze(writing):
    with writing():
        call = publish_new(parse(small_definition()), by=OPERATOR)

        with pytest.raises(Refused, match="応募が1件もありません"):
            operations.freeze(operations.to_freeze(call, by=OPERATOR), by=OPERATOR)


def test_ineligible_and_withdrawn_proposals_count_but_are_not_listed(writing):
    with writing():
        call = publish_new(parse(small_definition()), by=OPERATOR)
        one, two, three = received(call, row(1), row(2), row(3))
        APPLICATION.fire("find_ineligible", one, by=OPERATOR, reason="要件を満たさない。")
        APPLICATION.fire("withdraw", two, by=OPERATOR, reason="申し出による。")
        adoption_list = awards.decided(call, f"number,decision\n{three.number},adopted\n")
        operations.freeze(adoption_list, by=OPERATOR)

        content = documents.content(adoption_list)

    assert content["counts"]["total"] == {"applications": 3, "adopted": 1}
    assert [entry["number"] for entry in content["tiers"][0]["entries"]] == ["KW-0003"]


@pytest.mark.parametrize(("move", "state"), [("agree", "frozen"), ("publish", "agreed")])
def test_no_agreement_to_and_no_publishing_of_a_list_that_changed(harbour, writing, move, state):
    with writing():
        getattr(awards, state)(harbour())
    with writing():
        withdraw(harbour(), "KOU31-0003")
    with writing():
        found = awards.newest(harbour())

        with pytest.raises(Refused) as refusal:
            if move == "agree":
                awards.agree(found)
            else:
                operations.publish(found, by=OPERATOR)

        assert str(refusal.value) == (
            "一覧を確定した後に、採択の内容が変わりました。確定した一覧はもう使えません。"
            "案に戻して確定し直し、合意を取り直してください。"
        )
        assert LIST.obstacles(move, found) == [str(refusal.value)]


@pytest.mark.parametrize("state", ["decided", "frozen"])
def test_publishing_before_agreement_is_refused(harbour, writing, state):
    with writing():
        found = getattr(awards, state)(harbour())

        with pytest.raises(Refused, match="「一覧を公表する」はできません"):
            operations.publish(found, by=OPERATOR)


def test_agreement_before_the_freeze_is_refused(harbour, writing):
    with writing():
        found = awards.decided(harbour())

        with pytest.raises(Refused, match="いまは「案」なので、「合意を記録する」はできません"):
            awards.agree(found)


@pytest.mark.parametrize(("reference", "official"), [(" ", "局長"), ("第1号", "")])
def test_agreement_without_number_or_name_is_refused(harbour, writing, reference, official):
    with writing():
        found = awards.frozen(harbour())

        with pytest.raises(Refused, match="両方を書いてください"):
            operations.agree(found, reference, awards.LETTER_DATE, official, by=OPERATOR)


def test_a_withdrawal_after_the_freeze_makes_the_list_lapse(harbour, writing):
    with writing():
        awards.agreed(harbour())
    with writing():
        untouched = operations.lapse_if_changed(harbour(), by=OPERATOR)
        withdraw(harbour(), "KOU31-0003")
        lapsed = operations.lapse_if_changed(harbour(), by=OPERATOR)

        found = awards.newest(harbour())

    assert (untouched, lapsed) == (False, True)
    assert (found.status, found.content, found.agreement_by) == (ListStatus.DRAFT, None, None)


def test_withdrawing_who_was_not_adopted_leaves_the_list(harbour, writing):
    with writing():
        awards.frozen(harbour())
        withdraw(harbour(), "KOU31-0006")

        assert operations.lapse_if_changed(harbour(), by=OPERATOR) is False


def test_what_is_frozen_again_is_what_stands_then(harbour, writing):
    with writing():
        awards.agreed(harbour())
        withdraw(harbour(), "KOU31-0003")
        again = operations.to_freeze(harbour(), by=OPERATOR)
        operations.freeze(again, by=OPERATOR)

        content = documents.content(again)

    assert (content["version"], content["counts"]["street"]) == (1, {"applications": 5, "adopted": 2})


def test_after_publication_a_withdrawal_can_be_frozen_as_the_next_version(harbour, writing):
    with writing():
        first = awards.published(harbour())
        withdraw(harbour(), "KOU31-0003")
        second = operations.to_freeze(harbour(), by=OPERATOR)
        operations.freeze(second, by=OPERATOR)
        awards.agree(second)
        operations.publish(second, by=OPERATOR)

        assert queries.published(harbour()) is second
        assert (first.status, first.number, second.number) == (ListStatus.PUBLISHED, 1, 2)


def test_a_published_list_that_did_not_change_is_not_frozen_again(harbour, writing):
    with writing():
        awards.published(harbour())

        with pytest.raises(Refused, match="いまは「公表済み」なので、「一覧を確定する」はできません"):
            operations.freeze(operations.to_freeze(harbour(), by=OPERATOR), by=OPERATOR)


def test_taking_a_list_back_needs_a_reason(harbour, writing):
    with writing():
        found = awards.frozen(harbour())

        with pytest.raises(Refused, match="案に戻す理由が空です"):
            operations.lapse(found, " ", by=OPERATOR)


def test_a_decision_can_be_undone(harbour, writing, reading):
    with writing():
        awards.decided(harbour())
    with writing():
        application = applications.by_number(harbour())["KOU31-0001"]
        operations.decide(harbour(), operations.changes({application: operations.OPEN}), by=OPERATOR)

    with reading():
        assert queries.undecided(harbour()) == ["KOU31-0001"]
        assert "KOU31-0001" not in queries.decisions_of(harbour())


def test_an_amount_over_the_cap_is_refused_whoever_asks(harbour, writing):
    with writing():
        application = applications.by_number(harbour())["KOU31-0003"]
        choice = operations.Choice(operations.Outcome.ADOPTED, amount_yen=800_001)

        with pytest.raises(Refused, match="KOU31-0003 の採択額800,001円は、1円から上限の800,000円までにありません"):
            operations.decide(harbour(), operations.changes({application: choice}), by=OPERATOR)


def test_figures_other_than_the_definition_told_are_warnings_at_the_freeze(writing):
    told = "[published_result]\nopened = 2031-04-01\n\n[published_result.applications]\ntotal = 2\n"
    with writing():
        call = publish_new(parse(small_definition(told)), by=OPERATOR)
        (one,) = received(call)
        adoption_list = awards.decided(call, f"number,decision\n{one.number},adopted\n")

        warnings = operations.freeze(adoption_list, by=OPERATOR)

    assert warnings == ["全体の応募件数は、公募の定義では2件、この一覧では1件です。"]
    assert adoption_list.status is ListStatus.FROZEN


@pytest.fixture
def two_persons(writing):
    """A call that asks for two persons, decided, and two officers of it."""
    with writing():
        call = publish_new(parse(small_definition(TWO)), by=OPERATOR)
        (one,) = received(call)
        officers = [person(f"{name}@example.jp", Role.SECRETARIAT, call) for name in ("one", "two")]
        awards.decided(call, f"number,decision\n{one.number},adopted\n")
    with writing():
        return [actor_of(officer) for officer in officers]


def test_where_two_persons_are_asked_for_the_operator_cannot_freeze(two_persons, writing):
    with writing():
        found = awards.newest(call_by_slug("river-2031"))

        with pytest.raises(Refused, match="名前の分かる人が行う決まりです"):
            operations.freeze(found, by=OPERATOR)


def test_who_froze_may_neither_agree_nor_publish(two_persons, writing):
    one, two = two_persons
    with writing():
        found = awards.newest(call_by_slug("river-2031"))
        operations.freeze(found, by=one)
        with pytest.raises(Refused, match="別の人が行ってください"):
            awards.agree(found, by=one)
        awards.agree(found, by=two)
        with pytest.raises(Refused, match="別の人が行ってください"):
            operations.publish(found, by=one)

        operations.publish(found, by=two)

    assert found.status is ListStatus.PUBLISHED


def test_a_sponsor_agrees_but_neither_freezes_nor_publishes(harbour, writing):
    with writing():
        user = person("sponsor@example.jp", Role.SPONSOR, harbour())
        found = awards.decided(harbour())
    with writing():
        sponsor, found = actor_of(user), awards.newest(harbour())
        with pytest.raises(NotPermitted):
            operations.freeze(found, by=sponsor)
        operations.freeze(found, by=OPERATOR)
        awards.agree(found, by=sponsor)
        with pytest.raises(NotPermitted):
            operations.publish(found, by=sponsor)

        assert found.status is ListStatus.AGREED


def test_a_replay_of_untouched_rows_agrees(harbour, writing, reading):
    with writing():
        awards.published(harbour())

    with reading():
        assert operations.replay(awards.newest(harbour())) == []


def test_a_replay_names_what_was_altered_behind_the_list(harbour, writing, reading):
    with writing():
        awards.frozen(harbour())
    with writing():
        db.session.execute(update(Score).where(Score.value == 10).values(value=0))
        trail.record("test.alter", harbour(), by=OPERATOR)

    with reading():
        found = operations.replay(awards.newest(harbour()))
    assert found == [
        "もとの行（応募、採点、利益相反、採否）が、確定したときと違います。",
        "評点から計算した順位が、確定したときと違います。",
        "評点の順と違う決定の内訳が、確定したときと違います。",
        "違う入力：scores",
    ]


def test_a_draft_cannot_be_replayed(harbour, writing):
    with writing(), pytest.raises(Refused, match="まだ確定していません"):
        operations.replay(awards.decided(harbour()))
