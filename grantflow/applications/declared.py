"""The files that a proposal declares (提出したファイル): which, under which names in its manifest, and what each is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from grantflow.applications.outline import Part
from grantflow.applications.parts.documents import FILES
from grantflow.calls.definition import Definition
from grantflow.core.words import _


class Declared(NamedTuple):
    """A file as a version names it: its key in the manifest, what it is for, and what was stored."""

    key: str
    #: The key of the document of the call; the name of the partner for a letter of consent.
    of: str
    file: str
    name: str
    sha256: str
    size: int
    media_type: str

    @property
    def is_document(self) -> bool:
        """Whether it is one of the documents that the call asks for, and no letter of a partner."""
        return self.key.startswith(f"{Part.DOCUMENTS.value}/")

    def title(self, says: Definition) -> str:
        """What the file is for, as the call calls it."""
        if not self.is_document:
            return _("承諾書（%(partner)s）", partner=self.of)
        return next((one.name for one in says.documents if one.key == self.of), self.of)


def declared_in(contents: Mapping[str, Mapping[str, Any]]) -> tuple[Declared, ...]:
    """Every file that the parts of a proposal name, in their order; `contents` are the parts by their keys."""
    return (*_documents(contents), *_letters(contents))


def _documents(contents: Mapping[str, Mapping[str, Any]]) -> Iterator[Declared]:
    rows: Sequence[Mapping[str, Any]] = contents.get(Part.DOCUMENTS.value, {}).get(FILES, ())
    for number, row in enumerate(rows, 1):
        yield _declared(f"{Part.DOCUMENTS.value}/{number:02}-{row['document']}", row["document"], row)


def _letters(contents: Mapping[str, Mapping[str, Any]]) -> Iterator[Declared]:
    rows = [row for row in contents.get(Part.CONSENTS.value, {}).get("rows", ()) if row.get("file")]
    for number, row in enumerate(rows, 1):
        yield _declared(f"{Part.CONSENTS.value}/{number:02}", row["partner"], row)


def _declared(key: str, of: str, row: Mapping[str, Any]) -> Declared:
    return Declared(key, of, row["file"], row["name"], row["sha256"], row["size"], row["media_type"])
