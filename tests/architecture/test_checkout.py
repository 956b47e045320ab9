"""The checkout as others get it: nothing of one machine in it, everything that is needed, light to start."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from config import ROOT
from tests.architecture.sources import PACKAGE, tracked

HEAVY = {"alembic", "numpy", "scipy", "reportlab", "xlsxwriter", "python_calamine", "fontTools", "PIL"}
HEAVY |= {"pikepdf", "fsspec", "s3fs", "botocore"}
BINARY = {".ttf", ".otf", ".png", ".jpg", ".xlsx", ".pdf", ".mo", ".ico", ".woff2"}
#: Written in two pieces, so that this file does not hold what it looks for.
FOREIGN = re.compile(
    "|".join(
        [
            r"(?<![\w./:-])/(?:work|root|Users|home/\w+|tmp/\w+)" + r"/",
            "py" + r"pi\.org",
            "python" + r"hosted\.org",
            "registry" + r"\.npmjs",
            "deb" + r"\.debian\.org",
            r"--(?:extra-)?index" + "-url",
        ]
    )
)


def _text_files() -> list[Path]:
    return [path for path in tracked() if path.suffix not in BINARY]


def _holding(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {found[0]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (found := pattern.search(line))
    ]


def test_no_file_names_a_folder_of_one_machine_or_a_registry():
    found = _holding(FOREIGN, _text_files())

    assert found == []


@pytest.mark.parametrize("line", ["cd /" + "work/here", "x=/home/" + "someone/y", "https://py" + "pi.org/simple"])
def test_the_search_finds_what_it_looks_for(line):
    assert FOREIGN.search(line) is not None


def test_every_text_file_is_utf_8_with_line_feeds_and_an_end():
    data = ROOT / "tests" / "data"
    bad = [
        str(path.relative_to(ROOT))
        for path in _text_files()
        if data not in path.parents and (b"\r" in path.read_bytes() or path.read_bytes()[-1:] not in (b"\n", b""))
    ]

    assert bad == []


@pytest.mark.parametrize("name", ["run.txt", "dev.txt", "s3.txt"])
def test_a_lock_pins_every_package_by_its_hashes_and_names_no_address(name):
    content = (ROOT / "locks" / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", content.replace("\\\n", " ").strip())

    loose = [entry for entry in entries if not re.match(r"[\w.\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry)]

    assert len(entries) > 10
    assert loose == []
    assert "://" not in content


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_a_lock_holds_what_the_project_asks_for(name):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["build"], *(extras["dev"] if name == "dev.txt" else [])]
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "locks" / name).read_text(encoding="utf-8"), re.MULTILINE))

    missing = {one for one in (re.split(r"[<>=\[!~]", wanted)[0] for wanted in asked) if one not in locked}

    assert missing == set()


def test_make_help_lists_every_target():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())
    targets = set(re.findall(r"^([a-z][a-z-]*):(?!=)", makefile, re.MULTILINE))

    shown = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout

    assert phony == targets
    assert {line.split()[0] for line in shown.splitlines()} == targets


def test_every_file_of_the_package_is_installed_with_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["grantflow"]
    packed = {path for pattern in patterns for path in PACKAGE.glob(pattern)}

    left = [path for path in tracked() if PACKAGE in path.parents and path.suffix != ".py" and path not in packed]

    assert [str(path.relative_to(ROOT)) for path in left] == []


@pytest.mark.parametrize("pattern", ["definitions/*.toml", "documents/fonts/*.ttf", "static/css/*.css"])
def test_what_the_program_reads_at_run_time_is_there(pattern):
    assert sorted(PACKAGE.glob(pattern)) != []


@pytest.mark.parametrize("module", ["grantflow.app", "grantflow.cli"])
def test_starting_loads_no_heavy_library(module):
    program = f"import sys, {module}; print(*sorted({HEAVY!r} & set(sys.modules)))"

    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)

    assert loaded.stdout.split() == []
