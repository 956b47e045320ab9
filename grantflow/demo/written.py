"""What the groups of the call that is open now wrote, all invented; answers stand in the order of the questions."""

from grantflow.applications.officers import Officer
from grantflow.demo.people import WRITERS

REPRESENTATIVE, EDITOR = (person.email for person in WRITERS)
ACCOUNTANT = "kaikei@example.jp"

GROUP_NAME = "特定非営利活動法人こだま台ひだまり舎"
GROUP = {
    "kana": "トクテイヒエイリカツドウホウジンコダマダイヒダマリシャ",
    "legal_form": "特定非営利活動法人",
    "founded": "2014-06",
    "tax_status": "exempt",
    "representative_title": "理事長",
    "representative_name": "真壁 灯",
    "contact_name": "折原 みつ",
    "contact_email": EDITOR,
    "contact_phone": "03-0000-0202",
    "postal_code": "1000000",
    "address": "見本市こだま台1-7 旧こだま湯",
}

#: Half written: the questions without an answer wait for somebody to go on.
PLAN = {
    "title": "銭湯の番台から始まる夜の見守り",
    "summary": (
        "閉店した銭湯の脱衣場を、夜の七時から九時までひらきます。来た人の名札を番台に掛け、"
        "三日掛からなかった名札の人に、翌朝、近くに住む当番が声をかけます。"
    ),
    "area_codes": [],
    "activity_area": "見本市こだま台地区と隣の二つの地区",
}
ANSWERS = (
    "夜に一人で過ごす高齢の人が、銭湯がなくなった後も、だれかと顔を合わせてから眠れるようにします。",
    "銭湯の常連だった62人に聞いたところ、41人が「夜に話す相手がいなくなった」と答えました。",
    "",
    "場所をひらくだけでなく、来なかったことに三日で気づく仕組みを番台の名札で作ります。",
    "",
    "社会福祉協議会（話がついている）：気になる人の引き継ぎ\n商店会（これから頼む）：夜道の明かりと湯上がりの飲み物",
    "",
    "",
    "",
    "",
)
TARGETS = {
    "targets": [["高齢者", ""], ["中高年", "家にこもりがちな人"]],
    "features": ["ゆるやかな参加", "地域との結びつき"],
}
PREVENTION = "番台の名札が三日掛からないことを、深まる前の合図にします。"

#: What is done in which months of the project, counted from 0, and by whom.
SCHEDULE = (
    ("脱衣場の片付けと当番の研修", 0, 1, "理事2人、当番10人"),
    ("週に五日ひらく", 1, 6, "当番10人"),
    ("社会福祉協議会との振り返り", 3, 3, "理事長、事務局長"),
    ("手引きの作成と報告", 6, 7, "事務局長"),
)
INDICATORS = (
    ("夜に来る人の数", "人", "0", "30", "番台の名札を毎晩数える"),
    ("三日来なかった人に声をかけた割合", "％", "0", "95", "当番の日誌"),
    ("夜に話す相手がいると答えた人の割合", "％", "34", "70", "初めの月と最後の月に聞き取る"),
)
#: Each in the category at its place in the call; the indirect costs in the last line are more than the call allows.
COSTS = (
    (0, "夜の当番の賃金", 1_200, "640", "時間", "2人、2時間、160晩。団体の賃金の決まり"),
    (1, "社会福祉士への謝金", 12_000, "8", "回", "月に1回。県の標準の額"),
    (1, "脱衣場の借用", 45_000, "7", "か月", "家主の見積り"),
    (1, "名札と掛け札、湯茶", 38_000, "1", "式", "見積り2社のうち安い方"),
    (3, "事務の費用", 150_000, "1", "式", "前の年の実績"),
)
OFFICERS = (
    Officer("真壁 灯", "マカベ アカリ", "1968-03-09", "woman", "理事長"),
    Officer("折原 みつ", "オリハラ ミツ", "1981-11-24", "woman", "理事"),
    Officer("楠本 正路", "クスモト マサミチ", "1955-07-02", "man", "監事"),
)
#: Who was asked to be named, the part each plays, and who answered.
AGREES = ("こだま台地区社会福祉協議会", "気になる人の引き継ぎを受け、月に一度の話し合いに加わる。", "shakyo@example.jp")
ANSWERED_BY = ("事務局長", "千種 実")
WAITS = ("こだま台商店会", "夜道の明かりを点け、湯上がりの飲み物を用意する。", "shotenkai@example.jp")

