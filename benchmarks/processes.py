"""Running programs for a limited time, and telling what they took."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

GRANTFLOW = str(Path(sys.executable).with_name("grantflow"))
LONGEST_SECONDS = 180
POLL_SECONDS = 0.01


class Failed(Exception):
    """A program did not do what it was run for; the message is what it said."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a program took, from its start to its end, and what it wrote."""

    wall_seconds: float
    cpu_seconds: float
    peak_mb: float
    output: bytes


def run(command: Sequence[str], environment: Mapping[str, str]) -> Spent:
    """Run `command` to its end; raises Failed when it ends badly, or after LONGEST_SECONDS."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=errors, env=environment, start_new_session=True)
        limit = threading.Timer(LONGEST_SECONDS, _end, [process.pid])
        limit.start()
        try:
            _pid, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            _end(process.pid)
            raise
        finally:
            limit.cancel()
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode:
            raise Failed(f"{' '.join(command)}: {process.returncode}\n{errors.read().decode(errors='replace')}")
        return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.read())


def grantflow(environment: Mapping[str, str], *arguments: str) -> Spent:
    """Run a grantflow command to its end."""
    return run([GRANTFLOW, *arguments], environment)


def _end(process: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)


@contextmanager
def server(environment: Mapping[str, str], workers: int = 1) -> Iterator[tuple[int, int]]:
    """The production server with so many workers, for as long as the block runs: its process and its port."""
    port = _free_port()
    command = [GRANTFLOW, "serve", "--port", str(port), "--workers", str(workers)]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment, start_new_session=True)
        try:
            yield process.pid, port
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            _end(process.pid)
            process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_until_it_answers(port: int, path: str) -> None:
    """Ask for `path` until it is answered with 200; raises Failed after LONGEST_SECONDS."""
    end = time.perf_counter() + LONGEST_SECONDS
    while time.perf_counter() < end:
        with suppress(OSError, http.client.HTTPException):
            if fetch(port, path) == http.client.OK:
                return
        time.sleep(POLL_SECONDS)
    raise Failed(f"no answer to {path}")


def fetch(port: int, path: str) -> int:
    """The status of the answer to a GET of `path`, which is read to its end."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def resident_mb(process: int) -> float:
    """The memory that the one child of `process` holds just now."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    if len(children) != 1:
        raise Failed(f"the server has {len(children)} workers")
    for line in Path(f"/proc/{children[0]}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise Failed("the worker is gone")
