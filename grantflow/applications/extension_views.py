"""The pages on which the secretariat moves the deadline: for all, for one group, and as the second person."""

from collections.abc import Sequence

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts.models import Organization
from grantflow.applications import deadlines, extending
from grantflow.applications.extension_forms import ActForm, ExtendForAllForm, ExtendForOneForm
from grantflow.applications.proxied import organizations_like
from grantflow.calls import queries as calls
from grantflow.calls.models import Call, Extension
from grantflow.core import clock
from grantflow.core.dates import moment_text
from grantflow.core.web import Page, actor, attempt, page, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission

bp = Blueprint("deadlines", __name__)


@bp.get("/calls/<slug>/deadline")
@subject(Call, Permission.DEADLINE_EXTEND, key="slug")
def index(call: Call) -> Page:
    """The deadline that holds, every extension, and what waits for a second person (R3.6)."""
    return _index(call)


def _index(call: Call, form: ActForm | None = None) -> Page:
    return page(
        "applications/deadline.html",
        call=call,
        is_open=call.is_open(clock.now()),
        for_all=calls.extensions_for_all(call),
        for_one=deadlines.for_one(call, actor()),
        waiting={row.id for row in deadlines.waiting_for(call, actor())},
        form=form or ActForm(formdata=None),
    )


@bp.route("/calls/<slug>/deadline/all", methods=["GET", "POST"])
@subject(Call, Permission.DEADLINE_EXTEND, key="slug")
def for_all(call: Call) -> Page | ResponseReturnValue:
    """Move the deadline of everybody: it holds at once and is shown on the call's page."""
    form = ExtendForAllForm()
    if form.validate_on_submit() and attempt(
        form, lambda: extending.extend_for_all(call, form.closes_at.data, str(form.reason.data), by=actor())
    ):
        say(_("締切を%(at)sまで延ばしました。公募のページに載せました。", at=moment_text(call.deadline)))
        return redirect(url_for(".index", slug=call.slug))
    return page("applications/deadline_for_all.html", call=call, is_open=call.is_open(clock.now()), form=form)


@bp.route("/calls/<slug>/deadline/one", methods=["GET", "POST"])
@subject(Call, Permission.DEADLINE_EXTEND, key="slug")
def for_one(call: Call) -> Page | ResponseReturnValue:
    """Look for a group and ask that its deadline is moved; it holds once a second person confirms it."""
    words = request.args.get("q", "").strip()[:200]
    found = organizations_like(words)
    form = ExtendForOneForm.of(found)
    if form.validate_on_submit() and attempt(
        form,
        lambda: extending.propose_for_one(
            call, _chosen(found, form), form.closes_at.data, str(form.reason.data), by=actor()
        ),
    ):
        say(_("延長を申し出ました。事務局の別の人が確かめると、効きます。"))
        return redirect(url_for(".index", slug=call.slug))
    is_open = call.is_open(clock.now())
    return page("applications/deadline_for_one.html", call=call, is_open=is_open, words=words, found=found, form=form)


def _chosen(found: Sequence[Organization], form: ExtendForOneForm) -> Organization:
    return next(row for row in found if str(row.id) == form.organization.data)


@bp.post("/extensions/<uuid:id>/<any(confirm, drop):act>")
@subject(Extension, Permission.DEADLINE_EXTEND)
def answer(extension: Extension, act: str) -> Page | ResponseReturnValue:
    """Confirm the extension of one group as the second person, or take it back before anybody did."""
    call, form = extension.call, ActForm()
    if extension.organization is None:
        abort(404)
    if form.validate_on_submit() and attempt(form, lambda: _answer(extension, act)):
        say(_done(extension))
        return redirect(url_for(".index", slug=call.slug))
    return _index(call, form)


def _answer(extension: Extension, act: str) -> None:
    (extending.confirm if act == "confirm" else extending.drop)(extension, by=actor())


def _done(extension: Extension) -> str:
    if extension.organization is None or extension.confirmed_at is None:
        return _("延長を取りやめました。締切は変わりません。")
    name, at = extension.organization.name, moment_text(extension.closes_at)
    return _("延長を確かめました。「%(name)s」の締切は%(at)sです。", name=name, at=at)
