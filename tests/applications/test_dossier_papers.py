"""Proposals on paper: one as a PDF, all of a call in a ZIP, and only for whoever may read them then and now."""

import csv
import datetime as dt
import hashlib
import io
import re
import threading
import zipfile
from collections.abc import Callable

import pytest
import time_machine
from pypdf import PdfReader
from sqlalchemy import select

from grantflow import worker
from grantflow.accounts.models import Role, User
from grantflow.applications import dossier_archive, queries
from grantflow.applications.dossier_paper import dossier_paper
from grantflow.applications.models import Application, OfficerList
from grantflow.applications.outline import Part
from grantflow.audit.models import AuditEvent
from grantflow.calls import people
from grantflow.calls import queries as call_queries
from grantflow.calls.models import Call, CallRole
from grantflow.core import clock
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.documents.values import Headline, Line, Sheet, Words
from grantflow.documents.writing import Form, write
from grantflow.files.models import StoredFile
from grantflow.files.storage import shelf
from grantflow.jobs import running
from grantflow.jobs.models import Job, JobState
from grantflow.review import operations as review
from grantflow.review import panel
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.applications import begun, received, row, saved
from tests.factories.calls import published
from tests.factories.dossiers import PERIOD, asked_call
from tests.policy.world import arranged


def texts(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


def bookmarks(pdf: bytes) -> list[str]:
    found = PdfReader(io.BytesIO(pdf)).outline
    return [str(each.title) for each in found if not isinstance(each, list)]


def done(job: Job) -> Job:
    """The job as the worker leaves it."""
    running.run_due(threading.Event())
    with db.transaction(write=False):
        return db.session.get_one(Job, job.id)


def entries(job: Job) -> dict[str, bytes]:
    """What lies in the archive that the job made, by name."""
    with db.transaction(write=False):
        kept = db.session.get_one(StoredFile, job.result_file_id)
    with zipfile.ZipFile(io.BytesIO(shelf.read(kept.sha256))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def secretariat(writing: Callable) -> tuple[Call, User]:
    """A call with three proposals, and its secretariat."""
    with writing():
        call = published()
        user = person("office@example.jp", Role.SECRETARIAT, call)
        received(call, row(1), row(2, organization="川辺/の会"), row(3, organization="CON"))
    return call, user


@pytest.fixture
def asked(secretariat: tuple[Call, User], writing: Callable) -> Job:
    """All of them, asked for."""
    call, user = secretariat
    with writing():
        return dossier_archive.ask(call, by=call_queries.actor(user))


def written(writing: Callable) -> tuple[Application, User]:
    """A draft with costs, a schedule and officers."""
    with writing():
        call = asked_call(opens_at="2020-04-01T09:00:00+09:00", closes_at=PERIOD.replace("2031-04-30", "2031-05-30"))
        writer = person("writer@example.jp")
        draft = begun(call, organization("ほたる", writer), writer)
        steps = [{"what": "ひらく", "begins": "2031-07", "ends": "2031-09", "who": "世話人"}]
        saved(draft, writer, Part.SCHEDULE, {"rows": steps})
        line = {"item": "会場", "unit_price": 4500, "quantity": "7.25", "unit": "回", "basis": ""}
        saved(draft, writer, Part.BUDGET, {"lines": [{"category": "work", **line}]})
    return draft, writer


def test_every_part_stands_on_the_paper_as_it_reads(writing: Callable, reading: Callable) -> None:
    draft, _writer = written(writing)

    with reading():
        application = db.session.get_one(Application, draft.id)
        dossier = queries.dossier(application)
        paper = dossier_paper(application.call, dossier, contacts=True)
        again = dossier_paper(application.call, queries.dossier(application), contacts=True)

    names = [block.text for block in paper.blocks if isinstance(block, Headline)]
    assert names == [asked.name for asked in dossier.asked]
    cells = {cell for block in paper.blocks if isinstance(block, Sheet) for line in block.rows for cell in line}
    assert cells >= {"ひらく", "2031年7月", "会場", "32,625円"}
    assert (paper.watermark, paper.title) == ("提出前", "応募書類（提出前の応募）")
    assert paper == again


def test_the_paper_has_page_numbers_and_a_bookmark_for_each_part(writing: Callable, reading: Callable) -> None:
    draft, _writer = written(writing)
    with reading():
        application = db.session.get_one(Application, draft.id)
        dossier = queries.dossier(application)
        paper = dossier_paper(application.call, dossier, contacts=True)

    pdf = write(paper, Form.PDF)

    assert set(bookmarks(pdf)) >= {asked.name for asked in dossier.asked}
    assert "1 / " in texts(pdf)


def test_officers_are_told_by_their_number_alone(writing: Callable, reading: Callable) -> None:
    with writing():
        call = published(
            '[[section]]\nkey = "officers"\n\n[[section]]\nkey = "amount"',
            opens_at="2020-04-01T09:00:00+09:00",
            closes_at="2099-04-30T17:00:00+09:00",
        )
        writer = person("writer@example.jp")
        draft = begun(call, organization("ほたる", writer), writer)
        listed = OfficerList(
            application_id=draft.id,
            officer_count=3,
            saved_at=clock.now(),
            saved_by="writer",
            purge_on=dt.date(2099, 1, 1),
            purged_at=clock.now(),
        )
        db.session.add(listed)

    with reading():
        application = db.session.get_one(Application, draft.id)
        paper = dossier_paper(application.call, queries.dossier(application), contacts=True)

    assert [block for block in paper.blocks if isinstance(block, Line) and block.label == "役員の人数"] == [
        Line("役員の人数", "3人")
    ]


def test_the_paper_can_leave_out_what_reaches_the_group(writing: Callable, reading: Callable) -> None:
    content = {"name": "ほたる", "contact_email": "hotaru@example.jp"}
    with writing():
        call = published(opens_at="2020-04-01T09:00:00+09:00")
        writer = person("writer@example.jp")
        draft = begun(call, organization("ほたる", writer), writer)
        saved(draft, writer, Part.GROUP, content)

    with reading():
        dossier = queries.dossier(db.session.get_one(Application, draft.id))
        full, short = (dossier_paper(call, dossier, contacts=contacts) for contacts in (True, False))

    assert ["hotaru@example.jp" in str(paper.blocks) for paper in (full, short)] == [True, False]


def test_all_proposals_come_in_one_archive_with_a_list(asked: Job) -> None:
    job = done(asked)

    found = entries(job)
    listed = list(csv.DictReader(io.StringIO(found.pop("list.csv").decode("utf-8-sig"))))
    assert (job.state, job.done_count, job.total_count) == (JobState.DONE, 3, 3)
    assert list(found) == ["KW-0001_任意団体ほたる1.pdf", "KW-0002_川辺-の会.pdf", "KW-0003_CON.pdf"]
    assert [(line["number"], line["file"]) for line in listed] == [(name.split("_")[0], name) for name in found]
    assert ["川辺を歩く" in texts(pdf) for pdf in found.values()] == [True, True, True]


def test_the_trail_says_how_many_left_and_in_which_file(asked: Job, reading: Callable) -> None:
    job = done(asked)

    with reading():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "calls.export_dossiers")).one()
        kept = db.session.get_one(StoredFile, job.result_file_id)
    assert event.actor_name == "office"
    assert '"rows":3' in event.details.replace(" ", "")
    assert kept.sha256 in event.details
    assert hashlib.sha256(shelf.read(kept.sha256)).hexdigest() == kept.sha256


