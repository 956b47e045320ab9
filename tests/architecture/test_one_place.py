"""What only one place of the program may do."""

import ast
import re

import pytest

from config import ROOT
from tests.architecture.sources import files_of, modules, places

CLOCK = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"),
    ("time", "localtime"), ("time", "gmtime"),
}  # fmt: skip


def _reads_the_clock(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute):
        return False
    owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    return (owner, node.attr) in CLOCK


def _sets_a_status(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "status" and isinstance(node.ctx, ast.Store)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
        return any(keyword.arg == "status" for keyword in node.keywords)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "setattr"
        and any(isinstance(argument, ast.Constant) and argument.value == "status" for argument in node.args)
    )


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name


def test_only_the_workflow_sets_a_status():
    found = places(_sets_a_status)

    assert files_of(found) == {"grantflow/workflow.py"}, found


def test_only_the_database_module_commits():
    found = places(lambda node: _calls(node, "commit"))

    assert files_of(found) == {"grantflow/core/db.py"}, found


def test_only_the_clock_reads_the_time():
    found = places(_reads_the_clock)

    assert files_of(found) == {"grantflow/core/clock.py"}, found


def _reads_the_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute) and node.attr == "getenv":
        return True
    looked_into = node.value if isinstance(node, ast.Attribute | ast.Subscript) else None
    is_the_environment = "environ" in (getattr(looked_into, "attr", ""), getattr(looked_into, "id", ""))
    return is_the_environment and getattr(node, "attr", "") != "setdefault"


def test_only_the_settings_read_the_environment():
    found = places(_reads_the_environment)

    assert files_of(found) == {"config.py"}, found


def test_imports_are_the_same_for_the_type_checker_and_the_program():
    found = places(
        lambda node: "TYPE_CHECKING" in (getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "name", ""))
    )

    assert found == []


def test_nothing_is_left_to_be_done_later():
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b")

    found = [name for name in modules() if marks.search((ROOT / name).read_text(encoding="utf-8"))]

    assert found == []


@pytest.mark.parametrize("name", ["Manager", "Helper", "Service", "Util", "Data", "Info", "Handler"])
def test_no_class_is_named_for_nothing(name):
    found = places(lambda node: isinstance(node, ast.ClassDef) and node.name.endswith(name))

    assert found == []


def test_no_module_is_named_for_nothing():
    names = {name.rsplit("/", 1)[-1] for name in modules()}

    assert names & {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"} == set()
