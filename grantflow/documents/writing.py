"""One document, any format: what a download or a command asks for."""

from enum import Enum

from grantflow.documents.pdf import pdf
from grantflow.documents.sheets import csv, csv_cp932
from grantflow.documents.values import Leaflet, Letter, Report, Sheet, Volume
from grantflow.documents.web_page import html
from grantflow.documents.workbooks import xlsx


class Form(Enum):
    """A file format, by the name commands and addresses use."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"
    CSV_CP932 = "csv-cp932"
    HTML = "html"

    @property
    def extension(self) -> str:
        """How the file's name ends, without the dot."""
        return "csv" if self is Form.CSV_CP932 else self.value

    @property
    def media_type(self) -> str:
        """The Content-Type to send it with."""
        return MEDIA_TYPES[self]


MEDIA_TYPES = {
    Form.PDF: "application/pdf",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.CSV: "text/csv; charset=utf-8",
    Form.CSV_CP932: "text/csv; charset=Shift_JIS",
    Form.HTML: "text/html; charset=utf-8",
}


def write(document: Report | Sheet | Letter | Leaflet | Volume, form: Form) -> bytes:
    """The document in the format, the same bytes for equal values.

    A letter, a leaflet and a volume are PDFs, else ValueError; a volume reads the stored files that it binds.
    """
    if form is Form.PDF:
        return pdf(document)
    if isinstance(document, Letter | Leaflet | Volume):
        raise ValueError("A letter, leaflet or volume is written as PDF only.")
    match form:
        case Form.XLSX:
            return xlsx(document)
        case Form.CSV:
            return csv(document)
        case Form.CSV_CP932:
            return csv_cp932(document).content
        case Form.HTML:
            return html(document)
