"""Files that leave with what somebody wrote: each tells its row count and its hash, and is remembered."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from grantflow.audit import trail
from grantflow.core.db import Entity
from grantflow.core.web import Page, actor, download, remember


def exported(thing: Entity, content: bytes, filename: str, mimetype: str, *, rows: int) -> Response:
    """`content` as a file of `thing` that has `rows` rows.

    The answer's headers `X-Row-Count` and `X-Content-SHA256` say what the event of the export says: whoever holds the
    file later can prove which export it was.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    remember(
        lambda: trail.record(
            f"{thing.__tablename__}.export", thing, by=actor(), file=filename, rows=rows, sha256=sha256
        )
    )
    return told(download(content, filename, mimetype), content, rows)


def told(answer: Response, content: bytes, rows: int) -> Response:
    """The same headers for a file that anybody may have, of which nothing is remembered."""
    answer.headers["X-Row-Count"] = str(rows)
    answer.headers["X-Content-SHA256"] = hashlib.sha256(content).hexdigest()
    return answer


@dataclass(frozen=True)
class File(Page):
    """A file that is made once the transaction of its view is over, as a page is rendered; the view keeps the event."""

    make: Callable[[], bytes] = bytes
    filename: str = ""
    media_type: str = ""
    rows: int = 0

    def render(self) -> Response:
        """The file as an answer."""
        content = self.make()
        return told(download(content, self.filename, self.media_type), content, self.rows)
