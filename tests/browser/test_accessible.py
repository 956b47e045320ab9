"""axe finds nothing on any page, at a desk's width and at a telephone's, and nothing is wider than its window.

The walk goes over `app.url_map`: an endpoint without a case fails. An endpoint that answers with no page (a file, JSON,
a redirect) says so in its case.
"""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import select

from grantflow.accounts import codes, operations
from grantflow.accounts.models import Role, User
from grantflow.applications.models import Application
from grantflow.applications.outline import Part
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.db import db
from grantflow.mail.models import Mail
from tests.accounts.test_registering import link_to
from tests.applications import test_web_proposal as web
from tests.browser.conftest import Visit, answered, press
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, PASSWORD, organization, person
from tests.factories.applications import begun, received, row, saved
from tests.factories.attachments import DOCUMENTS, pdf
from tests.factories.calls import published, revised
from tests.factories.dossiers import PERIOD, asked_call
from tests.factories.review import sheet_of
from tests.policy.test_routes import ADDRESSES
from tests.policy.world import World, arranged
from tests.review.test_scoring import offered, opened

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDTHS = (1280, 375)
LOADS = ("applications", "scores", "decisions")

#: Pages that a single-use key opens no more.
OVER = (
    "group_people.invitation",
    "accounts.welcome",
    "registering.finish",
)

#: Who looks at the page of an endpoint.
PAGES = {
    "home.front": "visitor",
    "home.desk": "secretariat",
    "home.help": "visitor",
    "jobs.show": "secretariat",
    "home.accessibility": "visitor",
    "home.history_of_application": "secretariat",
    "home.history_of_call": "secretariat",
    "home.history_of_list": "secretariat",
    "accounts.sign_in": "visitor",
    "accounts.change_password": "member",
    "accounts.welcome": "visitor",
    **{f"registering.{view}": "visitor" for view in ("ask", "forgot", "finish")},
    "people.index": "secretariat",
    "letters.index": "secretariat",
    "letters.edit": "secretariat",
    "deliveries.index": "secretariat",
    "deliveries.show": "secretariat",
    "deliveries.others": "administrator",
    "deliveries.show_other": "administrator",
    "everybody.index": "administrator",
    "everybody.show": "administrator",
    "home.history_of_person": "administrator",
    "codes.give": "secretariat",
    "codes.set_up": "secretariat",
    "codes.ask_to_renew": "secretariat",
    "codes.remove": "secretariat",
    "account.show": "secretariat",
    "merging.index": "administrator",
    "merging.plan": "administrator",
    "groups.index": "member",
    "groups.new": "member",
    "groups.show": "member",
    "groups.edit": "member",
    "home.history_of_group": "member",
    "group_people.index": "member",
    "group_people.hand_over": "member",
    "group_people.leave": "member",
    "group_people.invitation": "visitor",
    "calls.show": "visitor",
    "self_check.show": "visitor",
    "self_check.result": "visitor",
    "blank_form.show": "visitor",
    "calls.versions": "secretariat",
    "calls.in_charge": "secretariat",
    "drafts.begin": "secretariat",
    "drafts.show": "secretariat",
    "drafts.edit": "secretariat",
    "drafts.give_up": "secretariat",
    "applications.index": "secretariat",
    "applications.show": "secretariat",
    "proxies.index": "secretariat",
    "proxies.begin": "secretariat",
    "proxies.confirm": "visitor",
    **{f"load_{kind}.{view}": "secretariat" for kind in LOADS for view in ("index", "planned")},
    "applications.move": "secretariat",
    "applications.apply": "member",
    "dossier.index": "member",
    "dossier.section": "member",
    "dossier.tier": "member",
    "dossier.version": "member",
    "applications.confirm": "member",
    "applications.receipt": "member",
    "submissions.index": "member",
    "late.index": "secretariat",
    **{f"deadlines.{view}": "secretariat" for view in ("index", "for_all", "for_one")},
    "review.ranking": "secretariat",
    "review.application_sheets": "secretariat",
    "panel.show": "secretariat",
    "panel.of_application": "secretariat",
    "panel.of_reviewer": "secretariat",
    **{f"assigning.{view}": "secretariat" for view in ("show", "describe")},
    "scoring.index": "reviewer",
    "scoring.sheet": "reviewer",
    "awards.decisions": "secretariat",
    "awards.index": "secretariat",
    "awards.result": "visitor",
    "awards.discard": "secretariat",
}
#: Files and JSON.
NO_PAGE = {
    "static",
    "health.healthz",
    "health.readyz",
    "calls.definition",
    "calls.version",
    "self_check.paper",
    "blank_form.paper",
    "budget_sheet.file",
    "applications.export",
    "dossier_papers.paper",
    "jobs.file",
    "review.ranking_file",
    "panel.scores_file",
    "panel.summary_file",
    "awards.file",
    "awards.letter",
    "awards.result_file",
    "consents.letter",
    "attachments.download",
    "proxies.signed",
    "submissions.paper",
    "submissions.record",
}
#: Pages that need more than the world has: where each is looked at.
LOOKED_AT_ALONE: dict[str, str] = {
    "budget_sheet.load": "test_costs_typed_and_pasted",
    **{f"officers.{view}": "test_officers_written_and_checked" for view in ("edit", "index", "show")},
    **{f"consents.{view}": "test_a_partner_asked_and_answering" for view in ("edit", "show", "answer")},
    "attachments.edit": "test_files_are_handed_in",
    "proxies.show": "test_a_proposal_typed_for_a_group",
    **{f"submissions.{view}": "test_a_proposal_from_the_first_page_to_its_receipt" for view in ("show", "changes")},
}
LOOKED_AT_ALONE |= {
    **{f"screening.{view}": "test_a_proposal_screened" for view in ("index", "show")},
    **{f"corrections.{view}": "test_a_proposal_given_back_mended_and_decided" for view in ("index", "show")},
    "deciding.index": "test_a_proposal_given_back_mended_and_decided",
    "officer_checks.index": "test_results_of_officer_checks_recorded",
}
#: What is sent, to see the page that answers a form; the rest of the posts answer with a redirect when all is well.
ANSWERS: dict[str, str] = {
    "accounts.begin": "test_a_refused_sign_in",
    "accounts.change_password": "test_a_refused_password",
    "accounts.welcome": "test_a_first_password",
    **{
        f"registering.{view}": "test_somebody_registers_and_forgets_the_password"
        for view in ("ask", "finish", "forgot")
    },
    "accounts.sign_out": "test_signing_out_and_the_other_language",
    "home.speak": "test_signing_out_and_the_other_language",
    "people.invite": "test_somebody_invited_and_their_role_taken_away",
    "people.revoke": "test_somebody_invited_and_their_role_taken_away",
    "people.send_link": "test_somebody_invited_and_their_role_taken_away",
    "everybody.invite": "test_an_account_stopped_and_started",
    "everybody.act": "test_an_account_stopped_and_started",
    "everybody.revoke": "test_an_account_stopped_and_started",
    "codes.begin": "test_codes_set_up_given_and_removed",
    "codes.check": "test_codes_set_up_given_and_removed",
    "codes.renew": "test_codes_set_up_given_and_removed",
    "codes.remove": "test_codes_set_up_given_and_removed",
    "letters.edit": "test_a_letter_worded_by_two",
    "deliveries.act": "test_a_mail_sent_again",
    "deliveries.act_on_other": "test_a_mail_sent_again",
    "account.show": "test_ones_own_account",
    "account.choose_pace": "test_ones_own_account",
    "account.end_others": "test_ones_own_account",
    "account.end_one": "test_ones_own_account",
    "merging.merge": "test_two_records_of_a_group_made_one",
    "groups.new": "test_a_group_from_its_registration_to_its_hand_over",
    "groups.edit": "test_a_group_from_its_registration_to_its_hand_over",
    "group_people.invite": "test_a_group_from_its_registration_to_its_hand_over",
    "group_people.change_role": "test_a_group_from_its_registration_to_its_hand_over",
    "group_people.remove": "test_a_group_from_its_registration_to_its_hand_over",
    "group_people.withdraw": "test_a_group_from_its_registration_to_its_hand_over",
    "group_people.hand_over": "test_a_group_from_its_registration_to_its_hand_over",
    "group_people.leave": "test_a_group_from_its_registration_to_its_hand_over",
    "group_people.invitation": "test_a_group_from_its_registration_to_its_hand_over",
    "applications.move": "test_a_move_without_its_reason",
    **{f"deadlines.{view}": "test_a_deadline_moved_for_one_and_for_all" for view in ("for_all", "for_one", "answer")},
    "dossier_papers.ask_for_all": "test_all_proposals_asked_for_and_given_up",
    "jobs.cancel": "test_all_proposals_asked_for_and_given_up",
    **{f"load_{kind}.index": "test_a_file_that_cannot_be_taken_in" for kind in LOADS},
    **{f"load_{kind}.apply": "test_a_file_that_is_taken_in" for kind in LOADS},
    "applications.start": "test_a_proposal_from_the_first_page_to_its_receipt",
    "applications.start_with_group": "test_a_proposal_from_the_first_page_to_its_receipt",
    "dossier.section": "test_a_proposal_from_the_first_page_to_its_receipt",
    "dossier.autosave": "test_what_is_typed_is_kept_before_anybody_says_so",
    "dossier.tier": "test_another_tier_and_the_newest_version",
    "dossier.version": "test_another_tier_and_the_newest_version",
    "budget_sheet.load": "test_costs_typed_and_pasted",
    **{f"officers.{view}": "test_officers_written_and_checked" for view in ("edit", "autosave", "export")},
    **{
        f"proxies.{view}": "test_a_proposal_typed_for_a_group"
        for view in ("begin", "issue", "hand_in", "act", "confirm")
    },
    **{
        f"consents.{view}": "test_a_partner_asked_and_answering"
        for view in ("edit", "show", "act", "hand_in", "answer")
    },
    **{f"attachments.{view}": "test_files_are_handed_in" for view in ("add", "date", "remove")},
    "applications.confirm": "test_a_proposal_from_the_first_page_to_its_receipt",
    **{f"corrections.{view}": "test_a_proposal_given_back_mended_and_decided" for view in ("show", "extend")},
    **{f"deciding.{view}": "test_a_proposal_given_back_mended_and_decided" for view in ("check", "apply")},
    **{f"officer_checks.{view}": "test_results_of_officer_checks_recorded" for view in ("check", "record")},
    **{f"screening.{view}": "test_a_proposal_screened" for view in ("show", "look", "look_again")},
    "drafts.begin": "test_a_call_copied_edited_and_published",
    "drafts.edit": "test_a_call_copied_edited_and_published",
    "drafts.publish": "test_a_call_copied_edited_and_published",
    "drafts.revise": "test_a_draft_given_up",
    "drafts.give_up": "test_a_draft_given_up",
    "panel.seat": "test_a_committee_from_its_first_member_to_its_closing",
    "panel.unseat": "test_a_committee_from_its_first_member_to_its_closing",
    "panel.move": "test_a_committee_from_its_first_member_to_its_closing",
    "panel.of_application": "test_a_committee_from_its_first_member_to_its_closing",
    "panel.of_reviewer": "test_a_committee_from_its_first_member_to_its_closing",
    **{f"assigning.{view}": "test_an_assignment_is_proposed_and_applied" for view in ("describe", "propose", "apply")},
    "scoring.answer": "test_a_sheet_from_the_question_of_conflict_to_its_filing",
    "scoring.save": "test_a_sheet_from_the_question_of_conflict_to_its_filing",
    "scoring.reopen": "test_a_sheet_from_the_question_of_conflict_to_its_filing",
    "review.declare_conflict": "test_a_conflict_without_its_reason",
    "review.lift_conflict": "test_a_lifted_conflict_without_its_reason",
    "awards.check": "test_the_effects_of_a_decision",
    "awards.decide": "test_the_effects_of_a_decision",
    "awards.freeze": "test_a_list_frozen_agreed_to_and_published",
    "awards.agree": "test_a_list_frozen_agreed_to_and_published",
    "awards.publish": "test_a_list_frozen_agreed_to_and_published",
    "awards.letter_step": "test_a_letter_confirmed_by_another_and_a_time_set",
    "awards.schedule": "test_a_letter_confirmed_by_another_and_a_time_set",
    "awards.cancel_schedule": "test_a_letter_confirmed_by_another_and_a_time_set",
    "awards.discard": "test_a_rehearsal_discarded",
    "awards.lapse": "test_a_list_taken_back",
}


