"""The commands of the selection: what they print, what they refuse, their exit statuses."""

import json

import click
import pytest

from grantflow.accounts.models import Role
from grantflow.accounts.queries import user
from grantflow.applications import queries as applications
from grantflow.applications.workflow import APPLICATION
from grantflow.audit import queries as audit
from grantflow.awards.cli import adoption_list, decisions, list_
from grantflow.calls.queries import actor as actor_of
from grantflow.calls.queries import call as call_by_slug
from grantflow.core.commands import CommandLine, run
from grantflow.core.db import db
from tests.factories import awards
from tests.factories.accounts import OPERATOR, person
from tests.factories.calls import FILES

SLUG = "harbour-lights-2031"
GROUP = click.Group(commands=[decisions, list_, adoption_list])
AGREE = ("list", "agree", SLUG, "--reference", "架港第12号", "--on", "令和13年3月14日", "--by", "局長 架空 花子")


def identify(email):
    with db.open(write=False):
        found = user(email)
        return actor_of(found) if found else None


@pytest.fixture
def grantflow(writing, capsys):
    """`grantflow(*words)` answers with exit status, standard output and standard error; the harbour call is stored."""
    with writing():
        awards.harbour()

    def command(*words):
        status = run(GROUP, CommandLine(identify=identify), [str(word) for word in words])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


@pytest.fixture
def decided(grantflow):
    """The same, all twelve proposals decided."""
    grantflow("decisions", "load", SLUG, FILES / "second-decisions.csv")
    return grantflow


def test_decisions_are_loaded(grantflow):
    answer = grantflow("decisions", "load", SLUG, FILES / "second-decisions.csv")

    assert answer == (0, "採否12件を取り込みました（採択 7、補欠 2、不採択 3。変わったもの 12）。\n", "")


def test_a_dry_run_changes_nothing(grantflow, reading):
    with reading():
        before = audit.verify()

    answer = grantflow("decisions", "load", SLUG, FILES / "second-decisions.csv", "--dry-run")

    assert answer == (
        0,
        "採否12件を取り込めます（採択 7、補欠 2、不採択 3。変わるもの 12）。試しただけで、何も変えていません。\n",
        "",
    )
    with reading():
        assert audit.verify() == before


def test_bad_rows_are_told_with_file_line_and_column(grantflow, tmp_path):
    file = tmp_path / "decisions.csv"
    file.write_text("number,decision\nKOU31-0001,adopted\nX-1,adopted\n", encoding="utf-8")

    answer = grantflow("decisions", "load", SLUG, file)

    assert answer == (
        2,
        "",
        "decisions.csv:3: number: 受付番号 X-1 の応募はありません。番号を確かめてください。\n",
    )


def test_an_unknown_call_is_wrong_input(grantflow):
    status, out, err = grantflow("list", "freeze", "no-such-call")

    assert (status, out) == (2, "")
    assert "no-such-call" in err


def test_the_commands_take_a_list_through_its_life(decided, tmp_path):
    frozen = decided("list", "freeze", SLUG)
    agreed = decided(*AGREE)
    published = decided("list", "publish", SLUG)
    replayed = decided("list", "replay", SLUG)
    out = tmp_path / "list.json"
    written = decided("adoption-list", SLUG, "--format", "json", "--out", out)

    shown = json.loads(out.read_text(encoding="utf-8"))
    sha256 = shown["sha256"]
    assert frozen == (0, f"一覧（第1版）を確定しました。SHA-256：{sha256}\n", "")
    assert agreed == (
        0,
        "一覧（第1版）への合意を記録しました（架港第12号、令和13年3月14日（金）、局長 架空 花子）。\n",
        "",
    )
    assert published == (0, f"一覧（第1版）を公表しました。SHA-256：{sha256}\n", "")
    assert replayed == (0, f"一致しました（第1版、SHA-256：{sha256}）。\n", "")
    assert written == (0, "", "")
    assert shown["agreement"] == {"reference": "架港第12号", "on": "2031-03-14", "by": "局長 架空 花子"}


