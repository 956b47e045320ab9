"""What a call definition may say, and the sentence for each thing that it may not."""

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from grantflow.calls.definition import BadDefinition, Contact, Definition, Floor, parse
from grantflow.calls.schema import DefinitionProblem

DATA = Path(__file__).parent.parent / "data"
JST = dt.timezone(dt.timedelta(hours=9))

SMALLEST = """\
[call]
slug = "lamp"
title = "灯台の公募"
fiscal_year = 2031
sponsor = "架空県"
secretariat = "架空財団"
number_prefix = "T"
timezone = "Asia/Tokyo"

[schedule]
opens_at = 2031-01-06T09:00:00+09:00
closes_at = 2031-02-28T17:00:00+09:00

[[tier]]
key = "large"
label = "①"
name = "大きな灯台"
list_title = "大"
cap_yen = 2_000_000
expected_awards = 2

[[tier]]
key = "small"
label = "②"
name = "小さな灯台"
list_title = "小"
cap_yen = 500_000
expected_awards = 3

[eligibility]
legal_forms = ["任意団体"]
requirements = ["国内に拠点があること。"]

[review]
reviewers_per_application = 3
scale_min = 1
scale_max = 5

[[criterion]]
key = "skill"
group = "技術"
text = "腕前は確かか"

[[criterion]]
key = "price"
group = "費用"
text = "見積りは妥当か"
"""


def problems(text: str | bytes) -> list[tuple[str, str]]:
    with pytest.raises(BadDefinition) as refusal:
        parse(text)
    return [(problem.path, problem.sentence) for problem in refusal.value.problems]


def changed(old: str, new: str) -> str:
    assert SMALLEST.count(old) == 1, f"{old} stands {SMALLEST.count(old)} times"
    return SMALLEST.replace(old, new)


def test_the_smallest_call_has_a_default_for_all_that_is_optional() -> None:
    call = parse(SMALLEST)

    assert call.review.min_valid == 2
    assert [criterion.weight for criterion in call.criteria] == [1, 1]
    assert call.weight_sum == 2
    assert call.typology is None
    assert call.decision.two_persons is False
    assert (call.limits.title, call.limits.summary) == (None, None)
    assert call.review.border_zone.rank_from == Fraction(8, 10)


@pytest.mark.parametrize(("reviewers", "least"), [(1, 1), (2, 2), (5, 2)])
def test_two_counted_reviews_are_enough_unless_there_is_only_one(reviewers: int, least: int) -> None:
    call = parse(changed("reviewers_per_application = 3", f"reviewers_per_application = {reviewers}"))

    assert call.review.min_valid == least


def test_wording_is_kept_code_point_for_code_point() -> None:
    wording = "ＮＰＯ等、ﾜﾝｵﾍﾟ、髙﨑、𠮷、葛\U000e0100、ラ\u3099　「」"

    call = parse(changed("国内に拠点があること。", wording))

    assert call.eligibility.requirements == (wording,)


def test_instants_keep_the_offset_they_were_written_with() -> None:
    schedule = parse(SMALLEST).schedule

    assert schedule.closes_at == dt.datetime(2031, 2, 28, 17, tzinfo=JST)
    assert schedule.closes_at.utcoffset() == dt.timedelta(hours=9)


def test_later_options_are_read() -> None:
    call = parse(
        SMALLEST.replace(
            "scale_max = 5\n",
            'scale_max = 5\nmin_valid = 3\npass_ratio = 0.6\ndrop_extremes = true\ntie_break = ["技術", "committee"]\n'
            'floors = [{ key = "skilful", criterion = "skill", ratio = "43/85" }]\nborder_zone = { rank_to = 1.5 }\n',
        ).replace(
            'text = "腕前は確かか"\n', 'text = "腕前は確かか"\nweight = 2\nanchors = { 1 = "劣る", 5 = "優れる" }\n'
        )
        + '[decision]\ntwo_persons = true\n[[cost_category]]\nkey = "labour"\nname = "人件費"\n'
        + '[[document]]\nkey = "plan"\nname = "計画書"\nrequired = true\n'
        + '[call.contact]\nname = "窓口"\nemail = "a@example.jp"\n'
    )

    assert call.review.pass_ratio == Fraction(3, 5)
    assert call.review.drop_extremes is True
    assert call.review.floors == (Floor("skilful", criterion="skill", ratio=Fraction(43, 85)),)
    assert call.review.tie_break == ("技術", "committee")
    assert call.review.border_zone.rank_to == Fraction(3, 2)
    assert call.criteria[0].anchors == {1: "劣る", 5: "優れる"}
    assert call.weight_sum == 3
    assert call.decision.two_persons is True
    assert call.cost_categories[0].name == "人件費"
    assert call.documents[0].required is True
    assert call.call.contact == Contact("窓口", "a@example.jp")


