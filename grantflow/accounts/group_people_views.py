"""Pages of who acts for an organisation: inviting, roles, handing over, leaving, and the invitation itself."""

import uuid

from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts import group_people as people
from grantflow.accounts import group_queries as queries
from grantflow.accounts.group_people_forms import AcceptForm, HandOverForm, InviteColleagueForm, LeaveForm, told
from grantflow.accounts.models import Invitation, MemberRole, Membership, Organization, User
from grantflow.core.authorization import permits
from grantflow.core.db import db
from grantflow.core.web import Page, actor, attempt, page, public, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission

bp = Blueprint("group_people", __name__)

GONE = 410


@bp.get("/groups/<uuid:id>/people")
@subject(Organization, Permission.ORGANIZATION_READ)
def index(organization: Organization) -> Page:
    """Who acts for the organisation, and who was invited."""
    return _people(organization, InviteColleagueForm.of(_invitable(organization)))


@bp.post("/groups/<uuid:id>/people")
@subject(Organization, Permission.ORGANIZATION_WRITE)
def invite(organization: Organization) -> Page | ResponseReturnValue:
    """Invite a colleague by mail."""
    form = InviteColleagueForm.of(_invitable(organization))

    def send() -> None:
        role = MemberRole(form.role.data)
        people.invite(organization, str(form.email.data), role, site=current_app.config["PUBLIC_URL"], by=actor())

    if form.validate_on_submit() and attempt(form, send):
        say(_("%(email)s に招待のメールを送ります。リンクは7日間使えます。", email=form.email.data))
        return redirect(url_for(".index", id=organization.id))
    return _people(organization, form)


@bp.post("/groups/<uuid:id>/people/<uuid:member>/role")
@subject(Organization, Permission.ORGANIZATION_WRITE)
def change_role(organization: Organization, member: uuid.UUID) -> ResponseReturnValue:
    """Make somebody something else in the organisation."""
    row, asked = _member(organization, member), request.form.get("role", "")
    if asked not in set(MemberRole):
        abort(400)
    people.change_role(row, MemberRole(asked), by=actor())
    say(_("%(name)sさんを「%(role)s」にしました。次の操作から効きます。", name=row.user.name, role=row.role.label))
    return redirect(url_for(".index", id=organization.id))


@bp.post("/groups/<uuid:id>/people/<uuid:member>/remove")
@subject(Organization, Permission.ORGANIZATION_WRITE)
def remove(organization: Organization, member: uuid.UUID) -> ResponseReturnValue:
    """Take somebody out of the organisation."""
    row = _member(organization, member)
    name = row.user.name
    people.remove(row, by=actor())
    say(_("%(name)sさんを団体から外しました。次の操作から、団体の応募は見られません。", name=name))
    return redirect(url_for(".index", id=organization.id))


@bp.post("/groups/<uuid:id>/invitations/<uuid:invitation>/withdraw")
@subject(Organization, Permission.ORGANIZATION_WRITE)
def withdraw(organization: Organization, invitation: uuid.UUID) -> ResponseReturnValue:
    """Take an invitation back."""
    row = db.session.get(Invitation, invitation)
    if row is None or row.organization_id != organization.id:
        abort(404)
    people.withdraw(row, by=actor())
    say(_("招待を取り消しました。送ったリンクは、もう使えません。"))
    return redirect(url_for(".index", id=organization.id))


@bp.route("/groups/<uuid:id>/hand-over", methods=["GET", "POST"])
@subject(Organization, Permission.ORGANIZATION_WRITE)
def hand_over(organization: Organization) -> Page | ResponseReturnValue:
    """Make somebody else the representative."""
    rows = queries.members(organization)
    others = [row for row in rows if row.user_id != actor().id and row.user.is_active]
    form = HandOverForm.of(others)

    def act() -> None:
        to = next(row for row in others if str(row.id) == form.to.data)
        people.hand_over(organization, to, form.role, site=current_app.config["PUBLIC_URL"], by=actor())

    if form.validate_on_submit() and attempt(form, act):
        say(_("代表者を引き継ぎました。次の操作から効きます。"))
        goal = url_for(".index", id=organization.id) if form.role else url_for("groups.index")
        return redirect(goal)
    mine = next((row for row in rows if row.user_id == actor().id), None)
    return page(
        "groups/hand_over.html",
        organization=organization,
        form=form,
        is_representative=mine is not None and mine.role is MemberRole.REPRESENTATIVE,
        others=others,
    )


@bp.route("/groups/<uuid:id>/leave", methods=["GET", "POST"])
@subject(Organization, Permission.ORGANIZATION_READ)
def leave(organization: Organization) -> Page | ResponseReturnValue:
    """Act for the organisation no longer."""
    form = LeaveForm()
    if form.validate_on_submit() and attempt(form, lambda: people.leave(organization, by=actor())):
        say(_("「%(name)s」から抜けました。", name=organization.name))
        return redirect(url_for("groups.index"))
    return page("groups/leave.html", organization=organization, form=form)


@bp.route("/invitations/<key>", methods=["GET", "POST"])
@public
def invitation(key: str) -> Page | ResponseReturnValue:
    """What one is invited to; who signed in comes in here."""
    found = queries.invitation(key)
    if found is None:
        return page("groups/invitation_is_over.html", status=GONE)
    form, organization = AcceptForm(), found.organization
    if not actor().is_authenticated:
        return page("groups/invitation.html", invitation=found, role=told(found.role), here=request.path, form=form)
    if form.validate_on_submit() and attempt(
        form, lambda: people.accept(found, db.session.get_one(User, actor().id), by=actor())
    ):
        say(_("「%(name)s」に入りました。", name=organization.name))
        return redirect(url_for("groups.show", id=organization.id))
    return page("groups/invitation.html", invitation=found, role=told(found.role), here=request.path, form=form)


def _member(organization: Organization, member: uuid.UUID) -> Membership:
    row = db.session.get(Membership, member)
    if row is None or row.organization_id != organization.id:
        abort(404)
    return row


def _mine(rows: list[Membership]) -> MemberRole:
    return next((row.role for row in rows if row.user_id == actor().id), MemberRole.READER)


def _invitable(organization: Organization) -> frozenset[MemberRole]:
    rows = queries.members(organization)
    return people.invitable(_mine(rows), headless=people.is_headless(rows))


def _people(organization: Organization, form: InviteColleagueForm) -> Page:
    rows = queries.members(organization)
    headless = people.is_headless(rows)
    mine = people.manageable(_mine(rows), headless=headless)
    return page(
        "groups/people.html",
        organization=organization,
        rows=rows,
        form=form,
        invitations=queries.invitations(organization),
        headless=headless,
        manageable=mine,
        role_choices=[(role.value, role.label) for role in MemberRole if role in mine],
        is_representative=_mine(rows) is MemberRole.REPRESENTATIVE,
        writes=permits(actor(), Permission.ORGANIZATION_WRITE, organization),
    )
