"""Backups that somebody else might have written: taken apart, changed, and sealed again."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from grantflow.backups import archive
from grantflow.backups.archive import MANIFEST, MARK, SEAL, SEAL_LENGTH

Members = dict[str, bytes]


def members(content: bytes) -> Members:
    """What is in a backup, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def sealed(parts: list[tuple[str, bytes]]) -> bytes:
    """A file with these members whose seal holds."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.comment = bytes(SEAL_LENGTH)
        for name, content in parts:
            stored = zipfile.ZIP_STORED if name == MARK else zipfile.ZIP_DEFLATED
            made.writestr(zipfile.ZipInfo(name, archive.DATE), content, stored)
    return resealed(out.getvalue())


def resealed(content: bytes) -> bytes:
    """The same file with the seal that its bytes ask for."""
    body = content[:-SEAL_LENGTH]
    return body + SEAL + hashlib.sha256(body).hexdigest().encode("ascii")


def with_members(change: Callable[[Members], None]) -> Callable[[bytes], bytes]:
    """A backup with other members, sealed."""

    def forge(content: bytes) -> bytes:
        found = members(content)
        change(found)
        return sealed(list(found.items()))

    return forge


def with_manifest(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes], bytes]:
    """A backup with another manifest, sealed."""

    def rewrite(found: Members) -> None:
        manifest = json.loads(found[MANIFEST])
        change(manifest)
        found[MANIFEST] = json.dumps(manifest).encode()

    return with_members(rewrite)


def with_rows(table: str, change: Callable[[list[list[Any]]], None]) -> Callable[[bytes], bytes]:
    """A backup with other rows in one table, told so by its manifest, sealed."""
    name = f"tables/{table}.jsonl"

    def rewrite(found: Members) -> None:
        rows = [json.loads(line) for line in found[name].splitlines()]
        change(rows)
        found[name] = b"".join(json.dumps(row, ensure_ascii=True).encode() + b"\n" for row in rows)
        manifest = json.loads(found[MANIFEST])
        entry = table_of(manifest, table)
        digest = hashlib.sha256(found[name]).hexdigest()
        entry.update(rows=len(rows), bytes=len(found[name]), sha256=digest)
        found[MANIFEST] = json.dumps(manifest).encode()

    return with_members(rewrite)


def table_of(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    """What a manifest says of one table."""
    return next(one for one in manifest["tables"] if one["name"] == name)
