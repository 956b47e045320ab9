"""The form in which a signed paper is handed in."""

from typing import Any

from flask_wtf.file import FileField, FileRequired

from grantflow.applications.signed_papers import ACCEPTED, SignedPaper, signed_paper
from grantflow.core.forms import BaseForm
from grantflow.core.words import lazy


def paper_field(label: Any) -> FileField:
    """The box for the file; what is taken is said before one chooses."""
    return FileField(
        label,
        [FileRequired(lazy("ファイルを選んでください。"))],
        description=lazy("PDF、または写真（JPEG、PNG）で、10メガバイトまでです。"),
        render_kw={"accept": ACCEPTED},
    )


class SignedPaperForm(BaseForm):
    """A signed paper, as a picture of it; each form names its own `file`."""

    file: FileField

    @property
    def paper(self) -> SignedPaper:
        """The file as a paper that may be kept; `Refused` where it may not."""
        with self.file.data.stream as stream:
            return signed_paper(stream.read(), self.file.data.filename or "")
