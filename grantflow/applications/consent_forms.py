"""The forms of partners' consent: naming a partner, handing in its letter, and the partner's answer."""

from wtforms import HiddenField, RadioField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from grantflow.applications.section_forms.base import ProseField, readable
from grantflow.applications.signed_paper_forms import SignedPaperForm, paper_field
from grantflow.core.forms import EMAIL, BaseForm, LineField
from grantflow.core.words import lazy


class PartnerForm(BaseForm):
    """A partner, the part it plays, and where it is asked."""

    partner = LineField(
        lazy("連携先の名前"),
        [
            DataRequired(lazy("連携先の名前を入力してください。")),
            Length(max=200, message=lazy("連携先の名前は200文字以内で入力してください。")),
            readable,
        ],
    )
    part = ProseField(
        lazy("担う部分"),
        [
            DataRequired(lazy("連携先が担う部分を入力してください。")),
            Length(max=1000, message=lazy("担う部分は1,000文字以内で入力してください。")),
            readable,
        ],
        description=lazy(
            "だれが、何を、どこまで行うかを書いてください。連携先は、この文を読んで承諾するかどうかを答えます。"
        ),
        render_kw={"rows": 4},
    )
    email = LineField(
        lazy("連携先のメールアドレス"),
        [Optional(), Length(max=254, message=lazy("メールアドレスが長すぎます。確かめてください。")), EMAIL],
        description=lazy(
            "書くと、承諾を頼むメールを送れます。メールを使わない連携先は、空のままにして承諾書のファイルを出してください。"
        ),
        render_kw={"type": "email", "autocomplete": "off"},
    )
    submit = SubmitField(lazy("連携先を加える"))


class LetterForm(SignedPaperForm):
    """The partner's letter, as a picture of it."""

    file = paper_field(lazy("承諾書のファイル"))
    submit = SubmitField(lazy("承諾書を出す"))


class AnswerForm(BaseForm):
    """The partner's answer."""

    answer = RadioField(
        lazy("回答"),
        [InputRequired(lazy("承諾するかどうかを選んでください。"))],
        choices=[SelectChoice("yes", lazy("承諾する")), SelectChoice("no", lazy("承諾しない"))],
    )
    title = LineField(
        lazy("肩書き"),
        [Length(max=100, message=lazy("肩書きは100文字以内で入力してください。")), readable],
        description=lazy("例：代表、施設長。ないときは空のままでかまいません。"),
    )
    name = LineField(
        lazy("氏名"),
        [
            DataRequired(lazy("氏名を入力してください。")),
            Length(max=100, message=lazy("氏名は100文字以内で入力してください。")),
            readable,
        ],
    )
    seen = HiddenField()
    submit = SubmitField(lazy("この内容で答える"))
