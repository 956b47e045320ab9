"""What a paper says, as plain values: a list, a report of several lists, a letter, a leaflet."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from grantflow.core.dates import PartialDate


class Kind(Enum):
    """What the cells of a column hold, and so how they are printed and aligned."""

    TEXT = "text"
    NUMBER = "number"
    YEN = "yen"
    DATE = "date"


class Paper(Enum):
    """The sheet of paper a list is printed on."""

    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


@dataclass(frozen=True, slots=True)
class Spelled:
    """One value with two spellings: `data` for programs (CSV), `shown` for people (PDF, HTML, XLSX)."""

    data: str
    shown: str


Cell = str | int | float | dt.date | PartialDate | Spelled | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list.

    `key` heads it in CSV, `label` everywhere else. `share` is its part of the paper's width. Neighbours with one
    `group` stand under a common heading. `aside` prints the cell in （） under the cell of the column before it
    (団体名（設立時期）), while CSV and XLSX keep it in a column of its own. `decimals` counts for Kind.NUMBER.
    """

    key: str
    label: str
    share: float = 1.0
    kind: Kind = Kind.TEXT
    group: str = ""
    aside: bool = False
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list: described once, rendered in every format. `key` names it where several share one CSV."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    key: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.columns or self.columns[0].aside:
            raise ValueError("A sheet begins with a column of its own.")
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("Every row has one cell per column.")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report's opening block: 「公募期間　令和5年5月26日から…」; `level` indents it."""

    label: str
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A title, an opening block under a heading (【公募状況】), lists one after another, notes at the end.

    `key_column` heads the column of the lists' keys where all lists go into one CSV; empty = no such column.
    `watermark` (「案」) lies behind every page. `author` and `footer` (left foot of every page) may be empty.
    """

    title: str
    sheets: tuple[Sheet, ...]
    heading: str = ""
    head: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    footer: str = ""
    author: str = ""
    key_column: str = ""
    watermark: str = ""
    paper: Paper = Paper.LANDSCAPE


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered item below 「記」: its label, its text (either may be empty), its own items."""

    label: str
    text: str = ""
    items: tuple["Item", ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """An official letter (R7.1).

    `number` is empty for a 事務連絡. `addressee` and `sender` are lines; the addressee's last one ends with 様, 殿
    or 御中. With `items` the letter carries 「記」 and 「以上」. `contact` is the block at the foot, `enclosures` are
    printed after it, each beginning a page of its own.
    """

    subject: str
    date: dt.date
    addressee: tuple[str, ...]
    sender: tuple[str, ...]
    paragraphs: tuple[str, ...]
    number: str = ""
    items: tuple[Item, ...] = ()
    contact: tuple[str, ...] = ()
    seal_omitted: bool = True
    enclosures: tuple[Sheet, ...] = ()
    watermark: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """The heading of a leaflet's part."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `strong` for what must not be missed."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A list of points; with `boxes` each has a box to tick."""

    items: tuple[str, ...]
    boxes: bool = False
    label: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """Room to write in by hand: a label, a hint, and a frame of so many lines."""

    label: str
    note: str = ""
    lines: int = 3


Block = Headline | Words | Points | Room | Line | Sheet


@dataclass(frozen=True, slots=True)
class Leaflet:
    """A paper to read or to fill in: a title and what stands under it, in its order, on upright A4."""

    title: str
    blocks: tuple[Block, ...]
    above: str = ""
    footer: str = ""
    author: str = ""
    watermark: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A stored file that is bound into a book: a PDF page by page, a picture on a page.

    With `instead`, or where the content cannot be bound, one page stands for it that says what `lines` say, and why:
    `instead` or `unreadable`. `sha256` names the content that is bound.
    """

    title: str
    name: str
    sha256: str
    media_type: str
    lines: tuple[Line, ...]
    unreadable: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Volume:
    """A leaflet and the files that belong to it, in one book; `heading` stands over the files in its outline."""

    leaflet: Leaflet
    enclosures: tuple[Enclosure, ...] = ()
    heading: str = ""


def report_of(sheet: Sheet, *, author: str = "", paper: Paper = Paper.LANDSCAPE) -> Report:
    """`sheet` alone as a report that bears the sheet's title."""
    return Report(title=sheet.title, sheets=(sheet,), author=author, paper=paper)
