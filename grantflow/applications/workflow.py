"""The life of an application, as a table: what may become of it, who may do that, and only if."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from grantflow.accounts.models import CONFIRMER
from grantflow.applications import completeness, corrections, late_attempts, notices, officer_checks, queries, receipts
from grantflow.applications.models import Application, ApplicationStatus, ProxyEntry
from grantflow.applications.proxied import proxy_entry
from grantflow.applications.screening_models import Correction
from grantflow.applications.searching import search_text
from grantflow.audit import trail
from grantflow.calls.models import CallStatus
from grantflow.calls.operations import next_number
from grantflow.core import clock
from grantflow.core.authorization import Actor, permits
from grantflow.core.dates import moment_text
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.text import yen
from grantflow.core.words import _, lazy
from grantflow.permissions import Permission
from grantflow.workflow import Transition, Workflow


def is_numbered(application: Application) -> None:
    """Refuse without a receipt number: it is what the proposal is known by from here on (R3.5)."""
    if not application.number:
        raise Refused(_("受付番号がありません。番号を付けてから受け付けてください。"))


def is_within_the_cap(application: Application) -> None:
    """Refuse an amount over the cap of the proposal's tier: the cap is a hard limit (R0.2)."""
    over = application.requested_yen - application.tier.cap_yen
    if over > 0:
        raise Refused(
            _(
                "申請額が上限の%(cap)sを%(over)s超えています。金額を直してください。",
                cap=yen(application.tier.cap_yen),
                over=yen(over),
            )
        )


def says_why(_application: Application, _by: Actor, *, reason: str = "", **_details: Any) -> None:
    """Refuse a move nobody gave a reason for: whoever reads the history must learn it."""
    if not reason.strip():
        raise Refused(_("理由が空です。後から読む人に分かるように、理由を書いてください。"))


def is_complete(application: Application) -> None:
    """Refuse a proposal that lacks something; the sentences are those of the page that confirms."""
    gaps = completeness.missing(queries.dossier(application))
    if gaps:
        raise Refused("\n".join(gap.sentence for gap in gaps))


def is_settled(application: Application) -> None:
    """Refuse to screen a proposal that its group may still replace (R3.9)."""
    if application.status is STATUS.SUBMITTED and application.is_open(clock.now()):
        raise Refused(
            _(
                "締切（%(closes_at)s）までは、応募した団体が出し直せます。締切が過ぎてから形式審査をしてください。",
                closes_at=moment_text(application.deadline),
            )
        )


def told_status(application: Application) -> ApplicationStatus:
    """Where the proposal stands in words that its group may read: a decision is told by its result alone."""
    return STATUS.ELIGIBLE if application.status in DECIDED else application.status


def closed_to_its_group(application: Application, at: dt.datetime) -> str:
    """Why the group may not write on its proposal at `at`; empty where it may (R3.6, both ends count).

    One that was given back is bound to the time until when it is to be mended, and no more to the deadline (R3.8).
    """
    call = application.call
    if application.status is STATUS.RETURNED:
        return _too_late_to_correct(application, at)
    if application.status in IN_THEIR_HANDS and application.is_open(at):
        return ""
    if application.status not in IN_THEIR_HANDS:
        return _(
            "この応募はいま「%(state)s」なので、書き直せません。直す必要があるときは、事務局に連絡してください。",
            state=told_status(application).label,
        )
    if at < call.opens_at:
        return _(
            "応募の受付は%(opens_at)sに始まります。始まってからもう一度お試しください。",
            opens_at=moment_text(call.opens_at),
        )
    return _(
        "応募は%(closes_at)sに締め切りました。届いたのは%(at)sで、受け付けられません。事情があるときは、事務局に連絡してください。",
        closes_at=moment_text(application.deadline),
        at=f"{moment_text(at)}:{at:%S}",
    )


def _too_late_to_correct(application: Application, at: dt.datetime) -> str:
    correction = corrections.running(application)
    if correction is None or at <= correction.due_at:
        return ""
    return _(
        "補正の期限（%(due_at)s）を過ぎました。届いたのは%(at)sで、受け付けられません。"
        "前に提出した内容のまま、事務局がこの応募の扱いを決めます。事情があるときは、事務局に連絡してください。",
        due_at=moment_text(correction.due_at),
        at=f"{moment_text(at)}:{at:%S}",
    )


