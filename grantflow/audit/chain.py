"""The hash chain of the audit trail: pure functions over the text of its rows."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

START = "0" * 64

#: What is hashed, in this order; the hash itself stands beside them.
HASHED = (
    "position",
    "at",
    "actor_id",
    "actor_name",
    "actor_role",
    "action",
    "subject_type",
    "subject_id",
    "details",
    "previous_hash",
)


def canonical(details: Mapping[str, Any]) -> str:
    """`details` as JSON that is the same for equal content: keys sorted, no spaces, characters as they are."""
    return json.dumps(details, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def link(columns: Iterable[bytes]) -> str:
    """The SHA-256 of the columns named in HASHED, each preceded by its length so that none can lend to the next."""
    digest = hashlib.sha256()
    for column in columns:
        digest.update(b"%d:" % len(column))
        digest.update(column)
    return digest.hexdigest()


def forge(event: dict[str, Any]) -> str:
    """The hash of an event that is about to be stored; every value is text or a whole number."""
    return link(str(event[name]).encode() for name in HASHED)
