"""A report as one HTML page that stands alone: accessible on a screen, a printed list on paper."""

from markupsafe import Markup, escape

from grantflow.documents.cells import Heading, PrintedColumn, headings, printed_cell, printed_columns
from grantflow.documents.grid import EMPTY
from grantflow.documents.values import Kind, Line, Paper, Report, Row, Sheet, report_of

STYLE = Markup("""
:root { color: #1a1a1c; background: #fff; font: 16px/1.7 "BIZ UDPGothic", "Noto Sans JP", "Hiragino Sans", \
"Yu Gothic", sans-serif; }
body { line-break: strict; margin: 0; overflow-wrap: anywhere; }
main, footer { margin: 0 auto; max-width: 88rem; padding: 1.5rem; }
h1 { font-size: 1.75rem; line-height: 1.4; margin: 0 0 1rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 2rem; margin: 0 0 2rem; }
dt, dd { margin: 0; }
dt.level-1 { padding-left: 1em; }
dt.level-2 { padding-left: 2em; }
.draft { border: 2px solid; display: inline-block; font-weight: bold; margin: 0 0 1rem; padding: 0 .75rem; }
.scroll { margin: 2rem 0 1rem; overflow-x: auto; }
.scroll:focus-visible { outline: 4px solid #000; outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; }
caption { font-size: 1.25rem; font-weight: bold; padding-bottom: .5rem; text-align: left; }
th, td { min-width: 5em; border: 1px solid #949494; padding: .5rem .75rem; text-align: left; vertical-align: top; }
thead th { background: #f1f1f4; vertical-align: middle; }
tbody th { font-weight: normal; min-width: 10em; }
td.long { min-width: 24em; }
td.number, th.number { min-width: 2em; font-variant-numeric: tabular-nums; text-align: right; white-space: nowrap; }
.aside { display: block; }
.note { font-size: .875rem; margin: .25rem 0; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
@media print {
  :root { font-size: 9pt; line-height: 1.5; }
  main, footer { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  td.long, tbody th { min-width: 0; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
}
""")
# A column that takes this part of the width or more holds sentences.
LONG_SHARE = 0.3


def html(document: Report | Sheet) -> bytes:
    """The report as a page in UTF-8: nothing is fetched from elsewhere, nothing is run."""
    report = report_of(document) if isinstance(document, Sheet) else document
    page = Markup(
        '<!DOCTYPE html>\n<html lang="ja">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{title}</title>\n<style>{style}@page {{ size: A4 {paper}; margin: 12mm; }}\n</style>\n</head>\n"
        "<body>\n<main>\n{draft}<h1>{title}</h1>\n{head}{tables}{notes}</main>\n{footer}</body>\n</html>\n"
    ).format(
        title=report.title,
        style=STYLE + _widths(report),
        paper="portrait" if report.paper is Paper.PORTRAIT else "landscape",
        draft=Markup('<p class="draft">{}</p>\n').format(report.watermark) if report.watermark else "",
        head=_head(report),
        tables=Markup("").join(_table(sheet, number) for number, sheet in enumerate(report.sheets, start=1)),
        notes=_notes(report.notes),
        footer=Markup("<footer>{}</footer>\n").format(report.footer) if report.footer else "",
    )
    return page.encode("utf-8")


def _widths(report: Report) -> Markup:
    """Rules that give each list's columns their shares of the width."""
    rules = Markup("")
    for number, sheet in enumerate(report.sheets, start=1):
        columns = printed_columns(sheet)
        total = sum(column.share for column in columns)
        for place, column in enumerate(columns, start=1):
            rules += Markup("#list-{} col:nth-child({}) {{ width: {}%; }}\n").format(
                number, place, round(100 * column.share / total, 2)
            )
    return rules


def _head(report: Report) -> Markup:
    heading = Markup("<h2>【{}】</h2>\n").format(report.heading) if report.heading else Markup("")
    lines = Markup("").join(map(_line, report.head))
    return heading + (Markup("<dl>\n{}</dl>\n").format(lines) if report.head else Markup(""))


def _line(line: Line) -> Markup:
    level = Markup(' class="level-{}"').format(min(line.level, 2)) if line.level else ""
    return Markup("<dt{}>{}</dt><dd>{}</dd>\n").format(level, line.label, _broken(line.text))


def _notes(notes: tuple[str, ...]) -> Markup:
    return Markup("").join(Markup('<p class="note">{}</p>\n').format(note) for note in notes)


def _table(sheet: Sheet, number: int) -> Markup:
    columns = printed_columns(sheet)
    rows = Markup("").join(_row(sheet, columns, row) for row in sheet.rows)
    empty = Markup('<tr><td colspan="{}">{}</td></tr>\n').format(len(columns), EMPTY)
    return Markup(
        '<div class="scroll" role="region" tabindex="0" aria-labelledby="title-{number}">\n<table id="list-{number}">\n'
        '<caption id="title-{number}">{title}</caption>\n<colgroup>{columns}</colgroup>\n'
        "<thead>\n{head}</thead>\n<tbody>\n{rows}</tbody>\n"
        "</table>\n</div>\n{notes}"
    ).format(
        number=number,
        title=sheet.title,
        columns=Markup("<col>") * len(columns),
        head=_table_head(headings(columns)),
        rows=rows or empty,
        notes=_notes(sheet.notes),
    )


def _table_head(found: tuple[Heading, ...]) -> Markup:
    grouped = any(heading.is_group for heading in found)
    upper, lower = Markup(""), Markup("")
    for heading in found:
        if not heading.is_group:
            upper += _column_heading(heading.columns[0], Markup(' rowspan="2"') if grouped else Markup(""))
            continue
        upper += Markup('<th scope="colgroup" colspan="{}">{}</th>').format(heading.span, heading.label)
        lower += Markup("").join(_column_heading(column, Markup("")) for column in heading.columns)
    rows = Markup("<tr>{}</tr>\n").format(upper)
    return rows + Markup("<tr>{}</tr>\n").format(lower) if grouped else rows


def _column_heading(column: PrintedColumn, span: Markup) -> Markup:
    return Markup('<th scope="col"{}{}>{}</th>').format(_class(_is_number(column), "number"), span, column.label)


def _row(sheet: Sheet, columns: tuple[PrintedColumn, ...], row: Row) -> Markup:
    """A row, headed by its first cell of text."""
    header = next((column for column in columns if column.kind is Kind.TEXT), None)
    total = sum(column.share for column in columns)
    cells = Markup("")
    for column in columns:
        text = _cell(printed_cell(sheet, row, column))
        if column is header:
            cells += Markup('<th scope="row">{}</th>').format(text)
        elif _is_number(column):
            cells += Markup('<td class="number">{}</td>').format(text)
        else:
            cells += Markup("<td{}>{}</td>").format(_class(column.share / total >= LONG_SHARE, "long"), text)
    return Markup("<tr>{}</tr>\n").format(cells)


def _cell(parts: tuple[str, ...]) -> Markup:
    first, *asides = parts
    return _broken(first) + Markup("").join(Markup('<span class="aside">{}</span>').format(part) for part in asides)


def _broken(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))


def _class(applies: bool, name: str) -> Markup:
    return Markup(' class="{}"').format(name) if applies else Markup("")


def _is_number(column: PrintedColumn) -> bool:
    return column.kind in (Kind.NUMBER, Kind.YEN)
