"""Having files looked at for malware, one by one and outside any transaction, after they were received."""

import logging
import uuid

from grantflow.core import clock
from grantflow.core.db import db
from grantflow.files import operations, queries
from grantflow.files.models import StoredFile
from grantflow.files.scanner import NotScanned, ScannerIsDown, scanner
from grantflow.files.storage import NotStored, shelf

log = logging.getLogger(__name__)
#: How many files are looked at before other work has its turn.
AT_ONCE = 20


def scan_due() -> int:
    """Have the scanner look at the files that wait; returns how many it was asked about.

    One that is down is asked nothing and costs no file a try.
    """
    if not scanner.is_configured:
        return 0
    with db.transaction(write=False):
        waiting = queries.waiting_for_scan(clock.now(), AT_ONCE)
    if not waiting:
        return 0
    try:
        scanner.require_answer()
    except ScannerIsDown as error:
        log.warning("scanner is down: %s", error)
        return 0
    for each in waiting:
        _scan(each)
    return len(waiting)


def _scan(id: uuid.UUID) -> None:
    with db.transaction(write=False):
        found = db.session.get(StoredFile, id)
    if found is None:
        return
    finding, reason = "", ""
    try:
        finding = scanner.scan(shelf.pieces(found.sha256)).finding
    except NotScanned as error:
        reason = str(error)
    except NotStored:
        reason = "content is missing"
    with db.transaction(write=True):
        row = db.session.get(StoredFile, id, with_for_update=True)
        if row is None or row.scan not in queries.TO_SCAN:
            return
        if reason:
            operations.note_no_scan(row, reason)
        else:
            operations.note_scan(row, finding)
