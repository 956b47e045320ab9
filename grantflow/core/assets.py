"""Style sheets and scripts by addresses that name their content, so that a browser asks for each only once."""

import hashlib
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

#: So many digits of a file's SHA-256 tell it from what stood there before.
DIGITS = 12
YEAR_SECONDS = 365 * 24 * 60 * 60


def watch(app: Flask) -> None:
    """Have the addresses of static files of `app` bear a mark of their content, and say how long they hold."""
    app.url_defaults(lambda endpoint, values: _mark(app, endpoint, values))
    app.after_request(lambda answer: _hold(app, answer))


def _mark(app: Flask, endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "v" not in values and app.static_folder:
        values["v"] = mark(Path(app.static_folder) / values["filename"])


def mark(path: Path) -> str:
    """The first digits of the SHA-256 of a file, as its content is now."""
    about = path.stat()
    return _digits(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=256)
def _digits(path: Path, _changed: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:DIGITS]


def _hold(app: Flask, answer: Response) -> Response:
    """What is asked for with its own mark never changes; with another one, or none, a browser asks again each time."""
    if request.endpoint != "static" or answer.status_code >= HTTPStatus.BAD_REQUEST or not app.static_folder:
        return answer
    if request.args.get("v") == mark(Path(app.static_folder) / (request.view_args or {})["filename"]):
        answer.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return answer
