"""The first screening of the sample call, as the secretariat, a group and whoever checks officers go through it."""

import datetime as dt

from grantflow.applications import checking, correcting, officer_checks, queries, screened, screening_records
from grantflow.applications import operations as proposals
from grantflow.applications.checking import Answer, Letter
from grantflow.applications.models import Application, ApplicationStatus, ScreeningVerdict
from grantflow.applications.outline import Part
from grantflow.applications.rechecking import recheck
from grantflow.applications.screening_models import CheckResult
from grantflow.applications.submissions import declared
from grantflow.applications.workflow import APPLICATION
from grantflow.calls.definition import Definition
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.demo import people
from grantflow.demo.cast import OFFICER, SITE, actor_of, call_of
from grantflow.permissions import Permission

#: How many proposals the secretariat looks at item by item.
SCREENED = 6
#: The place among all proposals of the one that is found ineligible, and of one that the authority asks about.
TURNED_AWAY, ASKED_ABOUT = 57, 11
PHONE = f"{Part.GROUP.value}.contact_phone"
FIRST_LETTER = Letter(dt.date(2026, 6, 9), "架空警組第41号")
SECOND_LETTER = Letter(dt.date(2026, 6, 16), "架空警組第44号")


def look_at_the_form(definition: Definition) -> str:
    """The secretariat screens some proposals: most items are answered, one with a no, and one is left."""
    call, officer = call_of(definition.call.slug), actor_of(OFFICER)
    rows = screened.screened(call, list(queries.by_number(call).values()))
    for place, row in enumerate(rows[-SCREENED:]):
        answers = {one.key: screening_records.Looked(ScreeningVerdict.YES) for one in row.items}
        if place == 0:
            answers.popitem()
        if place == 1:
            answers[row.items[0].key] = screening_records.Looked(ScreeningVerdict.NO, people.NOT_YET_READ)
        screening_records.answer(row.application, answers, seen={}, of_version=row.version, by=officer)
    for row in rows:
        for one in row.open[:-1]:
            screening_records.look(row.application, one, people.SEEN, by=officer)
    return f"形式審査の項目に答えました（{SCREENED}件、自動の指摘{sum(len(row.found) for row in rows)}件）"


def give_back_and_mend(definition: Definition) -> str:
    """What came by a page is given back for one field, and its group mends it, before it is found eligible."""
    call, officer, applicant = call_of(definition.call.slug), actor_of(OFFICER), actor_of("applicant@example.jp")
    if call.is_open(clock.now()):
        return "公募がまだ開いているので、補正は求めていません"
    waiting = [row for row in queries.by_number(call).values() if row.status is ApplicationStatus.SUBMITTED]
    for row in waiting:
        link, seen = f"{SITE}/applications/{row.id}/edit", correcting.due(row)
        correcting.ask(row, {PHONE: people.MEND}, people.WHY_MEND, seen=seen, link=link, by=officer)
        section = queries.section(row, Part.GROUP)
        assert section is not None
        mended, at = section.content | {"contact_phone": people.MENDED_PHONE}, clock.now()
        proposals.save(row, Part.GROUP, mended, seen=section.version, by=applicant, at=at)
        proposals.submit(row, by=applicant, at=at, checked=recheck(declared(row)))
        APPLICATION.fire("find_eligible", row, by=officer)
    return f"電話番号の補正を求め、直して出し直された応募を審査対象としました（{len(waiting)}件）"


def check_officers(definition: Definition) -> str:
    """The authority answers in two letters: about all but one, and then about that one; of another it says nothing."""
    call, checker = call_of(definition.call.slug), actor_of("officers@example.jp")
    rows = officer_checks.rows(call, checker, Permission.CHECK_RECORD)
    asked = [row for row in rows if officer_checks.wants_officers(row)]
    away, about = _turned_away(call), asked[ASKED_ABOUT]
    first = [Answer(row, _first(row, away=away, about=about), _note(row, about)) for row in asked]
    count = checking.record(call, first, FIRST_LETTER, by=checker)
    checking.record(call, [Answer(about, CheckResult.NO_MATCH, "", seen=1)], SECOND_LETTER, by=checker)
    return f"役員の確認の結果を記録しました（{count}件、うち1件は2通目の回答）"


def _first(row: Application, *, away: Application, about: Application) -> CheckResult:
    if row is away:
        return CheckResult.UNANSWERED
    return CheckResult.NEEDS_TALK if row is about else CheckResult.NO_MATCH


def _note(row: Application, about: Application) -> str:
    return people.ASKED_ABOUT if row is about else ""


def turn_away(definition: Definition) -> str:
    """One proposal is found ineligible, with a reason that its group reads."""
    call = call_of(definition.call.slug)
    if call.is_open(clock.now()):
        return "公募がまだ開いているので、対象外とした応募はありません"
    row = _turned_away(call)
    APPLICATION.fire("find_ineligible", row, by=actor_of(OFFICER), reason=people.INELIGIBLE)
    return f"1件を対象外としました（{row.number}）"


def _turned_away(call: Call) -> Application:
    numbered = queries.by_number(call)
    return numbered[sorted(numbered)[TURNED_AWAY]]


#: What happens between the deadline and the committee, in its order.
STEPS = (look_at_the_form, give_back_and_mend, check_officers, turn_away)
