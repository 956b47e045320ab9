"""Lines end where Japanese lets them."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grantflow.documents.breaking import CANNOT_END, CANNOT_START, HANGING, break_lines, may_break, obeys_kinsoku

# Between any two of these a line may end, so that a limit of four always leaves a place.
UNITS = (
    "漢",
    "か",
    "漢、",
    "漢。",
    "漢」",
    "漢。」",
    "「漢",
    "（漢）",
    "ラー",
    "っ",
    "じっ",
    "時々",
    "8％",
    "¥8",
    "ab",
    "a1 ",
)
UNITS_THAT_BEGIN_A_LINE = [unit for unit in UNITS if unit[0] not in CANNOT_START]


def width_of(char: str) -> float:
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5


def lines(text: str, limit: float) -> list[str]:
    return [text[span.start : span.end] for span in break_lines(text, [width_of(char) for char in text], limit)]


@given(st.lists(st.sampled_from(UNITS_THAT_BEGIN_A_LINE), min_size=1, max_size=60).map("".join), st.floats(4, 40))
@settings(max_examples=400, deadline=None)
def test_no_line_begins_or_ends_with_what_may_not(text: str, limit: float) -> None:
    found = lines(text, limit)

    assert "".join(found) == text
    assert [line for line in found[1:] if line[0] in CANNOT_START] == []
    assert [line for line in found[:-1] if line.rstrip(" ")[-1] in CANNOT_END] == []


@given(st.text(st.sampled_from("漢かー、。「」（）a1 -¥…𠮷"), max_size=80), st.floats(1, 30))
@settings(max_examples=400, deadline=None)
def test_a_rule_is_broken_only_where_the_line_leaves_no_choice(text: str, limit: float) -> None:
    spans = break_lines(text, [width_of(char) for char in text], limit)

    assert "".join(text[span.start : span.end] for span in spans) == text
    for span in spans[:-1]:
        inside = [place for place in range(span.start + 1, span.end) if obeys_kinsoku(text[place - 1], text[place])]
        assert obeys_kinsoku(text[span.end - 1], text[span.end]) or inside == []


@given(st.text(st.sampled_from("漢かー、。「」（）a1 -¥…"), max_size=80), st.floats(1, 30))
@settings(max_examples=400, deadline=None)
def test_only_a_stop_or_spaces_reach_beyond_the_limit(text: str, limit: float) -> None:
    for line in lines(text, limit):
        visible = line.rstrip(" ")
        within = visible[:-1] if len(visible) > 1 and visible[-1] in HANGING else visible

        assert sum(map(width_of, within)) <= limit + 0.01 or len(visible) <= 1 or len(within) == 1


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("漢字漢字「漢字」漢字", 5, ["漢字漢字", "「漢字」漢", "字"]),
        ("漢字漢字、漢字", 4, ["漢字漢字、", "漢字"]),
        ("漢字漢。」漢字", 4, ["漢字", "漢。」漢", "字"]),
        ("漢字Pedagogy漢字", 5, ["漢字", "Pedagogy漢", "字"]),
        ("予算2,000,000円です", 5, ["予算", "2,000,000", "円です"]),
        ("漢字漢字……漢字", 5, ["漢字漢字", "……漢字"]),
        ("abcdefghijkl", 2, ["abcd", "efgh", "ijkl"]),
        ("ab cd ef", 2.6, ["ab cd ", "ef"]),
        ("", 5, [""]),
        ("、、、、", 2, ["、、", "、、"]),
    ],
)
def test_lines_end_at_these_places(text: str, limit: float, expected: list[str]) -> None:
    assert lines(text, limit) == expected


@pytest.mark.parametrize("char", sorted(CANNOT_START))
def test_what_may_not_begin_a_line_stays_with_what_is_before(char: str) -> None:
    assert not may_break("漢", char)


@pytest.mark.parametrize("char", sorted(CANNOT_END))
def test_what_may_not_end_a_line_stays_with_what_follows(char: str) -> None:
    assert not may_break(char, "漢")
