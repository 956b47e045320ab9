"""The answer to whoever comes while too many are served: what became of it, when it came, and a number that proves it.

Nothing here asks the database: it is what the others wait for.
"""

import random
from http import HTTPStatus
from uuid import UUID

from flask import Flask, Response, current_app, g, jsonify, request, session
from flask.typing import ResponseReturnValue

from grantflow.accounts import keeping
from grantflow.accounts.passwords import fingerprint
from grantflow.applications.busy_tickets import OPENS, Ticket, tickets
from grantflow.applications.late_attempts import BY_THEMSELVES
from grantflow.core import logs, words
from grantflow.core.admission import Admission
from grantflow.core.authorization import VISITOR
from grantflow.core.web import SAFE, page, received_at, wants_json
from grantflow.core.words import _

#: What hands a proposal in: served before the rest.
URGENT = frozenset({"applications.confirm"})
#: What waits for nobody: it does nothing that takes long.
AT_ONCE = frozenset({"static", "health.healthz", "health.readyz"})
#: After so many seconds one may come again, and some seconds more, so that not all come at once.
AGAIN_SECONDS, SPREAD_SECONDS = 10, 5

admission = Admission()


def watch(app: Flask) -> None:
    """Have each request of `app` wait for a place, once it is whole and before it asks the database anything."""
    app.before_request(_enter)
    app.teardown_request(_leave)


def _enter() -> ResponseReturnValue | None:
    if request.endpoint in AT_ONCE:
        return None
    if not admission.enter(urgent=_is_urgent()):
        return busy()
    g.place = admission
    return None


def _leave(_error: BaseException | None) -> None:
    if had := g.pop("place", None):
        had.leave()


def _is_urgent() -> bool:
    return request.method not in SAFE and request.endpoint in URGENT


def busy() -> ResponseReturnValue:
    """The page that says so, with a ticket for what counts before a deadline; what was typed can be sent again."""
    g._login_user = VISITOR  # who asks is not looked up
    words.speak(session.get("language", words.SOURCE))
    again = AGAIN_SECONDS + random.randrange(SPREAD_SECONDS + 1)
    answer = _sentence() if wants_json() else _page()
    answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    answer.headers["Retry-After"] = str(again)
    return answer


def _sentence() -> Response:
    return jsonify(
        message=_(
            "いま混み合っていて、保存できませんでした。入力した内容は、この画面に残っています。"
            "10秒ほど待ってから、もう一度保存してください。"
        )
    )


def _page() -> Response:
    writes = request.method not in SAFE
    return page(
        "errors/busy.html",
        writes=writes,
        submits=_is_urgent(),
        at=received_at(),
        ticket=_ticket(),
        seconds=AGAIN_SECONDS,
        kept=_kept() if writes else None,
        again="" if writes else request.full_path.rstrip("?"),
    ).render()


def _kept() -> keeping.Kept | None:
    """What was sent, to be sent again; nothing where a password may be part of it."""
    if getattr(current_app.view_functions.get(request.endpoint or ""), "access", None) is None:
        return None
    return keeping.typed(request.full_path.rstrip("?"), request.form, request.files)


def _ticket() -> str:
    """The number of the ticket that was kept; empty for what needs none, and where it could not be kept."""
    application, token, act = (request.view_args or {}).get("id"), session.get("_user_id"), _act()
    if not act or not isinstance(application, UUID) or not token:
        return ""
    at = received_at().isoformat(timespec="microseconds")
    try:
        return tickets.append(Ticket(str(application), act, at, request.content_length or 0, fingerprint(token)))
    except OSError as error:
        logs.failed(error)
        return ""


def _act() -> str:
    """What was tried that may count before a deadline: writing on a proposal, or opening the page that submits it."""
    act = request.endpoint or ""
    if request.method in SAFE:
        return OPENS if act in URGENT else ""
    is_of_one = request.url_rule is not None and request.url_rule.rule.startswith("/applications/<uuid:id>/")
    return act if is_of_one and act not in BY_THEMSELVES else ""
