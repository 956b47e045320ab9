"""A call written on pages: begun three ways, edited section by section by two people, looked through, published."""

import datetime as dt
import io
import re
import uuid
from dataclasses import is_dataclass
from decimal import Decimal
from typing import get_args

import html5lib
import pytest
from sqlalchemy import func, select

from grantflow.accounts.models import Role
from grantflow.audit import queries as audit
from grantflow.audit import trail
from grantflow.calls import drafting, drafts, letters, operations, queries
from grantflow.calls.definition import Definition, parse
from grantflow.calls.labels import label_of
from grantflow.calls.models import Call, CallDraft, CallLetter, CallRole
from grantflow.calls.printing import canonical, dump_raw
from grantflow.calls.rowforms import SectionForm
from grantflow.calls.schema import Column, columns
from grantflow.calls.sections import SECTIONS, section_of
from grantflow.core import clock
from grantflow.core.clock import TOKYO
from grantflow.core.db import db
from grantflow.mail.catalogue import TEMPLATES
from grantflow.mail.letters import Letter
from tests.factories.accounts import OPERATOR, person
from tests.factories.calls import FILES, published, published_file, small_definition

OWN_LETTER = Letter("【{公募名}】役割のお知らせ", "{氏名} 様\n\n{役割}です。\n{サインインの画面}\n")
SAMPLE = FILES.parent.parent / "grantflow" / "definitions" / "sample.toml"
WHOLE = [SAMPLE, FILES / "second-call.toml", FILES / "one-tier-call.toml"]


@pytest.fixture
def office(writing):
    """Somebody of the secretariat of the small call."""
    with writing():
        return person("office@example.jp", Role.SECRETARIAT, published())


def words(answer):
    tree = html5lib.parse(answer.get_data(as_text=True), namespaceHTMLElements=False)
    return re.sub(r"\s+", " ", "".join(tree.find(".//main").itertext())).strip()


def fields(answer):
    """Every box of the page's own form with what stands in it, as a browser would send it."""
    tree = html5lib.parse(answer.get_data(as_text=True), namespaceHTMLElements=False)
    found = {}
    for box in tree.find(".//main").iter():
        name = box.get("name")
        if box.tag == "textarea":
            found[name] = "".join(box.itertext()).removeprefix("\n")
        elif box.tag == "input" and box.get("type") in ("checkbox", "radio"):
            if box.get("checked") is not None:
                found[name] = box.get("value") or "y"
        elif box.tag == "input" and name:
            found[name] = box.get("value") or ""
    return found


def draft_at(answer):
    return answer.location.rsplit("/", 1)[-1]


def revising(client):
    return f"/drafts/{draft_at(client.post('/calls/river-2031/draft'))}"


def stored(url):
    with db.open(write=False):
        return db.session.scalars(select(CallDraft.definition).where(CallDraft.id == _id(url))).one()


def _id(url):
    return uuid.UUID(url.rsplit("/", 1)[-1])


def count(model):
    with db.open(write=False):
        return db.session.scalar(select(func.count()).select_from(model))


# Beginning


def test_last_years_call_is_copied_with_its_dates_a_year_later(office, browser):
    client = browser(office)

    url = client.post("/desk/calls/new", {"way": "copy", "source": "river-2031", "dates": "later"}).location

    copied = parse(stored(url))
    assert (copied.call.slug, copied.call.fiscal_year) == ("river-2032", 2032)
    assert copied.schedule.closes_at == dt.datetime(2032, 4, 30, 17, tzinfo=TOKYO)
    assert copied.criteria == parse(small_definition()).criteria
    assert count(Call) == 1


