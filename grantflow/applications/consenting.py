"""The verbs of partners' consent (連携先の承諾): asking by a link or a letter, answering, taking back."""

import datetime as dt
import hashlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from grantflow.accounts import passwords
from grantflow.accounts.group_queries import members
from grantflow.accounts.models import WRITERS
from grantflow.applications import corrections, queries
from grantflow.applications.models import Application, Consent, ConsentState
from grantflow.applications.operations import COLUMNS
from grantflow.applications.outline import Part
from grantflow.applications.signed_papers import SignedPaper
from grantflow.applications.workflow import closed_to_its_group, refuse_closed
from grantflow.audit import trail
from grantflow.calls.mailing import send
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize
from grantflow.core.dates import moment_text
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import SOURCE, _, speaking
from grantflow.files import operations as files
from grantflow.permissions import Permission

LINK_LASTS = dt.timedelta(days=30)
#: So many partners one proposal names at most.
MOST = 30
PURPOSE = "applications.consent"

STATE = ConsentState


def add(application: Application, partner: str, part: str, email: str, *, by: Actor, at: dt.datetime) -> Consent:
    """Name a partner and the part it plays; asked by `ask`, or with a letter handed in (R3.6)."""
    _refuse_writing(application, by, at)
    names = [row.partner for row in queries.consents(application)]
    if partner in names:
        raise Refused(_("%(partner)sは、もう連携先にあります。一覧から選んで直してください。", partner=partner))
    if len(names) >= MOST:
        raise Refused(_("連携先は%(most)s件までです。主な連携先だけを残してください。", most=MOST))
    row = Consent(
        application_id=application.id,
        application=application,
        partner=partner,
        part=part,
        email=email,
        state=STATE.ASKED,
        asked_at=clock.now(),
    )
    db.session.add(row)
    trail.record("consents.add", application, by=by, partner=partner, task=part)
    db.session.flush()
    return row


def rewrite(consent: Consent, partner: str, part: str, email: str, *, by: Actor, at: dt.datetime) -> bool:
    """Change what is said of a partner; returns whether an answer was given before and must be asked for again.

    A link that was sent lives on, for the partner answers what it shows then.
    """
    _refuse_writing(consent.application, by, at)
    others = [row.partner for row in queries.consents(consent.application) if row.id != consent.id]
    if partner in others:
        raise Refused(_("%(partner)sは、もう連携先にあります。一覧から選んで直してください。", partner=partner))
    before = {"partner": consent.partner, "task": consent.part}
    after = {"partner": partner, "task": part}
    again = before != after and consent.state is not STATE.ASKED
    consent.partner, consent.part, consent.email = partner, part, email
    if again:
        consent.state, consent.file, consent.file_id = STATE.ASKED, None, None
    if db.session.is_modified(consent):
        trail.record("consents.rewrite", consent.application, by=by, before=before, after=after, again=again)
    return again


def must_be_asked_again(consent: Consent) -> bool:
    """Whether the partner had answered something else than what stands there now."""
    return consent.state is STATE.ASKED and consent.answered_at is not None


def waits_for_link(consent: Consent) -> bool:
    """Whether a link was sent that still can be used."""
    return consent.state is STATE.ASKED and consent.expires_at is not None and clock.now() < consent.expires_at


def ask(consent: Consent, *, link: str, by: Actor, at: dt.datetime) -> None:
    """Send the partner a single-use link; an earlier one dies. `link` is the address of the page, with `KEY` in it."""
    application = consent.application
    _refuse_writing(application, by, at)
    if not consent.email:
        raise Refused(_("メールアドレスがありません。アドレスを書くか、承諾書のファイルを出してください。"))
    if consent.state is STATE.TAKEN_BACK:
        raise Refused(_("この依頼は取り消しました。連携先をもう一度加えてください。"))
    key = passwords.new_key()
    consent.state, consent.token_hash = STATE.ASKED, passwords.fingerprint(key)
    consent.asked_at, consent.expires_at = clock.now(), clock.now() + LINK_LASTS
    consent.answered_at, consent.answered_by, consent.file_id = None, "", None
    with speaking(SOURCE):
        send(
            "applications.consent",
            consent.email,
            application.call,
            partner=consent.partner,
            organization=application.organization_name,
            title=application.title or _("（事業名はまだ決まっていません）"),
            part=consent.part,
            contact=_contact(application),
            address=link.replace("KEY", key),
            until=moment_text(consent.expires_at),
        )
    trail.record("consents.ask", application, by=by, partner=consent.partner)


