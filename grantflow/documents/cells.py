"""A list's cells as people read them and as programs do, and the columns as they stand on paper."""

import datetime as dt
from dataclasses import dataclass

from grantflow.core.dates import PartialDate, wareki
from grantflow.core.text import number, yen
from grantflow.documents.values import Cell, Column, Kind, Row, Sheet

# Papers are written in the language of authority, whatever language the screen of who asks for them speaks.
PAPER = "ja"


@dataclass(frozen=True, slots=True)
class PrintedColumn:
    """A column on paper: its heading, its part of the width, and the places in a row that its cells come from."""

    label: str
    group: str
    kind: Kind
    share: float
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading over `span` printed columns; with `columns` under it where it is a group's."""

    label: str
    columns: tuple[PrintedColumn, ...]
    is_group: bool

    @property
    def span(self) -> int:
        """How many printed columns it stands over."""
        return len(self.columns)


def shown(cell: Cell, column: Column) -> str:
    """The cell for people (R5.8: yen with commas and 円; a missing value is blank)."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case dt.date():
            return wareki(cell, PAPER)
        case PartialDate():
            return cell.text(PAPER)
        case int() | float():
            return _figure(cell, column)
        case _:
            return cell.shown


def data(cell: Cell) -> str | int | float:
    """The cell for programs: numbers as they are, dates as ISO, a missing value as the empty text."""
    match cell:
        case None:
            return ""
        case str() | int() | float():
            return cell
        case dt.date():
            return cell.isoformat()
        case PartialDate():
            return str(cell)
        case _:
            return cell.data


def _figure(value: int | float, column: Column) -> str:
    if column.kind is Kind.YEN:
        return yen(int(value), PAPER)
    if column.kind is not Kind.NUMBER:
        return str(value)
    if column.decimals == 0:
        return number(round(value))
    text = f"{abs(value):,.{column.decimals}f}"
    return f"△{text}" if value < 0 and float(text.replace(",", "")) else text


def printed_columns(sheet: Sheet) -> tuple[PrintedColumn, ...]:
    """The columns as they stand on paper: each aside is in the cell before it."""
    found: list[PrintedColumn] = []
    for place, column in enumerate(sheet.columns):
        if not column.aside:
            found.append(PrintedColumn(column.label, column.group, column.kind, column.share, (place,)))
            continue
        main = found.pop()
        label = f"{main.label}（{column.label}）"
        found.append(PrintedColumn(label, main.group, main.kind, main.share, (*main.places, place)))
    return tuple(found)


def headings(columns: tuple[PrintedColumn, ...]) -> tuple[Heading, ...]:
    """The upper row of a list's head: neighbours of one group under one heading."""
    found: list[Heading] = []
    for column in columns:
        if column.group and found and found[-1].is_group and found[-1].label == column.group:
            found[-1] = Heading(column.group, (*found[-1].columns, column), is_group=True)
        else:
            found.append(Heading(column.group or column.label, (column,), is_group=bool(column.group)))
    return tuple(found)


def printed_cell(sheet: Sheet, row: Row, column: PrintedColumn) -> tuple[str, ...]:
    """The parts of a printed cell: the cell itself, then each aside that is not empty, in （）."""
    first, *asides = (shown(row[place], sheet.columns[place]) for place in column.places)
    return (first, *(f"（{text}）" for text in asides if text))
