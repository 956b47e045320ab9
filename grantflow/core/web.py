"""What every view shares: its transaction, its subject, its permission, its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any

from flask import Flask, Response, abort, current_app, flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import Form

from grantflow.core import clock, logs
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import Entity, db
from grantflow.core.incoming import ShownRequest
from grantflow.core.locking import note_held
from grantflow.core.refusals import Attempted, Refused, Unavailable
from grantflow.permissions import Permission

View = Callable[..., Any]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Page:
    """A page that is rendered once the transaction of its view is over."""

    template: str
    status: int = 200
    context: dict[str, Any] = field(default_factory=dict)

    def with_status(self, status: int) -> Page:
        """The same page, answered with `status`."""
        return replace(self, status=status)

    def render(self) -> Response:
        """The page as an answer."""
        return current_app.make_response((render_template(self.template, **self.context), self.status))


def page(template: str, *, status: int = 200, **context: Any) -> Page:
    """The page `template`; when a form in its context was refused its status is 422, and 503 where that will pass."""
    forms = [value for value in context.values() if isinstance(value, Form)]
    if request.method not in SAFE and any(form.errors for form in forms):
        status = 503 if g.get("was_unavailable") else 422
    return Page(template, status, context)


class TransactionalFlask(Flask):
    """A Flask whose requests are each one database transaction.

    The commit comes after the view and before the response, so that a failed commit is an error
    page and not a lost write. What is rendered is rendered after it, and can write nothing.
    """

    request_class = ShownRequest

    def full_dispatch_request(self) -> Response:
        """Serve the request in one transaction, opened at its first statement."""
        with db.open(write=request.method not in SAFE):
            return super().full_dispatch_request()

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view, commit, and only then render."""
        answer: Any = super().dispatch_request()
        db.settle()
        return answer.render() if isinstance(answer, Page) else answer

    def handle_user_exception(self, e: Exception) -> Any:
        """Undo what the view wrote before its refusal is shown."""
        db.undo()
        return super().handle_user_exception(e)

    def log_exception(self, exc_info: Any) -> None:
        """Write an error down without the words that it quotes and without the address that was asked for."""
        logs.failed(exc_info[1])


def actor() -> Actor:
    """Who asks."""
    return current_user._get_current_object()  # type: ignore[no-any-return]


def subject(
    model: type[Entity] | None,
    permission: Permission,
    key: str = "id",
    *,
    held: bool = False,
    beside: Sequence[Any] = (),
) -> Callable[[View], View]:
    """Give the view the row its URL names by `key`, if the actor may do `permission` to it.

    Without a model the permission is asked of no row (a desk, one's own password). With `held` nobody else changes
    the row until a request that writes is over; `beside` are the rows that are read along with it.
    """
    along = [joinedload(each, innerjoin=True) for each in beside]

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**url: Any) -> Any:
            if model is None:
                authorize(actor(), permission)
                return view(**url)
            holds = held and request.method not in SAFE
            found = select(model).options(*along).where(getattr(model, key) == url.pop(key))
            thing = db.session.scalar(found.with_for_update(of=model) if holds else found)
            if thing is None:
                abort(404)
            if holds:
                note_held(thing)
            authorize(actor(), permission, thing)
            return view(thing, **url)

        guarded.access = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: View) -> View:
    """Let anyone see the view."""
    view.access = None  # type: ignore[attr-defined]
    return view


def refuse_undeclared_views(app: Flask) -> None:
    """Stop at start-up if a view says nothing of who may see it."""
    for endpoint, view in app.view_functions.items():
        if endpoint != "static" and not hasattr(view, "access"):
            raise LookupError(f"{endpoint} has neither @subject nor @public")


def attempt(form: Form, operation: Callable[[], object]) -> bool:
    """Whether `operation` was done; a refusal is shown on the form, and nothing of it is kept."""
    try:
        with db.session.begin_nested():
            operation()
    except Refused as refusal:
        form.form_errors.append(told(refusal))
        g.was_unavailable = isinstance(refusal, Unavailable)
        return False
    return True


def told(refusal: Refused) -> str:
    """What a refusal says to the user, after what must stay of the attempt was written down.

    With something to write, all that the request wrote so far is undone first.
    """
    if refusal.leaves is None:
        return str(refusal)
    tried = Attempted(actor(), request.endpoint or "", received_at(), request.content_length or 0, logs.waited_ms())
    db.undo()
    with db.transaction(write=True):
        more = refusal.leaves(tried)
    return f"{refusal}\n{more}"


def why_refused(operation: Callable[[], object]) -> str:
    """Why `operation` was refused, empty where it was done; a refusal undoes all that the request wrote."""
    try:
        operation()
    except Refused as refusal:
        sentence = told(refusal)
        db.undo()
        return sentence
    return ""


def remember(write: Callable[[], object]) -> None:
    """Write what a page that only reads must leave behind, in a short transaction of its own before the answer."""
    with db.transaction(write=True):
        write()


def received_at() -> dt.datetime:
    """When the last byte of the request was there: what a deadline is held against, however long its answer takes."""
    found: dt.datetime = g.received_at
    return found


def note_receipt() -> None:
    """Read the request to its end and note the time, before anything waits for the database (R3.6)."""
    if request.method not in SAFE:
        # Forms and files are taken apart while they arrive; whatever else was sent is read as it is
        request.get_data(parse_form_data=True)
    g.received_at = clock.now()


def wants_json() -> bool:
    """Whether a script asks, which reads JSON and shows no page."""
    return request.headers.get("X-Requested-With") == "fetch" or request.accept_mimetypes.best == "application/json"


def say(message: str, kind: str = "success") -> None:
    """Show `message` on the next page."""
    flash(message, kind)


def download(content: bytes, filename: str, mimetype: str) -> Response:
    """`content` as a file that is saved and never run by the browser."""
    answer = current_app.response_class(content, mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    answer.headers["Content-Length"] = str(len(content))
    return answer


def protect(response: Response) -> Response:
    """The headers that keep a browser from running, framing or guessing what it should not."""
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.is_secure:
        response.headers.setdefault(
            "Strict-Transport-Security", f"max-age={int(dt.timedelta(days=365).total_seconds())}; includeSubDomains"
        )
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
