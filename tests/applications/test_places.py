"""The municipalities of a plan: codes and names, one after the other, and what names none."""

import pytest

from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking
from grantflow.applications.parts.plan import place_text, read_places
from grantflow.applications.parts.registry import RULES
from grantflow.calls.definition import parse
from tests.factories.calls import small_definition

WRONG_DIGIT = "地方公共団体コードの検査用の数字が合いません。1桁ずつ確かめてください。"
WRONG_FORM = "地方公共団体コードは、都道府県の01から47で始まる6桁の数字です。書き直してください。"


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("", []),
        ("131016", ["131016"]),
        ("１３１０１６", ["131016"]),
        ("13101-6", ["131016"]),
        ("131016 131024", ["131016", "131024"]),
        ("131016、131024", ["131016", "131024"]),
        ("東京都千代田区", ["131016"]),
        ("千代田区、東京都中央区", ["131016", "131024"]),
        ("東京都 千代田区", ["131016"]),
        ("131016、千代田区", ["131016"]),
        ("131016、月面市", ["131016", "月面市"]),
    ],
)
def test_places_are_read_by_code_and_by_name(typed: str, codes: list[str]) -> None:
    assert read_places(typed) == codes


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("131017", WRONG_DIGIT),
        ("990000", WRONG_FORM),
        ("12345", WRONG_FORM),
        (
            "月面市",
            "「月面市」という市区町村は一覧にありません。「東京都千代田区」のように都道府県から書くか、"
            "6桁のコードを書いてください。",
        ),
    ],
)
def test_what_names_no_place_is_kept_and_told(typed: str, sentence: str) -> None:
    says = parse(small_definition())
    content = {"title": "題", "summary": "概要", "activity_area": "架空市", "answers": {"plan": "計画"}}

    gaps = list(RULES[Part.PLAN].gaps(content | {"area_codes": read_places(typed)}, Asking(says, says.tiers[0])))

    assert [(gap.field, gap.sentence, gap.is_wrong) for gap in gaps] == [("area_codes", sentence, True)]


def test_a_place_is_printed_with_its_name_and_code() -> None:
    assert place_text("131016") == "東京都千代田区（131016）"
