"""The pages of decisions, of the adoption list, and of the public result."""

import html
import re

import pytest

from grantflow.accounts.models import Role
from grantflow.applications import queries as applications
from grantflow.awards import operations, queries
from grantflow.awards.models import ListStatus, Outcome
from grantflow.calls.definition import parse
from grantflow.calls.operations import publish_new
from grantflow.calls.queries import call as call_by_slug
from grantflow.core.db import db
from grantflow.review import operations as reviews
from grantflow.review.models import Reviewer
from tests.counting import statements
from tests.factories import awards
from tests.factories.accounts import OPERATOR, person
from tests.factories.applications import received, row
from tests.factories.calls import small_definition

SLUG = "harbour-lights-2031"
HOME = f"/calls/{SLUG}"
LETTER = {"reference": "架港第12号", "on": "令和13年3月14日", "official": "局長 架空 花子"}


@pytest.fixture
def people(writing, browser):
    """Browsers of the people of the harbour call, whose proposals and scores are stored."""
    with writing():
        call = awards.harbour(scored=True)
        users = {
            role.value: person(f"{role}@example.jp", role, call)
            for role in (Role.SECRETARIAT, Role.SPONSOR, Role.AUDITOR, Role.REVIEWER)
        }
    return {name: browser(user) for name, user in users.items()} | {"visitor": browser(None)}


@pytest.fixture
def office(people):
    """The secretariat's browser."""
    return people["secretariat"]


def at(state, writing):
    """Bring the harbour call's list to `state`; returns its id."""
    with writing():
        return getattr(awards, state)(call_by_slug(SLUG)).id


def proposal(reading, number):
    with reading():
        return applications.by_number(call_by_slug(SLUG))[number]


def newest(reading):
    with reading():
        return awards.newest(call_by_slug(SLUG))


def words(answer):
    """The text of a page, spaces between words made one."""
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", answer.get_data(as_text=True))).split())


def numbers(page):
    return re.findall(r">(KOU31-\d+)</a>", page)


def fields(page):
    """The values that the form of a page would send."""
    found = {}
    for name, value in re.findall(r'<input type="hidden" name="((?:seen|outcome)-[^"]+)" value="([^"]*)"', page):
        found[name] = value
        chosen = re.search(f'<select[^>]*name="outcome-{name[5:]}".*?</select>', page, re.DOTALL)
        found[f"outcome-{name[5:]}"] = re.search(r'value="([^"]*)" selected', chosen[0])[1]
    return found


def confirmed(page):
    """The values that the page which confirms would send."""
    named = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    pairs = [(re.search('name="([^"]*)"', tag)[1], re.search('value="([^"]*)"', tag)[1]) for tag in named]
    return {name: value for name, value in pairs if name != "csrf_token"}


# The page of decisions


def test_proposals_of_a_tier_stand_by_rank_with_what_is_decided(office, writing):
    at("decided", writing)

    page = office.text(f"{HOME}/decisions?tier=street")

    assert numbers(page) == ["KOU31-0003", "KOU31-0007", "KOU31-0004", "KOU31-0010", "KOU31-0012"]
    assert "8.25（有効2名／割当2名）" in page
    assert "採択 3件（予定 3件程度）／補欠 1件／不採択 1件／未決定 0件" in page
    assert "採択額の合計 1,893,000円" in page


def test_an_auditor_reads_decisions_without_ranks(people):
    page = people["auditor"].text(f"{HOME}/decisions?tier=street")

    assert numbers(page) == ["KOU31-0003", "KOU31-0004", "KOU31-0007", "KOU31-0010", "KOU31-0012"]
    assert "順位" not in page
    assert "<select" not in page


@pytest.mark.parametrize("who", ["sponsor", "reviewer"])
def test_others_do_not_read_decisions(people, who):
    assert people[who].get(f"{HOME}/decisions").status_code == 403


def test_a_tier_that_is_not_the_calls_is_not_found(office):
    assert office.get(f"{HOME}/decisions?tier=nowhere").status_code == 404


