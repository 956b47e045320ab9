"""How a proposal is found by words: what is stored to be searched, and how words are looked for in it."""

from collections.abc import Iterable

from grantflow.core.text import search_key

ESCAPE = "\\"


def search_text(parts: Iterable[str]) -> str:
    """What a proposal is found by: each of `parts` levelled for searching (R5.9), without spaces, on a line of its own.

    Spaces go because names are written with and without them; the line ends keep a word from matching across parts.
    """
    return "\n".join("".join(search_key(part).split()) for part in parts)


def patterns(query: str) -> list[str]:
    """One LIKE pattern for each word of `query`; a proposal is found when all match. `ESCAPE` is their escape."""
    return [f"%{_escaped(word)}%" for word in search_key(query).split()]


def _escaped(word: str) -> str:
    for character in (ESCAPE, "%", "_"):
        word = word.replace(character, ESCAPE + character)
    return word
