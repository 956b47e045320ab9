"""A proposal is given back for named fields alone, until a working day; nothing else changes meanwhile (R3.8)."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
import time_machine
from sqlalchemy import select

from grantflow.accounts.models import Role, User
from grantflow.applications import correcting, corrections, operations, submissions
from grantflow.applications.correctable import changed, fields_of, is_open, names_of, opened_in, touches
from grantflow.applications.models import Application, ApplicationStatus, LateAttempt
from grantflow.applications.outline import Part
from grantflow.applications.queries import dossier
from grantflow.applications.screening_models import Correction
from grantflow.applications.workflow import APPLICATION
from grantflow.calls import queries as calls
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.authorization import SYSTEM, NotPermitted
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.mail.models import Mail
from tests.applications import test_web_proposal as web
from tests.browsing import Browser
from tests.factories.accounts import person
from tests.factories.calls import published
from tests.factories.calls import revised as revise

Browsers = Callable[[User | None], Browser]

OPEN = web.OPEN
#: The Friday before the holidays of May; three working days later it is Friday again.
ASKED_AT, DUE = "2031-05-02T10:00:00+09:00", "2031-05-09T17:00:00+09:00"
IN_TIME, LATE = DUE, "2031-05-09T17:00:00.000001+09:00"
MENDS = "計画の時期を書いてください。"

arranged = web.arranged


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    """The call is open."""
    with time_machine.travel(OPEN, tick=False) as moved:
        yield moved


@pytest.fixture
def one(arranged, browser: Browsers, now: time_machine.Traveller) -> Application:
    """A proposal that was submitted in time; the deadline is over."""
    found = web.submitted(arranged, browser)
    now.move_to(ASKED_AT)
    return found


def seen_in(page: str) -> str:
    """The due time that the page shows and sends back."""
    found = re.search(r'name="seen" type="hidden" value="([^"]+)"', page)
    assert found, page[:3000]
    return unescape(found[1])


def ask(window: Browser, one: Application, *fields: str, **more: str):
    """The answer to asking for the correction of the fields."""
    url = f"/applications/{one.id}/correction"
    typed = {f"open-{name}": "y" for name in fields} | {f"what-{name}": MENDS for name in fields}
    return window.post(url, {"seen": seen_in(window.text(url)), "reason": "形の不備のため。", **typed, **more})


def given_back(arranged, browser: Browsers, one: Application, *fields: str) -> None:
    """The fields (usually one answer of the plan) are opened."""
    answer = ask(browser(arranged[1]), one, *(fields or ("plan.answer-plan",)))
    assert answer.status_code == 302, answer.text


def correction() -> Correction:
    with db.transaction(write=False):
        return db.session.scalars(select(Correction)).one()


def mails(template: str) -> list[Mail]:
    with db.transaction(write=False):
        return list(db.session.scalars(select(Mail).where(Mail.template == template)))


def test_the_due_time_is_shown_before_and_counted_in_working_days(arranged, browser: Browsers, one) -> None:
    page = browser(arranged[1]).text(f"/applications/{one.id}/correction")

    given_back(arranged, browser, one)

    row = correction()
    assert "令和13年5月9日（金）17:00" in page
    assert row.due_at.isoformat() == DUE
    assert (row.round, row.of_version, row.fields) == (1, 1, {"plan.answer-plan": MENDS})
    assert web.only().status is ApplicationStatus.RETURNED
    assert web.actions(one)[:1] == ["applications.return"]


def test_the_group_is_told_each_field_at_once(arranged, browser: Browsers, one) -> None:
    given_back(arranged, browser, one, "group.contact_phone", "plan.title")

    told = {mail.recipient: mail for mail in mails("applications.correction")}
    body = next(iter(told.values())).body
    assert set(told) == {"applicant@example.jp", "nogawa@example.jp"}
    assert "団体の概要：担当者の電話番号" in body
    assert "事業計画：事業名" in body
    assert "令和13年5月9日（金）17:00（日本時間）" in body
    assert f"/applications/{one.id}/edit" in body


def test_the_group_sees_what_is_open_and_the_rest_to_read(arranged, browser: Browsers, one) -> None:
    given_back(arranged, browser, one)
    window = browser(arranged[0])

    index, plan, group = (window.text(f"/applications/{one.id}/edit{part}") for part in ("", "/plan", "/group"))

    assert "期限まであと7日" in index
    assert MENDS in index
    assert 'name="answer-plan" rows=' in plan
    assert re.search(r'<input type="hidden" name="title" value="川辺の茶の間">', plan)
    assert "今回の補正で直せるところではありません" in group
    assert 'name="contact_phone"' not in group


def test_what_was_opened_is_mended_and_the_first_version_stays(arranged, browser: Browsers, one, now) -> None:
    given_back(arranged, browser, one)
    now.move_to(IN_TIME)
    window = browser(arranged[0])

    saved = web.saved(window, one, "plan", **{"answer-plan": "四月から二月まで。"})
    sent = window.post(f"/applications/{one.id}/confirm")

    found = web.only()
    with db.transaction(write=False):
        versions = submissions.versions(db.session.get_one(Application, one.id))
    assert (saved.status_code, sent.status_code) == (302, 302)
    assert (found.status, found.number, found.received_at.isoformat()) == (ApplicationStatus.SUBMITTED, "KW-0001", OPEN)
    assert [row.version for row in versions] == [1, 2]
    told = browser(arranged[1]).text(f"/applications/{one.id}/versions/2/changes/1")
    assert "1か所が違います" in told
    assert "四月から二月まで。" in told
    assert correction().answered_at.isoformat() == IN_TIME
    assert "変わったところを見る" in browser(arranged[1]).text(f"/applications/{one.id}/correction")
    assert "届いた補正を確かめる" in browser(arranged[1]).text("/desk")


@pytest.mark.parametrize(
    ("part", "change", "label"),
    [
        ("plan", {"title": "別の事業"}, "事業計画：事業名"),
        ("plan", {"title": "別の事業", "answer-plan": "書き直した。"}, "事業計画：事業名"),
        ("group", {"contact_phone": "03-5253-2112"}, "団体の概要：担当者の電話番号"),
        ("amount", {"requested_yen": "1,999,999円"}, "申請額"),
        ("targets", {"features": []}, "ターゲット層"),
        ("confirmations", {"confirmed": []}, "応募の要件の確認"),
    ],
)
def test_a_change_elsewhere_is_refused_by_its_label_and_nothing_is_lost(
    arranged, browser: Browsers, one, part: str, change: dict[str, object], label: str
) -> None:
    given_back(arranged, browser, one)
    window = browser(arranged[0])

    answer = web.saved(window, one, part, **change)
    kept = window.post(f"/applications/{one.id}/edit/{part}/autosave", {"version": "1", **web.WHOLE[part], **change})

    assert (answer.status_code, kept.status_code) == (422, 422)
    assert f"「{label}」は、今回の補正で直せる欄ではありません。" in answer.text
    assert label in kept.json["told"]
    assert web.version_of(one, part) == 1


def test_the_page_of_a_part_sends_what_it_does_not_open_as_it_was(arranged, browser: Browsers, one) -> None:
    given_back(arranged, browser, one, "group.contact_phone", "group.founded")
    window = browser(arranged[0])
    page = window.text(f"/applications/{one.id}/edit/group")
    fields = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
        if name != "csrf_token"
    }

    answer = window.post(
        f"/applications/{one.id}/edit/group",
        {**fields, "version": "1", "contact_phone": "03-5253-2112", "founded": "平成31年4月"},
    )

    assert answer.status_code == 302, answer.text
    assert "contact_phone" not in fields
    with db.transaction(write=False):
        content = dossier(db.session.get_one(Application, one.id)).content(Part.GROUP)
    assert (content["contact_phone"], content["founded"], content["name"]) == (
        "03-5253-2112",
        "2019-04",
        "任意団体ほたる",
    )


def test_neither_tier_nor_questions_change_meanwhile(arranged, browser: Browsers, one) -> None:
    given_back(arranged, browser, one)
    window = browser(arranged[0])

    answers = [
        window.post(f"/applications/{one.id}/edit-tier", {"tier": "near"}),
        window.post(f"/applications/{one.id}/edit-version"),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("補正のあいだは" in answer.text for answer in answers)


def test_after_the_due_time_it_is_refused_with_a_ticket(arranged, browser: Browsers, one, now) -> None:
    given_back(arranged, browser, one)
    now.move_to(LATE)
    window = browser(arranged[0])

    answers = [
        web.saved(window, one, "plan", **{"answer-plan": "遅い。"}),
        window.post(f"/applications/{one.id}/confirm"),
    ]

    with db.transaction(write=False):
        acts = db.session.scalars(select(LateAttempt.act).order_by(LateAttempt.act)).all()
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("補正の期限（令和13年5月9日（金）17:00）を過ぎました。" in answer.text for answer in answers)
    assert list(acts) == ["applications.confirm", "dossier.section"]
    assert "期限を過ぎました" in window.text(f"/applications/{one.id}/edit")
    assert "期限を過ぎた補正の扱いを決める" in browser(arranged[1]).text("/desk")
    assert "期限を過ぎた" in browser(arranged[1]).text("/calls/river-2031/corrections")


def test_the_time_is_made_longer_once(arranged, browser: Browsers, one, now) -> None:
    given_back(arranged, browser, one)
    now.move_to(LATE)
    officer, url = browser(arranged[1]), f"/applications/{one.id}/correction/extend"

    nothing = officer.post(url, {"working_days": "2", "reason": ""})
    done = officer.post(url, {"working_days": "2", "reason": "大雨のため。"})
    again = officer.post(url, {"working_days": "2", "reason": "もう一度。"})
    saved = web.saved(browser(arranged[0]), one, "plan", **{"answer-plan": "間に合った。"})

    row = correction()
    assert (nothing.status_code, done.status_code, again.status_code, saved.status_code) == (422, 302, 422, 302)
    assert "期限は1回だけ延ばせます。" in again.text
    assert row.due_at.isoformat() == "2031-05-13T17:00:00+09:00"
    assert row.first_due_at.isoformat() == DUE
    assert "大雨のため。" in mails("applications.correction_extended")[0].body


def test_no_more_rounds_than_the_call_gives(arranged, browser: Browsers, one) -> None:
    given_back(arranged, browser, one)
    window, officer = browser(arranged[0]), browser(arranged[1])
    web.saved(window, one, "plan", **{"answer-plan": "四月から二月まで。"})
    window.post(f"/applications/{one.id}/confirm")
    url = f"/applications/{one.id}/correction"

    page = officer.text(url)
    answer = officer.post(url, {"seen": DUE, "reason": "もう一度", "open-plan.title": "y", "what-plan.title": "直す"})

    assert "補正は1回までで、この応募ではもう求められません。" in page
    assert answer.status_code == 422
    assert web.only().status is ApplicationStatus.SUBMITTED


STRICT = '[correction]\npolicy = "strict"'
TWICE = "[correction]\nrounds = 2\nworking_days = 1"


def revised(more: str) -> None:
    """The call says something else of corrections from now on."""
    with db.transaction(write=True):
        revise(db.session.scalars(select(Call)).one(), web.AUDIENCE, web.LIMITS, more)


def test_a_strict_call_says_why_nothing_is_given_back(arranged, browser: Browsers, one) -> None:
    revised(STRICT)
    url, officer = f"/applications/{one.id}/correction", browser(arranged[1])

    page = officer.text(url)
    answer = officer.post(url, {"seen": DUE, "reason": "なおす", "open-plan.title": "y", "what-plan.title": "直す"})

    assert "差替えを認めていません" in page
    assert answer.status_code == 422
    assert web.only().status is ApplicationStatus.SUBMITTED


def test_a_call_may_give_a_second_round_of_its_own_length(arranged, browser: Browsers, one) -> None:
    revised(TWICE)
    window, officer = browser(arranged[0]), browser(arranged[1])
    for place in range(2):
        assert ask(officer, one, "plan.answer-plan").status_code == 302
        web.saved(window, one, "plan", **{"answer-plan": f"書き直し{place}"})
        assert window.post(f"/applications/{one.id}/confirm").status_code == 302

    with db.transaction(write=False):
        rows = corrections.rounds(db.session.get_one(Application, one.id))
        told = [(row.round, row.of_version, row.due_at.isoformat()) for row in rows]
    assert told == [(1, 1, "2031-05-07T17:00:00+09:00"), (2, 2, "2031-05-07T17:00:00+09:00")]
    assert "補正は2回までで" in officer.text(f"/applications/{one.id}/correction")


def test_a_page_that_was_opened_the_day_before_shows_the_new_time(arranged, browser: Browsers, one, now) -> None:
    url = f"/applications/{one.id}/correction"
    seen = seen_in(browser(arranged[1]).text(url))
    now.move_to("2031-05-07T09:00:00+09:00")
    officer = browser(arranged[1])

    answer = officer.post(
        url, {"seen": seen, "reason": "不備", "open-plan.title": "y", "what-plan.title": "直してください"}
    )

    assert answer.status_code == 422
    assert "期限が令和13年5月12日（月）17:00になりました。" in answer.text
    assert seen_in(answer.text) == "2031-05-12T17:00:00+09:00"
    assert web.only().status is ApplicationStatus.SUBMITTED


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": ""}, "理由を書いてください。"),
        ({"open-plan.title": "", "what-plan.title": ""}, "直してもらう欄が選ばれていません。"),
        ({"what-plan.title": ""}, "「事業名」で何を直すかを書いてください。"),
        ({"open-plan.title": ""}, "「事業名」に印がありません。"),
        ({"seen": "x"}, "期限を確かめて、もう一度送ってください。"),
    ],
)
def test_what_is_wrong_with_asking_is_told(arranged, browser: Browsers, one, typed, sentence: str) -> None:
    officer, url = browser(arranged[1]), f"/applications/{one.id}/correction"
    whole = {"seen": DUE, "reason": "不備", "open-plan.title": "y", "what-plan.title": "直す"} | typed
    answer = officer.post(url, {name: value for name, value in whole.items() if value or not name.startswith("open-")})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert web.only().status is ApplicationStatus.SUBMITTED


def test_findings_fill_the_form(arranged, browser: Browsers, one) -> None:
    page = browser(arranged[1]).text(
        f"/applications/{one.id}/correction?field=plan.title&what=空です&field=amount.requested_yen&field=nothing"
    )

    assert re.search(r'checked[^>]*id="open-plan.title"|id="open-plan.title"[^>]*checked', page)
    assert re.search(r'checked[^>]*id="open-amount"|id="open-amount"[^>]*checked', page)
    assert "空です</textarea>" in page


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_secretaries_one_asks(arranged, browser: Browsers, one, first: int) -> None:
    with db.transaction(write=True):
        call = db.session.scalars(select(Call)).one()
        other = person("other@example.jp", Role.SECRETARIAT, call)
    url, people = f"/applications/{one.id}/correction", [arranged[1], other]
    windows = [browser(who) for who in (people[first], people[1 - first])]
    seen = [seen_in(window.text(url)) for window in windows]
    names = ("plan.title", "plan.summary")

    answers = [
        window.post(url, {"seen": at, "reason": "不備", f"open-{name}": "y", f"what-{name}": "直す"})
        for window, at, name in zip(windows, seen, names, strict=True)
    ]

    assert [answer.status_code for answer in answers] == [302, 422]
    assert "「差戻し」" in answers[1].text
    assert list(correction().fields) == ["plan.title"]


@pytest.mark.parametrize("order", ["ineligible first", "extended first"])
def test_time_and_a_finding_do_not_cross(arranged, browser: Browsers, one, order: str) -> None:
    given_back(arranged, browser, one)
    officer = browser(arranged[1])
    acts = [
        lambda: officer.post(f"/applications/{one.id}/moves/find_ineligible", {"reason": "応答がない。"}).status_code,
        lambda: (
            officer.post(
                f"/applications/{one.id}/correction/extend", {"working_days": "1", "reason": "延ばす"}
            ).status_code
        ),
    ]

    codes = [act() for act in (acts if order == "ineligible first" else acts[::-1])]

    assert codes == ([302, 409] if order == "ineligible first" else [302, 302])
    assert web.only().status is ApplicationStatus.INELIGIBLE


def test_nobody_else_gives_a_proposal_back(arranged, browser: Browsers, one) -> None:
    with db.transaction(write=True):
        call = db.session.scalars(select(Call)).one()
        people = [
            arranged[0],
            person("auditor@example.jp", Role.AUDITOR, call),
            person("sponsor@example.jp", Role.SPONSOR, call),
            person("reviewer@example.jp", Role.REVIEWER, call),
            person("elsewhere@example.jp", Role.SECRETARIAT, published(slug='"sky-2031"', number_prefix='"SO"')),
        ]

    for who in people:
        window = browser(who)
        for url in (f"/applications/{one.id}/correction", "/calls/river-2031/corrections"):
            assert window.get(url).status_code == 403
        assert window.post(f"/applications/{one.id}/correction/extend").status_code == 403


def test_the_move_alone_gives_nothing_back_without_fields(one) -> None:
    with db.transaction(write=True):
        row = db.session.get_one(Application, one.id)
        with pytest.raises(Refused, match="直してもらう欄がありません"):
            APPLICATION.fire(
                "return", row, by=SYSTEM, reason="不備", fields={}, due_at=correcting.due(row), of_version=1
            )


def test_a_writer_may_not_act_for_the_secretariat(arranged, one) -> None:
    with db.transaction(write=True):
        row, by = db.session.get_one(Application, one.id), calls.actor(arranged[0])
        with pytest.raises(NotPermitted):
            correcting.ask(row, {"plan.title": "x"}, "不備", seen=correcting.due(row), link="", by=by)


def test_every_field_is_named_and_found_again(one) -> None:
    with db.transaction(write=False):
        whole = dossier(db.session.get_one(Application, one.id))
        fields = [field for _asked, inside in fields_of(whole) for field in inside]
        names = names_of(whole)

    assert [field.name for field in fields] == list(names)
    assert len(set(names.values())) == len(names)
    assert {"group.name", "plan.answer-plan", "amount", "confirmations"} <= set(names)
    assert all(touches([field.name], field.part) for field in fields)
    assert all(is_open([field.name], field.part, field.name.partition(".")[2]) for field in fields)
    assert opened_in(["plan.title", "group.name", "amount"], Part.PLAN) == {"title"}


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ({}, {"title": "", "answers": {}}, []),
        ({"title": "a"}, {"title": "b"}, ["title"]),
        ({"answers": {"x": "1", "y": "2"}}, {"answers": {"x": "1", "z": "3"}}, ["answer-y", "answer-z"]),
        ({"rows": [{"a": 1}]}, {"rows": []}, ["rows"]),
        ({"title": "a", "answers": {"x": "1"}}, {"answers": {"x": "1"}, "title": "a"}, []),
    ],
)
def test_what_changed_is_told_field_by_field(before, after, names: list[str]) -> None:
    assert changed(before, after) == names


def test_a_save_that_waited_for_its_turn_is_held_against_what_is_decided_by_then(arranged, browser, one) -> None:
    given_back(arranged, browser, one)
    browser(arranged[1]).post(f"/applications/{one.id}/moves/find_ineligible", {"reason": "応答がない。"})

    with db.transaction(write=True):
        row, by = db.session.get_one(Application, one.id), calls.actor(arranged[0])
        with pytest.raises(Refused, match="書き直せません"):
            operations.save(row, Part.PLAN, {"title": "別の事業"}, seen=1, by=by, at=clock.now())


def test_what_was_never_handed_in_does_not_come_in_with_a_correction(arranged, browser: Browsers, now) -> None:
    one = web.submitted(arranged, browser)
    web.saved(browser(arranged[0]), one, "plan", title="締切前に書きかけた題")
    now.move_to(ASKED_AT)

    given_back(arranged, browser, one)
    window = browser(arranged[0])
    web.saved(window, one, "plan", **{"answer-plan": "四月から二月まで。"})
    window.post(f"/applications/{one.id}/confirm")

    with db.transaction(write=False):
        versions = submissions.versions(db.session.get_one(Application, one.id))
        titles = [row.contents["plan"]["title"] for row in versions]
    assert titles == ["川辺の茶の間"] * 2
    assert web.only().title == "川辺の茶の間"