def test_a_call_of_another_shape_is_read() -> None:
    call = parse((DATA / "second-call.toml").read_bytes())

    assert [tier.cap_yen for tier in call.tiers] == [12_000_000, 3_000_000, 800_000, 90_000]
    assert [criterion.weight for criterion in call.criteria] == [3, 2, 1]
    assert (call.review.scale_min, call.review.scale_max, call.review.min_valid) == (0, 10, 2)


def test_a_call_of_one_tier_and_one_criterion_is_read() -> None:
    call = parse((DATA / "one-tier-call.toml").read_bytes())

    assert (len(call.tiers), len(call.criteria), call.review.min_valid) == (1, 1, 1)


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    text = "\ufeff" + SMALLEST.replace("\n", "\r\n")

    assert parse(text) == parse(text.encode()) == parse(SMALLEST)


TEXT = '文字列ではありません。"…" のように引用符で囲んで書いてください。'
EMPTY = "空です。内容を書くか、書かなくてよい項目であればこの行を消してください。"
WHOLE = "整数ではありません。引用符や小数点を付けずに、2000000 のように書いてください。"
NO_OFFSET = "時差がない日時です。終わりに +09:00 のような時差を付けてください。"
NO_INSTANT = "日時ではありません。引用符を付けずに、2026-05-29T17:00:00+09:00 のように書いてください。"
DAY = "日付ではありません。引用符や時刻を付けずに、2026-05-29 のように書いてください。"
TABLE = "表ではありません。キーと値を並べた表として書いてください。"
LIST = "並びではありません。[ ] で囲んだ並びとして書いてください。"
NONE = "一つもありません。少なくとも一つ書いてください。"
LOWER = "使えない文字があるか、長すぎます。半角の英小文字、数字、ハイフンで63文字までにしてください。"
PREFIX = "使えない文字があるか、長すぎます。半角の英字、数字、ハイフンで16文字までにしてください。"
KEY = "キーに使えない文字があるか、長すぎます。文字か数字で始め、空白を入れずに64文字までにしてください。"
NOT_TOML = "TOMLとして読めません。この行の引用符、かっこ、「=」の書き方を直してください。"
NOT_UTF8 = "UTF-8として読めません。文字コードをUTF-8にして保存し直してください。"
NOT_LATER = "締切が受付の開始（opens_at）より後になっていません。どちらかを直してください。"


