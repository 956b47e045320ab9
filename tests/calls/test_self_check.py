"""The self-check: every row of the sample's decision table, every way to answer, the page and the memo."""

import datetime as dt
import io
import itertools
import re
from urllib.parse import unquote, urlencode

import pytest
from pypdf import PdfReader

from grantflow.accounts.models import Role
from grantflow.calls import operations
from grantflow.calls.definition import parse
from grantflow.calls.self_check import finding, outcome_of
from grantflow.core.clock import TOKYO
from tests.calls.test_views import SAMPLE, sample, words
from tests.factories.accounts import OPERATOR, person
from tests.factories.calls import SELF_CHECK, published, small_definition

SAYS = parse(SAMPLE.read_bytes())
URL = "/calls/sample-model-2026/check"
#: A group that may apply to the wide tier; each case says what it answers otherwise.
FITS = {
    "kind": "group",
    "base": "yes",
    "purpose": "no",
    "books": "yes",
    "work": "ties",
    "area": "city",
    "partners": "agreed",
}
#: Written by hand: what is answered, the row of the table that counts (from 1), its verdict and tier.
CASES = [
    ({}, 9, "yes", "municipal"),
    ({"kind": "incorporated"}, 9, "yes", "municipal"),
    ({"work": "new_support"}, 9, "yes", "municipal"),
    ({"partners": "asking"}, 10, "yes", "municipal"),
    ({"partners": "none"}, 11, "no", ""),
    ({"area": "district"}, 8, "yes", "school_district"),
    ({"area": "district", "partners": "none"}, 8, "yes", "school_district"),
    ({"area": "district", "work": "same_support"}, 7, "no", ""),
    ({"work": "same_support"}, 7, "no", ""),
    ({"work": "other"}, 6, "ask", ""),
    ({"books": "no"}, 5, "no", ""),
    ({"base": "no"}, 4, "no", ""),
    ({"kind": "company"}, 3, "no", ""),
    ({"kind": "alone"}, 2, "no", ""),
    ({"purpose": "yes"}, 1, "no", ""),
    ({"purpose": "yes", "kind": "alone"}, 1, "no", ""),
    ({"kind": "company", "base": "no"}, 3, "no", ""),
]
UNINCORPORATED = "group"


def every_way() -> list[dict[str, str]]:
    keys = [question.key for question in SAYS.self_check.questions]
    offered = [[answer.key for answer in question.answers] for question in SAYS.self_check.questions]
    return [dict(zip(keys, ways, strict=True)) for ways in itertools.product(*offered)]


def expected(answers: dict[str, str]) -> tuple[str, str]:
    """The sample's table once more, as a person would tell it."""
    if answers["purpose"] == "yes" or answers["kind"] in ("alone", "company"):
        return "no", ""
    if "no" in (answers["base"], answers["books"]):
        return "no", ""
    if answers["work"] == "other":
        return "ask", ""
    if answers["work"] == "same_support":
        return "no", ""
    if answers["area"] == "district":
        return "yes", "school_district"
    return ("no", "") if answers["partners"] == "none" else ("yes", "municipal")


def asking(**answers: str) -> str:
    return f"{URL}/result?{urlencode(FITS | answers)}"


def memo_of(answer) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.get_data())).pages)


@pytest.mark.parametrize(("answers", "row", "verdict", "tier"), CASES)
def test_each_row_of_the_samples_table_is_reached(answers, row, verdict, tier):
    found = outcome_of(SAYS.self_check, FITS | answers)

    assert found == SAYS.self_check.outcomes[row - 1]
    assert (found.verdict, found.tier) == (verdict, tier)


def test_no_row_of_the_samples_table_is_left_untested():
    assert {row for _answers, row, _verdict, _tier in CASES} == set(range(1, 1 + len(SAYS.self_check.outcomes)))


def test_every_way_to_answer_ends_as_a_person_would_say():
    ways = every_way()

    found = [outcome_of(SAYS.self_check, answers) for answers in ways]

    assert len(ways) == 768
    assert [(each.verdict, each.tier) for each in found] == [expected(answers) for answers in ways]


def test_every_no_says_what_would_change_it_and_every_yes_which_documents_to_gather():
    ends = [finding(SAYS, answers) for answers in every_way()]

    assert [end for end in ends if end.outcome.verdict != "yes" and not end.outcome.change] == []
    assert [end for end in ends if end.outcome.verdict == "yes" and not (end.tier and end.documents)] == []