def test_what_the_asker_is_in_conflict_with_is_left_out(
    secretariat: tuple[Call, User], writing: Callable, asked: Job
) -> None:
    in_conflict(secretariat, writing)

    found = entries(done(asked))

    assert list(found) == ["KW-0002_川辺-の会.pdf", "KW-0003_CON.pdf", "list.csv"]
    assert "KW-0001" not in found["list.csv"].decode()


def in_conflict(secretariat: tuple[Call, User], writing: Callable) -> None:
    """The secretariat is found to be in conflict with the first proposal."""
    call, user = secretariat
    with writing():
        first = queries.by_number(db.session.get_one(Call, call.id))["KW-0001"]
        db.session.add(CallRole(user_id=user.id, role=Role.REVIEWER, call_id=call.id))
        db.session.flush()
        reviewer = panel.seat(first.call, user, by=OPERATOR)
        db.session.flush()
        review.declare_conflict(first, reviewer, "役員の家族であるため。", by=OPERATOR)


def test_an_archive_is_not_handed_out_once_something_in_it_may_not_be_read(
    secretariat: tuple[Call, User], asked: Job, writing: Callable, browser: Callable[..., Browser]
) -> None:
    job, office = done(asked), browser(secretariat[1])
    before = office.get(f"/jobs/{job.id}/file")
    in_conflict(secretariat, writing)

    after = office.get(f"/jobs/{job.id}/file")

    assert (before.status_code, before.mimetype) == (200, "application/zip")
    assert after.status_code == 409
    assert "もう一度作ってください" in after.get_data(as_text=True)


def test_whoever_lost_the_role_gets_no_archive(
    secretariat: tuple[Call, User], asked: Job, writing: Callable, browser: Callable[..., Browser]
) -> None:
    job = done(asked)
    call, user = secretariat
    with writing():
        people.revoke(user, Role.SECRETARIAT, call, by=OPERATOR)

    answer = browser(user).get(f"/jobs/{job.id}/file")

    assert answer.status_code == 409


