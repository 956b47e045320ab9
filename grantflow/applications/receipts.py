"""The receipt of a version (受付票): as a paper and as a mail, each with what proves what was received (R3.5)."""

from collections.abc import Iterator
from typing import NamedTuple

from grantflow.accounts.group_queries import members
from grantflow.accounts.models import CONFIRMERS, MEMBER, User
from grantflow.applications import queries, submissions
from grantflow.applications.declared import declared_in
from grantflow.applications.models import Application, Submission
from grantflow.applications.outline import Part
from grantflow.calls import queries as calls
from grantflow.calls.leaflet_parts import contact_text
from grantflow.calls.mailing import send
from grantflow.calls.models import REHEARSAL
from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.dates import moment_text
from grantflow.core.db import db
from grantflow.core.text import number
from grantflow.core.words import SOURCE, _, speaking
from grantflow.documents.values import Block, Column, Headline, Leaflet, Line, Sheet, Words

#: So many digits of a hash stand together, that it can be read out and compared.
TOGETHER = 8


def grouped(digest: str) -> str:
    """A hash in groups of eight digits."""
    return " ".join(digest[place : place + TOGETHER] for place in range(0, len(digest), TOGETHER))


def parts_of(row: Submission) -> list[tuple[str, str]]:
    """Every part of the version as the call names it, with the SHA-256 of its content."""
    names = {asked.part.value: asked.name for asked in submissions.dossier_of(row).asked}
    return [
        (names.get(key) or str(Part(key).label), digest) for key, digest in row.manifest.items() if key in row.contents
    ]


class Received(NamedTuple):
    """A file of a version: what it is for, its name, how many bytes it has, and the SHA-256 of them."""

    title: str
    name: str
    size: str
    sha256: str


def files_of(row: Submission) -> list[Received]:
    """Every file of the version, as the call names what it is for."""
    says = queries.asked_then(row).says
    return [
        Received(
            file.title(says),
            file.name,
            _("%(bytes)sバイト", bytes=number(file.size)),
            row.manifest.get(file.key, ""),
        )
        for file in declared_in(row.contents)
    ]


def paper(row: Submission) -> Leaflet:
    """The receipt to print and to keep, always in Japanese."""
    call = row.application.call
    with speaking(SOURCE):
        return Leaflet(
            title=_("受付票"),
            blocks=tuple(_blocks(row)),
            above=call.marked_title,
            footer=_("%(call)s　受付票 %(number)s", call=call.marked_title, number=row.number),
            author=call.secretariat,
            watermark=REHEARSAL if call.rehearsal else "",
        )


def _blocks(row: Submission) -> Iterator[Block]:
    application = row.application
    call = application.call
    yield Words(_("%(organization)s 御中", organization=application.organization_name), strong=True)
    yield Words(_("次のとおり、応募を受け付けました。この受付票を、手元に残してください。"))
    yield Line(_("受付番号"), row.number)
    yield Line(_("受付日時"), _("%(at)s（日本時間）", at=moment_text(row.received_at, exact=True)))
    yield Line(_("版"), _("第%(version)s版", version=row.version))
    yield Line(_("提出した人"), row.submitted_by)
    who = submissions.dossier_of(row).representative
    yield Line(_("押印"), _("押印省略（代表者：%(who)s）", who=who) if who else _("押印省略"))
    yield Line(_("公募"), call.title)
    yield Line(_("事業名"), str(row.contents.get(Part.PLAN.value, {}).get("title") or application.title))
    yield Line(_("締切"), _("%(at)s（日本時間）", at=moment_text(application.deadline, exact=True)))
    yield Headline(_("受け付けたもの"))
    columns = (Column("part", _("部分"), 2), Column("sha256", _("SHA-256"), 5))
    yield Sheet(_("部分とその指紋"), columns, tuple((name, grouped(digest)) for name, digest in parts_of(row)))
    if files := files_of(row):
        yield Sheet(
            _("提出したファイルとその指紋"),
            (
                Column("document", _("書類"), 2),
                Column("file", _("ファイル"), 2),
                Column("size", _("大きさ"), 1.5),
                Column("sha256", _("SHA-256"), 4),
            ),
            tuple((one.title, one.name, one.size, grouped(one.sha256)) for one in files),
        )
    yield Line(_("全体"), grouped(submissions.seal_of(row)))
    yield Headline(_("確かめ方"))
    yield Words(
        _(
            "指紋（SHA-256）は、内容が1文字でも違えば変わります。提出した版の画面から「この版の記録」を取り出すと、"
            "部分ごとの文字列があります。それをUTF-8のまま計算した値が、上の値と同じなら、受け付けた内容です。"
            "ファイルの指紋は、ファイルをそのまま計算した値です。"
        )
    )
    yield Words(_("締切までに出し直したときは、最後にそろって届いた版を審査します。受付番号は変わりません。"))
    yield Headline(_("問い合わせ先"))
    yield Words(contact_text(calls.definition(call)))


def send_receipts(row: Submission, *, by: Actor) -> None:
    """Mail the receipt to whoever submitted, to those who may, and to the contact of the group; each address once."""
    application = row.application
    with speaking(SOURCE):
        values = {
            "organization": application.organization_name,
            "number": row.number,
            "version": str(row.version),
            "at": _("%(at)s（日本時間）", at=moment_text(row.received_at, exact=True)),
            "title": str(row.contents.get(Part.PLAN.value, {}).get("title") or application.title),
            "closes_at": _("%(at)s（日本時間）", at=moment_text(application.deadline, exact=True)),
            "parts": "\n".join(f"{name}\n{digest}" for name, digest in parts_of(row)),
            "files": "\n".join(f"{one.title}：{one.name}（{one.size}）\n{one.sha256}" for one in files_of(row))
            or _("ありません"),
            "whole": submissions.seal_of(row),
        }
    for to in addresses(application, row, by):
        send("applications.received", to, application.call, **values)


def tell_withdrawn(application: Application, reason: str, *, by: Actor) -> None:
    """Mail that the proposal was withdrawn to whoever got its receipt (R3.9)."""
    with speaking(SOURCE):
        values = {
            "organization": application.organization_name,
            "number": application.number or "",
            "title": application.title,
            "at": _("%(at)s（日本時間）", at=moment_text(clock.now(), exact=True)),
            "by": by.name,
            "reason": reason,
        }
    for to in addresses(application, submissions.last(application), by):
        send("applications.withdrawn", to, application.call, **values)


def addresses(application: Application, row: Submission | None, by: Actor) -> list[User | str]:
    """Who of the group acts just now, who of it may submit, and its contact; each address once."""
    person = db.session.get(User, by.id) if by.has(MEMBER, application.organization_id) else None
    found: dict[str, User | str] = {person.email.lower(): person} if person else {}
    for one in members(application.organization):
        if one.role in CONFIRMERS and one.user.is_active:
            found.setdefault(one.user.email.lower(), one.user)
    contact = str(row.contents.get(Part.GROUP.value, {}).get("contact_email") or "") if row else ""
    if contact:
        found.setdefault(contact.lower(), contact)
    return list(found.values())
