"""Rules combine, name themselves, and refuse what no row allows."""

import uuid

import pytest
from sqlalchemy import false, true

from grantflow.core import authorization
from grantflow.core.authorization import VISITOR, Actor, NotPermitted, Rule, authorize, install, permits
from grantflow.permissions import Permission
from grantflow.policy import POLICY

yes = Rule("yes", "はい", lambda _a, _t: True, lambda _a, _m: true())
no = Rule("no", "いいえ", lambda _a, _t: False, lambda _a, _m: false())


@pytest.mark.parametrize(
    ("rule", "allows", "name"),
    [
        (yes, True, "yes"),
        (no, False, "no"),
        (yes & no, False, "yes & no"),
        (yes | no, True, "yes | no"),
        (~no, True, "~no"),
        ((yes | no) & ~no, True, "(yes | no) & ~no"),
        (~(yes | no), False, "~(yes | no)"),
        (no | yes & yes, True, "no | yes & yes"),
    ],
)
def test_a_rule_reads_as_it_decides(rule: Rule, allows: bool, name: str) -> None:
    assert (rule(VISITOR, None), repr(rule)) == (allows, name)


def test_what_no_row_allows_is_refused() -> None:
    install({})
    try:
        assert permits(VISITOR, Permission.CALL_READ) is False
        with pytest.raises(NotPermitted, match="call:read"):
            authorize(VISITOR, Permission.CALL_READ)
    finally:
        install(POLICY)


def test_an_actor_has_a_grant_where_it_was_given() -> None:
    here, there = uuid.uuid4(), uuid.uuid4()
    actor = Actor(uuid.uuid4(), "A", "secretariat", frozenset({("secretariat", here), ("auditor", None)}))

    assert [actor.has("secretariat", here), actor.has("secretariat", there), actor.has("secretariat", None)] == [
        True,
        False,
        False,
    ]
    assert [actor.has("auditor", there), actor.has_anywhere("secretariat"), actor.has_anywhere("sponsor")] == [
        True,
        True,
        False,
    ]
    assert (actor.scopes("secretariat"), actor.scopes("auditor"), actor.scopes("sponsor")) == (
        frozenset({here}),
        None,
        frozenset(),
    )


def test_every_permission_has_a_row() -> None:
    assert set(POLICY) == set(Permission)


def test_permissions_are_named_by_resource_and_action() -> None:
    assert all(len(permission.split(":")) == 2 for permission in Permission)
    assert authorization.VISITOR.is_anonymous
