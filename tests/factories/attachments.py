"""A call that asks for files, and files that were handed in for its documents."""

from functools import cache
from typing import Any

from grantflow.applications import attaching, queries
from grantflow.applications.models import Application, Attachment
from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.db import db
from grantflow.files import operations as files
from tests.factories.accounts import OPERATOR
from tests.files.builders import a_pdf

#: A document that is needed, one that grows old, one that is written on a page, and one that may be left out.
DOCUMENTS = """
[[document]]
key = "rules"
name = "定款または規約"
required = true
files = 2

[[document]]
key = "register"
name = "登記事項証明書"
valid_months = 3

[[document]]
key = "officers"
name = "役員の一覧"
required = true
upload = false

[[document]]
key = "record"
name = "活動の記録"
note = "会報や写真です。"
""".strip()


@cache
def pdf(pages: int = 1) -> bytes:
    """A file that may be handed in; another number of pages is another file."""
    return a_pdf(pages=pages)


def attached(
    draft: Application, by: Actor, document: str = "rules", name: str = "規約.pdf", pages: int = 1, **more: Any
) -> Attachment:
    """A file that the group handed in."""
    taken = files.take_in(pdf(pages), name)
    return attaching.attach(draft, document, taken, by=by, at=clock.now(), **more)


def put_in(application: Application, content: bytes, name: str, document: str = "rules") -> Attachment:
    """A file of a proposal that came by a load: kept without asking who may, and when."""
    file = files.keep_taken(files.take_in(content, name), attaching.PURPOSE, by=OPERATOR, belongs_to=application.id)
    row = Attachment(
        application=application,
        application_id=application.id,
        document=document,
        file=file,
        file_id=file.id,
        position=1 + len(queries.attachments(application)),
        attached_at=clock.now(),
        attached_by=OPERATOR.name,
    )
    db.session.add(row)
    return row
