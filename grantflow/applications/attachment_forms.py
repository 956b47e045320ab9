"""The forms in which files are handed in, and in which the day is written on which one was issued."""

from typing import Any

from wtforms import MultipleFileField, SubmitField, ValidationError

from grantflow.applications.models import Attachment
from grantflow.applications.parts.documents import field_of
from grantflow.calls.definition import Document
from grantflow.core.forms import BaseForm, DateField
from grantflow.core.words import _, lazy
from grantflow.files.kinds import accept, in_words
from grantflow.files.limits import LIMITS, in_megabytes


class FilesForm(BaseForm):
    """Files for one document; what is taken is said before one chooses."""

    files = MultipleFileField(lazy("ファイルを選ぶ"))
    submit = SubmitField(lazy("選んだファイルを出す"))

    @classmethod
    def of(cls, document: Document, **options: Any) -> "FilesForm":
        """The form of the document: its box has a name of its own on the page."""
        form = cls(**options)
        box = form.files
        box.id = box.label.field_id = field_of(document.key)
        box.label.text = _("「%(document)s」のファイルを選ぶ", document=document.name)
        box.description = _(
            "%(kinds)s。1件は%(size)sまで、この書類は%(count)d件までです。",
            kinds=in_words(),
            size=in_megabytes(LIMITS.largest_file),
            count=document.files,
        )
        box.render_kw = {"accept": accept(), "multiple": True}
        return form

    def validate_files(self, field: Any) -> None:
        """Something was chosen, and no more than travels at once."""
        chosen = [one for one in field.data or () if getattr(one, "filename", "")]
        if not chosen:
            raise ValidationError(_("ファイルが選ばれていません。ファイルを選んでから押してください。"))


class IssuedForm(BaseForm):
    """The day on which a paper was issued."""

    issued_on = DateField(lazy("発行日"))
    submit = SubmitField(lazy("発行日を保存する"))

    @classmethod
    def of(cls, row: Attachment, **options: Any) -> "IssuedForm":
        """The form of one file: its box has a name of its own on the page."""
        form = cls(**options, data={"issued_on": row.issued_on})
        form.issued_on.id = form.issued_on.label.field_id = f"issued-{row.id}"
        form.issued_on.description = _("書類に書かれている日です。例：令和8年4月1日、2026-04-01")
        return form
