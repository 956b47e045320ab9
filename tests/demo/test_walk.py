"""The sample call is played from its publication to its published list; its first screening leaves what it shows."""

from collections import Counter
from pathlib import Path

import pytest
import time_machine

from grantflow.applications import corrections, officer_checks, queries, submissions
from grantflow.applications.models import ApplicationStatus
from grantflow.applications.screening_models import CheckResult
from grantflow.audit import queries as audit
from grantflow.awards.queries import published
from grantflow.core.db import db
from grantflow.demo import people, screening
from grantflow.demo.cast import call_of
from grantflow.demo.walk import walk

SLUG = "sample-model-2026"


@pytest.mark.timeout(180)
def test_the_sample_call_is_played_from_the_beginning_to_the_end(store: None, tmp_path: Path) -> None:
    said: list[str] = []
    with time_machine.travel("2026-11-22T10:00:00+09:00"):
        walk(tmp_path, said.append)

    with db.transaction(write=False):
        call = call_of(SLUG)
        numbered = queries.by_number(call)
        assert published(call) is not None
        assert audit.verify().holds
        decided = Counter(row.status for row in numbered.values())
        assert decided[ApplicationStatus.INELIGIBLE] == 1
        assert set(decided) == {
            ApplicationStatus.ADOPTED,
            ApplicationStatus.RESERVE,
            ApplicationStatus.NOT_ADOPTED,
            ApplicationStatus.INELIGIBLE,
        }

        mended = numbered["MDL-0073"]
        (correction,) = corrections.rounds(mended)
        assert (correction.fields, correction.reason) == ({screening.PHONE: people.MEND}, people.WHY_MEND)
        assert correction.answered_at is not None
        phones = [row.contents["group"]["contact_phone"] for row in submissions.versions(mended)]
        assert sorted(phones) == sorted([people.GROUP["contact_phone"], people.MENDED_PHONE])

        (away,) = (row for row in numbered.values() if row.status is ApplicationStatus.INELIGIBLE)
        assert away.ineligible_because == people.INELIGIBLE

        results = Counter(row.result for row in officer_checks.of_call(call).values())
        assert results == {CheckResult.NO_MATCH: 59, CheckResult.UNANSWERED: 1}
    assert (tmp_path / "adoption-list.pdf").stat().st_size > 0
