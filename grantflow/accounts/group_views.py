"""Pages of organisations: one's own, a new one, its profile."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts import group_queries as queries
from grantflow.accounts import groups
from grantflow.accounts.group_forms import GroupForm, NewGroupForm
from grantflow.accounts.models import Organization
from grantflow.accounts.profile import KEYS, lines, notes, printed, profile
from grantflow.core.authorization import permits
from grantflow.core.web import Page, actor, page, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission

bp = Blueprint("groups", __name__, url_prefix="/groups")

CONFLICT = 409


@bp.get("")
@subject(None, Permission.ORGANIZATION_ADD)
def index() -> Page:
    """The organisations for which one acts, and as what."""
    person = actor().id
    return page("groups/index.html", rows=queries.own(person) if person else [])


@bp.route("/new", methods=["GET", "POST"])
@subject(None, Permission.ORGANIZATION_ADD)
def new() -> Page | ResponseReturnValue:
    """Register an organisation for which one acts."""
    form = NewGroupForm()
    if form.validate_on_submit():
        row = groups.add(
            str(form.name.data),
            legal_form=form.legal_form.data or "",
            representative=form.representative.data == "yes",
            by=actor(),
        )
        say(_("団体「%(name)s」を登録しました。", name=row.name))
        return redirect(url_for(".show", id=row.id))
    return page("groups/new.html", form=form)


@bp.get("/<uuid:id>")
@subject(Organization, Permission.ORGANIZATION_READ)
def show(organization: Organization) -> Page:
    """What is known of the organisation, to be used in proposals by choice."""
    facts = profile(organization)
    return page(
        "groups/show.html",
        organization=organization,
        lines=lines(facts),
        notes=notes(facts),
        writes=permits(actor(), Permission.ORGANIZATION_WRITE, organization),
        people=queries.members(organization),
    )


@bp.route("/<uuid:id>/edit", methods=["GET", "POST"])
@subject(Organization, Permission.ORGANIZATION_WRITE)
def edit(organization: Organization) -> Page | ResponseReturnValue:
    """Write the profile; who saves after somebody else gets both texts."""
    stored = profile(organization)
    form = GroupForm() if request.method == "POST" else GroupForm(data=stored)
    if not form.validate_on_submit():
        return _edit(organization, form)
    if request.form.get("version") != str(organization.version) and form.facts != stored:
        return _edit(organization, form, two_versions=_both(stored, form.facts)).with_status(CONFLICT)
    told = form.notes
    if groups.write_profile(organization, form.facts, by=actor()):
        say(_("団体の登録内容を保存しました。応募に書いた内容は変わりません。"))
    for note in told:
        say(note, "warning")
    return redirect(url_for(".show", id=organization.id))


def _edit(organization: Organization, form: GroupForm, **more: Any) -> Page:
    return page("groups/edit.html", organization=organization, form=form, version=organization.version, **more)


def _both(stored: dict[str, str], typed: dict[str, str]) -> list[dict[str, str]]:
    """What is stored and what was typed, part by part, as both are printed."""
    form = GroupForm()
    return [
        {"label": str(form[key].label.text), "stored": printed(key, stored), "typed": printed(key, typed)}
        for key in KEYS
    ]
