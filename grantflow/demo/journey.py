"""A call that is open now: what groups and the secretariat do while proposals are written, as they would do it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from grantflow.accounts import group_people, groups
from grantflow.accounts import operations as accounts
from grantflow.accounts import queries as account_queries
from grantflow.accounts.models import MailPace, MemberRole, Role
from grantflow.accounts.profile import profile
from grantflow.applications import consenting, extending, officer_lists, proxied, proxies, reminding
from grantflow.applications import operations as proposals
from grantflow.applications import queries as application_queries
from grantflow.applications.models import Application, Consent
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking, Content
from grantflow.applications.parts.schedule import months
from grantflow.applications.proxy_paper import grouped
from grantflow.calls import drafting, drafts, letters
from grantflow.calls import operations as calls
from grantflow.calls.definition import Definition, parse
from grantflow.calls.models import Call
from grantflow.calls.people import Invitation, invite
from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.clock import TOKYO
from grantflow.core.dates import wareki
from grantflow.core.db import db
from grantflow.demo import papers, written
from grantflow.demo.cast import ADMINISTRATOR, OFFICER, SITE, actor_of, call_of, user_of
from grantflow.demo.people import PEOPLE
from grantflow.demo.scores import PANEL
from grantflow.mail import digests
from grantflow.mail import operations as mail
from grantflow.mail import queries as mails
from grantflow.mail.catalogue import TEMPLATES
from grantflow.mail.letters import Letter

SLUG = "sample-model-extra"
PREFIX = "MDX"
OPENED, CLOSES = dt.timedelta(days=-7), dt.timedelta(days=21)
#: How much longer everybody has after an outage.
EXTENDED = dt.timedelta(days=1)
#: Months from the deadline to the contracts, and from those to the end of the projects.
CONTRACT_AFTER, LASTS = 2, 7
REFUSED = "SMTPRecipientsRefused 550"
COST_KEYS = ("category", "item", "unit_price", "quantity", "unit", "basis")


def copied(definition: Definition, today: dt.date) -> Definition:
    """The sample call once more, with dates around `today`: opened a week ago, closing in three weeks."""
    return parse(_text(definition, today))


def _text(definition: Definition, today: dt.date) -> str:
    raw = drafts.next_year(definition, with_dates=False)
    opens = dt.datetime.combine(today + OPENED, dt.time(10), TOKYO)
    closes = dt.datetime.combine(today + CLOSES, dt.time(17), TOKYO)
    contract = _later(today + CLOSES, CONTRACT_AFTER)
    raw["call"] |= {
        "slug": SLUG,
        "title": f"{definition.call.title}（追加募集）",
        "number_prefix": PREFIX,
        "fiscal_year": contract.year if contract.month > 3 else contract.year - 1,
    }
    raw["schedule"] = {
        "opens_at": opens,
        "closes_at": closes,
        "contract_month": f"{contract:%Y-%m}",
        "project_start": "contract",
        "project_end": _later(contract, LASTS).replace(day=10),
    }
    for section in raw["section"]:
        if section["key"] == Part.SCHEDULE:
            section["note"] = f"契約は{contract.month}月の予定です。準備、実施、まとめの順に書いてください。"
    return drafts.write_raw(raw)


def _later(day: dt.date, count: int) -> dt.date:
    month = day.year * 12 + day.month - 1 + count
    return dt.date(month // 12, month % 12 + 1, 1)


def open_another_call(definition: Definition) -> str:
    """Copy the call as the secretariat would, with other dates and another name, and publish it."""
    officer, administrator = actor_of(OFFICER), actor_of(ADMINISTRATOR)
    draft = drafting.begin(_text(definition, clock.today()), source=call_of(definition.call.slug), by=officer)
    db.session.flush()
    call, _changes = drafting.publish(draft, against=0, reason="", by=officer)
    for person in PEOPLE:
        if person.role not in (Role.ADMINISTRATOR, Role.APPLICANT) and person.email != OFFICER:
            calls.grant(user_of(person.email), person.role, call, by=administrator)
    return f"公募「{call.title}」を公開しました（締切 {wareki(call.closes_at.astimezone(TOKYO).date())}17:00）"


def word_its_mail(_definition: Definition) -> str:
    """The secretariat adds a line to what partners are asked by."""
    call, template = call_of(SLUG), TEMPLATES["applications.consent"]
    usual = letters.words(call, template)
    changed = Letter(usual.subject, usual.body.rstrip() + "\n" + written.MORE_OF_THE_LETTER)
    letters.save(call, template, changed, by=actor_of(OFFICER))
    return f"メール「{template.label}」の文面を、公募に合わせて直しました"


def gather_a_group(_definition: Definition) -> str:
    """Two people come to act for a new group, and a third has not answered the invitation yet."""
    group = groups.add(written.GROUP_NAME, representative=True, by=actor_of(written.REPRESENTATIVE))
    db.session.flush()
    by = actor_of(written.REPRESENTATIVE)
    groups.write_profile(group, written.GROUP, by=by)
    invitation = group_people.invite(group, written.EDITOR, MemberRole.EDITOR, site=SITE, by=by)
    invitation.organization = group
    group_people.accept(invitation, user_of(written.EDITOR), by=actor_of(written.EDITOR))
    group_people.invite(group, written.ACCOUNTANT, MemberRole.READER, site=SITE, by=by)
    return f"{group.name}を登録し、2人を招きました（1人は返事待ち）"


def write_together(_definition: Definition) -> str:
    """Both write on one proposal: some parts are whole, some begun, one is wrong, some untouched."""
    call, now = call_of(SLUG), clock.now()
    by, editor = actor_of(written.REPRESENTATIVE), actor_of(written.EDITOR)
    (group,) = account_queries.organizations_of(user_of(written.REPRESENTATIVE).id)
    proposal = proposals.start(call, call.tiers[0], group, by=by, at=now)
    db.session.flush()
    asking = application_queries.dossier(proposal).asking
    _save(proposal, Part.GROUP, profile(group), by)
    _save(proposal, Part.PLAN, written.PLAN | _answers(asking, Part.PLAN, written.ANSWERS), editor)
    _save(proposal, Part.TARGETS, written.TARGETS, by)
    approach = {"approach": asking.says.approaches[1].key} | _answers(asking, Part.APPROACH, [written.PREVENTION])
    _save(proposal, Part.APPROACH, approach, editor)
    _save(proposal, Part.SCHEDULE, _schedule(asking, written.SCHEDULE), editor)
    _save(proposal, Part.INDICATORS, _indicators(written.INDICATORS), editor)
    _save(proposal, Part.BUDGET, _budget(asking, written.COSTS), editor)
    officer_lists.save(proposal, written.OFFICERS, seen=0, by=by, at=now)
    papers.begin(proposal, by=by, at=now)
    return f"{group.name}の2人が、応募を書き始めました"


def extend_the_deadline(_definition: Definition) -> str:
    """After an outage everybody has a day more; those who have not submitted are told."""
    call, now = call_of(SLUG), clock.now()
    extending.extend_for_all(call, call.deadline + EXTENDED, written.OUTAGE, by=actor_of(OFFICER))
    db.session.flush()
    for each in reminding.due(now):
        reminding.tell(each, now, SITE)
    return f"公募「{call.title}」の締切を、すべての団体について1日延ばし、書いている人にメールで知らせました"


def ask_partners(_definition: Definition) -> str:
    """Two partners are asked by mail; one has agreed, the other has not answered yet."""
    by, now = actor_of(written.EDITOR), clock.now()
    (proposal,) = application_queries.begun(call_of(SLUG), by)
    asked: list[Consent] = []
    for partner, part, email in (written.AGREES, written.WAITS):
        row = consenting.add(proposal, partner, part, email, by=by, at=now)
        consenting.ask(row, link=f"{SITE}/consents/KEY", by=by, at=now)
        asked.append(row)
    title, name = written.ANSWERED_BY
    partner_itself = Actor(None, asked[0].partner, "partner")
    seen = consenting.shown(asked[0])
    consenting.answer(
        asked[0],
        agrees=True,
        title=title,
        name=name,
        seen=seen,
        page=f"{SITE}/applications/{proposal.id}/edit/consents",
        by=partner_itself,
    )
    return f"連携先{len(asked)}件に承諾を頼みました（1件は承諾済み）"


def receive_in_time(_definition: Definition) -> str:
    """A group that applied before hands in a whole proposal, its officers with it."""
    call, by, now = call_of(SLUG), actor_of("applicant@example.jp"), clock.now()
    (group,) = account_queries.organizations_of(user_of("applicant@example.jp").id)
    proposal = proposals.start(call, call.tiers[0], group, by=by, at=now)
    db.session.flush()
    asking = application_queries.dossier(proposal).asking
    approach = {"approach": asking.says.approaches[1].key, "added": written.ADDED}
    for part, content in (
        (Part.GROUP, profile(group)),
        (Part.PLAN, written.WHOLE_PLAN | _answers(asking, Part.PLAN, written.WHOLE_ANSWERS)),
        (Part.TARGETS, written.TARGETS),
        (Part.APPROACH, approach | _answers(asking, Part.APPROACH, [written.WHOLE_PREVENTION])),
        (Part.SCHEDULE, _schedule(asking, written.WHOLE_SCHEDULE)),
        (Part.INDICATORS, _indicators(written.WHOLE_INDICATORS)),
        (Part.BUDGET, _budget(asking, written.WHOLE_COSTS)),
        (Part.CONFIRMATIONS, {"confirmed": list(asking.says.eligibility.requirements)}),
    ):
        _save(proposal, part, content, by)
    officer_lists.save(proposal, written.WHOLE_OFFICERS, seen=0, by=by, at=now)
    checked = papers.hand_in(proposal, by=by, at=now) | papers.add_picture(proposal, by=by, at=now)
    proposals.submit(proposal, by=by, at=now, checked=checked)
    return f"画面から応募を1件受け付けました（{proposal.number}）"


def type_for_a_group(_definition: Definition) -> str:
    """The secretariat types what a group telephoned, on a second record of it; that waits for the group's word."""
    call, by, now = call_of(SLUG), actor_of(OFFICER), clock.now()
    group = proxies.new_group(call, written.PHONED, by=by)
    proposal = proxies.begin(call, call.tiers[-1], group, f"電話 {wareki(clock.today())}", by=by, at=now)
    asking = application_queries.dossier(proposal).asking
    for part, content in (
        (Part.GROUP, written.PHONED_GROUP),
        (Part.PLAN, written.PHONED_PLAN | _answers(asking, Part.PLAN, written.PHONED_ANSWERS)),
        (Part.TARGETS, written.PHONED_TARGETS),
        (Part.BUDGET, _budget(asking, written.PHONED_COSTS)),
        (Part.CONFIRMATIONS, {"confirmed": list(asking.says.eligibility.requirements)}),
    ):
        _save(proposal, part, content, by)
    papers.hand_in(proposal, by=by, at=now)
    entry = proxied.proxy_entry(proposal)
    assert entry is not None
    code = grouped(proxies.issue_code(entry, by=by))
    reference = grouped(proxied.reference_of(proposal))
    return f"電話で届いた応募を代理で入力しました（照会番号 {reference}、確認コード {code}）"


