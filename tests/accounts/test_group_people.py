"""Colleagues: who may invite whom, what changes at the very next request, and who must stay."""

import datetime as dt
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grantflow.accounts import group_people as people
from grantflow.accounts import group_queries as queries
from grantflow.accounts import operations
from grantflow.accounts.models import Invitation, MemberRole, Membership, Organization, User
from grantflow.audit.models import AuditEvent
from grantflow.calls.queries import actor
from grantflow.core import clock
from grantflow.core.authorization import NotPermitted, permits
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.mail.models import Mail
from grantflow.permissions import Permission
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.applications import received
from tests.factories.calls import published

Writing = Callable[[], AbstractContextManager[Session]]
Browse = Callable[..., Browser]
R, D, E, V = MemberRole.REPRESENTATIVE, MemberRole.DELEGATE, MemberRole.EDITOR, MemberRole.READER
SITE = "https://example.jp"
NOBODY_WRITES = (
    "この団体で書ける人が1人もいなくなります。"
    "先に、ほかの人を招いて入ってもらうか、ほかの人を「書く人」にしてください。"
)
NO_REPRESENTATIVE = "代表者がいなくなります。先に「代表者を引き継ぐ」で、次の代表者を決めてください。"


def group_of(*roles: MemberRole) -> tuple[Organization, list[User]]:
    """A group with a person of each of `roles`."""
    found = organization("ほたるの会")
    users = [person(f"person{number}@example.jp") for number in range(len(roles))]
    db.session.flush()
    for user, role in zip(users, roles, strict=True):
        operations.join(user, found, by=OPERATOR, role=role)
    db.session.flush()
    return found, users


def row_of(group: Organization, user: User) -> Membership:
    """What the user is in the group."""
    found = queries.membership(group, user.id)
    assert found is not None
    return found


def key_sent_to(address: str) -> str:
    """The key in the last mail to that address."""
    body = db.session.scalars(
        select(Mail.body).where(Mail.recipient == address).order_by(Mail.queued_at.desc())
    ).first()
    found = re.search(rf"{SITE}/invitations/(\S+)", body or "")
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("role", "headless", "invites", "changes"),
    [
        (R, False, {R, D, E, V}, {R, D, E, V}),
        (D, False, {E, V}, {E, V}),
        (E, False, {E, V}, set()),
        (V, False, set(), set()),
        (D, True, {R, E, V}, {E, V}),
        (E, True, {R, E, V}, {E, V}),
        (V, True, set(), set()),
    ],
)
def test_only_a_representative_makes_delegates_and_representatives(
    role: MemberRole, headless: bool, invites: set[MemberRole], changes: set[MemberRole]
) -> None:
    assert people.invitable(role, headless=headless) == invites
    assert people.manageable(role, headless=headless) == changes


def test_an_invitation_is_a_link_whose_key_is_nowhere_but_in_the_mail(writing: Writing) -> None:
    with writing():
        group, (head,) = group_of(R)

        row = people.invite(group, " New@Example.jp ", E, site=SITE, by=actor(head))

        key = key_sent_to("new@example.jp")
        db.session.flush()
        assert queries.invitation(key) is row
        assert key not in row.token_hash
        assert row.expires_at - row.invited_at == dt.timedelta(days=7)
        events = db.session.scalars(select(AuditEvent.details)).all()
        assert [details for details in events if key in details or "new@example.jp" in details] == []


def test_an_invitation_to_the_same_address_ends_the_one_before(writing: Writing) -> None:
    with writing():
        group, (head,) = group_of(R)
        first = people.invite(group, "new@example.jp", E, site=SITE, by=actor(head))

        second = people.invite(group, "new@example.jp", V, site=SITE, by=actor(head))

        assert first.ended_at is not None
        assert list(queries.invitations(group)) == [second]


def test_a_delegate_cannot_invite_another_delegate(writing: Writing) -> None:
    with writing():
        group, (_head, delegate) = group_of(R, D)

        with pytest.raises(Refused) as refusal:
            people.invite(group, "new@example.jp", D, site=SITE, by=actor(delegate))

    assert str(refusal.value) == "「代表者から任された人」として招けるのは、代表者だけです。代表者に頼んでください。"


def test_a_reader_invites_nobody(writing: Writing) -> None:
    with writing():
        group, (_head, reader) = group_of(R, V)

        with pytest.raises(NotPermitted):
            people.invite(group, "new@example.jp", V, site=SITE, by=actor(reader))


def test_a_group_without_a_representative_can_invite_one(writing: Writing) -> None:
    with writing():
        group, (editor,) = group_of(E)

        people.invite(group, "head@example.jp", R, site=SITE, by=actor(editor))

        assert [row.role for row in queries.invitations(group)] == [R]


def test_somebody_who_is_in_the_group_is_not_invited_again(writing: Writing) -> None:
    with writing():
        group, (head, _other) = group_of(R, E)

        with pytest.raises(Refused) as refusal:
            people.invite(group, "person1@example.jp", V, site=SITE, by=actor(head))

    assert str(refusal.value) == "この人は、もう団体に入っています。役割を変えるときは、上の表で選んでください。"


