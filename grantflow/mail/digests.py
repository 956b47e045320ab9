"""The daily digest: what was gathered for somebody leaves in one mail at the end of the working day."""

import datetime as dt

from grantflow.core import clock
from grantflow.core.db import db
from grantflow.mail import letters, operations, queries
from grantflow.mail.catalogue import TEMPLATES
from grantflow.mail.models import Mail, MailState

RULE = "―" * 20


def bind_due() -> int:
    """Make the digests whose time has come, each in a transaction of its own; returns how many were made.

    A digest and the mails in it are written together: whoever is interrupted leaves all of them or none.
    """
    now = clock.now()
    with db.transaction(write=False):
        addresses = queries.gathered_for(now)
    made = 0
    for address in addresses:
        with db.transaction(write=True):
            made += bind(address, now) is not None
    return made


def bind(address: str, now: dt.datetime) -> Mail | None:
    """Put what waits for `address` into one mail; None when another worker did."""
    found = queries.gathered(address, now)
    if not found:
        return None
    parts = [f"{RULE}\n{number}. {row.subject}\n\n{row.body.strip()}\n" for number, row in enumerate(found, start=1)]
    letter = letters.written("mail.digest", count=len(found), letters="\n".join([*parts, RULE]))
    digest = operations.queue(address, letter, TEMPLATES["mail.digest"])
    db.session.flush()
    for row in found:
        row.state, row.digest_id = MailState.IN_DIGEST, digest.id
    return digest
