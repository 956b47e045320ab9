"""How the group will see whether it worked (成果の指標)."""

from collections.abc import Iterator

from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking, Content, Gap, Grid, Reading, Rules, nothing
from grantflow.applications.parts.rows import cell, lacking, rows_of
from grantflow.core.words import _


def _gaps(content: Content, _asking: Asking) -> Iterator[Gap]:
    rows = rows_of(content)
    if not rows:
        yield Gap(
            Part.INDICATORS, cell(0, "name"), _("成果の指標が1つもありません。何をどう測るか、1つ以上書いてください。")
        )
    yield from lacking(Part.INDICATORS, rows, (("name", _("指標")), ("target", _("目標"))))


def _reading(content: Content, _asking: Asking) -> Iterator[Reading]:
    names = ("name", "unit", "baseline", "target", "method")
    yield Grid(
        _("成果の指標"),
        (_("指標"), _("単位"), _("いまの値"), _("目標"), _("測り方")),
        tuple(tuple(str(row.get(name, "")) for name in names) for row in rows_of(content)),
    )


RULES = Rules(_gaps, _reading, nothing)
