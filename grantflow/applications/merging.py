"""Two records of one organisation become one: finding them, what would follow, and doing it (decision 0015)."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from grantflow.accounts import group_queries, groups
from grantflow.accounts.group_queries import BY_STRENGTH
from grantflow.accounts.models import Invitation, MemberRole, Membership, Organization, TaxStatus
from grantflow.accounts.profile import KEYS, LABELS, printed, profile
from grantflow.applications.models import Application
from grantflow.audit import trail
from grantflow.calls.models import Extension
from grantflow.core.authorization import Actor, authorize, permits
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.permissions import Permission


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of the profile that both records fill, each otherwise: one of the two must be chosen."""

    key: str
    label: str
    kept: str
    other: str


@dataclass(frozen=True, slots=True)
class Belonging:
    """Somebody of the other record: what they are in it, in the kept one (None: nothing yet), and afterwards."""

    name: str
    there: MemberRole
    here: MemberRole | None
    after: MemberRole


@dataclass(frozen=True, slots=True)
class Plan:
    """All that follows when `other` is merged into `kept`; `fingerprint` changes when any of it does."""

    kept: Organization
    other: Organization
    moved: Sequence[Application]
    there_already: Sequence[Application]
    people: Sequence[Belonging]
    invitations: int
    differences: Sequence[Difference]
    #: What the kept record leaves empty and the other fills: label and printed value.
    filled: Sequence[tuple[str, str]]
    fingerprint: str

    @property
    def side_by_side(self) -> Sequence[Application]:
        """The proposals of the other record that stand in a call in which the kept one has a proposal too."""
        calls = {application.call_id for application in self.there_already}
        return [application for application in self.moved if application.call_id in calls]


def plan(kept: Organization, other: Organization, *, by: Actor) -> Plan:
    """What would follow; refused for records that `by` may not merge, and for one that was merged before."""
    for organization in (kept, other):
        authorize(by, Permission.ORGANIZATION_MERGE, organization)
    if kept.id == other.id:
        raise Refused(_("同じ記録どうしはまとめられません。別の記録を選んでください。"))
    if kept.merged_into_id or other.merged_into_id:
        raise Refused(_("この記録は、もう別の記録にまとめられています。重複の一覧から選び直してください。"))
    moved, there_already = _proposals(other), _proposals(kept)
    if not all(permits(by, Permission.APPLICATION_SCREEN, each) for each in (*moved, *there_already)):
        raise Refused(_("この2つの団体には、あなたが扱えない応募があります。まとめることは、管理者に頼んでください。"))
    here, there = group_queries.members(kept), group_queries.members(other)
    waiting = list(_invitations(other))
    stored, offered = profile(kept), profile(other)
    return Plan(
        kept=kept,
        other=other,
        moved=moved,
        there_already=there_already,
        people=[_belonging(row, here) for row in there],
        invitations=sum(row.ended_at is None for row in waiting),
        differences=[
            Difference(key, str(LABELS[key]), printed(key, stored), printed(key, offered))
            for key in KEYS
            if not _is_empty(key, stored) and not _is_empty(key, offered) and stored[key] != offered[key]
        ],
        filled=[(str(LABELS[key]), printed(key, offered)) for key in _fills(stored, offered)],
        fingerprint=_fingerprint(kept, other, (*moved, *there_already), (*here, *there), waiting),
    )


def merge(kept: Organization, other: Organization, taken: Collection[str], *, seen: str, by: Actor) -> None:
    """Let `kept` stand for both: proposals, people and invitations of `other` are its own from now on.

    `taken` are the keys of the profile that are taken over from `other`. Refused when anything is otherwise than on
    the page whose fingerprint is `seen`. The proposals keep the names they were handed in under.
    """
    held = select(Organization.id).where(Organization.id.in_((kept.id, other.id))).order_by(Organization.id)
    db.session.execute(held.with_for_update())
    found = plan(kept, other, by=by)
    if found.fingerprint != seen:
        raise Refused(
            _("画面を開いた後に、この2つの記録の内容が変わりました。何も変えていません。もう一度確かめてください。")
        )
    stored, offered = profile(kept), profile(other)
    chosen = {each.key for each in found.differences} & set(taken)
    keys = [key for key in KEYS if key in chosen or key in _fills(stored, offered)]
    groups.put(kept, {key: offered[key] for key in keys})
    for application in found.moved:
        application.organization, application.organization_id = kept, kept.id
    _unite(kept, other)
    for extension in _extensions(other):
        extension.organization, extension.organization_id = kept, kept.id
    for invitation in _invitations(other):
        invitation.organization, invitation.organization_id = kept, kept.id
    other.merged_into_id = kept.id
    db.session.execute(
        update(Organization).where(Organization.merged_into_id == other.id).values(merged_into_id=kept.id)
    )
    proposals = [application.number or str(application.id) for application in found.moved]
    trail.record(
        "organizations.merge", kept, by=by, other=str(other.id), applications=proposals, fields=keys, name=other.name
    )
    trail.record("organizations.merge_into", other, by=by, kept=str(kept.id), applications=proposals, name=kept.name)


def _unite(kept: Organization, other: Organization) -> None:
    """Everybody of the other record acts for the kept one, in the stronger of both roles."""
    here = {row.user_id: row for row in group_queries.members(kept)}
    for row in group_queries.members(other):
        mine = here.get(row.user_id)
        if mine is None:
            row.organization, row.organization_id = kept, kept.id
        else:
            mine.role = _stronger(mine.role, row.role)
            db.session.delete(row)


def _belonging(row: Membership, here: Sequence[Membership]) -> Belonging:
    mine = next((each.role for each in here if each.user_id == row.user_id), None)
    return Belonging(row.user.name, row.role, mine, _stronger(mine, row.role) if mine else row.role)


def _stronger(one: MemberRole, other: MemberRole) -> MemberRole:
    return min(one, other, key=BY_STRENGTH.index)


def _is_empty(key: str, facts: dict[str, str]) -> bool:
    return facts[key] in ("", TaxStatus.UNKNOWN.value) if key == "tax_status" else not facts[key]


def _fills(stored: dict[str, str], offered: dict[str, str]) -> list[str]:
    return [key for key in KEYS if _is_empty(key, stored) and not _is_empty(key, offered)]


def _proposals(organization: Organization) -> Sequence[Application]:
    found = select(Application).options(joinedload(Application.call), joinedload(Application.tier))
    theirs = found.where(Application.organization_id == organization.id)
    return db.session.scalars(theirs.order_by(Application.serial, Application.id)).all()


def _extensions(organization: Organization) -> Sequence[Extension]:
    """Deadlines that were moved for the organisation alone."""
    return db.session.scalars(select(Extension).where(Extension.organization_id == organization.id)).all()


def _invitations(organization: Organization) -> Sequence[Invitation]:
    found = select(Invitation).where(Invitation.organization_id == organization.id)
    return db.session.scalars(found.order_by(Invitation.id)).all()


def _fingerprint(
    kept: Organization,
    other: Organization,
    applications: Sequence[Application],
    people: Sequence[Membership],
    invitations: Sequence[Invitation],
) -> str:
    """The hash of all that a page of the plan shows."""
    seen = [
        *((str(row.id), row.version) for row in (kept, other)),
        *((str(row.id), row.status.value, row.number or "") for row in applications),
        *((str(row.organization_id), str(row.user_id), row.role.value) for row in people),
        *((str(row.id), row.ended_at is None) for row in invitations),
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()
