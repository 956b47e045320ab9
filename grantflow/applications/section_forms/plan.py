"""The form of the plan."""

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms.validators import Length

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import listed
from grantflow.applications.parts.plan import place_text, read_places
from grantflow.applications.section_forms.base import (
    LONGEST_LINE,
    SectionForm,
    answers_as_fields,
    answers_of,
    prose,
    readable,
    with_questions,
)
from grantflow.calls.asking import Question
from grantflow.core.forms import LineField
from grantflow.core.municipalities import label
from grantflow.core.words import _, lazy

TOO_LONG = lazy("長すぎて保存できません。短くしてください。")


class PlanForm(SectionForm):
    """What is planned."""

    part = Part.PLAN
    template = "applications/parts/plan.html"
    questions: ClassVar[tuple[Question, ...]] = ()

    title = LineField(lazy("事業名"), [readable, Length(max=LONGEST_LINE, message=TOO_LONG)])
    summary = prose(lazy("概要"), 5)
    activity_area = LineField(
        lazy("活動地域"),
        [readable, Length(max=LONGEST_LINE, message=TOO_LONG)],
        description=lazy("公表するときの書き方で、市区町村の名前まで書いてください。"),
    )
    area_codes = LineField(
        lazy("活動する市区町村（分かれば）"),
        [readable, Length(max=LONGEST_LINE, message=TOO_LONG)],
        description=lazy(
            "名前か6桁のコードで書いてください。いくつかあるときは「、」で区切ります。例：東京都千代田区、131024"
        ),
    )

    @classmethod
    def asked(cls, dossier: Dossier) -> type[SectionForm]:
        """The form with the questions of the call, each text with its limit."""
        return with_questions(cls, dossier.asking.questions(Part.PLAN))

    @classmethod
    def fields(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """What stands in the plan, by field."""
        places = _("、").join(map(label, content.get("area_codes", ())))
        return {**content, "area_codes": places, **answers_as_fields(content)}

    def offer(self, dossier: Dossier) -> None:
        """Say the limits of the call."""
        limits = dossier.asking.says.limits
        for field, limit in ((self.title, limits.title), (self.summary, limits.summary)):
            if limit:
                field.description = _("%(limit)s文字以内で書いてください。", limit=limit)
                field.render_kw = {**(field.render_kw or {}), "data-limit": limit}

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of what was typed."""
        return {
            "title": self.title.data or "",
            "summary": self.summary.kept,
            "activity_area": self.activity_area.data or "",
            "area_codes": read_places(self.area_codes.data or ""),
            "answers": answers_of(self),
        }

    @property
    def figures(self) -> Mapping[str, str]:
        """What was understood as municipalities, and what was not."""
        return {"area": listed([place_text(each) for each in self.content["area_codes"]])}
