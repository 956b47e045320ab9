"""No model's rows can be written without an event, unless the model says that none is needed."""

import pytest
from sqlalchemy import delete, insert, update

from grantflow import schema
from grantflow.audit.trail import TrailIsAppendOnly, UnauditedWrite
from grantflow.core.db import Base, db

OURS = {module.__name__ for module in schema.MODELS}
MODELS = sorted(
    (mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__module__ in OURS),
    key=lambda model: model.__name__,
)
AUDITED = [model for model in MODELS if not model.unaudited]

every_audited_model = pytest.mark.parametrize("model", AUDITED, ids=lambda model: model.__name__)


def test_the_rows_that_need_no_event_are_these():
    free = {model.__name__ for model in MODELS if model.unaudited}

    assert free == {"AuditEvent", "Job", "Mail", "Registration", "SignIn", "Throttle", "TrailHead"}


@every_audited_model
def test_rows_cannot_be_deleted_in_bulk_without_an_event(store, model):
    with pytest.raises(UnauditedWrite, match=model.__name__), db.transaction(write=True):
        db.session.execute(delete(model))


@every_audited_model
def test_rows_cannot_be_changed_in_bulk_without_an_event(store, model):
    key = model.__mapper__.primary_key[0]

    with pytest.raises(UnauditedWrite, match=model.__name__), db.transaction(write=True):
        db.session.execute(update(model).values({key: key}))


@every_audited_model
def test_rows_cannot_be_inserted_in_bulk_without_an_event(store, model):
    columns = [column.name for column in model.__table__.columns]

    with pytest.raises(UnauditedWrite, match=model.__name__), db.transaction(write=True):
        db.session.execute(insert(model).from_select(columns, model.__table__.select()))


@pytest.mark.parametrize("verb", [insert, update, delete])
def test_the_trail_itself_is_only_ever_added_to(store, verb):
    trail = next(model for model in MODELS if model.__name__ == "AuditEvent")

    with pytest.raises(TrailIsAppendOnly), db.transaction(write=True):
        db.session.execute(verb(trail))
