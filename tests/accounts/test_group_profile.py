"""What a group types of itself: what is kept of it, and the exact sentence where it is refused or looks odd."""

import pytest

from grantflow.accounts import profile
from grantflow.accounts.profile import KEYS, Read, lines, notes, read

NOT_A_NUMBER = "法人番号の検査用の数字が合いません。写し間違いがないか、1桁ずつ確かめてください。"
NO_INVOICE = "登録番号はTと13桁の数字です。T1234567890123 のように書いてください。"
NO_POSTAL = "郵便番号は7桁の数字です。100-8926 のように書いてください。"
NO_PHONE = "電話番号の桁数か、はじめの番号が合いません。市外局番から、抜けがないか確かめてください。"
NO_KANA = "フリガナに「会」は使えません。カタカナ、英数字、中黒（・）で書いてください。"
PRIVATE = "外字（U+E000）は他の機器で表示できません。文字情報基盤にある文字か、かなに置き換えてください。"


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        # R5.1
        *(
            ("corporate_number", number, number)
            for number in (
                "7123456789012",
                "4011001098993",
                "2120901007402",
                "7000012050002",
                "7010705000725",
                "8700110005901",
            )
        ),
        ("corporate_number", "７-１２３４-５６７８-９０１２", "7123456789012"),
        ("corporate_number", "7 1234ー5678−9012", "7123456789012"),
        # R5.2
        ("invoice_number", "Ｔ７１２３４５６７８９０１２", "T7123456789012"),
        ("invoice_number", "t1234567890123", "T1234567890123"),
        # R5.3
        ("municipality_code", "１３１０１６", "131016"),
        ("municipality_code", "札幌市中央区", "011011"),
        ("municipality_code", "北海道札幌市西区", "011070"),
        ("municipality_code", "福岡市", "401307"),
        # R5.4
        ("postal_code", "〒１００−８９２６", "1008926"),
        ("postal_code", "100ー8926", "1008926"),
        # R5.5
        ("contact_phone", "（０３）５２５３ー５１１１", "(03)5253-5111"),
        ("contact_phone", "090-9999-9999", "090-9999-9999"),
        ("contact_phone", "060-1234-5678", "060-1234-5678"),
        ("contact_phone", "0120-999999", "0120-999999"),
        ("contact_phone", "+81 (03)5253-5111", "+81 (03)5253-5111"),
        # R5.6
        ("founded", "令和元年", "2019"),
        ("founded", "平成２０年３月", "2008-03"),
        ("founded", "R5.4.27", "2023-04-27"),
        ("founded", "㋿元年6月1日", "2019-06-01"),
        ("founded", "昭和 64 年 1 月 7 日", "1989-01-07"),
        ("founded", "2008年3月", "2008-03"),
        # R5.9: nobody's spelling is changed
        ("name", "髙﨑𠮷の会", "髙﨑𠮷の会"),
        ("name", "葛\U000e0100飾の会", "葛\U000e0100飾の会"),
        ("name", "神\ufa19の会", "神\ufa19の会"),
        ("name", "ＮＰＯ ほたる", "ＮＰＯ ほたる"),
        ("representative_name", "髙橋 はるか", "髙橋 はるか"),
        # R5.11
        ("kana", "ほたるの かい", "ホタルノ カイ"),
        ("kana", "ﾎﾀﾙﾉｶｲ", "ホタルノカイ"),
        ("kana", "ヴェルデ・ネット", "ヴェルデ・ネット"),
    ],
)
def test_what_is_typed_is_kept(key: str, typed: str, kept: str) -> None:
    assert read(key, typed).value == kept
    assert read(key, kept).value == kept


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("corporate_number", "6123456789012", NOT_A_NUMBER),
        ("corporate_number", "7010705000752", NOT_A_NUMBER),
        ("corporate_number", "0123456789012", NOT_A_NUMBER),
        (
            "corporate_number",
            "712345678901",
            "法人番号は13桁の数字です。12文字あります。確かめて書き直してください。",
        ),
        (
            "corporate_number",
            "71234567890123",
            "法人番号は13桁の数字です。14文字あります。確かめて書き直してください。",
        ),
        ("invoice_number", "7123456789012", NO_INVOICE),
        ("invoice_number", "T712345678901", NO_INVOICE),
        ("municipality_code", "131015", "地方公共団体コードの検査用の数字が合いません。1桁ずつ確かめてください。"),
        (
            "municipality_code",
            "481017",
            "地方公共団体コードは、都道府県の01から47で始まる6桁の数字です。書き直してください。",
        ),
        ("postal_code", "100892", NO_POSTAL),
        ("contact_phone", "090-1234-567", NO_PHONE),
        ("contact_phone", "03-0000-0000", NO_PHONE),
        (
            "contact_phone",
            "なし",
            "電話番号には数字とハイフンだけを使い、03-5253-2111 のように書いてください。",
        ),
        (
            "founded",
            "昔",
            "「昔」は日付として読めません。2024-02-10 または 令和6年2月10日 のように書いてください。",
        ),
        ("founded", "令和5年2月30日", "2023年2月に30日はありません。日付を確かめて書き直してください。"),
        (
            "founded",
            "令和元年4月",
            "2019年4月は令和の始まり（2019年5月1日）より前です。年号か年を直してください。",
        ),
        ("name", "\ue000の会", PRIVATE),
        ("name", "ほたる\u200bの会", "目に見えない制御文字（U+200B）が含まれています。その文字を取り除いてください。"),
        ("name", "ほたる\nの会", "途中に改行があります。改行を取り除いて1行にしてください。"),
        ("name", " ", "この団体名は登録できません。登記や規約にある名前を書いてください。"),
        (
            "name",
            "㍿" * 200,
            "この団体名は登録できません。登記や規約にある名前を書いてください。",
        ),
        ("representative_name", "\ue000子", PRIVATE),
        ("address", "住所\u202e", "目に見えない制御文字（U+202E）が含まれています。その文字を取り除いてください。"),
        ("kana", "ホタルの会", NO_KANA),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(key: str, typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"。$") as refusal:
        read(key, typed)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("key", "typed", "told"),
    [
        (
            "corporate_number",
            "8600000000007",
            ["法人番号としてあまり見ない並びです。国税庁の公表サイトで確かめてください。"],
        ),
        ("founded", "平成31年5月1日", ["平成が終わった後の日付です。2019年5月1日として扱います。"]),
        ("founded", "2199", ["設立時期が先の日付です。年を確かめてください。"]),
        (
            "municipality_code",
            "221317",
            ["コード221317は、令和8年10月3日現在の一覧にありません。合併などで変わっていないか確かめてください。"],
        ),
        (
            "name",
            "㈱ほたる",
            ["機種依存文字「㈱」があります。登録された名前でなければ「(株)」などに直してください。"],
        ),
        (
            "representative_name",
            "⻑田 はるか",
            ["部首の文字「⻑」は「長」として表示します。違っていれば直してください。"],
        ),
        ("name", "ラ\u309aの会", ["「ラ\u309a」の濁点・半濁点は1文字になりません。書き方を確かめてください。"]),
    ],
)
def test_what_only_looks_odd_is_kept_with_a_note(key: str, typed: str, told: list[str]) -> None:
    assert list(read(key, typed).notes) == told


