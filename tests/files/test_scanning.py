"""A scanner for malware locks files until it has looked at them, and never keeps one from being received."""

import datetime as dt
import json

import pytest
import time_machine
from sqlalchemy import select

from config import BadSetting, Settings
from grantflow.audit.models import AuditEvent
from grantflow.core import clock
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.files import operations, queries, scanning
from grantflow.files.models import ScanState, StoredFile
from grantflow.files.scanner import NotScanned, ScannerIsDown, scanner
from grantflow.files.storage import place_of, shelf
from tests.factories.accounts import OPERATOR
from tests.files.builders import EICAR, a_pdf, packed
from tests.files.clamd import running

pytest_plugins = ["tests.files.clamd"]

PURPOSE = "tests.sample"


def received(writing, content=b"words", name="計画.pdf"):
    with writing():
        return operations.keep(content, name, "application/pdf", PURPOSE, by=OPERATOR)


def as_stored(reading, row):
    with reading():
        found = db.session.get_one(StoredFile, row.id)
        return found, queries.is_released(found)


def test_without_a_scanner_a_file_is_not_scanned_and_released(writing, reading):
    row = received(writing)

    tried = scanning.scan_due()

    found, is_released = as_stored(reading, row)
    assert (tried, found.scan, is_released) == (0, ScanState.NOT_SCANNED, True)


def test_a_file_is_locked_until_it_was_found_clean(writing, reading, clamd):
    row = received(writing)
    waiting, was_released = as_stored(reading, row)

    tried = scanning.scan_due()

    found, is_released = as_stored(reading, row)
    assert (waiting.scan, was_released) == (ScanState.WAITING, False)
    assert (tried, found.scan, found.finding, is_released) == (1, ScanState.CLEAN, "", True)
    assert scanning.scan_due() == 0


@pytest.mark.parametrize("content", [EICAR, b"x" * 300_000 + EICAR])
def test_what_the_scanner_finds_locks_the_file_for_good(writing, reading, clamd, content):
    row = received(writing, content)

    scanning.scan_due()

    found, is_released = as_stored(reading, row)
    assert (found.scan, found.finding, is_released) == (ScanState.INFECTED, "Eicar-Test-Signature", False)
    with pytest.raises(Refused, match=r"ウイルスが見つかったので、開けません。.*ください。$"):
        queries.require_released(found)
    scanner.use("")
    assert not queries.is_released(found)


def test_a_finding_is_an_event(writing, reading, clamd):
    row = received(writing, EICAR)

    scanning.scan_due()

    with reading():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "files.scan")).all()
        told = [json.loads(event.details) if isinstance(event.details, str) else event.details for event in events]
    assert [(one["outcome"], one["finding"], one["sha256"]) for one in told] == [
        ("infected", "Eicar-Test-Signature", row.sha256)
    ]


def test_a_scanner_that_is_down_refuses_nothing_and_costs_no_try(writing, reading, clamd):
    clamd.close()

    row = received(writing)
    tried = scanning.scan_due()

    found, is_released = as_stored(reading, row)
    assert (tried, found.scan, found.scan_tries, is_released) == (0, ScanState.WAITING, 0, False)
    with pytest.raises(Refused, match="受け取りは済んでいます"):
        queries.require_released(found)


def test_a_scanner_that_comes_back_goes_on_where_it_was(writing, reading, clamd):
    clamd.manner = "mute"
    row = received(writing)
    scanning.scan_due()
    clamd.manner = "well"

    scanning.scan_due()

    assert as_stored(reading, row)[0].scan is ScanState.CLEAN


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        ("silent", "TimeoutError"),
        ("garbage", "no answer that can be read"),
        ("small", "size limit"),
        ("hangs up", "(no answer that can be read|ConnectionResetError)"),
    ],
)
def test_a_scanner_that_says_nothing_of_use_is_asked_again_later(writing, reading, clamd, manner, reason):
    clamd.manner = manner
    row = received(writing, b"x" * 200_000)

    with pytest.raises(NotScanned, match=f"^{reason}$"):
        scanner.scan([b"x" * 200_000])
    scanning.scan_due()

    found, is_released = as_stored(reading, row)
    assert (found.scan, found.scan_tries, is_released) == (ScanState.WAITING, 1, False)
    assert scanning.scan_due() == 0
    with time_machine.travel(clock.now() + dt.timedelta(minutes=2), tick=False):
        clamd.manner = "well"
        assert scanning.scan_due() == 1
    assert as_stored(reading, row)[0].scan is ScanState.CLEAN


def test_what_is_never_scanned_is_said_to_be_so_and_can_be_tried_again(writing, reading, clamd):
    clamd.manner = "garbage"
    row = received(writing)
    for days in range(operations.MOST_TRIES):
        with time_machine.travel(clock.now() + dt.timedelta(days=days), tick=False):
            scanning.scan_due()
    failed, was_released = as_stored(reading, row)
    clamd.manner = "well"

    with writing():
        for found in queries.not_scanned():
            operations.scan_again(found, by=OPERATOR)
    scanning.scan_due()

    assert (failed.scan, failed.scan_at, was_released) == (ScanState.FAILED, None, False)
    assert as_stored(reading, row)[0].scan is ScanState.CLEAN


def test_one_bad_file_does_not_hold_up_the_others(writing, reading, clamd):
    gone = received(writing, b"gone")
    there = received(writing, b"there")
    shelf.place.path(place_of(gone.sha256)).unlink()

    scanning.scan_due()

    assert as_stored(reading, gone)[0].scan_tries == 1
    assert as_stored(reading, there)[0].scan is ScanState.CLEAN


def test_files_from_before_the_scanner_are_scanned_as_well(writing, reading):
    row = received(writing, packed({"a.txt": EICAR}, method=0))

    with running():
        assert not as_stored(reading, row)[1]
        scanning.scan_due()

    assert as_stored(reading, row)[0].scan is ScanState.INFECTED


def test_a_scanner_is_reached_by_a_socket_in_the_file_system(tmp_path):
    with running(tmp_path / "clamd.sock"):
        scanner.require_answer()

        assert (scanner.scan([a_pdf()]).finding, scanner.scan([EICAR]).finding) == ("", "Eicar-Test-Signature")


def test_no_scanner_at_an_address_is_a_scanner_that_is_down(tmp_path):
    scanner.use(f"unix://{tmp_path}/none.sock")

    with pytest.raises(ScannerIsDown):
        scanner.require_answer()
    scanner.use("")


@pytest.mark.parametrize(
    "url", ["clamd", "tcp://", "unix://host/x", "unix:///", "tcp://h:0", "tcp://h:1/x", "http://h:1"]
)
def test_an_address_that_cannot_be_used_stops_the_start(tmp_path, url):
    with pytest.raises(BadSetting, match=r"^GRANTFLOW_CLAMD_URL: "):
        Settings.from_environment({"GRANTFLOW_DATA_DIR": str(tmp_path), "GRANTFLOW_CLAMD_URL": url})


@pytest.mark.parametrize("url", ["", "tcp://127.0.0.1:3310", "tcp://clamd", "unix:///run/clamav/clamd.ctl"])
def test_an_address_of_a_scanner_is_taken_as_it_is(tmp_path, url):
    told = Settings.from_environment({"GRANTFLOW_DATA_DIR": str(tmp_path), "GRANTFLOW_CLAMD_URL": url})

    assert told.clamd_url == url
