"""The form that decides on many proposals: a line for each, read from what was sent."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import SubmitField

from grantflow.applications.deciding import Decided, Verdict
from grantflow.applications.models import Application
from grantflow.core.forms import BaseForm
from grantflow.core.text import levelled, problems_in_line
from grantflow.core.words import _, lazy

VERDICT, REASON, SEEN = "verdict-", "reason-", "seen-"
LONGEST = 2000


class DecideForm(BaseForm):
    """The token and the button; the lines stand beside it."""

    submit = SubmitField(lazy("変更を確かめる"))


class ApplyForm(BaseForm):
    """The button that carries out what was shown."""

    submit = SubmitField(lazy("すべて適用する"))


@dataclass(slots=True)
class Line:
    """One proposal on the page: what is proposed (empty: nothing yet), why, its version, and what is wrong with it."""

    application: Application
    verdict: str = ""
    reason: str = ""
    seen: int = 0
    problem: str = ""

    @property
    def decided(self) -> Decided | None:
        """What is proposed, where something is."""
        if not self.verdict:
            return None
        return Decided(self.application, Verdict(self.verdict), self.reason, self.seen)


def sent_ids(sent: MultiDict[str, Any]) -> list[uuid.UUID]:
    """The proposals that a form names; what is no id is left out."""
    found = []
    for name in sent:
        if name.startswith(SEEN):
            try:
                found.append(uuid.UUID(name.removeprefix(SEEN)))
            except ValueError:
                continue
    return found


def lines_of(applications: Sequence[Application], sent: MultiDict[str, Any]) -> list[Line]:
    """The lines as they were sent, for the proposals that may be decided on."""
    return [_line(application, sent) for application in applications]


def _line(application: Application, sent: MultiDict[str, Any]) -> Line:
    key = str(application.id)
    verdict = str(sent.get(f"{VERDICT}{key}", ""))
    reason = levelled(str(sent.get(f"{REASON}{key}", ""))).strip()
    seen = str(sent.get(f"{SEEN}{key}", ""))
    line = Line(
        application,
        verdict if verdict in set(Verdict) else "",
        reason,
        int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0,
    )
    line.problem = _problem(line)
    return line


def _problem(line: Line) -> str:
    if len(line.reason) > LONGEST:
        return _("理由は2,000文字以内で書いてください。")
    for text in line.reason.split("\n"):
        for problem in problems_in_line(text):
            return problem.sentence
    if line.verdict == Verdict.INELIGIBLE and not line.reason:
        return _("理由が空です。団体に知らせる理由を書いてください。")
    if line.reason and line.verdict != Verdict.INELIGIBLE:
        return _("理由が書かれていますが、「対象外とする」が選ばれていません。選ぶか、理由を消してください。")
    return ""
