"""The form of the budget: its lines, and what they come to while one types."""

from collections.abc import Mapping, Sequence
from typing import Any

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking
from grantflow.applications.parts.budget import LINES, RULES, amount_of, category_names, category_text, reckoned
from grantflow.applications.parts.rows import some_yen
from grantflow.applications.quantities import Quantity, parse_quantity, quantity_text
from grantflow.applications.section_forms.rows import Column, RowsField, RowsForm, yen_or_nothing
from grantflow.core.text import yen
from grantflow.core.words import _, lazy


def _quantity(text: str) -> Quantity:
    """The quantity that was typed, with the unit behind it; ValueError with a sentence otherwise (R1.10)."""
    return parse_quantity(text) if text else Quantity("")


class LinesField(RowsField):
    """The lines; a unit that was typed behind its quantity moves to its own box."""

    def _read(self, typed: Mapping[str, str]) -> Any:
        line = super()._read(typed)
        found = line.values.get("quantity")
        if isinstance(found, Quantity):
            line.values["quantity"] = found.number
            line.values["unit"] = line.values.get("unit") or found.unit
        return line


class BudgetForm(RowsForm):
    """What is bought for how much, how many of it, and why that much."""

    part = Part.BUDGET
    template = "applications/parts/budget.html"
    NAME = LINES
    asking: Asking

    lines = LinesField(
        lazy("経費"),
        (
            Column("category", lazy("費目"), "choice"),
            Column("item", lazy("内容"), "long"),
            Column("unit_price", lazy("単価（円）"), "number", read=some_yen, shown=yen_or_nothing),
            Column("quantity", lazy("数量"), "number", read=_quantity, shown=quantity_text),
            Column("unit", lazy("単位"), "short"),
            Column("line", lazy("金額"), "figure"),
            Column("basis", lazy("積算の根拠"), "long"),
        ),
    )

    def offer(self, dossier: Dossier) -> None:
        """Offer the categories of the call, and those that were chosen when it had others."""
        self.asking = dossier.asking
        names = category_names(self.asking)
        chosen = [line.get("category", "") for line in dossier.content(Part.BUDGET).get(LINES, ())]
        keys = [key for key in dict.fromkeys((*names, *chosen)) if key]
        self.lines.choices = {
            "category": [("", _("選んでください")), *((key, category_text(key, names)) for key in keys)]
        }

    @property
    def figures(self) -> Mapping[str, str]:
        """What each line and each category come to, all of them, and how that stands to both limits (R0.2, R1.32)."""
        found = reckoned(self.content, self.asking)
        rows = enumerate(self.lines.lines)
        told = {f"line-{place}": yen(amount_of(row.values)) if row.is_kept else "" for place, row in rows}
        for key, _label in self.lines.choices["category"]:
            if key:
                told[f"category-{key}"] = yen(found.subtotals.get(key, 0))
        return {
            **told,
            "total": yen(found.total),
            "cap": self._cap(found.total),
            "indirect": self._indirect(found),
            **({"refused": " ".join(self.notes)} if self.asking.says.refused_costs else {}),
        }

    @property
    def notes(self) -> Sequence[str]:
        """Which lines name costs that the call never pays (R1.34)."""
        return [one.sentence for one in RULES.cautions(self.content, self.asking)]

    def _cap(self, total: int) -> str:
        cap = self.asking.tier.cap_yen
        if total > cap:
            return _("上限の%(cap)sを%(over)s超えています。", cap=yen(cap), over=yen(total - cap))
        return _("上限の%(cap)sまで、あと%(room)sです。", cap=yen(cap), room=yen(cap - total))

    def _indirect(self, found: Any) -> str:
        if found.indirect_limit is None:
            return ""
        rule, names = self.asking.says.budget, category_names(self.asking)
        return _(
            "「%(category)s」は、ほかの費目の合計から決まり、いまは%(limit)sまでです。書いたのは%(amount)sです。",
            category=names.get(rule.overhead_category, rule.overhead_category),
            limit=yen(found.indirect_limit),
            amount=yen(found.indirect),
        )
