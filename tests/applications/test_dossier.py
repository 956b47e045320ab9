"""Writing a proposal together: what is kept and when, the group's profile, both texts of two people, two versions."""

import json
from collections.abc import Iterator

import pytest
import time_machine

from grantflow.accounts import operations as accounts
from grantflow.accounts.group_people import remove
from grantflow.accounts.group_queries import membership
from grantflow.accounts.models import MemberRole, Organization, Role, User
from grantflow.accounts.profile import profile
from grantflow.applications import completeness, queries
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.applications.outline import Part
from grantflow.audit.queries import history
from grantflow.calls.queries import actor
from grantflow.core.db import db
from grantflow.core.incoming import FIELDS
from tests.applications.test_web_proposal import (
    AUDIENCE,
    LIMITS,
    OPEN,
    WHOLE,
    Browsers,
    Writing,
    begun,
    only,
    saved,
    version_of,
    written,
)
from tests.browsing import Browser
from tests.counting import statements
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.applications import received, row
from tests.factories.calls import published, revised

CLOSED = ("/edit", "/edit/plan", "/confirm")
QUESTION = '[[question]]\nkey = "why"\ntext = "なぜ、いまですか"\n\n[[question]]\nkey = "plan"\ntext = "何をしますか"'


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The call is open."""
    with time_machine.travel(OPEN, tick=False):
        yield


@pytest.fixture
def people(writing: Writing) -> dict[str, User]:
    """A group's representative, its editor and its reader, around the small call; and somebody of no group."""
    with writing():
        call = published(AUDIENCE, LIMITS)
        found = {who: person(f"{who}@example.jp", name=who) for who in ("representative", "editor", "reader", "other")}
        found["reviewer"] = person("reviewer@example.jp", Role.REVIEWER, call)
        found["office"] = person("office@example.jp", Role.SECRETARIAT, call)
        db.session.flush()
        group = organization("任意団体ほたる")
        group.legal_form, group.contact_phone, group.address = "任意団体", "03-5253-2111", "架空市川辺町1-1"
        for who in ("representative", "editor", "reader"):
            accounts.join(found[who], group, by=OPERATOR, role=MemberRole(who))
    return found


def kept(window: Browser, draft: Application, part: str, **changes: object):
    """The answer to what the page sends by itself while one types."""
    typed = {"version": str(version_of(draft, part)), **WHOLE[part], **changes}
    return window.post(f"/applications/{draft.id}/edit/{part}/autosave", typed)


def content_of(draft: Application, part: str) -> dict[str, object]:
    """What stands in a part."""
    with db.transaction(write=False):
        return dict(queries.dossier(db.session.get_one(Application, draft.id)).content(Part(part)))


def test_what_is_typed_is_kept_while_one_types(people, browser: Browsers) -> None:
    window = browser(people["editor"])
    draft = begun(window)

    answers = [kept(window, draft, "plan", title=title) for title in ("川", "川辺")]

    assert [answer.get_json() for answer in answers] == [
        {"told": "10:00に保存しました", "version": version, "figures": {"area": ""}} for version in (1, 2)
    ]
    assert only().title == "川辺"


def test_a_script_sends_fields_and_they_are_kept_in_few_statements(people, browser: Browsers) -> None:
    window = browser(people["editor"])
    draft = begun(window)
    kept(window, draft, "plan", title="川")
    sent = json.dumps([*({**WHOLE["plan"], "version": "1"} | {"title": "川辺"}).items()])

    with statements() as asked:
        answer = window.client.post(f"/applications/{draft.id}/edit/plan/autosave", data=sent, content_type=FIELDS)

    assert (answer.status_code, answer.get_json()["version"], only().title) == (200, 2, "川辺")
    # Who asks, the proposal held, the part read once, both written, the trail carried on
    assert len([each for each in asked if not each.startswith(("PRAGMA", "BEGIN"))]) <= 10


def test_what_cannot_be_kept_is_told_by_its_name(people, browser: Browsers) -> None:
    window = browser(people["editor"])
    draft = begun(window)

    answer = kept(window, draft, "group", contact_phone="なし")

    assert (answer.status_code, answer.get_json()) == (
        422,
        {"told": "まだ保存していません。「担当者の電話番号」を直してください。"},
    )


def test_two_people_in_one_part_get_both_texts(people, browser: Browsers) -> None:
    first, second = browser(people["representative"]), browser(people["editor"])
    draft = begun(first)
    saved(first, draft, "plan", title="一人目の題")

    quiet = kept(second, draft, "plan", version="0", title="二人目の題")
    loud = saved(second, draft, "plan", version="0", title="二人目の題")
    again = saved(second, draft, "plan", title="二人で決めた題")

    assert quiet.status_code == 409
    assert "2つを並べて見比べられます" in quiet.get_json()["told"]
    assert loud.status_code == 409
    assert "representativeさんが" in loud.text
    assert 'name="version" value="1"' in loud.text
    assert [words in loud.text for words in ("一人目の題", "二人目の題")] == [True, True]
    assert again.status_code == 302
    assert only().title == "二人で決めた題"


