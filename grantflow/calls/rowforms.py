"""What the sections of a call's page have in common: fields and lists of rows that stand for keys of the definition."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from wtforms import BooleanField, FieldList, FormField, HiddenField, IntegerField, SubmitField
from wtforms.validators import NumberRange, Optional

from grantflow.calls.drafts import Path, Raw, free_key, rows_at, value_at, with_value
from grantflow.calls.fields import TypedField, clean
from grantflow.calls.labels import LABELS
from grantflow.core.forms import BaseForm, QueryForm
from grantflow.core.words import Lazy, _, lazy

#: How many empty rows stand at the end of a list, and how many after more were asked for.
BLANK_ROWS, MORE_ROWS, MOST_ROWS = 1, 5, 50
OWN = ("was", "place", "drop")


def of(path: str, kind: type[Any], hint: Any = "", **attributes: Any) -> Any:
    """A field for a key of the definition, called as the key is called everywhere."""
    return kind(LABELS[path], description=hint, render_kw=attributes or None)


def many(row: type["RowForm"]) -> Any:
    """A list of rows."""
    return RowList(FormField(row))


class RowList(FieldList):  # type: ignore[type-arg]
    """A list of rows whose numbers are those that our pages write."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        for name in formdata:
            place = name[len(prefix) + 1 :].split("-", 1)[0] if name.startswith(f"{prefix}-") else ""
            if place.isascii() and place.isdigit() and len(place) < 5:
                yield int(place)


class RowForm(QueryForm):
    """One row of a list: its keys, its place, and whether it goes. `STEM` begins the keys that are made for it."""

    STEM: ClassVar[str] = ""

    was = HiddenField()
    place = IntegerField(
        lazy("順番"), [Optional(), NumberRange(0, 9999, message=lazy("順番は0から9999までの整数で書いてください。"))]
    )
    drop = BooleanField(lazy("この行を消す"))

    @property
    def columns(self) -> list[Any]:
        """The fields of the row's own keys."""
        return [bound for bound in self if bound.short_name not in OWN]

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in the row."""
        return not any(bound.data for bound in self.columns if not bound.default)

    def written(self, old: Any) -> Any:
        """The row as TOML has it; keys that the form does not show stay as they were."""
        values = dict(old) if isinstance(old, Mapping) else {}
        for bound in self.columns:
            values = with_value(values, (bound.short_name,), kept(bound, values.get(bound.short_name)))
        return values


class SectionForm(BaseForm):
    """One section: `PATHS` are the keys of its fields, `ROWS` those of its lists.

    `version` is that of the draft from which the page was filled, `ROW` the words for one row of each list.
    """

    NAME: ClassVar[str] = ""
    TITLE: ClassVar[Lazy]
    PATHS: ClassVar[Mapping[str, str]] = {}
    ROWS: ClassVar[Mapping[str, str]] = {}
    ROW: ClassVar[Mapping[str, Lazy]] = {}

    version = HiddenField()
    submit = SubmitField(lazy("保存する"))

    @classmethod
    def of(cls, raw: Raw, version: int, blank: int = BLANK_ROWS) -> "SectionForm":
        """The form filled from a draft, with some empty rows at the end of its lists."""
        data: dict[str, Any] = {name: value_at(raw, _path(path)) for name, path in cls.PATHS.items()}
        for name, path in cls.ROWS.items():
            known = _names(getattr(cls, name))
            rows = [_row_data(row, place, known) for place, row in enumerate(rows_at(raw, _path(path)), 1)]
            data[name] = rows + [{"was": "", "place": None}] * blank
        return cls(formdata=None, data=data | {"version": str(version)})

    def written(self, raw: Raw) -> Raw:
        """The draft with this section as it was typed; what was not touched stays code point for code point."""
        for name, path in self.PATHS.items():
            raw = with_value(raw, _path(path), kept(self[name], value_at(raw, _path(path))))
        for name, path in self.ROWS.items():
            raw = with_value(raw, _path(path), _written_rows(self[name], rows_at(raw, _path(path))) or None)
        return raw

    def texts(self) -> Iterator[tuple[str, str]]:
        """The label and the text of every field and of every row that stays, to be held against somebody else's."""
        for name in self.PATHS:
            yield str(self[name].label.text), _text(self[name])
        for name in self.ROWS:
            rows = [row.form for row in self[name] if not row.form.is_blank and not row.form.drop.data]
            for place, row in enumerate(rows, 1):
                told = [_("%(label)s：%(text)s", label=one.label.text, text=_text(one)) for one in row.columns]
                yield f"{self.ROW[name]} {place}", "\n".join(told)


def _path(path: str) -> Path:
    return tuple(path.split("."))


def _names(unbound: Any) -> frozenset[str]:
    """The keys that the rows of a list show."""
    form: type[RowForm] = unbound.args[0].args[0]
    return frozenset(bound.short_name for bound in form().columns)


def _row_data(row: Any, place: int, known: frozenset[str]) -> dict[str, Any]:
    values = dict(row) if isinstance(row, Mapping) else {"text": row}
    return {name: value for name, value in values.items() if name in known} | {"was": str(place), "place": place}


def _text(bound: Any) -> str:
    if isinstance(bound, BooleanField):
        return _("はい") if bound.data else _("いいえ")
    return str(bound._value())


def kept(bound: Any, old: Any) -> Any:
    """The value that was typed, or the old one where what was typed is how the old one is shown."""
    if isinstance(bound, BooleanField) and bound.default:
        # On unless the definition says otherwise
        return old if bound.data and old else None if bound.data else False
    if isinstance(bound, BooleanField):
        return True if bound.data else None
    typed = bound.raw_data[0] if isinstance(bound, TypedField) and bound.raw_data else None
    untouched = old is not None and typed is not None and clean(str(typed)) == clean(bound.shown(old))
    return old if untouched else bound.data


def _written_rows(rows: Any, old: list[Any]) -> list[Any]:
    """The rows in their order, without those that are blank or go; a row without a key is given one."""
    kept = [row.form for row in rows if not row.form.drop.data and not row.form.is_blank]
    kept.sort(key=lambda row: row.place.data if row.place.data is not None else MOST_ROWS * 1000)
    written = [row.written(_before(row, old)) for row in kept]
    for row, values in zip(kept, written, strict=True):
        if row.STEM and not values.get("key"):
            values["key"] = free_key([str(other.get("key")) for other in written], row.STEM)
    return written


def _before(row: RowForm, old: list[Any]) -> Any:
    was = str(row.was.data or "")
    return old[int(was) - 1] if was.isascii() and was.isdigit() and 0 < int(was[:6]) <= len(old) else None
