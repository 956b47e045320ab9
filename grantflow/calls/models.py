"""Calls for applications (公募), what each defines, and who has which role in it."""

import datetime as dt
import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grantflow.accounts.models import Organization, Role, User
from grantflow.core.db import Entity, Yen
from grantflow.core.words import Labelled, lazy


class CallStatus(Labelled):
    """Where a call stands; whether it is open is said by its dates."""

    DRAFT = "draft", lazy("準備中")
    PUBLISHED = "published", lazy("公開")
    DECIDED = "decided", lazy("結果公表")
    ARCHIVED = "archived", lazy("保管")


def later(published: dt.datetime, *extended: dt.datetime | None) -> dt.datetime:
    """The last of these instants: an extension never makes a deadline earlier."""
    return max((published, *filter(None, extended)))


#: The mark that a rehearsal bears on every page and paper.
REHEARSAL = "予行"


class Call(Entity):
    """A call for applications (公募). Its wording stands in the newest of its versions."""

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
        CheckConstraint("scale_min < scale_max", name="scale_rises"),
        CheckConstraint("last_number >= 0", name="numbers_rise"),
    )

    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(Text)
    fiscal_year: Mapped[int]
    sponsor: Mapped[str] = mapped_column(Text)
    secretariat: Mapped[str] = mapped_column(Text)
    number_prefix: Mapped[str] = mapped_column(String(20))
    opens_at: Mapped[dt.datetime]
    #: As the definition was published; until when proposals are received is said by `deadline`.
    closes_at: Mapped[dt.datetime]
    #: The latest deadline to which it was extended for all.
    extended_until: Mapped[dt.datetime | None]
    scale_min: Mapped[int]
    scale_max: Mapped[int]
    min_valid: Mapped[int]
    two_persons: Mapped[bool] = mapped_column(default=False)
    #: A rehearsal (予行) is marked everywhere, counts nowhere and can be discarded as a whole.
    rehearsal: Mapped[bool] = mapped_column(default=False)
    status: Mapped[CallStatus] = mapped_column(default=CallStatus.DRAFT)
    last_number: Mapped[int] = mapped_column(BigInteger, default=0)
    #: True from the first score on: then criteria, weights and the scale stay as they are.
    criteria_in_use: Mapped[bool] = mapped_column(default=False)
    definition_version: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)

    tiers: Mapped[list["Tier"]] = relationship(back_populates="call", order_by="Tier.position")
    criteria: Mapped[list["Criterion"]] = relationship(back_populates="call", order_by="Criterion.position")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy

    @property
    def marked_title(self) -> str:
        """The title as papers and exports bear it: a rehearsal says in the official language that it is one."""
        return f"【{REHEARSAL}】{self.title}" if self.rehearsal else self.title

    @property
    def file_stem(self) -> str:
        """How the names of the call's files begin."""
        return f"rehearsal-{self.slug}" if self.rehearsal else self.slug

    @property
    def deadline(self) -> dt.datetime:
        """Until when proposals of everybody are received, extensions for all included (R3.6)."""
        return later(self.closes_at, self.extended_until)

    def is_open(self, at: dt.datetime) -> bool:
        """Whether a proposal received at `at` is in time: both ends count (R3.6)."""
        return self.opens_at <= at <= self.deadline


class Extension(Entity):
    """That the deadline was moved (締切の延長): for all at once, or for one group when a second person confirmed it."""

    __tablename__ = "extensions"
    __table_args__ = (
        CheckConstraint("closes_at > closed_at", name="is_later"),
        CheckConstraint(
            "organization_id IS NULL OR confirmed_by_id IS NULL OR set_by_id IS NULL OR confirmed_by_id <> set_by_id",
            name="two_persons",
        ),
        Index(None, "call_id", "organization_id"),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calls.id"))
    call: Mapped[Call] = relationship()
    #: None: for all.
    organization_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    organization: Mapped[Organization | None] = relationship()
    #: The deadline that held before, and the one that holds with it.
    closed_at: Mapped[dt.datetime]
    closes_at: Mapped[dt.datetime]
    reason: Mapped[str] = mapped_column(Text)
    set_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[dt.datetime]
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    confirmed_by: Mapped[str] = mapped_column(Text, default="")
    confirmed_at: Mapped[dt.datetime | None]
    #: When it was taken back before anybody confirmed it.
    dropped_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class CallVersion(Entity):
    """The definition of a call as it was published, and why it replaced the one before (公募要領の版)."""

    __tablename__ = "call_versions"
    __table_args__ = (UniqueConstraint("call_id", "number"),)

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calls.id"))
    call: Mapped[Call] = relationship()
    number: Mapped[int]
    definition: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[dt.datetime]


class CallDraft(Entity):
    """A definition that is being written (公募の下書き): well-formed TOML, as far as it got.

    With `call_id` it becomes that call's next version, of which there is one draft at a time; without, a new call.
    `source_id` is the call it was copied from, `based_on` the version it began with.
    """

    __tablename__ = "call_drafts"

    call_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("calls.id"), unique=True)
    call: Mapped[Call | None] = relationship(foreign_keys=call_id)
    source_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("calls.id"), index=True)
    based_on: Mapped[int | None]
    definition: Mapped[str] = mapped_column(Text)
    begun_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    begun_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class CallLetter(Entity):
    """The words of one mail as a call has them (メールの文面); without a row the mail says what it always says."""

    __tablename__ = "call_letters"
    __table_args__ = (UniqueConstraint("call_id", "template"),)

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calls.id"))
    call: Mapped[Call] = relationship()
    template: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[dt.datetime]
    changed_by: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class Tier(Entity):
    """A class of awards within a call (枠・区分), with its own ceiling; the planned number is a guide, not a limit."""

    __tablename__ = "tiers"
    __table_args__ = (
        UniqueConstraint("call_id", "key"),
        CheckConstraint("cap_yen > 0", name="cap_is_positive"),
        CheckConstraint("expected_awards >= 0", name="plan_is_not_negative"),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calls.id"))
    call: Mapped[Call] = relationship(back_populates="tiers")
    key: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    list_title: Mapped[str] = mapped_column(Text)
    cap_yen: Mapped[Yen]
    expected_awards: Mapped[int]
    position: Mapped[int]


class Criterion(Entity):
    """One published point of review (審査項目)."""

    __tablename__ = "criteria"
    __table_args__ = (UniqueConstraint("call_id", "key"), CheckConstraint("weight >= 1", name="weight_counts"))

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calls.id"))
    call: Mapped[Call] = relationship(back_populates="criteria")
    key: Mapped[str] = mapped_column(String(80))
    group: Mapped[str] = mapped_column(Text)
    subgroup: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    weight: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]


class CallRole(Entity):
    """That a user has a role in a call, or, without one, in every call (役割)."""

    __tablename__ = "call_roles"
    __table_args__ = (
        UniqueConstraint("user_id", "role", "call_id"),
        Index(
            "uq_call_roles_everywhere",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("call_id IS NULL"),
            postgresql_where=text("call_id IS NULL"),
        ),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User] = relationship(foreign_keys=user_id)
    role: Mapped[Role]
    call_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("calls.id"))
    call: Mapped[Call | None] = relationship()
    #: The last day on which it counts; without one it counts until it is taken away.
    until: Mapped[dt.date | None]
    #: Whose deputy this is (代理).
    deputy_for_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    deputy_for: Mapped[User | None] = relationship(foreign_keys=deputy_for_id)

    def counts(self, on: dt.date) -> bool:
        """Whether the role is still held on that day."""
        return self.until is None or self.until >= on
