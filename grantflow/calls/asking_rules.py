"""What the values of `grantflow.calls.asking` must satisfy, one condition a function, each with its sentence."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

from grantflow.calls.schema import Wrong, nearest
from grantflow.core.text import search_key
from grantflow.core.words import _

Found = Iterator[tuple[str, str]]

#: The parts that a proposal can have, in their usual order.
SECTIONS = (
    "group",
    "plan",
    "targets",
    "approach",
    "schedule",
    "indicators",
    "consortium",
    "budget",
    "amount",
    "officers",
    "consents",
    "documents",
    "confirmations",
)
WITH_QUESTIONS = ("plan", "approach")
VERDICTS = ("yes", "no", "ask")
ONCE_WITHIN = ("tier", "call", "any")
CORRECTION_POLICIES = ("lenient", "strict")
CHECKED_BEFORE = ("eligible", "contract")
#: So many characters a word has at least that lines of a budget are searched for.
LEAST_SEARCHED = 2
#: So many ways to answer a self-check are looked at one by one.
MOST_WAYS = 20_000


def section_key(value: str) -> None:
    """A part of a proposal has one of the known keys."""
    _known(value, SECTIONS)


def section_with_questions(value: str) -> None:
    """Questions stand in a part that has room for them."""
    _known(value, WITH_QUESTIONS)


def verdict(value: str) -> None:
    """The self-check ends with yes, no, or a question to the secretariat."""
    _known(value, VERDICTS)


def searchable(value: tuple[str, ...]) -> None:
    """A line is searched for whole words: one character alone is found nearly everywhere."""
    if not value or any(len(search_key(text)) < LEAST_SEARCHED for text in value):
        raise Wrong(_("探す言葉を2文字以上で1つ以上書いてください。"))


def once_within(value: str) -> None:
    """A group applies once in its tier, once in the call, or as often as it likes."""
    _known(value, ONCE_WITHIN)


def correction_policy(value: str) -> None:
    """Formal defects may be mended, or may not."""
    _known(value, CORRECTION_POLICIES)


def checked_before(value: str) -> None:
    """Officers are checked before a proposal is eligible, or before its contract."""
    _known(value, CHECKED_BEFORE)


def _known(value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise Wrong(
            _(
                "「%(value)s」は使えません。%(known)sのどれかを書いてください。",
                value=value,
                known=_("、").join(known),
            )
        )


def both_or_neither(part: Any) -> Found:
    """A share of indirect costs belongs to a category."""
    if bool(part.overhead_category) != (part.overhead_ratio is not None):
        yield "overhead_ratio", _("一般管理費の費目と割合は、両方を書くか、どちらも書かないでください。")


def outcome_says_what_follows(outcome: Any) -> Found:
    """Who may apply is told the tier, and who may not what would change that."""
    if outcome.verdict == "yes" and not outcome.tier:
        yield "tier", _("応募できるという結果には、どの枠かを tier に書いてください。")
    if outcome.verdict == "no" and not outcome.change:
        yield "change", _("応募できないという結果には、何が変われば応募できるかを change に書いてください。")


def sections_are_named_once(definition: Any) -> Found:
    """The amount is asked for once: by its lines, or as a figure."""
    keys = [section.key for section in definition.sections]
    for place, section in enumerate(definition.sections, 1):
        for tier in section.tiers:
            yield from _tier(f"section[{place}].tiers", tier, definition)
    for tier in definition.tiers:
        asked = {one.key for one in definition.sections if not one.tiers or tier.key in one.tiers}
        if keys and not ({"budget", "amount"} & asked):
            yield (
                "section",
                _("枠「%(tier)s」に budget も amount もありません。どちらか一つを書いてください。", tier=tier.key),
            )
        elif {"budget", "amount"} <= asked:
            yield (
                "section",
                _("枠「%(tier)s」に budget と amount の両方があります。一つにしてください。", tier=tier.key),
            )


def questions_name_tiers(definition: Any) -> Found:
    """A question is asked in tiers that exist."""
    for place, question in enumerate(definition.questions, 1):
        for tier in question.tiers:
            yield from _tier(f"question[{place}].tiers", tier, definition)


def documents_name_tiers(definition: Any) -> Found:
    """A document is asked in tiers that exist."""
    for place, document in enumerate(definition.documents, 1):
        for tier in document.tiers:
            yield from _tier(f"document[{place}].tiers", tier, definition)


def screening_items_name_tiers(definition: Any) -> Found:
    """What the secretariat looks at is looked at in tiers that exist."""
    for place, item in enumerate(definition.screening_items, 1):
        for tier in item.tiers:
            yield from _tier(f"screening_item[{place}].tiers", tier, definition)


def only_files_grow_old(document: Any) -> Found:
    """Only of a file can its day of issue be asked."""
    if document.valid_months is not None and not document.upload:
        yield (
            "valid_months",
            _("ファイルで受け取らない書類の発行日は確かめられません。valid_months を消してください。"),
        )


def overhead_is_a_category(definition: Any) -> Found:
    """The category of indirect costs is one of the call's."""
    key, known = definition.budget.overhead_category, [each.key for each in definition.cost_categories]
    if key and key not in known:
        yield "budget.overhead_category", _unknown(key, known)


