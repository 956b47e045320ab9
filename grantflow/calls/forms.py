"""The forms of calls: files handed in and applied, drafts begun, published and given up."""

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from grantflow.core.forms import BaseForm
from grantflow.core.words import lazy

LATER, EMPTY = "later", "empty"


class HandInForm(BaseForm):
    """A spreadsheet to look at; nothing is changed yet."""

    file = FileField(lazy("ファイル"), [FileRequired(lazy("ファイルを選んでください。"))])
    submit = SubmitField(lazy("送って内容を確かめる"))

    @property
    def handed_in(self) -> tuple[bytes, str, str]:
        """The content, the name it came with, and what the browser says it is."""
        file = self.file.data
        return file.read(), file.filename or "", file.mimetype or "application/octet-stream"


class ApplyForm(BaseForm):
    """Applying a file as it was shown: `shown` is the fingerprint of the effects that were on the page."""

    shown = HiddenField()
    submit = SubmitField(lazy("適用する"))


class DefinitionForm(BaseForm):
    """A definition that somebody has as a file."""

    file = FileField(lazy("公募の定義のファイル"), [FileRequired(lazy("ファイルを選んでください。"))])
    submit = SubmitField(lazy("送って下書きにする"))

    @property
    def content(self) -> tuple[bytes, str]:
        """The content, and the name it came with."""
        return self.file.data.read(), self.file.data.filename or ""


class CopyForm(BaseForm):
    """A call to begin with, and what becomes of its dates."""

    source = SelectField(
        lazy("写す公募"),
        [InputRequired(lazy("写す公募を選んでください。"))],
        description=lazy("公募ごとに変えたメールの文面は、新しい公募を公開したときに引き継ぎます。"),
        validate_choice=True,
    )
    dates = RadioField(
        lazy("日付"),
        choices=[
            SelectChoice(LATER, lazy("すべて1年後の日付にする")),
            SelectChoice(EMPTY, lazy("空にして、あとで書く")),
        ],
        default=LATER,
    )
    submit = SubmitField(lazy("写して下書きにする"))

    def __init__(self, sources: list[tuple[str, str]], *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.source.choices = [SelectChoice(slug, title) for slug, title in sources]


class PublishForm(BaseForm):
    """Publishing a draft as it was shown: `seen` is its version, `against` that of the call it was held against."""

    seen = HiddenField()
    against = HiddenField()
    rehearsal = BooleanField(
        lazy("予行として公開する"),
        description=lazy(
            "予行は、関係者にだけ見え、どの画面と書類にも「予行」と出ます。メールは出ません。終わったら、まとめて破棄できます。"
        ),
    )
    submit = SubmitField(lazy("公募を公開する"))


class ReviseForm(PublishForm):
    """The same for the next version of a published call."""

    reason = TextAreaField(
        lazy("改める理由"),
        [
            InputRequired(lazy("改める理由を入力してください。")),
            Length(max=2000, message=lazy("理由は2,000文字以内で入力してください。")),
        ],
        description=lazy("版とともに残り、あとから読めます。何をなぜ改めるかを書いてください。"),
        render_kw={"rows": 4},
    )
    submit = SubmitField(lazy("新しい版を公開する"))


class GiveUpForm(BaseForm):
    """Forgetting a draft."""

    submit = SubmitField(lazy("この下書きを取りやめる"))
