"""Reading a committee: who sits in it, where it stands, and what a load of scores is planned on."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from grantflow.accounts.models import Role, User
from grantflow.applications.models import Application
from grantflow.calls.models import Call, CallRole
from grantflow.calls.queries import counting
from grantflow.core.authorization import Actor, visible
from grantflow.core.db import db
from grantflow.permissions import Permission
from grantflow.review import queries
from grantflow.review.models import (
    Assignment,
    AssignmentStatus,
    Committee,
    CommitteeStatus,
    Conflict,
    Reviewer,
    Score,
)
from grantflow.review.queries import FOUND_ELIGIBLE

#: How many addresses are looked for in one statement.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Basis:
    """What a load of scores was planned on: when one of these counts moved since, the plan may be wrong."""

    scores: int
    assignments: int
    struck: int
    conflicts: int
    eligible: int
    committee: CommitteeStatus


@dataclass(frozen=True, slots=True)
class Panel:
    """The committee of a call by label, and the accounts that a file's spellings of reviewers are addresses of."""

    members: Mapping[str, Reviewer]
    accounts: Mapping[str, User]
    with_the_role: frozenset[uuid.UUID]
    is_confirmed: bool = False

    def account(self, cell: str) -> User | None:
        """The account whose address `cell` is, however its letters are cased."""
        return self.accounts.get(cell.lower())

    def label_of(self, cell: str) -> str:
        """What the reviewer is called in the committee: an account's address in lower case, or the label as written."""
        account = self.account(cell)
        if account is None:
            return cell
        linked = (label for label, row in self.members.items() if row.user_id == account.id)
        return next(linked, account.email)

    def is_account_without_the_role(self, cell: str) -> bool:
        """Whether `cell` is the address of somebody who is no reviewer in the call."""
        account = self.account(cell)
        return account is not None and account.id not in self.with_the_role


def panel(call: Call, cells: set[str]) -> Panel:
    """The committee of the call, and the accounts whose addresses are among `cells`."""
    addresses = sorted({cell.lower() for cell in cells if "@" in cell})
    accounts: dict[str, User] = {}
    for start in range(0, len(addresses), AT_ONCE):
        found = select(User).where(User.email.in_(addresses[start : start + AT_ONCE]))
        accounts |= {user.email: user for user in db.session.scalars(found)}
    return Panel(
        members={row.label: row for row in queries.reviewers(call)},
        accounts=accounts,
        with_the_role=frozenset(db.session.scalars(_holders(call))) if accounts else frozenset(),
        is_confirmed=status(call) is not CommitteeStatus.OPEN,
    )


def status(call: Call) -> CommitteeStatus:
    """Where the committee of the call stands."""
    found = db.session.scalar(select(Committee.status).where(Committee.call_id == call.id))
    return found or CommitteeStatus.OPEN


def struck_pairs(call: Call) -> set[tuple[uuid.UUID, str]]:
    """Every proposal (its id) and reviewer (the label) with a conflict between them that was not lifted."""
    found = (
        select(Conflict.application_id, Reviewer.label)
        .join(Conflict.reviewer)
        .where(Reviewer.call_id == call.id, Conflict.lifted_at.is_(None))
    )
    return set(db.session.execute(found))


def basis(call: Call) -> Basis:
    """What a load of scores would be planned on just now."""
    of_call = Assignment.call_id == call.id
    counts = (
        select(func.count()).select_from(Score).join(Assignment, Assignment.id == Score.assignment_id).where(of_call),
        select(func.count()).select_from(Assignment).where(of_call),
        select(func.count()).where(of_call, Assignment.status == AssignmentStatus.RECUSED),
        select(func.count())
        .select_from(Conflict)
        .join(Conflict.application)
        .where(Application.call_id == call.id, Conflict.lifted_at.is_(None)),
        select(func.count()).where(Application.call_id == call.id, Application.status.in_(FOUND_ELIGIBLE)),
    )
    found = db.session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    scores, assignments, struck, conflicts, eligible = found
    return Basis(scores, assignments, struck, conflicts, eligible, status(call))


@dataclass(frozen=True, slots=True)
class Load:
    """A member and what they have: sheets that wait for an answer, that are open, filed, and struck."""

    reviewer: Reviewer
    offered: int
    accepted: int
    filed: int
    struck: int

    @property
    def given(self) -> int:
        """How many sheets are theirs to fill in, struck ones left out."""
        return self.offered + self.accepted + self.filed


@dataclass(frozen=True, slots=True)
class Covered:
    """A proposal and by how many it is read, those left out who are in conflict."""

    id: uuid.UUID
    number: str
    organization: str
    title: str
    readers: int


def loads(call: Call) -> list[Load]:
    """Every member of the committee with their load, by label."""
    found = select(Assignment.reviewer_id, Assignment.status, func.count()).where(Assignment.call_id == call.id)
    counts: dict[uuid.UUID, dict[AssignmentStatus, int]] = {}
    for reviewer_id, kind, count in db.session.execute(found.group_by(Assignment.reviewer_id, Assignment.status)):
        counts.setdefault(reviewer_id, {})[kind] = count
    states = AssignmentStatus
    return [
        Load(
            reviewer,
            *(
                counts.get(reviewer.id, {}).get(kind, 0)
                for kind in (states.OFFERED, states.ACCEPTED, states.SCORED, states.RECUSED)
            ),
        )
        for reviewer in queries.reviewers(call)
    ]


def covered(call: Call, actor: Actor) -> list[Covered]:
    """The proposals to be reviewed that `actor` may read, by number."""
    readers = (
        select(func.count())
        .where(Assignment.application_id == Application.id, Assignment.status != AssignmentStatus.RECUSED)
        .scalar_subquery()
    )
    found = (
        select(Application.id, Application.number, Application.organization_name, Application.title, readers)
        .where(Application.call_id == call.id, Application.status.in_(FOUND_ELIGIBLE))
        .order_by(Application.serial, Application.number)
    )
    rows = db.session.execute(visible(found, actor, Permission.APPLICATION_READ, Application))
    return [Covered(*row) for row in rows]


def to_review(call: Call, actor: Actor, ids: Collection[uuid.UUID]) -> Sequence[Application]:
    """Those of the proposals `ids` that are to be reviewed and that `actor` may read."""
    found = select(Application).where(
        Application.call_id == call.id, Application.id.in_(ids), Application.status.in_(FOUND_ELIGIBLE)
    )
    return db.session.scalars(visible(found, actor, Permission.APPLICATION_READ, Application)).all()


def unseated(call: Call) -> Sequence[User]:
    """Who has the role of a reviewer in the call and does not sit in its committee, by address."""
    seats = select(Reviewer.user_id).where(Reviewer.call_id == call.id, Reviewer.user_id.is_not(None))
    found = select(User).where(User.id.in_(_holders(call)), User.id.not_in(seats))
    return db.session.scalars(found.order_by(User.email)).all()


def _holders(call: Call) -> Select[uuid.UUID]:
    """Who may review in the call today."""
    return select(CallRole.user_id).where(
        CallRole.role == Role.REVIEWER, CallRole.call_id.is_(None) | (CallRole.call_id == call.id), counting()
    )
