"""People and organisations for tests."""

from functools import lru_cache

from grantflow.accounts import operations, passwords
from grantflow.accounts.models import Organization, Role, User
from grantflow.audit import trail
from grantflow.calls.models import Call, CallRole
from grantflow.core.authorization import Actor
from grantflow.core.db import db

OPERATOR = Actor(None, "operator (test)", "operator", frozenset({("administrator", None)}))
PASSWORD = "correct-horse-battery"


@lru_cache
def password_hash() -> str:
    """The hash of PASSWORD, made once."""
    return passwords.hashed(PASSWORD)


def person(email: str, role: Role | None = None, call: Call | None = None, name: str = "") -> User:
    """A person who can sign in with PASSWORD, with a role in `call` or in every call."""
    user = operations.add(email, name or email.split("@")[0], by=OPERATOR, password_hash=password_hash())
    if role is not None:
        db.session.flush()
        db.session.add(CallRole(user_id=user.id, role=role, call_id=call.id if call else None))
    return user


def organization(name: str, *members: User) -> Organization:
    """An organisation for which `members` act."""
    row = operations.organization(name)
    trail.record("organizations.add", row, by=OPERATOR)
    db.session.flush()
    for user in members:
        operations.join(user, row, by=OPERATOR)
    return row
