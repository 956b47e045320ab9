"""Every act that the trail can hold has words for whoever reads a history."""

import ast

from grantflow.core.db import Base
from grantflow.home.history import ACTIONS
from tests.architecture.sources import modules
from tools.write_docs import workflows


def _recorded_in_words() -> set[str]:
    """The actions that are written out where they are recorded."""
    return {
        node.args[0].value
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("record", "record_many")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def _recorded_by_moves() -> set[str]:
    """The actions of transitions: the table of the row that moves, and the name of the move."""
    tables = {
        type(column.default.arg): mapper.local_table.name
        for mapper in Base.registry.mappers
        for name, column in mapper.columns.items()
        if name == "status" and column.default is not None
    }
    return {f"{tables[type(machine.start)]}.{name}" for machine in workflows() for name in machine.transitions}


def test_every_recorded_act_has_words():
    assert (_recorded_in_words() | _recorded_by_moves()) - ACTIONS.keys() == set()
