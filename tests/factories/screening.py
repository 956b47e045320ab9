"""Invented proposals without a defect of form, and what is known around them; no database is needed."""

import copy
import datetime as dt
import hashlib
import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grantflow.applications.dossier import Dossier, Saved
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking
from grantflow.applications.screening.around import Applicant, Applicants, Around, FileState
from grantflow.applications.screening.checks import findings
from grantflow.applications.screening.finding import Finding
from grantflow.calls.definition import Definition, parse
from grantflow.core.clock import TOKYO
from grantflow.core.identifiers import BadIdentifier, parse_corporate_number
from tests.factories.calls import small_definition
from tests.factories.dossiers import PERIOD

#: A call that asks for everything that can be asked.
EVERYTHING = """
[[approach]]
key = "meet"
name = "集まる場をつくる"

[[approach]]
key = "find"
name = "早く気づく"
needs_added_element = true

[[document]]
key = "charter"
name = "規約または会則"
required = true

[[document]]
key = "register"
name = "登記事項証明書"
valid_months = 3

[[cost_category]]
key = "people"
name = "人件費"

[[cost_category]]
key = "work"
name = "事業費"

[[cost_category]]
key = "indirect"
name = "一般管理費"

[budget]
overhead_category = "indirect"
overhead_ratio = 0.1

[officers]
least = 2

[limits]
title = 40
summary = 200

[[section]]
key = "group"

[[section]]
key = "plan"

[[section]]
key = "approach"

[[section]]
key = "schedule"

[[section]]
key = "indicators"

[[section]]
key = "consortium"

[[section]]
key = "budget"

[[section]]
key = "officers"

[[section]]
key = "consents"

[[section]]
key = "documents"

[[section]]
key = "confirmations"

[[question]]
key = "aim"
text = "ねらいは何ですか"

[[question]]
key = "after"
text = "終わった後はどう続けますか"

[[question]]
key = "more"
text = "ほかに伝えたいことはありますか"
required = false
"""

AT = dt.datetime(2031, 4, 28, 12, tzinfo=TOKYO)
PLACES = ("川辺", "丘", "港", "橋詰", "松並木", "水車", "坂の上", "灯台", "渡し場")
THINGS = ("灯り", "茶の間", "畑", "工房", "台所", "図書室", "縁側", "ひろば")
#: Words that only look like a defect.
INNOCENT = (
    "作文の下書きを手伝う教室をひらきます。",
    "draftsmanの経験がある人が教えます。",
    "法人番号は7123456789012です。電話は090-1234-5678です。",
    "12桁の数字123456789019は、検査用の数字が合いません。",
    "参加費はなし。1回に120,000円かかります。",
    "案内は3月に作成中の地図に載せます。",
)
CALL_ID = uuid.UUID(int=31)


def says() -> Definition:
    """What that call says."""
    return parse(small_definition(EVERYTHING, closes_at=PERIOD))


@dataclass
class Written:
    """One invented proposal: its columns, its parts, the states of its files; a test may spoil any of them."""

    application: Application
    asking: Asking
    contents: dict[Part, dict[str, Any]]
    files: dict[str, FileState] = field(default_factory=dict)

    @property
    def dossier(self) -> Dossier:
        """The proposal as it was received."""
        saves = {part: Saved(1, AT, "書いた人") for part in self.contents}
        return Dossier(self.application, self.asking, self.contents, saves)

    @property
    def applicant(self) -> Applicant:
        """Who stands behind it."""
        return Applicant.of(self.application, self.asking.tier.key, self.contents[Part.GROUP])

    def spoiled(self) -> "Written":
        """A copy that can be spoiled without touching this one."""
        kept = {name: getattr(self.application, name) for name in ("id", "organization_id", "number", "status")}
        again = Application(
            **kept,
            organization_name=self.application.organization_name,
            requested_yen=self.application.requested_yen,
        )
        return Written(again, self.asking, copy.deepcopy(self.contents), dict(self.files))


def corporate_number(chance: random.Random) -> str:
    """A 法人番号 whose check digit holds."""
    base = f"{chance.randrange(10**11, 5 * 10**11):012}"
    for digit in "123456789":
        try:
            return parse_corporate_number(digit + base)
        except BadIdentifier:
            continue
    raise AssertionError(base)


