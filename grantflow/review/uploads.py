"""The pages that take in a file of scores, and what such a file would do in the reader's words."""

from collections import Counter

from grantflow.calls.uploads import Effects, Listing, Load, pages_of
from grantflow.core.text import number
from grantflow.core.words import _, lazy
from grantflow.permissions import Permission
from grantflow.review import loading
from grantflow.review.loading import Plan


def effects(plan: Plan) -> Effects:
    """What adding the scores of `plan` would do."""
    criteria = len(plan.call.criteria)
    unfinished = tuple(
        (str(sheet.application.number), sheet.reviewer, number(criteria - len(sheet.whole)))
        for sheet in plan.sheets
        if len(sheet.whole) < criteria
    )
    finished = len(plan.sheets) - len(unfinished)
    said = {
        "count": number(plan.score_count),
        "applications": number(plan.application_count),
        "reviewers": number(len(plan.reviewers)),
        "new": number(len(plan.new_reviewers)),
    }
    return Effects(
        _("評点%(count)s件を加えます。いま登録されている評点は変わりません。", **said),
        (
            (_("評点が付く応募"), _("%(count)s件", count=said["applications"])),
            (_("審査委員"), _("%(count)s名", count=said["reviewers"])),
            (_("新しく加わる審査委員"), _("%(count)s名", count=said["new"])),
            (_("すべての項目がそろう採点表"), _("%(count)s枚", count=number(finished))),
            (_("まだ足りない項目がある採点表"), _("%(count)s枚", count=number(len(unfinished)))),
        ),
        _consequences(plan),
        (
            Listing(_("審査委員ごとの評点"), (_("審査委員"), _("採点表"), _("評点")), _by_reviewer(plan)),
            Listing(_("新しく加わる審査委員"), (_("審査委員"),), tuple((label,) for label in plan.new_reviewers)),
            Listing(
                _("まだ足りない項目がある採点表"), (_("受付番号"), _("審査委員"), _("足りない項目の数")), unfinished
            ),
        ),
        _(
            "評点%(count)s件を取り込みました"
            "（応募 %(applications)s件、審査委員 %(reviewers)s名、うち新しい委員 %(new)s名）。",
            **said,
        ),
    )


def _consequences(plan: Plan) -> tuple[str, ...]:
    if plan.call.criteria_in_use:
        return (_("順位は、加えた評点で計算し直します。"),)
    return (
        _("順位は、加えた評点で計算し直します。"),
        _("これが最初の評点です。このあと、審査項目、重み、評点の範囲は変えられなくなります。"),
    )


def _by_reviewer(plan: Plan) -> tuple[tuple[str, ...], ...]:
    sheets = Counter(sheet.reviewer for sheet in plan.sheets)
    grades: Counter[str] = Counter()
    for sheet in plan.sheets:
        grades[sheet.reviewer] += len(sheet.grades)
    return tuple((label, number(sheets[label]), number(grades[label])) for label in plan.reviewers)


LOAD = Load(
    kind="scores",
    title=lazy("評点を取り込む"),
    lead=lazy("審査委員が表に書いた評点を取り込みます。1行に、応募1件・委員1人・審査項目1つの評点を書きます。"),
    permission=Permission.SCORE_ENTER,
    columns=loading.COLUMNS,
    columns_told=(
        ("number", lazy("応募の受付番号。")),
        ("reviewer", lazy("審査委員の電子メール。アカウントのない委員は、決まった呼び名で書きます。")),
        ("criterion", lazy("審査項目のキー。")),
        ("score", lazy("評点。公募の評点の範囲にある整数です。")),
        ("comment", lazy("コメント。")),
    ),
    plan=loading.plan,
    effects=effects,
    apply=loading.apply,
    back="review.ranking",
    back_label=lazy("順位"),
)

bp = pages_of(LOAD)
