"""The sections in which a call is written, one form each, and the whole text for who knows TOML."""

from typing import Any, ClassVar

from wtforms import BooleanField, HiddenField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from grantflow.calls.drafts import is_well_formed, looked_through
from grantflow.calls.fields import (
    DayValue,
    LinesValue,
    LineValue,
    MomentValue,
    MonthValue,
    ProseValue,
    RatioValue,
    StartValue,
    WholeValue,
)
from grantflow.calls.labels import LABELS
from grantflow.calls.rowforms import SectionForm, many, of
from grantflow.calls.section_rows import (
    ApproachRow,
    CostRow,
    CriterionRow,
    DocumentRow,
    MilestoneRow,
    PlainRow,
    RefusedCostRow,
    ScreeningRow,
    TierRow,
)
from grantflow.core.forms import BaseForm
from grantflow.core.words import lazy


class BasicsForm(SectionForm):
    """Who runs the call, and its names."""

    NAME, TITLE = "basics", lazy("基本")
    PATHS: ClassVar = {
        "title": "call.title",
        "slug": "call.slug",
        "fiscal_year": "call.fiscal_year",
        "sponsor": "call.sponsor",
        "secretariat": "call.secretariat",
        "committee": "call.committee",
        "number_prefix": "call.number_prefix",
        "guidelines_url": "call.guidelines_url",
        "two_persons": "decision.two_persons",
    }
    title = of("call.title", LineValue)
    slug = of(
        "call.slug", LineValue, lazy("例：model-2026。半角の英小文字、数字、ハイフンです。公開した後は変えられません。")
    )
    fiscal_year = of(
        "call.fiscal_year", WholeValue, lazy("年度が始まる年を西暦で書きます。例：2026"), inputmode="numeric"
    )
    sponsor = of("call.sponsor", LineValue)
    secretariat = of("call.secretariat", LineValue)
    committee = of("call.committee", LineValue, lazy("例：審査委員会"))
    number_prefix = of("call.number_prefix", LineValue, lazy("例：ABC と書くと、受付番号は ABC-0001 から始まります。"))
    guidelines_url = of("call.guidelines_url", LineValue, lazy("https:// から始まるアドレスです。なければ空にします。"))
    two_persons = BooleanField(LABELS["decision.two_persons"])


class WordingForm(SectionForm):
    """What the call says in its own words."""

    NAME, TITLE = "wording", lazy("文言")
    PATHS: ClassVar = {
        "purpose": "call.purpose",
        "note": "call.note",
        "decision_rule": "call.decision_rule",
        "publication_rule": "call.publication_rule",
        "examples": "call.examples",
    }
    purpose = of("call.purpose", ProseValue)
    note = of("call.note", ProseValue)
    decision_rule = of("call.decision_rule", ProseValue)
    publication_rule = of("call.publication_rule", ProseValue)
    examples = of("call.examples", LinesValue, lazy("1行に1つずつ書きます。"))


class DatesForm(SectionForm):
    """When what happens."""

    NAME, TITLE = "dates", lazy("日程")
    PATHS: ClassVar = {
        "opens_at": "schedule.opens_at",
        "closes_at": "schedule.closes_at",
        "scores_due_at": "schedule.scores_due_at",
        "contract_month": "schedule.contract_month",
        "project_start": "schedule.project_start",
        "project_end": "schedule.project_end",
    }
    ROWS: ClassVar = {"milestones": "milestone"}
    ROW: ClassVar = {"milestones": LABELS["milestone"]}
    opens_at = of("schedule.opens_at", MomentValue, lazy("例：令和8年4月20日 10:00、2026-04-20 10:00（日本時間）"))
    closes_at = of("schedule.closes_at", MomentValue, lazy("この時刻までに届いた応募を受け付けます。"))
    scores_due_at = of("schedule.scores_due_at", MomentValue, lazy("審査委員の画面に出ます。なければ空にします。"))
    contract_month = of("schedule.contract_month", MonthValue, lazy("例：令和8年7月"))
    project_start = of("schedule.project_start", StartValue, lazy("日付か「契約締結日」と書きます。"))
    project_end = of("schedule.project_end", DayValue, lazy("例：令和9年2月10日"))
    milestones = many(MilestoneRow)


