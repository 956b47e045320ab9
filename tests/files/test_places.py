"""Content lies in a folder or in a bucket, and both keep the same promises."""

import hashlib
import threading
from pathlib import Path

import pytest

from config import BadSetting, Settings
from grantflow.files.places import Bucket, Folder, place
from grantflow.files.storage import NotStored, Shelf, place_of
from tests.files.failing import FailsAt

pytest_plugins = ["tests.files.buckets"]

CONTENT = "受付番号\n".encode() * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
KEY = place_of(SHA256)
LONG = bytes(range(256)) * (9 * 4096)


@pytest.fixture(params=["folder", "bucket"])
def url(request, tmp_path: Path) -> str:
    """The address of an empty place."""
    return (tmp_path / "files").as_uri() if request.param == "folder" else request.getfixturevalue("bucket_url")


@pytest.fixture
def shelf(url: str) -> Shelf:
    """A shelf at an empty place."""
    found = Shelf()
    found.open(url)
    return found


def test_what_is_put_is_read_back_and_lies_under_its_hash(shelf):
    sha256 = shelf.put(CONTENT)

    assert (sha256, shelf.read(sha256), list(shelf.stored())) == (SHA256, CONTENT, [KEY])
    assert (shelf.holds(SHA256, len(CONTENT)), shelf.holds(SHA256, 1)) == (True, False)


def test_long_content_comes_in_pieces(shelf):
    sha256 = shelf.put(LONG)

    pieces = list(shelf.pieces(sha256))

    assert len(pieces) > 1
    assert b"".join(pieces) == LONG


def test_empty_content_is_content(shelf):
    sha256 = shelf.put(b"")

    assert (shelf.read(sha256), shelf.holds(sha256, 0)) == (b"", True)


def test_equal_content_lies_there_once(shelf):
    shelf.put(CONTENT), shelf.put(CONTENT), shelf.put(b"2")

    assert len(list(shelf.stored())) == 2


def test_nothing_is_written_over(shelf):
    shelf.place.create(KEY, CONTENT)

    with pytest.raises(FileExistsError):
        shelf.place.create(KEY, b"other")

    assert shelf.read(SHA256) == CONTENT


def test_many_at_once_put_the_same(shelf):
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(shelf.put(CONTENT))) for _ in range(6)]

    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert found == [SHA256] * 6
    assert (shelf.read(SHA256), list(shelf.stored())) == (CONTENT, [KEY])


def test_what_is_not_there_is_not_stored(shelf):
    assert (shelf.fingerprint(SHA256), shelf.holds(SHA256, len(CONTENT)), list(shelf.stored())) == (None, False, [])

    with pytest.raises(NotStored):
        shelf.read(SHA256)


def test_what_was_taken_away_is_not_there_and_taking_it_away_again_harms_nobody(shelf):
    sha256 = shelf.put(b"for a week")

    shelf.remove(sha256)
    shelf.remove(sha256)

    assert list(shelf.stored()) == []


def test_what_was_altered_is_not_handed_out_and_is_mended_by_putting_it_again(shelf):
    shelf.put(CONTENT)
    shelf.place.replace(KEY, b"altered")

    with pytest.raises(NotStored):
        shelf.read(SHA256)
    assert shelf.fingerprint(SHA256) == hashlib.sha256(b"altered").hexdigest()
    shelf.put(CONTENT)

    assert shelf.read(SHA256) == CONTENT


def test_what_was_altered_is_never_handed_out_whole(shelf):
    sha256 = shelf.put(LONG)
    shelf.place.replace(place_of(sha256), LONG[:-1] + b"?")
    got = b""

    with pytest.raises(NotStored):
        for piece in shelf.pieces(sha256):
            got += piece

    assert len(got) < len(LONG)


def test_an_empty_place_can_be_swept_again(shelf, tmp_path):
    sweep = shelf.sweeper()
    shelf.put(CONTENT), shelf.put(b"2")

    sweep()

    assert (list(shelf.stored()), list(tmp_path.iterdir())) == ([], [])


def test_a_place_says_whether_it_can_be_written_to(shelf):
    assert shelf.can_write()


def test_a_bucket_that_is_not_there_cannot_be_written_to(storage_server):
    nowhere = Bucket(f"s3://grantflow-nowhere/x?endpoint={storage_server}")

    assert not nowhere.can_write()
    assert list(nowhere.keys()) == []
    with pytest.raises(OSError, match=r"."):
        nowhere.create(KEY, CONTENT)


def test_a_server_that_is_not_there_is_a_failure_and_no_missing_file():
    silent = Shelf()
    silent.open("s3://grantflow/x?endpoint=http://127.0.0.1:9")

    with pytest.raises(OSError, match=r"^(EndpointConnectionError|ClientConnectorError)$"):
        silent.fingerprint(SHA256)
    assert not silent.can_write()


def test_two_prefixes_of_one_bucket_know_nothing_of_each_other(bucket_url):
    here, there = Shelf(), Shelf()
    here.open(bucket_url)
    there.open(bucket_url.replace("/of/this", "/of/thistle"))

    there.put(CONTENT)

    assert (list(here.stored()), list(there.stored())) == ([], [KEY])


@pytest.mark.parametrize("fails_at", range(1, 8))
def test_a_place_that_fails_at_any_call_leaves_whole_content_or_none(shelf, fails_at):
    whole = shelf.place
    shelf.use(FailsAt(whole, fails_at))

    try:
        acknowledged = shelf.put(CONTENT)
    except OSError:
        acknowledged = ""

    shelf.use(whole)
    assert shelf.fingerprint(SHA256) in (None, SHA256)
    assert acknowledged in ("", SHA256)
    assert not acknowledged or shelf.read(SHA256) == CONTENT
    assert (fails_at > 3) == bool(acknowledged)


def test_a_write_that_tells_lies_is_found_out(shelf):
    class Forgetful(FailsAt):
        def create(self, key, content):
            super().create(key, content[:-1])

    shelf.use(Forgetful(shelf.place, 0))

    with pytest.raises(OSError, match="is not what can be read"):
        shelf.put(CONTENT)


@pytest.mark.parametrize("sha256", ["../../etc/passwd", "", "A" * 64, SHA256 + "/x"])
def test_no_name_but_a_hash_leads_anywhere(shelf, sha256):
    with pytest.raises(ValueError, match=r"^"):
        shelf.read(sha256)


def test_the_setting_names_a_folder_or_a_bucket(tmp_path):
    asked = {"GRANTFLOW_DATA_DIR": str(tmp_path)}

    told = Settings.from_environment(
        asked | {"GRANTFLOW_FILES_URL": "s3://bucket/prefix?endpoint=https://s3.example.jp"}
    )

    assert isinstance(place(told.stored_files), Bucket)
    assert isinstance(place(Settings.from_environment(asked).stored_files), Folder)


@pytest.mark.parametrize(
    "url",
    [
        *("files", "file://host/files", "file:///", "s3://", "s3:///x", "https://bucket/x"),
        *("s3://bucket?endpoint=ftp://x", "s3://key:secret@bucket/x", "s3://bucket/x?secret=1", "s3://bucket/../x"),
    ],
)
def test_a_place_that_cannot_be_used_stops_the_start(tmp_path, url):
    with pytest.raises(BadSetting, match=r"^GRANTFLOW_FILES_URL: "):
        Settings.from_environment({"GRANTFLOW_DATA_DIR": str(tmp_path), "GRANTFLOW_FILES_URL": url})
