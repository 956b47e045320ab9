"""Each character has its glyph, and what has none is said."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grantflow.documents.faces import FOLDER, FontMissing, face, program
from grantflow.documents.fonts import FALLBACK, Typeface, clusters, uncovered
from tests.documents.samples import DIFFICULT, IVS


@pytest.mark.parametrize("typeface", Typeface)
def test_a_variation_sequence_has_a_glyph_of_its_own(typeface: Typeface) -> None:
    (varied,) = clusters(IVS, typeface)
    (plain,) = clusters("葛", typeface)

    assert varied.number != plain.number
    assert varied.file == plain.file == typeface.value


def test_a_selector_that_the_font_does_not_know_leaves_the_plain_glyph() -> None:
    (unknown,) = clusters("葛\U000e01ef", Typeface.GOTHIC)
    (plain,) = clusters("葛", Typeface.GOTHIC)

    assert (unknown.number, unknown.text) == (plain.number, "葛\U000e01ef")


def test_what_the_first_font_lacks_comes_from_the_fallback() -> None:
    assert [cluster.file for cluster in clusters("吉𠮷⼈", Typeface.BOLD)] == [Typeface.BOLD.value, FALLBACK, FALLBACK]


def test_a_compatibility_ideograph_keeps_its_own_glyph() -> None:
    (compatibility,) = clusters("\ufa19", Typeface.GOTHIC)
    (unified,) = clusters("神", Typeface.GOTHIC)

    assert compatibility.number != unified.number


def test_a_voiced_kana_that_composes_is_drawn_as_one() -> None:
    (apart,) = clusters("か\u3099", Typeface.GOTHIC)
    (composed,) = clusters("が", Typeface.GOTHIC)

    assert (apart.number, apart.marks, apart.text) == (composed.number, (), "か\u3099")


def test_a_voicing_mark_that_does_not_compose_is_mounted_at_the_upper_right() -> None:
    (cluster,) = clusters("ラ\u3099", Typeface.GOTHIC)

    ((mark, shift),) = cluster.marks
    assert mark == face(cluster.file).glyphs[0x3099]
    assert cluster.advance / 2 < shift < cluster.advance


def test_what_no_font_has_is_a_geta_and_is_said_once() -> None:
    (shown,) = clusters("😀", Typeface.GOTHIC)
    (geta,) = clusters("〓", Typeface.GOTHIC)

    assert (shown.number, shown.text) == (geta.number, "😀")
    assert uncovered("漢😀字ไ😀\ue000") == "😀ไ\ue000"


@pytest.mark.parametrize("text", [*DIFFICULT, "\t\u200b\n\ufeff\u00ad", "葛\ufe00", ""])
def test_papers_can_show_it(text: str) -> None:
    assert uncovered(text) == ""


@pytest.mark.parametrize(("encoding", "lacking"), [("shift_jis", ""), ("cp932", ""), ("euc_jis_2004", "⦅⦆")])
def test_the_characters_of_a_japanese_set_are_covered(encoding: str, lacking: str) -> None:
    def exists(code: int) -> bool:
        try:
            chr(code).encode(encoding)
        except UnicodeEncodeError:
            return False
        return True

    kanji_and_signs = "".join(chr(code) for code in (*range(0xA1, 0xD800), *range(0xF900, 0x30000)) if exists(code))

    assert uncovered(kanji_and_signs) == lacking


@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=40))
@settings(max_examples=200, deadline=None)
def test_clusters_keep_the_text_to_the_code_point(text: str) -> None:
    assert "".join(cluster.text for cluster in clusters(text, Typeface.GOTHIC)) == text


def test_a_missing_font_is_named() -> None:
    with pytest.raises(FontMissing, match=re.escape(str(FOLDER / "absent.ttf"))):
        face("absent.ttf")


def test_a_carried_font_keeps_only_what_is_used() -> None:
    font = face(Typeface.GOTHIC.value)

    carried = program(font, {font.glyphs[ord("漢")]}, [])

    assert len(carried) < 0.1 * len(font.tables["glyf"])


def test_every_font_has_its_licence_beside_it() -> None:
    licences = {path.name for path in FOLDER.glob("OFL-*.txt")}

    assert licences == {"OFL-BIZUDPGothic.txt", "OFL-BIZUDPMincho.txt", "OFL-NotoSansJP.txt"}
