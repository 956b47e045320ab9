"""A new call from the upload of its definition to the published list, through pages alone."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
import time_machine
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from grantflow.accounts.models import Role, User
from grantflow.audit import queries as audit
from grantflow.calls import operations
from grantflow.calls import queries as calls
from grantflow.calls.definition import parse
from grantflow.core.db import db
from tests.browser.conftest import Visit
from tests.browser.hands import Hand, Keyboard, Pointer
from tests.browser.test_accessible import checked
from tests.factories.accounts import OPERATOR, person
from tests.factories.applications import received, row
from tests.factories.calls import small_definition

CALL = small_definition(
    "[decision]\ntwo_persons = true", reviewers_per_application="8", title='"川辺の灯り調査"'
).encode()
WHILE_OPEN = dt.datetime(2031, 4, 10, 3, tzinfo=dt.UTC)
AFTERWARDS = dt.datetime(2031, 5, 10, 3, tzinfo=dt.UTC)
NUMBERS = ("KW-0001", "KW-0002", "KW-0003")
PROPOSALS = (
    "number,tier,organization,title,requested_yen\n"
    "KW-0001,wide,任意団体ほたる,川辺を歩く,1500000\n"
    "KW-0002,near,学校法人みずべ,川で学ぶ,400000\n"
).encode()
#: Six of the eight score on paper; their grades come in a file.
ON_PAPER = [f"委員{place}" for place in "一二三四五六"]
SCORES = "number,reviewer,criterion,score\n" + "".join(
    f"{number},{reviewer},{criterion},{2 + (place + number.endswith('1')) % 4}\n"
    for place, reviewer in enumerate(ON_PAPER)
    for number in NUMBERS
    for criterion in ("body", "aim")
)
BY_HAND = ("reviewer-a", "reviewer-b")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock of the server, which is of this process; it runs on from where it is set."""
    with time_machine.travel(WHILE_OPEN) as found:
        yield found


@pytest.fixture
def people(writing: Callable[[], AbstractContextManager[Session]]) -> dict[str, User]:
    """Everybody who takes part; who does what in the call is said on its pages, but for who begins it."""
    with writing():
        begun = {
            "a": person("a@example.jp", Role.SECRETARIAT, name="事務局 甲"),
            "b": person("b@example.jp", Role.SECRETARIAT, name="事務局 乙"),
            "sponsor": person("sponsor@example.jp", name="架空庁 丙"),
            "applicant": person("applicant@example.jp", name="応募 丁"),
        }
        return begun | {who: person(f"{who}@example.jp", name=f"委員 {who}") for who in BY_HAND}


class Run:
    """One run of the call: who is at which page, by which hand, and how wide the window is."""

    def __init__(self, visit: Visit, people: dict[str, User], hand: type[Hand], width: int, javascript: bool) -> None:
        self.visit, self.people, self.hand = visit, people, hand
        self.width, self.javascript = width, javascript

    def at(self, who: str | None, url: str) -> Hand:
        """A new window of that person, on the page at `url`."""
        page = self.visit(self.people[who] if who else None, self.width, self.javascript)
        page.goto(url)
        self.look(self.hand(page))
        return self.hand(page)

    def look(self, hand: Hand) -> None:
        """The page shuts nobody out; where no script runs, the test's own does not either."""
        if self.javascript:
            checked(hand.page)


def says(hand: Hand, words: str) -> None:
    """The page shows the words."""
    expect(hand.page.get_by_text(words).first).to_be_visible()


def call_is_published(run: Run) -> None:
    hand = run.at("a", "/desk/calls/new")
    hand.attach("公募の定義のファイル", "kawabe.toml", CALL)
    hand.press("送って下書きにする")
    run.look(hand)
    hand.press("公募を公開する")
    says(hand, "「川辺の灯り調査」の第1版を公開しました。")
    run.look(hand)


def roles_are_given(run: Run) -> None:
    hand = run.at("a", "/calls/river-2031/people")
    for who, role in (("sponsor", "所管官庁"), *((each, "審査委員") for each in BY_HAND)):
        hand.write("メールアドレス", f"{who}@example.jp")
        hand.write("氏名", who)
        hand.mark(role)
        hand.press("招待のメールを送る")
        says(hand, f"{who}@example.jp に")
    run.look(hand)


def file_is_taken_in(run: Run, kind: str, content: bytes, done: str) -> None:
    hand = run.at("a", f"/calls/river-2031/load/{kind}")
    hand.attach("ファイル", f"{kind}.csv", content)
    hand.press("送って内容を確かめる")
    run.look(hand)
    hand.press("適用する")
    says(hand, done)


