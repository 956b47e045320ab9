"""What the page and the commands do with the sponsor's letter, and with a time of publication that was set."""

import datetime as dt
import uuid

from grantflow.audit import trail
from grantflow.awards import documents, operations, queries
from grantflow.awards.models import AdoptionList, AgreementLetter, ListStatus
from grantflow.awards.workflow import has_not_changed, two_persons
from grantflow.core import clock
from grantflow.core.authorization import SYSTEM, Actor, authorize
from grantflow.core.dates import moment_text
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.permissions import Permission
from grantflow.review.operations import hold


def record_letter(
    adoption_list: AdoptionList,
    reference: str,
    on: dt.date,
    official: str,
    *,
    by: Actor,
    file_id: uuid.UUID | None = None,
) -> AgreementLetter:
    """Keep what the sponsor's letter says; the list is agreed to only when a second person confirmed it.

    Refused for a list that is not frozen or has changed since, without a number or a name, by nobody in particular,
    and while another letter waits.
    """
    authorize(by, Permission.LIST_AGREE, adoption_list)
    hold(adoption_list.call)
    if adoption_list.status is not ListStatus.FROZEN or adoption_list.sha256 is None:
        raise Refused(_("合意の文書は、確定した一覧について記録します。一覧の状態を確かめてください。"))
    has_not_changed(adoption_list)
    if by.id is None:
        raise Refused(_("合意の文書は、アカウントを持つ人が記録してください（コマンドでは --as で指定します）。"))
    if not reference.strip() or not official.strip():
        raise Refused(_("合意の文書番号か、合意した人の名前が空です。両方を書いてください。"))
    if queries.letter(adoption_list):
        raise Refused(
            _("合意の文書は、もう記録されています。ほかの人が確かめるか、取り消してから記録し直してください。")
        )
    row = AgreementLetter(
        adoption_list_id=adoption_list.id,
        adoption_list=adoption_list,
        sha256=adoption_list.sha256,
        reference=reference.strip(),
        on=on,
        official=official.strip(),
        file_id=file_id,
        recorded_at=clock.now(),
        recorded_by_id=by.id,
        recorded_by=by.name,
    )
    db.session.add(row)
    trail.record("adoption_lists.record_letter", adoption_list, by=by, **_told(row), file=str(file_id or ""))
    return row


def alone(letter: AgreementLetter, by: Actor) -> str:
    """Why `by` may not confirm the letter; empty where they may: another person than who recorded it."""
    if by.id is None or by.id == letter.recorded_by_id:
        return _("合意の文書は、記録した人と別の人が確かめる決まりです。別の人が行ってください。")
    return two_persons("agree", letter.adoption_list, by)


def confirm_letter(letter: AgreementLetter, *, by: Actor) -> None:
    """Confirm what another person recorded: from now on the list counts as agreed to."""
    sentence = alone(letter, by)
    if sentence:
        raise Refused(sentence)
    if letter.dropped_at is not None or letter.sha256 != letter.adoption_list.sha256:
        raise Refused(_("この文書は、いまの一覧についてのものではありません。画面を開き直してください。"))
    operations.agree(letter.adoption_list, letter.reference, letter.on, letter.official, by=by)
    letter.confirmed_at, letter.confirmed_by_id = clock.now(), by.id


def drop_letter(letter: AgreementLetter, *, by: Actor) -> None:
    """Take back a letter that was recorded wrongly and not confirmed."""
    authorize(by, Permission.LIST_AGREE, letter.adoption_list)
    if letter.confirmed_at is not None:
        raise Refused(_("この文書はもう確かめられています。取り消すときは、一覧を案に戻してください。"))
    letter.dropped_at = clock.now()
    trail.record("adoption_lists.drop_letter", letter.adoption_list, by=by, **_told(letter))


def _told(letter: AgreementLetter) -> dict[str, str]:
    return {
        "reference": letter.reference,
        "on": letter.on.isoformat(),
        "official": letter.official,
        "sha256": letter.sha256,
    }


def schedule(adoption_list: AdoptionList, at: dt.datetime, *, by: Actor) -> None:
    """Let the list be published by itself at `at`; refused for a time that is over, and as publishing at once is."""
    authorize(by, Permission.LIST_PUBLISH, adoption_list)
    hold(adoption_list.call)
    if adoption_list.status is not ListStatus.AGREED:
        raise Refused(_("公表の時刻を決められるのは、合意を記録した一覧だけです。一覧の状態を確かめてください。"))
    has_not_changed(adoption_list)
    sentence = two_persons("publish", adoption_list, by)
    if sentence:
        raise Refused(sentence)
    if at <= clock.now():
        raise Refused(
            _("%(at)sはもう過ぎています。これからの日時を書くか、いますぐ公表してください。", at=moment_text(at))
        )
    before = adoption_list.publish_at
    adoption_list.publish_at, adoption_list.publish_set_by_id = at, by.id
    trail.record("adoption_lists.schedule", adoption_list, by=by, at=at, earlier=before)


def cancel_schedule(adoption_list: AdoptionList, *, by: Actor, reason: str = "") -> None:
    """Forget the time of publication; refused when none is set."""
    authorize(by, Permission.LIST_PUBLISH, adoption_list)
    if adoption_list.publish_at is None:
        raise Refused(_("公表の時刻は決められていません。画面を開き直してください。"))
    before = adoption_list.publish_at
    adoption_list.publish_at = adoption_list.publish_set_by_id = None
    trail.record("adoption_lists.cancel_schedule", adoption_list, by=by, at=before, reason=reason)


def publish_due(now: dt.datetime) -> int:
    """Publish, as the system, every list whose time has come; returns how many were.

    One that may not be published any more loses its time, and the event says why: somebody must look at it.
    """
    published = 0
    for adoption_list in queries.due(now):
        try:
            with db.session.begin_nested():
                operations.publish(adoption_list, by=SYSTEM)
        except Refused as refusal:
            cancel_schedule(adoption_list, by=SYSTEM, reason=str(refusal))
        else:
            published += 1
    return published


def effects(adoption_list: AdoptionList) -> list[str]:
    """What freezing the list would fix, a sentence each; nothing is written."""
    content = documents.current(adoption_list)
    found = [
        _(
            "%(tier)s：応募%(applications)d件のうち%(adopted)d件の採択を確定します。",
            tier=documents.name(tier),
            applications=content["counts"][tier["key"]]["applications"],
            adopted=content["counts"][tier["key"]]["adopted"],
        )
        for tier in content["tiers"]
    ]
    found.append(_("内容のハッシュ（SHA-256）を求め、合意と公表はその内容だけに効くようにします。"))
    found.append(_("評点、採否、順位と違う決定の記録を、この時点のものとして残します。"))
    if adoption_list.call.two_persons:
        found.append(_("確定した人は、合意の記録と公表を行えなくなります。"))
    return found
