"""Two people of a group find a call, learn that they may apply, and write its long form together."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from config import ROOT
from grantflow.accounts import operations as accounts
from grantflow.accounts.models import MemberRole, User
from grantflow.applications import completeness, officer_lists, queries
from grantflow.applications.models import Application
from grantflow.applications.outline import Part
from grantflow.audit import queries as audit
from grantflow.calls import operations
from grantflow.calls.definition import parse
from grantflow.calls.models import Call
from grantflow.core.db import db
from tests.browser.conftest import Visit
from tests.browser.hands import Hand, Keyboard, Pointer, labelled, pressable
from tests.browser.test_accessible import checked
from tests.factories.accounts import OPERATOR, PASSWORD, organization, person
from tests.factories.applications import begun
from tests.files.builders import a_pdf
from tests.journeys.handing_in import arrived
from tests.journeys.letters import letter_to
from tests.journeys.long_form import AIM, NEEDS, OFFICERS, PARTNER, PARTS, fill
from tests.journeys.server import Server

CALL = "/calls/sample-model-2026"
PATIENCE_MS = 20_000
FIRST, SECOND, GROUP = "nogawa@example.jp", "hayase@example.jp", "縁側の会"
#: What comes of two texts that were written at once.
MERGED = "立ち寄れる場所をつくり、一人の昼を減らす。"
#: The parts that are examined when they are filled: boxes of each kind.
SHOWN = ("group", "targets", "budget")
#: What the call requires to be handed in.
PAPERS = {"定款、規約または会則": ("会則.pdf", a_pdf()), "直近1年の決算書": ("決算書.pdf", a_pdf(pages=2))}
OTHER_WIDTH = {1280: 375, 375: 1280}
#: From the call's page to the first part of a draft; opening the link in the mail is not one of them.
MOST_PRESSES = 7
ANSWERS = (
    "法人ではない団体（自治会、",
    "ある",
    "どちらでもない",
    "はい",
    "困っている人の声を聞き、相談や支援につなぐ。新しく",
    "市区町村の全体か、",
    "はい。これから頼む",
)


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Where the application is served; forms need their tokens, as they do for everybody."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    found = Server(app)
    found.start()
    yield found
    found.kill()


@pytest.fixture
def address(server: Server) -> str:
    """Where the windows of this journey are opened."""
    return server.address


@pytest.fixture(autouse=True)
def call(store: None) -> Iterator[None]:
    """The sample call, while it is open."""
    with time_machine.travel("2026-04-27T10:00:00+09:00"):
        with db.transaction(write=True):
            definition = (ROOT / "grantflow/definitions/sample.toml").read_bytes()
            operations.publish_new(parse(definition), by=OPERATOR)
        yield


class Counted:
    """A hand whose presses and choices are counted: buttons, links, round and square boxes."""

    def __init__(self, hand: Hand) -> None:
        self.hand, self.presses = hand, 0

    def press(self, name: str) -> None:
        self.presses += 1
        self.hand.press(name)

    def mark(self, label: str) -> None:
        self.presses += 1
        self.hand.mark(label)


class Journey:
    """One run: by which hand, how wide, with or without scripts; `looks` where the pages are examined too."""

    def __init__(self, visit: Visit, letters: Path, hand: type[Hand], width: int, *, scripts: bool = True) -> None:
        self.visit, self.letters, self.kind = visit, letters, hand
        self.width, self.scripts = width, scripts
        self.looks = scripts and hand is Keyboard

    def window(self, width: int = 0, of: User | None = None) -> Hand:
        """A new window, as on another device; nobody is signed in there unless it is somebody's."""
        return self.kind(self.visit(of, width or self.width, self.scripts))

    def look(self, hand: Hand) -> None:
        """The page shuts nobody out, and nothing of it stands beside the window."""
        if self.looks:
            checked(hand.page)
        elif self.scripts:
            width = hand.page.viewport_size["width"]  # type: ignore[index]
            assert hand.page.evaluate("document.documentElement.scrollWidth") <= width, hand.page.url

    def link_for(self, recipient: str) -> str:
        """The address in the letter to the recipient."""
        found = re.search(r"https?://[^/\s]+(/\S+)", letter_to(self.letters, recipient).get_content())
        assert found is not None
        return found[1]


