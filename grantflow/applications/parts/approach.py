"""Which approach the project takes (アプローチ), and what it adds where the call asks for something new."""

from collections.abc import Iterator

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
    nothing,
    text_gaps,
)
from grantflow.core.words import _


def _gaps(content: Content, asking: Asking) -> Iterator[Gap]:
    chosen = next((each for each in asking.says.approaches if each.key == content.get("approach")), None)
    if asking.says.approaches and chosen is None:
        yield Gap(Part.APPROACH, "approach", _("アプローチが選ばれていません。1つ選んでください。"))
    if chosen is not None and chosen.needs_added_element:
        yield from text_gaps(Part.APPROACH, "added", _("新しく加える要素"), content.get("added", ""), None)
    yield from answer_gaps(Part.APPROACH, content, asking)


def _reading(content: Content, asking: Asking) -> Iterator[Reading]:
    key = content.get("approach", "")
    names = {each.key: each.name for each in asking.says.approaches}
    yield Entry(_("アプローチ"), names.get(key) or key)
    if content.get("added"):
        yield Entry(_("新しく加える要素"), content["added"])
    yield from answer_reading(Part.APPROACH, content, asking)


RULES = Rules(_gaps, _reading, nothing)
