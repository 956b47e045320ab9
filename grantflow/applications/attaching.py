"""The files of a proposal (添付書類): attaching, dating and taking away, and what may still be attached."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select

from grantflow.applications import corrections, queries
from grantflow.applications.models import Application, Attachment, Submission
from grantflow.applications.outline import Part, uploads
from grantflow.applications.parts.documents import FILES
from grantflow.applications.workflow import refuse_closed
from grantflow.audit import trail
from grantflow.calls.definition import Document
from grantflow.core import clock, logs
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import db
from grantflow.core.locking import lock
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.files import operations as files
from grantflow.files import queries as stored
from grantflow.files.limits import LIMITS
from grantflow.files.operations import Taken
from grantflow.files.storage import NotStored, shelf
from grantflow.files.unavailable import told_when_not_kept
from grantflow.permissions import Permission

PURPOSE = "applications.attachment"


class AlreadyThere(Refused):
    """The very same file is there for the same document; nothing was stored, and nothing is missing."""


def attach(
    application: Application,
    document_key: str,
    taken: Taken,
    *,
    issued_on: dt.date | None = None,
    by: Actor,
    at: dt.datetime,
) -> Attachment:
    """Keep a file for one of the documents that the call asks for (R3.6, R3.7).

    Raises AlreadyThere for a file that is there, and Refused out of time, for a document that is not asked for and
    where the files would be too many or too large together. Of a proposal that is submitted it counts once it is
    submitted again.
    """
    _refuse_writing(application, document_key, by, at)
    document = asked_document(application, document_key)
    rows = queries.attachments(application)
    there = [row for row in rows if row.document == document_key]
    if any(row.file.sha256 == taken.sha256 for row in there):
        raise AlreadyThere(
            _("「%(name)s」と同じファイルが、この書類にもうあります。重ねては預かりません。", name=taken.name)
        )
    if len(there) >= document.files:
        raise Refused(
            _(
                "「%(document)s」は%(most)s件までです。要らないものを外してから、選び直してください。",
                document=document.name,
                most=document.files,
            )
        )
    if refusal := LIMITS.refusal([row.file.size for row in rows], [taken.size]):
        raise Refused(refusal)
    _refuse_without_content(taken)
    file = files.keep_taken(taken, PURPOSE, by=by, belongs_to=application.id)
    db.session.flush()
    row = Attachment(
        application_id=application.id,
        application=application,
        document=document_key,
        file_id=file.id,
        file=file,
        position=1 + max((each.position for each in rows), default=0),
        issued_on=issued_on,
        attached_at=clock.now(),
        attached_by=by.name,
    )
    db.session.add(row)
    trail.record(
        "attachments.add",
        application,
        by=by,
        document=document_key,
        file=str(file.id),
        sha256=file.sha256,
        size=file.size,
    )
    db.session.flush()
    return row


def _refuse_without_content(taken: Taken) -> None:
    """Refuse what was taken away meanwhile together with an equal file that somebody else let go."""
    try:
        with told_when_not_kept(taken.name):
            next(shelf.pieces(taken.sha256))
    except NotStored as error:
        raise Refused(_("「%(name)s」を預かれませんでした。もう一度選んでください。", name=taken.name)) from error


def asked_document(application: Application, key: str) -> Document:
    """The document of that key, as the call asks it of the proposal; Refused when it does not."""
    asking = queries.asking(application)
    for document in uploads(asking.says, asking.tier.key):
        if document.key == key:
            return document
    raise Refused(_("この書類は、いまの枠では求めていません。画面を開き直してください。"))


def date(attachment: Attachment, issued_on: dt.date | None, *, by: Actor, at: dt.datetime) -> None:
    """Say on which day the paper was issued."""
    _refuse_writing(attachment.application, attachment.document, by, at)
    if issued_on and issued_on > at.astimezone(clock.TOKYO).date():
        raise Refused(_("発行日が先の日付です。書類に書かれている発行日を書いてください。"))
    before = attachment.issued_on
    if before == issued_on:
        return
    attachment.issued_on = issued_on
    trail.record(
        "attachments.date",
        attachment.application,
        by=by,
        file=str(attachment.file_id),
        before={"issued_on": str(before or "")},
        after={"issued_on": str(issued_on or "")},
    )


def detach(attachment: Attachment, *, by: Actor, at: dt.datetime) -> frozenset[str]:
    """Take a file away; one that a received version names is kept with that version, any other is discarded.

    Returns the SHA-256 of each content that is to be given to `sweep` once the transaction is over.
    """
    application, file = attachment.application, attachment.file
    _refuse_writing(application, attachment.document, by, at)
    db.session.delete(attachment)
    trail.record(
        "attachments.remove",
        application,
        by=by,
        document=attachment.document,
        file=str(file.id),
        sha256=file.sha256,
    )
    db.session.flush()
    if str(file.id) in named_files(application):
        return frozenset()
    copies = stored.copies_of(file)
    for copy in copies:
        db.session.delete(copy)
    db.session.flush()
    files.discard(file, by=by)
    return frozenset({file.sha256, *(copy.sha256 for copy in copies)})


def sweep(contents: Iterable[str]) -> None:
    """Take away what no row tells of any more, by its SHA-256.

    Whoever attaches an equal file at this very moment is told to choose it again: `attach` looks, and submitting looks
    at every byte.
    """
    with db.transaction(write=True):
        for sha256 in contents:
            if not stored.is_told_of(sha256):
                try:
                    shelf.remove(sha256)
                except OSError as error:
                    # Nobody is refused for it: what no row tells of is found and named by the check of all files
                    logs.failed(error)


def named_files(application: Application) -> frozenset[str]:
    """The files that any received version of the proposal names, by their ids."""
    found = select(Submission.contents).where(Submission.application_id == application.id)
    return frozenset(
        one["file"]
        for contents in db.session.scalars(found)
        for one in contents.get(Part.DOCUMENTS.value, {}).get(FILES, ())
    )


def _refuse_writing(application: Application, document: str, by: Actor, at: dt.datetime) -> None:
    authorize(by, Permission.APPLICATION_WRITE, application)
    refuse_closed(application, at)
    if lock(application):
        refuse_closed(application, at)  # it may have been decided on while this waited for its turn
    corrections.refuse_unopened_part(application, Part.DOCUMENTS, document)
