"""Nothing leaks before publication: with a decision in the database and without, a group is answered byte for byte."""

import csv
import datetime as dt
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import product
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from grantflow.accounts.models import Organization, Role, User
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.applications.outline import Part
from grantflow.applications.workflow import APPLICATION
from grantflow.awards import loading as decisions
from grantflow.awards import operations as awards
from grantflow.awards.models import AdoptionList
from grantflow.calls import queries as calls
from grantflow.calls.models import Call
from grantflow.core.db import db
from grantflow.core.tables import read_table
from tests.applications import test_web_proposal as web
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, person

Browsers = Callable[[User | None], Browser]
Answers = dict[str, tuple[int, tuple[tuple[str, str], ...], bytes]]
REVIEW = dt.datetime.fromisoformat("2031-05-20T10:00:00+09:00")
#: Told apart from request to request, whoever asks.
OF_THE_REQUEST = {"X-Request-ID", "Date"}
#: Not of the database, and a page that makes a new secret each time.
OTHERWISE = {"static", "codes.set_up"}
WORDS: dict[str, tuple[Any, ...]] = {
    "slug": ("river-2031",),
    "part": tuple(part.value for part in Part),
    "name": ("withdraw", "put_away", "find_eligible"),
    "format": ("csv", "xlsx", "pdf", "html"),
    "number": (1,),
    "since": (1,),
    "version": (1,),
    "key": ("unknown",),
}

