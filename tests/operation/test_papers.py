"""What the guides and the files of deploy/ tell an operator to type exists, and the drill does what they say."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from config import ROOT
from grantflow.cli import grantflow

PAPERS = sorted([*(ROOT / "docs").glob("operation*.md"), *(path for path in (ROOT / "deploy").iterdir())])
#: The program at the beginning of a line, of a quoted piece or of a list, or behind its path, and what follows it.
TYPED = re.compile(r"(?:^|[`'\s/\[\"])grantflow[\"',]*((?: +[^`'|;)\]\n]+)+)", re.MULTILINE)


def commands_in(text: str) -> Iterator[list[str]]:
    """What follows `grantflow` wherever it is followed by a command's name."""
    for found in TYPED.finditer(text):
        parts = re.sub(r'[",\\]', " ", found[1]).split()
        if parts and parts[0] in grantflow.commands:
            yield parts


PROMISED = [(path.name, words) for path in PAPERS for words in commands_in(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("paper", "words"), PROMISED, ids=lambda part: " ".join(part) if isinstance(part, list) else part
)
def test_a_command_that_is_told_can_be_typed(paper, words):
    command: click.Command = grantflow
    rest = list(words)
    while isinstance(command, click.Group):
        command = command.commands[rest.pop(0)]

    told = {word.split("=")[0] for word in rest if word.startswith("--")}

    assert told <= {option for parameter in command.params for option in parameter.opts}
    required = {opt for parameter in command.params if parameter.required for opt in parameter.opts if "--" in opt}
    assert required <= told


def test_the_commands_of_an_operators_life_are_all_told():
    for guide in ("operation.md", "operation.en.md"):
        told = {
            " ".join(words[:2]) if words[0] in ("audit", "files", "users") else words[0]
            for paper, words in PROMISED
            if paper == guide
        }

        assert told >= {"init", "users add", "backup", "restore", "audit verify", "files check", "worker"}


def test_both_languages_tell_the_same_commands_in_the_same_order():
    japanese, english = (
        [words[:1] for paper, words in PROMISED if paper == guide] for guide in ("operation.md", "operation.en.md")
    )

    assert japanese == english


def test_the_search_finds_a_command_where_it_stands():
    text = "\n".join(
        [
            "run `grantflow audit verify --head HASH`, then",
            "grantflow init",
            'CMD ["grantflow", "serve", "--host", "0.0.0.0"]',
        ]
    )

    assert list(commands_in(text)) == [
        ["audit", "verify", "--head", "HASH"],
        ["init"],
        ["serve", "--host", "0.0.0.0"],
    ]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The console script of this checkout."""
    path = tmp_path / "grantflow"
    path.write_text(
        f'#!/bin/sh\ncd "{ROOT}" && exec "{sys.executable}" -c "from grantflow.cli import main; main()" "$@"\n'
    )
    path.chmod(0o755)
    return path


def run(tmp_path: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a program with a data folder of its own and none of our settings."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("GRANTFLOW_")}
    environment = others | {"GRANTFLOW_DATA_DIR": str(tmp_path / "data"), "TMPDIR": str(tmp_path)}
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, env=environment)


def test_the_drill_brings_the_newest_backup_back_and_takes_its_place_away(program: Path, tmp_path: Path):
    backups = tmp_path / "backups"
    backups.mkdir()
    assert run(tmp_path, program, "init").returncode == 0
    (backups / "20310101.backup").write_bytes(b"the older one is not looked at")
    assert run(tmp_path, program, "backup", "--out", backups / "20310102.backup").returncode == 0
    before = sorted(tmp_path.iterdir())

    drill = run(tmp_path, ROOT / "deploy" / "restore-drill", program, backups)

    assert (drill.returncode, drill.stderr) == (0, "")
    assert f"控えから戻し、監査証跡を確かめました：{backups / '20310102.backup'}" in drill.stdout
    assert "監査証跡は正常です" in drill.stdout
    assert sorted(tmp_path.iterdir()) == before


def test_the_drill_fails_when_there_is_no_backup_and_when_it_is_damaged(program: Path, tmp_path: Path):
    backups = tmp_path / "backups"
    backups.mkdir()
    none = run(tmp_path, ROOT / "deploy" / "restore-drill", program, backups)
    (backups / "20310102.backup").write_bytes(b"x" * 1000)

    damaged = run(tmp_path, ROOT / "deploy" / "restore-drill", program, backups)

    assert (none.returncode, none.stderr) == (1, f"no backup in {backups}\n")
    assert damaged.returncode == 2
    assert damaged.stderr.startswith("grantflow の控えではありません。")
