"""Reviewers (審査委員), their conflicts of interest, what they were given to read, and the scores they gave."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grantflow.accounts.models import User
from grantflow.applications.models import Application
from grantflow.calls.models import Call, Criterion
from grantflow.core.db import Base, Entity
from grantflow.core.words import Labelled, lazy


class AssignmentStatus(Labelled):
    """Where a reviewer's reading of a proposal stands; it opens once they answered the question of conflict."""

    OFFERED = "offered", lazy("利益相反の回答待ち")
    ACCEPTED = "accepted", lazy("採点中")
    SCORED = "scored", lazy("採点済み")
    RECUSED = "recused", lazy("利益相反により外れた")


#: The states in which a proposal lies open before its reviewer (R4.2).
OPENED = (AssignmentStatus.ACCEPTED, AssignmentStatus.SCORED)


class ScoreKind(Labelled):
    """What stands on a line of a sheet; nothing but a grade is a number, and none of the others is 0 (methods 2).

    `missing` is a line with a comment and no answer yet; a line without a row is missing as well.
    """

    GRADED = "graded", lazy("評点")
    MISSING = "missing", lazy("未採点")
    ABSTAINED = "abstained", lazy("棄権")
    NOT_APPLICABLE = "not_applicable", lazy("該当なし")


class ConflictKind(Labelled):
    """Which relation a conflict of interest rests on (R4.1)."""

    FAMILY = "family", lazy("本人が応募団体の関係者の家族か親族である")
    MEMBER = "member", lazy("応募団体か連携先の役員、職員、会員、顧問、寄付者である（過去3年以内を含む）")
    COWORKER = "coworker", lazy("同じ職場、同じ会社、または共同で取り組む間柄である")
    PAID = "paid", lazy("応募団体か連携先から報酬や謝金を受けた")
    SUPPORTER = "supporter", lazy("この応募の推薦や作成の手伝いをした")
    RIVAL = "rival", lazy("競合する応募に関わっている")
    OTHER = "other", lazy("その他、公正な審査を疑われるおそれがある")


class CommitteeStatus(Labelled):
    """Where the committee of a call stands."""

    OPEN = "open", lazy("構成中")
    CONFIRMED = "confirmed", lazy("構成を確定")
    LOCKED = "locked", lazy("採点を締め切った")


class Committee(Entity):
    """The committee of a call (審査委員会) as a whole; a call without a row has one that is still open."""

    __tablename__ = "committees"
    __table_args__ = (UniqueConstraint("call_id"),)

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calls.id"))
    call: Mapped[Call] = relationship()
    status: Mapped[CommitteeStatus] = mapped_column(default=CommitteeStatus.OPEN)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class Reviewer(Entity):
    """A member of a call's committee (審査委員), known by an account or only by a label."""

    __tablename__ = "reviewers"
    __table_args__ = (
        UniqueConstraint("call_id", "label"),
        UniqueConstraint("call_id", "user_id"),
        UniqueConstraint("id", "call_id"),
        CheckConstraint("0 <= least_load AND (most_load IS NULL OR least_load <= most_load)", name="loads_ascend"),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calls.id"))
    call: Mapped[Call] = relationship()
    label: Mapped[str] = mapped_column(Text)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    user: Mapped[User | None] = relationship()
    #: What they know best, in the words of the call: audiences, features, and prefectures by name.
    audiences: Mapped[list[str]] = mapped_column(default=list)
    features: Mapped[list[str]] = mapped_column(default=list)
    regions: Mapped[list[str]] = mapped_column(default=list)
    #: How many proposals they read at least and at most; without a most, a fair share and a quarter more.
    least_load: Mapped[int] = mapped_column(default=0)
    most_load: Mapped[int | None]
    #: Whether they dropped out: what they filed stays, the rest is proposed to others.
    is_away: Mapped[bool] = mapped_column(default=False)


class AssignmentDraft(Entity):
    """The assignment that was proposed last for a call (割当案), until it is applied or proposed anew.

    `content` holds the pairs by number and label, the certificate, and what it was asked with: pairs kept and kept
    apart by hand, and the weights of the fit. `sha256` is of everything it was computed from.
    """

    __tablename__ = "assignment_drafts"
    __table_args__ = (UniqueConstraint("call_id"),)

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calls.id"))
    call: Mapped[Call] = relationship()
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[dt.datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class Conflict(Entity):
    """A reviewer's conflict of interest with a proposal (利益相反); lifted ones stay on record."""

    __tablename__ = "conflicts"
    __table_args__ = (Index("ix_conflicts_pair", "application_id", "reviewer_id"),)

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"))
    application: Mapped[Application] = relationship()
    reviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reviewers.id"), index=True)
    reviewer: Mapped[Reviewer] = relationship()
    #: What the reviewer said it was; the secretariat gives its reason in words alone.
    kind: Mapped[ConflictKind | None]
    reason: Mapped[str] = mapped_column(Text)
    declared_at: Mapped[dt.datetime]
    lifted_at: Mapped[dt.datetime | None]


class Assignment(Entity):
    """A proposal given to a reviewer to score (割当); both belong to the same call."""

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("application_id", "reviewer_id"),
        ForeignKeyConstraint(["application_id", "call_id"], ["applications.id", "applications.call_id"]),
        ForeignKeyConstraint(["reviewer_id", "call_id"], ["reviewers.id", "reviewers.call_id"]),
        Index("ix_assignments_reviewer_id", "reviewer_id"),
        Index("ix_assignments_call_status", "call_id", "status"),
    )

    call_id: Mapped[uuid.UUID]
    application_id: Mapped[uuid.UUID]
    application: Mapped[Application] = relationship(overlaps="reviewer")
    reviewer_id: Mapped[uuid.UUID]
    reviewer: Mapped[Reviewer] = relationship(overlaps="application")
    status: Mapped[AssignmentStatus] = mapped_column(default=AssignmentStatus.OFFERED)
    #: When the reviewer last saved something on the sheet.
    saved_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class Score(Base):
    """One line of a sheet: a grade on the call's scale (評点), or that there is none."""

    __tablename__ = "scores"
    __table_args__ = (CheckConstraint("(kind = 'graded') = (value IS NOT NULL)", name="a_grade_has_a_value"),)

    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assignments.id"), primary_key=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criteria.id"), primary_key=True)
    criterion: Mapped[Criterion] = relationship()
    kind: Mapped[ScoreKind] = mapped_column(default=ScoreKind.GRADED)
    value: Mapped[int | None]
    comment: Mapped[str] = mapped_column(Text, default="")