def test_a_copy_brings_the_words_of_its_letters(office, browser, writing):
    client = browser(office)
    with writing():
        source = queries.call("river-2031")
        by = queries.actor(office)
        letters.save(source, TEMPLATES["calls.role"], OWN_LETTER, by=by)
        # Of a letter that is sent no more, and one that by now lacks a place
        for gone, body in (("calls.gone", "はい"), ("applications.received", "受け付けました。")):
            more = {"subject": "件名", "body": body, "changed_at": clock.now(), "changed_by": "前任"}
            db.session.add(CallLetter(call_id=source.id, template=gone, **more))
    url = client.post("/desk/calls/new", {"way": "copy", "source": "river-2031", "dates": "later"}).location

    answer = client.post(f"{url}/publish", fields(client.get(url)))

    assert answer.status_code == 302
    with db.open(write=False):
        copied = queries.call("river-2032")
        found = [(row.template, row.subject, row.body, row.changed_by) for row in letters.all_own(copied)]
        told = [event.details for event in audit.history(copied) if event.action == "calls.copy_letters"]
    assert found == [("calls.role", *OWN_LETTER, office.name)]
    assert told == [{"source": "river-2031", "templates": ["calls.role"]}]


def test_a_copy_can_leave_the_dates_to_be_written(office, browser):
    client = browser(office)

    url = client.post("/desk/calls/new", {"way": "copy", "source": "river-2031", "dates": "empty"}).location

    page = words(client.get(url))
    assert "schedule" not in drafts.read_raw(stored(url))
    assert "直すところ（2件）" in page
    assert "受付の開始：必須の項目がありません。" in page


def test_a_copy_of_the_sample_call_counts_every_date_on():
    copied = drafts.next_year(parse(SAMPLE.read_bytes()), with_dates=True)

    text = dump_raw(copied)
    assert copied["call"]["slug"] == "sample-model-2027"
    assert parse(text).schedule.project_end == dt.date(2028, 2, 10)
    assert parse(text).schedule.contract_month == "2027-07"
    assert not re.search(r"\b2026\b", text)


def test_a_leap_day_becomes_the_last_day_of_february():
    assert drafts._later(dt.date(2032, 2, 29)) == dt.date(2033, 2, 28)


def test_a_file_becomes_a_draft_whatever_its_keys_lack(office, browser):
    client = browser(office)
    text = '[call]\nslug = "sea-2031"\ntitle = "海辺"\nfiscal_year = "いつか"\n'

    answer = client.post("/desk/calls/new", {"way": "upload", "file": (io.BytesIO(text.encode()), "海辺.toml")})

    assert answer.status_code == 302
    assert stored(answer.location) == text
    assert "年度：整数ではありません。" in words(client.get(answer.location))


def test_a_file_of_a_published_call_becomes_the_draft_of_its_next_version(office, browser):
    client = browser(office)
    text = small_definition(cap_yen="3_000_000")

    answer = client.post("/desk/calls/new", {"way": "upload", "file": (io.BytesIO(text.encode()), "川辺.toml")})

    assert "枠「wide」の上限額 変更前：2000000 → 変更後：3000000" in words(client.get(answer.location))


@pytest.mark.parametrize("content", [b"[call\n", b"\xff\xfe\x00", b"", b"a = " + b"[" * 9000])
def test_a_file_that_is_no_toml_is_refused_with_its_line(office, browser, content):
    answer = browser(office).post("/desk/calls/new", {"way": "upload", "file": (io.BytesIO(content), "x.toml")})

    assert answer.status_code in (302, 422)
    assert count(CallDraft) == (1 if answer.status_code == 302 else 0)


def test_a_file_does_not_overwrite_a_draft_that_somebody_is_writing(office, browser):
    client = browser(office)
    url = revising(client)
    before = stored(url)

    answer = client.post(
        "/desk/calls/new", {"way": "upload", "file": (io.BytesIO(small_definition().encode()), "川辺.toml")}
    )

    assert answer.status_code == 422
    assert "書きかけの下書きがあります" in words(answer)
    assert stored(url) == before


def test_a_file_with_characters_that_no_page_can_show_breaks_no_page(office, browser):
    client = browser(office)
    text = '[call]\nslug = "river\\u0000"\ntitle = "灯り\\u0000"\n'

    answer = client.post("/desk/calls/new", {"way": "upload", "file": (io.BytesIO(text.encode()), "x\x01.toml")})

    assert answer.status_code == 302
    assert "名前のない公募 の下書き" in words(client.get(answer.location))


def test_the_draft_of_a_call_is_opened_again_and_not_begun_twice(office, browser):
    client = browser(office)

    assert revising(client) == revising(client)
    assert count(CallDraft) == 1


