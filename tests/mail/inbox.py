"""A mail server of our own: it remembers what it got, answers as it is told, and can be away."""

import email
import email.message
import email.policy
import socket
from typing import Any

from aiosmtpd.controller import Controller


class Inbox:
    """A mail server's memory, and what it answers."""

    def __init__(self) -> None:
        self.answer = "250 OK"
        self.got: list[bytes] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.controller: Controller | None = None

    def come(self) -> None:
        """Be there from now on."""
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def go(self) -> None:
        """Be away from now on: connections are refused."""
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    @property
    def message_ids(self) -> list[str]:
        """The Message-ID of each mail that came, in their order."""
        return [str(read(content)["Message-ID"]) for content in self.got]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.got.append(envelope.content)
        return "250 OK"


def read(content: bytes) -> email.message.EmailMessage:
    """A mail as it came."""
    return email.message_from_bytes(content, policy=email.policy.default)


def words(content: bytes) -> str:
    """The text of a mail, its lines ended as we end ours."""
    return str(read(content).get_content()).replace("\r\n", "\n")
