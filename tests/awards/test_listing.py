"""The list as a value: its content, its order, its one spelling."""

import datetime as dt
import json

import pytest

from grantflow.awards import listing
from grantflow.awards.listing import Adopted, Facts, ListedTier
from grantflow.calls.definition import PublishedResult
from grantflow.core.dates import PartialDate


def adopted(number, serial, founded=""):
    return Adopted(number, serial, "任意団体ほたる", PartialDate.parse(founded), "川辺を歩く", "夜に歩く。", "")


def facts(*entries, applications=3):
    tier = ListedTier("wide", "①", "広い取組", applications, entries)
    day = dt.date
    return Facts("river", "川辺の灯り", "架空庁", "架空研究所", day(2031, 4, 1), day(2031, 4, 30), (tier,))


def test_the_content_says_what_is_published_and_nothing_else():
    content = listing.content(facts(adopted("KW-0002", 2, "2008-03")), 1)

    assert content == {
        "call": "river",
        "title": "川辺の灯り",
        "sponsor": "架空庁",
        "secretariat": "架空研究所",
        "opened": "2031-04-01",
        "closed": "2031-04-30",
        "version": 1,
        "counts": {"total": {"applications": 3, "adopted": 1}, "wide": {"applications": 3, "adopted": 1}},
        "tiers": [
            {
                "key": "wide",
                "label": "①",
                "title": "広い取組",
                "entries": [
                    {
                        "no": 1,
                        "number": "KW-0002",
                        "organization": "任意団体ほたる",
                        "founded": "2008-03",
                        "founded_text": "2008年3月",
                        "title": "川辺を歩く",
                        "summary": "夜に歩く。",
                        "activity_area": "",
                    }
                ],
            }
        ],
    }


def test_entries_stand_in_the_order_of_receipt_and_are_numbered_from_one():
    entries = listing.content(facts(adopted("K-10", 10), adopted("K-9", 9), adopted("A-9", 9)), 1)["tiers"][0][
        "entries"
    ]

    assert [(entry["no"], entry["number"]) for entry in entries] == [(1, "A-9"), (2, "K-9"), (3, "K-10")]


@pytest.mark.parametrize(
    ("founded", "stored", "text"),
    [
        ("", None, ""),
        ("2019", "2019", "2019年"),
        ("2008-03", "2008-03", "2008年3月"),
        ("2020-07-01", "2020-07-01", "2020年7月1日"),
    ],
)
def test_a_founding_date_keeps_its_precision(founded, stored, text):
    entry = listing.content(facts(adopted("K-1", 1, founded)), 1)["tiers"][0]["entries"][0]

    assert (entry["founded"], entry["founded_text"]) == (stored, text)


def test_what_is_stored_comes_back_in_the_documented_order():
    content = listing.content(facts(adopted("K-1", 1)), 2)

    restored = listing.restored(listing.canonical(content))

    assert json.dumps(restored) == json.dumps(content)


def test_the_order_of_the_entries_given_does_not_change_the_hash():
    one, two = adopted("K-1", 1), adopted("K-2", 2)

    hashes = {
        listing.fingerprint(listing.canonical(listing.content(facts(*entries), 1)))
        for entries in ((one, two), (two, one))
    }

    assert len(hashes) == 1


def test_the_json_ends_with_agreement_and_hash():
    content = listing.content(facts(), 1)

    shown = json.loads(listing.as_json(content, None, "ab"))

    assert list(shown) == [*content, "agreement", "sha256"]
    assert (shown["agreement"], shown["sha256"]) == (None, "ab")


def test_figures_told_beforehand_are_compared_one_by_one():
    told = PublishedResult(
        opened=dt.date(2031, 4, 1),
        closed=dt.date(2031, 5, 1),
        applications={"total": 3, "wide": 4},
        adopted={"total": 1},
    )

    sentences = listing.differences(listing.content(facts(adopted("K-1", 1)), 1), told)

    assert sentences == [
        "公募の締切日は、公募の定義では令和13年5月1日（木）、この一覧では令和13年4月30日（水）です。",
        "①の応募件数は、公募の定義では4件、この一覧では3件です。",
    ]


def test_without_figures_told_beforehand_nothing_differs():
    assert listing.differences(listing.content(facts(), 1), PublishedResult()) == []
