"""Proposals that came outside the web form: the rows of a spreadsheet in, proposals that can be reviewed out."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import select

from grantflow.accounts import operations as accounts
from grantflow.accounts.models import Organization
from grantflow.accounts.queries import unclaimed_organizations
from grantflow.applications import operations, queries
from grantflow.applications.models import Application
from grantflow.applications.workflow import APPLICATION
from grantflow.audit import trail
from grantflow.calls.definition import Definition
from grantflow.calls.models import Call, Tier
from grantflow.calls.operations import note_numbers
from grantflow.calls.queries import definition
from grantflow.core.authorization import Actor
from grantflow.core.dates import BadDate, PartialDate
from grantflow.core.db import db, insert_all
from grantflow.core.problems import Problems
from grantflow.core.refusals import Refused
from grantflow.core.tables import Columns, NotAWholeNumber, Row, Table, whole_number
from grantflow.core.text import grapheme_count, problems_in_name, search_key, snippet, yen
from grantflow.core.words import _

COLUMNS = Columns(
    required=("number", "tier", "organization", "title", "requested_yen"),
    optional=("legal_form", "founded", "summary", "activity_area", "audience", "features"),
)
LONGEST_NUMBER = 40
LONGEST_NAME = 200
# A name of few characters can have a long key (㍿); an index of the database takes about this much
LONGEST_NAME_KEY = 600

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One row that can be loaded; the texts are as written."""

    number: str
    tier: Tier
    organization: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What loading a file would do, and all that is wrong with the file. Nothing was written."""

    call: Call
    file: str
    proposals: tuple[Proposal, ...]
    known: Mapping[str, Organization]
    problems: Problems

    @property
    def per_tier(self) -> list[tuple[Tier, int]]:
        """How many proposals would be added to each tier, in the order of the call."""
        count = Counter(proposal.tier.id for proposal in self.proposals)
        return [(tier, count[tier.id]) for tier in self.call.tiers]

    @property
    def new_organizations(self) -> tuple[str, ...]:
        """The names of the organisations that are not known yet."""
        names = dict.fromkeys(proposal.organization for proposal in self.proposals)
        return tuple(name for name in names if name not in self.known)


def plan(call: Call, table: Table) -> Plan:
    """What loading `table` into `call` would do; every problem of every row is in the plan's `problems`."""
    tiers = {tier.key: tier for tier in call.tiers}
    reading = _Reading(definition(call), table.problems, queries.numbers(call), tiers)
    proposals = [proposal for row in table.rows if (proposal := reading.proposal(row))]
    known = unclaimed_organizations({proposal.organization for proposal in proposals})
    return Plan(call, table.file, tuple(proposals), known, table.problems)


def apply(plan: Plan, *, by: Actor) -> None:
    """Add every proposal of `plan`, each eligible at once whatever the deadline, and each with its event.

    Raises Refused when the plan has errors, or when a number was taken since it was made.
    """
    if plan.problems.errors:
        raise Refused(_("ファイルに直すところがあります。すべて直してから、もう一度読み込んでください。"))
    _refuse_numbers_taken_since(plan)
    known = {**plan.known, **_add_organizations(plan, by)}
    events: list[tuple[Application, dict[str, Any]]] = []
    for proposal in plan.proposals:
        row = operations.received(
            plan.call, proposal.tier, known[proposal.organization], proposal.number, **proposal.facts
        )
        before = APPLICATION.move("admit", row, by=by)
        events.append((row, {"before": before, "after": row.status.value, **_entered(row), "file": plan.file}))
    insert_all([row for row, _details in events])
    trail.record_many("applications.admit", events, by=by)
    note_numbers(plan.call, [proposal.number for proposal in plan.proposals])


def _refuse_numbers_taken_since(plan: Plan) -> None:
    """Hold the call's row until the end, so that two loads cannot give one number twice."""
    db.session.execute(select(Call.id).where(Call.id == plan.call.id).with_for_update())
    taken = queries.numbers(plan.call)
    again = [proposal.number for proposal in plan.proposals if proposal.number in taken]
    if again:
        raise Refused(
            _(
                "受付番号 %(number)s は、読み込みのあいだに登録されました。もう一度読み込んで、行を確かめてください。",
                number=again[0],
            )
        )


def _add_organizations(plan: Plan, by: Actor) -> dict[str, Organization]:
    """The organisations that are not known yet, stored as the first proposal of each describes them."""
    new: dict[str, Organization] = {}
    for proposal in plan.proposals:
        if proposal.organization not in plan.known and proposal.organization not in new:
            facts = proposal.facts
            new[proposal.organization] = accounts.named(
                proposal.organization, legal_form=facts["legal_form"], founded=facts["founded"]
            )
    insert_all(list(new.values()))
    trail.record_many("organizations.add", [(row, {"name": row.name}) for row in new.values()], by=by)
    return new


def _entered(row: Application) -> dict[str, Any]:
    """What the event keeps of a proposal, so that a later change of the row can be seen."""
    return {
        "number": row.number,
        "tier": row.tier.key,
        "organization": row.organization_name,
        "title": row.title,
        "requested_yen": row.requested_yen,
    }


