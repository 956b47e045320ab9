"""Passwords and single-use keys: pure functions, slow on purpose where they guard a password."""

import hashlib
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 1024

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """The Argon2id hash of `password`, with its salt and cost in it."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether `password` is the one that was hashed; takes as long when there is no hash at all."""
    try:
        return _hasher.verify(password_hash or _nobodys_hash(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hashed(secrets.token_urlsafe(32))


def new_key() -> str:
    """A key that cannot be guessed (256 bits), for a link or a cookie."""
    return secrets.token_urlsafe(32)


def fingerprint(key: str) -> str:
    """What is stored of a key: its SHA-256, from which it cannot be had back."""
    return hashlib.sha256(key.encode()).hexdigest()
