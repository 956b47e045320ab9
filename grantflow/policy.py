"""Who may do what: one row for each permission.

A row says who; when a transition is possible is said in the workflow of its context. Every rule is
asked of a row (`test`) and of a table (`where`); what no row allows is refused.
"""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, true

from grantflow.accounts.models import CONFIRMER, MEMBER, WRITER, Organization, Role
from grantflow.applications.applicants import applicants_of, has_applied
from grantflow.applications.models import Application
from grantflow.applications.proxied import is_proxied, proxied_applications, unconfirmed_applications
from grantflow.awards.models import AdoptionList, ListStatus
from grantflow.awards.queries import newest, published
from grantflow.calls.models import Call, CallDraft, CallRole, CallStatus
from grantflow.core.authorization import Actor, Rule
from grantflow.jobs.models import Job
from grantflow.permissions import Permission as P
from grantflow.review.models import OPENED, Assignment, Reviewer
from grantflow.review.queries import assigned_to, conflicted_for, is_among, is_seated, seats_of


def _call_id(thing: Any) -> uuid.UUID | None:
    return thing.id if isinstance(thing, Call) else thing.call_id


def _call_column(model: Any) -> Any:
    return Call.id if model is Call else model.call_id


def _role(role: Role, label: str) -> Rule:
    """Whoever has `role` in the call of the row; without a row, in any call."""

    def test(actor: Actor, thing: Any) -> bool:
        return actor.has_anywhere(role) if thing is None else actor.has(role, _call_id(thing))

    def where(actor: Actor, model: Any) -> ColumnElement[bool]:
        return _among(_call_column(model), actor.scopes(role))

    return Rule(role.value, label, test, where)


def _among(column: Any, scopes: frozenset[uuid.UUID] | None) -> ColumnElement[bool]:
    """Whether the column is one of `scopes` (None: any); without a scope the statement is spared the question."""
    if scopes is None:
        return true()
    return column.in_(scopes) if scopes else false()


def _sql(condition: bool) -> ColumnElement[bool]:
    return true() if condition else false()


anyone = Rule("anyone", "だれでも", lambda _a, _t: True, lambda _a, _m: true())
signed_in = Rule(
    "signed_in",
    "サインインした人",
    lambda actor, _t: actor.is_authenticated,
    lambda actor, _m: _sql(actor.is_authenticated),
)
administrator = _role(Role.ADMINISTRATOR, "管理者")
secretariat = _role(Role.SECRETARIAT, "事務局")
sponsor = _role(Role.SPONSOR, "所管官庁")
auditor = _role(Role.AUDITOR, "監査")
reviewer = _role(Role.REVIEWER, "審査委員")
officer_checker = _role(Role.OFFICER_CHECKER, "役員名簿の確認担当")


def _belonging(grant: str, label: str) -> Rule:
    """Whoever has `grant` in the organisation of the row, which may be the organisation itself."""

    def test(actor: Actor, thing: Any) -> bool:
        return actor.has(grant, thing.id if isinstance(thing, Organization) else thing.organization_id)

    def where(actor: Actor, model: Any) -> ColumnElement[bool]:
        return _among(Organization.id if model is Organization else model.organization_id, actor.scopes(grant))

    return Rule(grant, label, test, where)


member = _belonging(MEMBER, "その応募団体の人")
writer = _belonging(WRITER, "その応募団体の書く人")
confirmer = _belonging(CONFIRMER, "その応募団体の代表者か、代表者から任された人")


secretariat_it_applied_to = Rule(
    "secretariat_it_applied_to",
    "その団体の応募がある公募の事務局",
    lambda actor, organization: (
        actor.has_anywhere(Role.SECRETARIAT)
        and (organization is None or has_applied(organization.id, actor.scopes(Role.SECRETARIAT)))
    ),
    lambda actor, _m: (
        Organization.id.in_(applicants_of(actor.scopes(Role.SECRETARIAT)))
        if actor.has_anywhere(Role.SECRETARIAT)
        else false()
    ),
)
received = Rule(
    "received",
    "受付番号のある応募を見る人",
    lambda _a, application: application.number is not None,
    lambda _a, _m: Application.number.is_not(None),
)
proxied = Rule(
    "proxied",
    "事務局が代理で入力した応募を扱う人",
    lambda _a, application: is_proxied(application.id),
    lambda _a, _m: Application.id.in_(proxied_applications()),
)
unconfirmed = Rule(
    "unconfirmed",
    "代理で入力し、団体がまだ確かめていない応募を扱う人",
    lambda _a, application: is_proxied(application.id, only_unconfirmed=True),
    lambda _a, _m: Application.id.in_(unconfirmed_applications()),
)
assigned_reviewer = Rule(
    "assigned_reviewer",
    "その応募を割り当てられ、利益相反がないと答えた人",
    lambda actor, application: actor.id is not None and is_among(application.id, assigned_to(actor.id)),
    lambda actor, _m: Application.id.in_(assigned_to(actor.id)) if actor.id else false(),
)
own_sheet = Rule(
    "own_sheet",
    "その採点表の本人",
    lambda actor, assignment: actor.id is not None and assignment.reviewer.user_id == actor.id,
    lambda actor, _m: (
        Assignment.reviewer_id.in_(select(Reviewer.id).where(Reviewer.user_id == actor.id)) if actor.id else false()
    ),
)

