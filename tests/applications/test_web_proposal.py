"""A proposal written on the web: begun, kept as a draft, submitted in time, given a number, screened."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from grantflow.accounts.models import MemberRole, Membership, Organization, Role, User
from grantflow.applications import completeness, queries
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.applications.outline import Part
from grantflow.audit.queries import history
from grantflow.calls.models import Call
from grantflow.core.db import db
from tests.browsing import Browser
from tests.factories.accounts import organization, person
from tests.factories.applications import received, row
from tests.factories.calls import published

Writing = Callable[[], AbstractContextManager[Session]]
Browsers = Callable[[User | None], Browser]

OPEN = "2031-04-10T10:00:00+09:00"
CLOSES = "2031-04-30T17:00:00+09:00"
LATE = "2031-04-30T17:00:00.000001+09:00"
AUDIENCE = '[audience]\ngroups = ["高齢者"]\nfeatures = ["役割づくり"]'
LIMITS = "[limits]\ntitle = 10\nsummary = 20"

WHOLE = {
    "group": {
        "name": "任意団体ほたる",
        "legal_form": "任意団体",
        "representative_name": "野川 澄",
        "contact_name": "野川 澄",
        "contact_email": "nogawa@example.jp",
        "contact_phone": "03-5253-2111",
        "address": "架空市川辺町1-1",
    },
    "plan": {
        "title": "川辺の茶の間",
        "summary": "週に三度、縁側をひらく。",
        "activity_area": "架空市",
        "answer-plan": "四月に始め、二月に終える。\r\n次の年は会費で続ける。",
    },
    "targets": {"targets": ["高齢者\r\n"], "features": ["役割づくり"]},
    "amount": {"requested_yen": "１，２００，０００円"},
    "confirmations": {"confirmed": ["国内に拠点があること。"]},
}


#: What somebody types whose group is not registered yet.
NEW = {"new-name": "任意団体ほたる", "new-representative": "yes", "new-tier": "near"}


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The call is open."""
    with time_machine.travel(OPEN, tick=False):
        yield


@pytest.fixture
def arranged(writing: Writing) -> tuple[User, User]:
    """An applicant whose organisation may apply, and the secretariat's officer, around the small call."""
    with writing():
        call = published(AUDIENCE, LIMITS)
        officer = person("office@example.jp", Role.SECRETARIAT, call)
        applicant = person("applicant@example.jp", name="野川")
        db.session.flush()
        group = organization("任意団体ほたる", applicant)
        group.legal_form = "任意団体"
    return applicant, officer


def only() -> Application:
    """The one proposal there is."""
    with db.transaction(write=False):
        found = db.session.scalars(select(Application)).one()
        db.session.expunge(found)
        return found


def begun(window: Browser) -> Application:
    """A draft begun in the window."""
    with db.transaction(write=False):
        group = db.session.scalars(select(Organization)).first()
    answer = window.post("/calls/river-2031/apply", {"organization": str(group.id), "tier": "wide"})
    assert answer.status_code == 302, answer.text
    return only()


def version_of(draft: Application, part: str) -> int:
    """How often the part was saved."""
    with db.transaction(write=False):
        row = queries.section(db.session.get_one(Application, draft.id), Part(part))
        return row.version if row else 0


def saved(window: Browser, draft: Application, part: str, **changes: object):
    """The answer to saving one part with `changes`."""
    typed = {"version": str(version_of(draft, part)), **WHOLE[part], **changes}
    return window.post(f"/applications/{draft.id}/edit/{part}", typed)


def written(window: Browser, draft: Application) -> None:
    """Every part is saved."""
    for part in WHOLE:
        answer = saved(window, draft, part)
        assert answer.status_code == 302, answer.text


def answers_of(application: Application) -> dict[str, str]:
    """What was answered to the questions of the plan."""
    with db.transaction(write=False):
        row = queries.section(db.session.get_one(Application, application.id), Part.PLAN)
        return dict(row.content["answers"])


def actions(application: Application) -> list[str]:
    """What was done with the proposal, the latest first."""
    with db.transaction(write=False):
        return [event.action for event in history(application)]


def test_a_proposal_is_written_submitted_and_numbered(arranged, browser: Browsers) -> None:
    window = browser(arranged[0])
    assert "応募する" in window.text("/calls/river-2031")
    draft = begun(window)
    written(window, draft)
    answer = window.post(f"/applications/{draft.id}/confirm")
    receipt = window.text(f"/applications/{draft.id}/receipt")

    found = only()
    assert answer.location == f"/applications/{draft.id}/receipt"
    assert (found.status, found.number, found.serial) == (ApplicationStatus.SUBMITTED, "KW-0001", 1)
    assert found.received_at == dt.datetime.fromisoformat(OPEN)
    assert (found.requested_yen, found.audience, found.confirmed) == (1_200_000, ["高齢者"], ["国内に拠点があること。"])
    assert answers_of(found) == {"plan": "四月に始め、二月に終える。\n次の年は会費で続ける。"}
    assert "KW-0001" in receipt
    writes = ["applications.write"] * 5
    assert actions(found) == ["applications.receive", "applications.submit", *writes, "applications.start"]


