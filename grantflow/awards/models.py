"""Decisions (採否) and the adoption list (採択団体一覧) with the sponsor's agreement."""

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grantflow.applications.models import Application
from grantflow.calls.models import Call
from grantflow.core.db import Entity, Yen
from grantflow.core.words import Labelled, lazy


class Outcome(Labelled):
    """What the committee decided on a proposal."""

    ADOPTED = "adopted", lazy("採択")
    RESERVE = "reserve", lazy("補欠")
    NOT_ADOPTED = "not_adopted", lazy("不採択")


class ListStatus(Labelled):
    """Where an adoption list stands."""

    DRAFT = "draft", lazy("案")
    FROZEN = "frozen", lazy("確定（合意待ち）")
    AGREED = "agreed", lazy("合意済み（公表待ち）")
    PUBLISHED = "published", lazy("公表済み")


class Decision(Entity):
    """What the committee decided on one proposal (採否の決定)."""

    __tablename__ = "decisions"
    __table_args__ = (CheckConstraint("amount_yen IS NULL OR amount_yen > 0", name="amount_is_positive"),)

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"), unique=True)
    application: Mapped[Application] = relationship()
    outcome: Mapped[Outcome]
    reason: Mapped[str] = mapped_column(Text, default="")
    amount_yen: Mapped[Yen | None]
    condition: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class AdoptionList(Entity):
    """A version of the list of adopted proposals (採択団体一覧).

    `content` is what is published, as canonical JSON, and `sha256` its hash; `record` is what the
    decision rested on, so that it can be replayed. A new version opens when a published list must change.
    """

    __tablename__ = "adoption_lists"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        CheckConstraint(
            "status = 'draft' OR (content IS NOT NULL AND sha256 IS NOT NULL AND frozen_at IS NOT NULL)",
            name="frozen_has_content",
        ),
        CheckConstraint(
            "status NOT IN ('agreed', 'published') OR (agreement_reference IS NOT NULL AND agreement_on IS NOT NULL "
            "AND agreement_by IS NOT NULL AND agreement_sha256 = sha256)",
            name="agreed_to_this_content",
        ),
        CheckConstraint("publish_at IS NULL OR status IN ('agreed', 'published')", name="time_is_set_once_agreed"),
        CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="published_has_its_time"),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calls.id"))
    call: Mapped[Call] = relationship()
    number: Mapped[int]
    status: Mapped[ListStatus] = mapped_column(default=ListStatus.DRAFT)
    content: Mapped[str | None] = mapped_column(Text)
    record: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str | None] = mapped_column(String(64))
    frozen_at: Mapped[dt.datetime | None]
    frozen_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    agreement_reference: Mapped[str | None] = mapped_column(Text)
    agreement_on: Mapped[dt.date | None]
    agreement_by: Mapped[str | None] = mapped_column(Text)
    agreement_sha256: Mapped[str | None] = mapped_column(String(64))
    #: When the list is to be published by itself, and who set that time.
    publish_at: Mapped[dt.datetime | None]
    publish_set_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class AgreementLetter(Entity):
    """The sponsor's letter of agreement as the secretariat recorded it (合意文書); it counts once a second confirms it.

    `file_id` is the scan among the stored files, `sha256` the content of the list that the letter is about.
    """

    __tablename__ = "agreement_letters"
    __table_args__ = (
        CheckConstraint(
            "confirmed_by_id IS NULL OR recorded_by_id IS NULL OR confirmed_by_id <> recorded_by_id",
            name="confirmed_by_another",
        ),
    )

    adoption_list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("adoption_lists.id"), index=True)
    adoption_list: Mapped[AdoptionList] = relationship()
    sha256: Mapped[str] = mapped_column(String(64))
    reference: Mapped[str] = mapped_column(Text)
    on: Mapped[dt.date]
    official: Mapped[str] = mapped_column(Text)
    file_id: Mapped[uuid.UUID | None]
    recorded_at: Mapped[dt.datetime]
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    recorded_by: Mapped[str] = mapped_column(Text)
    confirmed_at: Mapped[dt.datetime | None]
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    dropped_at: Mapped[dt.datetime | None]
