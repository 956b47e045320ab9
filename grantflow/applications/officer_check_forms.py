"""The forms of officer checks: the authority's letter, a result for each proposal, or all of them pasted."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import SubmitField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from grantflow.applications.checking import LONGEST, Answer, BadLine, Letter, pasted
from grantflow.applications.models import Application
from grantflow.applications.screening_models import CheckResult, OfficerCheck
from grantflow.applications.section_forms.base import readable
from grantflow.core import clock
from grantflow.core.forms import BaseForm, DateField, LineField
from grantflow.core.text import levelled, problems_in_line
from grantflow.core.words import _, lazy

RESULT, NOTE, SEEN = "result-", "note-", "seen-"


class LetterForm(BaseForm):
    """The authority's letter."""

    on = DateField(lazy("回答の文書の日付"), [Optional()], description=lazy("例：令和8年6月9日、2026-06-09"))
    reference = LineField(
        lazy("回答の文書の番号"),
        [readable, Length(max=200, message=lazy("文書の番号は200文字以内で書いてください。"))],
    )

    def validate_on(self, field: Any) -> None:
        """A letter that came was not written after today."""
        if field.data is not None and field.data > clock.today():
            raise ValidationError(_("文書の日付が今日より後です。日付を確かめてください。"))

    @property
    def letter(self) -> Letter:
        """What was typed of the letter."""
        return Letter(self.on.data, str(self.reference.data or ""))


class ChecksForm(LetterForm):
    """The letter, and a list of answers that is pasted instead of chosen row by row."""

    paste = TextAreaField(
        lazy("回答の一覧を貼り付ける"),
        [Length(max=100_000, message=lazy("長すぎて読めません。分けて貼り付けてください。"))],
        description=lazy(
            "1行に1件、「受付番号、結果、備考」の順に、タブか「,」で区切ります。貼り付けた応募は、下で選んだ結果より優先します。"
        ),
        render_kw={"rows": 4},
    )
    submit = SubmitField(lazy("記録する内容を確かめる"))


class RecordForm(LetterForm):
    """The same letter once more, and the button that records what was shown."""

    submit = SubmitField(lazy("すべて記録する"))


@dataclass(slots=True)
class Row:
    """One proposal on the page: the result that counts now, what is chosen, and what is wrong with it."""

    application: Application
    known: OfficerCheck | None
    result: str = ""
    note: str = ""
    seen: int = 0
    problem: str = ""

    @property
    def answer(self) -> Answer | None:
        """What is chosen, where something is."""
        return Answer(self.application, CheckResult(self.result), self.note, self.seen) if self.result else None


def rows_now(applications: Sequence[Application], known: Mapping[uuid.UUID, OfficerCheck]) -> list[Row]:
    """The rows as they stand."""
    return [
        Row(one, row, row.result.value if row else "", row.note if row else "", row.number if row else 0)
        for one in applications
        for row in (known.get(one.id),)
    ]


def rows_sent(
    applications: Sequence[Application], known: Mapping[uuid.UUID, OfficerCheck], sent: MultiDict[str, Any]
) -> list[Row]:
    """The rows as they were sent; a proposal that the form does not name is left out."""
    return [_row(one, known.get(one.id), sent) for one in applications if f"{SEEN}{one.id}" in sent]


def _row(application: Application, known: OfficerCheck | None, sent: MultiDict[str, Any]) -> Row:
    key = str(application.id)
    result = str(sent.get(f"{RESULT}{key}", ""))
    note = levelled(str(sent.get(f"{NOTE}{key}", ""))).replace("\n", " ").strip()
    seen = str(sent.get(f"{SEEN}{key}", ""))
    row = Row(application, known, result if result in set(CheckResult) else "", note)
    row.seen = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    row.problem = next((problem.sentence for problem in problems_in_line(note)), "")
    if len(note) > LONGEST:
        row.problem = _("備考は1,000文字以内で書いてください。")
    return row


def fill(rows: Sequence[Row], text: str) -> str:
    """Fill the rows from what was pasted; answers with what is wrong with it, and then changes nothing."""
    known = {str(row.application.number): row.application for row in rows}
    try:
        found = pasted(levelled(text), known)
    except BadLine as problem:
        return str(problem)
    for row in rows:
        if row.application.id in found:
            result, row.note = found[row.application.id]
            row.result = result.value
            row.problem = next((problem.sentence for problem in problems_in_line(row.note)), "")
    return ""
