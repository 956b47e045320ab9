"""A call of quite another shape goes through the same commands, with no line of code changed."""

import json
import tomllib
from pathlib import Path

from tests.factories.calls import FILES
from tests.journeys.conftest import Run

SLUG = "harbour-lights-2031"
TIERS = [tier["key"] for tier in tomllib.loads((FILES / "second-call.toml").read_text("utf-8"))["tier"]]
FORMATS = ("pdf", "xlsx", "csv", "json", "html")


def loaded(run: Run) -> None:
    """The call with its proposals, scores and decisions."""
    for arguments in (
        ("call", "load", FILES / "second-call.toml"),
        ("applications", "load", SLUG, FILES / "second-applications.csv"),
        ("scores", "load", SLUG, FILES / "second-scores.csv"),
        ("decisions", "load", SLUG, FILES / "second-decisions.csv"),
    ):
        ended = run(*arguments)
        assert ended.status == 0, ended.err


def published(run: Run) -> None:
    """The list frozen, agreed to and published."""
    for arguments in (
        ("list", "freeze", SLUG),
        ("list", "agree", SLUG, "--reference", "港第5号", "--on", "令和13年4月1日", "--by", "架空 次郎"),
        ("list", "publish", SLUG),
    ):
        ended = run(*arguments)
        assert ended.status == 0, ended.err


def test_from_the_definition_to_the_published_list(run: Run, tmp_path: Path) -> None:
    loaded(run)
    published(run)

    for form in FORMATS:
        first, again = tmp_path / f"a.{form}", tmp_path / f"b.{form}"
        assert run("adoption-list", SLUG, "--format", form, "--out", first).status == 0
        assert run("adoption-list", SLUG, "--format", form, "--out", again).status == 0
        assert first.read_bytes() == again.read_bytes()

    content = json.loads((tmp_path / "a.json").read_text("utf-8"))
    adopted = (FILES / "second-decisions.csv").read_text("utf-8").count(",adopted")
    assert (content["counts"]["total"]["adopted"], len(content["tiers"])) == (adopted, 4)
    assert content["agreement"] == {"reference": "港第5号", "on": "2031-04-01", "by": "架空 次郎"}
    assert run("list", "replay", SLUG).status == 0
    assert run("audit", "verify").status == 0


def test_its_ranking_and_its_definition_are_its_own(run: Run, tmp_path: Path) -> None:
    loaded(run)
    straight = run("ranking", SLUG, "--format", "json").out
    ranking = json.loads(straight)

    assert [tier["key"] for tier in ranking["tiers"]] == TIERS
    means = [entry["mean"] for tier in ranking["tiers"] for entry in tier["entries"] if entry["mean"] is not None]
    assert means
    assert all(0 <= mean <= 10 for mean in means)

    dump = tmp_path / "dump.toml"
    dump.write_text(run("call", "dump", SLUG).out, "utf-8")
    assert run("call", "load", dump).status == 0
    assert run("call", "dump", SLUG).out == dump.read_text("utf-8")

    # A second load of the same scores is refused whole.
    assert run("scores", "load", SLUG, FILES / "second-scores.csv").status == 2
    assert run("ranking", SLUG, "--format", "json").out == straight


def test_a_call_of_one_tier_goes_the_same_way(run: Run) -> None:
    ended = run("call", "load", FILES / "one-tier-call.toml")

    assert ended.status == 0, ended.err


REFUSALS = (
    (("list", "publish", SLUG), 1, "できません"),
    (("list", "agree", SLUG, "--reference", "1", "--on", "2031-04-01", "--by", "A"), 1, "できません"),
    (("list", "agree", SLUG, "--reference", "1", "--on", "2031-13-01", "--by", "A"), 2, "--on"),
    (("adoption-list", SLUG, "--format", "csv", "--out", "x.csv"), 1, "公表"),
    (("adoption-list", "nowhere", "--format", "csv", "--out", "x.csv"), 2, SLUG),
    (("ranking", "nowhere"), 2, SLUG),
    (("audit", "verify", "--head", "0" * 63 + "1"), 1, "ハッシュ"),
    (("list", "publish", SLUG, "--as", "nobody@example.jp"), 2, "nobody@example.jp"),
    (("frobnicate",), 2, ""),
)


def test_what_cannot_be_done_says_why_and_is_no_stack_trace(run: Run) -> None:
    loaded(run)

    for arguments, status, sentence in REFUSALS:
        ended = run(*arguments)

        assert (arguments, ended.status, ended.out) == (arguments, status, "")
        assert sentence in ended.err
        assert "Traceback" not in ended.err
