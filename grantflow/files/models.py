"""Files that somebody handed in or that were issued, each known by the hash of its content."""

import datetime as dt
import uuid

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grantflow.core.db import Entity
from grantflow.core.words import Labelled, lazy


class ScanState(Labelled):
    """What a scanner for malware said of a file."""

    NOT_SCANNED = "not_scanned", lazy("検査していません")
    WAITING = "waiting", lazy("ウイルス検査を待っています")
    CLEAN = "clean", lazy("ウイルスは見つかりませんでした")
    INFECTED = "infected", lazy("ウイルスが見つかりました")
    FAILED = "failed", lazy("ウイルス検査ができませんでした")


class CopyState(Labelled):
    """What became of the copy that readers get."""

    NOT_WANTED = "not_wanted", lazy("写しは作りません")
    WAITING = "waiting", lazy("審査用の写しを作っています")
    MADE = "made", lazy("審査用の写しがあります")
    FAILED = "failed", lazy("審査用の写しを作れませんでした")


class StoredFile(Entity):
    """A file that is kept (保存したファイル): equal content is stored once, however many rows tell of it.

    What it belongs to stands higher in the ladder, so it is known by value: `purpose` says what the file is for, and
    `belongs_to` is the id of the row it was handed in for. `name` is safe to show and to save under; `raw_name` is the
    one it came with.
    """

    __tablename__ = "stored_files"
    __table_args__ = (
        CheckConstraint("size >= 0", name="size_is_not_negative"),
        CheckConstraint("(scan = 'infected') = (finding <> '')", name="only_what_is_infected_has_a_finding"),
        CheckConstraint("original_id IS NULL OR copying = 'not_wanted'", name="a_copy_is_not_copied"),
        Index("ix_stored_files_belongs", "belongs_to", "purpose"),
        Index("ix_stored_files_scan", "scan", "scan_at"),
        Index("ix_stored_files_copying", "copying"),
    )

    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    raw_name: Mapped[str] = mapped_column(Text, default="")
    media_type: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(60))
    belongs_to: Mapped[uuid.UUID | None]
    kept_by_id: Mapped[uuid.UUID | None]
    kept_by: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[dt.datetime]
    scan: Mapped[ScanState] = mapped_column(default=ScanState.NOT_SCANNED)
    #: What the scanner calls what it found.
    finding: Mapped[str] = mapped_column(Text, default="")
    scan_tries: Mapped[int] = mapped_column(default=0)
    #: When to try again; empty means at once.
    scan_at: Mapped[dt.datetime | None]
    scanned_at: Mapped[dt.datetime | None]
    copying: Mapped[CopyState] = mapped_column(default=CopyState.NOT_WANTED)
    #: The file that this is the readers' copy of.
    original_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id"), unique=True)
