"""The files of an adoption list, in each format."""

from functools import lru_cache

from grantflow.awards import documents, listing
from grantflow.awards.models import AdoptionList
from grantflow.documents.writing import Form, write

JSON = "json"
#: Each format with its media type, in the order they are offered.
FORMATS = {
    "pdf": Form.PDF.media_type,
    "xlsx": Form.XLSX.media_type,
    "csv": Form.CSV.media_type,
    JSON: "application/json",
    "html": Form.HTML.media_type,
}


def file(adoption_list: AdoptionList, extension: str) -> bytes:
    """The list as a file of the format `extension`; equal content gives equal bytes."""
    if extension == JSON:
        return documents.as_json(adoption_list).encode()
    content = listing.canonical(documents.content(adoption_list))
    return _drawn(content, adoption_list.sha256, documents.mark(adoption_list), Form(extension))


@lru_cache(maxsize=32)
def _drawn(content: str, sha256: str | None, mark: str, form: Form) -> bytes:
    return write(documents.report(listing.restored(content), sha256, mark), form)
