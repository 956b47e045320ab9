"""The forms of a committee: who joins it, and why it is closed or opened again."""

from collections.abc import Sequence

from wtforms import SelectField, TextAreaField
from wtforms.validators import Length

from grantflow.accounts.models import User
from grantflow.core.forms import BaseForm, LineField
from grantflow.core.words import Lazy, lazy

NOT_CHOSEN = ("", lazy("選んでください"))
LONGEST_REASON = 2000

#: What follows from each move of the committee, in words, before it is made.
CONSEQUENCES: dict[str, Lazy] = {
    "confirm": lazy("このあと、新しい委員は加えられず、ファイルの評点も、いまの委員のものだけを取り込めます。"),
    "lock": lazy("このあと、委員は評点を直せません。割当も変えられません。"),
    "resume": lazy("委員は評点をまた直せるようになります。"),
    "reopen": lazy(
        "委員を加えられるようになり、公募の新しい版で審査項目、重み、評点の範囲を変えられるようになります。"
        "付いている評点はそのまま残ります。もう一度確定するまで、委員は採点できません。"
    ),
}


class SeatForm(BaseForm):
    """Who joins the committee: somebody with the role of a reviewer, or a name without an account."""

    user = SelectField(lazy("「審査委員」の役割がある人"))
    name = LineField(
        lazy("サインインしない委員の呼び名"),
        description=lazy("紙やファイルで採点する委員です。評点のファイルには、この呼び名を書きます。"),
    )

    def offer(self, users: Sequence[User]) -> None:
        """Let one of `users` be chosen."""
        self.user.choices = [NOT_CHOSEN, *((str(row.id), f"{row.name}（{row.email}）") for row in users)]


class CommitteeForm(BaseForm):
    """Why the committee is opened again; asked for only where the move needs a reason."""

    reason = TextAreaField(
        lazy("理由"),
        [Length(max=LONGEST_REASON, message=lazy("理由は2,000文字以内で入力してください。"))],
        render_kw={"rows": 3},
    )
