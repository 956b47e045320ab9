"""The application, put together: the one module that knows every context."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, get_flashed_messages, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings
from grantflow import schema
from grantflow.accounts import operations as accounts
from grantflow.accounts import queries as account_queries
from grantflow.accounts.code_views import bp as codes_bp
from grantflow.accounts.group_people_views import bp as group_people_bp
from grantflow.accounts.group_views import bp as groups_bp
from grantflow.accounts.keeping_views import ask_again, send_again
from grantflow.accounts.models import NEEDS_CODE, SecondStep, SignIn
from grantflow.accounts.own_views import bp as own_bp
from grantflow.accounts.registering_views import bp as registering_bp
from grantflow.accounts.views import bp as accounts_bp
from grantflow.applications import busy_views
from grantflow.applications.attachment_views import bp as attachments_bp
from grantflow.applications.budget_sheet_views import bp as budget_sheet_bp
from grantflow.applications.busy_tickets import tickets
from grantflow.applications.consent_views import bp as consents_bp
from grantflow.applications.correction_views import bp as corrections_bp
from grantflow.applications.deciding_views import bp as deciding_bp
from grantflow.applications.dossier_paper_views import bp as dossier_papers_bp
from grantflow.applications.dossier_views import bp as dossier_bp
from grantflow.applications.extension_views import bp as deadlines_bp
from grantflow.applications.form_views import bp as blank_form_bp
from grantflow.applications.late_views import bp as late_bp
from grantflow.applications.merging_views import bp as merging_bp
from grantflow.applications.officer_check_views import bp as officer_checks_bp
from grantflow.applications.officer_views import bp as officers_bp
from grantflow.applications.proxy_views import bp as proxies_bp
from grantflow.applications.screening_views import bp as screening_bp
from grantflow.applications.submission_views import bp as submissions_bp
from grantflow.applications.uploads import bp as load_applications_bp
from grantflow.applications.views import bp as applications_bp
from grantflow.awards.uploads import bp as load_decisions_bp
from grantflow.awards.views import bp as awards_bp
from grantflow.calls import queries as calls
from grantflow.calls.account_views import bp as everybody_bp
from grantflow.calls.delivery_views import bp as deliveries_bp
from grantflow.calls.draft_views import bp as drafts_bp
from grantflow.calls.letter_views import bp as letters_bp
from grantflow.calls.people_views import bp as people_bp
from grantflow.calls.self_check_views import bp as self_check_bp
from grantflow.calls.views import bp as calls_bp
from grantflow.core import assets, clock, dates, logs, text, words
from grantflow.core.authorization import VISITOR, Actor, NotPermitted, install, permits
from grantflow.core.db import db
from grantflow.core.refusals import Refused, Unavailable
from grantflow.core.sealing import sealing
from grantflow.core.web import (
    TransactionalFlask,
    actor,
    note_receipt,
    page,
    protect,
    public,
    refuse_undeclared_views,
    told,
    wants_json,
)
from grantflow.files.limits import LIMITS, MEGABYTE, in_megabytes
from grantflow.files.scanner import scanner
from grantflow.files.storage import shelf
from grantflow.handlers import HANDLERS
from grantflow.health import bp as health_bp
from grantflow.home.history import role_label
from grantflow.home.job_views import bp as jobs_bp
from grantflow.home.navigation import places
from grantflow.home.views import bp as home_bp
from grantflow.jobs import handlers
from grantflow.permissions import Permission
from grantflow.policy import POLICY
from grantflow.review.panel_views import bp as panel_bp
from grantflow.review.proposing_views import bp as assigning_bp
from grantflow.review.scoring_views import bp as scoring_bp
from grantflow.review.uploads import bp as load_scores_bp
from grantflow.review.views import bp as review_bp

MIGRATIONS = ROOT / "migrations"
#: What travels beside the files of a request: the other fields, and what divides them.
BESIDE_FILES = MEGABYTE

#: The pages on which a call is written, and those of each context that take in files.
LOADS = (drafts_bp, load_applications_bp, load_scores_bp, load_decisions_bp)


class DatabaseIsBehind(Exception):
    """The database stands at an older revision than the program."""


def create_app(settings: Settings) -> Flask:
    """The web application for `settings`; refuses to start on a database that was not brought up to date."""
    app = TransactionalFlask("grantflow", template_folder=str(ROOT / "templates"), static_folder="static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        PUBLIC_URL=settings.public_url,
        MAX_CONTENT_LENGTH=LIMITS.request + BESIDE_FILES,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https:"),
        WTF_CSRF_TIME_LIMIT=None,
    )
    if settings.public_url.startswith("https:"):
        _stand_behind_a_proxy(app)
    logs.configure()
    logs.watch(app)
    app.config["REVISION"] = schema.revisions(MIGRATIONS)[-1]
    db.connect(settings.database_url)
    shelf.open(settings.stored_files)
    scanner.use(settings.clamd_url)
    if not schema.is_current(db.engine, MIGRATIONS):
        raise DatabaseIsBehind("grantflow init")
    install(POLICY)
    handlers.install(HANDLERS)
    sealing.use(settings.secret_key)
    tickets.use(settings.tickets)
    assets.watch(app)
    _know_people(app)
    _dress_pages(app)
    _answer_errors(app)
    for blueprint in (
        home_bp,
        jobs_bp,
        health_bp,
        accounts_bp,
        registering_bp,
        codes_bp,
        own_bp,
        groups_bp,
        group_people_bp,
        merging_bp,
        everybody_bp,
        people_bp,
        calls_bp,
        letters_bp,
        deliveries_bp,
        self_check_bp,
        applications_bp,
        blank_form_bp,
        dossier_bp,
        dossier_papers_bp,
        submissions_bp,
        deadlines_bp,
        late_bp,
        budget_sheet_bp,
        officers_bp,
        consents_bp,
        attachments_bp,
        corrections_bp,
        deciding_bp,
        officer_checks_bp,
        screening_bp,
        proxies_bp,
        review_bp,
        panel_bp,
        assigning_bp,
        scoring_bp,
        awards_bp,
        *LOADS,
    ):
        app.register_blueprint(blueprint)
    app.view_functions["static"] = public(app.view_functions["static"])
    refuse_undeclared_views(app)
    return app


def _stand_behind_a_proxy(app: Flask) -> None:
    """Know askers by what the web server before us says; without it all would share one address, and its tries."""
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]


def _know_people(app: Flask) -> None:
    CSRFProtect(app)
    app.before_request(note_receipt)
    busy_views.watch(app)
    login = LoginManager(app)
    login.session_protection = None
    login.anonymous_user = lambda: VISITOR
    login.user_loader(_load)

    @app.before_request
    def know_who_asks() -> None:
        actor()


def _load(token: str) -> Actor | None:
    """Who holds the cookie: read in a transaction of its own, before that of the request begins."""
    with db.open(write=False):
        found = account_queries.sign_in(token)
        who = _who_holds(found, token) if found else None
    if found and clock.now() - found.seen_at > accounts.SEEN_EVERY:
        with db.transaction(write=True):
            accounts.seen(found)
    return who


def _who_holds(found: SignIn, token: str) -> Actor:
    """The person of the sign-in; while a one-time code is due, a visitor on the way to give it."""
    who = calls.actor(found.user, token)
    needed = found.second_step is SecondStep.NOT_ASKED and any(who.has_anywhere(role) for role in NEEDS_CODE)
    return replace(VISITOR, token=token) if needed or found.second_step is SecondStep.WAITS else who


#: Where somebody may go whose one-time code is due.
ON_THE_WAY = frozenset(
    {
        *("codes.give", "codes.check", "codes.set_up", "codes.begin", "accounts.sign_in", "accounts.begin"),
        *("accounts.sign_out", "accounts.welcome", "home.speak", "home.help", "home.accessibility", "static"),
        *("registering.ask", "registering.finish", "registering.forgot"),
        *("home.healthz", "home.readyz", "health.healthz", "health.readyz"),
    }
)


def _ask_for_the_code() -> ResponseReturnValue | None:
    """Lead whoever gave only a password to the second step, before anything else."""
    if not (actor().is_anonymous and actor().token) or request.endpoint is None or request.endpoint in ON_THE_WAY:
        return None
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("codes.give", next=request.full_path.rstrip("?")))
    return ask_again() or _error_page(HTTPStatus.FORBIDDEN, "code")


def _dress_pages(app: Flask) -> None:
    app.jinja_env.globals.update(_=words._, role_label=role_label)
    app.jinja_env.filters.update(
        yen=text.yen,
        characters=text.grapheme_count,
        moment=dates.moment_text,
        exact=lambda value: dates.moment_text(value, exact=True),
        day=dates.wareki,
        iso=lambda value: value.isoformat(),
        partial=lambda value: value.text() if value else "",
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def common() -> dict[str, Any]:
        who = actor()
        return {
            "actor": who,
            "can": lambda permission, thing=None: permits(who, Permission(permission), thing),
            "language": words.language(),
            "languages": words.LANGUAGES,
            "messages": get_flashed_messages(with_categories=True),
            "now": clock.now(),
        }

    @app.context_processor
    def navigation() -> dict[str, Any]:
        return {"places_for": lambda call: places(actor(), call)}

    @app.before_request
    def speak() -> None:
        words.speak(session.get("language", words.SOURCE))

    app.before_request(_ask_for_the_code)
    app.after_request(protect)


def _answer_errors(app: Flask) -> None:
    app.register_error_handler(NotPermitted, _not_permitted)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(StaleDataError, lambda _error: _error_page(HTTPStatus.CONFLICT, "stale"))
    app.register_error_handler(CSRFError, lambda _error: send_again() or _error_page(HTTPStatus.BAD_REQUEST, "token"))
    app.register_error_handler(HTTPException, _http)


def _error_page(status: HTTPStatus, kind: str, message: str = "") -> Response:
    return page(f"errors/{kind}.html", status=status.value, message=message).render()


def _not_permitted(_error: NotPermitted) -> ResponseReturnValue:
    if actor().is_anonymous and request.method == "GET" and not wants_json():
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    again = ask_again() if actor().is_anonymous else None
    return again or _error_page(HTTPStatus.FORBIDDEN, "403")


def _refused(refusal: Refused) -> ResponseReturnValue:
    if isinstance(refusal, Unavailable):
        return _error_page(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", told(refusal))
    return _error_page(HTTPStatus.CONFLICT, "refused", told(refusal))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _broken(HTTPStatus(error.code))
    told_of_size = _too_large() if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else ""
    return _error_page(HTTPStatus(error.code), str(error.code) if error.code in KNOWN_ERRORS else "400", told_of_size)


def _too_large() -> str:
    return words._(
        "送られたファイルが大きすぎて、受け取れませんでした。"
        "1回に送れるのは合わせて%(size)sまでです。前に保存したものは、そのまま残っています。",
        size=in_megabytes(LIMITS.request),
    )


def _broken(status: HTTPStatus) -> Response:
    """The page of our own mistake, with what finds it in the log; plain words when not even that can be shown."""
    try:
        with db.open(write=False):
            return page("errors/500.html", status=status.value, reference=logs.reference()).render()
    except Exception as error:
        logs.failed(error)
        sentence = words._(
            "いまは表示できません。少し待ってから、もう一度行ってください。"
            "問い合わせのときは、この番号を知らせてください：%(reference)s",
            reference=logs.reference(),
        )
        return Response(sentence, status, mimetype="text/plain")


KNOWN_ERRORS = frozenset({400, 403, 404, 405, 413, 429})
