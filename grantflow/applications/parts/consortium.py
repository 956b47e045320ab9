"""The bodies that do the project together with the group and share its money (共同で行う団体)."""

from collections.abc import Iterator

from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking, Content, Gap, Grid, Reading, Rules, nothing
from grantflow.applications.parts.rows import cell, lacking, rows_of
from grantflow.core.text import yen
from grantflow.core.words import _


def shared(content: Content) -> int:
    """What the bodies get together, in yen."""
    return sum(row.get("share_yen") or 0 for row in rows_of(content))


def _gaps(content: Content, asking: Asking) -> Iterator[Gap]:
    """Nobody has to have such a body; what they get together is part of what is asked for, where that is known."""
    rows, over = rows_of(content), shared(content) - asking.requested_yen
    yield from lacking(Part.CONSORTIUM, rows, (("name", _("団体名")), ("role", _("受け持つこと"))))
    if asking.requested_yen and over > 0:
        sentence = _(
            "分ける額の合計%(shared)sが、申請額の%(requested)sを%(over)s超えています。金額を直してください。",
            shared=yen(shared(content)),
            requested=yen(asking.requested_yen),
            over=yen(over),
        )
        yield Gap(Part.CONSORTIUM, cell(0, "share_yen"), sentence, is_wrong=True)


def _reading(content: Content, _asking: Asking) -> Iterator[Reading]:
    rows = rows_of(content)
    yield Grid(
        _("共同で行う団体"),
        (_("団体名"), _("受け持つこと"), _("法人番号"), _("分ける額")),
        tuple(
            (row.get("name", ""), row.get("role", ""), row.get("corporate_number", ""), yen(row.get("share_yen") or 0))
            for row in rows
        ),
        frozenset({3}),
        (_("合計"), "", "", yen(shared(content))) if rows else (),
    )


RULES = Rules(_gaps, _reading, nothing)
