"""What the papers of the adoption list contain."""

import datetime as dt
import uuid
from collections import defaultdict

from grantflow.applications.models import Application
from grantflow.awards import listing, queries
from grantflow.awards.models import AdoptionList, ListStatus
from grantflow.calls.models import REHEARSAL, Call
from grantflow.core.clock import TOKYO
from grantflow.core.dates import day_text
from grantflow.documents.values import Cell, Column, Kind, Line, Report, Sheet, Spelled

COLUMNS = (
    Column("no", "＃", 0.3, Kind.NUMBER),
    Column("organization", "団体名", 1.6),
    Column("founded", "設立時期", aside=True),
    Column("title", "事業名", 1.8, group="取組概要"),
    Column("summary", "概要", 4.5, group="取組概要"),
    Column("activity_area", "活動地域", 1.1),
)
DRAFT_MARK = "案"


def facts(call: Call) -> listing.Facts:
    """What the list would be made from now."""
    received = queries.received(call)
    adopted: dict[uuid.UUID, list[Application]] = defaultdict(list)
    for application in queries.adopted(call):
        adopted[application.tier_id].append(application)
    return listing.Facts(
        call=call.slug,
        title=call.marked_title,
        sponsor=call.sponsor,
        secretariat=call.secretariat,
        opened=call.opens_at.astimezone(TOKYO).date(),
        closed=call.deadline.astimezone(TOKYO).date(),
        tiers=[
            listing.ListedTier(
                tier.key,
                tier.label,
                tier.list_title,
                received.get(tier.id, 0),
                [_published(application) for application in adopted[tier.id]],
            )
            for tier in call.tiers
        ],
    )


def _published(application: Application) -> listing.Adopted:
    return listing.Adopted(
        number=str(application.number),
        serial=application.serial,
        organization=application.organization_name,
        founded=application.founded,
        title=application.title,
        summary=application.summary,
        activity_area=application.activity_area,
    )


def current(adoption_list: AdoptionList) -> listing.Content:
    """The content that the list would have if it were frozen now."""
    return listing.content(facts(adoption_list.call), adoption_list.number)


def content(adoption_list: AdoptionList) -> listing.Content:
    """The content of the list: what was frozen, else what it would be now."""
    return listing.restored(adoption_list.content) if adoption_list.content else current(adoption_list)


def has_changed(adoption_list: AdoptionList) -> bool:
    """Whether a frozen list would now be another one."""
    return adoption_list.content is not None and adoption_list.content != listing.canonical(current(adoption_list))


def agreement(adoption_list: AdoptionList) -> dict[str, str] | None:
    """The sponsor's agreement to the list as the JSON shows it, if there is one."""
    if adoption_list.agreement_on is None:
        return None
    return {
        "reference": str(adoption_list.agreement_reference),
        "on": adoption_list.agreement_on.isoformat(),
        "by": str(adoption_list.agreement_by),
    }


def as_json(adoption_list: AdoptionList) -> str:
    """The documented JSON of the list."""
    return listing.as_json(content(adoption_list), agreement(adoption_list), adoption_list.sha256)


def mark(adoption_list: AdoptionList) -> str:
    """The word behind each page of a list that is not public, 案, and of every list of a rehearsal."""
    if adoption_list.call.rehearsal:
        return REHEARSAL
    return "" if adoption_list.status is ListStatus.PUBLISHED else DRAFT_MARK


def report(content: listing.Content, sha256: str | None, watermark: str) -> Report:
    """The list as a paper (R7.3): 【公募状況】, then a table for each tier.

    Always in Japanese, as official papers are.
    """
    version = f"第{content['version']}版"
    return Report(
        title=f"{content['title']}　採択団体一覧",
        heading="公募状況",
        head=(
            Line("公募期間", f"{_day(content['opened'])}～{_day(content['closed'])}"),
            Line("採択件数（応募件数）", _counts(content, listing.TOTAL)),
            *(Line(f"うち{name(tier)}", _counts(content, tier["key"]), 1) for tier in content["tiers"]),
        ),
        sheets=tuple(_sheet(tier) for tier in content["tiers"]),
        footer=f"{version}　SHA-256：{sha256}" if sha256 else version,
        author=content["secretariat"],
        key_column="tier",
        watermark=watermark,
    )


def name(tier: listing.Content) -> str:
    """What a tier's table is called: its label and its title in the list."""
    return f"{tier['label']} {tier['title']}"


def period(content: listing.Content) -> tuple[dt.date, dt.date]:
    """The first and the last day of the call."""
    return dt.date.fromisoformat(content["opened"]), dt.date.fromisoformat(content["closed"])


def _day(iso: str) -> str:
    return day_text(dt.date.fromisoformat(iso), "ja")


def _counts(content: listing.Content, key: str) -> str:
    counts = content["counts"][key]
    return f"{counts['adopted']:,}件（{counts['applications']:,}件）"


def _sheet(tier: listing.Content) -> Sheet:
    return Sheet(name(tier), COLUMNS, tuple(_row(entry) for entry in tier["entries"]), key=tier["key"])


def _row(entry: listing.Content) -> tuple[Cell, ...]:
    founded = Spelled(entry["founded"], entry["founded_text"]) if entry["founded"] else None
    return (
        entry["no"],
        entry["organization"],
        founded,
        entry["title"],
        entry["summary"],
        entry["activity_area"],
    )
