"""The pages of correction: where the secretariat asks for it and gives more time, and those of a call (R3.8)."""

from typing import Any

from flask import Blueprint, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from grantflow.applications import correcting, corrections, queries, submissions
from grantflow.applications.correctable import names_of
from grantflow.applications.correction_forms import CorrectionForm, MoreTimeForm
from grantflow.applications.models import Application
from grantflow.applications.workflow import APPLICATION
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.dates import moment_text
from grantflow.core.refusals import Refused
from grantflow.core.web import Page, actor, attempt, page, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission

bp = Blueprint("corrections", __name__)


@bp.get("/calls/<slug>/corrections")
@subject(Call, Permission.ELIGIBILITY_DECIDE, key="slug")
def index(call: Call) -> Page:
    """The corrections of a call: what is late, what waits for the secretariat, what the groups still work on."""
    rows, now = corrections.of_call(call, actor()), clock.now()
    overdue, answered = corrections.overdue(rows, now), corrections.answered(rows)
    return page(
        "applications/corrections.html",
        call=call,
        rows=rows,
        overdue={row.id for row in overdue},
        answered={row.id for row in answered},
        rule=corrections.rule(call),
    )


@bp.route("/applications/<uuid:id>/correction", methods=["GET", "POST"])
@subject(Application, Permission.APPLICATION_SCREEN)
def show(application: Application) -> Page | ResponseReturnValue:
    """The corrections so far, and the form that asks for the next one, with the time that it would give."""
    form = CorrectionForm.of(queries.dossier(application), correcting.due(application))
    if form.validate_on_submit() and attempt(form, lambda: _ask(application, form)):
        found = corrections.last(application)
        assert found is not None
        say(
            _(
                "%(number)s：補正を求め、団体に知らせました。期限は%(due_at)sです。",
                number=application.number,
                due_at=moment_text(found.due_at),
            )
        )
        return redirect(url_for(".show", id=application.id))
    return _show(application, form)


def _show(application: Application, form: CorrectionForm, more: MoreTimeForm | None = None) -> Page:
    dossier, running = queries.dossier(application), corrections.running(application)
    due_at = correcting.due(application)
    form.seen.data = due_at.isoformat()
    obstacles = APPLICATION.obstacles("return", application)
    if application.status not in APPLICATION.transitions["return"].source:
        sentence = _(
            "いまの状態は「%(state)s」です。補正を求められるのは、形式審査待ちの応募です。",
            state=application.status.label,
        )
        obstacles = [sentence]
    shown: dict[str, Any] = {"more": more or MoreTimeForm.of(running)} if running else {}
    last = submissions.last(application)
    return page(
        "applications/correction.html",
        call=application.call,
        application=application,
        rounds=corrections.rounds(application),
        names=names_of(dossier),
        last=last.version if last else 0,
        running=running,
        not_to_extend=correcting.not_to_extend(running),
        rule=corrections.rule(application.call),
        due_at=due_at,
        obstacles=obstacles,
        form=form,
        **shown,
    )


def _ask(application: Application, form: CorrectionForm) -> None:
    correcting.ask(
        application,
        form.opened,
        str(form.reason.data),
        seen=form.due_seen,
        link=_link(application),
        by=actor(),
    )


def _link(application: Application) -> str:
    return str(current_app.config["PUBLIC_URL"]).rstrip("/") + url_for("dossier.index", id=application.id)


@bp.post("/applications/<uuid:id>/correction/extend")
@subject(Application, Permission.APPLICATION_SCREEN)
def extend(application: Application) -> Page | ResponseReturnValue:
    """Give the group more time, once."""
    correction = corrections.running(application)
    if correction is None:
        raise Refused(correcting.not_to_extend(None))
    form = MoreTimeForm.of(correction)
    if form.validate_on_submit() and attempt(
        form,
        lambda: correcting.extend(
            correction, form.working_days.data, str(form.reason.data), link=_link(application), by=actor()
        ),
    ):
        say(_("補正の期限を%(due_at)sまで延ばし、団体に知らせました。", due_at=moment_text(correction.due_at)))
        return redirect(url_for(".show", id=application.id))
    asked = CorrectionForm.of(queries.dossier(application), correcting.due(application))
    return _show(application, asked, form)
