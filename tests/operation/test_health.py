"""Whoever watches the server learns whether it works, and which part does not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from config import Settings
from grantflow import schema
from grantflow.core.db import db
from grantflow.documents.faces import FOLDER
from grantflow.documents.fonts import FALLBACK, Typeface
from grantflow.files.places import Folder
from grantflow.health import has_fonts
from tests.browsing import Browser

Open = Callable[..., Browser]


def stand_at(revision: str) -> str:
    """Note another revision in the database; returns the one before."""
    with db.engine.begin() as connection:
        before = schema.stands_at(connection)
        connection.execute(update(schema.STANDS_AT).values(version_num=revision))
    return str(before)


def test_the_process_answers(browser: Open):
    answer = browser().get("/healthz")

    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


def test_everything_that_a_request_needs_is_there(browser: Open):
    answer = browser().get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json() == {"status": "ok", "database": "ok", "schema": "ok", "files": "ok", "fonts": "ok"}


def test_a_database_that_does_not_answer_is_named_and_the_process_still_answers(browser: Open, settings: Settings):
    visitor = browser()
    db.connect(f"sqlite:///{settings.data_dir / 'nowhere' / 'none.db'}")

    ready, alive = visitor.get("/readyz"), visitor.get("/healthz")

    db.connect(settings.database_url)
    assert ready.status_code == 503
    assert ready.get_json() == {
        "status": "unavailable",
        "database": "unavailable",
        "schema": "unavailable",
        "files": "ok",
        "fonts": "ok",
    }
    assert alive.status_code == 200


@pytest.mark.parametrize("revision", ["000", "999"])
def test_a_database_of_another_revision_is_named(browser: Open, revision):
    visitor = browser()
    before = stand_at(revision)

    answer = visitor.get("/readyz")

    stand_at(before)
    assert answer.status_code == 503
    assert {part for part, state in answer.get_json().items() if state != "ok"} == {"status", "schema"}


def test_a_font_that_is_missing_is_noticed(tmp_path: Path):
    for name in (*(face.value for face in Typeface), FALLBACK):
        (tmp_path / name).write_bytes(b"")
    whole = has_fonts(tmp_path)
    (tmp_path / FALLBACK).unlink()

    assert (whole, has_fonts(tmp_path), has_fonts(FOLDER)) == (True, False, True)


def test_a_folder_that_can_be_made_can_keep_files_and_a_file_cannot(tmp_path: Path):
    (tmp_path / "letter").write_bytes(b"")

    assert Folder(tmp_path / "files" / "sha256").can_write()
    assert not Folder(tmp_path / "letter" / "sha256").can_write()
