"""Proposals on paper: one as a PDF, and all of a call, which takes longer and is asked for."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts.models import MEMBER
from grantflow.applications import dossier_archive, queries
from grantflow.applications.dossier_book import dossier_book
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
    """Everything of the proposal in one PDF: as it was received last, or for its group also as it stands (`now`).

    Whoever reads it for others leaves a trace; reviewers learn no way to reach the group, and get the copies of files
    that tell nothing of their author.
    """
    reader = actor()
    if not permits(reader, Permission.APPLICATION_WRITE, application):
        remember(lambda: trail.record("applications.print", application, by=reader))
    knows_contacts = reader.has(MEMBER, application.organization_id) or permits(
        reader, Permission.APPLICATION_LIST, application.call
    )
    if request.args.get("now") and permits(reader, Permission.APPLICATION_WRITE, application):
        dossier, row = queries.dossier(application), None
    else:
        dossier, row = queries.handed_in(application), queries.last_received(application)
    book = dossier_book(application.call, dossier, contacts=knows_contacts, for_readers=not knows_contacts, row=row)
    return File(
        "",
        make=lambda: write(book, Form.PDF),
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
