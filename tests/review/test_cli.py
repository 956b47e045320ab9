"""`scores load` and `ranking` on the command line: exit statuses, sentences, dry run, formats to the letter."""

import csv
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import StringIO
from pathlib import Path
from unicodedata import east_asian_width

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grantflow.accounts import queries as accounts
from grantflow.accounts.models import Role
from grantflow.audit.models import AuditEvent
from grantflow.calls import queries as calls
from grantflow.core.authorization import Actor
from grantflow.core.commands import CommandLine, run
from grantflow.core.db import db
from grantflow.review.cli import ranking, scores
from grantflow.review.models import Score
from tests.factories.accounts import person
from tests.factories.applications import received, row
from tests.factories.calls import published
from tests.factories.review import conflict, given, scores_file

Writing = Callable[[], AbstractContextManager[Session]]
Output = pytest.CaptureFixture[str]
GOOD = (("KW-0001", "委員あ", "body", 5), ("KW-0001", "委員あ", "aim", 4), ("KW-0002", "委員い", "aim", 3))


def identify(email: str) -> Actor | None:
    """The account of `--as`."""
    user = accounts.user(email)
    return calls.actor(user) if user else None


def load(file: Path, *options: str, slug: str = "river-2031") -> int:
    """The exit status of `scores load`."""
    return run(scores, CommandLine(identify), ["load", slug, str(file), *options])


def rank(*options: str, slug: str = "river-2031") -> int:
    """The exit status of `ranking`."""
    return run(ranking, CommandLine(identify), [slug, *options])


def stored() -> int:
    """How many scores are stored."""
    with db.transaction(write=False):
        return db.session.scalar(select(func.count()).select_from(Score)) or 0


@pytest.fixture
def file(writing: Writing, tmp_path: Path) -> Path:
    """A file of scores for the small call, which has two proposals."""
    with writing():
        received(published(), row(1), row(2))
    path = tmp_path / "scores.csv"
    path.write_bytes(scores_file(*GOOD))
    return path


def test_a_good_file_is_loaded_and_told_in_one_line(file: Path, capsys: Output) -> None:
    status = load(file)

    assert status == 0
    assert capsys.readouterr() == (
        "評点3件を取り込みました（応募 2件、審査委員 2名、うち新しい委員 2名）。\n",
        "",
    )
    assert stored() == 3


def test_a_dry_run_says_what_would_happen_and_changes_nothing(file: Path, capsys: Output) -> None:
    status = load(file, "--dry-run")

    assert status == 0
    assert capsys.readouterr().out == (
        "評点3件を取り込めます（応募 2件、審査委員 2名、うち新しい委員 2名）。試しただけで、何も変えていません。\n"
    )
    assert stored() == 0


def test_bad_rows_are_told_one_a_line_and_nothing_is_loaded(file: Path, capsys: Output) -> None:
    file.write_bytes(scores_file(*GOOD, ("KW-0009", "委員あ", "body", 5), ("KW-0002", "委員あ", "body", 6)))

    status = load(file)

    assert status == 2
    assert capsys.readouterr() == (
        "",
        "scores.csv:5: number: 受付番号「KW-0009」の応募はこの公募にありません。番号を確かめて直してください。\n"
        "scores.csv:6: score: 評点6は、この公募の1～5の外です。範囲の中の整数に直してください。\n",
    )
    assert stored() == 0


def test_a_second_load_of_the_same_file_is_refused_whole(file: Path, capsys: Output) -> None:
    load(file)
    capsys.readouterr()

    status = load(file)

    assert status == 2
    assert capsys.readouterr().err.count("もうあります") == 3
    assert stored() == 3


@pytest.mark.parametrize(
    "content", [b"", b"number,reviewer,criterion\nKW-0001,a,body\n", b"number,reviewer,criterion,score,grade\n"]
)
def test_a_file_that_is_no_table_of_scores_is_wrong_input(file: Path, content: bytes, capsys: Output) -> None:
    file.write_bytes(content)

    status = load(file)

    assert status == 2
    assert capsys.readouterr().err.startswith("scores.csv:")
    assert stored() == 0


def test_an_unknown_call_names_the_known_ones(file: Path, capsys: Output) -> None:
    assert (load(file, slug="sea"), rank(slug="sea")) == (2, 2)
    assert capsys.readouterr().err.count("river-2031") == 2


def test_the_account_that_acts_stands_in_the_events(file: Path, writing: Writing) -> None:
    with writing():
        person("office@example.jp", Role.SECRETARIAT, name="事務局 花子")

    status = load(file, "--as", "office@example.jp")

    assert status == 0
    with db.transaction(write=False):
        names = db.session.scalars(select(AuditEvent.actor_name).where(AuditEvent.action == "assignments.finish"))
        assert names.all() == ["事務局 花子"]


def test_an_account_that_may_not_load_is_refused(file: Path, writing: Writing, capsys: Output) -> None:
    with writing():
        person("sponsor@example.jp", Role.SPONSOR)

    status = load(file, "--as", "sponsor@example.jp")

    assert status == 1
    assert "権限がありません" in capsys.readouterr().err
    assert stored() == 0


