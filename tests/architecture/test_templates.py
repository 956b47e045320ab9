"""Templates: each one parses, is found under the name that asks for it, and is asked for."""

import ast
import re

import pytest
from jinja2 import nodes

from tests.architecture.sources import TEMPLATES, modules

FILES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.*") if path.suffix != ".md")


@pytest.mark.parametrize("name", FILES)
def test_a_template_compiles_with_the_filters_and_tests_of_the_program(application, name):
    assert application.jinja_env.get_template(name).name == name


def _asked_by_code() -> set[str]:
    asked = set()
    for tree in modules().values():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"\S+\.html|\S+/\S+\.txt", node.value)
            ):
                asked.add(node.value)
    return asked


def _asked_by_templates(environment) -> set[str]:
    asked = set()
    for name in FILES:
        tree = environment.parse((TEMPLATES / name).read_text(encoding="utf-8"))
        for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
            asked |= {constant.value for constant in node.template.find_all(nodes.Const)}
            if isinstance(node.template, nodes.Const):
                asked.add(node.template.value)
    return asked


def test_every_template_that_is_asked_for_is_there(application):
    asked = _asked_by_code() | _asked_by_templates(application.jinja_env)

    assert asked - set(FILES) == set()


def test_every_template_is_asked_for(application):
    asked = _asked_by_code() | _asked_by_templates(application.jinja_env)

    spare = {name for name in FILES if name not in asked and not name.startswith(("errors/", "components/"))}

    assert spare == set()
