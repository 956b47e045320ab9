"""Applications (応募)."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grantflow.accounts.models import Organization
from grantflow.calls.models import Call, Tier, later
from grantflow.core.dates import PartialDate
from grantflow.core.db import Entity, Yen, code_points
from grantflow.core.words import Labelled, lazy
from grantflow.files.models import StoredFile


class ApplicationStatus(Labelled):
    """Where a proposal stands."""

    DRAFT = "draft", lazy("作成中")
    SUBMITTED = "submitted", lazy("形式審査待ち")
    RETURNED = "returned", lazy("差戻し")
    ELIGIBLE = "eligible", lazy("審査対象")
    INELIGIBLE = "ineligible", lazy("対象外")
    ADOPTED = "adopted", lazy("採択")
    RESERVE = "reserve", lazy("補欠")
    NOT_ADOPTED = "not_adopted", lazy("不採択")
    WITHDRAWN = "withdrawn", lazy("取下げ")


class Application(Entity):
    """One organisation's application to one call (応募).

    The organisation's name, legal form and founding date are kept as the proposal gives them: the
    published list prints the proposal, whatever the organisation's profile says later.
    """

    __tablename__ = "applications"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        UniqueConstraint("id", "call_id"),
        CheckConstraint("status IN ('draft', 'withdrawn') OR number IS NOT NULL", name="numbered_once_received"),
        CheckConstraint("requested_yen >= 0", name="amount_is_not_negative"),
        Index("ix_applications_call_order", "call_id", "serial", "number"),
        Index("ix_applications_call_status", "call_id", "status"),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calls.id"))
    call: Mapped[Call] = relationship()
    tier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tiers.id"))
    tier: Mapped[Tier] = relationship()
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    organization: Mapped[Organization] = relationship()

    #: The version of the call's definition by which it was begun, and is asked and checked.
    definition_version: Mapped[int] = mapped_column(default=1)
    status: Mapped[ApplicationStatus] = mapped_column(default=ApplicationStatus.DRAFT)
    number: Mapped[str | None] = mapped_column(code_points(40))
    serial: Mapped[int] = mapped_column(BigInteger, default=0)
    received_at: Mapped[dt.datetime | None]
    #: The latest deadline to which it was extended for its group alone.
    extended_until: Mapped[dt.datetime | None]

    organization_name: Mapped[str] = mapped_column(Text)
    legal_form: Mapped[str] = mapped_column(Text, default="")
    founded: Mapped[PartialDate | None]
    title: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    activity_area: Mapped[str] = mapped_column(Text, default="")
    audience: Mapped[list[str]] = mapped_column(default=list)
    features: Mapped[list[str]] = mapped_column(default=list)
    requested_yen: Mapped[Yen] = mapped_column(default=0)
    #: The requirements of the call that the organisation said it meets, as they were worded then.
    confirmed: Mapped[list[str]] = mapped_column(default=list)
    #: Why it is not reviewed, as its group is told; empty unless it is ineligible.
    ineligible_because: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy

    @property
    def deadline(self) -> dt.datetime:
        """Until when its group may write and submit, extensions for all and for it alone included (R3.6)."""
        return later(self.call.deadline, self.extended_until)

    def is_open(self, at: dt.datetime) -> bool:
        """Whether what is received at `at` is in time: both ends count (R3.6)."""
        return self.call.opens_at <= at <= self.deadline


class Section(Entity):
    """One part of a proposal (応募書類の部分) as it was saved last.

    `content` is what `grantflow.applications.outline` says. `version` counts its saves: whoever saves on an older one
    sees both texts. Lists and the published result read the columns of the application, into which
    `grantflow.applications.reflecting` copies what they show.
    """

    __tablename__ = "application_sections"
    __table_args__ = (UniqueConstraint("application_id", "key"),)

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"))
    application: Mapped[Application] = relationship()
    key: Mapped[str] = mapped_column(String(40))
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    saved_at: Mapped[dt.datetime]
    saved_by: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class OfficerList(Entity):
    """The officers of a proposal (役員名簿), sealed: opened for its group and for whoever checks officers (R3.3)."""

    __tablename__ = "officer_lists"

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"), unique=True)
    application: Mapped[Application] = relationship()
    #: Empty once it was purged; `officer_count` stays.
    sealed: Mapped[str] = mapped_column(Text, default="")
    officer_count: Mapped[int] = mapped_column(default=0)
    #: The list as the proposal was received last (R3.9): sealed, empty where there was none and once it was purged.
    received: Mapped[str] = mapped_column(Text, default="")
    #: None where the proposal was not received on a page: then the list counts as it stands.
    received_count: Mapped[int | None]
    saved_at: Mapped[dt.datetime]
    saved_by: Mapped[str] = mapped_column(Text)
    purge_on: Mapped[dt.date] = mapped_column(Date, index=True)
    purged_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy

    @property
    def sealed_that_counts(self) -> str:
        """The officers that whoever checks them reads, sealed: as received last, and not as written since."""
        return self.sealed if self.received_count is None else self.received

    @property
    def count_that_counts(self) -> int:
        """How many officers those are."""
        return self.officer_count if self.received_count is None else self.received_count


class ConsentState(Labelled):
    """Where the consent of a partner stands."""

    ASKED = "asked", lazy("返事待ち")
    GIVEN = "given", lazy("承諾済み")
    REFUSED = "refused", lazy("承諾しない")
    LETTER = "letter", lazy("承諾書あり")
    TAKEN_BACK = "taken_back", lazy("依頼を取り消し")


class Consent(Entity):
    """That a partner agrees to be named in a proposal (連携先の承諾): by a single-use link, or by a letter."""

    __tablename__ = "consents"

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    application: Mapped[Application] = relationship()
    partner: Mapped[str] = mapped_column(Text)
    part: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    state: Mapped[ConsentState]
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    asked_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime | None]
    answered_at: Mapped[dt.datetime | None]
    #: Who answered, as they wrote it: title and name.
    answered_by: Mapped[str] = mapped_column(Text, default="")
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    file: Mapped[StoredFile | None] = relationship()


class Attachment(Entity):
    """A file that a group handed in for one of the documents that the call asks for (添付書類).

    Who takes it away deletes the row; a file that a received version names is kept all the same.
    """

    __tablename__ = "attachments"
    __table_args__ = (Index(None, "application_id", "position"),)

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"))
    application: Mapped[Application] = relationship()
    #: The key of the document in the definition of the call.
    document: Mapped[str] = mapped_column(String(80))
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stored_files.id"), unique=True)
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
    position: Mapped[int]
    #: The day that stands on the paper, where the call asks for it.
    issued_on: Mapped[dt.date | None] = mapped_column(Date)
    attached_at: Mapped[dt.datetime]
    attached_by: Mapped[str] = mapped_column(Text)


class ProxyEntry(Entity):
    """That the secretariat typed a proposal for a group that phoned or posted paper (代理入力)."""

    __tablename__ = "proxy_entries"

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"), unique=True)
    application: Mapped[Application] = relationship()
    #: How it came (telephone, post, …) and when, as the secretariat wrote it.
    came_by: Mapped[str] = mapped_column(Text)
    entered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    entered_by: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[dt.datetime]
    code_hash: Mapped[str] = mapped_column(String(64), default="")
    code_expires_at: Mapped[dt.datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[dt.datetime | None]
    #: Who confirmed, and by what: a code, or a signed paper.
    confirmed_by: Mapped[str] = mapped_column(Text, default="")
    confirmed_with: Mapped[str] = mapped_column(String(20), default="")
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    file: Mapped[StoredFile | None] = relationship()


class LateAttempt(Entity):
    """That somebody tried to write or to submit after the deadline (締切後の控え); never what they sent (R3.6)."""

    __tablename__ = "late_attempts"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size_is_not_negative"),
        Index(None, "call_id", "received_at"),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calls.id"))
    call: Mapped[Call] = relationship()
    #: None where a proposal was to be begun.
    application_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("applications.id"), index=True)
    application: Mapped[Application | None] = relationship()
    organization_name: Mapped[str] = mapped_column(Text)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    user_name: Mapped[str] = mapped_column(Text)
    received_at: Mapped[dt.datetime]
    #: The page that was tried, as the program names it.
    act: Mapped[str] = mapped_column(String(80))
    #: How many bytes the request had.
    size: Mapped[int] = mapped_column(BigInteger)
    #: How many milliseconds it waited in the server before the program had it; None where nobody measured.
    queued_ms: Mapped[int | None]

    @property
    def ticket(self) -> str:
        """By what the attempt is named on the telephone: 8 hexadecimal digits in two groups."""
        return f"{self.id.hex[:4]}-{self.id.hex[4:8]}"


class ReminderKind(Labelled):
    """What whoever may write on a draft is told of its deadline without asking."""

    EXTENDED = "extended", lazy("延長の知らせ")
    THREE_DAYS = "three_days", lazy("72時間前の知らせ")
    ONE_DAY = "one_day", lazy("24時間前の知らせ")
    OVER = "over", lazy("締切後の知らせ")


class Reminder(Entity):
    """That those who write a draft were told of a deadline (締切の知らせ): once for each kind and deadline."""

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("application_id", "kind", "closes_at"),)

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"))
    application: Mapped[Application] = relationship()
    kind: Mapped[ReminderKind]
    closes_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime]


class BusyTicket(Entity):
    """That something was turned away since too many came at once (混雑時の控え); never what was sent (R3.6)."""

    __tablename__ = "busy_tickets"
    __table_args__ = (CheckConstraint("size >= 0", name="size_is_not_negative"),)

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"), index=True)
    application: Mapped[Application] = relationship()
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    user_name: Mapped[str] = mapped_column(Text)
    received_at: Mapped[dt.datetime]
    #: The page that was tried, as the program names it.
    act: Mapped[str] = mapped_column(String(80))
    #: How many bytes the request had.
    size: Mapped[int] = mapped_column(BigInteger)
    #: What proves that this server wrote it (`grantflow.applications.busy_tickets`).
    mark: Mapped[str] = mapped_column(String(64), unique=True)


class Submission(Entity):
    """One version of a proposal as it was received (提出の版): the last one counts, every one is kept (R3.5, R3.9).

    `contents` are its parts by their keys, `manifest` names each part with the SHA-256 of its content. What stands in
    the list of officers is kept sealed elsewhere: here only how many they are, and the hash of what is sealed.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        UniqueConstraint("application_id", "version"),
        UniqueConstraint("application_id", "key"),
        CheckConstraint("version >= 1", name="versions_begin_with_one"),
    )

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"))
    application: Mapped[Application] = relationship()
    version: Mapped[int]
    #: What the page was given that submitted it: who comes again with it gets the same receipt.
    key: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(40))
    received_at: Mapped[dt.datetime]
    submitted_by: Mapped[str] = mapped_column(Text)
    definition_version: Mapped[int]
    tier_key: Mapped[str] = mapped_column(String(80))
    requested_yen: Mapped[Yen]
    contents: Mapped[dict[str, Any]]
    manifest: Mapped[dict[str, Any]]