@pytest.mark.parametrize(
    ("old", "new", "path", "sentence"),
    [
        ('slug = "lamp"', "slug = 7", "call.slug", TEXT),
        ('slug = "lamp"', 'slug = "Lamp Post"', "call.slug", LOWER),
        ('title = "灯台の公募"', 'title = ""', "call.title", EMPTY),
        ('title = "灯台の公募"', 'title = "　"', "call.title", EMPTY),
        ("灯台の公募", "灯台\\nの公募", "call.title", "途中に改行があります。改行を取り除いて1行にしてください。"),
        (
            "灯台の公募",
            "灯台\u200bの公募",
            "call.title",
            "目に見えない制御文字（U+200B）が含まれています。その文字を取り除いてください。",
        ),
        ("2031\n", '"2031"\n', "call.fiscal_year", WHOLE),
        (
            "2031\n",
            "13\n",
            "call.fiscal_year",
            "年度として読めません。2026 のように、年度が始まる年を西暦で書いてください。",
        ),
        ('"T"', '"Ｔ"', "call.number_prefix", PREFIX),
        (
            "Asia/Tokyo",
            "Asia/Edo",
            "call.timezone",
            "「Asia/Edo」という時間帯はありません。「Asia/Tokyo」のように書いてください。",
        ),
        (
            "Asia/Tokyo",
            "/etc/passwd",
            "call.timezone",
            "「/etc/passwd」という時間帯はありません。「Asia/Tokyo」のように書いてください。",
        ),
        ("2031-02-28T17:00:00+09:00", "2031-02-28T17:00:00", "schedule.closes_at", NO_OFFSET),
        ("2031-02-28T17:00:00+09:00", "2031-02-28", "schedule.closes_at", NO_INSTANT),
        ("2031-02-28T17:00:00+09:00", '"2031-02-28T17:00:00+09:00"', "schedule.closes_at", NO_INSTANT),
        ("2031-02-28T17:00:00+09:00", "2031-01-06T00:00:00Z", "schedule.closes_at", NOT_LATER),
        ("2031-02-28T17:00:00+09:00", "2030-02-28T17:00:00+09:00", "schedule.closes_at", NOT_LATER),
        (
            "2031-02-28T17:00:00+09:00",
            "0203-02-28T17:00:00+09:00",
            "schedule.closes_at",
            "203年になっています。西暦の年を確かめてください。",
        ),
        ('"large"', '"la rge"', "tier[1].key", KEY),
        ('"large"', '"total"', "tier[1].key", "「total」は合計を表す言葉です。別のキーにしてください。"),
        ('"small"', '"large"', "tier[2].key", "「large」はtier[1].keyと同じです。別のキーにしてください。"),
        ("500_000", "0", "tier[2].cap_yen", "0になっています。1以上の整数を書いてください。"),
        ("500_000", "-500_000", "tier[2].cap_yen", "-500000になっています。1以上の整数を書いてください。"),
        ("500_000", "500000.0", "tier[2].cap_yen", WHOLE),
        ("500_000", "true", "tier[2].cap_yen", WHOLE),
        ("500_000", '"５０万円"', "tier[2].cap_yen", WHOLE),
        (
            "500_000",
            "9000000000000000000",
            "tier[2].cap_yen",
            "9000000000000000000は大きすぎます。1,000,000,000,000以下の整数を書いてください。",
        ),
        (
            "expected_awards = 3",
            "expected_awards = 0",
            "tier[2].expected_awards",
            "0になっています。1以上の整数を書いてください。",
        ),
        ('["任意団体"]', "[]", "eligibility.legal_forms", NONE),
        ('["任意団体"]', '"任意団体"', "eligibility.legal_forms", LIST),
        ('["任意団体"]', '["任意団体", ""]', "eligibility.legal_forms[2]", EMPTY),
        (
            '["任意団体"]',
            '["任意団体", "任意団体"]',
            "eligibility.legal_forms",
            "「任意団体」が二度書かれています。一つにしてください。",
        ),
        (
            "scale_max = 5",
            "scale_max = 1",
            "review.scale_max",
            "scale_minより大きくなっていません。どちらかを直してください。",
        ),
        (
            "reviewers_per_application = 3",
            "reviewers_per_application = 0",
            "review.reviewers_per_application",
            "0になっています。1以上の整数を書いてください。",
        ),
        (
            "scale_max = 5",
            "scale_max = 5\nmin_valid = 4",
            "review.min_valid",
            "審査委員の数（reviewers_per_application）を超えているため、どの応募も順位が付きません。3以下にしてください。",
        ),
        (
            "scale_max = 5",
            'scale_max = 5\nvisibility = "everybody"',
            "review.visibility",
            "「everybody」は使えません。own、after_own、all_after_close のどれかを書いてください。",
        ),
        (
            "scale_max = 5",
            "scale_max = 5\npass_ratio = 60",
            "review.pass_ratio",
            "0より大きく1以下の割合を書いてください。60パーセントは 0.6 です。",
        ),
        (
            "scale_max = 5",
            'scale_max = 5\npass_ratio = "六割"',
            "review.pass_ratio",
            '割合ではありません。小数点以下9桁までの 0.6 か、"43/85" のように書いてください。',
        ),
        (
            "scale_max = 5",
            "scale_max = 5\npass_ratio = nan",
            "review.pass_ratio",
            '割合ではありません。小数点以下9桁までの 0.6 か、"43/85" のように書いてください。',
        ),
        (
            "scale_max = 5",
            'scale_max = 5\ndrop_extremes = "yes"',
            "review.drop_extremes",
            "true でも false でもありません。引用符を付けずに、どちらかを書いてください。",
        ),
        (
            "scale_max = 5",
            'scale_max = 5\ntie_break = ["技"]',
            "review.tie_break[1]",
            "「技」はこの定義にありません。「技術」のことであれば、そう書き直してください。",
        ),
        (
            "scale_max = 5",
            'scale_max = 5\nfloors = [{ key = "f", criterion = "skil", lowest_grade = true }]',
            "review.floors[1].criterion",
            "「skil」はこの定義にありません。「skill」のことであれば、そう書き直してください。",
        ),
        (
            "scale_max = 5",
            'scale_max = 5\nfloors = [{ key = "f" }]',
            "review.floors[1].ratio",
            "ratio か lowest_grade = true の、どちらか一方だけを書いてください。",
        ),
        (
            "scale_max = 5",
            "scale_max = 5\nborder_zone = { rank_from = 1.3 }",
            "review.border_zone.rank_to",
            "rank_fromより大きくなっていません。どちらかを直してください。",
        ),
        ('"price"', '"skill"', "criterion[2].key", "「skill」はcriterion[1].keyと同じです。別のキーにしてください。"),
        (
            'text = "腕前は確かか"',
            'text = "腕前は確かか"\nweight = 0',
            "criterion[1].weight",
            "0になっています。1以上の整数を書いてください。",
        ),
        ('text = "腕前は確かか"', 'text = "腕前は確かか"\nweight = 1.5', "criterion[1].weight", WHOLE),
        (
            'text = "腕前は確かか"',
            'text = "腕前は確かか"\nanchors = { 6 = "すばらしい" }',
            "criterion[1].anchors.6",
            "評点は1から5までです。その範囲の数にしてください。",
        ),
        (
            'text = "腕前は確かか"',
            'text = "腕前は確かか"\nanchors = { best = "すばらしい" }',
            "criterion[1].anchors.best",
            "キーが数ではありません。0以上の整数で書いてください。",
        ),
        ('text = "腕前は確かか"', 'text = "腕前は確かか"\nanchors = "すばらしい"', "criterion[1].anchors", TABLE),
    ],
)
def test_a_bad_value_is_refused_with_its_key_path(old: str, new: str, path: str, sentence: str) -> None:
    assert problems(changed(old, new)) == [(path, sentence)]