def test_an_officer_who_knows_no_toml_writes_a_whole_call(office, browser):
    client = browser(office)
    url = client.post("/desk/calls/new", {"way": "blank"}).location
    client.post(
        f"{url}/basics",
        {
            "version": "1",
            "title": "海辺の灯り調査",
            "slug": "sea-2031",
            "fiscal_year": "２０３１",
            "sponsor": "架空庁",
            "secretariat": "架空研究所",
            "number_prefix": "SE",
            "two_persons": "y",
        },
    )
    client.post(
        f"{url}/dates",
        {
            "version": "2",
            "opens_at": "令和13年4月1日 9:00",
            "closes_at": "2031-04-30 17時",
            "project_start": "契約締結日",
            "milestones-0-name": "報告会",
            "milestones-0-due": "令和14年2月上旬",
            "milestones-0-place": "",
        },
    )
    client.post(
        f"{url}/tiers",
        {
            "version": "3",
            "tiers-0-label": "①",
            "tiers-0-name": "広い枠",
            "tiers-0-list_title": "広い取組",
            "tiers-0-cap_yen": "2,000,000円",
            "tiers-0-expected_awards": "2",
        },
    )
    client.post(
        f"{url}/eligibility",
        {"version": "4", "legal_forms": "任意団体\r\n学校法人", "requirements-0-text": "国内にあること。"},
    )
    client.post(f"{url}/review", {"version": "5", "reviewers_per_application": "2", "scale_min": "1", "scale_max": "5"})
    client.post(
        f"{url}/criteria",
        {
            "version": "6",
            "criteria-0-group": "体制",
            "criteria-0-text": "担い手がいるか",
            "criteria-0-anchors": "5 いる\r\n1 いない",
            "criteria-1-group": "内容",
            "criteria-1-text": "目的が明らかか",
            "criteria-1-weight": "2",
            "criteria-0-place": "2",
            "criteria-1-place": "1",
        },
    )

    shown = client.get(url)
    answer = client.post(f"{url}/publish", fields(shown))

    assert answer.location == "/calls/sea-2031"
    with db.open(write=False):
        found = queries.definition(queries.call("sea-2031"))
    assert found.schedule.closes_at == dt.datetime(2031, 4, 30, 17, tzinfo=TOKYO)
    assert found.schedule.project_start == "contract"
    assert [(one.key, one.due) for one in found.milestones] == [("m1", "2032-02 early")]
    assert [(tier.key, tier.cap_yen) for tier in found.tiers] == [("tier1", 2_000_000)]
    assert found.eligibility.legal_forms == ("任意団体", "学校法人")
    assert [(one.key, one.group, one.weight, dict(one.anchors)) for one in found.criteria] == [
        ("criterion1", "内容", 2, {}),
        ("criterion2", "体制", 1, {5: "いる", 1: "いない"}),
    ]
    assert found.decision.two_persons


# Editing


@pytest.mark.parametrize("file", WHOLE, ids=lambda path: path.stem)
@pytest.mark.parametrize("kind", SECTIONS, ids=lambda kind: kind.NAME)
def test_saving_a_section_that_nobody_touched_changes_nothing(writing, browser, file, kind):
    with writing():
        call = published_file(file.name) if file.parent == FILES else None
        if call is None:
            call = operations.publish_new(parse(file.read_bytes()), by=OPERATOR)
        db.session.flush()
        office = person("office@example.jp", Role.SECRETARIAT, call)
        draft = drafting.revise(call, by=OPERATOR)
        before = canonical(queries.definition(call))
    client = browser(office)
    url = f"/drafts/{draft.id}"

    answer = client.post(f"{url}/{kind.NAME}", fields(client.get(f"{url}/{kind.NAME}")))

    assert answer.status_code == 302
    assert canonical(parse(stored(url))) == before


