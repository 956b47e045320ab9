"""A small world with somebody in every role, somebody who should see nothing, and a call in each of its states."""

import csv
import datetime as dt
from dataclasses import dataclass, field
from io import StringIO

from grantflow.accounts import operations as accounts
from grantflow.accounts.models import Role, User
from grantflow.applications import dossier_archive, extending
from grantflow.applications.models import Application
from grantflow.awards import loading as decisions
from grantflow.awards import operations as awards
from grantflow.awards.models import AdoptionList
from grantflow.calls import drafting, mailing
from grantflow.calls import operations as calls
from grantflow.calls import queries as call_queries
from grantflow.calls.definition import parse
from grantflow.calls.models import Call, CallDraft, Extension
from grantflow.core.db import db
from grantflow.core.tables import Columns, read_table
from grantflow.files import operations as files
from grantflow.files.models import StoredFile
from grantflow.jobs.models import Job
from grantflow.mail.models import Mail, MailState
from grantflow.review import loading as reviews
from grantflow.review import operations as review_operations
from grantflow.review import queries as review_queries
from grantflow.review.models import Assignment
from tests.factories.accounts import OPERATOR, person
from tests.factories.applications import received, row
from tests.factories.calls import SELF_CHECK, published, small_definition

#: Who asks, in the order of the columns of the tables.
WHO = (
    "visitor",
    "stranger",
    "member",
    "reviewer",
    "conflicted",
    "secretariat",
    "sponsor",
    "auditor",
    "administrator",
    "elsewhere",
)


@dataclass
class World:
    """The rows that the cases name."""

    call: Call
    other_call: Call
    rehearsal: Call
    theirs: Application
    another: Application
    sheet: Assignment
    conflict_id: object
    people: dict[str, User | None] = field(default_factory=dict)
    adoption_list: AdoptionList | None = None
    files: dict[str, StoredFile] = field(default_factory=dict)
    draft: CallDraft | None = None
    extension: Extension | None = None
    mail: Mail | None = None
    job: Job | None = None


def _table(columns: Columns, *rows: tuple[object, ...]) -> object:
    text = StringIO()
    csv.writer(text).writerows([columns.required, *rows])
    return read_table(text.getvalue().encode(), "rows.csv", columns)


def arranged(state: str) -> World:
    """The world, its list `undecided`, `frozen`, `agreed` or `published`."""
    with db.transaction(write=True):
        call = published(SELF_CHECK)
        other_call = published(slug='"mountain-2031"', number_prefix='"YM"')
        rehearsal = calls.publish_new(
            parse(small_definition(slug='"sky-2031"', number_prefix='"SO"')), by=OPERATOR, rehearsal=True
        )
        db.session.flush()
        people: dict[str, User | None] = {"visitor": None, "stranger": person("stranger@example.jp", Role.APPLICANT)}
        for who, role in (
            ("secretariat", Role.SECRETARIAT),
            ("sponsor", Role.SPONSOR),
            ("auditor", Role.AUDITOR),
            ("reviewer", Role.REVIEWER),
            ("conflicted", Role.REVIEWER),
        ):
            people[who] = person(f"{who}@example.jp", role, call)
        people["administrator"] = person("administrator@example.jp", Role.ADMINISTRATOR)
        people["elsewhere"] = person("elsewhere@example.jp", Role.SECRETARIAT, other_call)
        people["member"] = person("member@example.jp", Role.APPLICANT, call)
        db.session.flush()
        calls.grant(people["secretariat"], Role.SECRETARIAT, rehearsal, by=OPERATOR)  # type: ignore[arg-type]

        theirs, another = received(call, row(1), row(2))
        accounts.join(people["member"], theirs.organization, by=OPERATOR)  # type: ignore[arg-type]
        received(other_call, row(1, number="YM-0001"))
        extension = extending.propose_for_one(
            call, another.organization, call.closes_at + dt.timedelta(days=1), "停電のため。", by=OPERATOR
        )
        scores = [
            (number, f"{who}@example.jp", criterion.key, 4)
            for number in ("KW-0001", "KW-0002")
            for who in ("reviewer", "conflicted")
            for criterion in call.criteria
        ]
        reviews.apply(reviews.plan(call, _table(reviews.COLUMNS, *scores)), by=OPERATOR)  # type: ignore[arg-type]
        db.session.flush()
        members = {reviewer.label: reviewer for reviewer in review_queries.reviewers(call)}
        for application in (theirs, another):
            review_operations.declare_conflict(
                application, members["conflicted@example.jp"], "以前の役員であるため。", by=OPERATOR
            )
        db.session.flush()
        sheet = review_queries.assignment(theirs, members["reviewer@example.jp"])
        conflict = review_queries.conflict(theirs, members["conflicted@example.jp"])
        assert sheet is not None
        assert conflict is not None
        world = World(call, other_call, rehearsal, theirs, another, sheet, conflict.id, people)
        world.extension = extension
        _hand_in(world)
        world.draft = drafting.revise(call, by=OPERATOR)
        world.mail = mailing.send(
            "calls.role", people["reviewer"], call, inviter="事務局の人", role="審査委員", address="http://127.0.0.1/"
        )
        world.mail.state, world.mail.last_error = MailState.FAILED, "SMTPRecipientsRefused 550"
        world.job = dossier_archive.ask(call, by=call_queries.actor(people["secretariat"]))  # type: ignore[arg-type]
        _take(world, state)
    return world


def _hand_in(world: World) -> None:
    """A file of each kind that waits to be looked at and applied."""
    for kind, text in (
        ("applications", "number,tier,organization,title,requested_yen\nKW-0009,wide,灯りの会,灯りを増やす,1000\n"),
        ("scores", "number,reviewer,criterion,score\nKW-0001,別の委員,body,3\n"),
        ("decisions", "number,decision\nKW-0001,reserve\n"),
    ):
        world.files[kind] = files.keep(
            text.encode(), f"{kind}.csv", "text/csv", f"{kind}.load", by=OPERATOR, belongs_to=world.call.id
        )


def _take(world: World, state: str) -> None:
    if state == "undecided":
        return
    rows = [("KW-0001", "adopted"), ("KW-0002", "not_adopted")]
    decisions.apply(decisions.plan(world.call, _table(decisions.COLUMNS, *rows)), by=OPERATOR)  # type: ignore[arg-type]
    db.session.flush()
    world.adoption_list = awards.to_freeze(world.call, by=OPERATOR)
    awards.freeze(world.adoption_list, by=OPERATOR)
    if state in ("agreed", "published"):
        awards.agree(world.adoption_list, "架空第1号", dt.date(2031, 6, 1), "架空 太郎", by=OPERATOR)
    if state == "published":
        awards.publish(world.adoption_list, by=OPERATOR)
