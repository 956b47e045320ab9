"""The forms of deciding and of the adoption list."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, cast

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from grantflow.applications.models import Application
from grantflow.awards.models import Outcome
from grantflow.awards.operations import Choice
from grantflow.core.clock import TOKYO
from grantflow.core.forms import BaseForm, DateField, LineField, QueryForm, YenField
from grantflow.core.refusals import Refused
from grantflow.core.text import yen
from grantflow.core.words import _, lazy

CHOSEN, SEEN = "outcome-", "seen-"
LONGEST = 2000


def outcome(typed: str) -> Outcome | None:
    """The outcome that a form sends; an empty text stands for none."""
    try:
        return Outcome(typed) if typed else None
    except ValueError as error:
        raise Refused(_("画面から届いた採否を読めません。画面を開き直して、もう一度選んでください。")) from error


def touched(values: Mapping[str, str]) -> dict[uuid.UUID, tuple[Outcome | None, Outcome | None]]:
    """The proposals for which another outcome was chosen than was shown: both, by the proposal's id."""
    found = {}
    for name, chosen in values.items():
        if name.startswith(CHOSEN) and chosen != values.get(SEEN + name.removeprefix(CHOSEN)):
            seen = values.get(SEEN + name.removeprefix(CHOSEN), "")
            found[identity(name.removeprefix(CHOSEN))] = (outcome(seen), outcome(chosen))
    return found


def identity(typed: str) -> uuid.UUID:
    """The id that a form sends."""
    try:
        return uuid.UUID(typed)
    except ValueError as error:
        raise Refused(_("画面から届いた応募を読めません。画面を開き直して、もう一度選んでください。")) from error


class ChangeForm(QueryForm):
    """One changed decision on the page that confirms; the page's form carries the token for all of them."""

    seen = HiddenField()
    chosen = HiddenField()
    reason = TextAreaField(
        lazy("理由（記録に残り、公表しません）"),
        [Optional(), Length(max=LONGEST, message=lazy("理由は2,000文字以内で書いてください。"))],
        render_kw={"rows": 2},
    )
    amount_yen = YenField(
        lazy("採択額"),
        [Optional(), NumberRange(min=1, message=lazy("採択額は1円以上で書いてください。"))],
        description=lazy("空のときは申請額のとおりです。"),
        render_kw={"inputmode": "numeric"},
    )
    condition = TextAreaField(
        lazy("採択の条件"),
        [Optional(), Length(max=LONGEST, message=lazy("条件は2,000文字以内で書いてください。"))],
        render_kw={"rows": 2},
    )

    def __init__(self, application: Application, typed: Any = None, **kw: Any) -> None:
        super().__init__(typed, prefix=f"{application.id}-", **kw)
        self.application = application

    @property
    def takes_terms(self) -> bool:
        """Whether an amount and a condition belong to what was chosen."""
        return self.chosen.data in (Outcome.ADOPTED, Outcome.RESERVE)

    @property
    def choice(self) -> Choice:
        """What is to be decided."""
        chosen = outcome(self.chosen.data or "")
        if not self.takes_terms:
            return Choice(chosen, (self.reason.data or "").strip()) if chosen else Choice(None)
        return Choice(
            chosen, (self.reason.data or "").strip(), self.amount_yen.data, (self.condition.data or "").strip()
        )

    def validate_amount_yen(self, field: Any) -> None:
        """At most the cap of the tier (R0.2)."""
        cap = self.application.tier.cap_yen
        if field.data is not None and field.data > cap:
            raise ValidationError(
                _(
                    "採択額が上限の%(cap)sを%(over)s超えています。金額を直してください。",
                    cap=yen(cap),
                    over=yen(field.data - cap),
                )
            )


def in_words(choice: Choice) -> str:
    """What is decided on a proposal, a line for each of its parts."""
    parts = [str(choice.outcome.label) if choice.outcome else _("未決定")]
    if choice.amount_yen is not None:
        parts.append(_("採択額：%(amount)s", amount=yen(choice.amount_yen)))
    if choice.condition:
        parts.append(_("採択の条件：%(condition)s", condition=choice.condition))
    if choice.reason:
        parts.append(_("理由：%(reason)s", reason=choice.reason))
    return "\n".join(parts)


