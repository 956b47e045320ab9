"""Records that likely mean one organisation: the same 法人番号, or names that differ in spelling only (R5.10)."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from grantflow.accounts.models import Membership, Organization
from grantflow.applications.models import Application
from grantflow.applications.searching import ESCAPE, patterns
from grantflow.core.authorization import Actor, visible
from grantflow.core.db import db
from grantflow.core.text import duplicate_key
from grantflow.permissions import Permission

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an organisation, and how much hangs on it."""

    id: uuid.UUID
    name: str
    legal_form: str
    corporate_number: str
    applications: int = 0
    members: int = 0


def clusters(by: Actor) -> list[list[Record]]:
    """The records that `by` may merge and that likely mean one organisation, those of each together, by name."""
    rows = db.session.execute(_records(by).order_by(Organization.name_key, Organization.id)).all()
    found = [[rows[place] for place in places] for places in alike([(row.name, row.corporate_number) for row in rows])]
    counted = _counted([row for cluster in found for row in cluster])
    return [[counted[row.id] for row in cluster] for cluster in found]


def alike(records: Sequence[tuple[str, str]]) -> list[list[int]]:
    """The places in `records` (name and 法人番号) that share a number or the key of a name, two or more together."""
    leads = list(range(len(records)))
    first: dict[str, int] = {}
    for place, (name, number) in enumerate(records):
        for key in (f"name:{duplicate_key(name)}", *([f"number:{number}"] if number else [])):
            one, other = sorted((_lead(leads, place), _lead(leads, first.setdefault(key, place))))
            leads[other] = one
    together: dict[int, list[int]] = {}
    for place in range(len(records)):
        together.setdefault(_lead(leads, place), []).append(place)
    return [places for places in together.values() if len(places) > 1]


def _lead(leads: list[int], place: int) -> int:
    while leads[place] != place:
        place = leads[place]
    return place


def search(by: Actor, text: str) -> list[Record]:
    """The records that `by` may merge whose name holds all words of `text`, however they are spelled; 50 at most."""
    if not text.strip():
        return []
    found = _records(by)
    for pattern in patterns(text):
        found = found.where(Organization.name_key.like(pattern, escape=ESCAPE))
    rows = db.session.execute(found.order_by(Organization.name_key, Organization.id).limit(MOST_FOUND)).all()
    return list(_counted(rows).values())


def _records(by: Actor) -> Any:
    found = select(
        Organization.id,
        Organization.name,
        Organization.name_display,
        Organization.legal_form,
        Organization.corporate_number,
    ).where(Organization.merged_into_id.is_(None))
    return visible(found, by, Permission.ORGANIZATION_MERGE, Organization)


def _counted(rows: Iterable[Any]) -> dict[uuid.UUID, Record]:
    listed = list(rows)
    ids = [row.id for row in listed]
    proposals = _counts(Application.organization_id, ids)
    people = _counts(Membership.organization_id, ids)
    return {
        row.id: Record(
            row.id,
            row.name_display,
            row.legal_form,
            row.corporate_number,
            proposals.get(row.id, 0),
            people.get(row.id, 0),
        )
        for row in listed
    }


def _counts(column: Any, ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    found: dict[uuid.UUID, int] = {}
    for start in range(0, len(ids), 500):
        part = select(column, func.count()).where(column.in_(ids[start : start + 500])).group_by(column)
        found.update((key, count) for key, count in db.session.execute(part))
    return found
