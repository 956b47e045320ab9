"""Every template parses, and none carries a style, a script or an address of its own."""

import re

import pytest

from tests.ui.gallery import STATIC, TEMPLATES

TEMPLATE_FILES = sorted(path for path in TEMPLATES.rglob("*.html"))
SHEETS = sorted((STATIC / "css").glob("*.css"))
FORBIDDEN = {
    "inline style": r"<style|\sstyle\s*=",
    "script of its own": r"<script(?! type=\"module\" src=\"\{\{ url_for\('static', [^>]*\}\}\"></script>)|javascript:",
    "event attribute": r"<[^>]*\son[a-z]+\s*=",
    "address of another site": r"(?:href|src|action)=[\"']?(?:https?:)?//",
    "unescaped value": r"\|\s*safe\b",
}


def _source(path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_a_template_parses(env, path):
    tree = env.parse(_source(path))

    assert tree.body != []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what):
    holding = [
        path.relative_to(TEMPLATES).as_posix() for path in TEMPLATE_FILES if re.search(FORBIDDEN[what], _source(path))
    ]

    assert holding == []


def test_every_word_to_translate_is_a_literal():
    loose = [
        f"{path.name}: {found}"
        for path in TEMPLATE_FILES
        for found in re.findall(r"(?<![\w.])_\((?![\"'])[^)]*\)", _source(path))
    ]

    assert loose == []


def test_japanese_words_stand_inside_a_translation():
    kana_or_kanji = re.compile(r"[ぁ-んァ-ヶ一-龠]")
    outside = []
    for path in TEMPLATE_FILES:
        source = re.sub(r"\{#.*?#\}", "", _source(path), flags=re.DOTALL)
        source = re.sub(r"_\(\s*(\"[^\"]*\"|'[^']*')", "", source)
        outside += [f"{path.name}: {line.strip()}" for line in source.splitlines() if kana_or_kanji.search(line)]

    # The Japanese of a fiscal year is written beside its English form, since the era cannot be translated.
    assert [line for line in outside if not line.startswith("date.html")] == []


def test_every_static_file_that_a_template_names_exists():
    base = _source(TEMPLATES / "base.html")
    named = set(re.findall(r"filename='([\w./-]+\.\w+)'", base))
    sheets = re.search(r"for sheet in \(([^)]*)\)", base).group(1)
    named |= {f"css/{sheet}.css" for sheet in re.findall(r"\"(\w+)\"", sheets)}

    missing = {name for name in named if not (STATIC / name).is_file()}

    assert missing == set()
    assert {path.relative_to(STATIC).as_posix() for path in SHEETS} == {name for name in named if "css/" in name}


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_sheet_loads_nothing_from_elsewhere(path):
    found = re.findall(r"@import|@font-face|url\(", _source(path))

    assert found == []


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_sheet_uses_only_values_that_are_defined(path):
    tokens = _source(STATIC / "vendor" / "design-tokens-1.1.9" / "tokens.css")
    everything = tokens + "".join(map(_source, SHEETS))
    defined = set(re.findall(r"(--[\w-]+)\s*:", everything))

    used = set(re.findall(r"var\((--[\w-]+)", _source(path)))

    assert used - defined == set()
