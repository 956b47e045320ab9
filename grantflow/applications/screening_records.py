"""The verbs of the first screening that move nothing: answering its items, looking at what was found (R3.7)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from grantflow.applications.models import Application, ScreeningAnswer, ScreeningVerdict, SeenFinding
from grantflow.applications.operations import COLUMNS
from grantflow.applications.screened import answer_of, seen_finding
from grantflow.applications.screening.finding import Finding
from grantflow.audit import trail
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.permissions import Permission


class Looked(NamedTuple):
    """What somebody says of one item: the answer (None: none yet), a note, and the part that was looked at."""

    verdict: ScreeningVerdict | None = None
    note: str = ""
    part: str = ""


class AnsweredMeanwhile(Exception):
    """Somebody else answered `items` since the page was shown; nothing was written."""

    def __init__(self, items: Sequence[str]) -> None:
        super().__init__(", ".join(items))
        self.items = tuple(items)


def said(row: ScreeningAnswer | None) -> Looked:
    """What a stored answer says."""
    return Looked(row.verdict, row.note, row.part) if row else Looked()


def answer(
    application: Application,
    answers: Mapping[str, Looked],
    *,
    seen: Mapping[str, int],
    of_version: int,
    by: Actor,
) -> int:
    """Keep what `by` says of the items, of the version that was shown; returns how many answers changed (R3.7).

    `seen` are the versions of the answers that were shown (0: none). Raises AnsweredMeanwhile when one of those that
    `by` changes is not the last one. An item of which nothing is said any more has no answer. Of notes the event says
    only that they changed.
    """
    authorize(by, Permission.APPLICATION_SCREEN, application)
    _refuse_unreceived(application)
    db.session.refresh(application, COLUMNS, with_for_update=True)
    rows = {item: answer_of(application, item) for item in answers}
    # What nobody had answered and is left empty was not touched
    touched = {
        item: one
        for item, one in answers.items()
        if one != said(rows[item]) and not (one == Looked() and not seen.get(item))
    }
    late = [item for item in touched if _version(rows[item]) != seen.get(item, 0)]
    if late:
        raise AnsweredMeanwhile(late)
    if not touched:
        return 0
    trail.record(
        "applications.look_at_form",
        application,
        by=by,
        version=of_version,
        before={"items": {item: _verdict(said(rows[item])) for item in touched}},
        after={"items": {item: _verdict(one) for item, one in touched.items()}},
    )
    for item, one in touched.items():
        _keep(application, rows[item], item, one, of_version, by)
    db.session.flush()
    return len(touched)


def _version(row: ScreeningAnswer | None) -> int:
    return row.version if row else 0


def _verdict(one: Looked) -> str:
    return one.verdict.label_source.source if one.verdict else ""


def _keep(
    application: Application, row: ScreeningAnswer | None, item: str, one: Looked, of_version: int, by: Actor
) -> None:
    if one.verdict is None:
        if row is not None:
            db.session.delete(row)
        return
    if row is None:
        row = ScreeningAnswer(application_id=application.id, item=item)
        db.session.add(row)
    row.verdict, row.note, row.part = one.verdict, one.note, one.part
    row.of_version, row.answered_at, row.answered_by = of_version, clock.now(), by.name


def look(application: Application, finding: Finding, note: str, *, by: Actor) -> SeenFinding:
    """Note that `by` looked at what was found and sees no problem, and why; once noted it stays as it is (R3.7)."""
    authorize(by, Permission.APPLICATION_SCREEN, application)
    _refuse_unreceived(application)
    if not note.strip():
        raise Refused(_("何を見て問題がないと分かったかが空です。後から読む人に分かるように書いてください。"))
    db.session.refresh(application, COLUMNS, with_for_update=True)
    row = seen_finding(application, finding.key)
    if row is not None:
        return row
    row = SeenFinding(
        application_id=application.id,
        finding=finding.key,
        note=note.strip(),
        seen_at=clock.now(),
        seen_by=by.name,
    )
    db.session.add(row)
    trail.record(
        "applications.see_finding", application, by=by, finding=finding.kind.value, part=finding.place.part.value
    )
    db.session.flush()
    return row


def look_again(application: Application, finding: Finding, *, by: Actor) -> None:
    """Take back that what was found was looked at."""
    authorize(by, Permission.APPLICATION_SCREEN, application)
    row = seen_finding(application, finding.key)
    if row is None:
        return
    db.session.delete(row)
    trail.record(
        "applications.reopen_finding", application, by=by, finding=finding.kind.value, part=finding.place.part.value
    )


def _refuse_unreceived(application: Application) -> None:
    if application.number is None:
        raise Refused(_("まだ受け付けていない応募です。提出されてから形式審査をしてください。"))