def _contact(application: Application) -> str:
    """Whom the partner asks back: as the proposal says it, else the organisation alone."""
    row = queries.section(application, Part.GROUP)
    content = row.content if row else {}
    known = [str(content.get(name, "")) for name in ("contact_name", "contact_phone", "contact_email")]
    return "\n".join([application.organization_name, *(line for line in known if line)])


def take_back(consent: Consent, *, by: Actor, at: dt.datetime) -> None:
    """Name the partner no more; its link dies."""
    _refuse_writing(consent.application, by, at)
    consent.state, consent.token_hash, consent.expires_at = STATE.TAKEN_BACK, None, None
    trail.record("consents.take_back", consent.application, by=by, partner=consent.partner)


def hand_in(consent: Consent, paper: SignedPaper, *, by: Actor, at: dt.datetime) -> None:
    """Keep the letter of a partner that agreed on paper; a link that was sent dies."""
    application = consent.application
    _refuse_writing(application, by, at)
    file = files.keep(*paper, PURPOSE, by=by, belongs_to=application.id)
    db.session.flush()
    consent.state, consent.file, consent.file_id = STATE.LETTER, file, file.id
    consent.token_hash, consent.expires_at = None, None
    consent.answered_at, consent.answered_by = clock.now(), ""
    trail.record("consents.hand_in", application, by=by, partner=consent.partner)


def asked_by_key(key: str, now: dt.datetime) -> Consent | None:
    """The consent whose link holds `key`; None once it was used or is over, or the proposal is closed to its group."""
    found = (
        select(Consent)
        .join(Consent.application)
        .options(contains_eager(Consent.application))
        .where(Consent.token_hash == passwords.fingerprint(key), Consent.state == STATE.ASKED, Consent.expires_at > now)
    )
    row = db.session.scalar(found)
    if row is None or closed_to_its_group(row.application, now):
        return None
    return None if corrections.is_closed_part(row.application, Part.CONSENTS) else row


def shown(consent: Consent) -> str:
    """The same for equal words: what a partner agrees to is what was shown."""
    words = (consent.partner, consent.part, consent.application.title, consent.application.organization_name)
    return hashlib.sha256("\x00".join(words).encode()).hexdigest()[:16]


def answer(consent: Consent, *, agrees: bool, title: str, name: str, seen: str, page: str, by: Actor) -> None:
    """The partner's answer, by title and name, of which the group is told; `page` is the address of its partners.

    Refused when the group changed the words after they were shown.
    """
    if seen != shown(consent):
        raise Refused(
            _("この画面を開いたあとに、団体が内容を書き直しました。下の内容を読んで、もう一度答えてください。")
        )
    consent.state = STATE.GIVEN if agrees else STATE.REFUSED
    consent.token_hash, consent.expires_at = None, None
    consent.answered_at, consent.answered_by = clock.now(), f"{title} {name}".strip()
    trail.record("consents.give" if agrees else "consents.refuse", consent.application, by=by, partner=consent.partner)
    _tell_the_group(consent, page, agrees=agrees)


def _tell_the_group(consent: Consent, page: str, *, agrees: bool) -> None:
    application = consent.application
    for row in members(application.organization):
        if row.role in WRITERS and row.user.is_active:
            with speaking(SOURCE):
                send(
                    "applications.consent_answered",
                    row.user,
                    application.call,
                    partner=consent.partner,
                    organization=application.organization_name,
                    title=application.title or _("（事業名はまだ決まっていません）"),
                    answer=_("承諾する") if agrees else _("承諾しない"),
                    address=page,
                )


def waiting(rows: Sequence[Consent]) -> int:
    """How many partners have not answered what stands there now."""
    return sum(row.state is STATE.ASKED for row in rows)


def _refuse_writing(application: Application, by: Actor, at: dt.datetime) -> None:
    authorize(by, Permission.APPLICATION_WRITE, application)
    refuse_closed(application, at)
    db.session.refresh(application, COLUMNS, with_for_update=True)
    refuse_closed(application, at)
    corrections.refuse_unopened_part(application, Part.CONSENTS)
