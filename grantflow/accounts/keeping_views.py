"""The answers to a form whose sender's sign-in had ended: sign in again, and nothing that was typed is lost."""

from http import HTTPStatus

from flask import Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from grantflow.accounts import keeping, queries, second_step
from grantflow.accounts.code_views import setting_up
from grantflow.accounts.forms import BeginCodesForm, CodeForm, SignInForm
from grantflow.accounts.keeping import Kept
from grantflow.accounts.views import place_asked_for, resume
from grantflow.core.web import SAFE, Page, actor, page, wants_json
from grantflow.core.words import _


def ask_again() -> ResponseReturnValue | None:
    """The page on which the sender signs in again, with what was typed in it; for a script a sentence.

    None where nothing can be kept: nothing was sent, or a page of another site sent it.
    """
    if wants_json():
        return _sentence(
            _(
                "サインインが切れています。入力した内容は、この画面に残っています。"
                "画面のボタンで保存すると、サインインしてから続きを保存できます。"
            ),
            HTTPStatus.UNAUTHORIZED,
        )
    kept = _kept()
    return _step(kept).with_status(HTTPStatus.FORBIDDEN.value).render() if kept else None


def send_again() -> ResponseReturnValue | None:
    """The answer to a form whose token no longer counts: whoever is signed in only confirms it.

    None where nothing can be kept.
    """
    if actor().is_anonymous:
        return ask_again()
    if wants_json():
        return _sentence(
            _("画面の有効期限が切れています。入力した内容は、この画面に残っています。画面のボタンで保存してください。"),
            HTTPStatus.BAD_REQUEST,
        )
    kept = _kept()
    return resume(kept, HTTPStatus.BAD_REQUEST.value).render() if kept else None


def _sentence(message: str, status: HTTPStatus) -> tuple[Response, int]:
    return jsonify(message=message), status.value


def _kept() -> Kept | None:
    if request.method in SAFE or keeping.is_foreign(request.headers, request.host):
        return None
    found = keeping.carried(request.form)
    if found is None and _needs_a_person(request.endpoint):
        found = keeping.typed(request.full_path.rstrip("?"), request.form, request.files)
    return found if found and _takes_a_form(found.path) else None


def _needs_a_person(endpoint: str | None) -> bool:
    return getattr(current_app.view_functions.get(endpoint or ""), "access", None) is not None


def _takes_a_form(path: str) -> bool:
    try:
        current_app.url_map.bind_to_environ(request.environ).match(path.partition("?")[0], method="POST")
    except (HTTPException, RequestRedirect):
        return False
    return True


def _step(kept: Kept) -> Page:
    """The page of what is due next: the password, the one-time code, or setting codes up."""
    found = queries.sign_in(actor().token) if actor().token else None
    if found is None:
        return page("accounts/sign_in.html", form=SignInForm(formdata=None), kept=kept)
    if queries.code_key(found.user) is None:
        form = BeginCodesForm(formdata=None)
        form.sealed.data = second_step.offer(found.user)
        return setting_up(found.user, form, kept)
    return page("accounts/code.html", form=CodeForm(formdata=None), goal=place_asked_for(), kept=kept)
