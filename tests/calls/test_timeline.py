"""The countdown and the dates of a call in order."""

import datetime as dt

import pytest

from grantflow.calls.definition import parse
from grantflow.calls.timeline import countdown, steps
from grantflow.core.clock import TOKYO
from tests.factories.calls import small_definition

OPENS = dt.datetime(2031, 4, 1, 9, tzinfo=TOKYO)
CLOSES = dt.datetime(2031, 4, 30, 17, tzinfo=TOKYO)
MICROSECOND = dt.timedelta(microseconds=1)


def at(*when):
    return dt.datetime(*when, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (at(2031, 3, 29, 23, 59), "受付開始まであと3日"),
        (OPENS - MICROSECOND, "受付は今日始まります"),
        (OPENS, "締切まであと29日"),
        (at(2031, 4, 18, 12), "締切まであと12日"),
        (dt.datetime(2031, 4, 28, 15, tzinfo=dt.UTC), "締切まであと1日"),
        (at(2031, 4, 30, 0), "締切は今日です"),
        (CLOSES, "締切は今日です"),
        (CLOSES + MICROSECOND, "受付は終わりました"),
    ],
)
def test_the_countdown_counts_days_of_tokyo_and_the_deadline_is_in(now, text):
    assert countdown(OPENS, CLOSES, now).text == text


MILESTONES = "\n".join(
    f'[[milestone]]\nkey = "m{place}"\nname = "{name}"\ndue = "{due}"'
    for place, (name, due) in enumerate(
        [("研修", "undecided"), ("中間", "2031-08/2031-09"), ("報告", "2032-01-31"), ("実績", "2032-02 early")]
    )
)
PERIOD = 'contract_month = "2031-06"\nproject_start = "contract"\nproject_end = 2032-02-10'


def dated(now):
    text = small_definition(MILESTONES).replace("\n\n[[tier]]", f"\n{PERIOD}\n\n[[tier]]", 1)
    return [(step.when, step.what, step.state) for step in steps(parse(text), now, CLOSES)]


def test_dates_stand_in_order_the_undecided_last_and_one_is_the_next():
    assert dated(at(2031, 5, 1)) == [
        ("令和13年4月1日（火）9:00", "公募の受付開始", "past"),
        ("令和13年4月30日（水）17:00", "公募の締切", "past"),
        ("令和13年6月", "委託契約の締結", "next"),
        ("令和13年8月～9月", "中間", "ahead"),
        ("令和14年1月31日", "報告", "ahead"),
        ("令和14年2月上旬", "実績", "ahead"),
        ("令和14年2月10日", "事業期間の終わり", "ahead"),
        ("時期未定", "研修", "ahead"),
    ]


def test_a_month_is_over_when_its_last_day_is():
    states = {what: state for _, what, state in dated(at(2031, 9, 30, 23, 59))}

    assert (states["委託契約の締結"], states["中間"], states["報告"]) == ("past", "next", "ahead")


def test_when_all_is_over_nothing_is_next():
    assert {state for _, what, state in dated(at(2040, 1, 1)) if what != "研修"} == {"past"}