def test_too_many_open_invitations_are_refused(writing: Writing) -> None:
    with writing():
        group, (head,) = group_of(R)
        for number in range(people.MOST_INVITATIONS):
            people.invite(group, f"new{number}@example.jp", V, site=SITE, by=actor(head))
            db.session.flush()

        with pytest.raises(Refused, match="返事を待っている招待が20件あります"):
            people.invite(group, "more@example.jp", V, site=SITE, by=actor(head))


@pytest.mark.parametrize(("address", "same"), [("guest@example.jp", "true"), ("other@example.jp", "false")])
def test_an_account_of_any_address_accepts_and_the_event_notes_it(
    browser: Browse, writing: Writing, reading: Writing, address: str, same: str
) -> None:
    with writing():
        group, (head,) = group_of(R)
        people.invite(group, "guest@example.jp", E, site=SITE, by=actor(head))
        guest = person(address)
        db.session.flush()
        key = key_sent_to("guest@example.jp")
    window = browser(guest)
    assert "任意団体" not in window.text(f"/invitations/{key}")

    answer = window.post(f"/invitations/{key}")

    assert answer.location.endswith(f"/groups/{group.id}")
    assert window.get(f"/groups/{group.id}").status_code == 200
    assert window.get(f"/invitations/{key}").status_code == 410
    with reading():
        details = db.session.scalars(
            select(AuditEvent.details).where(AuditEvent.action == "organizations.accept_invitation")
        ).one()
    assert f'"same_address":{same}' in details.replace(" ", "")


def test_a_visitor_sees_who_invites_them_and_signs_in_or_registers_first(browser: Browse, writing: Writing) -> None:
    with writing():
        group, (head,) = group_of(R)
        people.invite(group, "guest@example.jp", E, site=SITE, by=actor(head))
        db.session.flush()
        key = key_sent_to("guest@example.jp")
    visitor = browser(None)

    page = visitor.text(f"/invitations/{key}")

    assert "ほたるの会" in page
    assert f"/sign-in?next=/invitations/{key}" in page
    assert f"/register?next=/invitations/{key}" in page
    visitor.post(f"/invitations/{key}")
    assert visitor.get(f"/invitations/{key}").status_code == 200


@pytest.mark.parametrize("end", ["late", "withdrawn"])
def test_an_invitation_that_is_over_opens_nothing(browser: Browse, writing: Writing, end: str) -> None:
    with writing():
        group, (head,) = group_of(R)
        guest = person("guest@example.jp")
        row = people.invite(group, "guest@example.jp", E, site=SITE, by=actor(head))
        db.session.flush()
        key = key_sent_to("guest@example.jp")
        if end == "late":
            row.expires_at = clock.now()
        else:
            people.withdraw(row, by=actor(head))

    answer = browser(guest).post(f"/invitations/{key}")

    assert answer.status_code == 410
    assert "もう一度招いてもらってください" in answer.get_data(as_text=True)


def test_an_invitation_never_weakens_who_is_in_already(writing: Writing) -> None:
    with writing():
        group, (head, editor) = group_of(R, E)
        row = Invitation(
            organization_id=group.id,
            organization=group,
            email="x@example.jp",
            role=V,
            token_hash="0" * 64,
            invited_by="x",
            invited_at=clock.now(),
            expires_at=clock.now() + dt.timedelta(days=1),
        )
        db.session.add(row)

        people.accept(row, editor, by=actor(editor))

        assert row_of(group, editor).role is E
        assert row_of(group, head).role is R


def test_a_changed_role_counts_at_the_next_request(browser: Browse, writing: Writing) -> None:
    with writing():
        group, (head, editor) = group_of(R, E)
        member = row_of(group, editor).id
    theirs = browser(editor)
    assert theirs.get(f"/groups/{group.id}/edit").status_code == 200

    answer = browser(head).post(f"/groups/{group.id}/people/{member}/role", {"role": "reader"})

    assert answer.status_code == 302
    assert theirs.get(f"/groups/{group.id}/edit").status_code == 403
    assert theirs.get(f"/groups/{group.id}").status_code == 200


def test_who_is_removed_sees_nothing_at_the_next_request(browser: Browse, writing: Writing) -> None:
    with writing():
        group, (head, editor) = group_of(R, E)
        member = row_of(group, editor).id
    theirs = browser(editor)
    assert theirs.get(f"/groups/{group.id}").status_code == 200

    browser(head).post(f"/groups/{group.id}/people/{member}/remove")

    pages = ("", "/edit", "/people", "/hand-over", "/leave")
    assert [theirs.get(f"/groups/{group.id}{page}").status_code for page in pages] == [403] * 5
    assert "ほたるの会" not in theirs.text("/groups")


