"""The forms of a moved deadline: for all, for one group, and what its second person does."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from grantflow.accounts.models import Organization
from grantflow.applications.proxy_forms import described
from grantflow.applications.section_forms.base import readable
from grantflow.calls.fields import MomentValue
from grantflow.core.forms import BaseForm
from grantflow.core.words import lazy

LONGEST_REASON = 300


def _moment_field() -> Any:
    return MomentValue(
        lazy("新しい締切"),
        [InputRequired(lazy("新しい締切を入力してください。"))],
        description=lazy(
            "日本時間です。例：令和8年5月27日 12:00、2026-05-27 12:00。この時刻ちょうどまで受け付けます。"
        ),
    )


def _reason_field(hint: Any) -> Any:
    return TextAreaField(
        lazy("延ばす理由"),
        [
            DataRequired(lazy("延ばす理由を入力してください。")),
            Length(max=LONGEST_REASON, message=lazy("300文字以内で入力してください。")),
            readable,
        ],
        description=hint,
        render_kw={"rows": 3},
    )


class ExtendForAllForm(BaseForm):
    """The new deadline of everybody, and why."""

    closes_at = _moment_field()
    reason = _reason_field(lazy("公募のページに、そのまま載ります。例：応募の画面の障害のため。"))
    submit = SubmitField(lazy("すべての団体の締切を延ばす"))


class ExtendForOneForm(BaseForm):
    """The new deadline of one group, and why."""

    organization = RadioField(lazy("団体"), [InputRequired(lazy("団体を選んでください。"))])
    closes_at = _moment_field()
    reason = _reason_field(
        lazy("この団体と事務局だけが読みます。例：画面の読み上げの不具合で、事務局の案内を待っていたため。")
    )
    submit = SubmitField(lazy("この団体の延長を申し出る"))

    @classmethod
    def of(cls, found: Sequence[Organization]) -> "ExtendForOneForm":
        """The form with the groups that were found."""
        form = cls()
        form.organization.choices = [(str(row.id), described(row)) for row in found]
        return form


class ActForm(BaseForm):
    """A button that confirms, or takes back, what waits."""