#: What the applicant of the demo, whose group applied before, has handed in whole.
WHOLE_PLAN = {
    "title": "夜勤明けの朝ごはん食堂を三つの町へ",
    "summary": (
        "夜に働く人が朝に寄れる食堂を、駅、病院、工業団地のそばで月に八回ずつひらきます。"
        "定食を囲みながら、看護師と生活相談員が世間話のなかで体調や心配ごとを受け止めます。"
    ),
    "area_codes": [],
    "activity_area": "見本市の全域",
}
WHOLE_ANSWERS = (
    "夜に働く人が、眠る前の一時間に、だれかと食べて話せるようにします。",
    "三つの職場の180人に聞くと、夜勤明けに三日以上だれとも話さない人が四人に一人いました。",
    "港町の朝市食堂です。長机に分けずに座る並べ方をまねます。",
    "相談の窓口を置かず、食堂の席に看護師と相談員が客として座ります。",
    "朝六時半から九時まで、三か所で月に八回ずつひらきます。1回に25人、合わせて168回です。",
    "病院と工業団地の組合（話がついている）：場所と知らせ\n市の保健センター（話がついている）：看護師の派遣",
    "責任者1人、調理4人、進行3人、経理1人です。経理は法人の事務局が受け持ちます。",
    "食物アレルギーを席で確かめます。聞いたことは、本人がよいと言うまで外に出しません。",
    "定食の代金と、二つの職場からの会費で続けます。",
    "席の並べ方と声のかけ方を一枚にまとめ、見学を毎月受け入れます。",
)
WHOLE_PREVENTION = "続けて来ていた人が二週間来ないときに、いつもの席の人が職場の窓口を通して様子をたずねます。"
ADDED = "来なくなった人に二週間で気づき、席を共にした人がたずねる仕組みを、これまでの食堂に加えます。"
WHOLE_SCHEDULE = (
    ("場所の用意と人の研修", 0, 1, "責任者、進行3人"),
    ("三か所でひらく", 1, 6, "調理4人、進行3人"),
    ("まとめと報告", 6, 7, "責任者、経理1人"),
)
WHOLE_INDICATORS = (
    ("延べの来店", "人", "0", "4200", "席の札を数える"),
    ("相談につながった人", "人", "0", "40", "日誌"),
)
WHOLE_COSTS = (
    (0, "進行役の賃金", 1_250, "760", "時間", "3人。法人の賃金の決まり"),
    (1, "看護師への謝金", 9_000, "42", "回", "県の標準の額"),
    (1, "食材", 300, "1400", "食", "近くの市場の値段。代金との差額"),
    (3, "通信費と事務用品", 90_000, "1", "式", "前の年の実績"),
)
WHOLE_OFFICERS = (
    Officer("野々宮 結", "ノノミヤ ユイ", "1974-05-18", "woman", "理事長"),
    Officer("篠崎 遼", "シノザキ リョウ", "1986-01-30", "man", "理事"),
    Officer("古沢 ともえ", "フルサワ トモエ", "1959-09-12", "woman", "監事"),
)

#: A group that telephoned: it stands in the records already, spelled otherwise.
PHONED = "任意団体やなぎ小路の見守り隊"
PHONED_GROUP = {
    "name": PHONED,
    "kana": "ヤナギコウジノミマモリタイ",
    "legal_form": "任意団体",
    "founded": "2015",
    "representative_title": "隊長",
    "representative_name": "泉田 文",
    "contact_name": "泉田 文",
    "contact_email": "mimamori@example.jp",
    "contact_phone": "03-0000-0303",
    "address": "見本市やなぎ小路5-1",
}
PHONED_PLAN = {
    "title": "雨の日の朝の送り番",
    "summary": "雨の日の朝に、傘を持って家の前に立つ人を増やします。出てこない家には、帰りに声をかけます。",
    "area_codes": [],
    "activity_area": "見本市やなぎ小学校区",
}
PHONED_ANSWERS = (
    "雨の日の朝、通学路の12か所に立ちます。終わった後に、集会所で三十分お茶を飲みます。",
    "雨の日は立つ人が半分になり、一人で暮らす人の顔を見ない日が続きます。",
    "帰り道に、出てこなかった家へ声をかけます。",
    "町内会の会費で傘と雨具を買い足し、当番表に入れます。",
)
PHONED_TARGETS = {"targets": [["多世代", ""]], "features": ["ゆるやかな参加"]}
PHONED_COSTS = ((1, "傘と雨具", 4_000, "24", "組", "店の値段"), (1, "お茶の材料", 1_500, "30", "回", "前の年の実績"))

#: What the call writes to partners beside the usual words.
OUTAGE = "応募の画面が、システムの障害で半日使えなかったため。"
MORE_OF_THE_LETTER = "\n返事は締切の前日までにいただけると、団体が安心して応募できます。\n"
