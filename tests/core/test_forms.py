"""Boxes that read what people type."""

from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import InputRequired

from grantflow.core.forms import DateField, LineField, YenField

NEEDED = "入力してください。"


class Typed(Form):
    """A box of each kind, all of them required."""

    amount = YenField("金額", [InputRequired(NEEDED)])
    day = DateField("日付", [InputRequired(NEEDED)])
    line = LineField("名前", [InputRequired(NEEDED)])


def typed(**values: str) -> Typed:
    """The form after it was sent with `values`."""
    return Typed(MultiDict(values))


def test_what_was_typed_is_read():
    form = typed(amount="１，２００円", day="令和13年6月19日", line=" ほたるの会　")

    assert form.validate()
    assert (form.amount.data, form.day.data, form.line.data) == (1200, date(2031, 6, 19), "ほたるの会")


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\t"])
def test_spaces_alone_are_nothing(blank: str):
    form = typed(amount=blank, day=blank, line=blank)

    assert not form.validate()
    assert form.errors == {"amount": [NEEDED], "day": [NEEDED], "line": [NEEDED]}


@pytest.mark.parametrize(("field", "text"), [("amount", "たくさん"), ("day", "2月30日")])
def test_what_cannot_be_read_comes_back_as_it_was_typed(field: str, text: str):
    form: Any = typed(**{"amount": "1", "day": "2031-06-19", "line": "x", field: text})

    assert not form.validate()
    assert list(form.errors) == [field]
    assert f'value="{text}"' in form[field]()
