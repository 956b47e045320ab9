"""What the forms of all parts share: texts of several lines, boxes, questions of the call."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from flask import request
from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from grantflow.applications.dossier import Dossier
from grantflow.applications.models import Application
from grantflow.applications.outline import Part
from grantflow.calls.asking import Question
from grantflow.core import words
from grantflow.core.authorization import Actor
from grantflow.core.forms import BaseForm
from grantflow.core.text import levelled, problems_in_line
from grantflow.core.words import _, lazy

LONGEST_LINE, LONGEST_TEXT = 400, 60_000


def readable(_form: object, field: Any) -> None:
    """Refuse what no text may hold: characters that cannot be seen or kept (R5.9)."""
    for line in str(field.data or "").split("\n"):
        for problem in problems_in_line(line):
            raise ValidationError(problem.sentence)


def boxes(label: Any, description: Any = "", *, coerce: Callable[[str], str] = str) -> SelectMultipleField:
    """Several choices, each with a box of its own; `coerce` reads the value of a box."""
    return SelectMultipleField(
        label,
        coerce=coerce,
        description=description,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class ProseField(TextAreaField):
    """Several lines of text; line ends are levelled, nothing else is changed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed."""
        super().process_formdata([levelled(str(each)) for each in valuelist])

    @property
    def kept(self) -> str:
        """The text without empty lines at its ends."""
        return str(self.data or "").strip("\n")


def prose(label: Any, rows: int = 5, *, limit: int | None = None, hint: str = "", required: bool = True) -> ProseField:
    """A text of several lines. `limit` is shown with a count that runs as one types; a draft may be longer for now."""
    told = _("%(limit)s文字以内で書いてください。", limit=limit) if limit else ""
    optional = "" if required else _("書かなくてもかまいません。")
    return ProseField(
        label,
        [readable, Length(max=LONGEST_TEXT, message=lazy("長すぎて保存できません。短くしてください。"))],
        description=" ".join(part for part in (hint, told, optional) if part),
        render_kw={"rows": rows, **({"data-limit": limit} if limit else {})},
    )


class SectionForm(BaseForm):
    """The form of one part of a proposal."""

    part: ClassVar[Part]
    #: The fields of the part.
    template: ClassVar[str]

    @classmethod
    def of(cls, dossier: Dossier) -> "SectionForm":
        """The form of the part: what was typed where something was sent, else what stands in the dossier."""
        whole = cls.asked(dossier)
        form = whole() if sent() else whole(data=cls.fields(dossier.content(cls.part)))
        form.offer(dossier)
        return form

    @classmethod
    def asked(cls, dossier: Dossier) -> "type[SectionForm]":
        """The form with what the call asks beside what every call asks."""
        return cls

    @classmethod
    def fields(cls, content: Mapping[str, Any]) -> dict[str, Any]:
        """What stands in the part, by field."""
        return dict(content)

    def offer(self, dossier: Dossier) -> None:
        """Fill the lists from which one chooses."""

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of what was typed."""
        raise NotImplementedError

    @property
    def notes(self) -> Sequence[str]:
        """What is odd about it, in sentences: nothing that must be corrected."""
        return ()

    def afterwards(self, application: Application, *, by: Actor) -> None:
        """What else follows when the part is saved by its button."""

    @property
    def figures(self) -> Mapping[str, str]:
        """What the page reckons while one types, by the name of its place; nothing for most parts."""
        return {}


def sent() -> bool:
    """Whether the form was sent."""
    return request.method == "POST"


def name_of(question: Question) -> str:
    """The field in which a question is answered."""
    return f"answer-{question.key}"


def with_questions(form: type[SectionForm], questions: tuple[Question, ...]) -> type[SectionForm]:
    """The form with a field for each question of the call."""
    kind: Any = form
    return _with_questions(kind, questions, words.language())


@lru_cache(maxsize=128)
def _with_questions(form: type[SectionForm], questions: tuple[Question, ...], _language: str) -> type[SectionForm]:
    fields = {
        name_of(one): prose(one.text, one.rows, limit=one.limit, hint=one.hint, required=one.required)
        for one in questions
    }
    return type(form.__name__, (form,), {**fields, "questions": questions})


def answers_as_fields(content: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that stand in a part, by field."""
    return {f"answer-{key}": text for key, text in content.get("answers", {}).items()}


def answers_of(form: Any) -> dict[str, str]:
    """What was typed as answers, by question; none for what was left empty."""
    return {one.key: form[name_of(one)].kept for one in form.questions if form[name_of(one)].kept}
