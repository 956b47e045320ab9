"""Who applies: what its facts contradict, whom it names, behind which other proposals it may be (R3.7, R3.9)."""

from collections.abc import Iterator

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Part
from grantflow.applications.parts.rows import cell, rows_of
from grantflow.applications.screening.around import Applicant, Around
from grantflow.applications.screening.finding import Finding, Kind, Severity
from grantflow.applications.screening.places import place_of
from grantflow.core.text import duplicate_key, legal_form_of, search_key
from grantflow.core.words import _

#: A shorter name stands in too many others to say anything.
LEAST_OF_A_NAME = 3


def found_in_group(dossier: Dossier) -> Iterator[Finding]:
    """What the facts of the group contradict, and whether its contact is a person."""
    group = dossier.content(Part.GROUP)
    name, number = str(group.get("name") or ""), str(group.get("corporate_number") or "")
    invoice = str(group.get("invoice_number") or "")
    if number and invoice and invoice.removeprefix("T") != number:
        yield Finding(
            Kind.NUMBERS_DIFFER,
            Severity.LOOK,
            place_of(dossier, Part.GROUP, "invoice_number"),
            _("インボイスの登録番号が、法人番号と違います。どちらが正しいか、団体に確かめてください。"),
            (number, invoice),
        )
    named, chosen = legal_form_of(name), str(group.get("legal_form") or "")
    if named and chosen and named.name not in chosen and chosen in dossier.asking.says.eligibility.legal_forms:
        sentence = _(
            "団体名には「%(named)s」とありますが、法人格は「%(chosen)s」です。どちらが正しいか、団体に確かめてください。",
            named=named.name,
            chosen=chosen,
        )
        yield Finding(
            Kind.LEGAL_FORM, Severity.LOOK, place_of(dossier, Part.GROUP, "legal_form"), sentence, (named.name, chosen)
        )
    contact = str(group.get("contact_name") or "")
    if contact and name and duplicate_key(contact) == duplicate_key(name):
        yield Finding(
            Kind.CONTACT,
            Severity.LOOK,
            place_of(dossier, Part.GROUP, "contact_name"),
            _("担当者の氏名が、団体名と同じです。だれに連絡すればよいか、団体に確かめてください。"),
            (contact,),
        )


def found_in_partners(dossier: Dossier) -> Iterator[Finding]:
    """Whether the group, or who represents it, is named among those with whom it works."""
    group = dossier.content(Part.GROUP)
    name, number = duplicate_key(str(group.get("name") or "")), str(group.get("corporate_number") or "")
    person = _bare(str(group.get("representative_name") or ""))
    for part, field in ((Part.CONSORTIUM, "name"), (Part.CONSENTS, "partner")):
        for place, row in enumerate(rows_of(dossier.content(part))):
            named = str(row.get(field) or "")
            where = place_of(dossier, part, cell(place, field))
            if (named and name and duplicate_key(named) == name) or (number and row.get("corporate_number") == number):
                sentence = _("応募した団体自身が、相手の団体に挙がっています。この行を消してもらってください。")
                yield Finding(Kind.ITSELF_A_PARTNER, Severity.CERTAIN, where, sentence, (named,))
            elif len(person) >= LEAST_OF_A_NAME and person in _bare(named):
                sentence = _("応募した団体の代表者が、相手に挙がっています。別の団体としてか、団体に確かめてください。")
                yield Finding(Kind.ITSELF_A_PARTNER, Severity.LOOK, where, sentence, (named,))


def _bare(name: str) -> str:
    return "".join(search_key(name).split())


def found_among_others(dossier: Dossier, around: Around) -> Iterator[Finding]:
    """Other proposals behind which the same group may stand, one finding for each of them: the surest sign counts."""
    told: set[str] = set()
    once_within = dossier.asking.says.screening.one_per_group
    for kind, severity, sign, field in _SIGNS:
        others = around.applicants.like(around.applicant, sign)
        if not others:
            continue
        place = place_of(dossier, Part.GROUP, field)
        for other in others:
            if other.application_id in told:
                continue
            if kind is Kind.SAME_CONTACT:
                # The group may apply elsewhere as well: that is no sign of anything
                if _is_one_group(around.applicant, other):
                    continue
            elif once_within == "any" or (once_within == "tier" and other.tier != around.applicant.tier):
                continue
            told.add(other.application_id)
            yield Finding(kind, severity, place, _sentence(kind, other), (other.application_id,))


_SIGNS = (
    (Kind.SECOND_PROPOSAL, Severity.CERTAIN, "group", "name"),
    (Kind.SAME_NUMBER, Severity.CERTAIN, "number", "corporate_number"),
    (Kind.SAME_NAME, Severity.LOOK, "name", "name"),
    (Kind.SAME_CONTACT, Severity.LOOK, "email", "contact_email"),
    (Kind.SAME_CONTACT, Severity.LOOK, "phone", "contact_phone"),
    (Kind.SAME_CONTACT, Severity.LOOK, "address", "address"),
)


def _is_one_group(one: Applicant, other: Applicant) -> bool:
    return (
        one.organization_id == other.organization_id
        or one.name_key == other.name_key
        or (bool(one.corporate_number) and one.corporate_number == other.corporate_number)
    )


def _sentence(kind: Kind, other: Applicant) -> str:
    if kind is Kind.SECOND_PROPOSAL:
        sentence = _(
            "同じ団体が%(number)sも出しています。どちらを応募とするか、団体に確かめてください。", number=other.number
        )
    elif kind is Kind.SAME_NUMBER:
        sentence = _("%(number)sと法人番号が同じです。同じ団体の応募か、確かめてください。", number=other.number)
    elif kind is Kind.SAME_NAME:
        sentence = _("%(number)sと団体名がほぼ同じです。同じ団体の応募か、確かめてください。", number=other.number)
    else:
        sentence = _("%(number)sと連絡先が同じです。別の団体か、確かめてください。", number=other.number)
    return sentence


def found_in_officers(dossier: Dossier) -> Iterator[Finding]:
    """Whether there are fewer officers than the call expects; nobody is refused for it (R3.3)."""
    if not any(one.part is Part.OFFICERS for one in dossier.asked):
        return
    count, least = dossier.content(Part.OFFICERS).get("count") or 0, dossier.asking.says.officers.least
    if 0 < count < least:
        sentence = _(
            "役員が%(count)s人です（目安は%(least)s人以上）。全員が書かれているか、団体に確かめてください。",
            count=count,
            least=least,
        )
        yield Finding(
            Kind.OFFICERS, Severity.LOOK, place_of(dossier, Part.OFFICERS), sentence, (str(count), str(least))
        )