def _is_late(application: Application, at: dt.datetime) -> bool:
    if application.status is STATUS.RETURNED:
        return bool(_too_late_to_correct(application, at))
    return application.status in IN_THEIR_HANDS and at > application.deadline


def refuse_closed(application: Application, at: dt.datetime) -> None:
    """Refuse what the group may not do at `at` any more, or not yet; what comes too late leaves a ticket (R3.6)."""
    sentence = closed_to_its_group(application, at)
    if sentence:
        late = _is_late(application, at)
        raise Refused(sentence, leaves=late_attempts.ticket_for(application) if late else None)


def confirm_entry(entry: ProxyEntry, who: str, means: str, *, by: Actor) -> None:
    """Note that the group confirmed what the secretariat typed for it: who, and by a code, a paper or its account."""
    entry.confirmed_at, entry.confirmed_by, entry.confirmed_with = clock.now(), who, means
    entry.code_hash, entry.code_expires_at = "", None
    trail.record("applications.confirm_entry", entry.application, by=by, confirmed_by=who, means=means)


def _confirmed_by_its_group(application: Application, by: Actor, **_details: Any) -> None:
    """Refuse what the secretariat typed until the group confirmed it; its own confirmer does so by submitting."""
    entry = proxy_entry(application)
    if entry is None or entry.confirmed_at is not None:
        return
    if not by.has(CONFIRMER, application.organization_id):
        raise Refused(
            _("代理で入力した応募を、団体がまだ確かめていません。確認コードか署名のある紙で確かめてもらってください。")
        )
    confirm_entry(entry, by.name, "account", by=by)


def _receive(application: Application, _by: Actor, *, received_at: dt.datetime, **_details: Any) -> None:
    """Give the number and the time of receipt; what was submitted before keeps its number (R3.5, R3.6)."""
    refuse_closed(application, received_at)
    correction = corrections.running(application)
    if correction is None:
        application.received_at = received_at
    else:
        correction.answered_at = received_at
    if application.number is None:
        application.number = next_number(application.call)
        application.serial = application.call.last_number
        application.search_text = search_text(
            (application.number, application.organization_name, application.title, application.activity_area)
        )


def may_be_corrected(application: Application) -> None:
    """Refuse to give a proposal back where its call lets nothing be mended, or no round is left (R3.8)."""
    rule = corrections.rule(application.call)
    if rule.policy == "strict":
        raise Refused(
            _(
                "この公募では、提出した後の差替えを認めていません（公募の定義）。"
                "足りないところのある応募は、理由を書いて対象外としてください。"
            )
        )
    if len(corrections.rounds(application)) >= rule.rounds:
        raise Refused(
            _(
                "補正は%(rounds)s回までで、この応募ではもう求められません。審査対象とするか、対象外としてください。",
                rounds=rule.rounds,
            )
        )


def _give_back(
    application: Application,
    by: Actor,
    *,
    fields: Mapping[str, str],
    reason: str,
    due_at: dt.datetime,
    of_version: int,
    **_details: Any,
) -> None:
    """Open the named fields to the group until then, as the next round (R3.8)."""
    says_why(application, by, reason=reason)
    if not fields:
        raise Refused(_("直してもらう欄がありません。1つ以上選んでください。"))
    row = Correction(
        application_id=application.id,
        application=application,
        round=len(corrections.rounds(application)) + 1,
        fields=dict(fields),
        reason=reason.strip(),
        of_version=of_version,
        asked_at=clock.now(),
        asked_by=by.name,
        first_due_at=due_at,
        due_at=due_at,
    )
    db.session.add(row)


def not_to_withdraw(application: Application, by: Actor) -> str:
    """Why `by` may not withdraw the proposal; empty where they may: a group may until the result is out (R3.9)."""
    if application.call.status is CallStatus.PUBLISHED or not by.has(CONFIRMER, application.organization_id):
        return ""
    if permits(by, Permission.APPLICATION_SCREEN, application):
        return ""
    return _("結果が公表されたので、画面からは取り下げられません。辞退するときは、事務局に連絡してください。")


def _withdraw(application: Application, by: Actor, *, reason: str = "", **_details: Any) -> None:
    says_why(application, by, reason=reason)
    if sentence := not_to_withdraw(application, by):
        raise Refused(sentence)
    receipts.tell_withdrawn(application, reason.strip(), by=by)