def says(hand: Hand, words: str) -> None:
    """The page shows the words."""
    expect(hand.page.get_by_text(words).first).to_be_visible()


def is_kept(hand: Hand) -> None:
    """The page says that it saved by itself."""
    expect(told(hand)).to_contain_text("に保存しました", timeout=PATIENCE_MS)


def told(hand: Hand) -> Locator:
    """Where the page says what is kept."""
    return hand.page.locator("[data-saved]")


def box(hand: Hand, label: str) -> Locator:
    """The box called `label`."""
    return labelled(hand.page, label)


def only() -> Application:
    """The one proposal there is; asked in a transaction."""
    return db.session.scalars(select(Application)).one()


def answers() -> dict[str, str]:
    """What stands in the plan."""
    with db.transaction(write=False):
        row = queries.section(only(), Part.PLAN)
        assert row is not None
        return dict(row.content["answers"])


def part_of(page: Page) -> str:
    """Which part the page is for."""
    return page.url.partition("/edit/")[2].partition("?")[0].partition("#")[0]


def call_is_found(run: Journey) -> Hand:
    hand = run.window()
    hand.page.goto("/")
    hand.press("ひとりにしない地域づくりモデル調査")
    run.look(hand)
    return hand


def they_may_apply(run: Journey, hand: Hand) -> None:
    hand.press("応募できるか確かめる")
    for answer in ANSWERS:
        hand.mark(answer)
    hand.press("結果を見る")
    says(hand, "市区町村の枠に応募できます。")
    says(hand, "定款、規約または会則")
    run.look(hand)
    hand.press("公募のページに戻る")


def registered(run: Journey, hand: Hand, press: Callable[[str], None], name: str, email: str) -> None:
    """From the page that asks for the address to the one from which one was sent there; one letter on the way."""
    hand.write("メールアドレス", email)
    press("確認のメールを送る")
    hand.page.goto(run.link_for(email))
    hand.write("氏名", name)
    hand.write("新しいパスワード", PASSWORD)
    hand.write("新しいパスワード（確認", PASSWORD)
    press("登録してサインインする")


def proposal_is_begun(run: Journey, hand: Hand) -> None:
    counted = Counted(hand)
    counted.press("はじめての方は、メールアドレスを登録して応募する")
    registered(run, hand, counted.press, "野川 澄", FIRST)
    hand.write("団体名", GROUP)
    counted.mark("はい、代表者です")
    counted.mark("① 市区町村区域")
    counted.press("団体を登録して書き始める")
    assert (part_of(hand.page), counted.presses <= MOST_PRESSES) == ("group", True)


def colleague_comes_in(run: Journey, hand: Hand) -> Hand:
    hand.press("やること")
    hand.press("自分の団体")
    hand.press(GROUP)
    hand.press("人を招く、役割を変える")
    hand.write("メールアドレス", SECOND)
    hand.mark("書く人")
    hand.press("招待のメールを送る")
    says(hand, f"{SECOND} に招待のメールを送ります。")
    other = run.window()
    other.page.goto(run.link_for(SECOND))
    other.press("アカウントを登録する")
    registered(run, other, other.press, "早瀬 結", SECOND)
    other.press("この団体に入る")
    says(other, f"「{GROUP}」に入りました。")
    return other


def goes_on(hand: Hand, part: str) -> None:
    """From wherever one is to a part of the proposal."""
    hand.press("やること")
    hand.follow("応募を書いて提出する")
    hand.press(part)


def part_is_filled(run: Journey, hand: Hand) -> None:
    part = part_of(hand.page)
    fill(hand, PARTS[part])
    if part in SHOWN:
        run.look(hand)


