"""What the secretariat looks at itself (形式審査の項目): the items of the call, or those that follow from it (R3.7)."""

from collections.abc import Iterator

from grantflow.applications.outline import Part, parts, uploads
from grantflow.calls.asking import ScreeningItem
from grantflow.calls.definition import Definition
from grantflow.core.words import _

MONEY = frozenset({Part.BUDGET, Part.AMOUNT})


def items(says: Definition, tier: str) -> tuple[ScreeningItem, ...]:
    """The items that are looked at in a tier: as the call lists them, else those that follow from what it asks."""
    if says.screening_items:
        return tuple(one for one in says.screening_items if not one.tiers or tier in one.tiers)
    return tuple(_usual(says, tier))


def _usual(says: Definition, tier: str) -> Iterator[ScreeningItem]:
    asked = {one.part for one in parts(says, tier)}
    for place, requirement in enumerate(says.eligibility.requirements, 1):
        yield ScreeningItem(
            f"requirement-{place}", _("応募の要件を満たしている：%(requirement)s", requirement=requirement)
        )
    if Part.GROUP in asked:
        yield ScreeningItem(
            "contact",
            _("担当者の氏名と連絡先があり、連絡がつく"),
            _("電話番号とメールアドレスが、団体か担当者のものかを見てください。"),
        )
    for document in uploads(says, tier):
        if document.required:
            yield ScreeningItem(
                f"document-{document.key}",
                _("「%(document)s」の中身が、求めた書類である", document=document.name),
                _("ファイルを開き、全部のページが読めること、応募した団体のものであることを見てください。"),
            )
    if asked & MONEY:
        yield ScreeningItem("amounts", _("金額が、事業計画の文と様式とで合っている"))
    if any(one.needs_added_element for one in says.approaches) and Part.APPROACH in asked:
        yield ScreeningItem("added", _("新しい要素が要る取組では、何を加えるかが書かれている"))
    yield ScreeningItem(
        "privacy",
        _("参加する人がだれか分かる書き方がない"),
        _("名前や病名など、だれのことか分かる文があるときは「いいえ」にし、場所を書いてください。"),
    )