def outcomes_name_what_there_is(definition: Any) -> Found:
    """An outcome names tiers and documents of the call."""
    documents = [each.key for each in definition.documents]
    for place, outcome in enumerate(definition.self_check.outcomes, 1):
        if outcome.tier:
            yield from _tier(f"self_check.outcome[{place}].tier", outcome.tier, definition)
        for key in outcome.documents:
            if key not in documents:
                yield f"self_check.outcome[{place}].documents", _unknown(key, documents)


def _tier(path: str, key: str, definition: Any) -> Found:
    known = [tier.key for tier in definition.tiers]
    if key not in known:
        yield path, _unknown(key, known)


def _unknown(key: str, known: list[str]) -> str:
    return _(
        "「%(key)s」はこの公募にありません。「%(nearest)s」のことであれば、そう書き直してください。",
        key=key,
        nearest=nearest(key, known),
    )


def every_way_to_answer_has_its_row(check: Any) -> Found:
    """Each way to answer ends in a row, each row is reached by some, and rows name questions and answers that exist."""
    offered = {question.key: [answer.key for answer in question.answers] for question in check.questions}
    wrong = list(_rows_name_answers(check, offered))
    yield from wrong
    if wrong or not (check.questions or check.outcomes):
        return
    if math.prod(len(keys) for keys in offered.values()) > MOST_WAYS:
        yield "question", _("答え方の組み合わせが多すぎます。質問か選択肢を減らしてください。")
        return
    reached = set()
    for ways in itertools.product(*offered.values()):
        answers = dict(zip(offered, ways, strict=True))
        row = next((place for place, each in enumerate(check.outcomes) if each.when.items() <= answers.items()), None)
        if row is None:
            said = _("、").join(f"{key}={value}" for key, value in answers.items())
            yield "outcome", _("%(answers)sと答えたときの行がありません。行を書き足してください。", answers=said)
            return
        reached.add(row)
    for place in range(len(check.outcomes)):
        if place not in reached:
            yield (
                f"outcome[{place + 1}]",
                _("この行には、どう答えても届きません。前の行の条件を直すか、この行を消してください。"),
            )


def _rows_name_answers(check: Any, offered: dict[str, list[str]]) -> Found:
    for place, outcome in enumerate(check.outcomes, 1):
        for key, value in outcome.when.items():
            if key not in offered:
                yield f"outcome[{place}].when.{key}", _unknown(key, list(offered))
            elif value not in offered[key]:
                yield f"outcome[{place}].when.{key}", _unknown(value, offered[key])
