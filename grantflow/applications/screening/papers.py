"""The files of a proposal: whether they open, whether they are finished, and whose they are (R3.7)."""

from collections.abc import Iterator

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Part
from grantflow.applications.parts.documents import File, field_of
from grantflow.applications.screening.around import Around
from grantflow.applications.screening.finding import Finding, Kind, Place, Severity
from grantflow.applications.screening.places import files_of, place_of
from grantflow.applications.screening.wording import is_marked_as_draft
from grantflow.core.words import _
from grantflow.files.models import CopyState, ScanState


def found_in_files(dossier: Dossier, around: Around) -> Iterator[Finding]:
    """What is odd about the files, one after the other."""
    first: dict[str, File] = {}
    for one in files_of(dossier):
        place = place_of(dossier, Part.DOCUMENTS, field_of(str(one["document"])))
        yield from _unreadable(place, one, around)
        if is_marked_as_draft(str(one["name"])):
            sentence = _(
                "「%(name)s」というファイルの名前に、下書きの印があります。仕上がったものか、開いて確かめてください。",
                name=one["name"],
            )
            yield Finding(Kind.DRAFT, Severity.LOOK, place, sentence, (str(one["file"]),))
        sha256 = str(one["sha256"])
        for number in around.others_files.get(sha256, ()):
            sentence = _(
                "「%(name)s」は、別の団体が%(number)sに付けたファイルと同じです。だれの書類か、開いて確かめてください。",
                name=one["name"],
                number=number,
            )
            yield Finding(Kind.PAPER_OF_ANOTHER, Severity.LOOK, place, sentence, (sha256, number))
        before = first.setdefault(sha256, one)
        if before is not one:
            sentence = _(
                "「%(name)s」は、「%(before)s」と中身が同じファイルです。別の書類がないか、確かめてください。",
                name=one["name"],
                before=before["name"],
            )
            yield Finding(Kind.PAPER_TWICE, Severity.LOOK, place, sentence, (sha256, str(one["file"])))


def _unreadable(place: Place, one: File, around: Around) -> Iterator[Finding]:
    state, name = around.files.get(str(one["file"])), one["name"]
    severity = Severity.CERTAIN
    if state is None:
        sentence = _("「%(name)s」のファイルが見つかりません。管理者に知らせてください。", name=name)
    elif not one["size"]:
        sentence = _("「%(name)s」は中身が空です。団体に出し直してもらってください。", name=name)
    elif state.scan is ScanState.INFECTED:
        sentence = _("「%(name)s」からウイルスが見つかりました。団体に別のものを出してもらってください。", name=name)
    elif state.scan is ScanState.FAILED:
        severity = Severity.LOOK
        sentence = _("「%(name)s」はウイルス検査ができていません。管理者に知らせてください。", name=name)
    elif state.copying is CopyState.FAILED:
        severity = Severity.LOOK
        sentence = _("「%(name)s」の審査用の写しを作れませんでした。開けるか確かめてください。", name=name)
    else:
        return
    yield Finding(Kind.UNREADABLE, severity, place, sentence, (str(one["file"]),))
