"""How often somebody wants to hear: chosen on one's own page, remembered, and nothing else."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from grantflow.accounts.models import MailPace, User
from grantflow.audit.models import AuditEvent
from grantflow.core.db import db
from tests.browsing import Browser
from tests.factories.accounts import person

Open = Callable[..., Browser]


@pytest.fixture
def user(writing: Callable) -> User:
    with writing():
        return person("reader@example.jp", name="早瀬 みのり")


def pace(reading: Callable) -> MailPace:
    with reading():
        return db.session.scalars(select(User.mail_pace)).one()


def test_somebody_chooses_one_mail_a_day(user: User, browser: Open, reading: Callable) -> None:
    one = browser(user)

    answer = one.post("/account/mail", {"pace": "daily"})

    assert (answer.status_code, answer.location) == (302, "/account")
    assert pace(reading) is MailPace.DAILY
    assert "お知らせの届け方を変えました。" in one.text("/account")
    with reading():
        last = db.session.scalars(select(AuditEvent).order_by(AuditEvent.position.desc()).limit(1)).one()
    assert (last.action, last.details) == ("users.choose_pace", '{"pace":"daily"}')


@pytest.mark.parametrize("typed", [{}, {"pace": "weekly"}])
def test_what_is_no_pace_is_refused_and_the_name_stays(
    user: User, browser: Open, reading: Callable, typed: dict[str, str]
) -> None:
    answer = browser(user).post("/account/mail", typed)

    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "error-summary" in text
    assert 'value="早瀬 みのり"' in text
    assert pace(reading) is MailPace.AT_ONCE