def server_dies_while_one_types(server: Server, hand: Hand) -> None:
    hand.write(AIM, "一人の昼を減らす。")
    is_kept(hand)
    hand.write(AIM, "一人の昼と、")
    server.kill()
    box(hand, AIM).press_sequentially("一人の夜を減らす。")
    expect(told(hand)).to_contain_text("まだ保存できていません", timeout=PATIENCE_MS)
    asked: list[str] = []
    hand.page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    pressable(hand.page, "保存せずに一覧へ戻る").press("Enter", no_wait_after=True)
    expect(box(hand, AIM)).to_have_value("一人の昼と、一人の夜を減らす。")
    server.start()
    is_kept(hand)
    assert asked == ["beforeunload"]
    assert answers()["aim"] == "一人の昼と、一人の夜を減らす。"


def sign_in_ends_while_one_types(run: Journey, hand: Hand) -> None:
    with db.transaction(write=True):
        accounts.end_sign_ins(db.session.scalars(select(User).where(User.email == FIRST)).one())
    hand.write(NEEDS, "「三日だれとも話していない」と、四人から聞いた。")
    if run.scripts:
        expect(told(hand)).to_contain_text("サインインが切れています", timeout=PATIENCE_MS)
    hand.press("下書きを保存する")
    says(hand, "入力した内容はこのページに残っています")
    run.look(hand)
    hand.write("メールアドレス", FIRST)
    hand.write("パスワード", PASSWORD)
    hand.press("サインインする")
    hand.press("続きを保存する")
    says(hand, "下書きを保存しました。")
    assert answers()["needs"] == "「三日だれとも話していない」と、四人から聞いた。"


def both_write_one_part(run: Journey, hand: Hand, other: Hand) -> None:
    goes_on(other, "事業計画")
    other.write(AIM, "立ち寄れる場所をつくる。")
    other.press("下書きを保存する")
    says(other, "下書きを保存しました。")
    hand.write(AIM, "一人の昼を減らす。")
    if run.scripts:
        expect(told(hand)).to_contain_text("ほかの人が同じところを保存しました", timeout=PATIENCE_MS)
    hand.press("下書きを保存する")
    both = hand.page.locator("#two-versions tr").filter(has_text="違います")
    expect(both).to_have_count(1)
    expect(both).to_contain_text("立ち寄れる場所をつくる。")
    expect(both).to_contain_text("一人の昼を減らす。")
    says(hand, "早瀬 結さん")
    run.look(hand)
    hand.write(AIM, MERGED)
    hand.press("下書きを保存する")
    says(hand, "下書きを保存しました。")
    assert answers()["aim"] == MERGED


def one_comes_back_on_another_device(run: Journey) -> Hand:
    hand = run.window(OTHER_WIDTH[run.width])
    hand.page.goto("/")
    hand.press("サインイン")
    hand.write("メールアドレス", FIRST)
    hand.write("パスワード", PASSWORD)
    hand.press("サインインする")
    goes_on(hand, "事業計画")
    expect(box(hand, AIM)).to_have_value(MERGED)
    return hand


def first_writes_on(run: Journey, hand: Hand) -> None:
    for part in ("targets", "approach", "schedule"):
        hand.press("保存して次へ")
        assert part_of(hand.page) == part
        part_is_filled(run, hand)
    hand.press("保存して次へ")


def papers_are_handed_in(run: Journey, hand: Hand) -> None:
    for document, (name, content) in PAPERS.items():
        hand.attach(f"「{document}」のファイルを選ぶ", name, content)
        arrived(hand.page, document, [name], scripts=run.scripts)
    run.look(hand)


def second_writes_the_rest(run: Journey, hand: Hand) -> None:
    goes_on(hand, "成果の測り方")
    for part in ("indicators", "consortium", "budget"):
        assert part_of(hand.page) == part
        part_is_filled(run, hand)
        if part == "budget" and run.scripts:
            expect(hand.page.locator('[data-figure="total"]')).to_have_text("198,000円")
        hand.press("保存して次へ")
    for group, steps in OFFICERS.items():
        fill(hand, steps, group)
    run.look(hand)
    hand.press("保存して一覧へ戻る")
    hand.press("連携先の承諾")
    fill(hand, PARTNER)
    hand.press("連携先を加える")
    hand.press("一覧へ戻る")
    hand.press("提出書類")
    papers_are_handed_in(run, hand)
    hand.press("一覧へ戻る")
    hand.press("応募の要件の確認")
    part_is_filled(run, hand)
    hand.press("保存して一覧へ戻る")
    says(hand, "12件中12件")
    run.look(hand)