class ScreeningVerdict(Labelled):
    """What the secretariat answers to an item of the first screening."""

    YES = "yes", lazy("はい")
    NO = "no", lazy("いいえ")
    NOT_APPLICABLE = "not_applicable", lazy("該当しない")


class ScreeningAnswer(Entity):
    """What the secretariat saw of a proposal for one item of the first screening (形式審査の記録, R3.7)."""

    __tablename__ = "screening_answers"
    __table_args__ = (UniqueConstraint("application_id", "item"),)

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"))
    application: Mapped[Application] = relationship()
    item: Mapped[str] = mapped_column(String(100))
    verdict: Mapped[ScreeningVerdict]
    note: Mapped[str] = mapped_column(Text, default="")
    #: The part of the proposal that was looked at; empty where none was named.
    part: Mapped[str] = mapped_column(String(40), default="")
    #: The version of the proposal that was looked at; 0: one that came by a load.
    of_version: Mapped[int] = mapped_column(default=0)
    answered_at: Mapped[dt.datetime]
    answered_by: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class SeenFinding(Entity):
    """That somebody looked at what the program found in a proposal, and sees no problem in it (R3.7).

    `finding` names what was found, not where it stands now: where the proposal says something else later, it counts
    as not looked at.
    """

    __tablename__ = "seen_findings"
    __table_args__ = (UniqueConstraint("application_id", "finding"),)

    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"))
    application: Mapped[Application] = relationship()
    finding: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[dt.datetime]
    seen_by: Mapped[str] = mapped_column(Text)
