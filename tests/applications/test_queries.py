"""What is counted and found among proposals."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from grantflow.accounts import operations as accounts
from grantflow.applications import queries
from grantflow.applications.models import ApplicationStatus
from grantflow.applications.searching import patterns, search_text
from grantflow.applications.workflow import APPLICATION
from grantflow.calls.queries import actor
from grantflow.core.db import db
from tests.counting import statements
from tests.factories.accounts import OPERATOR, person
from tests.factories.applications import received, row
from tests.factories.calls import published

Writing = Callable[[], AbstractContextManager[Session]]


def test_ineligible_and_withdrawn_proposals_are_counted_too(writing: Writing) -> None:
    with writing():
        call = published()
        first, second, *_ = received(call, row(1), row(2), row(3), row(4, tier="near", requested_yen="1"))
        APPLICATION.fire("find_ineligible", first, by=OPERATOR, reason="国外")
        APPLICATION.fire("withdraw", second, by=OPERATOR, reason="申し出")

        counts = queries.counts(call)

    assert (counts.total, counts.of("wide"), counts.of("near"), counts.of("none")) == (4, 3, 1, 0)
    assert counts.of(None, ApplicationStatus.ELIGIBLE) == 2
    assert counts.of("wide", ApplicationStatus.WITHDRAWN, ApplicationStatus.INELIGIBLE) == 2


def test_only_the_proposals_of_the_call_are_counted(writing: Writing) -> None:
    with writing():
        call, other = published(), published(slug='"other"')
        received(call, row(1))
        received(other, row(1), row(2))

        assert queries.counts(call).total == 1


def test_a_member_finds_the_proposals_of_its_groups_in_one_statement(writing: Writing) -> None:
    with writing():
        call = published()
        user = person("member@example.jp")
        first, _second, third = received(
            call, row(1, organization="ほたる"), row(2, organization="別の会"), row(3, organization="かえる")
        )
        for proposal in (first, third):
            accounts.join(user, proposal.organization, by=OPERATOR)
        db.session.flush()
        somebody = actor(user)

    with writing(), statements() as sent:
        found = queries.of_member(somebody)
        shown = [(each.number, each.call.title, each.tier.name) for each in found]

    assert shown == [("KW-0001", "川辺の灯り調査", "広い枠"), ("KW-0003", "川辺の灯り調査", "広い枠")]
    assert len([statement for statement in sent if "SELECT" in statement]) == 1


def test_somebody_without_a_group_has_no_proposals(writing: Writing) -> None:
    with writing():
        received(published())

        assert queries.of_member(actor(person("nobody@example.jp"))) == []


def test_a_word_never_matches_across_two_parts() -> None:
    assert search_text(("ほたる会", "", "川 辺")) == "ほたる会\n\n川辺"


def test_the_wildcards_of_the_database_are_plain_characters_in_a_search() -> None:
    assert patterns("100%  a_b \\") == ["%100\\%%", "%a\\_b%", "%\\\\%"]