def test_two_people_in_two_parts_are_in_nobodys_way(people, browser: Browsers) -> None:
    first, second = browser(people["representative"]), browser(people["editor"])
    draft = begun(first)

    answers = [kept(first, draft, "plan", version="0"), kept(second, draft, "amount", version="0")]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_the_first_visit_shows_the_profile_and_keeps_nothing(people, browser: Browsers) -> None:
    window = browser(people["editor"])
    draft = begun(window)

    html = window.text(f"/applications/{draft.id}/edit/group")

    assert 'value="架空市川辺町1-1"' in html
    assert "まだ保存していません。確かめて" in html
    assert version_of(draft, "group") == 0


def test_the_profile_is_copied_only_when_that_is_asked_for(people, browser: Browsers) -> None:
    window = browser(people["editor"])
    draft = begun(window)
    saved(window, draft, "group", address="別のところ2-2")

    plain = window.text(f"/applications/{draft.id}/edit/group")
    copied = window.text(f"/applications/{draft.id}/edit/group?copy=1")

    assert 'value="別のところ2-2"' in plain
    assert 'value="架空市川辺町1-1"' in copied
    assert content_of(draft, "group")["address"] == "別のところ2-2"


@pytest.mark.parametrize(("typed", "address"), [({}, "架空市川辺町1-1"), ({"write_back": "y"}, "別のところ2-2")])
def test_the_profile_changes_only_when_that_is_asked_for(
    people, browser: Browsers, typed: dict[str, str], address: str
) -> None:
    window = browser(people["editor"])
    draft = begun(window)

    saved(window, draft, "group", address="別のところ2-2", **typed)

    with db.transaction(write=False):
        assert profile(db.session.get_one(Organization, draft.organization_id))["address"] == address


def test_the_trail_says_that_a_contact_changed_and_never_what_it_is(people, browser: Browsers) -> None:
    window = browser(people["editor"])
    draft = begun(window)
    saved(window, draft, "group")

    with db.transaction(write=False):
        (event,) = (each for each in history(draft) if each.action == "applications.write")
    private = ["address", "contact_email", "contact_name", "contact_phone", "representative_name"]
    assert event.details["fields"] == private
    assert event.details["after"] == {"name": "任意団体ほたる", "legal_form": "任意団体", "tax_status": "unknown"}


def test_only_the_representative_submits(people, browser: Browsers) -> None:
    editor, representative = browser(people["editor"]), browser(people["representative"])
    draft = begun(editor)
    written(editor, draft)

    told = editor.text(f"/applications/{draft.id}/confirm")
    refused = editor.post(f"/applications/{draft.id}/confirm")
    answer = representative.post(f"/applications/{draft.id}/confirm")

    assert "representativeさん（代表者）" in told
    assert "この内容で提出する" not in told
    assert refused.status_code == 403
    assert answer.status_code == 302
    assert only().status is ApplicationStatus.SUBMITTED


def test_an_editor_mends_what_was_submitted_and_a_representative_hands_it_in(people, browser: Browsers) -> None:
    editor, representative = browser(people["editor"]), browser(people["representative"])
    draft = begun(representative)
    written(representative, draft)
    representative.post(f"/applications/{draft.id}/confirm")

    answer = saved(editor, draft, "plan", title="別の題")
    page = editor.text(f"/applications/{draft.id}/confirm")
    refused = editor.post(f"/applications/{draft.id}/confirm")
    before = only().title
    representative.post(f"/applications/{draft.id}/confirm")

    assert answer.status_code == 302
    assert "提出できるのは、代表者と、代表者から任された人です" in page
    assert refused.status_code == 403
    assert (before, only().title) == ("川辺の茶の間", "別の題")


def test_a_reader_reads_and_writes_nothing(people, browser: Browsers) -> None:
    draft = begun(browser(people["editor"]))
    window = browser(people["reader"])

    page = window.text(f"/applications/{draft.id}")
    pages = [window.get(f"/applications/{draft.id}{end}").status_code for end in ("/edit", "/edit/plan", "/confirm")]
    posts = [
        saved(window, draft, "plan"),
        kept(window, draft, "plan"),
        window.post(f"/applications/{draft.id}/confirm"),
    ]

    assert f"/applications/{draft.id}/edit" not in page
    assert pages == [403, 403, 403]
    assert [answer.status_code for answer in posts] == [403, 403, 403]


