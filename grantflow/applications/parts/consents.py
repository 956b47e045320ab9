"""That the partners agree to be named (連携先の承諾): who was asked for what, and what each answered."""

from collections.abc import Iterator

from grantflow.applications.models import ConsentState
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking, Content, Gap, Grid, Reading, Rules, nothing
from grantflow.core.words import _


def _gaps(content: Content, _asking: Asking) -> Iterator[Gap]:
    """Whoever refused cannot be named; one who has not answered yet holds nobody up."""
    for row in content.get("rows", ()):
        if row["state"] == ConsentState.REFUSED:
            sentence = _(
                "%(partner)sは承諾しないと答えました。話し合って頼み直すか、連携先から外してください。",
                partner=row["partner"],
            )
            yield Gap(Part.CONSENTS, "consents", sentence, is_wrong=True)


def _reading(content: Content, _asking: Asking) -> Iterator[Reading]:
    yield Grid(
        _("連携先と承諾"),
        (_("連携先"), _("担う部分"), _("承諾")),
        tuple((row["partner"], row["part"], str(ConsentState(row["state"]).label)) for row in content.get("rows", ())),
    )


RULES = Rules(_gaps, _reading, nothing)
