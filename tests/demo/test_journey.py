"""The call of the demo that is open now, and what stands in it."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import grantflow
from grantflow.accounts import group_queries, groups
from grantflow.accounts import operations as accounts
from grantflow.accounts.models import Organization
from grantflow.applications import duplicates, officer_lists
from grantflow.applications import queries as applications
from grantflow.applications.dossier import Progress
from grantflow.applications.models import Application, ApplicationStatus, ConsentState, ProxyEntry
from grantflow.applications.outline import Part
from grantflow.calls import letters
from grantflow.calls import operations as calls
from grantflow.calls.definition import Definition, parse
from grantflow.calls.models import Extension
from grantflow.core import clock
from grantflow.core.authorization import SYSTEM
from grantflow.core.clock import TOKYO
from grantflow.core.db import db
from grantflow.demo import journey, people, written
from grantflow.demo.cast import ADMINISTRATOR, OFFICER, actor_of, call_of, user_of
from grantflow.demo.scores import PANEL
from grantflow.mail.models import Mail, MailState

Writing = Callable[[], AbstractContextManager[Session]]
SAMPLE = Path(grantflow.__file__).parent / "definitions" / "sample.toml"


def sample() -> Definition:
    return parse(SAMPLE.read_bytes())


@pytest.fixture
def played(writing: Writing) -> None:
    """The sample call with its people, one group that applied before, and then every step of the journey."""
    definition = sample()
    with writing():
        for person in (*people.PEOPLE, *people.WRITERS):
            accounts.add(person.email, person.name, by=SYSTEM, password_hash="known")
        for panelist in PANEL:
            accounts.add(panelist.email, panelist.name, by=SYSTEM, password_hash="known")
        call = calls.load(definition, by=SYSTEM).call
        for person in people.PEOPLE:
            calls.grant(user_of(person.email), person.role, call, by=SYSTEM)
        calls.grant(user_of(ADMINISTRATOR), people.Role.ADMINISTRATOR, None, by=SYSTEM)
        group = accounts.organization("社会福祉法人あかね野", legal_form="社会福祉法人")
        db.session.flush()
        accounts.join(user_of("applicant@example.jp"), group, by=SYSTEM)
        accounts.organization("やなぎ小路の見守り隊", legal_form="任意団体")
    with writing():
        applicant = actor_of("applicant@example.jp")
        groups.write_profile(db.session.get_one(Organization, group.id), people.GROUP, by=applicant)
    for step in journey.STEPS:
        with writing():
            step(definition)


def the_one(status: ApplicationStatus, *, is_proxied: bool = False) -> Application:
    proxied = select(ProxyEntry.application_id)
    found = select(Application).where(Application.status == status)
    return db.session.scalars(found.where(Application.id.in_(proxied) == is_proxied)).one()


def test_the_copy_is_open_around_any_day_with_a_name_of_its_own() -> None:
    found = [journey.copied(sample(), day) for day in (dt.date(2026, 11, 22), dt.date(2028, 2, 29))]

    assert [each.call.slug for each in found] == ["sample-model-extra", "sample-model-extra"]
    assert [each.call.number_prefix for each in found] == ["MDX", "MDX"]
    assert [each.call.fiscal_year for each in found] == [2026, 2028]
    assert [(each.schedule.opens_at, each.schedule.closes_at) for each in found] == [
        (dt.datetime(2026, 11, 15, 10, tzinfo=TOKYO), dt.datetime(2026, 12, 13, 17, tzinfo=TOKYO)),
        (dt.datetime(2028, 2, 22, 10, tzinfo=TOKYO), dt.datetime(2028, 3, 21, 17, tzinfo=TOKYO)),
    ]
    assert [(each.schedule.contract_month, each.schedule.project_end) for each in found] == [
        ("2027-02", dt.date(2027, 9, 10)),
        ("2028-05", dt.date(2028, 12, 10)),
    ]


def test_a_proposal_is_half_written_by_two(played: None, writing: Writing) -> None:
    with writing():
        dossier = applications.dossier(the_one(ApplicationStatus.DRAFT))
        progress = {asked.part: dossier.progress(asked.part) for asked in dossier.asked}
        authors = {saved.by for saved in dossier.saves.values()}

    assert progress == {
        Part.GROUP: Progress.COMPLETE,
        Part.PLAN: Progress.WRITING,
        Part.TARGETS: Progress.COMPLETE,
        Part.APPROACH: Progress.WRITING,
        Part.SCHEDULE: Progress.COMPLETE,
        Part.INDICATORS: Progress.COMPLETE,
        Part.CONSORTIUM: Progress.OPTIONAL,
        Part.BUDGET: Progress.WRONG,
        Part.OFFICERS: Progress.COMPLETE,
        Part.CONSENTS: Progress.COMPLETE,
        Part.DOCUMENTS: Progress.WRITING,
        Part.CONFIRMATIONS: Progress.UNTOUCHED,
    }
    assert authors >= {"真壁 灯", "折原 みつ"}


def test_one_partner_agreed_and_one_has_not_answered(played: None, writing: Writing) -> None:
    with writing():
        rows = applications.consents(the_one(ApplicationStatus.DRAFT))
        found = {row.partner: (row.state, row.answered_by) for row in rows}

    assert found == {
        "こだま台地区社会福祉協議会": (ConsentState.GIVEN, "事務局長 千種 実"),
        "こだま台商店会": (ConsentState.ASKED, ""),
    }


def test_an_invitation_to_the_group_waits(played: None, writing: Writing) -> None:
    with writing():
        group = the_one(ApplicationStatus.DRAFT).organization
        members = [(row.user.email, row.role.value) for row in group_queries.members(group)]
        waiting = [row.email for row in group_queries.invitations(group)]

    assert members == [(written.REPRESENTATIVE, "representative"), (written.EDITOR, "editor")]
    assert waiting == [written.ACCOUNTANT]


def test_a_whole_proposal_came_in_with_officers_to_check(played: None, writing: Writing) -> None:
    with writing():
        received = the_one(ApplicationStatus.SUBMITTED)
        number, amount = received.number, received.requested_yen
        lists = officer_lists.readable(call_of(journey.SLUG), actor_of("officers@example.jp"))
        counts = [(row.application.number, row.officer_count) for row in lists]

    assert (number, amount) == ("MDX-0001", 1_838_000)
    assert counts == [("MDX-0001", 3)]


def test_a_typed_proposal_waits_for_its_group_whose_record_stands_twice(played: None, writing: Writing) -> None:
    with writing():
        typed = the_one(ApplicationStatus.DRAFT, is_proxied=True)
        entry = db.session.scalars(select(ProxyEntry)).one()
        waits = (entry.application_id == typed.id, entry.confirmed_at, entry.code_hash != "")
        name = typed.organization_name
        alike = [
            [record.name for record in cluster] for cluster in duplicates.clusters(actor_of(people.PEOPLE[5].email))
        ]

    assert waits == (True, None, True)
    assert name == "任意団体やなぎ小路の見守り隊"
    assert alike == [["やなぎ小路の見守り隊", "任意団体やなぎ小路の見守り隊"]]


def test_the_outbox_has_a_digest_one_that_waits_and_one_that_failed(played: None, writing: Writing) -> None:
    with writing():
        found = db.session.execute(select(Mail.template, Mail.state, func.count()).group_by(Mail.template, Mail.state))
        counted = Counter({(template, state): count for template, state, count in found})

    assert counted == {
        ("applications.extended", MailState.QUEUED): 2,
        ("accounts.invitation", MailState.QUEUED): 2,
        ("applications.consent", MailState.QUEUED): 2,
        ("applications.consent_answered", MailState.QUEUED): 2,
        ("applications.received", MailState.QUEUED): 1,
        ("calls.role", MailState.IN_DIGEST): 1,
        ("calls.role", MailState.GATHERED): 1,
        ("calls.role", MailState.FAILED): 1,
        ("mail.digest", MailState.QUEUED): 1,
    }


def test_partners_are_asked_in_the_call_s_own_words(played: None, writing: Writing) -> None:
    with writing():
        own = [row.template for row in letters.all_own(call_of(journey.SLUG))]
        found = select(Mail.body).where(Mail.recipient == "shotenkai@example.jp")
        body = db.session.scalars(found).one()

    assert own == ["applications.consent"]
    assert written.MORE_OF_THE_LETTER.strip() in body


def test_the_secretariat_runs_the_call_that_it_copied(played: None, writing: Writing) -> None:
    with writing():
        call = call_of(journey.SLUG)
        is_open, is_over = call.is_open(clock.now()), journey.is_over(call)
        runs = actor_of(OFFICER).has("secretariat", call.id)

    assert (is_open, is_over, runs) == (True, False, True)


def test_the_deadline_was_moved_for_all_and_who_writes_was_told(played: None, writing: Writing) -> None:
    with writing() as session:
        call = journey.call_of(journey.SLUG)
        (extension,) = session.scalars(select(Extension)).all()
        told = session.scalars(select(Mail).where(Mail.template == "applications.extended")).all()

    assert call.deadline == extension.closes_at == call.closes_at + dt.timedelta(days=1)
    assert extension.reason == journey.written.OUTAGE
    assert {row.recipient for row in told} >= {journey.written.EDITOR}
