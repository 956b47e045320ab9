"""Asking a scanner for malware (clamd) about some content; without one, nothing is asked."""

import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

PATIENCE_SECONDS = 30
PIECE = 64 * 1024
LONGEST_ANSWER = 4096
END = b"\0"
PING, STREAM = b"zPING\0", b"zINSTREAM\0"
LONGEST_FINDING = 200


class ScannerIsDown(Exception):
    """The scanner cannot be reached, or does not answer that it is there."""


class NotScanned(Exception):
    """The scanner is there and said nothing of this content that can be used; the message is the kind of failure."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the scanner said: the name of what it found, "" when the content is clean."""

    finding: str


class Scanner:
    """The scanner of this installation, by its address: `tcp://HOST:PORT`, `unix:///PATH`, or "" for none."""

    def __init__(self) -> None:
        self._url = ""
        self._patience: float = PATIENCE_SECONDS

    def use(self, url: str, patience: float = PATIENCE_SECONDS) -> None:
        """Use the scanner at `url` from now on; it is given up on after `patience` seconds without a word."""
        self._url, self._patience = url, patience

    @property
    def is_configured(self) -> bool:
        """Whether there is one."""
        return bool(self._url)

    def require_answer(self) -> None:
        """Raise ScannerIsDown unless the scanner says that it is there."""
        try:
            if self._ask(PING, ()) == b"PONG":
                return
        except OSError as error:
            raise ScannerIsDown(type(error).__name__) from error
        raise ScannerIsDown("no PONG")

    def scan(self, content: Iterable[bytes]) -> Answer:
        """What the scanner says of `content`; raises NotScanned when it says nothing of use."""
        try:
            said = self._ask(STREAM, content)
        except OSError as error:
            raise NotScanned(type(error).__name__) from error
        if said == b"stream: OK":
            return Answer("")
        if said.startswith(b"stream: ") and said.endswith(b" FOUND"):
            name = said.removeprefix(b"stream: ").removesuffix(b" FOUND").decode("ascii", "replace")
            return Answer("".join(filter(str.isprintable, name))[:LONGEST_FINDING] or "?")
        raise NotScanned("size limit" if b"size limit exceeded" in said else "no answer that can be read")

    def _ask(self, command: bytes, content: Iterable[bytes]) -> bytes:
        with self._connected() as line:
            line.sendall(command)
            # One that takes no more may have said why: its answer is read all the same
            with suppress(ConnectionError):
                for piece in content:
                    for start in range(0, len(piece), PIECE):
                        part = piece[start : start + PIECE]
                        line.sendall(struct.pack(">I", len(part)) + part)
                if command == STREAM:
                    line.sendall(struct.pack(">I", 0))
            return _answer(line)

    def _connected(self) -> socket.socket:
        parts = urlsplit(self._url)
        if parts.scheme == "unix":
            line = socket.socket(socket.AF_UNIX)
            line.settimeout(self._patience)
            try:
                line.connect(unquote(parts.path))
            except OSError:
                line.close()
                raise
            return line
        return socket.create_connection((parts.hostname or "", parts.port or 3310), self._patience)


def _answer(line: socket.socket) -> bytes:
    said = b""
    while END not in said and len(said) < LONGEST_ANSWER:
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            break
        said += piece
    return said.partition(END)[0].strip()


scanner = Scanner()
