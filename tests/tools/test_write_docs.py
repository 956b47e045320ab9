"""Tests of the generated documents: their shape, and that a stale one is named."""

from enum import StrEnum

from grantflow.permissions import Permission
from grantflow.workflow import Transition, Workflow
from tools import write_docs


class Lamp(StrEnum):
    """Two states, one of them the last."""

    DARK = "dark"
    LIT = "lit"


def is_dry(_lamp: object) -> None:
    """Refuse a wet lamp."""


LAMP = Workflow(
    "lamp",
    Lamp.DARK,
    [
        Transition(
            "light",
            frozenset({Lamp.DARK}),
            Lamp.LIT,
            Permission.PEOPLE_ADMINISTER,
            guards=(is_dry,),
            label="灯す",
            ask_reason=True,
        )
    ],
)


def test_a_diagram_shows_every_state_and_every_move():
    shown = write_docs.diagram(LAMP)

    assert shown.splitlines() == [
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> dark",
        "    dark : (dark)",
        "    lit : (lit)",
        "    dark --> lit : light",
        "    lit --> [*]",
        "```",
    ]


def test_the_table_says_who_and_under_which_guards():
    page = write_docs.workflows_page([LAMP])

    assert page.splitlines()[-1] == (
        "| `light` | 灯す | `dark` | `lit` | `people:administer`: すべての公募の管理者 | "
        "Refuse a wet lamp. A reason is asked for. |"
    )


def test_every_permission_has_a_line_in_the_order_of_its_enumeration():
    lines = write_docs.policy_page().split("## The rules")[0].splitlines()

    named = [line.split("`")[1] for line in lines if line.startswith("| `")]

    assert named == [permission.value for permission in Permission]


def test_what_is_written_is_current_and_a_changed_document_is_named(tmp_path, capsys):
    assert write_docs.main([], tmp_path) == 0
    assert write_docs.main(["--check"], tmp_path) == 0
    page = tmp_path / "docs" / "policy.md"
    page.write_text(page.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")
    capsys.readouterr()

    status = write_docs.main(["--check"], tmp_path)

    assert status == 1
    assert capsys.readouterr().err == "docs/policy.md is not what the code says. Run: make docs\n"


def test_a_missing_document_is_named(tmp_path, capsys):
    status = write_docs.main(["--check"], tmp_path)

    assert status == 1
    assert capsys.readouterr().err.count("make docs") == 2


def test_the_workflows_of_the_contexts_are_found_lowest_first():
    names = [machine.name for machine in write_docs.workflows()]

    assert names[:2] == ["call", "application"]
    assert names[-1] == "adoption_list"