def test_changes_are_shown_in_words_before_anything_is_written(office, reading):
    values = fields(office.text(f"{HOME}/decisions?tier=street"))
    chosen = proposal(reading, "KOU31-0007")

    answer = office.post(f"{HOME}/decisions/check?tier=street", values | {f"outcome-{chosen.id}": "adopted"})

    assert answer.status_code == 200
    assert "KOU31-0007 個人事業髙木電気 「未決定」から「採択」に変えます。" in words(answer)
    assert "変わる採否（1件）" in words(answer)
    with reading():
        assert queries.decisions_of(call_by_slug(SLUG)) == {}


def test_a_confirmed_change_is_applied(office, reading):
    values = fields(office.text(f"{HOME}/decisions?tier=street"))
    chosen = proposal(reading, "KOU31-0007")
    page = office.post(f"{HOME}/decisions/check?tier=street", values | {f"outcome-{chosen.id}": "adopted"})

    answer = office.post(
        f"{HOME}/decisions?tier=street",
        confirmed(page.get_data(as_text=True))
        | {f"{chosen.id}-amount_yen": "２００，０００円", f"{chosen.id}-reason": "地域の偏りを正すため。"},
    )

    assert (answer.status_code, answer.location) == (302, f"{HOME}/decisions?tier=street")
    with reading():
        decision = queries.decisions_of(call_by_slug(SLUG))["KOU31-0007"]
    assert operations.choice_of(decision) == operations.Choice(Outcome.ADOPTED, "地域の偏りを正すため。", 200_000)


def test_an_amount_over_the_cap_comes_back_with_what_was_typed(office, reading):
    chosen = proposal(reading, "KOU31-0007")
    typed = {"id": str(chosen.id), f"{chosen.id}-seen": "", f"{chosen.id}-chosen": "adopted"}

    answer = office.post(f"{HOME}/decisions", typed | {f"{chosen.id}-amount_yen": "800001"})

    assert answer.status_code == 422
    assert "採択額が上限の800,000円を1円超えています。金額を直してください。" in words(answer)
    assert 'value="800001"' in answer.get_data(as_text=True)
    with reading():
        assert queries.decisions_of(call_by_slug(SLUG)) == {}


def test_a_decision_somebody_else_changed_meanwhile_is_not_overwritten(office, writing, reading):
    chosen = proposal(reading, "KOU31-0007")
    at("decided", writing)

    answer = office.post(
        f"{HOME}/decisions", {"id": str(chosen.id), f"{chosen.id}-seen": "", f"{chosen.id}-chosen": "adopted"}
    )

    assert answer.status_code == 409
    assert "KOU31-0007補欠採択違います" in words(answer).replace(" ", "")
    with reading():
        assert queries.decisions_of(call_by_slug(SLUG))["KOU31-0007"].outcome is Outcome.RESERVE


def test_without_a_change_there_is_nothing_to_confirm(office):
    answer = office.post(f"{HOME}/decisions/check", fields(office.text(f"{HOME}/decisions")))

    assert answer.status_code == 302
    assert "変わる採否はありません" in office.text(answer.location)


@pytest.mark.parametrize("typed", [{"outcome-x": "adopted"}, {"outcome-00000000-0000-0000-0000-000000000000": "best"}])
def test_a_form_that_no_page_of_ours_sent_is_refused(office, typed):
    assert office.post(f"{HOME}/decisions/check", typed).status_code == 409


def test_a_proposal_of_another_call_cannot_be_decided_here(office, writing):
    with writing():
        (other,) = received(publish_new(parse(small_definition()), by=OPERATOR))

    answer = office.post(f"{HOME}/decisions", {"id": str(other.id), f"{other.id}-chosen": "adopted"})

    assert answer.status_code == 409


def test_the_page_warns_that_a_change_undoes_the_freeze(office, writing):
    at("agreed", writing)

    assert "採否を変えると、確定と合意は取り消され、案に戻ります。" in office.text(f"{HOME}/decisions")


def test_an_auditor_cannot_decide(people, reading):
    chosen = proposal(reading, "KOU31-0007")

    answer = people["auditor"].post(
        f"{HOME}/decisions", {"id": str(chosen.id), f"{chosen.id}-seen": "", f"{chosen.id}-chosen": "adopted"}
    )

    assert answer.status_code == 403