class _Unfit(ValueError):
    """A cell cannot be used; the message is a sentence for the user."""


@dataclass(slots=True)
class _Reading:
    """One pass over the rows of a file, with what the rows are held against."""

    says: Definition
    problems: Problems
    taken: set[str]
    tiers: Mapping[str, Tier]
    lines: dict[str, int] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    wrong: bool = False

    def proposal(self, row: Row) -> Proposal | None:
        """The proposal of `row`, or None when something in it is wrong."""
        self.wrong = bool(row.bad)
        number = self._read(row, "number", lambda cell: self._number(cell, row.line))
        tier = self._read(row, "tier", self._tier)
        name = self._read(row, "organization", _name)
        facts = {
            "requested_yen": self._read(row, "requested_yen", lambda cell: _amount(cell, tier)),
            "founded": self._read(row, "founded", PartialDate.parse),
            "audience": _parts(row.cells["audience"]),
            "features": _parts(row.cells["features"]),
        } | {column: row.cells[column] for column in ("title", "summary", "legal_form", "activity_area")}
        self._warn(row, facts)
        if self.wrong or number is None or tier is None or name is None:
            return None
        return Proposal(number, tier, name, facts)

    def _read(self, row: Row, column: str, read: Callable[[str], T]) -> T | None:
        if column in row.bad:
            return None
        try:
            return read(row.cells[column])
        except (_Unfit, BadDate, NotAWholeNumber) as problem:
            self.problems.error(row.line, column, str(problem))
            self.wrong = True
            return None

    def _number(self, cell: str, line: int) -> str:
        if cell != cell.strip():
            raise _Unfit(_("受付番号の前後に空白があります。取り除いてください。"))
        if len(cell) > LONGEST_NUMBER:
            raise _Unfit(_("受付番号が%(limit)s文字を超えています。短くしてください。", limit=LONGEST_NUMBER))
        if cell in self.taken:
            raise _Unfit(
                _("受付番号 %(number)s は、もう登録されています。行を消すか、番号を直してください。", number=cell)
            )
        first = self.lines.setdefault(cell, line)
        if first != line:
            raise _Unfit(
                _(
                    "受付番号 %(number)s は%(line)s行目にもあります。どちらかの番号を直してください。",
                    number=cell,
                    line=first,
                )
            )
        return cell

    def _tier(self, cell: str) -> Tier:
        if cell not in self.tiers:
            raise _Unfit(
                _(
                    "「%(key)s」という枠はこの公募にありません。%(known)s のどれかを書いてください。",
                    key=snippet(cell, 40),
                    known=_("、").join(self.tiers),
                )
            )
        return self.tiers[cell]

    def _warn(self, row: Row, facts: Mapping[str, Any]) -> None:
        for column, sentence in _doubts(facts, self.says):
            self.problems.warning(row.line, column, sentence)
        name = row.cells["organization"]
        if name not in self.names:
            self.names.add(name)
            for problem in problems_in_name(name):
                if not problem.is_error:
                    self.problems.warning(row.line, "organization", problem.sentence)


def _name(cell: str) -> str:
    if len(cell) > LONGEST_NAME or len(search_key(cell)) > LONGEST_NAME_KEY:
        raise _Unfit(_("団体名が%(limit)s文字を超えています。登録された名前だけを書いてください。", limit=LONGEST_NAME))
    return cell


def _amount(cell: str, tier: Tier | None) -> int:
    amount = whole_number(cell)
    if amount < 0:
        raise _Unfit(_("申請額が負の数です。0以上の整数で、円の単位で書いてください。"))
    if tier is not None and amount > tier.cap_yen:
        raise _Unfit(
            _(
                "申請額が上限の%(cap)sを%(over)s超えています。金額を直してください。",
                cap=yen(tier.cap_yen),
                over=yen(amount - tier.cap_yen),
            )
        )
    return amount


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _doubts(facts: Mapping[str, Any], says: Definition) -> Iterator[tuple[str, str]]:
    """What lies outside the call's own lists and lengths: told, and kept as written."""
    for column, words, known in (
        ("legal_form", [facts["legal_form"]], says.eligibility.legal_forms),
        ("audience", facts["audience"], (*says.audience.groups, *says.audience.attributes)),
        ("features", facts["features"], says.audience.features),
    ):
        for word in words:
            if word and known and word not in known:
                yield (
                    column,
                    _("「%(word)s」は公募の一覧にありません。書かれたまま取り込みます。", word=snippet(word, 40)),
                )
    for column, limit in (("title", says.limits.title), ("summary", says.limits.summary)):
        count = grapheme_count(facts[column]) if limit and len(facts[column]) > limit else 0
        if limit and count > limit:
            yield (
                column,
                _(
                    "%(count)s文字あり、目安の%(limit)s文字を超えています。書かれたまま取り込みます。",
                    count=count,
                    limit=limit,
                ),
            )
