"""The words that belong to a call, and where they stand in the program although they must not."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from config import ROOT
from tests.architecture.sources import PACKAGE, TEMPLATES

LISTS = ("tier", "criterion", "cost_category")


def keys_of(definition: Path) -> set[str]:
    """The slug and the number prefix of a call, and the keys of its tiers, criteria and cost categories.

    A word of one letter is left out: it stands everywhere and says nothing.
    """
    content = tomllib.loads(definition.read_text(encoding="utf-8"))
    parts = [part for name in LISTS for part in content.get(name, [])]
    words = {content["call"]["slug"], content["call"]["number_prefix"], *(part["key"] for part in parts)}
    return {word for word in words if len(word) > 1}


def places_of(keys: Iterable[str]) -> list[str]:
    """`file:line: key` of each of `keys` that stands as a word in the code, a template or a style sheet."""
    word = re.compile(r"(?<![\w.-])(" + "|".join(map(re.escape, sorted(keys))) + r")(?![\w-])")
    paths = [*sorted(PACKAGE.rglob("*.py")), *sorted(TEMPLATES.rglob("*.*")), *sorted(PACKAGE.rglob("*.css"))]
    return [
        f"{path.relative_to(ROOT)}:{number}: {found[1]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for found in word.finditer(line)
    ]
