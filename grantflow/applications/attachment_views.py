"""The pages on which a group hands in files with its proposal, and on which they are had again."""

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Response, abort, after_this_request, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.applications import attaching, corrections, queries, submissions
from grantflow.applications.attaching import AlreadyThere
from grantflow.applications.attachment_files import file_for, is_of_its_group
from grantflow.applications.attachment_forms import FilesForm, IssuedForm
from grantflow.applications.correctable import is_open
from grantflow.applications.dossier import Dossier
from grantflow.applications.models import Application, Attachment
from grantflow.applications.outline import Asked, Part, uploads
from grantflow.applications.timeliness import in_time
from grantflow.applications.workflow import closed_to_its_group
from grantflow.audit import trail
from grantflow.calls.definition import Document
from grantflow.calls.leaflet_parts import contact_text
from grantflow.core import clock
from grantflow.core.authorization import permits
from grantflow.core.db import db
from grantflow.core.refusals import Refused, Unavailable
from grantflow.core.web import Page, View, actor, page, received_at, remember, say, subject, wants_json
from grantflow.core.words import _
from grantflow.files import operations as files
from grantflow.files.limits import LIMITS, in_megabytes
from grantflow.files.operations import Taken
from grantflow.files.scanner import scanner
from grantflow.files.serving import handed_out
from grantflow.permissions import Permission

bp = Blueprint("attachments", __name__)

UNPROCESSABLE, UNAVAILABLE = 422, 503


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was sent, as it was judged before anything was asked of the database: taken, or why not."""

    name: str
    taken: Taken | None
    refusal: str = ""
    unavailable: bool = False


def _looked_at_first(view: View) -> View:
    """Judge and store what was sent before the view's transaction begins, so that nobody waits for it meanwhile."""

    @wraps(view)
    def guarded(**url: Any) -> Any:
        with db.transaction(write=False):
            application = db.session.get(Application, url["id"])
            welcome = (
                application is not None
                and permits(actor(), Permission.APPLICATION_WRITE, application)
                and not closed_to_its_group(application, received_at())
            )
        g.looked_at = _looked_at() if welcome else []
        return view(**url)

    return guarded


def _looked_at() -> list[Looked]:
    sent = [one for one in request.files.getlist("files") if one.filename]
    contents = [(one.stream.read(), one.filename or "") for one in sent]
    whole = sum(len(content) for content, _name in contents)
    if len(contents) > LIMITS.files or (len(contents) > 1 and whole > LIMITS.request):
        sentence = _(
            "1回に送れるのは、%(count)d件、合わせて%(size)sまでです。何回かに分けてください。",
            count=LIMITS.files,
            size=in_megabytes(LIMITS.request),
        )
        return [Looked(name, None, sentence) for _content, name in contents]
    return [_judged(content, name) for content, name in contents]


def _judged(content: bytes, name: str) -> Looked:
    try:
        taken = files.take_in(content, name)
    except Refused as refusal:
        return Looked(name, None, str(refusal), isinstance(refusal, Unavailable))
    return Looked(taken.name, taken)


@bp.get("/applications/<uuid:id>/edit/documents")
@subject(Application, Permission.APPLICATION_WRITE)
def edit(application: Application) -> Page:
    """Every document that the call asks for, what is there of it, and where more is handed in."""
    return _page(application)


def _asked(dossier: Dossier) -> Asked:
    return next((asked for asked in dossier.asked if asked.part is Part.DOCUMENTS), None) or abort(404)


def _page(application: Application, **forms: Any) -> Page:
    """`forms` are those that were refused, by `files` and the key of the document, or `issued` and the file."""
    dossier = queries.dossier(application)
    asked, rows = _asked(dossier), queries.attachments(application)
    documents = uploads(dossier.asking.says, dossier.asking.tier.key)
    keys, opened = {one.key for one in documents}, corrections.open_fields(application)
    return page(
        "applications/attachments.html",
        call=application.call,
        application=application,
        dossier=dossier,
        asked=asked,
        documents=[(one, [row for row in rows if row.document == one.key]) for one in documents],
        spare=[row for row in rows if row.document not in keys],
        names={one.key: one.name for one in dossier.asking.says.documents},
        forms={one.key: FilesForm.of(one, formdata=None) for one in documents} | forms.get("files", {}),
        issued={
            row.id: IssuedForm.of(row, formdata=None)
            for row in rows
            if any(one.key == row.document and one.valid_months for one in documents)
        }
        | forms.get("issued", {}),
        form=next(iter([*forms.get("files", {}).values(), *forms.get("issued", {}).values()]), None),
        gaps=dossier.gaps(Part.DOCUMENTS),
        opened={one.key for one in documents if opened is None or is_open(opened, Part.DOCUMENTS, one.key)},
        limits=LIMITS,
        whole=in_megabytes(sum(row.file.size for row in rows)),
        count=len(rows),
        megabytes=in_megabytes,
        scans=scanner.is_configured,
        waiting=submissions.waiting(application),
        mending=corrections.mending(application, clock.now()),
        closed=closed_to_its_group(application, clock.now())
        or corrections.closed_sentence(application, Part.DOCUMENTS),
    )