def test_a_list_that_is_not_published_is_only_written_as_a_draft(decided, tmp_path):
    out = tmp_path / "list.json"

    refused = decided("adoption-list", SLUG, "--format", "json", "--out", out)
    written = decided("adoption-list", SLUG, "--format", "json", "--out", out, "--draft")

    shown = json.loads(out.read_text(encoding="utf-8"))
    assert refused == (
        1,
        "",
        "公表した一覧がまだありません。一覧を公表してから実行するか、案でよければ --draft を付けてください。\n",
    )
    assert written == (0, "", "")
    assert (shown["sha256"], shown["agreement"], shown["counts"]["total"]["adopted"]) == (None, None, 7)


@pytest.mark.parametrize(
    "words",
    [
        AGREE,
        ("list", "publish", SLUG),
        ("list", "replay", SLUG),
        ("adoption-list", SLUG, "--format", "csv", "--out", "list.csv", "--draft"),
    ],
)
def test_without_a_decision_there_is_no_list(grantflow, words):
    status, out, err = grantflow(*words)

    assert (status, out) == (1, "")
    assert err.startswith("この公募には、まだ一覧がありません。")


def test_what_is_left_to_decide_refuses_the_freeze(grantflow):
    status, out, err = grantflow("list", "freeze", SLUG)

    assert (status, out) == (1, "")
    assert err.startswith("審査対象の応募のうち12件の採否が決まっていません")


def test_publishing_before_agreement_is_refused(decided):
    decided("list", "freeze", SLUG)

    status, out, err = decided("list", "publish", SLUG)

    assert (status, out) == (1, "")
    assert err.startswith("いまは「確定（合意待ち）」なので、「一覧を公表する」はできません。")


def test_agreement_to_a_list_that_changed_is_refused(decided, writing):
    decided("list", "freeze", SLUG)
    with writing():
        application = applications.by_number(call_by_slug(SLUG))["KOU31-0001"]
        APPLICATION.fire("withdraw", application, by=OPERATOR, reason="申し出による。")

    status, out, err = decided(*AGREE)

    assert (status, out) == (1, "")
    assert err.startswith("一覧を確定した後に、採択の内容が変わりました。")


def test_a_list_that_changed_can_be_frozen_again(decided, writing):
    decided("list", "freeze", SLUG)
    with writing():
        application = applications.by_number(call_by_slug(SLUG))["KOU31-0001"]
        APPLICATION.fire("withdraw", application, by=OPERATOR, reason="申し出による。")

    status, out, err = decided("list", "freeze", SLUG)

    assert (status, err) == (0, "")
    assert out.startswith("一覧（第1版）を確定しました。")


def test_a_change_after_the_freeze_is_told_beforehand(decided, tmp_path):
    decided("list", "freeze", SLUG)
    file = tmp_path / "decisions.csv"
    file.write_text("number,decision\nKOU31-0007,adopted\n", encoding="utf-8")

    tried = decided("decisions", "load", SLUG, file, "--dry-run")
    loaded = decided("decisions", "load", SLUG, file)

    told = "確定した一覧（第1版）は案に戻り、合意も取り消されます。\n"
    assert (tried[0], tried[2]) == (loaded[0], loaded[2]) == (0, told)


def test_a_replay_that_differs_is_refused_with_what_differs(decided, writing):
    decided("list", "freeze", SLUG)
    with writing():
        application = applications.by_number(call_by_slug(SLUG))["KOU31-0001"]
        APPLICATION.fire("withdraw", application, by=OPERATOR, reason="申し出による。")

    status, out, err = decided("list", "replay", SLUG)

    assert (status, out) == (1, "")
    assert "もとの行から作り直した一覧が、確定した一覧と違います。" in err.splitlines()


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [("--reference", " ", "--reference が空です。"), ("--by", "", "--by が空です。"), ("--on", "2031-02-30", "--on：")],
)
def test_a_bad_argument_of_agree_is_wrong_input(decided, option, value, sentence):
    words = list(AGREE)
    words[words.index(option) + 1] = value

    status, out, err = decided(*words)

    assert (status, out) == (2, "")
    assert err.startswith(sentence)


def test_who_has_no_part_in_it_may_do_nothing(decided, writing):
    with writing():
        person("auditor@example.jp", Role.AUDITOR, call_by_slug(SLUG))

    for words in (("list", "freeze", SLUG), AGREE, ("list", "publish", SLUG)):
        status, out, err = decided(*words, "--as", "auditor@example.jp")

        assert (status, out) == (1, "")
        assert err == "この操作の権限がありません。--as のアカウントの役割を確かめてください。\n"
