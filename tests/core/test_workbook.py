"""XLSX in: cells as people see them, and files that would swell are refused."""

import datetime as dt
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
import xlsxwriter

from grantflow.core.cells import DateStyle, date_style, date_text, number_text
from grantflow.core.tables import Columns, Row, read_table

COLUMNS = Columns(("number", "title"), ("amount", "founded"))
TOO_MUCH = "a.xlsx: 展開すると大きすぎるファイルです。必要な表だけを新しいファイルに写して保存してください。"
BROKEN = "a.xlsx: Excel（.xlsx）のファイルとして読めません。壊れていないか確かめ、保存し直してください。"
HEADER = ["number", "title", "amount", "founded"]
SHEET = "xl/worksheets/sheet1.xml"


def workbook(*rows: list[object], more: Callable[[xlsxwriter.Workbook], object] | None = None) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("応募")
        for number, cells in enumerate(rows):
            sheet.write_row(number, 0, cells)
        if more:
            more(book)
    return out.getvalue()


def repacked(content: bytes, **members: bytes) -> bytes:
    """The same archive with some members replaced; `sheet` is the first sheet's XML."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            key = info.filename.rpartition("/")[2].partition(".")[0].removesuffix("1")
            new.writestr(info.filename, members.get(key, old.read(info.filename)))
    return out.getvalue()


def sheet_xml(rows: str) -> bytes:
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{namespace}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def inline(*cells: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)


def faults(content: bytes) -> list[str]:
    return [str(problem) for problem in read_table(content, "a.xlsx", COLUMNS).problems]


def test_the_rows_of_a_sheet_are_read_with_their_numbers() -> None:
    content = workbook(HEADER, ["A-1", "𠮷野ｾﾝﾀｰ", 2_000_000], [], ["A-2", 0.5, True, "2019-04"])

    table = read_table(content, "a.xlsx", COLUMNS)

    assert list(table.problems) == []
    assert table.rows == (
        Row(2, {"number": "A-1", "title": "𠮷野ｾﾝﾀｰ", "amount": "2000000", "founded": ""}),
        Row(4, {"number": "A-2", "title": "0.5", "amount": "TRUE", "founded": "2019-04"}),
    )


def test_a_workbook_is_known_by_its_content_and_not_by_its_name() -> None:
    table = read_table(workbook(HEADER, ["A-1", "x"]), "upload", COLUMNS)

    assert [row.cells["title"] for row in table.rows] == ["x"]


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ("yyyy/m/d", "2019-04-01"),
        ('[$-411]ggge"年"m"月"d"日"', "2019-04-01"),
        ('yyyy"年"m"月"', "2019-04"),
        ("mmm-yy", "2019-04"),
        ("yyyy", "2019"),
        ("yyyy/m/d h:mm", "2019-04-01 00:00"),
        ("[Magenta]#,##0", "43556"),
        ("0.00E+00", "43556"),
    ],
)
def test_a_date_is_read_as_precisely_as_it_is_shown(shown: str, text: str) -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.get_worksheet_by_name("応募")
        sheet.write_datetime(1, 3, dt.datetime(2019, 4, 1), book.add_format({"num_format": shown}))  # noqa: DTZ001

    table = read_table(workbook(HEADER, ["A-1", "x"], more=write), "a.xlsx", COLUMNS)

    assert [row.cells["founded"] for row in table.rows] == [text]


def test_formulas_give_their_value_and_failed_ones_are_told() -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.get_worksheet_by_name("応募")
        sheet.write_formula(1, 2, "=1000*2", None, 2000)
        sheet.write_formula(2, 2, "=A99/0", None, "#DIV/0!")
        sheet.write_formula(3, 1, '="題"&"名"', None, "題名")

    content = workbook(HEADER, ["A-1", "x"], ["A-2", "y"], ["A-3"], more=write)
    never_calculated = sheet_xml(f"<row>{inline(*HEADER)}</row><row>{inline('A', 'x')}<c><f>1+1</f></c></row>")

    table = read_table(content, "a.xlsx", COLUMNS)

    assert [(row.cells["title"], row.cells["amount"]) for row in table.rows] == [
        ("x", "2000"),
        ("y", "#DIV/0!"),
        ("題名", ""),
    ]
    assert faults(content) == [
        "a.xlsx:3: amount: 式の結果が「#DIV/0!」で、値になっていません。値に直して保存してください。"
    ]
    assert faults(repacked(content, sheet=never_calculated)) == [
        "a.xlsx:2: amount: 式の結果が「#CALC!」で、値になっていません。値に直して保存してください。"
    ]


def test_furigana_is_not_part_of_a_text_and_its_pieces_are_joined() -> None:
    strings = (
        "<sst><si><t>number</t></si><si><t>title</t></si><si><t>A</t></si>"
        "<si><r><t>風の</t></r><r><t>輪</t></r><rPh sb='0' eb='1'><t>カゼ</t></rPh></si></sst>"
    ).encode()
    content = workbook(["number", "title"], ["A", "x"])

    table = read_table(repacked(content, sharedStrings=strings), "a.xlsx", COLUMNS)

    assert [row.cells["title"] for row in table.rows] == ["風の輪"]


def test_a_control_character_is_found_behind_its_escape() -> None:
    content = workbook(HEADER, ["A", "x\u0007"], ["B", "一行\n二行"], ["C", "_x005F_x0041_"])

    assert faults(content) == [
        "a.xlsx:2: title: 目に見えない制御文字（U+0007）が含まれています。その文字を取り除いてください。",
        "a.xlsx:3: title: 途中に改行があります。改行を取り除いて1行にしてください。",
    ]


def test_a_cell_beside_the_table_is_told() -> None:
    assert faults(workbook(HEADER, ["A", "x", 1, "", "メモ"])) == [
        "a.xlsx:2: 見出しは4列ですが、この行は5列です。コンマの数と引用符を確かめてください。"
    ]


def test_only_the_first_sheet_that_shows_is_read_and_others_are_named() -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        book.get_worksheet_by_name("応募").hide()
        shown = book.add_worksheet("一覧")
        shown.write_row(0, 0, ["number", "title"])
        shown.write_row(1, 0, ["B-1", "y"])
        shown.activate()
        shown.set_first_sheet()
        book.add_worksheet("空")
        book.add_worksheet("メモ").write(5, 5, "覚え書き")

    table = read_table(workbook(HEADER, ["A-1", "x"], more=write), "a.xlsx", COLUMNS)

    assert [row.cells["number"] for row in table.rows] == ["B-1"]
    assert [str(problem) for problem in table.problems.warnings] == [
        "a.xlsx: 最初のシート「一覧」だけを読みました。他のシート（メモ）は読んでいません。"
    ]


def test_a_workbook_without_rows_says_so() -> None:
    assert faults(workbook()) == ["a.xlsx: 見出しの行がありません。1行目に列の名前を書いてください。"]
    assert faults(workbook(HEADER)) == ["a.xlsx: 見出しの下に行がありません。1件以上の行を書いてください。"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"number,title\nA,x\n", BROKEN),
        (b"PK\x03\x04 and no more", BROKEN),
        (workbook(HEADER)[:-200], BROKEN),
        (repacked(workbook(HEADER), sheet=b"<worksheet><sheetData>"), BROKEN),
        (repacked(workbook(HEADER), sheet=b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet>&a;</worksheet>"), BROKEN),
        (repacked(workbook(HEADER), workbook=b"<workbook/>"), BROKEN),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "a.xlsx: パスワード付きか、古い形式（.xls）のファイルです。パスワードを外し、.xlsx で保存してください。",
        ),
        (
            b"PK\x05\x06" + bytes(18),
            "a.xlsx: Excel（.xlsx）のファイルではありません。表計算ソフトで .xlsx か CSV に保存し直してください。",
        ),
    ],
)
def test_what_is_no_workbook_says_what_to_do(content: bytes, sentence: str) -> None:
    assert faults(content) == [sentence]


def test_a_sheet_that_inflates_beyond_measure_is_refused_before_it_is_opened() -> None:
    content = repacked(workbook(HEADER, ["A", "x"]), sheet=sheet_xml(" " * 60_000_000))

    assert len(content) < 1_000_000
    assert faults(content) == [TOO_MUCH]


def test_a_sheet_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(repacked(workbook(HEADER, ["A", "x"]), sheet=sheet_xml(" " * 5_000_000)))
    directory = content.index(SHEET.encode(), content.rindex(b"PK\x01\x02", 0, content.rindex(SHEET.encode()))) - 46

    content[directory + 24 : directory + 28] = (1_000).to_bytes(4, "little")

    assert faults(bytes(content)) == [BROKEN]


def test_cells_in_opposite_corners_cost_nothing() -> None:
    far = sheet_xml(f'<row r="1">{inline(*HEADER)}</row><row r="1048576">{inline("A", "x")}</row>')
    wide = sheet_xml(f'<row>{inline(*HEADER)}</row><row><c r="XFD2"><v>1</v></c></row>')

    table = read_table(repacked(workbook(HEADER), sheet=far), "a.xlsx", COLUMNS)

    assert [row.line for row in table.rows] == [1_048_576]
    assert faults(repacked(workbook(HEADER), sheet=wide)) == [
        "a.xlsx: 100列より右にもセルがあります。不要な列を消して保存し直してください。"
    ]


def test_one_long_text_in_many_cells_is_refused() -> None:
    cells = '<row><c t="s"><v>0</v></c></row>' * 10_000
    content = repacked(
        workbook(HEADER),
        sheet=sheet_xml(cells),
        sharedStrings=f"<sst><si><t>{'長' * 30_000}</t></si></sst>".encode(),
    )

    assert faults(content)[0] == TOO_MUCH


def test_names_with_a_prefix_and_cells_without_a_place_are_read() -> None:
    row = "<x:row><x:c t='inlineStr'><x:is><x:t>{}</x:t></x:is></x:c><x:c t='str'><x:v>{}</x:v></x:c></x:row>"
    rows = row.format("number", "title") + row.format("A", "題")
    sheet = f"<x:worksheet xmlns:x='m'><x:sheetData>{rows}</x:sheetData></x:worksheet>"

    table = read_table(repacked(workbook(HEADER), sheet=sheet.encode()), "a.xlsx", COLUMNS)

    assert table.rows == (Row(2, {"number": "A", "title": "題", "amount": "", "founded": ""}),)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2000000", "2000000"),
        ("2000000.0", "2000000"),
        ("2E6", "2000000"),
        ("-3", "-3"),
        ("0.1", "0.1"),
        ("1E20", "1e+20"),
        ("9" * 5000, "9" * 5000),
        ("nan", "nan"),
        ("x", "x"),
    ],
)
def test_a_number_is_written_without_what_programs_add(value: str, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("value", "style", "from_1904", "text"),
    [
        ("45332", DateStyle.DAY, False, "2024-02-10"),
        ("43870", DateStyle.DAY, True, "2024-02-10"),
        ("1", DateStyle.DAY, False, "1900-01-01"),
        ("61", DateStyle.DAY, False, "1900-03-01"),
        ("45332.708333333336", DateStyle.MOMENT, False, "2024-02-10 17:00"),
        ("0.75", DateStyle.TIME, False, "18:00"),
        ("1e300", DateStyle.DAY, False, "1e+300"),
        ("x", DateStyle.DAY, False, "x"),
    ],
)
def test_a_day_number_is_written_as_a_date(value: str, style: DateStyle, from_1904: bool, text: str) -> None:
    assert date_text(value, style, from_1904) == text


@pytest.mark.parametrize(
    ("number", "style"),
    [
        ("14", DateStyle.DAY),
        ("17", DateStyle.MONTH),
        ("58", DateStyle.DAY),
        ("22", DateStyle.MOMENT),
        ("0", None),
        ("x", None),
    ],
)
def test_formats_named_by_number_are_those_of_a_japanese_excel(number: str, style: DateStyle | None) -> None:
    assert date_style(number, "") == style
