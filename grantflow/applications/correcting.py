"""The verbs of correction (補正): asking for it, and giving more time once (R3.8)."""

import datetime as dt
from collections.abc import Mapping

from grantflow.applications import corrections, notices, queries, submissions
from grantflow.applications.correctable import names_of
from grantflow.applications.models import Application
from grantflow.applications.operations import COLUMNS, lay_aside
from grantflow.applications.screening_models import Correction
from grantflow.applications.workflow import APPLICATION
from grantflow.audit import trail
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize
from grantflow.core.dates import moment_text
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.permissions import Permission

#: By so many working days the time can be made longer at most.
MOST_MORE = 10


def due(application: Application) -> dt.datetime:
    """Until when the group would have to mend what is asked for now."""
    call = application.call
    return corrections.due_after(call, clock.now(), corrections.rule(call).working_days)


def ask(
    application: Application, fields: Mapping[str, str], reason: str, *, seen: dt.datetime, link: str, by: Actor
) -> Correction:
    """Give the proposal back for correction of `fields` (what to mend, by field) and tell its group.

    Refused when the time `seen` is not the one that would hold now. `link` is where the group writes.
    """
    authorize(by, Permission.APPLICATION_SCREEN, application)
    db.session.refresh(application, COLUMNS, with_for_update=True)
    lay_aside(application)
    names, due_at, last = names_of(queries.dossier(application)), due(application), submissions.last(application)
    if seen != due_at:
        raise Refused(
            _(
                "画面を開いたあとに日が変わり、期限が%(due_at)sになりました。期限を確かめて、もう一度送ってください。",
                due_at=moment_text(due_at),
            )
        )
    if unknown := [name for name in fields if name not in names]:
        raise Refused(_("「%(field)s」は、この応募にない欄です。画面を開き直してください。", field=unknown[0]))
    ordered = {name: fields[name].strip() for name in names if name in fields}
    APPLICATION.fire(
        "return",
        application,
        by=by,
        reason=reason.strip(),
        fields=ordered,
        due_at=due_at,
        of_version=last.version if last else 0,
    )
    db.session.flush()
    row = corrections.running(application)
    assert row is not None
    notices.tell_correction(row, names, link=link, by=by)
    return row


def extended(correction: Correction, working_days: int) -> dt.datetime:
    """Until when the group would have so many working days more, counted from the later of the due day and today."""
    begins = max(correction.due_at, clock.now())
    return corrections.due_after(correction.application.call, begins, working_days)


def not_to_extend(correction: Correction | None) -> str:
    """Why no more time can be given; empty where it can, which is once."""
    if correction is None:
        return _("補正を求めている応募ではありません。応募の画面で、いまの状態を確かめてください。")
    if correction.extended_at is not None:
        return _("期限は1回だけ延ばせます。この補正では、もう延ばしました。")
    return ""


def extend(correction: Correction, working_days: int, reason: str, *, link: str, by: Actor) -> None:
    """Give the group that many working days more, once, with a reason that it is told (R3.8)."""
    application = correction.application
    authorize(by, Permission.APPLICATION_SCREEN, application)
    db.session.refresh(application, COLUMNS, with_for_update=True)
    db.session.refresh(correction)
    running = corrections.running(application)
    if sentence := not_to_extend(correction if running is correction else None):
        raise Refused(sentence)
    if not 1 <= working_days <= MOST_MORE:
        raise Refused(_("延ばせるのは1営業日から%(most)s営業日までです。選び直してください。", most=MOST_MORE))
    before = correction.due_at
    correction.due_at = extended(correction, working_days)
    correction.extended_at, correction.extended_by = clock.now(), by.name
    correction.extended_because = reason.strip()
    trail.record(
        "applications.extend_correction",
        application,
        by=by,
        before={"due_at": before},
        after={"due_at": correction.due_at},
        round=correction.round,
        reason=reason.strip(),
    )
    db.session.flush()
    notices.tell_extended(correction, link=link, by=by)
