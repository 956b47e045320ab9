"""Where a field of a proposal stands, in the words of its form."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Part
from grantflow.applications.parts.documents import FILES, field_of
from grantflow.applications.parts.group import labels as labels_of_group
from grantflow.applications.screening.finding import Place
from grantflow.core.words import Lazy, lazy

LABELS: Mapping[Part, Mapping[str, Lazy]] = {
    Part.PLAN: {
        "title": lazy("事業名"),
        "summary": lazy("概要"),
        "activity_area": lazy("活動地域"),
        "area_codes": lazy("活動する市区町村"),
    },
    Part.TARGETS: {"targets": lazy("ターゲット層"), "features": lazy("特徴")},
    Part.APPROACH: {"approach": lazy("アプローチ"), "added": lazy("新しく加える要素")},
    Part.SCHEDULE: {
        "what": lazy("すること"),
        "begins": lazy("始める月"),
        "ends": lazy("終える月"),
        "who": lazy("担当"),
    },
    Part.INDICATORS: {
        "name": lazy("指標"),
        "unit": lazy("単位"),
        "baseline": lazy("いまの値"),
        "target": lazy("目標"),
        "method": lazy("測り方"),
    },
    Part.CONSORTIUM: {
        "name": lazy("団体名"),
        "role": lazy("受け持つこと"),
        "corporate_number": lazy("法人番号"),
        "share_yen": lazy("分ける額"),
    },
    Part.BUDGET: {
        "category": lazy("費目"),
        "item": lazy("内容"),
        "unit_price": lazy("単価"),
        "quantity": lazy("数量"),
        "unit": lazy("単位"),
        "basis": lazy("積算の根拠"),
    },
    Part.AMOUNT: {"requested_yen": lazy("申請額")},
    Part.CONSENTS: {"partner": lazy("連携先"), "part": lazy("担う部分")},
}

_CELL = re.compile(r"(?:rows|lines)-(?P<place>[0-9]+)-(?P<name>\w+)")
ANSWER = "answer-"


def place_of(dossier: Dossier, part: Part, field: str = "") -> Place:
    """The place of a field, by the name that it has in the form of its part; without one, the part as a whole."""
    name = next((one.name for one in dossier.told if one.part is part), str(part.label))
    cell = _CELL.fullmatch(field)
    if cell:
        label = LABELS.get(part, {}).get(cell["name"], "")
        return Place(part, field, int(cell["place"]) + 1, name, str(label))
    return Place(part, field, 0, name, _label(dossier, part, field))


def _label(dossier: Dossier, part: Part, field: str) -> str:
    if part is Part.GROUP:
        return labels_of_group().get(field, "")
    if part is Part.DOCUMENTS:
        return next((one.name for one in dossier.asking.says.documents if field_of(one.key) == field), "")
    if field.startswith(ANSWER):
        key = field.removeprefix(ANSWER)
        return next((one.text for one in dossier.asking.questions(part) if one.key == key), key)
    return str(LABELS.get(part, {}).get(field, ""))


class Written(NamedTuple):
    """A text that the group wrote, and the field in which it stands."""

    part: Part
    field: str
    text: str


#: What no text of the group is: digits with rules of their own, and words of the call.
NOT_WRITTEN = frozenset({"corporate_number", "invoice_number", "tax_status", "legal_form", "approach", "targets"})


def written(dossier: Dossier) -> Iterator[Written]:
    """Every text that the group wrote, field by field, in the order of the parts; the names of files are none."""
    for asked in dossier.told:
        if asked.part in (Part.DOCUMENTS, Part.CONFIRMATIONS, Part.OFFICERS):
            continue
        for name, value in dossier.content(asked.part).items():
            yield from _in(asked.part, name, value)


def _in(part: Part, name: str, value: object) -> Iterator[Written]:
    if name in NOT_WRITTEN:
        return
    if isinstance(value, str):
        yield Written(part, name, value)
    elif isinstance(value, Mapping):
        yield from (Written(part, f"{ANSWER}{key}", text) for key, text in value.items() if isinstance(text, str))
    elif isinstance(value, list):
        for place, row in enumerate(value):
            if isinstance(row, str):
                yield Written(part, name, row)
            elif isinstance(row, Mapping):
                cells = ((key, text) for key, text in row.items() if key not in NOT_WRITTEN)
                yield from (
                    Written(part, f"{name}-{place}-{key}", text) for key, text in cells if isinstance(text, str)
                )


def files_of(dossier: Dossier) -> list[Mapping[str, object]]:
    """The files that were handed in."""
    return list(dossier.content(Part.DOCUMENTS).get(FILES, ()))
