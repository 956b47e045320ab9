"""The rows of the audit trail and the head of its chain."""

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grantflow.core.db import Base


class AuditEvent(Base):
    """One act (監査証跡): who did what to what, when.

    Every column is kept as the text that was hashed, so that no change of a stored byte can hide
    behind a conversion. `details` is canonical JSON.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_subject", "subject_type", "subject_id", "position"),
        Index("ix_audit_events_actor_id", "actor_id"),
    )
    unaudited = True

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))
    actor_id: Mapped[str] = mapped_column(String(36))
    actor_name: Mapped[str] = mapped_column(Text)
    actor_role: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(80))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(36))
    details: Mapped[str] = mapped_column(Text)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class TrailHead(Base):
    """The last link of the chain: locked while the next is forged, and proof that none was cut off its end."""

    __tablename__ = "trail_heads"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)
    unaudited = True

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
