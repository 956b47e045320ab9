"""The verbs of mail: queueing a letter, noting what became of it, and sending again what could not be sent."""

import datetime as dt

from sqlalchemy import update

from grantflow.audit import trail
from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.clock import TOKYO
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.mail import letters, queries
from grantflow.mail.catalogue import TEMPLATES, Template
from grantflow.mail.letters import Letter, Value
from grantflow.mail.models import Mail, MailState

#: How long whoever took a mail may need before another may take it: longer than every answer of a slow server together.
LEASE = dt.timedelta(minutes=10)
#: How long to wait after each failure; after the last, on the fourth day, the mail is given up. What a server that was
#: away held up leaves within an hour of its return while it is away for less than a day.
PAUSES = (
    *(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 30)),
    *(dt.timedelta(hours=1),) * 24,
    *(dt.timedelta(hours=6),) * 8,
)
#: When the digests of a day leave, in Tokyo.
DIGESTS_LEAVE_AT = dt.time(18)


def send(key: str, to: str, /, **values: Value) -> Mail:
    """Queue the letter of the template `key`, in its usual words, to the address `to`; it is about no call.

    It leaves at once, since nothing is known here of how often its reader wants to hear: for letters that never wait.
    A `TypeError` for values that are not those of its places.
    """
    return queue(to, letters.written(key, **values), TEMPLATES[key])


def queue(
    to: str, letter: Letter, template: Template, *, call_slug: str = "", held: bool = False, waits: bool = False
) -> Mail:
    """Put `letter` to `to` into the outbox, in the transaction of what it tells of.

    `held`: it is kept and never leaves (a rehearsal). `waits`: it goes out with the next digest, if it can wait at all.
    """
    now = clock.now()
    gathered = waits and template.can_wait and not held
    row = Mail(
        recipient=to,
        template=template.key,
        call_slug=call_slug,
        subject=letter.subject,
        body=letter.body,
        is_formal=template.is_formal,
        carries_key=template.carries_key,
        state=MailState.HELD if held else MailState.GATHERED if gathered else MailState.QUEUED,
        queued_at=now,
        next_at=digest_after(now) if gathered else now,
    )
    db.session.add(row)
    return row


def digest_after(now: dt.datetime) -> dt.datetime:
    """When the next digests leave."""
    today = dt.datetime.combine(now.astimezone(TOKYO).date(), DIGESTS_LEAVE_AT, TOKYO)
    return today if now < today else today + dt.timedelta(days=1)


def release(address: str) -> None:
    """Send now what was gathered for a digest to `address`, one by one: its owner does not want digests any more."""
    waiting = update(Mail).where(Mail.recipient == address, Mail.state == MailState.GATHERED)
    db.session.execute(waiting.values(state=MailState.QUEUED, next_at=clock.now()))


def take(now: dt.datetime) -> Mail | None:
    """The next mail to send, leased to whoever asks; None when none is due."""
    row = queries.due(now)
    if row is not None:
        row.next_at = now + LEASE
        row.attempts += 1
    return row


def note_sent(row: Mail, now: dt.datetime) -> None:
    """The mail left; the key it carried is forgotten."""
    row.state, row.sent_at, row.last_error = MailState.SENT, now, ""
    if row.carries_key:
        row.body = ""


def note_failure(row: Mail, kind: str, now: dt.datetime, *, for_good: bool = False) -> None:
    """The mail did not leave: it is tried again later, or given up after the last pause or when it is `for_good`."""
    row.last_error = kind
    if for_good or row.attempts > len(PAUSES):
        row.state = MailState.FAILED
        row.body = "" if row.carries_key else row.body
    else:
        row.next_at = now + PAUSES[row.attempts - 1]


def send_again(row: Mail, *, by: Actor) -> None:
    """Try a mail again that could not be sent, from the beginning; one that failed in a digest leaves by itself.

    Refused for one that did not fail, and for one whose key was forgotten.
    """
    held = queries.held(row.id)
    _refuse_unless_failed(held)
    if held.carries_key and not held.body:
        raise Refused(
            _("このメールのリンクは、安全のため消してあります。関係者の画面などから、新しいリンクを送ってください。")
        )
    held.state, held.next_at, held.attempts, held.digest_id = MailState.QUEUED, clock.now(), 0, None
    trail.record("mails.send_again", held, by=by, template=held.template)


def set_aside(row: Mail, *, by: Actor) -> None:
    """Stop minding a mail that could not be sent: what it says was told in another way. Refused unless it failed."""
    held = queries.held(row.id)
    _refuse_unless_failed(held)
    held.state, held.digest_id = MailState.HELD, None
    trail.record("mails.set_aside", held, by=by, template=held.template)


def _refuse_unless_failed(row: Mail) -> None:
    if queries.state_of(row) is not MailState.FAILED:
        raise Refused(_("このメールは、もう送れなかったものではありません。画面を開き直して、状態を確かめてください。"))
