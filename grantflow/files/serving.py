"""Handing a stored file to a browser: as a file that is saved, and nothing that it runs or shows."""

from itertools import chain
from urllib.parse import quote

from flask import Response, current_app

from grantflow.files.models import StoredFile
from grantflow.files.names import safe
from grantflow.files.queries import require_released
from grantflow.files.storage import shelf
from grantflow.files.unavailable import told_when_not_read

#: Nothing of what is handed out may run, load or stand in a frame, should a browser show it after all.
POLICY = "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def handed_out(file: StoredFile, name: str = "") -> Response:
    """The file as an answer that is saved under `name`, or under its own; it is streamed, and whole or broken off.

    Raises Refused for a file that is not released, and Unavailable when its content is gone or cannot be read just
    now. Whether this person may have the file is asked before.
    """
    require_released(file)
    pieces = shelf.pieces(file.sha256)
    with told_when_not_read(name or file.name):
        first = next(pieces)

    answer = current_app.response_class(chain([first], pieces), mimetype=file.media_type)
    answer.headers["Content-Length"] = str(file.size)
    answer.headers["Content-Disposition"] = disposition(name or file.name)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def disposition(name: str) -> str:
    """The header that has a file saved under `name`: in ASCII for old programs, in UTF-8 for all others (RFC 6266)."""
    shown = safe(name)
    plain = "".join(letter if letter.isascii() and letter not in '"\\%;' else "_" for letter in shown)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(shown, safe='')}"
