"""The forms of proxy entry: for which group and how it came, how the group is asked to confirm, and its answer."""

from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, Regexp, ValidationError

from grantflow.accounts.models import Organization
from grantflow.applications.forms import tiers_of
from grantflow.applications.section_forms.base import readable
from grantflow.applications.signed_paper_forms import SignedPaperForm, paper_field
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.clock import TOKYO
from grantflow.core.dates import day_text
from grantflow.core.forms import EMAIL, BaseForm, DateField, LineField
from grantflow.core.text import problems_in_name, search_key
from grantflow.core.words import Labelled, _, lazy

LONGEST_KEY = 600


class CameBy(Labelled):
    """How the words of a group reached the secretariat."""

    TELEPHONE = "telephone", lazy("電話")
    POST = "post", lazy("郵送")
    VISIT = "visit", lazy("持参")
    OTHER = "other", lazy("その他")


class Way(Labelled):
    """How a group is given its code."""

    LETTER = "letter", lazy("手紙を印刷して郵送する")
    TELEPHONE = "telephone", lazy("画面に出して、電話で伝える")
    MAIL = "mail", lazy("電子メールで送る")


class BeginForm(BaseForm):
    """For which group the secretariat types, to which tier, and how it came."""

    organization = RadioField(lazy("団体"), [InputRequired(lazy("団体を選んでください。"))])
    name = LineField(
        lazy("新しく登録する団体の名前"),
        [Length(max=200, message=lazy("団体名は200文字以内で入力してください。"))],
        description=lazy("上で「新しく登録する」を選んだときだけ書いてください。登記や規約にあるとおりに書きます。"),
    )
    tier = RadioField(lazy("応募する枠"), [InputRequired(lazy("応募する枠を選んでください。"))])
    came_by = RadioField(
        lazy("届き方"),
        [InputRequired(lazy("届き方を選んでください。"))],
        choices=[SelectChoice(each.value, each.label_source) for each in CameBy],
    )
    came_on = DateField(
        lazy("届いた日"),
        [DataRequired(lazy("届いた日を入力してください。"))],
        description=lazy("例：令和8年5月20日、2026-05-20"),
    )
    note = LineField(
        lazy("届いたときのこと"),
        [Length(max=200, message=lazy("200文字以内で入力してください。")), readable],
        description=lazy(
            "届いた時刻や、封筒の受付印などです。応募を読む人に見えるので、人の名前は書かないでください。"
        ),
    )
    submit = SubmitField(lazy("代理で入力を始める"))

    @classmethod
    def of(cls, call: Call, found: list[Organization]) -> "BeginForm":
        """The form with the groups that were found, and a new one."""
        form = cls()
        form.organization.choices = [(str(row.id), described(row)) for row in found]
        form.organization.choices += [("new", _("新しく登録する"))]
        form.tier.choices = tiers_of(call)
        if not found and form.organization.data is None:
            form.organization.data = "new"
        return form

    def validate_name(self, field: Any) -> None:
        """A new group needs a name that can be kept (R5.9)."""
        if self.organization.data != "new":
            return
        errors = [problem.sentence for problem in problems_in_name(field.data or "") if problem.is_error]
        if errors:
            raise ValidationError(errors[0])
        if not 0 < len(search_key(field.data or "").strip()) <= LONGEST_KEY:
            raise ValidationError(_("新しく登録する団体の名前を入力してください。"))

    def validate_came_on(self, field: Any) -> None:
        """What has not come yet cannot be typed."""
        if field.data and field.data > clock.now().astimezone(TOKYO).date():
            raise ValidationError(_("届いた日がまだ来ていません。日付を確かめてください。"))

    @property
    def came(self) -> str:
        """How and when it came, in one line."""
        said = f"{CameBy(self.came_by.data).label} {day_text(self.came_on.data)}"
        return f"{said} {self.note.data}" if self.note.data else said


def described(row: Organization) -> str:
    """The name of a group with what tells it from another of that name: its form, number and address."""
    known = [row.legal_form, row.corporate_number, row.address]
    return _("、").join([row.name, *(each for each in known if each)])


class CodeForm(BaseForm):
    """How the group is given the code."""

    way = RadioField(
        lazy("コードの渡し方"),
        [InputRequired(lazy("コードの渡し方を選んでください。"))],
        choices=[SelectChoice(each.value, each.label_source) for each in Way],
    )
    email = LineField(
        lazy("団体のメールアドレス"),
        [Length(max=254, message=lazy("メールアドレスが長すぎます。確かめてください。"))],
        description=lazy("電子メールで送るときだけ書いてください。"),
        render_kw={"type": "email", "autocomplete": "off"},
    )
    submit = SubmitField(lazy("確認コードを出す"))

    def validate_email(self, field: Any) -> None:
        """A mail needs an address."""
        if self.way.data == Way.MAIL:
            if not field.data:
                raise ValidationError(_("団体のメールアドレスを入力してください。"))
            EMAIL(self, field)


class SignedForm(SignedPaperForm):
    """The paper that the group signed."""

    file = paper_field(lazy("署名のある紙のファイル"))
    submit = SubmitField(lazy("署名のある紙を出す"))


class LookForm(BaseForm):
    """The group's number and code."""

    reference = LineField(
        lazy("照会番号"),
        [
            DataRequired(lazy("照会番号を入力してください。")),
            Regexp("^[0-9a-fA-F]{4}[- ]?[0-9a-fA-F]{4}$", message=lazy("照会番号は、3f9a-1c27 のような8文字です。")),
        ],
        description=lazy("手紙や電話で伝えた、3f9a-1c27 のような8文字です。"),
        render_kw={"autocomplete": "off"},
    )
    code = LineField(
        lazy("確認コード"),
        [
            DataRequired(lazy("確認コードを入力してください。")),
            Regexp("^[0-9０-９]{4}[- ]?[0-9０-９]{4}$", message=lazy("確認コードは8桁の数字です。")),
        ],
        description=lazy("8桁の数字です。"),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    submit = SubmitField(lazy("内容を見る"))


class ConfirmForm(BaseForm):
    """That the group confirms what was typed."""

    reference = HiddenField()
    code = HiddenField()
    title = LineField(
        lazy("肩書き"),
        [Length(max=100, message=lazy("肩書きは100文字以内で入力してください。")), readable],
        description=lazy("例：代表、会長。ないときは空のままでかまいません。"),
    )
    name = LineField(
        lazy("氏名"),
        [
            DataRequired(lazy("氏名を入力してください。")),
            Length(max=100, message=lazy("氏名は100文字以内で入力してください。")),
            readable,
        ],
    )
    agrees = BooleanField(
        lazy("入力された内容は、団体が伝えたとおりです"), [DataRequired(lazy("内容を確かめて、印を付けてください。"))]
    )
    claims = BooleanField(
        lazy("このアカウントで、この団体の代表者として続ける"),
        description=lazy("印を付けると、次からは自分で応募を見たり、直したりできます。"),
    )
    submit = SubmitField(lazy("この内容で確かめた"))


class ActForm(BaseForm):
    """A step of which nothing more is asked."""

    submit = SubmitField()
