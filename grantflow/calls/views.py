"""The public page of a call, its versions, and the calls that somebody is in charge of."""

from flask import Blueprint, Response, abort

from grantflow.audit import queries as audit
from grantflow.calls import queries
from grantflow.calls.drafts import title_of
from grantflow.calls.headings import under_headings
from grantflow.calls.history import editions
from grantflow.calls.models import Call
from grantflow.calls.timeline import countdown, steps
from grantflow.core import clock
from grantflow.core.web import Page, actor, download, page, subject
from grantflow.permissions import Permission

bp = Blueprint("calls", __name__)

TOML = "application/toml; charset=utf-8"
EVENTS = 1000


@bp.get("/calls/<slug>")
@subject(Call, Permission.CALL_READ, key="slug")
def show(call: Call) -> Page:
    """The public page of a call: what it is for, who may apply, until when, and how it is decided."""
    definition, now = queries.definition(call), clock.now()
    return page(
        "calls/show.html",
        call=call,
        definition=definition,
        countdown=countdown(call.opens_at, call.deadline, now),
        steps=steps(definition, now, call.deadline),
        extensions=queries.extensions_for_all(call),
        headings=under_headings(definition.criteria),
    )


@bp.get("/calls/<slug>/definition.toml")
@subject(Call, Permission.CALL_READ, key="slug")
def definition(call: Call) -> Response:
    """The newest version of the definition, for whoever wants to check or reuse it."""
    return download(queries.printed(call).encode(), f"{call.file_stem}.toml", TOML)


@bp.get("/calls/<slug>/versions")
@subject(Call, Permission.CALL_MANAGE, key="slug")
def versions(call: Call) -> Page:
    """Every version of the definition: when, why, and what it changed."""
    found = editions(queries.versions(call), audit.history(call, limit=EVENTS))
    return page("calls/versions.html", call=call, editions=found)


@bp.get("/calls/<slug>/versions/<int:number>.toml")
@subject(Call, Permission.CALL_MANAGE, key="slug")
def version(call: Call, number: int) -> Response:
    """One version of the definition, as it was published."""
    found = queries.version(call, number) or abort(404)
    return download(found.definition.encode(), f"{call.file_stem}-{number}.toml", TOML)


@bp.get("/desk/calls")
@subject(None, Permission.CALL_MANAGE)
def in_charge() -> Page:
    """The calls that one runs, with the way to the work on each."""
    now = clock.now()
    found = queries.calls(actor(), Permission.CALL_MANAGE)
    rows = [(call, countdown(call.opens_at, call.deadline, now)) for call in found]
    drafts = [(draft, title_of(draft)) for draft in queries.drafts(actor())]
    return page("calls/in_charge.html", rows=rows, drafts=drafts)
