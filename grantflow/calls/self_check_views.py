"""The self-check of a call: its questions, what follows from the answers, and the memo; nothing of it is stored."""

from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.calls import queries
from grantflow.calls.asking import SelfCheck
from grantflow.calls.definition import Definition
from grantflow.calls.models import Call
from grantflow.calls.self_check import finding
from grantflow.calls.self_check_forms import check_form
from grantflow.calls.self_check_memo import VERDICTS, memo, next_steps
from grantflow.calls.timeline import countdown
from grantflow.core import clock
from grantflow.core.web import Page, download, page, subject
from grantflow.documents.writing import Form, write
from grantflow.permissions import Permission

bp = Blueprint("self_check", __name__)

INCOMPLETE = 422


@bp.get("/calls/<slug>/check")
@subject(Call, Permission.CALL_READ, key="slug")
def show(call: Call) -> Page:
    """Every question at once; what the address answers is chosen already."""
    check = _asked(call).self_check
    return page("calls/self_check.html", call=call, check=check, form=check_form(check, _given(check)))


@bp.get("/calls/<slug>/check/result")
@subject(Call, Permission.CALL_READ, key="slug")
def result(call: Call) -> Page:
    """What follows from the answers in the address; with one missing, the questions once more and what is missing."""
    says, now = _asked(call), clock.now()
    check, given = says.self_check, _given(says.self_check)
    found = finding(says, given)
    if found is None:
        # Without anything in it a form counts as not sent, and then nothing would be missing.
        form = check_form(check, given or {"": ""})
        form.validate()
        return page("calls/self_check.html", call=call, check=check, form=form).with_status(INCOMPLETE)
    days = countdown(call.opens_at, call.deadline, now)
    return page(
        "calls/self_check_result.html",
        call=call,
        definition=says,
        found=found,
        verdict=VERDICTS[found.outcome.verdict],
        countdown=days,
        next_steps=next_steps(days.window),
        again=_address(".show", call, given),
        paper=_address(".paper", call, given),
    )


@bp.get("/calls/<slug>/check.pdf")
@subject(Call, Permission.CALL_READ, key="slug")
def paper(call: Call) -> ResponseReturnValue:
    """The same as a memo on paper."""
    says = _asked(call)
    given = _given(says.self_check)
    found = finding(says, given)
    if found is None:
        return redirect(_address(".result", call, given))
    content = write(memo(call, says, found, clock.now()), Form.PDF)
    return download(content, f"{call.file_stem}-check.pdf", Form.PDF.media_type)


def _asked(call: Call) -> Definition:
    """What the call says; a call without a self-check has no such page."""
    says = queries.definition(call)
    if not says.self_check.questions:
        abort(404)
    return says


def _given(check: SelfCheck) -> dict[str, str]:
    """The answers in the address, of questions that there are."""
    return {each.key: request.args[each.key] for each in check.questions if request.args.get(each.key)}


def _address(endpoint: str, call: Call, given: dict[str, str]) -> str:
    # A question may be called as an argument of url_for is.
    return url_for(endpoint, slug=call.slug) + (f"?{urlencode(given)}" if given else "")
