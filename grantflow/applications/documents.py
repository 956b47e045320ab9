"""What the lists of proposals contain, for every format."""

import uuid
from collections.abc import Collection, Iterable

from grantflow.applications.models import Application
from grantflow.calls.models import Call
from grantflow.core.text import number
from grantflow.core.words import _
from grantflow.documents.values import Column, Kind, Row, Sheet, Spelled


def sheet_of(call: Call, rows: Iterable[Application], proxied: Collection[uuid.UUID]) -> Sheet:
    """The proposals as a list whose columns are those of the load, the state, and which of them are `proxied`."""
    columns = (
        Column("number", _("受付番号")),
        Column("tier", _("枠")),
        Column("organization", _("団体名"), 1.6),
        Column("legal_form", _("法人格")),
        Column("founded", _("設立時期"), kind=Kind.DATE),
        Column("title", _("事業名"), 1.8),
        Column("summary", _("概要"), 4),
        Column("activity_area", _("活動地域")),
        Column("audience", _("ターゲット層")),
        Column("features", _("特徴")),
        Column("requested_yen", _("申請額（円）"), kind=Kind.YEN),
        Column("status", _("状態")),
        Column("proxy", _("代理入力")),
    )
    cells = tuple(_cells(row, row.id in proxied) for row in rows)
    notes = (_("応募%(count)s件", count=number(len(cells))),)
    return Sheet(_("%(call)s 応募の一覧", call=call.marked_title), columns, cells, notes=notes)


def _cells(row: Application, is_proxied: bool) -> Row:
    return (
        row.number,
        Spelled(row.tier.key, row.tier.name),
        row.organization_name,
        row.legal_form,
        row.founded,
        row.title,
        row.summary,
        row.activity_area,
        Spelled(";".join(row.audience), "、".join(row.audience)),
        Spelled(";".join(row.features), "、".join(row.features)),
        row.requested_yen,
        Spelled(row.status.value, row.status.label),
        Spelled("yes", _("代理入力")) if is_proxied else "",
    )
