"""The form of an invitation."""

from wtforms import RadioField, SelectField, SubmitField
from wtforms.validators import InputRequired, Length, Optional

from grantflow.core.forms import EMAIL, BaseForm, DateField, LineField
from grantflow.core.words import lazy


class InviteForm(BaseForm):
    """Who is invited to which role, until when, and as whose deputy."""

    email = LineField(
        lazy("メールアドレス"),
        [
            InputRequired(lazy("メールアドレスを入力してください。")),
            Length(max=254, message=lazy("メールアドレスは254文字以内で入力してください。")),
            EMAIL,
        ],
        render_kw={"type": "email", "autocomplete": "off", "inputmode": "email"},
    )
    name = LineField(
        lazy("氏名"),
        [
            InputRequired(lazy("氏名を入力してください。")),
            Length(max=100, message=lazy("氏名は100文字以内で入力してください。")),
        ],
        description=lazy("アカウントがもうある人は、その人が決めた氏名のままです。"),
        render_kw={"autocomplete": "off"},
    )
    role = RadioField(lazy("役割"), [InputRequired(lazy("役割を1つ選んでください。"))])
    until = DateField(
        lazy("いつまで"),
        [Optional()],
        description=lazy("空なら、外すまで続きます。例：令和8年9月30日、2026-09-30。その日の終わりまで使えます。"),
    )
    deputy_for = SelectField(
        lazy("だれの代理か"),
        [Optional()],
        description=lazy("代理として付けるときだけ選んでください。いつまでかも要ります。"),
    )
    submit = SubmitField(lazy("招待のメールを送る"))


class InviteAnywhereForm(InviteForm):
    """An administrator's invitation: also to which call, or to all of them."""

    call = SelectField(lazy("どの公募で"), description=lazy("管理者は、ふつう「すべての公募」にします。"))
