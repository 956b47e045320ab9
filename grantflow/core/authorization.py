"""Who may do what: rules that combine, asked of one row by `permits` and of many by `visible`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_

from grantflow.core.db import Entity
from grantflow.core.locking import answers_about
from grantflow.permissions import Permission


@dataclass(frozen=True)
class Actor:
    """Who acts: a person who signed in, a visitor, the operator of the command line, or the system.

    `grants` are pairs of what the actor is and where: a role with a call's id (None: in every call), or
    belonging with an organisation's id. `token` is the key of the browser's sign-in.
    """

    id: uuid.UUID | None
    name: str
    role: str
    grants: frozenset[tuple[str, uuid.UUID | None]] = frozenset()
    token: str = ""

    @property
    def is_authenticated(self) -> bool:
        """Whether this is somebody who signed in."""
        return self.id is not None

    @property
    def is_active(self) -> bool:
        """Whether the sign-in counts; a deactivated person is never loaded as an actor."""
        return self.is_authenticated

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody signed in."""
        return self.id is None

    def get_id(self) -> str:
        """What the browser's cookie holds: the key of the sign-in, never that of the person."""
        return self.token

    def has(self, grant: str, scope: uuid.UUID | None) -> bool:
        """Whether the actor has `grant` in `scope`, or everywhere."""
        return (grant, None) in self.grants or (scope is not None and (grant, scope) in self.grants)

    def has_anywhere(self, grant: str) -> bool:
        """Whether the actor has `grant` in any scope."""
        return any(held == grant for held, _ in self.grants)

    def scopes(self, grant: str) -> frozenset[uuid.UUID] | None:
        """Where the actor has `grant`; None means everywhere."""
        if (grant, None) in self.grants:
            return None
        return frozenset(scope for held, scope in self.grants if held == grant and scope is not None)


VISITOR = Actor(None, "", "visitor")
SYSTEM = Actor(None, "system", "system", frozenset({("administrator", None)}))

Rows = TypeVar("Rows", bound=Select[*tuple[Any, ...]])
Test = Callable[[Actor, Any], bool]
Where = Callable[[Actor, Any], ColumnElement[bool]]


class NotPermitted(Exception):
    """The actor may not do this to that."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.value)
        self.permission = permission


class Rule:
    """A yes-or-no question about an actor and a row, asked of the row or of its table.

    `test(actor, row)` and `where(actor, model)` are the same question; tests prove that they agree.
    """

    def __init__(self, name: str, label: str, test: Test, where: Where) -> None:
        self.name = name
        self.label = label
        self.test = test
        self.where = where

    def __call__(self, actor: Actor, thing: Any) -> bool:
        return bool(self.test(actor, thing))

    def __and__(self, other: Rule) -> Rule:
        return Rule(
            f"{self._inside} & {other._inside}",
            f"{self.label}、かつ{other.label}",
            lambda actor, thing: self.test(actor, thing) and other.test(actor, thing),
            lambda actor, model: and_(self.where(actor, model), other.where(actor, model)),
        )

    def __or__(self, other: Rule) -> Rule:
        return Rule(
            f"{self.name} | {other.name}",
            f"{self.label}／{other.label}",
            lambda actor, thing: self.test(actor, thing) or other.test(actor, thing),
            lambda actor, model: or_(self.where(actor, model), other.where(actor, model)),
        )

    def __invert__(self) -> Rule:
        return Rule(
            f"~{self._inside}",
            f"{self.label}でない",
            lambda actor, thing: not self.test(actor, thing),
            lambda actor, model: not_(self.where(actor, model)),
        )

    def __repr__(self) -> str:
        return self.name

    @property
    def _inside(self) -> str:
        return f"({self.name})" if " | " in self.name else self.name


_policy: dict[Permission, Rule] = {}


def install(policy: Mapping[Permission, Rule]) -> None:
    """Make `policy` the one in force."""
    _policy.clear()
    _policy.update(policy)


def permits(actor: Actor, permission: Permission, thing: Any = None) -> bool:
    """Whether `actor` may do `permission` to `thing`. What no row of the policy allows is refused.

    Of a row that the transaction holds the policy is asked once, and again after something was written.
    """
    rule = _policy.get(permission)
    if rule is None:
        return False
    known = answers_about(thing) if isinstance(thing, Entity) else None
    if known is None:
        return rule(actor, thing)
    key = (actor, permission)
    if key not in known:
        known[key] = rule(actor, thing)
    return known[key]


def authorize(actor: Actor, permission: Permission, thing: Any = None) -> None:
    """Do nothing if `actor` may do `permission` to `thing`; otherwise raise NotPermitted."""
    if not permits(actor, permission, thing):
        raise NotPermitted(permission)


def visible(statement: Rows, actor: Actor, permission: Permission, model: Any) -> Rows:
    """`statement`, narrowed to the rows of `model` to which `actor` may do `permission`.

    Every list, count, search and export goes through here, so that none shows what a page would refuse.
    """
    rule = _policy.get(permission)
    return statement.where(rule.where(actor, model) if rule else false())
