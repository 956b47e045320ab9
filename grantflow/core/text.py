"""Amounts in words, names in their three forms, and text cut and counted as people see it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple
from unicodedata import normalize

from grantflow.core.characters import (
    DASHES_BETWEEN_DIGITS,
    HYPHENS,
    JOINER,
    RADICALS,
    UNCOMPOSED_MARKS,
    UNSEEN,
    VARIANTS,
    VARIATION_SELECTORS,
    forbidden_in,
)
from grantflow.core.words import _, language

MAX_YEN_DIGITS = 15


class BadAmount(ValueError):
    """A text that is no amount of yen; the message is a sentence for the user."""


def number(value: int) -> str:
    """A count with a comma every three digits."""
    return f"{value:,}"


def yen_figure(value: int) -> str:
    """Integer yen without its unit, for a column headed 円: 2,000,000, a negative one △34,808, nothing 0 (R5.8)."""
    return f"{'△' if value < 0 else ''}{abs(value):,}"


def yen(value: int, language: str | None = None) -> str:
    """Integer yen as 2,000,000円 and △34,808円 (R5.8); in English ¥2,000,000. Default: the language in force."""
    if _english(language):
        return f"{'-' if value < 0 else ''}¥{abs(value):,}"
    return f"{yen_figure(value)}円"


def yen_short(value: int, language: str | None = None) -> str:
    """Integer yen as 200万円 where that is the exact amount, else as `yen` does (R5.8)."""
    if _english(language) or value == 0 or value % 10_000:
        return yen(value, language)
    return f"{yen_figure(value // 10_000)}万円"


def parse_yen(text: str) -> int:
    """The integer yen that a person wrote (`２，０００円`, `¥500000`, `金1,000円也`); else `BadAmount` (R5.8)."""
    plain = "".join(_HYPHEN.sub("-", normalize("NFKC", text)).split())
    if not plain:
        raise BadAmount(_("金額が空です。円の単位で、2,000,000 のように数字で書いてください。"))
    found = _YEN.fullmatch(plain)
    if not found:
        raise BadAmount(
            _(
                "「%(text)s」は金額として読めません。円の単位で、2,000,000 のように数字で書いてください。",
                text=text[:40],
            )
        )
    digits = found["digits"].replace(",", "")
    if len(digits) > MAX_YEN_DIGITS:
        raise BadAmount(_("金額が%(count)d桁を超えています。桁数を確かめて書き直してください。", count=MAX_YEN_DIGITS))
    return -int(digits) if found["minus"] else int(digits)


_HYPHEN = re.compile(f"[{HYPHENS}]")
_YEN = re.compile(r"金?¥?(?P<minus>[-△▲])?¥?(?P<digits>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)円?也?")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as typed, as shown, and as searched for (R5.9); only `raw` is ever the official spelling."""

    raw: str
    display: str
    search_key: str

    @classmethod
    def of(cls, raw: str) -> "Name":
        """The three forms of what was typed."""
        return cls(raw, display_form(raw), search_key(raw))


def display_form(raw: str) -> str:
    """`raw` with clean-ups that change no character anybody meant (R5.9).

    Radicals become the kanji they stand for, a separate (han)dakuten joins its kana, invisible characters and
    justifying spaces go. Widths, variants (髙, 﨑, 葛󠄀) and compatibility ideographs stay as registered.
    """
    text = UNSEEN.sub(lambda found: " " if found[0].isspace() else "", raw)
    text = _KANGXI.sub(lambda found: normalize("NFKC", found[0]), text.translate(RADICALS))
    text = _UNCOMPOSED.sub(lambda found: normalize("NFC", found[0]), text)
    text = re.sub(r"(\s)\s+", r"\1", text).strip()
    return _JUSTIFIED.sub(lambda found: re.sub(r"\s", "", found[0]), text)


_KANGXI = re.compile("[\u2f00-\u2fd5]")
_KANA = "\u3041-\u3096\u309d\u309e\u30a1-\u30fe"
_UNCOMPOSED = re.compile(f"[{_KANA}][{UNCOMPOSED_MARKS}]")
# Three or more single characters, each with a space after it, are one word spread over a line
_ONE = "[\u3005\u3041-\u3096\u30a1-\u30fc\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
_JUSTIFIED = re.compile(rf"(?<!\S){_ONE}(?:\s{_ONE}){{2,}}(?!\S)")


