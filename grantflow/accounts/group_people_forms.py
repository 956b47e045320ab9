"""The forms of who acts for an organisation."""

from collections.abc import Sequence

from wtforms import RadioField, SubmitField
from wtforms.validators import InputRequired, Length

from grantflow.accounts.models import MemberRole, Membership
from grantflow.core.forms import EMAIL, BaseForm, LineField
from grantflow.core.words import _, lazy

#: What somebody may do in each role, where one chooses it.
MAY = {
    MemberRole.REPRESENTATIVE: lazy("書く、提出する、団体の人の役割を変える"),
    MemberRole.DELEGATE: lazy("書く、代表者に代わって提出する、人を招く"),
    MemberRole.EDITOR: lazy("応募と団体の登録内容を書く。提出はできません"),
    MemberRole.READER: lazy("応募と団体の登録内容を読む"),
}


class InviteColleagueForm(BaseForm):
    """Who is invited, and as what."""

    email = LineField(
        lazy("メールアドレス"),
        [
            InputRequired(lazy("メールアドレスを入力してください。")),
            Length(max=254, message=lazy("メールアドレスは254文字以内で入力してください。")),
            EMAIL,
        ],
        render_kw={"type": "email", "autocomplete": "off", "inputmode": "email"},
    )
    role = RadioField(lazy("役割"), [InputRequired(lazy("役割を1つ選んでください。"))])
    submit = SubmitField(lazy("招待のメールを送る"))

    @classmethod
    def of(cls, roles: frozenset[MemberRole]) -> "InviteColleagueForm":
        """The form with the roles to which one may invite, the one that changes least first."""
        form = cls()
        form.role.choices = [(role.value, told(role)) for role in reversed(MemberRole) if role in roles]
        return form


def told(role: MemberRole) -> str:
    """A role and what one may do in it."""
    return _("%(role)s（%(may)s）", role=role.label, may=MAY[role])


class HandOverForm(BaseForm):
    """Who is the next representative, and what the present one becomes."""

    to = RadioField(lazy("次の代表者"), [InputRequired(lazy("次の代表者を選んでください。"))])
    stay_as = RadioField(lazy("引き継いだ後のあなた"), [InputRequired(lazy("引き継いだ後の役割を選んでください。"))])
    submit = SubmitField(lazy("代表者を引き継ぐ"))

    @classmethod
    def of(cls, rows: Sequence[Membership]) -> "HandOverForm":
        """The form with those of `rows` to whom one can hand over."""
        form = cls()
        form.to.choices = [(str(row.id), f"{row.user.name}（{row.role.label}）") for row in rows]
        stays = (MemberRole.DELEGATE, MemberRole.EDITOR, MemberRole.READER)
        form.stay_as.choices = [*((role.value, told(role)) for role in stays), ("leave", _("団体から抜ける"))]
        return form

    @property
    def role(self) -> MemberRole | None:
        """What one stays as; None for who leaves."""
        return None if self.stay_as.data == "leave" else MemberRole(self.stay_as.data)


class AcceptForm(BaseForm):
    """Nothing more is asked."""

    submit = SubmitField(lazy("この団体に入る"))


class LeaveForm(BaseForm):
    """Nothing more is asked."""

    submit = SubmitField(lazy("この団体から抜ける"))
