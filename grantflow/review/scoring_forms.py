"""The forms of a reviewer: the answer on a conflict of interest, and the lines of a sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from grantflow.calls.models import Call, Criterion
from grantflow.core.forms import BaseForm
from grantflow.core.refusals import Refused
from grantflow.core.words import _, lazy
from grantflow.review.models import ConflictKind, ScoreKind
from grantflow.review.scoring import Answer, read_answer

NO, YES = "no", "yes"
LONGEST_WORDS = 2000


class ConflictForm(BaseForm):
    """Whether the reviewer has a conflict of interest with the proposal; with one, which and how (R4.1)."""

    answer = RadioField(
        lazy("この応募と利益相反がありますか"),
        [InputRequired(lazy("利益相反があるかないかを選んでください。"))],
        choices=[SelectChoice(NO, lazy("ない")), SelectChoice(YES, lazy("ある"))],
    )
    kind = SelectField(
        lazy("どのような関係ですか（「ある」のとき）"),
        default="",
        choices=[
            SelectChoice("", lazy("選んでください")),
            *(SelectChoice(kind.value, kind.label_source) for kind in ConflictKind),
        ],
    )
    words = TextAreaField(
        lazy("くわしい事情（「ある」のとき）"),
        [Length(max=LONGEST_WORDS, message=lazy("くわしい事情は2,000文字以内で入力してください。"))],
        description=lazy("だれと、いつ、どのような関係だったかを書いてください。事務局と監査だけが読みます。"),
        render_kw={"rows": 3},
    )

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        """Also ask for the kind and the words of a conflict."""
        sound: bool = super().validate(extra_validators)
        if self.answer.data == YES:
            if not self.kind.data:
                self.kind.errors = [_("どのような関係かを選んでください。")]
                sound = False
            if not (self.words.data or "").strip():
                self.words.errors = [_("くわしい事情を入力してください。")]
                sound = False
        return sound


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion on the sheet: what is chosen and written, what its grades stand for, and what is wrong with it."""

    criterion: Criterion
    choice: str
    comment: str
    anchors: Mapping[int, str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent for a sheet: the answers that could be read, and what was typed with its problem, by criterion."""

    answers: Mapping[str, Answer]
    raw: Mapping[str, tuple[str, str]]
    problems: Mapping[str, str]


def typed(call: Call, sent: Mapping[str, str]) -> Typed:
    """The lines that are in `sent`: `value-KEY` and `comment-KEY`; a line of which nothing is there is left alone."""
    answers, raw, problems = {}, {}, {}
    for criterion in call.criteria:
        names = (f"value-{criterion.key}", f"comment-{criterion.key}")
        if not any(name in sent for name in names):
            continue
        choice, comment = raw[criterion.key] = (sent.get(names[0], ""), sent.get(names[1], ""))
        try:
            answers[criterion.key] = read_answer(call, choice, comment)
        except Refused as problem:
            problems[criterion.key] = str(problem)
    return Typed(answers, raw, problems)


def lines(
    call: Call, stored: Mapping[str, Answer], anchors: Mapping[str, Mapping[int, str]], sent: Typed | None = None
) -> list[Line]:
    """The lines of a sheet as stored; where something was sent, as it was typed."""
    found = []
    for criterion in call.criteria:
        answer = stored[criterion.key]
        choice, comment = answer.choice, answer.comment
        if sent and criterion.key in sent.raw:
            choice, comment = sent.raw[criterion.key]
        problem = sent.problems.get(criterion.key, "") if sent else ""
        found.append(Line(criterion, choice, comment, anchors.get(criterion.key, {}), problem))
    return found


def grouped(found: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """The lines under the headings of the published criteria, in their order."""
    return [(name, list(members)) for name, members in groupby(found, _heading)]


def _heading(line: Line) -> str:
    return " ".join(filter(None, (line.criterion.group, line.criterion.subgroup)))


def spelled(choice: str) -> str:
    """What was chosen, in words."""
    if choice in (ScoreKind.ABSTAINED, ScoreKind.NOT_APPLICABLE):
        return str(ScoreKind(choice).label)
    return _("%(grade)s点", grade=choice) if choice else str(ScoreKind.MISSING.label)


def both(call: Call, stored: Mapping[str, Answer], sent: Typed) -> list[dict[str, str]]:
    """What stands on the sheet beside what was typed, line by line, for the page that shows both versions."""
    return [
        {
            "label": criterion.text,
            "stored": _in_words(stored[criterion.key].choice, stored[criterion.key].comment),
            "typed": _in_words(*sent.raw[criterion.key]),
        }
        for criterion in call.criteria
        if criterion.key in sent.raw
    ]


def _in_words(choice: str, comment: str) -> str:
    text = comment.replace("\r\n", "\n").strip()
    return f"{spelled(choice)}\n{text}" if text else spelled(choice)