def test_wording_is_kept_code_point_for_code_point(writing, browser):
    odd = "　字下げと、末尾の空白 \\n二行目"
    with writing():
        call = published('[call.contact]\nname = "窓口"\nhours = "平日 "', sponsor='"架空庁\u3000"')
        office = person("office@example.jp", Role.SECRETARIAT, call)
        draft = drafting.revise(call, by=OPERATOR)
        draft.definition = draft.definition.replace("[schedule]", f'purpose = "{odd}"\n\n[schedule]', 1)
        draft.definition = re.sub(r"(\[call\][^[]*)", lambda found: found[1], draft.definition)
    client, url = browser(office), f"/drafts/{draft.id}"
    page = fields(client.get(f"{url}/basics"))

    client.post(f"{url}/basics", page | {"title": "別の題"})

    raw = drafts.read_raw(stored(url))
    assert (raw["call"]["title"], raw["call"]["sponsor"]) == ("別の題", "架空庁\u3000")


def test_what_the_forms_do_not_show_stays(writing, browser):
    with writing():
        call = operations.publish_new(parse(SAMPLE.read_bytes()), by=OPERATOR)
        db.session.flush()
        office = person("office@example.jp", Role.SECRETARIAT, call)
        draft = drafting.revise(call, by=OPERATOR)
        before = queries.definition(call)
    client, url = browser(office), f"/drafts/{draft.id}"
    page = fields(client.get(f"{url}/criteria"))

    client.post(f"{url}/criteria", page | {"criteria-0-text": "別の文"})

    after = parse(stored(url))
    assert after.criteria[0].text == "別の文"
    assert after.criteria[0].anchors == before.criteria[0].anchors
    assert (after.criteria[1:], after.typology, after.review) == (before.criteria[1:], before.typology, before.review)


def test_what_applicants_are_asked_stays_when_another_section_is_saved(writing, browser):
    with writing():
        call = operations.publish_new(parse(SAMPLE.read_bytes()), by=OPERATOR)
        db.session.flush()
        office = person("office@example.jp", Role.SECRETARIAT, call)
        draft = drafting.revise(call, by=OPERATOR)
        before = queries.definition(call)
    client, url = browser(office), f"/drafts/{draft.id}"
    page = fields(client.get(f"{url}/documents"))

    client.post(f"{url}/documents", page | {"documents-1-name": "去年の決算書"})

    after = parse(stored(url))
    assert [each.name for each in after.documents[:2]] == [before.documents[0].name, "去年の決算書"]
    assert [each.tiers for each in after.documents] == [each.tiers for each in before.documents]
    assert (after.sections, after.questions, after.self_check) == (before.sections, before.questions, before.self_check)
    assert "[[self_check.outcome]]" in client.text(f"{url}/text")


def test_rows_are_added_moved_and_removed(office, browser):
    client = browser(office)
    url = revising(client)
    page = fields(client.get(f"{url}/tiers"))

    answer = client.post(
        f"{url}/tiers",
        page
        | {
            "more": "1",
            "tiers-0-drop": "y",
            "tiers-1-place": "9",
            "tiers-2-label": "③",
            "tiers-2-name": "新しい枠",
            "tiers-2-list_title": "新しい取組",
            "tiers-2-cap_yen": "1,000,000",
            "tiers-2-expected_awards": "1",
            "tiers-2-place": "1",
        },
    )

    assert answer.location == f"{url}/tiers?more=5#more"
    rows = drafts.read_raw(stored(url))["tier"]
    assert [(row["key"], row["cap_yen"]) for row in rows] == [("tier1", 1_000_000), ("near", 500_000)]
    assert client.get(answer.location).get_data(as_text=True).count("<fieldset") == 7


def test_what_is_not_well_formed_is_told_and_what_was_typed_stays(office, browser):
    client = browser(office)
    url = revising(client)
    before = stored(url)
    page = fields(client.get(f"{url}/dates"))

    answer = client.post(f"{url}/dates", page | {"closes_at": "来月の終わり", "opens_at": "令和13年3月1日 9:00"})

    assert answer.status_code == 422
    assert fields(answer)["closes_at"] == "来月の終わり"
    assert fields(answer)["opens_at"] == "令和13年3月1日 9:00"
    assert "日付の後に時刻がありません" in words(answer)
    assert stored(url) == before


def test_a_draft_may_lack_what_only_publishing_demands(office, browser):
    client = browser(office)
    url = revising(client)
    page = fields(client.get(f"{url}/basics"))

    answer = client.post(f"{url}/basics", page | {"sponsor": ""})

    assert answer.status_code == 302
    shown = client.get(url)
    assert "委託元：必須の項目がありません。" in words(shown)
    assert "「新しい版を公開する」はまだできません。" in words(shown)
    assert client.post(f"{url}/publish", fields(shown) | {"reason": "訂正"}).status_code in (409, 422)


