"""Rows of the first screening: proposals given back for correction, and the checks of officers (R3.3, R3.8)."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grantflow.applications.models import Application
from grantflow.core.db import Entity
from grantflow.core.words import Labelled, lazy


class Correction(Entity):
    """That a proposal was given back to mend formal defects (補正): which fields, until when (R3.8).

    `fields` are what to mend, by the field as `grantflow.applications.correctable` names it.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        UniqueConstraint("application_id", "round"),
        CheckConstraint("round >= 1", name="rounds_begin_with_one"),
        CheckConstraint("extended_at IS NULL OR due_at > first_due_at", name="extended_is_later"),
    )

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"))
    application: Mapped[Application] = relationship()
    round: Mapped[int]
    fields: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    #: The version that was given back.
    of_version: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[dt.datetime]
    asked_by: Mapped[str] = mapped_column(Text)
    #: Until when, as it was asked first, and as it holds: both ends count.
    first_due_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    extended_at: Mapped[dt.datetime | None]
    extended_by: Mapped[str] = mapped_column(Text, default="")
    extended_because: Mapped[str] = mapped_column(Text, default="")
    #: When the mended proposal was received.
    answered_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class CheckResult(Labelled):
    """What the authority answered about the officers of a proposal."""

    NO_MATCH = "no_match", lazy("該当なし")
    NEEDS_TALK = "needs_talk", lazy("協議が必要")
    UNANSWERED = "unanswered", lazy("回答待ち")


class OfficerCheck(Entity):
    """The result of checking the officers of a proposal (反社会的勢力の確認): the last one counts (R3.3).

    Whoever checks officers and the secretariat see it; no event says what it is.
    """

    __tablename__ = "officer_checks"
    __table_args__ = (
        UniqueConstraint("application_id", "number"),
        CheckConstraint("number >= 1", name="numbers_begin_with_one"),
    )

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"))
    application: Mapped[Application] = relationship()
    number: Mapped[int]
    result: Mapped[CheckResult]
    #: The letter of the authority: its date and its reference.
    answered_on: Mapped[dt.date | None] = mapped_column(Date)
    reference: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[dt.datetime]
