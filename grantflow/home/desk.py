"""What each role's desk says: what waits, until when, and the one link that does it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import url_for

from grantflow.accounts.models import Role
from grantflow.applications import corrections, deadlines, late_attempts, officer_checks, officer_lists
from grantflow.applications.models import ApplicationStatus
from grantflow.applications.proxied import waiting_for_groups
from grantflow.applications.queries import counts
from grantflow.awards.models import ListStatus
from grantflow.awards.queries import published
from grantflow.calls.drafts import title_of
from grantflow.calls.models import Call, CallStatus
from grantflow.calls.queries import definition, drafts
from grantflow.core import clock
from grantflow.core.authorization import Actor, permits
from grantflow.core.dates import moment_text
from grantflow.core.words import _
from grantflow.home import queries
from grantflow.home.queries import Progress
from grantflow.mail import queries as mail
from grantflow.mail.models import MailState
from grantflow.permissions import Permission
from grantflow.review import committee
from grantflow.review.models import CommitteeStatus

#: So long an attempt that came too late stays on the desk.
NEW = dt.timedelta(days=14)

OFFICE = (Role.SECRETARIAT, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: the words, the link, until when, a note."""

    label: str
    url: str
    until: str = ""
    note: str = ""
    late: bool = False


@dataclass(frozen=True)
class Phase:
    """One step of a call's life, and whether it is done, under way or ahead."""

    label: str
    state: str
    when: str = ""


@dataclass(frozen=True)
class Figure:
    """A number that leads to its rows."""

    label: str
    value: int
    unit: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class TierCount:
    """How many proposals of a tier were received, and how many of them were withdrawn since; drafts do not count."""

    tier: str
    received: int
    withdrawn: int


@dataclass(frozen=True)
class CallDesk:
    """One call on somebody's desk; `tiers` are counts for whoever sees no more than counts."""

    call: Call
    phases: tuple[Phase, ...]
    figures: tuple[Figure, ...]
    tiers: tuple[TierCount, ...] = ()


@dataclass(frozen=True)
class Desk:
    """What is shown to somebody who signed in."""

    waiting: tuple[Waiting, ...]
    calls: tuple[CallDesk, ...]


def desk(actor: Actor) -> Desk:
    """The desk of `actor`: of every role they have."""
    waiting: list[Waiting] = []
    calls: dict[str, CallDesk] = {}
    for role in OFFICE:
        for call in queries.calls_of(actor, role):
            if call.slug not in calls:
                done = queries.progress(call)
                waiting += (
                    *_for_the_office(call, done),
                    *_typed_for_groups(actor, call),
                    *_too_late(call),
                    *_to_confirm(actor, call),
                    *_corrected(actor, call),
                )
                calls[call.slug] = CallDesk(call, _phases(call, done), tuple(_figures(call, done)))
    waiting += _undelivered(actor, [each.call for each in calls.values()])
    for role, items in ((Role.SPONSOR, _for_the_sponsor), (Role.AUDITOR, _for_the_auditor)):
        for call in queries.calls_of(actor, role):
            done = queries.progress(call)
            waiting += items(call, done)
            counted = _by_tier(call) if role is Role.SPONSOR else ()
            calls.setdefault(call.slug, CallDesk(call, _phases(call, done), (), counted))
    waiting += _for_the_officer_checker(actor)
    waiting += _unfinished_drafts(actor)
    waiting += _for_the_reviewer(actor)
    waiting += _for_the_applicant(actor)
    return Desk(tuple(waiting), tuple(calls.values()))


def _undelivered(actor: Actor, calls: Sequence[Call]) -> Iterator[Waiting]:
    """The mails that could not be sent: a call's for its office, all others for administrators."""
    administers = permits(actor, Permission.MAIL_ADMINISTER)
    failures = mail.failures([*(call.slug for call in calls), *([""] if administers else [])])
    for call in calls:
        if call.slug in failures:
            yield Waiting(
                _("送れなかったメールを確かめる"),
                url_for("deliveries.index", slug=call.slug, state=MailState.FAILED.value),
                note=_("%(call)s：%(count)s通", call=call.title, count=failures[call.slug]),
            )
    if "" in failures:
        yield Waiting(
            _("送れなかったメールを確かめる"),
            url_for("deliveries.others", state=MailState.FAILED.value),
            note=_("公募によらないメール：%(count)s通", count=failures[""]),
        )


def _unfinished_drafts(actor: Actor) -> Iterator[Waiting]:
    for draft in drafts(actor) if any(actor.has_anywhere(role) for role in OFFICE) else ():
        yield Waiting(
            _("公募の下書きを仕上げて公開する"),
            url_for("drafts.show", id=draft.id),
            note=_("%(call)s：%(who)sが最後に保存しました。", call=title_of(draft), who=draft.changed_by),
        )


