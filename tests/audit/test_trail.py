"""The trail cannot be forgotten, forked, changed or cut."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from grantflow.accounts.models import Organization, SignIn, User
from grantflow.audit import queries, trail
from grantflow.audit.models import AuditEvent
from grantflow.audit.trail import TrailIsAppendOnly, UnauditedWrite
from grantflow.core.db import db
from tests.factories.accounts import OPERATOR, organization, person


def test_a_write_that_leaves_no_event_is_refused(writing: Callable) -> None:
    with pytest.raises(UnauditedWrite, match="Organization"), writing():
        db.session.add(Organization(name="無記録", name_display="無記録", name_key="無記録"))


@pytest.mark.parametrize(
    "statement",
    [
        lambda: insert(Organization).values(name="x", name_display="x", name_key="x"),
        lambda: update(Organization).values(name="x"),
        lambda: delete(Organization),
        lambda: Organization.__table__.update().values(name="x"),
    ],
    ids=["insert", "update", "delete", "core"],
)
def test_a_bulk_statement_that_leaves_no_event_is_refused(writing: Callable, statement: Callable) -> None:
    with pytest.raises(UnauditedWrite, match="Organization"), writing():
        db.session.execute(statement())


def test_a_write_spelled_as_text_is_refused(writing: Callable) -> None:
    with pytest.raises(UnauditedWrite), writing():
        db.session.execute(text("UPDATE organizations SET name = 'x'"))


@pytest.mark.parametrize("name", ["bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"])
def test_the_ways_around_the_listeners_are_closed(writing: Callable, name: str) -> None:
    with writing() as session, pytest.raises(NotImplementedError):
        getattr(session, name)(Organization, [])


def test_rows_that_need_no_event_are_declared_on_their_model(writing: Callable) -> None:
    with writing():
        user = person("a@example.jp")

    with writing():
        db.session.execute(update(SignIn).where(SignIn.user_id == user.id).values(token_hash="x"))

    assert SignIn.unaudited


def test_an_event_of_a_block_that_was_undone_does_not_vouch_for_the_rest(writing: Callable) -> None:
    def begin_and_give_up() -> None:
        with db.session.begin_nested():
            organization("消える団体")
            raise ZeroDivisionError

    with writing() as session:
        with pytest.raises(ZeroDivisionError):
            begin_and_give_up()
        session.add(User(email="b@example.jp", name="B"))
        with pytest.raises(UnauditedWrite, match="User"):
            session.commit()
        session.rollback()


def test_an_event_is_kept_with_the_actor_as_they_were(writing: Callable, reading: Callable) -> None:
    with writing():
        organization("みほん工房")

    with reading():
        (event,) = db.session.scalars(select(AuditEvent)).all()

    assert (event.position, event.actor_id, event.actor_name, event.actor_role, event.action) == (
        1,
        "",
        "operator (test)",
        "operator",
        "organizations.add",
    )


def test_events_are_neither_changed_nor_removed_through_a_session(writing: Callable) -> None:
    with writing():
        organization("みほん工房")

    with pytest.raises(TrailIsAppendOnly), writing():
        db.session.execute(update(AuditEvent).values(actor_name="だれか"))
    with pytest.raises(TrailIsAppendOnly), writing():
        db.session.execute(delete(AuditEvent))
    with pytest.raises(TrailIsAppendOnly), writing():
        db.session.scalars(select(AuditEvent)).one().actor_name = "だれか"


def write_some() -> None:
    with db.transaction(write=True):
        user = person("a@example.jp", name="一")
        organization("みほん工房", user)
    with db.transaction(write=True):
        organization("第二の団体")


def verdict(head: str | None = None) -> queries.Verdict:
    with db.transaction(write=False):
        return queries.verify(head)


def test_the_whole_trail_verifies(store: None) -> None:
    write_some()

    found = verdict()

    assert (found.holds, found.count, found.first_bad) == (True, 4, None)


COLUMNS = [column.name for column in AuditEvent.__table__.columns]


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("position", [1, 2, 4])
def test_a_flipped_byte_in_any_column_is_named(store: None, column: str, position: int) -> None:
    write_some()
    with db.engine.begin() as connection:
        where = f"WHERE position = {position}"
        value = connection.execute(text(f"SELECT {column} FROM audit_events {where}")).scalar_one()
        if column == "position":
            changed: object = value + 100
        else:
            changed = chr(ord(value[0]) ^ 1) + value[1:] if value else "x"
        connection.execute(text(f"UPDATE audit_events SET {column} = :changed {where}"), {"changed": changed})

    found = verdict()

    assert not found.holds
    assert found.first_bad == position


def test_bytes_that_are_no_text_any_more_are_named(store: None, dialect: str) -> None:
    if dialect != "sqlite":  # PostgreSQL itself refuses to store them
        with db.engine.begin() as connection, pytest.raises(Exception, match="encoding"):
            connection.execute(text("SELECT convert_from('\\xff'::bytea, 'UTF8')"))
        return
    write_some()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE audit_events SET details = CAST(x'ff' AS TEXT) WHERE position = 3"))

    assert verdict().first_bad == 3


def test_case_changed_in_an_id_is_named(store: None) -> None:
    write_some()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE audit_events SET subject_id = upper(subject_id) WHERE position = 2"))

    assert verdict().first_bad == 2


def test_an_event_cut_from_the_end_is_missed(store: None) -> None:
    write_some()
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_events WHERE position = 4"))

    found = verdict()

    assert (found.holds, found.first_bad, found.reason) == (False, 4, "head")


def test_an_event_cut_from_the_middle_is_missed(store: None) -> None:
    write_some()
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_events WHERE position = 2"))

    assert verdict().first_bad == 2


def test_a_head_noted_earlier_is_found_and_a_strange_one_is_not(store: None) -> None:
    write_some()
    noted = verdict().head
    with db.transaction(write=True):
        organization("第三の団体")

    assert verdict(noted).holds
    assert (verdict("f" * 64).holds, verdict("f" * 64).first_bad) == (False, None)


def test_writers_at_once_do_not_fork_the_chain(store: None) -> None:
    def write(number: int) -> None:
        for turn in range(5):
            with db.transaction(write=True):
                organization(f"団体{number}-{turn}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = verdict()
    assert (found.holds, found.count) == (True, 30)


def test_a_reader_can_write_nothing(store: None) -> None:
    with db.open(write=False) as session:
        session.add(user := User(email="c@example.jp", name="C"))
        trail.record("users.add", user, by=OPERATOR)
        with pytest.raises(DBAPIError, match=r"read-?only|readonly"):
            session.commit()


def test_the_engine_is_the_one_that_was_asked_for(store: None, dialect: str) -> None:
    assert isinstance(db.engine, Engine)
    assert db.engine.dialect.name == dialect


def test_the_state_has_one_name_until_something_is_recorded(writing: Callable, reading: Callable) -> None:
    with writing():
        organization("任意団体ほたる")

    with reading():
        before = trail.state()
    with reading():
        again = trail.state()
    with writing():
        organization("任意団体すずむし")
    with reading():
        after = trail.state()

    assert before == again
    assert before != after


def test_rows_that_are_not_yet_committed_are_a_state_without_a_name(writing: Callable) -> None:
    with writing():
        organization("任意団体ほたる")

        named = trail.state()

    assert named is None


def test_what_was_undone_leaves_the_name_of_the_state(writing: Callable) -> None:
    with writing():
        organization("任意団体ほたる")
    with writing() as session:
        before = trail.state()
        with session.begin_nested() as attempt:
            organization("任意団体すずむし")
            attempt.rollback()

        after = trail.state()

    assert before == after
