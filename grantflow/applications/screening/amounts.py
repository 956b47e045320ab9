"""Whether the amounts agree: between the forms of a proposal, with the cap of its tier, with the call (R3.7)."""

from collections.abc import Iterator

from grantflow.applications.dossier import Dossier
from grantflow.applications.models import ApplicationStatus
from grantflow.applications.outline import Part
from grantflow.applications.parts.budget import LINES, Reckoned, category_names, reckoned
from grantflow.applications.parts.rows import cell
from grantflow.applications.screening.finding import Finding, Kind, Severity
from grantflow.applications.screening.places import place_of
from grantflow.core.text import yen
from grantflow.core.words import _


def found_in_amounts(dossier: Dossier) -> Iterator[Finding]:
    """What is wrong with the amounts; of a proposal that came by a load only that it is over the cap (R0.2)."""
    asks_for_lines = not dossier.is_loaded and any(one.part is Part.BUDGET for one in dossier.asked)
    part, field = (Part.BUDGET, "") if asks_for_lines else (Part.AMOUNT, "requested_yen")
    budget = reckoned(dossier.content(Part.BUDGET), dossier.asking) if asks_for_lines else None
    amounts = _amounts(dossier, budget)
    place, cap = place_of(dossier, part, field), dossier.asking.tier.cap_yen
    if not any(amounts) and not asks_for_lines and not dossier.is_loaded:
        yield Finding(
            Kind.NOTHING_ASKED_FOR, Severity.CERTAIN, place, _("申請額が0円です。団体に金額を確かめてください。")
        )
    over = max(amounts) - cap
    if over > 0:
        sentence = _(
            "申請額が上限の%(cap)sを%(over)s超えています。団体に金額を直してもらってください。",
            cap=yen(cap),
            over=yen(over),
        )
        yield Finding(Kind.OVER_THE_CAP, Severity.CERTAIN, place, sentence, (str(cap), str(over)))
    if len(set(amounts)) > 1:
        sentence = _(
            "金額が様式によって違います（%(amounts)s）。どれが正しいか、団体に確かめてください。",
            amounts=_("、").join(yen(one) for one in dict.fromkeys(amounts)),
        )
        yield Finding(Kind.AMOUNTS_DIFFER, Severity.CERTAIN, place, sentence, tuple(map(str, amounts)))
    if budget is not None:
        yield from _overhead(dossier, budget)


def _amounts(dossier: Dossier, budget: Reckoned | None) -> list[int]:
    """What is asked for, as each form says it."""
    application, found = dossier.application, [dossier.asking.requested_yen]
    if budget is not None:
        found.insert(0, budget.total)
    elif not dossier.is_loaded:
        found.insert(0, dossier.content(Part.AMOUNT).get("requested_yen") or 0)
    # What its group mends just now stands in the columns already
    if application.status is not ApplicationStatus.RETURNED:
        found.append(application.requested_yen)
    return found


def _overhead(dossier: Dossier, budget: Reckoned) -> Iterator[Finding]:
    if budget.indirect_limit is None or budget.indirect <= budget.indirect_limit:
        return
    key = dossier.asking.says.budget.overhead_category
    lines = dossier.content(Part.BUDGET).get(LINES, ())
    place = next(place for place, line in enumerate(lines) if line.get("category") == key)
    sentence = _(
        "「%(category)s」が%(over)s多すぎます（上限%(limit)s）。団体に金額を直してもらってください。",
        category=category_names(dossier.asking).get(key, key),
        over=yen(budget.indirect - budget.indirect_limit),
        limit=yen(budget.indirect_limit),
    )
    where = place_of(dossier, Part.BUDGET, cell(place, "unit_price", LINES))
    facts = (str(budget.indirect), str(budget.indirect_limit))
    yield Finding(Kind.OVERHEAD, Severity.CERTAIN, where, sentence, facts)