def test_an_unincorporated_group_that_gives_only_its_name_is_told_nothing() -> None:
    facts = {key: read(key, "任意団体ほたるの会" if key == "name" else "").value for key in KEYS}

    assert facts == dict.fromkeys(KEYS, "") | {"name": "任意団体ほたるの会", "tax_status": "unknown"}
    assert notes(facts) == []
    assert lines(facts) == [("団体名", "任意団体ほたるの会")]


def test_an_invoice_number_beside_another_corporate_number_is_a_note() -> None:
    facts = {"name": "ほたるの会", "corporate_number": "7123456789012", "invoice_number": "T4011001098993"}

    assert notes(facts) == ["登録番号の数字が法人番号と違います。どちらが正しいか確かめてください。"]


@pytest.mark.parametrize(
    ("name", "legal_form", "told"),
    [
        ("特定非営利活動法人ほたる", "特定非営利活動法人", []),
        ("認定特定非営利活動法人ほたる", "特定非営利活動法人", []),
        ("ほたるの会", "一般社団法人", []),
        (
            "NPO法人ほたる",
            "特定非営利活動法人",
            ["団体名の法人格は、略さずに「特定非営利活動法人」と書くのが正式です。登記のとおりか確かめてください。"],
        ),
        (
            "一般社団法人ほたる",
            "任意団体",
            ["団体名には「一般社団法人」とありますが、法人格は「任意団体」です。どちらが正しいか確かめてください。"],
        ),
    ],
)
def test_a_name_that_says_another_legal_form_is_a_note(name: str, legal_form: str, told: list[str]) -> None:
    assert notes({"name": name, "legal_form": legal_form}) == told


def test_a_profile_is_printed_in_the_order_of_its_form() -> None:
    facts = {
        "name": "ほたるの会",
        "founded": "2019-04",
        "representative_name": "堂島 はるか",
        "postal_code": "1008926",
        "municipality_code": "131016",
        "tax_status": "exempt",
    }

    assert lines(facts) == [
        ("団体名", "ほたるの会"),
        ("設立時期", "2019年4月"),
        ("消費税の課税区分", "免税事業者"),
        ("代表者の肩書き", "代表"),
        ("代表者の氏名", "堂島 はるか"),
        ("郵便番号", "〒100-8926"),
        ("市区町村", "東京都千代田区"),
    ]


def test_the_usual_legal_forms_begin_with_groups_that_have_none() -> None:
    assert profile.forms()[:2] == ("任意団体", "特定非営利活動法人")
    assert profile.forms()[-1] == "その他の法人"
    assert Read("任意団体") == read("legal_form", "任意団体")
