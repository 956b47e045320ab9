"""Tables in: what is read, what is refused, and that each fault is told with its line."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantflow.core.problems import Problem, Problems, Severity
from grantflow.core.tables import Columns, NotAWholeNumber, Row, read_table, whole_number

COLUMNS = Columns(("number", "title"), ("comment",))
HEADER = "number,title,comment\n"


def faults(source: bytes | str | Path, columns: Columns = COLUMNS, name: str = "a.csv") -> list[str]:
    content = source.encode() if isinstance(source, str) else source
    return [str(problem) for problem in read_table(content, name, columns).problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_csv_is_read_in_every_usual_encoding_and_line_end(encoding: str, line_end: str) -> None:
    text = line_end.join(["title,number", "子どもﾜﾝｵﾍﾟ髙﨑,A-1", '"二つ目, の""題""",A-2', ""])

    table = read_table(text.encode(encoding), "a.csv", COLUMNS)

    assert table.rows == (
        Row(2, {"title": "子どもﾜﾝｵﾍﾟ髙﨑", "number": "A-1", "comment": ""}),
        Row(3, {"title": '二つ目, の"題"', "number": "A-2", "comment": ""}),
    )
    assert list(table.problems) == []


def test_a_file_is_read_from_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("number,title\nA-1,題\n", encoding="utf-8")

    table = read_table(tmp_path / "a.csv", "a.csv", COLUMNS)

    assert [row.cells["title"] for row in table.rows] == ["題"]


def test_empty_lines_are_passed_over_and_the_count_of_lines_goes_on() -> None:
    table = read_table(b"\nnumber,title\n\nA-1,x\n,\n\nA-2,y\n", "a.csv", COLUMNS)

    assert [(row.line, row.cells["number"]) for row in table.rows] == [(4, "A-1"), (7, "A-2")]
    assert len(table.problems) == 0


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ["a.csv: ファイルが空です（0バイト）。見出しと行のあるファイルを選んでください。"]),
        (b"\n \n".replace(b" ", b""), ["a.csv: 見出しの行がありません。1行目に列の名前を書いてください。"]),
        (HEADER.encode(), ["a.csv: 見出しの下に行がありません。1件以上の行を書いてください。"]),
        (
            (HEADER + "A,x,").encode("utf-16"),
            ["a.csv: 文字コードがUTF-16です。CSV（UTF-8）で保存し直してください。"],
        ),
        (
            (HEADER * 2).encode("utf-16-le"),
            ["a.csv: 文字コードがUTF-16です。CSV（UTF-8）で保存し直してください。"],
        ),
        (
            (HEADER + "A,あいうえお,\nB,").encode() + b"\xff,\n",
            ["a.csv:3: UTF-8でもシフトJIS（CP932）でもない文字があります。CSV（UTF-8）で保存し直してください。"],
        ),
        (
            b"\xef\xbb\xbf" + HEADER.encode() + "題".encode("cp932"),
            ["a.csv:2: UTF-8でもシフトJIS（CP932）でもない文字があります。CSV（UTF-8）で保存し直してください。"],
        ),
        (
            b"number\ttitle\nA\tx\n",
            ["a.csv:1: 列がコンマで区切られていません。コンマ区切りのCSVで保存し直してください。"],
        ),
    ],
)
def test_a_file_that_is_no_table_says_what_to_do(content: bytes, expected: list[str]) -> None:
    assert faults(content) == expected


