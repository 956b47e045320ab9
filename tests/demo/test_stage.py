"""What somebody who tries the demo is told, and what lasts from one start to the next."""

from pathlib import Path

import time_machine

from grantflow.accounts import codes
from grantflow.accounts.models import NEEDS_CODE, Role
from grantflow.core import clock
from grantflow.demo import people
from grantflow.demo.stage import introduction, own_secret


def test_the_secret_of_the_demo_stays_and_is_nobody_else_s(tmp_path: Path) -> None:
    first = own_secret(tmp_path / "demo")

    assert own_secret(tmp_path / "demo") == first
    assert len(first) >= 32
    assert (tmp_path / "demo" / "secret").stat().st_mode & 0o777 == 0o600


def test_every_role_s_account_is_named_with_its_key_where_it_needs_one() -> None:
    lines = introduction("http://127.0.0.1:8000")

    told = {role: [line for line in lines if line.split()[:1] == [role.label]] for role in Role}
    assert {role for role in Role if told[role]} == set(Role)
    assert {role for role in Role if people.CODE_KEY in told[role][0]} == set(NEEDS_CODE)


def test_those_who_write_together_are_named_and_where_mail_goes_if_that_is_known() -> None:
    lines = introduction("http://127.0.0.1:8000", "file:///somewhere/mail")

    assert [line for line in lines if all(person.email in line for person in people.WRITERS)] != []
    assert [line for line in lines if line.endswith("file:///somewhere/mail")] != []
    assert [line for line in introduction("http://127.0.0.1:8000") if "file:" in line] == []


def test_the_code_of_just_now_is_that_of_the_key() -> None:
    with time_machine.travel(1_900_000_000, tick=False):
        code = codes.code_at(people.CODE_KEY, clock.now())

        assert [line for line in introduction("http://127.0.0.1:8000") if code in line] != []
