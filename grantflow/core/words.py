"""The words of the interface: Japanese in the source, English from the catalog.

The language in force is a context variable, so that a rule can write a sentence without
knowing whether a browser, a command or a job will show it.
"""

import gettext as catalogs
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from markupsafe import escape

SOURCE = "ja"
LANGUAGES = {"ja": "日本語", "en": "English"}
TRANSLATIONS = Path(__file__).parent.parent / "translations"

_language: ContextVar[str] = ContextVar("language", default=SOURCE)


@lru_cache
def _catalog(language: str) -> catalogs.NullTranslations:
    if language == SOURCE:
        return catalogs.NullTranslations()
    return catalogs.translation("messages", TRANSLATIONS, languages=[language])


def language() -> str:
    """The language in force: a key of LANGUAGES."""
    return _language.get()


def speak(language: str) -> None:
    """Put `language` in force from here on; an unknown one means the source language."""
    _language.set(language if language in LANGUAGES else SOURCE)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Put `language` in force for the block; an unknown one means the source language."""
    token = _language.set(language if language in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _language.reset(token)


def _(source: str, **values: Any) -> str:
    """The words of `source` in the language in force, with `%(name)s` filled from `values`."""
    text = _catalog(_language.get()).gettext(source)
    return text % values if values else text


class Lazy:
    """Words that are looked up each time they are shown, for labels written at class level."""

    def __init__(self, source: str) -> None:
        self.source = source

    def __str__(self) -> str:
        return _(self.source)

    def __mod__(self, values: Any) -> str:
        return str(str(self) % values)

    def __html__(self) -> str:
        return str(escape(str(self)))

    def __repr__(self) -> str:
        return f"lazy({self.source!r})"


def lazy(source: str) -> Any:
    """`source` as Lazy words, translated when they are shown; typed loosely, since form fields ask for `str`."""
    return Lazy(source)


class Labelled(StrEnum):
    """An enumeration whose members carry their label: `DRAFT = "draft", lazy("作成中")`."""

    label_source: Lazy

    def __new__(cls, value: str, label: Lazy | None = None) -> Self:
        """The member `value`, shown as `label`; without one, the member that has this value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label_source = label or Lazy(value)
        return member

    @property
    def label(self) -> str:
        """The member in the reader's words."""
        return str(self.label_source)
