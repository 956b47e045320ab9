"""The files that the groups of the sample calls hand in, all of them made here: papers and a picture of nobody."""

import datetime as dt
from io import BytesIO

from grantflow.applications import attaching, queries
from grantflow.applications.models import Application
from grantflow.applications.outline import uploads
from grantflow.calls.definition import Document
from grantflow.core.authorization import Actor
from grantflow.documents.values import Leaflet, Line, Words
from grantflow.documents.writing import Form, write
from grantflow.files import operations as files
from grantflow.files.kinds import Kind

#: What stands in every paper, so that nobody takes one for a real one.
INVENTED = "見本のために作った書類です。団体も人も、実在しません。"


def hand_in(proposal: Application, *, by: Actor, at: dt.datetime) -> frozenset[str]:
    """Hand in a paper for every document that the call requires; returns the SHA-256 of what was handed in."""
    return frozenset(
        _attached(proposal, one, _paper(proposal, one), Kind.PDF, by, at) for one in _asked(proposal, required=True)
    )


def begin(proposal: Application, *, by: Actor, at: dt.datetime) -> None:
    """Hand in the first of the papers that the call requires."""
    first = _asked(proposal, required=True)[0]
    _attached(proposal, first, _paper(proposal, first), Kind.PDF, by, at)


def add_picture(proposal: Application, *, by: Actor, at: dt.datetime) -> frozenset[str]:
    """Hand in a picture for the first document that may be left out; returns its SHA-256, if there is one."""
    return frozenset(
        _attached(proposal, one, _picture(), Kind.PNG, by, at) for one in _asked(proposal, required=False)[:1]
    )


def _asked(proposal: Application, *, required: bool) -> list[Document]:
    asking = queries.asking(proposal)
    return [one for one in uploads(asking.says, asking.tier.key) if one.required is required]


def _attached(proposal: Application, document: Document, content: bytes, kind: Kind, by: Actor, at: dt.datetime) -> str:
    taken = files.take_in(content, f"{document.name}{kind.extension}")
    return attaching.attach(proposal, document.key, taken, by=by, at=at).file.sha256


def _paper(proposal: Application, document: Document) -> bytes:
    blocks = (
        Words(INVENTED, strong=True),
        Line("団体", proposal.organization_name),
        Line("事業名", proposal.title or "（まだ決まっていません）"),
        Words(f"ここに{document.name}の中身が続きます。応募する団体は、自分の書類をそのまま出します。"),
    )
    return write(Leaflet(title=document.name, blocks=blocks, author=proposal.organization_name), Form.PDF)


def _picture() -> bytes:
    """A table set for four, as plain shapes."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (640, 400), (246, 240, 228))
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((120, 120, 520, 280), fill=(176, 132, 92))
    for left, top in ((170, 60), (390, 60), (170, 300), (390, 300)):
        drawing.ellipse((left, top, left + 60, top + 60), fill=(92, 122, 138))
    for left in (200, 420):
        drawing.ellipse((left, 170, left + 60, 230), fill=(252, 252, 250))
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
