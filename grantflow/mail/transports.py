"""How a mail leaves: written to a file, or handed to a server by SMTP."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from grantflow.mail.models import Mail

Send = Callable[[EmailMessage], None]
PATIENCE_SECONDS = 30
SENDER = "grantflow"


@dataclass(frozen=True, slots=True)
class Post:
    """The post office of this installation: from whom mails come, and how they leave."""

    sender: str
    send: Send


def post(url: str, sender: str) -> Post:
    """The post office at `url`: `file:///FOLDER`, `smtp://USER:PASSWORD@HOST:PORT` or `smtps://…`."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        return Post(sender, lambda message: _to_file(folder, message))
    return Post(sender, lambda message: _to_server(url, message))


def message(row: Mail, sender: str) -> EmailMessage:
    """The mail as it travels; the same Message-ID each time it is tried."""
    found = EmailMessage(policy=SMTP)
    found["From"] = formataddr((SENDER, sender))
    found["To"] = row.recipient
    found["Subject"] = row.subject
    found["Date"] = format_datetime(row.queued_at)
    found["Message-ID"] = f"<{row.id}@{sender.rpartition('@')[2]}>"
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(row.body, cte="base64")
    return found


def _to_file(folder: Path, message: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = str(message["Message-ID"]).strip("<>").partition("@")[0]
    unfinished = folder / f"{name}.part"
    unfinished.write_bytes(message.as_bytes())
    unfinished.chmod(0o600)
    unfinished.replace(folder / f"{name}.eml")


def _to_server(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE_SECONDS)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=PATIENCE_SECONDS)
    with server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