def test_whoever_lost_the_role_before_it_ran_is_refused(
    secretariat: tuple[Call, User], asked: Job, writing: Callable
) -> None:
    call, user = secretariat
    with writing():
        people.revoke(user, Role.SECRETARIAT, call, by=OPERATOR)

    job = done(asked)

    assert (job.state, job.result_file_id) == (JobState.FAILED, None)
    assert job.message.startswith("いまの役割では、")


def test_nothing_is_asked_for_where_there_is_nothing(writing: Callable) -> None:
    with writing():
        call = published()
        user = person("office@example.jp", Role.SECRETARIAT, call)

    with writing(), pytest.raises(Refused, match="まだありません"):
        dossier_archive.ask(call, by=call_queries.actor(user))


def test_the_archive_is_forgotten_after_a_week_and_its_content_with_it(asked: Job, reading: Callable) -> None:
    job = done(asked)
    with reading():
        kept = db.session.get_one(StoredFile, job.result_file_id)

    with time_machine.travel(clock.now() + dt.timedelta(days=6)):
        worker.purge_results()
    in_time = shelf.fingerprint(kept.sha256)
    with time_machine.travel(clock.now() + dt.timedelta(days=7, minutes=1)):
        worker.purge_results()

    with reading():
        left, row_left = db.session.get_one(Job, job.id), db.session.get(StoredFile, kept.id)
    assert (in_time, shelf.fingerprint(kept.sha256)) == (kept.sha256, None)
    assert (left.state, left.result_file_id, left.result, row_left) == (JobState.DONE, None, {}, None)


def test_the_page_tells_how_far_it_is_and_looks_again_unless_asked_not_to(
    secretariat: tuple[Call, User], asked: Job, writing: Callable, browser: Callable[..., Browser]
) -> None:
    office = browser(secretariat[1])
    with writing():
        half = db.session.get_one(Job, asked.id)
        half.done_count = 2

    moving, still = office.get(f"/jobs/{asked.id}"), office.get(f"/jobs/{asked.id}?still=1")
    done(asked)
    over = office.get(f"/jobs/{asked.id}")

    assert "3件中2件" in moving.get_data(as_text=True)
    assert [answer.headers.get("Refresh") for answer in (moving, still, over)] == ["5", None, None]
    assert "すべての応募のPDF（ZIP）" in over.get_data(as_text=True)


def test_asking_on_the_page_leads_to_the_job_and_back(
    secretariat: tuple[Call, User], browser: Callable[..., Browser], reading: Callable
) -> None:
    call, user = secretariat
    office = browser(user)

    first = office.post(f"/calls/{call.slug}/applications/papers")
    second = office.post(f"/calls/{call.slug}/applications/papers")
    listed = office.text(f"/calls/{call.slug}/applications")
    given_up = office.post(f"{first.location}/cancel")

    assert re.fullmatch(r"/jobs/[0-9a-f-]{36}", first.location)
    assert second.location == first.location
    assert f'href="{first.location}"' in listed
    assert given_up.location == first.location
    assert "取りやめました" in office.text(first.location)


def test_who_reads_a_proposal_takes_it_as_a_pdf_and_only_others_leave_a_trace(
    browser: Callable[..., Browser], store: None, reading: Callable
) -> None:
    world = arranged("undecided")
    url = f"/applications/{world.theirs.id}/dossier.pdf"

    answers = {who: browser(world.people[who]).get(url) for who in ("member", "secretariat", "reviewer")}

    with reading():
        traces = db.session.scalars(select(AuditEvent.actor_name).where(AuditEvent.action == "applications.print"))
        assert sorted(traces) == ["reviewer", "secretariat"]
    assert [answer.mimetype for answer in answers.values()] == ["application/pdf"] * 3
    assert "KW-0001" in texts(answers["member"].data)


def test_one_label_too_long_to_stand_beside_its_text_stands_above_it(writing: Callable, reading: Callable) -> None:
    with writing():
        call = published(opens_at="2020-04-01T09:00:00+09:00")
        writer = person("writer@example.jp")
        draft = begun(call, organization("ほたる", writer), writer)
        saved(draft, writer, Part.PLAN, {"title": "川辺", "summary": "一行目。\n二行目。"})

    with reading():
        paper = dossier_paper(call, queries.dossier(db.session.get_one(Application, draft.id)), contacts=True)

    place = paper.blocks.index(Words("一行目。\n二行目。"))
    assert Line("事業名", "川辺") in paper.blocks
    assert isinstance(paper.blocks[place - 1], Words)
