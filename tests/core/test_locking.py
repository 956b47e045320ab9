"""A row is held once in a transaction, and what was answered about it stays so until something is written."""

import pytest
from sqlalchemy import update

from grantflow.accounts.models import Organization
from grantflow.core import authorization
from grantflow.core.authorization import Rule, install, permits
from grantflow.core.db import db
from grantflow.core.locking import answers_about, is_held, lock, note_held
from grantflow.permissions import Permission
from grantflow.policy import POLICY
from tests.counting import statements
from tests.factories.accounts import OPERATOR, organization


@pytest.fixture
def group(store: None) -> Organization:
    """A group, of which another transaction made a row."""
    with db.transaction(write=True):
        return organization("任意団体ほたる")


def stored(group: Organization) -> Organization:
    """The group in the transaction at hand."""
    return db.session.get_one(Organization, group.id)


def test_a_row_is_locked_and_read_once(group: Organization) -> None:
    with db.transaction(write=True):
        row = stored(group)

        with statements() as first:
            told = lock(row)
        with statements() as second:
            again = lock(row)

        assert (told, again, len(second)) == (True, False, 0)
        assert len([each for each in first if "SELECT" in each]) == 1
        assert is_held(row)
        # A transaction that writes needs something to write
        organization("記録")


def test_the_next_transaction_holds_nothing(group: Organization) -> None:
    with db.open(write=True):
        row = stored(group)
        lock(row)
        db.settle()

        assert not is_held(row)


def test_a_savepoint_that_is_undone_gives_its_locks_back(group: Organization) -> None:
    with db.open(write=True):
        row = stored(group)
        with pytest.raises(ZeroDivisionError), db.session.begin_nested():
            lock(row)
            raise ZeroDivisionError

        assert not is_held(row)


def test_a_savepoint_that_is_kept_keeps_its_locks(group: Organization) -> None:
    with db.open(write=True):
        row = stored(group)
        with db.session.begin_nested():
            lock(row)

        assert is_held(row)


def test_answers_are_forgotten_with_what_is_written(group: Organization) -> None:
    def answered() -> bool:
        found = answers_about(row)
        return found is not None and "asked" in found

    with db.open(write=True):
        row = stored(group)
        assert answers_about(row) is None
        note_held(row)
        found = answers_about(row)
        assert found is not None
        found["asked"] = True
        assert answered()

        row.address = "架空市川辺町1-1"
        assert answers_about(row) is None
        db.session.flush()
        assert not answered()

        found = answers_about(row)
        assert found is not None
        found["asked"] = True
        db.session.execute(update(Organization).values(address=""))
        assert not answered()


def test_the_policy_is_asked_once_of_a_row_that_is_held(group: Organization) -> None:
    asked: list[object] = []
    rule = Rule("counts", "数える", lambda _a, thing: not asked.append(thing), lambda _a, _m: None)  # type: ignore[arg-type,return-value]
    before = dict(authorization._policy)
    install({Permission.ORGANIZATION_READ: rule})
    try:
        with db.open(write=True):
            row = stored(group)
            for _ in range(2):
                assert permits(OPERATOR, Permission.ORGANIZATION_READ, row)
            free = len(asked)
            note_held(row)
            for _ in range(2):
                assert permits(OPERATOR, Permission.ORGANIZATION_READ, row)
    finally:
        install(before or POLICY)

    assert (free, len(asked)) == (2, 3)
