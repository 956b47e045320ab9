"""The form of the amount, where the call asks for no lines of a budget."""

from typing import Any

from wtforms.validators import NumberRange, Optional

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Part
from grantflow.applications.section_forms.base import SectionForm
from grantflow.core.forms import YenField
from grantflow.core.text import yen
from grantflow.core.words import _, lazy


class AmountForm(SectionForm):
    """How much is asked for."""

    part = Part.AMOUNT
    template = "applications/parts/amount.html"

    requested_yen = YenField(
        lazy("申請額（円）"),
        [Optional(), NumberRange(min=0, max=10**12, message=lazy("申請額を0円以上で書いてください。"))],
        render_kw={"inputmode": "numeric"},
    )

    def offer(self, dossier: Dossier) -> None:
        """Say the cap of the tier; nothing stands where nothing was asked for yet."""
        self.requested_yen.description = _("上限は%(cap)sです（税込み）。", cap=yen(dossier.asking.tier.cap_yen))
        self.requested_yen.data = self.requested_yen.data or None

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of what was typed."""
        return {"requested_yen": self.requested_yen.data or 0}
