"""The form that takes costs in from a spreadsheet: looked at first, then added to the lines or put in their place."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from grantflow.applications import budget_sheet
from grantflow.core.forms import BaseForm
from grantflow.core.words import _, lazy
from grantflow.core.workbook import UnreadableWorkbook

ADD, REPLACE = "add", "replace"


class BudgetSheetForm(BaseForm):
    """What was pasted or sent, and what becomes of it; `shown` is the fingerprint of the lines that the page showed."""

    pasted = TextAreaField(
        lazy("表計算ソフトから貼り付け"),
        description=lazy(
            "費目、内容、単価、数量、単位、積算の根拠の順に並んだセルを写して、ここに貼り付けてください。"
            "見出しの行があれば、順番は自由です。"
        ),
        render_kw={"rows": 10},
    )
    file = FileField(
        lazy("Excelのファイル（.xlsx）"),
        description=lazy("貼り付けるかわりに、ファイルを選ぶこともできます。最初のシートを読みます。"),
    )
    how = RadioField(lazy("いまある行"), choices=[], validate_choice=False)
    shown = HiddenField()

    def take_file(self) -> None:
        """Let the rows of the file that was sent stand in the box; what is wrong with it stands under the field."""
        sent = self.file.data
        if not sent or not sent.filename:
            return
        if str(self.pasted.data or "").strip():
            self.file.errors = [_("貼り付けた表とファイルの両方があります。どちらか1つにしてください。")]
            return
        try:
            self.pasted.data = budget_sheet.as_text(sent.read())
        except UnreadableWorkbook as problem:
            self.file.errors = [str(problem)]
            return
        self.how.data = self.how.data or REPLACE

    def offer(self, add: str, replace: str) -> None:
        """Say what adding and replacing come to."""
        self.how.choices = [SelectChoice(ADD, add), SelectChoice(REPLACE, replace)]
        self.how.data = REPLACE if self.how.data == REPLACE else ADD

    @property
    def is_to_replace(self) -> bool:
        """Whether the lines that are there go."""
        return bool(self.how.data == REPLACE)


def fingerprint(lines: Sequence[dict[str, Any]], version: int) -> str:
    """The same for equal lines that were read while the budget was at the same version."""
    return hashlib.sha256(json.dumps([version, *lines], ensure_ascii=False, sort_keys=True).encode()).hexdigest()
