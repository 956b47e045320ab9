"""Tests of the catalog's tool, on sentences of their own."""

import gettext
import io
from pathlib import Path

import pytest

from tools import translations
from tools.translations import Entry

PO, MO = translations.CATALOG / "messages.po", translations.CATALOG / "messages.mo"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small checkout: one module and one template, their words not yet collected."""
    (tmp_path / "grantflow").mkdir()
    (tmp_path / "templates" / "mail").mkdir(parents=True)
    (tmp_path / "grantflow" / "lamps.py").write_text(
        'LABEL = lazy("灯り")\n\n\ndef say(n):\n    return _("灯りは%(count)d個です。" "確かめてください。", count=n)\n'
    )
    (tmp_path / "templates" / "lamp.html").write_text('<p>{{ _("名前：%(name)s", name=lamp.name) }}</p>')
    (tmp_path / "templates" / "mail" / "lamp.txt").write_text('{{ _("消灯") if dark else _("灯り") }}')
    return tmp_path


ENGLISH = {
    "灯り": Entry("Light"),
    "灯りは%(count)d個です。確かめてください。": Entry("There are %(count)d lights. Please check."),
    "名前：%(name)s": Entry("Name: %(name)s"),
    "消灯": Entry("Lights out"),
}


def store(root: Path, entries: dict[str, Entry]) -> None:
    (root / translations.CATALOG).mkdir(parents=True, exist_ok=True)
    (root / PO).write_bytes(translations.written(entries))
    (root / MO).write_bytes(translations.compiled(entries))


def complaints(root: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    status = translations.main(["--check"], root)
    lines = capsys.readouterr().err.splitlines()
    assert status == (1 if lines else 0)
    return lines


def test_sentences_are_collected_from_code_and_templates(root):
    found = translations.collect(root)

    assert found.sentences == frozenset(ENGLISH)
    assert found.problems == ()


@pytest.mark.parametrize("call", ["_(name)", 'lazy(f"灯り{name}")', "words._()", '_("灯り" + name)', '_("")'])
def test_a_sentence_that_is_no_literal_is_told_with_its_place(root, capsys, call):
    store(root, ENGLISH)
    (root / "grantflow" / "names.py").write_text(f"name = 1\nprint({call})\n")

    lines = complaints(root, capsys)

    assert lines == ["grantflow/names.py:2: a translated sentence must stand there as one literal that is not empty"]


def test_a_template_must_write_its_sentences_out_as_well(root, capsys):
    store(root, ENGLISH)
    (root / "templates" / "name.html").write_text("<p>\n{{ _(name) }}</p>")

    lines = complaints(root, capsys)

    assert lines == ["templates/name.html:2: a translated sentence must stand there as one literal that is not empty"]


def test_a_complete_catalog_has_no_fault(root, capsys):
    store(root, ENGLISH)

    lines = complaints(root, capsys)

    assert lines == []


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (Entry(""), "not translated"),
        (Entry("Name: %(name)s", guessed=True), "marked fuzzy"),
        (Entry("名: %(name)s"), "kana or kanji in the translation"),
        (Entry("Name: ｱ %(name)s"), "kana or kanji in the translation"),
        (Entry("Name"), "placeholders differ"),
        (Entry("Name: %(title)s"), "placeholders differ"),
        (Entry("Name: %(name)d"), "placeholders differ"),
        (Entry("Name: 100% %(name)s"), "a lone % beside placeholders"),
    ],
)
def test_a_faulty_translation_is_told(root, capsys, entry, fault):
    store(root, ENGLISH | {"名前：%(name)s": entry})

    lines = complaints(root, capsys)

    assert lines == [f"{PO}: {fault}: 名前：%(name)s"]


def test_missing_and_stale_sentences_are_told(root, capsys):
    entries = dict(ENGLISH)
    entries["点灯"] = entries.pop("消灯")
    store(root, entries)

    lines = complaints(root, capsys)

    assert lines == [f"{PO}: missing: 消灯", f"{PO}: no longer in the source: 点灯"]


def test_a_compiled_catalog_that_is_older_than_its_text_is_told(root, capsys):
    store(root, ENGLISH)
    (root / MO).write_bytes(translations.compiled(ENGLISH | {"消灯": Entry("Dark")}))

    lines = complaints(root, capsys)

    assert lines == [f"{MO}: is not what messages.po compiles to. Run: make translations"]


def test_a_text_that_was_edited_out_of_its_form_is_told(root, capsys):
    store(root, ENGLISH)
    (root / PO).write_bytes((root / PO).read_bytes() + b"\n")

    lines = complaints(root, capsys)

    assert lines == [f"{PO}: is not in its usual form. Run: make translations"]


def test_collecting_keeps_what_is_translated_and_adds_what_is_new(root, capsys):
    store(root, {"灯り": Entry("Light"), "古い文です。": Entry("An old sentence.")})

    status = translations.main([], root)

    assert status == 0
    assert translations.read((root / PO).read_bytes()) == dict.fromkeys(ENGLISH, Entry("")) | {"灯り": Entry("Light")}
    assert capsys.readouterr().out == "4 sentences, 3 of them to translate\n"


def test_a_sentence_that_changed_a_little_borrows_its_translation_as_a_guess():
    stored = {"灯りは%(count)d個です。確認してください。": Entry("There are %(count)d lights.")}

    merged = translations.merge(["灯りは%(count)d個です。確かめてください。"], stored)

    assert merged == {"灯りは%(count)d個です。確かめてください。": Entry("There are %(count)d lights.", guessed=True)}


def test_text_and_compiled_catalog_are_the_same_bytes_whatever_the_order():
    reverse = dict(reversed(ENGLISH.items()))

    again = translations.written(reverse), translations.compiled(reverse)

    assert again == (translations.written(ENGLISH), translations.compiled(ENGLISH))


def test_what_is_written_is_read_back():
    entries = ENGLISH | {'「"」と\n改行': Entry('"Quote" and\nline', guessed=True), "未訳": Entry("")}

    again = translations.read(translations.written(entries))

    assert again == entries


def test_gettext_reads_the_compiled_catalog_and_guesses_are_not_in_it():
    content = translations.compiled(ENGLISH | {"未訳": Entry(""), "推測": Entry("guess", guessed=True)})

    catalog = gettext.GNUTranslations(io.BytesIO(content))

    shown = [catalog.gettext(source) for source in (*ENGLISH, "未訳", "推測")]
    assert shown == [*(entry.text for entry in ENGLISH.values()), "未訳", "推測"]
