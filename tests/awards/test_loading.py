"""Loading decisions: every bad row with its sentence, what is replaced, and what it does to the list."""

import pytest

from grantflow.applications import queries as applications
from grantflow.applications.workflow import APPLICATION
from grantflow.audit import queries as audit
from grantflow.awards import loading, queries
from grantflow.awards.models import ListStatus, Outcome
from grantflow.calls.queries import call as call_by_slug
from grantflow.core.refusals import Refused
from tests.factories import awards
from tests.factories.accounts import OPERATOR

SLUG = "harbour-lights-2031"


@pytest.fixture
def harbour(writing):
    """The harbour call, stored; `call()` reads it in the transaction at hand."""
    with writing():
        awards.harbour()
    return lambda: call_by_slug(SLUG)


def statuses(call):
    return {number: row.status.value for number, row in applications.by_number(call).items()}


def test_each_decision_moves_its_proposal_and_is_kept(harbour, writing, reading):
    with writing():
        awards.decided(harbour())

    with reading():
        moved = statuses(harbour())
        kept = queries.decisions_of(harbour())["KOU31-0001"]
    assert (moved["KOU31-0001"], moved["KOU31-0006"], moved["KOU31-0007"]) == ("adopted", "not_adopted", "reserve")
    assert (kept.outcome, kept.reason, kept.amount_yen, kept.condition) == (
        Outcome.ADOPTED,
        "",
        11_500_000,
        "足場の安全計画を契約の前に提出すること。",
    )


def test_the_first_load_opens_the_first_version_of_the_list(harbour, writing):
    with writing():
        adoption_list = awards.decided(harbour(), "number,decision\nKOU31-0001,adopted\n")

    assert (adoption_list.number, adoption_list.status) == (1, ListStatus.DRAFT)


def test_one_event_tells_the_decision_of_each_proposal(harbour, writing, reading):
    with writing():
        awards.decided(harbour())

    with reading():
        events = audit.history(applications.by_number(harbour())["KOU31-0006"])
    assert [event.action for event in events] == ["applications.not_adopt", "applications.admit"]
    assert events[0].details == {
        "before": "eligible",
        "after": "not_adopted",
        "decision": "not_adopted",
        "reason": "作業船の手配が示されていない。",
        "amount_yen": None,
        "condition": "",
    }


def test_a_load_replaces_only_the_numbers_it_names(harbour, writing, reading):
    with writing():
        awards.decided(harbour())
    with writing():
        awards.decided(harbour(), "number,decision,reason\nKOU31-0007,adopted,繰り上げ\n")

    with reading():
        moved = statuses(harbour())
        event = audit.history(applications.by_number(harbour())["KOU31-0007"])[0]
    assert (moved["KOU31-0007"], moved["KOU31-0011"]) == ("adopted", "reserve")
    assert event.details["earlier"] == {"decision": "reserve", "reason": "", "amount_yen": None, "condition": ""}


def test_loading_the_same_file_again_writes_nothing(harbour, writing, reading):
    with writing():
        awards.decided(harbour())
    with reading():
        before = audit.verify()
    with writing():
        plan = awards.planned(harbour())
        loading.apply(plan, by=OPERATOR)

    with reading():
        after = audit.verify()
    assert plan.changes == ()
    assert after == before


BAD = [
    ("KOU31-0099,adopted,", 2, "number", "受付番号 KOU31-0099 の応募はありません。番号を確かめてください。"),
    (
        "KOU31-0003,adopted,\nKOU31-0003,reserve,",
        3,
        "number",
        "受付番号 KOU31-0003 は2行目にもあります。1行だけ残してください。",
    ),
    (
        "KOU31-0003,採択,",
        2,
        "decision",
        "「採択」という決定はありません。adopted（採択）、reserve（補欠）、not_adopted（不採択）の"
        "どれかを書いてください。",
    ),
    (
        "KOU31-0003,adopted,800001",
        2,
        "amount_yen",
        "採択額800,001円が上限の800,000円を1円超えています。金額を直してください。",
    ),
    ("KOU31-0003,adopted,0", 2, "amount_yen", "金額が0円以下です。1円以上の金額を書いてください。"),
    ("KOU31-0003,adopted,-1", 2, "amount_yen", "金額が0円以下です。1円以上の金額を書いてください。"),
    (
        "KOU31-0003,adopted,２００万円",
        2,
        "amount_yen",
        "「２００万円」は整数ではありません。半角の数字だけで、2000000 のように書いてください。",
    ),
    ("KOU31-0003,,", 2, "decision", "空です。この列は必ず書いてください。"),
]