@pytest.mark.parametrize(
    ("added", "path", "sentence"),
    [
        (
            '[call.contact]\nname = "窓口"\nemail = "窓口"\n',
            "call.contact.email",
            "メールアドレスの形ではありません。name@example.jp のように書いてください。",
        ),
        (
            '[[document]]\nkey = "plan"\nname = "計画書"\nurl = "javascript:alert(1)"\n',
            "document[1].url",
            "ウェブの住所ではありません。https:// から始めて書いてください。",
        ),
        (
            '[[milestone]]\nkey = "a"\nname = "甲"\ndue = "undecided"\n'
            '[[milestone]]\nkey = "a"\nname = "乙"\ndue = "2031-05"\n',
            "milestone[2].key",
            "「a」はmilestone[1].keyと同じです。別のキーにしてください。",
        ),
        (
            '[[approach]]\nkey = "a"\nname = "甲"\n[[approach]]\nkey = "a"\nname = "乙"\n',
            "approach[2].key",
            "「a」はapproach[1].keyと同じです。別のキーにしてください。",
        ),
        (
            '[typology]\nbase = [{ key = "a", label = "１", name = "甲" }]\n'
            'combination = { key = "a", label = "２", name = "乙" }\n',
            "typology.combination.key",
            "「a」は base の類型と同じです。別のキーにしてください。",
        ),
        ("[published_result]\nopened = 2031-01-06T00:00:00Z\n", "published_result.opened", DAY),
        (
            "[published_result]\nadopted = { total = 3, larg = 3 }\n",
            "published_result.adopted.larg",
            "「larg」はこの定義にありません。「large」のことであれば、そう書き直してください。",
        ),
        (
            "[published_result]\nadopted = { total = -3 }\n",
            "published_result.adopted",
            "負の件数があります。0以上の整数を書いてください。",
        ),
        ("[limits]\ntitle = 0\n", "limits.title", "0になっています。1以上の整数を書いてください。"),
        ("[limits]\nsummary = 0\n", "limits.summary", "0になっています。1以上の整数を書いてください。"),
        (
            "[[limits]]\ntitle = 3\n",
            "limits",
            TABLE,
        ),
    ],
)
def test_a_bad_optional_table_is_refused_with_its_key_path(added: str, path: str, sentence: str) -> None:
    assert problems(SMALLEST + added) == [(path, sentence)]


