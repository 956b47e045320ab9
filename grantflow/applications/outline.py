"""The parts of a proposal as a call asks for them (応募書類の構成): which, in what order, under which names.

The content of each part, as `Section.content` keeps it (every key may be absent in a draft):

- group: `name, kana, legal_form, founded, corporate_number, invoice_number, tax_status, postal_code,
  municipality_code, address, representative_title, representative_name, contract_signer, contact_name,
  contact_email, contact_phone`
- plan: `title, summary, area_codes: [code], activity_area, answers: {question: text}`
- targets: `targets: [[stage, attribute or ""]], features: [text]`
- approach: `approach: key, added: text, answers: {question: text}`
- schedule: `rows: [{what, begins: "2026-07", ends: "2026-09", who}]`
- indicators: `rows: [{name, unit, baseline, target, method}]`
- consortium: `rows: [{name, role, corporate_number, share_yen}]`
- budget: `lines: [{category, item, unit_price, quantity, unit, basis}]`
- amount: `requested_yen`
- documents: `files: [{document: key, file: id, name, sha256, size, media_type, issued_on: "2026-05-01" or ""}]`,
  in the order of the call's documents; a file in which a virus was found has `infected: true` as well
- confirmations: `confirmed: [requirement], confirmed_by, confirmed_at`

Officers, consents and documents have tables of their own: what is sealed, answered by others or a file is no text of
the group.
"""

from typing import NamedTuple

from grantflow.calls.asking import Question
from grantflow.calls.definition import Definition, Document
from grantflow.core.words import Labelled, _, lazy


class Part(Labelled):
    """One part of a proposal."""

    GROUP = "group", lazy("団体の概要")
    PLAN = "plan", lazy("事業計画")
    TARGETS = "targets", lazy("ターゲット層")
    APPROACH = "approach", lazy("アプローチ")
    SCHEDULE = "schedule", lazy("実施スケジュール")
    INDICATORS = "indicators", lazy("成果の指標")
    CONSORTIUM = "consortium", lazy("共同で行う団体")
    BUDGET = "budget", lazy("経費積算")
    AMOUNT = "amount", lazy("申請額")
    OFFICERS = "officers", lazy("役員名簿")
    CONSENTS = "consents", lazy("連携先の承諾")
    DOCUMENTS = "documents", lazy("提出書類")
    CONFIRMATIONS = "confirmations", lazy("応募の要件の確認")


class Asked(NamedTuple):
    """A part as the call asks for it."""

    part: Part
    name: str
    note: str


#: What a call asks for that lists no sections.
USUAL = (Part.GROUP, Part.PLAN, Part.TARGETS, Part.AMOUNT, Part.CONFIRMATIONS)


def parts(says: Definition, tier: str) -> tuple[Asked, ...]:
    """The parts that the call asks for in a tier, in its order."""
    if not says.sections:
        listed = tuple(Asked(part, str(part.label), "") for part in USUAL if _has_content(part, says))
    else:
        listed = tuple(
            Asked(Part(one.key), one.name or str(Part(one.key).label), one.note)
            for one in says.sections
            if not one.tiers or tier in one.tiers
        )
    return _with_files(listed, are_asked=bool(uploads(says, tier)))


def _with_files(listed: tuple[Asked, ...], *, are_asked: bool) -> tuple[Asked, ...]:
    """The parts with the one of the files: where the call lists it, else before what is confirmed last of all."""
    order = [one.part for one in listed]
    if not are_asked:
        return tuple(one for one in listed if one.part is not Part.DOCUMENTS)
    if Part.DOCUMENTS in order:
        return listed
    place = order.index(Part.CONFIRMATIONS) if Part.CONFIRMATIONS in order else len(order)
    return (*listed[:place], Asked(Part.DOCUMENTS, str(Part.DOCUMENTS.label), ""), *listed[place:])


def uploads(says: Definition, tier: str) -> tuple[Document, ...]:
    """The documents that the call asks for as files in a tier, in its order."""
    return tuple(one for one in says.documents if one.upload and (not one.tiers or tier in one.tiers))


def _has_content(part: Part, says: Definition) -> bool:
    return part is not Part.TARGETS or bool(says.audience.groups or says.audience.attributes or says.audience.features)


def questions(says: Definition, tier: str, part: Part) -> tuple[Question, ...]:
    """The questions that the call asks in a part; where it asks none of a plan, the plan itself is the question."""
    found = tuple(one for one in says.questions if one.section == part and (not one.tiers or tier in one.tiers))
    if found or part is not Part.PLAN or any(one.section == part for one in says.questions):
        return found
    return (
        Question(
            key="plan",
            text=_("事業計画"),
            hint=_("だれに、何を、いつ、どのように行い、終わった後にどう続けるかを書いてください。"),
            rows=14,
        ),
    )
