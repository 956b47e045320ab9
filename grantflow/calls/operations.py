"""The verbs of calls: publishing a definition, revising it, giving roles and receipt numbers."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from grantflow.accounts.models import Role, User
from grantflow.audit import trail
from grantflow.calls import letters, queries
from grantflow.calls.definition import Definition
from grantflow.calls.models import Call, CallRole, CallVersion
from grantflow.calls.numbering import rehearsed, serial_of, written
from grantflow.calls.printing import Change, canonical, differences, dump
from grantflow.calls.revision import refuse_what_is_fixed, rewrite
from grantflow.calls.rows import call_values, criterion_rows, tier_rows
from grantflow.calls.workflow import CALL
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize, permits
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import Labelled, _, lazy
from grantflow.permissions import Permission


class Outcome(Labelled):
    """What became of a definition that was loaded."""

    CREATED = "created", lazy("公開しました")
    UNCHANGED = "unchanged", lazy("同じ内容なので何も変えていません")
    REVISED = "revised", lazy("新しい版にしました")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The call of a definition, what became of it, and what the new version changed."""

    call: Call
    outcome: Outcome
    changes: tuple[Change, ...] = ()


def load(
    definition: Definition, *, by: Actor, revise: bool = False, reason: str = "", rehearsal: bool = False
) -> Loaded:
    """Publish the call of `definition`, or its next version with `revise` and a reason.

    The same content again changes nothing. Refused when the slug exists with other content and `revise` is not
    asked for, and as `revise` says. Dates in the past are accepted.
    """
    call = queries.call(definition.call.slug)
    if call is None:
        return Loaded(publish_new(definition, by=by, rehearsal=rehearsal), Outcome.CREATED)
    _refuse_another_kind(call, rehearsal, revise)
    changes = differences(queries.definition(call), definition)
    if canonical(queries.definition(call)) == canonical(definition):
        return Loaded(call, Outcome.UNCHANGED)
    if not revise:
        raise Refused(
            _(
                "「%(slug)s」という公募は、別の内容でもう公開しています（違うところ：%(paths)s）。"
                "新しい版にするなら --revise と --reason で理由を添え、別の公募なら slug を変えてください。",
                slug=call.slug,
                paths=_some([change.path for change in changes]),
            )
        )
    return Loaded(call, Outcome.REVISED, _revise(call, definition, changes, reason=reason, by=by))


def _refuse_another_kind(call: Call, rehearsal: bool, revise: bool) -> None:
    """A rehearsal never becomes a live call, nor the other way round; a new version stays what its call is."""
    if rehearsal and not call.rehearsal:
        raise Refused(_("「%(slug)s」は本番の公募です。予行は、別の slug にして取り込んでください。", slug=call.slug))
    if call.rehearsal and not rehearsal and not revise:
        raise Refused(
            _(
                "「%(slug)s」は予行の公募です。本番にするなら、予行を破棄するか、別の slug にして取り込んでください。",
                slug=call.slug,
            )
        )


def publish_new(definition: Definition, *, by: Actor, rehearsal: bool = False, source: Call | None = None) -> Call:
    """A new call with its tiers, its criteria and its first version, public from now on.

    Its letters are worded as those of `source`, the call that it was copied from.
    A `rehearsal` is seen only by those who take part in it, and can be discarded as a whole.
    """
    call = Call(**call_values(definition), rehearsal=rehearsal)
    call.tiers = tier_rows(definition)
    call.criteria = criterion_rows(definition)
    db.session.add(call)
    _keep(call, definition, number=1)
    db.session.flush()
    told: dict[str, Any] = {"slug": call.slug, "title": call.title, "version": 1, "definition": _sha256(definition)}
    if rehearsal:
        told["rehearsal"] = True
    in_charge = _in_charge(call, by)
    CALL.fire("publish", call, by=in_charge, **told)
    if source is not None:
        letters.copy(source, call, by=in_charge)
    return call


def _in_charge(call: Call, by: Actor) -> Actor:
    """`by`, who runs the call from now on: whoever runs one call may make another, and is its secretariat."""
    if permits(by, Permission.CALL_PUBLISH, call) or not permits(by, Permission.CALL_CREATE) or by.id is None:
        return by
    db.session.add(CallRole(user_id=by.id, role=Role.SECRETARIAT, call_id=call.id))
    trail.record("calls.appoint", call, by=by, role=Role.SECRETARIAT.value, to=by.name)
    return replace(by, grants=by.grants | {(Role.SECRETARIAT.value, call.id)})


def revise(call: Call, definition: Definition, *, reason: str, by: Actor) -> tuple[Change, ...]:
    """Make `definition` the next version of the call; returns what it changes.

    Refused without a reason or a change, for an archived call, for another number prefix once a number was given
    (R3.5), for other criteria, weights or grades once there are scores, and where a tier or criterion would vanish
    that something points at.
    """
    return _revise(call, definition, differences(queries.definition(call), definition), reason=reason, by=by)


def _revise(
    call: Call, definition: Definition, changes: tuple[Change, ...], *, reason: str, by: Actor
) -> tuple[Change, ...]:
    authorize(by, Permission.CALL_REVISE, call)
    if not reason.strip():
        raise Refused(_("版を改める理由がありません。何をなぜ改めるかを書いてください。"))
    if not changes:
        raise Refused(_("いまの版と同じ内容です。改めるところを直してから取り込んでください。"))
    _lock(call)
    rewrite(call, queries.definition(call), definition)
    call.definition_version += 1
    _keep(call, definition, number=call.definition_version, reason=reason.strip())
    trail.record(
        "calls.revise",
        call,
        by=by,
        version=call.definition_version,
        reason=reason.strip(),
        definition=_sha256(definition),
        changes=[{"path": change.path, "before": change.before, "after": change.after} for change in changes],
    )
    return changes


