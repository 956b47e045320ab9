"""The form of the schedule."""

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Grid
from grantflow.applications.parts.schedule import month_text, months
from grantflow.applications.section_forms.rows import Column, RowsField, RowsForm
from grantflow.core.words import _, lazy


class ScheduleForm(RowsForm):
    """What is done from which month to which, and by whom."""

    part = Part.SCHEDULE
    template = "applications/parts/schedule.html"
    #: What was saved, as it is drawn.
    picture: Grid | None = None

    rows = RowsField(
        lazy("実施スケジュール"),
        (
            Column("what", lazy("すること"), "long"),
            Column("begins", lazy("始める月"), "choice"),
            Column("ends", lazy("終える月"), "choice"),
            Column("who", lazy("担当")),
        ),
    )

    def offer(self, dossier: Dossier) -> None:
        """Offer the months of the project, and those that were chosen when the project had others."""
        kept = dossier.content(Part.SCHEDULE).get("rows", ())
        chosen = {row.get(name, "") for row in kept for name in ("begins", "ends")} - {""}
        offered = [(month, month_text(month)) for month in sorted({*months(dossier.asking.says), *chosen})]
        self.rows.choices = {name: [("", _("選んでください")), *offered] for name in ("begins", "ends")}
        self.picture = next((one for one in dossier.reading(Part.SCHEDULE) if isinstance(one, Grid) and one.rows), None)
