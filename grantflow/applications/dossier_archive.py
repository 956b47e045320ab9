"""All proposals of a call as papers in one ZIP, with a list of them: long work, done by the worker."""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from grantflow.accounts.models import User
from grantflow.applications import queries
from grantflow.applications.documents import sheet_of
from grantflow.applications.dossier import Dossier
from grantflow.applications.dossier_book import dossier_book
from grantflow.applications.models import Application
from grantflow.applications.outline import Part
from grantflow.applications.parts.documents import FILES
from grantflow.applications.proxied import proxied_among
from grantflow.audit import trail
from grantflow.calls import queries as calls
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.authorization import Actor, permits
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.text import display_form
from grantflow.core.words import SOURCE, _, lazy, speaking
from grantflow.documents.values import Column, Sheet
from grantflow.documents.writing import Form, write
from grantflow.files import names
from grantflow.files import operations as files
from grantflow.files.kinds import Kind
from grantflow.files.models import StoredFile
from grantflow.files.queries import require_released
from grantflow.files.storage import NotStored, shelf
from grantflow.jobs import operations as jobs
from grantflow.jobs import queries as job_queries
from grantflow.jobs.handlers import KindOfJob, Result, Run
from grantflow.jobs.models import Job
from grantflow.permissions import Permission

KIND = "applications.dossiers"
LIST = "list.csv"

_SEPARATORS = re.compile(r"[/\\]")


def ask(call: Call, *, by: Actor) -> Job:
    """Ask for the papers of all proposals of the call that `by` may read; asked again meanwhile it is the same job."""
    count = len(queries.ids_of(call, by))
    if not count:
        raise Refused(_("PDFにできる応募がまだありません。受付番号の付いた応募が届いてから、もう一度押してください。"))
    return jobs.ask(KIND, {}, by=by, key=f"{KIND}:{call.id}:{by.id}", belongs_to=call.id, total=count)


def asked_last(call: Call, actor: Actor) -> Job | None:
    """What `actor` asked for last in this call."""
    return job_queries.latest(actor.id, KIND, call.id)


def make(run: Run) -> Callable[[], Result]:
    """Write the archive, paper by paper, each read in a transaction of its own; returns what keeps it.

    Raises Refused when whoever asked may have it no more.
    """
    with db.transaction(write=False):
        _actor, call = _asker(run)
        ids = queries.ids_of(call, _actor)
    run.progress(0, len(ids))
    with TemporaryFile() as out:
        _write(out, run, call, ids)
        out.seek(0)
        content = out.read()
    shelf.put(content)
    return lambda: _keep(run, content, ids)


def _asker(run: Run) -> tuple[Actor, Call]:
    """Who asked, as they are now, and the call; Refused when they may not have its proposals any more."""
    user = db.session.get(User, run.asked_by_id) if run.asked_by_id else None
    call = db.session.get(Call, run.belongs_to) if run.belongs_to else None
    if user is not None and user.is_active and call is not None:
        actor = calls.actor(user)
        if permits(actor, Permission.APPLICATION_EXPORT, call):
            return actor, call
    raise Refused(_("いまの役割では、すべての応募を受け取れません。公募の事務局に頼んでください。"))


def _write(out: IO[bytes], run: Run, call: Call, ids: Sequence[uuid.UUID]) -> None:
    taken: list[str] = []
    with ZipFile(out, "w") as archive:
        # Content that no other row ever tells of, so that it can be taken away with this one
        archive.comment = f"{KIND} {run.id}".encode()
        for place, each in enumerate(ids, 1):
            with db.transaction(write=False):
                application = db.session.get_one(Application, each)
                taken.append(file_name(application, taken))
                row, dossier = queries.last_received(application), queries.handed_in(application)
                paper = dossier_book(application.call, dossier, contacts=True, for_readers=False, row=row)
                originals = [db.session.get_one(StoredFile, uuid.UUID(one["file"])) for one in _files_of(dossier)]
            _add(archive, taken[-1], write(paper, Form.PDF))
            _add_files(archive, taken[-1].removesuffix(Kind.PDF.extension), originals)
            run.progress(place, len(ids))
        with db.transaction(write=False):
            rows = [db.session.get_one(Application, each) for each in ids]
            sheet = sheet_of(call, rows, proxied_among(call))
        _add(archive, LIST, write(_with_files(sheet, taken), Form.CSV))


def _add(archive: ZipFile, name: str, content: bytes) -> None:
    entry = ZipInfo(name, clock.now().timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    archive.writestr(entry, content)


def _files_of(dossier: Dossier) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = dossier.content(Part.DOCUMENTS).get(FILES, ())
    return found


def _add_files(archive: ZipFile, folder: str, originals: Iterable[StoredFile]) -> None:
    """The files of a proposal as they were handed in, in a folder of its own; a word in place of one that is locked."""
    for number, file in enumerate(originals, 1):
        name = f"{folder}/{number:02}-{file.name}"
        try:
            require_released(file)
            content = shelf.read(file.sha256)
        except Refused as refusal:
            _add(archive, f"{name}.txt", str(refusal).encode())
        except NotStored:
            _add(archive, f"{name}.txt", _("中身が見つかりません。管理者に知らせてください。").encode())
        else:
            archive.writestr(ZipInfo(name, clock.now().timetuple()[:6]), content)


def file_name(application: Application, taken: Iterable[str] = ()) -> str:
    """The name of a proposal's paper: its receipt number and its group, safe on every system, unlike those `taken`."""
    number = application.number or str(application.id)
    stem = _SEPARATORS.sub("-", f"{number}_{display_form(application.organization_name)}")
    used, name, count = {each.casefold() for each in taken}, names.safe(stem, Kind.PDF), 1
    while name.casefold() in used:
        count += 1
        name = names.safe(f"{count}_{stem}", Kind.PDF)
    return name


def _with_files(sheet: Sheet, files_of: Sequence[str]) -> Sheet:
    """The list with the name of each proposal's paper."""
    with speaking(SOURCE):
        column = Column("file", _("ファイル"))
    rows = tuple((*row, name) for row, name in zip(sheet.rows, files_of, strict=True))
    return replace(sheet, columns=(*sheet.columns, column), rows=rows)


def _keep(run: Run, content: bytes, ids: Sequence[uuid.UUID]) -> Result:
    actor, call = _asker(run)
    if not set(ids) <= set(queries.ids_of(call, actor)):
        raise Refused(_("作っているあいだに、読めなくなった応募があります。もう一度作ってください。"))
    name = f"{call.file_stem}-dossiers.zip"
    row = files.keep(content, name, "application/zip", KIND, by=actor, belongs_to=run.id)
    sha256 = hashlib.sha256(content).hexdigest()
    trail.record("calls.export_dossiers", call, by=actor, file=name, rows=len(ids), sha256=sha256)
    return Result(row.id, {"applications": [str(each) for each in ids]})


def may_have(actor: Actor, job: Job) -> bool:
    """Whether `actor` may have the archive now: it is the secretariat still, and may read every proposal in it."""
    call = db.session.get(Call, job.belongs_to) if job.belongs_to else None
    if call is None or not permits(actor, Permission.APPLICATION_EXPORT, call):
        return False
    readable = {str(each) for each in queries.ids_of(call, actor)}
    return set(job.result.get("applications", ())) <= readable


def _came_from(job: Job) -> tuple[str, dict[str, Any]]:
    call = db.session.get_one(Call, job.belongs_to)
    return "applications.index", {"slug": call.slug}


HANDLER = KindOfJob(KIND, lazy("すべての応募のPDF（ZIP）"), make, may_have, _came_from)