def test_a_place_with_no_file_says_so(tmp_path: Path) -> None:
    problems = faults(tmp_path / "none.csv")

    assert problems == [
        "a.csv: ファイルを開けません。場所と名前、読み取りの権限を確かめてください（No such file or directory）。"
    ]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "number,titel",
            [
                "a.csv:1: titel: 知らない列です。「title」ではありませんか。名前を直すか、その列を消してください。",
                "a.csv:1: title: 必要な列がありません。列を足して値を書いてください。",
            ],
        ),
        (
            "Ｎumber,title,number",
            ["a.csv:1: Ｎumber: 知らない列です。「number」ではありませんか。名前を直すか、その列を消してください。"],
        ),
        (
            "number,title,郵便番号",
            ["a.csv:1: 郵便番号: 知らない列です。使える列は number, title, comment です。"],
        ),
        (
            "number,title,number,comment,comment",
            [
                "a.csv:1: number: 同じ名前の列が二つ以上あります。一つだけ残してください。",
                "a.csv:1: comment: 同じ名前の列が二つ以上あります。一つだけ残してください。",
            ],
        ),
        (
            "comment",
            [
                "a.csv:1: number: 必要な列がありません。列を足して値を書いてください。",
                "a.csv:1: title: 必要な列がありません。列を足して値を書いてください。",
            ],
        ),
        ("number,title,", ["a.csv:1: 3列目の名前が空です。名前を書くか、その列を消してください。"]),
        (
            "\u200bnumber,number,title",
            ["a.csv:1: 目に見えない制御文字（U+200B）が含まれています。その文字を取り除いてください。"],
        ),
    ],
)
def test_every_fault_of_a_header_is_told(header: str, expected: list[str]) -> None:
    assert faults(header + "\nA,x,,,\n") == expected


def test_every_bad_row_is_told_with_its_line_and_column() -> None:
    rows = [
        "A,x",
        "A,x,,",
        "",
        ",x,",
        "A,  ,",
        "A,x\u0007,",
        'A,"x\ny",',
        "A,x\ty,",
        "A,x,\u200b",
        "A,\ue000,\ufffd",
        "A,#REF!,",
        "A," + "長" * 20_001 + ",",
        'A,"x"y,',
        "A\0,x,",
        "good,x,",
    ]

    table = read_table((HEADER + "\n".join(rows) + "\n").encode(), "a.csv", COLUMNS)

    assert [str(problem) for problem in table.problems] == [
        "a.csv:2: 見出しは3列ですが、この行は2列です。コンマの数と引用符を確かめてください。",
        "a.csv:3: 見出しは3列ですが、この行は4列です。コンマの数と引用符を確かめてください。",
        "a.csv:5: number: 空です。この列は必ず書いてください。",
        "a.csv:6: title: 空です。この列は必ず書いてください。",
        "a.csv:7: title: 目に見えない制御文字（U+0007）が含まれています。その文字を取り除いてください。",
        "a.csv:8: title: 途中に改行があります。改行を取り除いて1行にしてください。",
        "a.csv:10: title: 目に見えない制御文字（U+0009）が含まれています。その文字を取り除いてください。",
        "a.csv:11: comment: 目に見えない制御文字（U+200B）が含まれています。その文字を取り除いてください。",
        "a.csv:12: title: 外字（U+E000）は他の機器で表示できません。"
        "文字情報基盤にある文字か、かなに置き換えてください。",
        "a.csv:12: comment: 文字化けで失われた文字（U+FFFD）があります。正しい文字を入力し直してください。",
        "a.csv:13: title: 式の結果が「#REF!」で、値になっていません。値に直して保存してください。",
        "a.csv:14: title: 20001文字あります。20000文字までに短くしてください。",
        'a.csv:15: 引用符「"」の使い方が正しくありません。'
        'セルの中の「"」は「""」と二つ重ね、セル全体を「"」で囲んでください。',
        "a.csv:16: number: 目に見えない制御文字（U+0000）が含まれています。その文字を取り除いてください。",
    ]
    assert [(row.line, sorted(row.bad)) for row in table.rows] == [
        (5, ["number"]),
        (6, ["title"]),
        (7, ["title"]),
        (8, ["title"]),
        (10, ["title"]),
        (11, ["comment"]),
        (12, ["comment", "title"]),
        (13, ["title"]),
        (14, ["title"]),
        (16, ["number"]),
        (17, []),
    ]


