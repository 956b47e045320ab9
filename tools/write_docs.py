"""Writes docs/policy.md and docs/workflows.md from the code; with `--check` only says whether they are current."""

import importlib
import pkgutil
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import grantflow
from config import ROOT
from grantflow import policy, schema
from grantflow.core.authorization import Rule
from grantflow.core.db import Base
from grantflow.core.words import Lazy, speaking
from grantflow.permissions import Permission
from grantflow.workflow import Transition, Workflow

NOTE = "<!-- Written from the code by `make docs`; a change made here is lost. -->"


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Write the documents below `root`, or with `--check` name the stale ones; returns 1 when there are any."""
    current = documents()
    stale = [name for name, text in current.items() if _stored(root / name) != text]
    if "--check" in arguments:
        for name in stale:
            print(f"{name} is not what the code says. Run: make docs", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(current[name], encoding="utf-8")
        print(f"wrote {name}")
    return 0


def documents() -> dict[str, str]:
    """The generated documents: path from the root of the checkout, and text."""
    with speaking("ja"):
        return {"docs/policy.md": policy_page(), "docs/workflows.md": workflows_page(workflows())}


def _stored(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def workflows() -> list[Workflow]:
    """Every workflow of the contexts, those of the lower packages of the ladder first."""
    found = []
    for package in sorted(_packages(), key=_height):
        if "workflow" in {module.name for module in pkgutil.iter_modules([str(Path(grantflow.__path__[0]) / package)])}:
            names = vars(importlib.import_module(f"grantflow.{package}.workflow"))
            found += [thing for thing in names.values() if isinstance(thing, Workflow) and thing not in found]
    return found


def _packages() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(grantflow.__path__) if module.ispkg]


def _height(package: str) -> tuple[int, str]:
    """How many rungs of the ladder lie below `package`, as pyproject.toml has it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rungs = project["tool"]["importlinter"]["contracts"][0]["layers"][::-1]
    return next(place for place, rung in enumerate(rungs) if package in rung.split(" | ")), package


def workflows_page(machines: Iterable[Workflow]) -> str:
    """The text of docs/workflows.md: for each machine a diagram and a table of its moves."""
    parts = [
        "# Workflows",
        NOTE,
        "Each aggregate moves by one table of transitions; `Workflow.fire` is the only code that sets a status. "
        "A move needs the permission of its row ([who may do what](policy.md)) and must pass every guard of its row.",
    ]
    for machine in machines:
        parts += [f"## {machine.name}", diagram(machine), _table(_HEAD, map(_move_row, machine.transitions.values()))]
    return "\n\n".join(parts) + "\n"


_HEAD = ("move", "button", "from", "to", "who", "guards")


def diagram(machine: Workflow) -> str:
    """The machine as a Mermaid state diagram; states in the order of their enumeration."""
    states = list(type(machine.start))
    moves = machine.transitions.values()
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {machine.start.value}"]
    lines += [f"    {state.value} : {_label(state)}" for state in states]
    lines += [
        f"    {source.value} --> {move.target.value} : {move.name}"
        for move in moves
        for source in states
        if source in move.source
    ]
    lines += [f"    {state.value} --> [*]" for state in states if not any(state in move.source for move in moves)]
    return "\n".join([*lines, "```"])


def _label(state: object) -> str:
    return f"{getattr(state, 'label', '')} ({getattr(state, 'value', state)})".strip()


def _move_row(move: Transition) -> tuple[str, ...]:
    rule = policy.POLICY.get(move.permission)
    conditions = [_first_sentence(guard) for guard in move.guards]
    return (
        f"`{move.name}`",
        move.label.source if isinstance(move.label, Lazy) else move.label,
        ", ".join(f"`{state.value}`" for state in type(move.target) if state in move.source),
        f"`{move.target.value}`",
        f"`{move.permission.value}`: {rule.label if rule else 'nobody'}",
        " ".join([*conditions, *(["A reason is asked for."] if move.ask_reason else [])]),
    )


def _first_sentence(described: object) -> str:
    """The first line of the docstring, which is a sentence."""
    return (getattr(described, "__doc__", None) or "").strip().split("\n")[0]


def policy_page() -> str:
    """The text of docs/policy.md: every permission with its rule, the rules, and the rows that need no event."""
    return (
        "\n\n".join(
            [
                "# Who may do what",
                NOTE,
                "One row for each permission; what no row allows is refused. `|` means or, `&` and, `~` not. A rule is "
                "asked of one row by a page or a command, and of a whole table by every list, count and export. When a "
                "move is possible at all is said in [workflows](workflows.md).",
                _table(("permission", "rule", "who"), map(_permission_row, Permission)),
                "## The rules",
                _table(("rule", "who"), ((f"`{rule.name}`", rule.label) for rule in _single_rules(vars(policy)))),
                "## Rows without an event",
                "A commit that wrote rows and recorded no event is refused. These rows need none:",
                _table(("table", "what it holds"), _unaudited_rows()),
            ]
        )
        + "\n"
    )


def _permission_row(permission: Permission) -> tuple[str, str, str]:
    rule = policy.POLICY.get(permission)
    return f"`{permission.value}`", f"`{rule.name}`" if rule else "–", rule.label if rule else "nobody"


def _single_rules(names: Mapping[str, object]) -> Iterator[Rule]:
    """The rules that are not made of others, in the order of the policy's file."""
    for thing in names.values():
        if isinstance(thing, Rule) and thing.name.isidentifier():
            yield thing


def _unaudited_rows() -> list[tuple[str, str]]:
    assert schema.MODELS, "the models must be loaded before they can be listed"
    models = sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda model: model.__tablename__)
    return [(f"`{model.__tablename__}`", _first_sentence(model)) for model in models if model.unaudited]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
