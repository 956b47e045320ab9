"""The forms of an organisation's profile; a proposal's part on the group has the same fields."""

from collections.abc import Iterator
from typing import Any

from wtforms import RadioField, SelectField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from grantflow.accounts import profile
from grantflow.accounts.models import TaxStatus
from grantflow.core.forms import EMAIL, BaseForm, LineField
from grantflow.core.municipalities import label as place_label
from grantflow.core.words import _, lazy

LABELS: dict[str, Any] = {**profile.LABELS}


class LegalFormField(SelectField):
    """A legal form out of a list; what stands there already stays a choice."""

    def __init__(self, label: Any = None, validators: Any = None, **kw: Any) -> None:
        super().__init__(label, validators, validate_choice=False, **kw)
        self.offer(profile.forms())

    def offer(self, forms: tuple[str, ...]) -> None:
        """Let one choose from `forms`."""
        self.offered = forms
        self.choices = [("", _("選んでください")), *((each, each) for each in forms)]

    def iter_choices(self) -> Iterator[Any]:
        """The choices, and what was kept before where the list lacks it."""
        if self.data and self.data not in self.offered:
            self.offer((*self.offered, str(self.data)))
        yield from super().iter_choices()


class PlaceField(LineField):
    """A municipality, by its name or its code; shown by its name."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else place_label(str(self.data or ""))


def tax_choices() -> list[tuple[str, Any]]:
    """The tax statuses, the unknown one first."""
    known = [(each.value, each.label) for each in TaxStatus if each is not TaxStatus.UNKNOWN]
    return [(TaxStatus.UNKNOWN.value, TaxStatus.UNKNOWN.label), *known]


def readable(_form: Any, field: Any) -> None:
    """Refuse what is no such part of a profile, in its own sentence (R5.1–R5.5, R5.9, R5.11)."""
    try:
        profile.read(field.short_name, str(field.data or ""))
    except ValueError as problem:
        raise ValidationError(str(problem)) from problem


def _at_most(count: int, message: Any) -> Length:
    return Length(max=count, message=message)


class GroupFields:
    """What a profile holds, as fields of a form; all but the name may stay empty (R0.4)."""

    name = LineField(
        LABELS["name"],
        [
            InputRequired(lazy("団体名を入力してください。")),
            _at_most(200, lazy("団体名は200文字以内で入力してください。")),
            readable,
        ],
        description=lazy("登記や規約にあるとおりに、略さずに書いてください。"),
        render_kw={"autocomplete": "organization"},
    )
    kana = LineField(
        LABELS["kana"],
        [_at_most(400, lazy("フリガナは400文字以内で入力してください。")), readable],
        description=lazy("カタカナで書いてください。ひらがなや半角のカナは、全角のカタカナに直します。"),
    )
    legal_form = LegalFormField(
        LABELS["legal_form"],
        [_at_most(60, lazy("法人格は60文字以内で入力してください。")), readable],
        description=lazy("法人になっていない団体は「任意団体」を選んでください。"),
    )
    founded = LineField(
        LABELS["founded"],
        [_at_most(40, lazy("設立時期は40文字以内で入力してください。")), readable],
        description=lazy("分かるところまで書いてください。例：令和元年6月、2008年3月、2019-04-01"),
    )
    corporate_number = LineField(
        LABELS["corporate_number"],
        [_at_most(40, lazy("法人番号は13桁の数字で入力してください。")), readable],
        description=lazy("13桁の数字。ない団体は空のままにしてください。応募に影響はありません。"),
        render_kw={"inputmode": "numeric"},
    )
    invoice_number = LineField(
        LABELS["invoice_number"],
        [_at_most(40, lazy("登録番号はTと13桁の数字で入力してください。")), readable],
        description=lazy("登録していない団体は空のままにしてください。例：T7123456789012"),
        render_kw={"autocapitalize": "characters"},
    )
    tax_status = SelectField(
        LABELS["tax_status"],
        choices=tax_choices,
        default=TaxStatus.UNKNOWN.value,
        description=lazy("分からなければ「分からない」のままでかまいません。"),
    )
    representative_title = LineField(
        LABELS["representative_title"],
        [_at_most(100, lazy("肩書きは100文字以内で入力してください。")), readable],
        description=lazy("理事長、会長など。ないときは空のままにすると、書類では「代表」とします。"),
    )
    representative_name = LineField(
        LABELS["representative_name"],
        [_at_most(100, lazy("氏名は100文字以内で入力してください。")), readable],
        description=lazy("姓と名のあいだを空けて書いてください。"),
    )
    contract_signer = LineField(
        LABELS["contract_signer"],
        [_at_most(200, lazy("肩書きと氏名は200文字以内で入力してください。")), readable],
        description=lazy("代表者と違うときだけ、肩書きと氏名を書いてください。"),
    )
    contact_name = LineField(
        LABELS["contact_name"],
        [_at_most(100, lazy("氏名は100文字以内で入力してください。")), readable],
        description=lazy("事務局から連絡を受ける人です。"),
    )
    contact_email = LineField(
        LABELS["contact_email"],
        [_at_most(254, lazy("メールアドレスは254文字以内で入力してください。")), Optional(), EMAIL, readable],
        render_kw={"type": "email", "inputmode": "email"},
    )
    contact_phone = LineField(
        LABELS["contact_phone"],
        [_at_most(40, lazy("電話番号は40文字以内で入力してください。")), readable],
        description=lazy("日中につながる番号。例：03-5253-2111"),
        render_kw={"type": "tel", "inputmode": "tel"},
    )
    postal_code = LineField(
        LABELS["postal_code"],
        [_at_most(20, lazy("郵便番号は7桁の数字で入力してください。")), readable],
        description=lazy("例：100-8926"),
        render_kw={"inputmode": "numeric", "autocomplete": "postal-code"},
    )
    municipality_code = PlaceField(
        LABELS["municipality_code"],
        [_at_most(60, lazy("市区町村は60文字以内で入力してください。")), readable],
        description=lazy("名前か、6桁の地方公共団体コードで書いてください。例：東京都千代田区、131016"),
    )
    address = LineField(
        LABELS["address"],
        [_at_most(300, lazy("住所は300文字以内で入力してください。")), readable],
        description=lazy("市区町村から、建物の名前と部屋の番号まで書いてください。"),
        render_kw={"autocomplete": "street-address"},
    )

    @property
    def facts(self) -> dict[str, str]:
        """What is kept of what was typed, once the form was found valid."""
        return {key: profile.read(key, str(self[key].data or "")).value for key in profile.KEYS}  # type: ignore[index]

    @property
    def notes(self) -> list[str]:
        """What is odd about it, in sentences: nothing that must be corrected."""
        typed = {key: str(self[key].data or "") for key in profile.KEYS}  # type: ignore[index]
        odd = [note for key in profile.KEYS if typed[key] for note in profile.read(key, typed[key]).notes]
        return list(dict.fromkeys([*odd, *profile.notes(self.facts)]))


class GroupForm(GroupFields, BaseForm):
    """The profile of an organisation."""

    submit = SubmitField(lazy("団体の登録内容を保存する"))


class NewGroupForm(BaseForm):
    """A new organisation: what it is called, and who its founder is in it."""

    name: Any = GroupFields.name
    legal_form: Any = GroupFields.legal_form
    representative = RadioField(
        lazy("あなたは、この団体の代表者ですか"),
        [InputRequired(lazy("代表者かどうかを選んでください。"))],
        choices=[
            SelectChoice("yes", lazy("はい、代表者です")),
            SelectChoice("no", lazy("いいえ、代表者ではありません")),
        ],
        description=lazy("応募を提出できるのは、代表者と、代表者から任された人です。代表者は、あとから招けます。"),
    )
    submit = SubmitField(lazy("この団体を登録する"))
