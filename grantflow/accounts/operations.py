"""The verbs of accounts: adding people, signing in and out, passwords, belonging."""

import datetime as dt

from sqlalchemy import delete, select, update

from grantflow.accounts import passwords, queries
from grantflow.accounts.models import (
    AccessLink,
    MailPace,
    MemberRole,
    Membership,
    Organization,
    SecondStep,
    SignIn,
    Throttle,
    User,
)
from grantflow.audit import trail
from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.dates import PartialDate
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.text import display_form, search_key
from grantflow.core.words import _
from grantflow.mail import operations as mail

LINK_LASTS = dt.timedelta(days=7)
TRIES_ALLOWED = 10
TRIES_WINDOW = dt.timedelta(minutes=15)
SEEN_EVERY = dt.timedelta(minutes=5)


def add(email: str, name: str, *, by: Actor, password_hash: str | None = None) -> User:
    """Add a person; the address is kept in lower case and belongs to nobody else."""
    address = email.strip().lower()
    if queries.user(address):
        raise Refused(_("%(email)s のアカウントは、もうあります。別のアドレスを使ってください。", email=address))
    user = User(email=address, name=name.strip(), password_hash=password_hash, is_active=True)
    db.session.add(user)
    trail.record("users.add", user, by=by, name=user.name)
    return user


def issue_link(user: User, *, by: Actor) -> str:
    """A single-use key with which `user` can set a password; only its hash is stored."""
    key = passwords.new_key()
    link = AccessLink(user_id=user.id, token_hash=passwords.fingerprint(key), expires_at=clock.now() + LINK_LASTS)
    db.session.add(link)
    trail.record("users.issue_link", user, by=by)
    return key


def use_link(link: AccessLink, password_hash: str) -> None:
    """Set the password of the link's user; the link works no more, and other browsers are signed out."""
    link.used_at = clock.now()
    user = link.user
    set_password(user, password_hash, by=Actor(user.id, user.name, "link"))


def set_password(user: User, password_hash: str, *, by: Actor) -> None:
    """Replace the password of `user`, and end every sign-in of theirs but that of `by`."""
    user.password_hash = password_hash
    end_sign_ins(user, but=by.token)
    trail.record("users.set_password", user, by=by)


def end_sign_ins(user: User, *, but: str = "") -> None:
    """End every sign-in of `user`, save the one whose cookie holds `but`; the caller records the event."""
    others = update(SignIn).where(
        SignIn.user_id == user.id, SignIn.ended_at.is_(None), SignIn.token_hash != passwords.fingerprint(but)
    )
    db.session.execute(others.values(ended_at=clock.now()))


def sign_in(
    user: User,
    *,
    by: Actor,
    second_step: SecondStep = SecondStep.NOT_ASKED,
    origin: str = "",
    browser: str = "",
) -> str:
    """Begin a sign-in of `user`; returns the token for the cookie. One whose `second_step` waits is nobody's yet."""
    token, now = passwords.new_key(), clock.now()
    row = SignIn(
        user_id=user.id,
        token_hash=passwords.fingerprint(token),
        began_at=now,
        seen_at=now,
        second_step=second_step,
        origin=origin,
        browser=browser,
    )
    db.session.add(row)
    if second_step is SecondStep.WAITS:
        trail.record("users.give_password", user, by=by)
    else:
        trail.record("users.sign_in", user, by=by)
    return token


def sign_out(token: str, *, by: Actor) -> None:
    """End the sign-in whose cookie holds `token`."""
    found = db.session.scalar(select(SignIn).where(SignIn.token_hash == passwords.fingerprint(token)))
    if found is not None and found.ended_at is None:
        found.ended_at = clock.now()
        trail.record(
            "users.sign_out", found.user, by=Actor(found.user.id, found.user.name, "user") if by.is_anonymous else by
        )


def end_one(sign_in: SignIn, *, by: Actor) -> None:
    """End one sign-in, wherever it is."""
    if sign_in.ended_at is None:
        sign_in.ended_at = clock.now()
        trail.record("users.sign_out", sign_in.user, by=by)


