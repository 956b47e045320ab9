"""Whom the project is for (ターゲット層): stages of life, what is particular about the people, and features."""

from collections.abc import Iterator, Mapping
from typing import Any

from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking, Content, Entry, Gap, Reading, Rules, listed
from grantflow.core.words import _


def _gaps(content: Content, asking: Asking) -> Iterator[Gap]:
    audience = asking.says.audience
    if (audience.groups or audience.attributes) and not content.get("targets"):
        yield Gap(Part.TARGETS, "targets", _("ターゲット層が選ばれていません。当てはまるものを1つ以上選んでください。"))


def _reading(content: Content, asking: Asking) -> Iterator[Reading]:
    audience = asking.says.audience
    if audience.groups or audience.attributes or content.get("targets"):
        yield Entry(_("ターゲット層"), listed([named(*pair) for pair in content.get("targets", ())]))
    if audience.features or content.get("features"):
        yield Entry(_("特徴"), listed(content.get("features", ())))


def named(stage: str, attribute: str) -> str:
    """A stage of life and an attribute in one phrase; either may be empty."""
    if stage and attribute:
        return _("%(stage)s（%(attribute)s）", stage=stage, attribute=attribute)
    return stage or attribute


def _reflect(content: Content, asking: Asking) -> Mapping[str, Any]:
    """The stages and attributes that were named, in the call's order."""
    pairs = content.get("targets", ())
    said = [each for pair in pairs for each in pair if each]
    offered = (*asking.says.audience.groups, *asking.says.audience.attributes)
    return {
        "audience": [*(each for each in offered if each in said), *dict.fromkeys(e for e in said if e not in offered)],
        "features": list(content.get("features", ())),
    }


RULES = Rules(_gaps, _reading, _reflect)