def test_two_people_editing_one_section_see_both_versions_and_lose_nothing(office, browser, writing):
    with writing():
        call = queries.call("river-2031")
        colleague = person("colleague@example.jp", Role.SECRETARIAT, call, name="同僚")
    first, second = browser(office), browser(colleague)
    url = revising(first)
    mine, theirs = fields(first.get(f"{url}/basics")), fields(second.get(f"{url}/basics"))
    second.post(f"{url}/basics", theirs | {"sponsor": "別の庁"})

    answer = first.post(f"{url}/basics", mine | {"title": "わたしの題"})

    assert answer.status_code == 409
    page = words(answer)
    assert "同僚さんが" in page
    assert "別の庁" in page
    assert fields(answer)["title"] == "わたしの題"
    assert drafts.read_raw(stored(url))["call"]["sponsor"] == "別の庁"
    again = first.post(f"{url}/basics", fields(answer) | {"sponsor": "別の庁"})
    assert again.status_code == 302
    kept = drafts.read_raw(stored(url))["call"]
    assert (kept["title"], kept["sponsor"]) == ("わたしの題", "別の庁")


def test_two_people_editing_the_text_see_both_versions(office, browser):
    first, second = browser(office), browser(office)
    url = revising(first)
    mine, theirs = fields(first.get(f"{url}/text")), fields(second.get(f"{url}/text"))
    second.post(f"{url}/text", theirs | {"definition": theirs["definition"].replace("架空庁", "別の庁")})

    answer = first.post(f"{url}/text", mine | {"definition": mine["definition"].replace("川辺", "海辺")})

    assert answer.status_code == 409
    assert "別の庁" in words(answer)
    assert "海辺の灯り調査" in fields(answer)["definition"]


def test_a_text_that_is_no_toml_is_refused_with_its_line_and_stays_typed(office, browser):
    client = browser(office)
    url = revising(client)

    answer = client.post(f"{url}/text", fields(client.get(f"{url}/text")) | {"definition": "[call]\ntitle = 川辺"})

    assert answer.status_code == 422
    assert "2: TOMLとして読めません。" in words(answer)
    assert fields(answer)["definition"] == "[call]\ntitle = 川辺"


# Publishing


def test_a_correction_is_a_new_version_with_its_reason(office, browser):
    client = browser(office)
    url = revising(client)
    page = fields(client.get(f"{url}/tiers"))
    client.post(f"{url}/tiers", page | {"tiers-0-cap_yen": "3,000,000"})
    shown = client.get(url)

    refused = client.post(f"{url}/publish", fields(shown))
    answer = client.post(f"{url}/publish", fields(shown) | {"reason": "上限の訂正"})

    assert "枠「wide」の上限額 変更前：2000000 → 変更後：3000000" in words(shown)
    assert refused.status_code == 422
    assert "改める理由を入力してください。" in words(refused)
    assert answer.location == "/calls/river-2031"
    with db.open(write=False):
        call = queries.call("river-2031")
        assert (call.definition_version, call.tiers[0].cap_yen) == (2, 3_000_000)
        assert queries.versions(call)[0].reason == "上限の訂正"
        assert audit.history(call)[0].actor_name == office.name
    assert count(CallDraft) == 0


def test_a_draft_that_changed_is_shown_again_before_it_is_published(office, browser):
    client = browser(office)
    url = revising(client)
    client.post(f"{url}/basics", fields(client.get(f"{url}/basics")) | {"title": "一"})
    seen = fields(client.get(url)) | {"reason": "訂正"}
    client.post(f"{url}/basics", fields(client.get(f"{url}/basics")) | {"title": "二"})

    answer = client.post(f"{url}/publish", seen)

    assert answer.status_code == 409
    assert "下書きが変わりました" in words(answer)
    assert fields(answer)["reason"] == "訂正"
    assert client.post(f"{url}/publish", fields(answer)).status_code == 302


