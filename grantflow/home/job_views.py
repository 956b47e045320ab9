"""The page of a job: how far it is, giving it up, and what it made."""

from flask import Blueprint, Response, abort, after_this_request, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.audit import trail
from grantflow.core.refusals import Refused
from grantflow.core.web import Page, actor, page, remember, say, subject
from grantflow.core.words import _
from grantflow.files.models import StoredFile
from grantflow.files.queries import is_released, stored_file
from grantflow.files.serving import handed_out
from grantflow.jobs import operations
from grantflow.jobs.handlers import KindOfJob, handler_of
from grantflow.jobs.models import UNFINISHED, Job
from grantflow.permissions import Permission

bp = Blueprint("jobs", __name__)

#: How often the page looks again by itself while the job is not over; whoever does not want that can say so.
REFRESH_SECONDS = 5


@bp.get("/jobs/<uuid:id>")
@subject(Job, Permission.JOB_READ)
def show(job: Job) -> Page:
    """Where the job stands; it goes on when this page is left, and the page looks again by itself."""
    handler, file = _handler(job), _file(job)
    endpoint, values = handler.came_from(job)
    unfinished = job.state in UNFINISHED
    still = request.args.get("still") == "1"
    if unfinished and not still:
        after_this_request(_look_again)
    return page(
        "home/job.html",
        job=job,
        name=str(handler.name),
        unfinished=unfinished,
        still=still,
        file=file,
        released=file is not None and is_released(file),
        back=url_for(endpoint, **values),
    )


@bp.get("/jobs/<uuid:id>/file")
@subject(Job, Permission.JOB_READ)
def file(job: Job) -> Response:
    """What the job made, for whoever asked and may have it still; that it was handed out is remembered."""
    found = _file(job)
    if found is None:
        raise Refused(_("渡せるファイルがありません。作業のページで、できたかどうかを確かめてください。"))
    if not _handler(job).may_have(actor(), job):
        raise Refused(
            _("作ったあとに読めなくなったものが入っているため、渡せません。必要なら、もう一度作ってください。")
        )
    answer, receiver = handed_out(found), actor()
    remember(lambda: trail.record("files.hand_out", found, by=receiver, name=found.name, sha256=found.sha256))
    return answer


@bp.post("/jobs/<uuid:id>/cancel")
@subject(Job, Permission.JOB_READ)
def cancel(job: Job) -> ResponseReturnValue:
    """Give the job up."""
    operations.cancel(job)
    say(_("取りやめました。必要になったら、もう一度作れます。"))
    return redirect(url_for(".show", id=job.id))


def _look_again(answer: Response) -> Response:
    answer.headers["Refresh"] = str(REFRESH_SECONDS)
    return answer


def _handler(job: Job) -> KindOfJob:
    return handler_of(job.kind) or abort(404)


def _file(job: Job) -> StoredFile | None:
    return stored_file(job.result_file_id, job.kind, job.id) if job.result_file_id else None
