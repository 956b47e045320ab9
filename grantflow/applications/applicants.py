"""Reading which organisations applied where."""

import uuid

from sqlalchemy import ColumnElement, Select, exists, select, true

from grantflow.applications.models import Application
from grantflow.core.db import db


def applicants_of(call_ids: frozenset[uuid.UUID] | None) -> Select[uuid.UUID]:
    """The organisations with a proposal, drafts too, in one of the calls (None: in any)."""
    return select(Application.organization_id).where(_in(call_ids))


def has_applied(organization_id: uuid.UUID, call_ids: frozenset[uuid.UUID] | None) -> bool:
    """Whether the organisation has a proposal in one of the calls."""
    found = exists().where(Application.organization_id == organization_id, _in(call_ids))
    return bool(db.session.scalar(select(found)))


def _in(call_ids: frozenset[uuid.UUID] | None) -> ColumnElement[bool]:
    return true() if call_ids is None else Application.call_id.in_(call_ids)