def test_no_unincorporated_group_is_stopped_for_lack_of_a_number():
    asked = [text for question in SAYS.self_check.questions for text in (question.text, *_texts(question))]
    ways = [answers for answers in every_way() if answers["kind"] == UNINCORPORATED]

    ends = [(outcome_of(SAYS.self_check, a), outcome_of(SAYS.self_check, a | {"kind": "incorporated"})) for a in ways]

    assert [text for text in asked if re.search("番号|インボイス|登記|登録", text)] == []
    assert [(group, body) for group, body in ends if group != body] == []
    needed = [each.name + each.note for each in SAYS.documents if each.required]
    assert [text for text in needed if re.search("番号|登記|証明", text)] == []


def _texts(question):
    return [answer.text for answer in question.answers]


def test_an_outcome_may_name_its_own_documents():
    papers = "\n\n".join(f'[[document]]\nkey = "{key}"\nname = "{key}の紙"' for key in ("rules", "plan"))
    says = parse(small_definition(papers, SELF_CHECK.replace('tier = "near"', 'tier = "near"\ndocuments = ["plan"]')))

    found = finding(says, {"where": "river"})

    assert [each.key for each in found.documents] == ["plan"]


@pytest.mark.parametrize("answers", [{}, {"where": "moon"}, {"where": ""}, {"there": "river"}])
def test_nothing_follows_as_long_as_a_question_has_no_answer_that_it_offers(answers):
    assert finding(parse(small_definition(SELF_CHECK)), answers) is None


def test_a_visitor_answers_and_is_told_the_tier_the_documents_and_what_comes_next(writing, browser, time_machine):
    time_machine.move_to(dt.datetime(2026, 5, 17, 12, tzinfo=TOKYO))
    with writing():
        sample()
    visitor = browser(None)

    questions, shown = words(visitor.text(URL)), words(visitor.text(asking()))

    assert [each.text for each in SAYS.self_check.questions if each.text not in questions] == []
    tier = SAYS.tiers[0]
    for text in ("応募できます", tier.name, "2,000,000円", "次にすること", "締切まであと12日", "応募する"):
        assert text in shown
    assert [each.name for each in SAYS.documents if each.name not in shown] == []
    assert [each.text for each in SAYS.self_check.questions if each.text not in shown] == []
    assert "何が変われば応募できるか" not in shown


def test_the_tier_that_fits_is_chosen_already_when_one_begins_to_apply(writing, browser, time_machine):
    time_machine.move_to(dt.datetime(2026, 5, 17, 12, tzinfo=TOKYO))
    with writing():
        sample()
        applicant = person("applicant@example.jp")
    fits = f"/apply?tier={SAYS.tiers[0].key}"

    result, asked = browser(None).text(asking()), browser(None).text(f"/calls/{SAYS.call.slug}{fits}")
    begun = browser(applicant).text(f"/calls/{SAYS.call.slug}{fits}")

    assert fits in result
    goals = [unquote(goal) for goal in re.findall(r"next=([^\"&]+)\"", asked)]
    assert goals.count(f"/calls/{SAYS.call.slug}{fits}") == 2
    assert len(re.findall(r"<input checked[^>]*type=\"radio\"", begun)) == 1


def test_a_no_tells_what_would_change_it_and_offers_no_application(writing, browser, time_machine):
    time_machine.move_to(dt.datetime(2026, 5, 17, 12, tzinfo=TOKYO))
    with writing():
        sample()

    html = browser(None).text(asking(kind="alone"))

    assert "このままでは応募できません" in words(html)
    assert "2人以上で会則と代表者を決めて団体をつくれば、応募できます。" in words(html)
    assert "/apply" not in html


def test_the_short_form_asks_for_fewer_documents(writing, browser):
    with writing():
        sample()

    shown = words(browser(None).text(asking(area="district")))

    assert [each.key for each in SAYS.documents if each.name in shown] == ["rules", "record"]
    assert "500,000円" in shown


