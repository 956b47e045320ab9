"""Making the copies that readers get, one by one and outside any transaction, after the files were received."""

import logging
import uuid

from grantflow.core.db import db
from grantflow.files import operations, queries
from grantflow.files.copies import without_metadata
from grantflow.files.kinds import kind_of
from grantflow.files.models import CopyState, StoredFile
from grantflow.files.storage import NotStored, shelf

log = logging.getLogger(__name__)
#: How many copies are made before other work has its turn.
AT_ONCE = 10


class NoCopy(Exception):
    """No copy can be made of this file; the message is the kind of failure."""


def copy_due() -> int:
    """Make the copies that wait, of files that are released; returns how many were tried.

    A place that does not do its part is tried again in the next turn; what cannot be copied is noted.
    """
    with db.transaction(write=False):
        waiting = queries.waiting_for_copy(AT_ONCE)
    for each in waiting:
        _copy(each)
    return len(waiting)


def _copy(id: uuid.UUID) -> None:
    with db.transaction(write=False):
        row = db.session.get(StoredFile, id)
    if row is None:
        return
    reason, made, size = "", "", 0
    try:
        stripped = _stripped(row, shelf.read(row.sha256))
        made, size = shelf.put(stripped), len(stripped)
    except NotStored:
        reason = "content is missing"
    except NoCopy as error:
        reason = str(error)
    except OSError as error:
        log.warning("copy waits: %s", type(error).__name__)
        return
    with db.transaction(write=True):
        row = db.session.get(StoredFile, id, with_for_update=True)
        if row is None or row.copying is not CopyState.WAITING:
            return
        if reason:
            operations.note_no_copy(row, reason)
        else:
            operations.note_copy(row, made, size)


def _stripped(row: StoredFile, content: bytes) -> bytes:
    kind = kind_of(row.media_type)
    if kind is None:
        raise NoCopy("unknown kind")
    try:
        return without_metadata(content, kind)
    except Exception as error:
        # Whatever a library says of one file, the others get their copies
        raise NoCopy(type(error).__name__) from error
