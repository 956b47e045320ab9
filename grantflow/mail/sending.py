"""Sending what is due, one by one: a mail is leased, sent outside any transaction, and noted."""

import smtplib

from grantflow.core import clock
from grantflow.core.db import db
from grantflow.mail import operations, queries, transports
from grantflow.mail.models import Mail
from grantflow.mail.transports import Post

#: How many mails are sent before other work has its turn.
AT_ONCE = 100
#: What an SMTP server answers from here on is final.
REFUSED_FOR_GOOD = 500
#: What is wrong with one mail; any other failure is the server's, and would meet the next mail too.
ABOUT_THE_MAIL = (
    *(smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError, smtplib.SMTPNotSupportedError),
    ValueError,
)


def send_due(post: Post) -> int:
    """Send the mails that are due through `post`; returns how many were tried.

    When the server cannot be reached the rest waits for the next turn, so that nothing else waits for this.
    """
    for tried in range(AT_ONCE):
        with db.transaction(write=False):
            waits = queries.is_due(clock.now())
        if not waits:
            return tried
        with db.transaction(write=True):
            taken = operations.take(clock.now())
        if taken is None:
            return tried
        if not _send(taken, post):
            return tried + 1
    return AT_ONCE


def _send(taken: Mail, post: Post) -> bool:
    """Send one mail; returns whether the server was there to take it or to refuse it."""
    failure, for_good, was_there = "", False, True
    try:
        post.send(transports.message(taken, post.sender))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        failure, for_good = _kind(error)
        was_there = isinstance(error, ABOUT_THE_MAIL)
    with db.transaction(write=True):
        row = db.session.get_one(Mail, taken.id)
        if failure:
            operations.note_failure(row, failure, clock.now(), for_good=for_good)
        else:
            operations.note_sent(row, clock.now())
    return was_there


def _kind(error: Exception) -> tuple[str, bool]:
    """What went wrong, in a word and a number, and whether trying again is of no use."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max((answer[0] for answer in error.recipients.values()), default=0)
        return f"SMTPRecipientsRefused {code}", code >= REFUSED_FOR_GOOD
    answered = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {answered}" if answered else type(error).__name__, False
