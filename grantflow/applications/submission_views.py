"""Every version of a proposal that was received: its receipt, how it reads, its record, and what changed since."""

from typing import Any

from flask import Blueprint, Response, abort

from grantflow.applications import receipts, submissions
from grantflow.applications.declared import declared_in
from grantflow.applications.models import Application, Submission
from grantflow.audit.chain import canonical
from grantflow.core.web import Page, download, page, subject
from grantflow.documents.writing import Form, write
from grantflow.permissions import Permission

bp = Blueprint("submissions", __name__)


@bp.get("/applications/<uuid:id>/versions")
@subject(Application, Permission.SUBMISSION_READ)
def index(application: Application) -> Page:
    """Every version with its time; the last one counts (R3.9)."""
    return page(
        "applications/versions.html",
        call=application.call,
        application=application,
        rows=submissions.versions(application),
    )


@bp.get("/applications/<uuid:id>/versions/<int:number>")
@subject(Application, Permission.SUBMISSION_READ)
def show(application: Application, number: int) -> Page:
    """One version as it was received, and whether what is kept is what its hashes name."""
    row = _version(application, number)
    return page(
        "applications/version_received.html",
        call=application.call,
        application=application,
        row=row,
        last=submissions.last(application),
        dossier=submissions.dossier_of(row),
        parts=receipts.parts_of(row),
        files=receipts.files_of(row),
        whole=submissions.seal_of(row),
        grouped=receipts.grouped,
        agrees=submissions.is_whole(row),
    )


@bp.get("/applications/<uuid:id>/versions/<int:number>/changes/<int:since>")
@subject(Application, Permission.SUBMISSION_READ)
def changes(application: Application, number: int, since: int) -> Page:
    """What reads otherwise in a version than in another one."""
    older, newer = _version(application, since), _version(application, number)
    return page(
        "applications/version_changes.html",
        call=application.call,
        application=application,
        older=older,
        newer=newer,
        rows=submissions.differences(older, newer),
    )


@bp.get("/applications/<uuid:id>/versions/<int:number>/receipt.pdf")
@subject(Application, Permission.SUBMISSION_READ)
def paper(application: Application, number: int) -> Response:
    """The receipt of a version as a paper."""
    row = _version(application, number)
    content = write(receipts.paper(row), Form.PDF)
    return download(content, f"{row.number}-receipt-{row.version}.pdf", Form.PDF.media_type)


@bp.get("/applications/<uuid:id>/versions/<int:number>/record.json")
@subject(Application, Permission.SUBMISSION_READ)
def record(application: Application, number: int) -> Response:
    """The record of a version: each part as the very text of which its hash was taken, and what files it has."""
    row = _version(application, number)
    told: dict[str, Any] = {
        "number": row.number,
        "version": row.version,
        "received_at": row.received_at.isoformat(timespec="microseconds"),
        "parts": {part: canonical(content) for part, content in row.contents.items()},
        "files": {
            file.key: {"name": file.name, "size": file.size, "media_type": file.media_type}
            for file in declared_in(row.contents)
        },
        "sha256": row.manifest,
        "whole": submissions.seal_of(row),
    }
    return download(canonical(told).encode(), f"{row.number}-{row.version}.json", "application/json")


def _version(application: Application, number: int) -> Submission:
    return submissions.version(application, number) or abort(404)
