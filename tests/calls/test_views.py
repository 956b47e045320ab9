"""The public page of a call, its versions, and the calls that somebody runs."""

import datetime as dt
import re

import html5lib
import pytest

from grantflow.accounts.models import Role
from grantflow.audit import trail
from grantflow.calls import operations, queries
from grantflow.calls.definition import parse
from grantflow.calls.models import Call, CallVersion
from grantflow.calls.rows import call_values
from grantflow.core import clock
from grantflow.core.clock import TOKYO
from grantflow.core.db import db
from tests.counting import statements
from tests.factories.accounts import OPERATOR, person
from tests.factories.calls import FILES, published, published_file, small_definition

SAMPLE = FILES.parent.parent / "grantflow" / "definitions" / "sample.toml"


def words(html, element="main"):
    """The text of an element of a page, in one line."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return re.sub(r"\s+", " ", "".join(tree.find(f".//{element}").itertext())).strip()


def revised(**changes):
    return operations.load(parse(small_definition(**changes)), by=OPERATOR, revise=True, reason="上限の訂正")


def sample():
    return operations.publish_new(parse(SAMPLE.read_bytes()), by=OPERATOR)


def test_a_visitor_reads_a_call_in_the_order_of_what_matters(writing, browser, time_machine):
    time_machine.move_to(dt.datetime(2026, 5, 17, 12, tzinfo=TOKYO))
    with writing():
        call = sample()

    html = browser(None).text(f"/calls/{call.slug}")

    headings = re.findall(r'<h2 id="([a-z]+)"', html)
    assert headings == [
        "purpose",
        "tiers",
        "closing",
        "eligibility",
        "approaches",
        "schedule",
        "criteria",
        "documents",
        "decision",
        "contact",
    ]


def test_the_words_of_the_definition_are_shown_as_written(writing, browser):
    with writing():
        call = sample()
        definition = queries.definition(call)

    shown = words(browser(None).text(f"/calls/{call.slug}"))

    wording = [
        definition.call.purpose,
        definition.call.note,
        definition.call.decision_rule,
        definition.call.publication_rule,
        *definition.call.examples,
        *definition.eligibility.legal_forms,
        *definition.eligibility.requirements,
        *(approach.name for approach in definition.approaches),
        *(criterion.text for criterion in definition.criteria),
        *(milestone.name for milestone in definition.milestones),
        *(document.name for document in definition.documents),
        *(tier.name for tier in definition.tiers),
    ]
    assert [text for text in wording if text not in shown] == []


def test_caps_and_planned_numbers_stand_with_their_tier(writing, browser):
    with writing():
        published()

    html = browser(None).text("/calls/river-2031")

    panels = [
        words(f"<main>{panel}</main>") for panel in re.findall(r'<div class="panel">(.*?)</div>', html, re.DOTALL)
    ]
    assert panels == [
        "① 広い枠 1団体の上限額2,000,000円 採択予定：2件程度",
        "② 近い枠 1団体の上限額500,000円 採択予定：1件程度",
    ]


@pytest.mark.parametrize(
    ("now", "state", "count"),
    [
        ((2031, 3, 20, 9), "応募の受付前です", "受付開始まであと12日"),
        ((2031, 4, 18, 9), "応募を受け付けています", "締切まであと12日"),
        ((2031, 4, 30, 17), "応募を受け付けています", "締切は今日です"),
        ((2031, 4, 30, 17, 0, 0, 1), "応募の受付を終えました", "受付は終わりました"),
    ],
)
def test_a_call_opens_and_closes_by_its_dates(writing, browser, time_machine, now, state, count):
    time_machine.move_to(dt.datetime(*now, tzinfo=TOKYO), tick=False)
    with writing():
        published()

    shown = words(browser(None).text("/calls/river-2031"))

    assert f"いまの状態{state}" in shown.replace(" ", "")
    assert count in shown
    assert "令和13年4月30日（水）17:00（日本時間）" in shown


@pytest.mark.parametrize(
    ("name", "slug"), [("second-call.toml", "harbour-lights-2031"), ("one-tier-call.toml", "one-lamp-2031")]
)
def test_a_call_of_another_shape_has_its_page_too(writing, browser, name, slug):
    with writing():
        call = published_file(name)
        texts = [criterion.text for criterion in call.criteria]

    shown = words(browser(None).text(f"/calls/{slug}"))

    assert [text for text in texts if text not in shown] == []


def test_a_document_that_only_one_tier_asks_for_says_so(writing, browser):
    papers = '[[document]]\nkey = "a"\nname = "会則"\n\n[[document]]\nkey = "b"\nname = "決算書"\ntiers = ["wide"]'
    with writing():
        published(papers)

    html = browser(None).text("/calls/river-2031")

    section = html[html.index('<section aria-labelledby="documents">') :]
    items = [words(f"<main>{item}</main>") for item in re.findall(r"<li>(.*?)</li>", section, re.DOTALL)]
    assert items[:2] == ["会則（当てはまる場合）", "決算書（当てはまる場合）① 広い枠だけ"]


def test_weights_are_told_only_where_they_differ(writing, browser):
    with writing():
        published_file("second-call.toml")
        published_file("one-tier-call.toml")

    assert "修繕の腕前は確かか（重み3）" in words(browser(None).text("/calls/harbour-lights-2031"))
    assert "重み" not in words(browser(None).text("/calls/one-lamp-2031"))


def test_what_a_grade_stands_for_is_told_in_a_table(writing, browser):
    with writing():
        call = sample()
        first = queries.definition(call).criteria[0]

    html = browser(None).text(f"/calls/{call.slug}")

    tree = html5lib.parse(html, namespaceHTMLElements=False)
    table = [[cell.strip() for cell in row.itertext() if cell.strip()] for row in tree.findall(".//table//tr")]
    assert table[0] == ["審査項目", "1点", "2点", "3点", "4点", "5点"]
    assert table[1] == [first.text, *first.anchors.values()]


def test_the_times_of_a_call_are_written_for_people_and_machines(writing, browser):
    with writing():
        office = person("office@example.jp", Role.SECRETARIAT, published())

    html = browser(office).text("/desk/calls")

    assert re.findall(r'<td[^>]*data-label="受付"><div>(.*?)</div>', html) == [
        '<time datetime="2031-04-01T09:00:00+09:00">令和13年4月1日（火）9:00</time>から<br>'
        '<time datetime="2031-04-30T17:00:00+09:00">令和13年4月30日（水）17:00</time>まで'
    ]


def test_markup_in_a_definition_is_shown_and_not_run(writing, browser):
    with writing():
        published(title="'<script>alert(1)</script>'", sponsor="'<b>庁</b>'")

    html = browser(None).text("/calls/river-2031")

    assert "<script>" not in html
    assert "&lt;b&gt;庁&lt;/b&gt;" in html


def test_the_result_is_not_linked_before_it_is_published(writing, browser):
    with writing():
        published()

    assert "/result" not in browser(None).text("/calls/river-2031")


def test_anybody_may_download_the_definition(writing, browser):
    with writing():
        published()

    answer = browser(None).get("/calls/river-2031/definition.toml")

    assert (answer.status_code, answer.mimetype) == (200, "application/toml")
    assert parse(answer.get_data()) == parse(small_definition())
    assert answer.headers["Content-Disposition"] == "attachment; filename=river-2031.toml"


def test_an_unknown_call_is_not_found(browser):
    assert browser(None).get("/calls/sea").status_code == 404


def test_a_call_in_preparation_is_seen_by_its_office_alone(writing, browser):
    with writing():
        call = Call(**call_values(parse(small_definition())))
        text = CallVersion(call=call, number=1, definition=small_definition(), at=clock.now())
        db.session.add_all([call, text])
        trail.record("calls.prepare", call, by=OPERATOR)
        db.session.flush()
        office = person("office@example.jp", Role.SECRETARIAT, call)
        reviewer = person("reviewer@example.jp", Role.REVIEWER, call)

    assert browser(None).get("/calls/river-2031").status_code == 302
    assert browser(reviewer).get("/calls/river-2031").status_code == 403
    assert browser(office).get("/calls/river-2031").status_code == 200


def test_the_office_reads_both_versions_and_their_difference(writing, browser):
    with writing():
        call = published()
        office = person("office@example.jp", Role.SECRETARIAT, call)
    with writing():
        revised(cap_yen="3_000_000")

    html = browser(office).text("/calls/river-2031/versions")
    texts = [browser(office).get(f"/calls/river-2031/versions/{number}.toml").get_data() for number in (1, 2)]

    shown = words(html)
    assert re.findall(r'<h2 id="version-(\d)"', html) == ["2", "1"]
    assert "改めた理由：上限の訂正" in shown
    assert "枠「wide」の上限額 変更前：2000000 → 変更後：3000000" in shown
    assert texts[0] != texts[1]
    assert [parse(text) for text in texts] == [
        parse(small_definition()),
        parse(small_definition(cap_yen="3_000_000")),
    ]


def test_a_version_that_does_not_exist_is_not_found(writing, browser):
    with writing():
        office = person("office@example.jp", Role.SECRETARIAT, published())

    assert browser(office).get("/calls/river-2031/versions/2.toml").status_code == 404


@pytest.mark.parametrize("path", ["/calls/river-2031/versions", "/calls/river-2031/versions/1.toml", "/desk/calls"])
def test_what_the_office_reads_is_refused_to_others(writing, browser, path):
    with writing():
        call = published()
        people = [person(f"{role}@example.jp", role, call) for role in (Role.REVIEWER, Role.SPONSOR, Role.AUDITOR)]
        other = person("other@example.jp")

    assert browser(None).get(path).status_code == 302
    assert [browser(user).get(path).status_code for user in (*people, other)] == [403, 403, 403, 403]


def test_one_sees_only_the_calls_one_runs(writing, browser):
    with writing():
        office = person("office@example.jp", Role.SECRETARIAT, published())
        published(slug='"sea-2031"', title='"海辺の灯り調査"', number_prefix='"SE"')
        everywhere = person("all@example.jp", Role.ADMINISTRATOR)

    own, every = words(browser(office).text("/desk/calls")), words(browser(everywhere).text("/desk/calls"))

    assert ("川辺の灯り調査" in own, "海辺の灯り調査" in own, "公募1件" in own) == (True, False, True)
    assert ("川辺の灯り調査" in every, "海辺の灯り調査" in every, "公募2件" in every) == (True, True, True)


def test_each_call_leads_to_the_work_on_it(writing, browser):
    with writing():
        office = person("office@example.jp", Role.SECRETARIAT, published())

    html = browser(office).text("/desk/calls")

    links = re.findall(r'<a href="(/calls/river-2031[^"]*)">(.*?)<span class="visually-hidden">', html)
    assert [label for _, label in links] == ["応募", "順位", "採否", "採択団体一覧", "公募の版", "関係者", "メール"]


def test_somebody_without_a_call_is_told_how_to_begin(writing, browser):
    with writing():
        admin = person("all@example.jp", Role.ADMINISTRATOR)

    assert "担当する公募はまだありません" in words(browser(admin).text("/desk/calls"))


def test_many_calls_cost_no_more_statements_than_one(writing, browser):
    with writing():
        admin = person("all@example.jp", Role.ADMINISTRATOR)
        published()
    client = browser(admin)
    with statements() as one:
        client.text("/desk/calls")
    with writing():
        for number in range(30):
            published(slug=f'"sea-{number}"')

    with statements() as many:
        client.text("/desk/calls")

    assert len(many) == len(one)