def test_a_quotation_that_never_ends_is_told_where_it_begins() -> None:
    assert faults(HEADER + 'A,x,\nB,"y,\nC,z,\n') == [
        'a.csv:3: この行から始まる引用符「"」が閉じられていません。閉じる「"」を書いてください。'
    ]


def test_a_cell_of_ten_megabytes_is_told_and_its_neighbours_are_read() -> None:
    table = read_table((HEADER + "A," + "長" * 3_500_000 + ",\nB,x,\n").encode(), "a.csv", COLUMNS)

    assert [str(problem) for problem in table.problems] == [
        "a.csv:2: title: 3500000文字あります。20000文字までに短くしてください。"
    ]
    assert table.rows[1] == Row(3, {"number": "B", "title": "x", "comment": ""})


def test_a_cell_at_the_limit_is_read() -> None:
    assert faults(HEADER + "A," + "長" * 20_000 + ",\n") == []


def test_problems_stand_by_line_and_apart_by_weight() -> None:
    problems = Problems("a.csv")

    problems.warning(9, "title", "長い。")
    problems.error(3, None, "悪い。")
    problems.error(None, None, "全部悪い。")

    assert problems.errors == (Problem("a.csv", None, None, "全部悪い。"), Problem("a.csv", 3, None, "悪い。"))
    assert problems.warnings == (Problem("a.csv", 9, "title", "長い。", Severity.WARNING),)
    assert [str(problem) for problem in problems] == ["a.csv: 全部悪い。", "a.csv:3: 悪い。", "a.csv:9: title: 長い。"]


@pytest.mark.parametrize(("cell", "value"), [("2000000", 2_000_000), ("0", 0), ("-5", -5), ("005", 5)])
def test_a_whole_number_is_read(cell: str, value: int) -> None:
    assert whole_number(cell) == value


@pytest.mark.parametrize(
    "cell", ["２００万円", "２０００", "1e6", "1,000", "+5", " 5", "5 ", "5.0", "1_000", "", "-", "५"]
)
def test_what_is_no_whole_number_is_refused(cell: str) -> None:
    with pytest.raises(NotAWholeNumber) as refusal:
        whole_number(cell)

    assert str(refusal.value) == f"「{cell}」は整数ではありません。半角の数字だけで、2000000 のように書いてください。"


def test_a_number_without_end_is_refused() -> None:
    with pytest.raises(NotAWholeNumber) as refusal:
        whole_number("9" * 10_000)

    assert str(refusal.value) == "数字が15桁を超えています。桁数を確かめて書き直してください。"


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reading_fail(content: bytes) -> None:
    table = read_table(content, "a.csv", COLUMNS)

    assert table.rows == () or not table.problems.errors


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.sampled_from(["a.csv", "a.xlsx"]))
def test_no_text_makes_the_reading_fail(text: str, name: str) -> None:
    table = read_table((HEADER + text).encode(), name, COLUMNS)

    assert all(set(row.cells) == {"number", "title", "comment"} for row in table.rows)
    assert bool(table.rows) or bool(table.problems.errors)


def test_every_printable_text_comes_back_as_written() -> None:
    title = "①㈱ 𠮷野 葛\U000e0100城 ラ\u3099 e\u0301 👨\u200d👩\u200d👧 ～〜−-―"

    table = read_table((HEADER + f"A,{title},\n").encode(), "a.csv", COLUMNS)

    assert [row.cells["title"] for row in table.rows] == [title]
    assert len(table.problems) == 0


def test_a_hundred_thousand_rows_are_read_in_seconds() -> None:
    content = (HEADER + "".join(f"A-{number},title,\n" for number in range(100_000))).encode()

    started = time.process_time()
    table = read_table(content, "a.csv", COLUMNS)

    assert len(table.rows) == 100_000
    assert time.process_time() - started < 3
