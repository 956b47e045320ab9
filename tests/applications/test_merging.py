"""Two records of one organisation become one: all that follows is shown first, and only that is done."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grantflow.accounts import group_queries, operations
from grantflow.accounts.models import MemberRole, Organization, Role, User
from grantflow.accounts.queries import unclaimed_organizations
from grantflow.applications import duplicates, merging
from grantflow.applications.models import Application
from grantflow.audit.models import AuditEvent
from grantflow.calls.models import Call
from grantflow.calls.queries import actor
from grantflow.core.authorization import NotPermitted
from grantflow.core.dates import PartialDate
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from tests.browsing import Browser
from tests.counting import statements
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.applications import received, row
from tests.factories.calls import published

Writing = Callable[[], AbstractContextManager[Session]]
Browse = Callable[..., Browser]
R, D, E, V = MemberRole.REPRESENTATIVE, MemberRole.DELEGATE, MemberRole.EDITOR, MemberRole.READER


def two_records() -> tuple[Call, Organization, Organization]:
    """A call to which one group applied twice, under two spellings of its name."""
    call = published()
    one, other = received(call, row(1, organization="NPO法人ほたる"), row(2, organization="特定非営利活動法人ほたる"))
    return call, one.organization, other.organization


def members_of(group: Organization) -> dict[str, MemberRole]:
    """Who acts for the organisation, by name."""
    return {row.user.name: row.role for row in group_queries.members(group)}


def merged(kept: Organization, other: Organization, *taken: str) -> None:
    """Merge as the page does, without anything in between."""
    merging.merge(kept, other, taken, seen=merging.plan(kept, other, by=OPERATOR).fingerprint, by=OPERATOR)
    db.session.flush()


@pytest.mark.parametrize(
    ("records", "together"),
    [
        ([("ほたるの会", ""), ("かわせみの会", "")], []),
        ([("ほたるの会", ""), ("ほたる の会", ""), ("かわせみの会", "")], [[0, 1]]),
        ([("NPO法人ほたる", ""), ("かわせみ", ""), ("特定非営利活動法人ほたる", "")], [[0, 2]]),
        ([("ほたる", "7123456789012"), ("まったく別の名前", "7123456789012")], [[0, 1]]),
        ([("髙﨑の会", ""), ("高崎の会", "")], [[0, 1]]),
        ([("あ会", "1"), ("い会", "2"), ("あ会", "2")], [[0, 1, 2]]),
        ([], []),
    ],
)
def test_records_are_alike_by_number_or_by_name(records: list[tuple[str, str]], together: list[list[int]]) -> None:
    assert duplicates.alike(records) == together


def test_candidates_say_how_much_hangs_on_each(writing: Writing) -> None:
    with writing():
        _call, one, other = two_records()
        operations.join(person("a@example.jp"), one, by=OPERATOR)
        db.session.flush()

        (cluster,) = duplicates.clusters(OPERATOR)

        assert {(each.id, each.applications, each.members) for each in cluster} == {(one.id, 1, 1), (other.id, 1, 0)}


def test_all_that_hangs_on_the_other_record_moves(writing: Writing) -> None:
    with writing():
        _call, kept, other = two_records()
        for name, here, there in (("両方", V, D), ("残す方", E, None), ("移る人", None, R)):
            user = person(f"{name}@example.jp", name=name)
            db.session.flush()
            for group, role in ((kept, here), (other, there)):
                if role is not None:
                    operations.join(user, group, by=OPERATOR, role=role)
        db.session.flush()

        merged(kept, other)

        assert members_of(kept) == {"両方": D, "残す方": E, "移る人": R}
        assert members_of(other) == {}
        assert other.merged_into_id == kept.id
        theirs = db.session.scalars(
            select(Application.number).where(Application.organization_id == kept.id).order_by(Application.number)
        ).all()
        assert theirs == ["KW-0001", "KW-0002"]


def test_a_proposal_keeps_the_name_it_was_handed_in_under(writing: Writing) -> None:
    with writing():
        _call, kept, other = two_records()

        merged(kept, other)

        names = db.session.scalars(select(Application.organization_name).order_by(Application.number)).all()
        assert names == ["NPO法人ほたる", "特定非営利活動法人ほたる"]


def test_what_is_empty_is_filled_and_what_differs_is_chosen(writing: Writing) -> None:
    with writing():
        _call, kept, other = two_records()
        kept.address, kept.contact_name = "架空町1", "早瀬 みのり"
        other.address, other.contact_name = "架空町2", "早瀬 みのり"
        other.founded = PartialDate(2019, 4)
        db.session.flush()

        plan = merging.plan(kept, other, by=OPERATOR)
        merged(kept, other, "name")

        assert [each.key for each in plan.differences] == ["name", "address"]
        assert plan.filled == [("設立時期", "2019年4月")]
        assert (kept.name, kept.address, kept.founded) == ("特定非営利活動法人ほたる", "架空町1", PartialDate(2019, 4))
        assert kept.name_key == "特定非営利活動法人ほたる"


def changed_profile(_kept: Organization, other: Organization) -> None:
    other.address = "架空町3"


def new_member(kept: Organization, _other: Organization) -> None:
    user = person("late@example.jp")
    db.session.flush()
    operations.join(user, kept, by=OPERATOR, role=V)


def new_status(_kept: Organization, other: Organization) -> None:
    application = db.session.scalars(select(Application).where(Application.organization_id == other.id)).one()
    application.number = "KW-0099"


@pytest.mark.parametrize("change", [changed_profile, new_member, new_status])
def test_nothing_is_done_when_anything_changed_since_it_was_shown(
    writing: Writing, change: Callable[[Organization, Organization], None]
) -> None:
    with writing():
        _call, kept, other = two_records()
        seen = merging.plan(kept, other, by=OPERATOR).fingerprint
        change(kept, other)
        db.session.flush()

        with pytest.raises(Refused) as refusal:
            merging.merge(kept, other, (), seen=seen, by=OPERATOR)

        assert str(refusal.value) == (
            "画面を開いた後に、この2つの記録の内容が変わりました。何も変えていません。もう一度確かめてください。"
        )
        assert other.merged_into_id is None


def test_both_records_have_an_event(writing: Writing, reading: Writing) -> None:
    with writing():
        _call, kept, other = two_records()
        merged(kept, other)
        ids = {str(kept.id), str(other.id)}

    with reading():
        events = db.session.execute(
            select(AuditEvent.action, AuditEvent.subject_id).where(AuditEvent.action.startswith("organizations.merge"))
        ).all()
    assert {action for action, _id in events} == {"organizations.merge", "organizations.merge_into"}
    assert {subject for _action, subject in events} == ids


def test_a_merged_record_is_no_candidate_and_is_handed_to_no_file(writing: Writing) -> None:
    with writing():
        _call, kept, other = two_records()
        merged(kept, other)

        assert duplicates.clusters(OPERATOR) == []
        assert [each.id for each in duplicates.search(OPERATOR, "ほたる")] == [kept.id]
        assert unclaimed_organizations({"特定非営利活動法人ほたる"}) == {}
        with pytest.raises(Refused, match="もう別の記録にまとめられています"):
            merging.plan(kept, other, by=OPERATOR)


def test_a_record_merged_twice_points_to_the_last(writing: Writing) -> None:
    with writing():
        first, second, third = organization("一の会"), organization("二の会"), organization("三の会")
        merged(second, first)

        merged(third, second)

        db.session.refresh(first)
        assert first.merged_into_id == third.id


def test_a_record_is_not_merged_into_itself(writing: Writing) -> None:
    with writing():
        one = organization("一の会")

        with pytest.raises(Refused, match="同じ記録どうしはまとめられません"):
            merging.plan(one, one, by=OPERATOR)


def test_grants_follow_at_the_next_request(browser: Browse, writing: Writing) -> None:
    with writing():
        _call, kept, other = two_records()
        user = person("a@example.jp")
        db.session.flush()
        operations.join(user, other, by=OPERATOR)
        db.session.flush()
        application = db.session.scalars(select(Application.id).where(Application.organization_id == kept.id)).one()
    window = browser(user)
    assert window.get(f"/applications/{application}").status_code == 403

    with writing():
        merged(db.session.get_one(Organization, kept.id), db.session.get_one(Organization, other.id))

    assert window.get(f"/groups/{kept.id}").status_code == 200
    assert window.get(f"/groups/{other.id}").status_code == 403
    assert window.get(f"/applications/{application}").status_code == 200


def secretariat_of(call: Call, email: str = "office@example.jp") -> User:
    """A secretariat of the call."""
    user = person(email, Role.SECRETARIAT, call)
    db.session.flush()
    return user


def test_the_secretariat_merges_what_applied_to_its_call_alone(writing: Writing) -> None:
    with writing():
        call, kept, other = two_records()
        elsewhere = published(slug='"mountain-2031"', number_prefix='"YM"')
        office, stranger = secretariat_of(call), secretariat_of(elsewhere, "elsewhere@example.jp")
        without = organization("ほたる")

        assert merging.plan(kept, other, by=actor(office)).kept is kept
        with pytest.raises(NotPermitted):
            merging.plan(kept, without, by=actor(office))
        with pytest.raises(NotPermitted):
            merging.plan(kept, other, by=actor(stranger))


def test_a_proposal_in_another_call_makes_it_the_administrator_s_work(writing: Writing) -> None:
    with writing():
        call, kept, other = two_records()
        elsewhere = published(slug='"mountain-2031"', number_prefix='"YM"')
        (there,) = received(elsewhere, row(1, number="YM-0001"))
        there.organization_id, there.organization = other.id, other
        office = secretariat_of(call)
        db.session.flush()

        with pytest.raises(Refused) as refusal:
            merging.plan(kept, other, by=actor(office))

        assert str(refusal.value) == (
            "この2つの団体には、あなたが扱えない応募があります。まとめることは、管理者に頼んでください。"
        )
        assert there in merging.plan(kept, other, by=OPERATOR).moved


def test_the_page_shows_what_follows_and_does_it(browser: Browse, writing: Writing, reading: Writing) -> None:
    with writing():
        call, kept, other = two_records()
        office = secretariat_of(call)
    window = browser(office)
    assert "「NPO法人ほたる」と似た記録" in window.text("/duplicates")
    url = f"/duplicates/{kept.id}/{other.id}"
    page = window.text(url)
    assert "KW-0002" in page
    assert "残す記録にも、同じ公募の応募があります。" in page
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', page)
    assert seen

    stale = window.post(url, {"seen": "0" * 64})
    done = window.post(url, {"seen": seen[1], "from-name": "other"})

    assert stale.status_code == 422
    assert "何も変えていません" in stale.get_data(as_text=True)
    assert done.location.endswith("/duplicates")
    with reading():
        assert db.session.get_one(Organization, other.id).merged_into_id == kept.id
        assert db.session.get_one(Organization, kept.id).name == "特定非営利活動法人ほたる"


def test_a_record_that_is_called_otherwise_is_found_by_name(browser: Browse, writing: Writing) -> None:
    with writing():
        one, other = organization("ほたるの会"), organization("川辺の灯り")
        administrator = person("administrator@example.jp", Role.ADMINISTRATOR)
    window = browser(administrator)

    page = window.text(f"/duplicates?keep={one.id}&q=川辺")

    assert "残す記録：ほたるの会" in page
    assert f"/duplicates/{one.id}/{other.id}" in page


def test_the_list_of_candidates_asks_as_often_for_many_as_for_one(browser: Browse, writing: Writing) -> None:
    with writing():
        organization("会0")
        organization("会 0")
        administrator = person("administrator@example.jp", Role.ADMINISTRATOR)
    window = browser(administrator)
    with statements() as for_one:
        window.text("/duplicates")
    with writing():
        for number in range(1, 12):
            organization(f"会{number}")
            organization(f"会 {number}")

    with statements() as for_many:
        window.text("/duplicates")

    assert len(for_one) == len(for_many)
