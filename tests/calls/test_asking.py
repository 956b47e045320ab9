"""What a call asks of whoever applies: each thing that may not be said, with its key and its sentence."""

import re
from pathlib import Path

import pytest

import grantflow
from config import ROOT
from grantflow.calls import drafts
from grantflow.calls.asking import (
    AskedSection,
    BudgetRule,
    CheckOutcome,
    CheckQuestion,
    OfficerRule,
    Question,
    SelfCheck,
)
from grantflow.calls.definition import BadDefinition, Document, parse
from grantflow.calls.labels import label_of
from grantflow.calls.printing import differences, dump
from grantflow.calls.schema import columns
from tests.factories.calls import SELF_CHECK, small_definition

SAMPLE = Path(grantflow.__file__).parent / "definitions" / "sample.toml"
BUDGET = '[[section]]\nkey = "budget"'
TWO_CATEGORIES = '[[cost_category]]\nkey = "oil"\nname = "油代"\n\n[[cost_category]]\nkey = "desk"\nname = "事務費"'


def problems(*more: str) -> list[tuple[str, str]]:
    with pytest.raises(BadDefinition) as refusal:
        parse(small_definition(*more))
    return [(problem.path, problem.sentence) for problem in refusal.value.problems]


def row(when: str, rest: str) -> str:
    return f"[[self_check.outcome]]\nwhen = {{ {when} }}\n{rest}"


def asked(*rows: str) -> str:
    questions = (
        '[[self_check.question]]\nkey = "a"\ntext = "甲ですか"\n'
        'answers = [{ key = "yes", text = "はい" }, { key = "no", text = "いいえ" }]\n\n'
        '[[self_check.question]]\nkey = "b"\ntext = "乙ですか"\n'
        'answers = [{ key = "yes", text = "はい" }, { key = "no", text = "いいえ" }]'
    )
    return "\n\n".join([questions, *rows])


YES = 'verdict = "yes"\ntier = "wide"\ntext = "できます。"'
NO = 'verdict = "no"\ntext = "できません。"\nchange = "甲になればできます。"'


def test_a_call_that_asks_nothing_of_its_own_is_whole():
    says = parse(small_definition())

    assert (says.sections, says.questions, says.self_check.questions) == ((), (), ())
    assert (says.budget.overhead_ratio, says.officers.rejected_years, says.officers.adopted_years) == (None, 1, 5)


@pytest.mark.parametrize(
    ("toml", "path", "sentence"),
    [
        (
            '[[section]]\nkey = "budgets"',
            "section[1].key",
            "「budgets」は使えません。group、plan、targets、approach、schedule、indicators、consortium、budget、amount、"
            "officers、consents、documents、confirmationsのどれかを書いてください。",
        ),
        (
            f'{BUDGET}\ntiers = ["wide", "nera", "near"]',
            "section[1].tiers",
            "「nera」はこの公募にありません。「near」のことであれば、そう書き直してください。",
        ),
        (
            '[[section]]\nkey = "plan"\n\n[[section]]\nkey = "amount"\ntiers = ["wide"]',
            "section",
            "枠「near」に budget も amount もありません。どちらか一つを書いてください。",
        ),
        (
            f'{BUDGET}\n\n[[section]]\nkey = "amount"\ntiers = ["wide"]',
            "section",
            "枠「wide」に budget と amount の両方があります。一つにしてください。",
        ),
        (
            f"{BUDGET}\n\n{BUDGET}",
            "section[2].key",
            "「budget」はsection[1].keyと同じです。別のキーにしてください。",
        ),
        (
            '[[question]]\nkey = "q"\ntext = "なぜ"\nsection = "budget"',
            "question[1].section",
            "「budget」は使えません。plan、approachのどれかを書いてください。",
        ),
        (
            '[[question]]\nkey = "q"\ntext = "なぜ"\ntiers = ["wid"]',
            "question[1].tiers",
            "「wid」はこの公募にありません。「wide」のことであれば、そう書き直してください。",
        ),
        (
            '[[question]]\nkey = "q"\ntext = "なぜ"\nlimits = 3',
            "question[1].limits",
            "「limits」というキーはありません。「limit」のことであれば、そう書き直してください。",
        ),
        (
            '[[question]]\nkey = "q"\ntext = "なぜ"\nlimit = 0',
            "question[1].limit",
            "0になっています。1以上の整数を書いてください。",
        ),
        (
            '[[document]]\nkey = "rules"\nname = "会則"\ntiers = ["wide", "neer"]',
            "document[1].tiers",
            "「neer」はこの公募にありません。「near」のことであれば、そう書き直してください。",
        ),
        (
            f'{TWO_CATEGORIES}\n\n[budget]\noverhead_category = "dask"\noverhead_ratio = 0.1',
            "budget.overhead_category",
            "「dask」はこの公募にありません。「desk」のことであれば、そう書き直してください。",
        ),
        (
            f'{TWO_CATEGORIES}\n\n[budget]\noverhead_category = "desk"',
            "budget.overhead_ratio",
            "一般管理費の費目と割合は、両方を書くか、どちらも書かないでください。",
        ),
        (
            f'{TWO_CATEGORIES}\n\n[budget]\noverhead_category = "desk"\noverhead_ratio = 1.2',
            "budget.overhead_ratio",
            "0より大きく1以下の割合を書いてください。60パーセントは 0.6 です。",
        ),
        (
            '[[refused_cost]]\nkey = "party"\nname = "懇親会"\nwords = ["会"]',
            "refused_cost[1].words",
            "探す言葉を2文字以上で1つ以上書いてください。",
        ),
        ("[officers]\nrejected_years = 0", "officers.rejected_years", "0になっています。1以上の整数を書いてください。"),
    ],
)
def test_what_may_not_be_asked_is_told_by_its_key(toml, path, sentence):
    assert problems(toml) == [(path, sentence)]


