"""Files handed in on a page: looked at first, applied as they were shown, and refused with every problem."""

import io
import re

import html5lib
import pytest
from sqlalchemy import func, select

from grantflow.accounts.models import Organization, Role
from grantflow.applications.models import Application
from grantflow.audit import queries as audit
from grantflow.awards.models import AdoptionList, Decision
from grantflow.calls.queries import call
from grantflow.core.db import db
from grantflow.files.models import StoredFile
from grantflow.files.storage import place_of, shelf
from grantflow.review.models import Score
from tests.factories.accounts import person
from tests.factories.applications import received, row
from tests.factories.calls import published
from tests.policy.world import arranged

URL = "/calls/river-2031/load/{}"
HEAD = "number,tier,organization,title,requested_yen\n"
TWO = HEAD + "KW-0001,wide,灯りの会,灯りを増やす,1000\nKW-0002,near,川の会,灯りを守る,500000\n"


@pytest.fixture
def office(writing):
    """Somebody of the secretariat of a call without proposals."""
    with writing():
        return person("office@example.jp", Role.SECRETARIAT, published())


def words(answer):
    tree = html5lib.parse(answer.get_data(as_text=True), namespaceHTMLElements=False)
    return re.sub(r"\s+", " ", "".join(tree.find(".//main").itertext())).strip()


def hand_in(client, kind, text, name="表.csv"):
    """The answer to a file, and the address of what it would do."""
    answer = client.post(URL.format(kind), {"file": (io.BytesIO(text.encode()), name)})
    return answer, answer.location


def shown(answer):
    """The fingerprint of the effects on the page."""
    return re.search(r'name="shown" type="hidden" value="([0-9a-f]*)"', answer.get_data(as_text=True))[1]


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_what_may_be_sent_is_said_before_anything_is_chosen(office, browser):
    page = words(browser(office).get(URL.format("applications")))

    assert "20 MBまで" in page
    assert "20,000文字まで" in page
    assert "この公募では wide、near のどれかです。" in page


def test_a_file_is_kept_and_looked_at_and_nothing_is_loaded(office, browser, reading):
    client = browser(office)

    answer, url = hand_in(client, "applications", TWO)
    page = words(client.get(url))

    assert answer.status_code == 302
    assert "応募2件を加えます" in page
    assert "枠①1件" in page.replace(" ", "")
    assert "新しく登録する団体2団体" in page.replace(" ", "")
    with reading():
        kept = db.session.scalars(select(StoredFile)).one()
        assert (kept.name, shelf.read(kept.sha256)) == ("表.csv", TWO.encode())
        assert (count(Application), count(Organization)) == (0, 0)


def test_what_was_shown_is_applied(office, browser, reading):
    client = browser(office)
    _, url = hand_in(client, "applications", TWO)

    answer = client.post(url, {"shown": shown(client.get(url))})

    assert (answer.status_code, answer.location) == (302, "/calls/river-2031/applications")
    assert "応募2件を取り込みました（新しい団体 2）。" in words(client.get(answer.location))
    with reading():
        rows = db.session.scalars(select(Application).order_by(Application.number)).all()
        assert [(row.number, row.organization_name) for row in rows] == [("KW-0001", "灯りの会"), ("KW-0002", "川の会")]
        assert audit.history(rows[0])[0].actor_name == office.name


def test_every_problem_is_told_with_its_line_and_column_and_nothing_changes(office, browser, reading):
    client = browser(office)
    bad = "number,tier,organization,title,requested_yen\nKW-0001,sea,灯りの会,灯り,1000\nKW-0001,near,川の会,,５００\n"

    _, url = hand_in(client, "applications", bad)
    answer = client.get(url)

    page = words(answer)
    assert "直すところが4件あります" in page
    told = re.findall(r"<li>(表\.csv:[^<]+)</li>", answer.get_data(as_text=True))
    assert [problem.split(": ")[:2] for problem in told] == [
        ["表.csv:2", "tier"],
        ["表.csv:3", "title"],
        ["表.csv:3", "number"],
        ["表.csv:3", "requested_yen"],
    ]
    assert "適用する" not in page
    with reading():
        assert count(Application) == 0


def test_a_file_with_problems_cannot_be_applied(office, browser, reading):
    client = browser(office)
    _, url = hand_in(client, "applications", "number,tier\nKW-0001,wide\n")

    answer = client.post(url, {"shown": ""})

    assert answer.status_code == 409
    assert "必要な列がありません" in words(answer)
    with reading():
        assert count(Application) == 0


