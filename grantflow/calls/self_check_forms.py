"""The questions of a self-check as a form that travels in the address, where answers can be kept as a bookmark."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import RadioField
from wtforms.validators import AnyOf, InputRequired

from grantflow.calls.asking import CheckQuestion, SelfCheck
from grantflow.core.forms import QueryForm
from grantflow.core.words import lazy


def check_form(check: SelfCheck, given: Mapping[str, str]) -> QueryForm:
    """A form with a choice for each question; what was `given` is chosen already."""
    # A key of the call may be called as a form's own parts are, so the fields are named by their place.
    fields = {f"question_{place}": _choice(place, each) for place, each in enumerate(check.questions, 1)}
    kind: type[QueryForm] = type("CheckForm", (QueryForm,), fields)
    form = kind(MultiDict(given) if given else None)
    for field, question in zip(form, check.questions, strict=True):
        _offer(field, question)
    return form


def _offer(field: Any, question: CheckQuestion) -> None:
    field.choices = [(each.key, each.text) for each in question.answers]


def _choice(place: int, question: CheckQuestion) -> Any:
    return RadioField(
        question.text,
        [
            InputRequired(lazy("答えを1つ選んでください。")),
            AnyOf([each.key for each in question.answers], lazy("この質問にある答えから選び直してください。")),
        ],
        description=question.help,
        name=question.key,
        id=f"question-{place}",
        validate_choice=False,
    )
