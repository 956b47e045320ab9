"""Proposing an assignment for a committee that is too large to wait for: long work, done by the worker."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from grantflow.accounts.models import User
from grantflow.audit import trail
from grantflow.calls import queries as calls
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor, permits
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _, lazy
from grantflow.files import operations as files
from grantflow.files.storage import shelf
from grantflow.jobs import operations as jobs
from grantflow.jobs.handlers import KindOfJob, Result, Run
from grantflow.jobs.models import Job
from grantflow.permissions import Permission
from grantflow.review import proposing, queries
from grantflow.review.assignment import Draft, Impossible, Pair, propose
from grantflow.review.fit import Weights
from grantflow.review.proposing import Wishes
from grantflow.review.sheets import name_of
from grantflow.review.shortage import in_words

KIND = "review.assignment"


def ask(call: Call, wishes: Wishes, *, by: Actor) -> Job:
    """Ask for a proposed assignment of the call; asked again meanwhile it is the same job."""
    ids = {row.label: str(row.id) for row in queries.reviewers(call)}
    arguments = {
        "kept": [[number, ids[label]] for number, label in sorted(wishes.kept)],
        "apart": [[number, ids[label]] for number, label in sorted(wishes.apart)],
        "weights": asdict(wishes.weights),
    }
    return jobs.ask(KIND, arguments, by=by, key=f"{KIND}:{call.id}", belongs_to=call.id, total=1)


def make(run: Run) -> Callable[[], Result]:
    """Compute outside any transaction; what is returned keeps the draft, and its certificate as a file."""
    with db.transaction(write=False):
        _actor, call = _asker(run)
        wishes = _wishes(call, run.arguments)
        found = proposing.problem(call, wishes)
        names = {row.label: name_of(row) for row in queries.reviewers(call)}
    steps = iter(range(1_000_000))

    def tell() -> None:
        step = next(steps)
        run.progress(step, step + 1)

    try:
        draft = propose(found, tell)
    except Impossible as impossible:
        raise Refused("\n".join(in_words(each, names) for each in impossible.shortages)) from impossible
    shelf.put(draft.as_json())
    return lambda: _keep(run, wishes, draft)


def _asker(run: Run) -> tuple[Actor, Call]:
    user = db.session.get(User, run.asked_by_id) if run.asked_by_id else None
    call = db.session.get(Call, run.belongs_to) if run.belongs_to else None
    if user is not None and user.is_active and call is not None:
        actor = calls.actor(user)
        if permits(actor, Permission.PANEL_MANAGE, call):
            return actor, call
    raise Refused(_("いまの役割では、割当案を作れません。公募の事務局に頼んでください。"))


def _wishes(call: Call, arguments: Any) -> Wishes:
    labels = {str(row.id): row.label for row in queries.reviewers(call)}

    def pairs(name: str) -> frozenset[Pair]:
        return frozenset((number, labels[key]) for number, key in arguments[name] if key in labels)

    return Wishes(pairs("kept"), pairs("apart"), Weights(**arguments["weights"]))


def _keep(run: Run, wishes: Wishes, draft: Draft) -> Result:
    actor, call = _asker(run)
    proposing.keep(call, wishes, draft, by=actor)
    name = f"{call.file_stem}-assignment.json"
    row = files.keep(draft.as_json(), name, "application/json", KIND, by=actor, belongs_to=run.id)
    trail.record("calls.export_assignment", call, by=actor, file=name, sha256=draft.certificate.sha256)
    return Result(row.id)


def may_have(actor: Actor, job: Job) -> bool:
    """Whether `actor` may have the certificate now."""
    call = db.session.get(Call, job.belongs_to) if job.belongs_to else None
    return call is not None and permits(actor, Permission.PANEL_MANAGE, call)


def came_from(job: Job) -> tuple[str, dict[str, Any]]:
    """The page of the proposed assignment."""
    call = db.session.get_one(Call, uuid.UUID(str(job.belongs_to)))
    return "assigning.show", {"slug": call.slug}


HANDLER = KindOfJob(KIND, lazy("割当案の作成"), make, may_have, came_from)