def clean(place: int, of: Definition) -> Written:
    """The proposal at `place` (from 0): always the same one, and unlike every other."""
    chance = random.Random(place)
    tier = of.tiers[place % 2]
    form = of.eligibility.legal_forms[place % 2]
    name = f"{PLACES[place % 9]}の{THINGS[place // 9]}"
    number = corporate_number(chance) if form != "任意団体" else ""
    known = f"会社法人等番号は{number[1:]}です。" if number else ""
    group = {
        "name": f"{form}{name}" if number else f"{name}の会",
        "legal_form": form,
        "founded": f"{2000 + place % 25}-04",
        "corporate_number": number,
        "invoice_number": f"T{number}" if number and place % 3 else "",
        "representative_title": "会長",
        "representative_name": f"代田{place} 表子",
        "contact_name": f"担田{place} 当子",
        "contact_email": f"contact{place}@example.jp",
        "contact_phone": f"03-52{place:02}-{chance.randrange(1000, 9999)}",
        "postal_code": "1000001",
        "address": f"東京都千代田区千代田{place + 1}番{chance.randrange(1, 99)}号",
    }
    lines, total = _costs(chance, tier.cap_yen)
    needs_added = place % 3 == 0
    share = total // 4 if place % 2 else 0
    contents: dict[Part, dict[str, Any]] = {
        Part.GROUP: group,
        Part.PLAN: {
            "title": f"{name}で会う",
            "summary": f"{name}に集まり、顔の見える間柄をつくります。",
            "activity_area": PLACES[place % 9],
            "answers": {
                "aim": f"{known}{INNOCENT[place % len(INNOCENT)]}",
                "after": "町内の人が続けます。\n場所は集会所です。",
                "more": ("", "なし", "特になし")[place % 3],
            },
        },
        Part.APPROACH: {
            "approach": of.approaches[1 if needs_added else 0].key,
            "added": "夜に立ち寄れる日を新しく設けます。" if needs_added else "",
        },
        Part.SCHEDULE: {
            "rows": [
                {"what": "準備", "begins": "2031-06", "ends": "2031-07", "who": "会長"},
                {"what": "実施", "begins": "2031-08", "ends": "2032-02", "who": ""},
            ]
        },
        Part.INDICATORS: {
            "rows": [
                {"name": "来た人", "unit": "人", "baseline": "0", "target": str(100 + place), "method": "名簿"},
                {"name": "続けて来た人", "unit": "人", "baseline": "", "target": "0", "method": ""},
            ]
        },
        Part.CONSORTIUM: {
            "rows": [{"name": f"協力会{place}", "role": "会場", "corporate_number": "", "share_yen": share}]
            if place % 2
            else []
        },
        Part.BUDGET: {"lines": lines},
        Part.OFFICERS: {"count": 2 + place % 4, "unfinished": 0},
        Part.CONSENTS: {"rows": [{"partner": f"{PLACES[place % 9]}自治会", "part": "声かけ", "state": "asked"}]},
        Part.DOCUMENTS: {
            "files": [
                _file(place, "charter", f"規約{place}.pdf"),
                _file(place, "register", "登記（案内所）.pdf", issued_on="2031-02-15"),
            ]
        },
        Part.CONFIRMATIONS: {"confirmed": list(of.eligibility.requirements)},
    }
    application = Application(
        id=uuid.UUID(int=1000 + place),
        call_id=CALL_ID,
        organization_id=uuid.UUID(int=2000 + place),
        number=f"KW-{place + 1:04}",
        status=ApplicationStatus.SUBMITTED,
        organization_name=group["name"],
        requested_yen=total,
    )
    files = {str(one["file"]): FileState() for one in contents[Part.DOCUMENTS]["files"]}
    return Written(application, Asking(of, tier, total), contents, files)


def _file(place: int, document: str, name: str, issued_on: str = "") -> dict[str, Any]:
    sha256 = hashlib.sha256(f"{document} {place}".encode()).hexdigest()
    return {
        "document": document,
        "file": str(uuid.uuid5(CALL_ID, sha256)),
        "name": name,
        "sha256": sha256,
        "size": 1000 + place,
        "media_type": "application/pdf",
        "issued_on": issued_on,
    }


def _costs(chance: random.Random, cap: int) -> tuple[list[dict[str, Any]], int]:
    """Lines up to the cap, the indirect costs as high as they may be."""
    direct = chance.randrange(100_000, cap * 10 // 11)
    people = direct // 3
    lines = [
        {"category": "people", "item": "進行", "unit_price": people, "quantity": "1", "unit": "式", "basis": "月割り"},
        {"category": "work", "item": "会場", "unit_price": direct - people, "quantity": "1", "unit": "", "basis": ""},
        {"category": "indirect", "item": "事務", "unit_price": direct // 10, "quantity": "1", "unit": "", "basis": ""},
    ]
    return lines, direct + direct // 10


def clean_ones(count: int = 72) -> list[Written]:
    """So many clean proposals to that call."""
    of = says()
    return [clean(place, of) for place in range(count)]


def found_in(
    one: Written, others: list[Written] | None = None, others_files: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[Finding, ...]:
    """What the program finds in a proposal among others."""
    applicants = Applicants([each.applicant for each in others or []])
    return findings(one.dossier, Around(one.applicant, applicants, one.files, others_files or {}))
