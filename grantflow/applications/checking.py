"""Recording what was answered about officers (役員の確認の結果): for many proposals, all or nothing (R3.3)."""

import datetime as dt
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from grantflow.applications import officer_checks
from grantflow.applications.models import Application
from grantflow.applications.screening_models import CheckResult, OfficerCheck
from grantflow.audit import trail
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.permissions import Permission

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be recorded for one proposal; `seen` is the number of the last result that was shown (0: none)."""

    application: Application
    result: CheckResult
    note: str = ""
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """The authority's letter: its date and its reference; both may be unknown while no answer has come."""

    on: dt.date | None = None
    reference: str = ""


class BadLine(ValueError):
    """A pasted line that cannot be read; the message is a sentence for the user."""


def pasted(text: str, known: Mapping[str, Application]) -> dict[uuid.UUID, tuple[CheckResult, str]]:
    """The results that lines of `number, result, note` name, by proposal; raises BadLine with every line's problem.

    Cells are divided by tabs or commas; a result is written as it is called. Empty lines are left out.
    """
    found: dict[uuid.UUID, tuple[CheckResult, str]] = {}
    problems = []
    for place, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in re.split(r"[\t,，]", line, maxsplit=2)]
        number, word, note = (*cells, "", "")[:3]
        application, result = known.get(number), _result(word)
        if application is None:
            problems.append(
                _("%(line)s行目：受付番号「%(number)s」の応募がありません。", line=place, number=number[:40])
            )
        elif result is None:
            problems.append(
                _(
                    "%(line)s行目：結果「%(word)s」は読めません。「%(known)s」のどれかを書いてください。",
                    line=place,
                    word=word[:40],
                    known=_("」「").join(str(each.label) for each in CheckResult),
                )
            )
        elif application.id in found:
            problems.append(_("%(line)s行目：受付番号「%(number)s」が2回あります。", line=place, number=number))
        else:
            found[application.id] = (result, note[:LONGEST])
    if problems:
        raise BadLine("\n".join(problems))
    return found


def _result(word: str) -> CheckResult | None:
    return next((each for each in CheckResult if word in (each.value, str(each.label))), None)


def changes(call: Call, answers: Iterable[Answer]) -> list[Answer]:
    """Those that say something else than what counts now."""
    known = officer_checks.of_call(call)
    return [one for one in answers if not _is_known(one, known.get(one.application.id))]


def _is_known(one: Answer, row: OfficerCheck | None) -> bool:
    return row is not None and row.result is one.result and row.note == one.note


def record(call: Call, answers: Sequence[Answer], letter: Letter, *, by: Actor) -> int:
    """Record all of them, or none: refused with every proposal of which somebody else recorded a result meanwhile.

    The event says how many results were recorded, and nothing of what they are. Returns their number.
    """
    authorize(by, Permission.OFFICERS_LIST, call)
    ids = sorted(one.application.id for one in answers)
    locked = select(Application).where(Application.id.in_(ids)).order_by(Application.id).with_for_update()
    db.session.scalars(locked.execution_options(populate_existing=True)).all()
    known = officer_checks.of_call(call)
    found = changes(call, answers)
    for one in found:
        authorize(by, Permission.CHECK_RECORD, one.application)
    numbers = {row_id: row.number for row_id, row in known.items()}
    late = [str(one.application.number) for one in found if numbers.get(one.application.id, 0) != one.seen]
    if late:
        raise Refused(
            _(
                "画面を開いたあとに、ほかの人が%(numbers)sの結果を記録しました。1件も記録していません。"
                "画面を開き直して、もう一度選んでください。",
                numbers=_("、").join(late),
            )
        )
    if any(one.result is not CheckResult.UNANSWERED for one in found) and not (letter.on and letter.reference):
        raise Refused(_("回答の文書の日付と番号を書いてください。回答があった結果には、両方が要ります。"))
    for one in found:
        answered = one.result is not CheckResult.UNANSWERED
        row = OfficerCheck(
            application_id=one.application.id,
            application=one.application,
            number=one.seen + 1,
            result=one.result,
            answered_on=letter.on if answered else None,
            reference=letter.reference if answered else "",
            note=one.note,
            recorded_by=by.name,
            recorded_at=clock.now(),
        )
        db.session.add(row)
        trail.record("officers.record_check", one.application, by=by, number=row.number)
    db.session.flush()
    return len(found)
