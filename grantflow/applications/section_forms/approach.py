"""The form of the approach."""

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms import RadioField

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Part
from grantflow.applications.section_forms.base import (
    SectionForm,
    answers_as_fields,
    answers_of,
    prose,
    with_questions,
)
from grantflow.calls.asking import Question
from grantflow.core.words import _, lazy


class ApproachForm(SectionForm):
    """Which approach, and what is added to what is done already."""

    part = Part.APPROACH
    template = "applications/parts/approach.html"
    questions: ClassVar[tuple[Question, ...]] = ()

    approach = RadioField(lazy("アプローチ"), validate_choice=False)
    added = prose(lazy("新しく加える要素"), 6)

    @classmethod
    def asked(cls, dossier: Dossier) -> type[SectionForm]:
        """The form with the questions of the call."""
        return with_questions(cls, dossier.asking.questions(Part.APPROACH))

    @classmethod
    def fields(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """What stands in the part, by field."""
        return {**content, **answers_as_fields(content)}

    def offer(self, dossier: Dossier) -> None:
        """Name the approaches of the call, and say which of them need something new."""
        approaches = dossier.asking.says.approaches
        self.keys = {each.key for each in approaches}
        self.approach.choices = [(each.key, each.name) for each in approaches]
        needing = [each.name for each in approaches if each.needs_added_element]
        if needing:
            self.added.description = _(
                "%(names)sを選んだときは、いまの活動に新しく何を加えるかを書いてください。",
                names=_("と").join(f"「{name}」" for name in needing),
            )

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of what was typed; an approach that the call does not name is none."""
        chosen = self.approach.data if self.approach.data in self.keys else ""
        return {"approach": chosen, "added": self.added.kept, "answers": answers_of(self)}
