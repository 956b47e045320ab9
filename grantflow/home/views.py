"""The front page, the desk, the history of a record, and what every page links to."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts.models import Organization, User
from grantflow.applications import queries as applications
from grantflow.applications.models import Application
from grantflow.audit import queries as audit
from grantflow.awards.models import AdoptionList
from grantflow.calls.models import Call
from grantflow.core import clock, words
from grantflow.core.db import Entity
from grantflow.core.paging import Paging
from grantflow.core.web import Page, actor, page, public, subject
from grantflow.home import desk as desks
from grantflow.home import history, queries
from grantflow.permissions import Permission

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def front() -> Page:
    """Every call, those that are open first."""
    calls = queries.open_calls(actor())
    now = clock.now()
    return page(
        "home/front.html",
        open=[call for call in calls if call.is_open(now)],
        ahead=[call for call in calls if now < call.opens_at],
        over=[call for call in calls if call.deadline < now],
        results=queries.results(calls),
    )


@bp.get("/desk")
@subject(None, Permission.DESK_READ)
def desk() -> Page:
    """What waits for whoever signed in."""
    return page("home/desk.html", desk=desks.desk(actor()))


@bp.post("/language")
@public
def speak() -> ResponseReturnValue:
    """Put a language in force for this browser, and go back."""
    language = request.form.get("language", "")
    session["language"] = language if language in words.LANGUAGES else words.SOURCE
    return redirect(_page_of_ours(request.referrer or ""))


def _page_of_ours(address: str) -> str:
    """The path of `address` if it is one of this site, or the front page."""
    parts = urlsplit(address)
    if parts.netloc != request.host or not parts.path.startswith("/") or parts.path.startswith("//"):
        return url_for(".front")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@bp.get("/help")
@public
def help() -> Page:  # noqa: A001 - the page is called so
    """How each role uses the system, and whom to ask."""
    return page("home/help.html", calls=queries.open_calls(actor()))


@bp.get("/accessibility")
@public
def accessibility() -> Page:
    """What was done so that everybody can use the system, and where to say that something cannot be used."""
    return page("home/accessibility.html")


def _history(
    model: type[Entity],
    title: Callable[[Any], str],
    call: Callable[[Any], Call | None],
    back: Callable[[Any], str],
    permission: Permission = Permission.HISTORY_READ,
    questions: Callable[[Any], Mapping[str, str]] = lambda _row: {},
) -> Any:
    @subject(model, permission)
    def view(thing: Any) -> Page:
        paging = Paging.of(request.args.get("page"), audit.count(thing))
        past = audit.history(thing, offset=paging.offset, limit=paging.size)
        return page(
            "home/history.html",
            call=call(thing),
            subject=title(thing),
            back=back(thing),
            events=history.events(past, questions(thing)),
            paging=paging,
            links=paging.links(lambda number: url_for(str(request.endpoint), id=thing.id, page=number)),
        )

    return view


def _of_a_list(row: AdoptionList) -> str:
    return words._("採択団体一覧 第%(version)s版", version=row.number)


bp.add_url_rule(
    "/applications/<uuid:id>/history",
    "history_of_application",
    _history(
        Application,
        lambda row: f"{row.number or ''} {row.title}".strip(),
        lambda row: row.call,
        lambda row: url_for("applications.show", id=row.id),
        questions=applications.question_texts,
    ),
)
bp.add_url_rule(
    "/groups/<uuid:id>/history",
    "history_of_group",
    _history(
        Organization,
        lambda row: row.name_display,
        lambda _row: None,
        lambda row: url_for("groups.show", id=row.id),
        Permission.ORGANIZATION_READ,
    ),
)
bp.add_url_rule(
    "/people/<uuid:id>/history",
    "history_of_person",
    _history(
        User,
        lambda row: row.name,
        lambda _row: None,
        lambda row: url_for("everybody.show", id=row.id),
        Permission.PEOPLE_ADMINISTER,
    ),
)
bp.add_url_rule(
    "/calls/<uuid:id>/history",
    "history_of_call",
    _history(Call, lambda row: row.title, lambda row: row, lambda row: url_for("calls.show", slug=row.slug)),
)
bp.add_url_rule(
    "/lists/<uuid:id>/history",
    "history_of_list",
    _history(AdoptionList, _of_a_list, lambda row: row.call, lambda row: url_for("awards.index", slug=row.call.slug)),
)
