"""The verbs of the selection: deciding, and what it does to the adoption list; the list's own moves; the replay."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert

from grantflow.applications.models import Application
from grantflow.applications.workflow import APPLICATION
from grantflow.audit import trail
from grantflow.awards import documents, listing, queries, record
from grantflow.awards.models import AdoptionList, Decision, ListStatus, Outcome
from grantflow.awards.workflow import LIST
from grantflow.calls.models import Call
from grantflow.calls.queries import definition
from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.text import yen
from grantflow.core.words import _
from grantflow.review import queries as reviews
from grantflow.review.operations import hold
from grantflow.review.ranking import Ranking

MOVES = {Outcome.ADOPTED: "adopt", Outcome.RESERVE: "reserve", Outcome.NOT_ADOPTED: "not_adopt"}
REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is decided on a proposal; without an outcome, that nothing is decided yet."""

    outcome: Outcome | None
    reason: str = ""
    amount_yen: int | None = None
    condition: str = ""

    def as_details(self) -> dict[str, Any]:
        """The choice as an event keeps it."""
        return {
            "decision": self.outcome.value if self.outcome else None,
            "reason": self.reason,
            "amount_yen": self.amount_yen,
            "condition": self.condition,
        }


OPEN = Choice(None)


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal whose decision would be another one: what is stored, and what is wanted."""

    application: Application
    decision: Decision | None
    before: Choice
    after: Choice


def choice_of(decision: Decision | None) -> Choice:
    """What is decided now."""
    if decision is None:
        return OPEN
    return Choice(decision.outcome, decision.reason, decision.amount_yen, decision.condition)


def changes(wanted: Mapping[Application, Choice]) -> list[Change]:
    """Those of `wanted` that differ from what is decided, in the order of receipt numbers. Nothing is written."""
    known = queries.decisions(wanted)
    ordered = sorted(wanted, key=lambda row: (row.serial, str(row.number)))
    found = []
    for application in ordered:
        decision = known.get(application.id)
        before = choice_of(decision)
        if before != wanted[application]:
            found.append(Change(application, decision, before, wanted[application]))
    return found


def standing(applications: Collection[Application]) -> dict[uuid.UUID, Choice]:
    """What is decided on each of the proposals now, by their id."""
    known = queries.decisions(applications)
    return {row.id: choice_of(known.get(row.id)) for row in applications}


def decide(call: Call, found: Sequence[Change], *, by: Actor) -> None:
    """Carry out the changes: one event a proposal, then what they mean for the adoption list.

    A frozen or agreed list lapses; after a publication the next version is opened; the first decision opens the first.
    """
    if not found:
        return
    hold(call)
    for change in found:
        _refuse_amount(change)
    moved = [(one, APPLICATION.move(_move(one), one.application, by=by)) for one in found]
    _write(found)
    for name in (*MOVES.values(), REOPEN):
        events = [(one.application, _details(one, before)) for one, before in moved if _move(one) == name]
        trail.record_many(f"applications.{name}", events, by=by)
    _reconsider(call, _("採否の決定が%(count)d件変わったため。", count=len(found)), by=by)


def _refuse_amount(change: Change) -> None:
    """The cap of a tier is a hard limit (R0.2)."""
    amount, cap = change.after.amount_yen, change.application.tier.cap_yen
    if amount is not None and not 0 < amount <= cap:
        raise Refused(
            _(
                "%(number)s の採択額%(amount)sは、1円から上限の%(cap)sまでにありません。金額を直してください。",
                number=change.application.number,
                amount=yen(amount),
                cap=yen(cap),
            )
        )


def _move(change: Change) -> str:
    return MOVES[change.after.outcome] if change.after.outcome else REOPEN


def _details(change: Change, before: str) -> dict[str, Any]:
    details = {"before": before, "after": change.application.status.value, **change.after.as_details()}
    return details if change.before == OPEN else details | {"earlier": change.before.as_details()}


def _write(found: Sequence[Change]) -> None:
    at, new = clock.now(), []
    for change in found:
        decision, after = change.decision, change.after
        if after.outcome is None:
            db.session.delete(decision)
        elif decision is None:
            new.append(_values(after) | {"id": uuid.uuid4(), "application_id": change.application.id, "decided_at": at})
        else:
            decision.outcome, decision.reason, decision.decided_at = after.outcome, after.reason, at
            decision.amount_yen, decision.condition = after.amount_yen, after.condition
    db.session.flush()
    if new:
        db.session.execute(insert(Decision), new)


def _values(choice: Choice) -> dict[str, Any]:
    return {
        "outcome": choice.outcome,
        "reason": choice.reason,
        "amount_yen": choice.amount_yen,
        "condition": choice.condition,
    }


def _reconsider(call: Call, reason: str, *, by: Actor) -> None:
    """What a change means for the list: the next version opens, or what was frozen lapses."""
    newest = queries.newest(call)
    if newest is None or newest.status is ListStatus.PUBLISHED:
        open_version(call, by=by)
    elif newest.status is not ListStatus.DRAFT:
        lapse(newest, reason, by=by)


def open_version(call: Call, *, by: Actor) -> AdoptionList:
    """The next version of the call's adoption list, as a draft."""
    newest = queries.newest(call)
    row = AdoptionList(call_id=call.id, call=call, number=newest.number + 1 if newest else 1, status=LIST.start)
    db.session.add(row)
    db.session.flush()
    trail.record("adoption_lists.open", row, by=by, number=row.number)
    return row