def partner_agrees(run: Journey) -> None:
    hand = run.window()
    hand.page.goto(run.link_for("jichikai@example.jp"))
    hand.mark("承諾する")
    hand.write("氏名", "水瀬 誠")
    hand.press("この内容で答える")


def second_may_not_submit(hand: Hand) -> None:
    hand.press("内容を確かめて提出する")
    says(hand, "提出できるのは、代表者と、代表者から任された人です")
    expect(hand.page.get_by_role("button", name="この内容で提出する")).to_have_count(0)


def representative_submits(run: Journey, hand: Hand) -> None:
    hand.press("やること")
    hand.follow("応募を書いて提出する")
    hand.press("内容を確かめて提出する")
    says(hand, MERGED)
    run.look(hand)
    hand.press("この内容で提出する")
    expect(hand.page.get_by_role("heading", level=1)).to_have_text("受付票 MDL-0001")
    run.look(hand)


def all_of_it_is_there() -> None:
    """Every part stands as it was written, and the trail holds."""
    with db.transaction(write=False):
        found = only()
        dossier = queries.dossier(found)
        assert completeness.missing(dossier) == ()
        assert {dossier.progress(asked.part).value for asked in dossier.asked} == {"complete"}
        assert (found.number, found.requested_yen, found.title) == ("MDL-0001", 198_000, "川辺の茶の間")
        assert [one.name for one in officer_lists.officers_of(found)] == ["野川 澄", "早瀬 結"]
        assert [(row.partner, row.state.value) for row in queries.consents(found)] == [("架空自治会", "given")]
        assert found.organization.municipality_code == "131016"
        assert audit.verify().holds


def from_the_calls_page(run: Journey) -> tuple[Hand, Hand]:
    """Both at their windows, the first at the beginning of a draft."""
    first = call_is_found(run)
    they_may_apply(run, first)
    proposal_is_begun(run, first)
    return first, colleague_comes_in(run, first)


def from_a_draft(run: Journey) -> tuple[Hand, Hand]:
    """The same, where all that was done by somebody else before."""
    with db.transaction(write=True):
        first, second = person(FIRST, name="野川 澄"), person(SECOND, name="早瀬 結")
        db.session.flush()
        group = organization(GROUP, first)
        accounts.join(second, group, by=OPERATOR, role=MemberRole.EDITOR)
        begun(db.session.scalars(select(Call)).one(), group, first)
    hands = run.window(of=first), run.window(of=second)
    for hand in hands:
        hand.page.goto("/desk")
    return hands


#: By which hand, how wide, whether scripts run, and how it begins.
RUNS = {
    "by keys alone": (Keyboard, 1280, True, from_the_calls_page),
    "by pointer on a telephone": (Pointer, 375, True, from_a_draft),
    "without scripts on a telephone": (Pointer, 375, False, from_the_calls_page),
}


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.ways(
    sqlite={way: RUNS[way] for way in ("by keys alone",)},
    postgresql={way: RUNS[way] for way in ("by pointer on a telephone", "without scripts on a telephone")},
)
def test_two_people_write_a_proposal_together(
    visit: Visit,
    server: Server,
    tmp_path: Path,
    way: tuple[type[Hand], int, bool, Callable[[Journey], tuple[Hand, Hand]]],
) -> None:
    hand, width, scripts, begin = way
    run = Journey(visit, tmp_path, hand, width, scripts=scripts)

    first, second = begin(run)
    goes_on(first, "団体の概要")
    part_is_filled(run, first)
    first.press("保存して次へ")
    part_is_filled(run, first)
    if scripts:
        server_dies_while_one_types(server, first)
    sign_in_ends_while_one_types(run, first)
    both_write_one_part(run, first, second)
    elsewhere = one_comes_back_on_another_device(run)
    first_writes_on(run, elsewhere)
    second_writes_the_rest(run, second)
    partner_agrees(run)
    second_may_not_submit(second)
    representative_submits(run, elsewhere)

    all_of_it_is_there()
