"""The life of a call: in preparation, public, its result public, kept."""

from grantflow.calls.models import Call, CallStatus
from grantflow.core import clock
from grantflow.core.dates import moment_text
from grantflow.core.refusals import Refused
from grantflow.core.words import _, lazy
from grantflow.permissions import Permission
from grantflow.workflow import Transition, Workflow


def has_a_definition(call: Call) -> None:
    """Refuse a call that has neither classes of awards nor points of review."""
    if not call.tiers or not call.criteria:
        raise Refused(_("枠か審査項目がまだありません。公募の定義を取り込んでから公開してください。"))


def has_closed(call: Call) -> None:
    """Refuse while proposals are still received (R3.6)."""
    if clock.now() <= call.deadline:
        raise Refused(
            _(
                "まだ受付中です。締切（%(closes_at)s）が過ぎてからにしてください。",
                closes_at=moment_text(call.deadline),
            )
        )


CALL = Workflow(
    "call",
    CallStatus.DRAFT,
    [
        Transition(
            "publish",
            frozenset({CallStatus.DRAFT}),
            CallStatus.PUBLISHED,
            Permission.CALL_PUBLISH,
            guards=(has_a_definition,),
            label=lazy("公募を公開する"),
        ),
        Transition(
            "decide",
            frozenset({CallStatus.PUBLISHED}),
            CallStatus.DECIDED,
            Permission.LIST_PUBLISH,
            label=lazy("結果を公表済みにする"),
        ),
        Transition(
            "archive",
            frozenset({CallStatus.PUBLISHED, CallStatus.DECIDED}),
            CallStatus.ARCHIVED,
            Permission.CALL_MANAGE,
            guards=(has_closed,),
            label=lazy("公募を保管する"),
        ),
    ],
)
