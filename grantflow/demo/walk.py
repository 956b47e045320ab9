"""The sample call's whole life, written only through operations, as the people concerned."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from grantflow.accounts import groups, second_step
from grantflow.accounts import operations as accounts
from grantflow.accounts import queries as account_queries
from grantflow.accounts.models import NEEDS_CODE, Role
from grantflow.accounts.passwords import hashed
from grantflow.accounts.profile import profile
from grantflow.applications import loading as applications
from grantflow.applications import operations as proposals
from grantflow.applications import queries as application_queries
from grantflow.applications.dossier import Dossier
from grantflow.applications.models import ApplicationStatus
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Content
from grantflow.applications.queries import by_number
from grantflow.awards import loading as decisions
from grantflow.awards import operations as awards
from grantflow.awards import queries as award_queries
from grantflow.awards import rendering
from grantflow.calls import drafting, drafts
from grantflow.calls import operations as calls
from grantflow.calls.definition import Definition, parse
from grantflow.calls.people import Invitation, invite
from grantflow.core import clock
from grantflow.core.authorization import SYSTEM
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.tables import Columns, Table, read_table
from grantflow.demo import journey, panel, papers, people, screening
from grantflow.demo.cast import ADMINISTRATOR, OFFICER, SITE, actor_of, call_of, user_of
from grantflow.demo.scores import PANEL, scores
from grantflow.files import operations as files
from grantflow.review import loading as reviews
from grantflow.review import queries as review_queries
from grantflow.review.ranking import Entry, TierRanking

HERE = Path(__file__).parent
DEFINITION = HERE.parent / "definitions" / "sample.toml"
APPLICATIONS = HERE / "applications.csv"
SEED = 20260420
AGREEMENT = ("孤対第118号", dt.date(2026, 7, 10), "堂島 朋子")
WHO_BELONGS = 3
COST_KEYS = ("category", "item", "unit_price", "quantity", "unit", "basis")
DEPUTY_STAYS = dt.timedelta(days=30)

Say = Callable[[str], None]


def walk(out: Path, say: Say, between: Callable[[str], None] = lambda _step: None) -> None:
    """Take the sample call from its publication to its published list, and write its papers into `out`.

    `between` is called after each step, outside any transaction, with the step's name.
    """
    definition = parse(DEFINITION.read_bytes(), DEFINITION.name)
    for step in (
        _gather,
        _publish_the_call,
        _invite_a_deputy,
        _take_in_applications,
        _receive_from_the_web,
        *screening.STEPS,
        _seat_the_committee,
        _take_in_scores,
        _decide,
        _freeze,
        _agree,
        _publish,
        _begin_the_next_year,
        *journey.STEPS,
    ):
        with db.transaction(write=True):
            say(step(definition))
        between(step.__name__.lstrip("_"))
    with db.transaction(write=False):
        say(_write_papers(definition, out))


def _gather(_definition: Definition) -> str:
    password_hash = hashed(people.PASSWORD)
    for person in (*people.PEOPLE, *people.WRITERS):
        user = accounts.add(person.email, person.name, by=SYSTEM, password_hash=password_hash)
        if person.role in NEEDS_CODE:
            second_step.adopt(user, people.CODE_KEY, by=SYSTEM)
        if person.role is Role.ADMINISTRATOR:
            calls.grant(user, person.role, None, by=SYSTEM)
    for panelist in PANEL:
        accounts.add(panelist.email, panelist.name, by=SYSTEM, password_hash=password_hash)
    return f"アカウントを作りました（{len(people.PEOPLE) + len(people.WRITERS) + len(PANEL)}人）"


def _publish_the_call(definition: Definition) -> str:
    administrator = actor_of(ADMINISTRATOR)
    call = calls.load(definition, by=administrator).call
    for person in people.PEOPLE:
        if person.role is not Role.ADMINISTRATOR:
            calls.grant(user_of(person.email), person.role, call, by=administrator)
    for panelist in PANEL:
        calls.grant(user_of(panelist.email), Role.REVIEWER, call, by=administrator)
    return f"公募「{call.title}」を公開しました"


def _invite_a_deputy(definition: Definition) -> str:
    principal, call = user_of("sponsor@example.jp"), call_of(definition.call.slug)
    until = clock.today() + DEPUTY_STAYS
    invitation = Invitation(people.DEPUTY.email, people.DEPUTY.name, Role.SPONSOR, call, until, principal)
    invite(invitation, site=SITE, by=actor_of(OFFICER))
    return f"{principal.name}さんの代理を、メールで招きました"


def _take_in_applications(definition: Definition) -> str:
    call, officer = call_of(definition.call.slug), actor_of(OFFICER)
    content = APPLICATIONS.read_bytes()
    files.keep(content, APPLICATIONS.name, "text/csv", "applications.load", by=officer, belongs_to=call.id)
    plan = applications.plan(call, read_table(content, APPLICATIONS.name, applications.COLUMNS))
    _whole(plan.problems.errors)
    applications.apply(plan, by=officer)
    db.session.flush()
    numbered = by_number(call)
    theirs = numbered[sorted(numbered)[WHO_BELONGS]]
    accounts.join(user_of("applicant@example.jp"), theirs.organization, by=officer)
    return f"応募を取り込みました（{len(plan.proposals)}件）"


def _receive_from_the_web(definition: Definition) -> str:
    """A group writes its proposal on the page and submits it on the last day; it waits for its screening."""
    call, applicant = call_of(definition.call.slug), actor_of("applicant@example.jp")
    at = call.closes_at - dt.timedelta(hours=3)
    (group,) = account_queries.organizations_of(user_of("applicant@example.jp").id)
    groups.write_profile(group, people.GROUP, by=applicant)
    proposal = proposals.start(call, call.tiers[-1], group, by=applicant, at=at)
    for part, content in _written(application_queries.dossier(proposal)).items():
        proposals.save(proposal, part, content, seen=0, by=applicant, at=at)
    checked = papers.hand_in(proposal, by=applicant, at=at) | papers.add_picture(proposal, by=applicant, at=at)
    proposals.submit(proposal, by=applicant, at=at, checked=checked)
    return f"画面から応募を1件受け付けました（{proposal.number}）"


def _written(dossier: Dossier) -> dict[Part, Content]:
    """What the applicant writes in each part that the call asks for."""
    says = dossier.asking.says
    questions = dossier.asking.questions(Part.PLAN)
    texts = dict(zip((one.key for one in questions), people.ANSWERS, strict=True))
    lines = [
        dict(zip(COST_KEYS, (says.cost_categories[place].key, *cells), strict=True)) for place, *cells in people.COSTS
    ]
    whole: dict[Part, Content] = {
        Part.GROUP: profile(dossier.application.organization),
        Part.PLAN: people.PLAN | {"answers": texts},
        Part.TARGETS: people.TARGETS,
        Part.BUDGET: {"lines": lines},
        Part.CONFIRMATIONS: {"confirmed": list(says.eligibility.requirements)},
    }
    return {asked.part: whole[asked.part] for asked in dossier.asked if asked.part in whole}


def _seat_the_committee(definition: Definition) -> str:
    call, officer = call_of(definition.call.slug), actor_of(OFFICER)
    panel.seat(call, [user_of(panelist.email) for panelist in PANEL], by=officer)
    return f"審査委員会の構成を確定しました（委員{len(PANEL)}人）"


def _take_in_scores(definition: Definition) -> str:
    call, officer = call_of(definition.call.slug), actor_of(OFFICER)
    proposals = {number: row for number, row in by_number(call).items() if row.status is ApplicationStatus.ELIGIBLE}
    rows = scores(definition, sorted(proposals), [panelist.email for panelist in PANEL], SEED)
    hands = {panelist.email for panelist in PANEL[: panel.BY_HAND]}
    sheets = panel.score_by_hand([row for row in rows if row.reviewer in hands], proposals, officer, actor_of)
    db.session.flush()
    loaded = [row for row in rows if row.reviewer not in hands]
    plan = reviews.plan(call, _table(("number", "reviewer", "criterion", "score"), loaded, reviews.COLUMNS))
    _whole(plan.problems.errors)
    reviews.apply(plan, by=officer)
    return f"画面で採点表を{sheets}枚受け取り、ほかの委員の評点を取り込みました（{len(loaded)}行、委員{len(PANEL)}人）"


def _decide(definition: Definition) -> str:
    call, officer = call_of(definition.call.slug), actor_of(OFFICER)
    ranking = review_queries.ranking(call)
    rows = [row for tier in ranking.tiers for row in _judge(tier, len(tier.entries))]
    plan = decisions.plan(call, _table(("number", "decision", "reason"), rows, decisions.COLUMNS))
    _whole(plan.problems.errors)
    decisions.apply(plan, by=officer)
    adopted = sum(row[1] == "adopted" for row in rows)
    return f"採否を取り込みました（{len(rows)}件のうち採択{adopted}件）"


def _judge(tier: TierRanking, count: int) -> Iterable[tuple[str, str, str]]:
    """What an imagined committee decided: the planned number is its guide, the border zone its matter of debate."""
    last_adopted = round(min(count, tier.expected_awards) * 1.4)
    for place, entry in enumerate(tier.entries, start=1):
        if place <= last_adopted:
            yield _told(entry, "adopted", "")
        elif place <= last_adopted + 3:
            yield _told(entry, "reserve", "辞退があったときに順に繰り上げる。")
        else:
            yield _told(entry, "not_adopted", "")


def _told(entry: Entry, decision: str, reason: str) -> tuple[str, str, str]:
    return (entry.number, decision, reason)


def _freeze(definition: Definition) -> str:
    officer = actor_of(OFFICER)
    adoption_list = awards.to_freeze(call_of(definition.call.slug), by=officer)
    awards.freeze(adoption_list, by=officer)
    return f"採択団体一覧を確定しました（SHA-256 {str(adoption_list.sha256)[:12]}…）"


def _agree(definition: Definition) -> str:
    reference, on, official = AGREEMENT
    adoption_list = award_queries.newest(call_of(definition.call.slug))
    assert adoption_list is not None
    awards.agree(adoption_list, reference, on, official, by=actor_of("sponsor@example.jp"))
    return f"所管官庁が合意しました（{reference}）"


def _publish(definition: Definition) -> str:
    adoption_list = award_queries.newest(call_of(definition.call.slug))
    assert adoption_list is not None
    awards.publish(adoption_list, by=actor_of("secretariat2@example.jp"))
    return "採択団体一覧を公表しました"


def _begin_the_next_year(definition: Definition) -> str:
    text = drafts.write_raw(drafts.next_year(definition, with_dates=True))
    drafting.begin(text, source=call_of(definition.call.slug), by=actor_of(OFFICER))
    return "公募を写して、次の年度の下書きを始めました"


def _write_papers(definition: Definition, out: Path) -> str:
    adoption_list = award_queries.published(call_of(definition.call.slug))
    assert adoption_list is not None
    out.mkdir(parents=True, exist_ok=True)
    for extension in rendering.FORMATS:
        (out / f"adoption-list.{extension}").write_bytes(rendering.file(adoption_list, extension))
    return f"書類を書き出しました（{out}）"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]], columns: Columns) -> Table:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return read_table(text.getvalue().encode(), "demo.csv", columns)


def _whole(errors: Sequence[object]) -> None:
    if errors:
        raise Refused("\n".join(str(error) for error in errors))
