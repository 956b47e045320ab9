"""The file of a backup: a ZIP whose parts its manifest lists, sealed with the SHA-256 of every byte before the seal."""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from grantflow.backups.kinds import KINDS
from grantflow.backups.manifest import Damaged, Manifest, Stored, Table, read
from grantflow.core.words import _

#: The first member, so that the first bytes tell what the file is.
MARK = "grantflow-backup"
START = b"PK\x03\x04"
MARK_STARTS_AT = 30
MANIFEST = "manifest.json"
#: The ZIP's comment, hence the last bytes of the file.
SEAL = b"grantflow-backup sha256 "
SEAL_LENGTH = len(SEAL) + 64
#: The same date for every member: when the backup was made stands in its manifest.
DATE = (1980, 1, 1, 0, 0, 0)
CHUNK = 1 << 20
LARGEST_MANIFEST = 64 << 20
#: One row; the largest is what a list of thousands of proposals rested on.
LONGEST_LINE = 256 << 20

UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


class Writer:
    """Puts the parts of a backup into its file one after the other, none of them held in memory."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._put(MARK, [b"\n"], zipfile.ZIP_STORED)

    def table(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> Table:
        """Add the rows of a table, their values in the order of `columns` (name and kind)."""
        encoders = [KINDS[kind].encode for kind in columns.values()]
        count = 0

        def lines() -> Iterator[bytes]:
            nonlocal count
            for row in rows:
                count += 1
                values = [None if value is None else encode(value) for value, encode in zip(row, encoders, strict=True)]
                yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

        size, digest = self._put(f"tables/{name}.jsonl", lines())
        return Table(name, dict(columns), count, size, digest)

    def file(self, sha256: str, pieces: Iterable[bytes]) -> Stored:
        """Add a stored file; Damaged when its content is not what its hash says."""
        size, digest = self._put(f"files/{sha256}", pieces, zipfile.ZIP_STORED)
        if digest != sha256:
            raise _changed(f"files/{sha256}")
        return Stored(sha256, size)

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest, which says what was added before."""
        self._put(MANIFEST, [manifest.written()])

    def _put(self, member: str, chunks: Iterable[bytes], method: int = zipfile.ZIP_DEFLATED) -> tuple[int, str]:
        entry = zipfile.ZipInfo(member, DATE)
        entry.compress_type = method
        digest, size = hashlib.sha256(), 0
        with self._archive.open(entry, "w", force_zip64=True) as out:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
        return size, digest.hexdigest()


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """A new file at `path`, sealed and on the disk when the block ends; only its owner can read it."""
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.comment = bytes(SEAL_LENGTH)
            yield Writer(archive)
        seal = SEAL + _digest(file).encode("ascii")
        file.seek(-SEAL_LENGTH, os.SEEK_END)
        file.write(seal)
        file.flush()
        os.fsync(file.fileno())


def _digest(file: IO[bytes]) -> str:
    """The SHA-256 of everything before the seal."""
    left = file.seek(0, os.SEEK_END) - SEAL_LENGTH
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(min(CHUNK, left)):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()