class TiersForm(SectionForm):
    """The tiers."""

    NAME, TITLE = "tiers", lazy("枠と上限額")
    ROWS: ClassVar = {"tiers": "tier"}
    ROW: ClassVar = {"tiers": LABELS["tier"]}
    tiers = many(TierRow)


class EligibilityForm(SectionForm):
    """Who may apply, and what a proposal may name."""

    NAME, TITLE = "eligibility", lazy("応募の資格と記入の範囲")
    PATHS: ClassVar = {
        "legal_forms": "eligibility.legal_forms",
        "title_limit": "limits.title",
        "summary_limit": "limits.summary",
        "groups": "audience.groups",
        "attributes": "audience.attributes",
        "features": "audience.features",
    }
    ROWS: ClassVar = {"requirements": "eligibility.requirements"}
    ROW: ClassVar = {"requirements": LABELS["eligibility.requirements"]}
    legal_forms = of("eligibility.legal_forms", LinesValue, lazy("1行に1つずつ書きます。"))
    title_limit = of("limits.title", WholeValue, lazy("なければ空にします。"), inputmode="numeric")
    summary_limit = of("limits.summary", WholeValue, lazy("なければ空にします。"), inputmode="numeric")
    groups = of("audience.groups", LinesValue, lazy("1行に1つずつ書きます。"))
    attributes = of("audience.attributes", LinesValue, lazy("1行に1つずつ書きます。"))
    features = of("audience.features", LinesValue, lazy("1行に1つずつ書きます。"))
    requirements = many(PlainRow)


class ApproachesForm(SectionForm):
    """What kinds of projects the call is for."""

    NAME, TITLE = "approaches", lazy("対象とする取組")
    ROWS: ClassVar = {"approaches": "approach"}
    ROW: ClassVar = {"approaches": LABELS["approach"]}
    approaches = many(ApproachRow)


class DocumentsForm(SectionForm):
    """The papers of a proposal and the categories of its costs."""

    NAME, TITLE = "documents", lazy("応募書類と費目")
    ROWS: ClassVar = {"documents": "document", "costs": "cost_category", "refused": "refused_cost"}
    ROW: ClassVar = {
        "documents": LABELS["document"],
        "costs": LABELS["cost_category"],
        "refused": LABELS["refused_cost"],
    }
    documents = many(DocumentRow)
    costs = many(CostRow)
    refused = many(RefusedCostRow)


class ScreeningForm(SectionForm):
    """What the secretariat looks at before the committee reads."""

    NAME, TITLE = "screening", lazy("形式審査の項目")
    PATHS: ClassVar = {
        "one_per_group": "screening.one_per_group",
        "policy": "correction.policy",
        "rounds": "correction.rounds",
        "working_days": "correction.working_days",
        "check_before": "officers.check_before",
    }
    ROWS: ClassVar = {"items": "screening_item"}
    ROW: ClassVar = {"items": LABELS["screening_item"]}
    one_per_group = of(
        "screening.one_per_group",
        LineValue,
        lazy("tier（枠ごとに1件）、call（公募全体で1件）、any（何件でも）のどれかです。空のときは tier です。"),
    )
    policy = of(
        "correction.policy",
        LineValue,
        lazy("lenient（形の不備は直してもらう）か strict（差替えを認めない）です。空のときは lenient です。"),
    )
    rounds = of("correction.rounds", WholeValue, lazy("空のときは1回です。"), inputmode="numeric")
    working_days = of(
        "correction.working_days",
        WholeValue,
        lazy("補正を求めた日の翌日から数えます。空のときは3営業日です。"),
        inputmode="numeric",
    )
    check_before = of(
        "officers.check_before",
        LineValue,
        lazy("eligible（審査対象とする前）か contract（契約の前）です。空のときは、確認の結果で手続きを止めません。"),
    )
    items = many(ScreeningRow)


