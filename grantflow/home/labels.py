"""What the details of an event are called: the names of what was noted, and the states of what was moved."""

import datetime as dt
from typing import Any

from grantflow.accounts.models import MailPace, MemberRole
from grantflow.accounts.profile import LABELS
from grantflow.applications.models import ApplicationStatus
from grantflow.applications.outline import Part
from grantflow.applications.screening.finding import Kind
from grantflow.awards.models import ListStatus, Outcome
from grantflow.calls.models import CallStatus
from grantflow.core.dates import moment_text
from grantflow.core.words import Labelled, Lazy, lazy
from grantflow.mail.catalogue import label_of
from grantflow.review.models import AssignmentStatus

#: The states that an action of this resource moves between.
STATES: dict[str, type[Labelled]] = {
    "applications": ApplicationStatus,
    "assignments": AssignmentStatus,
    "adoption_lists": ListStatus,
    "calls": CallStatus,
}

#: The words of what is noted under a name.
DETAILS: dict[str, type[Labelled]] = {
    "part": Part,
    "finding": Kind,
    "decision": Outcome,
    "pace": MailPace,
    "role": MemberRole,
}

#: The names of what events note; what is not here is shown as it is written.
NAMES: dict[str, Lazy] = {
    **LABELS,
    "partner": lazy("連携先"),
    "came_by": lazy("届き方"),
    "confirmed_by": lazy("確かめた人"),
    "means": lazy("確かめ方"),
    "task": lazy("担う部分"),
    "activity_area": lazy("活動地域"),
    "added": lazy("新しく加える要素"),
    "answers": lazy("設問"),
    "approach": lazy("アプローチ"),
    "area_codes": lazy("活動する市区町村"),
    "confirmed": lazy("確かめた要件"),
    "features": lazy("特徴"),
    "finding": lazy("指摘"),
    "items": lazy("形式審査の項目"),
    "fields": lazy("変えた項目"),
    "lines": lazy("経費"),
    "part": lazy("応募書類の部分"),
    "summary": lazy("概要"),
    "targets": lazy("ターゲット層"),
    "amount_yen": lazy("採択額（円）"),
    "body": lazy("本文"),
    "condition": lazy("条件"),
    "decision": lazy("採否"),
    "definition": lazy("定義のハッシュ"),
    "file": lazy("ファイル"),
    "name": lazy("名前"),
    "number": lazy("番号"),
    "official": lazy("合意した人"),
    "on": lazy("文書の日付"),
    "organization": lazy("団体"),
    "pace": lazy("お知らせの届け方"),
    "reason": lazy("理由"),
    "record_sha256": lazy("根拠の記録のハッシュ"),
    "reference": lazy("文書番号"),
    "requested_yen": lazy("申請額（円）"),
    "reviewer": lazy("審査委員"),
    "role": lazy("役割"),
    "rows": lazy("行数"),
    "scores": lazy("評点"),
    "sha256": lazy("ハッシュ（SHA-256）"),
    "subject": lazy("件名"),
    "template": lazy("メール"),
    "templates": lazy("メール"),
    "source": lazy("写した公募"),
    "tier": lazy("枠"),
    "title": lazy("事業名"),
    "until": lazy("いつまで"),
    "version": lazy("版"),
    "received_at": lazy("受付日時"),
    "count": lazy("役員の人数"),
    "category": lazy("費目"),
    "item": lazy("内容"),
    "unit_price": lazy("単価（円）"),
    "quantity": lazy("数量"),
    "unit": lazy("単位"),
    "basis": lazy("積算の根拠"),
    "what": lazy("すること"),
    "begins": lazy("始める月"),
    "ends": lazy("終える月"),
    "who": lazy("担当"),
    "baseline": lazy("いまの値"),
    "target": lazy("目標"),
    "method": lazy("測り方"),
    "share_yen": lazy("分ける額（円）"),
}


#: Ids of other records, which tell a reader nothing.
IDS = frozenset({"user", "other", "kept"})

#: What the rows of a part are called; in a load the same name tells how many lines a file had.
ROWS = lazy("内容")


def name(key: str, value: Any = None) -> str:
    """What `key` is called, where it holds `value`."""
    if key == "rows" and isinstance(value, list):
        return str(ROWS)
    return str(NAMES.get(key, key))


def state(action: str, value: Any) -> Any:
    """The state `value` in words, where `action` moves between states; anything else as it is."""
    return _labelled(STATES.get(action.split(".")[0]), value)


def detail(key: str, value: Any) -> Any:
    """What was noted under `key`, in words where it is one of a few."""
    if key == "template":
        return label_of(str(value)) or value
    if key == "received_at":
        return moment_text(dt.datetime.fromisoformat(value))
    if key == "fields" and isinstance(value, list):
        return [name(str(each)) for each in value]
    return word(key, value)


def word(key: str, value: Any) -> Any:
    """The word for `value` where `key` is one of a few; anything else as it is."""
    return _labelled(DETAILS.get(key), value)


def _labelled(members: type[Labelled] | None, value: Any) -> Any:
    return next((member.label for member in members or () if member == value), value)