opened = Rule(
    "opened",
    "利益相反がないと答えた採点表を見る人",
    lambda _a, assignment: assignment.status in OPENED,
    lambda _a, _m: Assignment.status.in_(OPENED),
)
seated = Rule(
    "seated",
    "その公募の審査委員会に加わった人",
    lambda actor, call: actor.id is not None and is_seated(actor.id, call),
    lambda actor, _m: Call.id.in_(seats_of(actor.id)) if actor.id else false(),
)


def _application_id(thing: Any) -> uuid.UUID | None:
    return thing.id if isinstance(thing, Application) else getattr(thing, "application_id", None)


def _conflicted(actor: Actor, thing: Any) -> bool:
    application_id = _application_id(thing)
    return actor.id is not None and application_id is not None and is_among(application_id, conflicted_for(actor.id))


def _conflicted_rows(actor: Actor, model: Any) -> ColumnElement[bool]:
    column = Application.id if model is Application else getattr(model, "application_id", None)
    return false() if column is None or actor.id is None else column.in_(conflicted_for(actor.id))


in_conflict = Rule("in_conflict", "その応募と利害関係がある人", _conflicted, _conflicted_rows)

published_call = Rule(
    "published_call",
    "公開された公募を見る人",
    lambda _a, call: call.status is not CallStatus.DRAFT,
    lambda _a, _m: Call.status != CallStatus.DRAFT,
)
rehearsed = Rule(
    "rehearsed",
    "予行の公募を見る人",
    lambda _a, call: call.rehearsal,
    lambda _a, _m: Call.rehearsal.is_(True),
)
participant = Rule(
    "participant",
    "その公募に役割のある人",
    lambda actor, call: any(actor.has(role, call.id) for role in Role),
    lambda actor, _m: or_(*(_among(Call.id, actor.scopes(role)) for role in Role)),
)
published_result = Rule(
    "published_result",
    "公表された結果を見る人",
    lambda _a, call: published(call) is not None,
    lambda _a, _m: Call.id.in_(select(AdoptionList.call_id).where(AdoptionList.status == ListStatus.PUBLISHED)),
)


def _is_frozen(_actor: Actor, thing: Any) -> bool:
    row = newest(thing) if isinstance(thing, Call) else thing
    return thing is None or (row is not None and row.status is not ListStatus.DRAFT)


def _frozen_rows(_actor: Actor, model: Any) -> ColumnElement[bool]:
    if model is AdoptionList:
        return AdoptionList.status != ListStatus.DRAFT
    drafts, others = (
        select(AdoptionList.call_id).where(is_draft)
        for is_draft in (AdoptionList.status == ListStatus.DRAFT, AdoptionList.status != ListStatus.DRAFT)
    )
    return Call.id.in_(others) & Call.id.not_in(drafts)


frozen_list = Rule("frozen_list", "確定した採択団体一覧を扱う人", _is_frozen, _frozen_rows)

drafter = Rule(
    "drafter",
    "その下書きを始めた事務局の人",
    lambda actor, draft: (
        actor.id is not None and draft.begun_by_id == actor.id and actor.has_anywhere(Role.SECRETARIAT)
    ),
    lambda actor, _m: (
        CallDraft.begun_by_id == actor.id if actor.id and actor.has_anywhere(Role.SECRETARIAT) else false()
    ),
)
secretariat_of_its_source = Rule(
    "secretariat_of_its_source",
    "写したもとの公募の事務局",
    lambda actor, draft: draft.source_id is not None and actor.has(Role.SECRETARIAT, draft.source_id),
    lambda actor, _m: CallDraft.source_id.is_not(None) & _among(CallDraft.source_id, actor.scopes(Role.SECRETARIAT)),
)

