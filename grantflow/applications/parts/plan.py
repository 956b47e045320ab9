"""The plan (事業計画): title, summary, area, and the questions of the call."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from grantflow.applications.outline import Part
from grantflow.applications.parts.base import (
    Asking,
    Content,
    Entry,
    Gap,
    Reading,
    Rules,
    answer_gaps,
    answer_reading,
    listed,
    text_gaps,
)
from grantflow.core.identifiers import BadIdentifier
from grantflow.core.municipalities import place, read_place
from grantflow.core.words import _


def _gaps(content: Content, asking: Asking) -> Iterator[Gap]:
    limits = asking.says.limits
    for name, label, limit in (
        ("title", _("事業名"), limits.title),
        ("summary", _("概要"), limits.summary),
        ("activity_area", _("活動地域"), None),
    ):
        yield from text_gaps(Part.PLAN, name, label, content.get(name, ""), limit)
    for text in content.get("area_codes", ()):
        if not is_place(text):
            yield Gap(Part.PLAN, "area_codes", _why_not(text), is_wrong=True)
    yield from answer_gaps(Part.PLAN, content, asking)


def is_place(text: str) -> bool:
    """Whether this is a municipality code whose check digit holds, as one is kept (R5.3)."""
    return text.isascii() and text.isdigit() and not _why_not(text)


def _why_not(text: str) -> str:
    try:
        read_place(text)
    except BadIdentifier as problem:
        return str(problem)
    return ""


def read_places(text: str) -> list[str]:
    """The codes of the municipalities in `text`, by code or by name, one after the other (R5.3).

    What names none is kept as it was typed: its gap says what is wrong with it.
    """
    found: list[str] = []
    for one in _BETWEEN.split(text):
        # A name may be written with a space in it; several codes may stand side by side
        found += _codes(one) or [code for word in one.split() for code in _codes(word) or [word]]
    return list(dict.fromkeys(found))


def _codes(text: str) -> list[str]:
    try:
        return [read_place(text).code]
    except BadIdentifier:
        return []


_BETWEEN = re.compile("[、，,;；・\n]")


def place_text(code: str) -> str:
    """A municipality as a proposal prints it: its name and code; what is neither stays as it is."""
    found = place(code)
    return _("%(name)s（%(code)s）", name=found.label, code=code) if found else code


def _reading(content: Content, asking: Asking) -> Iterator[Reading]:
    yield Entry(_("事業名"), content.get("title", ""))
    yield Entry(_("概要"), content.get("summary", ""))
    yield Entry(_("活動地域"), content.get("activity_area", ""))
    if content.get("area_codes"):
        yield Entry(_("活動する市区町村"), listed([place_text(each) for each in content["area_codes"]]))
    yield from answer_reading(Part.PLAN, content, asking)


def _reflect(content: Content, _asking: Asking) -> Mapping[str, Any]:
    return {name: content.get(name, "") for name in ("title", "summary", "activity_area")}


RULES = Rules(_gaps, _reading, _reflect)