def test_a_visitor_is_told_whom_to_ask(arranged, browser: Browsers) -> None:
    html = browser(None).text("/calls/river-2031/apply")

    assert "サインインして応募する" in html
    assert "はじめて応募する" in html
    assert "架空研究所" in html


def test_a_draft_may_lack_anything_but_is_not_submitted(arranged, browser: Browsers) -> None:
    window = browser(arranged[0])
    draft = begun(window)
    written(window, draft)
    kept = saved(window, draft, "plan", title="", summary="あ" * 21)
    saved(window, draft, "amount", requested_yen="3,000,000")
    saved(window, draft, "confirmations", confirmed=[])
    page = window.text(f"/applications/{draft.id}/confirm")
    answer = window.post(f"/applications/{draft.id}/confirm")

    assert kept.status_code == 302
    assert only().requested_yen == 3_000_000
    assert (answer.status_code, only().number) == (422, None)
    for sentence in (
        "事業名が空です。書いてください。",
        "概要が20文字を1文字超えています。短くしてください。",
        "申請額が上限の2,000,000円を1,000,000円超えています。金額を直してください。",
        "応募の要件のうち1件を確かめていません。すべてを満たすことを確かめ、印を付けてください。",
    ):
        assert sentence in page
        assert sentence in answer.text


def test_characters_are_counted_as_people_see_them(arranged, browser: Browsers, reading: Writing) -> None:
    window = browser(arranged[0])
    draft = begun(window)
    written(window, draft)
    saved(window, draft, "plan", title="葛󠄀城" * 5)

    with reading():
        found = db.session.get_one(Application, draft.id)
        assert completeness.missing(queries.dossier(found)) == ()


@pytest.mark.parametrize(("at", "status"), [(CLOSES, ApplicationStatus.SUBMITTED), (LATE, ApplicationStatus.DRAFT)])
def test_the_deadline_counts_itself_and_not_a_microsecond_more(
    arranged, browser: Browsers, at: str, status: ApplicationStatus
) -> None:
    window = browser(arranged[0])
    draft = begun(window)
    written(window, draft)
    with time_machine.travel(at, tick=False):
        answer = browser(arranged[0]).post(f"/applications/{draft.id}/confirm")

    assert only().status is status
    if status is ApplicationStatus.DRAFT:
        assert answer.status_code == 422
        assert "届いたのは令和13年4月30日（水）17:00:00で、受け付けられません。" in answer.text
        assert actions(only())[0] == "applications.late"


def test_what_was_typed_too_late_is_shown_and_not_kept(arranged, browser: Browsers) -> None:
    draft = begun(browser(arranged[0]))
    with time_machine.travel("2031-04-30T17:00:01+09:00", tick=False):
        answer = saved(browser(arranged[0]), draft, "plan", title="遅れた題")

    assert answer.status_code == 422
    assert "遅れた題" in answer.text
    assert only().title == ""


def test_resubmission_keeps_its_number(arranged, browser: Browsers) -> None:
    window = browser(arranged[0])
    draft = begun(window)
    written(window, draft)
    window.post(f"/applications/{draft.id}/confirm")
    with time_machine.travel("2031-04-10T11:00:00+09:00", tick=False):
        saved(window, draft, "plan", title="川辺の食卓")
        answer = window.post(f"/applications/{draft.id}/confirm")

    found = only()
    assert answer.location == f"/applications/{draft.id}/receipt"
    assert (found.number, found.title) == ("KW-0001", "川辺の食卓")
    assert found.received_at == dt.datetime.fromisoformat("2031-04-10T11:00:00+09:00")


def test_an_incomplete_replacement_leaves_what_was_submitted(arranged, browser: Browsers) -> None:
    window = browser(arranged[0])
    draft = begun(window)
    written(window, draft)
    window.post(f"/applications/{draft.id}/confirm")
    saved(window, draft, "plan", title="", **{"answer-plan": "書きかけの計画"})
    answer = window.post(f"/applications/{draft.id}/confirm")

    assert answer.status_code == 422
    assert "書きかけの計画" in answer.text
    assert "書きかけの計画" not in window.text(f"/applications/{draft.id}")
    assert (only().title, only().status) == ("川辺の茶の間", ApplicationStatus.SUBMITTED)


