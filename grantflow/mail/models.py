"""The outbox (送信箱)."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grantflow.core.db import Entity
from grantflow.core.words import Labelled, lazy


class MailState(Labelled):
    """What became of a mail."""

    QUEUED = "queued", lazy("送信待ち")
    SENT = "sent", lazy("送信済み")
    FAILED = "failed", lazy("送れませんでした")
    HELD = "held", lazy("送りません")
    GATHERED = "gathered", lazy("まとめて送ります")
    IN_DIGEST = "in_digest", lazy("まとめの中で送りました")


class Mail(Entity):
    """A mail in the outbox (メール): its id is its Message-ID, so that one sent twice is known as one."""

    __tablename__ = "mails"
    __table_args__ = (Index("ix_mails_due", "state", "next_at"),)
    unaudited = True

    recipient: Mapped[str] = mapped_column(String(254), index=True)
    #: Which letter it is, and the call it is about by its slug; both empty where there is none.
    template: Mapped[str] = mapped_column(String(80), default="")
    call_slug: Mapped[str] = mapped_column(String(63), default="", index=True)
    #: A formal notice never waits for a digest.
    is_formal: Mapped[bool] = mapped_column(default=False)
    #: The digest in which it went out.
    digest_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mails.id"), index=True)
    subject: Mapped[str] = mapped_column(Text)
    #: Emptied once it was sent when it carries a key.
    body: Mapped[str] = mapped_column(Text)
    carries_key: Mapped[bool] = mapped_column(default=False)
    state: Mapped[MailState] = mapped_column(default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[dt.datetime]
    next_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]
    #: What kind of failure, never what the other side said: that holds addresses.
    last_error: Mapped[str] = mapped_column(Text, default="")