def search_key(raw: str) -> str:
    """What `raw` is found by, in whole or in part: width, case, old and new kanji, variants, dashes levelled (R5.9).

    The legal form stays. Good for names and for free text alike; never shown, never stored as a name.
    """
    text = _SELECTORS.sub("", raw.replace("\u309b", "\u3099").replace("\u309c", "\u309a"))
    text = normalize("NFKC", normalize("NFKC", display_form(text)).casefold()).translate(VARIANTS)
    text = _HYPHEN.sub("-", _DASH_BETWEEN_DIGITS.sub("-", text)).replace("\u301c", "~")
    return display_form(text)


_SELECTORS = re.compile(f"[{VARIATION_SELECTORS}]")
_DASH_BETWEEN_DIGITS = re.compile(f"(?<=[0-9])[{DASHES_BETWEEN_DIGITS}](?=[0-9])")


class LegalForm(NamedTuple):
    """法人格: its full name, and whether an NPO法人 is a certified one (認定)."""

    name: str
    certified: bool = False


_NPO = "特定非営利活動法人"
# Spellings as a search key writes them; 特定非営利法人 is a slip that stands in published lists
_LEGAL_FORMS = {
    **dict.fromkeys(("認定特定非営利活動法人", "認定npo法人", "認定特定非営利法人", "(認特非)"), LegalForm(_NPO, True)),
    **dict.fromkeys((_NPO, "npo法人", "特定非営利法人", "(特非)", "(npo)"), LegalForm(_NPO)),
    **dict.fromkeys(("一般社団法人", "(一社)"), LegalForm("一般社団法人")),
    **dict.fromkeys(("公益社団法人", "(公社)"), LegalForm("公益社団法人")),
    **dict.fromkeys(("一般財団法人", "(一財)"), LegalForm("一般財団法人")),
    **dict.fromkeys(("公益財団法人", "(公財)"), LegalForm("公益財団法人")),
    **dict.fromkeys(("社会福祉法人", "(福)", "(社福)"), LegalForm("社会福祉法人")),
    **dict.fromkeys(("学校法人", "(学)"), LegalForm("学校法人")),
    **dict.fromkeys(("医療法人社団", "医療法人財団", "医療法人", "(医)"), LegalForm("医療法人")),
    **dict.fromkeys(("宗教法人", "(宗)"), LegalForm("宗教法人")),
    **dict.fromkeys(("株式会社", "(株)"), LegalForm("株式会社")),
    **dict.fromkeys(("有限会社", "(有)"), LegalForm("有限会社")),
    **dict.fromkeys(("合同会社", "(同)"), LegalForm("合同会社")),
    "任意団体": LegalForm("任意団体"),
}
_ANY_FORM = "|".join(map(re.escape, sorted(_LEGAL_FORMS, key=len, reverse=True)))
_FORM_AT_AN_END = re.compile(f"^(?:{_ANY_FORM})|(?:{_ANY_FORM})$")
_NO_PART_OF_A_NAME = re.compile(r"[\s「」『』・]")


def legal_forms() -> tuple[str, ...]:
    """The full names of the usual legal forms, in the order of the table (R5.10)."""
    return tuple(dict.fromkeys(form.name for form in _LEGAL_FORMS.values()))


def legal_form_of(raw: str) -> LegalForm | None:
    """The legal form that a name begins or ends with, whatever its spelling (R5.10); None when it names none."""
    found = _FORM_AT_AN_END.search(_bare(raw))
    return _LEGAL_FORMS[found[0]] if found else None


def duplicate_key(raw: str) -> str:
    """Equal for names that likely mean one group: the search key without legal form, spaces, 「」 and ・ (R5.10)."""
    bare = _bare(raw)
    return _FORM_AT_AN_END.sub("", bare) or bare


def _bare(raw: str) -> str:
    return _NO_PART_OF_A_NAME.sub("", search_key(raw))


class TextProblem(NamedTuple):
    """A sentence about a text, and whether the text must be corrected."""

    sentence: str
    is_error: bool


