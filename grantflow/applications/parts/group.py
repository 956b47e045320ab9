"""Who applies (団体の概要), as the proposal says it: the group's profile may say something else later (R5.9)."""

from collections.abc import Iterator, Mapping
from typing import Any

from grantflow.accounts.profile import KEYS, LABELS, PERSONAL, printed
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking, Content, Entry, Gap, Reading, Rules, text_gaps
from grantflow.core.dates import PartialDate
from grantflow.core.words import _

#: What a call must know to write to the group and to name it; every number may stay empty (R0.4, R5.1).
NEEDED = ("name", "legal_form", "representative_name", "contact_name", "contact_email", "contact_phone", "address")


#: What only those need who write to the group, and nobody who judges the proposal.
CONTACTS = frozenset({"contact_name", "contact_email", "contact_phone", "postal_code", "address"})


def labels() -> dict[str, str]:
    """The fields in the order in which they read, with their labels."""
    return {name: str(LABELS[name]) for name in KEYS}


def _gaps(content: Content, asking: Asking) -> Iterator[Gap]:
    for name in KEYS:
        if name in NEEDED:
            yield from text_gaps(Part.GROUP, name, str(LABELS[name]), str(content.get(name, "")), None)
    form = content.get("legal_form", "")
    if form and form not in asking.says.eligibility.legal_forms:
        sentence = _(
            "団体の法人格「%(form)s」では、この公募に応募できません。公募のページで応募できる団体を確かめてください。",
            form=form,
        )
        yield Gap(Part.GROUP, "legal_form", sentence, is_wrong=True)


def _reading(content: Content, _asking: Asking) -> Iterator[Reading]:
    for name in KEYS:
        text = printed(name, content)
        if text or name in NEEDED:
            yield Entry(str(LABELS[name]), text, name in CONTACTS)


def _reflect(content: Content, _asking: Asking) -> Mapping[str, Any]:
    founded = content.get("founded", "")
    return {
        "organization_name": content.get("name", ""),
        "legal_form": content.get("legal_form", ""),
        "founded": PartialDate.parse(founded) if founded else None,
    }


RULES = Rules(_gaps, _reading, _reflect, private=PERSONAL)
