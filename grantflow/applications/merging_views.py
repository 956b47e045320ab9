"""Pages on which two records of one organisation are found, compared and merged."""

import uuid

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts.models import Organization
from grantflow.applications import duplicates, merging
from grantflow.applications.merging_forms import MergeForm
from grantflow.core.authorization import permits
from grantflow.core.db import db
from grantflow.core.web import Page, actor, attempt, page, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission

bp = Blueprint("merging", __name__, url_prefix="/duplicates")


@bp.get("")
@subject(None, Permission.ORGANIZATION_MERGE)
def index() -> Page:
    """The records that likely mean one organisation, and a search for others."""
    words = request.args.get("q", "").strip()[:200]
    return page(
        "groups/duplicates.html",
        clusters=duplicates.clusters(actor()),
        words=words,
        found=duplicates.search(actor(), words),
        keep=_asked_to_keep(),
    )


@bp.get("/<uuid:id>/<uuid:other>")
@subject(Organization, Permission.ORGANIZATION_MERGE)
def plan(organization: Organization, other: uuid.UUID) -> Page:
    """All that follows when the other record is merged into this one; nothing was changed yet."""
    found = merging.plan(organization, _other(other), by=actor())
    return page("groups/merge.html", plan=found, form=MergeForm.of(found))


@bp.post("/<uuid:id>/<uuid:other>")
@subject(Organization, Permission.ORGANIZATION_MERGE)
def merge(organization: Organization, other: uuid.UUID) -> Page | ResponseReturnValue:
    """Merge the other record into this one, if all is as it was shown."""
    found = merging.plan(organization, _other(other), by=actor())
    form = MergeForm.of(found)

    def act() -> None:
        merging.merge(organization, found.other, form.taken(found), seen=str(form.seen.data), by=actor())

    name = found.other.name
    if form.validate_on_submit() and attempt(form, act):
        say(_("「%(other)s」の記録を「%(kept)s」にまとめました。", other=name, kept=organization.name))
        return redirect(url_for(".index"))
    # What is shown again is what is there now
    now = merging.plan(organization, found.other, by=actor())
    again = MergeForm.of(now)
    again.seen.data = now.fingerprint
    again.form_errors.extend(form.form_errors)
    return page("groups/merge.html", plan=now, form=again)


def _other(other: uuid.UUID) -> Organization:
    return db.session.get(Organization, other) or abort(404)


def _asked_to_keep() -> Organization | None:
    """The record that the address asks to keep, if whoever asks may merge it."""
    try:
        asked = uuid.UUID(request.args.get("keep", ""))
    except ValueError:
        return None
    found = db.session.get(Organization, asked)
    return found if found and permits(actor(), Permission.ORGANIZATION_MERGE, found) else None
