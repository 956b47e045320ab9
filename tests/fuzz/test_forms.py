"""Whatever is sent to a form, the answer is a page that says what is wrong, and it comes soon."""

import random
import time
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.datastructures import MultiDict

from grantflow.accounts.models import Role, User
from grantflow.applications import correcting, proxies
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.audit import queries as audit
from grantflow.audit import trail
from grantflow.calls.models import Call
from grantflow.core.db import db
from tests.browsing import Browser
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.calls import small_definition
from tests.fuzz import files as invented
from tests.fuzz.forms import Fields, Target, endpoint_of, forms_for
from tests.fuzz.words import SECONDS, inputs, word
from tests.policy.test_routes import ADDRESSES, BY_STATE, EVERY_STATE
from tests.policy.world import WHO, World, arranged

POSTS = sorted(case.split()[1] for case in EVERY_STATE if case.startswith("POST"))
#: Pages that read what stands in their address.
ASKED = {
    "applications.index": ("q", "tier", "status", "sort", "page"),
    "applications.export": ("q", "tier", "status", "sort"),
    "screening.index": ("q", "tier", "status", "left", "sort", "page"),
    "awards.decisions": ("tier", "page"),
    "review.ranking": ("reviewers", "page0", "page1", "flag0", "flag"),
    "everybody.index": ("q", "page"),
    "accounts.sign_in": ("next",),
}
KINDS = ("application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain", "")
FILENAMES = ("表.csv", "a.xlsx", "../x", "", "公募.toml", "a\x00b.csv", "長" * 400)
NEED_A_LIST = ("awards.letter", "awards.file", "home.history_of_list")
PARSED_EVERY = SIGNED_IN_EVERY = 25
#: Which state of the list shows the form; the rest are looked at before anything is decided.
STATES = {
    **{f"awards.{move}": "frozen" for move in ("freeze", "agree", "lapse", "letter_step")},
    **{f"awards.{move}": "agreed" for move in ("publish", "schedule", "cancel_schedule")},
}
#: Who sends it, where the first in the table would not see the form.
SENDERS = {
    "awards.agree": "sponsor",
    "home.speak": "member",
    "accounts.begin": "visitor",
    "accounts.welcome": "visitor",
    **{f"registering.{view}": "visitor" for view in ("ask", "forgot", "finish")},
    **{f"proxies.{view}": "secretariat" for view in ("issue", "hand_in", "act")},
    "officers.export": "checker",
    **{f"officer_checks.{view}": "checker" for view in ("check", "record")},
}


def sender(case: str) -> str:
    """Who may do it."""
    endpoint = case.split()[1]
    marks = EVERY_STATE[case] if case in EVERY_STATE else BY_STATE[case]["published"]
    allowed = [who for who, mark in zip(WHO, marks.split(), strict=True) if mark == "o"]
    if endpoint in SENDERS:
        return SENDERS[endpoint]
    return next((who for who in ("secretariat", "member", "reviewer") if who in allowed), allowed[-1])


def prepared(endpoint: str, world: World) -> None:
    """What only some forms need: a proposal that was typed for its group or is over the cap, an officer checker."""
    with db.transaction(write=True):
        if endpoint.startswith("screening."):
            theirs = db.session.get_one(Application, world.theirs.id)
            theirs.requested_yen = theirs.tier.cap_yen + 1
            trail.record("applications.write", theirs, by=OPERATOR)
        if endpoint.startswith("proxies."):
            call = db.session.get_one(Call, world.call.id)
            group = organization("代筆の会")
            db.session.flush()
            world.theirs = proxies.begin(call, call.tiers[0], group, "郵送 4月9日", by=OPERATOR, at=call.opens_at)
        if endpoint.startswith(("corrections.", "deciding.")):
            _wait_for_screening(world, given_back=endpoint == "corrections.extend")
        if endpoint.startswith(("officers.export", "officer_checks.")):
            world.people["checker"] = person("checker@example.jp", Role.OFFICER_CHECKER, world.call)
            db.session.flush()


