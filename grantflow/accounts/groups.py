"""The verbs of an organisation: adding one, and keeping its profile."""

from collections.abc import Mapping

from grantflow.accounts import operations
from grantflow.accounts.models import MemberRole, Organization, TaxStatus, User
from grantflow.accounts.profile import KEYS, PERSONAL, profile
from grantflow.audit import trail
from grantflow.core.authorization import Actor, authorize
from grantflow.core.dates import PartialDate
from grantflow.core.db import db
from grantflow.core.text import Name
from grantflow.permissions import Permission


def add(
    name: str, *, legal_form: str = "", founded: PartialDate | None = None, representative: bool, by: Actor
) -> Organization:
    """A new organisation for which `by` acts: as its representative, or as one who writes (R3.4).

    One of the same name may exist: nobody comes to act for it by typing its name.
    """
    authorize(by, Permission.ORGANIZATION_ADD)
    row = operations.organization(name, legal_form=legal_form, founded=founded)
    trail.record("organizations.add", row, by=by, name=name)
    db.session.flush()
    role = MemberRole.REPRESENTATIVE if representative else MemberRole.EDITOR
    operations.join(db.session.get_one(User, by.id), row, by=by, role=role)
    return row


def write_profile(organization: Organization, facts: Mapping[str, str], *, by: Actor) -> bool:
    """Keep `facts`, as `accounts.profile.read` read them, on the profile; whether anything changed.

    A part of the keys is enough; what is not named stays. The event says what changed, and of what tells of a person
    only that it changed.
    """
    authorize(by, Permission.ORGANIZATION_WRITE, organization)
    before = profile(organization)
    changed = [key for key in KEYS if key in facts and facts[key] != before[key]]
    if not changed:
        return False
    put(organization, {key: facts[key] for key in changed})
    told = [key for key in changed if key not in PERSONAL]
    trail.record(
        "organizations.write",
        organization,
        by=by,
        before={key: before[key] for key in told},
        after={key: facts[key] for key in told},
        fields=[key for key in changed if key in PERSONAL],
    )
    return True


def put(organization: Organization, facts: Mapping[str, str]) -> None:
    """Put `facts` into the columns, a name in its three forms (R5.9); the caller records the event."""
    for key, value in facts.items():
        if key == "name":
            name = Name.of(value)
            organization.name, organization.name_display = name.raw, name.display
            organization.name_key = name.search_key
        elif key == "founded":
            organization.founded = PartialDate.parse(value)
        elif key == "tax_status":
            organization.tax_status = TaxStatus(value)
        else:
            setattr(organization, key, value)
