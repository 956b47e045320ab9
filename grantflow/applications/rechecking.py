"""Reading every file of a proposal once more, byte for byte, before its receipt is given."""

import datetime as dt
from collections.abc import Iterable

from grantflow.applications import submissions
from grantflow.applications.declared import Declared
from grantflow.applications.models import Application
from grantflow.applications.workflow import closed_to_its_group
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.files.storage import shelf


def checked_before(application: Application, *, at: dt.datetime, key: str = "") -> frozenset[str]:
    """The SHA-256 of every file of the proposal that is stored as it was handed in; nobody waits meanwhile.

    Ends the transaction that is open, so it belongs before anything is written. Reads nothing for what is answered
    without it: a page that comes again with the `key` of a receipt, and what comes out of time. Raises Refused with a
    sentence for each file that is not what was handed in.
    """
    if submissions.of_key(application, key) or closed_to_its_group(application, at):
        return frozenset()
    files = submissions.declared(application)
    if not files:
        return frozenset()
    db.rest()
    return recheck(files)


def recheck(files: Iterable[Declared]) -> frozenset[str]:
    """The SHA-256 of every one of `files`, each read byte for byte; Refused, naming those that are not there whole."""
    wrong: list[str] = []
    checked: set[str] = set()
    for file in files:
        try:
            whole = file.sha256 in checked or shelf.holds(file.sha256, file.size)
        except OSError:
            wrong.append(
                _(
                    "「%(name)s」を、いま確かめられません。応募はまだ提出していません。"
                    "数分待ってから、もう一度提出してください。",
                    name=file.name,
                )
            )
            continue
        if whole:
            checked.add(file.sha256)
        else:
            wrong.append(
                _(
                    "預かった「%(name)s」が、出したときの内容と違います。応募はまだ提出していません。"
                    "このファイルを外し、もう一度出してから、提出してください。",
                    name=file.name,
                )
            )
    if wrong:
        raise Refused("\n".join(wrong))
    return frozenset(checked)
