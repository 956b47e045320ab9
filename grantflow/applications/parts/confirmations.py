"""What the group confirms (応募の要件の確認): each requirement of the call, as it was worded then."""

from collections.abc import Iterator, Mapping
from typing import Any

from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking, Content, Entry, Gap, Reading, Rules
from grantflow.core.words import _


def _gaps(content: Content, asking: Asking) -> Iterator[Gap]:
    confirmed = content.get("confirmed", ())
    left = [one for one in asking.says.eligibility.requirements if one not in confirmed]
    if left:
        yield Gap(
            Part.CONFIRMATIONS,
            "confirmed",
            _(
                "応募の要件のうち%(count)s件を確かめていません。すべてを満たすことを確かめ、印を付けてください。",
                count=len(left),
            ),
        )


def _reading(content: Content, _asking: Asking) -> Iterator[Reading]:
    yield Entry(_("確かめた要件"), "\n".join(content.get("confirmed", ())))


def _reflect(content: Content, _asking: Asking) -> Mapping[str, Any]:
    return {"confirmed": list(content.get("confirmed", ()))}


RULES = Rules(_gaps, _reading, _reflect)
