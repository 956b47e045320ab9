"""The pages that take in a file of decisions, and what such a file would do in the reader's words."""

from grantflow.awards import loading
from grantflow.awards.loading import Plan
from grantflow.awards.models import Outcome
from grantflow.awards.operations import Choice
from grantflow.calls.uploads import Effects, Listing, Load, pages_of
from grantflow.core.text import number, yen
from grantflow.core.words import _, lazy
from grantflow.permissions import Permission


def effects(plan: Plan) -> Effects:
    """What carrying out the decisions of `plan` would change."""
    told, changed = number(len(plan.choices)), number(len(plan.changes))
    consequence = loading.consequence(plan)
    return Effects(
        _("採否%(count)s件のうち、いまと違う%(changed)s件を変えます。", count=told, changed=changed),
        (
            *((outcome.label, _("%(count)s件", count=number(plan.counts[outcome]))) for outcome in Outcome),
            (_("いまと違うもの"), _("%(count)s件", count=changed)),
        ),
        (consequence,) if consequence else (),
        (
            Listing(
                _("変わる採否"),
                (_("受付番号"), _("団体"), _("いまの採否"), _("変えた後"), _("採択額"), _("条件"), _("理由")),
                tuple(
                    (
                        str(one.application.number),
                        one.application.organization_name,
                        _told(one.before),
                        _told(one.after),
                        yen(one.after.amount_yen) if one.after.amount_yen else "",
                        one.after.condition,
                        one.after.reason,
                    )
                    for one in plan.changes
                ),
            ),
        ),
        _("採否%(count)s件を取り込みました（変わったもの %(changed)s）。", count=told, changed=changed),
    )


def _told(choice: Choice) -> str:
    return choice.outcome.label if choice.outcome else _("未決定")


LOAD = Load(
    kind="decisions",
    title=lazy("採否を取り込む"),
    lead=lazy("審査委員会が決めた採否を、応募1件を1行にした表で取り込みます。前に決めた採否は置き換わります。"),
    permission=Permission.DECISION_MAKE,
    columns=loading.COLUMNS,
    columns_told=(
        ("number", lazy("応募の受付番号。")),
        ("decision", lazy("adopted（採択）、reserve（補欠）、not_adopted（不採択）のどれか。")),
        ("reason", lazy("理由。記録に残り、公表しません。")),
        ("amount_yen", lazy("採択額。半角の整数で、円の単位です。空のときは申請額のとおりです。")),
        ("condition", lazy("採択の条件。")),
    ),
    plan=loading.plan,
    effects=effects,
    apply=loading.apply,
    back="awards.decisions",
    back_label=lazy("採否"),
)

bp = pages_of(LOAD)
