"""Files that might be handed in: nearly right ones, damaged ones, and what is no table at all."""

import csv
import random
from io import BytesIO, StringIO

import xlsxwriter

from tests.fuzz.words import EMPTY, word

Rows = list[list[str]]
ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "cp932", "utf-16", "euc_jp", "latin-1")


def table(chance: random.Random, columns: list[str], row: list[str], known: list[str]) -> bytes:
    """A CSV or XLSX file with something like `columns`, its rows something like `row`."""
    if chance.random() < 0.05:
        return chance.randbytes(chance.randrange(3000))
    rows = _rows(chance, columns, row, known)
    content = _workbook(chance, rows) if chance.random() < 0.35 else _csv(chance, rows)
    return damaged(chance, content) if chance.random() < 0.2 else content


def _rows(chance: random.Random, columns: list[str], row: list[str], known: list[str]) -> Rows:
    rows = [list(columns), *([*row] for _ in range(chance.choice([0, 1, 1, 2, 5, 40])))]
    order = list(range(len(columns)))
    chance.shuffle(order)
    rows = [[cells[place] for place in order] for cells in rows]
    for _ in range(chance.randrange(5)):
        where = chance.randrange(len(rows))
        # The header is spoilt seldom, or no row would ever be read
        if where or chance.random() < 0.3:
            rows[where][chance.randrange(len(order))] = word(chance, known)
    if chance.random() < 0.15:
        cells = chance.choice(rows)
        cells[:] = chance.choice([cells[:-1], [*cells, "x"], [], [*cells, *cells]])
    return rows


def _csv(chance: random.Random, rows: Rows) -> bytes:
    out = StringIO()
    ending = chance.choice(["\r\n", "\n", "\r"])
    csv.writer(out, lineterminator=ending, quoting=chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])).writerows(rows)
    return out.getvalue().encode(chance.choice(ENCODINGS), "replace")


def _workbook(chance: random.Random, rows: Rows) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": chance.random() < 0.5}) as book:
        sheet = book.add_worksheet()
        for line, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if chance.random() < 0.03:
                    chance.choice([_number, _formula, _truth, _date])(sheet, line, column, book)
                else:
                    sheet.write_string(line, column, cell[:32_767])
        if chance.random() < 0.1:
            book.add_worksheet().write_string(0, 0, chance.choice(EMPTY))
    return out.getvalue()


def _number(sheet: xlsxwriter.worksheet.Worksheet, line: int, column: int, _book: object) -> None:
    sheet.write_number(line, column, 1e30)


def _formula(sheet: xlsxwriter.worksheet.Worksheet, line: int, column: int, _book: object) -> None:
    sheet.write_formula(line, column, "=1/0", value="#DIV/0!")


def _truth(sheet: xlsxwriter.worksheet.Worksheet, line: int, column: int, _book: object) -> None:
    sheet.write_boolean(line, column, True)


def _date(sheet: xlsxwriter.worksheet.Worksheet, line: int, column: int, book: xlsxwriter.Workbook) -> None:
    sheet.write_number(line, column, 45_000.5, book.add_format({"num_format": "yyyy-mm-dd"}))


def damaged(chance: random.Random, content: bytes) -> bytes:
    """The file with a few bytes flipped, or cut off."""
    spoilt = bytearray(content)
    for _ in range(chance.randrange(1, 6)):
        if spoilt:
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt[: chance.randrange(len(spoilt) + 1)] if chance.random() < 0.3 else spoilt)


#: What may stand behind the sign of equality in a call's definition.
TOML_VALUES = [
    *("0", "-1", "1_000", "9223372036854775808", "1e400", "nan", "inf", "true", "[]", "{}", '""', '" "', "[[]]"),
    *('"\\u0000"', '"\\U0010FFFF"', "1979-05-27", "07:32:00", "2031-04-01T09:00:00", "9999-12-31T23:59:59-12:00"),
    *('["a", 1]', "{a = 1}", '"' + "あ" * 20_001 + '"', "0001-01-01T00:00:00+14:00", "'''\n'''", "[1, 2, 3]", '"../x"'),
    *('"2024-02 early"', '"undecided"', '"1/3"', '"0/0"', "0.1", "-0.0", '"=1+1"', '"a b"', '"calls"', "[" * 300),
]


def definition(chance: random.Random, text: str, known: list[str]) -> bytes:
    """The definition of a call with a few lines changed, lost, doubled or moved."""
    lines = text.split("\n")
    for _ in range(chance.randrange(1, 5)):
        place = chance.randrange(len(lines))
        key, sign, _value = lines[place].partition(" = ")
        other = chance.randrange(len(lines))
        value = chance.choice(TOML_VALUES) if sign else word(chance, known)
        changed = [[], [lines[place]] * 2, [lines[other]], *[[key + sign + value]] * 5]
        lines[place : place + 1] = chance.choice(changed)
    content = "\n".join(lines).encode(chance.choice(("utf-8",) * 6 + ("cp932", "utf-16")), "replace")
    return damaged(chance, content) if chance.random() < 0.15 else content
