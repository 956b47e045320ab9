"""The form of a part that consists of rows: a table one types into, read and drawn without a field for every cell."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, ClassVar, NamedTuple

from flask import request
from wtforms import Field
from wtforms.utils import unset_value

from grantflow.applications.dossier import Dossier
from grantflow.applications.parts.rows import MOST_ROWS, one_line
from grantflow.applications.section_forms.base import SectionForm, sent
from grantflow.core.text import yen_figure
from grantflow.core.words import _

#: How many empty rows stand at the end, and how many more when they are asked for.
BLANK_ROWS, MORE_ROWS = 3, 5
DROP = "drop"
_NAME = re.compile(r"([0-9]{1,4})-([a-z_]+)")
# A box for long texts shows several lines, and holds one
_ENDS = re.compile(r"\s*[\r\n]\s*")


def yen_or_nothing(amount: int | None) -> str:
    """An amount as it stands in its box."""
    return "" if amount is None else yen_figure(amount)


class Column(NamedTuple):
    """One thing of each row: its box, how what was typed is read, and how what was kept is shown.

    `look` is text, long, number, choice, or figure: what the page reckons and nobody types.
    """

    name: str
    label: Any
    look: str = "text"
    read: Callable[[str], Any] = one_line
    shown: Callable[[Any], str] = str


@dataclass(slots=True)
class Line:
    """One row of the page: what stands in its boxes, what was read from them, and what is wrong, by column."""

    texts: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    is_dropped: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether anything stands in the row that is not to go."""
        return not self.is_dropped and any(self.texts.values())

    @property
    def name(self) -> str:
        """What stands in the first box, so that the row can be told from the others."""
        return next(iter(self.texts.values()), "")


class RowsField(Field):
    """Rows of one kind. `choices` are what the boxes of a column offer, by its name."""

    def __init__(self, label: Any, columns: Sequence[Column], **more: Any) -> None:
        super().__init__(label, **more)
        self.columns = columns
        self.choices: dict[str, Sequence[tuple[str, str]]] = {}
        self.lines: list[Line] = []

    @property
    def boxes(self) -> tuple[Column, ...]:
        """The columns into which one types."""
        return tuple(column for column in self.columns if column.look != "figure")

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take the rows from what was sent, else from what is kept."""
        self.process_errors = []
        if formdata is not None:
            self.lines = [self._read(texts) for texts in self._typed(formdata)]
        else:
            kept = () if data is unset_value or data is None else data
            self.lines = [self._shown(row) for row in kept]
        self.data = self.kept

    def _typed(self, formdata: Any) -> Iterator[dict[str, str]]:
        """The rows as they were sent, in the order of their numbers."""
        found: dict[int, dict[str, str]] = {}
        before = len(self.name) + 1
        for name in formdata:
            match = _NAME.fullmatch(name, before) if name.startswith(f"{self.name}-") else None
            if match:
                found.setdefault(int(match[1]), {})[match[2]] = _ENDS.sub(" ", str(formdata[name]).strip())
        for _place, texts in sorted(found.items()):
            yield texts

    def _read(self, typed: Mapping[str, str]) -> Line:
        line = Line({column.name: typed.get(column.name, "") for column in self.boxes}, is_dropped=DROP in typed)
        for column in self.boxes:
            try:
                line.values[column.name] = column.read(line.texts[column.name])
            except ValueError as problem:
                line.problems[column.name] = str(problem)
        return line

    def _shown(self, row: Mapping[str, Any]) -> Line:
        values = {column.name: row.get(column.name) for column in self.boxes}
        texts = {one.name: "" if values[one.name] is None else one.shown(values[one.name]) for one in self.boxes}
        return Line(texts, values)

    def add(self, count: int) -> None:
        """Let that many empty rows stand at the end."""
        self.lines += [Line({column.name: "" for column in self.boxes}) for _place in range(count)]

    @property
    def kept(self) -> list[dict[str, Any]]:
        """The rows in which something stands, in their order; what no choice offers is nothing."""
        offered = {name: {value for value, _label in choices} for name, choices in self.choices.items()}
        return [
            {
                name: "" if name in offered and value not in offered[name] else value
                for name, value in line.values.items()
            }
            for line in self.lines
            if line.is_kept
        ]

    @property
    def wrong(self) -> list[Any]:
        """The boxes in which something stands that cannot be kept, each like a field of its own."""
        return [
            SimpleNamespace(
                id=f"{self.id}-{place}-{column.name}",
                type="",
                label=SimpleNamespace(text=_("%(row)s行目 %(name)s", row=place + 1, name=column.label)),
                errors=[line.problems[column.name]],
            )
            for place, line in enumerate(self.lines)
            for column in self.boxes
            if column.name in line.problems and not line.is_dropped
        ]

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Whether every box of the rows that stay could be read, and there are not too many rows."""
        self.errors = [f"{box.label.text}{_('：')}{box.errors[0]}" for box in self.wrong]
        count = sum(line.is_kept for line in self.lines)
        if count > MOST_ROWS:
            sentence = _(
                "%(count)s行あります。%(most)s行までです。似た行を1つにまとめてください。", count=count, most=MOST_ROWS
            )
            self.errors = [sentence]
        return not self.errors


class RowsForm(SectionForm):
    """A part that is a list of rows, in the field `NAME`."""

    NAME: ClassVar[str] = "rows"

    @property
    def table(self) -> RowsField:
        """The field that holds the rows."""
        found: RowsField = self[self.NAME]
        return found

    @classmethod
    def of(cls, dossier: Dossier) -> SectionForm:
        """The form with empty rows at its end: more of them when they were asked for, or cannot be later."""
        form = super().of(dossier)
        assert isinstance(form, RowsForm)
        if sent():
            form.table.add(MORE_ROWS if request.form.get("goal") == "more" else 0)
        else:
            wide = "more" in request.args
            form.table.add(BLANK_ROWS + (MORE_ROWS if wide else 0))
        return form

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of what was typed."""
        return {self.NAME: self.table.kept}
