"""Applicants of a last day: `python -m benchmarks.applicants prepare COUNT` · `closes INSTANT` · `received`, as JSON.

Each has an account, a browser that is signed in, a group and a whole draft in the tier that asks for most.
"""

import datetime as dt
import hashlib
import json
import random
import sys
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

import grantflow
from benchmarks.processes import Failed
from config import Settings
from grantflow.accounts import groups
from grantflow.accounts import operations as accounts
from grantflow.accounts.models import MemberRole, Membership, SecondStep, SignIn, User
from grantflow.accounts.passwords import fingerprint
from grantflow.accounts.profile import profile
from grantflow.app import create_app
from grantflow.applications import attaching, completeness, officer_lists, operations, queries, submissions
from grantflow.applications.models import Application, Attachment, Section, Submission
from grantflow.applications.officers import sealed
from grantflow.applications.outline import Part, uploads
from grantflow.applications.parts.schedule import months
from grantflow.audit import trail
from grantflow.calls import operations as calls
from grantflow.calls import queries as call_queries
from grantflow.calls.definition import Definition, parse
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.db import db, insert_all
from grantflow.demo import written
from grantflow.demo.journey import copied
from grantflow.files.models import CopyState
from grantflow.files.operations import Taken, take_in
from tests.files.builders import new_pdf
from tests.files.builders import written as as_bytes

BY = Actor(None, "benchmark", "operator", frozenset({("administrator", None)}))
ADDRESS = "first@example.jp"
SEED = 20310430
#: So large is each file that the call asks for.
FILE_BYTES = 400_000


def the_call() -> Definition:
    """The sample call, open now, whose first tier asks for most."""
    sample = (Path(grantflow.__file__).parent / "definitions" / "sample.toml").read_bytes()
    return copied(parse(sample), clock.today())


def prepare(count: int) -> list[dict[str, str]]:
    """Store the call and `count` whole drafts; returns the proposal of each and what its writer's browser sends."""
    app = create_app(Settings.from_environment())
    paper = take_in(_paper(), "書類.pdf")
    with db.transaction(write=True):
        pattern = _written(_begun(calls.publish_new(the_call(), by=BY)), paper)
    with db.transaction(write=True):
        tokens = _many(db.session.get_one(Application, pattern), count)
    signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return [{"id": each, "session": signer.dumps({"_user_id": token})} for each, token in tokens]


def _begun(call: Call) -> Application:
    user = accounts.add(ADDRESS, "応募 計測", by=BY)
    db.session.flush()
    group = groups.add(written.GROUP_NAME, representative=True, by=Actor(user.id, user.name, "user"))
    db.session.flush()
    groups.write_profile(group, written.GROUP, by=call_queries.actor(user))
    return operations.start(call, call.tiers[0], group, by=call_queries.actor(user), at=clock.now())


def _paper() -> bytes:
    """A PDF that is as large as a usual one."""
    pdf = new_pdf()
    pdf.Root.Filling = pdf.make_stream(random.Random(SEED).randbytes(FILE_BYTES))
    return as_bytes(pdf)


def _written(draft: Application, paper: Taken) -> uuid.UUID:
    """Every part of the draft as the demo's applicant writes it, with a file for each document."""
    now = clock.now()
    by = call_queries.actor(db.session.scalars(select(User).where(User.email == ADDRESS)).one())
    db.session.flush()
    asking = queries.dossier(draft).asking
    keys = [each.key for each in asking.says.cost_categories]
    known = months(asking.says)

    def answers(part: Part, texts: Iterable[str]) -> dict[str, Any]:
        return {"answers": dict(zip((one.key for one in asking.questions(part)), texts, strict=True))}

    schedule = [
        {"what": what, "begins": known[first], "ends": known[last], "who": who}
        for what, first, last, who in written.WHOLE_SCHEDULE
    ]
    measured = ("name", "unit", "baseline", "target", "method")
    spent = ("category", "item", "unit_price", "quantity", "unit", "basis")
    approach = {"approach": asking.says.approaches[1].key, "added": written.ADDED}
    for part, content in (
        (Part.GROUP, profile(draft.organization)),
        (Part.PLAN, written.WHOLE_PLAN | answers(Part.PLAN, written.WHOLE_ANSWERS)),
        (Part.TARGETS, written.TARGETS),
        (Part.APPROACH, approach | answers(Part.APPROACH, [written.WHOLE_PREVENTION])),
        (Part.SCHEDULE, {"rows": schedule}),
        (Part.INDICATORS, {"rows": [dict(zip(measured, row, strict=True)) for row in written.WHOLE_INDICATORS]}),
        (
            Part.BUDGET,
            {"lines": [dict(zip(spent, (keys[place], *cells), strict=True)) for place, *cells in written.WHOLE_COSTS]},
        ),
        (Part.CONFIRMATIONS, {"confirmed": list(asking.says.eligibility.requirements)}),
    ):
        operations.save(draft, part, content, seen=0, by=by, at=now)
    officer_lists.save(draft, written.WHOLE_OFFICERS, seen=0, by=by, at=now)
    for document in uploads(asking.says, asking.tier.key):
        attaching.attach(draft, document.key, paper, by=by, at=now)
    if gaps := completeness.missing(queries.dossier(draft)):
        raise Failed("\n".join(gap.sentence for gap in gaps))
    return draft.id


