"""The forms of the officer list: its rows, and why it leaves as a file."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from wtforms import RadioField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from grantflow.applications.dossier import Dossier
from grantflow.applications.officers import Officer, Sex
from grantflow.applications.outline import Part
from grantflow.applications.parts.rows import one_line
from grantflow.applications.section_forms.base import SectionForm
from grantflow.applications.section_forms.rows import Column, RowsField, RowsForm
from grantflow.core import clock
from grantflow.core.clock import TOKYO
from grantflow.core.dates import parse_date, wareki
from grantflow.core.forms import BaseForm
from grantflow.core.identifiers import looks_like_my_number
from grantflow.core.kana import read_kana
from grantflow.core.words import _, lazy


def _without_numbers(read: Callable[[str], str]) -> Callable[[str], str]:
    """Read as `read` does, and take no マイナンバー: it may not be collected for this (R6.6)."""

    def checked(text: str) -> str:
        if looks_like_my_number(text):
            raise ValueError(
                _(
                    "マイナンバー（個人番号）に見える12桁の数字があります。"
                    "役員の確認には使わないので、書かないでください。数字を消してください。"
                )
            )
        return read(one_line(text))

    return checked


def _born(text: str) -> str:
    """A birth date in any spelling (R5.6), as an ISO date; empty while it is not known."""
    if not text:
        return ""
    date = parse_date(text)
    today = clock.now().astimezone(TOKYO).date()
    if not today.year - 130 <= date.year or date > today:
        raise ValueError(_("生年月日が%(date)sになっています。確かめて書き直してください。", date=wareki(date)))
    return date.isoformat()


def _as_wareki(born: str) -> str:
    return wareki(parse_date(born)) if born else ""


class OfficersForm(RowsForm):
    """Every officer of the group, one to a row."""

    part = Part.OFFICERS

    rows = RowsField(
        lazy("役員"),
        (
            Column("name", lazy("氏名"), read=_without_numbers(str)),
            Column("kana", lazy("氏名カナ"), read=_without_numbers(read_kana)),
            Column("born", lazy("生年月日"), read=_without_numbers(_born), shown=_as_wareki),
            Column("sex", lazy("性別"), "choice"),
            Column("post", lazy("役職"), read=_without_numbers(str)),
        ),
    )

    @classmethod
    def with_officers(cls, dossier: Dossier, officers: Sequence[Officer]) -> "OfficersForm":
        """The form: what was typed where something was sent, else the officers as they were saved."""
        rows = {"rows": [one._asdict() for one in officers]}
        form: SectionForm = cls.of(replace(dossier, contents={**dossier.contents, Part.OFFICERS: rows}))
        assert isinstance(form, cls)
        return form

    def offer(self, dossier: Dossier) -> None:
        """Offer what the list asks for."""
        self.rows.choices = {"sex": [("", _("選んでください")), *((each.value, each.label) for each in Sex)]}

    @property
    def officers(self) -> tuple[Officer, ...]:
        """The officers that were typed."""
        return tuple(Officer(**row) for row in self.rows.kept)


class OfficersFileForm(BaseForm):
    """In which format the lists leave, and why."""

    format = RadioField(
        lazy("ファイルの形式"), [InputRequired(lazy("ファイルの形式を選んでください。"))], default="xlsx"
    )
    reason = TextAreaField(
        lazy("理由"),
        [
            DataRequired(lazy("理由を入力してください。")),
            Length(max=400, message=lazy("理由は400文字以内で入力してください。")),
        ],
        description=lazy(
            "何のために使い、だれに渡すかを書いてください。記録に残ります。人の名前は書かないでください。"
        ),
        render_kw={"rows": 3},
    )
    submit = SubmitField(lazy("役員名簿をファイルにする"))

    @classmethod
    def offered(cls) -> "OfficersFileForm":
        """The form with its formats."""
        form = cls()
        form.format.choices = [("xlsx", "Excel"), ("csv", "CSV")]
        return form
