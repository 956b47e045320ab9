"""The first screening is decided for many at once: a draft, its effects, and all of it or nothing (R3.7)."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from sqlalchemy import select

from grantflow.accounts.models import Role, User
from grantflow.applications.models import Application, ApplicationStatus, ScreeningAnswer, ScreeningVerdict
from grantflow.applications.queries import asking
from grantflow.applications.screening.checklist import items
from grantflow.audit import trail
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.authorization import SYSTEM
from grantflow.core.db import db
from grantflow.mail.models import Mail
from tests.applications import test_web_proposal as web
from tests.applications.test_corrections import ASKED_AT, LATE, given_back
from tests.browsing import Browser
from tests.factories.accounts import organization, person

Browsers = Callable[[User | None], Browser]
URL = "/calls/river-2031/screening/decide"
STATUS = ApplicationStatus

arranged = web.arranged


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    """The call is open."""
    with time_machine.travel(web.OPEN, tick=False) as moved:
        yield moved


@pytest.fixture
def two(arranged, browser: Browsers, now: time_machine.Traveller) -> list[Application]:
    """Two proposals that were submitted in time; the deadline is over."""
    web.submitted(arranged, browser)
    with db.transaction(write=True):
        other = person("other@example.jp")
        db.session.flush()
        group = organization("任意団体みずべ", other)
        group.legal_form = "任意団体"
        db.session.flush()
        group_id = group.id
    window = browser(other)
    window.post("/calls/river-2031/apply", {"organization": str(group_id), "tier": "wide"})
    with db.transaction(write=False):
        draft = db.session.scalars(select(Application).where(Application.organization_id == group_id)).one()
    web.written(window, draft)
    assert window.post(f"/applications/{draft.id}/confirm").status_code == 302
    now.move_to(ASKED_AT)
    return stored()


def stored() -> list[Application]:
    with db.transaction(write=False):
        return list(db.session.scalars(select(Application).order_by(Application.number)))


def proposed(rows: list[Application], *verdicts: str, **reasons: str) -> dict[str, str]:
    """The form as it is sent: a verdict for each, and a reason where one is given by number."""
    typed = {f"seen-{row.id}": str(row.version) for row in rows}
    typed |= {f"verdict-{row.id}": verdict for row, verdict in zip(rows, verdicts, strict=True)}
    return typed | {f"reason-{row.id}": reasons.get(str(row.number).replace("-", "_"), "") for row in rows}


MIXED = ("find_eligible", "find_ineligible")
WHY = {"KW_0002": "拠点が国外にあるため。"}


def mails() -> list[Mail]:
    with db.transaction(write=False):
        return list(db.session.scalars(select(Mail).where(Mail.template == "applications.ineligible")))


def test_every_effect_is_shown_and_nothing_written(arranged, browser: Browsers, two) -> None:
    page = browser(arranged[1]).post(f"{URL}/check", proposed(two, *MIXED, **WHY)).text

    assert "まだ何も変えていません" in page
    assert "審査対象とする：1件。" in page
    assert "対象外とする：1件。" in page
    assert "代表者と連絡先に、理由を添えてメールで知らせます。" in page
    assert WHY["KW_0002"] in page
    assert [row.status for row in stored()] == [STATUS.SUBMITTED] * 2
    assert mails() == []


def test_all_is_applied_and_who_is_out_is_told_why(arranged, browser: Browsers, two) -> None:
    answer = browser(arranged[1]).post(URL, proposed(two, *MIXED, **WHY))

    assert answer.status_code == 302
    assert [row.status for row in stored()] == [STATUS.ELIGIBLE, STATUS.INELIGIBLE]
    assert {mail.recipient for mail in mails()} == {"other@example.jp", "nogawa@example.jp"}
    assert all(WHY["KW_0002"] in mail.body and mail.is_formal for mail in mails())
    told = browser(arranged[1]).text(f"/applications/{two[1].id}")
    assert WHY["KW_0002"] in told


def test_a_group_that_is_in_learns_nothing_and_one_that_is_out_its_reason(arranged, browser: Browsers, two) -> None:
    browser(arranged[1]).post(URL, proposed(two, *MIXED[::-1], KW_0001="要件を満たさないため。"))

    page = browser(arranged[0]).text(f"/applications/{two[0].id}")
    with db.transaction(write=False):
        other = db.session.scalars(select(User).where(User.email == "other@example.jp")).one()
    theirs = browser(other).text(f"/applications/{two[1].id}")
    assert "要件を満たさないため。" in page
    assert "対象外" in page
    assert "審査対象" not in theirs


def test_a_proposal_that_changed_since_stops_all(arranged, browser: Browsers, two) -> None:
    officer, typed = browser(arranged[1]), proposed(two, "find_eligible", "find_eligible")
    officer.post(f"/applications/{two[1].id}/moves/withdraw", {"reason": "団体から連絡があったため。"})

    answer = officer.post(URL, typed)

    assert answer.status_code == 422
    assert "1件も変えていません。" in answer.text
    assert "KW-0002：案を作ったあとに、この応募が変わりました。" in answer.text
    assert [row.status for row in stored()] == [STATUS.SUBMITTED, STATUS.WITHDRAWN]


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_drafts_the_second_is_refused_whole(arranged, browser: Browsers, two, first: int) -> None:
    drafts = [proposed(two, "find_eligible", ""), proposed(two, "find_ineligible", "find_eligible", KW_0001="x")]
    officer = browser(arranged[1])

    codes = [officer.post(URL, drafts[place]).status_code for place in (first, 1 - first)]

    assert codes == [302, 422]
    expected = [[STATUS.ELIGIBLE, STATUS.SUBMITTED], [STATUS.INELIGIBLE, STATUS.ELIGIBLE]]
    assert [row.status for row in stored()] == expected[first]


@pytest.mark.parametrize(
    ("verdicts", "reasons", "sentence"),
    [
        (("", "find_ineligible"), {}, "KW-0002：理由が空です。"),
        (("", "find_eligible"), {"KW_0002": "よい"}, "「対象外とする」が選ばれていません。"),
        (("", "find_ineligible"), {"KW_0002": "あ" * 2001}, "2,000文字以内"),
        (("", "find_ineligible"), {"KW_0002": "見え\u200bない"}, "KW-0002："),
    ],
)
def test_what_is_wrong_is_told_and_kept(arranged, browser: Browsers, two, verdicts, reasons, sentence: str) -> None:
    officer, typed = browser(arranged[1]), proposed(two, *verdicts, **reasons)

    answers = [officer.post(url, typed) for url in (f"{URL}/check", URL)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all(sentence in answer.text for answer in answers)
    assert [row.status for row in stored()] == [STATUS.SUBMITTED] * 2


def test_who_is_looked_through_is_chosen_beforehand(arranged, browser: Browsers, two) -> None:
    with db.transaction(write=True):
        for row, last in zip(stored(), (ScreeningVerdict.YES, ScreeningVerdict.NO), strict=True):
            asked = asking(db.session.get_one(Application, row.id))
            for item in items(asked.says, asked.tier.key):
                verdict = last if item.key == "contact" else ScreeningVerdict.NOT_APPLICABLE
                db.session.add(
                    ScreeningAnswer(
                        application_id=row.id,
                        item=item.key,
                        verdict=verdict,
                        answered_at=clock.now(),
                        answered_by="事務局",
                    )
                )
        trail.record("applications.read", db.session.get_one(Application, two[0].id), by=SYSTEM)

    page = browser(arranged[1]).text(URL)

    chosen = [line for line in page.split("\n") if 'type="radio"' in line and "checked" in line]
    assert [("find_eligible" in line) for line in chosen] == [True, False]


def test_what_was_not_mended_in_time_can_only_be_found_ineligible(arranged, browser: Browsers, two, now) -> None:
    given_back(arranged, browser, two[0])
    during = browser(arranged[1]).text(URL)
    now.move_to(LATE)
    officer = browser(arranged[1])
    rows = stored()

    page = officer.text(URL)
    shown = officer.post(f"{URL}/check", proposed(rows, "find_eligible", "find_eligible")).text
    done = officer.post(URL, proposed(rows, "find_ineligible", "find_eligible", KW_0001="期限までに届かなかったため。"))

    assert "KW-0001" not in during
    assert "補正の期限を過ぎました。" in page
    assert "適用できない応募が1件あります。" in shown
    assert done.status_code == 302
    assert [row.status for row in stored()] == [STATUS.INELIGIBLE, STATUS.ELIGIBLE]


def test_before_the_deadline_nothing_is_decided(arranged, browser: Browsers, two, now) -> None:
    now.move_to("2031-04-20T10:00:00+09:00")

    answer = browser(arranged[1]).post(URL, proposed(two, "find_eligible", "find_eligible"))

    assert answer.status_code == 422
    assert "締切が過ぎてから形式審査をしてください。" in answer.text
    assert [row.status for row in stored()] == [STATUS.SUBMITTED] * 2


def test_nobody_else_decides(arranged, browser: Browsers, two) -> None:
    with db.transaction(write=True):
        call = db.session.scalars(select(Call)).one()
        people = [arranged[0], *(person(f"{role}@example.jp", role, call) for role in (Role.AUDITOR, Role.SPONSOR))]

    for who in people:
        window = browser(who)
        assert window.get(URL).status_code == 403
        assert window.post(URL, proposed(two, *MIXED, **WHY)).status_code == 403
    assert [row.status for row in stored()] == [STATUS.SUBMITTED] * 2


def test_who_is_back_in_is_told(arranged, browser: Browsers, two) -> None:
    officer = browser(arranged[1])
    officer.post(URL, proposed(two, *MIXED, **WHY))

    officer.post(f"/applications/{two[1].id}/moves/find_eligible", {"reason": "拠点を確かめたため。"})

    with db.transaction(write=False):
        told = db.session.scalars(select(Mail).where(Mail.template == "applications.eligible_again")).all()
    assert [row.status for row in stored()] == [STATUS.ELIGIBLE] * 2
    assert all("拠点を確かめたため。" in mail.body for mail in told)
    assert len(told) == 2
