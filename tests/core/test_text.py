"""Amounts in words, the three forms of a name, and characters counted as people see them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantflow.core import text
from grantflow.core.text import (
    BadAmount,
    LegalForm,
    Name,
    TextProblem,
    display_form,
    duplicate_key,
    grapheme_count,
    graphemes,
    legal_form_of,
    number,
    parse_yen,
    problems_in_line,
    problems_in_name,
    search_key,
    snippet,
    yen,
    yen_figure,
    yen_short,
)
from grantflow.core.words import speaking

TROUBLE = "か゛\u3099\u309aラー０1-－—ー ―　㈱⺠⻑⼈髙﨑𠮷\U000e0100\u200d\u200bｶﾞﾊﾟ人一「・〜～Ａß"
ANY_TEXT = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(TROUBLE)), max_size=12)


def test_yen_is_printed_with_commas_and_a_triangle_for_less_than_nothing() -> None:
    assert [yen(2_000_000), yen(-34_808), yen(0)] == ["2,000,000円", "△34,808円", "0円"]
    assert [yen_figure(2_000_000), yen_figure(-34_808), number(5_000)] == ["2,000,000", "△34,808", "5,000"]


def test_yen_is_short_only_where_that_is_exact() -> None:
    assert [yen_short(amount) for amount in (2_000_000, 500_000, 2_000_001, 0, -20_000, 120_000_000)] == [
        "200万円", "50万円", "2,000,001円", "0円", "△2万円", "12,000万円",
    ]  # fmt: skip


def test_yen_speaks_the_language_in_force_unless_told_otherwise() -> None:
    with speaking("en"):
        assert [yen(2_000_000), yen(-5), yen_short(2_000_000), yen(5, "ja")] == [
            "¥2,000,000",
            "-¥5",
            "¥2,000,000",
            "5円",
        ]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2000000", 2_000_000),
        ("2,000,000円", 2_000_000),
        ("２，０００，０００円", 2_000_000),
        ("¥500,000", 500_000),
        ("￥５００", 500),
        ("金1,000円也", 1_000),
        (" 1 000 円 ", 1_000),
        ("△34,808", -34_808),
        ("−5", -5),
        ("0", 0),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: int) -> None:
    assert parse_yen(text) == amount


@pytest.mark.parametrize("text", ["200万円", "1.5", "2,00", "1,0000", "五百円", "1e6", "--5", "千円", "円", "10-20"])
def test_what_is_no_whole_amount_is_refused(text: str) -> None:
    with pytest.raises(BadAmount) as refusal:
        parse_yen(text)

    assert (
        str(refusal.value) == f"「{text}」は金額として読めません。円の単位で、2,000,000 のように数字で書いてください。"
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "金額が空です。円の単位で、2,000,000 のように数字で書いてください。"),
        ("　", "金額が空です。円の単位で、2,000,000 のように数字で書いてください。"),
        ("9" * 16, "金額が15桁を超えています。桁数を確かめて書き直してください。"),
    ],
)
def test_an_empty_or_endless_amount_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadAmount) as refusal:
        parse_yen(text)

    assert str(refusal.value) == sentence


@given(st.integers(-(10**14), 10**14))
def test_a_printed_amount_is_read_back(amount: int) -> None:
    assert parse_yen(yen(amount, "ja")) == amount


@pytest.mark.parametrize(
    ("raw", "display", "key"),
    [
        ("一 般 社 団 法 人 つながり", "一般社団法人 つながり", "一般社団法人 つながり"),
        ("ＮＰＯ法人Ｓｈｉｅｎ", "ＮＰＯ法人Ｓｈｉｅｎ", "npo法人shien"),
        ("ﾜﾝｵﾍﾟｾﾝﾀｰ", "ﾜﾝｵﾍﾟｾﾝﾀｰ", "ワンオペセンター"),
        ("ラ\u3099イフ", "ラ\u3099イフ", "ラ\u3099イフ"),
        ("か\u3099っこう", "がっこう", "がっこう"),
        ("か゛っこう", "か゛っこう", "がっこう"),
        ("⼈と⺠の⻑⻄⻘", "人と民の長西青", "人と民の長西青"),
        ("⺟と⻳", "母と龟", "母と龟"),
        ("髙﨑𠮷", "髙﨑𠮷", "高崎吉"),
        ("\ufa19\ufa1b\ufa26\ufa10", "\ufa19\ufa1b\ufa26\ufa10", "神福都塚"),
        ("葛\U000e0100城", "葛\U000e0100城", "葛城"),
        ("㈱①", "㈱①", "(株)1"),
        ("1ー2─3−4 スーパー", "1ー2─3−4 スーパー", "1-2-3-4 スーパー"),
        ("〜と～", "〜と～", "~と~"),
        ("　A \u200b B\n", "A B", "a b"),
        ("外\ue000字", "外\ue000字", "外\ue000字"),
        ("👨\u200d👩\u200d👧の会", "👨\u200d👩\u200d👧の会", "👨\u200d👩\u200d👧の会"),
    ],
)
def test_a_name_is_kept_in_three_forms(raw: str, display: str, key: str) -> None:
    assert Name.of(raw) == Name(raw, display, key)


@pytest.mark.parametrize(
    "group",
    [
        "高髙", "崎﨑嵜", "吉𠮷", "斎齋斉齊", "辺邊邉", "浜濱濵", "沢澤", "島嶋嶌", "桜櫻", "国國", "広廣", "竜龍",
        "塚\ufa10", "徳德", "恵惠", "真眞", "栄榮", "円圓", "芦蘆", "富冨", "槙槇",
    ],
)  # fmt: skip
def test_variants_of_a_kanji_are_found_by_one_another(group: str) -> None:
    assert {search_key(variant) for variant in group} == {group[0]}
    assert [display_form(variant) for variant in group] == list(group)


@given(ANY_TEXT)
def test_forms_of_a_form_are_itself(raw: str) -> None:
    assert display_form(display_form(raw)) == display_form(raw)
    assert search_key(search_key(raw)) == search_key(raw)
    assert search_key(display_form(raw)) == search_key(raw)


@pytest.mark.parametrize(
    ("needle", "text"),
    [
        ("センター", "子どもﾜﾝｵﾍﾟｾﾝﾀｰ"),
        ("shien", "ＮＰＯ法人Ｓｈｉｅｎ"),
        ("高崎", "髙﨑の会"),
        ("葛城", "葛\U000e0100城市"),
    ],
)
def test_a_part_is_found_whatever_its_width(needle: str, text: str) -> None:
    assert search_key(needle) in search_key(text)


@pytest.mark.parametrize(
    "names",
    [
        ["風の輪", "特定非営利活動法人風の輪", "ＮＰＯ法人 風の輪", "NPO法人「風の輪」", "(特非)風の輪",
         "認定NPO法人風の輪",
         "認定特定非営利活動法人風の輪", "特定非営利法人風の輪", "特 定 非 営 利 活 動 法 人 風の輪", "風・の・輪"],
        ["あお", "一般社団法人あお", "（一社）あお", "一般社団法人　あお"],
        ["まち", "株式会社まち", "㈱まち", "まち㈱", "まち 株式会社", "㍿まち", "(株)まち"],
        ["ひだまり", "社会福祉法人ひだまり", "(福)ひだまり", "（社福）ひだまり"],
    ],
)  # fmt: skip
def test_spellings_of_one_group_share_a_key_for_duplicates(names: list[str]) -> None:
    assert {duplicate_key(name) for name in names} == {names[0]}


def test_a_name_that_is_only_a_legal_form_keeps_a_key() -> None:
    assert duplicate_key("学校法人") == "学校法人"


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("特定非営利活動法人風の輪", LegalForm("特定非営利活動法人")),
        ("ＮＰＯ法人風の輪", LegalForm("特定非営利活動法人")),
        ("認定ＮＰＯ法人風の輪", LegalForm("特定非営利活動法人", certified=True)),
        ("まちづくり㈱", LegalForm("株式会社")),
        ("公益財団法人みどり", LegalForm("公益財団法人")),
        ("風の輪", None),
        ("みんなの学校法人格研究会", None),
    ],
)
def test_a_legal_form_is_known_by_any_of_its_spellings(name: str, form: LegalForm | None) -> None:
    assert legal_form_of(name) == form


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("風\u0007", "目に見えない制御文字（U+0007）が含まれています。その文字を取り除いてください。"),
        ("風\u200b", "目に見えない制御文字（U+200B）が含まれています。その文字を取り除いてください。"),
        ("風\ufeff", "目に見えない制御文字（U+FEFF）が含まれています。その文字を取り除いてください。"),
        ("\u202e風", "目に見えない制御文字（U+202E）が含まれています。その文字を取り除いてください。"),
        ("風\u2066", "目に見えない制御文字（U+2066）が含まれています。その文字を取り除いてください。"),
        ("風\u200d輪", "目に見えない制御文字（U+200D）が含まれています。その文字を取り除いてください。"),
        ("風\n輪", "途中に改行があります。改行を取り除いて1行にしてください。"),
        (
            "風\ue000",
            "外字（U+E000）は他の機器で表示できません。文字情報基盤にある文字か、かなに置き換えてください。",
        ),
        (
            "風\U000f0000",
            "外字（U+F0000）は他の機器で表示できません。文字情報基盤にある文字か、かなに置き換えてください。",
        ),
        ("風\ufffd", "文字化けで失われた文字（U+FFFD）があります。正しい文字を入力し直してください。"),
    ],
)
def test_a_line_holds_no_character_that_cannot_be_seen_or_shown(raw: str, sentence: str) -> None:
    assert problems_in_line(raw) == problems_in_name(raw) == (TextProblem(sentence, is_error=True),)


def test_a_name_with_characters_that_differ_elsewhere_is_a_warning() -> None:
    warnings = problems_in_name("㈱⺠ラ\u3099㈱")

    assert warnings == (
        TextProblem("機種依存文字「㈱」があります。登録された名前でなければ「(株)」などに直してください。", False),
        TextProblem("部首の文字「⺠」は「民」として表示します。違っていれば直してください。", False),
        TextProblem("「ラ\u3099」の濁点・半濁点は1文字になりません。書き方を確かめてください。", False),
    )


@pytest.mark.parametrize(
    "raw", ["髙﨑𠮷", "葛\U000e0100城", "ＮＰＯ法人Ｓｈｉｅｎ", "か\u3099", "👨\u200d👩\u200d👧", "\ufa19"]
)
def test_a_registered_spelling_is_no_problem(raw: str) -> None:
    assert problems_in_name(raw) == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("葛\U000e0100城", 2),
        ("ラ\u3099イフ", 3),
        ("𠮷", 1),
        ("e\u0301", 1),
        ("👨\u200d👩\u200d👧\u200d👦", 1),
        ("👍🏽", 1),
        ("5\ufe0f\u20e3", 1),
        ("🇯🇵🇯🇵", 2),
        ("ｶﾞ", 1),
        ("a\r\nb", 3),
        ("a\n\u3099", 3),
        ("\u1100\u1161\u11a8", 1),
        ("각하", 2),
        ("あ\u200dい", 2),
    ],
)
def test_characters_are_counted_as_people_see_them(text: str, count: int) -> None:
    assert grapheme_count(text) == count


@given(ANY_TEXT)
def test_graphemes_lose_nothing(text: str) -> None:
    assert "".join(graphemes(text)) == text


def test_a_snippet_is_one_line_of_whole_characters() -> None:
    assert snippet("一行目\n二行目", 10) == "一行目 二行目"
    assert snippet("あ" * 61) == "あ" * 59 + "…"
    assert snippet("あ" * 60) == "あ" * 60
    assert snippet("葛\U000e0100城の人びと", 3) == "葛\U000e0100城…"


def test_what_is_counted_at_once_is_counted_right() -> None:
    alone = "".join(each for each in map(chr, range(0x10000)) if text._ALONE.fullmatch(each))

    assert (len(list(graphemes(alone))), grapheme_count(alone)) == (len(alone), len(alone))
    assert len(alone) > 20_000
