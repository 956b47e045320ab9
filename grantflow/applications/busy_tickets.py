"""Tickets of whoever was turned away because too many came at once: kept in a file, taken into the database later.

The database is what is busy, so a ticket does not need it: a line is appended to a file in the data folder and is on
the disk before the answer leaves. It holds no name and nothing that was sent. Its mark (a MAC under the server's
secret) shows that this server wrote it at that time; the first digits of the mark are its number.
"""

import datetime as dt
import fcntl
import json
import os
import string
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from grantflow.accounts.models import SecondStep, SignIn
from grantflow.applications import late_attempts
from grantflow.applications.models import Application, BusyTicket
from grantflow.audit import trail
from grantflow.calls import queries as calls
from grantflow.calls.models import Call
from grantflow.core.authorization import permits
from grantflow.core.clock import TOKYO
from grantflow.core.db import db
from grantflow.core.sealing import sealing
from grantflow.core.words import _
from grantflow.permissions import Permission

PURPOSE = "applications.busy_ticket"
#: What was tried by whoever wanted to see the page with the button that submits.
OPENS = "applications.confirm.open"
#: So many digits of the mark are the number of a ticket, in groups of four.
DIGITS, TOGETHER = 16, 4
#: So many tickets go into one transaction, so that nobody who submits waits long for them.
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Ticket:
    """That a request came: for which proposal, on which page, when it was whole, with how many bytes, by which sign-in.

    `sign_in` is the hash under which the sign-in is stored, from which its key cannot be had back.
    """

    application: str
    act: str
    at: str
    size: int
    sign_in: str

    @property
    def mark(self) -> str:
        """What only this server can write under the rest."""
        told = "\n".join((self.application, self.act, self.at, str(self.size), self.sign_in))
        return sealing.mark(told, PURPOSE)


def number_of(mark: str) -> str:
    """The number of the ticket with that mark, as it is read out on the telephone."""
    return "-".join(mark[place : place + TOGETHER] for place in range(0, DIGITS, TOGETHER))


class TicketFile:
    """The files of a data folder to which tickets are appended, one for each day; nothing in them is ever changed."""

    def __init__(self) -> None:
        self.folder = Path()
        self._read: dict[Path, int] = {}

    def use(self, folder: Path) -> None:
        """Keep tickets in `folder` from now on."""
        self.folder, self._read = folder, {}

    def append(self, ticket: Ticket) -> str:
        """Keep the ticket, on the disk for certain, and return its number; raises OSError where that fails."""
        mark = ticket.mark
        # A line that was torn by a crash ends here, and spoils no other
        line = f"\n{json.dumps(asdict(ticket) | {'mark': mark})}\n".encode()
        path = self.folder / f"{dt.datetime.fromisoformat(ticket.at).astimezone(TOKYO).date()}.log"
        is_new = not path.exists()
        if is_new:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(key, line) != len(line):
                raise OSError("the disk is full")
            os.fsync(key)
        finally:
            os.close(key)
        if is_new:
            _sync_folder(self.folder)
        return number_of(mark)

    def unread(self) -> Iterator[tuple[Path, int, list[Ticket]]]:
        """Of each file with something new: how far it was read now, and the tickets that this server wrote there."""
        for path in sorted(self.folder.glob("*.log")) if self.folder.is_dir() else ():
            begin = self._read.get(path, 0)
            if path.stat().st_size == begin:
                continue
            with path.open("rb") as file:
                file.seek(begin)
                content = file.read()
            # What has no end yet is read the next time
            whole = content[: content.rfind(b"\n") + 1]
            yield path, begin + len(whole), [found for line in whole.splitlines() if (found := _ticket(line))]

    def note_read(self, path: Path, place: int) -> None:
        """What stands before `place` was taken in."""
        self._read[path] = place

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether no other process of this machine takes tickets in just now; nobody waits."""
        if not self.folder.is_dir():
            yield False
            return
        key = os.open(self.folder / "taking", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(key, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
        except BlockingIOError:
            yield False
        finally:
            os.close(key)


tickets = TicketFile()


def _sync_folder(folder: Path) -> None:
    key = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(key)
    finally:
        os.close(key)


def _ticket(line: bytes) -> Ticket | None:
    """The ticket in a line; None for a blank or torn one, and for one that somebody else wrote or altered."""
    try:
        told = json.loads(line)
        mark = told.pop("mark")
        found = Ticket(**told)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return found if found.mark == mark else None


def take_in() -> int:
    """Take the tickets that are new in the files into the database, each once; returns how many.

    What was noted as read is only a short cut: the mark of a ticket is unique in the database.
    """
    count = 0
    with tickets.alone() as mine:
        for path, place, found in tickets.unread() if mine else ():
            for first in range(0, len(found), AT_ONCE):
                count += _take(found[first : first + AT_ONCE])
            tickets.note_read(path, place)
    return count


def _take(found: Sequence[Ticket]) -> int:
    with db.transaction(write=False):
        known = _known(found)
    if all(ticket.mark in known for ticket in found):
        return 0
    with db.transaction(write=True):
        known, count = _known(found), 0
        for ticket in found:
            if ticket.mark not in known and _add(ticket):
                count += 1
            known.add(ticket.mark)
    return count


def _known(found: Sequence[Ticket]) -> set[str]:
    marks = [ticket.mark for ticket in found]
    return set(db.session.scalars(select(BusyTicket.mark).where(BusyTicket.mark.in_(marks))))


def _add(ticket: Ticket) -> bool:
    """Keep a ticket of somebody who may write on the proposal; whoever names a stranger's leaves nothing."""
    application = db.session.get(Application, uuid.UUID(ticket.application))
    sign_in = db.session.scalar(
        select(SignIn).options(joinedload(SignIn.user)).where(SignIn.token_hash == ticket.sign_in)
    )
    at = dt.datetime.fromisoformat(ticket.at)
    if application is None or sign_in is None or not _was_in_force(sign_in, at):
        return False
    by = calls.actor(sign_in.user)
    if not permits(by, Permission.APPLICATION_WRITE, application):
        return False
    row = BusyTicket(
        application_id=application.id,
        user_id=sign_in.user.id,
        user_name=sign_in.user.name,
        received_at=at,
        act=ticket.act,
        size=ticket.size,
        mark=ticket.mark,
    )
    db.session.add(row)
    number = number_of(ticket.mark)
    trail.record("applications.busy", application, by=by, received_at=row.received_at, page=row.act, ticket=number)
    return True