def _typed_for_groups(actor: Actor, call: Call) -> Iterator[Waiting]:
    """What the secretariat typed for groups that did not confirm it: it is submitted only when they have."""
    count = waiting_for_groups(call, actor) if call.status is CallStatus.PUBLISHED else 0
    if count:
        yield Waiting(
            _("代理で入力した応募を、団体に確かめてもらう"),
            url_for("proxies.index", slug=call.slug),
            moment_text(call.deadline),
            _("%(call)s：%(count)s件が団体の確認を待っています。", call=call.title, count=count),
        )


def _too_late(call: Call) -> Iterator[Waiting]:
    """What came after the deadline in the last two weeks, so that nobody is surprised by the telephone."""
    count = late_attempts.count_since(call, clock.now() - NEW) if clock.now() > call.deadline else 0
    if count:
        yield Waiting(
            _("締切の後に届いたものを確かめる"),
            url_for("late.index", slug=call.slug),
            note=_("%(call)s：%(count)s件を断りました。", call=call.title, count=count),
        )


def _to_confirm(actor: Actor, call: Call) -> Iterator[Waiting]:
    """The deadlines of one group that somebody else asked to move: they hold once a second person confirms them."""
    for each in deadlines.waiting_for(call, actor):
        yield Waiting(
            _("締切の延長を確かめる"),
            url_for("deadlines.index", slug=call.slug),
            moment_text(each.closes_at),
            _("%(call)s：1つの団体の延長です。", call=call.title),
        )


def _corrected(actor: Actor, call: Call) -> Iterator[Waiting]:
    """The corrections that came, and those that did not come in time (R3.8)."""
    rows = corrections.of_call(call, actor)
    url = url_for("corrections.index", slug=call.slug)
    if done := corrections.answered(rows):
        yield Waiting(_("届いた補正を確かめる"), url, note=_("%(call)s：%(count)s件", call=call.title, count=len(done)))
    if late := corrections.overdue(rows, clock.now()):
        yield Waiting(
            _("期限を過ぎた補正の扱いを決める"),
            url,
            moment_text(late[0].due_at),
            _("%(call)s：%(count)s件", call=call.title, count=len(late)),
            True,
        )


def _for_the_office(call: Call, done: Progress) -> Iterator[Waiting]:
    if call.is_open(clock.now()):
        yield Waiting(
            _("公募の締切を待つ"), url_for("calls.show", slug=call.slug), moment_text(call.deadline), call.title
        )
    elif done.unscreened:
        yield Waiting(
            _("応募の形式審査をする"),
            url_for("screening.index", slug=call.slug, status=ApplicationStatus.SUBMITTED.value),
            note=_("%(call)s：%(count)s件が待っています。", call=call.title, count=done.unscreened),
        )
    elif done.received == 0:
        yield Waiting(
            _("応募を取り込む"),
            url_for("load_applications.index", slug=call.slug),
            note=_("%(call)s：まだ1件もありません。取り込み方は、この先の画面にあります。", call=call.title),
        )
    elif done.scored == 0:
        yield Waiting(
            _("審査委員会を構成し、応募を割り当てる"),
            url_for("panel.show", slug=call.slug),
            note=_(
                "%(call)s：応募%(count)s件、割当%(sheets)s件", call=call.title, count=done.received, sheets=done.sheets
            ),
        )
        yield Waiting(
            _("審査の評点を取り込む"),
            url_for("load_scores.index", slug=call.slug),
            note=_("%(call)s：応募は%(count)s件、評点はまだありません。", call=call.title, count=done.received),
        )
    elif done.undecided:
        yield Waiting(
            _("採否を決める"),
            url_for("awards.decisions", slug=call.slug),
            note=_(
                "%(call)s：%(all)s件中%(left)s件が決まっていません。",
                call=call.title,
                all=done.in_review,
                left=done.undecided,
            ),
        )
    else:
        yield from _next_step_of_the_list(call, done)


def _next_step_of_the_list(call: Call, done: Progress) -> Iterator[Waiting]:
    url = url_for("awards.index", slug=call.slug)
    status = done.newest.status if done.newest else ListStatus.DRAFT
    if status is ListStatus.DRAFT:
        yield Waiting(_("採択団体一覧を確定する"), url, note=call.title)
    elif status is ListStatus.FROZEN:
        yield Waiting(
            _("%(sponsor)sの合意を記録する", sponsor=call.sponsor),
            url,
            note=_("%(call)s：一覧は確定しています。", call=call.title),
        )
    elif status is ListStatus.AGREED:
        yield Waiting(_("採択団体一覧を公表する"), url, note=_("%(call)s：合意が記録されています。", call=call.title))


def _for_the_sponsor(call: Call, done: Progress) -> Iterator[Waiting]:
    if done.newest and done.newest.status is ListStatus.FROZEN:
        yield Waiting(
            _("採択団体一覧（第%(version)s版）を確かめて合意する", version=done.newest.number),
            url_for("awards.index", slug=call.slug),
            note=call.title,
        )


def _by_tier(call: Call) -> tuple[TierCount, ...]:
    counted = counts(call)
    return tuple(
        TierCount(f"{tier.label} {tier.name}", counted.of(tier.key), counted.of(tier.key, ApplicationStatus.WITHDRAWN))
        for tier in call.tiers
    )