@pytest.mark.parametrize("who", ["other", "reviewer", "office"])
def test_nobody_else_sees_a_draft_anywhere(people, browser: Browsers, who: str) -> None:
    editor = browser(people["editor"])
    draft = begun(editor)
    saved(editor, draft, "plan", title="ひみつの題")
    window = browser(people[who])

    for end in ("", "/edit", "/edit/plan", "/edit-tier", "/edit-version", "/confirm", "/receipt"):
        assert window.get(f"/applications/{draft.id}{end}").status_code == 403
    assert kept(window, draft, "plan").status_code == 403
    for url in ("/desk", "/calls/river-2031/apply", "/calls/river-2031/applications", "/calls/river-2031/sheets"):
        assert "ひみつの題" not in window.get(url).text


def test_a_removed_member_sees_nothing_from_the_next_request_on(people, browser: Browsers, writing: Writing) -> None:
    editor = browser(people["editor"])
    draft = begun(editor)
    before = kept(editor, draft, "plan", title="ひみつの題")
    with writing():
        group = db.session.get_one(Organization, draft.organization_id)
        found = membership(group, people["editor"].id)
        assert found is not None
        remove(found, by=actor(people["representative"]))

    assert before.status_code == 200
    assert kept(editor, draft, "plan", title="あとの題").status_code == 403
    assert saved(editor, draft, "plan", title="あとの題").status_code == 403
    assert [editor.get(f"/applications/{draft.id}{end}").status_code for end in ("", "/edit", "/receipt")] == [403] * 3
    for url in ("/desk", "/calls/river-2031/apply"):
        assert "ひみつの題" not in editor.text(url)
    assert only().title == "ひみつの題"


def test_a_draft_begun_on_the_first_version_is_submitted_after_the_second(
    people, browser: Browsers, writing: Writing
) -> None:
    window = browser(people["representative"])
    draft = begun(window)
    written(window, draft)
    with writing():
        revised(db.session.get_one(Application, draft.id).call, AUDIENCE, "[limits]\ntitle = 3", QUESTION)

    page = window.text(f"/applications/{draft.id}/edit")
    differences = window.text(f"/applications/{draft.id}/edit-version")
    answer = window.post(f"/applications/{draft.id}/confirm")

    assert "公募の内容が改められました" in page
    assert "なぜ、いまですか" in differences
    assert answer.status_code == 302
    assert (only().status, only().definition_version) == (ApplicationStatus.SUBMITTED, 1)


def test_a_draft_that_follows_the_second_version_is_asked_what_it_asks(
    people, browser: Browsers, writing: Writing, reading: Writing
) -> None:
    window = browser(people["representative"])
    draft = begun(window)
    written(window, draft)
    with writing():
        revised(db.session.get_one(Application, draft.id).call, AUDIENCE, "[limits]\ntitle = 3", QUESTION)

    answer = window.post(f"/applications/{draft.id}/edit-version")

    assert answer.status_code == 302
    with reading():
        gaps = completeness.missing(queries.dossier(db.session.get_one(Application, draft.id)))
    assert [gap.sentence for gap in gaps] == [
        "事業名が3文字を3文字超えています。短くしてください。",
        "「なぜ、いまですか」が空です。書いてください。",
    ]
    assert content_of(draft, "plan")["answers"] == {"plan": "四月に始め、二月に終える。\n次の年は会費で続ける。"}


def test_a_proposal_that_came_by_a_load_shows_only_what_it_says(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published(AUDIENCE)
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        (loaded,) = received(call, row(1, summary="歩いて声をかける"))

    html = browser(officer).text(f"/applications/{loaded.id}")

    assert "歩いて声をかける" in html
    assert "記入なし" not in html


def test_people_are_chosen_in_a_table_whose_boxes_have_whole_names(writing: Writing, browser: Browsers) -> None:
    with writing():
        published('[audience]\ngroups = ["子ども", "高齢者"]\nattributes = ["ひとり親"]')
        applicant = person("applicant@example.jp")
        db.session.flush()
        organization("任意団体ほたる", applicant)
    window = browser(applicant)
    draft = begun(window)
    html = window.text(f"/applications/{draft.id}/edit/targets")
    answer = window.post(
        f"/applications/{draft.id}/edit/targets", {"version": "0", "targets": ["子ども\nひとり親", "高齢者\n"]}
    )

    assert html.count('<input id="targets-') == 4
    assert '<span class="visually-hidden">子ども（ひとり親）</span>' in html
    assert answer.status_code == 302
    assert content_of(draft, "targets")["targets"] == [["子ども", "ひとり親"], ["高齢者", ""]]
    assert only().audience == ["子ども", "高齢者", "ひとり親"]
