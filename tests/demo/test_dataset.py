"""The invented proposals and scores of the sample call fit its definition."""

import csv
from collections import Counter
from pathlib import Path

import grantflow
from grantflow.calls.definition import Definition, parse
from grantflow.core.tables import Columns, read_table
from grantflow.demo.scores import PANEL, ScoreRow, scores

PACKAGE = Path(grantflow.__file__).parent
APPLICATIONS = PACKAGE / "demo" / "applications.csv"
SECOND = Path(__file__).parent.parent / "data" / "second-call.toml"
COLUMNS = Columns(
    required=("number", "tier", "organization", "title", "requested_yen"),
    optional=("legal_form", "founded", "summary", "activity_area", "audience", "features"),
)


def sample() -> Definition:
    return parse((PACKAGE / "definitions" / "sample.toml").read_bytes())


def proposals() -> list[dict[str, str]]:
    with APPLICATIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def panel() -> list[str]:
    return [panelist.email for panelist in PANEL]


def test_the_file_of_proposals_reads_without_a_problem() -> None:
    table = read_table(APPLICATIONS, "applications.csv", COLUMNS)

    assert list(table.problems) == []
    assert len(table.rows) == 72


def test_72_groups_of_72_names_propose_72_projects_of_their_own() -> None:
    rows = proposals()

    assert Counter(row["tier"] for row in rows) == Counter(municipal=60, school_district=12)
    for column in ("organization", "title", "summary"):
        assert len({row[column] for row in rows}) == 72
    assert [row["number"] for row in rows] == [f"{sample().call.number_prefix}-{place:04d}" for place in range(1, 73)]


def test_every_proposal_keeps_within_the_lists_and_limits_of_the_sample_call() -> None:
    call, rows = sample(), proposals()
    caps = {tier.key: tier.cap_yen for tier in call.tiers}
    audience = {*call.audience.groups, *call.audience.attributes}
    title, summary = call.limits.title or 0, call.limits.summary or 0

    assert [row["number"] for row in rows if int(row["requested_yen"]) > caps[row["tier"]]] == []
    assert [row["number"] for row in rows if len(row["title"]) > title or len(row["summary"]) > summary] == []
    assert {row["legal_form"] for row in rows} - set(call.eligibility.legal_forms) == set()
    assert {name for row in rows for name in row["audience"].split(";")} - audience == set()
    assert {name for row in rows for name in row["features"].split(";")} - set(call.audience.features) == set()


def test_names_and_dates_are_as_varied_as_real_ones() -> None:
    rows = proposals()
    names = "".join(row["organization"] for row in rows)

    assert {len(row["founded"]) for row in rows} == {4, 7, 10}
    assert set("髙﨑𠮷ＮＰＯﾊﾞｽ") - set(names) == set()


def test_every_proposal_is_scored_by_a_whole_panel_on_the_scale() -> None:
    call, numbers = sample(), [row["number"] for row in proposals()]

    rows = scores(call, numbers, panel(), seed=2026)

    assert len(rows) == 72 * 3 * 11
    assert len({(row.number, row.reviewer, row.criterion) for row in rows}) == len(rows)
    assert {row.score for row in rows} == {1, 2, 3, 4, 5}
    assert Counter(row.reviewer for row in rows) == Counter(dict.fromkeys(panel(), 72 * 3 * 11 // 8))


def test_the_same_seed_gives_the_same_scores_and_another_gives_others() -> None:
    call, numbers = sample(), [row["number"] for row in proposals()]

    first = scores(call, numbers, panel(), seed=2026)

    assert scores(call, numbers, panel(), seed=2026) == first
    assert scores(call, numbers, panel(), seed=2027) != first
    assert first[0] == ScoreRow("MDL-0001", "reviewer3@example.jp", "organisation.fit", 4)


def test_scores_keep_to_the_scale_of_any_call() -> None:
    call = parse(SECOND.read_bytes())

    rows = scores(call, [f"X-{place}" for place in range(40)], ["甲", "乙", "丙"], seed=1)

    assert len(rows) == 40 * 2 * 3
    assert {row.score for row in rows} <= set(range(11))
    assert len({row.score for row in rows}) > 6