@pytest.mark.parametrize("due", ["2031-13", "2031-02-30", "2031-02 soon", "2031-05/2031-04", "/", "来月", "2031-05/"])
def test_a_milestone_that_is_no_time_is_refused(due: str) -> None:
    found = problems(SMALLEST + f'[[milestone]]\nkey = "a"\nname = "甲"\ndue = "{due}"\n')

    assert [where for where, _ in found] == ["milestone[1].due"]
    assert found[0][1].startswith(f"「{due}」は")


@pytest.mark.parametrize(
    ("line", "path", "sentence"),
    [
        (
            "contract_month = 2031-05-01",
            "schedule.contract_month",
            TEXT,
        ),
        (
            'contract_month = "2031-13"',
            "schedule.contract_month",
            "年月として読めません。2026-06 のように書いてください。",
        ),
        (
            'project_start = "soon"',
            "schedule.project_start",
            '日付でも "contract"（契約締結日）でもありません。どちらかを書いてください。',
        ),
        (
            "project_start = 2031-05-02\nproject_end = 2031-05-01",
            "schedule.project_end",
            "事業の終わりが始まり（project_start）より前です。どちらかを直してください。",
        ),
        (
            'project_end = "2031-05-01"',
            "schedule.project_end",
            "日付ではありません。引用符や時刻を付けずに、2026-05-29 のように書いてください。",
        ),
    ],
)
def test_a_bad_time_of_the_schedule_is_refused(line: str, path: str, sentence: str) -> None:
    found = problems(changed("[schedule]\n", f"[schedule]\n{line}\n"))

    assert found == [(path, sentence)]


