"""The whole form before anything is written (応募書類の白紙): each part with what is asked in it."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from grantflow.accounts.models import TaxStatus
from grantflow.applications.outline import Asked, Part, parts, questions, uploads
from grantflow.applications.parts.group import NEEDED, labels
from grantflow.calls.definition import Definition, Tier
from grantflow.core.text import number, yen
from grantflow.core.words import _

#: So many characters are reckoned for one line of handwriting, and so many lines are the most for one question.
PER_LINE, MOST_LINES = 36, 32


class Shape(Enum):
    """How something is asked for."""

    LINE = "line"
    TEXT = "text"
    TICKS = "ticks"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Blank:
    """One thing that is asked for: `lines` of room for a text, rows for a table of `columns`, `choices` to tick."""

    label: str
    shape: Shape = Shape.LINE
    note: str = ""
    required: bool = True
    limit: int | None = None
    lines: int = 1
    choices: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def limit_text(self) -> str:
        """How long it may be, in words; empty where it has no limit of its own (R3.1)."""
        return _("%(limit)s文字まで", limit=number(self.limit)) if self.limit else ""


@dataclass(frozen=True, slots=True)
class BlankPart:
    """A part of the form with everything that is asked for in it."""

    part: Part
    name: str
    note: str
    asked: tuple[Blank, ...]


def blank_form(says: Definition, tier: Tier) -> tuple[BlankPart, ...]:
    """All that the call asks of a proposal to a tier, in its order (R3.1); no number is required of anybody (R0.4)."""
    return tuple(_part(each, says, tier) for each in parts(says, tier.key))


def _part(asked: Asked, says: Definition, tier: Tier) -> BlankPart:
    of_its_own = OF_ITS_OWN[asked.part](says, tier)
    return BlankPart(asked.part, asked.name, asked.note, (*of_its_own, *_questions(says, tier, asked.part)))


def _questions(says: Definition, tier: Tier, part: Part) -> Iterator[Blank]:
    for each in questions(says, tier.key, part):
        yield _text(each.text, each.limit, note=each.hint, required=each.required, rows=each.rows)


def _text(label: str, limit: int | None, *, note: str = "", required: bool = True, rows: int = 3) -> Blank:
    lines = min(MOST_LINES, math.ceil(limit / PER_LINE) + 1 if limit else rows)
    return Blank(label, Shape.TEXT, note, required, limit, lines)


def _group(says: Definition, _tier: Tier) -> Iterator[Blank]:
    notes = {
        "name": _("登記や規約にあるとおりに書いてください。"),
        "founded": _("分かるところまで書いてください。"),
        "corporate_number": _("ない団体は空欄のままにしてください。"),
        "invoice_number": _("登録していない団体は空欄のままにしてください。"),
        "contract_signer": _("代表者と違う人が契約するときだけ書いてください。"),
        "municipality_code": _("分からなければ空欄のままにしてください。"),
    }
    choices = {"legal_form": says.eligibility.legal_forms, "tax_status": tuple(each.label for each in TaxStatus)}
    for name, label in labels().items():
        offered = choices.get(name, ())
        shape = Shape.TICKS if offered else Shape.LINE
        yield Blank(label, shape, notes.get(name, ""), name in NEEDED, choices=offered)


def _plan(says: Definition, _tier: Tier) -> Iterator[Blank]:
    yield _text(_("事業名"), says.limits.title, rows=2)
    yield _text(_("概要"), says.limits.summary, note=_("採択されると、この文を公表します。"), rows=6)
    yield Blank(_("活動地域"), note=_("市区町村の名前まで書いてください。"))


def _targets(says: Definition, _tier: Tier) -> Iterator[Blank]:
    audience = says.audience
    for label, choices, required in (
        (_("ターゲット層"), audience.groups, True),
        (_("ターゲット層の属性"), audience.attributes, False),
        (_("特徴"), audience.features, False),
    ):
        if choices:
            note = _("当てはまるものすべてに印を付けてください。")
            yield Blank(label, Shape.TICKS, note, required, choices=choices)


def _approach(says: Definition, _tier: Tier) -> Iterator[Blank]:
    if says.approaches:
        names = tuple(
            _("%(name)s（新しい要素が必要です）", name=each.name) if each.needs_added_element else each.name
            for each in says.approaches
        )
        yield Blank(_("アプローチ"), Shape.TICKS, _("1つ選んでください。"), choices=names)
    if any(each.needs_added_element for each in says.approaches):
        note = _("「新しい要素が必要です」とある取組を選んだときだけ書いてください。")
        yield _text(_("新しく加える要素"), None, note=note, required=False, rows=8)


def _schedule(_says: Definition, _tier: Tier) -> Iterator[Blank]:
    columns = (_("すること"), _("始める月"), _("終える月"), _("担当"))
    yield Blank(_("実施スケジュール"), Shape.TABLE, columns=columns, lines=10)


def _indicators(_says: Definition, _tier: Tier) -> Iterator[Blank]:
    columns = (_("指標"), _("単位"), _("いまの値"), _("目標"), _("測り方"))
    yield Blank(_("成果の指標"), Shape.TABLE, columns=columns, lines=5)


def _consortium(_says: Definition, _tier: Tier) -> Iterator[Blank]:
    columns = (_("団体名"), _("受け持つこと"), _("法人番号（あれば）"), _("分ける額（円）"))
    note = _("ない場合は空欄のままにしてください。")
    yield Blank(_("共同で行う団体"), Shape.TABLE, note, required=False, columns=columns, lines=4)


def _budget(says: Definition, tier: Tier) -> Iterator[Blank]:
    columns = (_("費目"), _("内容"), _("単価（円）"), _("数量"), _("単位"), _("金額"), _("積算の根拠"))
    categories = _("、").join(each.name for each in says.cost_categories)
    note = _("費目は、%(categories)sから書いてください。", categories=categories) if categories else ""
    yield Blank(_("経費の内訳"), Shape.TABLE, note + says.budget.note, columns=columns, lines=14)
    yield Blank(_("合計"), note=_cap(tier))


def _amount(_says: Definition, tier: Tier) -> Iterator[Blank]:
    yield Blank(_("申請額（円）"), note=_cap(tier))


def _cap(tier: Tier) -> str:
    return _("%(cap)s以内で書いてください（消費税を含みます）。", cap=yen(tier.cap_yen))


def _officers(says: Definition, _tier: Tier) -> Iterator[Blank]:
    columns = (_("氏名"), _("氏名カナ"), _("生年月日"), _("性別"), _("役職"))
    note = _(
        "非常勤の人も含め、役員全員を書いてください。反社会的勢力でないことを確かめるために使い、警察に照会することがあります。"
    )
    yield Blank(_("役員"), Shape.TABLE, note + says.officers.note, columns=columns, lines=10)


def _consents(_says: Definition, _tier: Tier) -> Iterator[Blank]:
    columns = (_("連携先"), _("担う部分"), _("承諾した人の肩書きと氏名"), _("承諾した日"))
    note = _("連携先がない場合は空欄のままにしてください。")
    yield Blank(_("連携先と承諾"), Shape.TABLE, note, required=False, columns=columns, lines=5)


def _documents(says: Definition, tier: Tier) -> Iterator[Blank]:
    note = _("用意したものに印を付けてください。画面から応募するときは、ファイルで出します。")
    for is_needed, label in ((True, _("必ず出す書類")), (False, _("あれば出す書類"))):
        names = tuple(each.name for each in uploads(says, tier.key) if each.required is is_needed)
        if names:
            yield Blank(label, Shape.TICKS, note, is_needed, choices=names)


def _confirmations(says: Definition, _tier: Tier) -> Iterator[Blank]:
    note = _("満たしていることを確かめて、1つずつ印を付けてください。")
    yield Blank(_("応募の要件"), Shape.TICKS, note, choices=says.eligibility.requirements)
    yield Blank(_("確かめた日"))
    yield Blank(_("代表者の肩書きと氏名"), note=_("押印は要りません。"))


#: What each part asks for beside the call's questions.
OF_ITS_OWN: Mapping[Part, Callable[[Definition, Tier], Iterator[Blank]]] = {
    Part.GROUP: _group,
    Part.PLAN: _plan,
    Part.TARGETS: _targets,
    Part.APPROACH: _approach,
    Part.SCHEDULE: _schedule,
    Part.INDICATORS: _indicators,
    Part.CONSORTIUM: _consortium,
    Part.BUDGET: _budget,
    Part.AMOUNT: _amount,
    Part.OFFICERS: _officers,
    Part.CONSENTS: _consents,
    Part.DOCUMENTS: _documents,
    Part.CONFIRMATIONS: _confirmations,
}
