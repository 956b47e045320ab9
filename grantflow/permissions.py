"""What can be done: every permission of the system, `resource:action`, one line each.

Who may do it is said in `grantflow.policy`, in the same order.
"""

from enum import StrEnum


class Permission(StrEnum):
    """One thing that can be done."""

    DESK_READ = "desk:read"
    PASSWORD_CHANGE = "password:change"  # noqa: S105 - the name of a permission
    ACCOUNT_MANAGE = "account:manage"

    JOB_READ = "job:read"

    CALL_READ = "call:read"
    CALL_MANAGE = "call:manage"
    CALL_PUBLISH = "call:publish"
    CALL_DISCARD = "call:discard"
    CALL_REVISE = "call:revise"
    DEADLINE_EXTEND = "deadline:extend"
    CALL_CREATE = "call:create"
    DRAFT_EDIT = "draft:edit"
    PEOPLE_MANAGE = "people:manage"
    PEOPLE_ADMINISTER = "people:administer"
    ROLE_GRANT = "role:grant"
    MAIL_MANAGE = "mail:manage"
    MAIL_ADMINISTER = "mail:administer"

    ORGANIZATION_ADD = "organization:add"
    ORGANIZATION_READ = "organization:read"
    ORGANIZATION_WRITE = "organization:write"
    ORGANIZATION_MERGE = "organization:merge"

    APPLICATION_LIST = "application:list"
    APPLICATION_READ = "application:read"
    APPLICATION_EXPORT = "application:export"
    APPLICATION_START = "application:start"
    APPLICATION_WRITE = "application:write"
    APPLICATION_SUBMIT = "application:submit"
    APPLICATION_ENTER = "application:enter"
    APPLICATION_SCREEN = "application:screen"
    APPLICATION_WITHDRAW = "application:withdraw"
    ELIGIBILITY_DECIDE = "eligibility:decide"
    SUBMISSION_READ = "submission:read"
    OFFICERS_LIST = "officers:list"
    OFFICERS_READ = "officers:read"
    OFFICERS_WRITE = "officers:write"
    CHECK_LIST = "check:list"
    CHECK_READ = "check:read"
    CHECK_RECORD = "check:record"
    CONSENT_READ = "consent:read"
    PROXY_MANAGE = "proxy:manage"

    REVIEW_READ = "review:read"
    CONFLICT_DECLARE = "conflict:declare"
    PANEL_MANAGE = "panel:manage"
    REVIEW_EXPORT = "review:export"
    SHEET_LIST = "sheet:list"
    SHEET_READ = "sheet:read"
    SHEET_ANSWER = "sheet:answer"
    SHEET_FILL = "sheet:fill"
    SCORE_ENTER = "score:enter"
    RANKING_READ = "ranking:read"

    DECISION_READ = "decision:read"
    DECISION_MAKE = "decision:make"
    LIST_READ = "list:read"
    LIST_FREEZE = "list:freeze"
    LIST_AGREE = "list:agree"
    LIST_PUBLISH = "list:publish"
    RESULT_READ = "result:read"

    HISTORY_READ = "history:read"
