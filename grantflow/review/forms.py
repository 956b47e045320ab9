"""The forms of reviews: declaring a conflict of interest, and lifting one."""

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from grantflow.core.forms import BaseForm
from grantflow.core.words import lazy
from grantflow.review.models import Conflict, Reviewer
from grantflow.review.sheets import name_of

NOT_CHOSEN = ("", lazy("選んでください"))
LONGEST_REASON = 2000


def _reason(hint: Any, id: str) -> TextAreaField:
    return TextAreaField(
        lazy("理由"),
        [
            DataRequired(lazy("理由を入力してください。")),
            Length(max=LONGEST_REASON, message=lazy("理由は2,000文字以内で入力してください。")),
        ],
        description=hint,
        id=id,
        render_kw={"rows": 3},
    )


class DeclareForm(BaseForm):
    """Who has a conflict of interest with a proposal, and why."""

    reviewer = SelectField(lazy("審査委員"), [DataRequired(lazy("審査委員を選んでください。"))])
    reason = _reason(lazy("どのような関係かを、事実と日付で書いてください。記録に残ります。"), "declare-reason")

    def offer(self, reviewers: Sequence[Reviewer]) -> None:
        """Let one of `reviewers` be chosen."""
        self.reviewer.choices = [NOT_CHOSEN, *((str(row.id), name_of(row)) for row in reviewers)]


class LiftForm(BaseForm):
    """Which conflict of interest is lifted, and why."""

    conflict = SelectField(lazy("利益相反の記録"), [DataRequired(lazy("取り消す記録を選んでください。"))])
    reason = _reason(lazy("なぜ利益相反に当たらないと判断したかを書いてください。記録に残ります。"), "lift-reason")

    def offer(self, conflicts: Sequence[Conflict]) -> None:
        """Let one of `conflicts` be chosen."""
        self.conflict.choices = [NOT_CHOSEN, *((str(row.id), name_of(row.reviewer)) for row in conflicts)]
