"""A whole proposal on paper: every part as it reads, for whoever keeps it or reads it away from the screen."""

from collections.abc import Iterator

from grantflow.applications.dossier import Dossier
from grantflow.applications.models import Application, ProxyEntry, Submission
from grantflow.applications.parts.base import Entry, Grid, Reading
from grantflow.calls.models import REHEARSAL, Call
from grantflow.core.dates import moment_text
from grantflow.core.text import grapheme_count, yen
from grantflow.core.words import SOURCE, _, speaking
from grantflow.documents.values import Block, Column, Headline, Kind, Leaflet, Line, Sheet, Words

#: A label longer than this stands above its text, not beside it; so does that of a text of several lines.
LONGEST_LABEL, LONGEST_BESIDE = 14, 40
#: A column is at most so many times as wide as the narrowest.
WIDEST = 6.0


def dossier_paper(call: Call, dossier: Dossier, *, contacts: bool, row: Submission | None = None) -> Leaflet:
    """The proposal as a paper with a bookmark for each part, always in Japanese (R3.1).

    Where it says what was received, `row` is that version: its number and time stand at the foot of every page.

    Without `contacts` it leaves out how the group is reached. Officers are told by their number alone (R3.3). Equal
    proposals give equal papers: the times on it are those of its receipt and of its last save.
    """
    application = dossier.application
    with speaking(SOURCE):
        number = application.number or _("提出前の応募")
        parts: list[Block] = []
        for asked in dossier.told:
            if lines := dossier.shown(asked.part, contacts=contacts):
                parts += [Headline(asked.name), *(block for one in lines for block in _said(one))]
        return Leaflet(
            title=_("応募書類（%(number)s）", number=number),
            blocks=(*_head(application, dossier, row, contacts=contacts), *parts),
            above=call.marked_title,
            footer="　".join((number, *_state(dossier, row), dossier.organization_name)),
            author=call.secretariat,
            watermark=_watermark(call, application),
        )


def _watermark(call: Call, application: Application) -> str:
    if call.rehearsal:
        return REHEARSAL
    return "" if application.number else _("提出前")


def _state(dossier: Dossier, row: Submission | None) -> Iterator[str]:
    """Which version a page belongs to, and of when."""
    if row is not None:
        yield _("第%(version)s版", version=row.version)
        yield _("%(at)s受付", at=moment_text(row.received_at, exact=True))
    elif dossier.last_saved.at:
        yield _("%(at)s保存", at=moment_text(dossier.last_saved.at))


def _head(application: Application, dossier: Dossier, row: Submission | None, *, contacts: bool) -> Iterator[Block]:
    tier, last = dossier.asking.tier, dossier.last_saved
    yield Line(_("団体名"), dossier.organization_name or _("記入なし"))
    yield Line(_("事業名"), dossier.title or _("記入なし"))
    yield Line(_("枠"), f"{tier.label} {tier.name}")
    amount = _("%(yen)s（上限 %(cap)s）", yen=yen(dossier.asking.requested_yen), cap=yen(tier.cap_yen))
    yield Line(_("申請額"), amount)
    if row is not None:
        yield Line(_("版"), _("第%(version)s版", version=row.version))
        yield Line(_("受付日時"), _("%(at)s（日本時間）", at=moment_text(row.received_at, exact=True)))
        if contacts:
            yield Line(_("提出した人"), row.submitted_by)
        who = dossier.representative
        yield Line(_("押印"), _("押印省略（代表者：%(who)s）", who=who) if who else _("押印省略"))
    elif application.received_at:
        yield Line(_("受付日時"), moment_text(application.received_at))
    if last.at and row is None:
        yield Line(_("最後の保存"), moment_text(last.at))
    asked = row.definition_version if row else application.definition_version
    yield Line(_("公募の版"), _("第%(number)s版の設問", number=asked))
    if dossier.proxy:
        yield Words(_typed_for_its_group(dossier.proxy))


def _typed_for_its_group(entry: ProxyEntry) -> str:
    if entry.confirmed_at is None:
        return _("事務局が代理で入力しました。団体はまだ確かめていません。")
    return _(
        "事務局が代理で入力し、%(at)sに%(who)sさんが確かめました。",
        at=moment_text(entry.confirmed_at),
        who=entry.confirmed_by,
    )


def _said(one: Reading) -> Iterator[Block]:
    """What one thing in a part looks like: beside its label, below it, or in a table."""
    if isinstance(one, Grid):
        yield from _grid(one)
        return
    text = one.text.strip() or _("記入なし")
    if _stands_beside(one):
        yield Line(one.label, text)
        return
    yield Words(one.label, strong=True)
    yield Words(text)


def _stands_beside(one: Entry) -> bool:
    return (
        grapheme_count(one.label) <= LONGEST_LABEL
        and grapheme_count(one.text) <= LONGEST_BESIDE
        and "\n" not in one.text.strip()
    )


def _grid(one: Grid) -> Iterator[Block]:
    rows = (*one.rows, *((one.total,) if one.total else ()))
    if not rows:
        yield Words(_("%(what)s：記入なし", what=one.label))
        return
    columns = tuple(
        Column(
            f"c{place}",
            label,
            _share([label, *(row[place] for row in rows)]),
            Kind.NUMBER if place in one.figures else Kind.TEXT,
        )
        for place, label in enumerate(one.columns)
    )
    yield Sheet(one.label, columns, rows)


def _share(texts: list[str]) -> float:
    """How wide a column is, by the longest line in it."""
    longest = max(grapheme_count(line) for text in texts for line in text.split("\n"))
    return min(max(longest / 5, 1.0), WIDEST)
