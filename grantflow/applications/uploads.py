"""The pages that take in a file of proposals, and what such a file would do in the reader's words."""

from grantflow.applications import loading
from grantflow.applications.loading import Plan
from grantflow.calls.uploads import Effects, Listing, Load, pages_of
from grantflow.core.text import number, yen
from grantflow.core.words import _, lazy
from grantflow.permissions import Permission


def effects(plan: Plan) -> Effects:
    """What adding the proposals of `plan` would do."""
    count, new = len(plan.proposals), plan.new_organizations
    said = {"count": number(count), "new": number(len(new))}
    return Effects(
        _("応募%(count)s件を加えます。いま登録されている応募は変わりません。", **said),
        (
            *((_("枠%(tier)s", tier=tier.label), _("%(count)s件", count=number(some))) for tier, some in plan.per_tier),
            (_("新しく登録する団体"), _("%(count)s団体", count=said["new"])),
        ),
        (_("加えた応募は、締切の前後にかかわらず、すぐに審査対象になります。"),),
        (
            Listing(
                _("加える応募"),
                (_("受付番号"), _("枠"), _("団体"), _("事業名"), _("申請額")),
                tuple(
                    (one.number, one.tier.label, one.organization, str(one.facts["title"]), _amount(one))
                    for one in plan.proposals
                ),
            ),
            Listing(_("新しく登録する団体"), (_("団体"),), tuple((name,) for name in new)),
        ),
        _("応募%(count)s件を取り込みました（新しい団体 %(new)s）。", **said),
    )


def _amount(proposal: loading.Proposal) -> str:
    return yen(int(proposal.facts["requested_yen"]))


LOAD = Load(
    kind="applications",
    title=lazy("応募を取り込む"),
    lead=lazy("電子メールや郵送で届いた応募を、1件を1行にした表で取り込みます。"),
    permission=Permission.APPLICATION_ENTER,
    columns=loading.COLUMNS,
    columns_told=(
        ("number", lazy("受付番号。取り込んだ番号は、そのまま使います。")),
        ("tier", lazy("枠のキー。")),
        ("organization", lazy("団体名。応募書類のとおりに書きます。")),
        ("title", lazy("事業名。")),
        ("requested_yen", lazy("申請額。半角の整数で、円の単位です。枠の上限額までです。")),
        ("legal_form", lazy("法人格。公募の一覧にないものは、書かれたまま取り込みます。")),
        ("founded", lazy("設立時期。2019、2019-04、2019-04-01 のどれかの形です。")),
        ("summary", lazy("概要。")),
        ("activity_area", lazy("活動地域。")),
        ("audience", lazy("ターゲット層。2つ以上は「;」で区切ります。")),
        ("features", lazy("特徴。2つ以上は「;」で区切ります。")),
    ),
    plan=loading.plan,
    effects=effects,
    apply=loading.apply,
    back="applications.index",
    back_label=lazy("応募"),
)

bp = pages_of(LOAD)
