"""What the leaflets of a call share: the documents to hand in, and whom to ask."""

from grantflow.calls.definition import Definition, Document
from grantflow.core.words import _
from grantflow.documents.values import Block, Headline, Points


def documents_block(headline: str, documents: tuple[Document, ...]) -> tuple[Block, ...]:
    """The documents as points to tick, each with its note; nothing where none is asked for."""
    if not documents:
        return ()
    items = tuple(
        _("%(name)s（必ず提出）", name=each.name) if each.required else _("%(name)s（当てはまる場合）", name=each.name)
        for each in documents
    )
    told = tuple(f"{item}\n{each.note}" if each.note else item for item, each in zip(items, documents, strict=True))
    return Headline(headline), Points(told, boxes=True)


def contact_text(says: Definition) -> str:
    """Whom to ask, in lines."""
    contact = says.call.contact
    known = (contact.name, contact.email, contact.phone, contact.hours) if contact else (says.call.secretariat,)
    return "\n".join(each for each in known if each)
