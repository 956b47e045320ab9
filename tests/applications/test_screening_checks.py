"""What the program finds at the first screening: every planted defect at its place, and nothing where there is none."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grantflow.applications.models import Application, ApplicationStatus
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import Asking
from grantflow.applications.screening import checklist
from grantflow.applications.screening.around import FileState
from grantflow.applications.screening.finding import Kind, Severity
from grantflow.applications.screening.wording import is_marked_as_draft
from grantflow.calls.definition import parse
from grantflow.core.identifiers import looks_like_my_number, my_numbers_in
from grantflow.files.models import CopyState, ScanState
from tests.factories.calls import small_definition
from tests.factories.screening import Written, clean_ones, found_in, says

ALL = clean_ones()

#: Three that have everything: a number, a partner, an added element where one is needed.
WITH_PARTNER, WITH_ADDED = 3, 6

Spoil = Callable[[Written], None]


def _set(part: Part, name: str, value: Any) -> Spoil:
    return lambda one: one.contents[part].__setitem__(name, value)


def _set_cell(part: Part, rows: str, place: int, name: str, value: Any) -> Spoil:
    return lambda one: one.contents[part][rows][place].__setitem__(name, value)


def _answer(key: str, text: str) -> Spoil:
    return lambda one: one.contents[Part.PLAN]["answers"].__setitem__(key, text)


def _costs_more(one: Written) -> None:
    """A line is raised, and every figure with it, so that only the cap is in the way."""
    one.contents[Part.BUDGET]["lines"][1]["unit_price"] += one.asking.tier.cap_yen
    total = one.application.requested_yen + one.asking.tier.cap_yen
    one.application.requested_yen = total
    one.asking = Asking(one.asking.says, one.asking.tier, total)


def _more_overhead(one: Written) -> None:
    """Money goes from the work to the indirect costs: the sum stays."""
    lines = one.contents[Part.BUDGET]["lines"]
    lines[1]["unit_price"] -= 10_000
    lines[2]["unit_price"] += 10_000


def _other_amount(one: Written) -> None:
    one.application.requested_yen -= 1


def _nothing_for_a_line(one: Written) -> None:
    one.contents[Part.BUDGET]["lines"].append(
        {"category": "work", "item": "謝金", "unit_price": 0, "quantity": "3", "unit": "回", "basis": ""}
    )


def _names_itself(one: Written) -> None:
    one.contents[Part.CONSORTIUM]["rows"][0]["name"] = normalize("NFKC", one.contents[Part.GROUP]["name"])


def _names_its_head(one: Written) -> None:
    name = str(one.contents[Part.GROUP]["representative_name"]).replace(" ", "")
    one.contents[Part.CONSORTIUM]["rows"][0]["name"] = f"{name}（会長）"


def _drop_file(document: str) -> Spoil:
    def drop(one: Written) -> None:
        files = one.contents[Part.DOCUMENTS]["files"]
        one.contents[Part.DOCUMENTS]["files"] = [each for each in files if each["document"] != document]

    return drop


def _file_state(document: str, state: FileState) -> Spoil:
    def change(one: Written) -> None:
        (file,) = (each for each in one.contents[Part.DOCUMENTS]["files"] if each["document"] == document)
        one.files[file["file"]] = state

    return change


def _same_file_twice(one: Written) -> None:
    first, second = one.contents[Part.DOCUMENTS]["files"]
    second["sha256"] = first["sha256"]


#: What is planted: its name, in which proposal, how, of which kind it is, and in which part and field it must be found.
PLANTED: list[tuple[str, int, Spoil, Kind, Part, str]] = [
    ("no contact", 0, _set(Part.GROUP, "contact_name", " "), Kind.BLANK, Part.GROUP, "contact_name"),
    ("a question unanswered", 1, _answer("after", ""), Kind.BLANK, Part.PLAN, "answer-after"),
    ("a question answered by a dash", 2, _answer("aim", "―"), Kind.EMPTY_WORDS, Part.PLAN, "answer-aim"),
    ("a long title", 4, _set(Part.PLAN, "title", "あ" * 41), Kind.TOO_LONG, Part.PLAN, "title"),
    ("over the cap", 5, _costs_more, Kind.OVER_THE_CAP, Part.BUDGET, ""),
    ("amounts differ", 7, _other_amount, Kind.AMOUNTS_DIFFER, Part.BUDGET, ""),
    ("a line of nothing", 8, _nothing_for_a_line, Kind.NOTHING_ASKED_FOR, Part.BUDGET, "lines-3-unit_price"),
    ("too much overhead", 9, _more_overhead, Kind.OVERHEAD, Part.BUDGET, "lines-2-unit_price"),
    (
        "shares above the sum",
        WITH_PARTNER,
        _set_cell(Part.CONSORTIUM, "rows", 0, "share_yen", 9_000_000),
        Kind.SHARES,
        Part.CONSORTIUM,
        "rows-0-share_yen",
    ),
    ("itself a partner", 11, _names_itself, Kind.ITSELF_A_PARTNER, Part.CONSORTIUM, "rows-0-name"),
    ("its head a partner", 13, _names_its_head, Kind.ITSELF_A_PARTNER, Part.CONSORTIUM, "rows-0-name"),
    ("one officer", 14, _set(Part.OFFICERS, "count", 1), Kind.OFFICERS, Part.OFFICERS, ""),
    (
        "outside the period",
        15,
        _set_cell(Part.SCHEDULE, "rows", 1, "ends", "2032-03"),
        Kind.OUT_OF_THE_PERIOD,
        Part.SCHEDULE,
        "rows-1-ends",
    ),
    (
        "no target",
        16,
        _set_cell(Part.INDICATORS, "rows", 1, "target", ""),
        Kind.NO_TARGET,
        Part.INDICATORS,
        "rows-1-target",
    ),
    ("nothing added", WITH_ADDED, _set(Part.APPROACH, "added", ""), Kind.NOTHING_ADDED, Part.APPROACH, "added"),
    (
        "not confirmed",
        17,
        _set(Part.CONFIRMATIONS, "confirmed", []),
        Kind.NOT_CONFIRMED,
        Part.CONFIRMATIONS,
        "confirmed",
    ),
    ("no charter", 19, _drop_file("charter"), Kind.MISSING_PAPER, Part.DOCUMENTS, "document-charter"),
    (
        "an old certificate",
        20,
        _set_cell(Part.DOCUMENTS, "files", 1, "issued_on", "2031-01-29"),
        Kind.OLD_PAPER,
        Part.DOCUMENTS,
        "document-register",
    ),
    (
        "a certificate without a day",
        21,
        _set_cell(Part.DOCUMENTS, "files", 1, "issued_on", ""),
        Kind.OLD_PAPER,
        Part.DOCUMENTS,
        "document-register",
    ),
    (
        "a draft by its file name",
        22,
        _set_cell(Part.DOCUMENTS, "files", 0, "name", "規約_DRAFT.pdf"),
        Kind.DRAFT,
        Part.DOCUMENTS,
        "document-charter",
    ),
    ("a draft by its text", 23, _answer("more", "【下書き】また書きます"), Kind.DRAFT, Part.PLAN, "answer-more"),
    (
        "a virus",
        25,
        _file_state("charter", FileState(ScanState.INFECTED)),
        Kind.UNREADABLE,
        Part.DOCUMENTS,
        "document-charter",
    ),
    (
        "no copy",
        26,
        _file_state("register", FileState(ScanState.CLEAN, CopyState.FAILED)),
        Kind.UNREADABLE,
        Part.DOCUMENTS,
        "document-register",
    ),
    ("one file twice", 27, _same_file_twice, Kind.PAPER_TWICE, Part.DOCUMENTS, "document-register"),
    (
        "a number like a 個人番号",
        28,
        _set_cell(Part.BUDGET, "lines", 1, "basis", "会場主の番号 １２３４-5678－9018"),
        Kind.MY_NUMBER,
        Part.BUDGET,
        "lines-1-basis",
    ),
    (
        "another invoice number",
        29,
        _set(Part.GROUP, "invoice_number", "T7123456789012"),
        Kind.NUMBERS_DIFFER,
        Part.GROUP,
        "invoice_number",
    ),
    ("another legal form", 31, _set(Part.GROUP, "legal_form", "任意団体"), Kind.LEGAL_FORM, Part.GROUP, "legal_form"),
    (
        "a form that may not apply",
        30,
        _set(Part.GROUP, "legal_form", "株式会社"),
        Kind.LEGAL_FORM,
        Part.GROUP,
        "legal_form",
    ),
    (
        "a contact that is nobody",
        32,
        _set(Part.GROUP, "contact_name", ALL[32].contents[Part.GROUP]["name"]),
        Kind.CONTACT,
        Part.GROUP,
        "contact_name",
    ),
    (
        "a partner that refused",
        33,
        _set_cell(Part.CONSENTS, "rows", 0, "state", "refused"),
        Kind.REFUSED,
        Part.CONSENTS,
        "consents",
    ),
]


def _places(found: Any) -> list[tuple[Kind, Part, str]]:
    return [(one.kind, one.place.part, one.place.field) for one in found]


def test_nothing_is_found_in_72_clean_proposals() -> None:
    found = {one.application.number: _places(found_in(one, ALL)) for one in ALL}

    assert len(found) == 72
    assert {number: places for number, places in found.items() if places} == {}


def test_at_least_20_kinds_of_defects_are_planted() -> None:
    assert len(PLANTED) >= 20
    assert len({kind for _name, _place, _spoil, kind, _part, _field in PLANTED}) >= 20


@pytest.mark.parametrize(
    ("place", "spoil", "kind", "part", "field"),
    [case[1:] for case in PLANTED],
    ids=[case[0] for case in PLANTED],
)
def test_a_planted_defect_is_found_at_its_place_and_nothing_else(
    place: int, spoil: Spoil, kind: Kind, part: Part, field: str
) -> None:
    spoiled = ALL[place].spoiled()
    spoil(spoiled)
    others = [one for one in ALL if one.application.id != spoiled.application.id]

    (found,) = found_in(spoiled, [*others, spoiled])

    assert (found.kind, found.place.part, found.place.field) == (kind, part, field)
    assert found.place.words.startswith(found.place.name)
    assert found.sentence.endswith("。")
    assert found.place.anchor == f"part-{part}"


@pytest.mark.parametrize(
    ("name", "kind", "field"),
    [
        ("group", Kind.SECOND_PROPOSAL, "name"),
        ("corporate_number", Kind.SAME_NUMBER, "corporate_number"),
        ("name", Kind.SAME_NAME, "name"),
        ("contact_email", Kind.SAME_CONTACT, "contact_email"),
        ("contact_phone", Kind.SAME_CONTACT, "contact_phone"),
        ("address", Kind.SAME_CONTACT, "address"),
    ],
)
def test_two_proposals_of_one_group_are_found_in_both(name: str, kind: Kind, field: str) -> None:
    first, second = ALL[1], ALL[3].spoiled()
    if name == "group":
        second.application.organization_id = first.application.organization_id
    else:
        second.contents[Part.GROUP][name] = first.contents[Part.GROUP][name]
    if name == "corporate_number":
        second.contents[Part.GROUP]["invoice_number"] = ""
    if name == "name":
        spelled = str(first.contents[Part.GROUP]["name"]).replace("学校法人", "")
        second.contents[Part.GROUP][name] = f"（学）「{spelled}」"
    others = [*ALL[:3], second, *ALL[4:]]

    found = {one.application.number: _places(found_in(one, others)) for one in others}

    assert {number: places for number, places in found.items() if places} == {
        "KW-0002": [(kind, Part.GROUP, field)],
        "KW-0004": [(kind, Part.GROUP, field)],
    }


def test_a_group_may_apply_to_each_tier_unless_the_call_says_once() -> None:
    first, second = ALL[0], ALL[1].spoiled()
    second.application.organization_id = first.application.organization_id
    strict = replace(second.asking.says, screening=replace(second.asking.says.screening, one_per_group="call"))

    by_tier = found_in(second, [first, second])
    second.asking = replace(second.asking, says=strict)
    by_call = found_in(second, [first, second])

    assert by_tier == ()
    assert _places(by_call) == [(Kind.SECOND_PROPOSAL, Part.GROUP, "name")]


def test_a_file_of_another_group_is_found_with_the_other_number() -> None:
    sha256 = ALL[0].contents[Part.DOCUMENTS]["files"][0]["sha256"]

    (found,) = found_in(ALL[0], ALL, {sha256: ("KW-0009",)})

    assert (found.kind, found.place.field) == (Kind.PAPER_OF_ANOTHER, "document-charter")
    assert "KW-0009" in found.sentence


def test_a_row_is_told_with_its_number_and_label() -> None:
    spoiled = ALL[16].spoiled()
    spoiled.contents[Part.INDICATORS]["rows"][1]["target"] = ""

    (found,) = found_in(spoiled, ALL)

    assert found.place.words == "成果の指標：2行目の目標"


def test_a_finding_is_known_again_until_the_proposal_says_something_else() -> None:
    spoiled, again, otherwise = ALL[7].spoiled(), ALL[7].spoiled(), ALL[7].spoiled()
    spoiled.application.requested_yen -= 1
    again.application.requested_yen -= 1
    otherwise.application.requested_yen -= 2

    keys = [found_in(one, ALL)[0].key for one in (spoiled, again, otherwise)]

    assert keys[0] == keys[1]
    assert keys[0] != keys[2]


def test_a_proposal_that_came_by_a_load_is_not_blamed_for_what_it_does_not_have() -> None:
    of = says()
    application = Application(
        id=ALL[0].application.id,
        organization_id=ALL[0].application.organization_id,
        number="KW-0001",
        status=ApplicationStatus.ELIGIBLE,
        organization_name="岬の灯りの会",
        requested_yen=1_000_000,
    )
    contents = {Part.GROUP: {"name": "岬の灯りの会", "legal_form": "", "founded": ""}, Part.PLAN: {"title": "灯す"}}

    class Loaded(Written):
        @property
        def dossier(self) -> Any:
            return replace(Written.dossier.fget(self), saves={})  # type: ignore[attr-defined]

    one = Loaded(application, Asking(of, of.tiers[0], 1_000_000), contents)
    assert found_in(one, ALL) == ()

    application.requested_yen = 2_000_001
    assert _places(found_in(replace_asking(one, 2_000_001), ALL)) == [(Kind.OVER_THE_CAP, Part.AMOUNT, "requested_yen")]


def replace_asking(one: Written, amount: int) -> Written:
    one.asking = Asking(one.asking.says, one.asking.tier, amount)
    return one


@pytest.mark.parametrize(
    ("name", "is_draft"),
    [
        ("規約（下書き）.pdf", True),
        ("ｄｒａｆｔ規約.pdf", True),
        ("規約_draft2.docx", True),
        ("規約(案).pdf", True),
        ("規約_案.pdf", True),
        ("規約 作成中.xlsx", True),
        ("規約.pdf", False),
        ("案内図.pdf", False),
        ("aircraft_drafting.pdf", False),
        ("提案書.pdf", False),
    ],
)
def test_a_file_name_tells_of_a_draft(name: str, is_draft: bool) -> None:
    assert is_marked_as_draft(name) is is_draft


# My Number (R6.6)


def _with_check_digit(base: str) -> str:
    """The 11 digits and their check digit, reckoned as the ordinance writes it."""
    weights = [n + 1 if n <= 6 else n - 5 for n in range(1, 12)]
    remainder = sum(int(digit) * weight for digit, weight in zip(reversed(base), weights, strict=True)) % 11
    return base + str(0 if remainder <= 1 else 11 - remainder)


@pytest.mark.parametrize("number", ["123456789018", "000111111111", "111111111118"])
def test_the_vectors_of_the_check_digit_hit(number: str) -> None:
    assert looks_like_my_number(number)
    assert _with_check_digit(number[:11]) == number


def test_the_vector_with_another_check_digit_misses() -> None:
    assert not looks_like_my_number("123456789019")


@given(st.text("0123456789", min_size=11, max_size=11), st.integers(0, 9))
def test_of_the_ten_last_digits_one_hits(base: str, last: int) -> None:
    assert looks_like_my_number(f"{base}{last}") is (f"{base}{last}" == _with_check_digit(base))


@given(
    st.text("0123456789", min_size=11, max_size=11),
    st.text("あい㌔ 。、", max_size=12),
    st.text("うえ。、", max_size=12),
    st.sampled_from(["", "-", " ", "‐", "－"]),
    st.booleans(),
)
def test_a_number_is_found_wherever_and_however_it_stands(
    base: str, before: str, after: str, between: str, wide: bool
) -> None:
    number = _with_check_digit(base)
    spelled = between.join((number[:4], number[4:8], number[8:]))
    if wide:
        spelled = spelled.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})

    assert my_numbers_in(f"{before}{spelled}{after}") == ((len(before), number),)


@given(st.text("0123456789", min_size=13, max_size=20))
def test_longer_runs_of_digits_are_no_such_number(digits: str) -> None:
    assert my_numbers_in(digits) == ()


@given(st.text("0123456789", min_size=11, max_size=11))
def test_the_number_itself_is_told_nowhere(base: str) -> None:
    number = _with_check_digit(base)
    spoiled = ALL[28].spoiled()
    spoiled.contents[Part.PLAN]["answers"]["after"] = f"一行目\n番号は{number}です"

    (found,) = found_in(spoiled, ALL)

    assert (found.kind, found.severity) == (Kind.MY_NUMBER, Severity.LOOK)
    assert "2行目の4文字目" in found.sentence
    told = (found.sentence, found.place.words, found.key, *found.facts)
    assert all(number not in text for text in told)


def test_the_number_of_a_registered_company_is_none() -> None:
    spoiled, number = ALL[1].spoiled(), _with_check_digit("01234567890")
    spoiled.contents[Part.GROUP]["corporate_number"] = f"1{number}"
    spoiled.contents[Part.GROUP]["invoice_number"] = ""
    spoiled.contents[Part.PLAN]["answers"]["after"] = f"会社法人等番号は{number}です。"

    assert found_in(spoiled, ALL) == ()


# The checklist

ITEMS = """
[[screening_item]]
key = "base"
text = "拠点がある"

[[screening_item]]
key = "near"
text = "近くで行う"
tiers = ["near"]
"""


def test_a_call_without_items_is_looked_at_by_what_it_asks() -> None:
    of = says()

    keys = [one.key for one in checklist.items(of, of.tiers[0].key)]

    assert keys == ["requirement-1", "contact", "document-charter", "amounts", "added", "privacy"]


def test_a_call_that_lists_items_has_these_in_their_tiers() -> None:
    of = parse(small_definition(ITEMS))

    assert [one.key for one in checklist.items(of, "wide")] == ["base"]
    assert [one.key for one in checklist.items(of, "near")] == ["base", "near"]
