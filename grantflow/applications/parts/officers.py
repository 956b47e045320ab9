"""The officers of the group (役員名簿): only how many there are; who they are stands sealed in a table of its own."""

from collections.abc import Iterator

from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking, Content, Entry, Gap, Reading, Rules, nothing
from grantflow.core.text import number
from grantflow.core.words import _


def _gaps(content: Content, _asking: Asking) -> Iterator[Gap]:
    if not content.get("count"):
        sentence = _("役員名簿がありません。非常勤の人も含めて、役員全員を書いてください。")
        yield Gap(Part.OFFICERS, "officers", sentence)
    elif content.get("unfinished"):
        sentence = _(
            "役員のうち%(count)s人に空の欄があります。氏名、氏名カナ、生年月日、性別、役職をすべて書いてください。",
            count=content["unfinished"],
        )
        yield Gap(Part.OFFICERS, "officers", sentence)


def _reading(content: Content, _asking: Asking) -> Iterator[Reading]:
    count = content.get("count", 0)
    yield Entry(_("役員の人数"), _("%(count)s人", count=number(count)) if count else "")


RULES = Rules(_gaps, _reading, nothing)
