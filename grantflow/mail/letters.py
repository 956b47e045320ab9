"""What a mail says: plain words with places in them, written as {氏名}, that are filled when it is sent."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from config import ROOT
from grantflow.core import dates, words
from grantflow.core.characters import forbidden_in
from grantflow.core.words import Labelled, _
from grantflow.mail.catalogue import TEMPLATES, Placeholder, Template

FOLDER = ROOT / "templates"

#: What may be put into a place: it is written in the language of the mail, whoever causes it to be sent.
Value = str | int | dt.datetime | dt.date | Labelled

#: A place, closed or not; braces as a Japanese keyboard types them count as well.
_PLACE = re.compile(r"[{｛]([^{}｛｝\n]*)([}｝]?)|[}｝]")


class Letter(NamedTuple):
    """Subject and text of a mail."""

    subject: str
    body: str


def written(key: str, /, **values: Value) -> Letter:
    """The letter of the template `key` in its usual words, with `values` in their places.

    A `LookupError` for a template that there is not, a `TypeError` for values that are not those of its places.
    """
    template = TEMPLATES[key]
    return filled(template, usual(template), values)


@lru_cache
def usual(template: Template) -> Letter:
    """The words that a mail has everywhere, its places open."""
    subject, _end, body = (FOLDER / template.file).read_text(encoding="utf-8").strip().partition("\n")
    return Letter(subject.strip(), body.strip() + "\n")


def filled(template: Template, letter: Letter, values: Mapping[str, Value]) -> Letter:
    """`letter` with `values` in its places; a `TypeError` when they are not those of the template."""
    expected = {place.key for place in template.placeholders}
    if set(values) != expected:
        raise TypeError(f"{template.key} is filled with {sorted(expected)}, not with {sorted(values)}")
    with words.speaking(words.SOURCE):
        texts = {place.label: _text(values[place.key]) for place in template.placeholders}
    return Letter(" ".join(_fill(letter.subject, texts).split()), _fill(letter.body, texts))


def sample(template: Template, letter: Letter) -> Letter:
    """`letter` as somebody would get it, with the invented values of the catalogue."""
    return filled(template, letter, {place.key: place.sample for place in template.placeholders})


def problems(template: Template, text: str) -> list[str]:
    """What is wrong with the places of a text that somebody wrote, each in a sentence; empty when nothing is."""
    return [*_wrong_characters(text), *_wrong_places(template.placeholders, text)]


def missing(template: Template, letter: Letter) -> list[str]:
    """A sentence for each place without which the letter is of no use and that its text does not have."""
    there = set(_names(letter.body))
    return [
        _("本文に「{%(name)s}」がありません。受け取った人が先に進めるように、入れてください。", name=place.label)
        for place in template.placeholders
        if place.needed and place.label not in there
    ]


def _text(value: Value) -> str:
    if isinstance(value, Labelled):
        return value.label
    if isinstance(value, dt.datetime):
        return dates.moment_text(value)
    return dates.wareki(value) if isinstance(value, dt.date) else str(value)


def _fill(text: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda found: values.get((found[1] or "").strip(), found[0]), text)


def _names(text: str) -> list[str]:
    return [found[1].strip() for found in _PLACE.finditer(text) if found[2]]


def _wrong_characters(text: str) -> Iterator[str]:
    yield from list(filter(None, map(forbidden_in, text.split("\n"))))[:1]


def _wrong_places(places: Iterable[Placeholder], text: str) -> Iterator[str]:
    known = {place.label for place in places}
    for found in _PLACE.finditer(text):
        name = (found[1] or "").strip()
        if found[1] is None:
            yield _("「}」の前に「{」がありません。差し込みは「{氏名}」のように書いてください。")
        elif not found[2]:
            yield _(
                "「{%(name)s」が閉じていません。差し込みは「{氏名}」のように、「}」で閉じてください。", name=name[:20]
            )
        elif name not in known:
            yield _(
                "「{%(name)s}」という差し込みはありません。使えるのは、%(known)sです。",
                name=name[:20],
                known="".join(f"{{{place.label}}}" for place in places),
            )