def officers_are_checked(application: Application) -> None:
    """Refuse where the call wants the officers checked first, and no result without a match is recorded (R3.3)."""
    if officer_checks.holds_up(application, "eligible"):
        raise Refused(
            _(
                "役員の確認が済んでいません。確認の担当者が「該当なし」と記録してから、審査対象としてください（公募の定義）。"
            )
        )


def _find_ineligible(application: Application, by: Actor, *, reason: str = "", **_details: Any) -> None:
    says_why(application, by, reason=reason)
    application.ineligible_because = reason.strip()
    notices.tell_ineligible(application, reason.strip(), by=by)


def _find_eligible(application: Application, by: Actor, *, reason: str = "", **_details: Any) -> None:
    """Whoever was told that it is out is told that it is in again; others learn nothing before the result."""
    if application.status is STATUS.INELIGIBLE:
        says_why(application, by, reason=reason)
        application.ineligible_because = ""
        notices.tell_eligible_again(application, reason.strip(), by=by)


STATUS = ApplicationStatus

#: Where the group that applies may still write.
IN_THEIR_HANDS = frozenset({STATUS.DRAFT, STATUS.SUBMITTED, STATUS.RETURNED})

#: Where the committee can decide: a decision may be replaced by another one.
DECIDABLE = frozenset({STATUS.ELIGIBLE, STATUS.ADOPTED, STATUS.RESERVE, STATUS.NOT_ADOPTED})
DECIDED = DECIDABLE - {STATUS.ELIGIBLE}

APPLICATION = Workflow(
    "application",
    STATUS.DRAFT,
    told=lambda application, by: (
        application.status if permits(by, Permission.DECISION_READ, application) else told_status(application)
    ),
    transitions=[
        Transition(
            "admit",
            frozenset({STATUS.DRAFT}),
            STATUS.ELIGIBLE,
            Permission.APPLICATION_ENTER,
            guards=(is_numbered, is_within_the_cap),
            label=lazy("審査対象として受け付ける"),
        ),
        Transition(
            "submit",
            IN_THEIR_HANDS,
            STATUS.SUBMITTED,
            Permission.APPLICATION_SUBMIT,
            guards=(is_complete, is_within_the_cap),
            effects=(_confirmed_by_its_group, _receive),
            label=lazy("応募を提出する"),
        ),
        Transition(
            "return",
            frozenset({STATUS.SUBMITTED}),
            STATUS.RETURNED,
            Permission.APPLICATION_SCREEN,
            guards=(is_settled, may_be_corrected),
            effects=(_give_back,),
            label=lazy("補正を求める"),
        ),
        Transition(
            "find_ineligible",
            frozenset({STATUS.SUBMITTED, STATUS.RETURNED, STATUS.ELIGIBLE}),
            STATUS.INELIGIBLE,
            Permission.APPLICATION_SCREEN,
            guards=(is_settled,),
            effects=(_find_ineligible,),
            label=lazy("この応募を対象外とする"),
            ask_reason=True,
        ),
        Transition(
            "find_eligible",
            frozenset({STATUS.SUBMITTED, STATUS.INELIGIBLE}),
            STATUS.ELIGIBLE,
            Permission.APPLICATION_SCREEN,
            guards=(is_settled, officers_are_checked),
            effects=(_find_eligible,),
            label=lazy("この応募を審査対象とする"),
            ask_reason=True,
        ),
        Transition(
            "withdraw",
            DECIDABLE | {STATUS.INELIGIBLE, STATUS.SUBMITTED, STATUS.RETURNED},
            STATUS.WITHDRAWN,
            Permission.APPLICATION_WITHDRAW,
            effects=(_withdraw,),
            label=lazy("この応募を取り下げる"),
            ask_reason=True,
        ),
        Transition(
            "put_away",
            frozenset({STATUS.DRAFT}),
            STATUS.WITHDRAWN,
            Permission.APPLICATION_SUBMIT,
            label=lazy("この下書きを取りやめる"),
            ask_reason=True,
        ),
        Transition("adopt", DECIDABLE, STATUS.ADOPTED, Permission.DECISION_MAKE, label=lazy("採択とする")),
        Transition("reserve", DECIDABLE, STATUS.RESERVE, Permission.DECISION_MAKE, label=lazy("補欠とする")),
        Transition("not_adopt", DECIDABLE, STATUS.NOT_ADOPTED, Permission.DECISION_MAKE, label=lazy("不採択とする")),
        Transition("reopen", DECIDED, STATUS.ELIGIBLE, Permission.DECISION_MAKE, label=lazy("採否の決定を取り消す")),
    ],
)
