"""A backup brings everything back to the byte: on the same database, on the other, and by way of the other."""

import datetime as dt
import stat
import zipfile

import pytest
import time_machine
from sqlalchemy import inspect, update

from grantflow import schema
from grantflow.accounts import operations as accounts
from grantflow.app import MIGRATIONS
from grantflow.audit.models import AuditEvent
from grantflow.backups import archive, restoring
from grantflow.backups.kinds import kind_of
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.files.storage import shelf
from tests.backups.filling import HARD, everything
from tests.backups.places import contents, grantflow, trail
from tests.factories.accounts import OPERATOR

AT = dt.datetime(2031, 4, 2, 3, 4, 5, tzinfo=dt.UTC)


def test_a_restored_place_holds_what_was_backed_up(place, route, tmp_path, capsys):
    here, there = map(place, route)
    here.enter(prepared=True)
    everything()
    before, proof = contents(), trail()
    here.back_up(tmp_path / "all.backup")

    there.enter()
    status, out, err = grantflow(capsys, "restore", tmp_path / "all.backup")

    assert (status, err) == (0, "")
    assert proof.head in out
    assert contents() == before
    assert trail() == proof
    assert schema.is_current(db.engine, MIGRATIONS)


def test_a_backup_of_a_restored_place_is_the_same_file(place, route, tmp_path):
    here, there = map(place, route)
    with time_machine.travel(AT, tick=False):
        here.enter(prepared=True)
        everything()
        first = here.back_up(tmp_path / "first.backup")
        there.enter()
        with archive.opened(tmp_path / "first.backup") as found:
            restoring.restore(found, MIGRATIONS)

        second = there.back_up(tmp_path / "second.backup")

    assert second == first


def test_a_restored_place_can_be_worked_in(place, dialect, good, tmp_path, capsys):
    (tmp_path / "good.backup").write_bytes(good)
    place(dialect).enter()
    assert grantflow(capsys, "restore", tmp_path / "good.backup")[0] == 0
    before = trail()

    with db.transaction(write=True):
        accounts.add("new@example.jp", HARD, by=OPERATOR)

    assert trail().holds
    assert trail().count == before.count + 1


def test_a_place_that_was_only_prepared_counts_as_empty(place, dialect, good, tmp_path, capsys):
    (tmp_path / "good.backup").write_bytes(good)
    place(dialect).enter(prepared=True)

    status, _out, err = grantflow(capsys, "restore", tmp_path / "good.backup")

    assert (status, err) == (0, "")
    assert trail().count > 0


@pytest.mark.parametrize("what", ["an account", "a stored file", "a stranger's table"])
def test_a_place_with_anything_in_it_is_refused_and_stays(place, dialect, good, tmp_path, capsys, what):
    (tmp_path / "good.backup").write_bytes(good)
    place(dialect).enter(prepared=True)
    if what == "an account":
        with db.transaction(write=True):
            accounts.add("someone@example.jp", "先客", by=OPERATOR)
    elif what == "a stored file":
        shelf.put(b"somebody's")
    else:
        with db.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE strangers (id INTEGER)")
    before = contents()

    status, out, err = grantflow(capsys, "restore", tmp_path / "good.backup")

    assert (status, out) == (1, "")
    assert err == (
        "ここにはすでにデータがあります。控えは空の場所にだけ戻せます。"
        "GRANTFLOW_DATA_DIR と GRANTFLOW_DATABASE_URL に、別の空の場所を指定してください。\n"
    )
    assert contents() == before


def test_the_command_tells_what_is_in_the_backup_and_only_its_owner_can_read_it(place, dialect, tmp_path, capsys):
    place(dialect).enter(prepared=True)
    everything()
    out = tmp_path / "all.backup"

    status, said, err = grantflow(capsys, "backup", "--out", out)

    with archive.opened(out) as found:
        manifest = found.manifest
    assert (status, err) == (0, "")
    assert said.splitlines() == [
        f"控えを作り、読み直して確かめました：{out}",
        f"　作成：{manifest.made_at}（grantflow {manifest.program}、データベースの版 {manifest.revision}）",
        f"　中身：{manifest.rows}行、ファイル4件、監査証跡{manifest.trail.count}件",
        f"　監査証跡の末尾：{trail().head}",
        f"　控えの SHA-256：{out.read_bytes()[-64:].decode()}",
    ]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["all.backup"]


