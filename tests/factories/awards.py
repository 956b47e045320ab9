"""A call as far as its adoption list, for tests: the harbour call of tests/data, decided, frozen, agreed, published."""

import datetime as dt

from grantflow.applications import loading as proposals
from grantflow.awards import loading, operations, queries
from grantflow.awards.models import AdoptionList
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor
from grantflow.core.tables import read_table
from grantflow.review import loading as scores
from tests.factories.accounts import OPERATOR
from tests.factories.calls import FILES, published_file

LETTER_DATE = dt.date(2031, 3, 14)


def harbour(*, scored: bool = False) -> Call:
    """The harbour call with its twelve proposals, all eligible; `scored` adds the panel's scores."""
    call = published_file("second-call.toml")
    file = FILES / "second-applications.csv"
    proposals.apply(proposals.plan(call, read_table(file, file.name, proposals.COLUMNS)), by=OPERATOR)
    if scored:
        file = FILES / "second-scores.csv"
        scores.apply(scores.plan(call, read_table(file, file.name, scores.COLUMNS)), by=OPERATOR)
    return call


def planned(call: Call, text: str | None = None) -> loading.Plan:
    """What loading the CSV would do; without one, the decisions of tests/data on all twelve proposals."""
    content = (FILES / "second-decisions.csv").read_bytes() if text is None else text.encode()
    return loading.plan(call, read_table(content, "decisions.csv", loading.COLUMNS))


def decided(call: Call, text: str | None = None, *, by: Actor = OPERATOR) -> AdoptionList:
    """Load the decisions; returns the newest version of the list."""
    loading.apply(planned(call, text), by=by)
    return newest(call)


def newest(call: Call) -> AdoptionList:
    """The newest version of the call's list."""
    found = queries.newest(call)
    assert found is not None
    return found


def frozen(call: Call, *, by: Actor = OPERATOR) -> AdoptionList:
    """The list of all twelve decisions, frozen."""
    adoption_list = decided(call, by=by)
    operations.freeze(adoption_list, by=by)
    return adoption_list


def agree(adoption_list: AdoptionList, *, by: Actor = OPERATOR) -> None:
    """Record the sponsor's agreement."""
    operations.agree(adoption_list, "架港第12号", LETTER_DATE, "局長 架空 花子", by=by)


def agreed(call: Call) -> AdoptionList:
    """The same, agreed to."""
    adoption_list = frozen(call)
    agree(adoption_list)
    return adoption_list


def published(call: Call) -> AdoptionList:
    """The same, published."""
    adoption_list = agreed(call)
    operations.publish(adoption_list, by=OPERATOR)
    return adoption_list
