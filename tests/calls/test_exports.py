"""Whoever takes a list away is remembered, with the number of its rows and its hash."""

import csv
import hashlib
import io

import pytest

from grantflow.audit import queries as audit
from grantflow.core.db import db
from tests.policy.world import arranged


def newest(thing):
    with db.open(write=False):
        return audit.history(thing)[0]


@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("applications.csv", 2),
        ("applications.csv?tier=near", 0),
        ("applications.xlsx", 2),
        ("ranking.csv", 2),
        ("ranking.xlsx", 2),
        ("ranking.json", 2),
    ],
)
def test_a_list_of_a_call_says_how_many_rows_it_has_and_its_hash(store, browser, path, rows):
    world = arranged("undecided")

    answer = browser(world.people["secretariat"]).get(f"/calls/river-2031/{path}")

    told = newest(world.call)
    sha256 = hashlib.sha256(answer.get_data()).hexdigest()
    assert (answer.headers["X-Row-Count"], answer.headers["X-Content-SHA256"]) == (str(rows), sha256)
    assert (told.action, told.actor_name) == ("calls.export", "secretariat")
    assert told.details == {"file": f"river-2031-{path.partition('?')[0]}", "rows": rows, "sha256": sha256}


def test_the_count_is_that_of_the_file(store, browser):
    world = arranged("undecided")

    answer = browser(world.people["auditor"]).get("/calls/river-2031/applications.csv")

    lines = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert len(lines) - 1 == int(answer.headers["X-Row-Count"])


def test_a_list_before_its_publication_is_remembered_and_a_public_one_is_not(store, browser):
    world = arranged("published")
    office = browser(world.people["sponsor"])

    own = office.get(f"/lists/{world.adoption_list.id}.csv")
    event = newest(world.adoption_list)
    public = browser(None).get("/calls/river-2031/result.csv")

    assert (own.headers["X-Row-Count"], public.headers["X-Row-Count"]) == ("1", "1")
    assert own.headers["X-Content-SHA256"] == public.headers["X-Content-SHA256"]
    assert (event.action, event.details["rows"]) == ("adoption_lists.export", 1)
    assert newest(world.adoption_list) == event


def test_a_refused_export_leaves_no_event(store, browser):
    world = arranged("undecided")
    before = newest(world.call)

    answer = browser(world.people["sponsor"]).get("/calls/river-2031/applications.csv")

    assert answer.status_code == 403
    assert newest(world.call) == before
