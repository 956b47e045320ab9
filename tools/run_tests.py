"""Run the tests on both databases, then repeat the closing line of each, the total last."""

import os
import re
import subprocess
import sys

DATABASES = ("sqlite", "postgresql")
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|warnings?)")


def run(database: str, arguments: list[str]) -> tuple[int, str]:
    """Run pytest on `database`; returns its exit status and its closing line."""
    workers = os.environ.get("GRANTFLOW_TEST_WORKERS", "auto")
    command = [sys.executable, "-m", "pytest", f"--numprocesses={workers}", f"--database={database}", *arguments]
    print(f"--- {database}", flush=True)
    closing = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        for line in tests.stdout:
            print(line, end="", flush=True)
            if COUNT.search(line) and " in " in line:
                closing = line.strip().strip("=").strip()
    return tests.returncode, closing


def main() -> int:
    """Run all; returns 0 only when every run passed."""
    outcomes = {database: run(database, sys.argv[1:]) for database in DATABASES}
    for database, (_status, closing) in outcomes.items():
        print(f"{database}: {closing}")
    return max(status for status, _closing in outcomes.values())


if __name__ == "__main__":
    sys.exit(main())
