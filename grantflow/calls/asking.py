"""What a call asks of whoever applies: the parts of a proposal, the questions, officers, budget, and the self-check."""

# ruff: noqa: RUF009 (`entry` makes a field, as `dataclasses.field` does)

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from grantflow.calls import asking_rules, rules
from grantflow.calls.schema import Rule, entry


@dataclass(frozen=True, slots=True)
class AskedSection:
    """応募書類の部分: one part of the proposal, in which tiers it is asked (none named: all), under which name."""

    key: str = entry(asking_rules.section_key)
    name: str = entry(rules.one_line, default="")
    note: str = entry(default="")
    tiers: tuple[str, ...] = entry(rules.distinct, default=())


@dataclass(frozen=True, slots=True)
class Question:
    """設問: one text that is asked in a section; `limit` counts characters as people see them (R3.1)."""

    key: str = entry(rules.plain_key)
    text: str = entry(rules.one_line)
    section: str = entry(asking_rules.section_with_questions, default="plan")
    hint: str = entry(default="")
    limit: int | None = entry(rules.between(1, 20_000), default=None)
    rows: int = entry(rules.between(1, 40), default=6)
    required: bool = entry(default=True)
    tiers: tuple[str, ...] = entry(rules.distinct, default=())


@dataclass(frozen=True, slots=True)
class BudgetRule:
    """経費積算: at most `overhead_ratio` of the other categories may stand in `overhead_category` (R1.32)."""

    overhead_category: str = entry(default="")
    overhead_ratio: Fraction | None = entry(rules.share, default=None)
    note: str = entry(default="")
    conditions: ClassVar = (Rule(("overhead_category", "overhead_ratio"), asking_rules.both_or_neither),)


@dataclass(frozen=True, slots=True)
class RefusedCost:
    """対象にならない経費: costs that are never paid, and the words by which a line is taken for one of them (R1.34)."""

    key: str = entry(rules.plain_key)
    name: str = entry(rules.one_line)
    words: tuple[str, ...] = entry(rules.one_line, rules.distinct, asking_rules.searchable)
    note: str = entry(default="")


@dataclass(frozen=True, slots=True)
class OfficerRule:
    """役員名簿: how long it is kept (R3.3), and fewer officers than `least` are worth a second look (never refused)."""

    rejected_years: int = entry(rules.between(1, 10), default=1)
    adopted_years: int = entry(rules.between(1, 20), default=5)
    least: int = entry(rules.between(1, 50), default=1)
    note: str = entry(default="")
    #: Before what a check without a match must be recorded: eligible, contract; not written: before nothing.
    check_before: str = entry(asking_rules.checked_before, default="")


@dataclass(frozen=True, slots=True)
class CorrectionRule:
    """補正: whether formal defects may be mended at all (`lenient`), how often, within how many working days (R3.8)."""

    policy: str = entry(asking_rules.correction_policy, default="lenient")
    rounds: int = entry(rules.between(1, 9), default=1)
    working_days: int = entry(rules.between(1, 30), default=3)


@dataclass(frozen=True, slots=True)
class ScreeningRule:
    """形式審査: within what a group may apply once (R3.9): its tier, the whole call, or as often as it likes."""

    one_per_group: str = entry(asking_rules.once_within, default="tier")


@dataclass(frozen=True, slots=True)
class ScreeningItem:
    """形式審査の項目: one thing that the secretariat looks at (R3.7), in which tiers (none named: all)."""

    key: str = entry(rules.plain_key)
    text: str = entry(rules.one_line)
    note: str = entry(default="")
    tiers: tuple[str, ...] = entry(rules.distinct, default=())


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that a question of the self-check offers."""

    key: str = entry(rules.plain_key)
    text: str = entry(rules.one_line)


@dataclass(frozen=True, slots=True)
class CheckQuestion:
    """One question of the self-check, in plain words."""

    key: str = entry(rules.plain_key)
    text: str = entry(rules.one_line)
    answers: tuple[Answer, ...] = entry(unique=True)
    help: str = entry(default="")


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """One row of the decision table: what follows when all of `when` were answered so; the first row counts."""

    verdict: str = entry(asking_rules.verdict)
    text: str = entry()
    when: Mapping[str, str] = entry(factory=dict)
    tier: str = entry(default="")
    #: What would change a "no".
    change: str = entry(default="")
    #: Keys of the documents to gather; none named: those that the tier asks for.
    documents: tuple[str, ...] = entry(rules.distinct, default=())
    conditions: ClassVar = (Rule(("verdict", "tier", "change"), asking_rules.outcome_says_what_follows),)


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """応募できるかの確認: a decision table that has a row for every way to answer."""

    note: str = entry(default="")
    questions: tuple[CheckQuestion, ...] = entry(name="question", unique=True, default=())
    outcomes: tuple[CheckOutcome, ...] = entry(name="outcome", default=())
    conditions: ClassVar = (Rule(("questions", "outcomes"), asking_rules.every_way_to_answer_has_its_row),)
