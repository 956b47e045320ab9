"""Papers that somebody signed and that are handed in as a picture of them: what is taken, known by its content."""

from typing import NamedTuple

from grantflow.core.refusals import Refused
from grantflow.files.kinds import Kind, accept
from grantflow.files.verdicts import judge

KINDS = (Kind.PDF, Kind.JPEG, Kind.PNG)
ACCEPTED = accept(KINDS)


class SignedPaper(NamedTuple):
    """A file that was handed in: its bytes, the name it came with, and what it is."""

    content: bytes
    name: str
    media_type: str


def signed_paper(content: bytes, name: str) -> SignedPaper:
    """The file as a paper that may be kept; `Refused` with the reason where it is none, or no safe one (R3.7)."""
    verdict = judge(content, name, KINDS)
    if verdict.kind is None:
        raise Refused(verdict.refusal or "")
    return SignedPaper(content, name, verdict.kind.media_type)
