"""What of a proposal can be opened for correction (補正できる欄), how each is called, and which of them a change is in.

A field is named `part` for a part that is mended as a whole, or `part.field` for one of its fields (R3.8).
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Asked, Part, uploads
from grantflow.applications.parts.base import Asking, Content
from grantflow.applications.parts.group import labels as group_labels
from grantflow.core.words import _

ANSWERS, ANSWER = "answers", "answer-"


class Field(NamedTuple):
    """One thing that can be opened: its name, its part, and its label inside the part (empty: the part itself)."""

    name: str
    part: Part
    label: str


def fields_of(dossier: Dossier) -> tuple[tuple[Asked, tuple[Field, ...]], ...]:
    """Every part that is asked, in its order, with the fields of it that can be opened."""
    return tuple((asked, fields_in(asked.part, dossier.asking)) for asked in dossier.asked)


def fields_in(part: Part, asking: Asking) -> tuple[Field, ...]:
    """The fields of one part that can be opened: each of a part that has labels of its own, else the whole."""
    inside = _inside(part, asking)
    if not inside:
        return (Field(part.value, part, ""),)
    return tuple(Field(f"{part.value}.{name}", part, label) for name, label in inside.items())


def _inside(part: Part, asking: Asking) -> dict[str, str]:
    if part is Part.GROUP:
        return group_labels()
    if part is Part.PLAN:
        plain = {
            "title": _("事業名"),
            "summary": _("概要"),
            "activity_area": _("活動地域"),
            "area_codes": _("活動する市区町村"),
        }
        return plain | {f"{ANSWER}{one.key}": one.text for one in asking.questions(part)}
    if part is Part.DOCUMENTS:
        return {one.key: one.name for one in uploads(asking.says, asking.tier.key)}
    return {}


def names_of(dossier: Dossier) -> dict[str, str]:
    """What every field that can be opened is called, with its part, by its name."""
    return {
        field.name: _("%(part)s：%(field)s", part=asked.name, field=field.label) if field.label else asked.name
        for asked, fields in fields_of(dossier)
        for field in fields
    }


def is_open(opened: Iterable[str], part: Part, name: str = "") -> bool:
    """Whether the part, or the field of that name in it, is among what was opened."""
    known = frozenset(opened)
    return part.value in known or (bool(name) and f"{part.value}.{name}" in known)


def opened_in(opened: Iterable[str], part: Part) -> frozenset[str]:
    """The fields of the part that were opened, by their names inside it; empty for a part opened as a whole too."""
    start = f"{part.value}."
    return frozenset(name.removeprefix(start) for name in opened if name.startswith(start))


def touches(opened: Iterable[str], part: Part) -> bool:
    """Whether anything in the part was opened."""
    return is_open(opened, part) or bool(opened_in(opened, part))


def changed(before: Content, after: Content) -> list[str]:
    """The fields that two contents of a part differ in; what was never written and what is empty are the same."""
    found = _differing(before, after, leave={ANSWERS})
    answers = _differing(before.get(ANSWERS) or {}, after.get(ANSWERS) or {})
    return [*found, *(f"{ANSWER}{key}" for key in answers)]


def _differing(before: Mapping[str, Any], after: Mapping[str, Any], leave: Iterable[str] = ()) -> list[str]:
    names = [name for name in dict.fromkeys([*before, *after]) if name not in leave]
    return [name for name in names if (before.get(name) or "") != (after.get(name) or "")]
