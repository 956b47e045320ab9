"""The adoption list as a plain value: what is published, its one spelling, its hash."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from grantflow.calls.definition import PublishedResult
from grantflow.core.dates import PartialDate, day_text
from grantflow.core.words import _

TOTAL = "total"
KEYS = ("call", "title", "sponsor", "secretariat", "opened", "closed", "version", "counts", "tiers")
COUNT_KEYS = ("applications", "adopted")
TIER_KEYS = ("key", "label", "title", "entries")
ENTRY_KEYS = ("no", "number", "organization", "founded", "founded_text", "title", "summary", "activity_area")

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Adopted:
    """An adopted proposal, as it is published; `serial` is the figure at the end of its number."""

    number: str
    serial: int
    organization: str
    founded: PartialDate | None
    title: str
    summary: str
    activity_area: str


@dataclass(frozen=True, slots=True)
class ListedTier:
    """A tier, how many proposals of it have a number, and which were adopted."""

    key: str
    label: str
    title: str
    applications: int
    adopted: Sequence[Adopted]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the list is made from."""

    call: str
    title: str
    sponsor: str
    secretariat: str
    opened: dt.date
    closed: dt.date
    tiers: Sequence[ListedTier]


def content(facts: Facts, version: int) -> Content:
    """What the list publishes, keys in the documented order (R7.3).

    Entries stand in the order of receipt numbers and are numbered from 1 in each tier, so that no rank shows. There
    are no ids, no times and no one who was not adopted in it.
    """
    counts = {tier.key: _counts(tier.applications, len(tier.adopted)) for tier in facts.tiers}
    total = _counts(sum(tier.applications for tier in facts.tiers), sum(len(tier.adopted) for tier in facts.tiers))
    return {
        "call": facts.call,
        "title": facts.title,
        "sponsor": facts.sponsor,
        "secretariat": facts.secretariat,
        "opened": facts.opened.isoformat(),
        "closed": facts.closed.isoformat(),
        "version": version,
        "counts": {TOTAL: total, **counts},
        "tiers": [
            {"key": tier.key, "label": tier.label, "title": tier.title, "entries": _entries(tier.adopted)}
            for tier in facts.tiers
        ],
    }


def _counts(applications: int, adopted: int) -> dict[str, int]:
    return {"applications": applications, "adopted": adopted}


def _entries(adopted: Sequence[Adopted]) -> list[dict[str, Any]]:
    ordered = sorted(adopted, key=lambda entry: (entry.serial, entry.number))
    return [
        {
            "no": no,
            "number": entry.number,
            "organization": entry.organization,
            "founded": str(entry.founded) if entry.founded else None,
            "founded_text": entry.founded.text("ja") if entry.founded else "",
            "title": entry.title,
            "summary": entry.summary,
            "activity_area": entry.activity_area,
        }
        for no, entry in enumerate(ordered, start=1)
    ]


def canonical(value: Any) -> str:
    """`value` as JSON of which equal values have one spelling: keys sorted, no spaces, characters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def restored(text: str) -> Content:
    """The content whose canonical spelling is `text`, its keys in the documented order again."""
    stored = json.loads(text)
    ordered = _in_order(stored, KEYS)
    keys = (TOTAL, *(tier["key"] for tier in stored["tiers"]))
    ordered["counts"] = {key: _in_order(stored["counts"][key], COUNT_KEYS) for key in keys}
    ordered["tiers"] = [
        _in_order(tier, TIER_KEYS) | {"entries": [_in_order(entry, ENTRY_KEYS) for entry in tier["entries"]]}
        for tier in stored["tiers"]
    ]
    return ordered


def _in_order(values: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: values[key] for key in keys}


def as_json(content: Content, agreement: dict[str, str] | None, hash_of_content: str | None) -> str:
    """The documented JSON of a list: its content, the sponsor's agreement and the hash of the content."""
    whole = content | {"agreement": agreement, "sha256": hash_of_content}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def without_version(text: str | None) -> str | None:
    """A canonical content but for the number of its version: what two versions must differ in."""
    return (
        None if text is None else canonical({key: value for key, value in json.loads(text).items() if key != "version"})
    )


def differences(content: Content, told: PublishedResult) -> list[str]:
    """A sentence for each figure in which the list differs from what its definition says was published.

    They are warnings: the figures come from a paper, the list from the decisions.
    """
    found = [
        _(
            "%(what)sは、公募の定義では%(told)s、この一覧では%(here)sです。",
            what=what,
            told=day_text(day),
            here=day_text(here),
        )
        for what, day, here in (
            (_("公募の開始日"), told.opened, dt.date.fromisoformat(content["opened"])),
            (_("公募の締切日"), told.closed, dt.date.fromisoformat(content["closed"])),
        )
        if day is not None and day != here
    ]
    names = {tier["key"]: tier["label"] for tier in content["tiers"]} | {TOTAL: _("全体")}
    for what, key, figures in (
        (_("応募件数"), "applications", told.applications),
        (_("採択件数"), "adopted", told.adopted),
    ):
        for tier, expected in figures.items():
            here = content["counts"].get(tier, {}).get(key, 0)
            if here != expected:
                found.append(
                    _(
                        "%(tier)sの%(what)sは、公募の定義では%(told)d件、この一覧では%(here)d件です。",
                        tier=names.get(tier, tier),
                        what=what,
                        told=expected,
                        here=here,
                    )
                )
    return found
