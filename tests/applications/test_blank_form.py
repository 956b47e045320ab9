"""The whole form before anything is written: what is asked in each tier, as a page and as a paper."""

import io
import re

import pytest
from pypdf import PdfReader
from wtforms.fields.core import UnboundField

from grantflow.accounts.models import Role
from grantflow.applications.blank_form import PER_LINE, Shape, blank_form
from grantflow.applications.officer_forms import OfficersForm
from grantflow.applications.outline import Part
from grantflow.applications.section_forms.registry import FORMS
from grantflow.applications.section_forms.rows import RowsField
from grantflow.calls import operations
from grantflow.calls.definition import parse
from tests.calls.test_views import SAMPLE, sample, words
from tests.factories.accounts import OPERATOR, person
from tests.factories.calls import published, small_definition

SAYS = parse(SAMPLE.read_bytes())
LARGE, SMALL = SAYS.tiers
URL = "/calls/sample-model-2026/form"


def asked_in(says, tier, part: Part):
    return {each.label: each for found in blank_form(says, tier) if found.part is part for each in found.asked}


def text_of(answer) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.get_data())).pages)


def test_the_short_form_leaves_out_most_of_the_long_one():
    large, small = ([each.part for each in blank_form(SAYS, tier)] for tier in SAYS.tiers)

    assert large == [
        Part.GROUP,
        Part.PLAN,
        Part.TARGETS,
        Part.APPROACH,
        Part.SCHEDULE,
        Part.INDICATORS,
        Part.CONSORTIUM,
        Part.BUDGET,
        Part.OFFICERS,
        Part.CONSENTS,
        Part.DOCUMENTS,
        Part.CONFIRMATIONS,
    ]
    assert small == [Part.GROUP, Part.PLAN, Part.TARGETS, Part.BUDGET, Part.DOCUMENTS, Part.CONFIRMATIONS]


def test_a_call_that_lists_no_parts_has_the_usual_ones():
    says = parse(small_definition())

    found = blank_form(says, says.tiers[0])

    assert [each.part for each in found] == [Part.GROUP, Part.PLAN, Part.AMOUNT, Part.CONFIRMATIONS]
    assert [each.label for each in found[1].asked] == ["事業名", "概要", "活動地域", "事業計画"]
    assert found[2].asked[0].note == "2,000,000円以内で書いてください（消費税を含みます）。"


def columns_on_the_screen(form) -> list[str]:
    fields = [
        each
        for each in vars(form).values()
        if isinstance(each, UnboundField) and issubclass(each.field_class, RowsField)
    ]
    return [str(column.label) for column in fields[0].args[1]]


@pytest.mark.parametrize(
    ("part", "form"),
    [
        *((part, FORMS[part]) for part in (Part.SCHEDULE, Part.INDICATORS, Part.CONSORTIUM, Part.BUDGET)),
        (Part.OFFICERS, OfficersForm),
    ],
)
def test_a_table_on_paper_has_the_columns_of_the_screen(part, form):
    table = next(each for each in asked_in(SAYS, LARGE, part).values() if each.shape is Shape.TABLE)

    assert list(table.columns) == columns_on_the_screen(form)


@pytest.mark.parametrize("part", Part)
def test_every_part_asks_for_something(part):
    listed = "\n\n".join(f'[[section]]\nkey = "{key}"' for key in Part if key is not Part.AMOUNT)
    audience = '[audience]\ngroups = ["多世代"]'
    approach = '[[approach]]\nkey = "a"\nname = "灯す"'
    says = parse(small_definition(listed, audience, approach, '[[document]]\nkey = "d"\nname = "定款"'))
    if part is Part.AMOUNT:
        says = parse(small_definition('[[section]]\nkey = "amount"'))

    assert list(asked_in(says, says.tiers[0], part)) != []


