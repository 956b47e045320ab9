"""What others have given: numbers of corporations, invoices, municipalities, postal codes, telephones; addresses."""

import re
from typing import NamedTuple
from unicodedata import normalize

from grantflow.core.characters import DASHES_BETWEEN_DIGITS, HYPHENS
from grantflow.core.words import _

_PREFECTURES = 47
#: An e-mail address as far as its shape tells, without a name before it; whether it is somebody's, only a mail tells.
EMAIL_SHAPE = r"[^\s@<>,;:\"()\\]+@[^\s@<>,;:\"()\\]+"
_DASH = re.compile(f"[{HYPHENS}{DASHES_BETWEEN_DIGITS}]")


class BadIdentifier(ValueError):
    """A text that is no such number; the message is a sentence for the user."""


class CorporateNumber(NamedTuple):
    """法人番号: 13 digits, and a sentence where their range is unusual."""

    number: str
    warning: str | None = None


class InvoiceNumber(NamedTuple):
    """登録番号: T and 13 digits, and a sentence where they do not agree with the corporate number."""

    number: str
    warning: str | None = None


class Phone(NamedTuple):
    """電話番号: as typed (NFKC), and its digits only, for comparison."""

    typed: str
    digits: str


def is_email(text: str) -> bool:
    """Whether `text` has the shape of one e-mail address, the same wherever one is asked for."""
    return re.fullmatch(EMAIL_SHAPE, text) is not None


def read_corporate_number(text: str) -> CorporateNumber:
    """The 法人番号 in `text`, hyphens and widths aside, whose check digit holds (R5.1); else `BadIdentifier`.

    A base that begins with no range known for a corporation or a public body is a warning, for ranges are added.
    """
    digits = _digits(text)
    if not re.fullmatch("[0-9]{13}", digits):
        raise BadIdentifier(
            _("法人番号は13桁の数字です。%(count)d文字あります。確かめて書き直してください。", count=len(digits))
        )
    if int(digits[0]) != _corporate_check(digits[1:]):
        raise BadIdentifier(_("法人番号の検査用の数字が合いません。写し間違いがないか、1桁ずつ確かめてください。"))
    if digits[1] in "689":
        return CorporateNumber(digits, _("法人番号としてあまり見ない並びです。国税庁の公表サイトで確かめてください。"))
    return CorporateNumber(digits)


def parse_corporate_number(text: str) -> str:
    """The 13 digits of the 法人番号 in `text` (R5.1); `BadIdentifier` otherwise."""
    return read_corporate_number(text).number


def parse_invoice_number(text: str, corporate_number: str = "") -> InvoiceNumber:
    """The 適格請求書発行事業者登録番号 in `text` (R5.2); `BadIdentifier` when it is not T and 13 digits.

    No check digit is asked for, since a person's or an unincorporated group's number has none that is published;
    a corporation's must be T and its `corporate_number`, else there is a warning.
    """
    number = _digits(text).upper()
    if not re.fullmatch("T[0-9]{13}", number):
        raise BadIdentifier(_("登録番号はTと13桁の数字です。T1234567890123 のように書いてください。"))
    if corporate_number and number[1:] != corporate_number:
        return InvoiceNumber(number, _("登録番号の数字が法人番号と違います。どちらが正しいか確かめてください。"))
    return InvoiceNumber(number)


def parse_municipality_code(text: str) -> str:
    """The 6 digits of the 全国地方公共団体コード in `text` whose check digit holds (R5.3); else `BadIdentifier`."""
    digits = _digits(text)
    if not re.fullmatch("[0-9]{6}", digits) or not 1 <= int(digits[:2]) <= _PREFECTURES:
        raise BadIdentifier(_("地方公共団体コードは、都道府県の01から47で始まる6桁の数字です。書き直してください。"))
    if int(digits[5]) != municipality_check_digit(digits[:5]):
        raise BadIdentifier(_("地方公共団体コードの検査用の数字が合いません。1桁ずつ確かめてください。"))
    return digits