def proposal_is_written(run: Run) -> None:
    hand = run.at("applicant", "/calls/river-2031")
    hand.press("応募する")
    hand.write("団体名", "せせらぎの会")
    hand.mark("はい、代表者です")
    hand.mark("② 近い枠")
    hand.press("団体を登録して書き始める")
    run.look(hand)
    hand.choose("法人格", "任意団体")
    for label in ("代表者の氏名", "担当者の氏名"):
        hand.write(label, "応募 丁")
    hand.write("担当者のメールアドレス", "applicant@example.jp")
    hand.write("担当者の電話番号", "03-5253-2111")
    hand.write("住所", "架空市川辺町1-1")
    hand.press("保存して次へ")
    run.look(hand)
    hand.write("事業名", "川辺の茶の間")
    for label in ("概要", "事業計画", "活動地域"):
        hand.write(label, "架空市の川辺に集まる")
    hand.press("保存して次へ")
    hand.write("申請額", "350,000円")
    hand.press("保存して次へ")
    hand.mark("国内に拠点があること。")
    hand.press("保存して一覧へ戻る")
    run.look(hand)
    hand.press("内容を確かめて提出する")
    run.look(hand)
    hand.press("この内容で提出する")
    says(hand, "受付票 KW-0003")
    run.look(hand)


def proposal_is_screened(run: Run) -> None:
    hand = run.at("a", "/calls/river-2031/applications?q=KW-0003")
    hand.press("KW-0003")
    hand.press("この応募を審査対象とする")
    hand.write("理由", "要件を満たしているため。")
    hand.press("この応募を審査対象とする")
    says(hand, "審査対象")


def committee_is_formed(run: Run) -> None:
    hand = run.at("a", "/calls/river-2031/panel")
    for who in BY_HAND:
        hand.choose("「審査委員」の役割がある人", str(run.people[who].id))
        hand.press("委員に加える")
        hand.press(f"委員 {who} が読む応募を選ぶ")
        for number in NUMBERS:
            hand.mark(number)
        hand.press("このページの割当を保存する")
        says(hand, "割当を3件加え、0件外しました。")
        hand.press("審査委員会に戻る")
    run.look(hand)


def committee_is_confirmed(run: Run) -> None:
    hand = run.at("a", "/calls/river-2031/panel")
    hand.press("審査委員会の構成を確定する")
    says(hand, "構成は確定しています")


def sheets_are_filled(run: Run, who: str) -> None:
    """The second reviewer has a conflict with the second proposal."""
    hand = run.at(who, "/desk")
    for number in NUMBERS:
        hand.page.goto("/calls/river-2031/sheets")
        hand.press(number)
        run.look(hand)
        if who == BY_HAND[1] and number == NUMBERS[1]:
            hand.mark("ある")
            hand.choose("どのような関係ですか（「ある」のとき）", "member")
            hand.write("くわしい事情（「ある」のとき）", "昨年まで理事でした。")
            hand.press("答える")
            says(hand, "利益相反を記録しました。")
            continue
        hand.mark("ない")
        hand.press("答える")
        run.look(hand)
        grade(hand, "担い手がいるか", "4", run.javascript)
        grade(hand, "目的が明らかか", "5" if number == NUMBERS[0] else "3", run.javascript)
        hand.write("講評", "よく考えられています。")
        hand.press("採点表を提出する")
        says(hand, f"{number} の採点表を提出しました。")
        run.look(hand)


def grade(hand: Hand, criterion: str, value: str, javascript: bool) -> None:
    """A figure key where scripts run, and it is saved at once; else the round box itself."""
    box = hand.page.get_by_role("group", name=criterion).get_by_label(value, exact=True)
    if isinstance(hand, Keyboard) and javascript:
        with hand.page.expect_response(lambda answer: answer.url.endswith("/scores")) as saved:
            hand.digit(criterion, value)
        assert saved.value.status == 200
        expect(hand.page.locator("[data-saved]")).to_contain_text("に保存しました")
    else:
        box.check()
    assert box.is_checked()


def decisions_are_made(run: Run) -> None:
    hand = run.at("a", "/calls/river-2031/decisions")
    for tier, chosen in (("wide", {"KW-0001": "adopted"}), ("near", {"KW-0002": "not_adopted", "KW-0003": "adopted"})):
        hand.page.goto(f"/calls/river-2031/decisions?tier={tier}")
        for number, outcome in chosen.items():
            hand.choose(f"{number} の採否", outcome)
        hand.press("変更を確かめる")
        run.look(hand)
        hand.press("適用する")
        says(hand, f"採否を{len(chosen)}件変えました。")


