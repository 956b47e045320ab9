"""A definition printed, hashed and compared."""

import dataclasses
import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import grantflow
from grantflow.calls.definition import BorderZone, Definition, Floor, parse
from grantflow.calls.printing import Change, canonical, differences, dump
from grantflow.core.characters import FORBIDDEN

DATA = Path(__file__).parent.parent / "data"
SAMPLE = Path(grantflow.__file__).parent / "definitions" / "sample.toml"
FILES = [SAMPLE, DATA / "second-call.toml", DATA / "one-tier-call.toml"]

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: bool(text.strip()) and not any(map(FORBIDDEN.search, text.split("\n")))
)
SHARES = st.one_of(
    st.fractions(Fraction(1, 999), 1, max_denominator=999),
    st.decimals("0.000000001", 1, places=9).map(Fraction),
)


def call(path: Path = DATA / "one-tier-call.toml") -> Definition:
    return parse(path.read_bytes())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_loading_the_print_gives_the_same_call(path: Path) -> None:
    definition = call(path)

    printed = dump(definition)

    assert parse(printed) == definition
    assert dump(parse(printed)) == printed
    assert canonical(parse(printed)) == canonical(definition)


def test_the_smallest_call_is_printed_without_what_it_does_not_say() -> None:
    assert dump(call()) == (
        '[call]\nslug = "one-lamp-2031"\ntitle = "灯台ひとつ修繕委託事業"\nfiscal_year = 2031\n'
        'sponsor = "架空県港湾局"\nsecretariat = "架空県産業振興財団"\nnumber_prefix = "T"\ntimezone = "Asia/Tokyo"\n'
        "\n[schedule]\nopens_at = 2031-01-06T09:00:00+09:00\ncloses_at = 2031-02-28T08:00:00+00:00\n"
        '\n[[tier]]\nkey = "lighthouse"\nlabel = "Ⅰ"\nname = "灯台の修繕"\nlist_title = "灯台"\n'
        "cap_yen = 12_000_000\nexpected_awards = 1\n"
        '\n[eligibility]\nlegal_forms = ["株式会社", "合同会社", "個人事業"]\n'
        'requirements = ["架空県内に作業場があること。"]\n'
        "\n[review]\nreviewers_per_application = 1\nscale_min = 0\nscale_max = 10\n"
        '\n[[criterion]]\nkey = "skill"\ngroup = "技術"\ntext = "修繕の腕前は確かか"\n'
    )


@given(
    wording=WORDS,
    anchors=st.dictionaries(st.integers(0, 10), WORDS),
    requirements=st.lists(WORDS, min_size=1, unique=True),
)
def test_any_wording_survives_the_print(wording: str, anchors: dict[int, str], requirements: list[str]) -> None:
    definition = call()
    criterion = dataclasses.replace(definition.criteria[0], text=wording, anchors=anchors)
    eligibility = dataclasses.replace(definition.eligibility, requirements=tuple(requirements))
    definition = dataclasses.replace(definition, criteria=(criterion,), eligibility=eligibility)

    assert parse(dump(definition)) == definition


@given(ratio=SHARES, least=st.integers(1, 3), rank_to=st.fractions(2, 10, max_denominator=10**6))
def test_any_ratio_survives_the_print(ratio: Fraction, least: int, rank_to: Fraction) -> None:
    definition = call()
    review = dataclasses.replace(
        definition.review,
        reviewers_per_application=3,
        min_valid=least,
        pass_ratio=ratio,
        floors=(Floor("all", ratio=ratio), Floor("worst", lowest_grade=True)),
        border_zone=BorderZone(rank_to=rank_to),
    )
    definition = dataclasses.replace(definition, review=review)

    assert parse(dump(definition)) == definition


def test_the_same_instant_in_another_zone_is_the_same_content() -> None:
    definition = call()
    jst = dt.timezone(dt.timedelta(hours=9))
    schedule = dataclasses.replace(definition.schedule, closes_at=definition.schedule.closes_at.astimezone(jst))
    moved = dataclasses.replace(definition, schedule=schedule)

    assert dump(moved) != dump(definition)
    assert canonical(moved) == canonical(definition)
    assert differences(definition, moved) == ()


def test_what_is_written_at_its_default_is_the_same_content() -> None:
    text = (DATA / "second-call.toml").read_text(encoding="utf-8")

    spelled_out = parse(text.replace("scale_max = 10", "scale_max = 10\nmin_valid = 2\ndrop_extremes = false"))

    assert canonical(spelled_out) == canonical(parse(text))


def test_a_new_version_is_told_key_by_key() -> None:
    old = call(DATA / "second-call.toml")
    first, second, *rest = old.tiers
    new = dataclasses.replace(
        old,
        call=dataclasses.replace(old.call, note="雨天の日は休みます。"),
        tiers=(second, dataclasses.replace(first, cap_yen=1), *rest[:1]),
        schedule=dataclasses.replace(old.schedule, closes_at=dt.datetime(2031, 3, 1, tzinfo=dt.UTC)),
    )

    assert differences(old, new) == (
        Change("schedule.closes_at", "2031-02-28T08:00:00+00:00", "2031-03-01T00:00:00+00:00"),
        Change("tier", ["lighthouse", "pier-lamp", "street", "lantern"], ["pier-lamp", "lighthouse", "street"]),
        Change("tier[lighthouse].cap_yen", 12_000_000, 1),
        Change("tier[lantern].label", "Ⅳ", None),
        Change("tier[lantern].name", "提灯の修繕", None),
        Change("tier[lantern].list_title", "提灯", None),
        Change("tier[lantern].cap_yen", 90_000, None),
        Change("tier[lantern].expected_awards", 2, None),
        Change("call.note", None, "雨天の日は休みます。"),
    )


def test_a_call_that_did_not_change_has_no_differences() -> None:
    assert differences(call(), call()) == ()
