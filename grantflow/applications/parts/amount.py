"""The amount asked for (申請額), where the call asks for no lines of a budget."""

from collections.abc import Iterator, Mapping
from typing import Any

from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking, Content, Entry, Gap, Reading, Rules
from grantflow.core.text import yen
from grantflow.core.words import _


def amount_gaps(part: Part, field: str, amount: int, asking: Asking) -> Iterator[Gap]:
    """What is wrong with an amount: it is nothing, or over the cap of the tier, a hard limit (R0.2)."""
    over = amount - asking.tier.cap_yen
    if not amount:
        yield Gap(part, field, _("申請額が空か0円です。1円以上の金額を書いてください。"))
    elif over > 0:
        sentence = _(
            "申請額が上限の%(cap)sを%(over)s超えています。金額を直してください。",
            cap=yen(asking.tier.cap_yen),
            over=yen(over),
        )
        yield Gap(part, field, sentence, is_wrong=True)


def _gaps(content: Content, asking: Asking) -> Iterator[Gap]:
    yield from amount_gaps(Part.AMOUNT, "requested_yen", content.get("requested_yen") or 0, asking)


def _reading(content: Content, asking: Asking) -> Iterator[Reading]:
    amount = content.get("requested_yen") or 0
    yield Entry(
        _("申請額"), _("%(amount)s（上限 %(cap)s）", amount=yen(amount), cap=yen(asking.tier.cap_yen)) if amount else ""
    )


def _reflect(content: Content, _asking: Asking) -> Mapping[str, Any]:
    return {"requested_yen": content.get("requested_yen") or 0}


RULES = Rules(_gaps, _reading, _reflect)