def refuse_revision(call: Call, definition: Definition) -> None:
    """Raise Refused where `revise` would, as far as that can be told without trying it."""
    refuse_what_is_fixed(call, queries.definition(call), definition)


def archive(call: Call, *, by: Actor) -> None:
    """Put the call away; its pages stay as they are."""
    CALL.fire("archive", call, by=by)


def grant(
    user: User,
    role: Role,
    call: Call | None,
    *,
    by: Actor,
    until: dt.date | None = None,
    deputy_for: User | None = None,
) -> CallRole:
    """Give `user` the role in the call, or in every call, for good or `until` the end of a day.

    Refused when they have it, when the day is over, and for a deputy of somebody who does not have it, or without an
    end. A role whose day is over is given anew.
    """
    row = CallRole(user_id=user.id, role=role, call_id=call.id if call else None)
    authorize(by, Permission.ROLE_GRANT, row)
    _refuse_a_bad_deputy(user, role, call, until, deputy_for)
    held = _held(user, role, call)
    if held is not None and held.counts(clock.today()):
        raise Refused(
            _(
                "%(email)s には、もう「%(role)s」の役割があります。別の役割を選んでください。",
                email=user.email,
                role=role.label,
            )
        )
    row = held or row
    row.until, row.deputy_for = until, deputy_for
    db.session.add(row)
    told = {"until": until.isoformat() if until else None, "deputy_for": deputy_for.name if deputy_for else None}
    more = {name: value for name, value in told.items() if value}
    trail.record("users.grant", user, by=by, role=role.value, call=call.slug if call else None, **more)
    return row


def _refuse_a_bad_deputy(
    user: User, role: Role, call: Call | None, until: dt.date | None, deputy_for: User | None
) -> None:
    if until is not None and until < clock.today():
        raise Refused(_("「いつまで」の日が過ぎています。今日か、それより後の日にしてください。"))
    if deputy_for is None:
        return
    if until is None:
        raise Refused(_("代理には終わりの日が要ります。「いつまで」に日付を入力してください。"))
    principal = _held(deputy_for, role, call)
    usable = principal is not None and principal.counts(clock.today()) and principal.deputy_for_id is None
    if deputy_for.id == user.id or not usable:
        raise Refused(
            _(
                "%(name)sさんは「%(role)s」の役割を本人として持っていないので、その代理は付けられません。"
                "代理される人か、役割を選び直してください。",
                name=deputy_for.name,
                role=role.label,
            )
        )


def revoke(user: User, role: Role, call: Call | None, *, by: Actor) -> None:
    """Take the role in the call, or in every call, from `user`; refused when they do not have it."""
    row = _held(user, role, call)
    authorize(by, Permission.ROLE_GRANT, row or CallRole(user_id=user.id, role=role, call_id=call.id if call else None))
    if row is None:
        raise Refused(
            _(
                "%(email)s に「%(role)s」の役割はありません。役割と公募を確かめてください。",
                email=user.email,
                role=role.label,
            )
        )
    db.session.delete(row)
    trail.record("users.revoke", user, by=by, role=role.value, call=call.slug if call else None)


def next_number(call: Call) -> str:
    """The next receipt number, gapless and never given twice: the row is locked until the commit (R3.5)."""
    _lock(call)
    call.last_number += 1
    prefix = rehearsed(call.number_prefix) if call.rehearsal else call.number_prefix
    return written(prefix, call.last_number)


def note_number(call: Call, number: str) -> None:
    """Remember a number that came from outside, so that the next one of ours is higher (R3.5)."""
    note_numbers(call, [number])


def note_numbers(call: Call, numbers: Iterable[str]) -> None:
    """Remember numbers that came from outside, so that the next one of ours is the highest + 1 (R3.5)."""
    highest = max(map(serial_of, numbers), default=0)
    if highest > call.last_number:
        _lock(call)
        call.last_number = max(call.last_number, highest)


def fix_criteria(call: Call) -> None:
    """From the first score on, criteria, weights and grades stay as they are; the load of scores calls this."""
    if not call.criteria_in_use:
        _lock(call)
        call.criteria_in_use = True


def _held(user: User, role: Role, call: Call | None) -> CallRole | None:
    found = select(CallRole).where(
        CallRole.user_id == user.id,
        CallRole.role == role,
        CallRole.call_id == call.id if call else CallRole.call_id.is_(None),
    )
    return db.session.scalar(found)


def _lock(call: Call) -> None:
    """Read the row again and hold it until the commit, so that nobody counts from the same number.

    Its key stays as it is: PostgreSQL holds that key for whoever writes a proposal twice in one transaction, and two
    of them would wait for each other.
    """
    locked = select(Call).where(Call.id == call.id).with_for_update(key_share=True)
    db.session.scalars(locked.execution_options(populate_existing=True)).one()


def _keep(call: Call, definition: Definition, **values: Any) -> None:
    db.session.add(CallVersion(call_id=call.id, definition=dump(definition), at=clock.now(), **values))


def _sha256(definition: Definition) -> str:
    return hashlib.sha256(canonical(definition).encode()).hexdigest()


def _some(paths: list[str], shown: int = 5) -> str:
    rest = len(paths) - shown
    return _("、").join(paths[:shown]) + (_(" ほか%(rest)s か所", rest=rest) if rest > 0 else "")