@bp.post("/applications/<uuid:id>/documents/<document>/files")
@_looked_at_first
@subject(Application, Permission.APPLICATION_WRITE)
def add(application: Application, document: str) -> Page | Response | ResponseReturnValue:
    """Keep the files that were sent for a document; each is taken or refused by itself, and the others stay."""
    asked = _document(application, document)
    form = FilesForm.of(asked)
    looked: Sequence[Looked] = g.looked_at
    after_this_request(_swept([one.taken.sha256 for one in looked if one.taken]))
    done: list[str] = []
    status = 200
    # Whatever else is wrong with it: what comes too late is told so, and leaves its ticket
    is_open = in_time(application, form, lambda: None)
    if is_open and form.validate_on_submit():
        for one in looked:
            try:
                done.append(_kept(application, document, one))
            except Unavailable as refusal:
                # It names the file itself
                form.form_errors.append(f"{refusal}\n{contact_text(queries.asking(application).says)}")
                status = UNAVAILABLE
            except Refused as refusal:
                form.form_errors.append(_("「%(name)s」：%(why)s", name=one.name, why=refusal))
    if form.errors:
        status = max(status, UNPROCESSABLE)
    if wants_json():
        sentences = [str(one) for one in (*form.form_errors, *form.files.errors)]
        answer = jsonify(told=done, refused=sentences, closed=not is_open)
        return answer, status
    for sentence in done:
        say(sentence)
    if form.errors:
        return _page(application, files={document: form}).with_status(status)
    return redirect(url_for(".edit", id=application.id, _anchor=f"{form.files.id}-there"))


def _kept(application: Application, document: str, one: Looked) -> str:
    """Keep one file; returns what to say of it, and raises Refused where it is not kept."""
    if one.taken is None:
        raise Unavailable(one.refusal) if one.unavailable else Refused(one.refusal)
    try:
        with db.session.begin_nested():
            attaching.attach(application, document, one.taken, by=actor(), at=received_at())
    except AlreadyThere as there:
        return str(there)
    return " ".join((_("「%(name)s」を預かりました。", name=one.name), *one.taken.warnings))


def _swept(contents: Collection[str]) -> Callable[[Response], Response]:
    """What takes content away once all is written, where no row tells of it."""

    def sweep(answer: Response) -> Response:
        if contents:
            attaching.sweep(contents)
        return answer

    return sweep


def _document(application: Application, key: str) -> Document:
    asking = queries.asking(application)
    return next((one for one in uploads(asking.says, asking.tier.key) if one.key == key), None) or abort(404)


@bp.post("/applications/<uuid:id>/documents/files/<uuid:attachment>/issued")
@subject(Application, Permission.APPLICATION_WRITE)
def date(application: Application, attachment: uuid.UUID) -> Page | ResponseReturnValue:
    """Say on which day a paper was issued."""
    row = _of(application, attachment)
    form = IssuedForm.of(row)
    if form.validate_on_submit() and in_time(
        application, form, lambda: attaching.date(row, form.issued_on.data, by=actor(), at=received_at())
    ):
        say(_("「%(name)s」の発行日を保存しました。", name=row.file.name))
        return redirect(url_for(".edit", id=application.id))
    return _page(application, issued={row.id: form})


@bp.post("/applications/<uuid:id>/documents/files/<uuid:attachment>/remove")
@subject(Application, Permission.APPLICATION_WRITE)
def remove(application: Application, attachment: uuid.UUID) -> ResponseReturnValue:
    """Take a file away; what a received version names is kept with that version."""
    row = _of(application, attachment)
    name = row.file.name
    contents = attaching.detach(row, by=actor(), at=received_at())
    after_this_request(_swept(contents))
    say(_("「%(name)s」を外しました。", name=name))
    return redirect(url_for(".edit", id=application.id))


def _of(application: Application, attachment: uuid.UUID) -> Attachment:
    return next((row for row in queries.attachments(application) if row.id == attachment), None) or abort(404)


@bp.get("/applications/<uuid:id>/files/<uuid:file>")
@subject(Application, Permission.APPLICATION_READ)
def download(application: Application, file: uuid.UUID) -> Response:
    """One file, to be saved; that somebody else than its group had it is remembered."""
    reader = actor()
    found = file_for(application, file, reader) or abort(404)
    answer = handed_out(found)
    if not is_of_its_group(reader, application):
        remember(
            lambda: trail.record(
                "attachments.hand_out", application, by=reader, file=str(file), sha256=found.sha256, name=found.name
            )
        )
    return answer