arranged = web.arranged


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    """The call is open at first."""
    with time_machine.travel(web.OPEN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def reviewed(arranged, browser: Browsers, now: time_machine.Traveller, writing) -> tuple[Application, User]:
    """A proposal that was submitted and found eligible, long after the deadline; and somebody of another group."""
    window = browser(arranged[0])
    draft = web.begun(window)
    web.written(window, draft)
    assert window.post(f"/applications/{draft.id}/confirm").status_code == 302
    now.move_to(REVIEW, tick=False)
    with writing() as session:
        stranger = person("stranger@example.jp", Role.APPLICANT)
        row = session.get_one(Application, draft.id)
        APPLICATION.fire("find_eligible", row, by=calls.actor(arranged[1]), reason="")
    return draft, stranger


def decide(decision: str, as_far_as: str) -> None:
    """Put a decision into the database, and its list as far as that."""
    text = StringIO()
    csv.writer(text).writerows([decisions.COLUMNS.required, ("KW-0001", decision)])
    with db.transaction(write=True) as session:
        call = session.scalars(select(Call)).one()
        table = read_table(text.getvalue().encode(), "rows.csv", decisions.COLUMNS)
        decisions.apply(decisions.plan(call, table), by=OPERATOR)
        session.flush()
        if as_far_as != "decided":
            row = awards.to_freeze(call, by=OPERATOR)
            awards.freeze(row, by=OPERATOR)
            if as_far_as == "agreed":
                awards.agree(row, "架空第1号", dt.date(2031, 5, 19), "架空 太郎", by=OPERATOR)


def addresses(app: Flask, draft: Application) -> list[str]:
    """Every address of a page or file, with each of the rows there are in the place of its id."""
    with db.transaction(write=False):
        ids = [draft.id, db.session.scalars(select(Organization.id)).one()]
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.endpoint not in OTHERWISE:
                names = sorted(rule._converters)
                for values in product(*(choices(rule, name, ids) for name in names)):
                    found.append(app.url_for(rule.endpoint, **dict(zip(names, values, strict=True))))
    return found


def choices(rule: Rule, name: str, ids: list[Any]) -> tuple[Any, ...]:
    """What may stand in that place of the address."""
    converter = rule._converters[name]
    if hasattr(converter, "items"):
        return tuple(sorted(converter.items))
    if type(converter).__name__ == "UUIDConverter":
        return tuple(ids)
    if type(converter).__name__ == "IntegerConverter":
        return (1,)
    return WORDS.get(name, ("unknown",))


def answers(window: Browser, urls: list[str], draft: Application) -> Answers:
    """What is answered to every address, and to every form that is refused by now; headers and lengths too."""
    found: Answers = {}
    window.client.get("/")  # shows what was said before
    for url in urls:
        found[url] = told(window.client.get(url))
    forms: dict[str, dict[str, str]] = {
        **{f"/applications/{draft.id}/edit/{part}": {"version": "1", **typed} for part, typed in web.WHOLE.items()},
        f"/applications/{draft.id}/edit/plan/autosave": {"version": "1", **web.WHOLE["plan"]},
        f"/applications/{draft.id}/edit-tier": {"tier": "near"},
        f"/applications/{draft.id}/confirm": {"key": "another"},
        f"/applications/{draft.id}/moves/put_away": {"reason": "やめるため。"},
        "/calls/river-2031/apply": {"tier": "wide"},
    }
    for url, typed in forms.items():
        found[f"POST {url}"] = told(window.client.post(url, data=typed))
    return found


def told(answer: Any) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """Status, headers and body of an answer, without what differs between any two requests."""
    headers = tuple(sorted((name, value) for name, value in answer.headers.items() if name not in OF_THE_REQUEST))
    return answer.status_code, headers, answer.get_data()


@pytest.mark.parametrize(
    ("decision", "as_far_as"),
    [("adopted", "decided"), ("reserve", "frozen"), ("not_adopted", "decided"), ("adopted", "agreed")],
)
def test_a_decision_that_is_not_published_changes_no_byte(
    app: Flask, arranged, reviewed: tuple[Application, User], browser: Browsers, decision: str, as_far_as: str
) -> None:
    draft, stranger = reviewed
    who = {"member": arranged[0]} | ({"stranger": stranger, "visitor": None} if as_far_as == "agreed" else {})
    urls = addresses(app, draft)
    windows = {name: browser(user) for name, user in who.items()}
    before = {name: answers(window, urls, draft) for name, window in windows.items()}
    decide(decision, as_far_as)
    after = {name: answers(window, urls, draft) for name, window in windows.items()}

    with db.transaction(write=False):
        row = db.session.get_one(Application, draft.id)
        assert row.status is ApplicationStatus(decision)
        assert row.call.status.value == "published"
    opened = {url for url, (status, _headers, _body) in before["member"].items() if status == 200}
    assert f"/applications/{draft.id}" in opened
    assert f"/applications/{draft.id}/receipt" in opened
    assert f"/applications/{draft.id}/versions/1/receipt.pdf" in opened
    assert "/desk" in opened
    for name in who:
        different = [url for url in before[name] if before[name][url] != after[name][url]]
        assert different == [], name


def test_the_words_of_a_decision_stand_nowhere(
    app: Flask, arranged, reviewed: tuple[Application, User], browser: Browsers
) -> None:
    """What two equal worlds cannot show: a decision in both."""
    draft, _stranger = reviewed
    decide("adopted", "decided")
    window = browser(arranged[0])
    pages = [
        f"/applications/{draft.id}",
        f"/applications/{draft.id}/edit",
        f"/applications/{draft.id}/edit/plan",
        f"/applications/{draft.id}/receipt",
        f"/applications/{draft.id}/moves/put_away",
        "/desk",
    ]

    for url in pages:
        text = window.client.get(url).text
        assert "「採択」" not in text, url
        assert ApplicationStatus.NOT_ADOPTED.label not in text, url
        assert ApplicationStatus.RESERVE.label not in text, url


def test_a_group_reads_what_comes_next_and_when(
    arranged, reviewed: tuple[Application, User], browser: Browsers
) -> None:
    draft, _stranger = reviewed
    page = browser(arranged[0]).text(f"/applications/{draft.id}")
    receipt = browser(arranged[0]).text(f"/applications/{draft.id}/receipt")

    for text in (page, receipt):
        assert "いまの段階とこれから" in text
        assert "審査委員会が審査し、採否を決めます。" in text
        assert "審査委員会の審査" in text


def test_no_list_is_published(reviewed: tuple[Application, User]) -> None:
    decide("adopted", "agreed")
    with db.transaction(write=False):
        assert [row.status.value for row in db.session.scalars(select(AdoptionList))] == ["agreed"]
