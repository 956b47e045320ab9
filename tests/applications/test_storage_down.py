"""While the storage of files does not do its part: who hands in or wants a file is told, and everything else stays."""

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
import time_machine

from grantflow.accounts.models import User
from grantflow.files.storage import place_of, shelf
from tests.applications import test_attachments as files
from tests.applications import test_consents as partners
from tests.browsing import Browser
from tests.factories.attachments import pdf
from tests.files.failing import FailsAt

Browsers = Callable[[User | None], Browser]
NOT_KEPT = "いま保管できませんでした。前に保存した内容とほかのファイルは、そのまま残っています。"
GONE = "の中身を取り出せません。"
UNREACHED = "いま取り出せません。"

arranged = files.arranged
consents = partners.arranged


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    """The call is open."""
    with time_machine.travel(files.OPEN, tick=False):
        yield


@pytest.fixture
def failing() -> Iterator[Callable[[int], FailsAt]]:
    """Has the storage fail at its nth call from now on, and not after that unless it is told so."""
    place = shelf.place

    def fails(nth: int, *, onwards: bool = True) -> FailsAt:
        at = FailsAt(place, nth, onwards=onwards)
        shelf.use(at)
        return at

    yield fails
    shelf.use(place)


@pytest.mark.parametrize("nth", range(1, 5))
def test_a_script_is_told_that_a_file_could_not_be_kept(arranged, browser: Browsers, failing, nth: int) -> None:
    draft, people = arranged
    failing(nth)

    answer = files.sent(browser(people["writer"]), draft, (pdf(1), "会則.pdf"), headers=files.SCRIPT)

    assert (answer.status_code, files.there(draft)) == (503, [])
    told = answer.get_json()
    assert (told["told"], told["closed"]) == ([], False)
    assert NOT_KEPT in told["refused"][0]
    assert "「会則.pdf」を" in told["refused"][0]


def test_without_a_script_the_other_files_are_kept_and_the_page_says_which_is_not(
    arranged, browser: Browsers, failing
) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    files.sent(window, draft, (pdf(3), "前.pdf"), to="record")
    failing(1, onwards=False)

    answer = files.sent(window, draft, (pdf(1), "一.pdf"), (pdf(2), "二.pdf"), to="record")

    assert answer.status_code == 503
    assert f"「一.pdf」を、{NOT_KEPT}" in answer.text
    assert "「二.pdf」を預かりました。" in answer.text
    assert files.there(draft) == [("record", "前.pdf"), ("record", "二.pdf")]


def test_a_file_is_taken_away_even_where_its_content_cannot_be(arranged, browser: Browsers, failing) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    files.sent(window, draft, (pdf(1), "一.pdf"))
    row = files.first(draft)
    failing(1)

    answer = window.post(f"/applications/{draft.id}/documents/files/{row.id}/remove")

    assert (answer.status_code, files.there(draft)) == (302, [])


def test_a_file_that_cannot_be_read_is_told(arranged, browser: Browsers, failing) -> None:
    draft, people = arranged
    window = browser(people["writer"])
    files.sent(window, draft, (pdf(1), "一.pdf"))
    row = files.first(draft)
    url = f"/applications/{draft.id}/files/{row.file_id}"

    failing(1, onwards=False)
    unreached = window.get(url)
    again = window.get(url)
    shelf.place.remove(place_of(row.file.sha256))
    gone = window.get(url)

    assert (unreached.status_code, again.status_code, gone.status_code) == (503, 200, 503)
    assert f"「一.pdf」を、{UNREACHED}" in unreached.text
    assert f"「一.pdf」{GONE}" in gone.text


def test_a_letter_of_a_partner_is_told_the_same(consents, browser: Browsers, failing) -> None:
    draft, people = consents
    window = browser(people["writer"])
    partners.added(window, draft)
    url = f"/applications/{draft.id}/consents/{partners.only().id}/letter"

    failing(1)
    refused = window.post(url, {"file": (BytesIO(partners.PDF), "承諾書.pdf")})
    without = partners.only().file_id
    failing(0)
    kept = window.post(url, {"file": (BytesIO(partners.PDF), "承諾書.pdf")})
    failing(1, onwards=False)
    unreached = window.get(url)

    assert (refused.status_code, without, kept.status_code, unreached.status_code) == (503, None, 302, 503)
    assert f"「承諾書.pdf」を、{NOT_KEPT}" in refused.text
    assert partners.HALL["partner"] in refused.text
    assert f"「承諾書.pdf」を、{UNREACHED}" in unreached.text