def _wait_for_screening(world: World, *, given_back: bool) -> None:
    """Let one proposal wait for the first screening, or for its group to mend it."""
    theirs = db.session.get_one(Application, world.theirs.id)
    at = Application.__table__.c
    db.session.execute(update(Application).where(at.id == theirs.id).values(status=ApplicationStatus.SUBMITTED))
    trail.record("applications.submit", theirs, by=OPERATOR)
    db.session.flush()
    db.session.refresh(theirs)
    if given_back:
        due_at = correcting.due(theirs)
        correcting.ask(theirs, {"plan.title": "直す"}, "不備", seen=due_at, link="", by=OPERATOR)


def address(app: Flask, endpoint: str, world: World) -> str:
    """Where the endpoint is in this world."""
    values = ADDRESSES.get(endpoint, lambda world: {"slug": world.call.slug})(world)
    rule = next(app.url_map.iter_rules(endpoint))
    values = {name: value for name, value in values.items() if name in rule.arguments}
    with app.test_request_context():
        return app.url_for(endpoint, **values)


def unshown(endpoint: str, world: World) -> Fields:
    """What is in a form that only the answer to another form shows."""
    theirs = str(world.theirs.id)
    return {
        "awards.decide": (
            ("id", theirs),
            *((f"{theirs}-{name}", value) for name, value in (("seen", ""), ("chosen", "adopted"), ("reason", "理由"))),
            *((f"{theirs}-{name}", value) for name, value in (("amount_yen", "1,000円"), ("condition", ""))),
        ),
        "deciding.apply": (
            (f"seen-{theirs}", "1"),
            (f"verdict-{theirs}", "find_ineligible"),
            (f"reason-{theirs}", "外"),
        ),
        "officer_checks.record": (
            *((f"{name}-{theirs}", value) for name, value in (("seen", "0"), ("result", "no_match"), ("note", "済"))),
            *(("on", "2026-06-09"), ("reference", "架空警第12号")),
        ),
        "accounts.welcome": (("password", "correct-horse-battery"), ("again", "correct-horse-battery")),
    }.get(endpoint, (("reason", "理由"), ("version", "1"), ("name", "灯り")))


def targets(app: Flask, client: FlaskClient, endpoint: str, world: World) -> list[Target]:
    """Every form that is sent to the endpoint."""
    blueprint = endpoint.split(".")[0]
    gets = [case.split()[1] for case in EVERY_STATE if case.startswith("GET ")]
    near = [each for each in gets if each.split(".")[0] == blueprint]
    starts = []
    for each in (endpoint, *near, "calls.versions", "home.desk", "review.application_sheets"):
        if each in gets and (world.adoption_list or each not in NEED_A_LIST):
            starts.append(address(app, each, world))
    found = forms_for(app, client, endpoint, starts)
    return found or [Target(address(app, endpoint, world), unshown(endpoint, world), (), ())]


def body(chance: random.Random, target: Target, known: list[str]) -> dict[str, Any]:
    """The form with a few of its fields spoilt, or something that is no form at all."""
    if chance.random() < 0.03:
        return {
            "data": chance.randbytes(300),
            "content_type": chance.choice(["application/json", "multipart/form-data", ""]),
        }
    if chance.random() < 0.03:
        return {
            "data": b"a=%ff%00&b=%zz&=&&;" + chance.randbytes(50),
            "content_type": "application/x-www-form-urlencoded",
        }
    fields: list[tuple[str, Any]] = [pair for pair in target.fields if chance.random() < 0.95]
    for _ in range(chance.randrange(4)):
        names = [name for name, _ in fields]
        name = chance.choice([*names, *names, *names, word(chance, known)])
        if name not in names or chance.random() < 0.3:
            fields.append((name, word(chance, known)))
        else:
            fields[names.index(name)] = (name, word(chance, known))
    for name in target.files:
        if chance.random() < 0.9:
            fields.append(
                (name, (BytesIO(_file(chance, known)), chance.choice(["表.csv", "a.xlsx", "../x", "", "公募.toml"])))
            )
    if fields and chance.random() < 0.05:
        name = fields[0][0]
        fields.append((name, (BytesIO(b"%PDF-1.7"), "x.pdf")))
    return {"data": MultiDict((name[:200], value) for name, value in fields)}


