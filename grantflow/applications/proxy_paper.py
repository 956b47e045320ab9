"""The letter that is posted to a group: all that was typed for it, and the code by which it confirms."""

from collections.abc import Iterator

from grantflow.applications.dossier import Dossier
from grantflow.applications.models import ProxyEntry
from grantflow.applications.parts.base import Entry, Grid
from grantflow.applications.proxied import reference_of
from grantflow.calls.models import REHEARSAL
from grantflow.core.dates import moment_text
from grantflow.core.text import yen
from grantflow.core.words import SOURCE, _, speaking
from grantflow.documents.values import Block, Column, Headline, Leaflet, Line, Room, Sheet, Words


def grouped(digits: str) -> str:
    """Eight digits in two groups, as they are read out and typed."""
    return f"{digits[:4]}-{digits[4:]}"


def letter(entry: ProxyEntry, dossier: Dossier, code: str, address: str) -> Leaflet:
    """The letter, always in Japanese; `address` is the page on which the code is typed."""
    application = entry.application
    call = application.call
    with speaking(SOURCE):
        return Leaflet(
            title=_("応募の内容の確認のお願い"),
            blocks=(*_head(entry, code, address), *_proposal(dossier), *_foot()),
            above=call.marked_title,
            footer=call.marked_title,
            author=call.secretariat,
            watermark=REHEARSAL if call.rehearsal else "",
        )


def _head(entry: ProxyEntry, code: str, address: str) -> Iterator[Block]:
    application = entry.application
    yield Words(_("%(organization)s 御中", organization=application.organization_name), strong=True)
    yield Words(
        _(
            "お伝えいただいた内容を、事務局が代わりに入力しました（%(came)s）。"
            "次の内容を読み、お伝えのとおりか確かめてください。違うところがあるときは、事務局に連絡してください。",
            came=entry.came_by,
        )
    )
    yield Headline(_("確かめ方"))
    yield Words(
        _(
            "次のアドレスを開き、照会番号と確認コードを入力してください。画面を使わないときは、終わりの欄に署名して返送してください。"
        )
    )
    yield Line(_("アドレス"), address)
    yield Line(_("照会番号"), grouped(reference_of(application)))
    yield Line(_("確認コード"), grouped(code))
    if entry.code_expires_at:
        yield Line(_("コードの期限"), moment_text(entry.code_expires_at))
    yield Line(_("応募の締切"), moment_text(application.deadline))


def _proposal(dossier: Dossier) -> Iterator[Block]:
    application = dossier.application
    yield Headline(_("入力した内容"))
    yield Line(_("枠"), f"{application.tier.label} {application.tier.name}")
    yield Line(_("申請額"), yen(application.requested_yen))
    for asked in dossier.asked:
        yield Headline(asked.name)
        for one in dossier.reading(asked.part):
            if isinstance(one, Entry):
                yield Line(one.label, one.text or _("記入なし"))
            elif isinstance(one, Grid) and one.rows:
                columns = tuple(Column(f"c{place}", label) for place, label in enumerate(one.columns))
                rows = one.rows + ((one.total,) if one.total else ())
                yield Sheet(one.label, columns, tuple(tuple(row) for row in rows))


def _foot() -> Iterator[Block]:
    yield Headline(_("署名（画面を使わないとき）"))
    yield Words(_("上の内容は、団体が伝えたとおりです。"))
    yield Room(_("日付、肩書き、氏名"), lines=2)
