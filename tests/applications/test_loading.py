"""Loading proposals: what is taken in, what is only told, what is refused, and that nothing is half-loaded."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.orm import Session

from grantflow.accounts.models import Organization
from grantflow.applications import loading, queries
from grantflow.applications.models import ApplicationStatus
from grantflow.audit.queries import history, verify
from grantflow.calls import operations as calls
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor, NotPermitted
from grantflow.core.dates import PartialDate
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.applications import csv_of, planned, received, row
from tests.factories.calls import FILES, published, published_file

Writing = Callable[[], AbstractContextManager[Session]]

LISTS = """
[limits]
title = 10
summary = 20

[audience]
groups = ["高齢者"]
attributes = ["不登校"]
features = ["役割創出"]
"""


def told(call: Call, *rows: dict[str, str]) -> list[str]:
    """The errors of a file with `rows`, as the command prints them."""
    return [str(problem) for problem in planned(call, csv_of(*rows)).problems.errors]


def test_every_column_is_kept_as_written(writing: Writing) -> None:
    with writing():
        call = published(LISTS)
        (loaded,) = received(
            call,
            row(
                organization="ＮＰＯ法人　ラ゙ｽﾞ髙﨑葛󠄀",
                legal_form="任意団体",
                founded="2019-04",
                summary="川で遊ぶ",
                activity_area="架空県川辺町",
                audience="高齢者; 不登校;",
                features="役割創出",
                requested_yen="2000000",
            ),
        )
        organization = loaded.organization.name

    kept = (
        loaded.number,
        loaded.serial,
        loaded.tier.key,
        loaded.organization_name,
        organization,
        loaded.legal_form,
        loaded.founded,
        loaded.title,
        loaded.summary,
        loaded.activity_area,
        loaded.audience,
        loaded.features,
        loaded.requested_yen,
        loaded.status,
    )
    assert kept == (
        "KW-0001",
        1,
        "wide",
        "ＮＰＯ法人　ラ゙ｽﾞ髙﨑葛󠄀",
        "ＮＰＯ法人　ラ゙ｽﾞ髙﨑葛󠄀",
        "任意団体",
        PartialDate(2019, 4),
        "川辺を歩く1",
        "川で遊ぶ",
        "架空県川辺町",
        ["高齢者", "不登校"],
        ["役割創出"],
        2_000_000,
        ApplicationStatus.ELIGIBLE,
    )


def test_a_proposal_is_eligible_at_once_also_long_after_the_deadline(writing: Writing) -> None:
    with writing():
        call = published(opens_at="2001-04-01T09:00:00+09:00", closes_at="2001-04-30T17:00:00+09:00")
        (loaded,) = received(call)

    assert loaded.status is ApplicationStatus.ELIGIBLE


def test_each_proposal_and_each_new_organisation_has_its_event(writing: Writing) -> None:
    with writing():
        call = published()
        first, second = received(call, row(1, organization="ほたる"), row(2, organization="ほたる"))
        organization = first.organization

    with db.transaction(write=False):
        assert [(event.action, event.details["before"], event.details["after"]) for event in history(first)] == [
            ("applications.admit", "draft", "eligible")
        ]
        assert [event.details["number"] for event in history(second)] == ["KW-0002"]
        assert [event.action for event in history(organization)] == ["organizations.add"]
        assert verify().holds


def test_the_same_organisation_in_several_rows_is_one_organisation(writing: Writing) -> None:
    with writing():
        call = published()
        first, second, other = received(
            call, row(1, organization="ほたる"), row(2, organization="ほたる"), row(3, organization="ホタル")
        )

    assert first.organization_id == second.organization_id
    assert other.organization_id != first.organization_id


def test_who_registered_a_name_first_is_not_handed_what_a_file_brings_in_under_it(writing: Writing) -> None:
    with writing():
        call = published()
        claimed = organization("任意団体ほたる1", person("stranger@example.jp"))

    with writing():
        (proposal,) = received(call, row(1, organization="任意団体ほたる1"))

    assert proposal.organization_id != claimed.id


def test_an_organisation_known_by_exactly_this_name_is_found_again(writing: Writing) -> None:
    with writing():
        (first,) = received(published(), row(organization="髙橋会"))
        (second,) = received(published(slug='"next-year"'), row(organization="髙橋会"))
        (third,) = received(published(slug='"year-after"'), row(organization="高橋会"))

    assert second.organization_id == first.organization_id
    assert third.organization_id != first.organization_id


def test_the_next_number_of_ours_is_the_highest_loaded_one_and_one(writing: Writing) -> None:
    with writing():
        call = published()
        received(call, row(number="KW-0041"), row(number="ZZ9"))

        following = calls.next_number(call)

    assert following == "KW-0042"


def test_numbers_of_any_shape_stand_in_the_order_of_the_digits_they_end_with(writing: Writing) -> None:
    with writing():
        call = published()
        numbers = ["B-10", "受付", "A-9", "a-10", "A-10", "第7号"]
        loaded = received(call, *(row(place, number=number) for place, number in enumerate(numbers)))

    assert [application.number for application in loaded] == ["受付", "第7号", "A-9", "A-10", "B-10", "a-10"]


def test_a_number_that_ends_with_very_many_digits_is_kept(writing: Writing) -> None:
    with writing():
        (loaded,) = received(published(), row(number="9" * 40))

    assert loaded.number == "9" * 40


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (
            {"tier": "small"},
            "tier: 「small」という枠はこの公募にありません。wide、near のどれかを書いてください。",
        ),
        (
            {"requested_yen": "2000100"},
            "requested_yen: 申請額が上限の2,000,000円を100円超えています。金額を直してください。",
        ),
        (
            {"requested_yen": "-1"},
            "requested_yen: 申請額が負の数です。0以上の整数で、円の単位で書いてください。",
        ),
        (
            {"requested_yen": "２００万円"},
            "requested_yen: 「２００万円」は整数ではありません。半角の数字だけで、2000000 のように書いてください。",
        ),
        (
            {"founded": "2019-13"},
            "founded: 13月という月はありません。1月から12月までで書いてください。",
        ),
        (
            {"founded": "令和元年"},
            "founded: 「令和元年」は日付として読めません。2019、2019-04、2019-04-01 のいずれかの形で書いてください。",
        ),
        (
            {"number": " KW-1"},
            "number: 受付番号の前後に空白があります。取り除いてください。",
        ),
        (
            {"number": "K" * 41},
            "number: 受付番号が40文字を超えています。短くしてください。",
        ),
        (
            {"organization": "株" * 201},
            "organization: 団体名が200文字を超えています。登録された名前だけを書いてください。",
        ),
        (
            {"title": ""},
            "title: 空です。この列は必ず書いてください。",
        ),
        (
            {"title": "上\n下"},
            "title: 途中に改行があります。改行を取り除いて1行にしてください。",
        ),
    ],
)
def test_a_bad_cell_is_told_with_its_line_and_column(writing: Writing, cells: dict[str, str], sentence: str) -> None:
    with writing():
        assert told(published(), row(**cells)) == [f"proposals.csv:2: {sentence}"]


def test_the_cap_is_that_of_the_rows_own_tier(writing: Writing) -> None:
    with writing():
        assert told(published(), row(1, tier="near", requested_yen="500000"), row(2, tier="near")) == [
            "proposals.csv:3: requested_yen: 申請額が上限の500,000円を500,002円超えています。金額を直してください。"
        ]


def test_a_number_twice_in_the_file_names_the_other_line(writing: Writing) -> None:
    with writing():
        assert told(published(), row(1), row(2), row(3, number="KW-0001")) == [
            "proposals.csv:4: number: 受付番号 KW-0001 は2行目にもあります。どちらかの番号を直してください。"
        ]


def test_a_number_that_exists_is_an_error_even_when_the_row_is_equal(writing: Writing) -> None:
    with writing():
        call = published()
        received(call, row(1))

        assert told(call, row(1)) == [
            "proposals.csv:2: number: 受付番号 KW-0001 は、もう登録されています。行を消すか、番号を直してください。"
        ]


def test_the_same_number_may_stand_in_another_call(writing: Writing) -> None:
    with writing():
        received(published(), row(1))
        (loaded,) = received(published(slug='"next-year"'), row(1))

    assert loaded.number == "KW-0001"


def test_every_bad_row_is_told_and_not_only_the_first(writing: Writing) -> None:
    with writing():
        found = told(published(), row(1, tier="?", founded="x"), row(2), row(3, requested_yen="1.5"))

    assert [sentence.split("「")[0] for sentence in found] == [
        "proposals.csv:2: tier: ",
        "proposals.csv:2: founded: ",
        "proposals.csv:4: requested_yen: ",
    ]


def test_a_plan_with_errors_is_not_applied(writing: Writing) -> None:
    with writing():
        call = published()
        plan = planned(call, csv_of(row(1), row(2, tier="?")))

        with pytest.raises(Refused) as refusal:
            loading.apply(plan, by=OPERATOR)

    assert str(refusal.value) == "ファイルに直すところがあります。すべて直してから、もう一度読み込んでください。"
    with db.transaction(write=False):
        assert queries.numbers(call) == set()


def test_a_number_taken_since_the_plan_was_made_is_refused(writing: Writing) -> None:
    with writing():
        call = published()
        plan = planned(call, csv_of(row(1)))
        received(call, row(1))

        with pytest.raises(Refused) as refusal:
            loading.apply(plan, by=OPERATOR)

    assert str(refusal.value) == (
        "受付番号 KW-0001 は、読み込みのあいだに登録されました。もう一度読み込んで、行を確かめてください。"
    )


def test_who_may_not_enter_proposals_loads_none(writing: Writing) -> None:
    with writing():
        call = published()

    with pytest.raises(NotPermitted), writing():
        received(call, by=Actor(None, "visitor", "visitor"))

    with db.transaction(write=False):
        assert queries.numbers(call) == set()
        assert db.session.query(Organization).count() == 0


def test_what_lies_outside_the_calls_lists_is_told_and_kept(writing: Writing) -> None:
    with writing():
        call = published(LISTS)
        plan = planned(
            call,
            csv_of(
                row(
                    legal_form="個人",
                    audience="高齢者;旅人",
                    features="役割創出;夜釣り",
                    title="葛󠄀" * 11,
                    summary="が" * 20,
                )
            ),
        )
        loading.apply(plan, by=OPERATOR)
        (loaded,) = queries.by_number(call).values()

    assert [str(problem) for problem in plan.problems.warnings] == [
        "proposals.csv:2: legal_form: 「個人」は公募の一覧にありません。書かれたまま取り込みます。",
        "proposals.csv:2: audience: 「旅人」は公募の一覧にありません。書かれたまま取り込みます。",
        "proposals.csv:2: features: 「夜釣り」は公募の一覧にありません。書かれたまま取り込みます。",
        "proposals.csv:2: title: 11文字あり、目安の10文字を超えています。書かれたまま取り込みます。",
    ]
    assert (loaded.legal_form, loaded.audience, loaded.features) == ("個人", ["高齢者", "旅人"], ["役割創出", "夜釣り"])


def test_lengths_are_counted_as_people_see_characters(writing: Writing) -> None:
    with writing():
        plan = planned(published(LISTS), csv_of(row(title="葛󠄀" * 10)))

    assert plan.problems.warnings == ()


def test_a_call_without_lists_warns_of_nothing(writing: Writing) -> None:
    with writing():
        plan = planned(published(), csv_of(row(audience="だれでも", features="なんでも", summary="長" * 5000)))

    assert plan.problems.warnings == ()


def test_an_unusual_name_is_told_once_for_all_its_rows(writing: Writing) -> None:
    with writing():
        plan = planned(published(), csv_of(row(1, organization="㈱ほたる"), row(2, organization="㈱ほたる")))

    assert [(problem.line, problem.column) for problem in plan.problems.warnings] == [(2, "organization")]


def test_a_call_of_another_shape_is_loaded_by_the_same_code(writing: Writing) -> None:
    with writing():
        call = published_file("second-call.toml")
        plan = planned(call, (FILES / "second-applications.csv").read_bytes())
        loading.apply(plan, by=OPERATOR)

    assert plan.problems.errors == ()
    with db.transaction(write=False):
        assert queries.numbers(call) == {proposal.number for proposal in plan.proposals}