@pytest.fixture
def ranked(writing: Writing) -> None:
    """The small call with four proposals: two equal ones, one with a conflict, one nobody read."""
    with writing():
        call = published()
        rows = received(
            call, row(1), row(2), row(3, organization="任意団体①ながい名前の会"), row(4, tier="near", requested_yen="1")
        )
        both = ("委員あ", "委員い")
        given(call, {(number, who): (4, 4) for number in ("KW-0001", "KW-0002") for who in both})
        given(call, {("KW-0003", who): (5, 3) for who in both})
        conflict(rows[2], "委員い")


KEYS = [
    "number",
    "rank",
    "tied",
    "mean",
    "sd",
    "reviews",
    "calibrated",
    "calibrated_rank",
    "rank_low",
    "rank_high",
    "p_selected",
    "zone",
    "flags",
]


def test_the_json_has_the_documented_keys_in_their_order(ranked: None, capsys: Output) -> None:
    status = rank("--format", "json")

    found = json.loads(capsys.readouterr().out)
    assert status == 0
    assert list(found) == ["call", "model", "tiers"]
    assert found["call"] == "river-2031"
    assert list(found["model"]) == ["method", "mu", "var_application", "var_reviewer", "var_residual"]
    assert [tier["key"] for tier in found["tiers"]] == ["wide", "near"]
    entries = [entry for tier in found["tiers"] for entry in tier["entries"]]
    assert [list(entry) for entry in entries] == [KEYS] * 4
    assert [(entry["number"], entry["rank"], entry["tied"], entry["mean"]) for entry in entries] == [
        ("KW-0001", 1, True, 4.0),
        ("KW-0002", 1, True, 4.0),
        ("KW-0003", None, False, 11 / 3),
        ("KW-0004", None, False, None),
    ]
    assert {key for key, value in entries[2].items() if value is None} == {
        *("rank", "sd", "calibrated", "calibrated_rank", "rank_low", "rank_high", "p_selected")
    }
    assert [entry["zone"] for entry in entries[2:]] == ["incomplete", "incomplete"]


def test_the_table_lines_up_as_wide_characters_show(ranked: None, capsys: Output) -> None:
    status = rank()

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert lines[0] == "① 広い枠（採択予定数 2件）"
    head, first = lines[1], lines[2]
    assert (head.split(), first.split()[:4]) == (
        ["順位", "受付番号", "団体", "平均", "有効/割当", "調整後", "順位の幅", "採択見込み", "区分", "印"],
        ["1（同順位）", "KW-0001", "任意団体ほたる1", "4.00"],
    )
    assert _column(head, "平均") == _column(first, "4.00") == _column(lines[4], "3.67")
    assert "1/2（利益相反1）" in lines[4]
    assert lines[-1].startswith("採択予定数は目安です。")


def _column(line: str, text: str) -> int:
    before = line[: line.index(text)]
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in before)


def test_the_csv_has_stable_columns(ranked: None, tmp_path: Path) -> None:
    out = tmp_path / "ranking.csv"

    status = rank("--format", "csv", "--out", str(out))

    lines = list(csv.reader(StringIO(out.read_bytes().decode("utf-8-sig"))))
    assert status == 0
    assert lines[0] == [
        *("tier", "rank", "tied", "number", "organization", "title", "mean", "sd", "reviews", "assigned", "conflicts"),
        *("calibrated", "calibrated_rank", "rank_low", "rank_high", "p_selected", "zone", "flags"),
    ]
    assert lines[1][:7] == ["wide", "1", "true", "KW-0001", "任意団体ほたる1", "川辺を歩く1", "4.0"]
    assert lines[3][:4] == ["wide", "", "false", "KW-0003"]
    assert lines[3][8:11] == ["1", "2", "1"]
    assert len(lines) == 5


@pytest.mark.parametrize("form", ["table", "csv", "json", "xlsx"])
def test_equal_scores_give_equal_bytes(ranked: None, tmp_path: Path, form: str) -> None:
    one, other = tmp_path / f"one.{form}", tmp_path / f"other.{form}"

    assert rank("--format", form, "--out", str(one)) == 0
    assert rank("--format", form, "--out", str(other)) == 0

    assert one.read_bytes() == other.read_bytes()


def test_a_call_without_scores_has_a_ranking_of_unranked_proposals(file: Path, capsys: Output) -> None:
    assert rank("--format", "json") == 0

    found = json.loads(capsys.readouterr().out)
    assert found["model"] == {
        "method": "REML",
        "mu": None,
        "var_application": None,
        "var_reviewer": None,
        "var_residual": None,
    }
    assert [entry["rank"] for entry in found["tiers"][0]["entries"]] == [None, None]
    assert rank() == 0
    assert "審査の対象となる応募がありません。" in capsys.readouterr().out


def test_an_unknown_format_is_wrong_input(ranked: None, capsys: Output) -> None:
    assert rank("--format", "pdf") == 2
