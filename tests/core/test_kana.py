"""How a name is read, whatever it was typed with."""

import pytest

from grantflow.core.kana import BadKana, read_kana


@pytest.mark.parametrize(
    ("text", "kana"),
    [
        ("ホタルノカイ", "ホタルノカイ"),
        ("ほたるのかい", "ホタルノカイ"),
        ("ﾎﾀﾙﾉｶｲ", "ホタルノカイ"),
        ("ﾌﾟﾗｻﾞ", "プラザ"),
        ("ヴェルデ", "ヴェルデ"),
        ("ゔぇるで", "ヴェルデ"),
        ("カワベ　アカリ", "カワベ アカリ"),
        ("カワベ   アカリ", "カワベ アカリ"),
        ("ハート・ネット", "ハート・ネット"),
        ("ＮＰＯ ホタル 21", "ＮＰＯ ホタル 21"),
        ("か\u3099っき", "ガッキ"),
        ("", ""),
    ],
)
def test_a_reading_is_kept_in_full_width_katakana(text: str, kana: str) -> None:
    assert read_kana(text) == kana


@pytest.mark.parametrize(
    ("text", "character"), [("ホタルの会", "会"), ("ホタル（カイ）", "（"), ("ﾎﾀﾙ｡", "。"), ("ラ\u309a", "\u309a")]
)
def test_what_is_no_reading_is_refused(text: str, character: str) -> None:
    with pytest.raises(BadKana) as refusal:
        read_kana(text)

    assert (
        str(refusal.value) == f"フリガナに「{character}」は使えません。カタカナ、英数字、中黒（・）で書いてください。"
    )