class Backup:
    """A backup whose seal held: its manifest, and its parts, each checked again while it is read."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest, sha256: str) -> None:
        self._archive = archive
        self.manifest = manifest
        self.sha256 = sha256

    def rows(self, table: Table) -> Iterator[list[Any]]:
        """The rows of `table`; raises Damaged at the first that is not what the manifest says."""
        decoders = [KINDS[kind].decode for kind in table.columns.values()]
        number = 0
        for number, line in enumerate(self._checked(table, _lines), start=1):
            try:
                values = json.loads(line)
                if type(values) is not list:
                    raise ValueError("no list")
                row = [None if value is None else decode(value) for value, decode in zip(values, decoders, strict=True)]
            except (ValueError, RecursionError) as error:
                raise Damaged(
                    _(
                        "表 %(table)s の%(row)s行目を読めません。別の控えを使ってください。",
                        table=table.name,
                        row=number,
                    )
                ) from error
            yield row
        if number != table.rows:
            raise Damaged(
                _(
                    "表 %(table)s は目録では%(wanted)s行ですが、%(found)s行あります。別の控えを使ってください。",
                    table=table.name,
                    wanted=table.rows,
                    found=number,
                )
            )

    def content(self, stored: Stored) -> Iterator[bytes]:
        """The content of a stored file, in pieces; raises Damaged at the end when it is another."""
        return self._checked(stored, _pieces)

    def check(self) -> None:
        """Read every part; raises Damaged at the first that is not what the manifest says."""
        for table in self.manifest.tables:
            for _row in self.rows(table):
                pass
        for stored in self.manifest.files:
            for _piece in self.content(stored):
                pass

    def _checked(self, part: Table | Stored, pieces: Any) -> Iterator[bytes]:
        digest = hashlib.sha256()
        try:
            with self._archive.open(part.member) as file:
                for piece in pieces(file):
                    digest.update(piece)
                    yield piece
        except UNREADABLE as error:
            raise _changed(part.member) from error
        if digest.hexdigest() != part.sha256:
            raise _changed(part.member)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    while line := file.readline(LONGEST_LINE):
        if not line.endswith(b"\n"):
            raise ValueError("a line without its end")
        yield line


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(CHUNK):
        yield piece


def _changed(member: str) -> Damaged:
    return Damaged(_("控えの中の %(member)s が、作られたときと違います。別の控えを使ってください。", member=member))


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """The backup at `path`: sealed as it was written, of a form that is known, with exactly the parts that it lists.

    Raises Damaged with the reason otherwise. The rows are not read yet: `check` does that.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise Damaged(
            _("%(path)s を読めません（%(reason)s）。場所と名前を確かめてください。", path=path, reason=error.strerror)
        ) from error
    with file:
        sha256 = _unbroken(file)
        try:
            archive = zipfile.ZipFile(file)
        except UNREADABLE as error:
            raise Damaged(_("控えの中の一覧を読めません。別の控えを使ってください。")) from error
        with archive:
            manifest = read(_manifest_of(archive))
            _refuse_other_members(archive, manifest)
            yield Backup(archive, manifest, sha256)


def _unbroken(file: IO[bytes]) -> str:
    """The SHA-256 in the seal, if it is that of the bytes before it."""
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        raise Damaged(_("ファイルが空です。別の控えを使ってください。"))
    file.seek(0)
    head = file.read(MARK_STARTS_AT + len(MARK))
    if not _begins_like_ours(head):
        raise Damaged(_("grantflow の控えではありません。grantflow backup で作ったファイルを指定してください。"))
    file.seek(max(0, size - SEAL_LENGTH))
    seal = file.read()
    if size < SEAL_LENGTH + len(head) or not seal.startswith(SEAL):
        raise Damaged(
            _(
                "控えの終わりの印がありません。途中で切れたか、あとから何かが付け足されています。"
                "もう一度写すか、別の控えを使ってください。"
            )
        )
    if seal != SEAL + _digest(file).encode("ascii"):
        raise Damaged(_("控えの内容が、作られたときと違います。もう一度写すか、別の控えを使ってください。"))
    return seal[len(SEAL) :].decode("ascii")


def _begins_like_ours(head: bytes) -> bool:
    """Whether these first bytes are ours, however few there are."""
    name = MARK.encode("ascii")
    return head.startswith(START) and name.startswith(head[MARK_STARTS_AT:]) and head[MARK_STARTS_AT:] != b""


def _manifest_of(archive: zipfile.ZipFile) -> bytes:
    try:
        with archive.open(MANIFEST) as file:
            content = file.read(LARGEST_MANIFEST + 1)
    except KeyError as error:
        raise Damaged(_("控えに目録がありません。別の控えを使ってください。")) from error
    except UNREADABLE as error:
        raise _changed(MANIFEST) from error
    if len(content) > LARGEST_MANIFEST:
        raise Damaged(_("控えの目録が大きすぎます。別の控えを使ってください。"))
    return content


def _refuse_other_members(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    found = [entry.filename for entry in archive.infolist()]
    listed = {MARK, MANIFEST, *(part.member for part in manifest.parts)}
    missing, spare = sorted(listed - set(found)), sorted(set(found) - listed)
    if missing:
        raise Damaged(_("控えに %(member)s がありません。別の控えを使ってください。", member=missing[0]))
    if spare:
        raise Damaged(
            _("控えに、目録にない %(member)s が入っています。別の控えを使ってください。", member=repr(spare[0]))
        )
    if len(found) != len(listed):
        raise Damaged(_("控えに、同じ名前のものが二つ入っています。別の控えを使ってください。"))
    for part in manifest.parts:
        if archive.getinfo(part.member).file_size != part.bytes:
            raise Damaged(
                _("控えの中の %(member)s の大きさが、目録と違います。別の控えを使ってください。", member=part.member)
            )
