"""The schema of a call definition (公募の定義): what its TOML says, as frozen values (design.md, "A call is data")."""

# ruff: noqa: RUF009 (`entry` makes a field, as `dataclasses.field` does)

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from grantflow.calls import asking_rules, rules
from grantflow.calls.asking import (
    AskedSection,
    BudgetRule,
    CorrectionRule,
    OfficerRule,
    Question,
    RefusedCost,
    ScreeningItem,
    ScreeningRule,
    SelfCheck,
)
from grantflow.calls.schema import DefinitionProblem, Rule, entry, read
from grantflow.core.words import _

LARGEST_FILE = 1_000_000


class BadDefinition(Exception):
    """A definition that cannot be taken; `problems` holds every one that was found."""

    def __init__(self, problems: tuple[DefinitionProblem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Contact:
    """問い合わせ先."""

    name: str = entry(rules.one_line)
    email: str = entry(rules.email, default="")
    phone: str = entry(rules.one_line, default="")
    hours: str = entry(rules.one_line, default="")


@dataclass(frozen=True, slots=True)
class CallPart:
    """公募そのもの: who runs it, its names and its own words."""

    slug: str = entry(rules.slug)
    title: str = entry(rules.one_line)
    fiscal_year: int = entry(rules.year)
    sponsor: str = entry(rules.one_line)
    secretariat: str = entry(rules.one_line)
    number_prefix: str = entry(rules.number_prefix)
    timezone: str = entry(rules.timezone)
    committee: str = entry(rules.one_line, default="")
    purpose: str = entry(default="")
    note: str = entry(default="")
    examples: tuple[str, ...] = entry(default=())
    decision_rule: str = entry(default="")
    publication_rule: str = entry(default="")
    guidelines_url: str = entry(rules.web_address, default="")
    contact: Contact | None = entry(default=None)


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest title and summary, in characters (R3.1); None: no limit."""

    title: int | None = entry(rules.between(1, 20_000), default=None)
    summary: int | None = entry(rules.between(1, 20_000), default=None)


@dataclass(frozen=True, slots=True)
class Schedule:
    """日程: instants with an offset, and days; `project_start` is a day or "contract" (契約締結日)."""

    opens_at: dt.datetime = entry()
    closes_at: dt.datetime = entry()
    scores_due_at: dt.datetime | None = entry(default=None)
    contract_month: str = entry(rules.month, default="")
    project_start: str | dt.date = entry(rules.project_start, default="")
    project_end: dt.date | None = entry(default=None)
    conditions: ClassVar = (
        Rule(("opens_at", "closes_at"), rules.opens_before_it_closes),
        Rule(("project_start", "project_end"), rules.starts_before_it_ends),
    )


@dataclass(frozen=True, slots=True)
class Tier:
    """枠・区分: its own ceiling (tax included) and planned number, which is a guide and not a limit (R0.2)."""

    key: str = entry(rules.tier_key)
    label: str = entry(rules.one_line)
    name: str = entry(rules.one_line)
    list_title: str = entry(rules.one_line)
    cap_yen: int = entry(rules.between(1, 10**12))
    expected_awards: int = entry(rules.between(1, 100_000))


@dataclass(frozen=True, slots=True)
class Eligibility:
    """応募資格, word for word (R0.4)."""

    legal_forms: tuple[str, ...] = entry(rules.one_line, rules.distinct)
    requirements: tuple[str, ...] = entry(rules.distinct)


@dataclass(frozen=True, slots=True)
class Approach:
    """対象とする取組; some are eligible only where something new is added."""

    key: str = entry(rules.plain_key)
    name: str = entry(rules.one_line)
    needs_added_element: bool = entry(default=False)


@dataclass(frozen=True, slots=True)
class Document:
    """応募書類: a paper that the applicant hands in, or that the call gives out at `url`."""

    key: str = entry(rules.plain_key)
    name: str = entry(rules.one_line)
    required: bool = entry(default=False)
    url: str = entry(rules.web_address, default="")
    note: str = entry(default="")
    #: The tiers that ask for it; none named: all.
    tiers: tuple[str, ...] = entry(rules.distinct, default=())
    #: Whether it is handed in as a file; otherwise it is written on a page, or comes by another way.
    upload: bool = entry(default=True)
    #: So many files may be handed in for it.
    files: int = entry(rules.between(1, 20), default=5)
    #: It must have been issued within so many months before the deadline; None: at any time.
    valid_months: int | None = entry(rules.between(1, 120), default=None)
    conditions: ClassVar = (Rule(("upload", "valid_months"), asking_rules.only_files_grow_old),)


@dataclass(frozen=True, slots=True)
class Floor:
    """足切り: below `ratio` of the highest grade, or any reviewer giving the lowest; of one criterion or of all."""

    key: str = entry(rules.plain_key)
    name: str = entry(rules.one_line, default="")
    criterion: str = entry(default="")
    ratio: Fraction | None = entry(rules.share, default=None)
    lowest_grade: bool = entry(default=False)
    conditions: ClassVar = (Rule(("ratio", "lowest_grade"), rules.one_kind_of_floor),)


@dataclass(frozen=True, slots=True)
class BorderZone:
    """当落線の前後 (methods 4): chances of selection strictly between, or ranks as shares of the planned number."""

    chance_above: Fraction = entry(rules.share_or_zero, default=Fraction(1, 10))
    chance_below: Fraction = entry(rules.share_or_zero, default=Fraction(9, 10))
    rank_from: Fraction = entry(rules.up_to_ten, default=Fraction(8, 10))
    rank_to: Fraction = entry(rules.up_to_ten, default=Fraction(12, 10))
    conditions: ClassVar = (
        Rule(("chance_above", "chance_below"), rules.ascending("chance_above", "chance_below")),
        Rule(("rank_from", "rank_to"), rules.ascending("rank_from", "rank_to")),
    )


@dataclass(frozen=True, slots=True)
class Review:
    """審査のしかた: the scale, how many reviewers, and the options of R4.4, all off unless set."""

    reviewers_per_application: int = entry(rules.between(1, 100))
    scale_min: int = entry(rules.between(0, 1000))
    scale_max: int = entry(rules.between(0, 1000))
    # 0 stands for "not written"; the reader of a Review never sees it.
    min_valid: int = entry(rules.between(1, 100), default=0)
    pass_ratio: Fraction | None = entry(rules.share, default=None)
    drop_extremes: bool = entry(default=False)
    floors: tuple[Floor, ...] = entry(unique=True, default=())
    tie_break: tuple[str, ...] = entry(rules.one_line, rules.distinct, default=())
    border_zone: BorderZone = entry(default=BorderZone())
    # When reviewers see the sheets of the others: never, once their own is filed, or once scoring is closed.
    visibility: str = entry(rules.visibility, default="own")
    conditions: ClassVar = (
        Rule(("scale_min", "scale_max"), rules.ascending("scale_min", "scale_max")),
        Rule(("min_valid", "reviewers_per_application"), rules.enough_reviewers),
    )

    def __post_init__(self) -> None:
        if not self.min_valid:
            object.__setattr__(self, "min_valid", min(2, self.reviewers_per_application))


@dataclass(frozen=True, slots=True)
class Criterion:
    """審査項目, word for word; `anchors` are the words of a grade."""

    key: str = entry(rules.plain_key)
    group: str = entry(rules.one_line)
    text: str = entry()
    subgroup: str = entry(rules.one_line, default="")
    weight: int = entry(rules.between(1, 1000), default=1)
    anchors: Mapping[int, str] = entry(factory=dict)


@dataclass(frozen=True, slots=True)
class TypologyClass:
    """One class of the typology (類型); `description` is its rule in the codebook."""

    key: str = entry(rules.plain_key)
    label: str = entry(rules.one_line)
    name: str = entry(rules.one_line)
    description: str = entry(default="")


@dataclass(frozen=True, slots=True)
class Typology:
    """類型: one class per project; two or more of the base classes make the combination (掛け合わせ)."""

    base: tuple[TypologyClass, ...] = entry(unique=True)
    combination: TypologyClass | None = entry(default=None)
    conditions: ClassVar = (Rule(("base", "combination"), rules.combination_is_a_class_of_its_own),)


@dataclass(frozen=True, slots=True)
class Audience:
    """ターゲット層, attributes beside them, and features (特徴) that a proposal may name."""

    groups: tuple[str, ...] = entry(rules.one_line, rules.distinct, default=())
    attributes: tuple[str, ...] = entry(rules.one_line, rules.distinct, default=())
    features: tuple[str, ...] = entry(rules.one_line, rules.distinct, default=())


@dataclass(frozen=True, slots=True)
class OutlinePart:
    """One heading of what the projects learned: gathered `by` a property, or under its own `items`."""

    key: str = entry(rules.plain_key)
    name: str = entry(rules.one_line)
    by: str = entry(rules.one_line, default="")
    items: tuple[str, ...] = entry(rules.one_line, rules.distinct, default=())


@dataclass(frozen=True, slots=True)
class KnowHow:
    """ノウハウの整理: the outline of the programme report and the headings of its recommendations."""

    outline: tuple[OutlinePart, ...] = entry(unique=True, default=())
    recommendations: tuple[str, ...] = entry(rules.one_line, rules.distinct, default=())


@dataclass(frozen=True, slots=True)
class Milestone:
    """What is due when: `2024-01-31`, `2024-02`, `2024-02 early`, `2023-08/2023-09` or `undecided`."""

    key: str = entry(rules.plain_key)
    name: str = entry(rules.one_line)
    due: str = entry(rules.due)


@dataclass(frozen=True, slots=True)
class CostCategory:
    """費目."""

    key: str = entry(rules.plain_key)
    name: str = entry(rules.one_line)
    note: str = entry(default="")


@dataclass(frozen=True, slots=True)
class Decision:
    """決定のしかた: with `two_persons`, who freezes the list may neither agree nor publish."""

    two_persons: bool = entry(default=False)


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """What a report printed; only compared (a difference is a warning). Counts by tier key, and `total`."""

    opened: dt.date | None = entry(default=None)
    closed: dt.date | None = entry(default=None)
    applications: Mapping[str, int] = entry(rules.counts, factory=dict)
    adopted: Mapping[str, int] = entry(rules.counts, factory=dict)


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole call definition (interfaces.md, "The call definition"); field order is the order of the print."""

    call: CallPart = entry()
    schedule: Schedule = entry()
    tiers: tuple[Tier, ...] = entry(name="tier", unique=True)
    eligibility: Eligibility = entry()
    review: Review = entry()
    criteria: tuple[Criterion, ...] = entry(name="criterion", unique=True)
    limits: Limits = entry(default=Limits())
    approaches: tuple[Approach, ...] = entry(name="approach", unique=True, default=())
    documents: tuple[Document, ...] = entry(name="document", unique=True, default=())
    cost_categories: tuple[CostCategory, ...] = entry(name="cost_category", unique=True, default=())
    refused_costs: tuple[RefusedCost, ...] = entry(name="refused_cost", unique=True, default=())
    sections: tuple[AskedSection, ...] = entry(name="section", unique=True, default=())
    questions: tuple[Question, ...] = entry(name="question", unique=True, default=())
    budget: BudgetRule = entry(default=BudgetRule())
    officers: OfficerRule = entry(default=OfficerRule())
    correction: CorrectionRule = entry(default=CorrectionRule())
    screening: ScreeningRule = entry(default=ScreeningRule())
    screening_items: tuple[ScreeningItem, ...] = entry(name="screening_item", unique=True, default=())
    self_check: SelfCheck = entry(default=SelfCheck())
    typology: Typology | None = entry(default=None)
    audience: Audience = entry(default=Audience())
    know_how: KnowHow = entry(default=KnowHow())
    milestones: tuple[Milestone, ...] = entry(name="milestone", unique=True, default=())
    decision: Decision = entry(default=Decision())
    published_result: PublishedResult = entry(default=PublishedResult())
    conditions: ClassVar = (
        Rule(("criteria", "review"), rules.anchors_are_grades),
        Rule(("criteria", "review"), rules.floors_name_criteria),
        Rule(("criteria", "review"), rules.ties_break_by_what_there_is),
        Rule(("tiers", "published_result"), rules.results_name_tiers),
        Rule(("tiers", "sections"), asking_rules.sections_are_named_once),
        Rule(("tiers", "questions"), asking_rules.questions_name_tiers),
        Rule(("tiers", "documents"), asking_rules.documents_name_tiers),
        Rule(("tiers", "screening_items"), asking_rules.screening_items_name_tiers),
        Rule(("cost_categories", "budget"), asking_rules.overhead_is_a_category),
        Rule(("tiers", "documents", "self_check"), asking_rules.outcomes_name_what_there_is),
    )

    @property
    def weight_sum(self) -> int:
        """Σ of the criteria's weights: the denominator of every mean (methods 2)."""
        return sum(criterion.weight for criterion in self.criteria)


def parse(text: str | bytes, filename: str = "") -> Definition:
    """The definition that a TOML text holds.

    Raises BadDefinition with every problem: its key path (lists count from 1), or the line of a syntax error.
    Wording is kept code point for code point; only a byte order mark at the front is dropped.
    """
    try:
        raw = tomllib.loads(_decoded(text), parse_float=Decimal)
        definition, problems = read(Definition, raw)
    except Unreadable as unreadable:
        definition, problems = None, [unreadable.problem]
    except RecursionError:
        definition, problems = (
            None,
            [DefinitionProblem("", _("入れ子が深すぎます。かっこの重なりを減らしてください。"))],
        )
    except ValueError as error:
        definition, problems = None, [_syntax_problem(str(error), text)]
    if definition is None:
        raise BadDefinition(tuple(replace(problem, file=filename) for problem in problems))
    return definition


class Unreadable(Exception):
    """The bytes are no text that could be TOML."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence)
        self.problem = DefinitionProblem("", sentence, line)


def _decoded(text: str | bytes) -> str:
    if len(text) > LARGEST_FILE:
        raise Unreadable(_("ファイルが大きすぎます。1MBより小さい公募の定義を選んでください。"))
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise Unreadable(_("UTF-8として読めません。文字コードをUTF-8にして保存し直してください。"), line) from error


def _syntax_problem(message: str, text: Any) -> DefinitionProblem:
    at = re.search(r"\(at line (\d+), column (\d+)\)", message)
    line = int(at[1]) if at else _decoded(text).rstrip().count("\n") + 1
    if re.match("Cannot (overwrite|declare|mutate)|Duplicate", message):
        return DefinitionProblem("", _("同じキーか同じ表が二度書かれています。どちらか一つにしてください。"), line)
    if message.startswith("Invalid date"):
        return DefinitionProblem("", _("暦にない日付か時刻です。正しい日付と時刻に直してください。"), line)
    return DefinitionProblem(
        "", _("TOMLとして読めません。この行の引用符、かっこ、「=」の書き方を直してください。"), line
    )
