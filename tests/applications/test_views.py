"""The pages of proposals: who sees which rows, what finds them, and what may be done with one."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.orm import Session

from grantflow.accounts import operations as accounts
from grantflow.accounts.models import Role, User
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.applications.workflow import APPLICATION
from grantflow.audit import trail
from grantflow.audit.queries import history
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.db import db
from grantflow.review.models import Assignment, AssignmentStatus, Conflict, Reviewer
from tests.browsing import Browser
from tests.counting import statements
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.applications import received, row
from tests.factories.calls import published

Writing = Callable[[], AbstractContextManager[Session]]
Browsers = Callable[[User | None], Browser]

LIST = "/calls/river-2031/applications"


def conflict(user: User, application: Application, call: Call) -> None:
    """A conflict of interest of `user` with the proposal."""
    reviewer = Reviewer(call_id=call.id, label=user.name, user_id=user.id)
    db.session.add(reviewer)
    db.session.flush()
    db.session.add(
        Conflict(application_id=application.id, reviewer_id=reviewer.id, reason="役員", declared_at=clock.now())
    )
    trail.record("applications.declare_conflict", application, by=OPERATOR)


def statuses(application: Application) -> ApplicationStatus:
    """Where the proposal stands now."""
    with db.transaction(write=False):
        return db.session.get_one(Application, application.id).status


def test_the_list_shows_what_was_loaded(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        received(call, row(organization="ＮＰＯ法人ほたる", title="川辺を歩く", requested_yen="1234567"))

    html = browser(officer).text(LIST)

    assert "KW-0001" in html
    assert "ＮＰＯ法人ほたる" in html
    assert "川辺を歩く" in html
    assert "1,234,567円" in html
    assert "審査対象" in html
    assert "受付は終わりました" not in html


def test_a_list_without_proposals_says_what_would_be_there(writing: Writing, browser: Browsers) -> None:
    with writing():
        officer = person("office@example.jp", Role.SECRETARIAT, published())

    assert "応募はまだありません" in browser(officer).text(LIST)


def test_the_list_asks_the_database_no_more_for_thirty_rows_than_for_one(writing: Writing, browser: Browsers) -> None:
    counts = []
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        received(call, row(1))
    for more in ((), range(2, 31)):
        if more:
            with writing():
                received(db.session.get_one(Call, call.id), *map(row, more))
        visitor = browser(officer)
        visitor.text(LIST)
        with statements() as sent:
            visitor.text(LIST)
        counts.append(len(sent))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ﾎﾀﾙ", {"KW-0001"}),
        ("ホタル", {"KW-0001"}),
        ("river", {"KW-0002"}),
        ("ＲＩＶＥＲ", {"KW-0002"}),
        ("高橋", {"KW-0003"}),
        ("髙橋", {"KW-0003"}),
        ("一般社団法人みらい", {"KW-0004"}),
        ("みらい 坂", {"KW-0004"}),
        ("kw-0002", {"KW-0002"}),
        ("100%", {"KW-0005"}),
        ("0_0", set()),
        ("ラ゙ン", {"KW-0005"}),
        ("架空県川上", {"KW-0001"}),
        ("ない言葉", set()),
    ],
)
def test_a_search_finds_the_spellings_of_one_word(
    writing: Writing, browser: Browsers, query: str, found: set[str]
) -> None:
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        received(
            call,
            row(1, organization="ﾎﾀﾙの会", activity_area="架空県川上市"),
            row(2, organization="Ｒｉｖｅｒ協会"),
            row(3, organization="髙橋会"),
            row(4, organization="一 般 社 団 法 人　みらい", title="坂の上の庭"),
            row(5, organization="ラ゙ンプ会", title="100%の灯り"),
        )

    answer = browser(officer).get(LIST, query_string={"q": query}).get_data(as_text=True)

    assert {number for number in (f"KW-000{place}" for place in range(1, 6)) if f">{number}</a>" in answer} == found


def test_filters_narrow_and_each_can_be_taken_away(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        first, *_ = received(call, row(1), row(2), row(3, tier="near", requested_yen="400000"))
        APPLICATION.fire("find_ineligible", first, by=OPERATOR, reason="拠点が国外")
    visitor = browser(officer)

    near, ineligible, unknown = (
        visitor.text(f"{LIST}?tier=near"),
        visitor.text(f"{LIST}?status=ineligible&tier=wide"),
        visitor.text(f"{LIST}?status=nonsense&tier=nonsense&sort=nonsense&page=nonsense"),
    )

    assert ("KW-0003</a>" in near, "KW-0001</a>" in near, "1件中 1～1件目" in near) == (True, False, True)
    assert ("KW-0001</a>" in ineligible, "KW-0002</a>" in ineligible) == (True, False)
    assert 'href="/calls/river-2031/applications?status=ineligible"' in ineligible
    assert 'href="/calls/river-2031/applications?tier=wide"' in ineligible
    assert "3件中 1～3件目" in unknown


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("number", ["KW-0001", "KW-0002", "KW-0003"]),
        ("-number", ["KW-0003", "KW-0002", "KW-0001"]),
        ("organization", ["KW-0002", "KW-0003", "KW-0001"]),
        ("amount", ["KW-0003", "KW-0001", "KW-0002"]),
        ("-amount", ["KW-0001", "KW-0002", "KW-0003"]),
        ("tier", ["KW-0001", "KW-0002", "KW-0003"]),
        ("-tier", ["KW-0003", "KW-0001", "KW-0002"]),
    ],
)
def test_the_list_is_sorted_as_its_address_says(
    writing: Writing, browser: Browsers, sort: str, order: list[str]
) -> None:
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        received(
            call,
            row(1, organization="ウ", requested_yen="900000"),
            row(2, organization="ア", requested_yen="900000"),
            row(3, organization="イ", tier="near", requested_yen="300000"),
        )

    html = browser(officer).text(f"{LIST}?sort={sort}")

    assert sorted(order, key=lambda number: html.index(f">{number}</a>")) == order


def test_fifty_rows_stand_on_a_page(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        received(call, *map(row, range(1, 53)))
    visitor = browser(officer)

    first, second, beyond = visitor.text(LIST), visitor.text(f"{LIST}?page=2"), visitor.text(f"{LIST}?page=99")

    assert ("KW-0050</a>" in first, "KW-0051</a>" in first) == (True, False)
    assert ("KW-0050</a>" in second, "KW-0051</a>" in second) == (False, True)
    assert second == beyond


def test_what_somebody_is_in_conflict_with_is_nowhere_in_the_list(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        hidden, _shown = received(call, row(1, organization="隠れた会"), row(2))
        conflict(officer, hidden, call)
    visitor = browser(officer)

    page, search = visitor.text(LIST), visitor.text(f"{LIST}?q=隠れた会")
    export = visitor.get("/calls/river-2031/applications.csv").get_data(as_text=True)

    assert ("KW-0001" in page, "KW-0002" in page, "応募1件" in page, "1件中" in page) == (False, True, True, True)
    assert "条件に合う応募はありません" in search
    assert ("KW-0001" in export, "KW-0002" in export) == (False, True)
    assert visitor.get(f"/applications/{hidden.id}").status_code == 403
    assert visitor.get(f"/applications/{hidden.id}/moves/withdraw").status_code == 403


def test_only_the_office_and_the_auditor_see_the_list(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        other = published(slug='"other"')
        people = {
            "office": person("office@example.jp", Role.SECRETARIAT, call),
            "administrator": person("admin@example.jp", Role.ADMINISTRATOR),
            "auditor": person("auditor@example.jp", Role.AUDITOR, call),
            "sponsor": person("sponsor@example.jp", Role.SPONSOR, call),
            "reviewer": person("reviewer@example.jp", Role.REVIEWER, call),
            "office of another call": person("other@example.jp", Role.SECRETARIAT, other),
        }
        received(call)

    answers = {
        name: [
            browser(user).get(address).status_code
            for address in (LIST, "/calls/river-2031/applications.csv", "/calls/river-2031/applications.xlsx")
        ]
        for name, user in people.items()
    }

    assert answers == {
        "office": [200, 200, 200],
        "administrator": [200, 200, 200],
        "auditor": [200, 200, 200],
        "sponsor": [403, 403, 403],
        "reviewer": [403, 403, 403],
        "office of another call": [403, 403, 403],
    }
    assert browser(None).get(LIST).status_code == 302


def test_the_export_has_the_columns_of_the_load_and_the_texts_as_written(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        received(
            call,
            row(1, organization="髙橋ﾎﾀﾙ会", founded="2019-04", audience="高齢者;親子"),
            row(2, tier="near", requested_yen="400000"),
        )

    answer = browser(officer).get("/calls/river-2031/applications.csv?tier=wide")

    assert answer.headers["Content-Disposition"] == "attachment; filename=river-2031-applications.csv"
    assert answer.get_data().decode("utf-8-sig").split("\r\n") == [
        "number,tier,organization,legal_form,founded,title,summary,activity_area,audience,features,requested_yen,status,"
        "proxy",
        "KW-0001,wide,髙橋ﾎﾀﾙ会,,2019-04,川辺を歩く1,,,高齢者;親子,,1000001,eligible,",
        "",
    ]


def test_an_export_in_no_known_format_is_not_there(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)

    assert browser(officer).get("/calls/river-2031/applications.pdf").status_code == 404


def test_the_page_of_a_proposal_shows_all_that_it_says(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        (one,) = received(
            call,
            row(
                organization="髙橋ﾎﾀﾙ会",
                legal_form="任意団体",
                founded="2008-03",
                summary="川で遊びます。",
                activity_area="架空県川上市",
                audience="高齢者;親子",
                features="役割創出",
            ),
        )

    html = browser(officer).text(f"/applications/{one.id}")

    for words in (
        "KW-0001",
        "髙橋ﾎﾀﾙ会",
        "任意団体",
        "2008年3月",
        "川で遊びます。",
        "架空県川上市",
        "高齢者",
        "親子",
        "役割創出",
        "1,000,001円",
        "2,000,000円",
        "審査対象",
        "この応募を取り下げる",
        "この応募を対象外とする",
    ):
        assert words in html
    assert "審査対象に戻す" not in html


def test_a_member_of_the_group_reads_its_own_proposal_but_learns_no_decision(
    writing: Writing, browser: Browsers
) -> None:
    with writing():
        call = published()
        member, stranger = person("member@example.jp"), person("stranger@example.jp")
        organization("別の会", stranger)
        (one,) = received(call, row(organization="ほたる"))
        accounts.join(member, one.organization, by=OPERATOR)
        APPLICATION.fire("not_adopt", one, by=OPERATOR)

    html = browser(member).text(f"/applications/{one.id}")

    assert "受付済み" in html
    assert "不採択" not in html
    assert set(re.findall(r"/moves/(\w+)", html)) == {"withdraw"}
    assert browser(stranger).get(f"/applications/{one.id}").status_code == 403
    assert browser(member).get(LIST).status_code == 403


def test_a_member_sees_that_the_proposal_was_withdrawn(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        member = person("member@example.jp")
        (one,) = received(call, row(organization="ほたる"))
        accounts.join(member, one.organization, by=OPERATOR)
        APPLICATION.fire("withdraw", one, by=OPERATOR, reason="団体の申し出")

    assert "取下げ" in browser(member).text(f"/applications/{one.id}")


def test_a_reviewer_reads_what_was_assigned_and_nothing_else(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        user = person("reviewer@example.jp", Role.REVIEWER, call)
        first, second = received(call, row(1), row(2))
        reviewer = Reviewer(call_id=call.id, label="A", user_id=user.id)
        db.session.add(reviewer)
        db.session.flush()
        given = Assignment(
            call_id=call.id, application_id=first.id, reviewer_id=reviewer.id, status=AssignmentStatus.ACCEPTED
        )
        db.session.add(given)
        trail.record("assignments.load", first, by=OPERATOR)
    visitor = browser(user)

    assert visitor.get(f"/applications/{first.id}").status_code == 200
    assert "審査対象" not in visitor.text(f"/applications/{first.id}")
    assert visitor.get(f"/applications/{second.id}").status_code == 403
    assert visitor.get(f"/applications/{first.id}/moves/withdraw").status_code == 403


def test_a_move_asks_why_says_what_follows_and_is_recorded(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        (one,) = received(call)
    visitor = browser(officer)
    address = f"/applications/{one.id}/moves/find_ineligible"

    asked = visitor.text(address)
    answer = visitor.post(address, {"reason": " 拠点が国外にあるため。 "})

    assert "審査と採択の対象から外れます。" in asked
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/applications/{one.id}")
    assert statuses(one) is ApplicationStatus.INELIGIBLE
    with db.transaction(write=False):
        newest = history(one)[0]
    assert (newest.action, newest.actor_name, newest.details) == (
        "applications.find_ineligible",
        "office",
        {"before": "eligible", "after": "ineligible", "reason": "拠点が国外にあるため。"},
    )


def test_a_move_without_a_reason_is_refused_on_its_page(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        (one,) = received(call)

    answer = browser(officer).post(f"/applications/{one.id}/moves/withdraw", {"reason": "  "})

    assert answer.status_code == 422
    assert "理由を入力してください。" in answer.get_data(as_text=True)
    assert statuses(one) is ApplicationStatus.ELIGIBLE


def test_a_move_that_is_not_possible_now_is_not_offered_and_not_made(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        (one,) = received(call)
        APPLICATION.fire("withdraw", one, by=OPERATOR, reason="団体の申し出")
    visitor = browser(officer)
    address = f"/applications/{one.id}/moves/find_ineligible"

    asked, answer = visitor.text(address), visitor.post(address, {"reason": "国外"})

    assert "「この応募を対象外とする」はまだできません。" in asked
    assert answer.status_code == 422
    assert "いまは「取下げ」なので、「この応募を対象外とする」はできません。" in answer.get_data(as_text=True)
    assert statuses(one) is ApplicationStatus.WITHDRAWN


def test_the_auditor_reads_and_moves_nothing(writing: Writing, browser: Browsers) -> None:
    with writing():
        call = published()
        auditor = person("auditor@example.jp", Role.AUDITOR, call)
        (one,) = received(call)
    visitor = browser(auditor)

    assert "/moves/" not in visitor.text(f"/applications/{one.id}")
    assert visitor.post(f"/applications/{one.id}/moves/withdraw", {"reason": "x"}).status_code == 403
    assert statuses(one) is ApplicationStatus.ELIGIBLE
