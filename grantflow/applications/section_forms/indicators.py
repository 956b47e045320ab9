"""The form of the indicators."""

from grantflow.applications.outline import Part
from grantflow.applications.section_forms.rows import Column, RowsField, RowsForm
from grantflow.core.words import lazy


class IndicatorsForm(RowsForm):
    """What is measured, from where to where, and how."""

    part = Part.INDICATORS
    template = "applications/parts/indicators.html"

    rows = RowsField(
        lazy("成果の指標"),
        (
            Column("name", lazy("指標"), "long"),
            Column("unit", lazy("単位"), "short"),
            Column("baseline", lazy("いまの値")),
            Column("target", lazy("目標")),
            Column("method", lazy("測り方"), "long"),
        ),
    )