def lapse(adoption_list: AdoptionList, reason: str, *, by: Actor) -> None:
    """Undo the freeze and the agreement; the event keeps what was frozen and why it fell."""
    if not reason.strip():
        raise Refused(_("案に戻す理由が空です。後から読む人に分かるように、理由を書いてください。"))
    hold(adoption_list.call)
    sha256, agreed = adoption_list.sha256, documents.agreement(adoption_list)
    LIST.fire("lapse", adoption_list, by=by, reason=reason.strip(), sha256=sha256, agreement=agreed)


def lapse_if_changed(call: Call, *, by: Actor) -> bool:
    """Undo the freeze when the newest list would now be another one (a proposal was withdrawn, say); whether it was."""
    newest = queries.newest(call)
    if newest is None or newest.status not in (ListStatus.FROZEN, ListStatus.AGREED):
        return False
    if not documents.has_changed(newest):
        return False
    lapse(newest, _("確定した後に採択の内容が変わったため。"), by=by)
    return True


def to_freeze(call: Call, *, by: Actor) -> AdoptionList:
    """The version that a freeze is about: the draft, one that lapses because it changed, or the next one."""
    lapse_if_changed(call, by=by)
    newest = queries.newest(call)
    if newest is None:
        return open_version(call, by=by)
    if newest.status is ListStatus.PUBLISHED and documents.has_changed(newest):
        return open_version(call, by=by)
    return newest


def freeze(adoption_list: AdoptionList, *, by: Actor) -> list[str]:
    """Freeze the list; returns warnings: where it differs from what the definition says was published.

    The event keeps the hash of the content and of the record of what it rested on (methods 10).
    """
    hold(adoption_list.call)
    text = listing.canonical(basis(adoption_list.call, by.name))
    before = LIST.move("freeze", adoption_list, by=by, record=text)
    trail.record(
        "adoption_lists.freeze",
        adoption_list,
        by=by,
        before=before,
        after=adoption_list.status.value,
        sha256=adoption_list.sha256,
        record_sha256=listing.fingerprint(text),
    )
    told = definition(adoption_list.call).published_result
    return listing.differences(documents.content(adoption_list), told)


def agree(adoption_list: AdoptionList, reference: str, on: dt.date, official: str, *, by: Actor) -> None:
    """Record the sponsor's agreement to exactly this content: the number and date of its letter, its official."""
    hold(adoption_list.call)
    LIST.fire("agree", adoption_list, by=by, reference=reference, on=on, official=official, sha256=adoption_list.sha256)


def publish(adoption_list: AdoptionList, *, by: Actor) -> None:
    """Publish the list that was agreed to; with the first one, the call's result is public."""
    hold(adoption_list.call)
    LIST.fire("publish", adoption_list, by=by, sha256=adoption_list.sha256)


def deviations(call: Call, ranking: Ranking) -> list[record.Deviation]:
    """Where the decisions depart from the order of the scores, as things stand."""
    judgements = {
        number: record.Judgement(decision.outcome, decision.reason)
        for number, decision in queries.decisions_of(call).items()
    }
    return record.deviations(ranking, judgements)


def basis(call: Call, by: str) -> dict[str, Any]:
    """The record of what a list rests on just now; `by` is who froze it."""
    inputs = {name: record.rows_hash(rows) for name, rows in queries.raw_rows(call).items()}
    ranking = reviews.ranking(call)
    return record.record(queries.definition_text(call), inputs, ranking, deviations(call, ranking), call.slug, by)


def replay(adoption_list: AdoptionList) -> list[str]:
    """Rebuild a frozen list from the raw rows; a sentence for each thing that differs, none where all agrees."""
    if adoption_list.content is None or adoption_list.record is None:
        raise Refused(_("この一覧はまだ確定していません。list freeze で確定してから、もう一度実行してください。"))
    found = []
    if listing.canonical(documents.current(adoption_list)) != adoption_list.content:
        found.append(_("もとの行から作り直した一覧が、確定した一覧と違います。"))
    if listing.fingerprint(adoption_list.content) != adoption_list.sha256:
        found.append(_("確定した一覧の内容が、そのハッシュ（SHA-256）と合いません。"))
    rebuilt = listing.canonical(basis(adoption_list.call, ""))
    return found + record.disagreements(adoption_list.record, rebuilt)