def _file(chance: random.Random, known: list[str]) -> bytes:
    if chance.random() < 0.3:
        return invented.definition(chance, small_definition(), known)
    columns = ["number", chance.choice(["decision", "tier", "reviewer"]), "organization", "title", "requested_yen"]
    return invented.table(chance, columns, ["KW-0001", "adopted", "会", "灯り", "1000"], known) or b"%PDF-1.7"


class HastyBrowser(Browser):
    """A browser that looks only now and then whether what it gets is HTML: that costs more than the answer."""

    def __init__(self, app: Flask, user: User | None) -> None:
        super().__init__(app, user)
        self.hasty = FlaskClient(app, app.response_class)
        cookie = self.client.get_cookie("session")
        if cookie:
            self.hasty.set_cookie("session", cookie.value)


def answered(browser: HastyBrowser, method: str, url: str, what: tuple[int, object], **sent: Any) -> None:
    """The answer comes in time, and is no fault of ours."""
    client = browser.hasty if what[0] % PARSED_EVERY else browser.client
    # The time of this thread: what runs beside it on the machine says nothing of the answer
    began = time.thread_time()
    try:
        answer = client.open(url, method=method, **sent)
    except Exception as error:
        raise AssertionError((url, what)) from error
    assert answer.status_code < 500, (url, what)
    assert time.thread_time() - began < SECONDS, (url, what)


def words_of(world: World) -> list[str]:
    """What means something here: ids, numbers, keys, names."""
    rows = [world.call, world.other_call, world.theirs, world.another, world.sheet, world.draft, world.adoption_list]
    ids = [str(row.id) for row in rows if row is not None]
    people = [str(user.id) for user in world.people.values() if user is not None]
    return [*ids, *people, *("KW-0001", "river-2031", "wide", "near", "body", "aim", "adopted", "reviewer@example.jp")]


@pytest.mark.parametrize("endpoint", POSTS)
def test_no_form_breaks(app: Flask, dialect: str, endpoint: str) -> None:
    world = arranged(STATES.get(endpoint, "undecided"))
    prepared(endpoint, world)
    who = world.people[sender(f"POST {endpoint}")]
    found, known = targets(app, HastyBrowser(app, who).hasty, endpoint, world), words_of(world)

    for sent_so_far, number in enumerate(inputs(dialect)):
        chance = random.Random(f"{endpoint} {number}")
        # What was sent may have ended the sign-in
        if sent_so_far % SIGNED_IN_EVERY == 0:
            asking = HastyBrowser(app, who)
        target = chance.choice(found)
        sent = body(chance, target, [*known, *target.choices, *(value for _, value in target.fields)])
        what = (number, sent["data"])
        answered(asking, "POST", target.url, what, **sent)

    assert {endpoint_of(app, target.url, "POST") for target in found} == {endpoint}
    with db.transaction(write=False):
        assert audit.verify().holds


@pytest.mark.parametrize("endpoint", ASKED)
def test_no_question_breaks_a_page(app: Flask, dialect: str, endpoint: str) -> None:
    world = arranged("undecided")
    asking, url = HastyBrowser(app, world.people[sender(f"GET {endpoint}")]), address(app, endpoint, world)
    known = [*words_of(world), "-mean", "number", "2", "1"]

    for number in inputs(dialect):
        chance = random.Random(f"{endpoint} {number}")
        names = [*ASKED[endpoint], "other", "page"]
        query = MultiDict((chance.choice(names), word(chance, known)[:2000]) for _ in range(chance.randrange(1, 4)))
        answered(asking, "GET", url, (number, query), query_string=query)