def problems_in_line(raw: str) -> tuple[TextProblem, ...]:
    """What a one-line field may not hold: control, invisible, private-use and lost characters (R5.9)."""
    sentence = forbidden_in(raw)
    return (TextProblem(sentence, True),) if sentence else ()


def problems_in_name(raw: str) -> tuple[TextProblem, ...]:
    """The errors of any line, and warnings where a name may not show or not be found elsewhere as typed (R5.9)."""
    return problems_in_line(raw) + tuple(TextProblem(sentence, False) for sentence in _warnings_in_name(raw))


def _warnings_in_name(raw: str) -> Iterator[str]:
    for character in dict.fromkeys(_MACHINE_DEPENDENT.findall(raw)):
        yield _(
            "機種依存文字「%(character)s」があります。登録された名前でなければ「%(plain)s」などに直してください。",
            character=character,
            plain=normalize("NFKC", character),
        )
    for character in dict.fromkeys(_RADICAL.findall(raw)):
        yield _(
            "部首の文字「%(character)s」は「%(kanji)s」として表示します。違っていれば直してください。",
            character=character,
            kanji=display_form(character),
        )
    for pair in dict.fromkeys(_UNCOMPOSED.findall(normalize("NFC", raw))):
        yield _("「%(pair)s」の濁点・半濁点は1文字になりません。書き方を確かめてください。", pair=pair)


_MACHINE_DEPENDENT = re.compile("[\u2100-\u218b\u2460-\u24ff\u3200-\u33ff\U0001f100-\U0001f2ff]")
_RADICAL = re.compile("[\u2e80-\u2fd5]")


def graphemes(text: str) -> Iterator[str]:
    """The characters of `text` as people count them: a base with its marks, variation selector or joined emoji."""
    cluster = ""
    for character in text:
        if cluster and not _continues(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def grapheme_count(text: str) -> int:
    """How many characters people see; 葛󠄀 and ラ゙ count as one each (R5.9)."""
    # Most texts hold nothing that joins, and are counted at once
    return len(text) if _ALONE.fullmatch(text) else sum(1 for _cluster in graphemes(text))


#: Characters that join neither the one before nor the one after: line ends, ASCII, kana without marks, kanji.
_ALONE = re.compile("[\n -~\u3000-\u3029\u3041-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff9d]*")


def _continues(cluster: str, character: str) -> bool:
    last = cluster[-1]
    if last == "\r" and character == "\n":
        return True
    if unicodedata.category(last) in ("Cc", "Zl", "Zp"):
        return False
    if unicodedata.category(character) in ("Mn", "Me", "Mc") or character in _EXTENDERS:
        return True
    if last == JOINER:
        return len(cluster) > 1 and _PICTOGRAPH.match(character) is not None and bool(_PICTOGRAPH.match(cluster))
    if _FLAG_HALF.match(last) and _FLAG_HALF.match(character):
        return len(cluster) == 1
    return _JAMO.fullmatch(last + character) is not None


_EXTENDERS = frozenset(
    {"\u200c", JOINER, "\uff9e", "\uff9f", *map(chr, range(0x1F3FB, 0x1F400)), *map(chr, range(0xE0020, 0xE0080))}
)
_PICTOGRAPH = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_FLAG_HALF = re.compile("[\U0001f1e6-\U0001f1ff]")
_JAMO = re.compile(
    "[\u1100-\u115f\ua960-\ua97c][\u1100-\u11a7\ua960-\ua97c\uac00-\ud7a3]"
    "|[\u1160-\u11a7\uac00-\ud7a3][\u1160-\u11ff]|[\u11a8-\u11ff][\u11a8-\u11ff]"
)


def levelled(text: str) -> str:
    """`text` with one kind of line end, however the browser or the file wrote them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def snippet(text: str, limit: int = 60) -> str:
    """The first `limit` characters of `text` on one line, the last of them … where something was left out."""
    shown = list(islice(graphemes(" ".join(text.split())), limit + 1))
    return "".join(shown) if len(shown) <= limit else "".join(shown[: limit - 1]) + "…"


def _english(chosen: str | None) -> bool:
    return (chosen or language()) == "en"
