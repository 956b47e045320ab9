"""The forms of the first screening: its items as they are answered, what was looked at, and what its list asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wtforms import TextAreaField
from wtforms.validators import Length

from grantflow.applications.models import ScreeningAnswer, ScreeningVerdict
from grantflow.applications.outline import Part
from grantflow.applications.screened import Screened
from grantflow.applications.screening_records import Looked, said
from grantflow.calls.asking import ScreeningItem
from grantflow.core.forms import BaseForm
from grantflow.core.text import levelled
from grantflow.core.words import Labelled, _, lazy

LONGEST_NOTE = 2000


class ChecklistForm(BaseForm):
    """The items of one proposal; their fields are read line by line."""


class SeenForm(BaseForm):
    """That somebody looked at what was found, and why it is no problem."""

    note = TextAreaField(
        lazy("何を見て、問題がないと分かりましたか"),
        [Length(max=LONGEST_NOTE, message=lazy("2,000文字以内で入力してください。"))],
        render_kw={"rows": 2},
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One item on the page: what is chosen and written, what is stored, and what is wrong with it."""

    item: ScreeningItem
    verdict: str = ""
    note: str = ""
    part: str = ""
    stored: ScreeningAnswer | None = None
    problem: str = ""

    @property
    def seen(self) -> int:
        """The version of the stored answer that is shown; 0 for none."""
        return self.stored.version if self.stored else 0

    @property
    def looked(self) -> Looked:
        """What the line says."""
        return Looked(ScreeningVerdict(self.verdict) if self.verdict else None, self.note, self.part)


def lines(of: Screened) -> list[Line]:
    """The items as they are stored."""
    return [_stored(item, of.answers.get(item.key)) for item in of.items]


def _stored(item: ScreeningItem, row: ScreeningAnswer | None) -> Line:
    told = said(row)
    return Line(item, told.verdict.value if told.verdict else "", told.note, told.part, row)


def typed(of: Screened, sent: Mapping[str, str]) -> list[Line]:
    """The items as they were sent: `verdict-KEY`, `note-KEY`, `part-KEY`; what cannot be read has a problem."""
    known = {one.part.value for one in of.dossier.told}
    found = []
    for item in of.items:
        verdict = sent.get(f"verdict-{item.key}", "")
        note = levelled(sent.get(f"note-{item.key}", "")).strip()
        part = sent.get(f"part-{item.key}", "")
        line = Line(item, verdict, note, part if part in known else "", of.answers.get(item.key))
        found.append(_with_problem(line))
    return found


def _with_problem(line: Line) -> Line:
    problem = ""
    if line.verdict and line.verdict not in set(ScreeningVerdict):
        problem, line = _("「はい」「いいえ」「該当しない」のどれかを選んでください。"), _with(line, verdict="")
    elif len(line.note) > LONGEST_NOTE:
        problem = _("2,000文字以内で入力してください。")
    elif line.verdict == ScreeningVerdict.NO and not line.note:
        problem = _("「いいえ」のときは、何がどう違うかを書いてください。")
    elif line.note and not line.verdict:
        problem = _("書いたことを残すには、「はい」「いいえ」「該当しない」のどれかを選んでください。")
    return _with(line, problem=problem) if problem else line


def _with(line: Line, **changes: str) -> Line:
    values = {"verdict": line.verdict, "note": line.note, "part": line.part, "problem": line.problem} | changes
    return Line(line.item, values["verdict"], values["note"], values["part"], line.stored, values["problem"])


def versions_sent(of: Screened, sent: Mapping[str, str]) -> dict[str, int]:
    """The version of each answer that the page showed; what is no number counts as none."""
    found = {item.key: sent.get(f"seen-{item.key}", "") for item in of.items}
    return {key: int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0 for key, text in found.items()}


def compared(shown: Sequence[Line], items: Sequence[str]) -> list[dict[str, str]]:
    """What is stored of the items and what was typed, side by side."""
    return [
        {"label": line.item.text, "stored": in_words(said(line.stored)), "typed": in_words(line.looked)}
        for line in shown
        if line.item.key in items
    ]


def in_words(one: Looked) -> str:
    """An answer as people read it."""
    verdict = one.verdict.label if one.verdict else _("まだ答えていません")
    part = str(Part(one.part).label) if one.part else ""
    return "\n".join(filter(None, (verdict, part, one.note)))


class Left(Labelled):
    """What of a list of screenings is shown."""

    ALL = "", lazy("すべて")
    FINDINGS = "findings", lazy("まだ見ていない指摘がある")
    ITEMS = "items", lazy("まだ答えていない項目がある")
    REFUSED = "refused", lazy("「いいえ」の項目がある")
    NOTHING = "nothing", lazy("すべて見終わった")

    def holds(self, row: Screened) -> bool:
        """Whether a row is among what is shown."""
        if self is Left.FINDINGS:
            return bool(row.open)
        if self is Left.ITEMS:
            return row.answered < len(row.items)
        if self is Left.REFUSED:
            return row.refused > 0
        return self is Left.ALL or row.is_through
