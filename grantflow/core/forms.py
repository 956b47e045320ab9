"""What every form shares: its language, its token, and fields that read what people type."""

import datetime as dt
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import FileField, Form, StringField
from wtforms.i18n import get_translations
from wtforms.meta import DefaultMeta
from wtforms.validators import Regexp

from grantflow.core import words
from grantflow.core.dates import BadDate, parse_date, wareki
from grantflow.core.identifiers import EMAIL_SHAPE
from grantflow.core.incoming import FIELDS
from grantflow.core.text import BadAmount, parse_yen, yen_figure
from grantflow.core.words import lazy


class _Spoken(DefaultMeta):
    """WTForms' own sentences in the language in force."""

    def get_translations(self, form: Any) -> Any:
        return get_translations([words.language()])


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form that changes something: it carries the token that proves it came from our page."""

    class Meta(_Spoken, FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was typed; a file only where one is asked for, and nothing that is no form."""
            if request and request.is_json and request.mimetype != FIELDS:
                return None
            found = super().wrap_formdata(form, formdata)
            if found is None or found is formdata or not request.files:
                return found
            asked = {name for name, field in form._fields.items() if isinstance(field, FileField)}
            files = [pair for pair in request.files.items(multi=True) if pair[0] in asked]
            return CombinedMultiDict((MultiDict(files), request.form))


class QueryForm(Form):
    """A form of a list page (search, filter): sent by GET, so it needs no token."""

    class Meta(_Spoken):
        pass


class _ReadField(StringField):
    """A box whose text is read by rules of our own, and comes back as it was typed where it could not be read."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; a sentence says what is wrong with it."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data: Any = None
        if not typed:
            self.raw_data = []  # spaces alone are nothing, also to whoever asks whether something was typed
            return
        try:
            self.data = self.read(typed)
        except (BadAmount, BadDate) as problem:
            raise ValueError(str(problem)) from problem

    def read(self, typed: str) -> Any:
        """The value that was typed; raises BadAmount or BadDate with the sentence for the user."""
        raise NotImplementedError

    def shown(self) -> str:
        """The value as it is printed into the box."""
        raise NotImplementedError

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.shown()


class YenField(_ReadField):
    """An amount in whole yen; commas, 円 and full-width digits are understood (R5.8)."""

    def read(self, typed: str) -> int:
        """The amount in yen."""
        return parse_yen(typed)

    def shown(self) -> str:
        """The amount with its commas."""
        return yen_figure(self.data)


class DateField(_ReadField):
    """A date, typed in 和暦 or as 2026-04-01; shown in 和暦 (R5.6)."""

    def read(self, typed: str) -> dt.date:
        """The day that was typed."""
        return parse_date(typed)

    def shown(self) -> str:
        """The day in 和暦."""
        return wareki(self.data)


EMAIL = Regexp(
    rf"^{EMAIL_SHAPE}\Z",
    message=lazy("メールアドレスの形ではありません。name@example.jp の形で入力してください。"),
)


class LineField(StringField):
    """One line of text: spaces at its ends are dropped, nothing else is changed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed."""
        self.data = str(valuelist[0]).strip() if valuelist else self.data
        if not self.data:
            self.raw_data = []