def _many(pattern: Application, count: int) -> list[tuple[str, str]]:
    """Copies of the draft, each of a group and a writer of its own; returns their ids and the keys of the sign-ins."""
    now = clock.now()
    parts = db.session.scalars(select(Section).where(Section.application_id == pattern.id)).all()
    users = [_copy(row, email=f"applicant-{n}@example.jp") for n, row in _times(pattern_user(), count)]
    of_groups = [_copy(row, name=f"{row.name}第{n}") for n, row in _times(pattern.organization, count)]
    proposals = [
        _copy(row, organization_id=group.id, organization_name=group.name)
        for (_n, row), group in zip(_times(pattern, count), of_groups, strict=True)
    ]
    papers = queries.attachments(pattern)
    attached = [(each, _copy_of_file(row, each)) for each in proposals for row in papers]
    tokens = [hashlib.sha256(f"browser {n}".encode()).hexdigest() for n in range(count)]
    lists = queries.officer_list(pattern)
    if lists is None:
        raise Failed("no officers")
    for rows in (
        users,
        of_groups,
        [
            Membership(user_id=user.id, organization_id=group.id, role=MemberRole.REPRESENTATIVE)
            for user, group in zip(users, of_groups, strict=True)
        ],
        [
            SignIn(
                user_id=user.id,
                token_hash=fingerprint(token),
                began_at=now,
                seen_at=now,
                second_step=SecondStep.NOT_ASKED,
            )
            for user, token in zip(users, tokens, strict=True)
        ],
        proposals,
        [_copy(part, application_id=each.id) for each in proposals for part in parts],
        [file for _proposal, (_row, file) in attached],
        [_copy(row, application_id=each.id, file_id=file.id) for each, (row, file) in attached],
        [_copy(lists, application_id=each.id, sealed=sealed(each.id, written.WHOLE_OFFICERS)) for each in proposals],
    ):
        insert_all(rows)
    trail.record("calls.revise", pattern.call, by=BY)
    return [(str(each.id), token) for each, token in zip(proposals, tokens, strict=True)]


def _copy_of_file(row: Attachment, proposal: Application) -> tuple[Attachment, Any]:
    # What readers get is made when a file is attached, long before it is submitted
    return row, _copy(row.file, belongs_to=proposal.id, copying=CopyState.NOT_WANTED)


def pattern_user() -> User:
    """The writer of the draft that is copied."""
    return db.session.scalars(select(User).where(User.email == ADDRESS)).one()


def _times(row: Any, count: int) -> Sequence[tuple[int, Any]]:
    return [(n, row) for n in range(1, count + 1)]


def _copy(row: Any, **changes: Any) -> Any:
    """A row of the same model with an identity of its own, not stored yet."""
    names = [name for name in type(row).__mapper__.column_attrs.keys() if name != "id"]  # noqa: SIM118
    return type(row)(**{name: getattr(row, name) for name in names} | changes)


def closes(at: dt.datetime) -> None:
    """Have the call close at `at`."""
    with db.transaction(write=True):
        call = db.session.scalars(select(Call)).one()
        call.closes_at = at
        trail.record("calls.revise", call, by=BY)


def received() -> list[dict[str, Any]]:
    """Every stored version: its proposal, its number, when it was received, whether it is whole and the only one."""
    with db.transaction(write=False):
        rows = db.session.scalars(select(Submission).order_by(Submission.received_at)).all()
        return [
            {
                "id": str(row.application_id),
                "number": row.number,
                "received_at": row.received_at.timestamp(),
                "version": row.version,
                "whole": submissions.is_whole(row),
            }
            for row in rows
        ]


def main(what: str, *arguments: str) -> None:
    """Do one of the three, and print what it tells as JSON."""
    if what == "prepare":
        print(json.dumps(prepare(int(arguments[0]))))
        return
    create_app(Settings.from_environment())
    if what == "closes":
        closes(dt.datetime.fromisoformat(arguments[0]))
    elif what == "received":
        print(json.dumps(received()))


if __name__ == "__main__":
    main(*sys.argv[1:])
