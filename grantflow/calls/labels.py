"""What each key of a call definition is called by people, so that nobody needs to have seen TOML."""

import re
from typing import Any

from grantflow.core.words import _, lazy

LABELS: dict[str, Any] = {
    "call.slug": lazy("アドレスに使う名前"),
    "call.title": lazy("公募の名前"),
    "call.fiscal_year": lazy("年度"),
    "call.sponsor": lazy("委託元"),
    "call.secretariat": lazy("事務局"),
    "call.number_prefix": lazy("受付番号の頭の文字"),
    "call.timezone": lazy("時間帯"),
    "call.committee": lazy("選ぶところ"),
    "call.guidelines_url": lazy("公募要領のアドレス"),
    "call.purpose": lazy("趣旨"),
    "call.note": lazy("対象とする取組への注意"),
    "call.examples": lazy("取組の例"),
    "call.decision_rule": lazy("決め方"),
    "call.publication_rule": lazy("公表のしかた"),
    "call.contact.name": lazy("窓口の名前"),
    "call.contact.email": lazy("電子メール"),
    "call.contact.phone": lazy("電話"),
    "call.contact.hours": lazy("受付時間"),
    "decision.two_persons": lazy("一覧の確定と、合意の記録・公表を、別の人が行う"),
    "schedule.opens_at": lazy("受付の開始"),
    "schedule.closes_at": lazy("受付の締切"),
    "schedule.scores_due_at": lazy("採点の期限"),
    "schedule.contract_month": lazy("契約する月"),
    "schedule.project_start": lazy("事業の始まり"),
    "schedule.project_end": lazy("事業の終わり"),
    "milestone": lazy("予定"),
    "milestone.key": lazy("キー"),
    "milestone.name": lazy("すること"),
    "milestone.due": lazy("時期"),
    "tier": lazy("枠"),
    "tier.key": lazy("キー"),
    "tier.label": lazy("記号"),
    "tier.name": lazy("枠の名前"),
    "tier.list_title": lazy("一覧での見出し"),
    "tier.cap_yen": lazy("上限額"),
    "tier.expected_awards": lazy("採択予定の件数"),
    "eligibility.legal_forms": lazy("応募できる団体の種類"),
    "eligibility.requirements": lazy("応募の条件"),
    "limits.title": lazy("事業名の文字数の目安"),
    "limits.summary": lazy("概要の文字数の目安"),
    "audience.groups": lazy("ターゲット層"),
    "audience.attributes": lazy("ターゲット層の属性"),
    "audience.features": lazy("特徴"),
    "approach": lazy("取組"),
    "approach.key": lazy("キー"),
    "approach.name": lazy("取組の名前"),
    "approach.needs_added_element": lazy("新しい要素を加えた取組だけを対象とする"),
    "document": lazy("応募書類"),
    "document.key": lazy("キー"),
    "document.name": lazy("書類の名前"),
    "document.required": lazy("必ず提出する"),
    "document.url": lazy("様式のアドレス"),
    "document.note": lazy("注意"),
    "document.tiers": lazy("求める枠"),
    "document.upload": lazy("ファイルで受け取る"),
    "document.files": lazy("ファイルの数の上限"),
    "document.valid_months": lazy("発行日の古さの上限（締切の前の月数）"),
    "cost_category": lazy("費目"),
    "cost_category.key": lazy("キー"),
    "cost_category.name": lazy("費目の名前"),
    "cost_category.note": lazy("注意"),
    "refused_cost": lazy("対象にならない経費"),
    "refused_cost.key": lazy("キー"),
    "refused_cost.name": lazy("対象にならない経費の名前"),
    "refused_cost.words": lazy("行から探す言葉"),
    "refused_cost.note": lazy("注意"),
    "section": lazy("応募書類の部分"),
    "section.key": lazy("キー"),
    "section.name": lazy("部分の名前"),
    "section.note": lazy("説明"),
    "section.tiers": lazy("求める枠"),
    "question": lazy("質問"),
    "question.key": lazy("キー"),
    "question.text": lazy("質問の文"),
    "question.section": lazy("質問を置く部分"),
    "question.hint": lazy("書き方の説明"),
    "question.limit": lazy("文字数の上限"),
    "question.rows": lazy("欄の行数"),
    "question.required": lazy("必ず答える"),
    "question.tiers": lazy("求める枠"),
    "budget.overhead_category": lazy("一般管理費の費目"),
    "budget.overhead_ratio": lazy("一般管理費の割合"),
    "budget.note": lazy("経費積算の説明"),
    "officers.rejected_years": lazy("不採択の役員名簿を残す年数"),
    "officers.adopted_years": lazy("採択の役員名簿を残す年数"),
    "officers.least": lazy("役員の人数の目安"),
    "officers.note": lazy("役員名簿の説明"),
    "officers.check_before": lazy("役員の確認を済ませておく段階"),
    "correction.policy": lazy("補正を認めるか"),
    "correction.rounds": lazy("補正の回数"),
    "correction.working_days": lazy("補正の期限（営業日）"),
    "screening.one_per_group": lazy("1つの団体が応募できる範囲"),
    "screening_item": lazy("形式審査の項目"),
    "screening_item.key": lazy("キー"),
    "screening_item.text": lazy("確かめること"),
    "screening_item.note": lazy("確かめ方"),
    "screening_item.tiers": lazy("確かめる枠"),
    "self_check.note": lazy("応募できるかの確認の説明"),
    "self_check.question": lazy("応募できるかの確認の質問"),
    "self_check.outcome": lazy("応募できるかの確認の結果"),
    "self_check": lazy("応募できるかの確認"),
    "review.reviewers_per_application": lazy("応募1件を読む審査委員の数"),
    "review.min_valid": lazy("順位を付けるのに要る採点表の数"),
    "review.scale_min": lazy("最も低い評点"),
    "review.scale_max": lazy("最も高い評点"),
    "review.pass_ratio": lazy("合格とする得点の割合"),
    "review.drop_extremes": lazy("最も高い採点表と最も低い採点表を除く"),
    "review.floors": lazy("足切り"),
    "review.tie_break": lazy("同じ点のときの決め方"),
    "review.visibility": lazy("ほかの委員の採点を見せる時"),
    "review.border_zone": lazy("当落線の前後の範囲"),
    "criterion": lazy("審査項目"),
    "criterion.key": lazy("キー"),
    "criterion.group": lazy("大きな見出し"),
    "criterion.subgroup": lazy("小さな見出し"),
    "criterion.text": lazy("項目の文"),
    "criterion.weight": lazy("重み"),
    "criterion.anchors": lazy("点の目安"),
    "typology": lazy("類型"),
    "know_how": lazy("ノウハウの整理"),
    "published_result": lazy("公表された結果"),
}

PLACE = re.compile(r"\[([^\]]*)\]")


def known(path: str) -> str:
    """The longest beginning of a key path, without its places, that has a label; empty when none has."""
    parts = PLACE.sub("", path).split(".")
    for length in range(len(parts), 0, -1):
        if ".".join(parts[:length]) in LABELS:
            return ".".join(parts[:length])
    return ""


def label_of(path: str) -> str:
    """The key path as people call it (`tier[2].cap_yen` → 枠「2」の上限額); the path itself where nothing is known."""
    name = known(path)
    if not name:
        return path
    place = PLACE.search(path)
    table = path[: place.start()] if place else ""
    if place is None or not {name.split(".")[0], table} <= LABELS.keys():
        return str(LABELS[name])
    row = _("%(table)s「%(place)s」", table=LABELS[table], place=place[1])
    return row if name == table else _("%(row)sの%(label)s", row=row, label=LABELS[name])
