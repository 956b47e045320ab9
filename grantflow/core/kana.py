"""How a name is read (フリガナ): full-width katakana (R5.11)."""

import re
from unicodedata import normalize

from grantflow.core.words import _

_HALF_WIDTH = re.compile("[\uff61-\uff9f]+")
_HIRAGANA = re.compile("[\u3041-\u3096\u309d\u309e]")
_SPACES = re.compile(r"[\s\u3000]+")
_NOT_KANA = re.compile("[^\u30a1-\u30fa\u30fc\u30fb A-Za-z0-9Ａ-Ｚａ-ｚ０-９]")


class BadKana(ValueError):
    """A text that is no フリガナ; the message is a sentence for the user."""


def read_kana(text: str) -> str:
    """`text` in full-width katakana, its parts one half-width space apart; `BadKana` for what has no reading in it."""
    wide = _HALF_WIDTH.sub(lambda found: normalize("NFKC", found[0]), text)
    wide = _HIRAGANA.sub(lambda found: chr(ord(found[0]) + 0x60), normalize("NFC", wide))
    plain = _SPACES.sub(" ", wide).strip()
    wrong = _NOT_KANA.search(plain)
    if wrong:
        raise BadKana(
            _(
                "フリガナに「%(character)s」は使えません。カタカナ、英数字、中黒（・）で書いてください。",
                character=wrong[0],
            )
        )
    return plain
