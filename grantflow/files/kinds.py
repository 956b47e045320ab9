"""The kinds of files that people may hand in."""

from collections.abc import Iterable

from grantflow.core.words import Labelled, _, lazy


class Kind(Labelled):
    """A kind of file that is accepted (ファイルの種類); its value is the extension that it gets."""

    PDF = "pdf", lazy("PDF")
    DOCX = "docx", lazy("Word（.docx）")
    XLSX = "xlsx", lazy("Excel（.xlsx）")
    PPTX = "pptx", lazy("PowerPoint（.pptx）")
    JPEG = "jpg", lazy("JPEG の写真")
    PNG = "png", lazy("PNG の画像")

    @property
    def extension(self) -> str:
        """The end of a name, with its dot."""
        return f".{self.value}"

    @property
    def media_type(self) -> str:
        """What it is called on the web."""
        return MEDIA_TYPES[self]


_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    Kind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    Kind.PPTX: f"{_OFFICE}.presentationml.presentation",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
}
ALL = tuple(Kind)
OFFICE = frozenset({Kind.DOCX, Kind.XLSX, Kind.PPTX})
PICTURES = frozenset({Kind.JPEG, Kind.PNG})
#: Other spellings of an extension.
SPELLINGS = {".jpeg": Kind.JPEG, ".jpe": Kind.JPEG, ".jfif": Kind.JPEG}


def kind_of(media_type: str) -> Kind | None:
    """The kind with this media type; None when it is none of ours."""
    return next((kind for kind, known in MEDIA_TYPES.items() if known == media_type), None)


def named(extension: str) -> Kind | None:
    """The kind that files with this extension (".pdf", any case) are expected to be; None for any other."""
    lower = extension.lower()
    return SPELLINGS.get(lower) or next((kind for kind in ALL if kind.extension == lower), None)


def accept(kinds: Iterable[Kind] = ALL) -> str:
    """What a file field offers to choose: the extensions and the media types."""
    chosen = set(kinds)
    spelled = [spelling for spelling, kind in SPELLINGS.items() if kind in chosen]
    return ",".join(
        [
            *(kind.extension for kind in ALL if kind in chosen),
            *spelled,
            *(kind.media_type for kind in ALL if kind in chosen),
        ]
    )


def in_words(kinds: Iterable[Kind] = ALL) -> str:
    """The kinds as a reader is told of them."""
    chosen = set(kinds)
    return _("、").join(str(kind.label) for kind in ALL if kind in chosen)
