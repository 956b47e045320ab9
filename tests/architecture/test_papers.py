"""The written documents: their links lead somewhere, and the names they give exist."""

import importlib
import re
from pathlib import Path

import pytest

from config import ROOT
from tests.architecture.sources import modules

PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(paper: Path):
    text = paper.read_text(encoding="utf-8")

    dead = [target for target in LINK.findall(text) if not (paper.parent / target).exists()]

    assert dead == []


def test_decisions_are_numbered_without_gaps_and_listed():
    folder = ROOT / "docs" / "decisions"
    names = sorted(path.name for path in folder.glob("[0-9]*.md"))

    listed = LINK.findall((folder / "README.md").read_text(encoding="utf-8"))

    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert listed == names


def test_a_decision_has_its_three_parts():
    folder = ROOT / "docs" / "decisions"

    parts = {
        path.name: re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.M) for path in folder.glob("0*.md")
    }

    assert {name for name, found in parts.items() if found != ["Context", "Decision", "Consequences"]} == set()


def _named_in_the_rules() -> list[str]:
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    packages = "accounts|applications|audit|awards|calls|core|documents|home|policy|review"
    return sorted(set(re.findall(rf"`((?:{packages})\.[\w.]+)`", text)))


@pytest.mark.parametrize("name", _named_in_the_rules())
def test_what_the_rules_point_at_exists(name):
    parts = name.split(".")
    depth = max(i for i in range(1, len(parts) + 1) if _is_module("/".join(parts[:i])))
    thing = importlib.import_module("grantflow." + ".".join(parts[:depth]))

    for part in parts[depth:]:
        thing = getattr(thing, part)

    assert thing is not None


def _is_module(path: str) -> bool:
    return f"grantflow/{path}.py" in modules() or f"grantflow/{path}/__init__.py" in modules()


def test_every_rule_named_in_the_code_is_in_the_rules():
    rules = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    written = set(re.findall(r"^\*\*(R\d+\.\d+) ", rules, re.M))

    named = {
        rule for name in modules() for rule in re.findall(r"\bR\d+\.\d+", (ROOT / name).read_text(encoding="utf-8"))
    }

    assert named - written == set()


def test_every_variable_of_the_settings_is_described_and_no_other():
    described = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8").split("## Tests only")[0]
    read = re.findall(r'environ\.get\("(\w+)"', (ROOT / "config.py").read_text(encoding="utf-8"))

    assert set(re.findall(r"^\| `(\w+)`", described, re.M)) == set(read)