def list_is_frozen(run: Run) -> None:
    hand = run.at("a", "/calls/river-2031/list")
    hand.press("一覧を確定する")
    says(hand, "一覧を確定しました。")
    run.look(hand)


def sponsor_agrees(run: Run) -> None:
    hand = run.at("sponsor", "/calls/river-2031/list")
    hand.write("文書番号", "架第12号")
    hand.write("文書の日付", "令和13年5月9日")
    hand.write("合意した人（職名と氏名）", "局長 架空 花子")
    hand.press("この一覧への合意を記録する")
    says(hand, "一覧への合意を記録しました。")
    run.look(hand)


def the_other_publishes(run: Run) -> None:
    refused = run.at("a", "/calls/river-2031/list")
    says(refused, "「一覧を公表する」はまだできません。")
    hand = run.at("b", "/calls/river-2031/list")
    hand.press("一覧を公表する")
    says(hand, "一覧を公表しました。")
    run.look(hand)


def a_visitor_reads(run: Run) -> None:
    hand = run.at(None, "/")
    hand.press("川辺の灯り調査")
    run.look(hand)
    hand.page.goto("/calls/river-2031/result")
    run.look(hand)
    for words in ("任意団体ほたる", "せせらぎの会", "川辺の茶の間"):
        says(hand, words)
    expect(hand.page.get_by_text("学校法人みずべ")).to_have_count(0)


def before_the_committee(run: Run, clock: time_machine.Traveller) -> None:
    call_is_published(run)
    roles_are_given(run)
    file_is_taken_in(run, "applications", PROPOSALS, "2件")
    proposal_is_written(run)
    clock.move_to(AFTERWARDS)
    proposal_is_screened(run)


def from_the_committee_on(run: Run) -> None:
    committee_is_formed(run)
    file_is_taken_in(run, "scores", SCORES.encode(), "評点36件を取り込みました")
    committee_is_confirmed(run)
    for who in BY_HAND:
        sheets_are_filled(run, who)
    decisions_are_made(run)
    list_is_frozen(run)
    sponsor_agrees(run)
    the_other_publishes(run)
    a_visitor_reads(run)


def prepared(people: dict[str, User]) -> None:
    """What the pages before the committee leave behind."""
    with db.transaction(write=True):
        call = operations.publish_new(parse(CALL), by=OPERATOR)
        received(call, row(1), row(2, tier="near", organization="学校法人みずべ", requested_yen="400000"))
        more = row(3, tier="near", organization="せせらぎの会", title="川辺の茶の間", requested_yen="350000")
        received(call, more)
        operations.grant(people["sponsor"], Role.SPONSOR, call, by=OPERATOR)
        for who in BY_HAND:
            operations.grant(people[who], Role.REVIEWER, call, by=OPERATOR)


def trail_holds() -> None:
    with db.transaction(write=False):
        assert audit.verify().holds
        call = calls.call("river-2031")
        assert call is not None
        assert call.status == "decided"


def by_keys_alone(visit: Visit, people: dict[str, User], clock: time_machine.Traveller) -> None:
    run = Run(visit, people, Keyboard, 1280, javascript=True)
    before_the_committee(run, clock)
    from_the_committee_on(run)


def without_scripts(visit: Visit, people: dict[str, User], clock: time_machine.Traveller) -> None:
    run = Run(visit, people, Pointer, 1280, javascript=False)
    before_the_committee(run, clock)
    from_the_committee_on(run)


def by_keys_on_a_telephone(visit: Visit, people: dict[str, User], clock: time_machine.Traveller) -> None:
    """From the committee on; what comes before is done by others."""
    clock.move_to(AFTERWARDS)
    prepared(people)
    from_the_committee_on(Run(visit, people, Keyboard, 375, javascript=True))


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.ways(
    sqlite={"by keys alone": by_keys_alone},
    postgresql={"without scripts": without_scripts, "by keys on a telephone": by_keys_on_a_telephone},
)
def test_a_call_is_run_in_the_browser(
    visit: Visit,
    people: dict[str, User],
    clock: time_machine.Traveller,
    way: Callable[[Visit, dict[str, User], time_machine.Traveller], None],
) -> None:
    way(visit, people, clock)

    trail_holds()
