"""The sample call once more, a year later: what is done by hand in it, for the pictures of the guides."""

import datetime as dt
import uuid
from itertools import cycle, islice

from grantflow.accounts.queries import user as user_of
from grantflow.applications import loading
from grantflow.applications.queries import by_number
from grantflow.calls import drafting, drafts
from grantflow.calls import operations as calls
from grantflow.calls import queries as call_queries
from grantflow.calls.definition import Definition, parse
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor
from grantflow.core.clock import TOKYO
from grantflow.core.db import db
from grantflow.core.tables import read_table
from grantflow.demo import people
from grantflow.demo.scores import PANEL
from grantflow.demo.walk import APPLICATIONS, DEFINITION
from grantflow.review import panel, queries, scoring
from grantflow.review.models import Assignment, AssignmentStatus

WRITING = dt.datetime(2027, 3, 1, 10, 0, tzinfo=TOKYO)
OPEN = dt.datetime(2027, 5, 10, 10, 0, tzinfo=TOKYO)
REVIEWING = dt.datetime(2027, 6, 14, 16, 40, tzinfo=TOKYO)
ANSWERED, SCORED = 5, 2


def _actor(email: str) -> Actor:
    user = user_of(email)
    assert user is not None, email
    return call_queries.actor(user)


def _call(slug: str) -> Call:
    found = call_queries.call(slug)
    assert found is not None, slug
    return found


def _definition(*, with_dates: bool) -> str:
    return drafts.write_raw(drafts.next_year(parse(DEFINITION.read_bytes()), with_dates=with_dates))


def drafted(email: str) -> uuid.UUID:
    """The id of a draft copied from the sample call by `email`, its dates still to be filled in."""
    with db.transaction(write=True):
        source = _call(parse(DEFINITION.read_bytes()).call.slug)
        return drafting.begin(_definition(with_dates=False), by=_actor(email), source=source).id


def published(email: str) -> str:
    """The slug of next year's call, published by `email`, with its people and the sample's proposals."""
    definition: Definition = parse(_definition(with_dates=True).encode())
    with db.transaction(write=True):
        by = _actor(email)
        call = calls.load(definition, by=by).call
        for person in people.PEOPLE:
            user = user_of(person.email)
            if user is not None and user.email != email:
                calls.grant(user, person.role, call, by=by)
        for panelist in PANEL:
            user = user_of(panelist.email)
            assert user is not None
            calls.grant(user, people.Role.REVIEWER, call, by=by)
    return definition.call.slug


def loaded(slug: str) -> None:
    """Take the sample's proposals into the call."""
    with db.transaction(write=True):
        plan = loading.plan(_call(slug), read_table(APPLICATIONS, APPLICATIONS.name, loading.COLUMNS))
        loading.apply(plan, by=_actor("secretariat@example.jp"))


def assigned(slug: str, email: str) -> tuple[str, uuid.UUID, uuid.UUID]:
    """Seat the committee and hand out the proposals; returns a reviewer, a sheet they left open, one they fill in."""
    with db.transaction(write=True):
        call, by = _call(slug), _actor(email)
        wanted = call_queries.definition(call).review.reviewers_per_application
        users = [user_of(panelist.email) for panelist in PANEL]
        turn = cycle([panel.seat(call, user, by=by) for user in users if user is not None])
        for _number, application in sorted(by_number(call).items()):
            if application.status.value == "eligible":
                panel.assign_reviewers(application, list(islice(turn, wanted)), by=by)
        panel.move("confirm", call, by=by)
    reviewer = PANEL[0].email
    with db.transaction(write=True):
        sheets = _sheets(slug, reviewer)
        for place, sheet in enumerate(sheets[:ANSWERED]):
            _fill(sheet, whole=place < SCORED, by=_actor(reviewer))
        return reviewer, sheets[ANSWERED].id, sheets[SCORED].id


def _sheets(slug: str, email: str) -> list[Assignment]:
    found = [row for row in queries.reviewers(_call(slug)) if row.user is not None and row.user.email == email]
    return sorted(queries.assignments_to(found[0]), key=lambda sheet: sheet.application.number or "")


def _fill(sheet: Assignment, *, whole: bool, by: Actor) -> None:
    scoring.accept(sheet, by=by)
    call = sheet.application.call
    lines = call.criteria if whole else call.criteria[:4]
    middle = (call.scale_min + call.scale_max) // 2
    given = {
        line.key: scoring.read_answer(call, str(min(call.scale_max, middle + place % 3)), "")
        for place, line in enumerate(lines)
    }
    db.session.flush()
    scoring.save(sheet, given, str(sheet.version), by=by)
    if whole:
        scoring.file(sheet, by=by)
        assert sheet.status is AssignmentStatus.SCORED
