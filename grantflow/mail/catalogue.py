"""Every mail that is sent: what it is for, where its usual words are, and what stands in its places."""

from dataclasses import dataclass

from grantflow.core.words import Lazy, lazy


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A place in a letter: the name it is filled by, how it is written in the words, and an invented value.

    `needed`: a letter without it is of no use.
    """

    key: str
    label: str
    sample: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of mail.

    A formal notice never waits for a digest, nor does a mail that carries a key or one that `is_prompt`. The words of
    one that is `of_call` can be changed by each call.
    """

    key: str
    file: str
    label: Lazy
    purpose: Lazy
    placeholders: tuple[Placeholder, ...]
    is_formal: bool = False
    carries_key: bool = False
    is_prompt: bool = False
    of_call: bool = False

    @property
    def can_wait(self) -> bool:
        """Whether it may come with others in a digest."""
        return not (self.is_formal or self.carries_key or self.is_prompt)


NAME = Placeholder("name", "氏名", "早瀬 みのり")
CALL = Placeholder("call", "公募名", "川辺の灯り調査")
OFFICE = Placeholder("office", "事務局", "架空研究所")
INVITER = Placeholder("inviter", "招いた人", "堂島 朋子")
ROLE = Placeholder("role", "役割", "審査委員（川辺の灯り調査）")
UNTIL = Placeholder("until", "期限", "令和13年4月8日（火）17:00")
UNTIL_NEEDED = Placeholder("until", "期限", "令和13年5月8日（木）17:00（日本時間）", needed=True)

GROUP = Placeholder("organization", "団体名", "任意団体ほたる")
PARTNER = Placeholder("partner", "連携先", "川辺自治会")

#: What every letter about a deadline says.
ABOUT_A_DEADLINE = (
    *(NAME, GROUP, CALL, OFFICE, Placeholder("title", "事業名", "川辺の茶の間")),
    Placeholder("closes_at", "締切", "令和13年4月8日（火）17:00（日本時間）", needed=True),
    Placeholder("address", "応募を書く画面", "https://example.jp/applications/3f9a1c27/edit", needed=True),
    Placeholder("contact", "問い合わせ先", "架空研究所 公募係\n03-5253-2111"),
)
LEFT = Placeholder("left", "残り", "あと3件")

SIGN_IN = Placeholder("sign_in", "サインインの画面", "https://example.jp/sign-in")

LINK = "https://example.jp/…（1回だけ使えるリンク）"

