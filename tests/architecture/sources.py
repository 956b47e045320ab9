"""The files of the checkout, as the tests of the architecture read them."""

import ast
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from config import ROOT

PACKAGE = ROOT / "grantflow"
TEMPLATES = ROOT / "templates"


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package: its path from the root of the checkout, and its syntax."""
    paths = [ROOT / "config.py", ROOT / "wsgi.py", *sorted(PACKAGE.rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def places(is_one: Callable[[ast.AST], bool]) -> list[str]:
    """`file:line` of every node that `is_one`."""
    return [f"{name}:{line}" for name, tree in modules().items() for line in sorted(_lines(tree, is_one))]


def _lines(tree: ast.Module, is_one: Callable[[ast.AST], bool]) -> Iterator[int]:
    for node in ast.walk(tree):
        if is_one(node):
            yield getattr(node, "lineno", 0)


def files_of(found: list[str]) -> set[str]:
    """The files of some places."""
    return {place.split(":")[0] for place in found}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file under version control that is there."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())
