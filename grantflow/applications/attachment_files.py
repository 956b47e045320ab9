"""Which files of a proposal somebody may have, and which of the two: the original, or the copy for readers."""

import uuid

from grantflow.accounts.models import MEMBER
from grantflow.applications import attaching, queries
from grantflow.applications.models import Application
from grantflow.applications.outline import Part
from grantflow.applications.parts.documents import FILES
from grantflow.core.authorization import Actor, permits
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.files.models import CopyState, StoredFile
from grantflow.files.queries import for_readers, require_released, stored_file
from grantflow.permissions import Permission


def file_for(application: Application, id: uuid.UUID, reader: Actor) -> StoredFile | None:
    """The file as `reader` gets it, who may read the proposal; None for one that they may not know of.

    Its group and whoever works on proposals get the original, the committee the copy that tells nothing of its author.
    Raises Refused for a file that is locked, or of which there is no copy (yet).
    """
    found = stored_file(id, attaching.PURPOSE, application.id)
    if found is None or str(found.id) not in _known_to(reader, application):
        return None
    if reads_originals(reader, application):
        return found
    require_released(found)
    copy = for_readers(found)
    if copy is not None:
        return copy
    if found.copying is CopyState.WAITING:
        raise Refused(
            _("「%(name)s」の審査用の写しを作っています。少し待ってから、もう一度開いてください。", name=found.name)
        )
    raise Refused(_("「%(name)s」の審査用の写しを作れませんでした。事務局に知らせてください。", name=found.name))


def reads_originals(reader: Actor, application: Application) -> bool:
    """Whether `reader` gets files as they were handed in: its group, and whoever works on the proposals of the call."""
    return is_of_its_group(reader, application) or permits(reader, Permission.APPLICATION_LIST, application.call)


def is_of_its_group(reader: Actor, application: Application) -> bool:
    """Whether `reader` belongs to the group, or writes for it."""
    return reader.has(MEMBER, application.organization_id) or permits(reader, Permission.APPLICATION_WRITE, application)


def _known_to(reader: Actor, application: Application) -> set[str]:
    """The files that `reader` may have: those that count, those of older versions, and what its group arranges."""
    known = {one["file"] for one in queries.handed_in(application).content(Part.DOCUMENTS).get(FILES, ())}
    if permits(reader, Permission.SUBMISSION_READ, application):
        known |= attaching.named_files(application)
    if is_of_its_group(reader, application):
        known |= {str(row.file_id) for row in queries.attachments(application)}
    return known