def test_a_number_from_outside_is_followed_by_the_next(arranged, browser: Browsers, writing: Writing) -> None:
    window = browser(arranged[0])
    with writing():
        received(db.session.scalars(select(Call)).one(), row(41))
    with db.transaction(write=False):
        group = db.session.scalars(select(Organization).where(Organization.name == "任意団体ほたる")).one()
    url = window.post("/calls/river-2031/apply", {"organization": str(group.id), "tier": "wide"}).location
    url = url.removesuffix("/group")
    for part, typed in WHOLE.items():
        window.post(f"{url}/{part}", {"version": "0", **typed})
    window.post(url.replace("/edit", "/confirm"))

    with db.transaction(write=False):
        numbers = sorted(db.session.scalars(select(Application.number)))
    assert numbers == ["KW-0041", "KW-0042"]


def test_the_second_of_two_windows_gets_both_versions(arranged, browser: Browsers) -> None:
    window = browser(arranged[0])
    draft = begun(window)
    written(window, draft)
    answer = saved(window, draft, "plan", version="0", title="二つ目の窓")

    assert answer.status_code == 409
    assert "川辺の茶の間" in answer.text
    assert "二つ目の窓" in answer.text
    assert only().title == "川辺の茶の間"


def test_nobody_else_writes_or_reads_a_draft(arranged, browser: Browsers, writing: Writing) -> None:
    with writing():
        other = person("other@example.jp")
    draft = begun(browser(arranged[0]))
    for user in (other, arranged[1]):
        for page in ("", "/edit", "/edit/plan", "/edit-tier", "/edit-version", "/confirm", "/receipt"):
            assert browser(user).get(f"/applications/{draft.id}{page}").status_code == 403


def test_an_organisation_is_not_taken_over_by_its_name(arranged, browser: Browsers, writing: Writing) -> None:
    with writing():
        other = person("other@example.jp")
    window = browser(other)
    draft = begun(browser(arranged[0]))
    answer = window.post("/calls/river-2031/apply/group", NEW)
    url = answer.location.removesuffix("/edit/group")

    assert answer.status_code == 302
    assert window.get(f"/applications/{draft.id}").status_code == 403
    assert window.get(url).status_code == 200
    with db.transaction(write=False):
        rows = db.session.scalars(select(Organization).where(Organization.name == "任意団体ほたる")).all()
        assert len(rows) == 2


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"new-name": ""}, "団体名を入力してください。"),
        ({"new-name": "ほたる\u200b会"}, "ほたる"),
        ({"new-representative": ""}, "代表者かどうかを選んでください。"),
        ({"new-tier": ""}, "応募する枠を選んでください。"),
    ],
)
def test_a_wrong_beginning_comes_back_filled(
    writing: Writing, browser: Browsers, typed: dict[str, str], sentence: str
) -> None:
    with writing():
        published()
        applicant = person("new@example.jp")
    answer = browser(applicant).post("/calls/river-2031/apply/group", NEW | typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    with db.transaction(write=False):
        assert db.session.scalars(select(Organization)).all() == []


@pytest.mark.parametrize(("answer", "role"), [("yes", MemberRole.REPRESENTATIVE), ("no", MemberRole.EDITOR)])
def test_who_registers_a_group_says_who_they_are_in_it(
    writing: Writing, browser: Browsers, answer: str, role: MemberRole
) -> None:
    with writing():
        published()
        applicant = person("new@example.jp")
    browser(applicant).post("/calls/river-2031/apply/group", NEW | {"new-representative": answer})

    with db.transaction(write=False):
        assert db.session.scalars(select(Membership.role)).all() == [role]


def submitted(arranged, browser: Browsers) -> Application:
    """A proposal that was submitted in time."""
    window = browser(arranged[0])
    draft = begun(window)
    written(window, draft)
    window.post(f"/applications/{draft.id}/confirm")
    return only()


def test_screening_waits_for_the_deadline(arranged, browser: Browsers) -> None:
    one = submitted(arranged, browser)
    answer = browser(arranged[1]).post(f"/applications/{one.id}/moves/find_eligible", {"reason": ""})

    assert answer.status_code == 422
    assert "締切が過ぎてから形式審査をしてください。" in answer.text
    assert only().status is ApplicationStatus.SUBMITTED


@pytest.mark.parametrize(
    ("move", "reason", "status"),
    [
        ("find_eligible", "", ApplicationStatus.ELIGIBLE),
        ("find_ineligible", "国外の団体", ApplicationStatus.INELIGIBLE),
    ],
)
def test_a_submitted_proposal_is_screened(arranged, browser: Browsers, move: str, reason: str, status) -> None:
    one = submitted(arranged, browser)
    with time_machine.travel("2031-05-02T10:00:00+09:00", tick=False):
        answer = browser(arranged[1]).post(f"/applications/{one.id}/moves/{move}", {"reason": reason})

    assert answer.status_code == 302
    assert only().status is status


def test_reading_a_proposal_is_remembered(arranged, browser: Browsers) -> None:
    one = submitted(arranged, browser)

    browser(arranged[0]).text(f"/applications/{one.id}")
    browser(arranged[1]).text(f"/applications/{one.id}")

    assert actions(one).count("applications.read") == 1
