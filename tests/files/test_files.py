"""Files that are kept: whole, once, and told apart from what is missing or altered."""

import hashlib
import uuid
from pathlib import Path

import click
import pytest
from sqlalchemy import select

from config import Settings
from grantflow.applications.cli import files
from grantflow.audit import queries as audit
from grantflow.core.commands import CommandLine, run
from grantflow.core.db import db
from grantflow.core.refusals import Unavailable
from grantflow.files import operations, queries
from grantflow.files.models import StoredFile
from grantflow.files.storage import place_of, shelf
from tests.factories.accounts import OPERATOR

CONTENT = "受付番号,枠\nKW-0001,wide\n".encode()
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SOMETHING = uuid.UUID(int=7)
NONE_RECEIVED = "受け付けた応募の版は、すべて受け付けたときのままです（0件）。\n"


def lying(sha256):
    """The file on the disk with this content."""
    return shelf.place.path(place_of(sha256))


def kept(content=CONTENT, name="応募.csv", purpose="applications.load", belongs_to=SOMETHING):
    return operations.keep(content, name, "text/csv", purpose, by=OPERATOR, belongs_to=belongs_to)


@pytest.fixture
def check(store, capsys):
    """`check()` is the answer of `files check`: exit status, standard output, standard error."""

    def command():
        status = run(click.Group(commands=[files]), CommandLine(identify=lambda email: None), ["files", "check"])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return command


def test_a_kept_file_is_read_back_as_it_was(writing, reading):
    with writing():
        row = kept()

    with reading():
        found = queries.stored_file(row.id, "applications.load", SOMETHING)
        assert (found.name, found.size, found.sha256, queries.content(found)) == (
            "応募.csv",
            len(CONTENT),
            SHA256,
            CONTENT,
        )


def test_keeping_a_file_is_an_event_with_its_hash(writing, reading):
    with writing():
        row = kept()

    with reading():
        (event,) = audit.history(row)
        assert (event.action, event.details["sha256"], event.details["name"]) == ("files.keep", SHA256, "応募.csv")


@pytest.mark.parametrize(
    ("purpose", "belongs_to"), [("scores.load", SOMETHING), ("applications.load", uuid.UUID(int=8))]
)
def test_a_file_is_not_found_for_another_purpose_or_another_row(writing, reading, purpose, belongs_to):
    with writing():
        row = kept()

    with reading():
        assert queries.stored_file(row.id, purpose, belongs_to) is None


def test_a_name_loses_what_no_page_can_show(writing):
    with writing():
        row = kept(name="応募\x00\n.csv")

    assert row.name == "応募.csv"


def test_equal_content_lies_on_the_disk_once(writing):
    with writing():
        kept(), kept(name="もう一度.csv")

    assert list(shelf.stored()) == [f"{SHA256[:2]}/{SHA256[2:4]}/{SHA256}"]


def test_the_newest_file_comes_first(writing, reading):
    with writing():
        kept(name="一.csv")
    with writing():
        kept(b"2", name="二.csv")

    with reading():
        assert [row.name for row in queries.files_for("applications.load", SOMETHING)] == ["二.csv", "一.csv"]


def test_altered_content_is_not_handed_out(writing, reading):
    with writing():
        row = kept()
    lying(SHA256).write_bytes(b"something else")

    with reading(), pytest.raises(Unavailable):
        queries.content(row)


def test_altered_content_is_mended_when_the_same_file_is_kept_again(writing):
    with writing():
        kept()
    lying(SHA256).write_bytes(b"something else")

    with writing():
        kept()

    assert shelf.read(SHA256) == CONTENT


def test_a_check_of_whole_files_counts_them(writing, check):
    with writing():
        kept(), kept(b"2")

    assert check() == (
        0,
        f"保存したファイルは正常です（2件）。\n{NONE_RECEIVED}",
        "",
    )


def test_a_check_names_what_is_missing_and_what_is_altered(writing, check):
    with writing():
        kept(), kept(b"2", name="二.csv")
    lying(SHA256).unlink()
    lying(hashlib.sha256(b"2").hexdigest()).write_bytes(b"3")

    status, out, err = check()

    assert (status, out) == (1, "")
    assert err.splitlines() == [
        f"応募.csv（SHA-256：{SHA256}）：ありません。控えから戻してください。",
        f"二.csv（SHA-256：{hashlib.sha256(b'2').hexdigest()}）：中身が違います。控えから戻してください。",
    ]


def test_what_an_undone_upload_left_is_told_and_harms_nobody(store, check):
    with db.open(write=True):
        kept()

    status, out, err = check()

    assert (status, out) == (
        0,
        f"保存したファイルは正常です（0件）。\n{NONE_RECEIVED}",
    )
    assert err.startswith(f"{SHA256[:2]}/{SHA256[2:4]}/{SHA256}：")


def test_files_lie_in_the_data_folder_unless_told_otherwise(tmp_path):
    told = Settings.from_environment({"GRANTFLOW_DATA_DIR": str(tmp_path), "GRANTFLOW_FILES_URL": "file:///srv/files"})
    untold = Settings.from_environment({"GRANTFLOW_DATA_DIR": str(tmp_path)})

    assert told.stored_files == "file:///srv/files"
    assert untold.stored_files == Path(tmp_path, "files").as_uri()


def test_a_row_is_not_kept_without_its_content(writing, reading):
    with writing():
        kept()

    with reading():
        assert [shelf.fingerprint(row.sha256) for row in db.session.scalars(select(StoredFile))] == [SHA256]
