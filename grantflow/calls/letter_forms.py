"""The form in which a mail is worded."""

from typing import Any

from wtforms import HiddenField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from grantflow.core.forms import BaseForm, LineField
from grantflow.core.text import levelled
from grantflow.core.words import lazy
from grantflow.mail import letters
from grantflow.mail.catalogue import Template
from grantflow.mail.letters import Letter

LONGEST_SUBJECT, LONGEST_BODY = 120, 10_000


class LetterForm(BaseForm):
    """Subject and text, with places in them; `version` names the words from which the page was filled."""

    version = HiddenField()
    subject = LineField(
        lazy("件名"),
        [
            DataRequired(lazy("件名を入力してください。")),
            Length(max=LONGEST_SUBJECT, message=lazy("件名は120文字以内で入力してください。")),
        ],
    )
    body = TextAreaField(
        lazy("本文"),
        [
            DataRequired(lazy("本文を入力してください。")),
            Length(max=LONGEST_BODY, message=lazy("本文は10,000文字以内で入力してください。")),
        ],
        render_kw={"rows": 16},
    )
    submit = SubmitField(lazy("この文面にする"))

    def __init__(self, template: Template, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.template = template

    @property
    def letter(self) -> Letter:
        """What was typed, its lines ended as ours are."""
        lines = levelled(str(self.body.data or "")).split("\n")
        return Letter(str(self.subject.data or ""), "\n".join(line.rstrip() for line in lines).strip("\n") + "\n")

    def validate_subject(self, field: Any) -> None:
        """Every place in it is known and closed."""
        _refuse(letters.problems(self.template, self.letter.subject))

    def validate_body(self, field: Any) -> None:
        """Every place in it is known and closed, and those that it needs are there."""
        _refuse(letters.problems(self.template, self.letter.body) or letters.missing(self.template, self.letter))


def _refuse(problems: list[str]) -> None:
    if problems:
        raise ValidationError(" ".join(problems))
