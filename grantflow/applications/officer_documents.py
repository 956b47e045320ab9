"""What a file of officer lists contains, for whoever checks officers (R3.3)."""

from collections.abc import Sequence

from grantflow.applications.models import Application
from grantflow.applications.officers import Officer, Sex
from grantflow.calls.models import Call
from grantflow.core.dates import parse_date
from grantflow.core.text import number
from grantflow.core.words import _
from grantflow.documents.values import Column, Kind, Sheet, Spelled


def sheet_of(call: Call, lists: Sequence[tuple[Application, Sequence[Officer]]]) -> Sheet:
    """Every officer of the proposals, one to a row, in the order of the lists."""
    columns = (
        Column("number", _("受付番号")),
        Column("organization", _("団体名"), 1.6),
        Column("name", _("氏名")),
        Column("kana", _("氏名カナ")),
        Column("born", _("生年月日"), kind=Kind.DATE),
        Column("sex", _("性別")),
        Column("post", _("役職")),
    )
    rows = tuple(
        (
            application.number,
            application.organization_name,
            one.name,
            one.kana,
            parse_date(one.born) if one.born else None,
            Spelled(one.sex, Sex(one.sex).label) if one.sex else "",
            one.post,
        )
        for application, officers in lists
        for one in officers
    )
    notes = (
        _("役員%(count)s人", count=number(len(rows))),
        _("確認のほかに使わず、終わったら消してください。"),
    )
    return Sheet(_("%(call)s 役員名簿", call=call.marked_title), columns, rows, notes=notes)
