"""The past of a record in a reader's words: what each act is called, and what it changed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from grantflow.accounts.models import Role
from grantflow.audit.queries import Past
from grantflow.core.words import Lazy, _, lazy
from grantflow.home import labels

ACTIONS: dict[str, Lazy] = {
    "users.add": lazy("アカウントを作った"),
    "users.register": lazy("メールアドレスを確かめて登録した"),
    "users.issue_link": lazy("パスワードを決めるリンクを出した"),
    "users.set_password": lazy("パスワードを決めた"),
    "users.give_password": lazy("パスワードを入力した（コード待ち）"),
    "users.sign_in": lazy("サインインした"),
    "users.invite": lazy("招待した"),
    "users.read": lazy("アカウントの詳細を見た"),
    "users.list": lazy("アカウントの一覧を見た"),
    "calls.read_people": lazy("関係者の一覧を見た"),
    "users.fail_code": lazy("ワンタイムコードが合わなかった"),
    "users.set_up_codes": lazy("ワンタイムコードを設定した"),
    "users.renew_recovery_codes": lazy("リカバリーコードを作り直した"),
    "users.remove_codes": lazy("ワンタイムコードの設定を消した"),
    "users.reset_codes": lazy("管理者がワンタイムコードの設定を消した"),
    "users.sign_out_everywhere": lazy("ほかの端末をサインアウトした"),
    "users.rename": lazy("氏名を変えた"),
    "users.choose_pace": lazy("お知らせの届け方を変えた"),
    "users.deactivate": lazy("アカウントを止めた"),
    "users.reactivate": lazy("アカウントをまた使えるようにした"),
    "users.sign_out": lazy("サインアウトした"),
    "users.grant": lazy("役割を付けた"),
    "users.revoke": lazy("役割を外した"),
    "organizations.add": lazy("団体を登録した"),
    "organizations.join": lazy("団体の担当者を加えた"),
    "organizations.write": lazy("団体の登録内容を書き直した"),
    "organizations.invite": lazy("団体に人を招いた"),
    "organizations.withdraw_invitation": lazy("団体への招待を取り消した"),
    "organizations.accept_invitation": lazy("招待を受けて団体に入った"),
    "organizations.change_role": lazy("団体の人の役割を変えた"),
    "organizations.remove_member": lazy("団体から人を外した"),
    "organizations.leave": lazy("団体から抜けた"),
    "organizations.hand_over": lazy("団体の代表者を引き継いだ"),
    "organizations.merge": lazy("重複した団体の記録をまとめた"),
    "organizations.merge_into": lazy("別の団体の記録にまとめられた"),
    "calls.add": lazy("公募を登録した"),
    "calls.publish": lazy("公募を公開した"),
    "calls.revise": lazy("公募要領を改めた"),
    "calls.decide": lazy("結果が公表された"),
    "calls.discard": lazy("予行を破棄した"),
    "calls.archive": lazy("保管に移した"),
    "calls.appoint": lazy("公募を作った人を事務局にした"),
    "calls.export": lazy("公募の一覧をファイルにした"),
    "calls.word_letter": lazy("メールの文面を変えた"),
    "calls.copy_letters": lazy("写した公募のメールの文面を引き継いだ"),
    "calls.read_mail": lazy("メールの一覧を見た"),
    "mails.list": lazy("公募によらないメールの一覧を見た"),
    "mails.read": lazy("送ったメールを読んだ"),
    "mails.send_again": lazy("送れなかったメールをもう一度送った"),
    "mails.set_aside": lazy("送れなかったメールを、ほかの方法で知らせた"),
    "call_drafts.begin": lazy("公募の下書きを始めた"),
    "call_drafts.save": lazy("公募の下書きを保存した"),
    "call_drafts.give_up": lazy("公募の下書きを取りやめた"),
    "files.keep": lazy("ファイルを預かった"),
    "files.scan": lazy("ファイルのウイルス検査をした"),
    "files.scan_again": lazy("ファイルをもう一度検査することにした"),
    "files.copy": lazy("審査用の写しを作った"),
    "files.discard": lazy("ファイルを消した"),
    "files.hand_out": lazy("ファイルを受け取った"),
    "calls.export_dossiers": lazy("すべての応募をPDFにした"),
    "calls.export_assignment": lazy("割当案の証明を書き出した"),
    "applications.print": lazy("応募をPDFにした"),
    "applications.load": lazy("応募を取り込んだ"),
    "applications.start": lazy("応募を書き始めた"),
    "applications.write": lazy("応募を書き直した"),
    "applications.choose_tier": lazy("応募する枠を変えた"),
    "applications.follow_version": lazy("公募の新しい版の設問に切り替えた"),
    "officers.write": lazy("役員名簿を書き直した"),
    "officers.read": lazy("役員名簿を見た"),
    "officers.export": lazy("役員名簿をファイルにした"),
    "officers.purge": lazy("役員名簿を消した"),
    "attachments.add": lazy("提出書類のファイルを出した"),
    "attachments.date": lazy("提出書類の発行日を書いた"),
    "attachments.hand_out": lazy("提出書類のファイルを受け取った"),
    "attachments.remove": lazy("提出書類のファイルを外した"),
    "consents.add": lazy("連携先を加えた"),
    "consents.rewrite": lazy("連携先の内容を書き直した"),
    "consents.ask": lazy("連携先に承諾を頼んだ"),
    "consents.take_back": lazy("連携先から外した"),
    "consents.hand_in": lazy("連携先の承諾書を預かった"),
    "consents.give": lazy("連携先が承諾した"),
    "consents.refuse": lazy("連携先が承諾しなかった"),
    "applications.begin_for": lazy("団体に代わって応募を書き始めた"),
    "applications.issue_code": lazy("団体に渡す確認コードを出した"),
    "applications.fail_code": lazy("確認コードが合わなかった"),
    "applications.hand_in_signed": lazy("団体が署名した紙を預かった"),
    "applications.confirm_entry": lazy("団体が代理入力の内容を確かめた"),
    "applications.reopen_entry": lazy("代理入力の確認をやり直すことにした"),
    "applications.receive": lazy("版として受け付けた"),
    "applications.submit": lazy("応募を提出した"),
    "applications.late": lazy("締切のあとに書き直すか提出しようとした"),
    "applications.busy": lazy("混み合っていて受け付けられなかった"),
    "calls.extend": lazy("締切を、すべての団体について延ばした"),
    "calls.propose_extension": lazy("1つの団体の締切を延ばすことを申し出た"),
    "calls.confirm_extension": lazy("1つの団体の締切の延長を確かめた"),
    "calls.drop_extension": lazy("1つの団体の締切の延長を取りやめた"),
    "applications.extend": lazy("この団体の締切を延ばした"),
    "applications.remind": lazy("締切について、書いている人にメールした"),
    "calls.late": lazy("締切のあとに応募を書き始めようとした"),
    "applications.return": lazy("補正を求めた"),
    "applications.extend_correction": lazy("補正の期限を延ばした"),
    "officers.record_check": lazy("役員の確認の結果を記録した"),
    "applications.read": lazy("応募を読んだ"),
    "applications.look_at_form": lazy("形式審査の項目に答えた"),
    "applications.see_finding": lazy("形式審査の指摘を、見て問題がないと記録した"),
    "applications.reopen_finding": lazy("形式審査の指摘を、まだ見ていないことに戻した"),
    "applications.admit": lazy("応募を取り込んだ"),
    "applications.find_ineligible": lazy("対象外とした"),
    "applications.find_eligible": lazy("審査対象とした"),
    "applications.withdraw": lazy("取下げを記録した"),
    "applications.put_away": lazy("下書きを取りやめた"),
    "applications.adopt": lazy("採択と決めた"),
    "applications.reserve": lazy("補欠と決めた"),
    "applications.not_adopt": lazy("不採択と決めた"),
    "applications.reopen": lazy("採否の決定を取り消した"),
    "reviewers.add": lazy("審査委員を登録した"),
    "reviewers.link": lazy("審査委員をアカウントと結び付けた"),
    "reviewers.remove": lazy("審査委員を外した"),
    "reviewers.describe": lazy("委員の専門と担当の件数を登録した"),
    "assignment_drafts.propose": lazy("割当案を作った"),
    "assignment_drafts.apply": lazy("割当案を反映した"),
    "committees.confirm": lazy("審査委員会の構成を確定した"),
    "committees.lock": lazy("採点を締め切った"),
    "committees.resume": lazy("採点を再開した"),
    "committees.reopen": lazy("審査委員会の構成を開き直した"),
    "assignments.offer": lazy("応募を割り当てた"),
    "assignments.remove": lazy("割当を外した"),
    "assignments.accept": lazy("利益相反はないと答えた"),
    "assignments.take_in": lazy("採点表を受け入れた"),
    "assignments.stand_aside": lazy("利益相反があると答えた"),
    "assignments.score": lazy("評点を付けた"),
    "assignments.file": lazy("採点表を提出した"),
    "assignments.reopen": lazy("提出した採点表を開き直した"),
    "assignments.read": lazy("採点表を読んだ"),
    "assignments.load": lazy("評点を取り込んだ"),
    "assignments.finish": lazy("採点を終えた"),
    "assignments.recuse": lazy("利益相反により外れた"),
    "assignments.restore": lazy("審査に戻った"),
    "applications.declare_conflict": lazy("利益相反を記録した"),
    "applications.lift_conflict": lazy("利益相反の記録を取り消した"),
    "adoption_lists.open": lazy("一覧の版を起こした"),
    "adoption_lists.export": lazy("一覧をファイルにした"),
    "adoption_lists.freeze": lazy("一覧を確定した"),
    "adoption_lists.agree": lazy("合意を記録した"),
    "adoption_lists.record_letter": lazy("合意の文書を記録した"),
    "adoption_lists.drop_letter": lazy("合意の文書の記録を取り消した"),
    "adoption_lists.schedule": lazy("公表の時刻を決めた"),
    "adoption_lists.cancel_schedule": lazy("公表の時刻を取り消した"),
    "adoption_lists.publish": lazy("一覧を公表した"),
    "adoption_lists.lapse": lazy("変更があったため、確定と合意を取り消した"),
}

#: What an act done without a person is said to be done by.
ACTORS: dict[str, Lazy] = {
    "operator": lazy("コマンドの操作者"),
    "system": lazy("自動処理"),
    "link": lazy("本人（リンク）"),
    "user": lazy("利用者"),
    "partner": lazy("連携先"),
    "group": lazy("団体（確認コード）"),
}


@dataclass(frozen=True)
class Difference:
    """One thing that changed: its name, and how it was and is."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Event:
    """One act, as the history page prints it."""

    at: dt.datetime
    who: str
    role: str
    what: str
    differences: tuple[Difference, ...]
    remark: str
    position: int
    intact: bool


