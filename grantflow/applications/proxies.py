"""The verbs of proxy entry (代理入力): the secretariat types for a group, and the group confirms what was typed."""

import datetime as dt
import hmac
import secrets
from enum import Enum

from grantflow.accounts import operations as accounts
from grantflow.accounts.models import MemberRole, Organization, User
from grantflow.applications import completeness, queries
from grantflow.applications.models import Application, ApplicationStatus, ProxyEntry
from grantflow.applications.operations import draft
from grantflow.applications.proxied import has_members
from grantflow.applications.signed_papers import SignedPaper
from grantflow.applications.workflow import confirm_entry, refuse_closed
from grantflow.audit import trail
from grantflow.calls.models import Call, Tier
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.sealing import sealing
from grantflow.core.words import _
from grantflow.files import operations as files
from grantflow.permissions import Permission

CODE_DIGITS = 8
CODE_LASTS = dt.timedelta(days=14)
MOST_TRIES = 10
PURPOSE = "applications.proxy"


class Outcome(Enum):
    """What became of a code that somebody typed."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"
    CHANGED = "changed"


def new_group(call: Call, name: str, *, by: Actor) -> Organization:
    """The record of a group that has none; nobody acts for it yet (R5.9)."""
    authorize(by, Permission.APPLICATION_ENTER, call)
    row = accounts.organization(name)
    trail.record("organizations.add", row, by=by, name=name)
    db.session.flush()
    return row


def begin(
    call: Call, tier: Tier, organization: Organization, came_by: str, *, by: Actor, at: dt.datetime
) -> Application:
    """A draft that the secretariat types for the group; `came_by` says how its words came, and when (R3.6)."""
    authorize(by, Permission.APPLICATION_ENTER, call)
    row = draft(call, tier, organization)
    refuse_closed(row, at)
    db.session.add(row)
    db.session.flush()
    entry = ProxyEntry(
        application_id=row.id,
        application=row,
        came_by=came_by,
        entered_by_id=by.id,
        entered_by=by.name,
        entered_at=clock.now(),
    )
    db.session.add(entry)
    trail.record("applications.begin_for", row, by=by, tier=tier.key, organization=organization.name, came_by=came_by)
    return row


def issue_code(entry: ProxyEntry, *, by: Actor) -> str:
    """A code of eight digits by which the group confirms; an earlier one dies. Refused while something is missing."""
    authorize(by, Permission.PROXY_MANAGE, entry.application)
    _refuse_confirmed(entry)
    _refuse_incomplete(entry.application)
    code = "".join(secrets.choice("0123456789") for _digit in range(CODE_DIGITS))
    entry.code_hash, entry.tries = _mark(entry.application, code), 0
    entry.code_expires_at = clock.now() + CODE_LASTS
    trail.record("applications.issue_code", entry.application, by=by)
    return code


def look_at(entry: ProxyEntry | None, code: str) -> Outcome:
    """Whether the code opens the proposal. A wrong one counts as a try and is remembered: the caller raises nothing."""
    if entry is None:
        return Outcome.WRONG
    db.session.refresh(entry, with_for_update=True)
    now = clock.now()
    if not entry.code_hash or entry.code_expires_at is None or entry.code_expires_at <= now:
        return Outcome.OVER
    if entry.tries >= MOST_TRIES or entry.application.status not in WAITING:
        return Outcome.OVER
    if not hmac.compare_digest(entry.code_hash, _mark(entry.application, code)):
        entry.tries += 1
        trail.record("applications.fail_code", entry.application, by=GROUP, tries=entry.tries)
        return Outcome.WRONG
    return Outcome.CHANGED if _has_changed(entry, entry.code_expires_at - CODE_LASTS) else Outcome.RIGHT


def confirm_by_code(entry: ProxyEntry, title: str, name: str, *, claimed_by: User | None = None) -> None:
    """The group confirms what stands there, by title and name; the caller has asked `look_at` in this transaction.

    `claimed_by` acts for the group from now on, when nobody does yet: whoever holds the code was told it as its own.
    """
    confirm_entry(entry, f"{title} {name}".strip(), "code", by=GROUP)
    if claimed_by is not None and not has_members(entry.application.organization_id):
        accounts.join(claimed_by, entry.application.organization, by=GROUP, role=MemberRole.REPRESENTATIVE)


def hand_in(entry: ProxyEntry, paper: SignedPaper, *, by: Actor) -> None:
    """Keep the paper that the group signed; somebody else of the secretariat confirms it. Refused while incomplete."""
    authorize(by, Permission.PROXY_MANAGE, entry.application)
    _refuse_confirmed(entry)
    _refuse_incomplete(entry.application)
    file = files.keep(*paper, PURPOSE, by=by, belongs_to=entry.application_id)
    db.session.flush()
    entry.file, entry.file_id = file, file.id
    trail.record("applications.hand_in_signed", entry.application, by=by)


def confirm_by_paper(entry: ProxyEntry, *, by: Actor) -> None:
    """A second person of the secretariat has compared the signed paper with what was typed."""
    authorize(by, Permission.PROXY_MANAGE, entry.application)
    _refuse_confirmed(entry)
    if entry.file is None:
        raise Refused(_("署名のある紙のファイルがありません。先にファイルを出してください。"))
    if by.id is None or by.id in (entry.file.kept_by_id, entry.entered_by_id):
        raise Refused(
            _("入力した人やファイルを出した人は、確かめたことにできません。事務局のほかの人に頼んでください。")
        )
    if _has_changed(entry, entry.file.kept_at):
        raise Refused(_("紙のファイルを出したあとに、内容が書き直されました。新しい内容の紙に署名をもらってください。"))
    confirm_entry(entry, by.name, "paper", by=by)


def reopen(entry: ProxyEntry, *, by: Actor) -> None:
    """Let the secretariat write again on what was confirmed and is not submitted; the group confirms once more."""
    authorize(by, Permission.PROXY_MANAGE, entry.application)
    if entry.confirmed_at is None:
        raise Refused(_("まだ確かめられていないので、そのまま書き直せます。"))
    if entry.application.status not in WAITING:
        raise Refused(
            _("この応募はもう提出されています。書き直すときは、締切のあとに差し戻してから、やり直してください。")
        )
    entry.confirmed_at, entry.confirmed_by, entry.confirmed_with = None, "", ""
    entry.code_hash, entry.code_expires_at, entry.file, entry.file_id = "", None, None, None
    trail.record("applications.reopen_entry", entry.application, by=by)


#: Who acts by a code: the group, whoever of it typed the code.
GROUP = Actor(None, "", "group")

#: Where a proposal waits to be submitted.
WAITING = frozenset({ApplicationStatus.DRAFT, ApplicationStatus.RETURNED})


def _mark(application: Application, code: str) -> str:
    """A code belongs to the proposal in the tier and version in which it was given."""
    of = f"proxy {application.id} {application.tier_id} {application.definition_version}"
    return sealing.mark(code, of)


def _has_changed(entry: ProxyEntry, since: dt.datetime) -> bool:
    saved = queries.dossier(entry.application).last_saved.at
    return saved is not None and saved > since


def _refuse_confirmed(entry: ProxyEntry) -> None:
    if entry.confirmed_at is not None:
        raise Refused(_("この応募は、もう団体が確かめました。"))


def _refuse_incomplete(application: Application) -> None:
    gaps = completeness.missing(queries.dossier(application))
    if gaps:
        raise Refused(
            _(
                "足りないところが%(count)s件あります。すべて書いてから、団体に確かめてもらってください。",
                count=len(gaps),
            )
        )
