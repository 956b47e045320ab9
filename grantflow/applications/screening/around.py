"""What is known around a proposal when it is screened: the other proposals of its call, and its files (R3.7)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from grantflow.applications.models import Application
from grantflow.applications.parts.base import Content
from grantflow.core.identifiers import BadIdentifier, parse_phone
from grantflow.core.text import duplicate_key, search_key
from grantflow.files.models import CopyState, ScanState

#: A shorter address names no house.
LEAST_OF_AN_ADDRESS = 8


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who stands behind a received proposal, as far as groups are told apart by it; what is not known is empty."""

    application_id: str
    number: str
    organization_id: str
    tier: str
    name_key: str
    corporate_number: str = ""
    #: How it is reached, each with what it is: `("email", "a@example.jp")`.
    contacts: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, application: Application, tier: str, group: Content, corporate_number: str = "") -> Self:
        """The applicant of a proposal: what its own part says of the group, else what its record says."""
        return cls(
            str(application.id),
            application.number or "",
            str(application.organization_id),
            tier,
            duplicate_key(str(group.get("name") or application.organization_name)),
            str(group.get("corporate_number") or corporate_number),
            contacts_of(group),
        )


def contacts_of(group: Content) -> frozenset[tuple[str, str]]:
    """How a group is reached: e-mail, telephone and address, each in one spelling."""
    found = {
        "email": str(group.get("contact_email") or "").strip().lower(),
        "phone": _digits(str(group.get("contact_phone") or "")),
        "address": "".join(search_key(str(group.get("address") or "")).split()),
    }
    if len(found["address"]) < LEAST_OF_AN_ADDRESS:
        found["address"] = ""
    return frozenset((name, text) for name, text in found.items() if text)


def _digits(typed: str) -> str:
    try:
        return parse_phone(typed).digits
    except BadIdentifier:
        return ""


class Applicants:
    """The applicants of a call, found by what they share."""

    def __init__(self, rows: Iterable[Applicant] = ()) -> None:
        self._by: dict[tuple[str, str], list[Applicant]] = {}
        for row in rows:
            for key in _keys(row):
                self._by.setdefault(key, []).append(row)

    def like(self, one: Applicant, name: str) -> list[Applicant]:
        """The others that share with `one` what is called `name`: group, number, name, email, phone or address."""
        found = [row for key in _keys(one) if key[0] == name for row in self._by.get(key, ())]
        return [row for row in found if row.application_id != one.application_id]


def _keys(row: Applicant) -> list[tuple[str, str]]:
    own = [("group", row.organization_id), ("number", row.corporate_number), ("name", row.name_key)]
    return [(name, text) for name, text in (*own, *row.contacts) if text]


@dataclass(frozen=True, slots=True)
class FileState:
    """What became of a stored file: what the scanner said of it, and its copy for readers."""

    scan: ScanState = ScanState.CLEAN
    copying: CopyState = CopyState.MADE


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around one proposal.

    `files` are the states of stored files by their id, `others_files` the receipt numbers of other groups' proposals
    that have a file of this SHA-256.
    """

    applicant: Applicant
    applicants: Applicants = field(default_factory=Applicants)
    files: Mapping[str, FileState] = field(default_factory=dict)
    others_files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
