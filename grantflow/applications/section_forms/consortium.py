"""The form of the bodies that do the project together."""

from collections.abc import Sequence

from grantflow.applications.outline import Part
from grantflow.applications.parts.rows import some_yen
from grantflow.applications.section_forms.rows import Column, RowsField, RowsForm, yen_or_nothing
from grantflow.core.identifiers import parse_corporate_number, read_corporate_number
from grantflow.core.words import _, lazy


def _number(text: str) -> str:
    """The 法人番号 that was typed, nothing where nothing was; `BadIdentifier` with a sentence otherwise (R5.1)."""
    return parse_corporate_number(text) if text else ""


class ConsortiumForm(RowsForm):
    """Who, for what, and with how much of the money."""

    part = Part.CONSORTIUM
    template = "applications/parts/consortium.html"

    rows = RowsField(
        lazy("共同で行う団体"),
        (
            Column("name", lazy("団体名"), "long"),
            Column("role", lazy("受け持つこと"), "long"),
            Column("corporate_number", lazy("法人番号（あれば）"), read=_number),
            Column("share_yen", lazy("分ける額（円）"), "number", read=some_yen, shown=yen_or_nothing),
        ),
    )

    @property
    def notes(self) -> Sequence[str]:
        """Numbers of an unusual range (R5.1)."""
        found = []
        for row in self.rows.kept:
            warning = read_corporate_number(row["corporate_number"]).warning if row["corporate_number"] else None
            if warning:
                found.append(_("%(name)s：%(warning)s", name=row["name"], warning=warning))
        return found
