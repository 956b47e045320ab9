"""State machines as tables: each context lists its transitions, `fire` runs one.

`Workflow.fire` is the only code that sets a `status`. It checks the state, the permission and
the guards, runs the effects, moves and records the event. The effects come before the move,
so that a row is whole when it enters its state: the database's own checks hold at every flush.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from grantflow.audit import trail
from grantflow.core.authorization import Actor, authorize, permits
from grantflow.core.refusals import Refused
from grantflow.core.words import Lazy, _
from grantflow.permissions import Permission

Guard = Callable[[Any], None]
Effect = Callable[..., None]


@dataclass(frozen=True)
class Transition:
    """One move: from which states, to which, who may, only if, and what happens then.

    `label` is the words of its button, `ask_reason` whether a person must say why.
    """

    name: str
    source: frozenset[StrEnum]
    target: StrEnum
    permission: Permission
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    label: Lazy | str = ""
    ask_reason: bool = False


class Workflow:
    """The transitions of one aggregate. `label_of(status)` gives the words of a state."""

    def __init__(
        self,
        name: str,
        start: StrEnum,
        transitions: Iterable[Transition],
        told: Callable[[Any, Actor], StrEnum] = lambda thing, _by: thing.status,
    ) -> None:
        """`told` is the state that somebody is told who asks for a move that is not possible."""
        self.name = name
        self.start = start
        self.told = told
        self.transitions: Mapping[str, Transition] = {move.name: move for move in transitions}

    def available(self, thing: Any, actor: Actor) -> list[Transition]:
        """The moves `actor` can be offered for `thing`, as it stands."""
        return [
            move
            for move in self.transitions.values()
            if thing.status in move.source and permits(actor, move.permission, thing)
        ]

    def obstacles(self, name: str, thing: Any) -> list[str]:
        """Why the move `name` would be refused just now, one sentence a reason; empty when it would not."""
        reasons = []
        for guard in self.transitions[name].guards:
            try:
                guard(thing)
            except Refused as refusal:
                reasons.append(str(refusal))
        return reasons

    def fire(self, name: str, thing: Any, *, by: Actor, **details: Any) -> None:
        """Move `thing` along the transition `name`, or raise and change nothing."""
        before = self.move(name, thing, by=by, **details)
        trail.record(f"{thing.__tablename__}.{name}", thing, by=by, before=before, after=thing.status.value, **details)

    def move(self, name: str, thing: Any, *, by: Actor, **details: Any) -> str:
        """`fire` without its event, for a load that records its events in one go; returns the old state."""
        move = self.transitions[name]
        if thing.status not in move.source:
            raise Refused(
                _(
                    "いまは「%(state)s」なので、「%(move)s」はできません。できるのは「%(states)s」のときです。状態を確かめてください。",
                    state=_label(self.told(thing, by)),
                    move=str(move.label) or move.name,
                    states=_("」「").join(_label(state) for state in sorted(move.source)),
                )
            )
        authorize(by, move.permission, thing)
        for guard in move.guards:
            guard(thing)
        for effect in move.effects:
            effect(thing, by, **details)
        before: str = thing.status.value
        thing.status = move.target
        return before


def _label(state: StrEnum) -> str:
    return str(getattr(state, "label", state))
