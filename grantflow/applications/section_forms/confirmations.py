"""The form in which the group confirms the requirements of the call."""

from typing import Any

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Part
from grantflow.applications.section_forms.base import SectionForm, boxes
from grantflow.core.words import lazy


class ConfirmationsForm(SectionForm):
    """Each requirement with a box of its own."""

    part = Part.CONFIRMATIONS
    template = "applications/parts/confirmations.html"

    confirmed = boxes(lazy("応募の要件"), lazy("満たしていることを確かめて、1つずつ印を付けてください。"))

    def offer(self, dossier: Dossier) -> None:
        """Name the requirements word for word."""
        self.confirmed.choices = [(each, each) for each in dossier.asking.says.eligibility.requirements]

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of what was typed."""
        return {"confirmed": list(self.confirmed.data or ())}
