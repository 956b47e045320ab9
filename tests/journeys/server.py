"""A server on this machine that can be killed while people write, and comes back where it was."""

import socket
import threading
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer


class _Killable(ThreadedWSGIServer):
    """Knows its connections, so that they can be cut."""

    daemon_threads = False

    def __init__(self, *arguments: Any) -> None:
        self.open: set[socket.socket] = set()
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that was cut is no news."""


class Server:
    """The application at one address; `start` and `kill` may follow each other as often as one likes."""

    def __init__(self, app: Flask) -> None:
        self._app, self._port = app, 0
        self._running: tuple[_Killable, threading.Thread] | None = None

    @property
    def address(self) -> str:
        """Where it is, or was before it was killed."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Serve from now on."""
        server = _Killable("127.0.0.1", self._port, self._app)
        self._port = server.port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        self._running = server, thread

    def kill(self) -> None:
        """Be gone at once: what is open is cut, and whoever comes is refused."""
        if self._running is None:
            return
        server, thread = self._running
        self._running = None
        server.shutdown()
        thread.join()
        server.socket.close()
        for connection in list(server.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it was closed in the meantime
        server.server_close()
