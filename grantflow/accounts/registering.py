"""Registering with an e-mail address, and a new password for whoever forgot theirs: a letter to the address decides.

Whoever asks is told the same whether or not there is an account: only the letter, which the owner of the address alone
reads, differs. Both ways write the same rows, so that the answer takes as long.
"""

import datetime as dt

from sqlalchemy import delete, update

from grantflow.accounts import operations, passwords, queries
from grantflow.accounts.models import Registration, User
from grantflow.accounts.queries import Standing
from grantflow.audit import trail
from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.mail import operations as mail
from grantflow.mail.letters import Value

LASTS = dt.timedelta(hours=24)
#: How many letters an address gets within the window of a throttle, and how many may be asked for from one origin.
LETTERS_ALLOWED, ASKED_ALLOWED = 3, 30


def refuse_too_many(origin: str) -> None:
    """Refuse when letters were asked for too often from the network address `origin`; counts this time."""
    operations.refuse_too_many([_from(origin)], allowed=ASKED_ALLOWED)
    operations.count_try([_from(origin)])


def ask(email: str, goal: str = "", *, forgot: bool, site: str) -> None:
    """Send a letter to `email`, with a link that works once: to register, or to set a new password.

    `goal` is the path where the person was going, `site` our address. An address that was written to often lately gets
    nothing more for a while, and nobody is told.
    """
    address, now = email.strip().lower(), clock.now()
    standing, asked = queries.standing(address), queries.tries([_to(address)])
    operations.count_try([_to(address)])
    if asked >= LETTERS_ALLOWED:
        return
    db.session.execute(delete(Registration).where(Registration.expires_at <= now))
    key, until = passwords.new_key(), now + LASTS
    row = Registration(email=address, token_hash=passwords.fingerprint(key), goal=goal, asked_at=now, expires_at=until)
    db.session.add(row)
    kind, places = _letter(standing, forgot, key, until, site)
    mail.send(kind, address, **places)


def _letter(standing: Standing, forgot: bool, key: str, until: dt.datetime, site: str) -> tuple[str, dict[str, Value]]:
    """Which letter, and what stands in its places."""
    match standing:
        case Standing.UNKNOWN:
            kind = "accounts.no_account" if forgot else "accounts.confirm"
            return kind, {"address": f"{site}/register/{key}", "until": until}
        case Standing.ACTIVE:
            kind = "accounts.reset" if forgot else "accounts.has_account"
            return kind, {"address": f"{site}/welcome/{key}", "until": until, "sign_in": f"{site}/sign-in"}
        case Standing.STOPPED:
            return "accounts.stopped", {"help": f"{site}/help"}


def finish(row: Registration, name: str, password_hash: str) -> User:
    """The account of whoever opened the link in `row`: it begins now, and the other links to the address end.

    Refused when there is an account at the address by now, or the link was used at the same moment.
    """
    if queries.user(row.email) is not None:
        raise Refused(_("このメールアドレスのアカウントは、もうあります。サインインしてください。"))
    _use(row)
    user = User(email=row.email, name=name.strip(), password_hash=password_hash, is_active=True)
    db.session.add(user)
    trail.record("users.register", user, by=Actor(user.id, user.name, "link"))
    return user


def reset(row: Registration, user: User, password_hash: str) -> None:
    """Set the password of `user`, who opened the link in `row`; every sign-in of theirs ends."""
    _use(row)
    operations.set_password(user, password_hash, by=Actor(user.id, user.name, "link"))


def _use(row: Registration) -> None:
    """End `row` and every other link to its address; refused when somebody else just did."""
    unused = update(Registration).where(Registration.email == row.email, Registration.used_at.is_(None))
    ended = db.session.execute(unused.values(used_at=clock.now()).returning(Registration.id)).scalars().all()
    if row.id not in ended:
        raise Refused(_("このリンクは、たったいま使われました。サインインしてください。"))


def _from(origin: str) -> str:
    return f"letters from:{origin}"


def _to(address: str) -> str:
    return f"letters to:{address}"
