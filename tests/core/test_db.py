"""One transaction a request, readers that cannot write, one writer at a time."""

import datetime as dt
import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError

from grantflow.accounts.models import Organization, SignIn, User
from grantflow.core import clock
from grantflow.core.dates import PartialDate
from grantflow.core.db import db
from tests.factories.accounts import organization, person


def names() -> list[str]:
    with db.transaction(write=False):
        return list(db.session.scalars(select(Organization.name).order_by(Organization.name)))


def test_a_block_that_raises_leaves_nothing(store: None) -> None:
    with pytest.raises(ZeroDivisionError), db.transaction(write=True):
        organization("消える団体")
        raise ZeroDivisionError

    assert names() == []


def test_outside_a_transaction_there_is_no_session(store: None) -> None:
    with pytest.raises(LookupError, match="no transaction"):
        _ = db.session


def test_after_settling_the_same_session_can_only_read(store: None) -> None:
    with db.open(write=True):
        organization("残る団体")
        db.settle()

        assert names() == ["残る団体"]
        db.session.execute(select(User)).all()
        with pytest.raises(DBAPIError):
            db.session.connection().execute(text("INSERT INTO trail_heads (id, position, hash) VALUES (2, 0, '')"))


def test_what_was_undone_is_gone(store: None) -> None:
    with db.open(write=True):
        organization("消える団体")
        db.undo()

    assert names() == []


def test_writers_wait_for_each_other_and_lose_nothing(store: None) -> None:
    with db.transaction(write=True):
        start = person("count@example.jp", name="0")

    def add_one() -> None:
        for _turn in range(10):
            with db.transaction(write=True):
                user = db.session.scalars(select(User).where(User.id == start.id).with_for_update()).one()
                user.name = str(int(user.name) + 1)
                organization(f"{threading.get_ident()}-{user.name}")

    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with db.transaction(write=False):
        assert db.session.get_one(User, start.id).name == "40"


def test_a_reader_does_not_wait_for_a_writer(store: None) -> None:
    writing, done = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with db.transaction(write=True):
            organization("書きかけ")
            db.session.flush()
            writing.set()
            done.wait(10)

    thread = threading.Thread(target=write_slowly)
    thread.start()
    writing.wait(10)
    began = time.perf_counter()

    seen = names()

    took = time.perf_counter() - began
    done.set()
    thread.join()
    assert (seen, took < 5) == ([], True)


def test_a_second_writer_in_one_thread_is_an_error_and_no_deadlock(store: None, dialect: str) -> None:
    if dialect != "sqlite":  # a server has as many writers as it has connections
        with db.transaction(write=True), db.transaction(write=True):
            organization("二つめ")
        assert names() == ["二つめ"]
        return
    with db.transaction(write=True):
        db.session.execute(select(User)).all()
        with pytest.raises(RuntimeError, match="already writing"), db.transaction(write=True):
            organization("二つめ")
    assert names() == []


def test_instants_come_back_aware_in_tokyo_to_the_microsecond(store: None) -> None:
    at = dt.datetime(2026, 5, 29, 8, 0, 0, 1, tzinfo=dt.UTC)
    with db.transaction(write=True):
        user = person("a@example.jp")
        db.session.add(SignIn(user_id=user.id, token_hash="x", began_at=at, seen_at=at))

    with db.transaction(write=False):
        back = db.session.scalars(select(SignIn.began_at)).one()

    assert back.isoformat() == "2026-05-29T17:00:00.000001+09:00"


def test_an_instant_without_a_zone_is_refused(store: None) -> None:
    with pytest.raises((ValueError, StatementError), match="time zone"), db.transaction(write=True):
        user = person("a@example.jp")
        naive = dt.datetime(2026, 5, 29)  # noqa: DTZ001 - the mistake this is about
        db.session.add(SignIn(user_id=user.id, token_hash="x", began_at=naive, seen_at=naive))


@pytest.mark.parametrize("written", ["2019", "2008-03", "2020-07-01"])
def test_a_date_keeps_its_precision(store: None, written: str) -> None:
    with db.transaction(write=True):
        organization("みほん工房").founded = PartialDate.parse(written)

    with db.transaction(write=False):
        assert str(db.session.scalars(select(Organization.founded)).one()) == written


@pytest.mark.parametrize("name", ["髙﨑𠮷田", "葛\U000e0100城", "ラ\u3099", "ｼｪｱ", "Ｓｈｉｅｎ", "\u795e\ufa19"])
def test_a_name_is_stored_to_the_code_point(store: None, name: str) -> None:
    with db.transaction(write=True):
        organization(name)

    assert names() == [name]


def test_the_clock_is_in_tokyo() -> None:
    assert clock.now().utcoffset() == dt.timedelta(hours=9)
    assert clock.today() == clock.now().date()


def test_the_fixture_leaves_an_empty_database(reading: Callable) -> None:
    assert names() == []
