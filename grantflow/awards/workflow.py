"""The life of an adoption list, as a table: frozen, agreed to by the sponsor, published; undone by any change."""

import datetime as dt
from typing import Any

from grantflow.awards import documents, listing, queries
from grantflow.awards.models import AdoptionList, ListStatus
from grantflow.calls.models import CallStatus
from grantflow.calls.workflow import CALL
from grantflow.core import clock
from grantflow.core.authorization import SYSTEM, Actor
from grantflow.core.refusals import Refused
from grantflow.core.words import _, lazy
from grantflow.permissions import Permission
from grantflow.workflow import Transition, Workflow

SHOWN = 5


def everything_is_decided(adoption_list: AdoptionList) -> None:
    """Refuse while an eligible proposal has no decision."""
    left = queries.undecided(adoption_list.call)
    if left:
        raise Refused(
            _(
                "審査対象の応募のうち%(count)d件の採否が決まっていません（%(numbers)s）。すべて決めてから確定してください。",
                count=len(left),
                numbers=_("、").join(left[:SHOWN]) + (_(" ほか") if len(left) > SHOWN else ""),
            )
        )


def everything_is_screened(adoption_list: AdoptionList) -> None:
    """Refuse while a proposal that was submitted has not been screened."""
    left = queries.unscreened(adoption_list.call)
    if left:
        raise Refused(
            _(
                "形式審査が終わっていない応募が%(count)d件あります（%(numbers)s）。審査対象か対象外かを決めてから確定してください。",
                count=len(left),
                numbers=_("、").join(left[:SHOWN]) + (_(" ほか") if len(left) > SHOWN else ""),
            )
        )


def something_was_received(adoption_list: AdoptionList) -> None:
    """Refuse a list of a call that has no proposal."""
    if not queries.received(adoption_list.call):
        raise Refused(_("応募が1件もありません。応募を取り込み、採否を決めてから確定してください。"))


def has_not_changed(adoption_list: AdoptionList) -> None:
    """Refuse when the list would now be another one than was frozen."""
    if documents.has_changed(adoption_list):
        raise Refused(
            _(
                "一覧を確定した後に、採択の内容が変わりました。確定した一覧はもう使えません。"
                "案に戻して確定し直し、合意を取り直してください。"
            )
        )


def two_persons(move: str, adoption_list: AdoptionList, by: Actor) -> str:
    """Why `by` may not do `move`, where the call asks for two persons; empty where they may.

    Freezing, agreeing and publishing need a named person; who froze may neither agree nor publish.
    """
    if not adoption_list.call.two_persons:
        return ""
    if by == SYSTEM and move == "publish" and adoption_list.publish_at is not None:
        # Who set the time was asked then
        return ""
    if by.id is None:
        return _(
            "この公募では、確定・合意・公表を、名前の分かる人が行う決まりです。"
            "アカウントを持つ人が行ってください（コマンドでは --as で指定します）。"
        )
    if move != "freeze" and by.id == adoption_list.frozen_by_id:
        return _("一覧を確定した人は、合意の記録と公表を行えません。2人で確かめる決まりです。別の人が行ってください。")
    return ""


def _refuse_alone(move: str, adoption_list: AdoptionList, by: Actor) -> None:
    sentence = two_persons(move, adoption_list, by)
    if sentence:
        raise Refused(sentence)


def _freeze(adoption_list: AdoptionList, by: Actor, *, record: str, **_details: Any) -> None:
    _refuse_alone("freeze", adoption_list, by)
    content = listing.canonical(documents.current(adoption_list))
    adoption_list.content, adoption_list.sha256 = content, listing.fingerprint(content)
    adoption_list.record = record
    adoption_list.frozen_at, adoption_list.frozen_by_id = clock.now(), by.id


def _agree(
    adoption_list: AdoptionList, by: Actor, *, reference: str, on: dt.date, official: str, **_details: Any
) -> None:
    _refuse_alone("agree", adoption_list, by)
    if not reference.strip() or not official.strip():
        raise Refused(_("合意の文書番号か、合意した人の名前が空です。両方を書いてください。"))
    adoption_list.agreement_reference, adoption_list.agreement_by = reference.strip(), official.strip()
    adoption_list.agreement_on, adoption_list.agreement_sha256 = on, adoption_list.sha256


def _publish(adoption_list: AdoptionList, by: Actor, **_details: Any) -> None:
    _refuse_alone("publish", adoption_list, by)
    if adoption_list.call.status is CallStatus.PUBLISHED:
        CALL.fire("decide", adoption_list.call, by=by)
    adoption_list.published_at = clock.now()
    adoption_list.publish_at = None


def _forget(adoption_list: AdoptionList, _by: Actor, **_details: Any) -> None:
    letter = queries.letter(adoption_list)
    if letter is not None:
        letter.dropped_at = clock.now()
    adoption_list.content = adoption_list.sha256 = adoption_list.record = None
    adoption_list.frozen_at = adoption_list.frozen_by_id = None
    adoption_list.agreement_reference = adoption_list.agreement_by = None
    adoption_list.agreement_on = adoption_list.agreement_sha256 = None
    adoption_list.publish_at = adoption_list.publish_set_by_id = None


STATUS = ListStatus

LIST = Workflow(
    "adoption_list",
    STATUS.DRAFT,
    [
        Transition(
            "freeze",
            frozenset({STATUS.DRAFT}),
            STATUS.FROZEN,
            Permission.LIST_FREEZE,
            guards=(something_was_received, everything_is_screened, everything_is_decided),
            effects=(_freeze,),
            label=lazy("一覧を確定する"),
        ),
        Transition(
            "agree",
            frozenset({STATUS.FROZEN}),
            STATUS.AGREED,
            Permission.LIST_AGREE,
            guards=(has_not_changed,),
            effects=(_agree,),
            label=lazy("合意を記録する"),
        ),
        Transition(
            "publish",
            frozenset({STATUS.AGREED}),
            STATUS.PUBLISHED,
            Permission.LIST_PUBLISH,
            guards=(has_not_changed,),
            effects=(_publish,),
            label=lazy("一覧を公表する"),
        ),
        Transition(
            "lapse",
            frozenset({STATUS.FROZEN, STATUS.AGREED}),
            STATUS.DRAFT,
            Permission.LIST_FREEZE,
            effects=(_forget,),
            label=lazy("一覧を案に戻す"),
            ask_reason=True,
        ),
    ],
)
