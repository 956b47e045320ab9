"""A scanner for malware on this machine that speaks clamd's language, well or badly."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from grantflow.files.scanner import scanner
from tests.files.builders import EICAR

PATIENCE_SECONDS = 0.4


class Clamd:
    """Listens until it is closed; `manner` says how it answers: well, silent, garbage, small, hangs up, mute."""

    def __init__(self, path: Path | None = None) -> None:
        self.manner, self.asked = "well", 0
        self._over = threading.Event()
        if path:
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(path))
            self._listener.listen()
            self.url = f"unix://{path}"
        else:
            self._listener = socket.create_server(("127.0.0.1", 0))
            self.url = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Be down from now on."""
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, suppress(OSError):
            self._answer(line)

    def _answer(self, line: socket.socket) -> None:
        command = self._until_nul(line)
        if self.manner == "mute":
            self._over.wait(3 * PATIENCE_SECONDS)
            return
        if command == b"zPING":
            line.sendall(b"PONG\0")
            return
        self.asked += 1
        if self.manner == "hangs up":
            return
        content = b""
        while length := struct.unpack(">I", self._exactly(line, 4))[0]:
            content += self._exactly(line, length)
            if self.manner == "small" and len(content) > 1000:
                line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        if self.manner == "silent":
            self._over.wait(3 * PATIENCE_SECONDS)
        elif self.manner == "garbage":
            line.sendall(b"\xff\xfe\x00stream: OK?\0")
        else:
            line.sendall(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")

    @staticmethod
    def _until_nul(line: socket.socket) -> bytes:
        command = b""
        while not command.endswith(b"\0"):
            piece = line.recv(1)
            if not piece:
                raise OSError("the line is dead")
            command += piece
        return command[:-1]

    @staticmethod
    def _exactly(line: socket.socket, length: int) -> bytes:
        content = b""
        while len(content) < length:
            piece = line.recv(length - len(content))
            if not piece:
                raise OSError("the line is dead")
            content += piece
        return content


@contextmanager
def running(path: Path | None = None) -> Iterator[Clamd]:
    """A scanner that is there and in use until the block ends."""
    clamd = Clamd(path)
    scanner.use(clamd.url, PATIENCE_SECONDS)
    try:
        yield clamd
    finally:
        scanner.use("")
        if not clamd._over.is_set():
            clamd.close()


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    """A scanner that is there and in use."""
    with running() as found:
        yield found
