"""Workers that die lose nothing that was acknowledged: `make faults` in small, and what it would find."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks import faults
from benchmarks.databases import DATABASES
from benchmarks.faults import Run

HASHES = frozenset({"a" * 64, "b" * 64})


def row(proposal: str, number: str, **changes: object) -> dict[str, object]:
    """A version as it is stored."""
    return {"id": proposal, "number": number, "version": 1, "hashes": [*HASHES], "files": 1, "whole": True} | changes


def told(rows: list[dict[str, object]], **receipts: str) -> list[str]:
    """What is said of these rows and the numbers on receipts."""
    done = Run(receipts={proposal: (number, HASHES) for proposal, number in receipts.items()})
    return faults.differences(done, rows, len(receipts))


def test_what_is_there_as_it_was_acknowledged_is_fine() -> None:
    assert told([row("one", "K-0001"), row("two", "K-0002")], one="K-0001", two="K-0002") == []


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([row("one", "K-0001")], "K-0002: 0 versions"),
        ([row("one", "K-0001"), row("two", "K-0002"), row("two", "K-0002")], "K-0002: 2 versions"),
        ([row("one", "K-0001"), row("two", "K-0001")], "K-0001: given twice"),
        ([row("one", "K-0001"), row("two", "K-0003")], "stored as K-0003"),
        ([row("one", "K-0001"), row("two", "K-0002", whole=False)], "K-0002: not whole"),
        ([row("one", "K-0001"), row("two", "K-0002", files=0)], "K-0002: not whole"),
        ([row("one", "K-0001"), row("two", "K-0002", hashes=["c" * 64])], "other hashes"),
        ([row("one", "K-0001"), row("two", "K-0002"), row("three", "K-0003")], "three: stored without a receipt"),
    ],
)
def test_what_is_lost_doubled_or_incomplete_is_named(rows: list[dict[str, object]], word: str) -> None:
    assert any(word in sentence for sentence in told(rows, one="K-0001", two="K-0002"))


@pytest.mark.timeout(600)
def test_killed_workers_lose_nothing_that_was_acknowledged(dialect: str, tmp_path: Path) -> None:
    with DATABASES[dialect](tmp_path / f"faults_{tmp_path.name}") as environment:
        # In a thread of its own: a browser of an earlier test keeps an event loop in this one
        with ThreadPoolExecutor(1) as own:
            done = own.submit(faults.submitted, environment, count=40, clients=6, kills=3, workers=2).result()
        found = faults.compared(environment, done, 40)

    assert found == []
    assert len(done.receipts) == 40
    assert done.killed == 3
