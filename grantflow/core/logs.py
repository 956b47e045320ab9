"""What the server writes down of its work: a line of JSON for each request and each failure, and nothing of anybody.

A line says which part of the program was asked, never by whom, with which address or with which words: no path (a
welcome link is a secret), no query, no form, no cookie. An error is told by its kind and the lines of the program that
it passed, never by its message, in which a database quotes what was typed. Of other libraries only the place that
spoke is told.
"""

import json
import logging
import re
import secrets
import sys
import time
from types import TracebackType
from typing import Any, TextIO

from flask import Flask, Response, g, has_request_context, request

from grantflow.core import clock

OURS = "grantflow"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
FRAMES = 20
STARTED = re.compile(r"(?:t=)?(\d{9,16}(?:\.\d{1,9})?)")
#: No time in seconds is later: what is larger counts thousandths.
LATEST = 10_000_000_000
DAY_MS = 86_400_000

log = logging.getLogger(OURS)


class JsonLine(logging.Formatter):
    """A record as one line of JSON: of our own its message and `fields`, of a library only the place that spoke."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        said: dict[str, Any] = {"at": clock.now().isoformat(timespec="milliseconds"), "level": record.levelname.lower()}
        if record.name.partition(".")[0] == OURS:
            said["event"] = record.getMessage()
            said |= getattr(record, "fields", {})
        else:
            said |= {"event": "library", "where": f"{record.name}:{record.funcName}:{record.lineno}"}
        if has_request_context():
            said["request"] = reference()
        if record.exc_info and record.exc_info[1] is not None:
            said["error"] = described(record.exc_info[1])
        return json.dumps(said, ensure_ascii=False)


class ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at the moment of writing."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(JsonLine())

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stderr
        super().emit(record)


_out = ToStandardError()


def configure() -> None:
    """Have every logger of this process write our lines to standard error; safe to repeat."""
    logging.getLogger().addHandler(_out)
    log.addHandler(_out)
    log.setLevel(logging.INFO)
    log.propagate = False
    for handler in logging.getLogger("gunicorn.error").handlers:
        handler.setFormatter(_out.formatter)


def described(error: BaseException) -> list[dict[str, Any]]:
    """The kinds of an error and of those behind it, each with the lines it passed, innermost last; no messages."""
    found: list[dict[str, Any]] = []
    seen: BaseException | None = error
    while seen is not None and len(found) < FRAMES:
        kind = type(seen)
        found.append({"kind": f"{kind.__module__}.{kind.__qualname__}", "passed": _passed(seen.__traceback__)})
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return found


def _passed(traceback: TracebackType | None) -> list[str]:
    lines = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        lines.append(f"{traceback.tb_frame.f_globals.get('__name__', '?')}:{traceback.tb_lineno} {code.co_qualname}")
        traceback = traceback.tb_next
    return lines[-FRAMES:]


def reference() -> str:
    """What tells this request from all others: in the log, in the answer's header, and on the page of an error."""
    if "reference" not in g:
        g.reference = secrets.token_hex(6)
    return str(g.reference)


def watch(app: Flask) -> None:
    """Write a line for each request of `app`, however it ends."""

    @app.before_request
    def begin() -> None:
        g.began, g.arrived = time.perf_counter(), clock.now().timestamp()

    @app.after_request
    def note(answer: Response) -> Response:
        g.answered = answer.status_code
        answer.headers["X-Request-ID"] = reference()
        return answer

    @app.teardown_request
    def write(_error: BaseException | None) -> None:
        if "began" not in g:
            return
        fields = {
            "method": request.method if request.method in METHODS else "other",
            "endpoint": request.endpoint,
            "status": g.get("answered", 500),
            "ms": round((time.perf_counter() - g.began) * 1000, 1),
        }
        waited = waited_ms()
        if waited is not None:
            fields["queued_ms"] = waited
        log.info("request", extra={"fields": fields})


def waited_ms() -> float | None:
    """How many milliseconds the request at hand waited in the web server before us; None where nobody measured."""
    return queued_ms(request.headers.get("X-Request-Start", ""), g.arrived) if "arrived" in g else None


def queued_ms(header: str, now: float) -> float | None:
    """How many milliseconds a request waited before it was begun, by the time that a web server before us gave it.

    `header` is that of `X-Request-Start`: seconds since 1970 as `t=1700000000.123`, or milliseconds or microseconds
    without a point, as web servers write it; None where it is missing or says no time of the last day. What waited
    there came before the deadline's clock is read (R3.6).
    """
    found = STARTED.fullmatch(header.strip())
    if found is None:
        return None
    began = float(found[1])
    while began > LATEST:
        began /= 1000
    waited = round((now - began) * 1000, 1)
    return max(waited, 0.0) if abs(waited) < DAY_MS else None


def failed(error: BaseException) -> None:
    """Write that the request at hand, or the work at hand, ended in `error`."""
    log.error("failed", exc_info=(type(error), error, error.__traceback__))