def sign_out_elsewhere(user: User, *, by: Actor) -> None:
    """End every sign-in of `user` but the one that `by` is using."""
    end_sign_ins(user, but=by.token)
    trail.record("users.sign_out_everywhere", user, by=by)


def rename(user: User, name: str, *, by: Actor) -> None:
    """Change the name that others see; what was done before keeps the name of that time."""
    before, user.name = user.name, name.strip()
    trail.record("users.rename", user, by=by, before={"name": before}, after={"name": user.name})


def choose_pace(user: User, pace: MailPace, *, by: Actor) -> None:
    """How often the user wants to hear; what waits for a digest leaves at once when they want none any more."""
    user.mail_pace = pace
    if pace is MailPace.AT_ONCE:
        mail.release(user.email)
    trail.record("users.choose_pace", user, by=by, pace=pace.value)


def deactivate(user: User, *, by: Actor) -> None:
    """Let nobody in by this account from the next request on; the trail keeps the name. Refused for one's own."""
    if user.id == by.id:
        raise Refused(_("自分のアカウントは止められません。ほかの管理者に頼んでください。"))
    if not user.is_active:
        raise Refused(_("%(name)sさんのアカウントは、もう止まっています。", name=user.name))
    user.is_active = False
    end_sign_ins(user)
    trail.record("users.deactivate", user, by=by)


def reactivate(user: User, *, by: Actor) -> None:
    """Let the person sign in again, with the roles they still have."""
    if user.is_active:
        raise Refused(_("%(name)sさんのアカウントは、いま使えます。", name=user.name))
    user.is_active = True
    trail.record("users.reactivate", user, by=by)


def seen(sign_in: SignIn) -> None:
    """Note that the sign-in is in use, at most every few minutes."""
    db.session.execute(update(SignIn).where(SignIn.id == sign_in.id).values(seen_at=clock.now()))


def refuse_too_many(keys: list[str], allowed: int = TRIES_ALLOWED) -> None:
    """Refuse when one of `keys` was tried `allowed` times or more lately."""
    if queries.tries(keys) >= allowed:
        minutes = int(TRIES_WINDOW.total_seconds() // 60)
        raise Refused(
            _(
                "続けて何度も試されたため、いまは受け付けられません。%(minutes)s分ほど待ってから、もう一度お試しください。",
                minutes=minutes,
            )
        )


def count_try(keys: list[str]) -> None:
    """Count one failed try of each of `keys`; windows that are over are swept away."""
    now = clock.now()
    db.session.execute(delete(Throttle).where(Throttle.until <= now))
    for key in keys:
        row = db.session.get(Throttle, passwords.fingerprint(key), with_for_update=True)
        if row is None:
            row = Throttle(key=passwords.fingerprint(key), count=0, until=now + TRIES_WINDOW)
            db.session.add(row)
        row.count += 1


def organization(name: str, *, legal_form: str = "", founded: PartialDate | None = None) -> Organization:
    """A new organisation, its name kept as typed, as shown and as searched (R5.9); the caller records the event."""
    row = named(name, legal_form=legal_form, founded=founded)
    db.session.add(row)
    return row


def named(name: str, *, legal_form: str = "", founded: PartialDate | None = None) -> Organization:
    """An organisation as `organization` makes it, for a load that stores many at once: not stored yet."""
    return Organization(
        name=name, name_display=display_form(name), name_key=search_key(name), legal_form=legal_form, founded=founded
    )


def join(
    user: User, organization: Organization, *, by: Actor, role: MemberRole = MemberRole.REPRESENTATIVE
) -> Membership:
    """Let `user` act for `organization`, as its representative unless another `role` is named."""
    row = Membership(user_id=user.id, organization_id=organization.id, role=role)
    db.session.add(row)
    trail.record("organizations.join", organization, by=by, user=str(user.id), role=role.value)
    return row