def counted(writing, browser, count, url):
    with writing():
        call = publish_new(parse(small_definition(slug=f'"river-{count}"')), by=OPERATOR)
        found = received(call, *(row(place) for place in range(1, count + 1)))
        rows = "".join(f"{one.number},adopted\n" for one in found)
        awards.decided(call, f"number,decision\n{rows}")
        user = person(f"office{count}@example.jp", Role.SECRETARIAT, call)
    office = browser(user)
    office.text(url.format(slug=f"river-{count}"))
    with statements() as sent:
        page = office.text(url.format(slug=f"river-{count}"))
    assert page.count("川辺を歩く") == count
    return len(sent)


@pytest.mark.parametrize("url", ["/calls/{slug}/decisions", "/calls/{slug}/list"])
def test_a_page_asks_no_more_of_the_database_for_thirty_rows_than_for_one(writing, browser, url):
    assert counted(writing, browser, 30, url) == counted(writing, browser, 1, url)


def test_a_proposal_in_conflict_with_the_reader_is_neither_shown_nor_decided(writing, browser, reading):
    with writing():
        call = awards.harbour(scored=True)
        officer = person("officer@example.jp", Role.SECRETARIAT, call)
        hidden = applications.by_number(call)["KOU31-0007"]
        reviewer = Reviewer(call_id=call.id, label=officer.email, user_id=officer.id)
        db.session.add(reviewer)
        db.session.flush()
        reviews.declare_conflict(hidden, reviewer, "代表者の家族である。", by=OPERATOR)
    office = browser(officer)

    page = office.text(f"{HOME}/decisions?tier=street")
    answer = office.post(
        f"{HOME}/decisions", {"id": str(hidden.id), f"{hidden.id}-seen": "", f"{hidden.id}-chosen": "adopted"}
    )

    assert "KOU31-0007" not in page
    assert "未決定 4件" in page
    assert answer.status_code == 409


# The page of the list


def test_without_decisions_the_page_says_how_a_list_begins(office):
    assert "採否を1件でも決めると、ここに一覧の案ができます。" in office.text(f"{HOME}/list")


def test_what_stands_in_the_way_of_the_freeze_is_told_in_words(office, writing):
    with writing():
        awards.decided(call_by_slug(SLUG), "number,decision\nKOU31-0001,adopted\n")

    page = office.text(f"{HOME}/list")

    assert "「一覧を確定する」はまだできません。" in page
    assert "審査対象の応募のうち11件の採否が決まっていません" in page


def test_the_list_is_taken_through_its_life_by_its_forms(people, writing, reading):
    list_id = at("decided", writing)
    office, sponsor = people["secretariat"], people["sponsor"]

    frozen = office.post(f"/lists/{list_id}/freeze")
    after_freeze = sponsor.text(f"{HOME}/list")
    agreed = sponsor.post(f"/lists/{list_id}/agree", LETTER)
    published = office.post(f"/lists/{list_id}/publish")

    assert [answer.status_code for answer in (frozen, agreed, published)] == [302, 302, 302]
    assert "この一覧への合意を記録する" in after_freeze
    found = newest(reading)
    assert (found.status, found.agreement_reference) == (ListStatus.PUBLISHED, "架港第12号")
    assert found.agreement_on == awards.LETTER_DATE
    assert people["visitor"].get(f"{HOME}/result").status_code == 200


def test_an_unfinished_letter_comes_back_with_its_faults(people, writing, reading):
    list_id = at("frozen", writing)

    answer = people["sponsor"].post(f"/lists/{list_id}/agree", {"reference": "第1号", "on": "2月30日", "official": ""})

    assert answer.status_code == 422
    assert "合意した人の職名と氏名を入力してください。" in words(answer)
    assert 'value="2月30日"' in answer.get_data(as_text=True)
    assert newest(reading).status is ListStatus.FROZEN


