"""What two people write into every part of the sample call's long form, and by which control."""

from tests.browser.hands import Hand

#: One step: how a hand does it, the label of the control, what is written or chosen.
Step = tuple[str, str, str]

GROUP: tuple[Step, ...] = (
    ("choose", "法人格", "任意団体"),
    ("write", "設立時期", "令和5年4月"),
    ("write", "代表者の氏名", "野川 澄"),
    ("write", "担当者の氏名", "早瀬 結"),
    ("write", "担当者のメールアドレス", "hayase@example.jp"),
    ("write", "担当者の電話番号", "03-5253-2111"),
    ("write", "郵便番号", "100-8926"),
    ("write", "市区町村", "東京都千代田区"),
    ("write", "住所", "千代田区架空町1-1 集会所"),
    ("mark", "団体の登録内容にも反映する", ""),
)
AIM = "この事業のねらいは何ですか"
NEEDS = "現場では、どんな声や数字からそれが必要だと分かりますか"
PLAN: tuple[Step, ...] = (
    ("write", "事業名", "川辺の茶の間"),
    ("write", "概要", "週に三度、縁側をひらく。"),
    ("write", "活動地域", "東京都千代田区"),
    ("write", "活動する市区町村", "東京都千代田区、131024"),
    ("write", AIM, "一人の昼を減らす。"),
    ("write", NEEDS, "「三日だれとも話していない」と聞いた。"),
    ("write", "これまでの活動や手本と比べて、何が新しいですか", "用がなくても寄れる。"),
    ("write", "具体的に、何を、どこで、何回行いますか", "集会所で週三回。"),
    ("write", "だれと一緒に行い、それぞれ何を受け持ちますか", "自治会が声をかける。"),
    ("write", "団体の中では、だれがどの仕事をしますか", "責任者1人、会計1人。"),
    ("write", "委託の期間の後は、どう続けますか", "会費で続ける。"),
    ("write", "ほかの地域が同じことを始めるとき、何が役に立ちますか", "手引きを配る。"),
)
TARGETS: tuple[Step, ...] = (
    ("mark", "高齢者（家にこもりがちな人）", ""),
    ("mark", "ゆるやかな参加", ""),
)
APPROACH: tuple[Step, ...] = (
    ("mark", "支援を求める声を上げやすい社会とする", ""),
    ("write", "新しく加える要素", "来なくなった人を訪ねる。"),
    ("write", "孤独や孤立が深まる前に、どう気づき、どう防ぎますか", "いつもの席が空いたら声をかける。"),
)
SCHEDULE: tuple[Step, ...] = (
    ("write", "1行目 すること", "準備と声かけ"),
    ("choose", "1行目 始める月", "2026-07"),
    ("choose", "1行目 終える月", "2026-08"),
    ("write", "2行目 すること", "縁側をひらく"),
    ("choose", "2行目 始める月", "2026-09"),
    ("choose", "2行目 終える月", "2027-02"),
    ("write", "2行目 担当", "当番"),
)
INDICATORS: tuple[Step, ...] = (
    ("write", "1行目 指標", "月に来る人の数"),
    ("write", "1行目 単位", "人"),
    ("write", "1行目 いまの値", "0"),
    ("write", "1行目 目標", "120"),
    ("write", "1行目 測り方", "記帳による"),
)
CONSORTIUM: tuple[Step, ...] = (
    ("write", "1行目 団体名", "架空自治会"),
    ("write", "1行目 受け持つこと", "場所と見守り"),
    ("write", "1行目 分ける額", "100,000"),
)
BUDGET: tuple[Step, ...] = (
    ("choose", "1行目 費目", "activity"),
    ("write", "1行目 内容", "会場の借用料"),
    ("write", "1行目 単価", "2,000"),
    ("write", "1行目 数量", "90回"),
    ("write", "1行目 積算の根拠", "週三回、三十週"),
    ("choose", "2行目 費目", "overhead"),
    ("write", "2行目 内容", "事務の経費"),
    ("write", "2行目 単価", "１８，０００"),
    ("write", "2行目 数量", "1式"),
)
CONFIRMATIONS: tuple[Step, ...] = (
    ("mark", "日本国内に拠点を有していること。", ""),
    ("mark", "契約締結後の経理実務について", ""),
    ("mark", "特定の宗教や政治思想", ""),
)
PARTNER: tuple[Step, ...] = (
    ("write", "連携先の名前", "架空自治会"),
    ("write", "担う部分", "集会所を貸し、回覧板で知らせる。"),
    ("write", "連携先のメールアドレス", "jichikai@example.jp"),
)
#: The parts that are saved by one button, in the order of the form.
PARTS: dict[str, tuple[Step, ...]] = {
    "group": GROUP,
    "plan": PLAN,
    "targets": TARGETS,
    "approach": APPROACH,
    "schedule": SCHEDULE,
    "indicators": INDICATORS,
    "consortium": CONSORTIUM,
    "budget": BUDGET,
    "confirmations": CONFIRMATIONS,
}
OFFICERS: dict[str, tuple[Step, ...]] = {
    "1人目": (
        ("write", "氏名", "野川 澄"),
        ("write", "氏名カナ", "ノガワ スミ"),
        ("write", "生年月日", "昭和45年3月9日"),
        ("choose", "性別", "woman"),
        ("write", "役職", "代表"),
    ),
    "2人目": (
        ("write", "氏名", "早瀬 結"),
        ("write", "氏名カナ", "はやせ ゆい"),
        ("write", "生年月日", "1983-11-02"),
        ("choose", "性別", "man"),
        ("write", "役職", "会計"),
    ),
}


def fill(hand: Hand, steps: tuple[Step, ...], group: str = "") -> None:
    """Do each step with the hand: in the group of boxes of that name, or anywhere on the page."""
    for how, label, value in steps:
        if how == "write":
            hand.write(label, value, group)
        elif how == "choose":
            hand.choose(label, value, group)
        else:
            hand.mark(label)
