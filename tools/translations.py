"""Collects the sentences of the interface, merges them into the English catalog and compiles it.

With `--check` nothing is written, and whatever keeps the catalog from being complete is named.
"""

import ast
import io
import re
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import jinja2
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import nodes

from config import ROOT

LANGUAGE = "en"
CATALOG = Path("grantflow/translations") / LANGUAGE / "LC_MESSAGES"
CALLS = frozenset({"_", "lazy"})
#: What the catalog says of itself; no dates, so that it changes only with the words.
DESCRIPTION = (
    f"Language: {LANGUAGE}",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
)
REMARK = "# The interface in English. The sources are Japanese; `make translations` keeps this file sorted and whole."
#: Where `_` itself is defined it is handed what others wrote.
DEFINITION = Path("grantflow/core/words.py")
PLACEHOLDER = re.compile(r"%\((\w+)\)([#0 +-]*\d*(?:\.\d+)?[a-zA-Z])")
JAPANESE = re.compile(r"[\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f]")


@dataclass(frozen=True)
class Found:
    """The sentences of the sources, and the calls whose sentence cannot be read from the source."""

    sentences: frozenset[str]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One English sentence; `guessed` marks one that was written for a sentence like it (in the file: fuzzy)."""

    text: str
    guessed: bool = False


Entries = Mapping[str, Entry]


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Bring the catalog below `root` up to date, or with `--check` say what is wrong with it; returns 0 or 1."""
    found = collect(root)
    po, mo = root / CATALOG / "messages.po", root / CATALOG / "messages.mo"
    stored = read(po.read_bytes()) if po.is_file() else {}
    if "--check" in arguments:
        problems = [*found.problems, *faults(found.sentences, stored)]
        if not mo.is_file() or mo.read_bytes() != compiled(stored):
            problems.append(f"{CATALOG / 'messages.mo'}: is not what messages.po compiles to. Run: make translations")
        if not problems and po.read_bytes() != written(stored):
            problems.append(f"{CATALOG / 'messages.po'}: is not in its usual form. Run: make translations")
        return _complain(problems)
    merged = merge(found.sentences, stored)
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_bytes(written(merged))
    mo.write_bytes(compiled(merged))
    missing = sum(1 for entry in merged.values() if entry.guessed or not entry.text)
    print(f"{len(merged)} sentences, {missing} of them to translate")
    return _complain(found.problems)


def _complain(problems: Iterable[str]) -> int:
    lines = list(problems)
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0


def collect(root: Path) -> Found:
    """Every sentence that the code and the templates below `root` hand to `_` or `lazy`."""
    sentences: set[str] = set()
    problems: list[str] = []
    for path, calls_of in _sources(root):
        name = path.relative_to(root)
        for line, sentence in calls_of(path.read_text(encoding="utf-8")):
            if sentence:
                sentences.add(sentence)
            elif name != DEFINITION:
                problems.append(
                    f"{name}:{line}: a translated sentence must stand there as one literal that is not empty"
                )
    return Found(frozenset(sentences), tuple(problems))


Calls = Callable[[str], Iterable[tuple[int, str | None]]]


def _sources(root: Path) -> Iterator[tuple[Path, Calls]]:
    modules = [*root.glob("config.py"), *(root / "grantflow").rglob("*.py")]
    yield from ((path, calls_in_code) for path in sorted(modules))
    yield from ((path, calls_in_template) for path in sorted((root / "templates").rglob("*.*")) if path.suffix != ".md")


def calls_in_code(source: str) -> Iterator[tuple[int, str | None]]:
    """Line and sentence of each translated call in Python source; None where the sentence is no literal."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in CALLS:
            first = node.args[0] if node.args else None
            literal = first.value if isinstance(first, ast.Constant) else None
            yield node.lineno, literal if isinstance(literal, str) else None


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def calls_in_template(source: str) -> Iterator[tuple[int, str | None]]:
    """Line and sentence of each translated call in a template; None where the sentence is no literal."""
    for node in jinja2.Environment(autoescape=True).parse(source).find_all(nodes.Call):
        if isinstance(node.node, nodes.Name) and node.node.name in CALLS:
            first = node.args[0] if node.args else None
            literal = first.value if isinstance(first, nodes.Const) else None
            yield node.lineno, literal if isinstance(literal, str) else None


def merge(sentences: Iterable[str], stored: Entries) -> dict[str, Entry]:
    """The catalog for `sentences`: what is translated stays; a new sentence borrows from a lost one that is like it."""
    wanted = sorted(sentences)
    lost = [source for source in stored if source not in set(wanted) and stored[source].text]
    merged = {}
    for source in wanted:
        near = [] if source in stored else get_close_matches(source, lost, n=1)
        merged[source] = Entry(stored[near[0]].text, guessed=True) if near else stored.get(source, Entry(""))
    return merged


def faults(sentences: Iterable[str], stored: Entries) -> list[str]:
    """What keeps the stored catalog from being the whole translation of `sentences`, a line each."""
    wanted, name = set(sentences), CATALOG / "messages.po"
    lines = [f"missing: {source}" for source in sorted(wanted - stored.keys())]
    lines += [f"no longer in the source: {source}" for source in sorted(stored.keys() - wanted)]
    for source in sorted(wanted & stored.keys()):
        lines += [f"{fault}: {source}" for fault in _faults_of(source, stored[source])]
    return [f"{name}: {line}" for line in lines]


def _faults_of(source: str, entry: Entry) -> Iterator[str]:
    if not entry.text:
        yield "not translated"
        return
    if entry.guessed:
        yield "marked fuzzy"
    if JAPANESE.search(entry.text):
        yield "kana or kanji in the translation"
    if set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(entry.text)):
        yield "placeholders differ"
    elif PLACEHOLDER.search(entry.text) and "%" in PLACEHOLDER.sub("", entry.text).replace("%%", ""):
        yield "a lone % beside placeholders"


def read(content: bytes) -> dict[str, Entry]:
    """The entries of a catalog's text, without its header and what was struck out."""
    catalog = read_po(io.BytesIO(content), locale=LANGUAGE, ignore_obsolete=True)
    return {str(message.id): Entry(str(message.string), message.fuzzy) for message in catalog if message.id}


def written(entries: Entries) -> bytes:
    """The catalog as text: sorted, without places and dates, so that it changes only with the words."""
    catalog = Catalog(locale=LANGUAGE)
    for source in sorted(entries):
        entry = entries[source]
        catalog.add(source, entry.text, flags={"fuzzy"} if entry.guessed else set())
    text = io.BytesIO()
    write_po(text, catalog, width=0, omit_header=True, no_location=True, sort_output=True)
    head = [REMARK, 'msgid ""', 'msgstr ""', *(f'"{line}\\n"' for line in DESCRIPTION), "", ""]
    return "\n".join(head).encode() + text.getvalue().strip() + b"\n"


def compiled(entries: Entries) -> bytes:
    """The catalog as gettext reads it: equal for equal words; what is not translated is left out."""
    ready = {source: entry.text for source, entry in entries.items() if entry.text and not entry.guessed}
    pairs = [(source.encode(), text.encode()) for source, text in ready.items()]
    pairs = sorted([(b"", "".join(f"{line}\n" for line in DESCRIPTION).encode()), *pairs])
    start = 28 + 16 * len(pairs)
    tables, body = [b"", b""], b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += struct.pack("<II", len(pair[column]), start + len(body))
            body += pair[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start)
    return head + tables[0] + tables[1] + body


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
