"""Numbers that others have given, by the vectors of their own rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantflow.core.identifiers import (
    BadIdentifier,
    CorporateNumber,
    InvoiceNumber,
    Phone,
    is_email,
    looks_like_my_number,
    municipality_check_digit,
    parse_corporate_number,
    parse_invoice_number,
    parse_municipality_code,
    parse_phone,
    parse_postal_code,
    postal_text,
    read_corporate_number,
)

CORPORATE_NUMBERS = [
    "7123456789012",
    "4011001098993",
    "2120901007402",
    "7000012050002",
    "7010705000725",
    "8700110005901",
]


@pytest.mark.parametrize("number", CORPORATE_NUMBERS)
def test_a_corporate_number_with_its_check_digit_is_read(number: str) -> None:
    assert read_corporate_number(number) == CorporateNumber(number, None)


@pytest.mark.parametrize(
    "text",
    [
        "7-1234-5678-9012",
        "７１２３４５６７８９０１２",
        "7 1234 5678 9012",
        "7−1234ー5678–9012",
    ],
)
def test_a_corporate_number_may_be_written_as_forms_print_it(text: str) -> None:
    assert parse_corporate_number(text) == "7123456789012"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("6123456789012", "法人番号の検査用の数字が合いません。写し間違いがないか、1桁ずつ確かめてください。"),
        ("7010705000752", "法人番号の検査用の数字が合いません。写し間違いがないか、1桁ずつ確かめてください。"),
        ("0123456789012", "法人番号の検査用の数字が合いません。写し間違いがないか、1桁ずつ確かめてください。"),
        ("123456789012", "法人番号は13桁の数字です。12文字あります。確かめて書き直してください。"),
        ("71234567890123", "法人番号は13桁の数字です。14文字あります。確かめて書き直してください。"),
        ("", "法人番号は13桁の数字です。0文字あります。確かめて書き直してください。"),
        ("T123456789012", "法人番号は13桁の数字です。13文字あります。確かめて書き直してください。"),
    ],
)
def test_a_wrong_corporate_number_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadIdentifier) as refusal:
        parse_corporate_number(text)

    assert str(refusal.value) == sentence


def test_a_corporate_number_of_an_unusual_range_is_a_warning_only() -> None:
    read = read_corporate_number("8600000000007")

    assert read.number == "8600000000007"
    assert read.warning == "法人番号としてあまり見ない並びです。国税庁の公表サイトで確かめてください。"


@given(st.sampled_from(CORPORATE_NUMBERS), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_found_unless_it_is_nine_for_zero(number: str, place: int, step: int) -> None:
    other = str((int(number[place]) + step) % 10)
    changed = number[:place] + other + number[place + 1 :]

    try:
        accepted = parse_corporate_number(changed) == changed
    except BadIdentifier:
        accepted = False

    assert accepted == (place > 0 and {other, number[place]} == {"0", "9"})


@pytest.mark.parametrize("text", ["T7123456789012", "ｔ7123456789012", "T 7-1234-5678-9012"])
def test_an_invoice_number_is_t_and_the_corporate_number(text: str) -> None:
    assert parse_invoice_number(text, "7123456789012") == InvoiceNumber("T7123456789012", None)


def test_an_invoice_number_needs_no_check_digit_without_a_corporate_number() -> None:
    assert parse_invoice_number("T1234567890123") == InvoiceNumber("T1234567890123", None)


def test_an_invoice_number_of_another_body_is_a_warning() -> None:
    assert parse_invoice_number("T4011001098993", "7123456789012") == InvoiceNumber(
        "T4011001098993", "登録番号の数字が法人番号と違います。どちらが正しいか確かめてください。"
    )


@pytest.mark.parametrize("text", ["7123456789012", "T712345678901", "T71234567890123", "X7123456789012", ""])
def test_a_wrong_invoice_number_is_refused(text: str) -> None:
    with pytest.raises(BadIdentifier) as refusal:
        parse_invoice_number(text)

    assert str(refusal.value) == "登録番号はTと13桁の数字です。T1234567890123 のように書いてください。"


@pytest.mark.parametrize(
    "code",
    ["131016", "011002", "141003", "271004", "401307", "470007", "011011", "011070", "010006", "130001"],
)
def test_a_municipality_code_with_its_check_digit_is_read(code: str) -> None:
    assert parse_municipality_code(code) == code
    assert municipality_check_digit(code[:5]) == int(code[5])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("131015", "地方公共団体コードの検査用の数字が合いません。1桁ずつ確かめてください。"),
        ("13101", "地方公共団体コードは、都道府県の01から47で始まる6桁の数字です。書き直してください。"),
        ("481017", "地方公共団体コードは、都道府県の01から47で始まる6桁の数字です。書き直してください。"),
        ("001015", "地方公共団体コードは、都道府県の01から47で始まる6桁の数字です。書き直してください。"),
        ("千代田区", "地方公共団体コードは、都道府県の01から47で始まる6桁の数字です。書き直してください。"),
    ],
)
def test_a_wrong_municipality_code_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadIdentifier) as refusal:
        parse_municipality_code(text)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize("text", ["1008926", "100-8926", "〒100-8926", "〒 １００－８９２６", "100ー8926", "100―8926"])
def test_a_postal_code_is_kept_as_seven_digits(text: str) -> None:
    assert parse_postal_code(text) == "1008926"


def test_a_postal_code_is_printed_with_its_mark() -> None:
    assert postal_text("1008926") == "〒100-8926"


@pytest.mark.parametrize("text", ["100892", "10089261", "", "100-892A"])
def test_a_wrong_postal_code_is_refused(text: str) -> None:
    with pytest.raises(BadIdentifier) as refusal:
        parse_postal_code(text)

    assert str(refusal.value) == "郵便番号は7桁の数字です。100-8926 のように書いてください。"


@pytest.mark.parametrize(
    ("text", "typed", "digits"),
    [
        ("03-5253-5111", "03-5253-5111", "0352535111"),
        ("（０３）５２５３－５１１１", "(03)5253-5111", "0352535111"),
        ("090-9999-9999", "090-9999-9999", "09099999999"),
        ("060-1234-5678", "060-1234-5678", "06012345678"),
        ("050ー1234ー5678", "050-1234-5678", "05012345678"),
        ("0120-999999", "0120-999999", "0120999999"),
        ("0570-064-000", "0570-064-000", "0570064000"),
        ("0800-123-4567", "0800-123-4567", "08001234567"),
        ("045-200-0000", "045-200-0000", "0452000000"),
        ("+81 (03)5253-5111", "+81 (03)5253-5111", "0352535111"),
        ("+81-90-9999-9999", "+81-90-9999-9999", "09099999999"),
    ],
)
def test_a_telephone_number_is_kept_as_typed_and_as_digits(text: str, typed: str, digits: str) -> None:
    assert parse_phone(text) == Phone(typed, digits)


@pytest.mark.parametrize(
    "text",
    [
        "090-9999-999",
        "070-123-4567",
        "03-5253-511",
        "00-1234-5678",
        "1234567890",
        "03-0000-0000",
        "090-0000-0000",
        "0120-000000",
        "0000000000",
    ],
)
def test_a_telephone_number_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(BadIdentifier) as refusal:
        parse_phone(text)

    assert (
        str(refusal.value) == "電話番号の桁数か、はじめの番号が合いません。市外局番から、抜けがないか確かめてください。"
    )


@pytest.mark.parametrize("text", ["", "なし", "03-5253-5111 内線12", "+1 202 555 0100"])
def test_what_is_no_telephone_number_of_japan_is_refused(text: str) -> None:
    with pytest.raises(BadIdentifier) as refusal:
        parse_phone(text)

    assert str(refusal.value) == "電話番号には数字とハイフンだけを使い、03-5253-2111 のように書いてください。"


@pytest.mark.parametrize(
    "text",
    [
        "123456789018",
        "000111111111",
        "111111111118",
        "番号は１２３４５６７８９０１８です",
        "1234-5678-9018",
        "1234 5678 9018",
    ],
)
def test_twelve_digits_with_their_check_digit_look_like_my_number(text: str) -> None:
    assert looks_like_my_number(text)


@pytest.mark.parametrize("text", ["123456789019", "1234567890180", "12345678901", "1234-5678 9018", "2000000円", ""])
def test_other_digits_do_not_look_like_my_number(text: str) -> None:
    assert not looks_like_my_number(text)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("name@example.jp", True),
        ("o'neil+tag@mail.example", True),
        ("office@intranet", True),
        ("花@例え.jp", True),
        ("name@example.jp\n", False),
        ("name@example.jp, other@example.jp", False),
        ("名前 <name@example.jp>", False),
        ("name@@example.jp", False),
        ("name", False),
        ("", False),
    ],
)
def test_an_address_has_one_shape_wherever_it_is_asked_for(text: str, is_one: bool) -> None:
    assert is_email(text) is is_one
