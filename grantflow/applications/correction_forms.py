"""The forms of correction: which fields are opened and what to mend in each, and more time."""

import datetime as dt
from collections.abc import Mapping
from itertools import zip_longest

from flask import request
from wtforms import BooleanField, HiddenField, SelectField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from grantflow.applications import correcting
from grantflow.applications.correctable import Field, fields_of, names_of
from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Asked
from grantflow.applications.screening_models import Correction
from grantflow.applications.section_forms.base import readable, sent
from grantflow.core.dates import moment_text
from grantflow.core.forms import BaseForm
from grantflow.core.words import _, lazy

OPEN, WHAT, LONGEST = "open-", "what-", 2000
TOO_LONG = lazy("2,000文字以内で書いてください。")


class CorrectionForm(BaseForm):
    """Which fields the group may mend, what it should mend in each, and why."""

    seen = HiddenField()
    reason = TextAreaField(
        lazy("理由"),
        [
            DataRequired(lazy("理由を書いてください。")),
            Length(max=LONGEST, message=TOO_LONG),
            readable,
        ],
        description=lazy("そのまま団体に届きます。形の不備だけを求め、企画の中身をよくすることは求めないでください。"),
        render_kw={"rows": 3},
    )
    submit = SubmitField(lazy("補正を求める"))
    #: The parts with their fields, in their order.
    parts: tuple[tuple[Asked, tuple[Field, ...]], ...] = ()

    @classmethod
    def of(cls, dossier: Dossier, due_at: dt.datetime) -> "CorrectionForm":
        """The form for what the call asks of the proposal; the address may name fields, each with what to mend."""
        parts = fields_of(dossier)
        boxes = {
            name: made
            for asked, fields in parts
            for field in fields
            for name, made in _boxes(field, field.label or asked.name).items()
        }
        wanted = {} if sent() else _wanted(names_of(dossier))
        data = {"seen": due_at.isoformat()} | {f"{OPEN}{name}": True for name in wanted}
        form: CorrectionForm = type(cls.__name__, (cls,), boxes)(
            data=data | {f"{WHAT}{name}": what for name, what in wanted.items()}
        )
        form.parts = parts
        return form

    def ticked(self, fields: tuple[Field, ...]) -> int:
        """How many of the fields are opened, or have something written beside them."""
        return sum(bool(self[f"{OPEN}{one.name}"].data or self[f"{WHAT}{one.name}"].data) for one in fields)

    @property
    def opened(self) -> dict[str, str]:
        """What to mend, by the field that is opened."""
        return {
            one.name: str(self[f"{WHAT}{one.name}"].data or "").strip()
            for _asked, fields in self.parts
            for one in fields
            if self[f"{OPEN}{one.name}"].data
        }

    @property
    def due_seen(self) -> dt.datetime:
        """The time that was shown; the beginning of all times where none was."""
        try:
            found = dt.datetime.fromisoformat(str(self.seen.data or ""))
        except ValueError:
            return dt.datetime.min.replace(tzinfo=dt.UTC)
        return found if found.tzinfo else found.replace(tzinfo=dt.UTC)

    def validate(self, extra_validators: Mapping[str, list[object]] | None = None) -> bool:
        """Whether something is opened; a refusal of the whole is told above the form."""
        valid: bool = super().validate(extra_validators)
        if valid and not self.opened:
            self.form_errors.append(_("直してもらう欄が選ばれていません。1つ以上に印を付けてください。"))
            valid = False
        return valid


def _boxes(field: Field, label: str) -> dict[str, object]:
    opens = f"{OPEN}{field.name}"

    def belongs_together(form: CorrectionForm, box: TextAreaField) -> None:
        ticked, written = bool(form[opens].data), bool(str(box.data or "").strip())
        if ticked and not written:
            raise ValidationError(_("「%(field)s」で何を直すかを書いてください。", field=label))
        if written and not ticked:
            raise ValidationError(_("「%(field)s」に印がありません。直してもらうなら印を付けてください。", field=label))

    return {
        opens: BooleanField(label),
        f"{WHAT}{field.name}": TextAreaField(
            _("「%(field)s」で直すこと", field=label),
            [Length(max=LONGEST, message=TOO_LONG), readable, belongs_together],
            render_kw={"rows": 2},
        ),
    }


def _wanted(names: Mapping[str, str]) -> dict[str, str]:
    """The fields that the address names; one that cannot be opened stands for its part."""
    asked, texts = request.args.getlist("field"), request.args.getlist("what")
    found: dict[str, str] = {}
    for name, what in zip_longest(asked, texts[: len(asked)], fillvalue=""):
        known = next((one for one in (name, name.partition(".")[0]) if one in names), None)
        if known:
            found[known] = "\n".join(filter(None, (found.get(known, ""), what[:LONGEST])))
    return found


class MoreTimeForm(BaseForm):
    """How much more time the group gets, and why."""

    working_days = SelectField(lazy("延ばす期間"), coerce=int)
    reason = TextAreaField(
        lazy("延ばす理由"),
        [DataRequired(lazy("延ばす理由を書いてください。")), Length(max=LONGEST, message=TOO_LONG), readable],
        description=lazy("そのまま団体に届き、記録に残ります。"),
        render_kw={"rows": 2},
    )
    submit = SubmitField(lazy("期限を延ばす"))

    @classmethod
    def of(cls, correction: Correction) -> "MoreTimeForm":
        """The form with the time that would hold for each choice."""
        form = cls()
        form.working_days.choices = [
            (days, _("%(days)s営業日（%(until)sまで）", days=days, until=moment_text(until)))
            for days in range(1, correcting.MOST_MORE + 1)
            for until in (correcting.extended(correction, days),)
        ]
        return form