@pytest.mark.parametrize(
    ("rows", "path", "sentence"),
    [
        (
            (row('a = "yes"', YES), row('b = "yes"', NO)),
            "self_check.outcome",
            "a=no、b=noと答えたときの行がありません。行を書き足してください。",
        ),
        (
            (row('a = "yes"', YES), row('a = "yes", b = "no"', NO), row("", NO)),
            "self_check.outcome[2]",
            "この行には、どう答えても届きません。前の行の条件を直すか、この行を消してください。",
        ),
        (
            (row('c = "yes"', YES), row("", NO)),
            "self_check.outcome[1].when.c",
            "「c」はこの公募にありません。「b」のことであれば、そう書き直してください。",
        ),
        (
            (row('a = "yse"', YES), row("", NO)),
            "self_check.outcome[1].when.a",
            "「yse」はこの公募にありません。「yes」のことであれば、そう書き直してください。",
        ),
        (
            (row('a = "yes"', YES.replace("wide", "wode")), row("", NO)),
            "self_check.outcome[1].tier",
            "「wode」はこの公募にありません。「wide」のことであれば、そう書き直してください。",
        ),
        (
            (row('a = "yes"', 'verdict = "maybe"\ntext = "さあ。"'), row("", NO)),
            "self_check.outcome[1].verdict",
            "「maybe」は使えません。yes、no、askのどれかを書いてください。",
        ),
        (
            (row('a = "yes"', 'verdict = "yes"\ntext = "できます。"'), row("", NO)),
            "self_check.outcome[1].tier",
            "応募できるという結果には、どの枠かを tier に書いてください。",
        ),
        (
            (row('a = "yes"', YES), row("", 'verdict = "no"\ntext = "できません。"')),
            "self_check.outcome[2].change",
            "応募できないという結果には、何が変われば応募できるかを change に書いてください。",
        ),
    ],
)
def test_a_decision_table_has_a_row_for_every_answer_and_no_row_in_vain(rows, path, sentence):
    assert problems(asked(*rows)) == [(path, sentence)]


def test_an_outcome_names_documents_that_there_are():
    document = '[[document]]\nkey = "rules"\nname = "会則"'
    rows = (row('a = "yes"', f'{YES}\ndocuments = ["rule"]'), row("", NO))

    found = problems(document, asked(*rows))

    assert found == [
        (
            "self_check.outcome[1].documents",
            "「rule」はこの公募にありません。「rules」のことであれば、そう書き直してください。",
        )
    ]


def test_a_self_check_with_too_many_ways_to_answer_is_refused():
    answers = ", ".join(f'{{ key = "k{n}", text = "{n}" }}' for n in range(12))
    questions = "\n\n".join(
        f'[[self_check.question]]\nkey = "q{n}"\ntext = "何番"\nanswers = [{answers}]' for n in range(4)
    )

    found = problems(questions, f"[[self_check.outcome]]\n{YES}")

    assert found == [("self_check.question", "答え方の組み合わせが多すぎます。質問か選択肢を減らしてください。")]


def test_what_a_call_asks_is_printed_under_heads_and_read_back_as_the_same():
    says = parse(SAMPLE.read_bytes())

    printed = dump(says)

    assert parse(printed) == says
    assert printed.count("\n[[self_check.question]]\n") == len(says.self_check.questions)
    assert printed.count("\n[[self_check.outcome]]\n") == len(says.self_check.outcomes)
    assert printed.count("\n[[section]]\n") == len(says.sections)


def test_a_new_version_tells_which_row_of_the_table_it_changes():
    old = parse(small_definition(SELF_CHECK))
    new = parse(small_definition(SELF_CHECK.replace("川辺で灯すなら", "川辺に移るなら")))

    changes = [(change.path, change.before, change.after) for change in differences(old, new)]

    assert changes == [
        ("self_check.outcome[2].change", "川辺で灯すなら、応募できます。", "川辺に移るなら、応募できます。")
    ]
    assert label_of(changes[0][0]) == "応募できるかの確認の結果「2」"


def test_next_years_copy_keeps_all_that_is_asked():
    says = parse(SAMPLE.read_bytes())

    copied = parse(drafts.write_raw(drafts.next_year(says, with_dates=True)))

    assert (copied.sections, copied.questions, copied.self_check) == (says.sections, says.questions, says.self_check)
    assert (copied.budget, copied.officers, copied.documents) == (says.budget, says.officers, says.documents)


@pytest.mark.parametrize(
    ("head", "table"),
    [
        ("[[section]]", AskedSection),
        ("[[question]]", Question),
        ("[[document]]", Document),
        ("[budget]", BudgetRule),
        ("[officers]", OfficerRule),
        ("[self_check]", SelfCheck),
        ("[[self_check.question]]", CheckQuestion),
        ("[[self_check.outcome]]", CheckOutcome),
    ],
)
def test_every_key_is_described_and_no_other(head, table):
    paper = (ROOT / "docs" / "asking.md").read_text(encoding="utf-8")
    part = re.search(rf"^##+ `{re.escape(head)}`.*?(?=^##|\Z)", paper, re.M | re.S)

    described = re.findall(r"^\| `(\w+)` \|", part[0], re.M)

    below = {"question", "outcome"} if table is SelfCheck else set()
    assert described == [column.name for column in columns(table) if column.name not in below]