def test_many_problems_stand_on_pages(office, browser):
    client = browser(office)
    rows = "".join(f"KW-{number:04},sea,灯りの会,灯り,1000\n" for number in range(450))
    _, url = hand_in(client, "applications", "number,tier,organization,title,requested_yen\n" + rows)

    pages = [client.get(f"{url}?page={number}").get_data(as_text=True) for number in (1, 2, 3)]

    assert [len(re.findall(r"<li>表\.csv:", page)) for page in pages] == [200, 200, 50]


def test_what_changed_in_between_is_shown_again_before_it_is_applied(office, browser, writing, reading):
    client = browser(office)
    _, url = hand_in(client, "applications", TWO)
    seen = shown(client.get(url))
    _, other = hand_in(client, "applications", TWO.replace("KW-000", "KW-010"), "別.csv")
    client.post(other, {"shown": shown(client.get(other))})

    answer = client.post(url, {"shown": seen})

    assert answer.status_code == 409
    assert "ほかの人の操作で登録の内容が変わりました" in words(answer)
    assert "新しく登録する団体0団体" in words(answer).replace(" ", "")
    with reading():
        assert count(Application) == 2
    assert client.post(url, {"shown": shown(answer)}).status_code == 302


def test_a_file_is_applied_once(office, browser, reading):
    client = browser(office)
    _, url = hand_in(client, "applications", TWO)
    seen = shown(client.get(url))
    client.post(url, {"shown": seen})

    answer = client.post(url, {"shown": seen})

    assert answer.status_code == 409
    assert "もう登録されています" in words(answer)
    with reading():
        assert count(Application) == 2


def test_a_file_that_is_gone_from_the_disk_is_asked_for_again(office, browser, reading):
    client = browser(office)
    _, url = hand_in(client, "applications", TWO)
    with reading():
        shelf.place.path(place_of(db.session.scalars(select(StoredFile)).one().sha256)).unlink()

    answer = client.get(url)

    assert answer.status_code == 503
    assert "もう一度ファイルを選んで送ってください" in words(answer)


def test_no_file_is_no_file(office, browser, reading):
    answer = browser(office).post(URL.format("applications"))

    assert answer.status_code == 422
    assert "ファイルを選んでください。" in words(answer)
    with reading():
        assert count(StoredFile) == 0


def test_a_file_of_another_kind_or_another_call_is_not_found(store, browser):
    world = arranged("undecided")
    client = browser(world.people["administrator"])
    file = world.files["scores"]

    found = [
        client.get(url).status_code
        for url in (
            f"/calls/river-2031/load/scores/{file.id}",
            f"/calls/river-2031/load/decisions/{file.id}",
            f"/calls/mountain-2031/load/scores/{file.id}",
        )
    ]

    assert found == [200, 404, 404]


def test_scores_are_told_by_reviewer_and_what_is_missing(office, browser, writing, reading):
    client = browser(office)
    with writing():
        received(call("river-2031"), row(1))
    text = "number,reviewer,criterion,score\nKW-0001,甲,body,3\nKW-0001,甲,aim,4\nKW-0001,乙,body,2\n"

    _, url = hand_in(client, "scores", text)
    page = client.get(url)
    answer = client.post(url, {"shown": shown(page)})

    told = words(page)
    assert "評点3件を加えます" in told
    assert "これが最初の評点です" in told
    assert "まだ足りない項目がある採点表1枚" in told.replace(" ", "")
    assert answer.status_code == 302
    with reading():
        assert count(Score) == 3


def test_decisions_tell_what_changes_and_that_the_agreement_falls(store, browser, reading):
    world = arranged("agreed")
    client = browser(world.people["secretariat"])
    url = f"/calls/river-2031/load/decisions/{world.files['decisions'].id}"

    page = client.get(url)
    answer = client.post(url, {"shown": shown(page)})

    told = words(page)
    assert "採否1件のうち、いまと違う1件を変えます" in told
    assert "確定した一覧（第1版）は案に戻り、合意も取り消されます。" in told
    assert re.search(r"KW-0001\S* ?.*採択補欠", told.replace(" ", ""))
    assert answer.status_code == 302
    with reading():
        found = db.session.scalars(select(Decision).where(Decision.application_id == world.theirs.id)).one()
        assert found.outcome == "reserve"
        assert db.session.scalars(select(AdoptionList.status)).all() == ["draft"]