_ALL = (
    Template(
        "accounts.codes_reset",
        "mail/accounts/codes_reset.txt",
        lazy("ワンタイムコードの設定を消した知らせ"),
        lazy("管理者がワンタイムコードの設定を消したとき、本人に知らせます。"),
        (NAME, Placeholder("at", "消したとき", "令和13年4月1日（火）9:00")),
        is_prompt=True,
    ),
    Template(
        "accounts.link",
        "mail/accounts/link.txt",
        lazy("パスワードを決めるリンク"),
        lazy("パスワードを決める人、決め直す人に、1回だけ使えるリンクを送ります。"),
        (NAME, Placeholder("address", "リンク", LINK, needed=True), UNTIL),
        carries_key=True,
    ),
    Template(
        "accounts.invitation",
        "mail/accounts/invitation.txt",
        lazy("団体への招待"),
        lazy("団体の人が同僚を招いたとき、その人に、1回だけ使えるリンクを送ります。"),
        (
            Placeholder("organization", "団体名", "任意団体ほたるの会"),
            INVITER,
            Placeholder("role", "役割", "書く人"),
            Placeholder("address", "リンク", LINK, needed=True),
            UNTIL,
        ),
        carries_key=True,
    ),
    Template(
        "accounts.handed_over",
        "mail/accounts/handed_over.txt",
        lazy("代表者の引き継ぎの知らせ"),
        lazy("団体の代表者を引き継いだとき、新しい代表者に知らせます。"),
        (
            NAME,
            Placeholder("organization", "団体名", "任意団体ほたるの会"),
            Placeholder("by", "前の代表者", "堂島 朋子"),
            SIGN_IN,
        ),
        is_prompt=True,
    ),
    Template(
        "accounts.confirm",
        "mail/accounts/confirm.txt",
        lazy("メールアドレスの確認"),
        lazy("はじめて登録する人に、登録を続けるリンクを送ります。"),
        (Placeholder("address", "リンク", LINK, needed=True), UNTIL),
        carries_key=True,
    ),
    Template(
        "accounts.has_account",
        "mail/accounts/has_account.txt",
        lazy("アカウントがもうある知らせ"),
        lazy("登録しようとしたアドレスにアカウントがもうあるとき、その持ち主に知らせます。"),
        (SIGN_IN, Placeholder("address", "リンク", LINK, needed=True), UNTIL),
        carries_key=True,
    ),
    Template(
        "accounts.reset",
        "mail/accounts/reset.txt",
        lazy("パスワードを決め直すリンク"),
        lazy("パスワードを忘れた人に、決め直すリンクを送ります。"),
        (SIGN_IN, Placeholder("address", "リンク", LINK, needed=True), UNTIL),
        carries_key=True,
    ),
    Template(
        "accounts.no_account",
        "mail/accounts/no_account.txt",
        lazy("アカウントがない知らせ"),
        lazy("アカウントのないアドレスでパスワードを決め直そうとした人に、登録のリンクを送ります。"),
        (Placeholder("address", "リンク", LINK, needed=True), UNTIL),
        carries_key=True,
    ),
    Template(
        "accounts.stopped",
        "mail/accounts/stopped.txt",
        lazy("アカウントが止まっている知らせ"),
        lazy("止めてあるアカウントの持ち主が登録や再設定を求めたとき、問い合わせ先を知らせます。"),
        (Placeholder("help", "問い合わせ先の画面", "https://example.jp/help", needed=True),),
        is_prompt=True,
    ),
    Template(
        "applications.consent",
        "mail/applications/consent.txt",
        lazy("連携の承諾のお願い"),
        lazy("応募する団体が加えた連携先に、承諾するかどうかを答えるリンクを送ります。"),
        (
            *(PARTNER, GROUP, CALL, Placeholder("title", "事業名", "川辺の茶の間")),
            Placeholder("part", "担う部分", "毎週の会場として、集会室を貸す。"),
            Placeholder("contact", "問い合わせ先", "任意団体ほたる\n野川 澄\n03-5253-2111"),
            *(Placeholder("address", "リンク", LINK, needed=True), UNTIL),
        ),
        carries_key=True,
        of_call=True,
    ),
    Template(
        "applications.consent_answered",
        "mail/applications/consent_answered.txt",
        lazy("連携先の返事の知らせ"),
        lazy("連携先がリンクから承諾するかどうかを答えたとき、団体の代表者と書く人に知らせます。"),
        (
            *(NAME, PARTNER, GROUP, CALL, OFFICE, Placeholder("title", "事業名", "川辺の茶の間")),
            Placeholder("answer", "返事", "承諾する", needed=True),
            Placeholder("address", "連携先の画面", "https://example.jp/applications/3f9a/edit/consents", needed=True),
        ),
        of_call=True,
    ),
    Template(
        "applications.correction",
        "mail/applications/correction.txt",
        lazy("補正のお願い"),
        lazy("形式審査で補正を求めるとき、代表者と団体の連絡先に、直すところと期限を知らせます。"),
        (
            *(GROUP, CALL, OFFICE, Placeholder("title", "事業名", "川辺の茶の間")),
            Placeholder("number", "受付番号", "KW-0001", needed=True),
            Placeholder("reason", "理由", "連絡先の欄に誤りがあるため。"),
            Placeholder("fields", "直すところ", "・団体の概要：担当者の電話番号\n　桁が足りません。", needed=True),
            *(UNTIL_NEEDED, Placeholder("round", "回数", "1")),
            Placeholder("address", "応募を書く画面", "https://example.jp/applications/3f9a1c27/edit"),
        ),
        is_formal=True,
        of_call=True,
    ),
    Template(
        "applications.correction_extended",
        "mail/applications/correction_extended.txt",
        lazy("補正の期限を延ばした知らせ"),
        lazy("補正の期限を延ばしたとき、代表者と団体の連絡先に知らせます。"),
        (
            *(GROUP, CALL, OFFICE, Placeholder("title", "事業名", "川辺の茶の間")),
            Placeholder("number", "受付番号", "KW-0001", needed=True),
            *(Placeholder("reason", "理由", "大雨で役場が閉まったため。"), UNTIL_NEEDED),
            Placeholder("address", "応募を書く画面", "https://example.jp/applications/3f9a1c27/edit"),
        ),
        is_formal=True,
        of_call=True,
    ),
    Template(
        "applications.ineligible",
        "mail/applications/ineligible.txt",
        lazy("審査の対象とならない知らせ"),
        lazy("形式審査で応募を対象外としたとき、代表者と団体の連絡先に、理由を知らせます。"),
        (
            *(GROUP, CALL, OFFICE, Placeholder("title", "事業名", "川辺の茶の間")),
            Placeholder("number", "受付番号", "KW-0001", needed=True),
            Placeholder("reason", "理由", "活動の拠点が国外にあるため。", needed=True),
        ),
        is_formal=True,
        of_call=True,
    ),
    Template(
        "applications.eligible_again",
        "mail/applications/eligible_again.txt",
        lazy("審査の対象に戻した知らせ"),
        lazy("対象外とした応募を審査の対象に戻したとき、代表者と団体の連絡先に知らせます。"),
        (
            *(GROUP, CALL, OFFICE, Placeholder("title", "事業名", "川辺の茶の間")),
            Placeholder("number", "受付番号", "KW-0001", needed=True),
            Placeholder("reason", "理由", "拠点が国内にあることを確かめたため。"),
        ),
        is_formal=True,
        of_call=True,
    ),
    Template(
        "applications.extended",
        "mail/applications/extended.txt",
        lazy("締切を延ばした知らせ"),
        lazy("締切を延ばしたとき、まだ提出していない応募を書いている人に知らせます。"),
        ABOUT_A_DEADLINE,
        is_formal=True,
        of_call=True,
    ),
    Template(
        "applications.one_day",
        "mail/applications/one_day.txt",
        lazy("締切の24時間前の知らせ"),
        lazy("締切の24時間前に、まだ提出していない応募を書いている人に知らせます。"),
        (*ABOUT_A_DEADLINE, LEFT),
        is_prompt=True,
        of_call=True,
    ),
    Template(
        "applications.over",
        "mail/applications/over.txt",
        lazy("提出されなかった知らせ"),
        lazy("締切が過ぎたとき、提出していない応募を書いていた人に知らせます。"),
        ABOUT_A_DEADLINE,
        is_formal=True,
        of_call=True,
    ),
    Template(
        "applications.proxy_code",
        "mail/applications/proxy_code.txt",
        lazy("代理で入力した応募の確認のお願い"),
        lazy("事務局が代理で入力した応募を、団体に確かめてもらうコードを送ります。"),
        (
            *(GROUP, CALL, OFFICE, Placeholder("reference", "照会番号", "3f9a-1c27")),
            Placeholder("code", "確認コード", "0123-4567", needed=True),
            *(Placeholder("address", "確かめる画面", "https://example.jp/proxy/3f9a1c27", needed=True), UNTIL),
        ),
        carries_key=True,
        of_call=True,
    ),
    Template(
        "applications.received",
        "mail/applications/received.txt",
        lazy("応募の受付票"),
        lazy("応募を受け付けるたびに、提出した人、代表者、団体の連絡先に送ります。"),
        (
            *(GROUP, CALL, OFFICE, Placeholder("title", "事業名", "川辺の茶の間")),
            Placeholder("number", "受付番号", "KW-0001", needed=True),
            Placeholder("version", "版", "1"),
            Placeholder("at", "受付日時", "令和13年4月8日（火）16:58:03.120450（日本時間）", needed=True),
            Placeholder("closes_at", "締切", "令和13年4月8日（火）17:00:00.000000（日本時間）"),
            Placeholder("parts", "部分と指紋", "活動計画\n2c26b46b68ffc68ff99b453c1d304134…"),
            Placeholder(
                "files",
                "ファイルと指紋",
                "定款・会則：会則.pdf（347,812バイト）\n9b74c9897bac770ffc029102a200c5de…",
            ),
            Placeholder("whole", "全体の指紋", "fcde2b2edba56bf408601fb721fe9b5c…"),
        ),
        is_formal=True,
        of_call=True,
    ),
    Template(
        "applications.three_days",
        "mail/applications/three_days.txt",
        lazy("締切の72時間前の知らせ"),
        lazy("締切の72時間前に、まだ提出していない応募を書いている人に知らせます。"),
        (*ABOUT_A_DEADLINE, LEFT),
        is_prompt=True,
        of_call=True,
    ),
    Template(
        "applications.withdrawn",
        "mail/applications/withdrawn.txt",
        lazy("応募の取下げの知らせ"),
        lazy("応募が取り下げられたとき、代表者と団体の連絡先に知らせます。"),
        (
            *(GROUP, CALL, OFFICE, Placeholder("title", "事業名", "川辺の茶の間")),
            Placeholder("number", "受付番号", "KW-0001", needed=True),
            Placeholder("at", "取り下げたとき", "令和13年5月8日（木）10:20:05.000000（日本時間）"),
            Placeholder("by", "取り下げた人", "野川 澄"),
            Placeholder("reason", "理由", "会場を借りられなくなったため。"),
        ),
        is_formal=True,
        of_call=True,
    ),
    Template(
        "calls.invitation",
        "mail/calls/invitation.txt",
        lazy("招待（アカウントのない人へ）"),
        lazy("役割に招いた人に、パスワードを決めるリンクを送ります。"),
        (NAME, CALL, OFFICE, INVITER, ROLE, Placeholder("address", "リンク", LINK, needed=True), UNTIL),
        carries_key=True,
        of_call=True,
    ),
    Template(
        "calls.role",
        "mail/calls/role.txt",
        lazy("役割が付いた知らせ"),
        lazy("アカウントのある人に役割を付けたとき、本人に知らせます。"),
        (
            *(NAME, CALL, OFFICE, INVITER, ROLE),
            Placeholder("address", "サインインの画面", "https://example.jp/sign-in", needed=True),
        ),
        of_call=True,
    ),
    Template(
        "mail.digest",
        "mail/mail/digest.txt",
        lazy("1日1回のまとめ"),
        lazy("お知らせを1日1回まとめて受け取る人に、その日の分を1通で送ります。"),
        (Placeholder("count", "件数", "2"), Placeholder("letters", "お知らせ", "…", needed=True)),
        is_prompt=True,
    ),
)

TEMPLATES: dict[str, Template] = {template.key: template for template in _ALL}

#: Those whose words a call may change, in the order of the list.
OF_CALLS: tuple[Template, ...] = tuple(template for template in _ALL if template.of_call)


def label_of(key: str) -> str:
    """What the kind of mail is called; empty for one that is no longer sent."""
    found = TEMPLATES.get(key)
    return str(found.label) if found else ""
