"""The places of a call that somebody may go to, in the order of a grant's life."""

from dataclasses import dataclass

from flask import request, url_for

from grantflow.calls.models import Call
from grantflow.core.authorization import Actor, permits
from grantflow.core.words import Lazy, _, lazy
from grantflow.permissions import Permission


@dataclass(frozen=True)
class Place:
    """One place: its words, where it is, and whether this is it."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class _Way:
    label: Lazy
    endpoint: str
    permission: Permission
    within: tuple[str, ...]


WAYS = (
    _Way(lazy("公募"), "calls.show", Permission.CALL_READ, ("calls.", "self_check.", "blank_form.")),
    _Way(
        lazy("応募"), "applications.index", Permission.APPLICATION_LIST, ("applications.", "review.application_sheets")
    ),
    _Way(lazy("役員名簿"), "officers.index", Permission.OFFICERS_LIST, ("officers.index", "officers.show")),
    _Way(lazy("審査"), "review.ranking", Permission.RANKING_READ, ("review.ranking", "panel.", "load_scores.")),
    _Way(lazy("採点"), "scoring.index", Permission.SHEET_LIST, ("scoring.",)),
    _Way(
        lazy("採否"),
        "awards.decisions",
        Permission.DECISION_READ,
        ("awards.decisions", "awards.check", "awards.decide"),
    ),
    _Way(lazy("採択団体一覧"), "awards.index", Permission.LIST_READ, ("awards.",)),
)


def places(actor: Actor, call: Call | None) -> list[Place]:
    """Where `actor` may go from here: the desk, and at most five places of the call."""
    if actor.is_anonymous:
        return []
    found = [Place(_("やること"), url_for("home.desk"), request.endpoint == "home.desk")]
    if call is None:
        return found
    here = next((way for way in WAYS if (request.endpoint or "").startswith(way.within)), None)
    return found + [
        Place(str(way.label), url_for(way.endpoint, slug=call.slug), way is here)
        for way in WAYS
        if permits(actor, way.permission, call)
    ]
