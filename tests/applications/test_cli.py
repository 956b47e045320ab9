"""`applications load` on the command line: exit statuses, sentences, dry run."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from grantflow.accounts import queries as accounts
from grantflow.accounts.models import Role
from grantflow.applications import queries
from grantflow.applications.cli import applications
from grantflow.audit.queries import history
from grantflow.calls import queries as calls
from grantflow.core.authorization import Actor
from grantflow.core.commands import CommandLine, run
from grantflow.core.db import db
from tests.factories.accounts import person
from tests.factories.applications import csv_of, row
from tests.factories.calls import published

Writing = Callable[[], AbstractContextManager[Session]]
Output = pytest.CaptureFixture[str]


def identify(email: str) -> Actor | None:
    """The account of `--as`."""
    user = accounts.user(email)
    return calls.actor(user) if user else None


def load(file: Path, *options: str, slug: str = "river-2031") -> int:
    """The exit status of `applications load`."""
    return run(applications, CommandLine(identify), ["load", slug, str(file), *options])


def stored() -> set[str]:
    """The numbers that are stored."""
    with db.transaction(write=False):
        call = calls.call("river-2031")
        assert call is not None
        return queries.numbers(call)


@pytest.fixture
def file(writing: Writing, tmp_path: Path) -> Path:
    """A file for the small call, which is published."""
    with writing():
        published()
    path = tmp_path / "proposals.csv"
    path.write_bytes(
        csv_of(row(1), row(2, tier="near", requested_yen="500000"), row(3, organization="任意団体ほたる1"))
    )
    return path


def test_a_file_is_loaded_and_the_result_said(file: Path, capsys: Output) -> None:
    assert load(file) == 0

    assert capsys.readouterr() == ("応募3件を取り込みました（① 2、② 1、新しい団体 2）。\n", "")
    assert stored() == {"KW-0001", "KW-0002", "KW-0003"}


def test_a_dry_run_says_the_same_and_changes_nothing(file: Path, capsys: Output) -> None:
    assert load(file, "--dry-run") == 0

    assert capsys.readouterr() == (
        "応募3件を取り込めます（① 2、② 1、新しい団体 2）。何も変えていません。\n",
        "",
    )
    assert stored() == set()


def test_every_bad_row_is_told_and_nothing_is_loaded(file: Path, capsys: Output) -> None:
    file.write_bytes(csv_of(row(1), row(2, tier="x"), row(3, founded="2019-13"), row(1)))

    assert load(file) == 2

    assert capsys.readouterr() == (
        "",
        f"{file}:3: tier: 「x」という枠はこの公募にありません。wide、near のどれかを書いてください。\n"
        f"{file}:4: founded: 13月という月はありません。1月から12月までで書いてください。\n"
        f"{file}:5: number: 受付番号 KW-0001 は2行目にもあります。どちらかの番号を直してください。\n",
    )
    assert stored() == set()


def test_warnings_are_told_beside_the_result(file: Path, capsys: Output) -> None:
    file.write_bytes(csv_of(row(legal_form="個人")))

    assert load(file) == 0

    assert capsys.readouterr() == (
        "応募1件を取り込みました（① 1、② 0、新しい団体 1）。\n",
        f"{file}:2: legal_form: 「個人」は公募の一覧にありません。書かれたまま取り込みます。\n",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "ファイルが空です（0バイト）。見出しと行のあるファイルを選んでください。"),
        (csv_of(row()).decode().encode("utf-16"), "文字コードがUTF-16です。CSV（UTF-8）で保存し直してください。"),
        (
            b"number,tier,organization,title,requested_yen\n",
            "見出しの下に行がありません。1件以上の行を書いてください。",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_told(file: Path, capsys: Output, content: bytes, sentence: str) -> None:
    file.write_bytes(content)

    assert load(file) == 2

    assert capsys.readouterr() == ("", f"{file}: {sentence}\n")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (
            "number,tier,organization,title",
            "1: requested_yen: 必要な列がありません。列を足して値を書いてください。",
        ),
        (
            "number,tier,organization,title,requested_yen,title",
            "1: title: 同じ名前の列が二つ以上あります。一つだけ残してください。",
        ),
        (
            "number,tier,organisation,title,requested_yen,organization",
            "1: organisation: 知らない列です。「organization」ではありませんか。名前を直すか、その列を消してください。",
        ),
    ],
)
def test_a_column_that_is_missing_doubled_or_unknown_is_told(
    file: Path, capsys: Output, header: str, told: str
) -> None:
    file.write_text(f"{header}\n{','.join('x' for _ in header.split(','))}\n", encoding="utf-8")

    assert load(file) == 2

    assert capsys.readouterr() == ("", f"{file}:{told}\n")


def test_ten_megabytes_in_a_cell_are_refused_by_line_and_column(file: Path, capsys: Output) -> None:
    file.write_bytes(csv_of(row(1), row(2, summary="長" * 3_500_000)))

    assert load(file) == 2

    assert capsys.readouterr() == ("", f"{file}:3: summary: 3500000文字あります。20000文字までに短くしてください。\n")
    assert stored() == set()


@pytest.mark.parametrize(
    "encode", [str.encode, lambda text: text.encode("utf-8-sig"), lambda text: text.encode("cp932")]
)
def test_a_file_of_any_usual_encoding_and_line_end_is_read(file: Path, encode: Callable[[str], bytes]) -> None:
    file.write_bytes(encode(csv_of(row(1, organization="髙橋会"), row(2)).decode()))

    assert load(file) == 0

    assert stored() == {"KW-0001", "KW-0002"}


def test_a_call_that_does_not_exist_is_wrong_input(file: Path, capsys: Output) -> None:
    assert load(file, slug="nothing") == 2

    assert "「nothing」という公募はありません。" in capsys.readouterr().err


def test_the_account_that_loads_stands_in_the_events(writing: Writing, file: Path) -> None:
    with writing():
        person("office@example.jp", Role.SECRETARIAT)

    assert load(file, "--as", "office@example.jp") == 0

    with db.transaction(write=False):
        call = calls.call("river-2031")
        assert call is not None
        (event,) = history(queries.by_number(call)["KW-0001"])
    assert (event.actor_name, event.actor_role) == ("office", "secretariat")


def test_an_account_that_may_not_load_is_refused(writing: Writing, file: Path, capsys: Output) -> None:
    with writing():
        person("auditor@example.jp", Role.AUDITOR)

    assert load(file, "--as", "auditor@example.jp") == 1

    assert capsys.readouterr().out == ""
    assert stored() == set()
