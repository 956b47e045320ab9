"""The people of the sample call, all invented: one account for each role."""

from typing import NamedTuple

from grantflow.accounts.models import Role

#: Only for a demo on this machine; a real account is given a single-use link.
PASSWORD = "grantflow-demo-2026"  # noqa: S105 - printed for whoever tries the demo


#: The key of one-time codes of every account that needs them, likewise only for a demo.
CODE_KEY = "GRANTFLOWDEMOGRANTFLOWDEMO234567"


class Person(NamedTuple):
    """One account of the demo."""

    email: str
    name: str
    role: Role


PEOPLE = (
    Person("secretariat@example.jp", "早瀬 みのり", Role.SECRETARIAT),
    Person("secretariat2@example.jp", "桐谷 誠", Role.SECRETARIAT),
    Person("sponsor@example.jp", "堂島 朋子", Role.SPONSOR),
    Person("auditor@example.jp", "久世 直人", Role.AUDITOR),
    Person("officers@example.jp", "水無瀬 遥", Role.OFFICER_CHECKER),
    Person("administrator@example.jp", "有賀 すず", Role.ADMINISTRATOR),
    Person("applicant@example.jp", "野々宮 結", Role.APPLICANT),
)

#: Who write together on a proposal in the call that is open now.
WRITERS = (
    Person("representative@example.jp", "真壁 灯", Role.APPLICANT),
    Person("editor@example.jp", "折原 みつ", Role.APPLICANT),
)

#: Invited by mail while the call runs, for a month: their account waits for its password.
DEPUTY = Person("deputy@example.jp", "槙野 透", Role.SPONSOR)

#: What the applicant's group says of itself.
GROUP = {
    "representative_title": "会長",
    "representative_name": "野々宮 結",
    "contact_name": "野々宮 結",
    "contact_email": "applicant@example.jp",
    "contact_phone": "03-0000-0101",
    "postal_code": "1000000",
    "address": "見本市みどり町3-2 みどり集会所",
}

#: What the applicant of the demo writes on the pages: the plan, and the answers to its questions in their order.
PLAN = {
    "title": "朝の水やり当番と縁側の朝ごはん",
    "summary": (
        "共同の花壇の水やりを当番にし、終わった人から縁側で朝ごはんを一緒に食べます。"
        "顔を見ない日が続いた人には、当番が声をかけに行きます。"
    ),
    "area_codes": [],
    "activity_area": "見本市みどり小学校区",
}
ANSWERS = (
    "八月に花壇と縁側を整え、当番表を町内に回します。九月から毎週三回、水やりのあとに朝ごはんを出します。\n"
    "欠席が二回続いた人を当番が訪ね、困りごとがあれば地域包括支援センターにつなぎます。",
    "一人で暮らす人が増え、夏に三日間だれとも話さなかったという声を、見守りの訪問で聞きました。",
    "これまでの花壇の手入れに、縁側での朝ごはんと、来なくなった人への声かけを加えます。",
    "野菜の直売の売上げと会費で続けます。当番表は町内会の仕事にします。（要確認）",
)
TARGETS = {"targets": [["多世代", ""], ["高齢者", ""]], "features": ["ゆるやかな参加", "役割づくり"]}
#: What is bought, for how much, how many; each in the category at its place in the call.
COSTS = (
    (1, "朝ごはんの材料", 6_000, "48", "回", "20人分。近くの農家の直売の値段"),
    (1, "講師への謝金", 15_000, "4", "回", "管理栄養士。団体の謝金の決まり"),
    (1, "折りたたみの机の借用", 10_000, "7", "か月", "見積り1社。貸し主の会社法人等番号 1234-5678-9018"),
    (3, "通信費と事務用品", 12_000, "1", "式", "前の年の実績"),
)

#: What the secretariat writes when it screens.
NOT_YET_READ = "会則の2ページ目が写っていません。団体に電話して、送り直してもらっています（担当：事務局）。"
SEEN = "団体に電話で確かめました。書き終えていて、印を消し忘れたものです。"
MEND = "この番号につながりません。いま使っている番号を書いてください。"
WHY_MEND = "連絡先に誤りがあるため。"
MENDED_PHONE = "03-0000-0110"
INELIGIBLE = (
    "応募の要件のうち「契約締結後の経理実務について、責任を持って管理できること。」を確かめられませんでした。"
    "決算書がなく、電話と手紙で2回お願いしましたが、期日までに届きませんでした。"
)

#: What is noted of a proposal whose officers the authority asks about once more.
ASKED_ABOUT = "1人の生年月日の書き方について照会があり、名簿のとおりと回答した。"
