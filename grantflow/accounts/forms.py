"""The forms of signing in and of passwords."""

from typing import Any

from wtforms import HiddenField, PasswordField, RadioField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, ValidationError

from grantflow.accounts.models import MailPace
from grantflow.accounts.passwords import LONGEST, SHORTEST
from grantflow.core.forms import EMAIL, BaseForm, LineField
from grantflow.core.words import _, lazy


class SignInForm(BaseForm):
    """Address and password."""

    email = LineField(
        lazy("メールアドレス"),
        [
            InputRequired(lazy("メールアドレスを入力してください。")),
            Length(max=254, message=lazy("メールアドレスは254文字以内で入力してください。")),
        ],
        render_kw={"type": "email", "autocomplete": "username", "inputmode": "email"},
    )
    password = PasswordField(
        lazy("パスワード"),
        [
            InputRequired(lazy("パスワードを入力してください。")),
            Length(max=LONGEST, message=lazy("パスワードは1,024文字以内で入力してください。")),
        ],
        render_kw={"autocomplete": "current-password"},
    )
    submit = SubmitField(lazy("サインインする"))


class AskForLetterForm(BaseForm):
    """The address to which a link is sent."""

    #: Set when the refusal is not about what was typed.
    too_many = False

    email = LineField(
        lazy("メールアドレス"),
        [
            InputRequired(lazy("メールアドレスを入力してください。")),
            Length(max=254, message=lazy("メールアドレスは254文字以内で入力してください。")),
            EMAIL,
        ],
        description=lazy("いつも読めるアドレスを、半角で入力してください。"),
        render_kw={"type": "email", "autocomplete": "email", "inputmode": "email"},
    )
    submit = SubmitField(lazy("確認のメールを送る"))


class ForgotForm(AskForLetterForm):
    """The address of whoever forgot the password."""

    submit = SubmitField(lazy("決め直すリンクを送る"))


class Named:
    """The name of somebody who registers; it stands above the password, so it is written before it."""

    name = LineField(
        lazy("氏名"),
        [
            InputRequired(lazy("氏名を入力してください。")),
            Length(max=100, message=lazy("氏名は100文字以内で入力してください。")),
        ],
        description=lazy("画面と記録に出る名前です。あとから変えられます。"),
        render_kw={"autocomplete": "name"},
    )


class NewPasswordForm(BaseForm):
    """A new password, typed twice."""

    new_password = PasswordField(
        lazy("新しいパスワード"),
        [
            InputRequired(lazy("新しいパスワードを入力してください。")),
            Length(
                min=SHORTEST,
                max=LONGEST,
                message=lazy("パスワードは12文字以上で決めてください。長い文でもかまいません。"),
            ),
        ],
        description=lazy("12文字以上。ほかで使っていないものにしてください。"),
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        lazy("新しいパスワード（確認のためもう一度）"),
        [InputRequired(lazy("確認のため、同じパスワードをもう一度入力してください。"))],
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField(lazy("このパスワードにする"))

    def validate_repeated(self, field: Any) -> None:
        """Both must be the same."""
        if field.data != self.new_password.data:
            raise ValidationError(_("2つの欄のパスワードが違います。同じものを入力してください。"))


class RegisterForm(Named, NewPasswordForm):
    """The name that others see, and the first password."""

    submit = SubmitField(lazy("登録してサインインする"))


class ChangePasswordForm(NewPasswordForm):
    """The password in use, then the new one."""

    current = PasswordField(
        lazy("いまのパスワード"),
        [InputRequired(lazy("いまのパスワードを入力してください。"))],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(BaseForm):
    """A one-time code, or a recovery code in its place."""

    #: Set when the refusal is not about what was typed.
    too_many = False

    code = LineField(
        lazy("コード"),
        [
            InputRequired(lazy("アプリに出ている6桁の数字を入力してください。")),
            Length(max=40, message=lazy("コードは40文字以内で入力してください。")),
        ],
        description=lazy("アプリに出ている6桁の数字。端末がないときは、リカバリーコードを1つ入力してください。"),
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "none"},
    )
    submit = SubmitField(lazy("このコードで続ける"))


class BeginCodesForm(BaseForm):
    """The first code of a new key, which travels sealed with the form."""

    sealed = HiddenField()
    code = LineField(
        lazy("アプリに出ている6桁の数字"),
        [
            InputRequired(lazy("アプリに出ている6桁の数字を入力してください。")),
            Length(max=40, message=lazy("コードは6桁の数字で入力してください。")),
        ],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
    submit = SubmitField(lazy("このコードで設定する"))


class NameForm(BaseForm):
    """The name that others see."""

    name = LineField(
        lazy("氏名"),
        [
            InputRequired(lazy("氏名を入力してください。")),
            Length(max=100, message=lazy("氏名は100文字以内で入力してください。")),
        ],
        description=lazy("画面と記録に出る名前です。これまでの記録の名前は変わりません。"),
        render_kw={"autocomplete": "name"},
    )
    submit = SubmitField(lazy("この氏名にする"))


class PaceForm(BaseForm):
    """How often somebody wants to hear."""

    pace = RadioField(
        lazy("お知らせのメール"),
        [InputRequired(lazy("お知らせの届け方を1つ選んでください。"))],
        choices=[
            SelectChoice(MailPace.AT_ONCE.value, lazy("そのつど送る")),
            SelectChoice(MailPace.DAILY.value, lazy("1日1回、18時にまとめて送る")),
        ],
        description=lazy("正式な通知と、リンクやサインインに関わるメールは、どちらを選んでもすぐに届きます。"),
    )
    submit = SubmitField(lazy("この届け方にする"))
