"""A backup that was cut, changed, forged or made by another version is refused with its reason; nothing is written."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from grantflow.backups.archive import MANIFEST, MARK, SEAL_LENGTH
from grantflow.backups.manifest import FORMAT
from tests.backups.forging import members, resealed, sealed, table_of, with_manifest, with_members, with_rows
from tests.backups.places import grantflow

OTHER = "別の控えを使ってください。"
CUT = f"控えの終わりの印がありません。途中で切れたか、あとから何かが付け足されています。もう一度写すか、{OTHER}"
CHANGED = f"控えの内容が、作られたときと違います。もう一度写すか、{OTHER}"
NOT_OURS = "grantflow の控えではありません。grantflow backup で作ったファイルを指定してください。"
NO_MANIFEST = f"控えの目録を読めません。{OTHER}"

Forge = Callable[[bytes], bytes]


def cut(share: float) -> Forge:
    return lambda content: content[: int(len(content) * share)]


def flipped(place: int) -> Forge:
    def forge(content: bytes) -> bytes:
        changed = bytearray(content)
        changed[place] ^= 0x10
        return bytes(changed)

    return forge


def plain_zip(_content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("letter.txt", "こんにちは")
    return out.getvalue()


def twice(content: bytes) -> bytes:
    found = list(members(content).items())
    with pytest.warns(UserWarning, match="Duplicate name"):
        return sealed([*found, found[1]])


def without(name: str) -> Forge:
    return with_members(lambda found: found.pop(name))


def added(name: str) -> Forge:
    return with_members(lambda found: found.update({name: b"x"}))


def set_to(**values: Any) -> Forge:
    return with_manifest(lambda manifest: manifest.update(values))


def of_users(**values: Any) -> Forge:
    return with_manifest(lambda manifest: table_of(manifest, "users").update(values))


def swollen(found: dict[str, bytes]) -> None:
    found["tables/users.jsonl"] = bytes(8 << 20)


def endless_line(found: dict[str, bytes]) -> None:
    found["tables/users.jsonl"] = b"[" * 50
    manifest = json.loads(found[MANIFEST])
    table_of(manifest, "users")["bytes"] = 50
    found[MANIFEST] = json.dumps(manifest).encode()


def encrypted(content: bytes) -> bytes:
    """The flag of an encrypted member, in its local header and in the directory."""
    name = b"tables/users.jsonl"
    local, listed = content.index(name) - 30 + 6, content.rindex(name) - 46 + 8
    changed = bytearray(content)
    changed[local] |= 1
    changed[listed] |= 1
    return resealed(bytes(changed))


def lost_listing(content: bytes) -> bytes:
    """The directory of the ZIP overwritten."""
    start = content.index(b"PK\x01\x02")
    return resealed(content[:start] + bytes(len(content) - start - SEAL_LENGTH) + content[-SEAL_LENGTH:])


def first_user(position: int, value: Any) -> Forge:
    def change(rows: list[list[Any]]) -> None:
        rows[0][position] = value

    return with_rows("users", change)


def file_gone(content: bytes) -> bytes:
    name = next(name for name in members(content) if name.startswith("files/"))

    def drop(found: dict[str, bytes]) -> None:
        del found[name]
        manifest = json.loads(found[MANIFEST])
        manifest["files"] = [one for one in manifest["files"] if not name.endswith(one["sha256"])]
        found[MANIFEST] = json.dumps(manifest).encode()

    return with_members(drop)(content)


DAMAGED = {
    "empty": (lambda _content: b"", f"ファイルが空です。{OTHER}"),
    "one byte left": (lambda content: content[:1], NOT_OURS),
    "cut in the first header": (lambda content: content[:35], CUT),
    "cut after the mark": (lambda content: content[:60], CUT),
    "cut after a tenth": (cut(0.1), CUT),
    "cut in the middle": (cut(0.5), CUT),
    "cut before the end": (cut(0.97), CUT),
    "without its last byte": (lambda content: content[:-1], CUT),
    "without its seal": (lambda content: content[:-SEAL_LENGTH], CUT),
    "with a byte too many": (lambda content: content + b"\n", CUT),
    "twice one after the other": (lambda content: content + content, CHANGED),
    "a flipped bit in the mark": (flipped(32), NOT_OURS),
    "a flipped bit in a date": (flipped(11), CHANGED),
    "a flipped bit in the seal": (flipped(-1), CHANGED),
    "a flipped bit in the word of the seal": (flipped(-SEAL_LENGTH), CUT),
    "a flipped bit in the middle": (lambda content: flipped(len(content) // 2)(content), CHANGED),
    "a page": (lambda _content: b"<!DOCTYPE html>" * 100, NOT_OURS),
    "another ZIP": (plain_zip, NOT_OURS),
    "its members in a ZIP that was never sealed": (lambda content: content[:-SEAL_LENGTH] + bytes(SEAL_LENGTH), CUT),
    "no list of members": (lost_listing, f"控えの中の一覧を読めません。{OTHER}"),
    "no manifest": (without(MANIFEST), f"控えに目録がありません。{OTHER}"),
    "a manifest that is no JSON": (with_members(lambda found: found.update({MANIFEST: b"{"})), NO_MANIFEST),
    "a manifest nested too deep": (
        with_members(lambda found: found.update({MANIFEST: b"[" * 100_000})),
        NO_MANIFEST,
    ),
    "a manifest that is a list": (with_members(lambda found: found.update({MANIFEST: b"[]"})), NO_MANIFEST),
    "a manifest with a key too many": (set_to(colour="red"), NO_MANIFEST),
    "a manifest that counts less than nothing": (of_users(rows=-1), NO_MANIFEST),
    "a manifest with a name for another folder": (of_users(name="../users"), NO_MANIFEST),
    "a manifest with a hash that is none": (set_to(trail={"count": 1, "head": "0"}), NO_MANIFEST),
    "a manifest with a kind nobody knows": (of_users(columns={"id": "colour"}), NO_MANIFEST),
    "another format": (
        set_to(format=FORMAT + 1),
        f"控えの形式は{FORMAT + 1}ですが、この grantflow が読めるのは{FORMAT}です。"
        "控えを作ったときと同じか、それより新しい grantflow で戻してください。",
    ),
    "another revision": (
        set_to(revision="999", program="9.1"),
        "この控えのデータベースの版（999）を、この grantflow は知りません。"
        "控えを作った grantflow 9.1 か、それより新しいものを入れてから戻してください。",
    ),
    "a missing member": (
        without("tables/scores.jsonl"),
        f"控えに tables/scores.jsonl がありません。{OTHER}",
    ),
    "a missing mark": (without(MARK), NOT_OURS),
    "a member too many": (
        added("tables/strangers.jsonl"),
        f"控えに、目録にない 'tables/strangers.jsonl' が入っています。{OTHER}",
    ),
    "a member for another folder": (
        added("../../etc/passwd"),
        f"控えに、目録にない '../../etc/passwd' が入っています。{OTHER}",
    ),
    "a member for the root": (added("/etc/cron.d/x"), f"控えに、目録にない '/etc/cron.d/x' が入っています。{OTHER}"),
    "a member twice": (twice, f"控えに、同じ名前のものが二つ入っています。{OTHER}"),
    "an encrypted member": (encrypted, f"控えの中の tables/users.jsonl が、作られたときと違います。{OTHER}"),
    "a member that swells": (
        with_members(swollen),
        f"控えの中の tables/users.jsonl の大きさが、目録と違います。{OTHER}",
    ),
    "a line without an end": (
        with_members(endless_line),
        f"控えの中の tables/users.jsonl が、作られたときと違います。{OTHER}",
    ),
    "another size": (of_users(bytes=1), f"控えの中の tables/users.jsonl の大きさが、目録と違います。{OTHER}"),
    "another hash": (
        of_users(sha256="0" * 64),
        f"控えの中の tables/users.jsonl が、作られたときと違います。{OTHER}",
    ),
    "another count": (
        of_users(rows=7),
        f"表 users は目録では7行ですが、1行あります。{OTHER}",
    ),
    "a row too short": (
        with_rows("users", lambda rows: rows[0].pop()),
        f"表 users の1行目を読めません。{OTHER}",
    ),
    "a row that is none": (
        with_rows("users", lambda rows: rows.insert(0, {})),
        f"表 users の1行目を読めません。{OTHER}",
    ),
    "an id in another spelling": (
        first_user(0, "{00000000-0000-0000-0000-000000000000}"),
        f"表 users の1行目を読めません。{OTHER}",
    ),
    "half a character": (first_user(2, "\ud842"), f"表 users の1行目を読めません。{OTHER}"),
    "a row twice": (
        with_rows("users", lambda rows: rows.append(rows[0])),
        f"表 users の中身を、データベースが受け付けません（REASON）。{OTHER}",
    ),
    "a row that is pointed at gone": (
        with_rows("criteria", lambda rows: rows.clear()),
        f"表 scores の中身を、データベースが受け付けません（REASON）。{OTHER}",
    ),
    "columns of another revision": (
        set_to(revision="001"),
        f"控えの表が、データベースの版（001）のものと違います。{OTHER}",
    ),
    "another end of the trail": (
        set_to(trail={"count": 1, "head": "a" * 64}),
        f"戻した監査証跡が、控えに記された末尾（{'a' * 64}）につながりません。{OTHER}",
    ),
    "an event with another word": (
        with_rows("audit_events", lambda rows: rows[4].__setitem__(3, "だれか")),
        f"戻した監査証跡が、控えに記された末尾（HEAD）につながりません。{OTHER}",
    ),
    "an event gone": (
        with_rows("audit_events", lambda rows: rows.pop(4)),
        f"戻した監査証跡が、控えに記された末尾（HEAD）につながりません。{OTHER}",
    ),
    "a stored file gone": (file_gone, f"控えに、記録にあるファイルの中身がありません。{OTHER}"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_backup_is_refused_with_its_reason_and_nothing_is_written(
    name, there, dialect, good, tmp_path, capsys
):
    forge, sentence = DAMAGED[name]
    (tmp_path / "damaged.backup").write_bytes(forge(good))

    status, out, err = grantflow(capsys, "restore", tmp_path / "damaged.backup")

    head = json.loads(members(good)[MANIFEST])["trail"]["head"]
    reason = {"sqlite": "IntegrityError", "postgresql": "UniqueViolation"}[dialect]
    if "scores" in sentence:
        reason = {"sqlite": "FOREIGN KEY", "postgresql": "ForeignKeyViolation"}[dialect]
    assert (status, out) == (2, "")
    assert err == sentence.replace("HEAD", head).replace("REASON", reason) + "\n"
    assert there.is_untouched()


def test_a_bit_flipped_in_any_member_is_found(there, good, tmp_path, capsys):
    with zipfile.ZipFile(io.BytesIO(good)) as opened:
        places = {entry.filename: entry.header_offset + 40 for entry in opened.infolist()}
    found = {}

    for name, at in places.items():
        (tmp_path / "damaged.backup").write_bytes(flipped(at)(good))
        found[name] = grantflow(capsys, "restore", tmp_path / "damaged.backup")

    wanted = {name: (2, "", (NOT_OURS if name == MARK else CHANGED) + "\n") for name in places}
    assert found == wanted
    assert there.is_untouched()


def test_a_file_that_is_not_there_is_named(there, tmp_path, capsys):
    status, _out, err = grantflow(capsys, "restore", tmp_path / "none.backup")

    assert (status, err) == (
        2,
        f"{tmp_path / 'none.backup'} を読めません（No such file or directory）。場所と名前を確かめてください。\n",
    )
    assert there.is_untouched()


def test_sealing_again_changes_nothing_that_is_whole(place, dialect, good, tmp_path, capsys):
    (tmp_path / "again.backup").write_bytes(sealed(list(members(good).items())))
    place(dialect).enter()

    status, _out, err = grantflow(capsys, "restore", tmp_path / "again.backup")

    assert (status, err) == (0, "")