class MoveForm(BaseForm):
    """A move that asks nothing: its button is its whole page."""


class DiscardForm(BaseForm):
    """Discarding a rehearsal, once that was confirmed."""

    sure = BooleanField(
        lazy("この予行のすべてを破棄します。元に戻せないことを確かめました。"),
        [InputRequired(lazy("破棄してよいことを確かめて、印を付けてください。"))],
    )
    submit = SubmitField(lazy("予行を破棄する"))


class AgreeForm(BaseForm):
    """What the sponsor's letter of agreement says."""

    reference = LineField(
        lazy("文書番号"),
        [
            InputRequired(lazy("合意の文書番号を入力してください。")),
            Length(max=200, message=lazy("文書番号は200文字以内で入力してください。")),
        ],
    )
    on = DateField(
        lazy("文書の日付"),
        [InputRequired(lazy("文書の日付を入力してください。"))],
        description=lazy("例：令和5年6月9日、2023-06-09"),
    )
    official = LineField(
        lazy("合意した人（職名と氏名）"),
        [
            InputRequired(lazy("合意した人の職名と氏名を入力してください。")),
            Length(max=200, message=lazy("職名と氏名は200文字以内で入力してください。")),
        ],
    )
    submit = SubmitField(lazy("この一覧への合意を記録する"))

    @property
    def letter(self) -> tuple[str, dt.date, str]:
        """Number, date and official of the letter, once the form is valid."""
        return cast(tuple[str, dt.date, str], (self.reference.data, self.on.data, self.official.data))


#: The most that the scan of a letter may have, in bytes, and how each kind of file begins.
LARGEST_SCAN = 10 * 1024 * 1024
SCANS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class LetterForm(AgreeForm):
    """The sponsor's letter as the secretariat records it, with its scan."""

    scan = FileField(
        lazy("文書の写し"),
        description=lazy("PDF、JPEG、PNG のいずれかで、10MBまでのファイルを選んでください。"),
        render_kw={"accept": ".pdf,.jpg,.jpeg,.png"},
    )
    submit = SubmitField(lazy("合意の文書を記録する"))
    content: bytes = b""
    media_type: str = ""

    def validate_scan(self, field: Any) -> None:
        """A file that is there, not too large, and begins as its kind does."""
        self.content = field.data.read(LARGEST_SCAN + 1) if field.data else b""
        if not self.content:
            raise ValidationError(_("文書の写しが選ばれていないか、空です。ファイルを選んでください。"))
        if len(self.content) > LARGEST_SCAN:
            raise ValidationError(_("文書の写しが10MBを超えています。小さくしてから選んでください。"))
        self.media_type = next((kind for start, kind in SCANS.items() if self.content.startswith(start)), "")
        if not self.media_type:
            raise ValidationError(_("文書の写しが PDF、JPEG、PNG ではありません。別のファイルを選んでください。"))


class ScheduleForm(BaseForm):
    """When the list is to be published by itself."""

    day = DateField(
        lazy("公表する日"),
        [InputRequired(lazy("公表する日を入力してください。"))],
        description=lazy("例：令和5年6月23日、2023-06-23"),
    )
    time = LineField(
        lazy("公表する時刻"),
        [
            InputRequired(lazy("公表する時刻を入力してください。")),
            Regexp(r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$", message=lazy("時刻を 14:00 のように入力してください。")),
        ],
        description=lazy("日本時間で、14:00 のように書いてください。"),
    )
    submit = SubmitField(lazy("この時刻に公表する"))

    @property
    def at(self) -> dt.datetime:
        """The moment in Tokyo, once the form is valid."""
        hour, minute = (self.time.data or "").split(":")
        return dt.datetime.combine(cast(dt.date, self.day.data), dt.time(int(hour), int(minute)), TOKYO)


class LapseForm(BaseForm):
    """Why a frozen list is taken back."""

    lapse_reason = LineField(
        lazy("案に戻す理由"),
        [
            InputRequired(lazy("案に戻す理由を入力してください。")),
            Length(max=LONGEST, message=lazy("理由は2,000文字以内で入力してください。")),
        ],
    )
    submit = SubmitField(lazy("確定と合意を取り消して案に戻す"))