def test_no_number_is_required_of_anybody():
    asked = [each for tier in SAYS.tiers for part in blank_form(SAYS, tier) for each in part.asked]

    numbers = [each for each in asked if "法人番号" in each.label or "インボイス" in each.label]

    assert [each.required for each in numbers] == [False] * 4
    assert [each.note for each in numbers if "空欄のまま" not in each.note] == []


def test_a_question_has_room_for_as_many_characters_as_it_allows():
    asked = asked_in(SAYS, LARGE, Part.PLAN)

    limited = {label: each for label, each in asked.items() if each.limit}

    assert {
        each.text: each.limit for each in SAYS.questions if each.section == "plan" and "municipal" in each.tiers
    } == {label: each.limit for label, each in limited.items() if label not in ("事業名", "概要")}
    assert [each for each in limited.values() if each.lines * PER_LINE < each.limit] == []
    assert {each.shape for each in limited.values()} == {Shape.TEXT}


def test_only_what_the_call_requires_is_marked():
    asked = asked_in(SAYS, LARGE, Part.PLAN)

    assert [label for label, each in asked.items() if not each.required] == [
        "手本にした取組はありますか",
        "参加する人の安全と秘密を、どう守りますか",
    ]


@pytest.mark.parametrize("tier", SAYS.tiers, ids=lambda tier: tier.key)
def test_a_visitor_reads_every_question_of_a_tier(writing, browser, tier):
    with writing():
        sample()

    shown = words(browser(None).text(f"{URL}?tier={tier.key}"))

    questions = {each for each in SAYS.questions if not each.tiers or tier.key in each.tiers}
    documents = [each for each in SAYS.documents if not each.tiers or tier.key in each.tiers]
    assert [each.text for each in questions if each.text not in shown] == []
    assert [each.text for each in SAYS.questions if each not in questions and each.text in shown] == []
    assert [each.hint for each in questions if each.hint not in shown] == []
    assert [each.name for each in documents if each.name not in shown] == []
    assert [each for each in SAYS.eligibility.requirements if each not in shown] == []


def test_the_first_tier_is_shown_where_the_address_names_none_that_there_is(writing, browser):
    with writing():
        sample()
    visitor = browser(None)

    headings = [re.search(r'<h2 id="tier"[^>]*>(.*?)</h2>', visitor.text(URL + end))[1] for end in ("", "?tier=sea")]

    assert headings == [f"{LARGE.label} {LARGE.name}"] * 2


@pytest.mark.parametrize("tier", SAYS.tiers, ids=lambda tier: tier.key)
def test_the_paper_asks_for_the_same_as_the_page(writing, browser, tier):
    with writing():
        sample()

    answer = browser(None).get(f"{URL}.pdf?tier={tier.key}")

    text = text_of(answer).replace("\n", "")
    parts = blank_form(SAYS, tier)
    told = [
        f"{tier.label} {tier.name}",
        *(f"{place} {part.name}" for place, part in enumerate(parts, 1)),
        *(each.label for part in parts for each in part.asked),
        *(column for part in parts for each in part.asked for column in each.columns),
        *(choice for part in parts for each in part.asked for choice in each.choices),
        "（事務局が書きます）",
        "押印は要りません。",
        "model@example.jp",
        "電話で伝えてください。",
    ]
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert [each for each in told if each not in text] == []


def test_the_calls_page_leads_to_the_blank_form(writing, browser):
    with writing():
        published()

    assert 'href="/calls/river-2031/form">質問をすべて見る' in browser(None).text("/calls/river-2031")


def test_the_paper_of_a_rehearsal_says_that_it_is_one(writing, browser):
    with writing():
        rehearsal = operations.publish_new(parse(small_definition()), by=OPERATOR, rehearsal=True)
        office = person("office@example.jp", Role.SECRETARIAT, rehearsal)

    assert browser(None).get("/calls/river-2031/form.pdf").status_code == 302
    assert "【予行】川辺の灯り調査" in text_of(browser(office).get("/calls/river-2031/form.pdf"))
