"""The blank form on paper, for who writes by hand and sends it by post, or reads it before starting."""

from collections.abc import Iterator
from itertools import groupby

from grantflow.applications.blank_form import Blank, BlankPart, Shape, blank_form
from grantflow.applications.outline import Part
from grantflow.calls.definition import Definition, Tier
from grantflow.calls.leaflet_parts import contact_text, documents_block
from grantflow.calls.models import REHEARSAL, Call
from grantflow.calls.self_check import documents_of
from grantflow.core.dates import moment_text
from grantflow.core.text import yen
from grantflow.core.words import SOURCE, _, speaking
from grantflow.documents.values import Block, Column, Headline, Leaflet, Line, Points, Room, Sheet, Words

BOX = "□"
#: How wide the columns of a table are, by its part: the widest is where most is written.
SHARES = {
    Part.SCHEDULE: (2.6, 1.0, 1.0, 1.2),
    Part.INDICATORS: (2.0, 0.7, 0.9, 0.9, 1.8),
    Part.CONSORTIUM: (1.6, 1.8, 1.3, 1.0),
    Part.BUDGET: (1.1, 2.0, 0.9, 0.6, 0.6, 1.0, 2.0),
    Part.OFFICERS: (1.4, 1.4, 1.2, 0.6, 1.0),
    Part.CONSENTS: (1.5, 1.6, 1.9, 1.0),
}


def blank_paper(call: Call, says: Definition, tier: Tier) -> Leaflet:
    """The form for a tier as a paper with room to write in, always in Japanese (R3.1, R3.4)."""
    with speaking(SOURCE):
        asked = blank_form(says, tier)
        blocks = [
            *_head(call, says, tier),
            *(block for place, part in enumerate(asked, 1) for block in _part(place, part)),
        ]
        return Leaflet(
            title=_("応募書類"),
            blocks=(*blocks, *documents_block(_("添える書類"), documents_of(says, tier.key))),
            above=call.marked_title,
            footer=f"{call.marked_title}　{tier.label}",
            author=call.secretariat,
            watermark=REHEARSAL if call.rehearsal else "",
        )


def _head(call: Call, says: Definition, tier: Tier) -> tuple[Block, ...]:
    return (
        Line(_("応募する枠"), f"{tier.label} {tier.name}"),
        Line(_("1団体の上限額"), _("%(cap)s（消費税を含みます）", cap=yen(tier.cap_yen))),
        Line(_("締切"), _("%(at)s（日本時間）", at=moment_text(call.deadline))),
        Line(_("送り先と問い合わせ先"), contact_text(says)),
        Line(_("受付番号"), _("（事務局が書きます）")),
        Words(
            _(
                "画面から応募できない方は、この紙に書いて事務局に郵送するか、電話で伝えてください。"
                "事務局が代わりに入力し、提出の前に団体に確かめます。締切までに届くように送ってください。"
            )
        ),
        Words(_("「※必須」とあるところは、かならず書いてください。書ききれないときは、別の紙を足してください。")),
    )


def _part(place: int, part: BlankPart) -> Iterator[Block]:
    yield Headline(f"{place} {part.name}")
    if part.note:
        yield Words(part.note)
    for in_rows, found in groupby(part.asked, lambda each: _stands_in_a_row(part.part, each)):
        asked = tuple(found)
        if in_rows:
            yield _rows(part.name, asked)
            continue
        for each in asked:
            yield from _alone(part.part, each)


def _stands_in_a_row(part: Part, blank: Blank) -> bool:
    return blank.shape is Shape.LINE or (part is Part.GROUP and blank.shape is Shape.TICKS)


def _rows(name: str, asked: tuple[Blank, ...]) -> Sheet:
    """Short things, one below the other: what is asked, and room for it."""
    columns = (Column("asked", _("項目"), 1.3), Column("room", _("記入欄"), 2.4))
    rows = tuple(
        ("\n".join(filter(None, (_label(each), each.note))), "　".join(f"{BOX}{one}" for one in each.choices) or "\n")
        for each in asked
    )
    return Sheet(_("%(name)sの記入欄", name=name), columns, rows)


def _alone(part: Part, blank: Blank) -> Iterator[Block]:
    if blank.shape is Shape.TICKS:
        yield Points(blank.choices, boxes=True, label=_label(blank), note=blank.note)
    elif blank.shape is Shape.TABLE:
        shares = SHARES[part]
        columns = tuple(
            Column(f"c{place}", label, share)
            for place, (label, share) in enumerate(zip(blank.columns, shares, strict=True))
        )
        row = ("\n", *[""] * (len(columns) - 1))
        if blank.note:
            yield Words(blank.note)
        yield Sheet(_label(blank), columns, (row,) * blank.lines)
    else:
        yield Room(_label(blank), blank.note, blank.lines)


def _label(blank: Blank) -> str:
    marked = _("%(label)s ※必須", label=blank.label) if blank.required else blank.label
    return _("%(label)s（%(limit)s）", label=marked, limit=blank.limit_text) if blank.limit else marked
