"""Who may come in: invited by mail, for good or for a time; out again at the next request."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine
from sqlalchemy import select

from grantflow.accounts import operations as accounts
from grantflow.accounts.models import AccessLink, Role, User
from grantflow.audit.models import AuditEvent
from grantflow.calls import operations, people, queries
from grantflow.calls.models import Call, CallRole
from grantflow.core import clock
from grantflow.core.authorization import Actor, NotPermitted
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.mail.models import Mail
from tests.browsing import Browser
from tests.counting import statements
from tests.factories.accounts import OPERATOR, PASSWORD, person
from tests.factories.calls import published
from tests.policy.world import World, arranged

Open = Callable[..., Browser]
SITE = "https://grants.example.jp"


@pytest.fixture
def call(store: None) -> Call:
    with db.transaction(write=True):
        return published()


def officer(call: Call) -> Actor:
    return queries.actor(person("officer@example.jp", Role.SECRETARIAT, call, name="早瀬 みのり"))


def mails() -> list[Mail]:
    with db.transaction(write=False):
        return list(db.session.scalars(select(Mail).order_by(Mail.queued_at)))


def roles_of(email: str) -> set[tuple[str, str | None]]:
    with db.transaction(write=False):
        user = db.session.scalars(select(User).where(User.email == email)).one()
        return {(row.role.value, row.call.slug if row.call else None) for row in queries.roles(user.id)}


def invited(call: Call | None, role: Role = Role.REVIEWER, **more: object) -> people.Invitation:
    return people.Invitation(email="New@Example.jp", name="汐見 さよ", role=role, call=call, **more)


def test_the_secretariat_invites_a_reviewer_by_a_link_that_only_the_mail_holds(
    call: Call, browser: Open, writing: Callable
) -> None:
    with writing():
        secretariat = person("officer@example.jp", Role.SECRETARIAT, call)
    page = browser(secretariat)

    answer = page.post("/calls/river-2031/people", {"email": "New@Example.jp", "name": "汐見 さよ", "role": "reviewer"})

    sent = mails()[0]
    key = re.search(r"/welcome/([\w-]+)", sent.body)[1]
    assert (answer.status_code, answer.location) == (302, "/calls/river-2031/people")
    assert (sent.recipient, sent.carries_key) == ("new@example.jp", True)
    assert "審査委員（川辺の灯り調査）" in sent.body
    assert key not in page.text("/calls/river-2031/people")
    assert roles_of("new@example.jp") == {("reviewer", "river-2031")}
    browser().post(f"/welcome/{key}", {"new_password": PASSWORD, "repeated": PASSWORD})
    with writing():
        assert db.session.scalars(select(AccessLink)).one().used_at is not None


@pytest.mark.parametrize("role", ["secretariat", "administrator"])
def test_the_secretariat_cannot_make_its_like_nor_an_administrator(
    call: Call, browser: Open, writing: Callable, role: str
) -> None:
    with writing():
        secretariat = person("officer@example.jp", Role.SECRETARIAT, call)
    page = browser(secretariat)

    answer = page.post("/calls/river-2031/people", {"email": "new@example.jp", "name": "汐見 さよ", "role": role})

    assert answer.status_code == 422
    assert 'value="汐見 さよ"' in answer.get_data(as_text=True)
    assert mails() == []
    with pytest.raises(NotPermitted), writing():
        people.invite(invited(call, Role(role)), site=SITE, by=queries.actor(secretariat))


def test_the_secretariat_of_one_call_gives_nothing_in_another(call: Call, writing: Callable) -> None:
    with writing():
        other = published(slug='"mountain-2031"', number_prefix='"YM"')
        by = officer(call)

    with pytest.raises(NotPermitted), writing():
        people.invite(invited(other), site=SITE, by=by)


def test_whoever_has_a_password_is_told_without_a_link(call: Call, writing: Callable) -> None:
    with writing():
        person("new@example.jp", name="もとの名前")
        people.invite(invited(call), site=SITE, by=OPERATOR)

    assert [(mail.subject, "/welcome/" in mail.body, "もとの名前 様" in mail.body) for mail in mails()] == [
        ("役割が付きました", False, True)
    ]


def test_an_account_that_is_stopped_is_not_invited(call: Call, writing: Callable) -> None:
    with writing():
        accounts.deactivate(person("new@example.jp"), by=OPERATOR)

    with pytest.raises(Refused, match="止まっています"), writing():
        people.invite(invited(call), site=SITE, by=OPERATOR)


def test_mail_of_a_rehearsal_is_held(call: Call, writing: Callable) -> None:
    with writing():
        db.session.get_one(Call, call.id).rehearsal = True
        people.invite(invited(db.session.get_one(Call, call.id)), site=SITE, by=OPERATOR)

    assert [mail.state.value for mail in mails()] == ["held"]


def test_a_deputy_counts_until_the_end_of_the_last_day(call: Call, browser: Open, writing: Callable) -> None:
    with writing():
        principal = person("auditor@example.jp", Role.AUDITOR, call, name="堂島 朋子")
        deputy = person("deputy@example.jp", name="代わりの人")
        operations.grant(deputy, Role.AUDITOR, call, by=OPERATOR, until=clock.today(), deputy_for=principal)
        secretariat = person("officer@example.jp", Role.SECRETARIAT, call)
    midnight = dt.datetime.combine(clock.today() + dt.timedelta(days=1), dt.time(), clock.TOKYO)

    assert "堂島 朋子さんの代理" in browser(secretariat).text("/calls/river-2031/people")
    with time_machine.travel(midnight - dt.timedelta(seconds=1), tick=False):
        assert browser(deputy).get("/calls/river-2031/list").status_code == 200
    with time_machine.travel(midnight, tick=False):
        assert browser(deputy).get("/calls/river-2031/list").status_code == 403
        assert "終わりました" in browser(secretariat).text("/calls/river-2031/people")


def test_a_role_whose_day_is_over_is_given_anew(call: Call, writing: Callable) -> None:
    with writing():
        user = person("new@example.jp")
        operations.grant(user, Role.AUDITOR, call, by=OPERATOR, until=clock.today())

    with time_machine.travel(clock.now() + dt.timedelta(days=2), tick=False):
        assert roles_of("new@example.jp") == set()
        with writing():
            operations.grant(user, Role.AUDITOR, call, by=OPERATOR)
        assert roles_of("new@example.jp") == {("auditor", "river-2031")}


@pytest.mark.parametrize(
    ("until", "principal", "sentence"),
    [
        (-1, None, "日が過ぎています"),
        (None, "sponsor", "代理には終わりの日が要ります"),
        (5, "auditor", "本人として持っていない"),
        (5, "new", "本人として持っていない"),
    ],
)
def test_a_deputy_without_an_end_or_without_a_principal_is_refused(
    call: Call, writing: Callable, until: int | None, principal: str | None, sentence: str
) -> None:
    with writing():
        known = {
            "sponsor": person("sponsor@example.jp", Role.SPONSOR, call),
            "auditor": person("auditor@example.jp", Role.AUDITOR, call),
            "new": person("new@example.jp"),
        }
    last = None if until is None else clock.today() + dt.timedelta(days=until)

    with pytest.raises(Refused, match=sentence), writing():
        operations.grant(
            known["new"], Role.SPONSOR, call, by=OPERATOR, until=last, deputy_for=known.get(principal or "")
        )


def test_a_deputy_goes_with_the_one_they_stood_in_for(call: Call, writing: Callable) -> None:
    with writing():
        principal = person("sponsor@example.jp", Role.SPONSOR, call)
        deputy = person("deputy@example.jp")
        operations.grant(deputy, Role.SPONSOR, call, by=OPERATOR, until=clock.today(), deputy_for=principal)

    with writing():
        people.revoke(principal, Role.SPONSOR, call, by=OPERATOR)

    assert roles_of("deputy@example.jp") == set()


def exports(world: World) -> list[str]:
    assert world.adoption_list is not None
    return [
        "/calls/river-2031/applications.csv",
        "/calls/river-2031/applications.xlsx",
        "/calls/river-2031/ranking.csv",
        f"/lists/{world.adoption_list.id}.pdf",
        f"/applications/{world.theirs.id}",
        "/calls/river-2031/people",
    ]


def _open_before(page: Browser, urls: list[str]) -> None:
    assert [page.get(url).status_code for url in urls] == [200] * len(urls)


def test_a_role_taken_away_closes_open_pages_and_every_export(app: object, browser: Open, writing: Callable) -> None:
    world = arranged("frozen")
    page = browser(world.people["secretariat"])
    urls = exports(world)
    _open_before(page, urls)

    answer = browser(world.people["administrator"]).post(
        f"/people/{world.people['secretariat'].id}/roles/{_role(world.people['secretariat'], world.call)}/revoke"
    )

    assert answer.status_code == 302
    assert [page.get(url).status_code for url in urls] == [403] * len(urls)
    assert page.get("/desk").status_code == 200


def test_an_account_that_is_stopped_is_out_of_open_pages_and_every_export(app: object, browser: Open) -> None:
    world = arranged("frozen")
    page = browser(world.people["secretariat"])
    urls = exports(world)
    _open_before(page, urls)
    administrator = browser(world.people["administrator"])

    administrator.post(f"/people/{world.people['secretariat'].id}/deactivate")

    assert {str(page.get(url).location).split("?")[0] for url in urls} == {"/sign-in"}
    assert "secretariat" in administrator.text(f"/people/{world.people['secretariat'].id}/history")
    administrator.post(f"/people/{world.people['secretariat'].id}/reactivate")
    assert browser(world.people["secretariat"]).get("/calls/river-2031/people").status_code == 200


def test_signed_out_everywhere_by_an_administrator(app: object, browser: Open) -> None:
    world = arranged("undecided")
    one, other = browser(world.people["sponsor"]), browser(world.people["sponsor"])
    administrator = browser(world.people["administrator"])

    administrator.post(f"/people/{world.people['sponsor'].id}/sign-out")

    assert [page.get("/desk").status_code for page in (one, other, administrator)] == [302, 302, 200]


def _role(user: User | None, call: Call) -> object:
    assert user is not None
    held = select(CallRole.id).where(CallRole.user_id == user.id, CallRole.call_id == call.id)
    with db.transaction(write=False):
        return db.session.scalars(held).one()


def test_nobody_stops_themselves_nor_the_last_administrator(store: None, writing: Callable) -> None:
    with writing():
        one = person("one@example.jp", Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="管理者が1人もいなくなります"), writing():
        people.deactivate(one, by=OPERATOR)
    with pytest.raises(Refused, match="管理者が1人もいなくなります"), writing():
        people.revoke(one, Role.ADMINISTRATOR, None, by=OPERATOR)
    with writing():
        person("two@example.jp", Role.ADMINISTRATOR)

    with pytest.raises(Refused, match="自分のアカウントは止められません"), writing():
        people.deactivate(one, by=queries.actor(one))


def test_a_link_is_sent_only_to_people_of_the_call(call: Call, browser: Open, writing: Callable) -> None:
    with writing():
        secretariat = person("officer@example.jp", Role.SECRETARIAT, call)
        theirs = person("reviewer@example.jp", Role.REVIEWER, call)
        other = person("other@example.jp", Role.ADMINISTRATOR)
    page = browser(secretariat)

    got = [page.post(f"/calls/river-2031/people/{user.id}/link").status_code for user in (theirs, other)]

    assert got == [302, 404]
    assert [mail.recipient for mail in mails()] == ["reviewer@example.jp"]


def test_reading_addresses_leaves_an_event(call: Call, browser: Open, writing: Callable, reading: Callable) -> None:
    with writing():
        secretariat = person("officer@example.jp", Role.SECRETARIAT, call)
        administrator = person("administrator@example.jp", Role.ADMINISTRATOR)

    browser(secretariat).text("/calls/river-2031/people")
    browser(administrator).text("/people?q=officer")
    browser(administrator).text(f"/people/{secretariat.id}")

    with reading():
        found = list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)))
    assert [action for action in found if "read" in action or "list" in action] == [
        "calls.read_people",
        "users.list",
        "users.read",
    ]


@pytest.mark.parametrize("text", ["", "%", "あ" * 300, "officer@"])
def test_accounts_are_searched_as_typed(call: Call, browser: Open, writing: Callable, text: str) -> None:
    with writing():
        person("officer@example.jp", Role.SECRETARIAT, call)
        administrator = person("administrator@example.jp", Role.ADMINISTRATOR)

    page = browser(administrator).get("/people", query_string={"q": text}).get_data(as_text=True)

    assert ("officer@example.jp" in page) is (text in ("", "officer@"))


def test_many_people_cost_no_more_statements_than_one(call: Call, browser: Open, writing: Callable) -> None:
    with writing():
        administrator = person("administrator@example.jp", Role.ADMINISTRATOR)
        operations.grant(person("one@example.jp"), Role.REVIEWER, call, by=OPERATOR)
    page = browser(administrator)
    urls = ("/calls/river-2031/people", "/people")

    def asked() -> list[int]:
        found = []
        for url in urls:
            with statements() as sent:
                page.text(url)
            found.append(len(sent))
        return found

    few = asked()
    with writing():
        for number in range(30):
            operations.grant(person(f"reviewer{number}@example.jp"), Role.REVIEWER, call, by=OPERATOR)

    assert asked() == few
