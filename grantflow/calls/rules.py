"""What the values of a call definition must satisfy, one condition a function, each with its sentence."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from grantflow.calls.schema import YEARS, Wrong, nearest
from grantflow.core.characters import forbidden_in
from grantflow.core.dates import BadDate, Due
from grantflow.core.identifiers import is_email
from grantflow.core.words import _

Found = Iterator[tuple[str, str]]

TIE_BREAKS = ("top_grades", "committee")
VISIBILITIES = ("own", "after_own", "all_after_close")


def one_line(value: str | tuple[str, ...]) -> None:
    """A name stands on one line."""
    for text in (value,) if isinstance(value, str) else value:
        if sentence := forbidden_in(text):
            raise Wrong(sentence)


def distinct(value: tuple[str, ...]) -> None:
    """The same words stand once in a list."""
    for place, text in enumerate(value):
        if text in value[:place]:
            raise Wrong(_("「%(text)s」が二度書かれています。一つにしてください。", text=text))


def between(least: int, most: int) -> Callable[[int], None]:
    """A whole number from `least` to `most`, both included."""

    def check(value: int) -> None:
        if value < least:
            raise Wrong(_("%(value)sになっています。%(least)s以上の整数を書いてください。", value=value, least=least))
        if value > most:
            raise Wrong(
                _("%(value)sは大きすぎます。%(most)s以下の整数を書いてください。", value=value, most=f"{most:,}")
            )

    return check


def year(value: int) -> None:
    """A fiscal year is named by the western year in which it begins."""
    if value not in YEARS:
        raise Wrong(_("年度として読めません。2026 のように、年度が始まる年を西暦で書いてください。"))


def slug(value: str) -> None:
    """The name in addresses and commands."""
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?", value):
        raise Wrong(_("使えない文字があるか、長すぎます。半角の英小文字、数字、ハイフンで63文字までにしてください。"))


def number_prefix(value: str) -> None:
    """What stands before the hyphen of a receipt number (R3.5)."""
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,14}[A-Za-z0-9])?", value):
        raise Wrong(_("使えない文字があるか、長すぎます。半角の英字、数字、ハイフンで16文字までにしてください。"))


def plain_key(value: str) -> None:
    """A key stands in one cell of a file and in an address."""
    if not re.fullmatch(r"[^\W_][\w.-]{0,63}", value):
        raise Wrong(
            _("キーに使えない文字があるか、長すぎます。文字か数字で始め、空白を入れずに64文字までにしてください。")
        )


def tier_key(value: str) -> None:
    """A tier's key stands beside `total` in the counts, so it cannot be that word."""
    plain_key(value)
    if value == "total":
        raise Wrong(_("「total」は合計を表す言葉です。別のキーにしてください。"))


def timezone(value: str) -> None:
    """A zone of the IANA list."""
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError) as error:
        raise Wrong(
            _("「%(name)s」という時間帯はありません。「Asia/Tokyo」のように書いてください。", name=value)
        ) from error


def email(value: str) -> None:
    """An e-mail address, as far as its shape tells."""
    if not is_email(value):
        raise Wrong(_("メールアドレスの形ではありません。name@example.jp のように書いてください。"))


def web_address(value: str) -> None:
    """An address a browser may be sent to."""
    if not re.fullmatch(r"https?://[^\s/]\S*", value):
        raise Wrong(_("ウェブの住所ではありません。https:// から始めて書いてください。"))


def share(value: Fraction) -> None:
    """A part of the whole: above 0, up to 1."""
    if not 0 < value <= 1:
        raise Wrong(_("0より大きく1以下の割合を書いてください。60パーセントは 0.6 です。"))


def share_or_zero(value: Fraction) -> None:
    """A chance: 0 to 1."""
    if not 0 <= value <= 1:
        raise Wrong(_("0以上1以下の割合を書いてください。90パーセントは 0.9 です。"))


def up_to_ten(value: Fraction) -> None:
    """A multiple of the planned number."""
    if not 0 <= value <= 10:
        raise Wrong(_("0以上10以下の倍率を書いてください。120パーセントは 1.2 です。"))


def month(value: str) -> None:
    """A month, `2023-06`."""
    found = re.fullmatch(r"([0-9]{4})-(?:0[1-9]|1[0-2])", value)
    if not found or int(found[1]) not in YEARS:
        raise Wrong(_("年月として読めません。2026-06 のように書いてください。"))


def project_start(value: str | dt.date) -> None:
    """A day, or the day of the contract."""
    if isinstance(value, str) and value != "contract":
        raise Wrong(_('日付でも "contract"（契約締結日）でもありません。どちらかを書いてください。'))


