"""Whatever is changed of what was received, its rows or its files, is found and named by the check."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import click
import pytest
from sqlalchemy import delete, select, update

from grantflow.applications import submission_checks, submissions
from grantflow.applications.cli import files as files_commands
from grantflow.applications.declared import declared_in
from grantflow.applications.models import Application, Attachment, Submission
from grantflow.core.commands import CommandLine, run
from grantflow.core.db import db
from grantflow.files.models import StoredFile
from tests.applications import test_received_files as received_files
from tests.applications.test_received_files import FILES, RULES, lying, whole

now = received_files.now
arranged = received_files.arranged
draft = received_files.draft
one = received_files.one


def with_rows(change: Callable[[Submission], None]) -> Callable[[], AbstractContextManager[None]]:
    """`change` of the one version, in a transaction that is undone."""

    @contextmanager
    def planted() -> Iterator[None]:
        with db.open(write=True):
            row = db.session.scalars(select(Submission)).one()
            with db.session.no_autoflush:
                change(row)
            db.session.flush()
            db.session.expire_all()
            yield
            db.session.rollback()

    return planted


def of_content(content: bytes, become: bytes | None) -> Callable[[], AbstractContextManager[None]]:
    """What is stored of a file is something else, or gone."""

    @contextmanager
    def planted() -> Iterator[None]:
        path = lying(content)
        path.unlink() if become is None else path.write_bytes(become)
        with db.open(write=False):
            yield
        path.write_bytes(content)

    return planted


def put(row: Submission, name: str, value: Any) -> None:
    db.session.execute(update(Submission).where(Submission.id == row.id).values({name: value}))


def with_contents(row: Submission, **parts: Any) -> None:
    put(row, "contents", {**row.contents, **parts})


def with_manifest(row: Submission, *gone: str, **more: str) -> None:
    put(row, "manifest", {key: value for key, value in {**row.manifest, **more}.items() if key not in gone})


def both(row: Submission, part: str) -> None:
    """The content and its hash: only the trail knows better."""
    contents = {**row.contents, part: {**row.contents[part], "planted": "x"}}
    put(row, "contents", contents)
    put(row, "manifest", submissions.manifest_of(contents))


def of_file(place: int, **values: Any) -> Callable[[Submission], None]:
    def change(row: Submission) -> None:
        file = declared_in(row.contents)[place].file
        db.session.execute(update(StoredFile).where(StoredFile.id == uuid.UUID(file)).values(**values))

    return change


def without_file(row: Submission) -> None:
    db.session.execute(delete(Attachment))
    db.session.execute(delete(StoredFile).where(StoredFile.id == uuid.UUID(declared_in(row.contents)[0].file)))


def of_declared(place: int, **values: Any) -> Callable[[Submission], None]:
    def change(row: Submission) -> None:
        rows = [dict(one) for one in row.contents["documents"]["files"]]
        rows[place] |= values
        with_contents(row, documents={"files": rows})

    return change


def another_amount(_row: Submission) -> None:
    db.session.execute(update(Application).values(requested_yen=1))


def swapped(first: str, second: str) -> Callable[[Submission], None]:
    return lambda row: put(row, "manifest", {**row.manifest, first: row.manifest[second], second: row.manifest[first]})


PARTS = ("group", "plan", "targets", "amount", "documents", "confirmations")
KEYS = (*PARTS, "documents/01-rules", "documents/02-record", "documents/03-record")
OTHER = "0" * 64
Planted = tuple[str, Callable[[], AbstractContextManager[None]], str]


def planted() -> list[Planted]:
    """What is planted: its name, how, and what the check must name."""
    found: list[Planted] = []
    for part in PARTS[:4] + PARTS[5:]:
        found.append((f"JSON of {part}", with_rows(lambda row, p=part: with_contents(row, **{p: {}})), part))
        found.append((f"JSON and hash of {part}", with_rows(lambda row, p=part: both(row, p)), "全体の指紋"))
    for key in KEYS:
        found.append((f"hash of {key}", with_rows(lambda row, k=key: with_manifest(row, **{k: OTHER})), key))
        found.append((f"no hash of {key}", with_rows(lambda row, k=key: with_manifest(row, k)), key))
    for first, second in (("plan", "group"), (KEYS[6], KEYS[7]), (KEYS[7], KEYS[8]), ("amount", KEYS[6])):
        found.append((f"{first} and {second} swapped", with_rows(swapped(first, second)), first))
    for key in ("documents/04-more", "unknown"):
        found.append((f"more: {key}", with_rows(lambda row, k=key: with_manifest(row, **{k: OTHER})), key))
    for place, (_document, content, name) in enumerate(FILES):
        found += [
            (f"{name}: a byte", of_content(content, content[:50] + bytes([content[50] ^ 1]) + content[51:]), name),
            (f"{name}: cut", of_content(content, content[:-1]), name),
            (f"{name}: longer", of_content(content, content + b"\0"), name),
            (f"{name}: empty", of_content(content, b""), name),
            (f"{name}: gone", of_content(content, None), name),
            (f"{name}: row of another", with_rows(of_file(place, sha256=OTHER)), name),
            (f"{name}: row renamed", with_rows(of_file(place, name="別.pdf")), name),
            (f"{name}: declared otherwise", with_rows(of_declared(place, sha256=OTHER)), name),
        ]
    found += [
        ("size of a row", with_rows(of_file(0, size=1)), "会則.pdf"),
        ("kind of a row", with_rows(of_file(0, media_type="text/html")), "会則.pdf"),
        ("no row", with_rows(without_file), "会則.pdf"),
        ("number", with_rows(lambda row: put(row, "number", "KW-0002")), "受付番号"),
        ("version", with_rows(lambda row: put(row, "version", 2)), "第1版"),
        ("no version", with_rows(lambda row: db.session.execute(delete(Submission))), "第1版"),
        (
            "amount of the proposal",
            with_rows(lambda row: db.session.execute(update(Application).values(requested_yen=1))),
            "申請額",
        ),
        (
            "a file that is not declared",
            with_rows(lambda row: with_contents(row, documents={"files": []})),
            "documents",
        ),
    ]
    return found


def test_every_planted_difference_is_found_and_named(one: Application) -> None:
    planting = planted()
    assert whole()

    missed = []
    for name, plant, word in planting:
        with plant():
            faults = submission_checks.check().faults
        if not any(word in fault and "KW-000" in fault for fault in faults):
            missed.append((name, faults))

    assert missed == []
    assert len(planting) >= 50
    assert whole()


def test_the_command_names_what_was_planted(one: Application, capsys: pytest.CaptureFixture[str]) -> None:
    def checked() -> int:
        commands = click.Group(commands=[files_commands])
        return run(commands, CommandLine(identify=lambda email: None), ["files", "check"])

    before, told = checked(), capsys.readouterr().out
    lying(RULES).write_bytes(RULES + b"!")
    after, faults = checked(), capsys.readouterr().err

    assert (before, after) == (0, 1)
    assert "受け付けた応募の版は、すべて受け付けたときのままです（1件）。" in told
    assert "KW-0001 第1版：「会則.pdf」（documents/01-rules）の中身が違います。" in faults
