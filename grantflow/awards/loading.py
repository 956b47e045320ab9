"""What the committee decided, as the rows of a spreadsheet: everything wrong is told, then all of it is written."""

from collections import Counter
from dataclasses import dataclass

from grantflow.applications.models import Application, ApplicationStatus
from grantflow.awards import operations, queries
from grantflow.awards.models import ListStatus, Outcome
from grantflow.awards.operations import Change, Choice
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor
from grantflow.core.problems import Problems
from grantflow.core.refusals import Refused
from grantflow.core.tables import Columns, NotAWholeNumber, Row, Table, whole_number
from grantflow.core.text import yen
from grantflow.core.words import _

COLUMNS = Columns(required=("number", "decision"), optional=("reason", "amount_yen", "condition"))


@dataclass(frozen=True, slots=True)
class Plan:
    """What loading a file would do, and all that is wrong with the file. Nothing was written."""

    call: Call
    choices: dict[Application, Choice]
    changes: tuple[Change, ...]
    problems: Problems

    @property
    def counts(self) -> Counter[Outcome]:
        """How many rows say each outcome."""
        return Counter(choice.outcome for choice in self.choices.values() if choice.outcome)


def plan(call: Call, table: Table) -> Plan:
    """What loading `table` would change; problems name every bad row."""
    reading = _Reading(table.problems, queries.applications(call), {}, {})
    for row in table.rows:
        reading.read(row)
    found = () if table.problems.errors else tuple(operations.changes(reading.choices))
    return Plan(call, reading.choices, found, table.problems)


def apply(plan: Plan, *, by: Actor) -> None:
    """Write what was planned; a file with errors is refused."""
    if plan.problems.errors:
        raise Refused(_("ファイルに直すところがあります。すべて直してから、もう一度読み込んでください。"))
    operations.decide(plan.call, plan.changes, by=by)


def consequence(plan: Plan) -> str:
    """What the planned changes mean for the adoption list, in words; empty when nothing."""
    newest = queries.newest(plan.call)
    if not plan.changes or newest is None or newest.status is ListStatus.DRAFT:
        return ""
    if newest.status is ListStatus.PUBLISHED:
        return _("公表済みの一覧（第%(number)d版）はそのまま残り、次の版の案ができます。", number=newest.number)
    return _("確定した一覧（第%(number)d版）は案に戻り、合意も取り消されます。", number=newest.number)


@dataclass(slots=True)
class _Reading:
    """One pass over the rows."""

    problems: Problems
    known: dict[str, Application]
    choices: dict[Application, Choice]
    lines: dict[str, int]

    def read(self, row: Row) -> None:
        """Take the row's choice, or say what is wrong with it."""
        application = None if "number" in row.bad else self._application(row)
        outcome = None if "decision" in row.bad else self._outcome(row)
        amount = None if "amount_yen" in row.bad else self._amount(row, application)
        if application is not None and outcome is not None:
            self.choices[application] = Choice(outcome, row.cells["reason"], amount, row.cells["condition"])

    def _application(self, row: Row) -> Application | None:
        number = row.cells["number"]
        first = self.lines.setdefault(number, row.line)
        if first != row.line:
            self.problems.error(
                row.line,
                "number",
                _("受付番号 %(number)s は%(line)d行目にもあります。1行だけ残してください。", number=number, line=first),
            )
            return None
        application = self.known.get(number)
        if application is None:
            sentence = _("受付番号 %(number)s の応募はありません。番号を確かめてください。", number=number)
            self.problems.error(row.line, "number", sentence)
        elif application.status not in queries.DECIDABLE:
            self.problems.error(row.line, "number", _not_decidable(application))
            return None
        return application

    def _outcome(self, row: Row) -> Outcome | None:
        try:
            return Outcome(row.cells["decision"])
        except ValueError:
            self.problems.error(
                row.line,
                "decision",
                _(
                    "「%(text)s」という決定はありません。adopted（採択）、reserve（補欠）、not_adopted（不採択）の"
                    "どれかを書いてください。",
                    text=row.cells["decision"][:40],
                ),
            )
            return None

    def _amount(self, row: Row, application: Application | None) -> int | None:
        if not row.cells["amount_yen"]:
            return None
        try:
            amount = whole_number(row.cells["amount_yen"])
        except NotAWholeNumber as wrong:
            self.problems.error(row.line, "amount_yen", str(wrong))
            return None
        if amount <= 0:
            self.problems.error(row.line, "amount_yen", _("金額が0円以下です。1円以上の金額を書いてください。"))
            return None
        if application is not None:
            self._compare(row, amount, application)
        return amount

    def _compare(self, row: Row, amount: int, application: Application) -> None:
        cap = application.tier.cap_yen
        if amount > cap:
            self.problems.error(
                row.line,
                "amount_yen",
                _(
                    "採択額%(amount)sが上限の%(cap)sを%(over)s超えています。金額を直してください。",
                    amount=yen(amount),
                    cap=yen(cap),
                    over=yen(amount - cap),
                ),
            )
        elif amount > application.requested_yen:
            self.problems.warning(
                row.line,
                "amount_yen",
                _(
                    "採択額%(amount)sが申請額の%(requested)sより多くなっています。金額を確かめてください。",
                    amount=yen(amount),
                    requested=yen(application.requested_yen),
                ),
            )


def _not_decidable(application: Application) -> str:
    number = application.number
    if application.status is ApplicationStatus.WITHDRAWN:
        return _("%(number)s は取り下げられた応募で、採否を決められません。この行を消してください。", number=number)
    return _(
        "%(number)s は審査対象の応募ではない（%(state)s）ため、採否を決められません。"
        "この行を消すか、先に審査対象としてください。",
        number=number,
        state=application.status.label,
    )
