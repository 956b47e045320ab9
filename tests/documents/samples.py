"""A list, a report and a letter for the tests, with the characters that papers stumble over."""

import datetime as dt
import io

from pypdf import PdfReader

from grantflow.core.dates import PartialDate
from grantflow.documents.values import Cell, Column, Item, Kind, Letter, Line, Report, Sheet

IVS = "葛\U000e0100"
DIFFICULT = (
    "𠮷野家",
    "髙橋と﨑山",
    f"{IVS}城と葛城",
    "ラ\u3099ンプ",
    "か\u3099と が",
    "ﾜﾝｵﾍﾟ育児",
    "ＣＯＮＮＥＣＴ",
    "⼈と⺠と⻑",
    "\ufa19と神",
    "①㈱㎡№〜～",
    "Café q\u0301 naïve",
    "一 般 社 団 法 人",
    "안녕하세요",
)
COLUMNS = (
    Column("no", "＃", 0.3, Kind.NUMBER),
    Column("organization", "団体名", 1.6),
    Column("founded", "設立時期", aside=True),
    Column("title", "事業名", 1.8, group="取組概要"),
    Column("summary", "概要", 4.5, group="取組概要"),
    Column("cap", "上限額", 0.9, Kind.YEN),
)
SENTENCE = "「孤独・孤立」の予防を図るため、約4,000㎡の畑（市街化区域）で、週1回の集まりを開きます。"


def row(number: int, name: str = "試験の会", sentences: int = 3) -> tuple[Cell, ...]:
    return number, f"{name}{number}", PartialDate(2008, 3), f"取組{number}", SENTENCE * sentences, 2_000_000


def sheet(rows: int = 3, key: str = "first", title: str = "①採択団体一覧") -> Sheet:
    return Sheet(title, COLUMNS, tuple(row(number) for number in range(1, rows + 1)), key, notes=("※ 注です。",))


def difficult_sheet() -> Sheet:
    columns = (Column("name", "名前", 1), Column("again", "もう一度", 3))
    return Sheet("難しい字", columns, tuple((text, f"{text}は、{SENTENCE}{text}") for text in DIFFICULT))


def report(rows: int = 3, watermark: str = "") -> Report:
    return Report(
        "試験調査 採択団体一覧",
        (sheet(rows), sheet(2, "second", "②採択団体一覧")),
        heading="公募状況",
        head=(Line("公募期間", "令和5年5月26日から"), Line("うち①", "2件（3件）", 1)),
        notes=("以上のとおりです。",),
        footer="試験事務局",
        author="試験事務局",
        key_column="tier",
        watermark=watermark,
    )


def letter(paragraphs: int = 1) -> Letter:
    return Letter(
        subject="試験調査の採択について（通知）",
        date=dt.date(2023, 7, 31),
        addressee=(f"{IVS}の会", "理事長　𠮷野　花子　様"),
        sender=("試験事務局長", "山田　太郎"),
        paragraphs=("下記のとおり決定しましたので、通知します。",) * paragraphs,
        number="試第12号の3",
        items=(
            Item("受付番号", "R5M-0031"),
            Item("手続", items=(Item("契約書の案を送ります。"), Item("返送します。"))),
        ),
        contact=("試験事務局　審査担当", "電話　03-0000-0000"),
    )


def pages_of(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content), strict=True).pages]