def due(value: str) -> None:
    """When a milestone is due, with the precision that is known."""
    try:
        Due.parse(value)
    except BadDate as error:
        raise Wrong(str(error)) from error


def visibility(value: str) -> None:
    """When reviewers see the sheets of the others."""
    if value not in VISIBILITIES:
        raise Wrong(
            _(
                "「%(value)s」は使えません。%(known)s のどれかを書いてください。",
                value=value,
                known="、".join(VISIBILITIES),
            )
        )


def counts(value: Mapping[str, int]) -> None:
    """Counts are not negative."""
    if any(number < 0 for number in value.values()):
        raise Wrong(_("負の件数があります。0以上の整数を書いてください。"))


def opens_before_it_closes(schedule: Any) -> Found:
    """The call opens before it closes."""
    if schedule.opens_at >= schedule.closes_at:
        yield (
            "closes_at",
            _("締切が受付の開始（opens_at）より後になっていません。どちらかを直してください。"),
        )


def starts_before_it_ends(schedule: Any) -> Found:
    """The project's days are in order, where both are days."""
    start, end = schedule.project_start, schedule.project_end
    if isinstance(start, dt.date) and end is not None and start > end:
        yield (
            "project_end",
            _("事業の終わりが始まり（project_start）より前です。どちらかを直してください。"),
        )


def ascending(low: str, high: str) -> Callable[[Any], Found]:
    """The value of `low` lies below that of `high`."""

    def find(table: Any) -> Found:
        if getattr(table, low) >= getattr(table, high):
            yield high, _("%(low)sより大きくなっていません。どちらかを直してください。", low=low)

    return find


def enough_reviewers(review: Any) -> Found:
    """A proposal can reach the number of counted reviews that a rank needs."""
    if review.min_valid > review.reviewers_per_application:
        yield (
            "min_valid",
            _(
                "審査委員の数（reviewers_per_application）を超えているため、どの応募も順位が付きません。%(most)s以下にしてください。",
                most=review.reviewers_per_application,
            ),
        )


def one_kind_of_floor(floor: Any) -> Found:
    """A floor is a ratio or "any reviewer gives the lowest grade", not both and not neither."""
    if (floor.ratio is not None) == floor.lowest_grade:
        yield "ratio", _("ratio か lowest_grade = true の、どちらか一方だけを書いてください。")


def combination_is_a_class_of_its_own(typology: Any) -> Found:
    """The combination shares no key with a base class."""
    if typology.combination and typology.combination.key in [base.key for base in typology.base]:
        yield (
            "combination.key",
            _("「%(key)s」は base の類型と同じです。別のキーにしてください。", key=typology.combination.key),
        )


def anchors_are_grades(definition: Any) -> Found:
    """Words are given only for grades that exist."""
    least, most = definition.review.scale_min, definition.review.scale_max
    for place, criterion in enumerate(definition.criteria, 1):
        for grade in criterion.anchors:
            if not least <= grade <= most:
                yield (
                    f"criterion[{place}].anchors.{grade}",
                    _("評点は%(least)sから%(most)sまでです。その範囲の数にしてください。", least=least, most=most),
                )


def floors_name_criteria(definition: Any) -> Found:
    """A floor of one criterion names one that exists."""
    known = [criterion.key for criterion in definition.criteria]
    for place, floor in enumerate(definition.review.floors, 1):
        if floor.criterion and floor.criterion not in known:
            yield f"review.floors[{place}].criterion", _unknown(floor.criterion, known)


def ties_break_by_what_there_is(definition: Any) -> Found:
    """A step of the chain is a criterion's key, a group's name, `top_grades` or `committee` (methods 2)."""
    known = [*TIE_BREAKS, *(c.key for c in definition.criteria), *(c.group for c in definition.criteria)]
    for place, step in enumerate(definition.review.tie_break, 1):
        if step not in known:
            yield f"review.tie_break[{place}]", _unknown(step, known)


def results_name_tiers(definition: Any) -> Found:
    """Published counts are those of tiers that exist, or the total."""
    known = ["total", *(tier.key for tier in definition.tiers)]
    for table in ("applications", "adopted"):
        for name in getattr(definition.published_result, table):
            if name not in known:
                yield f"published_result.{table}.{name}", _unknown(name, known)


def _unknown(word: str, known: list[str]) -> str:
    return _(
        "「%(word)s」はこの定義にありません。「%(nearest)s」のことであれば、そう書き直してください。",
        word=word,
        nearest=nearest(word, known),
    )