@pytest.mark.parametrize(
    ("roles", "who", "sentence"),
    [
        ((R,), 0, NOBODY_WRITES),
        ((R, V), 0, NOBODY_WRITES),
        ((E, V), 0, NOBODY_WRITES),
        ((R, E), 0, NO_REPRESENTATIVE),
        ((R, D), 0, NO_REPRESENTATIVE),
        ((R, R), 0, None),
        ((R, E), 1, None),
        ((R, V), 1, None),
        ((E, E), 0, None),
    ],
)
def test_somebody_who_writes_and_a_representative_must_stay(
    writing: Writing, roles: tuple[MemberRole, ...], who: int, sentence: str | None
) -> None:
    with writing():
        group, users = group_of(*roles)
        said = None

        try:
            people.leave(group, by=actor(users[who]))
        except Refused as refusal:
            said = str(refusal)

        assert said == sentence


def test_an_account_that_was_stopped_does_not_count_as_somebody_who_writes(writing: Writing) -> None:
    with writing():
        group, (one, other) = group_of(E, E)
        operations.deactivate(other, by=OPERATOR)

        with pytest.raises(Refused) as refusal:
            people.leave(group, by=actor(one))

    assert str(refusal.value) == NOBODY_WRITES


def test_the_last_representative_is_not_made_something_else(writing: Writing) -> None:
    with writing():
        group, (head, _editor) = group_of(R, E)

        with pytest.raises(Refused) as refusal:
            people.change_role(row_of(group, head), E, by=actor(head))

    assert str(refusal.value) == NO_REPRESENTATIVE


def test_an_editor_changes_nobody(writing: Writing) -> None:
    with writing():
        group, (_head, editor, reader) = group_of(R, E, V)

        with pytest.raises(Refused) as refusal:
            people.change_role(row_of(group, reader), E, by=actor(editor))
        with pytest.raises(Refused):
            people.remove(row_of(group, reader), by=actor(editor))

    assert str(refusal.value) == "この役割は代表者だけが変えられます。代表者に頼んでください。"


@pytest.mark.parametrize("stay_as", [D, E, V, None])
def test_representation_is_handed_over(writing: Writing, stay_as: MemberRole | None) -> None:
    with writing():
        group, (head, editor) = group_of(R, E)

        people.hand_over(group, row_of(group, editor), stay_as, site=SITE, by=actor(head))

        db.session.flush()
        found = queries.membership(group, head.id)
        assert row_of(group, editor).role is R
        assert (found.role if found else None) is stay_as
        told = db.session.scalars(select(Mail.recipient).where(Mail.template == "accounts.handed_over")).all()
        assert told == ["person1@example.jp"]


def test_only_a_representative_hands_over(browser: Browse, writing: Writing) -> None:
    with writing():
        group, (_head, editor, reader) = group_of(R, E, V)

        with pytest.raises(Refused) as refusal:
            people.hand_over(group, row_of(group, reader), V, site=SITE, by=actor(editor))

    assert str(refusal.value) == "引き継げるのは代表者だけです。代表者に頼んでください。"
    assert "代表者に頼んでください" in browser(editor).text(f"/groups/{group.id}/hand-over")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (R, {"read", "write", "submit"}),
        (D, {"read", "write", "submit"}),
        (E, {"read", "write"}),
        (V, {"read"}),
    ],
)
def test_a_role_decides_what_one_may_do_with_a_proposal(writing: Writing, role: MemberRole, allowed: set[str]) -> None:

    with writing():
        (application,) = received(published())
        user = person("somebody@example.jp")
        db.session.flush()
        operations.join(user, application.organization, by=OPERATOR, role=role)
        db.session.flush()
        by = actor(user)
        asked = {
            "read": Permission.APPLICATION_READ,
            "write": Permission.APPLICATION_WRITE,
            "submit": Permission.APPLICATION_SUBMIT,
        }

        assert {word for word, permission in asked.items() if permits(by, permission, application)} == allowed


def test_the_page_of_the_people_has_no_address_for_who_only_reads(browser: Browse, writing: Writing) -> None:
    with writing():
        group, (head, reader) = group_of(R, V)

    assert "person0@example.jp" in browser(head).text(f"/groups/{group.id}/people")
    assert "person0@example.jp" not in browser(reader).text(f"/groups/{group.id}/people")


def test_who_is_removed_loses_the_group_s_proposals_at_the_next_request(browser: Browse, writing: Writing) -> None:
    with writing():
        (application,) = received(published())
        group = application.organization
        head, editor = person("head@example.jp"), person("editor@example.jp")
        db.session.flush()
        operations.join(head, group, by=OPERATOR)
        operations.join(editor, group, by=OPERATOR, role=E)
        db.session.flush()
        member = row_of(group, editor).id
    theirs = browser(editor)
    assert theirs.get(f"/applications/{application.id}").status_code == 200

    browser(head).post(f"/groups/{group.id}/people/{member}/remove")

    assert theirs.get(f"/applications/{application.id}").status_code == 403
    assert theirs.text("/desk").count(application.title) == 0