def _for_the_auditor(call: Call, done: Progress) -> Iterator[Waiting]:
    if done.received:
        yield Waiting(
            _("応募と採否の記録を確かめる"),
            url_for("applications.index", slug=call.slug),
            note=_("%(call)s：応募%(count)s件", call=call.title, count=done.received),
        )


def _for_the_officer_checker(actor: Actor) -> Iterator[Waiting]:
    for call in queries.calls_of(actor, Role.OFFICER_CHECKER) if actor.has_anywhere(Role.OFFICER_CHECKER) else ():
        count = sum(not row.purged_at for row in officer_lists.readable(call, actor))
        if count:
            yield Waiting(
                _("役員名簿を確かめる"),
                url_for("officers.index", slug=call.slug),
                note=_("%(call)s：%(count)s件", call=call.title, count=count),
            )
        known = officer_checks.of_call(call)
        rows = officer_checks.rows(call, actor, Permission.CHECK_RECORD)
        left = sum(officer_checks.is_unanswered(known.get(row.id)) for row in rows) if count else 0
        if left:
            yield Waiting(
                _("役員の確認の結果を記録する"),
                url_for("officer_checks.index", slug=call.slug),
                note=_("%(call)s：%(count)s件がまだです。", call=call.title, count=left),
            )


def _for_the_reviewer(actor: Actor) -> Iterator[Waiting]:
    for call, heap in queries.heaps_of(actor):
        due = definition(call).schedule.scores_due_at
        until = moment_text(due) if due else ""
        late = due is not None and due < clock.now()
        open_ = committee.status(call) is not CommitteeStatus.LOCKED
        if heap.unanswered and open_:
            yield Waiting(
                _("応募ごとに利益相反の有無を答える（%(count)s件）", count=len(heap.unanswered)),
                url_for("scoring.sheet", id=heap.unanswered[0].id),
                until,
                call.title,
                late,
            )
        if heap.unfiled and open_:
            yield Waiting(
                _("応募を採点する（%(all)s件中%(done)s件を提出）", all=len(heap.sheets), done=heap.filed),
                url_for("scoring.sheet", id=heap.unfiled[0].id),
                until,
                call.title,
                late,
            )
        yield Waiting(
            _("採点する応募の一覧を見る"),
            url_for("scoring.index", slug=call.slug),
            note=_("%(call)s：%(count)s件", call=call.title, count=len(heap.sheets)),
        )


def _for_the_applicant(actor: Actor) -> Iterator[Waiting]:
    for application, call in queries.applications_of(actor):
        if published(call) is not None:
            yield Waiting(
                _("審査の結果を見る"),
                url_for("awards.result", slug=call.slug),
                note=_told(application.number, application.title),
            )
        elif application.status is ApplicationStatus.DRAFT:
            if call.is_open(clock.now()):
                yield Waiting(
                    _("応募を書いて提出する"),
                    url_for("dossier.index", id=application.id),
                    moment_text(call.deadline),
                    _told(application.number, application.title or call.title),
                )
        elif application.status is ApplicationStatus.RETURNED:
            correction = corrections.running(application)
            yield Waiting(
                _("補正を求められた応募を直して、もう一度提出する"),
                url_for("dossier.index", id=application.id),
                moment_text(correction.due_at) if correction else "",
                _told(application.number, application.title),
                correction is not None and correction.due_at < clock.now(),
            )
        else:
            yield Waiting(
                _("応募の内容を見る"),
                url_for("applications.show", id=application.id),
                note=_told(application.number, application.title),
            )


def _told(number: str | None, title: str) -> str:
    return _("%(number)s：%(title)s", number=number or _("受付前"), title=title)


def _phases(call: Call, done: Progress) -> tuple[Phase, ...]:
    steps = (
        (_("公募"), clock.now() > call.deadline, moment_text(call.deadline)),
        (_("審査"), done.in_review > 0 and done.scored == done.sheets > 0, ""),
        (_("採否の決定"), done.in_review > 0 and done.undecided == 0, ""),
        (_("一覧の確定と合意"), done.newest is not None and done.newest.agreement_on is not None, ""),
        (_("公表"), done.published is not None and done.published == done.newest, ""),
    )
    now = next((index for index, (_label, finished, _when) in enumerate(steps) if not finished), len(steps))
    return tuple(
        Phase(label, "done" if index < now else "current" if index == now else "ahead", when)
        for index, (label, _finished, when) in enumerate(steps)
    )


def _figures(call: Call, done: Progress) -> Iterator[Figure]:
    yield Figure(_("応募"), done.received, _("件"), url_for("applications.index", slug=call.slug))
    yield Figure(
        _("採点済み"),
        done.scored,
        _("件"),
        url_for("review.ranking", slug=call.slug),
        _("割当%(count)s件のうち", count=done.sheets),
    )
    yield Figure(_("採否が決まった応募"), done.decided, _("件"), url_for("awards.decisions", slug=call.slug))
    yield Figure(_("採択"), done.adopted, _("件"), url_for("awards.index", slug=call.slug))
