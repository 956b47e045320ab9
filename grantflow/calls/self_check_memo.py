"""The memo of a self-check: what was answered and what follows, to be printed and talked over in the group."""

import datetime as dt

from grantflow.calls.definition import Definition
from grantflow.calls.leaflet_parts import contact_text, documents_block
from grantflow.calls.models import REHEARSAL, Call
from grantflow.calls.self_check import Finding
from grantflow.calls.timeline import Window, countdown
from grantflow.core.dates import moment_text, wareki
from grantflow.core.text import yen
from grantflow.core.words import SOURCE, _, lazy, speaking
from grantflow.documents.values import Block, Column, Headline, Leaflet, Line, Points, Sheet, Words

#: How each verdict is headed.
VERDICTS = {
    "yes": lazy("応募できます"),
    "no": lazy("このままでは応募できません"),
    "ask": lazy("問い合わせ先に相談してください"),
}


def memo(call: Call, says: Definition, finding: Finding, now: dt.datetime) -> Leaflet:
    """The memo as a paper, always in Japanese, dated with the day of `now`."""
    with speaking(SOURCE):
        blocks: tuple[Block, ...] = (
            *_result(finding, now),
            *documents_block(_("用意する書類"), finding.documents),
            *_next(call, finding, now),
            *_answers(finding),
            Headline(_("問い合わせ先")),
            Words(contact_text(says)),
        )
        return Leaflet(
            title=_("応募できるかの確認のメモ"),
            blocks=blocks,
            above=call.marked_title,
            footer=_("この確認は応募の可否を決めるものではありません。"),
            author=call.secretariat,
            watermark=REHEARSAL if call.rehearsal else "",
        )


def _result(finding: Finding, now: dt.datetime) -> tuple[Block, ...]:
    outcome, tier = finding.outcome, finding.tier
    blocks: list[Block] = [
        Words(_("この確認は応募の可否を決めるものではありません。応募の資格は、応募の後に事務局が確かめます。")),
        Line(_("確かめた日"), wareki(now.date())),
        Headline(str(VERDICTS[outcome.verdict])),
        Words(outcome.text),
    ]
    if tier:
        blocks += [
            Line(_("合う枠"), f"{tier.label} {tier.name}"),
            Line(_("1団体の上限額"), _("%(cap)s（消費税を含みます）", cap=yen(tier.cap_yen))),
        ]
    if outcome.change:
        blocks += [Words(_("何が変われば応募できるか"), strong=True), Words(outcome.change)]
    return tuple(blocks)


def _next(call: Call, finding: Finding, now: dt.datetime) -> tuple[Block, ...]:
    dates = (
        Line(_("受付開始"), moment_text(call.opens_at)),
        Line(_("締切"), _("%(at)s（日本時間）", at=moment_text(call.deadline))),
    )
    if finding.outcome.verdict != "yes":
        return (Headline(_("応募の受付")), *dates)
    return Headline(_("次にすること")), Points(next_steps(countdown(call.opens_at, call.deadline, now).window)), *dates


def next_steps(window: Window) -> tuple[str, ...]:
    """What somebody does next who may apply, in its order, for whether proposals are received now (R3.6)."""
    if window is Window.OVER:
        return (_("応募の受付は終わりました。次の公募を待ってください。"),)
    begin = (
        _("公募のページの「応募する」から、担当者の登録をして、応募を書き始めてください。途中で保存できます。")
        if window is Window.OPEN
        else _("受付が始まったら、公募のページの「応募する」から、担当者の登録をして、応募を書き始めてください。")
    )
    return (
        _("公募のページの「質問をすべて見る」で、書くことを読み、団体の中で分担を決めてください。"),
        _("用意する書類をそろえてください。"),
        begin,
    )


def _answers(finding: Finding) -> tuple[Block, ...]:
    columns = (Column("question", _("質問"), 3), Column("answer", _("答え"), 2))
    rows = tuple((question.text, answer.text) for question, answer in finding.answered)
    return (Sheet(_("答えたこと"), columns, rows),)