def test_a_version_published_meanwhile_is_not_undone_unseen(office, browser, writing):
    client = browser(office)
    url = revising(client)
    client.post(f"{url}/basics", fields(client.get(f"{url}/basics")) | {"title": "新しい題"})
    seen = fields(client.get(url)) | {"reason": "訂正"}
    with writing():
        changed = parse(small_definition(cap_yen="3_000_000"))
        operations.revise(queries.call("river-2031"), changed, reason="急ぎの訂正", by=OPERATOR)

    answer = client.post(f"{url}/publish", seen)

    assert answer.status_code == 409
    page = words(answer)
    assert "第2版が公開されました" in page
    assert "枠「wide」の上限額 変更前：3000000 → 変更後：2000000" in page


def test_criteria_in_use_cannot_be_changed_and_the_page_says_so(office, browser, writing):
    with writing():
        call = queries.call("river-2031")
        operations.fix_criteria(call)
        trail.record("calls.note", call, by=OPERATOR)
    client = browser(office)
    url = revising(client)
    client.post(f"{url}/criteria", fields(client.get(f"{url}/criteria")) | {"criteria-1-weight": "3"})

    shown = client.get(url)

    assert "「新しい版を公開する」はまだできません。" in words(shown)
    assert "審査項目、重み、評点の範囲は変えられません" in words(shown)


def test_the_name_of_a_published_call_cannot_be_changed(office, browser):
    client = browser(office)
    url = revising(client)
    client.post(f"{url}/basics", fields(client.get(f"{url}/basics")) | {"slug": "sea-2031"})

    assert "「river-2031」に戻してください" in words(client.get(url))


def test_a_name_that_another_call_has_cannot_be_taken(office, browser):
    client = browser(office)
    url = client.post("/desk/calls/new", {"way": "copy", "source": "river-2031", "dates": "later"}).location
    client.post(f"{url}/basics", fields(client.get(f"{url}/basics")) | {"slug": "river-2031"})

    assert "別の公募が使っています" in words(client.get(url))


def test_whoever_publishes_a_new_call_runs_it(office, browser):
    client = browser(office)
    url = client.post("/desk/calls/new", {"way": "copy", "source": "river-2031", "dates": "later"}).location

    answer = client.post(f"{url}/publish", fields(client.get(url)))

    assert answer.location == "/calls/river-2032"
    assert client.get("/calls/river-2032/versions").status_code == 200
    with db.open(write=False):
        call = queries.call("river-2032")
        assert (call.last_number, call.definition_version) == (0, 1)
        assert db.session.scalars(select(CallRole.role).where(CallRole.call_id == call.id)).all() == [Role.SECRETARIAT]


def test_a_colleague_of_last_years_call_helps_with_the_copy_and_others_do_not(office, browser, writing):
    with writing():
        call = queries.call("river-2031")
        colleague = person("colleague@example.jp", Role.SECRETARIAT, call)
        other = published(slug='"sea-2031"', number_prefix='"SE"')
        elsewhere = person("elsewhere@example.jp", Role.SECRETARIAT, other)
    url = browser(office).post("/desk/calls/new", {"way": "copy", "source": "river-2031", "dates": "later"}).location

    assert browser(colleague).get(url).status_code == 200
    assert browser(elsewhere).get(url).status_code == 403
    assert url.removeprefix("http://localhost") in browser(colleague).text("/desk/calls")
    assert url.removeprefix("http://localhost") not in browser(elsewhere).text("/desk/calls")


def test_a_draft_is_not_copied_from_a_call_that_somebody_else_runs(office, browser, writing):
    with writing():
        published(slug='"sea-2031"', number_prefix='"SE"')

    answer = browser(office).post("/desk/calls/new", {"way": "copy", "source": "sea-2031", "dates": "later"})

    assert answer.status_code == 422
    assert count(CallDraft) == 0


def test_whoever_lost_the_role_lost_the_draft_as_well(office, browser, writing):
    client = browser(office)
    url = client.post("/desk/calls/new", {"way": "blank"}).location
    assert client.get(url).status_code == 200
    with writing():
        operations.revoke(office, Role.SECRETARIAT, queries.call("river-2031"), by=OPERATOR)

    assert client.get(url).status_code == 403


