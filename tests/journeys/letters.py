"""The letters that people of a journey find in the folder to which the mail of this installation goes."""

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from grantflow.mail import transports
from grantflow.mail.sending import send_due


def letter_to(folder: Path, recipient: str) -> EmailMessage:
    """A letter to the recipient, once all that waits is sent; it is read once. Fails when there is none."""
    send_due(transports.post(f"file://{folder}", "office@example.jp"))
    for file in folder.glob("*.eml"):
        letter = cast(EmailMessage, email.message_from_bytes(file.read_bytes(), policy=email.policy.default))
        if letter["To"] == recipient:
            file.unlink()
            return letter
    raise AssertionError(f"no letter to {recipient}")
