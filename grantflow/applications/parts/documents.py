"""The files that are handed in (提出書類): what the call asks for, what is there, and how old it is."""

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from grantflow.applications.outline import Part, uploads
from grantflow.applications.parts.base import Asking, Content, Entry, Gap, Grid, Reading, Rules, nothing
from grantflow.calls.definition import Document
from grantflow.core.clock import TOKYO
from grantflow.core.dates import wareki
from grantflow.core.words import _
from grantflow.files.limits import in_megabytes

FILES = "files"
#: What a file says of itself in which a virus was found.
INFECTED = "infected"
#: So many digits of a hash stand where files are told apart; the receipt has all of them.
SHORT = 8

File = Mapping[str, Any]


def field_of(document: str) -> str:
    """The place of a document on the page of the part."""
    return f"document-{document}"


def issued_from(document: Document, closes_at: dt.datetime) -> dt.date | None:
    """The first day on which a document may have been issued; None for one that does not grow old (R3.7)."""
    if document.valid_months is None:
        return None
    # The deadline as the call first named it: an extension makes nothing stale
    last = closes_at.astimezone(TOKYO).date()
    months = last.year * 12 + last.month - 1 - document.valid_months
    year, month = divmod(months, 12)
    return dt.date(year, month + 1, min(last.day, calendar.monthrange(year, month + 1)[1]))


def _of(content: Content, document: str) -> list[File]:
    return [one for one in content.get(FILES, ()) if one["document"] == document]


def _gaps(content: Content, asking: Asking) -> Iterator[Gap]:
    for document in uploads(asking.says, asking.tier.key):
        yield from _gaps_of(document, _of(content, document.key), asking)
    for one in content.get(FILES, ()):
        if one.get(INFECTED):
            sentence = _(
                "「%(name)s」からウイルスが見つかりました。このファイルを外し、別のものを出してください。",
                name=one["name"],
            )
            yield Gap(Part.DOCUMENTS, field_of(one["document"]), sentence, is_wrong=True)


def _gaps_of(document: Document, there: list[File], asking: Asking) -> Iterator[Gap]:
    field = field_of(document.key)
    if not there and document.required:
        sentence = _("「%(document)s」がありません。ファイルを出してください。", document=document.name)
        yield Gap(Part.DOCUMENTS, field, sentence)
    over = len(there) - document.files
    if over > 0:
        sentence = _(
            "「%(document)s」は%(most)s件までです。%(over)s件を外してください。",
            document=document.name,
            most=document.files,
            over=over,
        )
        yield Gap(Part.DOCUMENTS, field, sentence, is_wrong=True)
    first = issued_from(document, asking.says.schedule.closes_at)
    if first is not None:
        for one in there:
            yield from _gaps_of_day(field, one, first)


def _gaps_of_day(field: str, one: File, first: dt.date) -> Iterator[Gap]:
    if not one["issued_on"]:
        sentence = _("「%(name)s」の発行日が空です。書類に書かれている発行日を書いてください。", name=one["name"])
        yield Gap(Part.DOCUMENTS, field, sentence)
    elif dt.date.fromisoformat(one["issued_on"]) < first:
        sentence = _(
            "「%(name)s」は古いものです。%(first)s以後に発行されたものに替えてください。",
            name=one["name"],
            first=wareki(first),
        )
        yield Gap(Part.DOCUMENTS, field, sentence, is_wrong=True)


def _reading(content: Content, asking: Asking) -> Iterator[Reading]:
    asked = uploads(asking.says, asking.tier.key)
    for document in asked:
        yield _read(document.name, _of(content, document.key), is_dated=document.valid_months is not None)
    names = {one.key: one.name for one in asking.says.documents}
    keys = {one.key for one in asked}
    for key in dict.fromkeys(one["document"] for one in content.get(FILES, ()) if one["document"] not in keys):
        label = _("いまは求めていない書類（%(name)s）", name=names.get(key, key))
        yield _read(label, _of(content, key), is_dated=False)


def _read(label: str, there: list[File], *, is_dated: bool) -> Reading:
    if not there:
        return Entry(label, "")
    heads = (_("ファイル"), _("大きさ"), _("SHA-256の先頭"), *((_("発行日"),) if is_dated else ()))
    rows = tuple(_row(one, is_dated=is_dated) for one in there)
    return Grid(label, heads, rows, frozenset({1}), files=tuple(one["file"] for one in there))


def _row(one: File, *, is_dated: bool) -> tuple[str, ...]:
    day = wareki(dt.date.fromisoformat(one["issued_on"])) if one["issued_on"] else ""
    return (one["name"], in_megabytes(one["size"]), one["sha256"][:SHORT], *((day,) if is_dated else ()))


RULES = Rules(_gaps, _reading, nothing)