@pytest.mark.parametrize(("rows", "line", "column", "sentence"), BAD)
def test_a_bad_row_is_told_and_nothing_is_loaded(harbour, writing, rows, line, column, sentence):
    with writing():
        plan = awards.planned(harbour(), f"number,decision,amount_yen\nKOU31-0001,adopted,\n{rows}\n")
        found = [(problem.line, problem.column, problem.sentence) for problem in plan.problems.errors]
        with pytest.raises(Refused, match="すべて直してから"):
            loading.apply(plan, by=OPERATOR)

        assert found == [(line + 1, column, sentence.replace("2行目", "3行目"))]
        assert set(statuses(harbour()).values()) == {"eligible"}


def test_every_bad_row_is_told_at_once(harbour, reading):
    text = "number,decision,amount_yen\nX-1,adopted,\nKOU31-0001,maybe,0\n"

    with reading():
        plan = awards.planned(harbour(), text)

    assert [(problem.line, problem.column) for problem in plan.problems.errors] == [
        (2, "number"),
        (3, "decision"),
        (3, "amount_yen"),
    ]


@pytest.mark.parametrize(
    ("move", "sentence"),
    [
        ("withdraw", "KOU31-0003 は取り下げられた応募で、採否を決められません。この行を消してください。"),
        (
            "find_ineligible",
            "KOU31-0003 は審査対象の応募ではない（対象外）ため、採否を決められません。"
            "この行を消すか、先に審査対象としてください。",
        ),
    ],
)
def test_a_proposal_that_is_not_under_review_cannot_be_decided(harbour, writing, reading, move, sentence):
    with writing():
        APPLICATION.fire(move, applications.by_number(harbour())["KOU31-0003"], by=OPERATOR, reason="申し出による。")

    with reading():
        plan = awards.planned(harbour(), "number,decision\nKOU31-0003,adopted\n")

    assert [problem.sentence for problem in plan.problems.errors] == [sentence]


def test_more_than_was_asked_for_is_a_warning(harbour, reading):
    with reading():
        plan = awards.planned(harbour(), "number,decision,amount_yen\nKOU31-0003,adopted,640001\n")

    assert plan.problems.errors == ()
    assert [problem.sentence for problem in plan.problems.warnings] == [
        "採択額640,001円が申請額の640,000円より多くなっています。金額を確かめてください。"
    ]


def test_after_a_freeze_a_change_takes_the_list_back(harbour, writing, reading):
    with writing():
        awards.agreed(harbour())
    with writing():
        plan = awards.planned(harbour(), "number,decision\nKOU31-0007,adopted\n")
        told = loading.consequence(plan)
        loading.apply(plan, by=OPERATOR)

    with reading():
        found = awards.newest(harbour())
        event = audit.history(found)[0]
    assert told == "確定した一覧（第1版）は案に戻り、合意も取り消されます。"
    assert (found.number, found.status, found.sha256, found.agreement_on) == (1, ListStatus.DRAFT, None, None)
    assert event.action == "adoption_lists.lapse"
    assert event.details["reason"] == "採否の決定が1件変わったため。"
    assert event.details["agreement"] == {"reference": "架港第12号", "on": "2031-03-14", "by": "局長 架空 花子"}


def test_after_publication_a_change_opens_the_next_version(harbour, writing, reading):
    with writing():
        sha256 = awards.published(harbour()).sha256
    with writing():
        plan = awards.planned(harbour(), "number,decision\nKOU31-0007,adopted\n")
        told = loading.consequence(plan)
        loading.apply(plan, by=OPERATOR)

    with reading():
        newest, public = awards.newest(harbour()), queries.published(harbour())
    assert told == "公表済みの一覧（第1版）はそのまま残り、次の版の案ができます。"
    assert (newest.number, newest.status) == (2, ListStatus.DRAFT)
    assert (public.number, public.sha256) == (1, sha256)