def _was_in_force(sign_in: SignIn, at: dt.datetime) -> bool:
    """Whether the person had passed every step of signing in, and had not been signed out before."""
    ended = sign_in.ended_at is not None and sign_in.ended_at <= at
    return sign_in.second_step is not SecondStep.WAITS and not ended


def of_call(call: Call) -> Sequence[BusyTicket]:
    """The tickets of the call, in the order in which the requests came, with their proposals."""
    found = (
        select(BusyTicket)
        .join(BusyTicket.application)
        .options(joinedload(BusyTicket.application))
        .where(Application.call_id == call.id)
    )
    return db.session.scalars(found.order_by(BusyTicket.received_at, BusyTicket.id)).all()


class OfProposal(NamedTuple):
    """The tickets of one proposal: how many, the first and the last, and what was tried, in words."""

    application: Application
    times: int
    first: BusyTicket
    last: BusyTicket
    acts: str


def by_proposal(rows: Sequence[BusyTicket]) -> list[OfProposal]:
    """The tickets of each proposal; those that were never received first, then in the order of arrival."""
    groups: dict[uuid.UUID, list[BusyTicket]] = {}
    for row in rows:
        groups.setdefault(row.application_id, []).append(row)
    found = [
        OfProposal(
            each[0].application,
            len(each),
            each[0],
            each[-1],
            _("、").join(dict.fromkeys(label_of(row.act) for row in each)),
        )
        for each in groups.values()
    ]
    return sorted(found, key=lambda one: one.application.received_at is not None)


def label_of(act: str) -> str:
    """What was tried, in words."""
    return _("提出の画面を開く") if act == OPENS else late_attempts.label_of(act)


def with_number(number: str) -> BusyTicket | None:
    """The ticket of that number, however it is written; None where this server took none of that number in."""
    digits = "".join(letter for letter in number.lower() if letter in string.hexdigits)
    if len(digits) != DIGITS:
        return None
    found = select(BusyTicket).options(joinedload(BusyTicket.application))
    return db.session.scalars(found.where(BusyTicket.mark.startswith(digits))).first()
