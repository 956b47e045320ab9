"""The versions of a call's definition, each with who made it, why, and what it changed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from grantflow.audit.queries import Past
from grantflow.calls.definition import Definition
from grantflow.calls.labels import label_of
from grantflow.calls.models import CallVersion
from grantflow.calls.printing import differences
from grantflow.calls.queries import read
from grantflow.core.words import _


@dataclass(frozen=True, slots=True)
class Difference:
    """One key of the definition that a version changed, as texts."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One version as it is shown."""

    number: int
    at: dt.datetime
    who: str
    reason: str
    differences: tuple[Difference, ...]


def editions(versions: Sequence[CallVersion], events: Sequence[Past]) -> tuple[Edition, ...]:
    """What each of `versions` (newest first, the first one last) changed; `events` of the call name who did it."""
    who = {past.details["version"]: past.actor_name for past in events if "version" in past.details}
    changed = {
        new.number: differences_in_words(read(old.definition), read(new.definition)) for new, old in pairwise(versions)
    }
    return tuple(
        Edition(
            version.number, version.at, who.get(version.number, ""), version.reason, changed.get(version.number, ())
        )
        for version in versions
    )


def differences_in_words(old: Definition, new: Definition) -> tuple[Difference, ...]:
    """What a new definition changes, each key called as people call it."""
    return tuple(
        Difference(label_of(change.path), as_text(change.before), as_text(change.after))
        for change in differences(old, new)
    )


def as_text(value: Any) -> str:
    """A value of a definition as a reader sees it: lists in one line, yes and no in words, nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, list):
        return _("／").join(map(as_text, value))
    return str(value)
