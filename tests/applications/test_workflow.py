"""The moves of a proposal: from where, by whom, with what reason."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.orm import Session

from grantflow.applications import operations
from grantflow.applications.models import ApplicationStatus
from grantflow.applications.workflow import APPLICATION, DECIDABLE
from grantflow.audit.queries import history
from grantflow.core.authorization import Actor, NotPermitted
from grantflow.core.refusals import Refused
from tests.factories.accounts import OPERATOR, organization
from tests.factories.applications import received
from tests.factories.calls import published

Writing = Callable[[], AbstractContextManager[Session]]
OUTCOMES = {"adopt": "adopted", "reserve": "reserve", "not_adopt": "not_adopted"}


def test_every_state_can_be_reached() -> None:
    reached = {move.target for move in APPLICATION.transitions.values()} | {APPLICATION.start}

    assert reached == set(ApplicationStatus)


@pytest.mark.parametrize("move", ["find_ineligible", "find_eligible", "withdraw"])
def test_a_move_that_needs_a_reason_is_refused_without_one(writing: Writing, move: str) -> None:
    with writing():
        (one,) = received(published())
        if move == "find_eligible":
            APPLICATION.fire("find_ineligible", one, by=OPERATOR, reason="国外")
        before = one.status

        with pytest.raises(Refused) as refusal:
            APPLICATION.fire(move, one, by=OPERATOR, reason=" ")

        assert str(refusal.value) == "理由が空です。後から読む人に分かるように、理由を書いてください。"
        assert one.status is before


def test_an_ineligible_proposal_can_be_taken_back_into_the_review(writing: Writing) -> None:
    with writing():
        (one,) = received(published())

        APPLICATION.fire("find_ineligible", one, by=OPERATOR, reason="国外")
        APPLICATION.fire("find_eligible", one, by=OPERATOR, reason="拠点を確かめた")

        assert one.status is ApplicationStatus.ELIGIBLE


@pytest.mark.parametrize("first", OUTCOMES)
@pytest.mark.parametrize("second", OUTCOMES)
def test_a_decision_can_be_replaced_by_any_other(writing: Writing, first: str, second: str) -> None:
    with writing():
        (one,) = received(published())

        APPLICATION.fire(first, one, by=OPERATOR)
        APPLICATION.fire(second, one, by=OPERATOR)

        assert one.status.value == OUTCOMES[second]


def test_a_decision_can_be_taken_back(writing: Writing) -> None:
    with writing():
        (one,) = received(published())
        APPLICATION.fire("adopt", one, by=OPERATOR)

        APPLICATION.fire("reopen", one, by=OPERATOR)

        assert one.status is ApplicationStatus.ELIGIBLE


@pytest.mark.parametrize("move", ["adopt", "reserve", "not_adopt", "find_ineligible", "find_eligible", "withdraw"])
def test_a_withdrawn_proposal_stays_withdrawn(writing: Writing, move: str) -> None:
    with writing():
        (one,) = received(published())
        APPLICATION.fire("withdraw", one, by=OPERATOR, reason="団体の申し出")

        with pytest.raises(Refused):
            APPLICATION.fire(move, one, by=OPERATOR, reason="なにか")

        assert one.status is ApplicationStatus.WITHDRAWN


def test_an_ineligible_proposal_cannot_be_decided() -> None:
    assert ApplicationStatus.INELIGIBLE not in DECIDABLE


def test_a_decided_proposal_can_be_withdrawn_and_the_event_says_from_where(writing: Writing) -> None:
    with writing():
        (one,) = received(published())
        APPLICATION.fire("adopt", one, by=OPERATOR)
        APPLICATION.fire("withdraw", one, by=OPERATOR, reason="団体の申し出")

    with writing():
        assert history(one)[0].details == {"before": "adopted", "after": "withdrawn", "reason": "団体の申し出"}


def test_an_amount_over_the_cap_is_not_admitted(writing: Writing) -> None:
    with writing():
        call = published()
        row = operations.enter(
            call, call.tiers[1], organization("ほたる"), "KW-0001", title="川辺", requested_yen=500_100
        )

        with pytest.raises(Refused) as refusal:
            APPLICATION.fire("admit", row, by=OPERATOR)

        assert str(refusal.value) == "申請額が上限の500,000円を100円超えています。金額を直してください。"


def test_a_stranger_moves_nothing(writing: Writing) -> None:
    with writing():
        (one,) = received(published())

        with pytest.raises(NotPermitted):
            APPLICATION.fire("withdraw", one, by=Actor(None, "visitor", "visitor"), reason="なにか")
