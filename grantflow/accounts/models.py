"""Users, the organisations (団体) they act for, and their sign-ins."""

import datetime as dt
import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from grantflow.core.dates import PartialDate
from grantflow.core.db import Base, Entity, code_points
from grantflow.core.words import Labelled, lazy


class Role(Labelled):
    """What somebody is in a call, or in all of them."""

    APPLICANT = "applicant", lazy("応募団体")
    REVIEWER = "reviewer", lazy("審査委員")
    SECRETARIAT = "secretariat", lazy("事務局")
    SPONSOR = "sponsor", lazy("所管官庁")
    AUDITOR = "auditor", lazy("監査")
    OFFICER_CHECKER = "officer_checker", lazy("役員名簿の確認担当")
    ADMINISTRATOR = "administrator", lazy("管理者")


#: Who must give a one-time code after the password: whoever sees or decides more than what is their own.
NEEDS_CODE = frozenset({Role.SECRETARIAT, Role.SPONSOR, Role.AUDITOR, Role.OFFICER_CHECKER, Role.ADMINISTRATOR})


class SecondStep(Labelled):
    """Where a sign-in stands with its one-time code; one that waits for it is nobody's yet."""

    NOT_ASKED = "not_asked", lazy("求めていない")
    WAITS = "waits", lazy("コード待ち")
    PASSED = "passed", lazy("確かめた")


class MemberRole(Labelled):
    """What somebody is in an organisation (団体の中の役割)."""

    REPRESENTATIVE = "representative", lazy("代表者")
    DELEGATE = "delegate", lazy("代表者から任された人")
    EDITOR = "editor", lazy("書く人")
    READER = "reader", lazy("読む人")


#: Who may write what the organisation hands in, and who may confirm it in the representative's place (R3.4).
WRITERS = frozenset({MemberRole.REPRESENTATIVE, MemberRole.DELEGATE, MemberRole.EDITOR})
CONFIRMERS = frozenset({MemberRole.REPRESENTATIVE, MemberRole.DELEGATE})

#: What belonging to an organisation is called among an actor's grants: at all, as a writer, as one who confirms.
MEMBER, WRITER, CONFIRMER = "member", "writer", "confirmer"


class TaxStatus(Labelled):
    """How an organisation stands to consumption tax (消費税の課税区分)."""

    TAXABLE = "taxable", lazy("課税事業者")
    SIMPLIFIED = "simplified", lazy("課税事業者（簡易課税）")
    EXEMPT = "exempt", lazy("免税事業者")
    UNKNOWN = "unknown", lazy("分からない")


class MailPace(Labelled):
    """How often somebody wants to hear (お知らせの届け方); a formal notice always comes at once."""

    AT_ONCE = "at_once", lazy("そのつど")
    DAILY = "daily", lazy("1日1回まとめて")


class User(Entity):
    """A person with an account (利用者)."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower_case"),)

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)
    mail_pace: Mapped[MailPace] = mapped_column(default=MailPace.AT_ONCE)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class Organization(Entity):
    """A body that applies (応募団体), its name kept in three forms: as typed, as shown, as searched.

    All but the name may be empty: an unincorporated group (任意団体) has no number, and never needs one (R0.4, R5.1).
    """

    __tablename__ = "organizations"

    name: Mapped[str] = mapped_column(Text, index=True)
    name_display: Mapped[str] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(code_points(), index=True)
    legal_form: Mapped[str] = mapped_column(Text, default="")
    founded: Mapped[PartialDate | None]
    kana: Mapped[str] = mapped_column(Text, default="")
    corporate_number: Mapped[str] = mapped_column(String(13), default="", index=True)
    invoice_number: Mapped[str] = mapped_column(String(14), default="")
    tax_status: Mapped[TaxStatus] = mapped_column(default=TaxStatus.UNKNOWN)
    representative_title: Mapped[str] = mapped_column(Text, default="")
    representative_name: Mapped[str] = mapped_column(Text, default="")
    #: Who concludes contracts (契約権者), where it is not the representative (R3.1).
    contract_signer: Mapped[str] = mapped_column(Text, default="")
    contact_name: Mapped[str] = mapped_column(Text, default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_phone: Mapped[str] = mapped_column(Text, default="")
    postal_code: Mapped[str] = mapped_column(String(7), default="")
    municipality_code: Mapped[str] = mapped_column(String(6), default="")
    address: Mapped[str] = mapped_column(Text, default="")
    #: The record that took this one's place when two records of one organisation were merged.
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once by SQLAlchemy


class Membership(Entity):
    """That a user acts for an organisation (団体の担当者), and as what."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "organization_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User] = relationship()
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    organization: Mapped[Organization] = relationship()
    role: Mapped[MemberRole] = mapped_column(default=MemberRole.EDITOR)


class Invitation(Entity):
    """A single-use link by which a colleague comes to act for an organisation (招待)."""

    __tablename__ = "invitations"

    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    organization: Mapped[Organization] = relationship()
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[MemberRole]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    invited_by: Mapped[str] = mapped_column(Text)
    invited_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    #: When it was used, or taken back: either way it opens nothing more.
    ended_at: Mapped[dt.datetime | None]


class Registration(Entity):
    """A link sent to an address (仮登録): to register where no account exists yet, or to set another password."""

    __tablename__ = "registrations"
    unaudited = True

    email: Mapped[str] = mapped_column(String(254), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    #: Where the person was going, a path of our own.
    goal: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class SignIn(Entity):
    """One browser's sign-in (サインイン): found by the hash of what its cookie holds, ended at any time."""

    __tablename__ = "sign_ins"
    unaudited = True

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    user: Mapped[User] = relationship()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    began_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    second_step: Mapped[SecondStep] = mapped_column(default=SecondStep.NOT_ASKED)
    #: From where, as the person recognises it: the network address and the browser.
    origin: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(80), default="")


class CodeKey(Entity):
    """The key of somebody's one-time codes (ワンタイムコードの鍵), sealed, and the last step that was used."""

    __tablename__ = "code_keys"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), unique=True)
    user: Mapped[User] = relationship()
    sealed: Mapped[str] = mapped_column(Text)
    since: Mapped[dt.datetime]
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Entity):
    """A code that stands in for a one-time code once (リカバリーコード): only its hash is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User] = relationship()
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[dt.datetime | None]


class AccessLink(Entity):
    """A single-use link by which a person sets a password."""

    __tablename__ = "access_links"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    user: Mapped[User] = relationship()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class Throttle(Base):
    """How often something was tried lately: the key is a hash, so that no address is kept."""

    __tablename__ = "throttles"
    __table_args__ = (Index("ix_throttles_until", "until"),)
    unaudited = True

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    until: Mapped[dt.datetime]
