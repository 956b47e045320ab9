"""The guides: as long as they promise to be, the same in both languages, and true to the program and its pictures."""

import re
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po
from flask import Flask
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from config import ROOT
from grantflow.accounts.models import Role
from grantflow.cli import grantflow
from tests.architecture.sources import tracked

GUIDES = ROOT / "docs" / "guides"
PICTURES = ROOT / "docs" / "pictures"
LANGUAGES = ("ja", "en")
ALL = [(role.value, language) for role in Role for language in LANGUAGES]
MOST_STEPS = 10
LARGEST_PICTURE = 150_000
STEP = re.compile(r"^\d+\. ", re.M)
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
LABEL = re.compile(r"\*\*([^*\n]+)\*\*")


def _text(role: str, language: str) -> str:
    return (GUIDES / f"{role}.{language}.md").read_text(encoding="utf-8")


def _pictures(text: str) -> list[str]:
    return [target for _words, target in PICTURE.findall(text)]


def test_every_role_has_a_guide_in_each_language_and_there_are_no_others():
    names = sorted(path.name for path in GUIDES.iterdir())

    assert names == sorted(f"{role}.{language}.md" for role, language in ALL)


@pytest.mark.parametrize(("role", "language"), ALL)
def test_the_steps_are_numbered_and_at_most_ten(role, language):
    steps = [int(step.rstrip(". ")) for step in STEP.findall(_text(role, language))]

    assert steps == list(range(1, len(steps) + 1))
    assert 1 <= len(steps) <= MOST_STEPS


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_both_languages_have_the_same_steps_sections_pictures_and_commands(role):
    def shape(language):
        text = _text(role, language)
        pictures = [Path(target).name.replace(".en.png", ".png") for target in _pictures(text)]
        rows = sum(line.startswith("| ") for line in text.splitlines())
        return len(STEP.findall(text)), text.count("\n## "), pictures, rows, CODE.findall(text)

    assert shape("ja") == shape("en")


@pytest.mark.parametrize(("role", "language"), ALL)
def test_a_guide_shows_pictures_in_its_language_with_words_for_who_cannot_see_them(role, language):
    found = PICTURE.findall(_text(role, language))

    assert found
    assert all(words for words, _target in found)
    assert all(target.endswith(".en.png") == (language == "en") for _words, target in found)


def test_every_picture_is_there_and_used_and_light():
    papers = [path for path in tracked() if path.suffix == ".md"]
    used = {
        (path.parent / target).resolve() for path in papers for target in _pictures(path.read_text(encoding="utf-8"))
    }
    there = set(PICTURES.iterdir())

    assert there == used
    assert {path.name for path in there if path.stat().st_size > LARGEST_PICTURE} == set()


def _commands() -> set[str]:
    papers = [path for path in tracked() if path.suffix == ".md" and "docs/decisions" not in path.as_posix()]
    lines = [line for path in papers for line in CODE.findall(path.read_text(encoding="utf-8"))]
    return {line for line in lines if line.startswith("grantflow ")}


@pytest.mark.parametrize("line", sorted(_commands()))
def test_every_command_exists_with_its_options(line):
    command: click.Command = grantflow
    words = line.split()[1:]
    while words and isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts}

    assert {word for word in words if word.startswith("--")} <= options


def _addresses() -> set[str]:
    texts = [_text(role, language) for role, language in ALL]
    return {code for text in texts for code in CODE.findall(text) if code.startswith("/")}


@pytest.mark.parametrize("address", sorted(_addresses()))
def test_every_address_leads_to_a_page(application: Flask, address):
    adapter = application.url_map.bind("localhost")

    try:
        adapter.match(address, method="GET")
        found = True
    except MethodNotAllowed:
        found = True
    except HTTPException:
        found = False

    assert found


@pytest.mark.parametrize(("role", "language"), ALL)
def test_every_bold_word_stands_on_a_page(role, language):
    catalog = ROOT / "grantflow" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
    with catalog.open("rb") as file:
        sentences = [(entry.id, entry.string) for entry in read_po(file) if isinstance(entry.id, str)]
    known = {source if language == "ja" else translated for source, translated in sentences}

    assert [label for label in LABEL.findall(_text(role, language)) if label not in known] == []