def checked(page: Page) -> None:
    """The page shuts nobody out; its styles are waited for, since they decide how large things are."""
    page.wait_for_load_state("load")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, (page.url, found.generate_report())
    width = page.viewport_size["width"]  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def checked_at_both_widths(page: Page) -> None:
    """The page shuts nobody out, on a desk and on a telephone."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        checked(page)


def at(app: Flask, endpoint: str, world: World) -> str:
    """The address of an endpoint in the world."""
    values: dict[str, Any] = ADDRESSES.get(endpoint, lambda world: {"slug": world.call.slug})(world)
    with app.test_request_context():
        return app.url_for(endpoint, **values)


def test_every_endpoint_has_a_case(application: Flask) -> None:
    rules = list(application.url_map.iter_rules())

    assert {rule.endpoint for rule in rules if "GET" in (rule.methods or ())} == {*PAGES, *NO_PAGE, *LOOKED_AT_ALONE}
    assert {rule.endpoint for rule in rules if "POST" in (rule.methods or ())} == set(ANSWERS)
    assert {name for name in [*ANSWERS.values(), *LOOKED_AT_ALONE.values()] if name not in globals()} == set()


@pytest.mark.browser
@pytest.mark.parametrize("who", sorted(set(PAGES.values())))
def test_a_page_shuts_nobody_out(app: Flask, visit: Visit, who: str) -> None:
    world = arranged("published")
    page = visit(world.people[who])

    for endpoint in (endpoint for endpoint, reader in PAGES.items() if reader == who):
        answer = page.goto(at(app, endpoint, world))
        assert answer is not None
        assert answer.status == (410 if endpoint in OVER else 200), endpoint
        checked_at_both_widths(page)


@pytest.mark.browser
@pytest.mark.parametrize("who", ["member", "stranger", "reviewer", "conflicted", "sponsor", "auditor", "administrator"])
def test_every_desk_shuts_nobody_out(visit: Visit, who: str) -> None:
    page = visit(arranged("frozen").people[who], 375)

    page.goto("/desk")

    checked(page)


@pytest.mark.browser
@pytest.mark.parametrize("state", ["undecided", "frozen", "agreed"])
def test_a_page_on_its_way_shuts_nobody_out(app: Flask, visit: Visit, state: str) -> None:
    world = arranged(state)
    page = visit(world.people["secretariat"])

    for endpoint in ("awards.index", "awards.decisions", "review.ranking", "calls.show"):
        page.goto(at(app, endpoint, world))
        checked_at_both_widths(page)


@pytest.mark.browser
@pytest.mark.parametrize(("url", "status"), [("/nowhere", 404), ("/calls/river-2031/ranking", 403)])
def test_an_error_page_shuts_nobody_out(visit: Visit, url: str, status: int) -> None:
    page = visit(arranged("undecided").people["stranger"], 375)

    answer = page.goto(url)

    assert answer is not None
    assert answer.status == status
    checked(page)


@pytest.mark.browser
def test_a_refused_sign_in(visit: Visit, store: None) -> None:
    page = visit(None, 375)
    page.goto("/sign-in")
    page.get_by_label("メールアドレス").fill("nobody@example.jp")
    page.get_by_label("パスワード").fill("wrong-password-here")

    press(page.get_by_role("button", name="サインインする"))

    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_label("メールアドレス")).to_have_value("nobody@example.jp")
    checked(page)


@pytest.mark.browser
def test_a_refused_password(visit: Visit) -> None:
    page = visit(arranged("undecided").people["member"], 375)
    page.goto("/password")

    press(page.get_by_role("button", name="このパスワードにする"))

    expect(page.locator(".error-summary li")).to_have_count(3)
    checked(page)


@pytest.mark.browser
def test_a_first_password(visit: Visit, writing: Callable) -> None:
    with writing():
        key = operations.issue_link(operations.add("new@example.jp", "新しい人", by=OPERATOR), by=OPERATOR)
    page = visit(None, 375)
    page.goto(f"/welcome/{key}")
    checked(page)

    press(page.get_by_role("button", name="このパスワードにする"))

    expect(page.locator(".error-summary")).to_be_visible()
    checked(page)


@pytest.mark.browser
def test_somebody_registers_and_forgets_the_password(visit: Visit, store: None) -> None:
    page = visit(None, 375, javascript=False)
    page.goto("/register")
    with answered(page, 422):
        press(page.get_by_role("button", name="確認のメールを送る"))
    page.get_by_label("メールアドレス").fill("sora@example.jp")
    press(page.get_by_role("button", name="確認のメールを送る"))
    expect(page.get_by_text("sora@example.jp へ、確認のメールを送りました。")).to_be_visible()
    page.goto(link_to("sora@example.jp"))
    with answered(page, 422):
        press(page.get_by_role("button", name="登録してサインインする"))
    page.get_by_label("氏名").fill("空知 まこと")
    page.get_by_label("新しいパスワード").first.fill(PASSWORD)
    page.get_by_label("確認のためもう一度").fill(PASSWORD)
    press(page.get_by_role("button", name="登録してサインインする"))
    expect(page.get_by_text("登録しました。")).to_be_visible()

    forgetful = visit(None, 375)
    forgetful.goto("/forgot")
    forgetful.get_by_label("メールアドレス").fill("umi@example.jp")
    press(forgetful.get_by_role("button", name="決め直すリンクを送る"))
    expect(forgetful.get_by_text("パスワードについてのメールを送りました。")).to_be_visible()
    checked(forgetful)
    forgetful.goto(link_to("umi@example.jp"))
    checked(forgetful)
    with answered(forgetful, 422):
        press(forgetful.get_by_role("button", name="登録してサインインする"))

    expect(forgetful.locator(".error-summary li")).to_have_count(3)
    checked(forgetful)


@pytest.mark.browser
@pytest.mark.parametrize("kind", LOADS)
def test_a_file_that_cannot_be_taken_in(app: Flask, visit: Visit, kind: str) -> None:
    page = visit(arranged("undecided").people["secretariat"], 375, javascript=False)
    page.goto(f"/calls/river-2031/load/{kind}")
    press(page.get_by_role("button", name="送って内容を確かめる"))
    expect(page.locator(".error-summary")).to_be_visible()

    page.locator("input[type=file]").set_input_files(
        {"name": "だめな表.csv", "mimeType": "text/csv", "buffer": b"number,nothing\nKW-0001,1\n"}
    )
    press(page.get_by_role("button", name="送って内容を確かめる"))

    expect(page.locator(".error-summary li").nth(1)).to_be_visible()
    expect(page.locator("input[type=file]")).to_be_visible()
    page.wait_for_load_state("networkidle")


@pytest.mark.browser
@pytest.mark.parametrize("kind", LOADS)
def test_a_file_that_is_taken_in(app: Flask, visit: Visit, kind: str) -> None:
    world = arranged("undecided")
    page = visit(world.people["secretariat"], 375)
    page.goto(f"/calls/river-2031/load/{kind}/{world.files[kind].id}")

    press(page.get_by_role("button", name="適用する"))
    expect(page.locator(".notification--success")).to_be_visible()
    checked(page)
    page.goto(f"/calls/river-2031/load/{kind}/{world.files[kind].id}")

    checked(page)


@pytest.mark.browser
def test_codes_set_up_given_and_removed(visit: Visit) -> None:
    arranged("undecided")
    page = visit(None, 375)
    page.goto("/sign-in")
    page.get_by_label("メールアドレス").fill("secretariat@example.jp")
    page.get_by_label("パスワード").fill(PASSWORD)
    press(page.get_by_role("button", name="サインインする"))
    key = "".join(page.locator("code").first.inner_text().split())
    checked(page)
    press(page.get_by_role("button", name="このコードで設定する"))
    expect(page.locator(".error-summary")).to_be_visible()
    assert key == "".join(page.locator("code").first.inner_text().split())
    checked(page)
    page.get_by_label("アプリに出ている6桁の数字").fill(codes.code_at(key, clock.now()))
    press(page.get_by_role("button", name="このコードで設定する"))
    recovery = page.locator("li code").all_inner_texts()
    checked(page)

    press(page.get_by_role("link", name="次へ進む"))
    expect(page.get_by_role("heading", level=1)).to_have_text("やること")
    press(page.get_by_role("button", name="サインアウト"))
    page.goto("/sign-in")
    page.get_by_label("メールアドレス").fill("secretariat@example.jp")
    page.get_by_label("パスワード").fill(PASSWORD)
    press(page.get_by_role("button", name="サインインする"))
    page.get_by_label("コード").fill("000000")
    press(page.get_by_role("button", name="このコードで続ける"))
    expect(page.locator(".error-summary")).to_be_visible()
    checked(page)
    page.get_by_label("コード").fill(recovery[0])
    press(page.get_by_role("button", name="このコードで続ける"))
    expect(page.get_by_text("あと9個")).to_be_visible()
    page.goto("/account/recovery-codes")
    page.get_by_label("コード").fill(recovery[1])
    press(page.get_by_role("button", name="新しいリカバリーコードを作る"))
    expect(page.locator("li code")).to_have_count(10)
    fresh = page.locator("li code").all_inner_texts()
    checked(page)
    page.goto("/account/codes/remove")
    page.get_by_label("コード").fill(fresh[0])
    press(page.get_by_role("button", name="いまの設定を消す"))

    expect(page.get_by_role("heading", level=1)).to_have_text("ワンタイムコードを設定する")
    checked(page)


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_somebody_invited_and_their_role_taken_away(visit: Visit, width: int) -> None:
    page = visit(arranged("undecided").people["secretariat"], width)
    page.goto("/calls/river-2031/people")
    press(page.get_by_role("button", name="招待のメールを送る"))
    expect(page.locator(".error-summary li")).to_have_count(3)
    checked(page)
    page.get_by_label("メールアドレス").fill("new@example.jp")
    page.get_by_label("氏名").fill("朝比奈 るり")
    page.get_by_label("審査委員").check()
    press(page.get_by_role("button", name="招待のメールを送る"))
    expect(page.get_by_text("new@example.jp に招待のメールを送ります。")).to_be_visible()
    checked(page)
    row = page.get_by_role("row").filter(has_text="朝比奈 るり")
    press(row.get_by_role("button", name="リンクを送り直す"))
    expect(page.get_by_text("パスワードを決めるリンクを送ります。")).to_be_visible()

    press(row.get_by_role("button", name="役割を外す"))

    expect(page.get_by_role("row").filter(has_text="朝比奈 るり")).to_have_count(0)
    checked(page)


@pytest.mark.browser
def test_an_account_stopped_and_started(visit: Visit) -> None:
    world = arranged("undecided")
    page = visit(world.people["administrator"], 375)
    page.goto("/people")
    press(page.get_by_role("button", name="招待のメールを送る"))
    expect(page.locator(".error-summary")).to_be_visible()
    checked(page)
    press(page.get_by_role("link", name="stranger", exact=True))
    press(page.get_by_role("button", name="このアカウントを止める"))
    checked(page)
    press(page.get_by_role("button", name="また使えるようにする"))

    press(page.get_by_role("button", name="役割を外す").first)

    expect(page.get_by_text("の役割を外しました。")).to_be_visible()
    checked(page)


@pytest.mark.browser
def test_ones_own_account(visit: Visit) -> None:
    people = arranged("undecided").people
    visit(people["reviewer"])
    visit(people["reviewer"])
    page = visit(people["reviewer"], 375)
    page.goto("/account")
    page.get_by_role("textbox", name="氏名").fill("")
    press(page.get_by_role("button", name="この氏名にする"))
    expect(page.locator(".error-summary")).to_be_visible()
    checked(page)
    page.get_by_label("1日1回、18時にまとめて送る").check()
    press(page.get_by_role("button", name="この届け方にする"))
    expect(page.get_by_text("お知らせの届け方を変えました。")).to_be_visible()
    page.get_by_role("textbox", name="氏名").fill("小鳥遊 縁")
    press(page.get_by_role("button", name="この氏名にする"))
    press(page.get_by_role("button", name="この端末をサインアウトする").first)
    expect(page.get_by_text("その端末をサインアウトしました。")).to_be_visible()

    press(page.get_by_role("button", name="ほかをすべてサインアウトする"))

    expect(page.get_by_role("button", name="この端末をサインアウトする")).to_have_count(0)
    checked(page)


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_a_letter_worded_by_two(visit: Visit, width: int) -> None:
    secretariat = arranged("undecided").people["secretariat"]
    page, other = visit(secretariat, width), visit(secretariat, width)
    for each in (page, other):
        each.goto("/calls/river-2031/letters/calls.role")
    page.get_by_label("本文").fill("{氏名} 様\n\n{団体名}\n")
    press(page.get_by_role("button", name="この文面にする"))
    expect(page.locator(".error-summary")).to_be_visible()
    checked(page)
    page.get_by_label("本文").fill("{氏名} 様\n\n{役割}\n{サインインの画面}\n")
    press(page.get_by_role("button", name="保存せずに見本を作る"))
    expect(page.get_by_text("早瀬 みのり 様")).to_be_visible()
    checked(page)
    press(page.get_by_role("button", name="この文面にする"))
    expect(page.get_by_text("の文面を保存しました。")).to_be_visible()
    checked(page)

    other.get_by_label("件名").fill("別の件名")
    press(other.get_by_role("button", name="この文面にする"))

    expect(other.locator("#two-versions")).to_be_visible()
    expect(other.get_by_label("件名")).to_have_value("別の件名")
    checked(other)


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_a_mail_sent_again(visit: Visit, width: int) -> None:
    page = visit(arranged("undecided").people["secretariat"], width)
    page.goto("/desk")
    press(page.get_by_role("link", name="送れなかったメールを確かめる"))
    press(page.get_by_role("link", name="reviewer@example.jp"))

    press(page.get_by_role("button", name="もう一度送る"))

    expect(page.get_by_text("もう一度送ります。結果は、")).to_be_visible()
    checked(page)


@pytest.mark.browser
def test_a_group_from_its_registration_to_its_hand_over(visit: Visit, writing: Callable) -> None:
    with writing():
        head, colleague = person("head@example.jp", name="早瀬 みのり"), person("colleague@example.jp", name="茅野 司")
    page = visit(head, 375, javascript=False)
    page.goto("/groups/new")
    with answered(page, 422):
        press(page.get_by_role("button", name="この団体を登録する"))
    page.get_by_label("団体名").fill("ほたるの会")
    page.get_by_label("はい、代表者です").check()
    press(page.get_by_role("button", name="この団体を登録する"))
    press(page.get_by_role("link", name="団体の登録内容を書き直す"))
    page.get_by_label("法人番号").fill("6123456789012")
    with answered(page, 422):
        press(page.get_by_role("button", name="団体の登録内容を保存する"))
    page.get_by_label("法人番号").fill("7-1234-5678-9012")
    page.get_by_label("市区町村").fill("千代田区")
    press(page.get_by_role("button", name="団体の登録内容を保存する"))
    expect(page.get_by_text("東京都千代田区")).to_be_visible()
    press(page.get_by_role("link", name="人を招く、役割を変える"))
    for address in ("nobody@example.jp", "colleague@example.jp"):
        page.get_by_label("メールアドレス").fill(address)
        page.get_by_label("書く人").check()
        press(page.get_by_role("button", name="招待のメールを送る"))
    press(page.get_by_role("row").filter(has_text="nobody").get_by_role("button", name="招待を取り消す"))
    expect(page.get_by_text("招待を取り消しました。")).to_be_visible()

    with writing():
        body = db.session.scalars(select(Mail.body).where(Mail.recipient == "colleague@example.jp")).one()
    theirs = visit(colleague, 375)
    theirs.goto(re.search(r"/invitations/\S+", body)[0])  # type: ignore[index]
    checked(theirs)
    press(theirs.get_by_role("button", name="この団体に入る"))
    checked(theirs)

    page.reload()
    row = page.get_by_role("row").filter(has_text="茅野 司")
    row.get_by_label("茅野 司さんの役割").select_option("読む人")
    press(row.get_by_role("button", name="役割を変える"))
    expect(page.get_by_text("茅野 司さんを「読む人」にしました。")).to_be_visible()
    press(page.get_by_role("link", name="代表者を引き継ぐ"))
    page.get_by_label("茅野 司").check()
    page.get_by_label("書く人").check()
    press(page.get_by_role("button", name="代表者を引き継ぐ"))
    expect(page.get_by_text("代表者を引き継ぎました。")).to_be_visible()
    theirs.goto(page.url)
    checked(theirs)
    press(page.get_by_role("link", name="この団体から抜ける"))
    press(page.get_by_role("button", name="この団体から抜ける"))

    expect(page.get_by_text("「ほたるの会」から抜けました。")).to_be_visible()
    press(theirs.get_by_role("link", name="この団体から抜ける"))
    with answered(theirs, 422):
        press(theirs.get_by_role("button", name="この団体から抜ける"))
    expect(theirs.get_by_text("書ける人が1人もいなくなります。")).to_be_visible()
    checked(theirs)


@pytest.mark.browser
def test_two_records_of_a_group_made_one(visit: Visit, writing: Callable) -> None:
    world = arranged("undecided")
    with writing():
        for name, number in (("NPO法人かわせみの会", ""), ("特定非営利活動法人かわせみの会", "7123456789012")):
            group = organization(name)
            group.corporate_number = number
    page = visit(world.people["administrator"], 375, javascript=False)
    page.goto("/desk")
    press(page.get_by_role("link", name="重複した団体"))
    row = page.get_by_role("row").filter(has_text="NPO法人かわせみの会")
    press(row.get_by_role("link", name="この記録を残してまとめる"))
    page.get_by_label("まとめる記録：特定非営利活動法人かわせみの会").check()

    press(page.get_by_role("button", name="1つの記録にまとめる"))

    expect(page.get_by_text("まとめました。")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="かわせみの会")).to_have_count(0)


@pytest.mark.browser
def test_a_call_copied_edited_and_published(visit: Visit) -> None:
    page = visit(arranged("undecided").people["secretariat"], 375, javascript=False)
    page.goto("/desk/calls/new")
    page.get_by_label("写す公募").select_option("river-2031")
    press(page.get_by_role("button", name="写して下書きにする"))
    press(page.get_by_role("link", name="枠と上限額"))
    page.get_by_label("上限額").first.fill("たくさん")
    press(page.get_by_role("button", name="保存する", exact=True))
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.get_by_label("上限額").first).to_have_value("たくさん")

    page.get_by_label("上限額").first.fill("3,000,000円")
    press(page.get_by_role("button", name="保存して行を足す"))
    expect(page.locator("fieldset.panel")).to_have_count(7)
    press(page.get_by_role("link", name="保存せずに戻る"))
    press(page.get_by_role("button", name="公募を公開する"))

    assert page.url.endswith("/calls/river-2032")
    expect(page.get_by_text("3,000,000円")).to_be_visible()
    page.wait_for_load_state("networkidle")


@pytest.mark.browser
def test_a_draft_given_up(visit: Visit) -> None:
    page = visit(arranged("undecided").people["secretariat"], 375)
    page.goto("/calls/river-2031/versions")
    press(page.get_by_role("button", name="新しい版の下書きを開く"))
    checked(page)
    page.goto(page.url + "/text")
    checked(page)
    page.go_back()
    press(page.get_by_role("link", name="この下書きを取りやめる"))

    press(page.get_by_role("button", name="この下書きを取りやめる"))

    expect(page.get_by_text("下書きを取りやめました。")).to_be_visible()
    checked(page)


@pytest.mark.browser
def test_signing_out_and_the_other_language(visit: Visit) -> None:
    page = visit(arranged("undecided").people["secretariat"], 1280)
    page.goto("/desk")

    press(page.get_by_role("button", name="English"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    checked(page)
    press(page.get_by_role("button", name="日本語"))
    press(page.get_by_role("button", name="サインアウト"))

    expect(page.get_by_text("サインアウトしました。")).to_be_visible()
    checked(page)


@pytest.mark.browser
def test_a_rehearsal_discarded(visit: Visit) -> None:
    page = visit(arranged("undecided").people["secretariat"], 375, javascript=False)
    page.goto("/calls/sky-2031")
    press(page.get_by_role("link", name="この予行を破棄する"))
    press(page.get_by_role("button", name="予行を破棄する"))
    expect(page.locator(".error-summary")).to_be_visible()

    page.get_by_label("この予行のすべてを破棄します。").check()
    press(page.get_by_role("button", name="予行を破棄する"))

    expect(page.get_by_text("予行「川辺の灯り調査」を破棄しました。")).to_be_visible()


@pytest.mark.browser
def test_a_letter_confirmed_by_another_and_a_time_set(visit: Visit) -> None:
    world = arranged("frozen")
    first = visit(world.people["secretariat"], 375)
    first.goto("/calls/river-2031/list")
    press(first.get_by_role("button", name="合意の文書を記録する"))
    expect(first.locator(".error-summary")).to_be_visible()
    checked(first)
    first.get_by_label("文書番号").fill("架空第7号")
    first.get_by_label("文書の日付").fill("令和13年6月1日")
    first.get_by_label("合意した人").fill("架空 花子")
    scan = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    first.get_by_label("文書の写し").set_input_files(scan)  # type: ignore[arg-type]
    press(first.get_by_role("button", name="合意の文書を記録する"))
    checked(first)

    second = visit(world.people["administrator"], 375)
    second.goto("/calls/river-2031/list")
    press(second.get_by_role("button", name="合意の文書を確かめた"))
    second.get_by_label("公表する日").fill("2131-06-23")
    second.get_by_label("公表する時刻").fill("25:00")
    press(second.get_by_role("button", name="この時刻に公表する"))
    expect(second.get_by_label("公表する時刻")).to_have_value("25:00")
    checked(second)
    second.get_by_label("公表する時刻").fill("14:00")
    press(second.get_by_role("button", name="この時刻に公表する"))
    checked(second)
    press(second.get_by_role("button", name="公表の時刻を取り消す"))
    expect(second.get_by_text("公表の時刻を取り消しました。")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_a_proposal_from_the_first_page_to_its_receipt(visit: Visit, writing: Callable, width: int) -> None:
    with writing():
        closes_at = clock.now() + dt.timedelta(days=1)
        published(opens_at="2020-04-01T09:00:00+09:00", closes_at=closes_at.isoformat())
        applicant = person("new@example.jp", name="野川 澄")
    page = visit(applicant, width, javascript=width == 1280)
    page.goto("/calls/river-2031")
    press(page.get_by_role("link", name="応募する", exact=True))
    with answered(page, 422):
        press(page.get_by_role("button", name="団体を登録して書き始める"))
    page.get_by_label("団体名").fill("ほたるの会")
    page.get_by_label("はい、代表者です").check()
    page.get_by_label("広い枠").check()
    press(page.get_by_role("button", name="団体を登録して書き始める"))
    page.get_by_label("法人格").select_option("任意団体")
    for label, text in (
        ("代表者の氏名", "野川 澄"),
        ("担当者の氏名", "野川 澄"),
        ("担当者のメールアドレス", "nogawa@example.jp"),
        ("担当者の電話番号", "03-5253-2111"),
        ("住所", "架空市川辺町1-1"),
    ):
        page.get_by_label(label).fill(text)
    press(page.get_by_role("button", name="保存して次へ"))
    page.get_by_label("事業名").fill("川辺の茶の間")
    press(page.get_by_role("button", name="保存して次へ"))
    press(page.get_by_role("link", name="保存せずに一覧へ戻る"))
    press(page.get_by_role("link", name="内容を確かめて提出する"))
    expect(page.get_by_text("まだ提出できません")).to_be_visible()
    press(page.get_by_role("link", name="概要が空です。書いてください。"))
    for label in ("概要", "事業計画", "活動地域"):
        page.get_by_label(label, exact=True).fill("架空市の川辺")
    press(page.get_by_role("button", name="保存して次へ"))
    page.get_by_label("申請額").fill("1,200,000円")
    press(page.get_by_role("button", name="保存して次へ"))
    page.get_by_label("国内に拠点があること。").check()
    press(page.get_by_role("button", name="保存して一覧へ戻る"))
    expect(page.locator(".progress strong")).to_have_text("4件中4件")
    if width == 1280:
        checked(page)
    press(page.get_by_role("link", name="内容を確かめて提出する"))

    press(page.get_by_role("button", name="この内容で提出する"))

    expect(page.get_by_role("heading", name="受付票 KW-0001")).to_be_visible()
    if width == 1280:
        checked(page)
        seen_again_and_replaced(page)


def seen_again_and_replaced(page: Page) -> None:
    """The first version as it was received, and what a second one changed; begins on the receipt."""
    url = page.url.removesuffix("/receipt")
    page.goto(f"{url}/versions/1")
    expect(page.get_by_text("受け付けたときの指紋と同じです。")).to_be_visible()
    checked(page)
    page.goto(f"{url}/edit/amount")
    page.get_by_label("申請額").fill("1,300,000円")
    press(page.get_by_role("button", name="保存して次へ"))
    expect(page.get_by_text("まだ出し直していません", exact=True)).to_be_visible()
    checked(page)
    page.goto(f"{url}/confirm")
    checked(page)
    press(page.get_by_role("button", name="この内容で出し直す"))
    press(page.get_by_role("link", name="提出した版（2件）を見る"))
    press(page.get_by_role("link", name="第1版と第2版を見比べる"))
    expect(page.get_by_role("heading", name="第1版と第2版の違い")).to_be_visible()
    checked(page)


def open_draft(writing: Callable) -> tuple[User, Application]:
    """Somebody with a draft in a call that is open now, and whose titles have ten characters."""
    with writing():
        closes_at = clock.now() + dt.timedelta(days=1)
        call = published("[limits]\ntitle = 10", opens_at="2020-04-01T09:00:00+09:00", closes_at=closes_at.isoformat())
        applicant = person("new@example.jp", name="野川 澄")
        db.session.flush()
        draft = begun(call, organization("ほたるの会", applicant), applicant)
    return applicant, draft


@pytest.mark.browser
def test_what_is_typed_is_kept_before_anybody_says_so(visit: Visit, writing: Callable) -> None:
    applicant, draft = open_draft(writing)
    page = visit(applicant, 375)
    page.goto(f"/applications/{draft.id}/edit/plan")
    page.get_by_label("事業名").fill("葛󠄀城の茶の間")

    expect(page.locator("[data-saved]")).to_contain_text("に保存しました")

    expect(page.locator(".count").first).to_have_text("6 / 10文字")
    checked(page)
    page.reload()
    expect(page.get_by_label("事業名")).to_have_value("葛󠄀城の茶の間")


@pytest.mark.browser
def test_another_tier_and_the_newest_version(visit: Visit, writing: Callable) -> None:
    applicant, draft = open_draft(writing)
    with writing():
        call = db.session.scalars(select(Call)).one()
        revised(call, "[limits]\ntitle = 5")
    page = visit(applicant, 375)
    page.goto(f"/applications/{draft.id}/edit")
    press(page.get_by_role("link", name="枠を変える"))
    page.get_by_label("近い枠").check()
    press(page.get_by_role("button", name="この枠で応募する"))
    expect(page.get_by_text("（上限 500,000円）").first).to_be_visible()
    press(page.get_by_role("link", name="変わったところを見る"))
    checked(page)

    press(page.get_by_role("button", name="新しい版の設問で書き進める"))

    expect(page.get_by_text("新しい版の設問に切り替えました。")).to_be_visible()
    expect(page.get_by_text("公募の内容が改められました")).to_have_count(0)
    checked(page)


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_a_committee_from_its_first_member_to_its_closing(visit: Visit, writing: Callable, width: int) -> None:
    with writing():
        call = published()
        office = person("office@example.jp", Role.SECRETARIAT, call)
        person("reviewer@example.jp", Role.REVIEWER, call, name="審査 次郎")
        db.session.flush()
        received(call, row(1), row(2))
    page = visit(office, width, javascript=width == 1280)
    page.goto("/calls/river-2031/panel")
    with answered(page, 422):
        press(page.get_by_role("button", name="審査委員会の構成を確定する"))
    page.get_by_label("「審査委員」の役割がある人").select_option("審査 次郎（reviewer@example.jp）")
    press(page.get_by_role("button", name="委員に加える"))
    page.get_by_label("サインインしない委員の呼び名").fill("委員い")
    press(page.get_by_role("button", name="委員に加える"))
    press(page.get_by_role("button", name="委員い を外す"))
    press(page.get_by_role("link", name="KW-0001 を読む委員を選ぶ"))
    page.get_by_label("審査 次郎").check()
    press(page.get_by_role("button", name="割当を保存する"))
    press(page.get_by_role("link", name="審査 次郎 が読む応募を選ぶ"))
    page.get_by_label("KW-0002").check()
    press(page.get_by_role("button", name="このページの割当を保存する"))
    expect(page.get_by_text("担当は2件です")).to_be_visible()
    if width == 1280:
        checked(page)
    press(page.get_by_role("link", name="審査委員会に戻る"))
    press(page.get_by_role("button", name="審査委員会の構成を確定する"))
    if width == 1280:
        checked(page)
    press(page.get_by_role("button", name="採点を締め切る"))

    with answered(page, 422):
        press(page.get_by_role("button", name="採点を再開する"))

    expect(page.locator(".error-summary")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_an_assignment_is_proposed_and_applied(visit: Visit, writing: Callable, width: int) -> None:
    with writing():
        call = published()
        office = person("office@example.jp", Role.SECRETARIAT, call)
        db.session.flush()
        received(call, row(1), row(2))
    page = visit(office, width)
    page.goto("/calls/river-2031/panel")
    for name in ("委員い", "委員ろ", "委員は"):
        page.get_by_label("サインインしない委員の呼び名").fill(name)
        press(page.get_by_role("button", name="委員に加える"))
    press(page.get_by_role("link", name="委員い の専門と担当の件数"))
    page.get_by_label("東京都", exact=True).check()
    page.get_by_label("担当の上限（件）").fill("-1")
    with answered(page, 422):
        press(page.get_by_role("button", name="専門と件数を保存する"))
    checked(page)
    page.get_by_label("担当の上限（件）").fill("1")
    press(page.get_by_role("button", name="専門と件数を保存する"))
    press(page.get_by_role("link", name="割当案を作る・見る"))
    checked(page)
    press(page.get_by_role("button", name="割当案を作る"))
    expect(page.get_by_text("割当案を作りました。")).to_be_visible()
    page.get_by_label("固定する").first.check()
    press(page.get_by_role("button", name="割当案を作り直す"))
    expect(page.get_by_label("固定する").first).to_be_checked()
    checked(page)

    press(page.get_by_role("button", name="この割当案を反映する"))

    expect(page.get_by_text("割当案を反映しました。割当を4件加え、0件外しました。")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_a_sheet_from_the_question_of_conflict_to_its_filing(visit: Visit, writing: Callable, width: int) -> None:
    with writing():
        user, applications = offered(2)
        first = str(sheet_of(applications[0], "reviewer@example.jp").id)
    page = visit(user, width, javascript=False)
    page.goto("/calls/river-2031/sheets")
    press(page.get_by_role("link", name="次の未採点へ"))
    with answered(page, 422):
        press(page.get_by_role("button", name="答える", exact=True))
    page.get_by_label("ない", exact=True).check()
    press(page.get_by_role("button", name="答える", exact=True))
    with answered(page, 422):
        press(page.get_by_role("button", name="採点表を提出する"))
    expect(page.get_by_text("未採点の項目が2個あります")).to_be_visible()
    for group in page.locator("fieldset.score").all():
        group.get_by_label("4", exact=True).check()
    press(page.get_by_role("button", name="採点表を提出する"))
    expect(page.get_by_text("この採点表は提出済みです")).to_be_visible()
    press(page.get_by_role("button", name="採点表を開き直す"))
    page.get_by_text("この応募との利益相反を申し出る").click()
    with answered(page, 422):
        press(page.get_by_role("button", name="利益相反を申し出る"))
    page.get_by_label("どのような関係ですか").select_option("競合する応募に関わっている")
    page.get_by_label("くわしい事情").fill("競合する団体に助言しました。")

    press(page.get_by_role("button", name="利益相反を申し出る"))

    expect(page.get_by_text("この応募は見られなくなりました。")).to_be_visible()
    assert page.goto(f"/sheets/{first}").status == 403  # type: ignore[union-attr]


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_a_sheet_scored_by_keys_is_saved_as_one_goes_and_an_older_window_gets_both_versions(
    visit: Visit, writing: Callable, width: int
) -> None:
    with writing():
        user, sheets = opened(2)
        url = f"/sheets/{sheets[0].id}"
    older, page = visit(user, width), visit(user, width)
    older.goto(url)
    page.goto(url)
    checked(page)
    group = page.locator("fieldset.score").first
    group.get_by_label("未採点").focus()
    with page.expect_response("**/scores") as saved:
        page.keyboard.press("4")
    assert saved.value.status == 200
    with page.expect_response("**/scores") as saved:
        group.get_by_label("講評").fill("担い手が決まっている")
        page.keyboard.press("Tab")
    assert saved.value.status == 200
    page.wait_for_function("document.querySelector('[data-saved]').textContent.endsWith('に保存しました。')")
    expect(page.get_by_text("2項目中1項目").first).to_be_visible()
    page.reload()
    expect(page.locator("fieldset.score").first.get_by_label("4", exact=True)).to_be_checked()

    with older.expect_response("**/scores") as late:
        older.locator("fieldset.score").first.get_by_label("2", exact=True).check()
    assert late.value.status == 409
    with answered(older, 409):
        press(older.get_by_role("button", name="保存する", exact=True))

    expect(older.get_by_text("先に保存された内容があります")).to_be_visible()
    expect(older.locator("fieldset.score").first.get_by_label("2", exact=True)).to_be_checked()
    checked(older)


@pytest.mark.browser
def test_a_move_without_its_reason(visit: Visit) -> None:
    world = arranged("undecided")
    page = visit(world.people["secretariat"], 375)
    page.goto(f"/applications/{world.theirs.id}/moves/withdraw")

    with answered(page, 422):
        press(page.locator("main button[type=submit]"))

    expect(page.locator(".error-summary")).to_be_visible()
    checked(page)


@pytest.mark.browser
def test_a_deadline_moved_for_one_and_for_all(visit: Visit) -> None:
    world = arranged("undecided")
    page = visit(world.people["secretariat"], 375)
    page.goto("/calls/river-2031/deadline")
    with answered(page, 422):
        press(page.get_by_role("button", name="の延長を確かめる"))
    checked(page)
    press(page.get_by_role("link", name="すべての団体の締切を延ばす"))
    with answered(page, 422):
        press(page.locator("main button[type=submit]"))
    expect(page.locator(".error-summary")).to_be_visible()
    checked(page)
    page.goto("/calls/river-2031/deadline/one?q=ほたる")
    checked(page)
    with answered(page, 422):
        press(page.get_by_role("button", name="この団体の延長を申し出る"))
    expect(page.locator(".error-summary")).to_be_visible()
    checked(page)


@pytest.mark.browser
def test_a_conflict_without_its_reason(visit: Visit) -> None:
    world = arranged("undecided")
    page = visit(world.people["secretariat"], 375)
    page.goto(f"/applications/{world.theirs.id}/sheets")
    page.get_by_label("審査委員").first.select_option(index=1)

    with answered(page, 422):
        press(page.get_by_role("button", name="利益相反を記録する"))

    expect(page.locator(".error-summary")).to_be_visible()
    checked(page)


@pytest.mark.browser
def test_a_lifted_conflict_without_its_reason(visit: Visit) -> None:
    world = arranged("undecided")
    page = visit(world.people["secretariat"], 375)
    page.goto(f"/applications/{world.theirs.id}/sheets")
    page.locator("#conflict").select_option(index=1)

    with answered(page, 422):
        press(page.get_by_role("button", name="利益相反の記録を取り消す"))

    expect(page.locator(".error-summary")).to_be_visible()
    checked(page)


@pytest.mark.browser
def test_the_effects_of_a_decision(visit: Visit) -> None:
    page = visit(arranged("undecided").people["secretariat"], 375)
    page.goto("/calls/river-2031/decisions")
    page.get_by_label("KW-0001 の採否").select_option("採択")

    press(page.get_by_role("button", name="変更を確かめる"))
    expect(page.get_by_text("まだ何も変えていません")).to_be_visible()
    checked(page)
    press(page.get_by_role("button", name="適用する"))

    expect(page.locator(".notification--success")).to_be_visible()
    checked(page)


@pytest.mark.browser
def test_a_list_frozen_agreed_to_and_published(visit: Visit) -> None:
    people = arranged("frozen").people
    sponsor = visit(people["sponsor"], 375)
    sponsor.goto("/calls/river-2031/list")
    with answered(sponsor, 422):
        press(sponsor.get_by_role("button", name="この一覧への合意を記録する"))
    checked(sponsor)
    sponsor.get_by_label("文書番号").fill("架空第7号")
    sponsor.get_by_label("文書の日付").fill("令和13年6月1日")
    sponsor.get_by_label("合意した人").fill("架空 花子")
    press(sponsor.get_by_role("button", name="この一覧への合意を記録する"))
    checked(sponsor)

    page = visit(people["secretariat"], 375)
    page.goto("/calls/river-2031/list")
    press(page.get_by_role("button", name="一覧を公表する"))

    expect(page.locator(".notification--success")).to_be_visible()
    checked(page)


@pytest.mark.browser
def test_a_list_taken_back(visit: Visit) -> None:
    page = visit(arranged("frozen").people["secretariat"], 375)
    page.goto("/calls/river-2031/list")
    with answered(page, 422):
        press(page.get_by_role("button", name="確定と合意を取り消して案に戻す"))
    checked(page)
    page.get_by_label("案に戻す理由").fill("団体名の誤りが見つかったため。")
    press(page.get_by_role("button", name="確定と合意を取り消して案に戻す"))
    press(page.get_by_role("button", name="一覧を確定する"))

    expect(page.locator(".notification--success")).to_be_visible()
    checked(page)


def test_the_walk_reads_the_database_under_test(store: None, dialect: str) -> None:
    assert db.engine.dialect.name == dialect


@pytest.mark.browser
def test_officers_written_and_checked(visit: Visit, writing: Callable) -> None:
    with writing():
        call = published(
            '[[section]]\nkey = "officers"\n\n[[section]]\nkey = "amount"',
            opens_at="2020-04-01T09:00:00+09:00",
            closes_at="2099-04-30T17:00:00+09:00",
        )
        checker = person("checker@example.jp", Role.OFFICER_CHECKER, call)
        writer = person("writer@example.jp")
        draft = begun(call, organization("ほたる", writer), writer)
        saved(draft, writer, Part.AMOUNT, {"requested_yen": 100_000})
    page = visit(writer, 375)
    page.goto(f"/applications/{draft.id}/edit/officers")
    checked_at_both_widths(page)
    page.get_by_label("氏名カナ").first.fill("沢")
    with answered(page, 422):
        press(page.get_by_role("button", name="保存して一覧へ戻る"))
    checked(page)
    for label, text in (("氏名", "沢 ひびき"), ("氏名カナ", "さわ"), ("生年月日", "昭和45年3月9日"), ("役職", "代表")):
        page.get_by_label(label, exact=True).first.fill(text)
    page.get_by_label("性別").first.select_option("woman")
    expect(page.get_by_text("に保存しました")).to_be_visible()
    press(page.get_by_role("button", name="保存して一覧へ戻る"))
    page.goto(f"/applications/{draft.id}/confirm")
    press(page.get_by_role("button", name="この内容で提出する"))
    expect(page.get_by_text("応募を受け付けました。")).to_be_visible()

    desk = visit(checker, 375)
    desk.goto("/calls/river-2031/officers")
    checked_at_both_widths(desk)
    with answered(desk, 422):
        press(desk.get_by_role("button", name="役員名簿をファイルにする"))
    checked(desk)
    press(desk.get_by_role("link", name="KW-0001"))
    expect(desk.get_by_role("rowheader", name="沢 ひびき")).to_be_visible()
    checked_at_both_widths(desk)


@pytest.mark.browser
def test_costs_typed_and_pasted(visit: Visit, writing: Callable) -> None:
    with writing():
        call = asked_call(opens_at="2020-04-01T09:00:00+09:00", closes_at=PERIOD.replace("2031-04-30", "2031-05-30"))
        writer = person("writer@example.jp")
        draft = begun(call, organization("ほたる", writer), writer)
        steps = [{"what": "ひらく", "begins": "2031-07", "ends": "2031-09", "who": "世話人"}]
        saved(draft, writer, Part.SCHEDULE, {"rows": steps})
    page, edit = visit(writer), f"/applications/{draft.id}/edit"
    for part in ("schedule", "indicators", "consortium"):
        page.goto(f"{edit}/{part}")
        checked_at_both_widths(page)
    page.goto(f"{edit}/budget")
    page.get_by_label("1行目 費目").select_option("事業費")
    page.get_by_label("1行目 内容").fill("会場")
    page.get_by_label("1行目 単価（円）").fill("4,500")
    page.get_by_label("1行目 数量").fill("7.25回")
    expect(page.locator('[data-figure="total"]')).to_have_text("32,625円")
    expect(page.get_by_text("上限の2,000,000円まで、あと1,967,375円です。")).to_be_visible()
    checked_at_both_widths(page)
    press(page.get_by_role("button", name="行を増やす"))
    expect(page.get_by_label("9行目 内容")).to_be_attached()
    page.get_by_label("2行目 数量").fill("少し")
    with answered(page, 422):
        press(page.get_by_role("button", name="保存して次へ").or_(page.get_by_role("button", name="保存して一覧")))
    checked_at_both_widths(page)
    press(page.get_by_role("link", name="2行目 数量"))
    expect(page.get_by_label("2行目 数量")).to_be_focused()

    page.goto(f"{edit}/budget/load")
    checked_at_both_widths(page)
    page.get_by_label("表計算ソフトから貼り付け").fill(
        "人件費\t世話人\t1,250\t7.25\t時間\n\t見守り\t\t\t\n合計\t\t\t\t"
    )
    press(page.get_by_role("button", name="読み取って内容を確かめる"))
    checked_at_both_widths(page)
    page.get_by_label("いまの1行を消し、入れ替える").check()
    press(page.get_by_role("button", name="この内容で保存する"))
    expect(page.get_by_text("経費2行を読み込んで、下書きに保存しました。")).to_be_visible()
    page.goto(f"/applications/{draft.id}")
    checked_at_both_widths(page)


@pytest.mark.browser
def test_a_partner_asked_and_answering(visit: Visit, writing: Callable) -> None:
    with writing():
        call = published(
            '[[section]]\nkey = "consents"\n\n[[section]]\nkey = "amount"',
            opens_at="2020-04-01T09:00:00+09:00",
            closes_at="2099-04-30T17:00:00+09:00",
        )
        writer = person("writer@example.jp")
        draft = begun(call, organization("ほたる", writer), writer)
    page = visit(writer, 375, javascript=False)
    page.goto(f"/applications/{draft.id}/edit/consents")
    with answered(page, 422):
        press(page.get_by_role("button", name="連携先を加える"))
    page.get_by_label("連携先の名前").fill("川辺自治会")
    page.get_by_label("担う部分").fill("毎週の会場を貸す。")
    page.get_by_label("連携先のメールアドレス").fill("hall@example.jp")
    press(page.get_by_role("button", name="連携先を加える"))
    expect(page.get_by_text("返事待ち")).to_be_visible()

    partner = visit(None, 375)
    link = link_to("hall@example.jp")
    partner.goto(link)
    checked_at_both_widths(partner)
    with answered(partner, 422):
        press(partner.get_by_role("button", name="この内容で答える"))
    checked(partner)
    partner.get_by_label("承諾する", exact=True).check()
    partner.get_by_label("氏名").fill("岸 あおい")
    press(partner.get_by_role("button", name="この内容で答える"))
    expect(partner.get_by_text("川辺自治会が承諾したことを")).to_be_visible()
    checked(partner)
    with answered(partner, 410):
        partner.goto(link)
    checked(partner)

    desk = visit(writer, 375)
    desk.goto(f"/applications/{draft.id}/edit/consents")
    checked_at_both_widths(desk)
    press(desk.get_by_role("link", name="川辺自治会"))
    checked_at_both_widths(desk)
    with answered(desk, 422):
        press(desk.get_by_role("button", name="承諾書を出す"))
    checked(desk)
    press(desk.get_by_role("button", name="承諾を頼むメールを送る"))
    expect(desk.get_by_text("返事待ち")).to_be_visible()


@pytest.mark.browser
def test_files_are_handed_in(visit: Visit, writing: Callable) -> None:
    with writing():
        call = published(DOCUMENTS, opens_at="2020-04-01T09:00:00+09:00", closes_at="2099-04-30T17:00:00+09:00")
        writer = person("writer@example.jp")
        draft = begun(call, organization("ほたる", writer), writer)
    page = visit(writer, 375)
    # axe is a script itself: the page stands as it does where ours does not arrive
    page.route("**/js/attachments.js*", lambda route: route.abort())
    page.goto(f"/applications/{draft.id}/edit/documents")
    checked_at_both_widths(page)
    rules = page.get_by_role("region", name="定款または規約")
    with answered(page, 422):
        press(rules.get_by_role("button", name="選んだファイルを出す"))
    checked(page)
    rules.get_by_label("ファイルを選ぶ").set_input_files([a_file("規約.pdf"), a_file("空.pdf", b"")])
    with answered(page, 422):
        press(rules.get_by_role("button", name="選んだファイルを出す"))
    expect(rules.get_by_role("link", name="規約.pdf")).to_be_visible()
    expect(rules.get_by_text("「空.pdf」：ファイルが空（0バイト）です。")).to_be_visible()
    checked_at_both_widths(page)
    register = page.get_by_role("region", name="登記事項証明書")
    register.get_by_label("ファイルを選ぶ").set_input_files([a_file("登記.pdf", pdf(2))])
    press(register.get_by_role("button", name="選んだファイルを出す"))
    register.get_by_label("発行日").fill("いつか")
    with answered(page, 422):
        press(register.get_by_role("button", name="発行日を保存する"))
    checked_at_both_widths(page)
    press(register.get_by_role("button", name=re.compile("外す.*登記")))
    expect(page.get_by_text("「登記.pdf」を外しました。")).to_be_visible()
    page.goto(f"/applications/{draft.id}")
    checked_at_both_widths(page)

    desk = visit(writer)
    desk.goto(f"/applications/{draft.id}/edit/documents")
    desk.get_by_label("「活動の記録」のファイルを選ぶ").set_input_files(
        [a_file("会報.pdf", pdf(3)), a_file("空.pdf", b"")]
    )
    expect(desk.get_by_text("1件を預かりました。1件は預かれませんでした。")).to_be_attached()
    checked_at_both_widths(desk)


def a_file(name: str, content: bytes | None = None) -> FilePayload:
    """A PDF as somebody chooses it."""
    return {"name": name, "mimeType": "application/pdf", "buffer": pdf() if content is None else content}


@pytest.mark.browser
def test_a_proposal_typed_for_a_group(visit: Visit, writing: Callable) -> None:
    with writing():
        call = published(
            '[[section]]\nkey = "amount"',
            opens_at="2020-04-01T09:00:00+09:00",
            closes_at="2099-04-30T17:00:00+09:00",
        )
        officer = person("officer@example.jp", Role.SECRETARIAT, call)
    page = visit(officer, 375)
    page.goto("/calls/river-2031/proxies/new")
    with answered(page, 422):
        press(page.get_by_role("button", name="代理で入力を始める"))
    checked(page)
    page.get_by_label("新しく登録する団体の名前").fill("川辺の会")
    page.get_by_label("① 広い枠").check()
    page.get_by_label("電話", exact=True).check()
    page.get_by_label("届いた日").fill("2026-05-01")
    press(page.get_by_role("button", name="代理で入力を始める"))
    expect(page.get_by_text("団体はまだ確かめていません。")).to_be_visible()
    checked_at_both_widths(page)
    press(page.get_by_role("link", name="申請額").first)
    page.get_by_label("申請額").fill("100000")
    press(page.get_by_role("button", name="保存して"))
    press(page.get_by_role("link", name="団体に確かめてもらい、提出する"))
    checked_at_both_widths(page)
    with answered(page, 422):
        press(page.get_by_role("button", name="署名のある紙を出す"))
    page.get_by_label("画面に出して、電話で伝える").check()
    press(page.get_by_role("button", name="確認コードを出す"))
    code = page.locator(".notification .large").inner_text()
    checked(page)
    reference = page.locator("dd", has_text=re.compile("^[0-9a-f]{4}-[0-9a-f]{4}$")).inner_text()

    group = visit(None, 375, javascript=False)
    group.goto(f"/proxy/{reference.replace('-', '')}")
    with answered(group, 422):
        press(group.get_by_role("button", name="内容を見る"))
    group.get_by_label("確認コード").fill(code)
    press(group.get_by_role("button", name="内容を見る"))
    with answered(group, 422):
        press(group.get_by_role("button", name="この内容で確かめた"))
    group.get_by_label("氏名").fill("岸 あおい")
    group.get_by_label("入力された内容は、団体が伝えたとおりです").check()
    press(group.get_by_role("button", name="この内容で確かめた"))
    expect(group.get_by_text("ありがとうございます。")).to_be_visible()

    page.goto(page.url.removesuffix("/code"))
    press(page.get_by_role("button", name="団体に代わって提出する"))
    expect(page.get_by_text("団体に代わって応募を提出しました。")).to_be_visible()
    checked(page)


@pytest.mark.browser
def test_all_proposals_asked_for_and_given_up(app: Flask, visit: Visit) -> None:
    world = arranged("undecided")
    page = visit(world.people["secretariat"], 375)
    page.goto(at(app, "applications.index", world))

    press(page.get_by_role("button", name="すべての応募をPDFで作る（ZIP）"))
    press(page.get_by_role("link", name="自動で新しくしない"))
    expect(page.get_by_role("strong").filter(has_text="2件中0件")).to_be_visible()
    checked_at_both_widths(page)
    press(page.get_by_role("button", name="取りやめる"))

    expect(page.get_by_text("必要になったら、もう一度作れます。")).to_be_visible()
    checked(page)


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_a_proposal_given_back_mended_and_decided(
    visit: Visit, browser: Callable[[User | None], Browser], writing: Callable, width: int
) -> None:
    """On a telephone without a script, and on a desk."""
    with time_machine.travel(web.OPEN) as now:
        with writing():
            call = published(web.AUDIENCE, web.LIMITS)
            officer = person("office@example.jp", Role.SECRETARIAT, call)
            applicant = person("applicant@example.jp", name="野川")
            db.session.flush()
            organization("任意団体ほたる", applicant).legal_form = "任意団体"
        one = web.submitted((applicant, officer), browser)
        now.move_to("2031-05-02T10:00:00+09:00")
        office = visit(officer, width, javascript=width == 1280)
        _give_back(office, one)
        group = visit(applicant, width, javascript=width == 1280)
        _mend(group, one)
        _decide(office, one)
        group.goto(f"/applications/{one.id}")
        expect(group.get_by_text("拠点が国外にあるため。")).to_be_visible()
        _looked_at(group)


def _looked_at(page: Page) -> None:
    """With a script axe looks at both widths; without one nothing may be wider than its window."""
    if page.viewport_size == {"width": 1280, "height": 900}:
        checked_at_both_widths(page)
        page.set_viewport_size({"width": 1280, "height": 900})
    else:
        assert page.evaluate("document.documentElement.scrollWidth") <= 375


def _give_back(page: Page, one: Application) -> None:
    page.goto(f"/applications/{one.id}/correction")
    _looked_at(page)
    with answered(page, 422):
        press(page.get_by_role("button", name="補正を求める"))
    _looked_at(page)
    page.locator("summary", has_text="団体の概要").click()
    page.get_by_label("担当者の電話番号", exact=True).check()
    page.get_by_label("「担当者の電話番号」で直すこと").fill("つながりません。")
    page.locator("summary", has_text="事業計画").click()
    page.get_by_label("事業計画", exact=True).check()
    page.get_by_label("「事業計画」で直すこと").fill("時期を書いてください。")
    page.get_by_label("理由").fill("形の不備のため。")
    press(page.get_by_role("button", name="補正を求める"))
    expect(page.get_by_text("期限は令和13年5月9日（金）17:00です。")).to_be_visible()
    _looked_at(page)
    with answered(page, 422):
        press(page.get_by_role("button", name="期限を延ばす"))
    _looked_at(page)
    page.get_by_label("延ばす理由").fill("大雨のため。")
    press(page.get_by_role("button", name="期限を延ばす"))
    _looked_at(page)
    page.goto("/calls/river-2031/corrections")
    _looked_at(page)


def _mend(page: Page, one: Application) -> None:
    page.goto("/desk")
    press(page.get_by_role("link", name="補正を求められた応募を直して、もう一度提出する"))
    expect(page.get_by_text("期限まであと10日").first).to_be_visible()
    _looked_at(page)
    press(page.get_by_role("link", name="団体の概要：担当者の電話番号"))
    _looked_at(page)
    expect(page.get_by_label("団体名", exact=True)).to_have_count(0)
    page.get_by_label("担当者の電話番号").fill("03-5253-2112")
    press(page.get_by_role("button", name="保存して次へ"))
    _looked_at(page)
    page.get_by_label("事業計画").fill("四月から二月まで。")
    press(page.get_by_role("button", name="保存して次へ"))
    expect(page.get_by_text("今回の補正で直せるところではありません")).to_be_visible()
    _looked_at(page)
    page.goto(f"/applications/{one.id}/confirm")
    press(page.get_by_role("button", name="この内容で出し直す"))
    expect(page.get_by_text("応募を受け付けました。")).to_be_visible()
    page.goto(f"/applications/{one.id}/versions/2/changes/1")
    expect(page.get_by_text("2か所が違います")).to_be_visible()


def _decide(page: Page, one: Application) -> None:
    page.goto("/calls/river-2031/corrections")
    expect(page.get_by_text("補正が届いた", exact=True)).to_be_visible()
    _looked_at(page)
    press(page.get_by_role("link", name="KW-0001"))
    press(page.get_by_role("link", name="変わったところを見る"))
    page.goto("/calls/river-2031/screening/decide")
    _looked_at(page)
    page.get_by_label("対象外とする", exact=True).check()
    with answered(page, 422):
        press(page.get_by_role("button", name="変更を確かめる"))
    _looked_at(page)
    page.get_by_label("対象外とする理由").fill("拠点が国外にあるため。")
    press(page.get_by_role("button", name="変更を確かめる"))
    expect(page.get_by_text("代表者と連絡先に、理由を添えてメールで知らせます。")).to_be_visible()
    _looked_at(page)
    press(page.get_by_role("button", name="すべて適用する"))
    expect(page.get_by_text("1件を決めました。")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_a_proposal_screened(visit: Visit, writing: Callable, width: int) -> None:
    """On a telephone without a script, and on a desk."""
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        received(call, row(1, summary="番号は123456789018です。"), row(2))
    page = visit(officer, width, javascript=width == 1280)
    page.goto("/calls/river-2031/screening?left=findings")
    _looked_at(page)
    press(page.get_by_role("link", name="KW-0001"))
    _looked_at(page)
    page.locator("summary", has_text="見て、問題がないと記録する").click()
    with answered(page, 422):
        press(page.get_by_role("button", name="問題がないと記録する"))
    _looked_at(page)
    page.get_by_label("何を見て、問題がないと分かりましたか").fill("会社法人等番号でした。")
    press(page.get_by_role("button", name="問題がないと記録する"))
    expect(page.get_by_text("見ました。問題ありません")).to_be_visible()
    _looked_at(page)
    press(page.get_by_role("button", name="まだ見ていないことに戻す"))
    item = page.get_by_role("group", name="応募の要件を満たしている：国内に拠点があること。")
    item.get_by_label("いいえ", exact=True).check()
    with answered(page, 422):
        press(page.get_by_role("button", name="項目の答えを保存する"))
    _looked_at(page)
    item.get_by_label("気づいたこと").fill("拠点が読み取れない。")
    item.get_by_label("見た場所").select_option("group")
    press(page.get_by_role("button", name="項目の答えを保存する"))
    expect(page.get_by_text("形式審査の項目を1件保存しました。")).to_be_visible()
    _looked_at(page)
    press(page.get_by_role("link", name="ほかの応募の形式審査"))
    expect(page.get_by_text("「いいえ」1件")).to_be_visible()
    _looked_at(page)


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_results_of_officer_checks_recorded(visit: Visit, writing: Callable, width: int) -> None:
    with writing():
        call = published('[[section]]\nkey = "officers"\n\n[[section]]\nkey = "amount"')
        received(call, row(1), row(2))
        checker = person("checker@example.jp", Role.OFFICER_CHECKER, call)
        officer = person("office@example.jp", Role.SECRETARIAT, call)
    page = visit(checker, width, javascript=width == 1280)
    page.goto("/calls/river-2031/officers/results")
    _looked_at(page)
    page.get_by_label("回答の一覧を貼り付ける").fill("KW-0001,たぶん")
    with answered(page, 422):
        press(page.get_by_role("button", name="記録する内容を確かめる"))
    _looked_at(page)
    page.get_by_label("回答の一覧を貼り付ける").fill("KW-0001,該当なし")
    page.get_by_label("結果", exact=True).last.select_option("needs_talk")
    press(page.get_by_role("button", name="記録する内容を確かめる"))
    _looked_at(page)
    with answered(page, 422):
        press(page.get_by_role("button", name="すべて記録する"))
    _looked_at(page)
    page.get_by_label("回答の文書の日付").fill("令和5年6月9日")
    page.get_by_label("回答の文書の番号").fill("架空警第12号")
    press(page.get_by_role("button", name="すべて記録する"))
    expect(page.get_by_text("2件の結果を記録しました。")).to_be_visible()
    desk = visit(officer, width)
    desk.goto("/calls/river-2031/officers/results")
    expect(desk.get_by_text("協議が必要", exact=True)).to_be_visible()
    _looked_at(desk)
