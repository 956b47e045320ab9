"""The form that says whom the project is for: stages of life down, what is particular about the people across."""

from collections.abc import Mapping
from typing import Any

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Part
from grantflow.applications.parts.targets import named
from grantflow.applications.section_forms.base import SectionForm, boxes
from grantflow.core.words import lazy

#: Between the stage and the attribute in the value of a box: no name holds a line end.
BETWEEN = "\n"


def _pair(value: str) -> str:
    """The value of a box as it was offered: a browser sends a line end as two characters."""
    return value.replace("\r\n", BETWEEN)


class TargetsForm(SectionForm):
    """A box for every stage with every attribute, and the features."""

    part = Part.TARGETS
    template = "applications/parts/targets.html"

    targets = boxes(
        lazy("ターゲット層"),
        lazy(
            "当てはまるものに、いくつでも印を付けてください。とくに決まった事情がなければ「事情を問わない」を選びます。"
        ),
        coerce=_pair,
    )
    features = boxes(lazy("特徴"), lazy("当てはまるものをいくつでも選べます。"))

    @classmethod
    def fields(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """What stands in the part, by field."""
        return {**content, "targets": [BETWEEN.join(pair) for pair in content.get("targets", ())]}

    def offer(self, dossier: Dossier) -> None:
        """Offer every pair, and what was chosen when the call offered something else."""
        audience, kept = dossier.asking.says.audience, dossier.content(Part.TARGETS)
        # A call without stages of life offers its attributes alone.
        self.stages = audience.groups or ("",)
        offered = [(stage, attribute) for stage in self.stages for attribute in ("", *audience.attributes)]
        pairs = [pair for pair in dict.fromkeys((*offered, *map(tuple, kept.get("targets", ())))) if any(pair)]
        self.targets.choices = [(BETWEEN.join(pair), named(*pair)) for pair in pairs]
        self.attributes = audience.attributes if audience.groups else ()
        features = dict.fromkeys((*audience.features, *kept.get("features", ())))
        self.features.choices = [(each, each) for each in features]

    @property
    def lines(self) -> list[tuple[str, list[Any]]]:
        """The boxes as a table: each stage of life with its boxes, the first for whoever is in it."""
        found, width = list(self.targets), len(self.attributes) + 1
        return [
            (stage, found[place * width : (place + 1) * width])
            for place, stage in enumerate(self.stages if self.attributes else ())
        ]

    @property
    def others(self) -> list[Any]:
        """The boxes that stand in no line of the table: what the call offered before."""
        return list(self.targets)[sum(len(row) for _stage, row in self.lines) :]

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of what was typed."""
        return {
            "targets": [each.split(BETWEEN) for each in self.targets.data or ()],
            "features": list(self.features.data or ()),
        }