@pytest.mark.parametrize(
    ("old", "new", "path", "nearest"),
    [
        ("[eligibility]", "[revue]\nx = 1\n[eligibility]", "revue", "review"),
        ('slug = "lamp"', 'slug = "lamp"\nsponser = "架空県"', "call.sponser", "sponsor"),
        ("500_000", "500_000\ncap = 1", "tier[2].cap", "cap_yen"),
        ("scale_max = 5", "scale_max = 5\nmin_vaild = 2", "review.min_vaild", "min_valid"),
        ('text = "腕前は確かか"', 'text = "腕前は確かか"\nwieght = 2', "criterion[1].wieght", "weight"),
        ('slug = "lamp"', 'slug = "lamp"\ncontact = { name = "甲", mail = "乙" }', "call.contact.mail", "email"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(old: str, new: str, path: str, nearest: str) -> None:
    unknown = path.rpartition(".")[2]

    assert problems(changed(old, new)) == [
        (
            path,
            f"「{unknown}」というキーはありません。「{nearest}」のことであれば、そう書き直してください。",
        )
    ]


def test_an_odd_unknown_key_is_quoted_and_still_named() -> None:
    assert problems(changed('slug = "lamp"', 'slug = "lamp"\n"slug?" = 1')) == [
        ('call."slug?"', "「slug?」というキーはありません。「slug」のことであれば、そう書き直してください。")
    ]


def test_every_required_key_of_an_empty_file_is_named() -> None:
    assert [path for path, _ in problems("")] == [
        "call.slug",
        "call.title",
        "call.fiscal_year",
        "call.sponsor",
        "call.secretariat",
        "call.number_prefix",
        "call.timezone",
        "schedule.opens_at",
        "schedule.closes_at",
        "tier",
        "eligibility.legal_forms",
        "eligibility.requirements",
        "review.reviewers_per_application",
        "review.scale_min",
        "review.scale_max",
        "criterion",
    ]


def test_a_missing_key_and_a_missing_table_say_what_to_write() -> None:
    text = SMALLEST.partition("[[criterion]]")[0].replace('slug = "lamp"\n', "")

    assert problems(text) == [
        ("call.slug", "必須の項目がありません。「slug」を書き足してください。"),
        ("criterion", "必須の表がありません。[[criterion]] を一つ以上書いてください。"),
    ]


def test_all_problems_are_told_at_once() -> None:
    text = (
        changed("cap_yen = 2_000_000", "cap_yen = 0")
        .replace('key = "small"', 'key = "large"')
        .replace("2031-02-28T17:00:00+09:00", "2030-02-28T17:00:00+09:00\nproject_end = 3")
        .replace('title = "灯台の公募"', "")
    )

    assert [path for path, _ in problems(text)] == [
        "call.title",
        "schedule.project_end",
        "schedule.closes_at",
        "tier[2].key",
        "tier[1].cap_yen",
    ]


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("[call]\nslug = \n", 2, NOT_TOML),
        ("a = [1,\n\n", 1, NOT_TOML),
        ("number,tier\n1,2\n", 1, NOT_TOML),
        ("PK\x03\x04", 1, NOT_TOML),
        ("a = " + "9" * 5000, 1, NOT_TOML),
        (
            '[call]\nslug = "a"\nslug = "b"\n',
            3,
            "同じキーか同じ表が二度書かれています。どちらか一つにしてください。",
        ),
        (
            "[call]\n[review]\n[call]\n",
            3,
            "同じキーか同じ表が二度書かれています。どちらか一つにしてください。",
        ),
        (
            "[schedule]\nopens_at = 2031-02-30T00:00:00Z\n",
            2,
            "暦にない日付か時刻です。正しい日付と時刻に直してください。",
        ),
        (b'[call]\n\ntitle = "\x83\x5c"\n', 3, NOT_UTF8),
        ("[call]".encode("utf-16"), 1, NOT_UTF8),
        ("a = " + "[" * 5000, None, "入れ子が深すぎます。かっこの重なりを減らしてください。"),
        (
            "#" * 1_000_001,
            None,
            "ファイルが大きすぎます。1MBより小さい公募の定義を選んでください。",
        ),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(text: str | bytes, line: int | None, sentence: str) -> None:
    with pytest.raises(BadDefinition) as refusal:
        parse(text, "call.toml")

    assert refusal.value.problems == (DefinitionProblem("", sentence, line, "call.toml"),)


def test_a_problem_reads_as_one_line() -> None:
    in_a_key = DefinitionProblem("tier[2].cap_yen", "上限額です。", None, "call.toml")
    in_a_line = DefinitionProblem("", "読めません。", 3, "call.toml")

    assert str(in_a_key) == "call.toml: tier[2].cap_yen: 上限額です。"
    assert str(in_a_line) == "call.toml:3: 読めません。"
    assert str(BadDefinition((in_a_key, in_a_line))) == f"{in_a_key}\n{in_a_line}"


def test_equal_words_make_equal_definitions() -> None:
    assert parse(SMALLEST) == parse("# Another comment.\n" + SMALLEST)
    assert isinstance(parse(SMALLEST), Definition)