def test_a_draft_is_given_up_once_that_was_confirmed(office, browser):
    client = browser(office)
    url = revising(client)

    asked = client.get(f"{url}/give-up")
    kept = count(CallDraft)
    answer = client.post(f"{url}/give-up")

    assert "元に戻せません" in words(asked)
    assert kept == 1
    assert answer.location == "/desk/calls"
    assert count(CallDraft) == 0


# Text and labels


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("call.title", "公募の名前"),
        ("tier[2].cap_yen", "枠「2」の上限額"),
        ("tier[wide].cap_yen", "枠「wide」の上限額"),
        ("tier", "枠"),
        ("eligibility.requirements[2]", "応募の条件"),
        ("review.floors[1].criterion", "足切り"),
        ("call.nothing", "call.nothing"),
        ("", ""),
    ],
)
def test_a_key_is_called_as_people_call_it(path, label):
    assert label_of(path) == label


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("call.title", "basics"),
        ("call.contact.email", "contact"),
        ("call.contact", "contact"),
        ("schedule", "dates"),
        ("tier[2].cap_yen", "tiers"),
        ("tier", "tiers"),
        ("eligibility.requirements[2]", "eligibility"),
        ("review.floors[1].criterion", "text"),
        ("typology.base", "text"),
        ("", "text"),
    ],
)
def test_a_problem_leads_to_the_page_on_which_it_is_mended(path, section):
    assert section_of(path) == section


def _leaves(kind: type, path: str = "") -> list[str]:
    found = []
    for column in columns(kind):
        here = f"{path}.{column.name}".removeprefix(".")
        found += [here, *_inner(column, here)]
    return found


def _inner(column: Column, here: str) -> list[str]:
    inner = next((one for one in (column.hint, *get_args(column.hint)) if is_dataclass(one)), None)
    return _leaves(inner, here) if inner else []


def test_every_field_of_a_section_is_a_key_of_the_definition():
    known = set(_leaves(Definition))
    used = {path for kind in SECTIONS for path in (*kind.PATHS.values(), *kind.ROWS.values())}

    assert used - known == set()


@pytest.mark.parametrize("file", WHOLE, ids=lambda path: path.stem)
def test_tables_are_printed_as_text_that_reads_back_as_the_same(file):
    raw = drafts.read_raw(file.read_text(encoding="utf-8"))

    assert drafts.read_raw(dump_raw(raw)) == raw


def test_odd_values_survive_being_printed():
    raw = {
        "alone": 1,
        "list": [1, [2, "三"]],
        "odd": {
            "text": 'タブ\t、"引用"\\、\x00\x1b\x7f\r\n改行',
            "at": dt.time(9, 30),
            "share": Decimal("0.60"),
            "x y": {},
        },
        "rows": [{"a": [{"b": dt.date(2031, 4, 1)}]}, {}],
        "none": [],
    }

    assert drafts.read_raw(dump_raw(raw)) == raw


def test_a_value_of_the_wrong_kind_is_shown_and_does_not_break_a_page(office, browser):
    client = browser(office)
    url = revising(client)
    rows = 'tier = [1, "x", {prefix = "p", cap_yen = "たくさん", data = 2}]'
    text = f'{rows}\ncriterion = "なし"\nschedule = 3\n[call]\ntitle = 5\n'
    client.post(f"{url}/text", {"version": "1", "definition": text})

    pages = [client.get(f"{url}/{kind.NAME}").status_code for kind in SECTIONS]

    assert pages == [200] * len(SECTIONS)
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("name", ["tiers-²-label", "tiers-99999999-label", "tiers--label", "tiers-x", "tiers-0-drop-0"])
def test_a_box_with_an_odd_name_breaks_nothing(office, browser, name):
    client = browser(office)
    url = revising(client)

    answer = client.post(f"{url}/tiers", fields(client.get(f"{url}/tiers")) | {name: "1"})

    assert answer.status_code in (302, 422)


def test_every_section_has_a_name_of_its_own():
    names = [kind.NAME for kind in SECTIONS]

    assert len(set(names)) == len(names)
    assert all(issubclass(kind, SectionForm) for kind in SECTIONS)
