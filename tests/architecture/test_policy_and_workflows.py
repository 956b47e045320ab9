"""The tables that say who and when: complete, reachable, and the same as their documents."""

from enum import StrEnum

import pytest

from config import ROOT
from grantflow import schema
from grantflow.core.db import Base
from grantflow.core.words import Lazy
from grantflow.permissions import Permission
from grantflow.policy import POLICY
from grantflow.workflow import Workflow
from tools import write_docs

WORKFLOWS = write_docs.workflows()
STATEFUL = sorted(
    (mapper.class_ for mapper in Base.registry.mappers if "status" in mapper.columns), key=lambda model: model.__name__
)

every_workflow = pytest.mark.parametrize("machine", WORKFLOWS, ids=lambda machine: machine.name)


def test_every_permission_has_a_row_in_the_order_of_the_enumeration():
    assert list(POLICY) == list(Permission)


def test_every_package_with_tables_is_known_to_the_schema():
    known = {module.__name__ for module in schema.MODELS}

    assert {mapper.class_.__module__ for mapper in Base.registry.mappers} == known


@every_workflow
def test_every_move_asks_for_a_permission_of_the_policy(machine):
    asked = {move.permission for move in machine.transitions.values()}

    assert asked - POLICY.keys() == set()


@every_workflow
def test_every_move_has_the_words_of_its_button(machine):
    silent = [move.name for move in machine.transitions.values() if not isinstance(move.label, Lazy)]

    assert silent == []


@every_workflow
def test_no_two_moves_share_a_name_or_a_button(machine):
    labels = [repr(move.label) for move in machine.transitions.values()]

    assert len(set(labels)) == len(labels)
    assert [name for name, move in machine.transitions.items() if move.name != name] == []


def _reachable(machine: Workflow) -> set[StrEnum]:
    reached: set[StrEnum] = {machine.start}
    moves = machine.transitions.values()
    while step := {move.target for move in moves if move.source & reached} - reached:
        reached |= step
    return reached


@every_workflow
def test_every_state_is_reachable_from_the_start(machine):
    assert _reachable(machine) == set(type(machine.start))


@every_workflow
def test_every_guard_says_what_it_refuses(machine):
    silent = [
        guard.__name__ for move in machine.transitions.values() for guard in move.guards if not (guard.__doc__ or "")
    ]

    assert silent == []


@pytest.mark.parametrize("model", STATEFUL, ids=lambda model: model.__name__)
def test_every_row_with_a_status_has_a_workflow_and_begins_at_its_start(model):
    column = model.__mapper__.columns["status"]

    starts = [machine.start for machine in WORKFLOWS if column.default and machine.start is column.default.arg]

    assert len(starts) == 1


@pytest.mark.parametrize("model", STATEFUL, ids=lambda model: model.__name__)
def test_two_moves_at_once_are_told_apart_by_a_version(model):
    assert model.__mapper__.version_id_col is not None


@pytest.mark.parametrize("name", ["docs/policy.md", "docs/workflows.md"])
def test_a_generated_document_is_what_the_code_says(name):
    stored = (ROOT / name).read_text(encoding="utf-8")

    assert stored == write_docs.documents()[name]
