"""What a proposal lacks by the rules of its own parts, told by kind: one truth with what its group was told (R3.7)."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Part, uploads
from grantflow.applications.parts.base import Content, Gap
from grantflow.applications.parts.documents import FILES, field_of
from grantflow.applications.parts.registry import RULES
from grantflow.applications.screening.finding import Finding, Kind, Severity
from grantflow.applications.screening.places import place_of
from grantflow.audit.chain import canonical

#: What is missing in a part, and what stands wrongly in it, where nothing nearer is known.
_MISSING = {
    Part.OFFICERS: Kind.OFFICERS,
    Part.CONFIRMATIONS: Kind.NOT_CONFIRMED,
}
_WRONG = {
    Part.PLAN: Kind.TOO_LONG,
    Part.APPROACH: Kind.TOO_LONG,
    Part.SCHEDULE: Kind.OUT_OF_THE_PERIOD,
    Part.CONSORTIUM: Kind.SHARES,
    Part.CONSENTS: Kind.REFUSED,
}
#: The last word of a field that tells more.
_MISSING_IN = {
    (Part.APPROACH, "added"): Kind.NOTHING_ADDED,
    (Part.INDICATORS, "target"): Kind.NO_TARGET,
    (Part.BUDGET, "unit_price"): Kind.NOTHING_ASKED_FOR,
    (Part.BUDGET, "quantity"): Kind.NOTHING_ASKED_FOR,
}
_WRONG_IN = {
    (Part.GROUP, "legal_form"): Kind.LEGAL_FORM,
    (Part.PLAN, "area_codes"): Kind.WRONG,
    (Part.BUDGET, "category"): Kind.WRONG,
}


def found_in_gaps(dossier: Dossier) -> Iterator[Finding]:
    """A finding for every gap, but for what the costs come to and what a scanner said of a file: others tell those."""
    for asked in dossier.asked:
        content = _as_written(asked.part, dossier.content(asked.part))
        for gap in RULES[asked.part].gaps(content, dossier.asking):
            kind = _kind(gap, dossier, content)
            if kind is not None:
                yield Finding(
                    kind,
                    Severity.CERTAIN,
                    place_of(dossier, gap.part, gap.field),
                    gap.sentence,
                    (_fingerprint(content),) if gap.is_wrong else (),
                )


def _as_written(part: Part, content: Content) -> Mapping[str, Any]:
    if part is not Part.DOCUMENTS:
        return content
    files = [{name: value for name, value in one.items() if name != "infected"} for one in content.get(FILES, ())]
    return {**content, FILES: files}


def _fingerprint(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _kind(gap: Gap, dossier: Dossier, content: Mapping[str, Any]) -> Kind | None:
    where = (gap.part, gap.field.rpartition("-")[2])
    if gap.part is Part.DOCUMENTS:
        return _kind_of_paper(gap, dossier, content)
    if gap.is_wrong:
        if where in _WRONG_IN:
            return _WRONG_IN[where]
        return None if gap.part in (Part.BUDGET, Part.AMOUNT) else _WRONG.get(gap.part, Kind.WRONG)
    if gap.part is Part.AMOUNT:
        return None
    return _MISSING_IN.get(where) or _MISSING.get(gap.part, Kind.BLANK)


def _kind_of_paper(gap: Gap, dossier: Dossier, content: Mapping[str, Any]) -> Kind:
    document = next(
        one for one in uploads(dossier.asking.says, dossier.asking.tier.key) if field_of(one.key) == gap.field
    )
    there = [one for one in content[FILES] if one["document"] == document.key]
    if not there:
        return Kind.MISSING_PAPER
    if gap.is_wrong and not any(str(one["name"]) in gap.sentence for one in there):
        return Kind.SPARE_PAPER
    return Kind.OLD_PAPER
