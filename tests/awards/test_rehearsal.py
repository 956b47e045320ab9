"""A rehearsal: marked everywhere, its own numbers, seen by nobody outside, discarded in one act."""

import click
import pytest
from sqlalchemy import func, select

from grantflow.accounts.models import Organization, Role
from grantflow.applications.models import Application
from grantflow.audit import queries as audit
from grantflow.audit.models import AuditEvent
from grantflow.awards import discarding, documents, rendering
from grantflow.awards.cli import list_
from grantflow.awards.models import AdoptionList
from grantflow.calls import letters, mailing
from grantflow.calls import operations as calls
from grantflow.calls.cli import call as call_commands
from grantflow.calls.definition import parse
from grantflow.calls.models import Call, CallLetter, CallRole, CallVersion, Criterion, Tier
from grantflow.calls.queries import call as call_by_slug
from grantflow.core.commands import CommandLine, run
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.files.models import StoredFile
from grantflow.mail.catalogue import TEMPLATES
from grantflow.mail.letters import Letter
from grantflow.mail.models import Mail
from grantflow.review.models import Assignment, Reviewer, Score
from tests.factories import awards
from tests.factories.accounts import OPERATOR, person
from tests.factories.applications import received, row
from tests.factories.calls import published, small_definition

GROUP = click.Group(commands=[call_commands, list_])
SLUG = "harbour-lights-2031"


@pytest.fixture
def people(writing):
    """The harbour call as a rehearsal, scored and decided, beside a live one; who takes part and who does not."""
    with writing():
        live = published()
        received(live, row(1))
    with writing():
        call = awards.harbour(scored=True)
        call.rehearsal = True
        awards.decided(call)
        awards.newest(call)
        return {
            "office": person("office@example.jp", Role.SECRETARIAT, call),
            "sponsor": person("sponsor@example.jp", Role.SPONSOR, call),
            "elsewhere": person("elsewhere@example.jp", Role.SECRETARIAT, live),
            "nobody": person("nobody@example.jp"),
        }


def rows(*models):
    with db.transaction(write=False):
        return [db.session.scalar(select(func.count()).select_from(model)) for model in models]


@pytest.mark.parametrize("who", [None, "nobody", "elsewhere"])
def test_nobody_outside_sees_a_rehearsal(people, browser, who):
    window = browser(people[who] if who else None)

    assert "港町あかり" not in window.text("/")
    assert "川辺の灯り" in window.text("/")
    assert window.get(f"/calls/{SLUG}").status_code in (302, 403)
    assert window.get(f"/calls/{SLUG}/definition.toml").status_code in (302, 403)


@pytest.mark.parametrize("page", ["", "/applications", "/decisions", "/list"])
def test_every_page_of_a_rehearsal_bears_its_mark(people, browser, page):
    window = browser(people["office"])

    assert "予行です。本番の公募ではありません。" in window.text(f"/calls/{SLUG}{page}")
    assert "予行です" not in window.text("/")


def test_who_takes_part_sees_a_rehearsal(people, browser):
    html = browser(people["sponsor"]).text("/")

    assert "港町あかり" in html
    assert "予行" in html


def test_papers_and_files_of_a_rehearsal_bear_its_mark(people, browser, reading):
    with reading():
        found = awards.newest(call_by_slug(SLUG))
        assert documents.mark(found) == "予行"
        assert documents.current(found)["title"] == "【予行】港町あかり修繕委託事業"
        assert "【予行】港町あかり修繕委託事業" in rendering.file(found, "html").decode()

    answer = browser(people["office"]).get(f"/calls/{SLUG}/applications.csv")

    assert "filename=rehearsal-harbour-lights-2031-applications.csv" in answer.headers["Content-Disposition"]


def test_a_rehearsal_numbers_in_a_series_of_its_own(writing):
    with writing():
        call = calls.load(parse(small_definition()), by=OPERATOR, rehearsal=True).call

        assert [calls.next_number(call), calls.next_number(call)] == ["T-KW-0001", "T-KW-0002"]


@pytest.mark.parametrize(("first", "then"), [(True, False), (False, True)])
def test_a_rehearsal_never_becomes_the_live_call(writing, first, then):
    with writing():
        calls.load(parse(small_definition()), by=OPERATOR, rehearsal=first)

        with pytest.raises(Refused, match="別の slug にして取り込んでください。"):
            calls.load(parse(small_definition()), by=OPERATOR, rehearsal=then)


def test_discarding_removes_every_row_of_it_and_nothing_else(people, writing):
    before = rows(Organization)
    told = {"inviter": "灯", "role": "事務局", "address": "https://example.jp/"}
    with writing():
        mailing.send("calls.role", people["office"], call_by_slug(SLUG), **told)
        mailing.send("calls.role", people["office"], call_by_slug("river-2031"), **told)
        letters.save(call_by_slug(SLUG), TEMPLATES["calls.role"], Letter("件名", "{サインインの画面}\n"), by=OPERATOR)

    with writing():
        gone = discarding.discard(call_by_slug(SLUG), by=OPERATOR)

    assert gone["applications"] == 12
    assert rows(Call, Application, Assignment, Score, Reviewer, AdoptionList) == [1, 1, 0, 0, 0, 0]
    assert rows(Tier, Criterion, CallVersion, StoredFile) == [2, 2, 1, 0]
    assert rows(Mail, CallLetter) == [1, 0]
    assert rows(Organization) == before
    with db.transaction(write=False):
        assert {role.call.slug for role in db.session.scalars(select(CallRole))} == {"river-2031"}
        assert audit.verify().holds
        last = db.session.scalars(select(AuditEvent).order_by(AuditEvent.position.desc()).limit(1)).one()
        assert last.action == "calls.discard"


def test_a_rehearsal_is_loaded_and_discarded_by_commands(store, capsys, tmp_path):
    def command(*words):
        status = run(GROUP, CommandLine(identify=lambda _email: None), [str(word) for word in words])
        return status, capsys.readouterr()

    file = tmp_path / "call.toml"
    file.write_text(small_definition(), encoding="utf-8")

    loaded = command("call", "load", file, "--rehearsal")
    with db.transaction(write=False):
        rehearsal = call_by_slug("river-2031").rehearsal
    live = command("call", "load", file)
    discarded = command("call", "discard", "river-2031")
    again = command("call", "load", file)
    refused = command("call", "discard", "river-2031")

    assert (loaded[0], rehearsal, live[0], discarded[0], again[0], refused[0]) == (0, True, 1, 0, 0, 1)
    assert discarded[1].out.startswith("river-2031：予行を破棄しました")


def test_a_live_call_is_not_discarded(people, browser, writing):
    with writing(), pytest.raises(Refused, match="破棄できるのは予行だけです。"):
        discarding.discard(call_by_slug("river-2031"), by=OPERATOR)

    assert browser(people["elsewhere"]).get("/calls/river-2031/discard").status_code == 403
    assert rows(Call) == [2]


def test_only_its_office_discards_a_rehearsal(people, browser, writing):
    for who in ("sponsor", "elsewhere", "nobody"):
        assert browser(people[who]).post(f"/calls/{SLUG}/discard", {"sure": "y"}).status_code == 403

    window = browser(people["office"])
    page = window.text(f"/calls/{SLUG}/discard")
    unsure = window.post(f"/calls/{SLUG}/discard", {})
    answer = window.post(f"/calls/{SLUG}/discard", {"sure": "y"})

    assert "応募12件" in page
    assert (unsure.status_code, answer.status_code) == (422, 302)
    assert window.get(f"/calls/{SLUG}").status_code == 404