administrator_everywhere = Rule(
    "administrator_everywhere",
    "すべての公募の管理者",
    lambda actor, _t: (Role.ADMINISTRATOR, None) in actor.grants,
    lambda actor, _m: _sql((Role.ADMINISTRATOR, None) in actor.grants),
)
#: The roles that a secretariat may give in its call: its own and the administrator's are an administrator's to give.
GIVEN_BY_THE_SECRETARIAT = (Role.REVIEWER, Role.SPONSOR, Role.AUDITOR, Role.APPLICANT)
given_by_the_secretariat = Rule(
    "given_by_the_secretariat",
    "審査委員・所管官庁・監査・応募団体の役割を扱う人",
    lambda _a, row: row.role in GIVEN_BY_THE_SECRETARIAT,
    lambda _a, _m: CallRole.role.in_(GIVEN_BY_THE_SECRETARIAT),
)

asker = Rule(
    "asker",
    "その作業を頼んだ人",
    lambda actor, job: actor.id is not None and job.asked_by_id == actor.id,
    lambda actor, _m: Job.asked_by_id == actor.id if actor.id else false(),
)

office = administrator | secretariat

# fmt: off
POLICY: dict[P, Rule] = {
    P.DESK_READ:            signed_in,
    P.PASSWORD_CHANGE:      signed_in,
    P.ACCOUNT_MANAGE:       signed_in,

    P.JOB_READ:             asker,

    P.CALL_READ:            published_call & (~rehearsed | participant) | office,
    P.CALL_MANAGE:          office,
    P.CALL_PUBLISH:         office,
    P.CALL_DISCARD:         office & rehearsed,
    P.CALL_REVISE:          office,
    P.DEADLINE_EXTEND:      office,
    P.CALL_CREATE:          office,
    P.DRAFT_EDIT:           office | drafter | secretariat_of_its_source,
    P.PEOPLE_MANAGE:        office,
    P.PEOPLE_ADMINISTER:    administrator_everywhere,
    P.ROLE_GRANT:           administrator | secretariat & given_by_the_secretariat,
    P.MAIL_MANAGE:          office,
    P.MAIL_ADMINISTER:      administrator_everywhere,

    P.ORGANIZATION_ADD:     signed_in,
    P.ORGANIZATION_READ:    member,
    P.ORGANIZATION_WRITE:   writer,
    P.ORGANIZATION_MERGE:   administrator_everywhere | secretariat_it_applied_to,

    P.APPLICATION_LIST:     office | auditor,
    P.APPLICATION_READ:     ((office | auditor | reviewer & assigned_reviewer) & received | office & proxied | member)
                            & ~in_conflict,
    P.APPLICATION_EXPORT:   office,
    P.APPLICATION_START:    signed_in & published_call & (~rehearsed | participant),
    P.APPLICATION_WRITE:    (writer | office & unconfirmed) & ~in_conflict,
    P.APPLICATION_SUBMIT:   (confirmer | office & proxied) & ~in_conflict,
    P.APPLICATION_ENTER:    office,
    P.APPLICATION_SCREEN:   office & ~in_conflict,
    P.APPLICATION_WITHDRAW: (office | confirmer) & ~in_conflict,
    P.ELIGIBILITY_DECIDE:   office,
    P.SUBMISSION_READ:      ((office | auditor) & received | member) & ~in_conflict,
    P.OFFICERS_LIST:        officer_checker,
    P.OFFICERS_READ:        officer_checker & received & ~in_conflict,
    P.OFFICERS_WRITE:       (writer | office & unconfirmed) & ~in_conflict,
    P.CHECK_LIST:           secretariat | officer_checker,
    P.CHECK_READ:           (secretariat | officer_checker) & received & ~in_conflict,
    P.CHECK_RECORD:         officer_checker & received & ~in_conflict,
    P.CONSENT_READ:         (office & (received | proxied) | writer) & ~in_conflict,
    P.PROXY_MANAGE:         office & proxied & ~in_conflict,

    P.REVIEW_READ:          (office | auditor) & ~in_conflict,
    P.CONFLICT_DECLARE:     office & ~in_conflict,
    P.PANEL_MANAGE:         office & ~in_conflict,
    P.REVIEW_EXPORT:        office,
    P.SHEET_LIST:           reviewer & seated,
    P.SHEET_READ:           (office | auditor | reviewer & own_sheet) & ~in_conflict,
    P.SHEET_ANSWER:         reviewer & own_sheet & ~in_conflict,
    P.SHEET_FILL:           reviewer & own_sheet & opened & ~in_conflict,
    P.SCORE_ENTER:          office,
    P.RANKING_READ:         office,

    P.DECISION_READ:        office | auditor,
    P.DECISION_MAKE:        office,
    P.LIST_READ:            office | sponsor & frozen_list | auditor,
    P.LIST_FREEZE:          office,
    P.LIST_AGREE:           office | sponsor & frozen_list,
    P.LIST_PUBLISH:         office,
    P.RESULT_READ:          published_result & (~rehearsed | participant),

    P.HISTORY_READ:         (office | auditor) & ~in_conflict,
}
# fmt: on
