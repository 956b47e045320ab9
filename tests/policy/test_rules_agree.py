"""A rule asked of a row and the same rule asked of a table give one answer."""

from typing import Any

import pytest
from sqlalchemy import select

from grantflow.accounts.models import Organization, User
from grantflow.applications.models import Application
from grantflow.awards.models import AdoptionList
from grantflow.calls import queries as calls
from grantflow.calls.models import Call, CallDraft, CallRole
from grantflow.core.authorization import SYSTEM, VISITOR, Actor, permits, visible
from grantflow.core.db import db
from grantflow.jobs.models import Job
from grantflow.mail.models import Mail
from grantflow.permissions import Permission as P
from grantflow.review.models import Assignment
from tests.factories.accounts import OPERATOR
from tests.policy.world import WHO, World, arranged

#: Of which rows a permission is asked; those asked of no row stand under None.
MODELS: dict[P, Any] = {
    P.DESK_READ: None,
    P.PASSWORD_CHANGE: None,
    P.ACCOUNT_MANAGE: None,
    P.JOB_READ: Job,
    P.CALL_READ: Call,
    P.CALL_MANAGE: Call,
    P.CALL_PUBLISH: Call,
    P.CALL_DISCARD: Call,
    P.CALL_REVISE: Call,
    P.DEADLINE_EXTEND: Call,
    P.PEOPLE_MANAGE: Call,
    P.PEOPLE_ADMINISTER: User,
    P.ROLE_GRANT: CallRole,
    P.MAIL_MANAGE: Call,
    P.MAIL_ADMINISTER: Mail,
    P.CALL_CREATE: None,
    P.DRAFT_EDIT: CallDraft,
    P.ORGANIZATION_ADD: None,
    P.ORGANIZATION_READ: Organization,
    P.ORGANIZATION_WRITE: Organization,
    P.ORGANIZATION_MERGE: Organization,
    P.APPLICATION_LIST: Call,
    P.APPLICATION_READ: Application,
    P.APPLICATION_EXPORT: Call,
    P.APPLICATION_START: Call,
    P.APPLICATION_WRITE: Application,
    P.APPLICATION_SUBMIT: Application,
    P.APPLICATION_ENTER: Call,
    P.APPLICATION_SCREEN: Application,
    P.APPLICATION_WITHDRAW: Application,
    P.ELIGIBILITY_DECIDE: Call,
    P.SUBMISSION_READ: Application,
    P.OFFICERS_LIST: Call,
    P.OFFICERS_READ: Application,
    P.OFFICERS_WRITE: Application,
    P.CHECK_LIST: Call,
    P.CHECK_READ: Application,
    P.CHECK_RECORD: Application,
    P.CONSENT_READ: Application,
    P.PROXY_MANAGE: Application,
    P.REVIEW_READ: Application,
    P.CONFLICT_DECLARE: Application,
    P.PANEL_MANAGE: Call,
    P.REVIEW_EXPORT: Call,
    P.SHEET_LIST: Call,
    P.SHEET_READ: Assignment,
    P.SHEET_ANSWER: Assignment,
    P.SHEET_FILL: Assignment,
    P.SCORE_ENTER: Call,
    P.RANKING_READ: Call,
    P.DECISION_READ: Application,
    P.DECISION_MAKE: Application,
    P.LIST_READ: AdoptionList,
    P.LIST_FREEZE: AdoptionList,
    P.LIST_AGREE: AdoptionList,
    P.LIST_PUBLISH: AdoptionList,
    P.RESULT_READ: Call,
    P.HISTORY_READ: Application,
}


def actors(world: World) -> dict[str, Actor]:
    """Everybody who may ask."""
    found = {who: calls.actor(user) if user else VISITOR for who, user in world.people.items()}
    return found | {"operator": OPERATOR, "system": SYSTEM}


def test_every_permission_is_asked_of_something() -> None:
    assert set(MODELS) == set(P)


@pytest.mark.parametrize("state", ["undecided", "published"])
@pytest.mark.parametrize("permission", [permission for permission, model in MODELS.items() if model is not None])
def test_a_list_shows_what_a_page_would(store: None, permission: P, state: str) -> None:
    world = arranged(state)
    model = MODELS[permission]

    with db.transaction(write=False):
        rows = db.session.scalars(select(model)).all()
        for who, actor in actors(world).items():
            shown = set(db.session.scalars(visible(select(model.id), actor, permission, model)))
            assert shown == {row.id for row in rows if permits(actor, permission, row)}, who


def test_the_world_has_somebody_for_every_column(store: None) -> None:
    assert set(arranged("published").people) == set(WHO)
