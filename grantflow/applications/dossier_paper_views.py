"""Proposals on paper: one as a PDF, and all of a call, which takes longer and is asked for."""

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts.models import MEMBER
from grantflow.applications import dossier_archive, queries
from grantflow.applications.dossier_paper import dossier_paper
from grantflow.applications.models import Application
from grantflow.audit import trail
from grantflow.calls.exports import File
from grantflow.calls.models import Call
from grantflow.core.authorization import permits
from grantflow.core.web import actor, remember, subject
from grantflow.documents.writing import Form, write
from grantflow.permissions import Permission

bp = Blueprint("dossier_papers", __name__)


@bp.get("/applications/<uuid:id>/dossier.pdf")
@subject(Application, Permission.APPLICATION_READ)
def paper(application: Application) -> File:
    """The proposal as a PDF; whoever reads it for others leaves a trace, and reviewers learn no way to reach it."""
    reader = actor()
    if not permits(reader, Permission.APPLICATION_WRITE, application):
        remember(lambda: trail.record("applications.print", application, by=reader))
    knows_contacts = reader.has(MEMBER, application.organization_id) or permits(
        reader, Permission.APPLICATION_LIST, application.call
    )
    leaflet = dossier_paper(application.call, queries.dossier(application), contacts=knows_contacts)
    return File(
        "",
        make=lambda: write(leaflet, Form.PDF),
        filename=dossier_archive.file_name(application),
        media_type=Form.PDF.media_type,
        rows=1,
    )


@bp.post("/calls/<slug>/applications/papers")
@subject(Call, Permission.APPLICATION_EXPORT, key="slug")
def ask_for_all(call: Call) -> Response | ResponseReturnValue:
    """Ask for the papers of all proposals; the page of the job tells how far it is."""
    job = dossier_archive.ask(call, by=actor())
    return redirect(url_for("jobs.show", id=job.id))
