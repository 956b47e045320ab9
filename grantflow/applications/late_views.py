"""The page of what came too late: the tickets of a call, and how many of each group."""

from flask import Blueprint

from grantflow.applications import busy_tickets, late_attempts
from grantflow.calls.models import Call
from grantflow.core.web import Page, page, subject
from grantflow.permissions import Permission

bp = Blueprint("late", __name__)


@bp.get("/calls/<slug>/late")
@subject(Call, Permission.APPLICATION_LIST, key="slug")
def index(call: Call) -> Page:
    """Every attempt that came after the deadline, and whoever was turned away in a crowd, with their tickets (R3.6)."""
    rows = late_attempts.attempts(call)
    return page(
        "applications/late.html",
        call=call,
        rows=rows,
        groups=late_attempts.by_group(rows),
        label_of=late_attempts.label_of,
        crowded=busy_tickets.by_proposal(busy_tickets.of_call(call)),
        number_of=busy_tickets.number_of,
    )
