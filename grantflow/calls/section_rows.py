"""The rows of the sections in which a call is written: a tier, a document, a criterion, each with its boxes."""

from typing import Any

from wtforms import BooleanField

from grantflow.calls.fields import (
    AmountValue,
    AnchorsValue,
    DueValue,
    LinesValue,
    LineValue,
    ProseValue,
    WholeValue,
)
from grantflow.calls.labels import LABELS
from grantflow.calls.rowforms import RowForm, kept, of
from grantflow.core.words import lazy


class PlainRow(RowForm):
    """One row of a list of texts."""

    text = of("eligibility.requirements", ProseValue)

    def written(self, old: Any) -> Any:
        """The text alone."""
        return kept(self.text, old)


class MilestoneRow(RowForm):
    """One of the call's later dates."""

    STEM = "m"
    name = of("milestone.name", LineValue)
    due = of("milestone.due", DueValue, lazy("例：令和9年1月31日、令和9年1月下旬、令和8年8月～9月、時期未定"))
    key = of("milestone.key", LineValue, lazy("空のときは自動で付きます。"))


class TierRow(RowForm):
    """One tier."""

    STEM = "tier"
    label = of("tier.label", LineValue, lazy("例：①"))
    name = of("tier.name", LineValue)
    list_title = of("tier.list_title", LineValue, lazy("採択団体一覧の表の題になります。"))
    cap_yen = of("tier.cap_yen", AmountValue, lazy("消費税を含む額で、円の単位です。"), inputmode="numeric")
    expected_awards = of("tier.expected_awards", WholeValue, lazy("目安です。"), inputmode="numeric")
    key = of("tier.key", LineValue, lazy("応募の表で枠を指す短い名前です。空のときは自動で付きます。"))


class ApproachRow(RowForm):
    """One kind of project that the call is for."""

    STEM = "approach"
    name = of("approach.name", LineValue)
    needs_added_element = BooleanField(LABELS["approach.needs_added_element"])
    key = of("approach.key", LineValue, lazy("空のときは自動で付きます。"))


class DocumentRow(RowForm):
    """One paper that applicants hand in."""

    STEM = "document"
    name = of("document.name", LineValue)
    required = BooleanField(LABELS["document.required"])
    upload = BooleanField(
        LABELS["document.upload"], default=True, description=lazy("画面に書くものや、郵送で受け取るものは外します。")
    )
    files = of("document.files", WholeValue, lazy("空のときは5件までです。"), inputmode="numeric")
    valid_months = of(
        "document.valid_months",
        WholeValue,
        lazy("3と書くと、締切の前3か月以内に発行されたものを求めます。なければ空にします。"),
        inputmode="numeric",
    )
    url = of("document.url", LineValue, lazy("https:// から始まるアドレスです。"))
    note = of("document.note", ProseValue)
    key = of("document.key", LineValue, lazy("空のときは自動で付きます。"))


class CostRow(RowForm):
    """One category of costs."""

    STEM = "cost"
    name = of("cost_category.name", LineValue)
    note = of("cost_category.note", ProseValue)
    key = of("cost_category.key", LineValue, lazy("空のときは自動で付きます。"))


class RefusedCostRow(RowForm):
    """One kind of costs that is never paid."""

    STEM = "refused"
    name = of("refused_cost.name", LineValue)
    words = of(
        "refused_cost.words",
        LinesValue,
        lazy("1行に1つ、2文字以上で書きます。行の内容か根拠にあると、書いた人に知らせます。提出は止めません。"),
    )
    note = of("refused_cost.note", ProseValue)
    key = of("refused_cost.key", LineValue, lazy("空のときは自動で付きます。"))


class CriterionRow(RowForm):
    """One point of review."""

    STEM = "criterion"
    group = of("criterion.group", LineValue)
    subgroup = of("criterion.subgroup", LineValue, lazy("なければ空にします。"))
    text = of("criterion.text", ProseValue, lazy("公募要領に書くとおりに書きます。"))
    weight = of("criterion.weight", WholeValue, lazy("空のときは1です。"), inputmode="numeric")
    anchors = of("criterion.anchors", AnchorsValue, lazy("1行に1つ、「5 手順と資金が具体的である」のように書きます。"))
    key = of("criterion.key", LineValue, lazy("評点の表で項目を指す短い名前です。空のときは自動で付きます。"))


class ScreeningRow(RowForm):
    """One thing that the secretariat looks at in the first screening."""

    STEM = "screening"
    text = of("screening_item.text", LineValue, lazy("「はい」なら問題がないように書きます。"))
    note = of("screening_item.note", ProseValue)
    key = of("screening_item.key", LineValue, lazy("空のときは自動で付きます。"))
