"""What stands in the texts of a proposal that should not: marks of a draft, empty words, a 個人番号 (R3.7, R6.6)."""

import re
from collections.abc import Iterator
from unicodedata import normalize

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Part
from grantflow.applications.parts.group import NEEDED
from grantflow.applications.parts.rows import rows_of
from grantflow.applications.screening.finding import Finding, Kind, Severity
from grantflow.applications.screening.places import ANSWER, Written, place_of, written
from grantflow.core.identifiers import my_numbers_in
from grantflow.core.text import levelled, snippet
from grantflow.core.words import _

_UNFINISHED = "下書き|下書|ドラフト|draft|作成中|記入中|入力中|未記入|未完成|後で書く|あとで書く|後で記入|要確認|tbd"
#: A mark stands in brackets or alone on its line: 「下書き教室をひらく」 is none.
_MARK = re.compile(
    rf"[【(\[〔<]\s*(?:{_UNFINISHED})\s*[】)\]〕>]|^\s*(?:{_UNFINISHED})\s*$", re.IGNORECASE | re.MULTILINE
)
_MARK_OF_A_FILE = re.compile(
    r"下書|ドラフト|(?<![a-z])draft(?![a-z])|作成中|記入中|入力中|未完成|[(\[_]案(?:[)\]_.]|$)", re.IGNORECASE
)
_EMPTY_WORDS = frozenset(
    {"なし", "無し", "ない", "無", "特になし", "特に無し", "未定", "同上", "不明", "n/a", "na", "test", "テスト", "xxx"}
)
_NOTHING_SAID = re.compile(r"[\W_ー]*")


def found_in_texts(dossier: Dossier) -> Iterator[Finding]:
    """What stands in the texts, text by text."""
    needed = _needed(dossier) if not dossier.is_loaded else frozenset()
    known = _known_numbers(dossier)
    for one in written(dossier):
        yield from _marks(dossier, one)
        yield from _my_numbers(dossier, one, known)
        if (one.part, one.field) in needed:
            yield from _empty_words(dossier, one)


def is_marked_as_draft(file_name: str) -> bool:
    """Whether the name of a file says that it is not the last one."""
    return bool(_MARK_OF_A_FILE.search(normalize("NFKC", file_name)))


def _marks(dossier: Dossier, one: Written) -> Iterator[Finding]:
    found = _MARK.search(normalize("NFKC", one.text))
    if found:
        sentence = _(
            "下書きの印「%(mark)s」が残っています。書き終えたものか、団体に確かめてください。",
            mark=snippet(found[0], 20),
        )
        yield Finding(Kind.DRAFT, Severity.LOOK, place_of(dossier, one.part, one.field), sentence, (found[0],))


def _needed(dossier: Dossier) -> frozenset[tuple[Part, str]]:
    """The fields that must say something."""
    found = {(Part.GROUP, name) for name in NEEDED}
    found |= {(Part.PLAN, name) for name in ("title", "summary", "activity_area")}
    for asked in dossier.asked:
        questions = dossier.asking.questions(asked.part)
        found |= {(asked.part, f"{ANSWER}{one.key}") for one in questions if one.required}
    chosen = dossier.content(Part.APPROACH).get("approach")
    if any(one.key == chosen and one.needs_added_element for one in dossier.asking.says.approaches):
        found.add((Part.APPROACH, "added"))
    rows = rows_of(dossier.content(Part.INDICATORS))
    return frozenset(found | {(Part.INDICATORS, f"rows-{place}-target") for place in range(len(rows))})


def _empty_words(dossier: Dossier, one: Written) -> Iterator[Finding]:
    plain = normalize("NFKC", one.text).strip().rstrip("。.").casefold()
    if plain and (plain in _EMPTY_WORDS or _NOTHING_SAID.fullmatch(plain)):
        sentence = _(
            "「%(text)s」とだけ書かれています。これでよいか、団体に確かめてください。", text=snippet(one.text, 10)
        )
        place = place_of(dossier, one.part, one.field)
        yield Finding(Kind.EMPTY_WORDS, Severity.LOOK, place, sentence, (plain,))


def _known_numbers(dossier: Dossier) -> frozenset[str]:
    """The 会社法人等番号 that the proposal has told anyway: a 法人番号 without its first digit (R5.1)."""
    rows = rows_of(dossier.content(Part.CONSORTIUM))
    told = [str(each.get("corporate_number") or "") for each in (dossier.content(Part.GROUP), *rows)]
    return frozenset(number[1:] for number in told if number)


def _my_numbers(dossier: Dossier, one: Written, known: frozenset[str]) -> Iterator[Finding]:
    """Where 12 digits look like a 個人番号; the digits are told to nobody, for they must not be here at all (R6.6)."""
    for row, line in enumerate(levelled(one.text).split("\n"), 1):
        for start, digits in my_numbers_in(line):
            if digits in known:
                continue
            sentence = _(
                "%(row)s行目の%(start)s文字目から、マイナンバーの形をした12桁の数字（************）があります。"
                "会社法人等番号などのこともあるので、団体に確かめ、マイナンバーであれば消してもらってください。",
                row=row,
                start=start + 1,
            )
            place = place_of(dossier, one.part, one.field)
            yield Finding(Kind.MY_NUMBER, Severity.LOOK, place, sentence, (str(row), str(start)))
