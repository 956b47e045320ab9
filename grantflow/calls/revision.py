"""Bringing the rows of a call to the content of a new version, as far as what stands on them allows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError

from grantflow.calls.definition import Definition
from grantflow.calls.models import Call, CallStatus, Criterion, Tier
from grantflow.calls.rows import call_values, criterion_values, tier_values
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _


def rewrite(call: Call, old: Definition, new: Definition) -> None:
    """Change the rows of `call` from `old` to `new`, by key; raises Refused where something stands on the old ones."""
    refuse_what_is_fixed(call, old, new)
    _set(call, call_values(new))
    tiers = {tier.key: tier_values(tier, position) for position, tier in enumerate(new.tiers, 1)}
    _drop([tier for tier in call.tiers if tier.key not in tiers])
    _bring(call, Tier, {tier.key: tier for tier in call.tiers}, tiers)
    criteria = {item.key: criterion_values(item, position) for position, item in enumerate(new.criteria, 1)}
    _drop([criterion for criterion in call.criteria if criterion.key not in criteria])
    _bring(call, Criterion, {criterion.key: criterion for criterion in call.criteria}, criteria)
    db.session.flush()
    db.session.expire(call, ["tiers", "criteria"])


def refuse_what_is_fixed(call: Call, old: Definition, new: Definition) -> None:
    """Raise Refused for a change that the call's state, its numbers or its scores do not allow."""
    if call.status is CallStatus.ARCHIVED:
        raise Refused(_("保管した公募の版は改められません。新しい公募として取り込んでください。"))
    if call.last_number and new.call.number_prefix != call.number_prefix:
        raise Refused(
            _(
                "受付番号をもう出しているため、call.number_prefix は変えられません。「%(prefix)s」に戻してください。",
                prefix=call.number_prefix,
            )
        )
    if call.criteria_in_use and _grading(old) != _grading(new):
        raise Refused(
            _(
                "評点をもう取り込んでいるため、審査項目、重み、評点の範囲は変えられません。"
                "いまの版と同じに戻すか、審査委員会の画面で理由を添えて開き直してから改めてください。"
            )
        )


def _grading(definition: Definition) -> tuple[object, ...]:
    """What scores stand on."""
    return definition.criteria, definition.review.scale_min, definition.review.scale_max


def _drop(rows: Sequence[Tier | Criterion]) -> None:
    """Remove rows; what still points at one stands in tables that only the database can see from here."""
    for row in rows:
        try:
            with db.session.begin_nested():
                db.session.delete(row)
                db.session.flush()
        except IntegrityError as error:
            kind = "tier" if isinstance(row, Tier) else "criterion"
            raise Refused(
                _(
                    "%(kind)s「%(key)s」は、もう使われているため削れません。この版にも同じ key で残してください。",
                    kind=kind,
                    key=row.key,
                )
            ) from error


def _bring(
    call: Call,
    model: type[Tier] | type[Criterion],
    rows: Mapping[str, Tier | Criterion],
    wanted: Mapping[str, Mapping[str, Any]],
) -> None:
    for key, values in wanted.items():
        if key in rows:
            _set(rows[key], values)
        else:
            db.session.add(model(call_id=call.id, **values))


def _set(row: Call | Tier | Criterion, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
