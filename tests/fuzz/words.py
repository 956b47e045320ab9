"""What people, programs and bad luck type into a box."""

import os
import random
import uuid

#: How many inputs each form and each load gets in `make test`, half of them on each database.
USUALLY = 200
#: The longest that an answer may take.
SECONDS = 5


def inputs(dialect: str) -> range:
    """The numbers of the inputs to invent: this database's half, or as many as `make fuzz` asks for."""
    asked = os.environ.get("GRANTFLOW_FUZZ")
    if asked:
        return range(int(asked))
    return range(0 if dialect == "sqlite" else 1, USUALLY, 2)


EMPTY = ["", " ", "\u3000", "\t", "\r\n", "\n" * 50]
NUMBERS = [
    *("0", "-1", "-0", "+1", "1.5", "1e3", "1E+400", "NaN", "nan", "inf", "-Infinity", "0x10", "1_000", "00012"),
    *("１２３", "１，２００，０００円", "2,000,000円", "△34,808", "一二三", "¥1", "9" * 18, "9" * 30, "1" + "0" * 30),
    *("2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "²", "٣", "Ⅳ", "9" * 5000),
]
DATES = [
    *("2026-02-30", "2024-02-29", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-13-01", "2026-1-1"),
    *("令和5年6月9日", "令和99年99月99日", "平成31年5月1日", "昭和64年1月8日", "明治元年1月25日", "R5.6.9", "令和元年"),
    *("2026-04-01T09:00:00+09:00", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-12:00", "24:00", "23:59", "7:5"),
    *("12/31/2026", "1/0", "2031-04-01 09:00", "20260401", "2026年", "2024-02 early", "undecided", "2023-08/2023-09"),
]
ODD = [
    *("\x00", "a\x00b", "\x1b[31m赤", "\x7f", "\u200b", "\ufeff", "\u202e右から", "\ue000", "\ufffd", "\U0010ffff"),
    *("e\u0301\u0301\u0301", "か\u3099", "ｶﾞ", "葛\U000e0100", "\U0002000b", "👨‍👩‍👧‍👦" * 40, "🇯🇵", "ﷺ", "Å" * 3),
    *("<script>alert(1)</script>", "\"'><img src=x>", "{{ 7 * 7 }}", "%s%n%(x)s", "' OR 1=1 --", "../../etc/passwd"),
    *("=1+1", "@SUM(A1)", "javascript:alert(1)", "http://[", "//example.jp", "a@b", "あ@例え.jp", "a" * 300 + "@b.jp"),
    *("null", "None", "true", "[]", "{}", "on", "y", "no", "\\", "%", "%ff", "-", ";", ",", ";;;", "key", "version"),
]
LONG = ["a" * 10_000, "あ" * 20_001, "\u0301" * 5_000, "a\n" * 3_000, "☃" * 60_000]


def word(chance: random.Random, known: list[str]) -> str:
    """One value of any kind; `known` are values that mean something in the world that is asked."""
    kind = chance.randrange(16)
    if kind < 3 and known:
        return chance.choice(known)
    if kind == 3:
        return str(uuid.UUID(int=chance.getrandbits(128), version=4))
    if kind == 4:
        return chance.choice(LONG)
    if kind == 5:
        return "".join(_character(chance) for _ in range(chance.randrange(1, 60)))
    if kind == 6:
        return str(chance.randint(-(10**30), 10**30) // 10 ** chance.randrange(31))
    if kind == 7 and known:
        return _spoilt(chance, chance.choice(known))
    return chance.choice(chance.choice([EMPTY, NUMBERS, DATES, ODD, ODD]))


def _character(chance: random.Random) -> str:
    found = chance.choice([0x7F, 0x3FF, 0x30FF, 0x9FFF, 0xFFFF, 0x10FFFF])
    code = chance.randrange(found)
    return "あ" if 0xD800 <= code <= 0xDFFF else chr(code)


def _spoilt(chance: random.Random, text: str) -> str:
    place = chance.randrange(len(text) + 1)
    return chance.choice(
        [
            text[:place],
            text[place:],
            text[:place] + chance.choice(ODD) + text[place:],
            text.upper(),
            text * 2,
            f" {text} ",
        ]
    )
