"""The console script as its users run it: a process of its own, judged by its output and its exit status."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import ROOT, Settings
from grantflow.core.db import db
from tests.browser.conftest import address, visit

__all__ = ["address", "run", "visit"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Long walks in a browser: `ways` shares out between the databases by which `way` each is walked."""
    shared = metafunc.definition.get_closest_marker("ways")
    if shared is not None:
        walked = shared.kwargs[metafunc.config.getoption("--database")]
        metafunc.parametrize("way", walked.values(), ids=walked)


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(settings: Settings, store: None, tmp_path: Path) -> Run:
    """`run("call", "check", FILE)` runs the command on the database under test."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GRANTFLOW_")},
        "GRANTFLOW_DATA_DIR": str(settings.data_dir),
        "GRANTFLOW_DATABASE_URL": settings.database_url,
        "PYTHONPATH": str(ROOT),
    }

    def ended(*arguments: object) -> Ended:
        db.disconnect()
        command = [sys.executable, "-c", "from grantflow.cli import main; main()", *map(str, arguments)]
        done = subprocess.run(
            command,
            env=environment,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return Ended(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    return ended
