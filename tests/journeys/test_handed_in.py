"""A group hands in its proposal with five files, has the proof of it, mends what it is asked to, and is found eligible.

On a telephone: once with scripts, where every new page is examined too, and once without any.
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import expect
from pypdf import PdfReader
from sqlalchemy import select

from grantflow.accounts.models import Role, User
from grantflow.applications.models import Application, ApplicationStatus, Submission
from grantflow.audit import queries as audit
from grantflow.core.dates import moment_text
from grantflow.core.db import db
from tests.applications.test_web_proposal import AUDIENCE
from tests.browser.conftest import Visit
from tests.browser.hands import Hand, Pointer
from tests.browser.test_accessible import checked
from tests.browser.test_handing_in_files import a_file, region
from tests.documents.test_volumes import a_written_pdf
from tests.factories.accounts import organization, person
from tests.factories.applications import begun
from tests.factories.attachments import DOCUMENTS
from tests.factories.calls import published
from tests.files.builders import a_picture, an_office_file
from tests.journeys.handing_in import arrived
from tests.journeys.letters import letter_to
from tests.journeys.long_form import Step, fill
from tests.journeys.test_two_write_together import goes_on, says

WRITER, GROUP = "nogawa@example.jp", "任意団体ほたる"
LAST_HOUR, NEXT_MORNING, MENDING = "2031-04-30T16:05:00", "2031-05-01T09:30:00", "2031-05-07T20:00:00"
#: What is handed in for each document, as it lies on somebody's device.
FILES = {
    "定款または規約": {
        "会則.pdf": a_written_pdf("article one"),
        "総会の議事録.pdf": a_written_pdf("minutes one", "minutes two"),
    },
    "活動の記録": {
        "写真.jpg": a_picture("JPEG"),
        "年報.docx": an_office_file(),
        "会報 第１号.pdf": a_written_pdf("a lamp at the river"),
    },
}
WRONG_NUMBER, NUMBER = "03-5253-2111", "03-5253-2112"
#: What is written into each part, in the order of the form.
PARTS: tuple[tuple[Step, ...], ...] = (
    (
        ("choose", "法人格", "任意団体"),
        ("write", "代表者の氏名", "野川 澄"),
        ("write", "担当者の氏名", "野川 澄"),
        ("write", "担当者のメールアドレス", WRITER),
        ("write", "担当者の電話番号", WRONG_NUMBER),
        ("write", "住所", "架空市川辺町1-1"),
    ),
    (
        ("write", "事業名", "川辺の茶の間"),
        ("write", "概要", "週に三度、縁側をひらく。"),
        ("write", "事業計画", "四月に始め、二月に終える。"),
        ("write", "活動地域", "架空市の川辺"),
    ),
    (("mark", "高齢者", ""), ("mark", "役割づくり", "")),
    (("write", "申請額", "1,200,000円"),),
)


class Telephones:
    """What people of this journey hold: narrow windows, with scripts or without."""

    def __init__(self, visit: Visit, *, scripts: bool) -> None:
        self._visit, self.scripts = visit, scripts

    def of(self, user: User) -> Hand:
        """Somebody's, who is signed in and sees what there is to do."""
        hand = Pointer(self._visit(user, 375, self.scripts))
        hand.page.goto("/desk")
        return hand

    def look(self, hand: Hand) -> None:
        """The page shuts nobody out, which only a script can find out, and nothing of it stands beside the window."""
        if self.scripts:
            checked(hand.page)
        assert hand.page.evaluate("document.documentElement.scrollWidth") <= 375, hand.page.url


def proposal_is_written(hand: Hand) -> None:
    """Every part but the files."""
    goes_on(hand, "団体の概要")
    for steps in PARTS:
        fill(hand, steps)
        hand.press("保存して次へ")


def five_files_are_handed_in(phones: Telephones, hand: Hand) -> None:
    for document, files in FILES.items():
        box = region(hand.page, document).get_by_label("ファイルを選ぶ")
        box.set_input_files([a_file(name, content) for name, content in files.items()])
        arrived(hand.page, document, files, scripts=phones.scripts)
    says(hand, "いま預かっているのは5件")
    phones.look(hand)
    hand.press("一覧へ戻る")


def it_is_submitted(phones: Telephones, hand: Hand) -> None:
    hand.press("応募の要件の確認")
    hand.mark("国内に拠点があること。")
    hand.press("保存して一覧へ戻る")
    phones.look(hand)
    hand.press("内容を確かめて提出する")
    says(hand, "押印は要りません（押印省略）。")
    phones.look(hand)
    hand.press("この内容で提出する")
    says(hand, "応募を受け付けました。")
    phones.look(hand)


def only() -> tuple[Application, list[Submission]]:
    """The one proposal there is, and its versions; asked in a transaction."""
    versions = db.session.scalars(select(Submission).order_by(Submission.version)).all()
    return db.session.scalars(select(Application)).one(), list(versions)


