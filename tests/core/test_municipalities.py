"""Places by their codes and by their names."""

import datetime as dt

import pytest

from grantflow.core.identifiers import BadIdentifier, parse_municipality_code
from grantflow.core.municipalities import Place, ReadPlace, as_of, label, place, prefectures, read_place, within
from grantflow.core.municipalities import _table as table


def test_every_code_has_its_check_digit() -> None:
    assert [code for code in table() if parse_municipality_code(code) != code] == []


def test_the_table_has_every_prefecture_municipality_and_ward() -> None:
    wards = [each for each in table().values() if each.name.endswith("区") and each.prefecture != "東京都"]

    assert len(prefectures()) == 47
    assert len(table()) - len(prefectures()) - len(wards) == 1741
    assert as_of() == dt.date(2026, 10, 3)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("131016", "東京都千代田区"),
        ("011002", "北海道札幌市"),
        ("011011", "北海道札幌市中央区"),
        ("011070", "北海道札幌市西区"),
        ("141003", "神奈川県横浜市"),
        ("271004", "大阪府大阪市"),
        ("401307", "福岡県福岡市"),
        ("221309", "静岡県浜松市"),
        ("470007", "沖縄県"),
        ("010006", "北海道"),
        ("130001", "東京都"),
    ],
)
def test_a_code_is_shown_by_its_name(code: str, name: str) -> None:
    assert label(code) == name


def test_a_code_of_old_is_shown_as_it_is() -> None:
    assert place("221317") is None
    assert label("221317") == "221317"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("131016", "131016"),
        ("１３１０１－６", "131016"),
        ("千代田区", "131016"),
        ("東京都千代田区", "131016"),
        ("東京都 千代田区", "131016"),
        ("北海道当別町", "013030"),
        ("石狩郡当別町", "013030"),
        ("札幌市", "011002"),
        ("東京都", "130001"),
        ("龍ケ崎市", "082082"),
        ("龍ヶ崎市", "082082"),
    ],
)
def test_a_place_is_read_by_its_code_or_its_name(text: str, code: str) -> None:
    assert read_place(text) == ReadPlace(code, None)


def test_a_code_that_the_table_does_not_know_is_a_warning() -> None:
    assert read_place("221317") == ReadPlace(
        "221317",
        "コード221317は、令和8年10月3日現在の一覧にありません。合併などで変わっていないか確かめてください。",
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "府中市",
            "「府中市」は2か所あります（東京都府中市、広島県府中市など）。都道府県から書いてください。",
        ),
        (
            "架空市",
            "「架空市」という市区町村は一覧にありません。「東京都千代田区」のように都道府県から書くか、6桁のコードを書いてください。",
        ),
        ("131015", "地方公共団体コードの検査用の数字が合いません。1桁ずつ確かめてください。"),
    ],
)
def test_what_names_no_one_place_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadIdentifier) as refusal:
        read_place(text)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize("prefecture", ["東京都", "130001", "13"])
def test_the_places_of_a_prefecture_are_in_the_order_of_their_codes(prefecture: str) -> None:
    found = within(prefecture)

    assert found[0] == Place("131016", "東京都", "千代田区")
    assert len(found) == 62


def test_every_place_is_read_back_by_the_name_it_is_shown_by() -> None:
    assert [each for each in table().values() if read_place(each.label) != ReadPlace(each.code, None)] == []