def test_a_refused_move_says_why_on_the_page(office, writing):
    with writing():
        list_id = awards.decided(call_by_slug(SLUG), "number,decision\nKOU31-0001,adopted\n").id

    answer = office.post(f"/lists/{list_id}/freeze")

    assert answer.status_code == 422
    assert "すべて決めてから確定してください。" in words(answer)


def test_a_frozen_list_is_taken_back_with_a_reason(office, writing, reading):
    list_id = at("agreed", writing)

    without = office.post(f"/lists/{list_id}/lapse", {"lapse_reason": ""})
    answer = office.post(f"/lists/{list_id}/lapse", {"lapse_reason": "団体名の誤りを直すため。"})

    assert (without.status_code, answer.status_code) == (422, 302)
    assert newest(reading).status is ListStatus.DRAFT


@pytest.mark.parametrize(
    ("who", "move"),
    [
        ("sponsor", "freeze"),
        ("sponsor", "publish"),
        ("sponsor", "lapse"),
        ("auditor", "freeze"),
        ("auditor", "agree"),
        ("auditor", "publish"),
        ("reviewer", "agree"),
    ],
)
def test_who_has_no_part_in_a_move_is_refused(people, writing, who, move):
    list_id = at("decided", writing)

    assert people[who].post(f"/lists/{list_id}/{move}", LETTER).status_code == 403


def test_exceptions_from_the_order_are_told_to_the_secretariat_alone(people, writing):
    at("frozen", writing)

    assert "評点の順と違う決定（8件）" in people["secretariat"].text(f"{HOME}/list")
    assert "評点の順" not in people["sponsor"].text(f"{HOME}/list")


@pytest.mark.parametrize("extension", ["pdf", "xlsx", "csv", "json", "html"])
def test_a_version_can_be_downloaded_by_those_who_may_read_it(people, writing, extension):
    list_id = at("frozen", writing)

    found = people["sponsor"].get(f"/lists/{list_id}.{extension}")
    refused = people["reviewer"].get(f"/lists/{list_id}.{extension}")

    assert (found.status_code, refused.status_code) == (200, 403)
    assert found.headers["Content-Disposition"] == f"attachment; filename={SLUG}-adoption-list-1.{extension}"


# The public result


def test_the_result_is_public_once_it_is_published(people, writing):
    list_id = at("agreed", writing)
    before = people["visitor"].get(f"{HOME}/result").status_code
    people["secretariat"].post(f"/lists/{list_id}/publish")

    page = people["visitor"].get(f"{HOME}/result")

    assert before == 302
    assert "【公募状況】 公募期間 令和13年1月6日 ～ 令和13年2月28日 採択件数（応募件数） 7件（12件）" in words(page)
    assert "株式会社ななつ星灯器 （1958年4月1日） 岬の灯台の回転台を直す" in words(page)


def test_the_result_tells_nothing_of_ranks_or_of_who_was_not_adopted(people, writing):
    at("published", writing)

    page = words(people["visitor"].get(f"{HOME}/result"))

    hidden = ("無人島の灯台の太陽電池", "路地の街路灯", "評点", "補欠", "不採択", "局長")
    assert [text for text in hidden if text in page] == []
    assert "審査の順位ではありません。" in page


@pytest.mark.parametrize("extension", ["pdf", "xlsx", "csv", "json", "html"])
def test_anyone_downloads_the_published_list(people, writing, extension):
    at("published", writing)

    first = people["visitor"].get(f"{HOME}/result.{extension}")
    second = people["visitor"].get(f"{HOME}/result.{extension}")

    assert (first.status_code, first.data) == (200, second.data)


def test_no_file_is_public_before_the_publication(people, writing):
    at("agreed", writing)

    assert people["visitor"].get(f"{HOME}/result.json").status_code == 302
    assert people["reviewer"].get(f"{HOME}/result.json").status_code == 403


def test_a_next_version_in_preparation_leaves_the_public_one(people, writing):
    at("published", writing)
    with writing():
        awards.decided(call_by_slug(SLUG), "number,decision\nKOU31-0007,adopted\n")

    assert "路地の街路灯" not in people["visitor"].text(f"{HOME}/result")
    assert "路地の街路灯" in people["secretariat"].text(f"{HOME}/list")
