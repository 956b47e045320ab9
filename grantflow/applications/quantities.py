"""How many, as people write it: an exact decimal, never a binary fraction (R1.10)."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple
from unicodedata import normalize

from grantflow.core.words import _

#: Digits before and after the point.
MOST_WHOLE, MOST_DECIMALS = 6, 4
_WRITTEN = re.compile(r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]*)(?:\.(?P<decimals>[0-9]*))?(?P<unit>[^0-9.,]+)?")


class BadQuantity(ValueError):
    """A text that is no quantity; the message is a sentence for the user."""


class Quantity(NamedTuple):
    """A quantity in its plainest decimal spelling (1.5), and the unit that stood behind it."""

    number: str
    unit: str = ""


def parse_quantity(text: str) -> Quantity:
    """The quantity that a person wrote (`１．５`, `1,200`, `3回`), not negative; else `BadQuantity` (R1.10)."""
    plain = normalize("NFKC", text).strip()
    found = _WRITTEN.fullmatch(plain)
    if not found or not (found["digits"] or found["decimals"]):
        raise BadQuantity(
            _("「%(text)s」は数量として読めません。1.5 のように0以上の数字で書いてください。", text=text[:40])
        )
    digits = (found["digits"] or "0").replace(",", "").lstrip("0") or "0"
    decimals = (found["decimals"] or "").rstrip("0")
    if len(digits) > MOST_WHOLE:
        raise BadQuantity(_("数量が%(count)s桁を超えています。桁数を確かめてください。", count=MOST_WHOLE))
    if len(decimals) > MOST_DECIMALS:
        raise BadQuantity(_("数量は小数点の下%(count)s桁までです。短くしてください。", count=MOST_DECIMALS))
    return Quantity(f"{digits}.{decimals}" if decimals else digits, (found["unit"] or "").strip())


def quantity_text(number: str) -> str:
    """A quantity for people: 1,200.5; nothing for nothing."""
    return f"{Decimal(number):,f}" if number else ""


def times(unit_price: int, number: str) -> int:
    """Yen for that many at `unit_price`, what is less than one yen cut off (R1.10); 0 where no quantity stands."""
    return int(unit_price * Fraction(number)) if number else 0