def receipt_is_proof(hand: Hand, letters: Path, version: int) -> None:
    """Page, paper and letter tell the number, the time, and of each file the hash of what was chosen."""
    with hand.page.expect_download() as saved:
        hand.page.get_by_role("link", name="受付票（PDF）").click()
    paper = PdfReader(BytesIO(saved.value.path().read_bytes())).pages
    letter = letter_to(letters, WRITER)
    told = (
        hand.page.locator("main").inner_text(),
        "".join(page.extract_text() for page in paper),
        letter.get_content(),
    )
    with db.transaction(write=False):
        _application, versions = only()
        assert [row.version for row in versions] == list(range(1, version + 1))
        at = moment_text(versions[-1].received_at, exact=True)
    assert letter["Subject"] == "応募を受け付けました（受付番号 KW-0001）"
    for text in told:
        seen = "".join(text.split())
        for words in (
            "KW-0001",
            at,
            f"第{version}版",
            *hashes(),
            *(name for files in FILES.values() for name in files),
        ):
            assert "".join(words.split()) in seen, words


def hashes() -> list[str]:
    """The SHA-256 of each file as it lies on the device."""
    return [hashlib.sha256(content).hexdigest() for files in FILES.values() for content in files.values()]


def it_is_given_back(phones: Telephones, hand: Hand) -> None:
    hand.page.goto("/calls/river-2031/screening")
    phones.look(hand)
    hand.press("KW-0001")
    phones.look(hand)
    hand.press("補正")
    phones.look(hand)
    hand.page.locator("summary", has_text="団体の概要").click()
    hand.mark("担当者の電話番号")
    hand.write("「担当者の電話番号」で直すこと", "つながりません。確かめてください。")
    hand.write("理由", "形の不備のため。")
    hand.press("補正を求める")
    says(hand, "団体に知らせました。")
    phones.look(hand)


def it_is_mended(phones: Telephones, hand: Hand, letters: Path) -> None:
    assert "つながりません。確かめてください。" in letter_to(letters, WRITER).get_content()
    hand.follow("補正を求められた応募を直して、もう一度提出する")
    phones.look(hand)
    hand.press("団体の概要：担当者の電話番号")
    phones.look(hand)
    expect(hand.page.get_by_label("住所", exact=True)).to_have_count(0)
    hand.write("担当者の電話番号", NUMBER)
    hand.press("下書きを保存する")
    hand.press("保存せずに一覧へ戻る")
    hand.press("内容を確かめて出し直す")
    phones.look(hand)
    hand.press("この内容で出し直す")
    says(hand, "応募を受け付けました。")
    phones.look(hand)


def it_is_found_eligible(phones: Telephones, hand: Hand) -> None:
    hand.page.goto("/calls/river-2031/corrections")
    says(hand, "補正が届いた")
    phones.look(hand)
    hand.press("KW-0001")
    hand.page.goto("/calls/river-2031/screening")
    hand.press("KW-0001")
    for item in hand.page.get_by_role("group").all():
        item.get_by_label("はい", exact=True).check()
    hand.press("項目の答えを保存する")
    phones.look(hand)
    hand.press("この応募を審査対象とする")
    phones.look(hand)
    hand.press("この応募を審査対象とする")
    phones.look(hand)


def all_of_it_is_there() -> None:
    """Nothing but the mended field differs between the versions, and every file is what was chosen."""
    with db.transaction(write=False):
        application, versions = only()
        assert (application.number, application.status) == ("KW-0001", ApplicationStatus.ELIGIBLE)
        first, second = (row.contents for row in versions)
        assert second["group"] == first["group"] | {"contact_phone": NUMBER}
        assert first["group"]["contact_phone"] == WRONG_NUMBER
        assert {key: value for key, value in first.items() if key != "group"} == {
            key: value for key, value in second.items() if key != "group"
        }
        for row in versions:
            assert [digest for key, digest in sorted(row.manifest.items()) if "/" in key] == hashes()
        assert audit.verify().holds


@pytest.mark.browser
@pytest.mark.timeout(300)
@pytest.mark.ways(sqlite={"with scripts": True}, postgresql={"without scripts": False})
def test_a_proposal_is_handed_in_mended_and_found_eligible(
    visit: Visit, writing: Callable, tmp_path: Path, way: bool
) -> None:
    phones = Telephones(visit, scripts=way)
    with time_machine.travel(dt.datetime.fromisoformat(f"{LAST_HOUR}+09:00")) as now:
        with writing():
            call = published(AUDIENCE, DOCUMENTS)
            officer, writer = person("office@example.jp", Role.SECRETARIAT, call), person(WRITER, name="野川 澄")
            db.session.flush()
            begun(call, organization(GROUP, writer), writer)
        group = phones.of(writer)
        proposal_is_written(group)
        five_files_are_handed_in(phones, group)
        it_is_submitted(phones, group)
        receipt_is_proof(group, tmp_path, 1)

        now.move_to(f"{NEXT_MORNING}+09:00")
        it_is_given_back(phones, phones.of(officer))

        now.move_to(f"{MENDING}+09:00")
        group = phones.of(writer)
        it_is_mended(phones, group, tmp_path)
        receipt_is_proof(group, tmp_path, 2)
        it_is_found_eligible(phones, phones.of(officer))
    all_of_it_is_there()
