"""A group keeps its profile: nothing but the name is demanded, and nobody's text is lost."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import select
from sqlalchemy.orm import Session

from grantflow.accounts import groups
from grantflow.accounts import operations as accounts
from grantflow.accounts.group_people import change_role
from grantflow.accounts.group_queries import membership
from grantflow.accounts.models import MemberRole, Membership, Organization, User
from grantflow.accounts.profile import KEYS, profile
from grantflow.audit.models import AuditEvent
from grantflow.calls.queries import actor
from grantflow.core.db import db
from tests.browsing import Browser
from tests.counting import statements
from tests.factories.accounts import OPERATOR, organization, person

Writing = Callable[[], AbstractContextManager[Session]]
Reading = Writing
Browse = Callable[..., Browser]

TYPED = {
    "name": "任意団体ほたるの会",
    "kana": "ほたるのかい",
    "legal_form": "任意団体",
    "founded": "令和元年6月",
    "representative_name": "堂島 はるか",
    "contact_email": "hotaru@example.jp",
    "contact_phone": "０９０ー１２３４ー５６７８",
    "postal_code": "〒100-8926",
    "municipality_code": "東京都千代田区",
    "address": "東京都千代田区架空町1-2",
}


def begun(writing: Writing) -> tuple[User, Organization]:
    """A person who is the representative of a group."""
    with writing():
        user = person("hotaru@example.jp")
        db.session.flush()
        return user, organization("ほたるの会", user)


def events(reading: Reading, action: str) -> list[AuditEvent]:
    """The events of that action."""
    with reading():
        return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


def test_a_person_registers_a_group_and_is_what_they_said(browser: Browse, writing: Writing, reading: Reading) -> None:
    with writing():
        user = person("hotaru@example.jp")

    for name, answer in (("ほたるの会", "yes"), ("かわせみの会", "no")):
        browser(user).post("/groups/new", {"name": name, "legal_form": "任意団体", "representative": answer})

    with reading():
        found = db.session.execute(select(Organization.name, Membership.role).join(Membership.organization)).all()
    assert dict(found) == {"ほたるの会": MemberRole.REPRESENTATIVE, "かわせみの会": MemberRole.EDITOR}


def test_whoever_does_not_say_whether_they_are_the_representative_is_asked(browser: Browse, writing: Writing) -> None:
    with writing():
        user = person("hotaru@example.jp")

    answer = browser(user).post("/groups/new", {"name": "ほたるの会"})

    assert answer.status_code == 422
    assert "代表者かどうかを選んでください。" in answer.get_data(as_text=True)


def test_a_profile_is_kept_as_it_is_read(browser: Browse, writing: Writing, reading: Reading) -> None:
    user, group = begun(writing)

    answer = browser(user).post(f"/groups/{group.id}/edit", {**TYPED, "version": str(group.version)})

    assert answer.status_code == 302
    with reading():
        assert profile(db.session.get_one(Organization, group.id)) == {
            **dict.fromkeys(KEYS, ""),
            **TYPED,
            "kana": "ホタルノカイ",
            "founded": "2019-06",
            "contact_phone": "090-1234-5678",
            "postal_code": "1008926",
            "municipality_code": "131016",
            "tax_status": "unknown",
        }


def test_the_event_of_a_profile_holds_nothing_that_tells_of_a_person(
    browser: Browse, writing: Writing, reading: Reading
) -> None:
    user, group = begun(writing)

    browser(user).post(f"/groups/{group.id}/edit", {**TYPED, "version": str(group.version)})

    (event,) = events(reading, "organizations.write")
    for told in ("堂島", "hotaru@example.jp", "090-1234-5678", "架空町"):
        assert told not in str(event.details)
    assert "任意団体ほたるの会" in str(event.details)


def test_what_looks_odd_is_said_and_kept(browser: Browse, writing: Writing, reading: Reading) -> None:
    user, group = begun(writing)
    window = browser(user)

    window.post(f"/groups/{group.id}/edit", {"name": "NPO法人ほたる", "version": str(group.version)})

    page = window.text(f"/groups/{group.id}")
    assert "団体名の法人格は、略さずに「特定非営利活動法人」と書くのが正式です。" in page
    with reading():
        assert db.session.get_one(Organization, group.id).name == "NPO法人ほたる"


def test_what_cannot_be_stands_under_its_field_and_nothing_is_kept(
    browser: Browse, writing: Writing, reading: Reading
) -> None:
    user, group = begun(writing)
    typed = {"name": "ほたるの会", "corporate_number": "6123456789012", "version": str(group.version)}

    answer = browser(user).post(f"/groups/{group.id}/edit", typed)

    assert answer.status_code == 422
    assert "法人番号の検査用の数字が合いません。" in answer.get_data(as_text=True)
    with reading():
        assert db.session.get_one(Organization, group.id).corporate_number == ""


def test_who_saves_second_gets_both_texts_and_saves_on_purpose(
    browser: Browse, writing: Writing, reading: Reading
) -> None:
    user, group = begun(writing)
    first, second = browser(user), browser(user)
    seen = {"version": str(group.version)}
    first.post(f"/groups/{group.id}/edit", {"name": "ほたるの会", "address": "架空町1-1", **seen})

    answer = second.post(f"/groups/{group.id}/edit", {"name": "ほたるの会", "address": "架空町2-2", **seen})

    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "架空町1-1" in text
    assert "架空町2-2" in text
    with reading():
        stored = db.session.get_one(Organization, group.id)
        assert stored.address == "架空町1-1"
        version = str(stored.version)
    again = second.post(f"/groups/{group.id}/edit", {"name": "ほたるの会", "address": "架空町2-2", "version": version})
    assert again.status_code == 302


def test_a_group_is_found_by_any_spelling_of_its_new_name(writing: Writing, reading: Reading) -> None:
    user, group = begun(writing)

    with writing():
        row = db.session.get_one(Organization, group.id)
        groups.write_profile(row, {"name": "髙﨑ﾎﾀﾙの会"}, by=actor(user))

    with reading():
        row = db.session.get_one(Organization, group.id)
        assert (row.name, row.name_display, row.name_key) == ("髙﨑ﾎﾀﾙの会", "髙﨑ﾎﾀﾙの会", "高崎ホタルの会")


def test_what_did_not_change_leaves_no_event(writing: Writing, reading: Reading) -> None:
    user, group = begun(writing)

    with writing():
        row = db.session.get_one(Organization, group.id)
        changed = groups.write_profile(row, {"name": "ほたるの会", "kana": ""}, by=actor(user))

    assert changed is False
    assert events(reading, "organizations.write") == []


def test_an_unincorporated_group_is_stopped_and_nagged_nowhere(browser: Browse, writing: Writing) -> None:
    user, group = begun(writing)
    window = browser(user)

    saved = window.post(
        f"/groups/{group.id}/edit",
        {"name": "任意団体ほたるの会", "legal_form": "任意団体", "version": str(group.version)},
    )

    assert saved.status_code == 302
    page = window.text(f"/groups/{group.id}")
    assert "念のため確かめてください" not in page
    assert "法人番号" not in page


def test_another_group_s_member_sees_nothing(browser: Browse, writing: Writing) -> None:
    _user, group = begun(writing)
    with writing():
        stranger = person("other@example.jp")
        db.session.flush()
        organization("別の会", stranger)

    answers = [browser(stranger).get(f"/groups/{group.id}{page}").status_code for page in ("", "/edit", "/people")]

    assert answers == [403, 403, 403]


def test_the_list_of_one_s_own_groups_asks_as_often_for_many_as_for_one(browser: Browse, writing: Writing) -> None:
    with writing():
        one, many = person("one@example.jp"), person("many@example.jp")
        db.session.flush()
        organization("会0", one)
        for number in range(1, 12):
            organization(f"会{number}", many)
    few, more = browser(one), browser(many)

    with statements() as for_one:
        few.text("/groups")
    with statements() as for_many:
        more.text("/groups")

    assert len(for_one) == len(for_many)


def test_a_group_reads_who_did_what_and_nothing_that_tells_of_a_person(browser: Browse, writing: Writing) -> None:
    user, group = begun(writing)
    with writing():
        reader, stranger = person("reader@example.jp"), person("stranger@example.jp")
        db.session.flush()
        accounts.join(reader, group, by=OPERATOR, role=MemberRole.READER)
    with writing():
        held = membership(db.session.merge(group), reader.id)
        assert held is not None
        groups.write_profile(
            held.organization, {"address": "架空市川辺町1-1", "contact_phone": "03-5253-2111"}, by=actor(user)
        )
        change_role(held, MemberRole.EDITOR, by=actor(user))

    page = browser(reader).text(f"/groups/{group.id}/history")

    assert "団体の登録内容を書き直した" in page
    assert "団体の人の役割を変えた" in page
    assert [words in page for words in ("読む人", "書く人", "担当者の電話番号")] == [True, True, True]
    assert [words in page for words in ("03-5253-2111", "reader@example.jp", str(reader.id))] == [False, False, False]
    assert f"/groups/{group.id}/history" in browser(reader).text(f"/groups/{group.id}")
    assert browser(stranger).get(f"/groups/{group.id}/history").status_code == 403
