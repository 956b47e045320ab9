"""Who acts in the sample calls, looked up by what the demo knows them by."""

from grantflow.accounts import queries as account_queries
from grantflow.accounts.models import User
from grantflow.calls import queries as call_queries
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor

OFFICER, ADMINISTRATOR = "secretariat@example.jp", "administrator@example.jp"
SITE = "http://127.0.0.1:8000"


def call_of(slug: str) -> Call:
    """The call `slug`, which a step before has published."""
    call = call_queries.call(slug)
    assert call is not None
    return call


def user_of(email: str) -> User:
    """The account with that address."""
    user = account_queries.user(email)
    assert user is not None
    return user


def actor_of(email: str) -> Actor:
    """Whoever has that account, with what they may do just now."""
    return call_queries.actor(user_of(email))