def send_mail(_definition: Definition) -> str:
    """Reviewers are told of their role: one in a digest, one with the next one, one at an address that refuses."""
    call, by = call_of(SLUG), actor_of(OFFICER)
    digested, waits, refused = (panelist.email for panelist in PANEL[:3])
    for email in (digested, waits):
        accounts.choose_pace(user_of(email), MailPace.DAILY, by=actor_of(email))
    for panelist in PANEL[:3]:
        invite(Invitation(panelist.email, panelist.name, Role.REVIEWER, call), site=SITE, by=by)
    db.session.flush()
    now = clock.now()
    digests.bind(digested, mail.digest_after(now))
    tried = mails.newest([refused])[refused]
    tried.attempts += 1
    mail.note_failure(tried, REFUSED, now, for_good=True)
    return "審査委員3人に役割を知らせました（1通は宛先に断られました）"


STEPS = (
    open_another_call,
    word_its_mail,
    gather_a_group,
    write_together,
    extend_the_deadline,
    ask_partners,
    receive_in_time,
    type_for_a_group,
    send_mail,
)


def is_over(call: Call) -> bool:
    """Whether nobody can write in the call any more."""
    return call.deadline < clock.now()


def _save(proposal: Application, part: Part, content: Content, by: Actor) -> None:
    proposals.save(proposal, part, content, seen=0, by=by, at=clock.now())


def _answers(asking: Asking, part: Part, texts: Iterable[str]) -> dict[str, Any]:
    return {"answers": dict(zip((one.key for one in asking.questions(part)), texts, strict=True))}


def _schedule(asking: Asking, rows: Iterable[tuple[str, int, int, str]]) -> Content:
    known = months(asking.says)
    return {
        "rows": [
            {"what": what, "begins": known[first], "ends": known[last], "who": who} for what, first, last, who in rows
        ]
    }


def _indicators(rows: Iterable[Sequence[str]]) -> Content:
    return {"rows": [dict(zip(("name", "unit", "baseline", "target", "method"), row, strict=True)) for row in rows]}


def _budget(asking: Asking, rows: Iterable[tuple[int, str, int, str, str, str]]) -> Content:
    keys = [each.key for each in asking.says.cost_categories]
    return {"lines": [dict(zip(COST_KEYS, (keys[place], *cells), strict=True)) for place, *cells in rows]}
