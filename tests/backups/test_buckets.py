"""A backup takes its files from a bucket as from a folder, and brings them back into either."""

import pytest

from grantflow.app import MIGRATIONS
from grantflow.backups import archive, restoring
from grantflow.core.refusals import Refused
from grantflow.files.storage import shelf
from tests.backups.places import contents
from tests.files.failing import FailsAt

pytest_plugins = ["tests.files.buckets"]


def restored(path):
    with archive.opened(path) as backup:
        restoring.restore(backup, MIGRATIONS)


def test_files_move_from_a_folder_to_a_bucket_and_back(place, bucket_url, good, tmp_path):
    (tmp_path / "folder.backup").write_bytes(good)
    there, back = place("sqlite"), place("sqlite")

    there.enter()
    shelf.open(bucket_url)
    restored(tmp_path / "folder.backup")
    in_the_bucket = contents()
    there.back_up(tmp_path / "bucket.backup")
    back.enter()
    restored(tmp_path / "bucket.backup")

    assert len(in_the_bucket["files"]) > 1
    assert contents() == in_the_bucket


def test_a_restore_that_fails_leaves_the_bucket_empty(place, bucket_url, good, tmp_path):
    (tmp_path / "good.backup").write_bytes(good)
    place("sqlite").enter()
    shelf.open(bucket_url)
    whole = shelf.place
    # Each file takes three calls: the first is written, and one of the later ones fails
    shelf.use(FailsAt(whole, 8))

    with pytest.raises(Refused, match="何も戻していません"):
        restored(tmp_path / "good.backup")

    assert list(whole.keys()) == []


def test_a_bucket_with_something_in_it_is_no_empty_place(place, bucket_url, good, tmp_path):
    (tmp_path / "good.backup").write_bytes(good)
    place("sqlite").enter()
    shelf.open(bucket_url)
    shelf.put(b"somebody's")

    with pytest.raises(Refused, match="空の場所"):
        restored(tmp_path / "good.backup")

    assert len(list(shelf.stored())) == 1
