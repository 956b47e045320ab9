"""Lists for spreadsheets: CSV in UTF-8 or CP932, where no cell is run as a formula."""

import csv as comma_separated
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grantflow.documents.cells import data
from grantflow.documents.values import Report, Sheet, report_of

BOM = "\ufeff"
# The full-width forms too: a spreadsheet under a Japanese locale takes them for the others.
RUNS = tuple("=+-@\t\r\n＝＋－＠")
LOST = "〓"


@dataclass(frozen=True, slots=True)
class Cp932:
    """A CSV in CP932, and the characters that will not be read back from it as they were, each once.

    In `content` they are 〓, or the twin that CP932 has for them (～ for 〜).
    """

    content: bytes
    lost: str


def csv(document: Report | Sheet) -> bytes:
    """The lists as CSV: UTF-8 with BOM, CRLF, headed by the columns' keys (interfaces: "The command line")."""
    return (BOM + _text(document)).encode("utf-8")


def csv_cp932(document: Report | Sheet) -> Cp932:
    """The same in CP932, with what it loses, so that it can be said before the file is handed over."""
    text = _text(document)
    lost = lost_in_cp932(text)
    without_twin = {ord(char): LOST for char in lost if not _in_cp932(char)}
    return Cp932(text.translate(without_twin).encode("cp932"), lost)


def lost_in_cp932(text: str) -> str:
    """The characters of `text` that CP932 does not give back as they were, each once, as they come."""
    return "".join(char for char in dict.fromkeys(text) if _in_cp932(char).decode("cp932") != char)


def guarded(cell: str | int | float) -> str | int | float:
    """The cell, a text that a spreadsheet would run as a formula with `'` before it; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RUNS) else cell


def _in_cp932(char: str) -> bytes:
    """The character's bytes, none where CP932 has nothing for it."""
    return char.encode("cp932", errors="ignore")


def _text(document: Report | Sheet) -> str:
    report = report_of(document) if isinstance(document, Sheet) else document
    out = io.StringIO(newline="")
    writer = comma_separated.writer(out, lineterminator="\r\n")
    for row in _rows(report):
        writer.writerow([guarded(cell) for cell in row])
    return out.getvalue()


def _rows(report: Report) -> Iterator[Sequence[str | int | float]]:
    keys = {tuple(column.key for column in sheet.columns) for sheet in report.sheets}
    if len(keys) != 1 or (len(report.sheets) > 1 and not report.key_column):
        raise ValueError("Lists share a CSV only with the same columns and a column for their keys.")
    (header,) = keys
    yield (report.key_column, *header) if report.key_column else header
    for sheet in report.sheets:
        before = (sheet.key,) if report.key_column else ()
        for row in sheet.rows:
            yield (*before, *map(data, row))