def test_an_unanswered_question_is_named_and_what_was_answered_stays(writing, browser):
    with writing():
        sample()
    answers = {key: value for key, value in FITS.items() if key != "books"}

    answer = browser(None).get(f"{URL}/result?{urlencode(answers)}")

    html = answer.get_data(as_text=True)
    errors = re.findall(r'<p class="field__error" id="([^"]+)">', html)
    chosen = re.findall(r"<input[^>]*\bchecked\b[^>]*>", html)
    assert answer.status_code == 422
    assert errors == ["question-4-error"]
    assert '<a href="#question-4-0">' in html
    assert sorted(re.findall(r'name="(\w+)"', "".join(chosen))) == sorted(answers)


def test_an_answer_that_is_not_offered_is_refused(writing, browser):
    with writing():
        sample()

    answer = browser(None).get(asking(kind="robot"))

    assert answer.status_code == 422
    assert "この質問にある答えから選び直してください。" in answer.get_data(as_text=True)


def test_the_result_leads_back_to_the_questions_with_the_answers_chosen(writing, browser):
    with writing():
        sample()
    again = re.search(r'href="([^"]+)">答えを変える', browser(None).text(asking()))

    html = browser(None).text(again[1].replace("&amp;", "&"))

    assert len(re.findall(r"<input[^>]*\bchecked\b", html)) == len(FITS)
    assert "field__error" not in html


def test_questions_may_be_called_as_anything_is_called_here(writing, browser):
    check = SELF_CHECK.replace('key = "where"', 'key = "slug"').replace("where =", "slug =")
    with writing():
        published(check)

    assert "近い枠に応募できます。" in browser(None).text("/calls/river-2031/check/result?slug=river")


def test_the_memo_has_the_day_the_answers_the_outcome_and_the_documents(writing, browser, time_machine):
    time_machine.move_to(dt.datetime(2026, 5, 17, 12, tzinfo=TOKYO))
    with writing():
        sample()

    answer = browser(None).get(f"{URL}.pdf?{urlencode(FITS)}")

    text = memo_of(answer)
    told = [
        "令和8年5月17日",
        "応募できます",
        SAYS.tiers[0].name,
        "2,000,000円",
        *(each.name for each in SAYS.documents),
        *(each.text for each in SAYS.self_check.questions),
        "法人ではない団体（自治会、町内会、保護者の会、地域運営協議会、ボランティアの集まりなど）",
        "令和8年5月29日（金）17:00",
        "03-0000-0000",
    ]
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert [each for each in told if each not in text.replace("\n", "")] == []
    assert text.count("この確認は応募の可否を決めるものではありません。") >= 2


def test_the_memo_speaks_japanese_whatever_the_page_speaks(writing, browser):
    with writing():
        sample()
    visitor = browser(None)
    visitor.post("/language", {"language": "en"})

    text = memo_of(visitor.get(f"{URL}.pdf?{urlencode(FITS | {'kind': 'alone'})}"))

    assert "このままでは応募できません" in text
    assert "何が変われば応募できるか" in text


def test_a_memo_without_all_answers_leads_to_what_is_missing(writing, browser):
    with writing():
        sample()

    answer = browser(None).get(f"{URL}.pdf?kind=group")

    assert (answer.status_code, answer.location) == (302, f"{URL}/result?kind=group")


@pytest.mark.parametrize("path", ["check", "check/result?where=river", "check.pdf?where=river"])
def test_a_call_without_a_self_check_has_no_such_page(writing, browser, path):
    with writing():
        published()

    assert browser(None).get(f"/calls/river-2031/{path}").status_code == 404


def test_the_calls_page_leads_to_the_self_check_where_there_is_one(writing, browser):
    with writing():
        published()
        published(SELF_CHECK, slug='"sea-2031"', number_prefix='"SE"')

    without, having = (browser(None).text(f"/calls/{slug}") for slug in ("river-2031", "sea-2031"))

    assert ("/check" in without, 'href="/calls/sea-2031/check">応募できるか確かめる' in having) == (False, True)


def test_a_rehearsals_self_check_is_for_those_who_take_part(writing, browser):
    with writing():
        rehearsal = operations.publish_new(parse(small_definition(SELF_CHECK)), by=OPERATOR, rehearsal=True)
        office = person("office@example.jp", Role.SECRETARIAT, rehearsal)

    assert browser(None).get("/calls/river-2031/check").status_code == 302
    memo = memo_of(browser(office).get("/calls/river-2031/check.pdf?where=river"))
    assert "【予行】" in memo