class ReviewForm(SectionForm):
    """How proposals are reviewed."""

    NAME, TITLE = "review", lazy("審査のしかた")
    PATHS: ClassVar = {
        "reviewers_per_application": "review.reviewers_per_application",
        "scale_min": "review.scale_min",
        "scale_max": "review.scale_max",
        "min_valid": "review.min_valid",
        "pass_ratio": "review.pass_ratio",
        "drop_extremes": "review.drop_extremes",
        "tie_break": "review.tie_break",
        "visibility": "review.visibility",
    }
    reviewers_per_application = of("review.reviewers_per_application", WholeValue, inputmode="numeric")
    scale_min = of("review.scale_min", WholeValue, inputmode="numeric")
    scale_max = of("review.scale_max", WholeValue, inputmode="numeric")
    min_valid = of(
        "review.min_valid", WholeValue, lazy("空のときは、読む委員の数と2の小さいほうです。"), inputmode="numeric"
    )
    pass_ratio = of("review.pass_ratio", RatioValue, lazy("60パーセントは 0.6 と書きます。なければ空にします。"))
    drop_extremes = BooleanField(LABELS["review.drop_extremes"])
    tie_break = of(
        "review.tie_break",
        LinesValue,
        lazy("先に比べるものから、1行に1つずつ。審査項目のキー、大きな見出し、top_grades、committee のどれかです。"),
    )
    visibility = of(
        "review.visibility",
        LineValue,
        lazy(
            "own（見せない）、after_own（自分の採点表を提出した後）、all_after_close（採点を締め切った後）のどれかです。"
        ),
    )


class CriteriaForm(SectionForm):
    """The points of review."""

    NAME, TITLE = "criteria", lazy("審査項目")
    ROWS: ClassVar = {"criteria": "criterion"}
    ROW: ClassVar = {"criteria": LABELS["criterion"]}
    criteria = many(CriterionRow)


class ContactForm(SectionForm):
    """Where questions go."""

    NAME, TITLE = "contact", lazy("問い合わせ先")
    PATHS: ClassVar = {part: f"call.contact.{part}" for part in ("name", "email", "phone", "hours")}
    # `name` and `email` are what the boxes are called; a form has attributes of its own for neither
    name = of("call.contact.name", LineValue)
    email = of("call.contact.email", LineValue)
    phone = of("call.contact.phone", LineValue)
    hours = of("call.contact.hours", LineValue, lazy("例：平日 10:00～17:00"))


#: In the order in which a call is written.
SECTIONS: tuple[type[SectionForm], ...] = (
    BasicsForm,
    WordingForm,
    DatesForm,
    TiersForm,
    EligibilityForm,
    ApproachesForm,
    DocumentsForm,
    ScreeningForm,
    ReviewForm,
    CriteriaForm,
    ContactForm,
)
TEXT = "text"


def section_of(path: str) -> str:
    """The section in which a key path is written; the whole text where none shows it."""
    bare = path.split("[")[0]
    for form in SECTIONS:
        known = {*form.PATHS.values(), *form.ROWS.values()}
        if bare in known or any(path.startswith((f"{row}[", f"{row}.")) for row in form.ROWS.values()):
            return form.NAME
    return next(
        (form.NAME for form in SECTIONS if any(one.startswith(f"{bare}.") for one in form.PATHS.values())), TEXT
    )


class TextForm(BaseForm):
    """The whole definition as text."""

    version = HiddenField()
    definition = TextAreaField(
        lazy("公募の定義（TOML）"),
        [InputRequired(lazy("公募の定義が空です。内容を書いてください。"))],
        render_kw={"rows": 30, "spellcheck": "false", "lang": "ja"},
    )
    submit = SubmitField(lazy("保存する"))

    def validate_definition(self, field: Any) -> None:
        """Anything that can be read as TOML may be kept."""
        _definition, problems = looked_through(self.text)
        if not is_well_formed(problems):
            raise ValidationError(str(problems[0]))

    @property
    def text(self) -> str:
        """What was typed, with the line ends of TOML."""
        return str(self.definition.data or "").replace("\r\n", "\n")