def test_a_backup_opens_with_any_tool_for_zip_files(good, tmp_path):
    (tmp_path / "good.backup").write_bytes(good)

    with zipfile.ZipFile(tmp_path / "good.backup") as opened:
        broken, names = opened.testzip(), opened.namelist()

    assert broken is None
    assert names[0] == "grantflow-backup"
    assert {f"tables/{table.name}.jsonl" for table in schema.METADATA.sorted_tables} < set(names)


def test_a_backup_is_never_written_over(place, dialect, tmp_path, capsys):
    place(dialect).enter(prepared=True)
    out = tmp_path / "all.backup"
    out.write_bytes(b"the old one")

    status, _out, err = grantflow(capsys, "backup", "--out", out)

    assert (status, err) == (1, f"{out} はすでにあります。控えは上書きしません。別の名前を指定してください。\n")
    assert out.read_bytes() == b"the old one"


def test_a_folder_that_is_not_there_is_named(place, dialect, tmp_path, capsys):
    place(dialect).enter(prepared=True)
    out = tmp_path / "nowhere" / "all.backup"

    status, _out, err = grantflow(capsys, "backup", "--out", out)

    assert (status, err) == (
        2,
        f"{out} に書けません（No such file or directory）。場所と名前を確かめてください。\n",
    )


def test_a_trail_that_does_not_hold_is_not_backed_up(place, dialect, tmp_path):
    here = place(dialect)
    here.enter(prepared=True)
    everything()
    with db.engine.begin() as connection:
        connection.execute(update(AuditEvent).where(AuditEvent.position == 3).values(actor_name="だれか"))

    with pytest.raises(Refused, match=r"^監査証跡が壊れているので、控えを作れません。"):
        here.back_up(tmp_path / "all.backup")

    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_stored_file_that_is_gone_is_not_passed_over(place, dialect, tmp_path):
    here = place(dialect)
    here.enter(prepared=True)
    everything()
    shelf.place.path(next(shelf.stored())).unlink()

    with pytest.raises(Refused, match=r"^保存したファイルに、無いものか中身の違うものがあるので"):
        here.back_up(tmp_path / "all.backup")

    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_what_is_written_meanwhile_is_not_in_the_snapshot(place, dialect):
    place(dialect).enter(prepared=True)
    everything()
    before = trail()

    with db.snapshot() as session:
        seen = session.query(AuditEvent).count()
        with db.transaction(write=True):
            accounts.add("late@example.jp", "あとから", by=OPERATOR)
        again = session.query(AuditEvent).count()

    assert (seen, again) == (before.count, before.count)
    assert trail().count == before.count + 1


@pytest.mark.parametrize("table", schema.METADATA.sorted_tables, ids=lambda table: table.name)
def test_every_column_can_be_backed_up_and_every_row_restored_in_turn(table):
    kinds = [kind_of(column).name for column in table.columns]
    before = schema.METADATA.sorted_tables[: schema.METADATA.sorted_tables.index(table)]

    later = [key.column.table.name for key in table.foreign_keys if key.column.table not in [*before, table]]
    own = [key.parent.nullable for key in table.foreign_keys if key.column.table is table]
    numbered = [column.name for column in table.primary_key if column is table.autoincrement_column]

    assert len(kinds) == len(table.columns)
    assert later == []
    assert all(own)
    assert numbered == []


def test_the_restored_tables_are_those_of_the_migrations(place, dialect, good, tmp_path, capsys):
    (tmp_path / "good.backup").write_bytes(good)
    place(dialect).enter()

    grantflow(capsys, "restore", tmp_path / "good.backup")

    assert set(inspect(db.engine).get_table_names()) == {*schema.METADATA.tables, "alembic_version"}