def municipality_check_digit(code: str) -> int:
    """The sixth digit that belongs to the five of a municipality (R5.3)."""
    total = sum(weight * int(digit) for weight, digit in zip((6, 5, 4, 3, 2), code, strict=True))
    return (11 - total % 11) % 10


def parse_postal_code(text: str) -> str:
    """The 7 digits of the postal code in `text`, 〒, spaces and dashes aside (R5.4); else `BadIdentifier`."""
    digits = _digits(text).removeprefix("〒")
    if not re.fullmatch("[0-9]{7}", digits):
        raise BadIdentifier(_("郵便番号は7桁の数字です。100-8926 のように書いてください。"))
    return digits


def postal_text(code: str) -> str:
    """A stored postal code as printed: 〒100-8926 (R5.4)."""
    return f"〒{code[:3]}-{code[3:]}"


def parse_phone(text: str) -> Phone:
    """The telephone number in `text`, of Japan or with +81 (R5.5); `BadIdentifier` when no such number exists."""
    typed = _DASH.sub("-", normalize("NFKC", text)).strip()
    bare = re.sub(r"[\s()\-.]", "", typed)
    # Abroad the leading 0 is left out, or shown in brackets
    digits = "0" + bare[3:].removeprefix("0") if bare.startswith("+81") else bare
    if not re.fullmatch("[0-9]+", digits):
        raise BadIdentifier(_("電話番号には数字とハイフンだけを使い、03-5253-2111 のように書いてください。"))
    if not _is_phone(digits):
        raise BadIdentifier(
            _("電話番号の桁数か、はじめの番号が合いません。市外局番から、抜けがないか確かめてください。")
        )
    return Phone(typed, digits)


def _is_phone(digits: str) -> bool:
    fixed = re.fullmatch("0[1-9][0-9]{8}", digits) and not re.match("0[5-9]0", digits)
    other = re.fullmatch("0[56789]0[0-9]{8}", digits)
    return bool(fixed or other) and not _NO_SUBSCRIBER.fullmatch(digits)


# Where the area code ends is certain only for these
_NO_SUBSCRIBER = re.compile("0[36]0{8}|0[124-9][0-9]0{7}|0[5-9]00{8}|(?:0120|0570)0{6}|08000{7}")


def looks_like_my_number(text: str) -> bool:
    """Whether `text` holds 12 digits in a row whose last is the check digit of a 個人番号 (R6.6).

    About one in ten of all 12-digit runs does, so ask and do not refuse.
    """
    return bool(my_numbers_in(text))


def my_numbers_in(text: str) -> tuple[tuple[int, str], ...]:
    """Every run of 12 digits in `text` that looks so: where it begins, counted from 0, and its digits (R6.6)."""
    plain, at = _plain(text)
    plain = _DASH.sub("-", plain)
    runs = ((run.start(), re.sub("[- ]", "", run[0])) for run in _TWELVE_DIGITS.finditer(plain))
    return tuple((at[start], digits) for start, digits in runs if _is_my_number(digits))


def _plain(text: str) -> tuple[str, list[int]]:
    """`text` by NFKC, and from which of its characters each one came."""
    parts = [normalize("NFKC", character) for character in text]
    return "".join(parts), [place for place, part in enumerate(parts) for _each in part]


_TWELVE_DIGITS = re.compile(r"(?<![0-9])(?:[0-9]{12}|[0-9]{4}([- ])[0-9]{4}\1[0-9]{4})(?![0-9])")


def _is_my_number(digits: str) -> bool:
    total = sum(int(digit) * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(digits[:11]), 1))
    remainder = total % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def _corporate_check(base: str) -> int:
    total = sum(int(digit) * (1 if n % 2 else 2) for n, digit in enumerate(reversed(base), 1))
    return 9 - total % 9


def _digits(text: str) -> str:
    """`text` without what people put between digits: spaces and dashes of any kind."""
    return re.sub(r"[\s-]", "", _DASH.sub("-", normalize("NFKC", text)))
