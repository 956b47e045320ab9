"""What every module says of itself, and how long it may be."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.architecture.sources import PACKAGE, modules

LONGEST = 400
#: Files that may be longer, each with its reason beside it.
LONGER: frozenset[str] = frozenset()
PYTHON = sorted(name for name in modules() if name.startswith("grantflow/"))


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_module_says_in_one_sentence_what_it_is(name):
    said = ast.get_docstring(modules()[name]) or ""

    first = said.split("\n\n")[0]

    if name != "grantflow/__init__.py" or said:
        assert first.endswith((".", "。")), first
        assert "\n" not in first
        assert ". " not in first.replace("e.g. ", "").replace("i.e. ", "")


def _imported(name: str) -> ModuleType:
    return importlib.import_module(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))


def _public(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The functions, classes and methods a module shows; what a library's class asks for by name is left out."""
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(thing) or inspect.isclass(thing):
            yield name, thing
        if inspect.isclass(thing):
            inherited = {attribute for base in thing.__mro__[1:] for attribute in vars(base)}
            for attribute, method in vars(thing).items():
                if attribute.startswith("_") or attribute in inherited:
                    continue
                if inspect.isfunction(method) or isinstance(method, property | classmethod | staticmethod):
                    yield f"{name}.{attribute}", method


@pytest.mark.parametrize("name", PYTHON)
def test_what_a_module_shows_is_described(name):
    silent = [shown for shown, thing in _public(_imported(name)) if not (thing.__doc__ or "").strip()]

    assert silent == []


def test_no_file_is_too_long_to_be_read():
    long = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST
    }

    assert long == LONGER