def events(past: Iterable[Past], questions: Mapping[str, str] | None = None) -> list[Event]:
    """The events in a reader's words, in the order given; `questions` are the texts of a call's questions by key."""
    return [
        Event(
            at=dt.datetime.fromisoformat(each.at),
            who=each.actor_name,
            role=role_label(each.actor_role),
            what=str(ACTIONS.get(each.action, each.action)),
            differences=tuple(_differences(each.action, each.details, questions or {})),
            remark=_remark(each.details),
            position=each.position,
            intact=each.intact,
        )
        for each in past
    ]


def role_label(role: str) -> str:
    """The role of an actor in the reader's words."""
    if role in ACTORS:
        return str(ACTORS[role])
    return Role(role).label if role in set(Role) else role


def _differences(action: str, details: dict[str, Any], questions: Mapping[str, str]) -> Iterable[Difference]:
    before, after = details.get("before"), details.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _compared(before, after, questions)
    elif before is not None and after is not None:
        yield Difference(_("状態"), _text(labels.state(action, before)), _text(labels.state(action, after)))
    for change in details.get("changes", ()):
        yield Difference(_text(change.get("path")), _text(change.get("before")), _text(change.get("after")))


def _compared(
    before: dict[str, Any], after: dict[str, Any], questions: Mapping[str, str], within: str = ""
) -> Iterable[Difference]:
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if isinstance(old or new, dict):
            yield from _compared(old or {}, new or {}, questions if key == "answers" else {}, labels.name(key))
        elif old != new:
            label = (
                _("%(whole)s（%(one)s）", whole=within, one=questions.get(key, key))
                if within
                else labels.name(key, old or new)
            )
            yield Difference(label, _text(labels.word(key, old)), _text(labels.word(key, new)))


def _remark(details: dict[str, Any]) -> str:
    rest = {key: value for key, value in details.items() if key not in {"before", "after", "changes"} | labels.IDS}
    return _("、").join(
        _("%(name)s：%(value)s", name=labels.name(key), value=_text(labels.detail(key, value)))
        for key, value in sorted(rest.items())
        if value not in ("", None)
    )


def _text(value: Any) -> str:
    if isinstance(value, dict):
        told = {key: _text(each) for key, each in value.items()}
        pairs = (_("%(name)s：%(value)s", name=labels.name(key), value=text) for key, text in told.items() if text)
        return _("、").join(pairs)
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return " / ".join(_text(each) for each in value)
    if isinstance(value, list):
        return _("、").join(_text(each) for each in value)
    return "" if value is None else str(value)
